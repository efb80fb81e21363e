"""Questions in parts (分批查询): many values are asked for in questions of as many as either database takes.

>>> [len(each) for each in in_parts(range(1200))]
[500, 500, 200]
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

T = TypeVar("T")

#: Values in one question: below what either database takes, and a plan for so many is made quickly.
AT_ONCE = 500


def in_parts(values: Iterable[T]) -> Iterator[list[T]]:
    """Yield values in lists of at most ``AT_ONCE``."""
    rest = iter(values)
    while part := list(islice(rest, AT_ONCE)):
        yield part


def keys_in_parts(keys: Iterable[tuple[Any, ...]]) -> Iterator[tuple[tuple[Any, ...], list[Any]]]:
    """Yield keys of several columns: the values of all columns but the last, with the values of the last in parts.

    So each question finds its rows by an index: SQLite reads a whole table for a list of keys of several columns.

    >>> list(keys_in_parts([("P1", "O1"), ("P2", "O1"), ("P1", "O2")]))
    [(('P1',), ['O1', 'O2']), (('P2',), ['O1'])]
    """
    lasts = defaultdict[tuple[Any, ...], list[Any]](list)
    for *first, last in dict.fromkeys(keys):
        lasts[tuple(first)].append(last)
    for same, values in lasts.items():
        for part in in_parts(values):
            yield same, part
