"""Goods records page by page (备案分页): of some account books, in some state, read on from the last one seen."""

from collections.abc import Collection

from customs.ledger.database import LedgerConnection
from customs.ledger.goods.standings import GoodsStanding, standing_from, standings_query
from customs.ledger.goods.states import GoodsState
from customs.ledger.goods.tables import GOODS_CHANGES, GOODS_RECORDS


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
    records = GOODS_RECORDS.c
    wanted = standings_query().where(records.id > after)
    if books is not None:
        wanted = wanted.where(records.account_book_no.in_(sorted(books)))
    if sku:
        wanted = wanted.where(records.sku == sku)
    if state is not None:
        wanted = wanted.where(GOODS_CHANGES.c.state == state)
    rows = connection.sql.execute(wanted.order_by(records.id).limit(most)).all()
    return [standing_from(row) for row in rows]
