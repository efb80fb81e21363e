"""Searching (查找): one box for order, waybill, payment and list numbers, and for the identity number of a buyer.

What is looked for is posted and never stands in an address; a search by an identity number is entered in the audit without it.
"""

from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, Response

from customs.hub.orders.stages import OrderStage
from customs.hub.shown.order import list_orders
from customs.hub.web.acting import Act, acting
from customs.hub.web.audit import AuditEntry, enter_audit
from customs.hub.web.finding_orders import find_shown
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import Visit, order_path, visitor

#: Orders on a page.
_LINES = 50

Word = Annotated[str, Query(max_length=30, pattern=r"^[a-z_]*$")]


def search_pages(console: ConsoleService) -> APIRouter:
    """Return the pages of searches and lists of orders."""
    pages = APIRouter(prefix="/e/{enterprise}/orders")
    seen, form = visitor(console, ConsoleRight.LOOK), acting(console, ConsoleRight.LOOK)

    @pages.get("")
    def show(
        stage: OrderStage | None = None,
        node: Word = "",
        after: Annotated[int, Query(ge=0, lt=1 << 53)] = 0,
        visit: Visit = seen,
    ) -> Response:
        """List orders, newest first."""
        with console.ledger.read() as connection:
            found = list_orders(connection, visit.shop.name, stage=stage, node=node, after=after, most=_LINES)
        following = ""
        if len(found) == _LINES:
            chosen = "".join(f"&{name}={quote(value)}" for name, value in (("stage", stage), ("node", node)) if value)
            following = visit.here(f"/orders?after={found[-1].id}{chosen}")
        shown: dict[str, Any] = {
            "stages": list(OrderStage),
            "stage": stage or "",
            "node": node,
            "more": following,
            "asked": False,
        }
        return page(visit, "orders.html", orders=found, by_person=False, **shown)

    @pages.post("/search")
    def search(act: Act = form) -> Response:
        """Show what is found; one order alone is opened at once, unless it was found by its buyer."""
        visit, asked = act.visit, "".join(act.value("asked", most=100).split())
        with console.ledger.read() as connection:
            found = find_shown(connection, visit.shop.name, asked)
        if found.by_person:
            entry = AuditEntry(
                at=visit.now,
                enterprise=visit.shop.name,
                person=visit.person.name,
                action="search_person",
                detail=str(len(found.orders)),
            )
            with console.ledger.begin() as connection:
                enter_audit(connection, entry)
        elif len(found.orders) == 1:
            (one,) = found.orders
            return RedirectResponse(visit.here(order_path(one.platform_code, one.order_no)), HTTPStatus.SEE_OTHER)
        listed: dict[str, Any] = {"stages": list(OrderStage), "stage": "", "node": "", "more": ""}
        return page(visit, "orders.html", orders=found.orders, by_person=found.by_person, asked=True, **listed)

    return pages
