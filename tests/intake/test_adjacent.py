"""Orders of a table without end, whose rows stand together: the same as those gathered, one at a time."""

import tracemalloc
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.intake import OrderRows, Sheet, SheetRow, columns_of, gather
from customs.intake.adjacent import adjacent

HEADINGS = ("订单编号", "货号", "数量", "订购人姓名")
COLUMNS = columns_of(HEADINGS)


def sheet_of(rows: Iterable[tuple[Any, ...]]) -> Sheet:
    numbered = (SheetRow(number, row) for number, row in enumerate(rows, 2))
    return Sheet(file="orders.csv", kind="csv", headings=HEADINGS, rows=numbered)


def orders(*rows: tuple[Any, ...]) -> list[tuple[str, list[int]]]:
    return [(each.order_no, [row.number for row in each.rows]) for each in adjacent(sheet_of(rows), COLUMNS)]


def doubts(found: Iterable[OrderRows]) -> list[tuple[str, str, int]]:
    return [(each.order_no, doubt.kind.code, doubt.row) for each in found for doubt in each.doubts]


_ROWS = st.tuples(
    st.sampled_from(["A", "B", "B ", "C", "", "", "合计"]), st.sampled_from(["S1", "S2", ""]), st.just("1"),
    st.sampled_from(["甲", "乙", ""]),
)  # fmt: skip


@given(st.lists(_ROWS, max_size=12))
def test_where_no_number_comes_again_the_orders_are_those_gathered(rows: list[tuple[str, ...]]) -> None:
    numbers = [number for number, _ in groupby(each[0].strip() for each in rows if each[0] not in ("", "合计"))]
    if len(set(numbers)) < len(numbers):
        rows = sorted(rows)
    found, expected = list(adjacent(sheet_of(rows), COLUMNS)), list(gather(sheet_of(rows), COLUMNS))
    assert {each.rows[0].number: (each.order_no, each.rows, each.doubts, each.runs) for each in found} == {
        each.rows[0].number: (each.order_no, each.rows, each.doubts, each.runs) for each in expected
    }


def test_a_number_that_comes_again_after_another_one_is_an_order_of_its_own() -> None:
    assert orders(("A", "S1", 1), ("B", "S1", 1), ("A", "S2", 1)) == [("A", [2]), ("B", [3]), ("A", [4])]


def test_a_row_that_belongs_to_no_order_comes_after_the_order_around_it() -> None:
    assert orders(("A", "S1", 1), ("合计", None, 2), ("A", "S2", 1), (None, None, None), ("B", "S1", 1)) == [
        ("A", [2, 4]), ("", [3]), ("B", [6])
    ]  # fmt: skip


def test_of_two_neighbours_that_differ_in_case_alone_both_are_doubted() -> None:
    found = adjacent(sheet_of([("a1", "S1", 1), ("A1", "S1", 1), ("B", "S1", 1)]), COLUMNS)
    assert doubts(found) == [("a1", "order-no-alike", 2), ("A1", "order-no-alike", 3)]


@pytest.mark.long
def test_sixty_thousand_rows_take_the_memory_of_a_few() -> None:
    def peak(count: int, rows: Iterator[tuple[Any, ...]]) -> int:
        tracemalloc.start()
        assert sum(len(each.rows) for each in adjacent(sheet_of(rows), COLUMNS)) == count
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    def table(orders: int) -> Iterator[tuple[Any, ...]]:
        return ((f"EX-{at}", f"S{line}", 1, "甲") for at in range(orders) for line in range(3))

    def loose(rows: int) -> Iterator[tuple[Any, ...]]:
        return ((None, f"S{at}", 1, "甲") for at in range(rows))

    assert peak(60_000, table(20_000)) < 300_000
    assert peak(60_000, loose(60_000)) < 1_000_000
