r"""Lines of Alipay's bills (支付宝账单): notes behind #, headings, rows, footers; found by their words.

Counts of dashes, brackets and the order of columns differ between exports. Texts end with a tab, amounts do not; a comma
within a text is one too many, and is given back to the text whose neighbours then hold amounts and times.

>>> footer_of("#交易合计：6笔，商家实收共0.06元，商家优惠共0.00元")
('交易', 6, {'商家实收': Decimal('0.06'), '商家优惠': Decimal('0.00')})
>>> days_of("#起始日期：[2026年11月11日 00:00:00]   终止日期：[2026年11月12日 00:00:00]")
(datetime.date(2026, 11, 11), datetime.date(2026, 11, 11))
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import IO, NamedTuple

from customs.ledger.settlements.bill_texts import BillError, CellError, lines_of, plain, unreadable

#: Behind the number of a partner (PID, 16 digits), its account number has these.
_OF_ACCOUNT = "0156"

_FOOTER = re.compile(r"#(\S{2})合计:([0-9]{1,12})笔,(.*)")
_FIGURE = re.compile(r"([^,共]*)共(-?[0-9]{1,15}(?:\.[0-9]{1,5})?)元")
_DAY = re.compile(r"\[([0-9]{4})年([0-9]{2})月([0-9]{2})日 ([0-9:]{8})\]")
_ACCOUNT = re.compile(r"#账号:\[([0-9]{1,32})\]")


class AlipayNotes:
    """The notes of a bill as far as it was read: its account, its days, its footers."""

    def __init__(self) -> None:
        self.merchant, self.days = "", None
        self.footers: list[tuple[int, str, int, dict[str, Decimal]]] = []
        self.ended = False

    merchant: str
    days: tuple[date, date] | None

    def take(self, number: int, line: str) -> None:
        """Take a line that begins with #."""
        text = plain(line)
        if found := _ACCOUNT.match(text):
            self.merchant = found[1].removesuffix(_OF_ACCOUNT) if len(found[1]) > len(_OF_ACCOUNT) else found[1]
        elif footer := footer_of(text):
            self.footers.append((number, *footer))
        elif "起始日期" in text:
            self.days = days_of(text)
        elif "列表结束" in text:
            self.ended = True


def footer_of(line: str) -> tuple[str, int, dict[str, Decimal]] | None:
    """Return the subject, the count and the amounts of a footer, None for another line."""
    if not (found := _FOOTER.match(plain(line))):
        return None
    return found[1], int(found[2]), {name: Decimal(amount) for name, amount in _FIGURE.findall(found[3])}


def days_of(line: str) -> tuple[date, date] | None:
    """Return the first and the last day of a bill, which may state the midnight after the last one."""
    try:
        found = [datetime.fromisoformat(f"{y}-{m}-{d} {time}") for y, m, d, time in _DAY.findall(line)]
    except ValueError:
        return None
    if len(found) != 2:
        return None
    begin, end = found
    last = end - timedelta(seconds=1) if end.time() == datetime.min.time() and end > begin else end
    return begin.date(), last.date()


class AlipayLine(NamedTuple):
    """The headings of a bill, or a row."""

    kind: str
    number: int
    cells: list[str]


def alipay_lines(name: str, file: IO[str], notes: AlipayNotes) -> Iterator[AlipayLine]:
    """Yield headings and rows, and note the rest. Raises ``BillError`` for a file that ends before its end marker."""
    headings, number = list[str](), 0
    for number, line in lines_of(name, file):
        if line.lstrip("\ufeff").startswith("#"):
            notes.take(number, line.lstrip("\ufeff"))
            continue
        if notes.ended:
            raise unreadable(name, number, "a row stands behind the end marker", "结束标记之后还有明细")
        if not headings:
            headings = [plain(each) for each in line.split(",")]
            yield AlipayLine("headings", number, headings)
        else:
            yield AlipayLine("row", number, cells_of(line))
    if not headings or not notes.ended:
        raise BillError(
            f"{name} ends at line {number} without its end marker (列表结束), it was cut off: fetch the bill again",
            f"{name} 在第 {number} 行结束，没有“列表结束”标记，文件不完整，请重新下载对账单",
        )


def cells_of(line: str) -> list[str]:
    """Return the cells of a row without the tabs behind its texts."""
    cells = next(csv.reader([line])) if '"' in line else line.split(",")
    return [each.strip() for each in cells]


def fitted(
    cells: list[str], width: int, texts: Sequence[int], holds: Callable[[Sequence[str]], bool]
) -> list[str] | None:
    """Return the cells of a row of which a text holds commas, None if they fit nowhere.

    ``texts`` are the positions of texts that people write, the likeliest first.
    """
    spare = len(cells) - width
    for at in texts if spare > 0 else ():
        tried = [*cells[:at], ",".join(cells[at : at + spare + 1]), *cells[at + spare + 1 :]]
        if holds(tried):
            return tried
    return cells if spare == 0 and holds(cells) else None


def read_values(
    name: str,
    line: AlipayLine,
    at: Mapping[str, int],
    texts: Sequence[str],
    checked: Mapping[str, Callable[[str], object]],
) -> dict[str, str]:
    """Return the values of a row by the words of its columns; ``checked`` says what some must hold.

    Raises ``BillError`` for a row that does not fit its headings.
    """

    def holds(cells: Sequence[str]) -> bool:
        try:
            for word, read in checked.items():
                if word in at:
                    read(cells[at[word]])
        except CellError:
            return False
        return True

    positions = [at[word] for word in texts if word in at]
    cells = fitted(line.cells, at["width"], positions, holds)
    if cells is None:
        raise unreadable(
            name, line.number, "the row does not fit its headings", "该行与表头不符（列数不同，或金额、时间不能识别）"
        )
    return {word: cells[position] for word, position in at.items() if word != "width"}
