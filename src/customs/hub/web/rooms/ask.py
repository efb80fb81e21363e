"""Self-service (自助查询): who knows an order's number and the end of its telephone number learns where it stands, without signing in.

An order that is not there and digits that are wrong are answered alike, after the same work. Tries are counted by order and by
address, and the next one has to wait after some that failed. An answer opens a case for as long as its ticket holds.
"""

import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy import or_, select
from starlette.datastructures import FormData
from starlette.responses import Response

from customs.hub.cases.acts import CaseAct
from customs.hub.cases.kept import CaseError
from customs.hub.cases.lookups import note_lookups
from customs.hub.cases.opening import CaseLink, NewCase, open_case
from customs.hub.orders.nodes import said_of_node
from customs.hub.shown.order import OrderShown, show_order
from customs.hub.store.sealed import opened, read_parcel
from customs.hub.store.tables import HUB_ORDERS
from customs.hub.web.acting import posted_form
from customs.hub.web.catalogue import BothTexts, console_text, console_texts
from customs.hub.web.page import page
from customs.hub.web.rooms.cases import said
from customs.hub.web.rooms.sign_in import form_fits, page_with_form
from customs.hub.web.service import ConsoleService
from customs.hub.web.tries import count_try, forget_try
from customs.hub.web.visits import EnterpriseInPath, PageError, Visit, anybody
from customs.ledger.database import LedgerConnection
from customs.ledger.keys import LedgerKeys

#: How long an answer opens a case.
TICKET = timedelta(minutes=20)

#: Who asks, where entries name who did it.
ASKS = "self-service"

_ORDERS = HUB_ORDERS.c


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedOrder:
    """An order that was asked for and found: its name, and the ticket with which its case is opened."""

    platform_code: str
    order_no: str
    ticket: str


