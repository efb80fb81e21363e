"""The laws of cases: a plain model beside them, whatever people do in which order, seen or not seen before."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from customs.hub.cases.acts import CaseAct, SeenCase
from customs.hub.cases.causes import case_of_cause
from customs.hub.cases.clocks import clocks_of
from customs.hub.cases.kept import CaseConflictError, CaseError, entries_of_case, links_of_case
from customs.hub.cases.merging import merge_case
from customs.hub.cases.opening import CaseLink, NewCase, open_case
from customs.hub.cases.promises import shipped_promises
from customs.hub.cases.states import CaseState
from customs.hub.cases.work_time import ALWAYS
from customs.hub.cases.working import assign_case, comment_on_case, hear_asker, move_case
from customs.ledger import LedgerConnection
from support.cases import NINE, assert_as_its_log_says
from support.faults import MANY
from support.ledgers import LedgerDatabases

#: The ways from each state, once more and by hand.
WAYS = {
    "new": "triaged assigned working resolved cancelled merged",
    "triaged": "assigned working waiting_customs waiting_buyer waiting_provider resolved cancelled merged",
    "assigned": "working triaged waiting_customs waiting_buyer waiting_provider resolved cancelled merged",
    "working": "assigned triaged waiting_customs waiting_buyer waiting_provider resolved cancelled merged",
    "waiting_customs": "assigned working waiting_buyer waiting_provider resolved cancelled merged",
    "waiting_buyer": "assigned working waiting_customs waiting_provider resolved cancelled merged",
    "waiting_provider": "assigned working waiting_customs waiting_buyer resolved cancelled merged",
    "resolved": "closed reopened",
    "closed": "reopened",
    "reopened": "triaged assigned working waiting_customs waiting_buyer waiting_provider resolved cancelled merged",
    "merged": "",
    "cancelled": "",
}
#: Those that lead somewhere more often than the others.
STATES = st.sampled_from([*CaseState, CaseState.RESOLVED, CaseState.REOPENED, CaseState.WAITING_BUYER])

DONE = ("resolved", "closed", "merged", "cancelled")

WHICH, CAUSES, PEOPLE = st.integers(0, 3), st.sampled_from(["", "a", "b"]), st.sampled_from(["li", "wang"])


@dataclass
class Modelled:
    """A case as plain values."""

    number: int
    cause: str
    state: str = "new"
    assignee: str = ""
    version: int = 1
    said: list[str] = field(default_factory=list)
    orders: set[str] = field(default_factory=set)
    into: int = -1
    open_hours: float = 0
    desk_hours: float = 0


class CaseMachine(RuleBasedStateMachine):
    """Cases in the ledger beside plain ones."""

    databases: LedgerDatabases

    @initialize()
    def opened(self) -> None:
        self.stack = ExitStack()
        self.ledger = self.stack.enter_context(self.databases.ledger())
        self.now, self.cases = NINE, list[Modelled]()

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()

    def act(self, by: str, why: str = "since") -> CaseAct:
        return CaseAct(by=by, at=self.now, why=why)

    def seen(self, case: Modelled, late: bool) -> SeenCase:
        return SeenCase("shop", case.number, case.version - late)

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        for case in self.cases:
            case.open_hours += hours * (case.state not in DONE)
            case.desk_hours += hours * (case.state not in DONE and "waiting" not in case.state)

    @rule(cause=CAUSES, order=st.integers(0, 5), by=PEOPLE)
    def reports(self, cause: str, order: int, by: str) -> None:
        links = (CaseLink("order", f"P/{order}"),)
        with self.ledger.begin() as connection:
            found = open_case(connection, "shop", NewCase(title="T", text="x", cause=cause, links=links), self.act(by))
        holders = [each for each in self.cases if cause and cause in each.cause.split() and each.state not in DONE]
        assert found.is_new == (not holders)
        if holders:
            (case,) = holders
            assert found.case.id == case.number
            case.version += len(case.orders) == 1 and f"P/{order}" not in case.orders  # it is of a shop from then on
            case.said.append("x")
        else:
            case = Modelled(found.case.id, cause)
            self.cases.append(case)
        case.orders.add(f"P/{order}")

    @precondition(lambda self: self.cases)
    @rule(which=WHICH, state=STATES, by=PEOPLE, late=st.sampled_from([False, False, True]))
    def moves(self, which: int, state: CaseState, by: str, late: bool) -> None:
        case = self.cases[which % len(self.cases)]
        try:
            with self.ledger.begin() as connection:
                move_case(connection, self.seen(case, late), state, self.act(by))
        except CaseConflictError:
            assert late
            assert state is not CaseState.MERGED
            return
        except CaseError:
            assert state is CaseState.MERGED or state.value not in WAYS[case.state].split()
            return
        assert not late
        assert state.value in WAYS[case.state].split()
        case.state, case.version = state.value, case.version + 1
        if state is CaseState.WORKING and not case.assignee:
            case.assignee = by
        if state is CaseState.REOPENED:
            self.claims(case)

    def claims(self, case: Modelled) -> None:
        """A case that is opened again has the causes that no other open case has by then."""
        others = {
            cause for each in self.cases if each is not case and each.state not in DONE for cause in each.cause.split()
        }
        case.cause = " ".join(each for each in self.ever(case) if each not in others)

    def ever(self, case: Modelled) -> list[str]:
        with self.ledger.begin() as connection:
            return sorted(target for kind, target in links_of_case(connection, case.number) if kind == "cause")

    @precondition(lambda self: self.cases)
    @rule(which=WHICH, person=st.sampled_from(["li", "wang", ""]), late=st.sampled_from([False, False, True]))
    def assigns(self, which: int, person: str, late: bool) -> None:
        case = self.cases[which % len(self.cases)]
        try:
            with self.ledger.begin() as connection:
                assign_case(connection, self.seen(case, late), person, self.act("head"))
        except CaseConflictError:
            assert late
            return
        except CaseError:
            assert case.state in DONE
            return
        if person == case.assignee:
            return
        case.assignee, case.version = person, case.version + 1
        if person and case.state in ("new", "triaged", "reopened"):
            case.state = "assigned"
        elif not person and case.state in ("assigned", "working"):
            case.state = "triaged"

    @precondition(lambda self: self.cases)
    @rule(which=WHICH, late=st.booleans())
    def comments(self, which: int, late: bool) -> None:
        case = self.cases[which % len(self.cases)]
        with self.ledger.begin() as connection:
            comment_on_case(connection, self.seen(case, late), f"c{len(case.said)}", self.act("li"))
        case.said.append(f"c{len(case.said)}")

    @precondition(lambda self: self.cases)
    @rule(which=WHICH)
    def asker_writes(self, which: int) -> None:
        case = self.cases[which % len(self.cases)]
        with self.ledger.begin() as connection:
            hear_asker(connection, SeenCase("shop", case.number), "again", self.act("mail"))
        while case.into >= 0:
            case = self.cases[case.into]
        case.said.append("again")
        if case.state in ("resolved", "closed"):
            case.state, case.version = "reopened", case.version + 1
            self.claims(case)
        elif case.state == "waiting_buyer":
            case.state, case.version = "working" if case.assignee else "triaged", case.version + 1

    @precondition(lambda self: len(self.cases) > 1)
    @rule(which=WHICH, other=WHICH, late=st.sampled_from([False, False, True]))
    def merges(self, which: int, other: int, late: bool) -> None:
        at = other % len(self.cases)
        case, into = self.cases[which % len(self.cases)], self.cases[at]
        try:
            with self.ledger.begin() as connection:
                merge_case(connection, self.seen(case, late), into.number, self.act("li"))
        except CaseConflictError:
            assert late
            return
        except CaseError:
            assert case is into or into.state in DONE or case.state in DONE
            return
        assert not late
        case.state, case.version, case.into = "merged", case.version + 1, at
        into.orders |= case.orders
        into.cause, case.cause = f"{into.cause} {case.cause}".strip(), ""

    @invariant()
    def agrees(self) -> None:
        if not getattr(self, "cases", None):
            return
        with self.ledger.begin() as connection:
            for case in self.cases:
                self.compares(connection, case)

    def compares(self, connection: LedgerConnection, case: Modelled) -> None:
        found = assert_as_its_log_says(connection, case.number)
        assert (found.state, found.assignee, found.version) == (case.state, case.assignee, case.version)
        assert {target for kind, target in links_of_case(connection, case.number) if kind == "order"} == case.orders
        entries = entries_of_case(connection, case.number, words=True)
        assert [each.words for each in entries if each.kind == "commented"] == case.said
        clocks = clocks_of(entries, shipped_promises()[4], ALWAYS, now=self.now)
        hours = {each.name: each.used / timedelta(hours=1) for each in clocks}
        assert (hours["customer"], hours["desk"]) == (case.open_hours, case.desk_hours)
        for cause in case.cause.split():
            holder = case_of_cause(connection, "shop", cause)
            assert (holder == case.number) == (case.state not in DONE)


@pytest.mark.long
def test_cases_are_what_a_plain_model_says_whatever_people_do(sqlite_databases: LedgerDatabases) -> None:
    class Machine(CaseMachine):
        pass

    Machine.databases = sqlite_databases
    count, steps = (150, 50) if MANY else (5, 40)
    run_state_machine_as_test(
        Machine, settings=settings(max_examples=count, stateful_step_count=steps, deadline=None, derandomize=True)
    )
