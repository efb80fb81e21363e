"""Gathering (按订单归集): the rows of each order, wherever they stand in the table, which is read once.

Rows are kept packed, so that a table of a million rows fits in memory; orders come in the order in which they first
appear. Two order numbers are one only if they are the same text once the blanks around them are taken off; of those
that differ in blanks, case or width alone, both orders are doubted.

>>> from customs.intake.columns import columns_of
>>> from customs.intake.sheets import Sheet, SheetRow
>>> headings = ("订单号", "SKU", "数量")
>>> rows = [SheetRow(2, ("A1", "S1", "1")), SheetRow(3, ("A2", "S1", "2")), SheetRow(4, ("A1 ", "S2", "1"))]
>>> gathered = gather(Sheet(file="orders.csv", kind="csv", headings=headings, rows=iter(rows)), columns_of(headings))
>>> len(gathered), [(order.order_no, [row.number for row in order.rows]) for order in gathered]
(2, [('A1', [2, 4]), ('A2', [3])])
"""

import pickle
import unicodedata
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from customs.fields.faults import LISTED
from customs.intake.cell_values import cleaned
from customs.intake.column_names import SKU
from customs.intake.columns import Columns, SheetColumn
from customs.intake.sheets import Odd, Sheet, SheetRow, Value
from customs.rules import catalogue
from customs.rules.finding import Kind

#: Beginnings of rows that add up or explain the rows above.
TOTALS = frozenset(
    {"合计", "总计", "小计", "共计", "总数", "合计:", "total", "totals", "subtotal", "sum", "grandtotal"}
)

#: The fields by which a row without an order number is taken for a line of the order above it.
_GOODS = frozenset({SKU, "line.item_name", "line.item_no", "line.hs_code"})

#: Values of an odd cell that cannot be an order number.
_NO_VALUE = frozenset({Odd.ERROR, Odd.UNCOMPUTED})


class RowDoubt(NamedTuple):
    """A doubt about a row of an order."""

    kind: Kind
    row: int
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class OrderRows:
    """The rows of one order; without an order number it is a single row that belongs to none."""

    order_no: str
    rows: tuple[SheetRow, ...] = field(repr=False)
    doubts: tuple[RowDoubt, ...] = ()
    runs: tuple[int, ...] = field(default=(), repr=False)
    """The run of each row: rows of different runs have other orders between them."""


class Gathered:
    """The orders of a table, in the order of their first rows; how many there are is known."""

    def __init__(self, orders: "_Orders") -> None:
        self._packed = orders.packed
        self._doubts = orders.doubts

    def __len__(self) -> int:
        return len(self._packed)

    def __contains__(self, order_no: object) -> bool:
        return isinstance(order_no, str) and order_no in self._packed

    def __iter__(self) -> Iterator[OrderRows]:
        for key, packed in self._packed.items():
            numbered = [(run, row) for run, each in enumerate(packed) for row in _unpacked(each)]
            yield OrderRows(
                order_no=key if isinstance(key, str) else "",
                rows=tuple(row for _, row in numbered),
                doubts=tuple(self._doubts.get(key, ())),
                runs=tuple(run for run, _ in numbered),
            )

    @property
    def size(self) -> int:
        """The bytes that all rows take, packed."""
        return sum(len(each) for packed in self._packed.values() for each in packed)


#: An order number, or the number of a row that has none.
_Key = str | int


def gather(sheet: Sheet, columns: Columns) -> Gathered:
    """Return the orders of a sheet; its rows are read to their end, and empty ones are skipped."""
    numbered = columns.at("order.order_no")
    assert numbered is not None, "columns_of sees to it"
    orders = _Orders()
    look = Look(numbered, columns)
    for row in sheet.rows:
        if not is_empty(row):
            orders.add(row, look)
    orders.finish()
    return Gathered(orders)


def is_empty(row: SheetRow) -> bool:
    """True if no cell of a row holds anything, nor lost what it held."""
    return not any(map(_filled, row.values)) and _NO_VALUE.isdisjoint(row.odd.values())


