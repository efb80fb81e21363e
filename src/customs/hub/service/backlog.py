"""The backlog of a hub (积压): what is due and not done, so that a worker which does not run is seen."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from customs.exchange.standing import DeliveryState
from customs.hub.orders.stages import OrderStage
from customs.hub.store.tables import HUB_CALLS, HUB_ORDERS
from customs.ledger.database import LedgerConnection
from customs.ledger.exchange.tables import EXCHANGE_BOXES, EXCHANGE_MESSAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """The work of an enterprise that waits: how much, and since when the oldest is due."""

    orders: int
    orders_since: datetime | None
    """Orders to be declared."""
    calls: int
    calls_since: datetime | None
    messages: dict[DeliveryState, int]
    """Messages of all its outboxes by state."""


def backlog_of(connection: LedgerConnection, enterprise: str, *, now: datetime) -> Backlog:
    """Return the backlog of an enterprise as it stands."""
    orders, calls, boxes, messages = HUB_ORDERS.c, HUB_CALLS.c, EXCHANGE_BOXES.c, EXCHANGE_MESSAGES.c
    due = select(func.count(), func.min(orders.due)).where(
        orders.enterprise == enterprise, orders.stage == OrderStage.RECEIVED, orders.due <= now
    )
    waiting = select(func.count(), func.min(calls.at)).where(calls.enterprise == enterprise, calls.state == "waiting")
    by_state = (
        select(messages.state, func.count())
        .join(EXCHANGE_BOXES, boxes.id == messages.box)
        .where(boxes.kind == "outbox", boxes.name.startswith(f"{enterprise}/", autoescape=True))
        .group_by(messages.state)
    )
    order_count, orders_since = connection.sql.execute(due).one()
    call_count, calls_since = connection.sql.execute(waiting).one()
    return Backlog(
        orders=order_count,
        orders_since=orders_since,
        calls=call_count,
        calls_since=calls_since,
        messages={DeliveryState(state): count for state, count in connection.sql.execute(by_state)},
    )
