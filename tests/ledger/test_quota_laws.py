"""The laws of the quota: a reference model beside it, many processes at once, and the state of a parcel that decides."""

from contextlib import ExitStack
from datetime import date, datetime
from decimal import Decimal
from multiprocessing import get_context
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from customs import track
from customs.ledger import EntryCause, Ledger, open_ledger, person_of
from customs.ledger.accounts import entries_of
from customs.ledger.locking import find_account
from customs.ledger.quota import (
    QUOTA,
    OrderUnknownError,
    QuotaOrder,
    QuotaPolicy,
    QuotaVerdict,
    follow_parcel,
    order_standing,
    put_back,
    quota_of,
    reserve,
    restore,
    take,
    void,
)
from customs.ledger.quota.policy import PRACTICE
from support.faults import MANY
from support.ledgers import KEYS, LedgerDatabases
from support.parcel_events import said, submitted

BUYERS = (("1", "110101180001010011"), ("1", "11010118000101002X"))
AT, DAY = datetime(2026, 11, 11, 8), date(2026, 11, 11)
YEARLY, SINGLE = Decimal(26000), Decimal(5000)

ORDERS = st.integers(0, 11).map(lambda number: f"P/O{number}")
CAUSES = st.integers(0, 30).map(lambda number: EntryCause("receipt", f"R{number}"))
AMOUNTS = st.decimals("0.01", "9000", places=2)


class QuotaMachine(RuleBasedStateMachine):
    """Whatever comes in whatever order, the ledger agrees with a model of a few lines."""

    databases: LedgerDatabases

    @initialize()
    def opened(self) -> None:
        self.stack = ExitStack()
        self.ledger = self.stack.enter_context(self.databases.ledger())
        self.held: dict[str, Decimal] = {}
        self.used: dict[str, Decimal] = {}
        self.buyer: dict[str, int] = {}
        self.asked: dict[str, Decimal] = {}
        self.restored: set[tuple[str, str]] = set()
        self.receipts = 0

    def teardown(self) -> None:
        self.stack.close()

    def counted(self, buyer: int) -> Decimal:
        return sum((self.held[each] + self.used[each] for each in self.held if self.buyer[each] == buyer), Decimal(0))

    @rule(order=ORDERS, buyer=st.integers(0, 1), amount=AMOUNTS, pieces=st.sampled_from([1, 2]))
    def reserving(self, order: str, buyer: int, amount: Decimal, pieces: int) -> None:
        buyer, amount = self.buyer.get(order, buyer), self.asked.get(order, amount)
        given = QuotaOrder(order=order, buyer=BUYERS[buyer], amount=amount, pieces=Decimal(pieces))
        with self.ledger.begin() as connection:
            answer = reserve(connection, given, at=AT)
        if order in self.held:
            closed = self.held[order] + self.used[order] == 0
            assert (answer.new, answer.verdict == QuotaVerdict.CLOSED) == (False, closed)
            return
        fits = self.counted(buyer) + amount <= YEARLY
        assert answer.new == (fits and (amount <= SINGLE or pieces == 1))
        if answer.new:
            self.held[order], self.used[order] = amount, Decimal(0)
            self.buyer[order], self.asked[order] = buyer, amount

    def cause(self) -> EntryCause:
        """A receipt that did not come before."""
        self.receipts += 1
        return EntryCause("receipt", f"N{self.receipts}")

    @rule(order=ORDERS, act=st.sampled_from([take, void, put_back]))
    def moving(self, order: str, act: Any) -> None:
        cause = self.cause()
        with self.ledger.begin() as connection:
            if order not in self.held:
                with pytest.raises(OrderUnknownError):
                    act(connection, order, cause, at=AT)
                return
            moves = self.used[order] if act is put_back else self.held[order]
            assert act(connection, order, cause, at=AT) == (moves > 0)
            assert not act(connection, order, cause, at=AT)  # the same receipt again
        total = self.held[order] + self.used[order]
        if act is take:
            self.held[order], self.used[order] = Decimal(0), total
        elif act is put_back:
            self.held[order], self.used[order] = total, Decimal(0)
        else:
            self.held[order] = Decimal(0)

    @rule(order=ORDERS, cause=CAUSES, amount=st.none() | AMOUNTS)
    def giving_back(self, order: str, cause: EntryCause, amount: Decimal | None) -> None:
        if order not in self.held:
            return
        with self.ledger.begin() as connection:
            given = restore(connection, order, cause, at=AT, amount=amount)
        if (order, cause.id) in self.restored:
            assert given == 0
            return
        wanted = min(self.held[order] + self.used[order], amount if amount is not None else Decimal(10**9))
        assert given == wanted
        if given:
            self.restored.add((order, cause.id))
        first = min(self.held[order], wanted)
        self.held[order] -= first
        self.used[order] -= wanted - first

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "ledger"):
            return
        with self.ledger.read() as connection:
            for number, buyer in enumerate(BUYERS):
                found = quota_of(connection, buyer, on=DAY)
                own = [each for each in self.held if self.buyer[each] == number]
                assert (found.held, found.used) == (
                    sum(self.held[each] for each in own),
                    sum(self.used[each] for each in own),
                )
                assert {each.order: each.amount for each in found.in_flight} == {
                    each: self.held[each] for each in own if self.held[each]
                }
                assert found.held + found.used <= YEARLY


