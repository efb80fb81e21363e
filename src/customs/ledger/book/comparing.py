"""Comparison of book and warehouse (账册、仓库库存比对): each difference with its cause, proved by documents or left open.

For each item at one moment, the stock must be the balance of the book plus the gaps of all events between the two
(``customs.ledger.book.events``). Where it is, each gap is named with its cause and documents, also where gaps cancel out
and stock and book agree. Where something is left, nothing is named: the documents are listed as what they are, and the
rest is CA99, unless the figures themselves prove one of three causes, always to the last piece:

- what only one system counts (CA11): the rest is all that the warehouse counts of gifts, packaging and consumables, or
  all that the book holds of them;
- another unit (CA06): with a factor that is known of the article, the equation closes, of the stock alone or with all its
  movements, the quotient of both sides being the same for them;
  Where the stock is too small to prove a unit, and documents account for the rest too, but more of them, nothing is named;
- another item (CA07): of the items of one article exactly two are off, by the same quantity, one above and one below.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from customs.fields.digits import LAST_PLACE
from customs.fields.money import ZERO, exactly
from customs.ledger.book.events import CutOff, StockEvent, StockGap, gaps_of
from customs.ledger.book.grain import Article, Cargo, Grain, StockRow
from customs.ledger.book.items import BookItem
from customs.ledger.book.stock_causes import StockCause

#: A stock of fewer pieces proves no unit: the loss of one of two is as likely as a pair counted as one.
LEAST_OF_A_UNIT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class StockDifference:
    """An item, or a group of items that cannot be told apart, as book and warehouse have it."""

    items: tuple[BookItem, ...]
    """Empty for an article that no item of the book is known for."""
    skus: tuple[str, ...]
    book: Decimal
    stock: Decimal
    documented: tuple[StockGap, ...] = ()
    """Gaps that documents show."""
    proved: tuple[StockGap, ...] = ()
    """Gaps that the figures themselves prove beside the documents."""
    doubted: bool = False
    """True if the documents account for all, and another unit, which the figures do not prove, would need fewer of them."""

    @property
    @exactly
    def difference(self) -> Decimal:
        """Stock less book."""
        return self.stock - self.book

    @property
    @exactly
    def unexplained(self) -> Decimal:
        """The part of the difference that no document and no proof accounts for."""
        return self.difference - sum((each.quantity for each in (*self.documented, *self.proved)), ZERO)

    @property
    def agrees(self) -> bool:
        """True if there is no difference, and no document that says there should be one."""
        return not self.difference and not self.documented and not self.proved

    @property
    def causes(self) -> tuple[StockGap, ...]:
        """The causes that are named: all of the difference is accounted for beyond doubt, or it is CA99."""
        rest = self.difference if self.doubted else self.unexplained
        if not rest and not self.doubted:
            return (*self.documented, *self.proved)
        return (StockGap(StockCause.UNKNOWN, self.item, rest, ()),)

    @property
    def item(self) -> BookItem:
        """The item, or the first of the group; of an article without one its SKU in no book."""
        return self.items[0] if self.items else BookItem("", self.skus[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class StockSides:
    """Book and warehouse to be compared: balances by item, stock, events, and what is known of articles."""

    balances: Mapping[BookItem, Decimal]
    stock: Sequence[StockRow]
    events: Iterable[StockEvent]
    articles: Mapping[str, Article]


@exactly
def compare_stock(sides: StockSides, cut: CutOff) -> tuple[StockDifference, ...]:
    """Return every item of book and warehouse with its difference and causes, in order of the items.

    Balances and stock are those at the two moments of ``cut``.
    """
    return _Comparison(sides, cut).differences()


class _Comparison:
    """The sides by group while they are compared."""

    def __init__(self, sides: StockSides, cut: CutOff) -> None:
        self.sides, self.cut = sides, cut
        self.units: dict[str, _Unit] = {}
        articles = sides.articles
        joined = {
            row.sku
            for row in sides.stock
            if row.item is None and (article := articles.get(row.sku)) and len(article.items) > 1
        }
        self.grain = Grain(articles, joined)
        self.stock: dict[BookItem, list[StockRow]] = defaultdict(list)
        self.homeless: dict[str, list[StockRow]] = defaultdict(list)
        for row in sides.stock:
            self._place(row)
        self.gaps: dict[BookItem, list[StockGap]] = defaultdict(list)
        self.events: dict[BookItem, list[StockEvent]] = defaultdict(list)
        for event in sides.events:
            for item in {each.item for each in (*event.book, *event.warehouse)}:
                self.events[self._head(item)].append(event)
            for gap in gaps_of(event, cut):
                self.gaps[self._head(gap.item)].append(gap)

    def _head(self, item: BookItem) -> BookItem:
        return self.grain.group(item)[0]

    def _place(self, row: StockRow) -> None:
        article = self.sides.articles.get(row.sku)
        item = row.item or (article.items[0] if article and article.items else None)
        if item is None:
            self.homeless[row.sku].append(row)
        else:
            self.stock[self._head(item)].append(row)

    def differences(self) -> tuple[StockDifference, ...]:
        balances: dict[BookItem, Decimal] = defaultdict(lambda: ZERO)
        for item, quantity in self.sides.balances.items():
            balances[self._head(item)] += quantity
        heads = {*balances, *self.stock, *self.gaps}
        found = {head: self._proved(head, self._difference(head, balances[head])) for head in sorted(heads)}
        for head, each in found.items():
            if not each.proved and any(sku in self.units for sku in each.skus):
                found[head] = self._proved(head, each)
        self._pair(found)
        return (*found.values(), *(self._without_item(sku) for sku in sorted(self.homeless)))

    def _difference(self, head: BookItem, balance: Decimal) -> StockDifference:
        items = self.grain.group(head)
        rows = self.stock.get(head, [])
        skus = {row.sku for row in rows} | {sku for item in items for sku in self.grain.articles(item)}
        return StockDifference(
            items=items,
            skus=tuple(sorted(filter(None, skus))),
            book=balance,
            stock=_total(rows),
            documented=tuple(self.gaps.get(head, ())),
        )

    def _without_item(self, sku: str) -> StockDifference:
        """An article that no item of the book is known for."""
        rows = self.homeless[sku]
        total = _total(rows)
        found = StockDifference(items=(), skus=(sku,), book=ZERO, stock=total)
        article = self.sides.articles.get(sku)
        if total and all((article.cargo if article else row.cargo) is not Cargo.GOODS for row in rows):
            gap = StockGap(StockCause.ONE_SYSTEM, found.item, total, _rows(rows))
            return replace(found, proved=(gap,))
        return found

    def _proved(self, head: BookItem, found: StockDifference) -> StockDifference:
        """Add what the figures of one group prove."""
        rest = found.unexplained
        if not rest and not found.documented:
            return found
        if rest and (gap := self._one_system(head, found, rest)):
            return replace(found, proved=(gap,))
        supposed = tuple(self._units(head, found))
        sure = {each.unit: each.found for each in supposed if each.sure}
        if len(sure) != 1:
            return replace(found, doubted=not rest and bool(supposed))
        (unit, in_unit), *_ = sure.items()
        self.units[unit.sku] = unit
        return in_unit

    def _one_system(self, head: BookItem, found: StockDifference, rest: Decimal) -> StockGap | None:
        rows = [each for each in self.stock.get(head, ()) if each.cargo is not Cargo.GOODS]
        if rows and _total(rows) == rest:
            return StockGap(StockCause.ONE_SYSTEM, head, rest, _rows(rows))
        articles = [self.sides.articles[sku] for sku in found.skus if sku in self.sides.articles]
        uncounted = bool(articles) and all(each.cargo is not Cargo.GOODS for each in articles)
        if uncounted and not self.stock.get(head) and rest == -found.book:
            return StockGap(StockCause.ONE_SYSTEM, head, rest, found.skus)
        return None

    def _units(self, head: BookItem, found: StockDifference) -> Iterator["_Supposed"]:
        """Yield what closes the equation if the warehouse counts an article in another unit."""
        for sku in found.skus:
            article = self.sides.articles.get(sku)
            rows = [each for each in self.stock.get(head, ()) if each.sku == sku]
            counted = _total(rows)
            for factor, divides in product(article.factors if article else (), (False, True)):
                unit = _Unit(sku, factor, divides)
                right = unit.of(counted)
                least = 0 if self.units.get(sku) == unit else LEAST_OF_A_UNIT
                if right is None or right == counted:
                    continue
                gap = StockGap(StockCause.UNIT, head, counted - right, (str(unit), *_rows(rows)))
                for documented in (found.documented, self._in_unit(head, unit)):
                    supposed = (
                        None
                        if documented is None
                        else replace(found, documented=documented, proved=(gap,), doubted=False)
                    )
                    if supposed and not supposed.unexplained and _is_simpler(supposed, found):
                        yield _Supposed(unit, supposed, min(counted, right) >= least)

    def _in_unit(self, head: BookItem, unit: "_Unit") -> tuple[StockGap, ...] | None:
        """The gaps of a group if the warehouse's movements of an article are in the other unit too."""
        group = set(self.grain.group(head))
        gaps: list[StockGap] = []
        for event in self.events[head]:
            moved = []
            for each in event.warehouse:
                right = unit.of(each.quantity) if each.sku == unit.sku else each.quantity
                if right is None:
                    return None
                moved.append(each._replace(quantity=right))
            gaps += [each for each in gaps_of(replace(event, warehouse=tuple(moved)), self.cut) if each.item in group]
        return tuple(gaps)

    def _pair(self, found: dict[BookItem, StockDifference]) -> None:
        """Name the two items of an article that are off by the same quantity, one above and one below."""
        off: dict[str, list[BookItem]] = defaultdict(list)
        for head, each in found.items():
            if each.unexplained and len(each.items) == 1:
                for sku in each.skus:
                    off[sku].append(head)
        pairs = {
            sku: (heads[0], heads[1])
            for sku, heads in off.items()
            if len(heads) == 2 and not found[heads[0]].unexplained + found[heads[1]].unexplained
        }
        paired = Counter(head for pair in pairs.values() for head in pair)
        for sku, pair in pairs.items():
            if any(paired[head] > 1 for head in pair):
                continue  # an item of two such articles: nobody can tell with which it was mistaken
            for head, other in (pair, reversed(pair)):
                papers = (f"{sku}: {other}", *_rows(row for row in self.stock.get(head, ()) if row.sku == sku))
                gap = StockGap(StockCause.OTHER_ITEM, head, found[head].unexplained, papers)
                found[head] = replace(found[head], proved=(gap,))


