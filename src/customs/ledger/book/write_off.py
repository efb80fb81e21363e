"""Yearly write-off of logistics books (保税物流账册核销): dates, figures, and what follows for each item.

Logistics books of special areas and bonded sites are written off at least once a year: the report (报核) is due within 60 days
after the cycle ends, within 90 with an extension. It names the bond lists of the cycle, all of them deducted, and the actual
stock at its end. A justified surplus raises the book, a justified shortage is taxed; what is not justified is dealt with by
the rules. Source: announcement of the General Administration of Customs on the write-off of bonded logistics books, in force
2025-01-01.

>>> cycle = WriteOffCycle(ends=date(2026, 12, 31))
>>> cycle.begins, cycle.due, cycle.extended, cycle.days_left(date(2027, 2, 20))
(datetime.date(2026, 1, 1), datetime.date(2027, 3, 1), datetime.date(2027, 3, 31), 9)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from customs.fields.money import ZERO, exactly
from customs.ledger.book.comparing import StockDifference
from customs.ledger.book.flows import BookedList
from customs.ledger.book.stock_causes import StockCause

#: The rules hold for cycles that end from this day on.
IN_FORCE = date(2025, 1, 1)

#: Days after the end of the cycle within which the book is reported, and with an extension.
DAYS, DAYS_EXTENDED = 60, 90


class WriteOffVerdict(StrEnum):
    """The outcome of an item at the write-off."""

    EQUAL = "equal"
    """相符: closed."""
    IN_TRANSIT = "in_transit"
    """在途差异: lists of the cycle are to be deducted or goods to be moved first; nothing is over or short."""
    SURPLUS = "surplus"
    """盘盈: if justified the book is raised to the actual stock."""
    SHORTAGE = "shortage"
    """盘亏: if justified the shortage is taxed."""


#: Causes that end when both sides have entered the same documents: no goods are over or short.
PASSING = frozenset(
    {
        StockCause.NOT_DEDUCTED,
        StockCause.STILL_INSIDE,
        StockCause.CANCELLED,
        StockCause.RETURNED,
        StockCause.UNIT,
        StockCause.OTHER_ITEM,
        StockCause.ONE_SYSTEM,
        StockCause.TRANSFER,
        StockCause.CUT_OFF,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOffCycle:
    """A cycle of at most a year, by its last day."""

    ends: date
    begins_on: date | None = None
    """Its first day, where it is shorter than a year."""

    def __post_init__(self) -> None:
        if self.ends < IN_FORCE:
            raise ValueError(f"the rules hold for cycles that end from {IN_FORCE} on 核销规定自 {IN_FORCE} 起施行")
        if not self.a_year_before < self.begins <= self.ends:
            raise ValueError("a cycle is at most one year 核销周期不超过一年")

    @property
    def a_year_before(self) -> date:
        """The last day of the year before the cycle."""
        if (self.ends.month, self.ends.day) == (2, 29):
            return date(self.ends.year - 1, 2, 28)
        return self.ends.replace(year=self.ends.year - 1)

    @property
    def begins(self) -> date:
        """The first day."""
        return self.begins_on or self.a_year_before + timedelta(days=1)

    @property
    def due(self) -> date:
        """The last day for the report."""
        return self.ends + timedelta(days=DAYS)

    @property
    def extended(self) -> date:
        """The last day for the report with an extension."""
        return self.ends + timedelta(days=DAYS_EXTENDED)

    def days_left(self, on: date, *, extended: bool = False) -> int:
        """Return how many days are left for the report; below 0 if it is late."""
        return ((self.extended if extended else self.due) - on).days


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOffItem:
    """An item at the write-off: the book, the actual stock, and what follows."""

    difference: StockDifference
    verdict: WriteOffVerdict
    passing: Decimal
    """The part of the difference that ends by itself, stock less book."""
    lasting: Decimal
    """The part that stays: above 0 a surplus, below a shortage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOff:
    """The figures of a report of write-off (核销报核)."""

    cycle: WriteOffCycle
    ems_no: str
    deducted: tuple[str, ...]
    """The numbers of the bond lists of the cycle that are deducted."""
    open: tuple[str, ...]
    """Living lists that are not: they must be deducted or deleted before the report."""
    items: tuple[WriteOffItem, ...]

    @property
    def is_ready(self) -> bool:
        """True if all lists are deducted and no item waits for a document."""
        return not self.open and all(each.verdict is not WriteOffVerdict.IN_TRANSIT for each in self.items)


@exactly
def write_off(
    cycle: WriteOffCycle, ems_no: str, lists: Sequence[BookedList], differences: Sequence[StockDifference]
) -> WriteOff:
    """Return the write-off of a book: its lists in the cycle, and each item with what follows of its difference.

    A shortage or surplus is never booked here: whether it is justified, customs decides.
    """
    deducted = [
        each.shown for each in lists if each.deducted_at and cycle.begins <= each.deducted_at.date() <= cycle.ends
    ]
    waiting = [each.shown for each in lists if each.lives and not each.deducted_at]
    items = tuple(_item(each) for each in differences)
    return WriteOff(
        cycle=cycle, ems_no=ems_no, deducted=tuple(sorted(deducted)), open=tuple(sorted(waiting)), items=items
    )


def _item(found: StockDifference) -> WriteOffItem:
    passing = sum((each.quantity for each in found.causes if each.cause in PASSING), ZERO)
    lasting = found.difference - passing
    verdict = (
        WriteOffVerdict.SURPLUS if lasting > 0 else WriteOffVerdict.SHORTAGE if lasting < 0 else WriteOffVerdict.EQUAL
    )
    if not lasting and any(each.cause in PASSING for each in found.causes):
        verdict = WriteOffVerdict.IN_TRANSIT
    return WriteOffItem(difference=found, verdict=verdict, passing=passing, lasting=lasting)