@pytest.mark.long
def test_the_quota_agrees_with_a_model_whatever_comes(databases: LedgerDatabases) -> None:
    class Machine(QuotaMachine):
        pass

    Machine.databases = databases
    count, steps = (200, 50) if MANY else (6, 25)
    run_state_machine_as_test(
        Machine, settings=settings(max_examples=count, stateful_step_count=steps, deadline=None, derandomize=True)
    )


def _reserving(url: str, worker: int, each: int, amount: str) -> None:
    with open_ledger(url, KEYS) as ledger:
        for number in range(each):
            given = QuotaOrder(order=f"P/{worker}-{number}", buyer=BUYERS[0], amount=Decimal(amount))
            with ledger.begin() as connection:
                reserve(connection, given, at=AT)


@pytest.mark.parametrize(("amount", "fit"), [("520.10", 49), ("25.99", 1000), ("26.01", 999)])
@pytest.mark.long
def test_sixteen_processes_never_exceed_the_limit_and_refuse_nothing_that_fits(
    databases: LedgerDatabases, amount: str, fit: int
) -> None:
    if not MANY and fit > 50:
        pytest.skip("make faults runs the other amounts")
    processes, each = (16, 63) if MANY else (3, 20)  # 1,008 reservations, or 60
    with databases.fresh() as url:
        workers = [
            get_context("spawn").Process(target=_reserving, args=(url, number, each, amount))
            for number in range(processes)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert [worker.exitcode for worker in workers] == [0] * processes
        with open_ledger(url, KEYS) as ledger, ledger.begin() as connection:
            account = find_account(connection, QUOTA, person=person_of(connection, *BUYERS[0]), year=2026)
            assert account is not None
            assert account.figures["held"] == fit * Decimal(amount) <= YEARLY
            assert account.figures["held"] + Decimal(amount) > YEARLY or fit == processes * each
            assert [entry.place for entry in entries_of(connection, account)] == list(range(1, fit + 1))


def followed(ledger: Ledger, *events: Any, policy: QuotaPolicy = PRACTICE, **facts: Any) -> tuple[str, str]:
    """What the order has used and holds when the state after each event was followed."""
    with ledger.begin() as connection:
        reserve(connection, QuotaOrder(order="P1/O1", buyer=BUYERS[0], amount=Decimal(100)), at=AT)
    for count in range(1, len(events) + 1):
        with ledger.begin() as connection:
            follow_parcel(connection, "P1/O1", track(events[:count]), at=AT, policy=policy, **facts)
    with ledger.read() as connection:
        found = quota_of(connection, BUYERS[0], on=DAY)
    return str(found.used), str(found.held)


SENT, STORED, RELEASED, REFUSED = submitted(), said("CEB621", "120"), said("CEB621", "800", 2), said("CEB621", "100", 3)
CANCELLED = submitted("CEB623", 5, "G2"), said("CEB623", "399", 6)


@pytest.mark.parametrize(
    ("events", "used", "held"),
    [
        ((SENT,), "0.00", "100.00"),
        ((SENT, STORED), "100.00", "0.00"),
        ((SENT, STORED, STORED, RELEASED, RELEASED), "100.00", "0.00"),
        ((RELEASED, SENT, STORED), "100.00", "0.00"),
        ((SENT, said("CEB621", "100", 1)), "0.00", "100.00"),
        ((SENT, STORED, REFUSED), "0.00", "100.00"),
        ((SENT, STORED, REFUSED, submitted(minutes=10, guid="G9"), said("CEB621", "120", 11)), "100.00", "0.00"),
        ((SENT, STORED, *CANCELLED), "0.00", "0.00"),
        ((SENT, *CANCELLED, STORED), "0.00", "0.00"),
    ],
)
@pytest.mark.long
def test_the_state_of_the_parcel_decides_what_its_order_holds(
    ledger: Ledger, events: tuple[Any, ...], used: str, held: str
) -> None:
    assert followed(ledger, *events, *events) == (used, held)


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("[Code:1313;Desc:订购人购买超过年度限额，totalPrice：26,050.00，limitPrice：26,000]", "25950.00"),
        ("-621018;本次购买将超过年度限额，已使用25000.00，限额26000", "25000.00"),
        ("[Code:1313;Desc:订购人购买超过年度限额]", "0.00"),
    ],
)
def test_what_customs_prints_of_the_buyers_use_is_observed_once(ledger: Ledger, text: str, used: str) -> None:
    refused = said("CEB621", "100", 1, text=text)
    assert followed(ledger, SENT, refused, refused) == (used, "100.00")
    assert followed(ledger, SENT, refused) == (used, "100.00")


@pytest.mark.parametrize(("moment", "used"), [("stored", "100.00"), ("released", "0.00"), ("billed", "0.00")])
def test_the_moment_at_which_the_quota_is_taken_is_a_parameter(ledger: Ledger, moment: Any, used: str) -> None:
    assert followed(ledger, SENT, STORED, policy=QuotaPolicy(take_at=moment))[0] == used


def test_a_released_return_gives_back_the_value_of_its_lines_once(ledger: Ledger) -> None:
    back = submitted("CEB625", 20, "G3"), said("CEB625", "800", 21)
    events = (SENT, STORED, RELEASED, *back)
    assert followed(ledger, *events, *events, returned=Decimal(40)) == ("60.00", "0.00")


def test_an_order_is_in_the_ledger_under_a_number_of_the_person(ledger: Ledger) -> None:
    followed(ledger, SENT, STORED)
    with ledger.read() as connection:
        assert order_standing(connection, "P1/O1").person == 1
