"""Spots (出处): where a value of a parcel was written: a cell of the order list, a goods record, the enterprise file.

>>> spot = cell("orders.xlsx", "订单", 5, 3, "商品编码")
>>> spot.en, spot.zh
('orders.xlsx, sheet 订单, cell C5 (商品编码)', 'orders.xlsx 工作表“订单”单元格 C5（商品编码）')
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a value was written, in words of both languages; of a cell also its row and column, from 1."""

    kind: Literal["cell", "goods", "enterprise"]
    en: str
    zh: str
    row: int | None = None
    column: int | None = None


def cell(file: str, sheet: str, row: int, column: int, heading: str = "") -> Spot:
    """Return the spot of a cell of an order list; without a sheet the list is a file of text."""
    named_en, named_zh = (f" ({heading})", f"（{heading}）") if heading else ("", "")
    if sheet:
        place = f"{letters(column)}{row}"
        en, zh = f"{file}, sheet {sheet}, cell {place}{named_en}", f"{file} 工作表“{sheet}”单元格 {place}{named_zh}"
    else:
        en, zh = f"{file}, row {row}, column {column}{named_en}", f"{file} 第 {row} 行第 {column} 列{named_zh}"
    return Spot(kind="cell", en=en, zh=zh, row=row, column=column)


def record(sku: str, field: str, file: str = "", row: int | None = None) -> Spot:
    """Return the spot of a value that the goods record of a SKU gave."""
    en, zh = f"goods record {sku}, {field}", f"商品备案 {sku} 的 {field}"
    if file and row:
        en, zh = f"{en} ({file}, row {row})", f"{zh}（{file} 第 {row} 行）"
    return Spot(kind="goods", en=en, zh=zh)


def key(file: str, line: int, name: str) -> Spot:
    """Return the spot of a value that the enterprise file gave."""
    return Spot(kind="enterprise", en=f"{file}, line {line}, {name}", zh=f"{file} 第 {line} 行 {name}")


def letters(column: int) -> str:
    """Return the letters of a column as spreadsheets count.

    >>> letters(1), letters(26), letters(27), letters(703)
    ('A', 'Z', 'AA', 'AAA')
    """
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found
