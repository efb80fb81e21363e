"""Work on cases: moves, assignment, backups, comments, merging and splitting, and what two people do at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import delete, func, select, update

from customs.hub.cases.acts import SeenCase
from customs.hub.cases.causes import case_of_cause
from customs.hub.cases.entries import CaseEntryKind
from customs.hub.cases.groups import CaseGroup, set_absence
from customs.hub.cases.kept import (
    CaseConflictError,
    CaseError,
    NoCaseError,
    entries_of_case,
    links_of_case,
    lock_case,
    read_case,
    titles_of,
)
from customs.hub.cases.merging import merge_case, split_case
from customs.hub.cases.opening import NewCase, open_case
from customs.hub.cases.priorities import CaseImpact, CaseUrgency
from customs.hub.cases.states import CaseState
from customs.hub.cases.tables import HUB_CASE_ENTRIES, HUB_CASE_WORDS, HUB_CASES
from customs.hub.cases.working import (
    assign_case,
    classify_case,
    comment_on_case,
    hear_asker,
    move_case,
    prioritise_case,
    queue_case,
)
from customs.ledger import Ledger, LedgerError
from support import some
from support.cases import NINE, act, assert_as_its_log_says, opened, orders, seen
from support.ledgers import LedgerDatabases

GROUPS = {"operations": CaseGroup(people=("li", "wang", "zhao"), backups={"li": "wang", "wang": "li"})}


def test_a_case_goes_from_report_to_closure_and_its_log_says_who_did_it(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        case = opened(connection, links=orders(1))
        case = assign_case(connection, seen(case), "wang", act("li", 5), GROUPS)
        case = move_case(connection, seen(case), CaseState.WORKING, act("wang", 10))
        case = comment_on_case(connection, seen(case), "清单品名有误", act("wang", 12), outside=True)
        case = move_case(connection, seen(case), CaseState.WAITING_BUYER, act("wang", 13))
        case = hear_asker(connection, seen(case), "已更正", act("buyer", 60))
        assert case.state is CaseState.WORKING
        case = move_case(connection, seen(case), CaseState.RESOLVED, act("wang", 90))
        case = move_case(connection, seen(case), CaseState.CLOSED, act("wang", 95))
        assert case == assert_as_its_log_says(connection, case.id)
        assert (case.answered_at, case.resolved_at) == (NINE + timedelta(minutes=12), NINE + timedelta(minutes=90))
        told = [(each.kind.value, each.by, each.after) for each in entries_of_case(connection, case.id)]
        assert told[-4:] == [
            ("commented", "buyer", "asker"),
            ("moved", "buyer", "working"),
            ("moved", "wang", "resolved"),
            ("moved", "wang", "closed"),
        ]


def test_who_begins_to_work_on_a_case_of_nobody_has_it(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        case = move_case(connection, seen(opened(connection)), CaseState.WORKING, act("zhao", 1))
    assert (case.assignee, case.state) == ("zhao", CaseState.WORKING)


@pytest.mark.parametrize(
    ("state", "why", "said"),
    [
        (CaseState.CLOSED, "", "is new and cannot become closed .*不能转为已关闭"),
        (CaseState.CANCELLED, "", "say why .*请填写转为已取消的原因"),
        (CaseState.MERGED, "one cause", "name that one .*请指明并入哪一工单"),
    ],
)
def test_a_way_that_there_is_not_is_refused(
    state: CaseState, why: str, said: str, sqlite_databases: LedgerDatabases
) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        case = opened(connection)
        with pytest.raises(CaseError, match=said):
            move_case(connection, seen(case), state, act(why=why))
        assert assert_as_its_log_says(connection, case.id) == case


def test_a_case_of_another_enterprise_is_not_there(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        case = opened(connection)
        with pytest.raises(NoCaseError, match="没有工单"):
            read_case(connection, "other", case.id)


def test_what_is_given_to_a_person_who_is_away_is_their_backups(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        case = opened(connection)
        set_absence(connection, "shop", "li", (NINE, NINE + timedelta(days=1)), act("li"))
        case = assign_case(connection, seen(case), "li", act("zhao", 1), GROUPS)
        assert case.assignee == "wang"
        set_absence(connection, "shop", "wang", (NINE, NINE + timedelta(days=1)), act("wang"))
        with pytest.raises(CaseError, match="li is away and has no backup"):
            assign_case(connection, seen(case), "li", act("zhao", 2), GROUPS)
        with pytest.raises(CaseError, match="qian is not of the group operations"):
            assign_case(connection, seen(case), "qian", act("zhao", 2), GROUPS)
        case = assign_case(connection, seen(case), "li", act("zhao", 24 * 60), GROUPS)
        assert case.assignee == "li"


def test_a_case_that_goes_to_another_group_is_nobodys_there(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        case = assign_case(connection, seen(opened(connection)), "li", act(), GROUPS)
        case = queue_case(connection, seen(case), "goods", act("li", 3, "not on record"))
        assert (case.queue, case.assignee, case.state) == ("goods", "", CaseState.TRIAGED)
        case = classify_case(connection, seen(case), "tax/guarantee_low", act("li", 4))
        assert (case.queue, case.case_class) == ("finance", "tax/guarantee_low")
        case = prioritise_case(connection, seen(case), (CaseImpact.AREA, CaseUrgency.GOODS), act("li", 5))
        assert case.priority == 1
        assert assert_as_its_log_says(connection, case.id) == case


def test_many_parcels_of_one_cause_are_one_case_until_it_is_done(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        first = opened(connection, cause="code/1313/2991/", links=orders(1))
        assert first.impact is CaseImpact.PARCEL
        again = open_case(
            connection,
            "shop",
            NewCase(title="退单", text="也是", cause="code/1313/2991/", links=orders(1, 2)),
            act("buyer", 1),
        )
        assert (again.case.id, again.is_new, again.case.impact) == (first.id, False, CaseImpact.SHOP)
        assert {target for kind, target in links_of_case(connection, first.id) if kind == "order"} == {
            "4401000001/ORDER1",
            "4401000001/ORDER2",
        }
        assert_as_its_log_says(connection, first.id)
        move_case(connection, seen(again.case), CaseState.RESOLVED, act(minutes=2))
        other = opened(connection, cause="code/1313/2991/", links=orders(3))
        assert other.id != first.id
        reopened = move_case(
            connection, SeenCase("shop", first.id), CaseState.REOPENED, act(minutes=3, why="not mended")
        )
        assert reopened.state is CaseState.REOPENED
        assert case_of_cause(connection, "shop", "code/1313/2991/") == other.id  # which had it by then


def test_a_case_that_its_asker_opens_again_takes_further_parcels_of_its_cause(
    sqlite_databases: LedgerDatabases,
) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        case = opened(connection, cause="code/1313/2991/", links=orders(1))
        case = move_case(connection, seen(case), CaseState.RESOLVED, act(minutes=1))
        hear_asker(connection, SeenCase("shop", case.id), "还是退单", act("buyer", 2))
        assert opened(connection, cause="code/1313/2991/", links=orders(2)).id == case.id


def test_a_merged_case_gives_its_parcels_and_causes_to_the_other_one(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        one = opened(connection, cause="code/1313/2991/", links=orders(1))
        two = opened(connection, links=orders(2))
        with pytest.raises(CaseError, match="say why"):
            merge_case(connection, seen(one), two.id, act())
        with pytest.raises(CaseError, match="into itself"):
            merge_case(connection, seen(one), one.id, act(why="one cause"))
        into = merge_case(connection, seen(one), two.id, act(minutes=1, why="one cause"))
        gone = assert_as_its_log_says(connection, one.id)
        assert (gone.state, gone.merged_into) == (CaseState.MERGED, two.id)
        assert assert_as_its_log_says(connection, two.id) == into
        assert {("order", "4401000001/ORDER1"), ("case", str(one.id))} <= links_of_case(connection, two.id)
        assert case_of_cause(connection, "shop", "code/1313/2991/") == two.id
        assert hear_asker(connection, SeenCase("shop", one.id), "and mine?", act("buyer", 2)).id == two.id


def test_parcels_that_are_split_off_have_a_case_of_their_own(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        case = opened(connection, cause="code/1313/2991/", links=orders(1, 2, 3))
        new = NewCase(title="另案", case_class="tax/tax_differs", source="split", links=orders(3))
        with pytest.raises(CaseError, match="some of the parcels"):
            split_case(connection, seen(case), NewCase(title="另案", links=orders(1, 2, 3)), act())
        with pytest.raises(CaseError, match="cause of the old one"):
            split_case(connection, seen(case), NewCase(title="另案", cause="code/1313/2991/", links=orders(3)), act())
        old, other = split_case(connection, seen(case), new, act(minutes=1, why="another cause"))
        for each in (old, other):
            assert assert_as_its_log_says(connection, each.id) == each
        assert ("order", "4401000001/ORDER3") in links_of_case(connection, other.id) - links_of_case(connection, old.id)


def test_the_second_of_two_people_is_told_what_the_first_changed_and_nothing_is_lost(
    sqlite_databases: LedgerDatabases,
) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        both = seen(opened(connection))
        move_case(connection, both, CaseState.TRIAGED, act("li", 1))
        comment_on_case(connection, both, "从库里查", act("wang", 2))
        with pytest.raises(CaseConflictError, match=r"moved new > triaged \(li\).*已被他人修改") as error:
            move_case(connection, both, CaseState.CANCELLED, act("wang", 3, why="twice"))
        assert [each.kind for each in error.value.entries] == [CaseEntryKind.MOVED]
        case = assert_as_its_log_says(connection, both.number)
        assert case.state is CaseState.TRIAGED
        assert "从库里查" in [each.words for each in entries_of_case(connection, both.number, words=True)]


def test_words_of_a_case_are_sealed_and_its_entries_are_only_appended(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        case = opened(connection)
        assert titles_of(connection, [case.id]) == {case.id: "退单"}
        kept = connection.sql.execute(select(HUB_CASE_WORDS.c.sealed)).scalars().all()
        assert [each for each in some(kept) if "退单".encode() in each] == []
    for changing in (update(HUB_CASE_ENTRIES).values(by="nobody"), delete(HUB_CASE_ENTRIES)):
        with pytest.raises(LedgerError, match="refuses this"), ledger.begin() as connection:
            connection.sql.execute(changing)


@pytest.mark.long
def test_of_two_who_open_a_case_of_one_cause_at_once_one_adds_to_the_others(
    postgresql_databases: LedgerDatabases,
) -> None:
    together = Barrier(4)

    def report(ledger: Ledger, number: int) -> int:
        together.wait()
        with ledger.begin() as connection:
            return opened(connection, cause="code/1313/2991/", links=orders(number)).id

    with postgresql_databases.ledger() as ledger, ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda number: report(ledger, number), range(4)))
        assert len(found) == 1
        with ledger.begin() as connection:
            case = assert_as_its_log_says(connection, found.pop())
            assert sum(kind == "order" for kind, _ in links_of_case(connection, case.id)) == 4
            assert connection.sql.execute(select(func.count()).select_from(HUB_CASES)).scalar() == 1


def test_of_two_who_change_a_case_at_once_one_is_told_and_every_comment_stays(
    postgresql_databases: LedgerDatabases,
) -> None:
    together = Barrier(4)

    def change(ledger: Ledger, both: SeenCase, person: str) -> str:
        together.wait()
        try:
            with ledger.begin() as connection:
                comment_on_case(connection, both, f"comment of {person}", act(person, 1))
            with ledger.begin() as connection:
                move_case(connection, both, CaseState.WORKING, act(person, 1))
        except CaseConflictError:
            return "told"
        return "done"

    with postgresql_databases.ledger() as ledger, ThreadPoolExecutor(4) as pool:
        with ledger.begin() as connection:
            both = seen(opened(connection))
        people = ("li", "wang", "zhao", "qian")
        assert sorted(pool.map(lambda each: change(ledger, both, each), people)) == ["done", "told", "told", "told"]
        with ledger.begin() as connection:
            assert lock_case(connection, "shop", both.number).version == both.version + 1  # type: ignore[operator]
            assert_as_its_log_says(connection, both.number)
            said = {each.words for each in entries_of_case(connection, both.number, words=True)}
            assert {f"comment of {each}" for each in people} <= said
