"""The laws of the account book: customs' own book as a reference model beside it, whatever comes late, twice or not at all."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

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
from sqlalchemy import select

from customs.fields.money import ZERO
from customs.ledger import CauseUsedError, EntryCause
from customs.ledger.accounts import entries_of
from customs.ledger.book.bond_messages import read_bond_message
from customs.ledger.book.entering import adjust_book, cause_of, enter_message
from customs.ledger.book.holdings import papers_of, quantities_of
from customs.ledger.book.items import BookItem, BookQuantities
from customs.ledger.book.retail import enter_retail
from customs.ledger.book.tables import BOOK
from customs.ledger.book.write_off import WriteOffCycle, write_off
from customs.ledger.locking import find_account
from support.bond_messages import bond_list, receipt, statement
from support.faults import MANY
from support.ledgers import LedgerDatabases
from support.retail_documents import answered, asked_back, cancelled, declared, returned

EMS = "T2992W000001"
BEGUN, CYCLE = datetime(2026, 1, 1), WriteOffCycle(ends=date(2026, 12, 31))

Lines = tuple[tuple[str, str], ...]

LISTS, WHICH = st.integers(0, 3), st.integers(0, 59)
LINES: st.SearchStrategy[Lines] = st.lists(
    st.tuples(
        st.sampled_from(["12", "13", "A-7"]), st.decimals("0.00001", "500", places=5).map(lambda each: f"{each:f}")
    ),
    min_size=1,
    max_size=3,
).map(tuple)
LATE = st.sampled_from([False] * 5 + [True])

#: manageResult of INV201, and the booking INV211, by what they are called here.
WORDS = {"stored": "Y", "manual": "2", "passed": "5", "pre": "4", "deducted": "1", "booked": "", "rejected": "3"}

#: What customs may say of a list that stands so.
NEXT = {
    "open": ("stored", "manual", "passed", "pre", "deducted", "booked", "rejected"),
    "passed": ("stored", "manual", "pre", "deducted", "booked", "rejected"),
    "pre": ("stored", "manual", "deducted", "booked", "rejected"),
    "deducted": ("stored", "manual"),
    "change": ("deducted", "booked", "rejected"),
    "deletion": ("deducted", "rejected"),
}

RETAIL = (
    declared(),
    answered("800", datetime(2026, 11, 11, 10)),
    answered("100", datetime(2026, 11, 11, 11)),
    cancelled("399", datetime(2026, 11, 12)),
    asked_back({1: "1"}, datetime(2026, 11, 13)),
    returned("399", datetime(2026, 11, 14)),
)


@dataclass
class CustomsList:
    """A bond list as customs has it."""

    number: int
    out: bool
    mode: str
    lines: Lines
    phase: str = "open"
    asked: str = ""
    """A change or a deletion that customs has not decided."""
    change: int = 0
    changed: Lines = ()

    @property
    def bond_no(self) -> str:
        return f"QD299226{'E' if self.out else 'I'}{self.number:09d}"

    def decide(self, word: str) -> None:
        if self.asked:
            if word != "rejected":
                self.phase = "deleted" if self.asked == "deletion" else "deducted"
                self.lines = self.changed or self.lines
            self.asked, self.changed = "", ()
        elif word not in ("stored", "manual"):
            self.phase = "deducted" if word == "booked" else word

    def holds(self) -> dict[BookItem, BookQuantities]:
        if self.phase not in ("pre", "deducted") or self.mode == "N":
            return {}
        side = "out" if self.out != (self.mode == "F") else "in"
        figure = ("pre_" if self.phase == "pre" else "actual_") + side
        return added({BookItem(EMS, record): BookQuantities(**{figure: Decimal(qty)})} for record, qty in self.lines)


def added(parts: Iterable[Mapping[BookItem, BookQuantities]]) -> dict[BookItem, BookQuantities]:
    sums: dict[BookItem, BookQuantities] = {}
    for part in parts:
        for item, quantities in part.items():
            sums[item] = sums.get(item, BookQuantities()) + quantities
    return {item: sums[item] for item in sorted(sums) if sums[item]}


class BookMachine(RuleBasedStateMachine):
    """Customs moves its lists; the ledger hears of it late, twice and in another order, and has the same book in the end."""

    databases: LedgerDatabases

    @initialize()
    def opened(self) -> None:
        self.stack = ExitStack()
        self.ledger = self.stack.enter_context(self.databases.ledger())
        self.lists: dict[int, CustomsList] = {}
        self.corrections: dict[str, tuple[BookItem, Decimal]] = {}
        self.told: list[tuple[int, bytes, datetime]] = []
        self.waiting: list[tuple[int, bytes, datetime]] = []
        self.sent = 0

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            while self.waiting:
                self.arriving(len(self.waiting) // 2)
            self.agrees()
            self.stack.close()

    def now(self) -> datetime:
        return BEGUN + timedelta(minutes=self.sent)

    def send(self, found: CustomsList, content: bytes, late: bool) -> None:
        own = f"2026{found.number:014d}".encode()
        message = (found.number, content.replace(b"202600000000000001", own), self.now())
        if late:
            self.waiting.append(message)
        else:
            self.deliver(*message)

    def deliver(self, number: int, content: bytes, at: datetime, new: bool = True) -> None:
        with self.ledger.begin() as connection:
            assert enter_message(connection, read_bond_message(content), cause_of(content), at).new is new
        if new:
            self.told.append((number, content, at))

    def submit(self, found: CustomsList, lines: Lines, kind: str, late: bool) -> None:
        self.sent += 1
        head = {"DclTypecd": kind, "ChgTmsCnt": f"{found.change}", "Rmk": f"{self.sent}"}
        direction = "E" if found.out else "I"
        self.send(found, bond_list(f"B{found.number}", lines, ImpexpMarkcd=direction, InvtType="8", **head), late)

    @rule(number=LISTS, out=st.booleans(), mode=st.sampled_from("DDDEFN"), lines=LINES, late=LATE)
    def declaring(self, number: int, out: bool, mode: str, lines: Lines, late: bool) -> None:
        before = self.lists.get(number)
        if before and before.phase != "rejected":
            return
        found = before or CustomsList(number, out, mode, lines)
        found.lines, found.phase = lines, "open"
        self.lists[number] = found
        self.submit(found, lines, "1", late)

    def standing(self, *phases: str) -> list[CustomsList]:
        """The lists that stand so, and wait for no decision on a change."""
        return [each for each in self.lists.values() if each.phase in phases and not each.asked]

    @precondition(lambda self: self.standing("deducted"))
    @rule(which=WHICH, lines=LINES, late=LATE)
    def changing(self, which: int, lines: Lines, late: bool) -> None:
        """A parcel of the list is cancelled, or a quantity was wrong."""
        may = self.standing("deducted")
        found = may[which % len(may)]
        found.asked, found.changed, found.change = "change", lines, found.change + 1
        self.submit(found, lines, "2", late)

    @precondition(lambda self: self.standing("pre", "deducted"))
    @rule(which=WHICH, late=LATE)
    def deleting(self, which: int, late: bool) -> None:
        may = self.standing("pre", "deducted")
        found = may[which % len(may)]
        found.asked, found.change = "deletion", found.change + 1
        self.submit(found, found.lines, "3", late)

    @precondition(lambda self: any((each.asked or each.phase) in NEXT for each in self.lists.values()))
    @rule(which=WHICH, said=WHICH, late=LATE)
    def deciding(self, which: int, said: int, late: bool) -> None:
        may = [each for each in self.lists.values() if (each.asked or each.phase) in NEXT]
        found = may[which % len(may)]
        number, words = found.number, NEXT[found.asked or found.phase]
        word = words[said % len(words)]
        kind = {"change": "2", "deletion": "3"}.get(found.asked, "1")
        self.sent += 1
        found.decide(word)
        head = {"impexpMarkcd": "E" if found.out else "I", "vrfdedModecd": found.mode}
        at, own, change = f"{self.now():%F %T}", f"B{number}", f"{found.change}"
        if word == "booked":
            content = statement(at, (), own, found.bond_no, chgTmsCnt=change, **head)
        else:
            content = receipt(WORDS[word], at, own, found.bond_no, change=change, declared_as=kind, **head)
        self.send(found, content, late)

    @precondition(lambda self: any((each.asked or each.phase) in NEXT for each in self.lists.values()))
    @rule(which=WHICH, said=WHICH)
    def deciding_at_once(self, which: int, said: int) -> None:
        self.deciding(which, said, late=False)

    @precondition(lambda self: self.waiting)
    @rule(which=WHICH)
    def arriving(self, which: int) -> None:
        if self.waiting:
            self.deliver(*self.waiting.pop(which % len(self.waiting)))

    @rule(which=WHICH)
    def coming_again(self, which: int) -> None:
        if self.told:
            self.deliver(*self.told[which % len(self.told)], new=False)

    @rule(which=WHICH)
    def saying_something_else_with_the_same_cause(self, which: int) -> None:
        if not self.told:
            return
        number, content, at = self.told[which % len(self.told)]
        others = [each for each in self.told if each[0] == number and each[1] != content]
        if others:
            with pytest.raises(CauseUsedError), self.ledger.begin() as connection:
                enter_message(connection, read_bond_message(others[0][1]), cause_of(content), at)

    @rule(ticket=st.integers(0, 8), record=st.sampled_from(["12", "13"]), quantity=st.sampled_from([-2, 3]))
    def correcting(self, ticket: int, record: str, quantity: int) -> None:
        cause = EntryCause("ticket", f"T{ticket}", "clerk", "customs agreed, letter 7")
        item, asked = BookItem(EMS, record), Decimal(quantity)
        before = self.corrections.get(f"{cause.id}/{record}")
        with ExitStack() as expected:
            if before and before != (item, asked):
                expected.enter_context(pytest.raises(CauseUsedError))
            connection = expected.enter_context(self.ledger.begin())
            change = adjust_book(connection, item, asked, "32", cause, self.now())
            assert change.new is (before is None)
            self.corrections[f"{cause.id}/{record}"] = (item, asked)

    @rule(which=st.integers(0, len(RETAIL) - 1))
    def hearing_of_a_retail_list(self, which: int) -> None:
        with self.ledger.begin() as connection:
            enter_retail(connection, RETAIL[which], EntryCause("message", f"M{which}"), self.now())

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "ledger"):
            return
        with self.ledger.read() as connection:
            held = quantities_of(connection)
            for item, quantities in held.items():
                account = find_account(connection, BOOK, ems_no=item.ems_no, item_record_no=item.item_record_no)
                assert account
                assert BookQuantities(**account.figures) == quantities
            if self.waiting:
                return
            corrections = [
                {item: BookQuantities(**{"gained" if quantity > 0 else "lost": abs(quantity)})}
                for item, quantity in self.corrections.values()
            ]
            expected = added([*corrections, *(each.holds() for each in self.lists.values())])
            assert {item: each for item, each in held.items() if each} == expected

    @rule()
    def writing_off(self) -> None:
        if self.waiting:
            return
        with self.ledger.read() as connection:
            report = write_off(CYCLE, EMS, papers_of(connection, EMS).lists, ())
        deducted = [each.bond_no for each in self.lists.values() if each.phase == "deducted"]
        assert report.deducted == tuple(sorted(deducted))
        assert report.is_ready is not bool(report.open)
        assert set(report.open).isdisjoint(deducted)

    @rule()
    def following_the_entries(self) -> None:
        """Entries follow each other without a gap and add up to their account."""
        with self.ledger.read() as connection:
            for ems_no, record in connection.sql.execute(
                select(BOOK.accounts.c.ems_no, BOOK.accounts.c.item_record_no)
            ).all():
                account = find_account(connection, BOOK, ems_no=ems_no, item_record_no=record)
                assert account
                entries = list(entries_of(connection, account))
                assert [each.place for each in entries] == list(range(1, account.place + 1))
                for figure in BOOK.figures:
                    assert sum((each.change[figure] for each in entries), ZERO) == account.figures[figure]


@pytest.mark.parametrize("word", ["booked", "rejected"])
def test_what_customs_says_of_a_list_after_it_refused_to_delete_it_is_of_the_list(
    word: str, sqlite_databases: LedgerDatabases
) -> None:
    class Machine(BookMachine):
        databases = sqlite_databases

    state = Machine()
    state.opened()
    state.declaring(number=0, out=False, mode="D", lines=(("12", "1"),), late=False)
    state.deciding_at_once(which=0, said=NEXT["open"].index("pre"))
    state.deleting(which=0, late=False)
    state.deciding_at_once(which=0, said=NEXT["deletion"].index("rejected"))
    state.deciding_at_once(which=0, said=NEXT["pre"].index(word))
    state.agrees()
    state.teardown()


@pytest.mark.long
def test_the_book_agrees_with_that_of_customs_whatever_comes_and_when(databases: LedgerDatabases) -> None:
    class Machine(BookMachine):
        pass

    Machine.databases = databases
    count, steps = (200, 50) if MANY else (12, 50)
    run_state_machine_as_test(
        Machine, settings=settings(max_examples=count, stateful_step_count=steps, deadline=None, derandomize=True)
    )
