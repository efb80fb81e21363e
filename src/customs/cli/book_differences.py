"""Differences of book and stock as they are shown (账册、库存差异的显示): as a table, as JSON, as a workbook."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.cli.app import misuse_of
from customs.cli.language import words
from customs.files import write_whole
from customs.intake.sheets import SheetError
from customs.intake.workbook_bytes import bytes_of
from customs.intake.workbooks import openpyxl
from customs.ledger.book.comparing import StockDifference
from customs.ledger.book.events import StockGap

#: The columns of a workbook: English, Chinese.
_COLUMNS = (
    ("items", "商品项"), ("articles", "货号"), ("book", "账册余量"), ("stock", "实际库存"), ("difference", "差异"),
    ("cause", "原因代码"), ("quantity", "原因数量"), ("what it is", "原因"), ("in English", "英文"), ("documents", "单证"),
)  # fmt: skip


def difference_values(found: StockDifference) -> dict[str, Any]:
    """Return a difference as values of JSON."""
    return {
        "items": [str(each) for each in found.items],
        "skus": list(found.skus),
        "book": quantity_text(found.book),
        "stock": quantity_text(found.stock),
        "difference": quantity_text(found.difference),
        "causes": [_gap_values(each) for each in found.causes],
        "documented": [_gap_values(each) for each in found.documented],
    }


def _gap_values(gap: StockGap) -> dict[str, Any]:
    told = {"code": gap.cause.value, "quantity": quantity_text(gap.quantity), "documents": list(gap.documents)}
    return {**told, "en": gap.cause.en, "zh": gap.cause.zh}


def differences_table(found: Iterable[StockDifference]) -> Table:
    """Return a table of differences, a line for each cause."""
    table = Table(box=SIMPLE)
    for heading in (words("item", "商品项"), words("article", "货号")):
        table.add_column(heading, overflow="fold")
    for heading in (words("book", "账册"), words("stock", "库存"), words("by cause", "原因数量")):
        table.add_column(heading, justify="right")
    table.add_column(words("cause", "原因"), overflow="fold")
    table.add_column(words("documents", "单证"), overflow="fold")
    for each in found:
        for gap in each.causes:
            cause = f"{gap.cause.value} {words(gap.cause.en, gap.cause.zh)}"
            figures = (quantity_text(each.book), quantity_text(each.stock), quantity_text(gap.quantity))
            names = (", ".join(map(str, each.items)), ", ".join(each.skus))
            told = (cause, ", ".join(gap.documents))
            table.add_row(*map(Text, names), *figures, *map(Text, told))
    return table


def write_differences(out: Path, found: Iterable[StockDifference]) -> None:
    """Write all items as a workbook: a row for each cause, one without a cause where book and stock agree."""
    rows: list[Sequence[object]] = [[f"{zh} {en}" for en, zh in _COLUMNS]]
    for each in found:
        of_item = (", ".join(map(str, each.items)), ", ".join(each.skus), each.book, each.stock, each.difference)
        rows += [
            (*of_item, gap.cause.value, gap.quantity, gap.cause.zh, gap.cause.en, ", ".join(gap.documents))
            for gap in each.causes
        ]
        if not each.causes:
            rows.append(of_item)
    write_sheets(out, {"库存比对": rows})


def write_sheets(out: Path, sheets: Mapping[str, Iterable[Sequence[object]]]) -> None:
    """Write a workbook of sheets by their titles. A text of the warehouse that looks like a formula stays a text."""
    try:
        book = openpyxl().Workbook()
    except SheetError as error:
        raise misuse_of(error.en, error.zh) from None
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for cells in sheet.iter_rows():
            for cell in cells:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
    write_whole(out, bytes_of(book))


def quantity_text(quantity: Decimal) -> str:
    """Return a quantity in plain digits, without zeros at its end."""
    return f"{quantity.normalize():f}"
