r"""Lines of WeChat Pay's bills (微信支付账单): headings, rows, and at the end a summary with headings of its own.

Each value begins with a back-tick, so that a comma within a value is told from one between two. A file may hold several
tables one after the other, such as days put together of which the later ones have other columns.

>>> cells_of("`2026-11-11 13:30:09,`测试纸尿裤,L码,2包,`450.00")
['2026-11-11 13:30:09', '测试纸尿裤,L码,2包', '450.00']
"""

import re
from collections.abc import Iterator
from typing import IO, Literal, NamedTuple

from customs.ledger.settlements.bill_texts import BillError, lines_of, plain, unreadable

_TICK = "`"

#: No heading has a digit, and every row has some, whatever its goods are called.
_DIGIT = re.compile("[0-9]")


class WechatLine(NamedTuple):
    """A line of a bill: the headings of rows, a row, the headings of the summary, or the summary."""

    kind: Literal["headings", "row", "summary headings", "summary"]
    number: int
    cells: list[str]


def cells_of(line: str) -> list[str]:
    """Return the values of a line that begins with a back-tick."""
    return [each.rstrip() for each in line[1:].split(f",{_TICK}")]


def headings_of(line: str) -> list[str]:
    """Return the headings of a line, which has back-ticks in some exports and none in most."""
    return [plain(each) for each in line.split(",")]


def wechat_lines(name: str, file: IO[str], first: str, summary: str) -> Iterator[WechatLine]:
    """Yield the lines of a bill whose headings hold ``first``, and those of its summary ``summary``.

    Raises ``BillError`` for a line that is none of a bill, and for a file that ends before its summary.
    """
    width, within, number = 0, "", 0
    for number, line in lines_of(name, file):
        titles = [] if _DIGIT.search(line) else headings_of(line)
        if summary in titles or first in titles:
            within, width = ("summary" if summary in titles else "row"), len(titles)
            yield WechatLine("summary headings" if within == "summary" else "headings", number, titles)
            continue
        if not within or not line.startswith(_TICK):
            raise unreadable(name, number, "the values do not begin with back-ticks", "各值前没有反引号（`）")
        cells = cells_of(line)
        if len(cells) != width:
            raise unreadable(
                name, number, f"{len(cells)} values under {width} headings", f"有 {len(cells)} 个值，表头为 {width} 列"
            )
        yield WechatLine("summary" if within == "summary" else "row", number, cells)
        within = "" if within == "summary" else within
    if within:
        raise BillError(
            f"{name} ends at line {number} without its summary, it was cut off: fetch the bill again",
            f"{name} 在第 {number} 行结束，缺少汇总行，文件不完整，请重新下载对账单",
        )
