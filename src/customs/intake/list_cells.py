"""Cells of lists that the enterprise keeps (登记表单元格): a text or a day as it stands, or refused; nothing is repaired.

>>> cell_text(3301963018.0), cell_day("2026年1月5日")
('3301963018', datetime.date(2026, 1, 5))
>>> cell_text("3.3E+09")
Traceback (most recent call last):
    ...
customs.intake.list_cells.CellRefusedError: it is a number whose last digits Excel has lost: format the column as text and write it again
"""

import re
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any

#: A number in scientific notation, as Excel writes a long one into a text: its digits are lost.
_SCIENTIFIC = re.compile(r"[-+]?[0-9](?:\.[0-9]+)?[eE][+-]?[0-9]{1,3}")

#: Digits of a number of a workbook that are sure.
_SURE = 10**15


class CellRefusedError(Exception):
    """A value that cannot be taken; the texts say why and what to do."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en, self.zh = en, zh


def without_blanks(value: Any) -> Any:
    """Return a value without the blanks around a text, and without the apostrophe that keeps it a text in Excel."""
    return value.strip().removeprefix("'").strip() if isinstance(value, str) else value


def cell_text(value: Any) -> str:
    """Return a text, or the digits of a whole number that lost none. Raises ``CellRefusedError`` for anything else."""
    if isinstance(value, str):
        if _SCIENTIFIC.fullmatch(value):
            raise CellRefusedError(*_LOST)
        return value
    if isinstance(value, float | Decimal):
        if is_huge(value):
            raise CellRefusedError(*_LOST)
        value = int(value) if value == int(value) else value
    if type(value) is not int:
        raise CellRefusedError(
            "a text is expected here: format the column as text and write it again",
            "此处应为文本，请将该列设为文本格式后重填",
        )
    if abs(value) >= _SURE or value < 0:
        raise CellRefusedError(*_LOST)
    return str(value)


#: What to do about a number whose digits are lost.
_LOST = (
    "it is a number whose last digits Excel has lost: format the column as text and write it again",
    "数字的末几位已被 Excel 丢失，请将该列设为文本格式后重填",
)


def is_huge(value: float | Decimal) -> bool:
    """True for a number that is not finite, or has more digits before or after its point than are sure."""
    if isinstance(value, Decimal):
        return not value.is_finite() or abs(value.adjusted()) > 15
    return not isfinite(value) or abs(value) >= _SURE


def cell_day(value: Any) -> date:
    """Return a day. Raises ``CellRefusedError`` for what is none."""
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    text = str(value) if type(value) is int or isinstance(value, str) else ""
    found = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?: 00:00:00)?", text)
    try:
        if found and (len(text) == 8 or not text.isdecimal()):
            return date(*map(int, found.groups()))
    except ValueError:
        pass
    raise CellRefusedError(
        "a day is expected, such as 2026-11-11: format the column as a date or as text",
        "此处应为日期，如 2026-11-11，请将该列设为日期或文本格式",
    )
