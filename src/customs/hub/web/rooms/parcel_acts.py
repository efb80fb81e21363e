"""Acts on a parcel (处理包裹): cancel, hold for a refund, return, correct and declare again; its messages and calls.

Each is what the interface of the hub allows, under the same rules; what is not allowed says why and changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from starlette.responses import Response

from customs.exchange.outbox import UnknownDeliveryError
from customs.hub.calls.shown import NoSuchCallError, retry_call
from customs.hub.orders.gate import OrderNotTakenInError
from customs.hub.orders.requests import OrderErasedError
from customs.hub.orders.taking_in import take_in
from customs.hub.shown.deliveries import DeliveryWord, NoSuchDestinationError, WordNotAllowedError, say_of_delivery
from customs.hub.shown.order import kept_parcel
from customs.hub.turns.refunds import ask_cancellation, ask_refund
from customs.hub.turns.returns import GoodsBack, ask_return
from customs.hub.web.acting import Act, ActDone, acting, done_once
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.correcting import correctable_fields, corrected
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.rooms.parcel import NumberInPath, PlatformInPath, shown_order
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import PageError, order_path
from customs.ledger.database import LedgerConnection
from customs.rules import Finding

#: Characters of a reason that customs reads, at most.
MOST_OF_REASON = 200


def parcel_act_pages(console: ConsoleService) -> APIRouter:
    """Return the forms of a parcel."""
    pages = APIRouter(prefix="/e/{enterprise}/orders/{platform_code}/{order_no}")
    orders, send = acting(console, ConsoleRight.ORDERS), acting(console, ConsoleRight.SEND)

    @pages.post("/acts/{kind}")
    def do(
        platform_code: PlatformInPath,
        order_no: NumberInPath,
        kind: Literal["cancel", "hold", "return", "correct"],
        act: Act = orders,
    ) -> Response:
        """Do something with an order."""
        name = platform_code, order_no

        def enter(connection: LedgerConnection) -> ActDone:
            try:
                return _ACTS[kind](connection, act, name)
            except OrderNotTakenInError:
                raise PageError(HTTPStatus.NOT_FOUND, console_text("parcel.unknown", number=order_no)) from None
            except OrderErasedError as error:
                return _refused(act, name, kind, BothTexts(error.zh, error.en))

        return done_once(act, enter)

    @pages.post("/message")
    def say(platform_code: PlatformInPath, order_no: NumberInPath, act: Act = send) -> Response:
        """Hold, release or retry a message of an order."""
        name = platform_code, order_no
        return done_once(act, lambda connection: _message(connection, act, name))

    @pages.post("/calls/{call}")
    def call_again(
        platform_code: PlatformInPath,
        order_no: NumberInPath,
        call: Annotated[int, Path(ge=1, lt=1 << 53)],
        act: Act = send,
    ) -> Response:
        """Have a call made again at once."""
        name = platform_code, order_no

        def enter(connection: LedgerConnection) -> ActDone:
            try:
                retry_call(connection, act.visit.shop.name, call, now=act.visit.now)
            except NoSuchCallError:
                return _refused(act, name, "call", console_text("call.gone"))
            return _done(act, name, "call_retry", console_text("call.retried"), detail=str(call))

        return done_once(act, enter)

    return pages


OrderNamed = tuple[str, str]


def _cancel(connection: LedgerConnection, act: Act, name: OrderNamed) -> ActDone:
    visit, reason = act.visit, act.value("reason", most=MOST_OF_REASON)
    found = ask_cancellation(connection, visit.shop, name, reason, now=visit.now)
    text = BothTexts(found.zh, found.en)
    if found.outcome == "refused":
        return _refused(act, name, "cancel", _with(text, found.findings))
    return _done(act, name, "cancel", text, reason=reason)


def _hold(connection: LedgerConnection, act: Act, name: OrderNamed) -> ActDone:
    visit = act.visit
    found = ask_refund(connection, visit.shop, *name, now=visit.now)
    return _done(act, name, "hold", BothTexts(found.zh, found.en))


def _return(connection: LedgerConnection, act: Act, name: OrderNamed) -> ActDone:
    visit, reason = act.visit, act.value("reason", most=MOST_OF_REASON)
    try:
        given = {
            int(key.removeprefix("qty-")): Decimal(str(value).strip())
            for key, value in act.form.multi_items()
            if key.startswith("qty-") and str(value).strip()
        }
        back = date.fromisoformat(act.value("back")) if act.value("back") else None
        if any(not each.is_finite() or each <= 0 for each in given.values()):
            raise InvalidOperation
    except (ValueError, InvalidOperation):
        return _refused(act, name, "return", console_text("return.wrong"))
    goods = GoodsBack(reason=reason, quantities=given, back=back)
    found = ask_return(connection, visit.shop, name, goods, now=visit.now)
    text = BothTexts(found.zh, found.en)
    if found.outcome == "refused":
        findings = found.follow_up.findings if found.follow_up else ()
        return _refused(act, name, "return", _with(text, findings))
    return _done(act, name, "return", text, detail=found.number, reason=reason)


def _correct(connection: LedgerConnection, act: Act, name: OrderNamed) -> ActDone:
    visit = act.visit
    shown = shown_order(connection, visit, *name)
    kept = kept_parcel(connection, shown.line.id)
    if kept is None:
        raise OrderErasedError(name[1])
    values = {each.path: value for each in correctable_fields() if (value := act.value(each.path, most=200))}
    if not values:
        return _refused(act, name, "correct", console_text("correct.nothing"))
    parcel, findings = corrected(kept[0], values)
    if parcel is None:
        faults = _with(BothTexts("", ""), findings)
        text = BothTexts(
            console_text("correct.wrong", faults=faults.zh).zh, console_text("correct.wrong", faults=faults.en).en
        )
        return _refused(act, name, "correct", text)
    (taken,) = take_in(connection, visit.shop.name, [parcel], at=visit.now, profile=kept[1], hooks=visit.shop.hooks)
    if taken.outcome == "conflict":
        return _refused(act, name, "correct", console_text("correct.conflict"))
    return _done(act, name, "correct", BothTexts(taken.zh, taken.en), detail=" ".join(values))


_ACTS: Mapping[str, Callable[[LedgerConnection, Act, OrderNamed], ActDone]] = {
    "cancel": _cancel,
    "hold": _hold,
    "return": _return,
    "correct": _correct,
}

_WORDS: Mapping[str, tuple[DeliveryWord, str]] = {
    "hold": ("hold", "message.held"),
    "release": ("release", "message.released"),
    "retry": ("retry", "message.retried"),
}


def _message(connection: LedgerConnection, act: Act, name: OrderNamed) -> ActDone:
    visit, asked = act.visit, act.value("word")
    if asked not in _WORDS:
        raise PageError(HTTPStatus.UNPROCESSABLE_ENTITY, console_text("problem.form"))
    word, key = _WORDS[asked]
    where = act.value("destination"), act.value("message")
    try:
        say_of_delivery(connection, visit.shop, where, word, now=visit.now)
    except WordNotAllowedError as error:
        return _refused(act, name, f"message_{word}", BothTexts(error.zh, error.en))
    except (UnknownDeliveryError, NoSuchDestinationError):
        raise PageError(HTTPStatus.NOT_FOUND, console_text("problem.nothing")) from None
    return _done(act, name, f"message_{word}", console_text(key), detail=" ".join(where))


def _done(act: Act, name: OrderNamed, action: str, text: BothTexts, *, detail: str = "", reason: str = "") -> ActDone:
    to = act.visit.here(order_path(*name))
    return ActDone.saying(action, text, subject="/".join(name), detail=detail, reason=reason, to=to)


def _refused(act: Act, name: OrderNamed, action: str, text: BothTexts) -> ActDone:
    to = act.visit.here(order_path(*name))
    return ActDone.saying(action, text, subject="/".join(name), detail="refused", kind="bad", to=to)


def _with(text: BothTexts, findings: Sequence[Finding]) -> BothTexts:
    """Return a text with what findings say; they hold no personal data."""
    zh = "；".join(f"{each.zh}。{each.advice_zh}" for each in findings[:5])
    en = "; ".join(f"{each.en}. {each.advice_en}" for each in findings[:5])
    return BothTexts(f"{text.zh} {zh}".strip(), f"{text.en} {en}".strip())
