"""Alarms over HTTP (告警接口): what is out of order, and who has taken it on."""

from http import HTTPStatus
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from customs.hub.alarms.alarm import AlarmState, HubAlarm
from customs.hub.alarms.kept import UnknownAlarmError, list_alarms, take_on
from customs.hub.alarms.rules import rule_named
from customs.hub.alarms.words import seen
from customs.hub.api.alarm_answers import AlarmAnswer, AlarmPage
from customs.hub.api.answering import in_china
from customs.hub.api.callers import Caller, HubService, caller_once, caller_with
from customs.hub.api.paging import LINES, MOST_LINES, next_page
from customs.hub.api.problems import READS, WRITES, ApiProblemError, may_answer
from customs.hub.enterprises.tokens import TokenScope

ShownState = Literal["pending", "open", "closed"]

_Number = Annotated[int, Path(ge=1, le=2**53)]
_Text = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]


class AlarmTaken(BaseModel):
    """Who takes an alarm on."""

    model_config = ConfigDict(extra="forbid")
    by: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
    note: _Text = ""


def alarm_paths(service: HubService) -> APIRouter:
    """Return the paths of alarms."""
    paths = APIRouter(prefix="/v1", tags=["alarms 告警"])
    reader, once = caller_with(service, TokenScope.READ), caller_once(service, TokenScope.OPERATE)

    @paths.get("/alarms", responses=may_answer(*READS))
    def show(
        state: Annotated[ShownState, Query()] = "open",
        after: Annotated[int | None, Query(ge=1, le=2**53)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST_LINES)] = LINES,
        caller: Caller = reader,
    ) -> AlarmPage:
        """告警列表: List the alarms of one state, newest first."""
        with service.ledger.read() as connection:
            found = list_alarms(
                connection, caller.enterprise.name, states=[AlarmState(state)], before=after or 0, most=limit
            )
        last = found[-1].id if len(found) == limit else None
        return AlarmPage(
            alarms=[_answer(each) for each in found],
            next=next_page("/v1/alarms", last, {"state": state, "limit": limit}),
        )

    @paths.post("/alarms/{number}/ack", responses=may_answer(*WRITES, 404))
    def ack(number: _Number, taken: AlarmTaken, caller: Caller = once) -> AlarmAnswer:
        """认领告警: Enter who has taken an alarm on: it goes to nobody else, and is not repeated. The first one counts."""
        with service.ledger.begin() as connection:
            try:
                found = take_on(
                    connection, caller.enterprise.name, number, taken.by, now=service.clock(), note=taken.note
                )
            except UnknownAlarmError as error:
                raise ApiProblemError(HTTPStatus.NOT_FOUND, error.en, error.zh) from None
            answer = _answer(found)
            caller.keep(connection, answer, service)
        return answer

    return paths


def _answer(alarm: HubAlarm) -> AlarmAnswer:
    rule, place = rule_named(alarm.place.rule), alarm.place
    said, since = seen(alarm, rule), in_china(alarm.since)
    assert since is not None, "an alarm has a beginning"
    return AlarmAnswer(
        id=alarm.id,
        **place._asdict(),
        state=cast("ShownState", alarm.state.value),
        severity=alarm.severity.value,
        count=alarm.count,
        peak=alarm.peak,
        since=since,
        opened_at=in_china(alarm.opened_at),
        closed_at=in_china(alarm.closed_at),
        explained_by=alarm.explained_by,
        examples=list(alarm.examples),
        zh=said.zh,
        en=said.en,
        todo_zh=rule.todo.zh,
        todo_en=rule.todo.en,
        acked_by=alarm.acked_by,
        acked_at=in_china(alarm.acked_at),
        note=alarm.note,
    )
