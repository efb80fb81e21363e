"""Replies of the exchange platform (交换平台响应 DxpRep) as answers: did the platform deliver the message?

A reply speaks of a whole message, named by the CopMsgId of its envelope, never of one declaration in it.

>>> state_of_response("3001"), state_of_response("1001"), state_of_response("4711")
(<State.TECHNICAL_FAILURE: 'technical_failure'>, <State.REJECTED: 'rejected'>, <State.UNKNOWN: 'unknown'>)
"""

from collections.abc import Iterator
from datetime import datetime, time

from customs.codes import CodeEntry, code_list
from customs.codes.errors import ErrorCause, state_of_cause
from customs.codes.states import State
from customs.documents import Answer, BusinessKey, Oddity
from customs.wire.envelope import ReceiverResult, Reply, Response


def answers_of_reply(reply: Reply) -> tuple[Answer, ...]:
    """Return an answer for each response, and one for each receiver that a response reports on."""
    return tuple(_answer(response, said, reply.oddities) for response in reply.responses for said in _said(response))


def _said(response: Response) -> tuple[Response | ReceiverResult, ...]:
    return (response, *response.results)


def state_of_response(code: str) -> State:
    """Return the state that a response code leads to; ``UNKNOWN`` if the platform's table does not explain it."""
    error = _error(code)
    return state_of_cause(ErrorCause(error.cause)) if error else State.UNKNOWN


def _error(code: str) -> CodeEntry | None:
    entry = code_list("dxp_errors").get(code)
    return entry if entry and entry.cause else None


def _answer(response: Response, said: Response | ReceiverResult, oddities: tuple[Oddity, ...]) -> Answer:
    original = response.original
    return Answer(
        authority="platform",
        key=BusinessKey(original.message_type.removesuffix("Message"), (("message_id", original.copy_id),)),
        state=state_of_response(said.code),
        code=said.code,
        receipt="DxpRep",
        error=_error(said.code),
        at=datetime.combine(response.day, time()) if response.day else None,
        texts=tuple(_texts(said)),
        submitted=original.copy_id,
        oddities=oddities,
    )


def _texts(said: Response | ReceiverResult) -> Iterator[str]:
    yield from filter(None, (said.info, said.note))
