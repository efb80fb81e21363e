"""The page of what was set aside (搁置): receipts to be taken up again, and orders that are tried later."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from customs.hub.turns.orders_aside import list_orders_aside
from customs.hub.turns.receipts_aside import NotAsideError, list_aside, take_up, taken_up_words
from customs.hub.web.acting import Act, ActDone, acting, done_once
from customs.hub.web.catalogue import BothTexts
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import PageError, Visit, visitor
from customs.ledger.database import LedgerConnection

#: Receipts on a page, and orders.
_LINES, _ORDERS = 50, 100


def aside_pages(console: ConsoleService) -> APIRouter:
    """Return the page of what was set aside, and its act."""
    pages = APIRouter(prefix="/e/{enterprise}/aside")
    seen, form = visitor(console, ConsoleRight.LOOK), acting(console, ConsoleRight.SEND)

    @pages.get("")
    def show(after: Annotated[int, Query(ge=0, lt=1 << 53)] = 0, visit: Visit = seen) -> Response:
        """List receipts and orders that were set aside, those that came first before the others."""
        with console.ledger.read() as connection:
            receipts = list_aside(connection, visit.shop.name, after=after, most=_LINES)
            orders = list_orders_aside(connection, visit.shop.name, most=_ORDERS)
        more = visit.here(f"/aside?after={receipts[-1].number}") if len(receipts) == _LINES else ""
        return page(visit, "aside.html", receipts=receipts, orders=orders, more=more)

    @pages.post("/receipts/{number}/again")
    def again(number: Annotated[int, Path(ge=1, lt=1 << 53)], act: Act = form) -> Response:
        """Take a receipt up again."""
        return done_once(act, lambda connection: _again(connection, act, number))

    return pages


def _again(connection: LedgerConnection, act: Act, number: int) -> ActDone:
    visit = act.visit
    try:
        report = take_up(connection, visit.shop, number, now=visit.now)
    except NotAsideError as error:
        raise PageError(HTTPStatus.NOT_FOUND, BothTexts(error.zh, error.en)) from None
    en, zh = taken_up_words(report)
    kind, to = "bad" if report.aside else "good", visit.here("/aside")
    return ActDone.saying("receipt_again", BothTexts(zh, en), subject=f"receipt {number}", detail=en, kind=kind, to=to)
