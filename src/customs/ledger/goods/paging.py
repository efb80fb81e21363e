"""Goods records page by page (备案分页): of some account books, in some state, read on from the last one seen."""

from collections.abc import Collection

from sqlalchemy import exists, func, select

from customs.ledger.database import LedgerConnection
from customs.ledger.goods.standings import GoodsStanding, standing_from, standings_query
from customs.ledger.goods.states import GoodsState
from customs.ledger.goods.tables import GOODS_CHANGES, GOODS_RECORDS
from customs.ledger.parts import in_parts


def goods_page(
    connection: LedgerConnection,
    *,
    books: Collection[str] | None = None,
    sku: str = "",
    state: GoodsState | None = None,
    after: int = 0,
    most: int = 50,
) -> list[GoodsStanding]:
    """Return records in the order in which they were entered: of some books or all, of a SKU, in a state, behind a number."""
    records, changes = GOODS_RECORDS.c, GOODS_CHANGES.c
    wanted = select(records.id).where(records.id > after)
    if books is not None:
        wanted = wanted.where(records.account_book_no.in_(sorted(books)))
    if sku:
        wanted = wanted.where(records.sku == sku)
    if state is not None:
        last = select(func.max(changes.place)).where(changes.record == records.id).correlate(GOODS_RECORDS)
        stands = exists().where(changes.record == records.id, changes.state == state)
        wanted = wanted.where(stands.where(changes.place == last.scalar_subquery()))
    found = list(connection.sql.execute(wanted.order_by(records.id).limit(most)).scalars())
    rows = [
        row
        for part in in_parts(found)
        for row in connection.sql.execute(standings_query().where(records.id.in_(part)).order_by(records.id))
    ]
    return [standing_from(row) for row in rows]
