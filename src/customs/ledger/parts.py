"""Questions in parts (分批查询): many values are asked for in questions of as many as either database takes.

>>> [len(each) for each in in_parts(range(1200))]
[500, 500, 200]
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

#: Values in one question: below what either database takes, and a plan for so many is made quickly.
AT_ONCE = 500


def in_parts(values: Iterable[T]) -> Iterator[list[T]]:
    """Yield values in lists of at most ``AT_ONCE``."""
    rest = iter(values)
    while part := list(islice(rest, AT_ONCE)):
        yield part
