"""Health figures (履约健康度): everything that a report says of an enterprise's orders in a window."""

from dataclasses import dataclass
from datetime import datetime

from customs.hub.reports.flows import OrderFlow, order_flow
from customs.hub.reports.limits import HealthLimits
from customs.hub.reports.open_orders import (
    NodeBacklog,
    OverdueOrder,
    SilentDistrict,
    overdue_orders,
    silent_districts,
    waiting_orders,
)
from customs.hub.reports.windows import ReportWindow
from customs.ledger.database import LedgerConnection


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
    waiting: tuple[NodeBacklog, ...]
    overdue: tuple[OverdueOrder, ...]
    silent: tuple[SilentDistrict, ...]


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
    return HealthFigures(
        enterprise=enterprise,
        window=window,
        now=now,
        limits=limits,
        cohort=order_flow(connection, enterprise, window, "cohort", limits=limits, now=now),
        event=order_flow(connection, enterprise, window, "event", limits=limits, now=now),
        waiting=waiting_orders(connection, enterprise, limits=limits, now=now),
        overdue=overdue_orders(connection, enterprise, limits=limits, now=now),
        silent=silent_districts(connection, enterprise, now=now),
    )
