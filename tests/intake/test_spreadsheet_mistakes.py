"""Mistakes people make with spreadsheets: each gets its reason at its cell, nothing is repaired that could be wrong, and the
other orders of the list are declared.
"""

import csv
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import coordinate_to_tuple

import customs
from customs.intake import ColumnsError, Composed
from customs.rules import Finding
from support import MORNING
from support.order_lists import DAY, cell_of, composed, composed_in
from support.spreadsheet_mistakes import GOODS, HABITS, HEADINGS, MISTAKES, PROFILE, ROWS, Mistake
from support.tables import saved, workbook

Judged = list[tuple[Composed, tuple[Finding, ...]]]


def table(mistake: Mistake | None) -> list[list[Any]]:
    """The rows of the list with the headings above, changed."""
    rows: list[list[Any]] = [list(HEADINGS), *(list(each) for each in ROWS)]
    for place, value in (mistake.cells if mistake else {}).items():
        row, column = coordinate_to_tuple(place)
        if column > len(rows[0]):
            for each in rows:
                each.append(None)
        rows[row - 1][column - 1] = value
    if mistake and mistake.rows:
        mistake.rows(rows)
    return rows


def written(value: Any) -> str:
    """A value as a CSV file of a spreadsheet has it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return str(value).upper() if isinstance(value, bool) else str(value)


def saved_as(kind: str, mistake: Mistake | None, folder: Path) -> Path:
    path, rows = folder / f"orders.{kind}", table(mistake)
    if kind == "xlsx":
        book = workbook(*rows)
        if mistake and mistake.sheet:
            mistake.sheet(book.active)
        path.write_bytes(saved(book))
        return path
    file = StringIO()
    csv.writer(file).writerows([written(each) for each in row] for row in rows)
    text = file.getvalue()
    path.write_text(mistake.text(text) if mistake and mistake.text else text, encoding="utf-8", newline="")
    return path


def judged(kind: str, mistake: Mistake | None, folder: Path) -> Judged:
    """Each order with all findings: those of intake, and of the run for the orders that intake does not refuse."""
    asked = mistake or Mistake(found=())
    path = saved_as(kind, mistake, folder)
    _, found = composed_in(
        path, own=asked.own, goods=dict(asked.goods or GOODS).get, profiles=[asked.profile or PROFILE]
    )
    run = customs.Run(on=DAY, clock=customs.fixed_clock(MORNING), guids=customs.seeded_guids(1))
    taken = [each for each in found if not each.refused]
    said = {
        order.order_no: parcel.findings
        for order, parcel in zip(taken, run.examine(each.given for each in taken), strict=True)
    }
    return [(each, (*each.findings, *said.get(each.order_no, ()))) for each in found]


def cases(table: dict[str, Mistake]) -> list[Any]:
    return [pytest.param(name, kind, id=f"{name}, {kind}") for name, each in table.items() for kind in each.kinds]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the good list gives, by order number."""
    found = judged("xlsx", None, tmp_path_factory.mktemp("good"))
    assert [findings for _, findings in found] == [()] * 4
    return {order.order_no: order.given for order, _ in found}


def test_there_are_sixty_mistakes() -> None:
    assert len(MISTAKES) >= 60


@pytest.mark.parametrize(("name", "kind"), cases(dict(MISTAKES)))
@pytest.mark.long
def test_a_mistake_is_named_at_its_cell_and_the_other_orders_are_declared(
    name: str, kind: str, good: dict[str, Any], tmp_path: Path
) -> None:
    mistake = MISTAKES[name]
    found = judged(kind, mistake, tmp_path)
    assert [(each.code, cell_of(order, each)) for order, findings in found for each in findings] == list(mistake.found)
    assert [order.order_no for order, findings in found if findings] == list(mistake.refused)
    gone = {*mistake.refused, *mistake.lost}
    assert {order.order_no: order.given for order, findings in found if not findings} == {
        number: given for number, given in good.items() if number not in gone
    }


@pytest.mark.parametrize(("name", "kind"), cases(dict(HABITS)))
@pytest.mark.long
def test_a_habit_that_does_no_harm_changes_nothing(name: str, kind: str, good: dict[str, Any], tmp_path: Path) -> None:
    found = judged(kind, HABITS[name], tmp_path)
    assert [(each.code, cell_of(order, each)) for order, findings in found for each in findings] == []
    assert {order.order_no: order.given for order, _ in found} == good


#: Headings that make the whole table unusable: what was done to them, and the reason.
HEADINGS_CHANGED: dict[str, tuple[dict[str, Any], str]] = {
    "a heading twice": (
        {"G1": "订购人证件号码"},
        "columns 7 (订购人证件号码) and 8 (订购人证件号码) both mean order.buyer_id_number: "
        "delete one, ignore it under [columns], or name what it means "
        "by a path such as waybill.note",
    ),
    "one field under two names": (
        {"U1": "buyer_name"},
        "columns 7 (订购人姓名) and 21 (buyer_name) both mean order.buyer_name: "
        "delete one, ignore it under [columns], or name what it means by a path "
        "such as waybill.note",
    ),
    "the heading of order numbers misspelt": (
        {"A1": "订单编好"},
        "the table has no column of order numbers, such as 订单编号 or order_no; the heading 订单编好 resembles it: mend its "
        "row of headings, or say in [columns] which it is",
    ),
    "no heading of order numbers": (
        {"A1": None},
        "the table has no column of order numbers, such as 订单编号 or order_no: mend its row of headings, or say in [columns] which it is",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("name", HEADINGS_CHANGED)
def test_headings_that_cannot_be_used_refuse_the_table(name: str, kind: str, tmp_path: Path) -> None:
    cells, reason = HEADINGS_CHANGED[name]
    with pytest.raises(ColumnsError) as raised:
        composed_in(saved_as(kind, Mistake(found=(), cells=cells), tmp_path))
    assert [en for en, _ in raised.value.reasons] == [reason]


def test_a_heading_misspelt_is_said_with_the_one_that_it_resembles(tmp_path: Path) -> None:
    found, _ = composed_in(saved_as("csv", Mistake(found=(), cells={"L1": "收货地扯"}), tmp_path))
    assert found.columns.said == (
        (
            "column 收货地扯 is not known and ignored, the nearest is 收货地址",
            "列“收货地扯”未识别，已忽略，最接近的是 收货地址",
        ),
    )


#: Names, telephones, identity numbers and addresses in the list.
PERSONAL = {str(row[at]) for row in ROWS for at in (6, 7, 8, 9, 10, 11, 20, 21)}


@given(st.permutations(range(len(HEADINGS))), st.integers(1, len(ROWS)))
@settings(max_examples=60)
def test_no_finding_shows_a_person_even_where_the_columns_of_a_row_are_mixed_up(order: list[int], row: int) -> None:
    rows = [dict(zip(HEADINGS, each, strict=True)) for each in ROWS]
    rows[row - 1] = dict(zip(HEADINGS, [ROWS[row - 1][at] for at in order], strict=True))
    found = composed(rows, goods=GOODS.get, profiles=[PROFILE])
    said = [str(each.as_dict()) + order.spot_of(each).zh for order in found for each in order.findings]
    assert [(text, each) for text in said for each in PERSONAL if each in text] == []