class _Unit(NamedTuple):
    """Another unit of an article: so many of the book make one of the warehouse, or the other way round."""

    sku: str
    factor: Decimal
    divides: bool

    def of(self, quantity: Decimal) -> Decimal | None:
        """Return a quantity of the warehouse in the unit of the book, None where it cannot be said exactly."""
        if not self.divides:
            return quantity * self.factor
        right = (quantity / self.factor).quantize(LAST_PLACE)
        return right if right * self.factor == quantity else None

    def __str__(self) -> str:
        return f"{self.sku} {'/' if self.divides else 'x'} {self.factor.normalize():f}"


class _Supposed(NamedTuple):
    """A unit that closes the equation of a group, and the difference then."""

    unit: _Unit
    found: StockDifference
    sure: bool
    """True if the stock is large enough to prove it."""


def _is_simpler(supposed: StockDifference, found: StockDifference) -> bool:
    """True if another unit explains what documents alone leave open, or needs fewer of them: then the quotient of the two
    sides is constant over its events.
    """
    return bool(found.unexplained) or len(supposed.documented) < len(found.documented)


def _rows(rows: Iterable[StockRow]) -> tuple[str, ...]:
    return tuple(filter(None, (each.where for each in rows)))


def _total(rows: Iterable[StockRow]) -> Decimal:
    return sum((each.quantity for each in rows), ZERO)
