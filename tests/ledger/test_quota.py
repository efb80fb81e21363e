"""The quota of buyers: what an order holds, uses, frees and gives back, and who may buy."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from customs.ledger import CauseUsedError, EntryCause, Ledger, LedgerConnection
from customs.ledger.quota import (
    OrderUnknownError,
    QuotaAnswer,
    QuotaOrder,
    QuotaPolicy,
    QuotaVerdict,
    close_year,
    correct,
    free_lapsed,
    may_buy,
    observe,
    order_standing,
    put_back,
    quota_of,
    reserve,
    restore,
    take,
    void,
)

BUYER, OTHER = ("1", "110101180001010011"), ("1", "11010118000101002X")
AT, DAY = datetime(2026, 11, 11, 8), date(2026, 11, 11)


def order(number: str, amount: str, **facts: Any) -> QuotaOrder:
    return replace(QuotaOrder(order=number, buyer=BUYER, amount=Decimal(amount)), **facts)


def receipt(number: str) -> EntryCause:
    return EntryCause("receipt", number)


def reserved(ledger: Ledger, *orders: QuotaOrder, at: datetime = AT, enforced: bool = True) -> list[QuotaAnswer]:
    with ledger.begin() as connection:
        return [reserve(connection, each, at=at, enforced=enforced) for each in orders]


def done(ledger: Ledger, act: Callable[[LedgerConnection], object]) -> object:
    with ledger.begin() as connection:
        return act(connection)


def figures(ledger: Ledger, on: date = DAY) -> tuple[str, str]:
    """What the buyer has used and holds."""
    with ledger.read() as connection:
        found = quota_of(connection, BUYER, on=on)
    return str(found.used), str(found.held)


def test_an_order_holds_its_value_until_customs_takes_it(ledger: Ledger) -> None:
    (answer,) = reserved(ledger, order("P1/O1", "450.10"))
    assert (answer.verdict, answer.new, answer.left) == (QuotaVerdict.WITHIN, True, Decimal("25549.90"))
    assert figures(ledger) == ("0.00", "450.10")
    assert done(ledger, lambda c: take(c, "P1/O1", receipt("R1"), at=AT)) is True
    assert figures(ledger) == ("450.10", "0.00")


def test_orders_of_one_buyer_see_each_others_holds(ledger: Ledger) -> None:
    reserved(ledger, *[order(f"P1/O{each}", "5000") for each in range(5)])
    (over,) = reserved(ledger, order("P2/O9", "1000.01"))
    assert over.verdict == QuotaVerdict.OVER_YEARLY
    assert not over.new
    assert over.told() == (
        "over the yearly limit of 26,000.00 CNY by 0.01: used 0.00, in flight 25,000.00 by P1/O0, P1/O1, P1/O2, P1/O3, P1/O4"
    )
    assert over.told(chinese=True) == (
        "超过年度交易限值 26,000.00 元，超出 0.01 元：已用 0.00 元，在途 25,000.00 元（订单 P1/O0、P1/O1、P1/O2、P1/O3、P1/O4）"
    )
    assert reserved(ledger, order("P2/O9", "1000.00"))[0].left == 0
    assert reserved(ledger, replace(order("P2/O10", "5000"), buyer=OTHER))[
        0
    ].allowed  # another person has a limit of his own


@pytest.mark.parametrize(
    ("amount", "pieces", "verdict"),
    [
        ("5000.00", "7", QuotaVerdict.WITHIN),
        ("5000.01", "1", QuotaVerdict.ONE_PIECE),
        ("5000.01", "2", QuotaVerdict.OVER_SINGLE),
        ("5000.01", "0.5", QuotaVerdict.OVER_SINGLE),
        ("25999.99", "1", QuotaVerdict.ONE_PIECE),
        ("26000.00", "1", QuotaVerdict.OVER_SINGLE),  # the law says "below the yearly limit"
        ("26000.01", "1", QuotaVerdict.OVER_YEARLY),
    ],
)
def test_a_buyer_asks_before_paying(ledger: Ledger, amount: str, pieces: str, verdict: QuotaVerdict) -> None:
    with ledger.read() as connection:
        answer = may_buy(connection, BUYER, Decimal(amount), on=DAY, pieces=Decimal(pieces))
    assert answer.verdict == verdict
    (reserving,) = reserved(ledger, order("P1/O1", amount, pieces=Decimal(pieces)))
    assert reserving.verdict == verdict
    assert Decimal(figures(ledger)[1]) == (Decimal(amount) if answer.allowed else 0)


def test_asking_enters_nothing(ledger: Ledger) -> None:
    with ledger.read() as connection:
        assert may_buy(connection, BUYER, Decimal("100"), on=DAY).allowed
    assert figures(ledger) == ("0", "0")


def test_an_order_that_another_person_pays_is_stopped(ledger: Ledger) -> None:
    (answer,) = reserved(ledger, order("P1/O1", "100", payer=OTHER))
    assert answer.verdict == QuotaVerdict.ANOTHER_PAYER
    assert answer.told() == "the payer is not the buyer: stop before declaring, or have the person who buys pay"
    assert figures(ledger) == ("0", "0")
    assert reserved(ledger, order("P1/O1", "100", payer=BUYER))[0].new


def test_an_order_that_comes_twice_is_reserved_once(ledger: Ledger) -> None:
    first, again = reserved(ledger, order("P1/O1", "5000"), order("P1/O1", "5000"))
    assert (first.new, again.new, again.allowed) == (True, False, True)
    reserved(ledger, *[order(f"P1/O{each}", "5000") for each in range(2, 6)])
    (full,) = reserved(ledger, order("P1/O1", "5000"))
    assert (full.allowed, full.new) == (True, False)  # its own hold does not stand against it
    assert figures(ledger) == ("0.00", "25000.00")


def test_an_order_that_comes_with_another_value_is_refused(ledger: Ledger) -> None:
    reserved(ledger, order("P1/O1", "5000"))
    with pytest.raises(CauseUsedError, match="order P1/O1 was entered before with other figures"):
        reserved(ledger, order("P1/O1", "4999"))


def test_what_was_declared_before_the_ledger_knew_it_is_entered_even_over_the_limit(ledger: Ledger) -> None:
    (answer,) = reserved(ledger, order("P1/O1", "26000.01", pieces=Decimal(3)), enforced=False)
    assert (answer.verdict, answer.new) == (QuotaVerdict.OVER_YEARLY, True)
    assert figures(ledger) == ("0.00", "26000.01")


def test_an_order_that_is_given_up_is_freed_and_may_be_ordered_again(ledger: Ledger) -> None:
    reserved(ledger, order("P1/O1", "100"))
    assert done(ledger, lambda c: void(c, "P1/O1", receipt("R1"), at=AT)) is True
    assert done(ledger, lambda c: void(c, "P1/O1", receipt("R1"), at=AT)) is False
    assert figures(ledger) == ("0.00", "0.00")
    (closed,) = reserved(ledger, order("P1/O1", "100"))
    assert (closed.verdict, closed.new) == (QuotaVerdict.CLOSED, False)
    (again,) = reserved(ledger, order("P1/O1", "100", attempt=2))
    assert again.new
    assert figures(ledger) == ("0.00", "100.00")


def test_receipts_that_are_repeated_or_out_of_order_change_nothing(ledger: Ledger) -> None:
    reserved(ledger, order("P1/O1", "100"))
    assert done(ledger, lambda c: restore(c, "P1/O1", receipt("624"), at=AT)) == Decimal("100.00")
    assert done(ledger, lambda c: take(c, "P1/O1", receipt("622"), at=AT)) is False
    assert done(ledger, lambda c: restore(c, "P1/O1", receipt("624"), at=AT)) == 0
    assert done(ledger, lambda c: put_back(c, "P1/O1", receipt("622b"), at=AT)) is False
    assert figures(ledger) == ("0.00", "0.00")


def test_a_list_that_is_refused_after_it_was_stored_holds_again(ledger: Ledger) -> None:
    reserved(ledger, order("P1/O1", "100"))
    done(ledger, lambda c: take(c, "P1/O1", receipt("120"), at=AT))
    assert done(ledger, lambda c: put_back(c, "P1/O1", receipt("100"), at=AT)) is True
    assert figures(ledger) == ("0.00", "100.00")
    assert done(ledger, lambda c: take(c, "P1/O1", receipt("120b"), at=AT)) is True
    assert figures(ledger) == ("100.00", "0.00")


def test_a_part_return_gives_back_its_part_and_never_more_than_there_is(ledger: Ledger) -> None:
    reserved(ledger, order("P1/O1", "100"))
    done(ledger, lambda c: take(c, "P1/O1", receipt("120"), at=AT))
    for number, given in (("626a", "30"), ("626a", "0"), ("626b", "30"), ("626c", "30"), ("626d", "10"), ("626e", "0")):
        found = done(ledger, lambda c, n=number: restore(c, "P1/O1", receipt(n), at=AT, amount=Decimal(30)))  # type: ignore[misc]
        assert found == Decimal(given), number
    assert figures(ledger) == ("0.00", "0.00")


def test_an_order_nobody_reserved_is_told(ledger: Ledger) -> None:
    for act in (take, void, put_back, restore):
        with pytest.raises(OrderUnknownError, match="knows no order P1/O1"):
            done(ledger, lambda c, act=act: act(c, "P1/O1", receipt("R1"), at=AT))  # type: ignore[misc]


def test_an_order_across_new_year_counts_in_the_year_in_which_it_is_taken(ledger: Ledger) -> None:
    eve, morning = datetime(2026, 12, 31, 23), datetime(2027, 1, 1, 9)
    reserved(ledger, order("P1/O1", "100"), order("P1/O2", "50"), at=eve)
    done(ledger, lambda c: take(c, "P1/O1", receipt("120"), at=morning))
    done(ledger, lambda c: take(c, "P1/O2", receipt("120"), at=morning, policy=QuotaPolicy(year_of="order")))
    assert figures(ledger, date(2026, 12, 31)) == ("50.00", "0.00")
    assert figures(ledger, date(2027, 1, 1)) == ("100.00", "0.00")


def test_a_new_year_begins_with_what_is_still_in_flight(ledger: Ledger) -> None:
    eve, morning = datetime(2026, 12, 31, 23), datetime(2027, 1, 1, 0, 0, 1)
    reserved(ledger, order("P1/O1", "100"), order("P1/O2", "50"), at=eve)
    done(ledger, lambda c: take(c, "P1/O1", receipt("120"), at=eve))
    assert done(ledger, lambda c: close_year(c, 2026, at=morning)) == 1
    assert done(ledger, lambda c: close_year(c, 2026, at=morning)) == 0
    assert figures(ledger, date(2026, 12, 31)) == ("100.00", "0.00")
    assert figures(ledger, date(2027, 1, 1)) == ("0.00", "50.00")
    with ledger.read() as connection:
        assert dict(order_standing(connection, "P1/O2").held) == {2027: Decimal("50.00")}


def test_a_hold_that_lapsed_is_freed_once(ledger: Ledger) -> None:
    reserved(ledger, order("P1/O1", "100"), order("P1/O2", "50"), at=datetime(2026, 11, 1, 8))
    reserved(ledger, order("P1/O3", "25"))
    done(ledger, lambda c: take(c, "P1/O2", receipt("120"), at=AT))
    before = datetime(2026, 11, 11)
    assert done(ledger, lambda c: free_lapsed(c, reserved_before=before, at=AT)) == 1
    assert done(ledger, lambda c: free_lapsed(c, reserved_before=before, at=AT)) == 0
    assert figures(ledger) == ("50.00", "25.00")


def test_a_higher_figure_of_customs_raises_ours_and_a_lower_one_is_kept(ledger: Ledger) -> None:
    reserved(ledger, order("P1/O1", "100"))
    done(ledger, lambda c: take(c, "P1/O1", receipt("120"), at=AT))
    with ledger.begin() as connection:
        person = order_standing(connection, "P1/O1").person
        told: dict[str, Any] = {"year": 2026, "at": AT}
        assert observe(connection, person, receipt("1313a"), told=Decimal("25800.44"), **told) == Decimal("25700.44")
        assert observe(connection, person, receipt("1313a"), told=Decimal("25800.44"), **told) == 0
        assert observe(connection, person, receipt("1313b"), told=Decimal("20000"), **told) == 0
    assert figures(ledger) == ("25800.44", "0.00")
    assert reserved(ledger, order("P1/O2", "200"))[0].verdict == QuotaVerdict.OVER_YEARLY


def test_a_person_corrects_with_a_ticket_that_says_why(ledger: Ledger) -> None:
    reserved(ledger, order("P1/O1", "100"))
    done(ledger, lambda c: take(c, "P1/O1", receipt("120"), at=AT))
    ticket = EntryCause("ticket", "T1", by="clerk", why="customs' own query says 60")
    with ledger.begin() as connection:
        person = order_standing(connection, "P1/O1").person
        assert correct(connection, person, ticket, year=2026, by_amount=Decimal(-40), at=AT)
        assert not correct(connection, person, ticket, year=2026, by_amount=Decimal(-40), at=AT)
    for cause, amount in ((receipt("R"), 1), (EntryCause("ticket", "T2"), 1), (replace(ticket, id="T3"), -61)):
        with pytest.raises(ValueError, match=r"ticket|less than nothing"), ledger.begin() as connection:
            correct(connection, person, cause, year=2026, by_amount=Decimal(amount), at=AT)
    assert figures(ledger) == ("60.00", "0.00")
