"""Tables of text as shop systems and Excel write them: each encoding, separator and line end gives the same rows."""

from pathlib import Path

import pytest

from customs.intake.sheets import Odd, SheetError, SheetRow
from support.tables import read_whole

TABLE = "订单编号,商品名称,数量\r\nEX1,面霜,2\r\n"
ROWS = [SheetRow(2, ("EX1", "面霜", "2"))]
GB18030 = ("the file is no UTF-8 and is read as GBK (GB18030)", "该文件不是 UTF-8，按 GBK（GB18030）读取")
UTF_16 = ("the file is read as UTF-16", "该文件按 UTF-16 读取")
SEMICOLON = ("the cells are separated by semicolon", "单元格以分号分隔")
TAB = ("the cells are separated by tab", "单元格以制表符分隔")

#: A file and what is said of it.
SAME = {
    "UTF-8": (TABLE.encode(), ()),
    "UTF-8 with its mark": (TABLE.encode("utf-8-sig"), ()),
    "GB18030": (TABLE.encode("gb18030"), (GB18030,)),
    "UTF-16, little end first": (b"\xff\xfe" + TABLE.encode("utf-16-le"), (UTF_16,)),
    "UTF-16, big end first": (b"\xfe\xff" + TABLE.encode("utf-16-be"), (UTF_16,)),
    "semicolons": (TABLE.replace(",", ";").encode(), (SEMICOLON,)),
    "tabs": (TABLE.replace(",", "\t").encode(), (TAB,)),
    "Unicode text of Excel": (TABLE.replace(",", "\t").encode("utf-16"), (UTF_16, TAB)),
    "LF": (TABLE.replace("\r\n", "\n").encode(), ()),
    "CR": (TABLE.replace("\r\n", "\r").encode(), ()),
    "no line end at the end": (TABLE.rstrip().encode(), ()),
    "quotes around all cells": ('"订单编号","商品名称","数量"\n"EX1","面霜","2"\n'.encode(), ()),
    "the line sep= of Excel": (f"sep=;\r\n{TABLE.replace(',', ';')}".encode(), (SEMICOLON,)),
    "empty cells and empty rows at the end": ("订单编号,商品名称,数量,,\nEX1,面霜,2,,\n,,,,\n\n".encode(), ()),
    "called a workbook": (TABLE.encode(), ()),
}


@pytest.mark.parametrize("case", SAME)
def test_a_table_is_the_same_however_it_was_saved(case: str, tmp_path: Path) -> None:
    content, said = SAME[case]
    path = tmp_path / ("orders.xlsx" if "workbook" in case else "orders.csv")
    path.write_bytes(content)
    sheet, rows = read_whole(path)
    assert (sheet.kind, sheet.headings, sheet.heading_row, sheet.said) == (
        "csv",
        ("订单编号", "商品名称", "数量"),
        1,
        said,
    )
    assert rows == ROWS


