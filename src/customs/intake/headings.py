"""The heading row (表头): the first row with at least two texts; titles above it are passed over, which is said."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from customs.intake.sheets import MOST_COLUMNS, RETURNED, SheetError, Value

#: Rows with something in them that may stand above the headings.
MOST_ABOVE = 20


class HeadingRow(NamedTuple):
    """The heading row of a table."""

    headings: tuple[str, ...]
    number: int
    passed_over: frozenset[int]
    """Columns that are not read, from 0: those in which reasons were given back."""
    above: int
    """How many rows above it have something in them."""

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """The words of the rows above it that were passed over, in English and Chinese."""
        if not self.above:
            return ()
        en = f"the headings are in row {self.number}, what is above them is passed over"
        return ((en, f"表头在第 {self.number} 行，其上各行略过"),)

    def read(self, cells: Sequence[Value]) -> Sequence[Value]:
        """Return the cells of a row without those that are not read."""
        if not self.passed_over:
            return cells
        return [None if at in self.passed_over else each for at, each in enumerate(cells)]


def first_headings(name: str, rows: Iterator[tuple[int, Sequence[object]]]) -> HeadingRow:
    """Take rows until the headings; return them, their row, and what to say.

    Raises ``SheetError`` if there are none.
    """
    above = 0
    for number, cells in rows:
        texts = [each for each in cells if isinstance(each, str) and each.strip()]
        if len(texts) > 1:
            return _heading_row(name, number, cells, above)
        above += any(each is not None and str(each).strip() != "" for each in cells)
        if above > MOST_ABOVE:
            break
    raise SheetError(
        f"{name} has no headings: the first row must name its columns, such as 订单编号 or order_no",
        f"{name} 没有表头：第一行应为各列名称，如“订单编号”",
    )


def _heading_row(name: str, number: int, cells: Sequence[object], above: int) -> HeadingRow:
    found = ["" if each is None else str(each).strip() for each in cells]
    passed_over = frozenset(at for at, each in enumerate(found) if each in RETURNED)
    found = ["" if at in passed_over else each for at, each in enumerate(found)]
    while found and not found[-1]:
        found.pop()
    if len(found) > MOST_COLUMNS:
        raise SheetError(f"{name} has more than {MOST_COLUMNS:,} columns", f"{name} 超过 {MOST_COLUMNS} 列")
    return HeadingRow(tuple(found), number, passed_over, above)
