"""Sorting bounded lists by a column (按列排序): a heading is a link that sorts by it, and the other way round the next time.

>>> rows = sorted_rows(["b", "c", "a"], {"letter": lambda row: row}, "-letter")
>>> rows, sorting_heading("Letter", "letter", "-letter", "?sort={}".format)
(['c', 'b', 'a'], ('Letter', '', '?sort=letter', 'descending'))
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


def sorted_rows(rows: Iterable[T], columns: Mapping[str, Callable[[T], Any]], asked: str) -> list[T]:
    """Return rows by the column that is asked for, downwards after a hyphen; as they are for any other text."""
    key = columns.get(asked.removeprefix("-"))
    return sorted(rows, key=key, reverse=asked.startswith("-")) if key else list(rows)


def sorting_heading(
    word: str, column: str, asked: str, address: Callable[[str], str], *, numeric: bool = False
) -> tuple[str, str, str, str]:
    """Return a heading as a table takes it: its word and class, the address that sorts by it, and how it is sorted now."""
    direction = {column: "ascending", f"-{column}": "descending"}.get(asked, "")
    following = f"-{column}" if direction == "ascending" else column
    return word, "n" if numeric else "", address(following), direction
