"""Events of stock (库存业务): what the book and the warehouse each entered of one business, and how far they are apart.

A parcel, a return, an in-list: each is one event. The book enters it when customs deducts the list (核扣), the warehouse
when it moves the goods. At one moment one side may have it and the other not: the difference between stock and book is
the sum of these gaps, and nothing else (账册、仓库核对平衡式).

>>> from customs.ledger.book.items import book_item
>>> milk, night = book_item("T3111W000076", "12"), datetime(2026, 11, 12)
>>> taken = StockPosting(milk, Decimal(-2), datetime(2026, 11, 11, 9), "SF1")
>>> parcel = StockEvent(kind=EventKind.PARCEL, number="X1", due={milk: Decimal(-2)}, warehouse=(taken,))
>>> [(each.cause.value, each.quantity, each.documents) for each in gaps_of(parcel, CutOff(night, night))]
[('CA01', Decimal('-2'), ('X1', 'SF1'))]
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from customs.fields.frozen import FrozenDict
from customs.fields.money import ZERO
from customs.ledger.book.items import BookItem
from customs.ledger.book.stock_causes import CAUSE_OF_REASON, StockCause


class EventKind(StrEnum):
    """业务类型."""

    PARCEL = "parcel"
    """零售包裹出区."""
    RETURN = "return"
    """退货入区."""
    INBOUND = "inbound"
    """入区."""
    REMOVAL = "removal"
    """退运、销毁等其他出区."""
    TRANSFER = "transfer"
    """区间、区内、账册调拨."""
    ADJUSTMENT = "adjustment"
    """盘点、损益调整."""


class StockPosting(NamedTuple):
    """One side's entry of an event: how much of an item came (above nought) or went, when, and by which document."""

    item: BookItem
    quantity: Decimal
    at: datetime
    document: str
    sku: str = ""


class CutOff(NamedTuple):
    """截止时间: until when the entries of each side count, that moment included."""

    book: datetime
    warehouse: datetime


class StockGap(NamedTuple):
    """By how much stock and book are apart for one event at one item: stock less book, with the cause and its documents."""

    cause: StockCause
    item: BookItem
    quantity: Decimal
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StockEvent:
    """One business with what each side entered of it."""

    kind: EventKind
    number: str
    """The number that both sides know it by."""
    due: Mapping[BookItem, Decimal] = FrozenDict()
    """By its own document, what comes (above nought) or goes; empty where no document is known."""
    book: tuple[StockPosting, ...] = ()
    warehouse: tuple[StockPosting, ...] = ()
    cancelled_at: datetime | None = None
    """撤单 399, of a parcel."""
    reason: str = ""
    """The reason of an adjustment, by its code."""
    papers: tuple[str, ...] = field(default=())
    """Further documents that speak of it, such as the receipt of a cancellation."""


def gaps_of(event: StockEvent, cut: CutOff) -> tuple[StockGap, ...]:
    """Return by how much stock and book are apart for an event, by item and cause; nothing where both agree."""
    booked = _sums(event.book, cut.book)
    moved = _sums(event.warehouse, cut.warehouse)
    if booked == moved:
        return ()
    then = moved if cut.warehouse == cut.book else _sums(event.warehouse, cut.book)
    return tuple(_gaps(event, booked, moved, then))


def _sums(postings: Iterable[StockPosting], until: datetime) -> dict[BookItem, Decimal]:
    """The quantities by item that were entered until a moment, without those that cancel out."""
    found: dict[BookItem, Decimal] = {}
    for each in postings:
        if each.at <= until:
            found[each.item] = found.get(each.item, ZERO) + each.quantity
    return {item: quantity for item, quantity in found.items() if quantity}


def _gaps(
    event: StockEvent,
    booked: Mapping[BookItem, Decimal],
    moved: Mapping[BookItem, Decimal],
    then: Mapping[BookItem, Decimal],
) -> Iterator[StockGap]:
    other_item = event.kind is EventKind.PARCEL and bool(event.due) and any(each not in event.due for each in then)
    for item in dict.fromkeys((*booked, *moved, *then)):
        papers = _papers(event, item)
        if later := moved.get(item, ZERO) - then.get(item, ZERO):
            yield StockGap(StockCause.CUT_OFF, item, later, papers)
        gap = then.get(item, ZERO) - booked.get(item, ZERO)
        if other_item and gap:
            yield StockGap(StockCause.OTHER_ITEM, item, gap, papers)
            continue
        twice = _twice(event, item, booked, then)
        if twice:
            yield StockGap(StockCause.TWICE, item, twice, papers)
        if gap - twice:
            yield StockGap(_cause(event, gap - twice), item, gap - twice, papers)


def _papers(event: StockEvent, item: BookItem) -> tuple[str, ...]:
    """The documents of an event at an item, each once: its number first."""
    posted = (each.document for each in (*event.book, *event.warehouse) if each.item == item)
    return tuple(dict.fromkeys(filter(None, (event.number, *event.papers, *posted))))


def _twice(
    event: StockEvent, item: BookItem, booked: Mapping[BookItem, Decimal], then: Mapping[BookItem, Decimal]
) -> Decimal:
    """How much of the gap of a parcel comes from taking more than its list says, on either side."""
    if event.kind is not EventKind.PARCEL or item not in event.due:
        return ZERO
    due = event.due[item]
    return min(ZERO, then.get(item, ZERO) - due) - min(ZERO, booked.get(item, ZERO) - due)


def _cause(event: StockEvent, gap: Decimal) -> StockCause:
    if event.kind is EventKind.PARCEL:
        if not event.due:
            return StockCause.UNKNOWN
        if event.cancelled_at:
            return StockCause.CANCELLED
        return StockCause.NOT_DEDUCTED if gap < 0 else StockCause.STILL_INSIDE
    if event.kind is EventKind.REMOVAL:
        return StockCause.DAMAGED if gap < 0 else StockCause.STILL_INSIDE
    if event.kind is EventKind.ADJUSTMENT:
        return CAUSE_OF_REASON.get(event.reason, StockCause.UNKNOWN)
    return _OTHERS[event.kind]


_OTHERS = {
    EventKind.RETURN: StockCause.RETURNED,
    EventKind.INBOUND: StockCause.TALLY,
    EventKind.TRANSFER: StockCause.TRANSFER,
}
