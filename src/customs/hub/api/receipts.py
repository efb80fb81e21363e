"""Receipts set aside over HTTP (搁置回执接口): those that could not be laid to their orders, and taking one up again."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query

from customs.hub.api.answering import in_china
from customs.hub.api.callers import Caller, HubService, caller_once, caller_with
from customs.hub.api.delivery_answers import AsideReceiptAnswer, AsideReceiptPage, ReceiptTakenUp
from customs.hub.api.paging import LINES, MOST_LINES, next_page
from customs.hub.api.problems import READS, WRITES, ApiProblemError, may_answer
from customs.hub.enterprises.tokens import TokenScope
from customs.hub.turns.receipts_aside import AsideReceipt, NotAsideError, list_aside, take_up, taken_up_words


def receipt_paths(service: HubService) -> APIRouter:
    """Return the paths of receipts that were set aside."""
    paths = APIRouter(prefix="/v1/receipts/aside", tags=["receipts 回执"])
    reader, once = caller_with(service, TokenScope.READ), caller_once(service, TokenScope.OPERATE)

    @paths.get("", responses=may_answer(*READS))
    def list_(
        after: Annotated[int, Query(ge=0, lt=1 << 53)] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_LINES)] = LINES,
        caller: Caller = reader,
    ) -> AsideReceiptPage:
        """搁置的回执: Return the receipts that were set aside, in the order in which they came, with the reason."""
        with service.ledger.read() as connection:
            found = list_aside(connection, caller.enterprise.name, after=after, most=limit)
        last = found[-1].number if len(found) == limit else None
        return AsideReceiptPage(
            receipts=[_answer(each) for each in found], next=next_page("/v1/receipts/aside", last, {"limit": limit})
        )

    @paths.post("/{number}/again", responses=may_answer(*WRITES, 404))
    def again(number: Annotated[int, Path(ge=1, lt=1 << 53)], caller: Caller = once) -> ReceiptTakenUp:
        """重新处理: Lay a receipt that was set aside to its orders; one that fails again stays aside."""
        with service.ledger.begin() as connection:
            try:
                report = take_up(connection, caller.enterprise, number, now=service.clock())
            except NotAsideError as error:
                raise ApiProblemError(HTTPStatus.NOT_FOUND, error.en, error.zh) from None
            en, zh = taken_up_words(report)
            answer = ReceiptTakenUp(number=number, taken_up=not report.aside, en=en, zh=zh)
            caller.keep(connection, answer, service)
        return answer

    return paths


def _answer(receipt: AsideReceipt) -> AsideReceiptAnswer:
    at = in_china(receipt.at)
    assert at is not None
    return AsideReceiptAnswer(
        number=receipt.number,
        destination=receipt.source,
        name=receipt.name,
        at=at,
        en=receipt.why_en,
        zh=receipt.why_zh,
    )
