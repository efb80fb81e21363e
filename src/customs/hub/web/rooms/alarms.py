"""Alarms (告警): those that are open, pending or over, who has taken each on, and the silences."""

from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from customs.hub.alarms.alarm import AlarmState, HubAlarm
from customs.hub.alarms.kept import UnknownAlarmError, list_alarms, set_silence, silences_of, take_on
from customs.hub.alarms.rules import rule_named
from customs.hub.alarms.settings import AlarmScope, AlarmSilence
from customs.hub.alarms.spans import in_words, span_of
from customs.hub.alarms.words import seen, where
from customs.hub.cases.alarm_cases import cases_of_alarms
from customs.hub.web.acting import Act, ActDone, acting, done_once
from customs.hub.web.alarm_orders import more_of_alarm
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import PageError, Visit, visitor
from customs.ledger.database import LedgerConnection

#: Alarms on a page.
_LINES = 30

ShownAlarms = Literal["open", "pending", "closed"]

#: How long a silence may last.
SPANS = ("30m", "1h", "4h", "12h", "1d", "3d")


def alarm_pages(console: ConsoleService) -> APIRouter:
    """Return the pages of alarms."""
    pages = APIRouter(prefix="/e/{enterprise}/alarms")
    seen_by, form = visitor(console, ConsoleRight.LOOK), acting(console, ConsoleRight.ALARMS)

    @pages.get("")
    def show(
        state: ShownAlarms = "open",
        before: Annotated[int, Query(ge=0, lt=1 << 53)] = 0,
        visit: Visit = seen_by,
    ) -> Response:
        """List alarms of one state, newest first, with the silences that are not over."""
        with console.ledger.read() as connection:
            found = list_alarms(connection, visit.shop.name, states=[AlarmState(state)], before=before, most=_LINES)
            cases = cases_of_alarms(connection, visit.shop.name, [each.id for each in found])
            silences = silences_of(connection, visit.shop.name, now=visit.now)
        more = visit.here(f"/alarms?state={state}&before={found[-1].id}") if len(found) == _LINES else ""
        rules = console.alarms.rules
        shown: dict[str, Any] = {
            "alarms": [_shown(each, visit) for each in found],
            "cases": cases if visit.may(ConsoleRight.CASES) else {},
            "silences": silences,
            "states": [AlarmState.OPEN, AlarmState.PENDING, AlarmState.CLOSED],
            "rules": [("", visit.text("alarms.any"))]
            + [(name, each.title.zh if visit.chinese else each.title.en) for name, each in rules.items()],
            "rule_titles": {name: each.title for name, each in rules.items()},
            "spans": [(each, in_words(span_of(each))[0 if visit.chinese else 1]) for each in SPANS],
        }
        return page(visit, "alarms.html", state=state, more=more, **shown)

    @pages.post("/silence")
    def silence(act: Act = form) -> Response:
        """Set a silence."""
        return done_once(act, lambda connection: _silence(connection, act))

    @pages.post("/{number}/ack")
    def ack(number: Annotated[int, Path(ge=1, lt=1 << 53)], act: Act = form) -> Response:
        """Take an alarm on."""
        return done_once(act, lambda connection: _ack(connection, act, number))

    return pages


def _shown(alarm: HubAlarm, visit: Visit) -> dict[str, Any]:
    rule = rule_named(alarm.place.rule)
    until = alarm.closed_at or visit.now
    return {
        "alarm": alarm,
        "title": rule.title,
        "seen": seen(alarm, rule),
        "where": where(alarm),
        "todo": rule.todo,
        "more": more_of_alarm(alarm, len(alarm.examples)),
        "lasts": in_words(max(until - alarm.since, until - until))[0 if visit.chinese else 1],
    }


def _ack(connection: LedgerConnection, act: Act, number: int) -> ActDone:
    visit = act.visit
    try:
        found = take_on(connection, visit.shop.name, number, visit.person.name, now=visit.now, note=act.value("note"))
    except UnknownAlarmError as error:
        raise PageError(HTTPStatus.NOT_FOUND, BothTexts(error.zh, error.en)) from None
    if found.acked_by == visit.person.name:
        text, kind = console_text("alarms.taken", number=number), "good"
    elif found.acked_by:
        text, kind = console_text("alarms.with", number=number, name=found.acked_by), "bad"
    else:
        text, kind = console_text("alarms.is_over", number=number), "bad"
    return ActDone.saying("alarm_ack", text, subject=str(number), kind=kind, to=visit.here("/alarms"))


def _silence(connection: LedgerConnection, act: Act) -> ActDone:
    visit, rule, district = act.visit, act.value("rule"), act.value("district", most=4)
    span, why = act.value("span"), act.value("why")
    if span not in SPANS or (rule and rule not in visit.console.alarms.rules) or not why:
        raise PageError(HTTPStatus.UNPROCESSABLE_ENTITY, console_text("problem.form"))
    ends = visit.now + span_of(span)
    scope = AlarmScope(rules=(rule,) if rule else (), districts=(district,) if district else ())
    set_silence(
        connection,
        visit.shop.name,
        AlarmSilence(begins=visit.now, ends=ends, scope=scope, why=why),
        visit.person.name,
    )
    text = console_text("alarms.silenced", until=f"{ends:%Y-%m-%d %H:%M}")
    return ActDone.saying(
        "alarm_silence", text, subject=f"{rule or '*'} {district}".strip(), reason=why, to=visit.here("/alarms")
    )
