"""Errors that keep nothing of what was read (报错不留存原文), so that no log of theirs can hold personal data.

Python keeps the error before in ``__context__``, even where it is not shown: one of the standard library's or pydantic's
has the whole input in it, and collectors of errors write it down.

>>> @forgetting
... def number(text: str) -> int:
...     try:
...         return int(text)
...     except ValueError:
...         raise ValueError("not a number") from None
>>> try:
...     number("somebody")
... except ValueError as error:
...     print(error, error.__context__)
not a number None
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def forgetting(reading: Callable[P, R]) -> Callable[P, R]:
    """Return a function whose ``ValueError``, of any kind, holds no error before it."""

    @wraps(reading)
    def read(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return reading(*args, **kwargs)
        except ValueError as error:
            error.__context__ = None
            raise

    return read
