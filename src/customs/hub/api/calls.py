"""Calls over HTTP (回调接口): those to the systems of the caller's enterprise that wait or failed, and making one again."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query

from customs.hub.api.answering import in_china
from customs.hub.api.callers import Caller, HubService, caller_once, caller_with
from customs.hub.api.delivery_answers import CallAnswer, CallPage, CallRetried
from customs.hub.api.paging import LINES, MOST_LINES, next_page
from customs.hub.api.problems import READS, WRITES, ApiProblemError, may_answer
from customs.hub.calls.shown import CallShown, CallStanding, NoSuchCallError, list_calls, retry_call
from customs.hub.enterprises.tokens import TokenScope


def call_paths(service: HubService) -> APIRouter:
    """Return the paths of calls."""
    paths = APIRouter(prefix="/v1", tags=["calls 回调"])
    reader, once = caller_with(service, TokenScope.READ), caller_once(service, TokenScope.OPERATE)

    @paths.get("/calls", responses=may_answer(*READS))
    def list_(
        standing: CallStanding | None = None,
        hook: Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")] = "",
        after: Annotated[int, Query(ge=0, lt=1 << 53)] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_LINES)] = LINES,
        caller: Caller = reader,
    ) -> CallPage:
        """回调: Return calls, newest first: those that wait for their first time, failed, or were taken."""
        with service.ledger.read() as connection:
            found = list_calls(
                connection, caller.enterprise.name, standing=standing, hook=hook, before=after, most=limit
            )
        last = found[-1].id if len(found) == limit else None
        asked = {"standing": standing, "hook": hook, "limit": limit}
        return CallPage(calls=[_answer(each) for each in found], next=next_page("/v1/calls", last, asked))

    @paths.post("/calls/{call}/retry", responses=may_answer(*WRITES, 404))
    def retry(call: Annotated[int, Path(ge=1, lt=1 << 53)], caller: Caller = once) -> CallRetried:
        """立即重发: Have a call that waits made again at once, when those before it of its order were taken."""
        with service.ledger.begin() as connection:
            try:
                retry_call(connection, caller.enterprise.name, call, now=service.clock())
            except NoSuchCallError:
                raise ApiProblemError(
                    HTTPStatus.NOT_FOUND, "there is no such call that waits", "没有该待发回调"
                ) from None
            answer = CallRetried(id=call, zh="将立即重发", en="it is made again at once")
            caller.keep(connection, answer, service)
        return answer

    return paths


def _answer(call: CallShown) -> CallAnswer:
    at = in_china(call.at)
    assert at is not None
    return CallAnswer(
        id=call.id,
        hook=call.hook,
        platform_code=call.platform_code,
        order_no=call.order_no,
        body=call.body,
        standing=call.standing,
        attempts=call.attempts,
        due=in_china(call.due),
        said=call.said,
        at=at,
    )
