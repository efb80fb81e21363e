"""A book is written off each year: the days of its report, and what follows of each difference."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from customs.ledger.book.bond_lists import BondNumbers, Direction
from customs.ledger.book.comparing import StockDifference
from customs.ledger.book.events import StockGap
from customs.ledger.book.flows import BookedList
from customs.ledger.book.items import BookItem
from customs.ledger.book.stock_causes import StockCause
from customs.ledger.book.write_off import WriteOffCycle, WriteOffVerdict, write_off

MILK = BookItem("T2992W000001", "12")
CYCLE = WriteOffCycle(ends=date(2026, 12, 31))


def difference(stock: int, *causes: tuple[StockCause, int]) -> StockDifference:
    gaps = tuple(StockGap(cause, MILK, Decimal(quantity), ()) for cause, quantity in causes)
    return StockDifference(items=(MILK,), skus=(), book=Decimal(100), stock=Decimal(stock), documented=gaps)


def bond(number: str, deducted: datetime | None, *, lives: bool = True) -> BookedList:
    numbers = BondNumbers(bond_no=number)
    return BookedList(numbers=numbers, direction=Direction.IN, kind="0", deducted_at=deducted, lives=lives)


@pytest.mark.parametrize(
    ("ends", "due", "extended"),
    [
        (date(2026, 12, 31), date(2027, 3, 1), date(2027, 3, 31)),
        (date(2027, 12, 31), date(2028, 2, 29), date(2028, 3, 30)),
        (date(2026, 6, 30), date(2026, 8, 29), date(2026, 9, 28)),
    ],
)
def test_the_report_is_due_within_60_days_and_within_90_with_an_extension(
    ends: date, due: date, extended: date
) -> None:
    cycle = WriteOffCycle(ends=ends)
    assert (cycle.due, cycle.extended) == (due, extended)
    assert (cycle.days_left(due), cycle.days_left(extended), cycle.days_left(extended, extended=True)) == (0, -30, 0)


def test_a_cycle_is_a_year_at_most_and_not_before_the_rules() -> None:
    assert WriteOffCycle(ends=date(2028, 2, 29)).begins == date(2027, 3, 1)
    assert replace(CYCLE, begins_on=date(2026, 7, 1)).begins == date(2026, 7, 1)
    with pytest.raises(ValueError, match="at most one year"):
        replace(CYCLE, begins_on=date(2025, 12, 31))
    with pytest.raises(ValueError, match="the rules hold"):
        WriteOffCycle(ends=date(2024, 12, 31))


@pytest.mark.parametrize(
    ("found", "verdict", "passing", "lasting"),
    [
        (difference(100), WriteOffVerdict.EQUAL, 0, 0),
        (difference(98, (StockCause.NOT_DEDUCTED, -2)), WriteOffVerdict.IN_TRANSIT, -2, 0),
        (difference(97, (StockCause.DAMAGED, -3)), WriteOffVerdict.SHORTAGE, 0, -3),
        (difference(95, (StockCause.NOT_DEDUCTED, -2), (StockCause.SAMPLED, -3)), WriteOffVerdict.SHORTAGE, -2, -3),
        (difference(104), WriteOffVerdict.SURPLUS, 0, 4),
    ],
)
def test_what_ends_by_itself_is_told_from_what_is_short_or_over(
    found: StockDifference, verdict: WriteOffVerdict, passing: int, lasting: int
) -> None:
    (item,) = write_off(CYCLE, MILK.ems_no, (), (found,)).items
    assert (item.verdict, item.passing, item.lasting) == (verdict, Decimal(passing), Decimal(lasting))


def test_a_report_names_the_deducted_lists_of_its_cycle_and_waits_for_open_ones() -> None:
    lists = (
        bond("QD2", datetime(2026, 12, 31, 23, 59)),
        bond("QD1", datetime(2026, 1, 1)),
        bond("QD3", datetime(2027, 1, 1)),
        bond("QD4", None),
        bond("QD5", None, lives=False),
    )
    report = write_off(CYCLE, MILK.ems_no, lists, ())
    assert (report.deducted, report.open, report.is_ready) == (("QD1", "QD2"), ("QD4",), False)
    assert write_off(CYCLE, MILK.ems_no, lists[:3], (difference(100),)).is_ready
    assert not write_off(CYCLE, MILK.ems_no, (), (difference(98, (StockCause.NOT_DEDUCTED, -2)),)).is_ready
