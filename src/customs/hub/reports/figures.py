"""Health figures (履约健康度): everything that a report says of an enterprise's orders in a window."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from customs.hub.reports.flows import HealthGroup, OrderFlow, order_flow, total_in
from customs.hub.reports.limits import HealthLimits
from customs.hub.reports.measures import TimeSpread
from customs.hub.reports.open_orders import (
    NodeBacklog,
    OverdueOrder,
    SilentDistrict,
    overdue_orders,
    silent_districts,
    waiting_orders,
)
from customs.hub.reports.order_facts import WholeSeconds, is_within, order_facts
from customs.hub.reports.windows import ReportWindow
from customs.ledger.database import LedgerConnection

#: What is counted in each hour of a window.
HOURLY = ("received", "released", "left_zone")

_HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendDay:
    """A day of a longer report: the orders taken in on it, and how long their releases took."""

    window: ReportWindow
    total: HealthGroup
    release: TimeSpread


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthFigures:
    """The figures of an enterprise in a window, as they stood at ``now``."""

    enterprise: str
    window: ReportWindow
    now: datetime
    limits: HealthLimits
    cohort: OrderFlow
    """Of the orders taken in within the window, followed until now."""
    event: OrderFlow
    """Of what came to its end within the window."""
    hours: Mapping[str, tuple[int, ...]]
    """By ``HOURLY``: orders taken in, released, out of the zone in each hour of the window."""
    waiting: tuple[NodeBacklog, ...]
    overdue: tuple[OverdueOrder, ...]
    silent: tuple[SilentDistrict, ...]
    trend: tuple[TrendDay, ...] = ()
    """The days of a window of several."""


def health_figures(
    connection: LedgerConnection,
    enterprise: str,
    window: ReportWindow,
    *,
    now: datetime,
    limits: HealthLimits | None = None,
) -> HealthFigures:
    """Return the figures of an enterprise in a window. ``now`` is a time in China without a zone."""
    limits = limits or HealthLimits()
    days = tuple(window.by_day()) if window.days > 1 else ()
    trend = (
        TrendDay(window=day, total=total, release=release)
        for day in days
        for total, release in (total_in(connection, enterprise, day, limits=limits, now=now),)
    )
    return HealthFigures(
        enterprise=enterprise,
        window=window,
        now=now,
        limits=limits,
        cohort=order_flow(connection, enterprise, window, "cohort", limits=limits, now=now),
        event=order_flow(connection, enterprise, window, "event", limits=limits, now=now),
        hours=hours_in(connection, enterprise, window),
        waiting=waiting_orders(connection, enterprise, limits=limits, now=now),
        overdue=overdue_orders(connection, enterprise, limits=limits, now=now),
        silent=silent_districts(connection, enterprise, now=now),
        trend=tuple(trend),
    )


def hours_in(connection: LedgerConnection, enterprise: str, window: ReportWindow) -> dict[str, tuple[int, ...]]:
    """Count orders by the hour of the window in which they first came to each node of ``HOURLY``."""
    facts = order_facts(enterprise, window, "event").c
    count = int((window.until - window.since).total_seconds()) // _HOUR
    found = {name: [0] * count for name in HOURLY}
    begun = int((window.since - datetime(1970, 1, 1)).total_seconds())
    for name in HOURLY:
        hour = (WholeSeconds(facts[name]) - begun) // _HOUR
        query = select(hour, func.count()).where(is_within(facts[name], window)).group_by(hour)
        for place, number in connection.sql.execute(query):
            found[name][int(place)] = int(number)
    return {name: tuple(each) for name, each in found.items()}
