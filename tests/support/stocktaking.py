"""A warehouse and its book with differences put in on purpose: documents, movements and stock by seed, and the truth about them."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from customs.ledger.book.bond_lists import BondNumbers, Direction
from customs.ledger.book.events import CutOff, EventKind, StockPosting
from customs.ledger.book.flows import BookedList, BookPapers, RetailParcel, RetailReturn, StockMovement
from customs.ledger.book.grain import Article, Cargo, StockRow
from customs.ledger.book.items import BookItem
from customs.ledger.book.stock_causes import StockCause as Cause

BOOK, OTHER_BOOK = "T2992W000001", "T2992W000002"
BEGUN, NIGHT = datetime(2026, 10, 1, 8), datetime(2026, 10, 31, 18)
CUT = CutOff(NIGHT, NIGHT + timedelta(hours=2))
TWELVE = Decimal(12)


@dataclass
class Stocktaking:
    """Both sides, and what was put in: causes by item, and the items at which something has no document at all."""

    papers: BookPapers
    movements: tuple[StockMovement, ...]
    stock: tuple[StockRow, ...]
    articles: Mapping[str, Article]
    truth: Mapping[BookItem, Mapping[Cause, Decimal]]
    foreign: frozenset[BookItem]

    @property
    def balances(self) -> dict[BookItem, Decimal]:
        """The balance of the book by item at the cut-off."""
        found: dict[BookItem, Decimal] = defaultdict(Decimal)
        for bond in self.papers.lists:
            for each in bond.entered:
                if each.at <= CUT.book:
                    found[each.item] += each.quantity
        return dict(found)


@dataclass
class _Making:
    """A stocktaking while it is made."""

    chance: Random
    lists: list[BookedList] = field(default_factory=list)
    parcels: list[RetailParcel] = field(default_factory=list)
    returns: list[RetailReturn] = field(default_factory=list)
    movements: list[StockMovement] = field(default_factory=list)
    gathered: list[RetailParcel] = field(default_factory=list)
    twice: list[RetailParcel] = field(default_factory=list)
    announced: list[RetailParcel] = field(default_factory=list)
    stock: dict[tuple[str, BookItem], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    gifts: list[StockRow] = field(default_factory=list)
    units: dict[str, bool] = field(default_factory=dict)
    truth: dict[BookItem, dict[Cause, Decimal]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Decimal))
    )
    foreign: set[BookItem] = field(default_factory=set)
    count: int = 0

    def number(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count:09d}"

    def some(self) -> Decimal:
        return Decimal(self.chance.randint(1, 4))

    def at(self) -> datetime:
        return BEGUN + timedelta(minutes=self.chance.randint(60, 40_000))

    def put(self, cause: Cause, item: BookItem, quantity: Decimal) -> None:
        """Note what the truth is; an amount that cancels out at an item is not put in."""
        self.truth[item][cause] += quantity

    def move(self, kind: EventKind, number: str, sku: str, item: BookItem, quantity: Decimal, **more: str) -> None:
        at = more.pop("at", "")
        moment = datetime.fromisoformat(at) if at else self.at()
        where = f"movement {len(self.movements) + 1}"
        self.movements.append(
            StockMovement(
                kind=kind, number=number, sku=sku, item=item, quantity=quantity, at=moment, where=where, **more
            )
        )
        self.stock[sku, item] += quantity

    def bond(self, direction: Direction, kind: str, entered: Mapping[BookItem, Decimal], **more: object) -> BookedList:
        at = self.at()
        number = f"QD299226{direction}{len(self.lists) + 1:09d}"
        own = self.number("B")
        found = BookedList(
            numbers=BondNumbers(own_no=own, bond_no=number),
            direction=direction,
            kind=kind,
            entered=tuple(StockPosting(item, quantity, at, number) for item, quantity in entered.items()),
            deducted_at=at,
            **more,  # type: ignore[arg-type]
        )
        self.lists.append(found)
        return found

    def parcel(self, item: BookItem, quantity: Decimal, **more: object) -> RetailParcel:
        found = RetailParcel(
            order_no=self.number("O"),
            waybill_no=self.number("W"),
            list_no=self.number("X"),
            quantities={item: quantity},
            status="800",
            released_at=BEGUN,
            **more,  # type: ignore[arg-type]
        )
        self.parcels.append(found)
        return found

    def sent(self, sku: str, item: BookItem) -> RetailParcel:
        """An ordinary parcel: moved by the warehouse, deducted from the book."""
        found = self.parcel(item, self.some())
        self.gathered.append(found)
        number = self.chance.choice((found.order_no, found.waybill_no, found.list_no))
        self.move(EventKind.PARCEL, number, sku, item, -found.quantities[item])
        return found


def _not_deducted(m: _Making, sku: str, item: BookItem) -> None:
    found = m.parcel(item, m.some())
    m.chance.choice((m.announced, [])).append(found)
    m.move(EventKind.PARCEL, found.waybill_no, sku, item, -found.quantities[item])
    m.put(Cause.NOT_DEDUCTED, item, -found.quantities[item])


def _still_inside(m: _Making, sku: str, item: BookItem) -> None:
    found = m.parcel(item, m.some())
    m.gathered.append(found)
    m.put(Cause.STILL_INSIDE, item, found.quantities[item])


def _cancelled(m: _Making, sku: str, item: BookItem) -> None:
    found = m.parcel(item, m.some(), cancelled_at=BEGUN + timedelta(days=3))
    m.move(EventKind.PARCEL, found.order_no, sku, item, -found.quantities[item])
    if m.chance.random() < 0.5:
        m.put(Cause.CANCELLED, item, -found.quantities[item])
        return
    m.move(EventKind.PARCEL, found.order_no, sku, item, found.quantities[item])
    m.gathered.append(found)
    m.put(Cause.CANCELLED, item, found.quantities[item])


def _returned(m: _Making, sku: str, item: BookItem) -> None:
    sent = m.sent(sku, item)
    quantity = sent.quantities[item]
    back = RetailReturn(number=m.number("R"), list_no=sent.list_no, quantities={item: quantity})
    m.returns.append(back)
    if m.chance.random() < 0.5:
        m.move(EventKind.RETURN, back.number, sku, item, quantity)
        m.put(Cause.RETURNED, item, quantity)
    else:
        m.bond(Direction.IN, "8", {item: quantity}, retail_list_nos=(sent.list_no,))
        m.put(Cause.RETURNED, item, -quantity)


def _tally(m: _Making, sku: str, item: BookItem) -> None:
    quantity, off = Decimal(m.chance.randint(50, 90)), m.some() * m.chance.choice((-1, 1))
    found = m.bond(Direction.IN, "0", {item: quantity})
    m.move(EventKind.INBOUND, found.numbers.own_no, sku, item, quantity + off)
    m.put(Cause.TALLY, item, off)


def _unit(m: _Making, sku: str, item: BookItem) -> None:
    """The warehouse counts boxes where the book has bottles: in its stock file alone, or in its movements too."""
    m.units[sku] = m.chance.random() < 0.5


def _sampled(m: _Making, sku: str, item: BookItem) -> None:
    quantity = m.some()
    m.move(EventKind.ADJUSTMENT, m.number("A"), sku, item, -quantity, reason="34")
    m.put(Cause.SAMPLED, item, -quantity)


def _damaged(m: _Making, sku: str, item: BookItem) -> None:
    quantity = m.some()
    m.move(EventKind.ADJUSTMENT, m.number("A"), sku, item, -quantity, reason=m.chance.choice(("51", "52")))
    m.put(Cause.DAMAGED, item, -quantity)


def _twice(m: _Making, sku: str, item: BookItem) -> None:
    found = m.sent(sku, item)
    quantity = found.quantities[item]
    if m.chance.random() < 0.5:
        m.move(EventKind.PARCEL, found.list_no, sku, item, -quantity)
        m.put(Cause.TWICE, item, -quantity)
    else:
        m.twice.append(found)
        m.put(Cause.TWICE, item, quantity)


def _gift(m: _Making, sku: str, item: BookItem) -> None:
    quantity = m.some()
    m.gifts.append(StockRow(sku=sku, item=item, quantity=quantity, cargo=Cargo.GIFT, where=f"gift {len(m.gifts)}"))
    m.put(Cause.ONE_SYSTEM, item, quantity)


def _transfer(m: _Making, sku: str, item: BookItem) -> None:
    """To another book, of which the warehouse or the book has one side alone."""
    quantity, there = m.some(), BookItem(OTHER_BOOK, item.item_record_no)
    into = m.bond(Direction.IN, "0", {there: quantity})
    m.move(EventKind.TRANSFER, into.numbers.bond_no, sku, there, quantity)
    if m.chance.random() < 0.5:
        m.bond(Direction.OUT, "0", {item: -quantity}, related_bond_no=into.numbers.bond_no)
        m.put(Cause.TRANSFER, item, quantity)
    else:
        m.move(EventKind.TRANSFER, into.numbers.bond_no, sku, item, -quantity)
        found = replace(into, related_bond_no=f"QD299226E{m.count:09d}")
        m.lists[m.lists.index(into)] = found
        m.put(Cause.TRANSFER, item, -quantity)


def _cut_off(m: _Making, sku: str, item: BookItem) -> None:
    found = m.parcel(item, m.some())
    at = (NIGHT + timedelta(minutes=m.chance.randint(1, 119))).isoformat()
    m.move(EventKind.PARCEL, found.order_no, sku, item, -found.quantities[item], at=at)
    m.put(Cause.CUT_OFF, item, -found.quantities[item])


def _other_item(m: _Making, sku: str, item: BookItem) -> None:
    """The warehouse takes from another item of the same article; by its movement, or without a trace of it."""
    other = _second(item)
    if m.chance.random() < 0.5:
        found = m.parcel(item, m.some())
        m.gathered.append(found)
        quantity = found.quantities[item]
        m.move(EventKind.PARCEL, found.list_no, sku, other, -quantity)
    else:
        quantity = m.some()
        m.stock[sku, item] += quantity
        m.stock[sku, other] -= quantity
    m.put(Cause.OTHER_ITEM, item, quantity)
    m.put(Cause.OTHER_ITEM, other, -quantity)


def _second(item: BookItem) -> BookItem:
    return BookItem(item.ems_no, f"{item.item_record_no}00000")


def _foreign(m: _Making, sku: str, item: BookItem) -> None:
    """Something of which no document speaks: a loss, a find, a miscount, goods that were moved on paper alone."""
    way = m.chance.randrange(4)
    if way == 3:
        found = m.parcel(item, m.some())
        m.move(EventKind.PARCEL, found.waybill_no, sku, item, -found.quantities[item])
        m.stock[sku, item] += found.quantities[item]
    else:
        m.stock[sku, item] += m.some() * (-1, 1, m.chance.choice((-10, 10)))[way]
    m.foreign.add(item)


_Put = Callable[[_Making, str, BookItem], None]

PUT_IN: tuple[_Put, ...] = (
    _not_deducted, _still_inside, _cancelled, _returned, _tally, _unit, _sampled, _damaged, _twice, _gift, _transfer, _cut_off,
)  # fmt: skip


def make_stocktaking(count: int, seed: int) -> Stocktaking:
    """Return a stocktaking of ``count`` articles, some half of which differ, many for several causes at once."""
    m = _Making(Random(seed))  # noqa: S311
    articles: dict[str, Article] = {}
    for number in range(1, count + 1):
        sku, item = f"SKU{number}", BookItem(BOOK, str(number))
        several = number % 10 == 0
        items = (item, _second(item)) if several else (item,)
        articles[sku] = Article(sku, items, (TWELVE,))
        for each in items:
            quantity = Decimal(m.chance.randint(20, 60) * 12)
            into = m.bond(Direction.IN, "0", {each: quantity})
            m.move(EventKind.INBOUND, m.chance.choice((into.numbers.own_no, into.numbers.bond_no)), sku, each, quantity)
            for _ in range(m.chance.randint(0, 4)):
                m.sent(sku, each)
        _put_in(m, sku, item, several)
    _gather(m)
    stock, movements = _in_units(m)
    truth = {item: {cause: each for cause, each in found.items() if each} for item, found in m.truth.items()}
    papers = BookPapers(lists=tuple(m.lists), parcels=tuple(m.parcels), returns=tuple(m.returns))
    return Stocktaking(papers, movements, stock, articles, truth, frozenset(m.foreign))


def _put_in(m: _Making, sku: str, item: BookItem, several: bool) -> None:
    if several and m.chance.random() < 0.5:
        _other_item(m, sku, item)
        return
    if m.chance.random() < 0.5:
        for put in m.chance.sample(PUT_IN, m.chance.choice((1, 1, 1, 2, 3))):
            put(m, sku, item)
        if m.chance.random() < 0.02:
            _foreign(m, sku, item)
    elif m.chance.random() < 0.1:
        _foreign(m, sku, item)


def _gather(m: _Making) -> None:
    """Bind the parcels in out-lists: deducted ones, a few named twice, and one that is only announced."""
    batches = [m.gathered[at : at + 50] for at in range(0, len(m.gathered), 50)]
    for batch in [*batches, *([each] for each in m.twice)]:
        sums: dict[BookItem, Decimal] = defaultdict(Decimal)
        for each in batch:
            for item, quantity in each.quantities.items():
                sums[item] -= quantity
        m.bond(Direction.OUT, "8", sums, retail_list_nos=tuple(each.list_no for each in batch))
    waiting = BondNumbers(own_no="waiting", bond_no="QD299226E999999999")
    numbers = tuple(each.list_no for each in m.announced)
    m.lists.append(BookedList(numbers=waiting, direction=Direction.OUT, kind="8", retail_list_nos=numbers))


def _in_units(m: _Making) -> tuple[tuple[StockRow, ...], tuple[StockMovement, ...]]:
    """Write stock and movements in the unit in which the warehouse counts, where it counts in another."""
    rows = list(m.gifts)
    for (sku, item), quantity in m.stock.items():
        counted = quantity
        if sku in m.units and any(gift.sku == sku for gift in m.gifts):
            del m.units[sku]
        if sku in m.units:
            counted *= TWELVE
            m.put(Cause.UNIT, item, counted - quantity)
        rows.append(StockRow(sku=sku, item=item, quantity=counted, where=f"stock {len(rows) + 1}"))
    moved = (replace(each, quantity=each.quantity * TWELVE) if m.units.get(each.sku) else each for each in m.movements)
    return tuple(rows), tuple(moved)