def ask_pages(console: ConsoleService) -> APIRouter:
    """Return the page of self-service of each enterprise."""
    pages, stranger = APIRouter(prefix="/ask/{enterprise}"), anybody(console)

    @pages.get("")
    def show(enterprise: EnterpriseInPath, visit: Visit = stranger) -> Response:
        """Show the form."""
        return _form(_of(console, enterprise, visit))

    @pages.post("")
    def tell(
        enterprise: EnterpriseInPath,
        form: Annotated[FormData, Depends(posted_form)],
        visit: Visit = stranger,
    ) -> Response:
        """Tell where an order stands."""
        visit = _of(console, enterprise, visit)
        if not form_fits(visit, form):
            return _form(visit, fault=console_text("sign_in.no_cookie"), status=HTTPStatus.FORBIDDEN)
        number, digits = (str(form.get(each, "")).strip()[:60] for each in ("order", "digits"))
        if not number or not re.fullmatch(r"[0-9]{4}", digits, re.ASCII):
            return _form(visit, number, fault=console_text("ask.digits"), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        tried, address = f"ask {enterprise} {number}", f"ask {_address(visit)}"
        with console.ledger.begin() as connection:
            wait = count_try(connection, tried, address, now=visit.now)
        if wait:
            text = console_text("sign_in.wait", seconds=wait)
            return _form(visit, number, fault=text, status=HTTPStatus.TOO_MANY_REQUESTS)
        with console.ledger.read() as connection:
            found = _found(connection, enterprise, number, digits, visit.now)
        if found is None:
            return _form(visit, number, fault=console_text("ask.nothing"), status=HTTPStatus.NOT_FOUND)
        with console.ledger.begin() as connection:
            forget_try(connection, tried, address, now=visit.now)
            note_lookups(connection, enterprise, [f"{found.platform_code}/{found.order_no}"], at=visit.now)
        return _answer(visit, found)

    @pages.post("/case")
    def open_one(
        enterprise: EnterpriseInPath,
        form: Annotated[FormData, Depends(posted_form)],
        visit: Visit = stranger,
    ) -> Response:
        """Open a case about an order that was found a short while ago."""
        visit = _of(console, enterprise, visit)
        names = (str(form.get(each, ""))[:100] for each in ("platform", "order", "ticket"))
        found = AskedOrder(**dict(zip(("platform_code", "order_no", "ticket"), names, strict=True)))
        if not form_fits(visit, form) or not _holds(console.ledger.keys, enterprise, found, visit.now):
            return _form(visit, fault=console_text("ask.again"), status=HTTPStatus.FORBIDDEN)
        link = CaseLink("order", f"{found.platform_code}/{found.order_no}")
        new = NewCase(
            title=f"{found.order_no} {visit.text('ask.case_title')}",
            text=str(form.get("text", "")).strip(),
            source="self_service",
            cause=f"ask/{link.target}",
            links=(link,),
        )
        try:
            with console.ledger.begin() as connection:
                case = open_case(connection, enterprise, new, CaseAct(by=ASKS, at=visit.now)).case
        except CaseError as error:
            return _answer(visit, found, fault=said(error))
        return page(visit, "ask_case.html", case=case.id)

    return pages


def _of(console: ConsoleService, enterprise: str, visit: Visit) -> Visit:
    """Return a visit of an enterprise of the hub. Raises ``PageError``."""
    if enterprise not in console.enterprises:
        raise PageError(HTTPStatus.NOT_FOUND, console_text("problem.nothing"))
    return visit


def _address(visit: Visit) -> str:
    return visit.request.client.host if visit.request.client else ""


def _found(connection: LedgerConnection, enterprise: str, number: str, digits: str, now: datetime) -> AskedOrder | None:
    """Return an order whose telephone number ends so.

    Where there is none of that number, the newest order is opened and compared in its place, so that the answer takes as long.
    """
    newest = select(_ORDERS.id).where(_ORDERS.enterprise == enterprise, _ORDERS.salt.is_not(None))
    newest = newest.order_by(_ORDERS.id.desc()).limit(1)
    is_asked = _ORDERS.order_no == number
    wanted = (
        select(HUB_ORDERS, is_asked.label("asked"))
        .where(_ORDERS.enterprise == enterprise, _ORDERS.salt.is_not(None))
        .where(or_(is_asked, _ORDERS.id.in_(newest.scalar_subquery())))
        .order_by(is_asked.desc(), _ORDERS.id.desc())
        .limit(1)
    )
    row = connection.sql.execute(wanted).one_or_none()
    content = opened(connection.keys, row) if row is not None else None
    ends = list(_telephones(content)) if content is not None else []
    fits = sum(hmac.compare_digest(each, digits) for each in ends)
    if row is None or not fits or not row.asked:
        return None
    ticket = _ticket(connection.keys, enterprise, row.platform_code, row.order_no, now + TICKET)
    return AskedOrder(platform_code=row.platform_code, order_no=row.order_no, ticket=ticket)


def _telephones(content: bytes) -> Iterator[str]:
    """Yield how the telephone numbers of a parcel end: of the buyer and of the consignee."""
    order = read_parcel(content).order
    for each in (order.buyer_telephone, order.consignee_telephone):
        yield re.sub("[^0-9]", "", each)[-4:].rjust(4, "-")


def _ticket(keys: LedgerKeys, enterprise: str, platform_code: str, order_no: str, until: datetime) -> str:
    """Return what shows that an order was found, until a time."""
    own = hmac.digest(keys.master, b"customs hub self-service", "sha256")
    said = f"{until:%Y%m%d%H%M%S}"
    return f"{said}-{hmac.digest(own, '/'.join((said, enterprise, platform_code, order_no)).encode(), 'sha256').hex()}"


def _holds(keys: LedgerKeys, enterprise: str, asked: AskedOrder, now: datetime) -> bool:
    said = asked.ticket.partition("-")[0]
    if not re.fullmatch(r"[0-9]{14}", said, re.ASCII) or said < f"{now:%Y%m%d%H%M%S}":
        return False
    try:
        until = datetime.strptime(said, "%Y%m%d%H%M%S")
    except ValueError:
        return False
    right = _ticket(keys, enterprise, asked.platform_code, asked.order_no, until)
    return hmac.compare_digest(right.encode(), asked.ticket.encode())


def _form(visit: Visit, number: str = "", *, fault: BothTexts | None = None, status: int = HTTPStatus.OK) -> Response:
    return page_with_form(
        visit, "ask.html", status=status, order=number, fault=fault, found=None, here_ask=_here(visit)
    )


def _here(visit: Visit) -> str:
    return visit.url(f"/ask/{visit.request.path_params['enterprise']}")


def _answer(visit: Visit, asked: AskedOrder, *, fault: BothTexts | None = None) -> Response:
    enterprise = str(visit.request.path_params["enterprise"])
    with visit.console.ledger.read() as connection:
        shown = show_order(connection, enterprise, asked.platform_code, asked.order_no, now=visit.now)
    return page_with_form(
        visit,
        "ask.html",
        order=asked.order_no,
        fault=fault,
        found=asked,
        here_ask=_here(visit),
        words=BothTexts(*shown.words),
        tell=told_to_buyer(shown),
        nodes=[(each.at, BothTexts(*said_of_node(each.node))) for each in shown.nodes],
    )


def told_to_buyer(shown: OrderShown) -> BothTexts:
    """Return what a buyer is told of an order: what it waits for, and what they may have to do; nothing of others' business."""
    keys = [f"ask.node.{shown.line.node}", f"ask.stage.{shown.line.stage}", "ask.stage.declared"]
    if shown.refund:
        keys.insert(0, "ask.refund")
    return next(console_texts()[each] for each in keys if each in console_texts())
