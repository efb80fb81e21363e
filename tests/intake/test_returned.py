"""Refused rows given back: as they were, with reason and advice, and refused again until somebody mends them."""

import json
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

from customs.intake.json_orders import sheet_of_mappings
from customs.intake.returned import RETURNED, CellFault, ReturnedOrder, write_returned
from customs.intake.sheets import Odd, Sheet, SheetRow
from support.tables import read_whole, saved, workbook

NO_CODE = CellFault(
    row=3, column=1, en="code 12 does not exist", zh="编码 12 不存在", advice_en="Look it up.", advice_zh="请查询税则。"
)
OF_ORDER = CellFault(row=3, en="the sum differs", zh="金额不符", advice_en="Look it up.", advice_zh="请查询税则。")


def book() -> Any:
    found = workbook(
        ["订单编号", "商品编码", "数量", "时间"],
        ["EX1", "0123456789", 2, datetime(2026, 11, 11, 8)],
        ["EX2", 12, 110101189001011234, datetime(2026, 11, 11)],
        ["EX1", "=1+1", 2.5, None],
        ["+8613800000000", "@x", True, "#N/A"],
        ["EX3", "1", None, None, "beyond"],
        [None, "2", None, None],
    )
    page = found.active
    page["A5"].data_type = page["B5"].data_type = "s"
    page["D5"].data_type = "e"
    page.merge_cells("A6:A7")
    page.merge_cells("C6:D7")
    page["C6"] = 5
    page.row_dimensions[4].hidden = True
    return found


def given_back(sheet: Sheet, rows: list[SheetRow], *faults: CellFault) -> bytes:
    """Return the file of one refused order with these rows."""
    return write_returned(sheet, [ReturnedOrder(rows=tuple(rows), faults=faults)])


def test_rows_of_a_workbook_read_back_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "orders.xlsx").write_bytes(saved(book()))
    sheet, rows = read_whole(tmp_path / "orders.xlsx")
    (tmp_path / "refused.xlsx").write_bytes(given_back(sheet, rows, NO_CODE))
    again, found = read_whole(tmp_path / "refused.xlsx")
    assert (again.kind, again.sheet, again.headings) == ("xlsx", "订单", sheet.headings)
    uncomputed = {1: Odd.UNCOMPUTED, -1: Odd.HIDDEN}
    assert rows[2] == SheetRow(4, ("EX1", None, 2.5, None), uncomputed)
    rows[2] = SheetRow(4, ("EX1", "#N/A", 2.5, None), {1: Odd.ERROR, -1: Odd.HIDDEN})
    assert found == rows
    assert found[4:] == [
        SheetRow(6, ("EX3", "1", 5, 5, "beyond"), {4: Odd.BEYOND, 3: Odd.MERGED}),
        SheetRow(7, ("EX3", "2", 5, 5), {0: Odd.MERGED, 2: Odd.MERGED, 3: Odd.MERGED}),
    ]


def test_a_cell_at_fault_is_marked_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "orders.xlsx").write_bytes(saved(book()))
    sheet, rows = read_whole(tmp_path / "orders.xlsx")
    page = openpyxl.load_workbook(BytesIO(given_back(sheet, rows[:2], NO_CODE, OF_ORDER))).active
    assert page["B3"].fill.start_color.rgb == "FFFFC7CE"
    assert page["B3"].comment.text == "编码 12 不存在 code 12 does not exist"
    assert (page["B2"].fill.fill_type, page["B2"].comment) == (None, None)
    assert [cell.value for cell in page[1]][-2:] == list(RETURNED)
    assert page["E3"].value == "【商品编码】编码 12 不存在 code 12 does not exist\n金额不符 the sum differs"
    assert page["F3"].value == "请查询税则。 Look it up."
    assert page["E2"].value == "见本订单第 3 行 See row 3 of this order"


