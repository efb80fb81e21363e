"""The terms (统计口径) under which shares are counted: the facts of orders, the limits of steps, the window and now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CTE, ColumnElement, and_, not_, or_

from customs.hub.reports.limits import HealthLimits
from customs.hub.reports.order_facts import is_within, seconds_from
from customs.hub.reports.windows import ReportWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareTerms:
    """The terms under which a share is counted: the facts of orders, the limits, the window and now."""

    facts: CTE
    limits: HealthLimits
    window: ReportWindow
    now: datetime

    def within(self, name: str) -> ColumnElement[bool]:
        """The condition that a node was first reached within the window."""
        return is_within(self.facts.c[name], self.window)

    def in_time(self, begin: str, end: str, limit: timedelta) -> ColumnElement[bool]:
        """The condition that a step was done within its limit."""
        seconds = seconds_from(self.facts.c[begin], self.facts.c[end])
        return and_(self.facts.c[begin].is_not(None), seconds <= int(limit.total_seconds()))

    def is_due(self, begin: str, end: str, limit: timedelta) -> ColumnElement[bool]:
        """The condition that a step was done, or that its limit is over and the order was not given up before."""
        facts = self.facts.c
        given_up = or_(*[facts[each].is_not(None) for each in ("held", "cancel_asked", "withdrawn", "closed")])
        return and_(
            facts[begin].is_not(None),
            or_(facts[end].is_not(None), and_(facts[begin] <= self.now - limit, not_(given_up))),
        )
