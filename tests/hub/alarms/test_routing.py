"""Who is told of an alarm at which hour: routes, rosters, escalation, repetition, quiet hours, silences, providers."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from customs.hub.alarms.alarm import AlarmState, HubAlarm
from customs.hub.alarms.condition import AlarmPlace
from customs.hub.alarms.routing import AlarmTelling, AlarmWord, telling_of
from customs.hub.alarms.rules import AlarmSeverity, alarm_rules
from customs.hub.alarms.settings import (
    AlarmRoute,
    AlarmScope,
    AlarmSettings,
    AlarmSilence,
    DutyRoster,
    QuietHours,
)
from customs.hub.alarms.spans import hours_of
from customs.hub.alarms.words import seen
from support.alarm_rows import with_settings

NOON = datetime(2026, 11, 11, 12)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PLACE = AlarmPlace("goods_late", "4600", "warehouse:A1", "packed")


def opened(at: datetime = NOON, **values: Any) -> HubAlarm:
    facts = {"severity": AlarmSeverity.WARNING, "place": PLACE} | values
    return HubAlarm(
        enterprise="shop", id=7, since=at, held_from=at, opened_at=at, **{"state": AlarmState.OPEN, **facts}
    )


def told(alarm: HubAlarm, settings: AlarmSettings, now: datetime, *silences: AlarmSilence) -> AlarmTelling | None:
    return telling_of(alarm, alarm_rules()[alarm.place.rule], settings, silences, now)


def routed(*routes: AlarmRoute, **values: Any) -> AlarmSettings:
    return with_settings(routes=routes, **values)


EVERYONE = AlarmRoute(tell=("team",))


def test_an_alarm_that_was_seen_before_its_rule_had_a_figure_is_still_said() -> None:
    rule = alarm_rules()["rejections"]
    place = AlarmPlace("rejections", "4600", "", "identity")
    said = seen(opened(place=place, count=7, figures={"cause": "identity", "cause_zh": "身份"}), rule)
    assert said.en == "7 of – decided orders were refused for one cause within –: identity (–)"
    assert said.zh == "–内 – 单已有结果，其中 7 单因同一原因退单：身份（–）"


def test_an_alarm_is_told_once_and_again_after_the_time_of_its_rule() -> None:
    settings, alarm = routed(EVERYONE), opened()
    assert told(alarm, settings, NOON) == AlarmTelling(AlarmWord.OPENED, ("team",))
    known = replace(alarm, told=1, told_at=NOON, told_to=("team",))
    repeat = alarm_rules()[PLACE.rule].repeat
    assert told(known, settings, NOON + repeat - MINUTE) is None
    assert told(known, settings, NOON + repeat) == AlarmTelling(AlarmWord.REPEATED, ("team",))


@pytest.mark.parametrize(
    "scope",
    [
        AlarmScope(rules=("overdue",)),
        AlarmScope(districts=("5100",)),
        AlarmScope(providers=("warehouse:A2",)),
    ],
)
def test_a_route_leads_only_the_alarms_of_its_scope(scope: AlarmScope) -> None:
    assert told(opened(), routed(AlarmRoute(tell=("team",), scope=scope)), NOON) is None
    own = AlarmScope(rules=("goods_late",), districts=("4600",), providers=("warehouse:A1",))
    assert told(opened(), routed(AlarmRoute(tell=("team",), scope=own)), NOON)


def test_a_route_leads_alarms_of_its_severity_enterprise_and_hours() -> None:
    for route in (
        AlarmRoute(tell=("team",), severity=AlarmSeverity.SERIOUS),
        AlarmRoute(tell=("team",), enterprises=("another",)),
        AlarmRoute(tell=("team",), hours=hours_of("22:00-08:00")),
    ):
        assert told(opened(), routed(route), NOON) is None
    night = routed(AlarmRoute(tell=("team",), hours=hours_of("22:00-08:00")))
    assert told(opened(), night, NOON + 10 * HOUR)


def test_an_alarm_that_nobody_takes_on_goes_to_the_next_and_one_that_is_taken_on_to_nobody() -> None:
    settings = routed(EVERYONE, AlarmRoute(tell=("head",), after=15 * MINUTE))
    alarm = replace(opened(), told=1, told_at=NOON, told_to=("team",))
    assert told(alarm, settings, NOON + 14 * MINUTE) is None
    assert told(alarm, settings, NOON + 15 * MINUTE) == AlarmTelling(AlarmWord.ESCALATED, ("head",))
    taken = replace(alarm, acked_at=NOON + MINUTE, acked_by="li")
    assert told(taken, settings, NOON + 15 * MINUTE) is None
    assert told(taken, settings, NOON + 50 * HOUR) is None, "nor is it repeated"


def test_those_on_duty_take_turns_and_who_comes_on_is_told_of_what_is_open() -> None:
    roster = DutyRoster(channels=("li", "wang"), begins=date(2026, 11, 11), at=time(8))
    settings = routed(AlarmRoute(tell=("night",)), rosters={"night": roster})
    alarm = opened()
    assert told(alarm, settings, NOON) == AlarmTelling(AlarmWord.OPENED, ("li",))
    known = replace(alarm, told=1, told_at=NOON, told_to=("li",))
    assert told(known, settings, datetime(2026, 11, 12, 7, 59)) == AlarmTelling(AlarmWord.REPEATED, ("li",))
    assert told(known, settings, datetime(2026, 11, 12, 8)) == AlarmTelling(AlarmWord.ESCALATED, ("wang",))
    assert settings.channels == {"li", "wang"}


def test_in_quiet_hours_only_grave_alarms_are_told_and_the_others_after_them() -> None:
    night, quiet = datetime(2026, 11, 11, 23), QuietHours(hours=hours_of("22:00-08:00"))
    settings = routed(EVERYONE, quiet=quiet)
    assert told(opened(night), settings, night) is None
    assert told(opened(night), settings, datetime(2026, 11, 12, 8))
    assert told(opened(night, severity=AlarmSeverity.SERIOUS), settings, night)


def test_what_is_silenced_is_told_when_the_silence_is_over_unless_it_is_over_too() -> None:
    silence = AlarmSilence(begins=NOON, ends=NOON + HOUR, scope=AlarmScope(districts=("4600",)), why="维护")
    settings, alarm = routed(EVERYONE), opened()
    assert told(alarm, settings, NOON + 59 * MINUTE, silence) is None
    assert told(alarm, settings, NOON + HOUR, silence) == AlarmTelling(AlarmWord.OPENED, ("team",))
    over = replace(alarm, state=AlarmState.CLOSED, closed_at=NOON + 30 * MINUTE)
    assert told(over, settings, NOON + HOUR, silence) is None, "nobody knew of it"
    elsewhere = replace(alarm, place=PLACE._replace(district="5100"))
    assert told(elsewhere, settings, NOON, silence)
    assert told(alarm, routed(EVERYONE, silences=(silence,)), NOON) is None, "as the file has it"


def test_a_recovery_is_told_to_all_who_knew_of_the_alarm_once() -> None:
    alarm = replace(
        opened(), told=2, told_at=NOON, told_to=("team", "head"), state=AlarmState.CLOSED, closed_at=NOON + HOUR
    )
    assert told(alarm, routed(), NOON + HOUR) == AlarmTelling(AlarmWord.RECOVERED, ("team", "head"))
    assert told(replace(alarm, settled=True), routed(), NOON + HOUR) is None


def test_an_alarm_with_a_cause_or_about_to_recover_is_not_told() -> None:
    cases: list[dict[str, Any]] = [
        {"explained_by": "silent_gateway"},
        {"well_from": NOON},
        {"state": AlarmState.PENDING},
    ]
    for values in cases:
        assert told(opened(**values), routed(EVERYONE), NOON) is None, values


def test_a_provider_is_told_of_its_own_exceptions_alone() -> None:
    settings = routed(EVERYONE, providers={"warehouse:A1": ("packing",), "carrier:W1": ("riders",)})
    assert told(opened(), settings, NOON) == AlarmTelling(AlarmWord.OPENED, ("team", "packing"))
    nobodys = opened(place=AlarmPlace("silent_gateway", "4600"))
    assert told(nobodys, settings, NOON) == AlarmTelling(AlarmWord.OPENED, ("team",))
    assert settings.channels == {"team", "packing", "riders"}


def test_nobody_is_told_where_the_file_names_nobody() -> None:
    assert told(opened(), with_settings(), NOON) is None
