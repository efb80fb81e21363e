"""The life of an alarm: one outage is one alarm, flapping gives no storm, and a cause is told in the place of its effects."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from customs.hub.alarms.alarm import AlarmState, HubAlarm, advance_alarm, begin_alarm, covers, explanation_of
from customs.hub.alarms.condition import AlarmCondition, AlarmPlace
from customs.hub.alarms.rules import alarm_rules
from support import some

EIGHT, MINUTE = datetime(2026, 11, 11, 8), timedelta(minutes=1)
PLACE = AlarmPlace("overdue", "4600", "", "sent")
RULE = alarm_rules()["overdue"]
AFTER, WELL_AFTER = int(RULE.after / MINUTE), int(RULE.well_after / MINUTE)


def seen(count: int = 1) -> AlarmCondition:
    return AlarmCondition(place=PLACE, count=count, since=EIGHT)


def lived(minutes: list[bool], explained: str = "") -> list[HubAlarm]:
    """Every alarm that comes of a condition which holds or not in each minute, as it ends up."""
    alarms, alarm = list[HubAlarm](), None
    for minute, holds in enumerate(minutes):
        now, condition = EIGHT + minute * MINUTE, seen() if holds else None
        if alarm is None or not alarm.living:
            if condition is None:
                continue
            alarm = begin_alarm(condition, RULE, "shop", now)
            alarms.append(alarm)
        alarm = advance_alarm(alarm, condition, RULE, now, explained)
        alarms[-1] = alarm
    return alarms


def opened(alarms: list[HubAlarm]) -> list[HubAlarm]:
    return [each for each in alarms if each.opened_at]


def test_an_outage_opens_one_alarm_after_a_while_and_closes_it_after_a_while() -> None:
    (alarm,) = lived([True] * 90 + [False] * 60)
    assert alarm.opened_at == EIGHT + RULE.after
    assert alarm.closed_at == EIGHT + 90 * MINUTE + RULE.well_after
    assert alarm.state is AlarmState.CLOSED


def test_what_is_well_again_before_the_time_of_the_rule_is_no_alarm() -> None:
    (alarm,) = lived([True] * AFTER + [False])
    assert alarm.state is AlarmState.DROPPED
    assert not opened([alarm])


@given(st.lists(st.booleans(), max_size=240))
def test_a_condition_that_comes_and_goes_opens_no_alarm_more_often_than_it_held_and_was_well(
    minutes: list[bool],
) -> None:
    runs = [0]
    for before, now in zip([False, *minutes], minutes, strict=False):
        runs.append(runs[-1] + 1 if now and before else int(now))
    held = sum(run == AFTER + 1 for run in runs)
    alarms = opened(lived(minutes))
    assert len(alarms) <= held
    for earlier, later in pairwise(alarms):
        assert earlier.closed_at
        assert later.opened_at
        assert later.opened_at - earlier.closed_at >= RULE.after, "two alarms are a whole time of the rule apart"
        assert earlier.well_from
        assert earlier.closed_at - earlier.well_from >= RULE.well_after


@given(st.lists(st.integers(1, WELL_AFTER), min_size=2, max_size=10))
def test_an_open_alarm_that_flaps_stays_one_alarm(pauses: list[int]) -> None:
    minutes = [True] * (AFTER + 1)
    for pause in pauses:
        minutes += [False] * pause + [True]
    (alarm,) = lived(minutes)
    assert alarm.state is AlarmState.OPEN


def test_what_flaps_before_it_opened_never_opens() -> None:
    alarms = lived(([True] * AFTER + [False]) * 20)
    assert len(alarms) == 20
    assert not opened(alarms)


def test_an_alarm_that_another_one_explains_does_not_open_and_starts_anew_when_the_cause_is_gone() -> None:
    (alarm,) = lived([True] * 120, explained="silent_gateway")
    assert (alarm.state, alarm.explained_by) == (AlarmState.PENDING, "silent_gateway")
    now = EIGHT + 120 * MINUTE
    free = advance_alarm(alarm, seen(), RULE, now)
    assert free.state is AlarmState.PENDING, "orders have the time of the rule to catch up"
    assert advance_alarm(free, seen(), RULE, now + RULE.after).state is AlarmState.OPEN


def test_an_alarm_keeps_its_first_time_its_highest_count_and_its_last_figures() -> None:
    alarm = begin_alarm(seen(3), RULE, "shop", EIGHT)
    for count in (9, 4):
        alarm = advance_alarm(alarm, seen(count), RULE, EIGHT + MINUTE)
    assert (alarm.count, alarm.peak, alarm.since) == (4, 9, EIGHT)


def test_a_cause_is_that_of_alarms_in_its_place_alone() -> None:
    here, there = AlarmPlace("overdue", "4600", "", "sent"), AlarmPlace("overdue", "5100", "", "sent")
    silent, port = AlarmPlace("silent_gateway", "4600"), AlarmPlace("circuit_open", subject="port")
    assert covers(silent, (), here)
    assert not covers(silent, (), there)
    assert covers(port, ("4600",), here)
    assert not covers(port, ("4600",), there), "another destination leads there"
    assert covers(port, (), there), "it is not known where it leads"
    assert covers(port, ("4600",), AlarmPlace("key_lost")), "an alarm of no district may be behind any destination"
    assert covers(port, (), AlarmPlace("outbox_backlog", subject="port"))
    assert not covers(port, (), AlarmPlace("outbox_backlog", subject="other"))
    assert explanation_of(here, RULE, {silent: ()}) == "silent_gateway"
    assert explanation_of(there, RULE, {silent: ()}) == ""
    assert explanation_of(here, RULE, {here: ()}) == ""


def test_every_rule_explains_by_rules_that_there_are_and_none_by_itself() -> None:
    rules = alarm_rules()
    for rule in some(rules.values()):
        assert set(rule.explained_by) <= rules.keys() - {rule.name}
        for cause in rule.explained_by:
            assert rule.name not in rules[cause].explained_by, "two rules never explain each other"
