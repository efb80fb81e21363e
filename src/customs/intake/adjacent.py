"""Adjacent rows (相邻行): the orders of a table without end, whose rows stand together, each yielded once it is whole.

``gather`` finds the rows of an order wherever they stand, and keeps the table for it; here one order is kept at a time. An
order number that comes again after another one makes an order of its own: whoever declares finds it repeated.

>>> from customs.intake.columns import columns_of
>>> from customs.intake.sheets import Sheet, SheetRow
>>> headings = ("订单号", "SKU", "数量")
>>> rows = [SheetRow(2, ("A1", "S1", "1")), SheetRow(3, ("A1", "S2", "2")), SheetRow(4, ("A2", "S1", "1"))]
>>> sheet = Sheet(file="orders.csv", kind="csv", headings=headings, rows=iter(rows))
>>> [(order.order_no, [row.number for row in order.rows]) for order in adjacent(sheet, columns_of(headings))]
[('A1', [2, 3]), ('A2', [4])]
"""

from collections import deque
from collections.abc import Iterator

from customs.fields.faults import LISTED
from customs.intake.columns import Columns
from customs.intake.gathering import Look, OrderRows, RowDoubt, folded, is_empty
from customs.intake.sheets import Sheet, SheetRow
from customs.rules import catalogue

#: Rows that are kept of one order, and rows between two orders that belong to none: an order has 99 lines at most.
_KEPT = 1_000


def adjacent(sheet: Sheet, columns: Columns) -> Iterator[OrderRows]:
    """Yield the orders of a sheet whose rows stand together; empty rows are skipped.

    Rows that belong to no order come one by one, after the order above them. Of two neighbours whose numbers differ in
    blanks, case or width alone both are doubted. Raises what reading the rows raises.
    """
    numbered = columns.at("order.order_no")
    assert numbered is not None, "columns_of sees to it"
    look, open_order = Look(numbered, columns), _OpenOrder()
    for row in sheet.rows:
        if not is_empty(row):
            yield from open_order.add(row, look)
    yield from open_order.finish()


class _OpenOrder:
    """The order whose rows are being read, and the rows after it that belong to none."""

    def __init__(self) -> None:
        self._order_no = ""
        self._rows: list[SheetRow] = []
        self._doubts: list[RowDoubt] = []
        self._alone: list[OrderRows] = []
        self._loose = deque[tuple[SheetRow, bool]](maxlen=_KEPT)
        """Rows without an order number since the last one that has one; True if the order above is doubted for it."""

    def add(self, row: SheetRow, look: Look) -> Iterator[OrderRows]:
        """Add a row; yield what is whole before it."""
        order_no = look.order_no(row)
        if what := look.other(row, order_no):
            facts = {"row": row.number, "what": what[0], "what_zh": what[1]}
            yield from self._add_alone(row, RowDoubt(catalogue.ROW_OTHER, row.number, facts))
        elif not order_no:
            doubted = bool(self._rows) and look.may_belong(row, self._rows[-1])
            if doubted:
                self._doubt_for(row)
            self._loose.append((row, doubted))
            yield from self._add_alone(row)
        else:
            yield from self._add_numbered(order_no, row, look)

    def finish(self) -> Iterator[OrderRows]:
        """Yield the open order and the rows after it that belong to none."""
        if self._rows:
            yield OrderRows(self._order_no, tuple(self._rows), tuple(self._doubts), (0,) * len(self._rows))
        yield from self._alone
        self._rows, self._doubts, self._alone = [], [], []

    def _add_alone(self, row: SheetRow, *doubts: RowDoubt) -> Iterator[OrderRows]:
        if len(self._alone) >= _KEPT:
            yield from self.finish()
        self._alone.append(OrderRows("", (row,), doubts, (0,)))

    def _add_numbered(self, order_no: str, row: SheetRow, look: Look) -> Iterator[OrderRows]:
        goes_on = bool(self._rows) and order_no == self._order_no
        if not goes_on:
            doubts = self._compare(order_no, row.number)
            yield from self.finish()
            self._order_no, self._doubts = order_no, doubts
        for each, doubted in self._loose:
            if not (goes_on and doubted) and look.may_belong(each, row):
                self._doubt_for(each)
        self._loose.clear()
        if len(self._rows) < _KEPT:
            self._rows.append(row)

    def _compare(self, order_no: str, row: int) -> list[RowDoubt]:
        """Doubt the open order if its number is that of the next one but for blanks, case or width; return the doubts
        about the next one.
        """
        if not self._rows or folded(order_no) != folded(self._order_no):
            return []
        first = self._rows[0].number
        self._doubt(RowDoubt(catalogue.ORDER_ALIKE, first, {"row": row}))
        return [RowDoubt(catalogue.ORDER_ALIKE, row, {"row": first})]

    def _doubt_for(self, loose: SheetRow) -> None:
        self._doubt(RowDoubt(catalogue.ROW_LOOSE, loose.number, {"row": loose.number}))

    def _doubt(self, doubt: RowDoubt) -> None:
        if len(self._doubts) < LISTED:
            self._doubts.append(doubt)
