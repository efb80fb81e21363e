"""Goods records (商品备案): the list with their states, and its download."""

from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from customs.hub.web.catalogue import console_text
from customs.hub.web.downloads import file_answer
from customs.hub.web.goods_places import record_address, state_asked
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import PageError, Visit, visitor
from customs.ledger.database import LedgerConnection
from customs.ledger.goods import (
    GoodsStanding,
    GoodsState,
    goods_list,
)
from customs.ledger.goods.paging import goods_page

#: Rows of a page, and records of a download.
_ROWS, _MOST_WRITTEN = 50, 20_000


def goods_pages(console: ConsoleService) -> APIRouter:
    """Return the pages of goods records."""
    pages = APIRouter(prefix="/e/{enterprise}/goods")
    seen = visitor(console, ConsoleRight.GOODS)

    @pages.get("")
    def show(visit: Visit = seen, sku: str = "", state: str = "", after: int = 0) -> Response:
        """List goods records: all, of a SKU, or in a state."""
        chosen = state_asked(state)
        with console.ledger.read() as connection:
            found = _found(connection, visit, sku.strip()[:100], chosen, max(after, 0), _ROWS + 1)
        asked = {"sku": sku, "state": state, "after": found[_ROWS - 1].id} if len(found) > _ROWS else None
        return page(
            visit,
            "goods.html",
            records=found[:_ROWS],
            more=visit.here(f"/goods?{urlencode(asked)}") if asked else "",
            sku=sku,
            state=state,
            states=list(GoodsState),
            address=record_address,
        )

    @pages.get("/list.{ending}")
    def download(ending: str, visit: Visit = seen, state: str = "") -> Response:
        """Give the records as a list that can be uploaded again."""
        if ending not in ("csv", "xlsx"):
            raise PageError(HTTPStatus.NOT_FOUND, console_text("problem.nothing"))
        with console.ledger.read() as connection:
            found = _found(connection, visit, "", state_asked(state), 0, _MOST_WRITTEN + 1)
        if len(found) > _MOST_WRITTEN:
            text = console_text("goods.too_many_written", most=f"{_MOST_WRITTEN:,}")
            raise PageError(HTTPStatus.CONFLICT, text)
        return file_answer(goods_list(found, workbook=ending == "xlsx"), f"goods-{visit.now:%Y%m%d}.{ending}")

    return pages


def _found(
    connection: LedgerConnection, visit: Visit, sku: str, state: GoodsState | None, after: int, most: int
) -> list[GoodsStanding]:
    books = visit.shop.belongings.only_books
    return goods_page(connection, books=books, sku=sku, state=state, after=after, most=most)
