"""Cases that alarms open by themselves: once for each, with their orders and their end, whoever else is at work."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from customs.hub.alarms.alarm import AlarmState, HubAlarm
from customs.hub.alarms.condition import AlarmPlace
from customs.hub.alarms.kept import enter_alarms, list_alarms
from customs.hub.alarms.rules import AlarmSeverity, alarm_rules
from customs.hub.alarms.turn import alarms_turn
from customs.hub.cases import alarm_cases
from customs.hub.cases.alarm_cases import AlarmCasesReport, alarm_cases_turn, cases_of_alarms
from customs.hub.cases.alarm_choice import AlarmChoice, shipped_alarm_choice
from customs.hub.cases.entries import MACHINE, CaseEntryKind
from customs.hub.cases.folded import HubCase
from customs.hub.cases.kept import entries_of_case, links_of_case
from customs.hub.cases.merging import merge_case
from customs.hub.cases.opening import CaseLink, NewCase, open_case
from customs.hub.cases.shown import CaseQuery, list_cases
from customs.hub.cases.sources import case_of_alarm
from customs.hub.cases.states import CaseState
from customs.hub.cases.tables import HUB_CASE_ALARMS, HUB_CASES
from customs.hub.cases.working import link_case, move_case, unlink_case
from customs.ledger import Ledger
from support import some
from support.alarm_rows import change, shop, stand, with_settings
from support.cases import act, assert_as_its_log_says, seen
from support.ledgers import LedgerDatabases

EIGHT, MINUTE = datetime(2026, 11, 11, 8), timedelta(minutes=1)
SETTINGS, CHOICE = with_settings(), shipped_alarm_choice()


def watched(ledger: Ledger, minutes: int, choice: AlarmChoice = CHOICE) -> AlarmCasesReport:
    """What the turns do some minutes after eight."""
    now = EIGHT + minutes * MINUTE
    alarms_turn(ledger, shop(), SETTINGS, now=now)
    return alarm_cases_turn(ledger, "shop", choice, now=now)


def cases(ledger: Ledger) -> list[HubCase]:
    with ledger.read() as connection:
        return [each.case for each in list_cases(connection, "shop", CaseQuery())]


def silent(ledger: Ledger, at: int = 0) -> list[int]:
    """Six orders whose lists nobody answers, from some minutes after eight, until the alarm is open."""
    orders = stand(ledger, 6, EIGHT + at * MINUTE)
    for minutes in range(at, at + 31, 5):
        watched(ledger, minutes)
    return orders


def answered(ledger: Ledger, orders: list[int], at: int) -> None:
    """All is answered, and the alarm is over after a while."""
    change(ledger, orders, node="released", node_at=EIGHT + at * MINUTE)
    for minutes in range(at, at + 31, 5):
        watched(ledger, minutes)


def test_an_outage_opens_one_case_that_hears_of_its_end_and_stays_open(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger:
        orders = silent(ledger)
        (case,) = cases(ledger)
        assert (case.source, case.case_class, case.queue) == ("alarm", "declaration/no_receipt", "operations")
        (alarm,) = [each for each in read_open(ledger) if each.place.rule == "silent_gateway"]
        with ledger.read() as connection:
            links = links_of_case(connection, case.id)
            assert links >= {("alarm", str(alarm.id)), *(("order", f"P1/{each}") for each in some(alarm.examples))}
            assert cases_of_alarms(connection, "shop", [alarm.id]) == {alarm.id: case.id}
        answered(ledger, orders, 60)
        (case,) = cases(ledger)
        assert case.state is CaseState.NEW
        with ledger.read() as connection:
            *_, last = entries_of_case(connection, case.id)
            assert (last.kind, last.after, last.by) == (CaseEntryKind.ALARM_ENDED, str(alarm.id), MACHINE)
            assert_as_its_log_says(connection, case.id)


def read_open(ledger: Ledger) -> list[HubAlarm]:
    with ledger.read() as connection:
        return list_alarms(connection, "shop")


@pytest.mark.long
def test_the_same_alarm_again_joins_its_open_case_and_opens_a_new_one_once_that_is_done(
    sqlite_databases: LedgerDatabases,
) -> None:
    with sqlite_databases.ledger() as ledger:
        answered(ledger, silent(ledger), 60)
        second = silent(ledger, 120)
        (case,) = cases(ledger)
        with ledger.read() as connection:
            assert len([each for each in links_of_case(connection, case.id) if each[0] == "alarm"]) == 2
        with ledger.begin() as connection:
            move_case(connection, seen(case), CaseState.RESOLVED, act(minutes=100))
        watched(ledger, 155)
        assert cases(ledger) == [], "the alarm of a case that is done opens no other"
        answered(ledger, second, 180)
        silent(ledger, 240)
        (new,) = cases(ledger)
        assert new.id != case.id


def test_further_orders_are_tied_and_one_that_a_person_took_away_stays_away(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger:
        orders = silent(ledger)
        (case,) = cases(ledger)
        with ledger.begin() as connection:
            unlink_case(connection, seen(case), (CaseLink("order", "P1/O1"),), act())
        change(ledger, orders[2:4], node="released", node_at=EIGHT + 35 * MINUTE)
        assert watched(ledger, 36) == AlarmCasesReport()
        with ledger.read() as connection:
            tied = {target for kind, target in links_of_case(connection, case.id) if kind == "order"}
        assert tied == {"P1/O0", "P1/O2", "P1/O3", "P1/O4"}
        change(ledger, orders[:1], node="released", node_at=EIGHT + 35 * MINUTE)
        stand(ledger, 3, EIGHT + MINUTE)
        watched(ledger, 37)
        with ledger.read() as connection:
            tied = {target for kind, target in links_of_case(connection, case.id) if kind == "order"}
        assert tied == {"P1/O0", "P1/O2", "P1/O3", "P1/O4", "P1/O5", "P1/O6", "P1/O7"}


def test_a_case_that_a_person_opened_for_an_alarm_is_its_case(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger:
        orders = stand(ledger, 6, EIGHT)
        for minutes in range(0, 31, 5):
            alarms_turn(ledger, shop(), SETTINGS, now=EIGHT + minutes * MINUTE)
        (alarm,) = read_open(ledger)
        with ledger.begin() as connection:
            mine = open_case(connection, "shop", case_of_alarm(alarm), act("li")).case
            other = open_case(connection, "shop", NewCase(title="another"), act("li")).case
        assert watched(ledger, 32) == AlarmCasesReport(joined=1)
        with ledger.begin() as connection:
            merge_case(connection, seen(mine), other.id, act("li", why="the same"))
        answered(ledger, orders, 60)
        with ledger.read() as connection:
            told = [each for each in entries_of_case(connection, other.id) if each.kind is CaseEntryKind.ALARM_ENDED]
        assert [each.after for each in told] == [str(alarm.id)], "it was merged, and the one that took it is told"
        assert len(cases(ledger)) == 1


def test_the_alarms_that_open_a_case_are_those_that_the_table_says() -> None:
    opening = {name for name, each in alarm_rules().items() if CHOICE.opens(name, each.severity)}
    serious = {name for name, each in alarm_rules().items() if each.severity is AlarmSeverity.SERIOUS}
    assert opening == serious | set(CHOICE.rules)
    assert set(CHOICE.rules) <= set(alarm_rules())
    assert not any(replace(CHOICE, on=False).opens(each, AlarmSeverity.SERIOUS) for each in some(alarm_rules()))
    assert not replace(CHOICE, rules={"key_lost": False}).opens("key_lost", AlarmSeverity.SERIOUS)


@pytest.mark.parametrize("choice", [replace(CHOICE, on=False), replace(CHOICE, rules={"silent_gateway": False})])
def test_an_alarm_that_is_not_chosen_opens_none(choice: AlarmChoice, sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger:
        stand(ledger, 6, EIGHT)
        for minutes in range(0, 31, 5):
            assert watched(ledger, minutes, choice) == AlarmCasesReport()
        assert [each.place.rule for each in read_open(ledger)] == ["silent_gateway"]
        assert cases(ledger) == []


def test_a_turn_that_is_killed_leaves_neither_the_case_nor_its_mark(
    sqlite_databases: LedgerDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_databases.ledger() as ledger:
        stand(ledger, 6, EIGHT)
        for minutes in range(0, 31, 5):
            alarms_turn(ledger, shop(), SETTINGS, now=EIGHT + minutes * MINUTE)

        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as cut:
            cut.setattr(alarm_cases, "insert", killed)  # the case is open, and its mark is not there
            with pytest.raises(KeyboardInterrupt):
                watched(ledger, 31)
        assert cases(ledger) == []
        assert watched(ledger, 32).opened == 1
        assert watched(ledger, 33) == AlarmCasesReport()
        assert len(cases(ledger)) == 1


def test_two_workers_open_one_case(ledger: Ledger) -> None:
    stand(ledger, 6, EIGHT)
    for minutes in range(0, 31, 5):
        alarms_turn(ledger, shop(), SETTINGS, now=EIGHT + minutes * MINUTE)
    begin, found = threading.Barrier(2), list[AlarmCasesReport]()

    def work() -> None:
        begin.wait(10)
        found.append(alarm_cases_turn(ledger, "shop", CHOICE, now=EIGHT + 31 * MINUTE))

    both = [threading.Thread(target=work) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(30)
    assert sorted(each.opened for each in found) == [0, 1]
    with ledger.read() as connection:
        assert len(connection.sql.execute(select(HUB_CASES.c.id)).all()) == 1
        assert len(connection.sql.execute(select(HUB_CASE_ALARMS.c.alarm)).all()) == 1


def test_an_order_that_a_person_tied_is_not_tied_again(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger:
        silent(ledger)
        (case,) = cases(ledger)
        with ledger.begin() as connection:
            case = link_case(connection, seen(case), (CaseLink("order", "P1/O5"),), act())
        watched(ledger, 40)
        assert cases(ledger)[0].entries == case.entries


def test_an_alarm_that_another_explains_or_of_a_rule_that_is_not_known_opens_none(
    sqlite_databases: LedgerDatabases,
) -> None:
    alarm = HubAlarm(
        enterprise="shop",
        place=AlarmPlace("undeclared", "4600"),
        severity=AlarmSeverity.SERIOUS,
        since=EIGHT,
        held_from=EIGHT,
        state=AlarmState.OPEN,
        opened_at=EIGHT,
    )
    explained = replace(alarm, place=AlarmPlace("undeclared", "5100"), explained_by="key_lost")
    later = replace(alarm, place=AlarmPlace("of_a_later_release"))
    with sqlite_databases.ledger() as ledger:
        with ledger.begin() as connection:
            enter_alarms(connection, [explained, later])
        assert alarm_cases_turn(ledger, "shop", CHOICE, now=EIGHT) == AlarmCasesReport()
        with ledger.begin() as connection:
            enter_alarms(connection, [alarm])
        assert alarm_cases_turn(ledger, "shop", CHOICE, now=EIGHT) == AlarmCasesReport(opened=1)
