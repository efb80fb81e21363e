"""Quota (额度): what a buyer has used and holds, found by the identity number, and corrections by a ticket.

The number stands in the body of a form alone: it is hashed to find the person, kept nowhere, and shown on no page. Each
look-up is entered in the audit with the number that the ledger itself gave to the person.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from sqlalchemy import select, tuple_
from starlette.responses import Response

from customs.bilingual import halves
from customs.fields.money import ZERO
from customs.hub.counts.refusals import refusal_in
from customs.hub.shown.quota_refusals import QuotaRefusal, refused_for_quota
from customs.hub.store.tables import HUB_ORDERS
from customs.hub.web.acting import Act, ActDone, acting, done_once
from customs.hub.web.audit import AuditEntry, enter_audit
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.entered import amount_in, words_in
from customs.hub.web.handing import handed_back, handed_on
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import PageError, Visit, visitor
from customs.ledger.accounts import LedgerEntry
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.people import find_person
from customs.ledger.quota import correct, order_key, quota_entries, quota_of

#: Rows of a page.
_ROWS = 50


def quota_pages(console: ConsoleService) -> APIRouter:
    """Return the pages of the quota."""
    pages = APIRouter(prefix="/e/{enterprise}/quota")
    seen, form = visitor(console, ConsoleRight.QUOTA), acting(console, ConsoleRight.QUOTA)
    correcting = acting(console, ConsoleRight.FINANCE_CHANGE)

    @pages.get("")
    def show(visit: Visit = seen, after: str = "") -> Response:
        """Show the form of the look-up, and the orders that customs refused for the quota."""
        return _asked(visit, after=after)

    @pages.post("/of-buyer")
    def look_up(act: Act = form) -> Response:
        """Show what a buyer has used and holds; the look-up is entered in the audit."""
        visit, number = act.visit, act.value("id_number", most=60).upper()
        if not number.isascii() or not number.isalnum():
            return _asked(visit, console_text("quota.no_number"))
        with console.ledger.begin() as connection:
            person = find_person(connection, "1", number)
            enter_audit(connection, _looked(visit, person))
            return _of_buyer(connection, visit, ("1", number), person)

    @pages.post("/correct")
    def change(act: Act = correcting) -> Response:
        """Correct what a buyer has used in this year, by a ticket."""
        visit = act.visit
        person = int(handed_back(visit, "quota", act.value("buyer", most=2000)))
        amount, ticket, why = (
            amount_in(act, "amount"),
            words_in(act, "ticket", most=100),
            words_in(act, "why", most=300),
        )

        def enter(connection: LedgerConnection) -> ActDone:
            cause = EntryCause("ticket", ticket, by=visit.person.name, why=why)
            return _corrected(connection, visit, person, cause, amount)

        return done_once(act, enter)

    return pages


def _asked(visit: Visit, fault: BothTexts | None = None, *, after: str = "") -> Response:
    with visit.console.ledger.read() as connection:
        found = refused_for_quota(connection, visit.shop.name, before=_place(after), most=_ROWS + 1)
    rows = [(each, refusal_in(each.detail)) for each in found[:_ROWS]]
    more = visit.here(f"/quota?after={_cursor(found[_ROWS - 1])}") if len(found) > _ROWS else ""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
    return page(visit, "quota.html", status=status, fault=fault, refused=rows, more=more, year=visit.now.year)


def _cursor(last: QuotaRefusal) -> str:
    return f"{last.at:%Y%m%dT%H%M%S%f}-{last.id}"


def _place(text: str) -> tuple[datetime, int] | None:
    """Return the place behind which a page begins. Raises ``PageError`` for a text that is none."""
    if not text:
        return None
    try:
        at, _, number = text.partition("-")
        return datetime.strptime(at, "%Y%m%dT%H%M%S%f"), int(number)
    except ValueError:
        raise PageError(HTTPStatus.UNPROCESSABLE_ENTITY, console_text("problem.form")) from None


def _looked(visit: Visit, person: int | None) -> AuditEntry:
    return AuditEntry(
        at=visit.now,
        enterprise=visit.shop.name,
        person=visit.person.name,
        action="quota_look",
        subject=f"person {person}" if person else "nobody",
    )


def _of_buyer(connection: LedgerConnection, visit: Visit, buyer: tuple[str, str], person: int | None) -> Response:
    """Show a buyer; orders of other enterprises of the hub have an amount and no number."""
    standing = quota_of(connection, buyer, on=visit.now.date())
    entries = quota_entries(connection, buyer, on=visit.now.date())
    keys = {each.order for each in standing.in_flight} | {each.details["order"] for each in entries}
    own = _own(connection, visit, {each for each in keys if each})
    shown: dict[str, Any] = {
        "standing": standing,
        "is_over": standing.left < 0,
        "flying": [(own.get(each.order, ""), each.amount, each.since) for each in standing.in_flight],
        "entries": [_entry(each, own) for each in entries],
        "buyer": handed_on(visit, "quota", str(person)) if person else "",
        "ending": buyer[1][-4:],
    }
    return page(visit, "quota_buyer.html", **shown)


def _own(connection: LedgerConnection, visit: Visit, keys: set[str]) -> Mapping[str, str]:
    """Return the numbers of those orders that are the enterprise's, by their keys in the quota."""
    orders = HUB_ORDERS.c
    parts = [tuple(each.split("/", 1)) for each in sorted(keys)]
    wanted = select(orders.platform_code, orders.order_no).where(
        orders.enterprise == visit.shop.name, tuple_(orders.platform_code, orders.order_no).in_(parts)
    )
    return {order_key(platform, number): number for platform, number in connection.sql.execute(wanted)}


def _entry(entry: LedgerEntry, own: Mapping[str, str]) -> dict[str, Any]:
    order = entry.details["order"] or ""
    is_ticket = entry.cause.kind == "ticket"
    return {
        "at": entry.at,
        "kind": f"quota.kind.{entry.kind}",
        "order": own.get(order, ""),
        "is_others": bool(order) and order not in own,
        "used": entry.change.get("used", ZERO),
        "held": entry.change.get("held", ZERO),
        "cause": entry.cause if is_ticket and (not order or order in own) else None,
    }


def _corrected(connection: LedgerConnection, visit: Visit, person: int, cause: EntryCause, amount: Decimal) -> ActDone:
    more = {"subject": f"person {person}", "to": visit.here("/quota")}
    try:
        new = correct(connection, person, cause, year=visit.now.year, by_amount=amount, at=visit.now)
    except (ValueError, CauseUsedError) as error:
        en, zh = halves(str(error))
        return ActDone(action="quota_refused", en=en, zh=zh, kind="bad", detail=cause.id, **more)
    if not new:
        return ActDone.saying(
            "quota_refused", console_text("quota.entered_before", ticket=cause.id), kind="bad", **more
        )
    text = console_text("quota.corrected", amount=f"{amount:+,.2f}", ticket=cause.id)
    return ActDone.saying("quota_correct", text, detail=f"{amount:+.2f} {cause.id}", reason=cause.why, **more)
