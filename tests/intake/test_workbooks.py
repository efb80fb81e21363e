"""Workbooks as people and their programs make them: values exactly as they are, and what is odd about a cell beside it."""

import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from customs.intake.reading import read_sheet
from customs.intake.sheets import Odd, SheetError, SheetRow, Value
from support.tables import MAIN, raw_rows, raw_workbook, read_whole, saved, workbook


def rows_of(content: bytes, folder: Path, sheet: str = "") -> list[SheetRow]:
    (folder / "orders.xlsx").write_bytes(content)
    return read_whole(folder / "orders.xlsx", sheet)[1]


def raw(cells: str, more: str = "", **parts: Any) -> bytes:
    """Return a workbook with the headings a and b and one row of these cells."""
    head = '<row r="1"><c t="inlineStr"><is><t>a</t></is></c><c t="inlineStr"><is><t>b</t></is></c></row>'
    return raw_workbook(f'<sheetData>{head}<row r="2">{cells}</row></sheetData>{more}', **parts)


#: A value that is written and how it is read.
VALUES: dict[str, tuple[Any, Value]] = {
    "a text of digits": ("0123456789", "0123456789"),
    "a text with blanks": (" 面霜 ", " 面霜 "),
    "a text with an apostrophe": ("'0123", "'0123"),
    "a whole number": (2, 2),
    "a number": (99.5, 99.5),
    "a truth value": (True, True),
    "a day": (date(2026, 11, 11), datetime(2026, 11, 11)),
    "a time of a day": (datetime(2026, 11, 11, 8, 0, 1), datetime(2026, 11, 11, 8, 0, 1)),
    "a time": (time(8, 30), time(8, 30)),
    "a duration": (timedelta(hours=30), timedelta(hours=30)),
    "a serial number": (46337, 46337),
    "rich text": (CellRichText("面", TextBlock(InlineFont(b=True), "霜")), "面霜"),
}


@pytest.mark.parametrize("case", VALUES)
def test_a_value_is_read_as_the_workbook_has_it(case: str, tmp_path: Path) -> None:
    written, read = VALUES[case]
    [row] = rows_of(saved(workbook(["a", "b"], ["EX1", written])), tmp_path)
    assert row == SheetRow(2, ("EX1", read))
    assert type(row.values[1]) is type(read)


#: A number format, and how the number 99.5 is read in it.
SHOWN: dict[str, Value] = {
    "0.00": 99.5,
    "0%": 99.5,
    '"¥"#,##0.00': 99.5,
    "[$¥-804]#,##0.00": 99.5,
    "[$CNY] 0.00": 99.5,
    "[$$-409]#,##0.00": "$99.5",
    "[$€-2] 0.00;[Red]-[$€-2] 0.00": "€99.5",
    "[$¥-411]0": "JPY99.5",
    "[$HKD] 0.00": "HKD99.5",
    '"US$"0.00': "US$99.5",
}


@pytest.mark.parametrize("number_format", SHOWN)
def test_an_amount_that_is_shown_in_another_currency_is_no_yuan(number_format: str, tmp_path: Path) -> None:
    book = workbook(["a", "b", "c"], [99.5, 99.5, "99.5"], [1, date(2026, 11, 11), True])
    for row in book.active.iter_rows(min_row=2, min_col=2):
        for cell in row:
            if not isinstance(cell.value, datetime | date):
                cell.number_format = number_format
    assert rows_of(saved(book), tmp_path) == [
        SheetRow(2, (99.5, SHOWN[number_format], "99.5")),
        SheetRow(3, (1, datetime(2026, 11, 11), True)),
    ]


