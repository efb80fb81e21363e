"""Orders that customs refused for the buyer's quota (额度退单), the newest first: their buyers are over the yearly limit."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, tuple_

from customs.codes.errors import ErrorCause
from customs.codes.states import State
from customs.hub.tables import HUB_NODES, HUB_ORDERS
from customs.ledger.database import LedgerConnection


class QuotaRefusal(NamedTuple):
    """An order that customs refused for the quota, and its place in the list."""

    id: int
    platform_code: str
    order_no: str
    at: datetime
    detail: str
    """The refusal as ``customs.hub.refusals`` reads it."""


def refused_for_quota(
    connection: LedgerConnection, enterprise: str, *, before: tuple[datetime, int] | None = None, most: int = 50
) -> list[QuotaRefusal]:
    """Return orders of an enterprise that stand refused for the quota, the newest first, those behind ``before``."""
    orders, nodes = HUB_ORDERS.c, HUB_NODES.c
    wanted = (
        select(orders.id, orders.platform_code, orders.order_no, orders.node_at, nodes.detail)
        .join(HUB_NODES, (nodes.order == orders.id) & (nodes.node == orders.node) & (nodes.attempt == orders.attempt))
        .where(orders.enterprise == enterprise, orders.node == State.REJECTED)
        .where(nodes.detail.like(f"% {ErrorCause.QUOTA} %"))
    )
    if before is not None:
        wanted = wanted.where(tuple_(orders.node_at, orders.id) < before)
    rows = connection.sql.execute(wanted.order_by(orders.node_at.desc(), orders.id.desc()).limit(most))
    return [QuotaRefusal(*row) for row in rows]
