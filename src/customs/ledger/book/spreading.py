"""Spreading of a quantity over rows of the book (账册扣减分摊): as many rows as it takes, the smallest first, or none at all.

Rows are taken by quantity, the smallest first, and among equal ones by record number, so that small remainders go
away and the same rows are taken every time.

>>> from customs.ledger.book.items import book_item
>>> rows = {book_item("T1", "10"): Decimal(5), book_item("T1", "9"): Decimal(5), book_item("T1", "3"): Decimal(40)}
>>> [(item.item_record_no, quantity) for item, quantity in spread(Decimal(12), rows)]
[('9', Decimal('5')), ('10', Decimal('5')), ('3', Decimal('2'))]
"""

from collections.abc import Mapping
from decimal import Decimal

from customs.fields.money import ZERO, exactly
from customs.ledger.book.items import BookItem


class TooLittleInBookError(ValueError):
    """The rows together hold less than what is wanted."""

    def __init__(self, wanted: Decimal, held: Decimal) -> None:
        super().__init__(
            f"{wanted} are wanted and {held} are available: enter the in-list that is missing, or declare less "
            f"需 {wanted}，可用 {held}：请补入库核注清单或减少申报数量"
        )
        self.wanted, self.held = wanted, held


@exactly
def spread(quantity: Decimal, rows: Mapping[BookItem, Decimal]) -> tuple[tuple[BookItem, Decimal], ...]:
    """Return how much to take from which row. Raises ``TooLittleInBookError``, and then nothing is to be taken."""
    held = sum((each for each in rows.values() if each > 0), ZERO)
    if quantity > held:
        raise TooLittleInBookError(quantity, held)
    taken: list[tuple[BookItem, Decimal]] = []
    left = quantity
    for item, available in sorted(rows.items(), key=lambda row: (row[1], _order(row[0]))):
        if left <= 0:
            break
        if available > 0:
            taken.append((item, min(left, available)))
            left -= available
    return tuple(taken)


def _order(item: BookItem) -> tuple[str, int, str]:
    """Books by number, record numbers as numbers: 9 comes before 10."""
    number = item.item_record_no
    return item.ems_no, int(number) if number.isascii() and number.isdecimal() else 0, number
