"""Sheets (表格): an order list or goods list as a file has it, row by row, before anything is understood of it.

Values are what the file holds: texts as they stand, numbers and times of a workbook as the workbook has them. What is
odd about a cell (hidden by a filter, part of a merged area, a formula never computed, an error) stands beside it, so
that whoever understands the column decides.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NamedTuple

#: What a cell may hold. A ``float`` comes from a workbook alone; JSON numbers are ``int`` or ``Decimal``.
Value = str | int | float | Decimal | bool | datetime | date | time | timedelta | None


#: What a sheet may have at most: rows and characters of a cell as Excel has them, columns fewer than Excel's 16,384.
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 1_048_576, 1_024, 32_767


#: The headings of reason and advice in a file of refused rows; columns under them are not read.
RETURNED = ("原因 Reason", "怎么办 What to do")


class SheetError(ValueError):
    """A file that cannot be read as a table: what it is, and how to save it, in English and Chinese.

    A file may be found damaged while its rows are read: whoever takes rows is ready for this until the last one.
    """

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(f"{en} {zh}")
        self.en, self.zh = en, zh


class Odd(StrEnum):
    """Oddities of a cell or a whole row (隐藏行、合并单元格等)."""

    HIDDEN = "hidden"
    """隐藏: the row is hidden, by hand or by a filter."""
    MERGED = "merged"
    """合并单元格: the value is that of the first cell of a merged area."""
    UNCOMPUTED = "uncomputed"
    """公式未计算: a formula whose value the file does not hold."""
    ERROR = "error"
    """错误值: an error of the spreadsheet such as #N/A; the value is its text."""
    BEYOND = "beyond"
    """超出表头: a value to the right of the last heading, as an unquoted comma makes it."""


class SheetRow(NamedTuple):
    """A row: its number in the file, its values by column, and what is odd about some of them."""

    number: int
    """From 1, as spreadsheets count; of JSON the position of the order."""
    values: tuple[Value, ...]
    """At least as many as headings; None for an empty cell."""
    odd: Mapping[int, Odd] = {}
    """By column from 0; -1 is the whole row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table that was opened: headings, and rows that are read once, in order, while the file stays open."""

    file: str
    """The name of the file, without its folder."""
    kind: Literal["xlsx", "csv", "json"]
    sheet: str = ""
    """The name of the sheet; empty for files of text."""
    headings: tuple[str, ...]
    """As they stand, blanks around them taken off; empty for a column without one."""
    heading_row: int = 1
    rows: Iterator[SheetRow] = field(repr=False)
    count: int | None = None
    """How many rows there are, where that is known before they are read."""
    lines_from: int | None = None
    """Of JSON the first column that is of the lines of an order, from 0; those before it are the order's own."""
    said: tuple[tuple[str, str], ...] = ()
    """What the reader did that people should know, in English and Chinese, such as which encoding it took."""
