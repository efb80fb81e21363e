"""The grain of a comparison (对照口径): which items of the book and which articles of the warehouse are counted together.

The book counts by item, the warehouse by article (SKU). An item may join several articles, and an article may be filed
under several items. Where the stock file says the item, that counts; where it does not, the items of an article are
compared as one group, since nobody can tell them apart.

>>> from customs.ledger.book.items import book_item
>>> first, second = book_item("T1", "1"), book_item("T1", "2")
>>> grain = Grain({"A": Article("A", (first, second)), "B": Article("B", (first,))}, joined=["A"])
>>> grain.group(second) == grain.group(first) == (first, second), grain.articles(first)
(True, ('A', 'B'))
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from customs.ledger.book.items import BookItem


class Cargo(StrEnum):
    """货物性质 cargo_type."""

    GOODS = "goods"
    """商品."""
    GIFT = "gift"
    """赠品."""
    PACKAGING = "packaging"
    """包材."""
    CONSUMABLE = "consumable"
    """耗材."""


@dataclass(frozen=True, slots=True)
class Article:
    """货号: an article of the warehouse, the items it is filed under, and the factors between units that are known of it.

    A factor is how many declared units of the book make one unit in which the warehouse could count, such as 12 for a
    box of 12 bottles.
    """

    sku: str
    items: tuple[BookItem, ...]
    factors: tuple[Decimal, ...] = ()
    cargo: Cargo = Cargo.GOODS


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRow:
    """A row of the warehouse's stock file: how much of an article lies there, whatever its state."""

    sku: str
    item: BookItem | None = None
    """None where the file does not say it."""
    quantity: Decimal
    cargo: Cargo = Cargo.GOODS
    state: str = ""
    """As the warehouse writes it: good, defective, frozen. All of it is stock."""
    where: str = ""
    """The row of the file."""


class Grain:
    """Which items are compared together, and which articles belong to them."""

    def __init__(self, articles: Mapping[str, Article], joined: Iterable[str]) -> None:
        """Join the items of the articles ``joined``, of which the stock does not say the item."""
        self._above: dict[BookItem, BookItem] = {}
        self._articles: dict[BookItem, list[str]] = {}
        for article in articles.values():
            for item in article.items:
                self._articles.setdefault(item, []).append(article.sku)
        for sku in joined:
            for item in articles[sku].items[1:]:
                self._join(articles[sku].items[0], item)
        self._members: dict[BookItem, tuple[BookItem, ...]] = {}
        for item in {*self._above, *(self._above[each] for each in self._above)}:
            head = self._head(item)
            self._members[head] = (*self._members.get(head, ()), item)

    def group(self, item: BookItem) -> tuple[BookItem, ...]:
        """Return the items that are compared as one with an item, in order."""
        return tuple(sorted(self._members.get(self._head(item), (item,))))

    def articles(self, item: BookItem) -> tuple[str, ...]:
        """Return the articles that are filed under an item."""
        return tuple(self._articles.get(item, ()))

    def _head(self, item: BookItem) -> BookItem:
        while (above := self._above.get(item, item)) != item:
            item = above
        return item

    def _join(self, one: BookItem, other: BookItem) -> None:
        low, high = sorted((self._head(one), self._head(other)))
        self._above.setdefault(low, low)
        self._above[high] = low
