"""The heading row (表头): the first row with at least two texts; titles above it are passed over, which is said."""

from collections.abc import Iterable, Iterator, Sequence

from customs.intake.sheets import MOST_COLUMNS, SheetError

#: Rows with something in them that may stand above the headings.
MOST_ABOVE = 20

_Found = tuple[tuple[str, ...], int, tuple[tuple[str, str], ...]]


def first_headings(name: str, rows: Iterator[tuple[int, Sequence[object]]]) -> _Found:
    """Take rows until the headings; return them, their row, and what to say.

    Raises ``SheetError`` if there are none.
    """
    above = 0
    for number, cells in rows:
        texts = [each for each in cells if isinstance(each, str) and each.strip()]
        if len(texts) > 1:
            return _headings(name, cells), number, _said(number) if above else ()
        above += any(each is not None and str(each).strip() != "" for each in cells)
        if above > MOST_ABOVE:
            break
    raise SheetError(
        f"{name} has no headings: the first row must name its columns, such as 订单编号",
        f"{name} 没有表头：第一行应为各列名称，如“订单编号”",
    )


def _headings(name: str, cells: Iterable[object]) -> tuple[str, ...]:
    found = ["" if each is None else str(each).strip() for each in cells]
    while not found[-1]:
        found.pop()
    if len(found) > MOST_COLUMNS:
        raise SheetError(f"{name} has more than {MOST_COLUMNS:,} columns", f"{name} 超过 {MOST_COLUMNS} 列")
    return tuple(found)


def _said(number: int) -> tuple[tuple[str, str], ...]:
    return (
        (f"the headings are in row {number}, what is above them is passed over", f"表头在第 {number} 行，其上各行略过"),
    )
