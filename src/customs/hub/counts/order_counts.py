"""How many orders stand where (订单数), by stage and node: counted as they move, so that nobody counts a million of them.

The database itself notes each move of an order, within the transaction that moves it: what comes there, and what leaves. The
sum of the notes is the count. Notes are only added, so that no move waits for another; ``settle_counts`` adds them up.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import delete, func, select

from customs.hub.store.tables import HUB_ORDER_COUNTS
from customs.ledger.database import LedgerConnection

#: Notes that are left as they are, and that are added up at once at most.
FEW_NOTES, MANY_NOTES = 500, 20_000


class OrderPlace(NamedTuple):
    """A place in which orders stand: whose, their stage, and their node at customs, empty before the first answer."""

    enterprise: str
    stage: str
    node: str


def order_counts(connection: LedgerConnection, enterprises: Iterable[str]) -> Mapping[OrderPlace, int]:
    """Return how many orders of enterprises stand at each stage and node; a place without any is left out."""
    notes = HUB_ORDER_COUNTS.c
    wanted = (
        select(notes.enterprise, notes.stage, notes.node, func.sum(notes.orders))
        .where(notes.enterprise.in_(sorted(enterprises)))
        .group_by(notes.enterprise, notes.stage, notes.node)
        .order_by(notes.enterprise, notes.stage, notes.node)
    )
    found = {OrderPlace(*place): int(orders) for *place, orders in connection.sql.execute(wanted)}
    return {place: orders for place, orders in found.items() if orders}


def settle_counts(connection: LedgerConnection, *, few: int = FEW_NOTES) -> int:
    """Add up notes where there are more than a few; return how many were added up. The counts stay."""
    notes = HUB_ORDER_COUNTS.c
    if connection.sql.execute(select(notes.id).offset(few).limit(1)).first() is None:
        return 0
    taken = select(notes.id).order_by(notes.id).limit(MANY_NOTES).with_for_update(skip_locked=True)
    taking = delete(HUB_ORDER_COUNTS).where(notes.id.in_(taken))
    gone = connection.sql.execute(taking.returning(notes.enterprise, notes.stage, notes.node, notes.orders)).all()
    sums: Counter[OrderPlace] = Counter()
    for *place, orders in gone:
        sums[OrderPlace(*place)] += orders
    rows = [{**place._asdict(), "orders": orders} for place, orders in sorted(sums.items()) if orders]
    if rows:
        connection.sql.execute(HUB_ORDER_COUNTS.insert(), rows)
    return len(gone)
