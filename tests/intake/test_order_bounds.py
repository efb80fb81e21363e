"""Order lists that somebody made to cost time: every one is read to its end, and what is said of it stays short."""

from typing import Any

import pytest

from customs.intake import ColumnsError, Sheet, SheetRow, columns_of, orders_in
from customs.intake.column_names import TERMS, path_of
from customs.intake.converters import converter_of
from support.order_lists import DAY

LONGEST = 32_767

PIECES = ("0", "1", "0.", "9,", "a", "-", "+", "¥", "1:", "1/", "(", " ", "\u3000", "'", "年", "１", "x.", "e+", "86-")


@pytest.mark.parametrize("path", TERMS)
@pytest.mark.long
def test_no_long_cell_costs_more_than_it_weighs(path: str) -> None:
    converter = converter_of(path, TERMS[path])
    assert converter is not None
    for piece in PIECES:
        text = piece * (LONGEST // len(piece))
        for value in (text, f"{text}x", f"1{text}"):
            found = converter(value)
            assert isinstance(found, str | int) or len(str(found.at(path, TERMS[path]))) < 2_000


def orders(rows: list[tuple[Any, ...]]) -> list[Any]:
    numbered = (SheetRow(number, row) for number, row in enumerate(rows, 2))
    sheet = Sheet(file="o.csv", kind="csv", headings=("订单号", "货号", "数量"), rows=numbered)
    return list(orders_in(sheet, goods=dict[str, Any]().get, on=DAY))


@pytest.mark.long
def test_a_table_of_one_order_number_is_one_order_with_few_findings() -> None:
    (order,) = orders([("A", f"S{at}", "x") for at in range(20_000)])
    assert len(order.findings) < 300
    assert len(order.rows) == 20_000


def test_rows_without_number_between_the_rows_of_an_order_are_told_as_far_as_people_read() -> None:
    found = orders([("A", f"S{at}", "1") if at % 2 else (None, f"S{at}", "1") for at in range(20_000)])
    assert len(found) == 10_001
    assert sum(each.code == "order-row-loose" for order in found for each in order.findings) == 20


def test_headings_without_meaning_are_compared_with_known_ones_as_far_as_people_read() -> None:
    headings = ("订单号", "货号", *(f"订购人姓名{at}" for at in range(1_000)), "x" * LONGEST)
    columns = columns_of(headings)
    assert len(columns.unknown) == 1_001
    assert sum(bool(each.near) for each in columns.unknown) == 20


@pytest.mark.long
def test_a_heading_of_any_length_is_looked_at() -> None:
    for piece in ("订", "a", "(", "订a", "a.", "lines.", "* "):
        assert path_of(piece * (LONGEST // len(piece))) == ""
    with pytest.raises(ColumnsError):
        columns_of(["订" * LONGEST] * 1_000)
