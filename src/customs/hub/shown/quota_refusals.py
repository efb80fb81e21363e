"""Orders that customs refused for the buyer's quota (额度退单), the newest first: their buyers are over the yearly limit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, tuple_

from customs.codes.errors import ErrorCause
from customs.codes.states import State
from customs.hub.store.tables import HUB_NODES, HUB_ORDERS
from customs.ledger.database import LedgerConnection
from customs.ledger.parts import in_parts

#: Refused orders that are read at first.
_AT_FIRST = 200


class QuotaRefusal(NamedTuple):
    """An order that customs refused for the quota, and its place in the list."""

    id: int
    platform_code: str
    order_no: str
    at: datetime
    detail: str
    """The refusal as ``customs.hub.counts.refusals`` reads it."""


def refused_for_quota(
    connection: LedgerConnection, enterprise: str, *, before: tuple[datetime, int] | None = None, most: int = 50
) -> list[QuotaRefusal]:
    """Return orders of an enterprise that stand refused for the quota, the newest first, those behind ``before``.

    Refused orders are read from the newest on, more of them each time, until there are enough: one question for all
    would read and sort every refused order for a page of them.
    """
    found, size = list[QuotaRefusal](), max(_AT_FIRST, most)
    while len(found) < most:
        rows = _refused(connection, enterprise, before, size)
        why = _quota_details(connection, [row.id for row in rows])
        found += [
            QuotaRefusal(row.id, row.platform_code, row.order_no, row.node_at, why[row.id, row.attempt])
            for row in rows
            if (row.id, row.attempt) in why
        ]
        if len(rows) < size:
            break
        before, size = (rows[-1].node_at, rows[-1].id), size * 4
    return found[:most]


def _refused(
    connection: LedgerConnection, enterprise: str, before: tuple[datetime, int] | None, most: int
) -> Sequence[Any]:
    orders = HUB_ORDERS.c
    wanted = select(orders.id, orders.platform_code, orders.order_no, orders.node_at, orders.attempt)
    wanted = wanted.where(orders.enterprise == enterprise, orders.node == State.REJECTED)
    if before is not None:
        wanted = wanted.where(tuple_(orders.node_at, orders.id) < before)
    return connection.sql.execute(wanted.order_by(orders.node_at.desc(), orders.id.desc()).limit(most)).all()


def _quota_details(connection: LedgerConnection, orders: Sequence[int]) -> dict[tuple[int, int], str]:
    """Return the refusals for the quota by row of the order and attempt."""
    nodes, found = HUB_NODES.c, dict[tuple[int, int], str]()
    for part in in_parts(orders):
        wanted = select(nodes.order, nodes.attempt, nodes.detail).where(
            nodes.order.in_(part), nodes.node == State.REJECTED, nodes.detail.like(f"% {ErrorCause.QUOTA} %")
        )
        found |= {(order, attempt): detail for order, attempt, detail in connection.sql.execute(wanted)}
    return found
