"""Texts of bills (账单文本): lines within bounds, amounts and times, all of them refused with the line where they stand.

>>> amount_of("-0.27000", FEE_DECIMALS), whole_of("20.0"), time_of("2026-11-11 08:01:05")
(Decimal('-0.27000'), 20, datetime.datetime(2026, 11, 11, 8, 1, 5))
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import IO

from customs.fields.money import ZERO
from customs.intake.sheets import SheetError

#: Characters of a line: a note of 2,048 characters and all other cells fit many times.
LONGEST_LINE = 1 << 16

#: Decimals of a fee, of which other amounts have two.
FEE_DECIMALS = 5

_AMOUNT = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,5})?", re.ASCII)
_RATE = re.compile(r"([0-9]{1,3}(\.[0-9]{1,4})?)%", re.ASCII)
_TIME = re.compile(r"[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}", re.ASCII)

#: Brackets, signs and blanks that differ between exports of the same bill.
_ALIKE = str.maketrans(
    {"（": "(", "）": ")", "：": ":", "，": ",", "﹣": "-", "－": "-", "＋": "+", "【": "[", "】": "]"}
)


class BillError(SheetError):
    """A file that cannot be read as a bill: where, why, and what to do, in English and Chinese."""


class CellError(ValueError):
    """A cell that does not hold what its column says, in English and Chinese; the cell itself is not repeated."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(f"{en} {zh}")
        self.en, self.zh = en, zh


def plain(text: str) -> str:
    r"""Return a heading or a marker with ASCII brackets and signs, without blanks around it.

    >>> plain("商家实收（元）\t")
    '商家实收(元)'
    """
    return text.translate(_ALIKE).strip(" \t\r\n\ufeff`")


def lines_of(name: str, file: IO[str]) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file that are not empty, with their numbers from 1. Raises ``BillError`` for a longer one."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) >= LONGEST_LINE:
            raise BillError(
                f"{name}, line {number} is longer than {LONGEST_LINE:,} characters, which no bill has: fetch the bill again",
                f"{name} 第 {number} 行超过 {LONGEST_LINE} 个字符，不是对账单，请重新下载",
            )
        line = line.rstrip("\r\n")
        if line.strip(" \t\ufeff"):
            yield number, line


def code_of(text: str, most: int = 64) -> str:
    """Return a number or a code, which is no longer than may be. Raises ``CellError`` for a longer one."""
    text = text.strip()
    if len(text) > most:
        raise CellError(f"a cell of numbers holds more than {most} characters", f"编号列中有单元格超过 {most} 个字符")
    return text


def amount_of(text: str, decimals: int = 2) -> Decimal:
    """Return an amount with at most so many decimals; an empty cell is 0. Raises ``CellError`` for anything else."""
    text = text.strip()
    if not text:
        return ZERO
    if not (found := _AMOUNT.fullmatch(text)) or len(found[1] or ".") > decimals + 1:
        raise CellError("a cell of amounts holds no amount", "金额列中有单元格不是金额")
    return Decimal(text)


def whole_of(text: str) -> int:
    """Return a count, which may be written ``20.0``. Raises ``CellError`` for anything else."""
    amount = amount_of(text)
    if amount != int(amount):
        raise CellError("a cell of counts holds no count", "笔数列中有单元格不是笔数")
    return int(amount)


def rate_of(text: str) -> Decimal | None:
    """Return a rate such as ``0.60%`` as a fraction, None for an empty cell. Raises ``CellError`` for anything else."""
    text = text.strip()
    if not text:
        return None
    if not (found := _RATE.fullmatch(text)):
        raise CellError("a cell of rates holds no rate such as 0.60%", "费率列中有单元格不是 0.60% 这样的费率")
    return Decimal(found[1]).scaleb(-2)


def time_of(text: str) -> datetime:
    """Return a time of China. Raises ``CellError`` for anything else."""
    text = text.strip()
    if not _TIME.fullmatch(text):
        raise _no_time()
    try:
        return datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise _no_time() from None


def _no_time() -> CellError:
    return CellError(
        "a cell of times holds no time such as 2026-11-11 08:00:00",
        "时间列中有单元格不是 2026-11-11 08:00:00 这样的时间",
    )


def columns_of(
    name: str, number: int, headings: Sequence[str], known: Mapping[str, Sequence[str]], needed: Sequence[str]
) -> dict[str, int]:
    """Return the position of each column by its word, found by its headings. Raises ``BillError`` without a needed one."""
    at = {each: position for position, each in reversed(list(enumerate(headings)))}
    found = {word: at[title] for word, titles in known.items() for title in reversed(titles) if title in at}
    if missing := [known[word][0] for word in needed if word not in found]:
        raise BillError(
            f"{name}, line {number}: the columns {', '.join(missing)} are missing: fetch the whole bill again, unchanged",
            f"{name} 第 {number} 行：缺少列 {'、'.join(missing)}，请重新下载完整的原始对账单",
        )
    return found


def unreadable(name: str, number: int, en: str, zh: str) -> BillError:
    """Return the error of a line that is not as the bill's company writes it."""
    return BillError(
        f"{name}, line {number}: {en}: fetch the bill again, and give it as it was downloaded",
        f"{name} 第 {number} 行：{zh}，请重新下载并提供原始文件，不要用表格软件另存",
    )
