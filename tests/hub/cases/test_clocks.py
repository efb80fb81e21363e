"""Service times of cases: what each clock counts, when the group is told, and who stands in for whom."""

import pickle
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from customs.fields.frozen import FrozenDict
from customs.hub.alarms.rules import AlarmSeverity
from customs.hub.cases.clocks import CaseClock, clocks_of
from customs.hub.cases.escalating import cases_turn
from customs.hub.cases.groups import CaseGroup, set_absence
from customs.hub.cases.kept import entries_of_case, read_case
from customs.hub.cases.promises import PROMISED, PromiseFor, promise_of, shipped_promises
from customs.hub.cases.settings import CaseSettings
from customs.hub.cases.states import CaseState
from customs.hub.cases.working import assign_case, comment_on_case, move_case
from customs.hub.channels.notices import read_notice
from customs.hub.channels.tables import HUB_NOTICES
from customs.hub.settings.hub_file import load_hub
from customs.intake.problems import EnterpriseError
from customs.ledger import LedgerConnection
from support import some
from support.cases import NINE, act, assert_as_its_log_says, opened, seen
from support.ledgers import LedgerDatabases

GROUP = CaseGroup(people=("li", "wang"), backups=FrozenDict({"li": "wang"}), channels=("desk", "head"))
SETTINGS = CaseSettings(groups=FrozenDict({"operations": GROUP}))
HOUR = timedelta(hours=1)


def clocks(connection: LedgerConnection, number: int, now: datetime) -> dict[str, CaseClock]:
    case = read_case(connection, "shop", number)
    found = clocks_of(
        entries_of_case(connection, number), SETTINGS.promise_for(case), SETTINGS.hours_for(case), now=now
    )
    return {each.name: each for each in found}


def notices(connection: LedgerConnection) -> list[tuple[str, str, str, str]]:
    kept = HUB_NOTICES.c
    rows = connection.sql.execute(select(kept.channel, kept.severity, kept.key, kept.body).order_by(kept.id))
    return [(row.channel, row.severity, row.key, read_notice(row.body).subject_zh) for row in rows]


def test_the_promises_that_are_shipped_hold_together() -> None:
    found = [shipped_promises()[each] for each in sorted(shipped_promises())]
    assert len(found) == 4
    for each in some(found):
        assert each.answer < each.desk < each.customer
    for name in some(PROMISED):
        times = [getattr(each, name) for each in found]
        assert times == sorted(times)


def test_waiting_stops_the_clock_of_the_desk_and_not_that_of_the_customer(
    sqlite_databases: LedgerDatabases,
) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        case = opened(connection)  # a Wednesday at nine, priority 4: answer 4 h, desk 32 h, customer 56 h
        case = move_case(connection, seen(case), CaseState.WORKING, act("li", 60))
        case = comment_on_case(connection, seen(case), "在查", act("li", 90), outside=True)
        case = move_case(connection, seen(case), CaseState.WAITING_CUSTOMS, act("li", 120))
        case = move_case(connection, seen(case), CaseState.WORKING, act("li", 24 * 60 + 60))
        now = NINE + timedelta(days=1, hours=3)
        found = clocks(connection, case.id, now)
        assert found["answer"].used == 1.5 * HOUR
        assert found["answer"].stopped
        assert found["desk"].used == 4 * HOUR  # two on Wednesday, two on Thursday from ten to twelve
        assert found["customer"].used == 11 * HOUR
        case = move_case(connection, seen(case), CaseState.RESOLVED, act("li", 24 * 60 + 120))
        found = clocks(connection, case.id, now + timedelta(days=30))
        assert (found["desk"].used, found["customer"].used) == (3 * HOUR, 10 * HOUR)
        assert all(each.kept and each.stopped for each in found.values())


