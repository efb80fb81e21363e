"""Mappings that are values: they cannot be changed, and can be compared, hashed and pickled.

>>> rates = FrozenDict(a=1)
>>> rates == {"a": 1}, hash(rates) == hash(FrozenDict(a=1))
(True, True)
>>> rates["b"] = 2
Traceback (most recent call last):
    ...
TypeError: a FrozenDict cannot be changed
"""

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

#: Makes a named tuple of all its values in order, at half the cost of calling its type: for loops over lines.
made = tuple.__new__

K = TypeVar("K")
V = TypeVar("V")


def _refuse(*_: object, **__: object) -> NoReturn:
    raise TypeError("a FrozenDict cannot be changed")


#: Takes the place of every method that would change the dictionary, whatever its signature.
_REFUSED: Any = _refuse


class FrozenDict(dict[K, V]):
    """A dictionary that cannot be changed. It reads as fast as a plain one, and is hashable if its values are."""

    __slots__ = ()

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _REFUSED

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Callable[..., "FrozenDict[K, V]"], tuple[dict[K, V]]]:
        return type(self), (dict(self),)