class Look:
    """How the rows of one table are looked at."""

    def __init__(self, numbered: SheetColumn, columns: Columns) -> None:
        self.numbered = numbered
        self.heading = folded(numbered.heading)
        known = [each for each in columns.known if each is not numbered]
        self.others = [at for each in known for at in each.indices]
        self.goods = [each.index for each in known if each.path in _GOODS]
        of_order = [each for each in known if each.path != SKU and not each.path.startswith("line.")]
        self.of_order = [at for each in of_order for at in each.indices]
        self._last: tuple[Value, str] = (None, "")
        self._last_folded = ("", "")

    def order_no(self, row: SheetRow) -> str:
        """The order number of a row, empty if it has none or none that can be taken."""
        index = self.numbered.index
        value = _at(row, index)
        if row.odd and row.odd.get(index) in _NO_VALUE:
            return ""
        last, found = self._last
        if value is last or (type(value) is str and value == last):
            return found
        converted = self.numbered.convert(value)
        self._last = value, converted if isinstance(converted, str) else ""
        return self._last[1]

    def other(self, row: SheetRow, order_no: str) -> tuple[str, str] | None:
        """The words for a row that is none of an order, in English and Chinese; None for one of an order."""
        value = _at(row, self.numbered.index)
        text = cleaned(value) if isinstance(value, str) else order_no
        if text:
            plain = self._folded_as_last(text)
            if plain == self.heading:
                return "the row of headings again", "重复的表头"
            is_total = plain in TOTALS
        else:
            is_total = any(isinstance(each, str) and folded(each) in TOTALS for each in row.values)
        if is_total:
            return "a total", "合计行"
        if text and not text.isascii() and not self._any(row, self.others):
            return "a remark", "说明文字"
        return None

    def _folded_as_last(self, order_no: str) -> str:
        """An order number folded; rows of one order mostly stand together."""
        if order_no != self._last_folded[0]:
            self._last_folded = order_no, folded(order_no)
        return self._last_folded[1]

    def may_belong(self, row: SheetRow, other: SheetRow) -> bool:
        """True if a row without an order number may be a line of the order of another row: it has goods, and no value of
        an order that differs.
        """
        if not self._any(row, self.goods):
            return False
        pairs = [(_at(row, index), _at(other, index)) for index in self.of_order]
        return all(one == two or not (_filled(one) and _filled(two)) for one, two in pairs)

    def _any(self, row: SheetRow, indices: Sequence[int]) -> bool:
        return any(_filled(_at(row, index)) for index in indices)


class _Orders:
    """Orders while their rows are read."""

    def __init__(self) -> None:
        self.packed: dict[_Key, list[bytes]] = {}
        self.doubts: dict[_Key, list[RowDoubt]] = {}
        self._alike: dict[str, tuple[str, int]] = {}
        self._open: list[SheetRow] = []
        self._key: _Key | None = None
        self._last: SheetRow | None = None
        self._loose: list[tuple[SheetRow, _Key | None]] = []
        """Rows without an order number since the last one that has one, with the order that is doubted for each."""

    def add(self, row: SheetRow, look: Look) -> None:
        order_no = look.order_no(row)
        if what := look.other(row, order_no):
            facts = {"row": row.number, "what": what[0], "what_zh": what[1]}
            self._doubt(row.number, RowDoubt(catalogue.ROW_OTHER, row.number, facts))
            self._alone(row)
        elif order_no:
            self._numbered(order_no, row, look)
        else:
            above = self._key if self._last and look.may_belong(row, self._last) else None
            if above is not None:
                self._doubt(above, RowDoubt(catalogue.ROW_LOOSE, row.number, {"row": row.number}))
            self._loose.append((row, above))
            self._alone(row)

    def _numbered(self, order_no: str, row: SheetRow, look: Look) -> None:
        """Keep a row of an order; rows without an order number above its first one may belong to it."""
        if order_no != self._key:
            if order_no not in self.packed:
                self._compare(order_no, row.number)
            self.finish()
            self._key = order_no
            self.packed.setdefault(order_no, [])
        for each, doubted in self._loose:
            if doubted != order_no and look.may_belong(each, row):
                self._doubt(order_no, RowDoubt(catalogue.ROW_LOOSE, each.number, {"row": each.number}))
        self._loose.clear()
        self._open.append(row)
        self._last = row

    def _alone(self, row: SheetRow) -> None:
        """Keep a row that belongs to no order; the order above it goes on."""
        self.packed.setdefault(row.number, []).append(_packed([row]))

    def finish(self) -> None:
        if self._key is not None and self._open:
            self.packed[self._key].append(_packed(self._open))
            self._open = []

    def _compare(self, order_no: str, row: int) -> None:
        other, first = self._alike.setdefault(folded(order_no), (order_no, row))
        if other != order_no:
            self._doubt(order_no, RowDoubt(catalogue.ORDER_ALIKE, row, {"row": first}))
            self._doubt(other, RowDoubt(catalogue.ORDER_ALIKE, first, {"row": row}))

    def _doubt(self, key: _Key, doubt: RowDoubt) -> None:
        here = self.doubts.setdefault(key, [])
        if len(here) < LISTED:
            here.append(doubt)


def _at(row: SheetRow, index: int) -> Value:
    return row.values[index] if index < len(row.values) else None


def _filled(value: Value) -> bool:
    return value is not None and (not isinstance(value, str) or bool(cleaned(value)))


def folded(order_no: str) -> str:
    """Return an order number without what two of them may not differ in alone."""
    return "".join(unicodedata.normalize("NFKC", order_no).split()).casefold()


def _packed(rows: Sequence[SheetRow]) -> bytes:
    plain = [(row.number, row.values, dict(row.odd) or None) for row in rows]
    return zlib.compress(pickle.dumps(plain, protocol=5), 1)


def _unpacked(packed: bytes) -> Iterator[SheetRow]:
    plain = pickle.loads(zlib.decompress(packed))  # noqa: S301  packed above, in this process
    return (SheetRow(number, values, odd or {}) for number, values, odd in plain)