def test_a_group_is_told_level_by_level_and_each_level_once(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger:
        with ledger.begin() as connection:
            case = opened(connection)
        told = list[tuple[str, str, str, str]]()
        for minutes in (0, 119, 120, 121, 240, 300, 301, 24 * 60):  # lunch is no working time: four hours end at 14:00
            report = cases_turn(ledger, "shop", SETTINGS, now=NINE + timedelta(minutes=minutes))
            with ledger.begin() as connection:
                told = notices(connection)
            expected = {0: 0, 119: 0, 120: 1, 121: 1, 240: 1, 300: 2, 301: 2, 24 * 60: 2}[minutes]
            assert (len(told), minutes) == (expected, minutes)
            assert cases_turn(ledger, "shop", SETTINGS, now=NINE + timedelta(minutes=minutes)).seen == 0
            assert report.unknown_years == ()
        assert [each[:3] for each in told] == [
            ("desk", "warning", f"case/{case.id}/0/1"),
            ("head", "serious", f"case/{case.id}/0/3"),
        ]
        assert told[0][3] == f"工单 {case.id}：首次响应已用 50%"
        with ledger.begin() as connection:
            assert assert_as_its_log_says(connection, case.id).level == 3


def test_an_escalation_is_no_conflict_for_the_person_who_works(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger:
        with ledger.begin() as connection:
            before = seen(opened(connection))
        assert cases_turn(ledger, "shop", SETTINGS, now=NINE + timedelta(days=1)).escalated == 1
        with ledger.begin() as connection:
            assert move_case(connection, before, CaseState.WORKING, act("li", 2000)).assignee == "li"


def test_the_cases_of_a_person_who_is_away_go_to_the_backup_or_back_to_the_group(
    sqlite_databases: LedgerDatabases,
) -> None:
    with sqlite_databases.ledger() as ledger:
        with ledger.begin() as connection:
            case = assign_case(connection, seen(opened(connection)), "li", act())
            set_absence(connection, "shop", "li", (NINE + HOUR, NINE + 8 * HOUR), act("li"))
            set_absence(connection, "shop", "wang", (NINE + 2 * HOUR, NINE + 8 * HOUR), act("wang"))
        found = []
        for hours in (0.5, 1, 2):
            cases_turn(ledger, "shop", SETTINGS, now=NINE + hours * HOUR)
            with ledger.begin() as connection:
                case = assert_as_its_log_says(connection, case.id)
            found.append((case.assignee, case.state))
        assert found == [
            ("li", CaseState.ASSIGNED),
            ("wang", CaseState.ASSIGNED),
            ("", CaseState.TRIAGED),
        ]


def test_a_year_without_a_notice_is_told_once(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger:
        with ledger.begin() as connection:
            opened(connection, by=act(minutes=60 * 24 * 365 * 4))
        now = NINE + timedelta(days=365 * 4)
        assert cases_turn(ledger, "shop", SETTINGS, now=now).unknown_years == (2030,)
        cases_turn(ledger, "shop", SETTINGS, now=now + timedelta(days=1))
        with ledger.begin() as connection:
            told = [each for each in notices(connection) if each[2] == "case-days/2030"]
        assert told == [("desk", "warning", "case-days/2030", "2030 年放假安排未知")]


def test_a_promise_of_a_class_or_priority_takes_the_place_of_the_shipped_one(
    sqlite_databases: LedgerDatabases,
) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        case = opened(connection, "identity/over_yearly")
    phase = PromiseFor(case_class="identity", times=FrozenDict({"answer": HOUR}))
    first = PromiseFor(priority=1, times=FrozenDict({"desk": HOUR}))
    other = PromiseFor(case_class="tax/tax_differs", times=FrozenDict({"customer": HOUR}))
    found = promise_of(case, (phase, first, other))
    assert (found.answer, found.desk, found.customer) == (HOUR, 32 * HOUR, 56 * HOUR)


GOOD = """[cases]
shares = [60, 100]
[cases.groups.operations]
people = ["li", "wang"]
backups = { li = "wang" }
hours = "shifts"
[cases.hours.shifts]
times = ["08:00-20:00", "20:00-02:00"]
every_day = true
[cases.days.2027]
off = ["01-01..01-03"]
work = ["01-09"]
[[cases.promises]]
class = "identity"
priority = 2
answer = "10m"
[cases.alarms]
severity = "warning"
[cases.alarms.rules]
circuit_open = false
"""


def hub_file(folder: Path, text: str) -> Path:
    (folder / "hub.toml").write_text(
        f'[ledger]\nurl = "sqlite:///hub.db"\n[enterprises.shop]\nfile = "customs.toml"\n{text}', encoding="utf-8"
    )
    return folder / "hub.toml"


def test_the_file_of_a_hub_sets_groups_hours_days_and_promises(tmp_path: Path) -> None:
    found = load_hub(hub_file(tmp_path, GOOD)).cases
    assert found.shares == (60, 100)
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301  a process of its own counts by them
    assert found.groups["operations"].backups == {"li": "wang"}
    shifts = found.hours["shifts"]
    assert shifts.between(datetime(2027, 1, 1), datetime(2027, 1, 2)) == 18 * HOUR  # from eight on, and until two
    days = found.hours["office"].days
    assert days is not None
    assert days.knows(2027)
    assert [(each.case_class, each.priority) for each in found.promises] == [("identity", 2)]
    opens = found.alarms.opens
    assert opens("calls_backlog", AlarmSeverity.WARNING)
    assert not opens("circuit_open", AlarmSeverity.SERIOUS)
    assert not opens("unattended", AlarmSeverity.INFO)


@pytest.mark.parametrize(
    ("good", "wrong", "said"),
    [
        ("shares = [60, 100]", "shares = [100, 60]", "rising shares"),
        ('hours = "shifts"', 'hours = "never"', "there are no hours never"),
        ('li = "wang"', 'li = "qian"', "qian is not of the people"),
        ('"20:00-02:00"', '"19:00-02:00"', "do not overlap"),
        ('"20:00-02:00"', '"20:00-09:00"', "the night overlaps the next morning"),
        ('"01-09"', '"01-32"', "day"),
        ("days.2027", "days.next", "under its number"),
        ('class = "identity"', 'class = "weather"', "no class weather"),
        ("priority = 2", "priority = 5", "from 1"),
        ('answer = "10m"', 'answer = "0m"', "longer than no time"),
        ('answer = "10m"', 'reply = "10m"', "reply is no key"),
        ("every_day = true", "every_day = 1", "true or false"),
        ('severity = "warning"', 'severity = "grave"', "a severity is one of info, warning, serious"),
        ('severity = "warning"', 'on = "no"', "true or false"),
        ("circuit_open = false", "circuit_open = 0", "true or false"),
        ("circuit_open = false", "weather = true", "weather is no key"),
    ],
)
def test_a_mistake_in_the_table_of_cases_is_told_at_its_place(good: str, wrong: str, said: str, tmp_path: Path) -> None:
    assert good in GOOD
    with pytest.raises(EnterpriseError, match=said):
        load_hub(hub_file(tmp_path, GOOD.replace(good, wrong)))