def test_texts_stay_texts_and_days_stay_days(tmp_path: Path) -> None:
    (tmp_path / "orders.xlsx").write_bytes(saved(book()))
    sheet, rows = read_whole(tmp_path / "orders.xlsx")
    rows.append(SheetRow(9, ("=1+1", "-1\r\x07", None, None)))
    long = CellFault(row=3, column=2, en="digits lost", zh="位数丢失")
    page = openpyxl.load_workbook(BytesIO(given_back(sheet, rows, long))).active
    assert [(page[each].data_type, page[each].number_format) for each in ("A8", "B8", "B2", "A5")] == [("s", "@")] * 4
    assert (page["A8"].value, page["B8"].value) == ("=1+1", "-1_x000D__x0007_")
    assert [page[each].number_format for each in ("D2", "D3")] == ["yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"]
    assert page["C3"].number_format == "@", "a number that lost digits is typed anew as a text"


def test_hidden_rows_stay_hidden_and_the_heading_says_so(tmp_path: Path) -> None:
    (tmp_path / "orders.xlsx").write_bytes(saved(book()))
    sheet, rows = read_whole(tmp_path / "orders.xlsx")
    page = openpyxl.load_workbook(BytesIO(given_back(sheet, rows))).active
    assert page.row_dimensions[4].hidden
    assert page["F1"].comment.text == (
        "有 1 行仍被隐藏（第 4 行），取消隐藏后才会申报 1 rows are still hidden (row 4); they are declared once they are shown"
    )


def test_orders_whose_rows_stand_apart_keep_the_order_of_the_file(tmp_path: Path) -> None:
    sheet = Sheet(file="orders.csv", kind="csv", headings=("订单编号", "数量"), rows=iter(()))
    orders = [
        ReturnedOrder(rows=(SheetRow(2, ("EX1", "1")), SheetRow(5, ("EX1", "2"))), faults=()),
        ReturnedOrder(
            rows=(SheetRow(3, ("EX2", "x")),), faults=(CellFault(row=3, column=1, en="no number", zh="不是数字"),)
        ),
    ]
    assert write_returned(sheet, orders).decode("utf-8-sig").splitlines() == [
        "订单编号,数量,原因 Reason,怎么办 What to do",
        "EX1,1,见本订单第 2 行 See row 2 of this order,",
        "EX2,x,【数量】不是数字 no number,",
        "EX1,2,见本订单第 2 行 See row 2 of this order,",
    ]


def test_rows_of_a_table_of_text_read_back_as_they_were(tmp_path: Path) -> None:
    table = 'a,b,c\n0123,110101189001011234,+86138\n"=1+1","x\ny","say ""x"""\n5,-1.50,=HYPERLINK("x")\n1,2,3,4\n'
    (tmp_path / "orders.csv").write_text(table, encoding="gb18030")
    sheet, rows = read_whole(tmp_path / "orders.csv")
    content = given_back(sheet, rows, NO_CODE)
    (tmp_path / "refused.csv").write_bytes(content)
    again, found = read_whole(tmp_path / "refused.csv")
    assert content.startswith(b"\xef\xbb\xbf")
    assert again.headings == sheet.headings
    expected = list(rows)
    expected[2] = SheetRow(4, ("5", "-1.50", '\'=HYPERLINK("x")'))
    assert found == expected, "what would run gets an apostrophe"


def test_orders_of_json_read_back_as_they_were(tmp_path: Path) -> None:
    orders: list[dict[str, Any]] = [
        {
            "no": "EX1",
            "buyer": {"name": "A"},
            "note": "n",
            "goods": [{"sku": "S1", "price": Decimal("1.10")}, {"note": "m"}],
        },
        {"no": 12, "paid": True},
    ]
    sheet = sheet_of_mappings(orders)
    rows = list(sheet.rows)
    faults = (CellFault(row=1, column=0, en="taken", zh="重复"),)
    content = write_returned(
        sheet, [ReturnedOrder(rows=tuple(rows[:2]), faults=faults), ReturnedOrder(rows=tuple(rows[2:]), faults=())]
    )
    first = json.loads(content.splitlines()[0], parse_float=Decimal)
    assert first == {
        "no": "EX1", "buyer": {"name": "A"}, "note": "n", "lines": [{"sku": "S1", "price": Decimal("1.10")}, {"note": "m"}],
        "reasons": [{"field": "no", "zh": "重复", "en": "taken", "advice_zh": "", "advice_en": ""}],
    }  # fmt: skip
    (tmp_path / "refused.jsonl").write_bytes(content)
    again, found = read_whole(tmp_path / "refused.jsonl")
    assert (again.headings, found) == (sheet.headings, rows)


