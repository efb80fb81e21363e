"""Items of an account book (账册商品项): the book's number and the record number in it, and the quantities that it holds.

Four quantities as the bonded system has them (实增、实减、预增、预减), and two of corrections that customs agreed to (盘盈、
盘亏). A pre-deduction changes what is available, never the balance.

>>> item = book_item("T3111W000076", "0012")
>>> item, f"{item}"
(BookItem(ems_no='T3111W000076', item_record_no='12'), 'T3111W000076/12')
>>> held = BookQuantities(actual_in=Decimal(100), actual_out=Decimal(30), pre_in=Decimal(5), pre_out=Decimal(20))
>>> held.balance, held.available, held.expected
(Decimal('70'), Decimal('50'), Decimal('55'))
"""

import re
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import NamedTuple, Self

from customs.fields.money import ZERO

#: 账册编号: T or H, the customs district, W, six digits. Others are read too, within the length of the standard's field.
BOOK_NO = re.compile(r"[A-Z][0-9A-Z]{0,29}")

#: 备案序号: a number, or the article number (料号) of a book that counts by it.
RECORD_NO = re.compile(r"[^\s\x00-\x1f\x7f]{1,40}")


class BookItem(NamedTuple):
    """账册商品项: an item of an account book. It sorts by book, then by record number as a text."""

    ems_no: str
    item_record_no: str

    def __str__(self) -> str:
        return f"{self.ems_no}/{self.item_record_no}"


def book_item(ems_no: str, item_record_no: str) -> BookItem:
    """Return the item of a book, its record number without leading zeros.

    Raises ``ValueError`` for a number of another form.
    """
    book, record = ems_no.strip().upper(), item_record_no.strip()
    if not BOOK_NO.fullmatch(book):
        raise ValueError("no number of an account book, such as T3111W000076 账册编号格式有误")
    if not RECORD_NO.fullmatch(record):
        raise ValueError("no record number of an item, such as 12 备案序号格式有误")
    if record.isascii() and record.isdecimal():
        record = record.lstrip("0") or "0"
    return BookItem(book, record)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookQuantities:
    """账册数量: what an item of a book holds, in its declared unit (申报计量单位)."""

    actual_in: Decimal = ZERO
    """实增 actlIncQty."""
    actual_out: Decimal = ZERO
    """实减 actlRedcQty."""
    pre_in: Decimal = ZERO
    """预增 prevdIncQty."""
    pre_out: Decimal = ZERO
    """预减 prevdRedcQty."""
    gained: Decimal = ZERO
    """盘盈调增: surpluses by which the book was raised, with customs' consent."""
    lost: Decimal = ZERO
    """盘亏调减: shortages by which the book was lowered, taxed or written off."""

    @property
    def balance(self) -> Decimal:
        """账册余量 the balance: all that was added less all that was taken."""
        return self.actual_in - self.actual_out + self.gained - self.lost

    @property
    def available(self) -> Decimal:
        """可用数量: the balance less what is pre-deducted."""
        return self.balance - self.pre_out

    @property
    def expected(self) -> Decimal:
        """预计余量: the balance once all that is announced is deducted and added."""
        return self.balance + self.pre_in - self.pre_out

    def __add__(self, other: Self) -> Self:
        return type(self)(**{name: getattr(self, name) + getattr(other, name) for name in FIGURES})

    def __sub__(self, other: Self) -> Self:
        return type(self)(**{name: getattr(self, name) - getattr(other, name) for name in FIGURES})

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in FIGURES)


#: The names of the quantities, in the order of the bonded system.
FIGURES = tuple(each.name for each in fields(BookQuantities))