#: Cells that openpyxl does not write, and how they are read.
CELLS: dict[str, tuple[str, SheetRow]] = {
    "a number in scientific notation is a float": (
        '<c r="A2"><v>1.10101E+17</v></c><c r="B2"><v>2</v></c>', SheetRow(2, (1.10101e17, 2)),
    ),
    "digits as another program stores them": (
        '<c r="A2"><v>110101189001011234</v></c>', SheetRow(2, (110101189001011234, None)),
    ),
    "a formula has the value that was last computed": (
        '<c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>A2&amp;""</f><v>x</v></c>', SheetRow(2, (2, "x")),
    ),
    "a formula that was never computed": (
        '<c r="A2"><f>1+1</f></c><c r="B2"><f>1+1</f><v></v></c>',
        SheetRow(2, (None, None), {0: Odd.UNCOMPUTED, 1: Odd.UNCOMPUTED}),
    ),
    "a formula whose value is an empty text": (
        '<c r="A2"><v>1</v></c><c r="B2" t="str"><f>""</f><v></v></c>', SheetRow(2, (1, None)),
    ),
    "an error": (
        '<c r="A2" t="e"><v>#N/A</v></c><c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
        SheetRow(2, ("#N/A", "#DIV/0!"), {0: Odd.ERROR, 1: Odd.ERROR}),
    ),
    "a number beyond all numbers": ('<c r="A2"><v>1E999</v></c>', SheetRow(2, (float("inf"), None), {0: Odd.ERROR})),
    "digits without end": (f'<c r="A2"><v>{"9" * 310}</v></c>', SheetRow(2, (int("9" * 310), None), {0: Odd.ERROR})),
    "a value to the right of the headings": (
        '<c r="A2"><v>1</v></c><c r="D2"><v>2</v></c>', SheetRow(2, (1, None, None, 2), {3: Odd.BEYOND})),
    "cells without places": ("<c><v>1</v></c><c><v>2</v></c>", SheetRow(2, (1, 2))),
    "a text as Excel writes it in China": (
        '<c r="A2" t="inlineStr"><is><r><rPr><b/><u/><strike/></rPr><t>面霜</t></r><phoneticPr fontId="1"/></is></c>',
        SheetRow(2, ("面霜", None)),
    ),
    "control characters as Excel writes them": (
        '<c r="A2" t="inlineStr"><is><t>a_x000D_b_x0007_c_x4E2D_</t></is></c>', SheetRow(2, ("a\rb\x07c_x4E2D_", None)),
    ),
    "a text in pieces": (
        '<c r="A2" t="inlineStr"><is><r><t>面</t></r><r><t>霜</t></r></is></c>', SheetRow(2, ("面霜", None)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CELLS)
def test_a_cell_of_any_program_is_read(case: str, tmp_path: Path) -> None:
    cells, row = CELLS[case]
    assert rows_of(raw(cells), tmp_path) == [row]


def test_days_of_the_1904_system_are_the_days_that_people_see(tmp_path: Path) -> None:
    book = workbook(["a", "b"], ["EX1", datetime(2026, 11, 11, 8)])
    book.epoch = CALENDAR_MAC_1904
    assert rows_of(saved(book), tmp_path) == [SheetRow(2, ("EX1", datetime(2026, 11, 11, 8)))]


def test_a_day_beyond_the_calendar_is_an_error_cell(tmp_path: Path) -> None:
    book = workbook(["a", "b"], ["EX1", 20261111080000])
    book.active["B2"].number_format = "yyyy-mm-dd"
    assert rows_of(saved(book), tmp_path) == [SheetRow(2, ("EX1", "#VALUE!"), {1: Odd.ERROR})]


def test_hidden_rows_are_told_and_hidden_columns_said(tmp_path: Path) -> None:
    book = workbook(["a", "b"], ["EX1", 1], ["EX2", 2], ["EX3", 3])
    page = book.active
    page.row_dimensions[2].hidden = True
    page.column_dimensions["B"].hidden = True
    page.auto_filter.ref = "A1:B4"
    (tmp_path / "orders.xlsx").write_bytes(saved(book))
    sheet, rows = read_whole(tmp_path / "orders.xlsx")
    hidden = {-1: Odd.HIDDEN}
    assert rows == [SheetRow(2, ("EX1", 1), hidden), SheetRow(3, ("EX2", 2)), SheetRow(4, ("EX3", 3))]
    assert sheet.said == (
        ("hidden columns are read as any other: B", "隐藏列照常读取：B"),
        ("rows are hidden: 1, a filter is on", "有 1 行被隐藏，表中设有筛选"),
    )


def test_a_row_without_height_is_hidden(tmp_path: Path) -> None:
    row = '<row r="2" ht="0" customHeight="1"><c r="A2"><v>1</v></c></row>'
    page = raw_rows(("a", "b")).replace("</sheetData>", f"{row}</sheetData>")
    assert rows_of(raw_workbook(page), tmp_path) == [SheetRow(2, (1, None), {-1: Odd.HIDDEN})]


def test_a_merged_area_counts_in_each_of_its_cells(tmp_path: Path) -> None:
    book = workbook(["a", "b", "c", "d"], ["EX1", 1, "x", None], [None, 2, None, None], [None, 3, "y", None])
    page = book.active
    page.merge_cells("A2:A4")
    page.merge_cells("C2:D3")
    merged = Odd.MERGED
    assert rows_of(saved(book), tmp_path) == [
        SheetRow(2, ("EX1", 1, "x", "x"), {3: merged}),
        SheetRow(3, ("EX1", 2, "x", "x"), {0: merged, 2: merged, 3: merged}),
        SheetRow(4, ("EX1", 3, "y", None), {0: merged}),
    ]


def test_a_merged_title_and_rows_above_the_headings_are_passed_over(tmp_path: Path) -> None:
    book = workbook(
        ["十一月订单"], [None, datetime(2026, 11, 11)], [], ["订单编号", " 数量 ", None, "备注", None], ["EX1", 1]
    )
    book.active.merge_cells("A1:D1")
    (tmp_path / "orders.xlsx").write_bytes(saved(book))
    sheet, rows = read_whole(tmp_path / "orders.xlsx")
    assert (sheet.headings, sheet.heading_row) == (("订单编号", "数量", "", "备注"), 4)
    assert sheet.said == (
        ("the headings are in row 4, what is above them is passed over", "表头在第 4 行，其上各行略过"),
    )
    assert rows == [SheetRow(5, ("EX1", 1, None, None))]
    assert sheet.count == 1


def test_empty_rows_are_skipped_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    cells = "".join(f'<row r="{row}"><c r="A{row}"><v>{row}</v></c></row>' for row in (3, 7))
    head = '<row r="1"><c t="inlineStr"><is><t>a</t></is></c><c t="inlineStr"><is><t>b</t></is></c></row>'
    empty = '<row r="9" s="1"/><row r="5000"><c r="A5000"/></row>'
    content = raw_workbook(f'<dimension ref="A1"/><sheetData>{head}{cells}{empty}</sheetData>')
    (tmp_path / "orders.xlsx").write_bytes(content)
    sheet, rows = read_whole(tmp_path / "orders.xlsx")
    assert rows == [SheetRow(3, (3, None)), SheetRow(7, (7, None))]
    assert sheet.count == 2


def test_elements_may_have_a_prefix(tmp_path: Path) -> None:
    rows = raw_rows(("a", "b"), ("x", "y"))
    for name in ("sheetData", "row", "c", "is", "t"):
        rows = (
            rows.replace(f"<{name}>", f"<x:{name}>")
            .replace(f"<{name} ", f"<x:{name} ")
            .replace(f"</{name}>", f"</x:{name}>")
        )
    page = f'<x:worksheet xmlns:x="{MAIN}">{rows}</x:worksheet>'
    assert rows_of(raw_workbook("", {"xl/worksheets/sheet1.xml": page}), tmp_path) == [SheetRow(2, ("x", "y"))]


def test_the_part_that_lists_the_sheets_may_have_another_name(tmp_path: Path) -> None:
    content = raw_workbook(raw_rows(("a", "b"), ("x", "y")), renamed=("workbook.xml", "workbook2.xml"))
    assert rows_of(content, tmp_path) == [SheetRow(2, ("x", "y"))]


def several() -> bytes:
    """Return a workbook with a hidden sheet, an empty one, a chart and two sheets with rows."""
    book = workbook(["hidden", "x"], title="隐藏")
    book.active.sheet_state = "hidden"
    book.create_sheet("空")
    book.create_chartsheet("图").add_chart(BarChart())
    for name in ("订单", "说明"):
        book.create_sheet(name).append([f"{name}编号", "b"])
    return saved(book)


def test_the_first_visible_sheet_with_something_in_it_is_read_and_the_others_are_said(tmp_path: Path) -> None:
    (tmp_path / "orders.xlsx").write_bytes(several())
    sheet, _ = read_whole(tmp_path / "orders.xlsx")
    assert (sheet.sheet, sheet.headings) == ("订单", ("订单编号", "b"))
    assert sheet.said == (("sheet 订单 is read; not read: 说明", "读取工作表“订单”，未读取：说明"),)


def test_a_sheet_that_is_named_is_read_even_if_it_is_hidden(tmp_path: Path) -> None:
    (tmp_path / "orders.xlsx").write_bytes(several())
    assert read_whole(tmp_path / "orders.xlsx", "隐藏")[0].headings == ("hidden", "x")
    with pytest.raises(SheetError, match=r"no sheet '无'; it has: 隐藏, 空, 订单, 说明 .*没有工作表“无”"):
        read_whole(tmp_path / "orders.xlsx", "无")


def test_a_file_of_text_has_no_sheet_to_be_named(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SheetError, match="is no workbook and has no sheet '订单'"):
        read_whole(tmp_path / "orders.csv", "订单")


def test_without_openpyxl_a_workbook_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = saved(workbook(["a", "b"]))
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(SheetError, match=r"pip install 'cbec-customs\[xlsx\]'.*另存为 CSV"):
        rows_of(content, tmp_path)


def test_damage_far_below_is_found_before_the_first_row(tmp_path: Path) -> None:
    rows = raw_rows(("a", "b"), *(("x", "y") for _ in range(1_000)))
    content = raw_workbook(rows.replace("</sheetData>", "<row><c r='A2'/><c r='A2'/></row></sheetData>"))
    (tmp_path / "orders.xlsx").write_bytes(content)
    with pytest.raises(SheetError, match="row 1002 has cells"), read_sheet(tmp_path / "orders.xlsx"):
        pytest.fail("opened")


def test_a_book_that_openpyxl_wrote_row_by_row_is_counted(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("订单")
    for row in range(500):
        page.append(["a", "b"] if row == 0 else [row, row])
    file = BytesIO()
    book.save(file)
    (tmp_path / "orders.xlsx").write_bytes(file.getvalue())
    sheet, rows = read_whole(tmp_path / "orders.xlsx")
    assert (sheet.count, len(rows), rows[-1]) == (499, 499, SheetRow(500, (499, 499)))
