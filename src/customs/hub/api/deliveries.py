"""Deliveries over HTTP (投递接口): messages in the outboxes of the caller's enterprise, and a person's word on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from customs.exchange.outbox import OutboxEntry, UnknownDeliveryError
from customs.exchange.standing import DeliveryState
from customs.hub.api.answering import in_china
from customs.hub.api.callers import Caller, HubService, caller_once, caller_with
from customs.hub.api.delivery_answers import (
    DeliveryAnswer,
    DeliveryEventAnswer,
    DeliveryPage,
    DeliveryShown,
    DestinationAnswer,
    DestinationsAnswer,
)
from customs.hub.api.named import ANY_NAME
from customs.hub.api.paging import LINES, MOST_LINES, next_page
from customs.hub.api.problems import READS, WRITES, ApiProblemError, may_answer
from customs.hub.enterprises.tokens import TokenScope
from customs.hub.shown.deliveries import (
    DeliveryWord,
    NoSuchDestinationError,
    WordNotAllowedError,
    deliveries_of,
    destinations_shown,
    list_deliveries,
    say_of_delivery,
    show_delivery,
)

_Destination = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[\x21-\x7e\u4e00-\u9fff]+$")]
_MessageId = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")]
_Number = Annotated[str, Path(min_length=1, max_length=100, pattern=ANY_NAME)]


class SpokenWord(StrEnum):
    """The words that a person may say of a message."""

    RETRY = "retry"
    HOLD = "hold"
    RELEASE = "release"


_WORDS: dict[SpokenWord, DeliveryWord] = {
    SpokenWord.RETRY: "retry",
    SpokenWord.HOLD: "hold",
    SpokenWord.RELEASE: "release",
}


class WordGiven(BaseModel):
    """Why, without personal data; and whether what was handed over goes again, since the other side has nothing."""

    model_config = ConfigDict(extra="forbid")
    reason: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    even_if_sent: bool = False


def delivery_paths(service: HubService) -> APIRouter:
    """Return the paths of deliveries."""
    paths = APIRouter(prefix="/v1", tags=["deliveries 投递"])
    reader, once = caller_with(service, TokenScope.READ), caller_once(service, TokenScope.OPERATE)

    @paths.get("/deliveries", responses=may_answer(*READS))
    def destinations(caller: Caller = reader) -> DestinationsAnswer:
        """接入点: Return the destinations with what is in their outboxes."""
        with service.ledger.read() as connection:
            found = destinations_shown(connection, caller.enterprise)
        return DestinationsAnswer(
            destinations=[
                DestinationAnswer(
                    destination=each.name,
                    counts={state.value: count for state, count in each.counts.items()},
                    outage_since=in_china(each.outage_since),
                )
                for each in found
            ]
        )

    @paths.get("/deliveries/{destination}", responses=may_answer(*READS, 404))
    def list_(
        destination: _Destination,
        state: DeliveryState | None = None,
        after: Annotated[int, Query(ge=0, lt=1 << 53)] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_LINES)] = LINES,
        caller: Caller = reader,
    ) -> DeliveryPage:
        """投递: Return messages to a destination, those in a state or all; dead letters have the state dead."""
        states = (state,) if state else ()
        with _problems(), service.ledger.read() as connection:
            found = list_deliveries(connection, caller.enterprise, destination, states=states, after=after, most=limit)
        last = found[-1][0] if len(found) == limit else None
        return DeliveryPage(
            deliveries=[_answer(destination, entry) for _, entry in found],
            next=next_page(f"/v1/deliveries/{destination}", last, {"state": state, "limit": limit}),
        )

    @paths.get("/deliveries/of/{number}", responses=may_answer(*READS))
    def of_number(number: _Number, caller: Caller = reader) -> DeliveryPage:
        """按编号查投递: Return the messages with a document of a business number."""
        with service.ledger.read() as connection:
            found = deliveries_of(connection, caller.enterprise, number)
        return DeliveryPage(deliveries=[_answer(name, entry) for name, entry in found[:MOST_LINES]], next=None)

    @paths.get("/deliveries/{destination}/{message_id}", responses=may_answer(*READS, 404))
    def show(destination: _Destination, message_id: _MessageId, caller: Caller = reader) -> DeliveryShown:
        """投递详情: Return a message with its documents and everything that happened to it."""
        with _problems(), service.ledger.read() as connection:
            entry, history = show_delivery(connection, caller.enterprise, destination, message_id)
            documents = [{name: text for name, text in each.fields if text} for each in entry.documents]
        events = [
            DeliveryEventAnswer(
                at=_at(each.at),
                happening=each.happening,
                state=each.state.value,
                outcome=each.outcome,
                said=each.said,
            )
            for each in history
        ]
        return DeliveryShown(delivery=_answer(destination, entry), documents=documents, history=events)

    @paths.post("/deliveries/{destination}/{message_id}/{word}", responses=may_answer(*WRITES, 404))
    def say(
        destination: _Destination, message_id: _MessageId, word: SpokenWord, given: WordGiven, caller: Caller = once
    ) -> DeliveryAnswer:
        """重发、暂缓、放行: Have a message handed over again, held, or let go on."""
        with _problems(), service.ledger.begin() as connection:
            entry = say_of_delivery(
                connection,
                caller.enterprise,
                (destination, message_id),
                _WORDS[word],
                now=service.clock(),
                reason=given.reason,
                even_if_sent=given.even_if_sent,
            )
            answer = _answer(destination, entry)
            caller.keep(connection, answer, service)
        return answer

    return paths


def _answer(destination: str, entry: OutboxEntry) -> DeliveryAnswer:
    standing = entry.standing
    return DeliveryAnswer(
        destination=destination,
        id=entry.id,
        name=entry.name,
        file_name=entry.file_name,
        size=entry.size,
        state=standing.state.value,
        put_at=_at(entry.put_at),
        due=in_china(standing.due),
        attempts=standing.attempts,
        said=standing.said,
    )


def _at(at: datetime) -> datetime:
    found = in_china(at)
    assert found is not None
    return found


@contextmanager
def _problems() -> Iterator[None]:
    """Answer as problems that there is no such destination or message, and that its state does not allow a word."""
    try:
        yield
    except NoSuchDestinationError as error:
        raise ApiProblemError(HTTPStatus.NOT_FOUND, error.en, error.zh) from None
    except UnknownDeliveryError:
        raise ApiProblemError(HTTPStatus.NOT_FOUND, "there is no such message", "没有该报文") from None
    except WordNotAllowedError as error:
        raise ApiProblemError(HTTPStatus.CONFLICT, error.en, error.zh) from None