#: A table and its rows.
ODD = {
    "a line break within quotes is one row": ('a,b\n"x\ny",1\nz,2\n', [SheetRow(2, ("x\ny", "1")), SheetRow(3, ("z", "2"))]),
    "an unquoted comma leads beyond the headings": (
        "a,b\nx,1,284.50\n",
        [SheetRow(2, ("x", "1", "284.50"), {2: Odd.BEYOND})],
    ),
    "a short row is filled": ("a,b,c\nx\n", [SheetRow(2, ("x", None, None))]),
    "empty rows are skipped and counted": ("a,b\n\n , \nx,1\n", [SheetRow(4, ("x", "1"))]),
    "quotes in a cell are kept": ('a,b\n5" pipe,"say ""x"""\n', [SheetRow(2, ('5" pipe', 'say "x"'))]),
    "an apostrophe stays for whoever knows the column": ("a,b\n'0123,=1+1\n", [SheetRow(2, ("'0123", "=1+1"))]),
    "a separator in quotes does not count": ('"a;b;c",d\nx,1\n', [SheetRow(2, ("x", "1"))]),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_the_rows_of_a_table_are_what_the_file_says(case: str, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ODD[case][0], encoding="utf-8", newline="")
    assert read_whole(tmp_path / "orders.csv")[1] == ODD[case][1]


def test_a_table_may_have_1024_columns_and_a_cell_32767_characters(tmp_path: Path) -> None:
    row = ["x" * 32_767, *["y"] * 1_023]
    (tmp_path / "orders.csv").write_text(f"{','.join(['a'] * 1_024)}\n{','.join(row)}\n", encoding="utf-8")
    assert read_whole(tmp_path / "orders.csv")[1] == [SheetRow(2, tuple(row))]


def test_an_address_of_several_lines_is_no_swallowed_row(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text('a,b,c\n1,"x\ny,z",3\n', encoding="utf-8")
    assert read_whole(tmp_path / "orders.csv")[1] == [SheetRow(2, ("1", "x\ny,z", "3"))]


def test_a_title_above_the_headings_is_passed_over_and_said(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("订单列表,,\n\n订单编号,数量,备注\nEX1,2,\n", encoding="utf-8")
    sheet, rows = read_whole(tmp_path / "orders.csv")
    assert (sheet.headings, sheet.heading_row) == (("订单编号", "数量", "备注"), 3)
    assert sheet.said == (
        ("the headings are in row 3, what is above them is passed over", "表头在第 3 行，其上各行略过"),
    )
    assert rows == [SheetRow(4, ("EX1", "2", None))]


QUOTE = "a quote"
#: A table and the beginning of the reason why it is refused.
REFUSED = {
    "a quote that is never closed": (b'a,b,c\n1,"5 inch,3\n4,5,6\n', f"orders.csv, line 2: {QUOTE}"),
    "a quote that ends at the next one": (b'a,b,c\n1,"5 inch,3\n4,"8,1",6\n', f"orders.csv, line 2: {QUOTE}"),
    "a quote that swallows whole rows": (b'a,b,c\n1,"5 inch,3\n4,5,6\n7,8",9\n', f"orders.csv, line 2: {QUOTE}"),
    "a quote after a cell of two lines": (b'a,b\n"x\ny","5 inch\n4,5\n', f"orders.csv, line 3: {QUOTE}"),
    "a zero byte": (b"a,b\n1,2\n3,\0\n", "orders.csv, line 3: a zero byte"),
    "a zero byte at the very beginning": (b"\0a,b\n1,2\n", "orders.csv, line 1: a zero byte"),
    "UTF-8 that was cut": (TABLE.encode()[:-8] + b"\xe9\x9d,2\r\n", "orders.csv, line 2: damaged text, most of the file is UTF-8"),
    "UTF-16 that was cut": (TABLE.encode("utf-16") + b"a", "orders.csv, line 3: damaged text, most of the file is UTF-16"),
    "no encoding at all": (b"a,b\n\xff\xff\xff,2\n", "orders.csv is text neither in UTF-8 nor in GBK (line 2)"),
    "UTF-16 without its mark": (TABLE.encode("utf-16-le"), "orders.csv is text in UTF-16 without its mark"),
    "a cell without end": (f"a,b\n1,{'x' * 40_000}\n".encode(), "orders.csv, row 2: more than 1,024 cells"),
    "a line without end": (f"a,b\n1,{'x' * 400_000}\n".encode(), "orders.csv, line 2 is longer than 262,144 characters"),
    "no headings": (b"1\n2\n", "orders.csv has no headings"),
    "nothing": (b"", "orders.csv is empty"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_damaged_table_is_refused_with_the_line(case: str, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_bytes(REFUSED[case][0])
    with pytest.raises(SheetError) as refused:
        read_whole(tmp_path / "orders.csv")
    assert refused.value.en.startswith(REFUSED[case][1])
    assert "orders.csv" in refused.value.zh