def test_objects_that_are_a_line_each_stay_a_line_each(tmp_path: Path) -> None:
    sheet = sheet_of_mappings([{"no": "EX1", "sku": "S1"}, {"no": "EX2", "sku": "S1"}, {"no": "EX1", "sku": "S2"}])
    first, other, second = sheet.rows
    faults = (CellFault(row=3, column=1, en="no such SKU", zh="无此货号"),)
    orders = [ReturnedOrder(rows=(first, second), faults=faults), ReturnedOrder(rows=(other,), faults=())]
    found = [json.loads(line) for line in write_returned(sheet, orders).splitlines()]
    assert [(each["no"], each["sku"], len(each["reasons"])) for each in found] == [
        ("EX1", "S1", 0), ("EX2", "S1", 0), ("EX1", "S2", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "order", [{"a": 1, "a.b": 2}, {"a.b": 2, "a": 1}, {"lines": 1, "x": [{"line.a": 2}]}, {"a": [{"a.": 1}]}]
)
def test_keys_of_any_form_are_read_again_as_they_were(order: dict[str, Any], tmp_path: Path) -> None:
    sheet = sheet_of_mappings([order])
    rows = list(sheet.rows)
    (tmp_path / "refused.jsonl").write_bytes(given_back(sheet, rows))
    again, found = read_whole(tmp_path / "refused.jsonl")
    assert (again.headings, found) == (sheet.headings, rows)


def test_a_number_beyond_all_numbers_is_given_back_as_an_error(tmp_path: Path) -> None:
    sheet = Sheet(file="orders.xlsx", kind="xlsx", sheet="订单", headings=("a", "b"), rows=iter(()))
    row = SheetRow(2, ("EX1", 10**400), {1: Odd.ERROR})
    (tmp_path / "refused.xlsx").write_bytes(given_back(sheet, [row]))
    assert read_whole(tmp_path / "refused.xlsx")[1] == [SheetRow(2, ("EX1", "#N/A"), {1: Odd.ERROR})]


@pytest.mark.parametrize("heading", ["{a", "[a", "<html>", "sep=;"])
def test_headings_that_look_like_another_kind_of_file_are_quoted(heading: str, tmp_path: Path) -> None:
    sheet = Sheet(file="orders.csv", kind="csv", headings=(heading, "b"), rows=iter(()))
    (tmp_path / "refused.csv").write_bytes(given_back(sheet, [SheetRow(2, ("EX1", "x"))]))
    assert read_whole(tmp_path / "refused.csv")[0].headings == (heading, "b")


def test_a_workbook_with_a_thousand_cells_at_fault_is_read_again(tmp_path: Path) -> None:
    sheet = Sheet(file="orders.xlsx", kind="xlsx", sheet="订单", headings=("a", "b"), rows=iter(()))
    rows = tuple(SheetRow(number, ("EX1", number)) for number in range(2, 1_002))
    faults = tuple(CellFault(row=each.number, column=1, en="wrong", zh="有误") for each in rows)
    (tmp_path / "refused.xlsx").write_bytes(write_returned(sheet, [ReturnedOrder(rows=rows, faults=faults)]))
    assert read_whole(tmp_path / "refused.xlsx")[1] == list(rows)


@pytest.mark.parametrize("kind", ["xlsx", "csv", "json"])
def test_no_row_at_all_makes_a_file_all_the_same(kind: Any, tmp_path: Path) -> None:
    sheet = Sheet(file=f"orders.{kind}", kind=kind, headings=("a", "b"), rows=iter(()))
    content = write_returned(sheet, [])
    (tmp_path / "refused").write_bytes(content)
    assert content == b"" if kind == "json" else read_whole(tmp_path / "refused")[1] == []


def test_a_workbook_does_not_say_when_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "orders.xlsx").write_bytes(saved(book()))
    sheet, rows = read_whole(tmp_path / "orders.xlsx")
    with ZipFile(BytesIO(given_back(sheet, rows, NO_CODE))) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("docProps/core.xml").count(b">1980-01-01T00:00:00Z<") == 2
