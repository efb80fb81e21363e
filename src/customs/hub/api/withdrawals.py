"""Orders taken back over HTTP (退款、撤单、退货接口)."""

from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from customs.fields.money import EXACT, ZERO
from customs.hub.api.answering import finding_answer
from customs.hub.api.answers import CancelAnswer, RefundAnswer, ReturnAnswer
from customs.hub.api.callers import Caller, HubService, caller_once
from customs.hub.api.named import OrderNo, PlatformCode, no_such_order
from customs.hub.api.problems import WRITES, ApiProblemError, may_answer
from customs.hub.enterprises.tokens import TokenScope
from customs.hub.orders.gate import OrderNotTakenInError
from customs.hub.orders.requests import OrderErasedError
from customs.hub.turns.refunds import ask_cancellation, ask_refund
from customs.hub.turns.returns import GoodsBack, ReturnAsked, ask_return

_Reason = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$", repr=False)]


class CancelAsked(BaseModel):
    """Why an order is cancelled, as customs reads it."""

    model_config = ConfigDict(extra="forbid")
    reason: _Reason


class ItemBack(BaseModel):
    """Goods of one line that come back: the number of the line in the list, from 1, and the quantity in plain digits.

    What is said of a line twice is added.
    """

    model_config = ConfigDict(extra="forbid")
    line: Annotated[int, Field(ge=1, le=1000)]
    qty: Annotated[str, Field(pattern=r"^[0-9]{1,10}(\.[0-9]{1,5})?$")]


class ReturnAskedFor(BaseModel):
    """Goods that come back, and why, as customs reads it; without items everything that is left."""

    model_config = ConfigDict(extra="forbid")
    reason: _Reason
    items: Annotated[list[ItemBack], Field(max_length=1000)] = []
    number: Annotated[str, Field(max_length=20, pattern=r"^[0-9A-Za-z_-]*$")] = ""
    """The number of the application (copNo), where the caller keeps one."""
    back_on: date | None = None
    """The day on which the goods are back; left out while they travel."""


def withdrawal_paths(service: HubService) -> APIRouter:
    """Return the paths by which orders are taken back."""
    paths = APIRouter(prefix="/v1/orders/{platform_code}/{order_no}", tags=["orders 订单"])
    once = caller_once(service, TokenScope.ORDERS)

    @paths.post("/refund", responses=may_answer(*WRITES, 404))
    def refund(platform_code: PlatformCode, order_no: OrderNo, caller: Caller = once) -> RefundAnswer:
        """退款: Hold an order back since its refund is asked for; one that was declared is cancelled as its state allows."""
        with service.ledger.begin() as connection:
            try:
                found = ask_refund(connection, caller.enterprise, platform_code, order_no, now=service.clock())
            except OrderNotTakenInError:
                raise no_such_order() from None
            answer = RefundAnswer(outcome=found.outcome, zh=found.zh, en=found.en)
            caller.keep(connection, answer, service)
        return answer

    @paths.post("/cancel", responses=may_answer(*WRITES, 404))
    def cancel(
        platform_code: PlatformCode, order_no: OrderNo, given: CancelAsked, caller: Caller = once
    ) -> CancelAnswer:
        """撤单: Take an order back for a reason; what forbids it is told, and changes nothing."""
        name = platform_code, order_no
        with service.ledger.begin() as connection:
            try:
                found = ask_cancellation(connection, caller.enterprise, name, given.reason, now=service.clock())
            except OrderNotTakenInError:
                raise no_such_order() from None
            except OrderErasedError as error:
                raise ApiProblemError(HTTPStatus.CONFLICT, error.en, error.zh) from None
            findings = [finding_answer(each) for each in found.findings]
            answer = CancelAnswer(outcome=found.outcome, zh=found.zh, en=found.en, findings=findings)
            caller.keep(connection, answer, service)
        return answer

    @paths.post("/returns", responses=may_answer(*WRITES, 404))
    def give_back(
        platform_code: PlatformCode, order_no: OrderNo, given: ReturnAskedFor, caller: Caller = once
    ) -> ReturnAnswer:
        """退货: Have goods of an order come back, by items with a reason; say what it gives back and by when."""
        name = platform_code, order_no
        with service.ledger.begin() as connection:
            try:
                found = ask_return(connection, caller.enterprise, name, _goods_back(given), now=service.clock())
            except OrderNotTakenInError:
                raise no_such_order() from None
            except OrderErasedError as error:
                raise ApiProblemError(HTTPStatus.CONFLICT, error.en, error.zh) from None
            answer = _return_answer(found)
            caller.keep(connection, answer, service)
        return answer

    return paths


def _goods_back(given: ReturnAskedFor) -> GoodsBack:
    quantities: dict[int, Decimal] = {}
    for each in given.items:
        quantities[each.line] = EXACT.add(quantities.get(each.line, ZERO), Decimal(each.qty))
    return GoodsBack(reason=given.reason, quantities=quantities, number=given.number, back=given.back_on)


def _return_answer(found: ReturnAsked) -> ReturnAnswer:
    made = found.follow_up
    refund, deadlines = (made.refund, made.deadlines) if made else (None, None)
    return ReturnAnswer(
        outcome=found.outcome,
        number=found.number,
        zh=found.zh,
        en=found.en,
        findings=[finding_answer(each) for each in made.findings] if made else [],
        tax=f"{refund.due:.2f}" if refund else None,
        apply_by=deadlines.apply_by if deadlines else None,
        back_by=deadlines.back_by if deadlines else None,
    )
