"""Merged areas (合并单元格) under way: the value of the first cell counts for each of its cells, row after row."""

from collections.abc import Iterable, Mapping, Sequence

from customs.intake.sheets import Odd, Value


class Ascending:
    """Numbers in order, of which each is taken once."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._numbers, self._at = numbers, 0

    def until(self, end: int) -> Sequence[int]:
        """Return the numbers below ``end`` that were not taken."""
        at = start = self._at
        while at < len(self._numbers) and self._numbers[at] < end:
            at += 1
        self._at = at
        return self._numbers[start:at]


class MergedAreas:
    """Merged areas under way: the value of the first cell, for the rows that follow."""

    def __init__(self, areas: Iterable[int], above: int, width: int) -> None:
        self._areas, self._width = Ascending(sorted(areas)), width
        self._areas.until(above + 1 << 44)
        self._open: dict[int, tuple[int, Value]] = {}

    def filled(self, number: int, values: Sequence[Value], odd: dict[int, Odd]) -> Sequence[Value]:
        """Return a row with the values of merged areas, and note them."""
        starting = self._areas.until(number + 1 << 44)
        if not starting and not self._open:
            return values
        found = list(values)
        for area in starting:
            self._begin(area, number, found, odd)
        for column, (last, value) in list(self._open.items()):
            if last < number:
                del self._open[column]
            elif column not in odd and found[column] is None and value is not None:
                found[column] = value
                odd[column] = Odd.MERGED
        return found

    def _begin(self, area: int, number: int, values: Sequence[Value], odd: Mapping[int, Odd]) -> None:
        """Open an area in each of its columns."""
        if area >> 44 != number:
            return
        first, last = area >> 11 & 0x7FF, area & 0x7FF
        value = values[first] if first < self._width else None
        for column in range(first, min(last + 1, self._width)):
            self._open[column] = area >> 22 & 0x3FFFFF, value
