"""Flows (出入区流转): documents of the book and movements of the warehouse, joined by their numbers to events.

A movement of a parcel finds its declaration list by list, order or waybill number; one of goods that come in or leave
otherwise finds its bond list by any number of that list. A movement that finds nothing is an event of its own, of which the
book knows nothing; a number that names two things finds neither.

Of an out-list of parcels each parcel is an event. What the list took beyond the parcels that it names stays with the list.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from customs.fields.frozen import FrozenDict
from customs.fields.money import ZERO
from customs.ledger.book.bond_lists import RETAIL, BondNumbers, Direction
from customs.ledger.book.events import EventKind, StockEvent, StockPosting
from customs.ledger.book.grain import Article
from customs.ledger.book.items import BookItem


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedList:
    """A bond list with what the book entered of it, actual quantities alone."""

    numbers: BondNumbers
    direction: Direction
    kind: str
    entered: tuple[StockPosting, ...] = ()
    retail_list_nos: tuple[str, ...] = ()
    related_bond_no: str = ""
    deducted_at: datetime | None = None
    """None while it is not deducted, and of one that is deleted."""
    lines: Mapping[BookItem, Decimal] = FrozenDict()
    """The quantities that it declares by item."""
    lives: bool = True
    """False if it is refused or deleted."""

    @property
    def gathers_parcels(self) -> bool:
        """True if its bills name retail lists."""
        return self.kind == RETAIL and bool(self.retail_list_nos)

    @property
    def shown(self) -> str:
        """The number by which people know it."""
        return self.numbers.bond_no or self.numbers.own_no or self.numbers.pre_entry_no


@dataclass(frozen=True, slots=True, kw_only=True)
class RetailParcel:
    """A retail declaration list (CEB621) of goods from the book: numbers, quantities by item, and how customs has it."""

    order_no: str
    waybill_no: str = ""
    list_no: str = ""
    """清单编号 invtNo; empty until customs gives it."""
    quantities: Mapping[BookItem, Decimal]
    status: str = ""
    """The last status of CEB622, such as 800."""
    released_at: datetime | None = None
    cancelled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetailReturn:
    """A return (CEB625) that customs released: what of a retail list comes back."""

    number: str
    list_no: str
    quantities: Mapping[BookItem, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookAdjustment:
    """A correction of the book that customs agreed to (盘盈、盘亏入账)."""

    number: str
    posting: StockPosting
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StockMovement:
    """A movement (出入库流水) of the warehouse."""

    kind: EventKind
    number: str
    sku: str
    item: BookItem | None = None
    quantity: Decimal
    at: datetime
    reason: str = ""
    where: str = ""
    """The row of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookPapers:
    """The documents of the book."""

    lists: tuple[BookedList, ...] = ()
    parcels: tuple[RetailParcel, ...] = ()
    returns: tuple[RetailReturn, ...] = ()
    adjustments: tuple[BookAdjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class JoinedEvents:
    """The events of both sides, and the movements of articles that no item of the book is known for."""

    events: tuple[StockEvent, ...]
    homeless: tuple[StockMovement, ...] = field(default=())


def join_events(
    papers: BookPapers, movements: Iterable[StockMovement], articles: Mapping[str, Article]
) -> JoinedEvents:
    """Return the events of documents and movements."""
    joining = _Joining(papers)
    homeless = tuple(each for each in movements if not joining.take(each, articles))
    return JoinedEvents(tuple(joining.made()), homeless)


#: Which movements may belong to which events: what the warehouse calls a transfer may be any bond list to the book.
_PARCELS = (EventKind.PARCEL,)
_RETURNS = (EventKind.RETURN,)
_LISTS = (EventKind.INBOUND, EventKind.TRANSFER, EventKind.REMOVAL)
_FAMILY = {
    EventKind.PARCEL: _PARCELS,
    EventKind.RETURN: _RETURNS,
    EventKind.ADJUSTMENT: (EventKind.ADJUSTMENT,),
    **dict.fromkeys(_LISTS, _LISTS),
}

_Key = tuple[EventKind, str]


class _Joining:
    """Events while movements find them."""

    def __init__(self, papers: BookPapers) -> None:
        self._events: dict[_Key, StockEvent] = {}
        self._warehouse: dict[_Key, list[StockPosting]] = defaultdict(list)
        self._known: dict[tuple[tuple[EventKind, ...], str], _Key | None] = {}
        self._parcels(papers)
        self._returned = _by_list(papers.returns)
        order_of = {each.list_no: each for each in papers.parcels if each.list_no}
        self._returns(papers, order_of)
        self._lists(papers, order_of)
        for each in papers.adjustments:
            self._add(
                StockEvent(kind=EventKind.ADJUSTMENT, number=each.number, book=(each.posting,), reason=each.reason),
                (each.number,),
            )

    def _add(self, event: StockEvent, numbers: Iterable[str]) -> None:
        key = (event.kind, event.number)
        self._events[key] = event
        for number in dict.fromkeys(filter(None, numbers)):
            place = (_FAMILY[event.kind], number)
            self._known[place] = key if self._known.get(place, key) == key else None

    def _parcels(self, papers: BookPapers) -> None:
        """Each parcel is an event; every living out-list that names it and is deducted takes it from the book."""
        taken: dict[str, list[BookedList]] = defaultdict(list)
        for bond in papers.lists:
            if bond.gathers_parcels and bond.direction is Direction.OUT and bond.deducted_at:
                for number in bond.retail_list_nos:
                    taken[number].append(bond)
        for each in papers.parcels:
            due = FrozenDict({item: -quantity for item, quantity in each.quantities.items()})
            booked = tuple(
                StockPosting(item, quantity, bond.deducted_at, bond.shown)
                for bond in (taken[each.list_no] if each.list_no else ())
                if bond.deducted_at
                for item, quantity in due.items()
            )
            number = each.list_no or each.order_no
            event = StockEvent(
                kind=EventKind.PARCEL, number=number, due=due, book=booked, cancelled_at=each.cancelled_at
            )
            self._add(event, (each.list_no, each.order_no, each.waybill_no))

    def _returns(self, papers: BookPapers, parcels: Mapping[str, RetailParcel]) -> None:
        """The returns of a list are one event; every living in-list that names it and is deducted raises the book."""
        raised: dict[str, list[BookedList]] = defaultdict(list)
        for bond in papers.lists:
            if bond.gathers_parcels and bond.direction is Direction.IN and bond.deducted_at:
                for number in bond.retail_list_nos:
                    raised[number].append(bond)
        numbers: dict[str, list[str]] = defaultdict(list)
        for each in papers.returns:
            numbers[each.list_no].append(each.number)
        for each in self._returned.values():
            booked = tuple(posting for bond in raised[each.list_no] for posting in self._brought(bond, each.list_no))
            parcel = parcels.get(each.list_no)
            own = numbers[each.list_no]
            event = StockEvent(
                kind=EventKind.RETURN, number=each.list_no, due=each.quantities, book=booked, papers=tuple(own)
            )
            self._add(event, (*own, each.list_no, *((parcel.order_no, parcel.waybill_no) if parcel else ())))

    def _brought(self, bond: BookedList, list_no: str) -> Iterator[StockPosting]:
        """Yield what an in-list brings back of a retail list: all of it where it names no other, else what was returned."""
        assert bond.deducted_at
        if bond.retail_list_nos == (list_no,):
            yield from bond.entered
            return
        for item, quantity in self._returned[list_no].quantities.items():
            yield StockPosting(item, quantity, bond.deducted_at, bond.shown)

    def _lists(self, papers: BookPapers, parcels: Mapping[str, RetailParcel]) -> None:
        related = {each.related_bond_no for each in papers.lists if each.related_bond_no}
        for bond in papers.lists:
            numbers = (bond.numbers.own_no, bond.numbers.bond_no, bond.numbers.pre_entry_no)
            if bond.gathers_parcels:
                self._rest_of(bond, parcels)
            elif bond.related_bond_no or bond.numbers.bond_no in related:
                self._transfer(bond, numbers)
            else:
                kind = EventKind.INBOUND if bond.direction is Direction.IN else EventKind.REMOVAL
                self._add(StockEvent(kind=kind, number=bond.shown, book=bond.entered), numbers)

    def _rest_of(self, bond: BookedList, parcels: Mapping[str, RetailParcel]) -> None:
        """Make an event of what a list of parcels entered beyond those that it names."""
        out = bond.direction is Direction.OUT
        named: list[StockPosting] = []
        for number in bond.retail_list_nos if bond.deducted_at else ():
            assert bond.deducted_at
            if not out and number in self._returned:
                named += [each._replace(quantity=-each.quantity) for each in self._brought(bond, number)]
            elif out and number in parcels:
                given = parcels[number].quantities.items()
                named += [StockPosting(item, quantity, bond.deducted_at, number) for item, quantity in given]
        kind = EventKind.PARCEL if out else EventKind.RETURN
        number = bond.shown
        self._add(StockEvent(kind=kind, number=number, book=(*bond.entered, *named)), ())

    def _transfer(self, bond: BookedList, numbers: tuple[str, ...]) -> None:
        """Both lists of a transfer are one event, known by the number of the in-list."""
        own = bond.numbers.bond_no
        number = own if bond.direction is Direction.IN or not bond.related_bond_no else bond.related_bond_no
        before = self._events.get((EventKind.TRANSFER, number))
        event = StockEvent(
            kind=EventKind.TRANSFER,
            number=number,
            book=(*(before.book if before else ()), *bond.entered),
            papers=(*(before.papers if before else ()), own),
        )
        self._add(event, (number, *numbers, bond.related_bond_no))

    def take(self, movement: StockMovement, articles: Mapping[str, Article]) -> bool:
        """Give a movement to its event; False if no item is known for its article."""
        key = self._known.get((_FAMILY[movement.kind], movement.number))
        event = self._events.get(key) if key else None
        item = movement.item or _item_of(articles.get(movement.sku), event)
        if item is None:
            return False
        if event is None:
            key = (movement.kind, movement.number or movement.where)
            event = StockEvent(kind=movement.kind, number=key[1], reason=movement.reason)
            if key not in self._events:
                self._add(event, (movement.number,))
        assert key
        if movement.reason and not self._events[key].reason:
            self._events[key] = replace(self._events[key], reason=movement.reason)
        posting = StockPosting(item, movement.quantity, movement.at, movement.where, movement.sku)
        self._warehouse[key].append(posting)
        return True

    def made(self) -> Iterator[StockEvent]:
        for key, event in self._events.items():
            moved = self._warehouse.get(key)
            yield replace(event, warehouse=tuple(moved)) if moved else event


def _by_list(returns: Iterable[RetailReturn]) -> dict[str, RetailReturn]:
    """Return what came back of each list, its returns in parts added up."""
    found: dict[str, RetailReturn] = {}
    for each in returns:
        if before := found.get(each.list_no):
            items = dict.fromkeys((*before.quantities, *each.quantities))
            sums = {item: before.quantities.get(item, ZERO) + each.quantities.get(item, ZERO) for item in items}
            each = replace(before, quantities=FrozenDict(sums))
        found[each.list_no] = each
    return found


def _item_of(article: Article | None, event: StockEvent | None) -> BookItem | None:
    """The item of an article: the one that the event's own document names, else the first."""
    if article is None or not article.items:
        return None
    named = {**event.due, **{each.item: each.quantity for each in event.book}} if event else {}
    return next((each for each in article.items if each in named), article.items[0])
