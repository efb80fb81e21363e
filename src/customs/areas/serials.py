"""Serial numbers of messages (报文序号): each is taken once, and none may come twice.

>>> serials = counting(7)
>>> serials(), serials()
(7, 8)
>>> first, second = counting(100).share(0, of=2), counting(100).share(1, of=2)
>>> [first(), first()], [second(), second()]
([100, 102], [101, 103])
"""

from collections.abc import Callable
from threading import Lock
from typing import Self

#: Gives the serial number of each message; the caller sees to it that none comes twice.
Serials = Callable[[], int]


class Counting:
    """Serial numbers that count upwards within one process.

    A pickled copy goes on from where it was, and gives the same numbers as the original: workers get a ``share`` each
    instead.
    """

    def __init__(self, start: int = 1, step: int = 1) -> None:
        self._next, self._step, self._lock = start, step, Lock()

    @property
    def next(self) -> int:
        """The number that is taken next."""
        return self._next

    def __call__(self) -> int:
        with self._lock:
            taken, self._next = self._next, self._next + self._step
        return taken

    def share(self, worker: int, *, of: int) -> Self:
        """The numbers of one of several workers, counted from 0: no two shares have a number in common."""
        return type(self)(self._next + worker * self._step, self._step * of)

    def after(self, count: int) -> Self:
        """Return the numbers that follow when ``count`` more were taken, such as those for the parcels before a
        chunk.
        """
        return type(self)(self._next + count * self._step, self._step)

    def __reduce__(self) -> tuple[type[Self], tuple[int, int]]:
        return type(self), (self._next, self._step)

    def __repr__(self) -> str:
        return f"Counting({self._next}, step={self._step})"


def counting(start: int = 1) -> Counting:
    """Serial numbers that count upwards from ``start``."""
    return Counting(start)
