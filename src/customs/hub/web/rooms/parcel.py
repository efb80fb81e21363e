"""The page of a parcel (包裹页): where it stands in words, what happened, what customs said, and what to do now."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import RedirectResponse, Response

from customs.codes.states import State
from customs.exchange.delivery_words import DELIVERY_WORDS
from customs.exchange.outbox import OutboxEntry
from customs.hub.calls.shown import calls_of_order
from customs.hub.orders.gate import OrderNotTakenInError
from customs.hub.orders.nodes import MAY_SHIP
from customs.hub.orders.stages import OrderStage
from customs.hub.orders.taking_in import is_free
from customs.hub.shown.deliveries import deliveries_of
from customs.hub.shown.order import OrderShown, kept_parcel, numbers_shown, show_order
from customs.hub.web.acting import Act, acting, first_time
from customs.hub.web.audit import AuditEntry, AuditQuery, enter_audit, list_audit
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.correcting import correctable_fields
from customs.hub.web.page import page
from customs.hub.web.parcel_facts import goods_lines, number_words, parcel_facts, personal_fields
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import PageError, Visit, order_path, visitor
from customs.ledger.database import LedgerConnection
from customs.receipts.nodes import title_of, words_of

#: The names of an order in an address.
PlatformInPath = Annotated[str, Path(min_length=1, max_length=100)]
NumberInPath = Annotated[str, Path(min_length=1, max_length=100)]

#: Characters that a reason has at least.
SHORTEST_REASON = 5


def parcel_pages(console: ConsoleService) -> APIRouter:
    """Return the page of a parcel, and the look at its personal data."""
    pages = APIRouter(prefix="/e/{enterprise}/orders/{platform_code}/{order_no}")
    seen, looking = visitor(console, ConsoleRight.LOOK), acting(console, ConsoleRight.UNMASK)

    @pages.get("")
    def show(platform_code: PlatformInPath, order_no: NumberInPath, visit: Visit = seen) -> Response:
        """Show a parcel, its personal data masked."""
        with console.ledger.read() as connection:
            return _page(connection, visit, platform_code, order_no)

    @pages.post("/look")
    def look(platform_code: PlatformInPath, order_no: NumberInPath, act: Act = looking) -> Response:
        """Show a parcel once with its personal data, for a reason that is entered in the audit."""
        visit, reason = act.visit, act.value("reason")
        back = visit.here(order_path(platform_code, order_no))
        with console.ledger.begin() as connection:
            if len(reason) < SHORTEST_REASON:
                fault = console_text("look.needed")
                return _page(connection, visit, platform_code, order_no, fault=fault)
            if not first_time(connection, act, back):
                return RedirectResponse(back, HTTPStatus.SEE_OTHER)  # shown once: not again when the page is reloaded
            shown = shown_order(connection, visit, platform_code, order_no)
            kept = kept_parcel(connection, shown.line.id)
            entry = AuditEntry(
                at=visit.now,
                enterprise=visit.shop.name,
                person=visit.person.name,
                action="look",
                subject=f"{platform_code}/{order_no}",
                detail=" ".join(personal_fields(kept[0])) if kept else "",
                reason=reason,
            )
            enter_audit(connection, entry)
            return _page(connection, visit, platform_code, order_no, unmasked=True)

    return pages


def shown_order(connection: LedgerConnection, visit: Visit, platform_code: str, order_no: str) -> OrderShown:
    """Return an order of the enterprise. Raises ``PageError`` if there is none."""
    try:
        return show_order(connection, visit.shop.name, platform_code, order_no, now=visit.now)
    except OrderNotTakenInError:
        raise PageError(HTTPStatus.NOT_FOUND, console_text("parcel.unknown", number=order_no)) from None


def _page(
    connection: LedgerConnection,
    visit: Visit,
    platform_code: str,
    order_no: str,
    *,
    unmasked: bool = False,
    fault: BothTexts | None = None,
) -> Response:
    shown = shown_order(connection, visit, platform_code, order_no)
    kept = kept_parcel(connection, shown.line.id)
    parcel = kept[0] if kept else None
    numbers = numbers_shown(shown.numbers)
    refused = {each.document for each in shown.state.documents.values() if each.state is State.REJECTED}
    values: dict[str, Any] = {
        "shown": shown,
        "numbers": numbers,
        "facts": parcel_facts(parcel, chinese=visit.chinese, unmasked=unmasked) if parcel else (),
        "lines": goods_lines(parcel, chinese=visit.chinese) if parcel else [],
        "documents": list(_documents(shown)),
        "answers": sorted(shown.answers(), key=lambda each: each["document"] not in refused),
        "receipt_texts": _receipt_texts(shown) if unmasked else (),
        "messages": _messages(connection, visit, {each for found in numbers.values() for each in found}),
        "message_words": DELIVERY_WORDS,
        "calls": calls_of_order(connection, visit.shop.name, shown.line.id, visit.shop.hooks),
        "correctable": correctable_fields() if is_free(shown.line.stage, shown.line.node) else (),
        "acts": _acts(shown),
        "unmasked": unmasked,
        "fault": fault,
        "audit": _audit(connection, visit, f"{platform_code}/{order_no}"),
        "title_words": lambda document: BothTexts(*title_of(document)),
        "number_text": lambda name: number_words(name).in_language(visit.language),
    }
    return page(visit, "parcel.html", status=HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK, **values)


def _receipt_texts(shown: OrderShown) -> tuple[tuple[str, str], ...]:
    """Return what customs' deciding receipts say word for word, which may name a person: with the personal data alone."""
    return tuple(
        (each.deciding.receipt, text)
        for each in shown.state.documents.values()
        if each.deciding is not None
        for text in each.deciding.texts
        if text
    )


def _acts(shown: OrderShown) -> frozenset[str]:
    """Return the acts that the state of an order may allow; the hub looks at them again when they are asked for."""
    line, found = shown.line, set[str]()
    if line.stage is not OrderStage.CLOSED and not shown.refund:
        found |= {"cancel", "hold"}
    if line.node in MAY_SHIP:
        found.add("return")
    if is_free(line.stage, line.node):
        found.add("correct")
    return frozenset(found)


def _documents(shown: OrderShown) -> Iterator[dict[str, Any]]:
    for each in shown.state.documents.values():
        zh, en = words_of(each.state)
        title_zh, title_en = title_of(each.document)
        sent = sum(attempt.submitted is not None for attempt in each.attempts)
        yield {
            "name": each.document,
            "title": BothTexts(title_zh, title_en),
            "state": BothTexts(zh, en),
            "node": each.state.value if each.state else "",
            "since": each.since,
            "sent": sent,
        }


def _messages(connection: LedgerConnection, visit: Visit, numbers: set[str]) -> list[tuple[str, OutboxEntry]]:
    found: dict[tuple[str, str], OutboxEntry] = {}
    for number in sorted(numbers):
        for destination, entry in deliveries_of(connection, visit.shop, number):
            found[destination, entry.id] = entry
    return sorted(((name, each) for (name, _), each in found.items()), key=lambda pair: pair[1].put_at)


def _audit(connection: LedgerConnection, visit: Visit, subject: str) -> list[AuditEntry]:
    if not visit.may(ConsoleRight.AUDIT):
        return []
    return list_audit(connection, visit.shop.name, AuditQuery(subject=subject), most=20)
