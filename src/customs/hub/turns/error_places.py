"""Places of errors (错误位置): the kind of an exception and where it was raised, which may be told; its text may hold a value."""

import traceback
from collections.abc import Iterator
from types import TracebackType

#: The places of the program that are said of an exception, the last ones.
PLACES = 4


def place_of_error(error: BaseException) -> str:
    """Return the kind of an exception and where it was raised, the innermost place first; nothing of its text.

    >>> try:
    ...     int("32000018000101123X")
    ... except ValueError as error:
    ...     place_of_error(error)
    'ValueError in <module>:...'
    """
    where = " < ".join(f"{name}:{line}" for name, line in _places(error.__traceback__))
    return f"{type(error).__name__} in {where}" if where else type(error).__name__


def _places(trace: TracebackType | None) -> Iterator[tuple[str, int | None]]:
    for each in reversed(traceback.extract_tb(trace)[-PLACES:]):
        yield each.name, each.lineno
