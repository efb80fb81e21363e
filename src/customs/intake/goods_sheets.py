r"""Goods lists in files (商品备案表): CSV, XLSX or JSON with a row for each SKU, read like an order list.

>>> from tempfile import mkdtemp
>>> file = Path(mkdtemp()) / "goods.csv"
>>> _ = file.write_text("货号,商品编码\nA1,3304990039\n", encoding="utf-8")
>>> goods_in(file)["A1"].spot("hs_code").en
'goods record A1, hs_code (goods.csv, row 2)'
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from customs.intake.goods import GoodsRecord, GoodsRecords
from customs.intake.goods_headings import field_of
from customs.intake.goods_rows import RowReading
from customs.intake.problems import FileMistake, GoodsError, shown_name
from customs.intake.reading import read_sheet
from customs.intake.sheets import Odd, Sheet, SheetError, SheetRow

#: Records at most: they are held in memory, some 2 kB each.
MOST_RECORDS = 200_000

#: Why a cell cannot be taken, by what is odd about it.
_ODD = {
    Odd.MERGED: (
        "the cell is part of a merged area: unmerge it and fill every row",
        "该单元格属于合并单元格，请取消合并并逐行填写",
    ),
    Odd.UNCOMPUTED: (
        "the formula was never computed: open the file in Excel and save it, or write the value",
        "公式未计算，请用 Excel 打开并保存，或直接填写数值",
    ),
    Odd.ERROR: ("the cell holds an error of the spreadsheet: write the value", "单元格为错误值，请填写正确的值"),
    Odd.BEYOND: (
        "there is a value to the right of the last heading: put texts with commas into quotes",
        "最后一个表头右侧还有值，含逗号的文本须加引号",
    ),
}


def goods_in(path: Path | str, sheet: str = "") -> GoodsRecords:
    """Return the goods records in a CSV, XLSX or JSON file; ``sheet`` names one of a workbook.

    Raises ``GoodsError`` with every mistake by file, row and column, and ``OSError`` where the file cannot be read.
    """
    try:
        with read_sheet(path, sheet=sheet) as opened:
            return _records(opened)
    except SheetError as error:
        raise GoodsError([FileMistake(Path(path).name, 0, "", error.en, error.zh)]) from None


def _records(sheet: Sheet) -> GoodsRecords:
    reading = RowReading(sheet.file)
    _check_headings(reading, sheet)
    found: list[GoodsRecord] = []
    for row in sheet.rows:
        if len(found) >= MOST_RECORDS:
            reading.wrong(
                row.number, "", f"there are more than {MOST_RECORDS:,} records", f"备案超过 {MOST_RECORDS:,} 条"
            )
            break
        if not _is_odd(reading, sheet, row) and (record := reading.record(row.number, dict(_cells(sheet, row)))):
            found.append(record)
    if not found and not reading.problems:
        reading.wrong(0, "", "there is no goods record in it", "其中没有商品备案")
    if reading.problems:
        raise GoodsError(reading.problems)
    return GoodsRecords(found)


def _check_headings(reading: RowReading, sheet: Sheet) -> None:
    """Refuse a table without a column of SKUs, or with two columns of one field, before its rows are looked at."""
    columns: dict[str, str] = {}
    for heading in filter(None, sheet.headings):
        if (name := field_of(heading)) and (first := columns.setdefault(name, heading)) is not heading:
            reading.wrong(
                sheet.heading_row,
                heading,
                f"{shown_name(first)} means {name} as well: leave one of the columns",
                f"与列“{shown_name(first)}”含义相同（{name}），请只保留一列",
            )
    if "sku" not in columns:
        reading.wrong(
            sheet.heading_row,
            "",
            "no column of SKUs was recognised: give one the heading 货号 or sku",
            "没有识别到货号列，请将其表头写作“货号”或 sku",
        )
    if reading.problems:
        raise GoodsError(reading.problems)


def _cells(sheet: Sheet, row: SheetRow) -> Iterator[tuple[str, Any]]:
    for heading, value in zip(sheet.headings, row.values, strict=False):
        if heading:
            yield heading, value


def _is_odd(reading: RowReading, sheet: Sheet, row: SheetRow) -> bool:
    """Note what is odd about a row and return True if it cannot be taken."""
    if all(value in (None, "") for value in row.values):
        return False
    if row.odd.get(-1) is Odd.HIDDEN:
        reading.wrong(row.number, "", "the row is hidden: show it or delete it", "该行被隐藏，请取消隐藏或删除")
        return True
    before = len(reading.problems)
    for column, odd in row.odd.items():
        heading = sheet.headings[column] if 0 <= column < len(sheet.headings) else ""
        if odd in _ODD and (odd is Odd.BEYOND or field_of(heading)):
            reading.wrong(row.number, heading, *_ODD[odd])
    return len(reading.problems) > before
