"""Procedures are run step by step: each step once, by the hub where it can, with evidence and a second person where needed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from customs.hub.cases.attachments import CaseFile, attach_file
from customs.hub.cases.entries import CaseEntryKind
from customs.hub.cases.folded import HubCase
from customs.hub.cases.kept import entries_of_case, read_case
from customs.hub.cases.states import CaseState
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.orders.gate import may_ship
from customs.hub.orders.nodes import HubNode
from customs.hub.orders.stages import OrderStage
from customs.hub.orders.taking_in import take_in
from customs.hub.procedures.own import (
    approve_procedure,
    keep_procedure,
    kept_procedures,
    procedures_for,
    procedures_of,
)
from customs.hub.procedures.running import RunPlace, begin_run, decline_step, runs_turn, stop_run, take_step
from customs.hub.procedures.runs import HubRun, RunState, StepOutcome, entries_of_run, read_run, runs_of
from customs.hub.procedures.steps import ACTIONS, ProcedureError, read_procedure, shipped_procedures
from customs.hub.procedures.tables import HUB_RUN_ENTRIES, HUB_RUN_WORDS
from customs.hub.store.tables import HUB_ORDERS
from customs.ledger import Ledger, LedgerConnection, LedgerError
from customs.road import Run
from customs.testing import sample_parcels
from support import some
from support.cases import NINE, act, assert_as_its_log_says, opened, seen
from support.ledgers import LedgerDatabases


def no_run(profile: str, on: date) -> Run:
    raise AssertionError("nothing is declared here")


SHOP = HubEnterprise(name="shop", profiles=("default",), run_on=no_run)

OWN = """version = 1
name = ["Check", "核对"]
classes = ["tax/tax_differs"]
steps = [
    { key = "look", name = ["Look", "查看"], evidence = "words" },
    { key = "gone", name = ["If it left", "已出区"], when = "left_zone" },
    { key = "pay", name = ["Pay", "付款"], evidence = "number", four_eyes = true, limit = "2h" },
    { key = "paper", name = ["Paper", "凭证"], evidence = "file" },
]
"""


def begun(connection: LedgerConnection, key: str = "over_limit") -> tuple[HubRun, HubCase, str]:
    """A run over a case and an order that was taken in."""
    (parcel,) = sample_parcels(1, seed=7, mode="1210")
    list(take_in(connection, "shop", [parcel], at=NINE))
    case, order = opened(connection, "tax/tax_differs"), f"{parcel.parties.platform_code}/{parcel.order.order_no}"
    procedure = procedures_of(connection, "shop")[key]
    return begin_run(connection, procedure, RunPlace(enterprise="shop", case=case.id, order=order), act()), case, order


def outcomes(connection: LedgerConnection, run: HubRun) -> list[tuple[str, str, str]]:
    return [(each.step, each.outcome.value, each.by) for each in entries_of_run(connection, run.id)]


def in_force(connection: LedgerConnection, key: str, text: str) -> None:
    """A procedure of the team that one person wrote and another approved."""
    written = keep_procedure(connection, "shop", key, text, act("li"))
    approve_procedure(connection, "shop", key, written.version, act("wang"))


def test_what_is_shipped_asks_for_a_second_person_where_money_or_law_is_concerned() -> None:
    steps = [each for procedure in shipped_procedures().values() for each in procedure.steps]
    for each in some(step for step in steps if step.action in ("cancel", "return") or step.key == "refund"):
        assert each.four_eyes, each.key
    assert {each.action for each in steps} - {""} == set(ACTIONS)


def test_a_run_holds_the_order_asks_the_buyer_and_resolves_the_case(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        run, case, order = begun(connection)
        run = take_step(connection, SHOP, (run.id, "hold"), "", act("li", 1))
        platform_code, order_no = order.split("/")
        assert not may_ship(connection, "shop", platform_code, order_no).may
        assert connection.sql.execute(select(HUB_ORDERS.c.stage)).scalar_one() == OrderStage.CLOSED
        with pytest.raises(ProcedureError, match="needs words as evidence"):
            take_step(connection, SHOP, (run.id, "tell"), " ", act("li", 2))
        run = take_step(connection, SHOP, (run.id, "tell"), "年度限额超 120 元", act("li", 2))
        found = assert_as_its_log_says(connection, case.id)
        assert (found.state, found.answered_at) == (CaseState.WAITING_BUYER, NINE + timedelta(minutes=2))
        run = take_step(connection, SHOP, (run.id, "refund"), "REFUND-1", act("li", 3))
        assert run.step == "refund"  # asked for, and not done
        with pytest.raises(ProcedureError, match="a second person"):
            take_step(connection, SHOP, (run.id, "refund"), "REFUND-1", act("li", 4))
        run = take_step(connection, SHOP, (run.id, "refund"), "", act("wang", 5))
        run = take_step(connection, SHOP, (run.id, "resolve"), "", act("li", 6))
        assert (run.state, run.step, run.current) == (RunState.DONE, "", None)
        assert read_case(connection, "shop", case.id).state is CaseState.RESOLVED
        assert outcomes(connection, run) == [
            ("", "begun", "li"),
            ("hold", "done", "li"),
            ("tell", "done", "li"),
            ("refund", "asked", "li"),
            ("refund", "done", "wang"),
            ("resolve", "done", "li"),
        ]
        with pytest.raises(ProcedureError, match="is done"):
            take_step(connection, SHOP, (run.id, "resolve"), "", act("li", 7))


def test_a_step_whose_condition_does_not_hold_is_passed_over_and_the_log_says_so(
    sqlite_databases: LedgerDatabases,
) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        in_force(connection, "check", OWN)
        run, case, _ = begun(connection, "check")
        run = take_step(connection, SHOP, (run.id, "look"), "相符", act("li", 1))
        assert (run.step, run.due) == ("pay", NINE + timedelta(minutes=121))
        assert ("gone", "passed", "hub") in outcomes(connection, run)
        take_step(connection, SHOP, (run.id, "pay"), "P1", act("li", 2))
        with pytest.raises(ProcedureError, match="say why"):
            decline_step(connection, "shop", (run.id, "pay"), act("wang", 3))
        decline_step(connection, "shop", (run.id, "pay"), act("wang", 3, "wrong number"))
        run = take_step(connection, SHOP, (run.id, "pay"), "P2", act("wang", 4))
        run = take_step(connection, SHOP, (run.id, "pay"), "", act("li", 5))
        (done,) = [each for each in entries_of_run(connection, run.id) if each.step == "pay" and each.outcome == "done"]
        assert done.words == "P2"
        with pytest.raises(ProcedureError, match="name a file of the case"):
            take_step(connection, SHOP, (run.id, "paper"), "1", act("li", 6))
        file = CaseFile(name="slip.pdf", content_type="application/pdf", content=b"%PDF-1.7")
        attach_file(connection, seen(case), file, act("li", 7))
        (attached,) = [
            each.after for each in entries_of_case(connection, case.id) if each.kind is CaseEntryKind.ATTACHED
        ]
        assert take_step(connection, SHOP, (run.id, "paper"), attached, act("li", 8)).state is RunState.DONE


def test_a_step_that_the_hub_cannot_do_as_things_stand_may_be_tried_again(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        in_force(connection, "again", _pushing())
        run, _, _ = begun(connection, "again")
        run = take_step(connection, SHOP, (run.id, "send"), "", act("li", 1))
        assert (run.step, outcomes(connection, run)[-1]) == ("send", ("send", "refused", "li"))
        connection.sql.execute(update(HUB_ORDERS).values(stage=OrderStage.DECLARED, due=None))
        run = take_step(connection, SHOP, (run.id, "send"), "", act("li", 2))
        assert run.state is RunState.DONE
        assert connection.sql.execute(select(HUB_ORDERS.c.due)).scalar_one() == NINE + timedelta(minutes=2)


def _pushing() -> str:
    return 'version = 1\nname = ["Again", "再推"]\nsteps = [{ key = "send", name = ["Send", "补推"], action = "push" }]'


def test_goods_that_left_the_zone_are_returned_and_not_cancelled(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        run, _, order = begun(connection, "cancel_order")
        assert run.step == "hold"
        stop_run(connection, "shop", run.id, act(why="once more"))
        connection.sql.execute(update(HUB_ORDERS).values(goods=HubNode.COLLECTED))
        place = RunPlace(enterprise="shop", order=order)
        again = begin_run(connection, shipped_procedures()["cancel_order"], place, act())
        assert again.step == "back"
        assert [each[1] for each in outcomes(connection, again)] == ["begun", "passed", "passed"]


def test_a_run_that_was_left_goes_on_as_it_began_though_the_procedure_changed(
    sqlite_databases: LedgerDatabases,
) -> None:
    with sqlite_databases.ledger() as ledger:
        with ledger.begin() as connection:
            in_force(connection, "check", OWN)
            run, case, order = begun(connection, "check")
            newer = OWN.replace("version = 1", "version = 2").replace('key = "pay"', 'key = "settle"')
            in_force(connection, "check", newer)
            assert procedures_for(connection, "shop", "tax/tax_differs")[-1].version == 2
        with ledger.begin() as connection:
            place = RunPlace(enterprise="shop", case=case.id, order=order)
            same = begin_run(connection, procedures_of(connection, "shop")["check"], place, act("wang", 9))
            assert (same.id, same.procedure.version) == (run.id, 1)
            assert take_step(connection, SHOP, (run.id, "look"), "ok", act("wang", 10)).step == "pay"
            assert [each.id for each in runs_of(connection, "shop", case=case.id)] == [run.id]


def test_a_step_that_takes_too_long_is_told_in_the_case_once(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger:
        with ledger.begin() as connection:
            run, case, _ = begun(connection)
        late = [runs_turn(ledger, "shop", now=NINE + timedelta(minutes=each)) for each in (59, 60, 61)]
        assert late == [0, 1, 0]
        with ledger.begin() as connection:
            assert outcomes(connection, run)[-1] == ("hold", "late", "hub")
            said = entries_of_case(connection, case.id, words=True)[-1]
            assert (said.by, said.outside, "步骤超时" in said.words) == ("hub", False, True)
            assert take_step(connection, SHOP, (run.id, "hold"), "", act("li", 70)).step == "tell"


def test_of_two_who_take_a_step_at_once_one_does_it(postgresql_databases: LedgerDatabases) -> None:
    together = Barrier(4)

    def take(ledger: Ledger, run: HubRun, person: str) -> str:
        together.wait()
        try:
            with ledger.begin() as connection:
                return take_step(connection, SHOP, (run.id, "hold"), "", act(person, 1)).step
        except ProcedureError as error:
            return str(error)

    with postgresql_databases.ledger() as ledger, ThreadPoolExecutor(4) as pool:
        with ledger.begin() as connection:
            run, _, _ = begun(connection)
        found = list(pool.map(lambda each: take(ledger, run, each), ("li", "wang", "zhao", "qian")))
        assert sorted(each == "tell" for each in found) == [False, False, False, True]
        assert sum("another person went on" in each for each in found) == 3
        with ledger.begin() as connection:
            done = [each for each in outcomes(connection, run) if each[1] == "done"]
            assert len(done) == 1
            assert read_run(connection, "shop", run.id).entries == 2


def test_the_database_itself_refuses_a_step_that_was_done(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        run, _, _ = begun(connection)
        take_step(connection, SHOP, (run.id, "hold"), "", act())
    again = {"run": run.id, "place": 9, "step": "hold", "outcome": StepOutcome.DONE, "once": "hold", "at": NINE}
    with pytest.raises((LedgerError, IntegrityError)), ledger.begin() as connection:
        connection.sql.execute(HUB_RUN_ENTRIES.insert(), again | {"by": "li"})


def test_evidence_is_sealed(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        run, _, _ = begun(connection)
        take_step(connection, SHOP, (run.id, "hold"), "张三 要求", act())
        kept = connection.sql.execute(select(HUB_RUN_WORDS.c.sealed)).scalars().all()
        assert [each for each in some(kept) if "张三".encode() in each] == []
        assert connection.sql.execute(select(func.count()).select_from(HUB_RUN_ENTRIES)).scalar_one() == 2


@pytest.mark.parametrize(
    ("good", "wrong", "said"),
    [
        ("version = 1", "version = 0", "version is a number"),
        ('"tax/tax_differs"', '"weather"', "classes are some of"),
        ('key = "gone"', 'key = "look"', "two steps have one key"),
        ('when = "left_zone"', 'when = "rain"', "when is one of"),
        ('evidence = "file"', 'evidence = "oath"', "evidence is one of"),
        ("four_eyes = true", 'next = "look"', "next is a later step"),
        ('limit = "2h"', 'limit = "soon"', "limit is a time"),
        ('["Look", "查看"]', '["Look"]', "name is"),
        ('evidence = "file"', 'evidense = "file"', "evidense is no key"),
        ("steps = [", "steps = [[", "no TOML"),
    ],
)
def test_a_procedure_with_a_mistake_is_refused_with_its_place(good: str, wrong: str, said: str) -> None:
    assert good in OWN
    with pytest.raises(ProcedureError, match=said):
        read_procedure("check", OWN.replace(good, wrong))


def test_versions_of_a_procedure_follow_one_another(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        with pytest.raises(ProcedureError, match="next version of check is 1"):
            keep_procedure(connection, "shop", "check", OWN.replace("version = 1", "version = 3"), act())
        in_force(connection, "check", OWN)
        assert "check" not in procedures_of(connection, "other")
        with pytest.raises(ProcedureError, match="a case, an order or both"):
            begin_run(connection, shipped_procedures()["over_limit"], RunPlace(enterprise="shop"), act())
        with pytest.raises(ProcedureError, match="there is no order"):
            begin_run(connection, shipped_procedures()["over_limit"], RunPlace(enterprise="shop", order="P/1"), act())


def test_a_procedure_of_the_team_is_in_force_once_another_person_approves_it(
    sqlite_databases: LedgerDatabases,
) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        keep_procedure(connection, "shop", "check", OWN, act("li"))
        assert "check" not in procedures_of(connection, "shop")
        with pytest.raises(ProcedureError, match="who wrote a procedure does not approve it"):
            approve_procedure(connection, "shop", "check", 1, act("li"))
        with pytest.raises(ProcedureError, match="not the newest"):
            approve_procedure(connection, "other", "check", 1, act("wang"))
        approve_procedure(connection, "shop", "check", 1, act("wang"))
        with pytest.raises(ProcedureError, match="approved already"):
            approve_procedure(connection, "shop", "check", 1, act("qian"))
        keep_procedure(connection, "shop", "check", OWN.replace("version = 1", "version = 2"), act("wang"))
        assert procedures_of(connection, "shop")["check"].version == 1, (
            "the one before stays until the next is approved"
        )
        found = [(each.procedure.version, each.by, each.approved_by) for each in kept_procedures(connection, "shop")]
        assert found == [(2, "wang", None), (1, "li", "wang")]
        approve_procedure(connection, "shop", "check", 2, act("li"))
        assert procedures_of(connection, "shop")["check"].version == 2
