"""Rows of an order list, gathered into its orders."""

from typing import Any

from customs.intake import Gathered, Odd, Sheet, SheetRow, columns_of, gather

HEADINGS = ("订单编号", "货号", "数量", "订购人姓名")


def gathered(*rows: tuple[Any, ...], odd: dict[int, dict[int, Odd]] | None = None) -> Gathered:
    """The orders of rows that begin in row 2."""
    numbered = (SheetRow(number, row, (odd or {}).get(number, {})) for number, row in enumerate(rows, 2))
    return gather(Sheet(file="orders.csv", kind="csv", headings=HEADINGS, rows=numbered), columns_of(HEADINGS))


def rows_of_orders(found: Gathered) -> list[tuple[str, list[int]]]:
    return [(order.order_no, [row.number for row in order.rows]) for order in found]


def doubts(found: Gathered) -> list[tuple[str, str, int]]:
    return [(order.order_no, each.kind.code, each.row) for order in found for each in order.doubts]


def test_rows_of_one_number_are_one_order_wherever_they_stand() -> None:
    found = gathered(("A", "S1", 1), ("B", "S1", 1), ("A", "S2", 1), ("B", "S2", 1), ("A", "S3", 1))
    assert rows_of_orders(found) == [("A", [2, 4, 6]), ("B", [3, 5])]
    assert len(found) == 2


def test_orders_can_be_gone_through_again() -> None:
    found = gathered(("A", "S1", 1), ("B", "S1", 1))
    assert rows_of_orders(found) == rows_of_orders(found)


def test_values_and_oddities_come_back_as_they_were() -> None:
    odd = {2: {-1: Odd.HIDDEN, 2: Odd.MERGED}}
    (order,) = gathered(("A", "S1", 1.5, None), odd=odd)
    assert order.rows == (SheetRow(2, ("A", "S1", 1.5, None), odd[2]),)


def test_blanks_around_a_number_and_a_number_in_its_cell_make_no_other_order() -> None:
    assert rows_of_orders(
        gathered(("1001", "S1", 1), (" 1001\u3000", "S2", 1), (1001, "S3", 1), ("'1001", "S4", 1))
    ) == [("1001", [2, 3, 4, 5])]


def test_empty_rows_are_skipped() -> None:
    assert rows_of_orders(gathered(("A", "S1", 1), (None, None, None), ("", " ", "\u3000"), ("A", "S2", 1))) == [
        ("A", [2, 5])
    ]


def test_a_row_whose_only_content_was_never_computed_is_not_empty() -> None:
    found = gathered((None, None, None, None), odd={2: {1: Odd.UNCOMPUTED}})
    assert rows_of_orders(found) == [("", [2])]


def test_a_row_without_number_is_an_order_of_its_own_and_doubts_its_neighbours() -> None:
    found = gathered(("A", "S1", 1, "甲"), (None, "S2", 1, None), ("B", "S1", 1, "乙"))
    assert rows_of_orders(found) == [("A", [2]), ("", [3]), ("B", [4])]
    assert doubts(found) == [("A", "order-row-loose", 3), ("B", "order-row-loose", 3)]


def test_a_row_without_number_belongs_to_no_neighbour_with_another_buyer() -> None:
    found = gathered(("A", "S1", 1, "甲"), (None, "S2", 1, "丙"), ("B", "S1", 1, "乙"))
    assert doubts(found) == []


def test_a_row_whose_number_is_broken_doubts_the_order_of_the_same_buyer() -> None:
    found = gathered(("A", "S1", 1, "甲"), (2e17, "S2", 1, "乙"), ("B", "S1", 1, "乙"))
    assert doubts(found) == [("B", "order-row-loose", 3)]


def test_numbers_that_differ_in_blanks_case_or_width_alone_doubt_each_other() -> None:
    for other in ("ex-1", "EX -1", "ＥＸ-1"):
        found = gathered(("EX-1", "S1", 1), (other, "S2", 1))
        assert doubts(found) == [("EX-1", "order-no-alike", 2), (other, "order-no-alike", 3)], other


def test_totals_headings_and_remarks_are_no_orders() -> None:
    found = gathered(
        ("A", "S1", 1),
        ("合计", None, 1),
        (None, "小计", 1),
        HEADINGS,
        ("注：已付款", None, None),
        (None, None, None, "已核对"),
    )
    assert rows_of_orders(found) == [("A", [2]), ("", [3]), ("", [4]), ("", [5]), ("", [6]), ("", [7])]
    assert doubts(found) == [("", "row-not-an-order", row) for row in (3, 4, 5, 6)]


def test_a_row_of_an_order_takes_some_hundred_bytes() -> None:
    rows = [(f"EX-{number // 3:08}", f"SKU-{number % 40:04}", 2, "某某") for number in range(3_000)]
    assert gathered(*rows).size < 60 * len(rows)
