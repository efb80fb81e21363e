"""Guids (报文与单证的唯一编号): the source of the numbers of documents and messages. It is given to a run, never taken.

>>> take = seeded_guids(7)
>>> take() == seeded_guids(7)()
True
"""

import os
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

Guids = Callable[[], str]


def random_guids() -> str:
    """Return a guid that was never given before: a random UUID in upper case.

    They are drawn in blocks, one for each process: what a process has drawn, a fork of it does not give again.
    """
    if _drawn.process != os.getpid():
        _drawn.guids.clear()
        _drawn.process = os.getpid()
    try:
        return _drawn.guids.pop()
    except IndexError:
        first, *others = _block()
        _drawn.guids += others
        return first


@dataclass
class _Drawn:
    """Guids that were drawn and not given yet, and the process that drew them."""

    process: int = 0
    guids: list[str] = field(default_factory=list)


_drawn = _Drawn()

#: Guids that are drawn at once.
_TOGETHER = 64


def _block() -> list[str]:
    digits = secrets.token_hex(16 * _TOGETHER).upper()
    return [_of_digits(digits[at : at + 32]) for at in range(0, len(digits), 32)]


@dataclass(frozen=True)
class SeededGuids:
    """A sequence of guids that depends on nothing but its seed and where it starts; made by ``seeded_guids``.

    Two sources are equal if they give the same sequence. A pickled copy starts from the beginning of its sequence; how
    far this one was read is not copied. ``from_position`` gives a worker a sequence that no other worker has.
    """

    seed: int
    first: int = 1
    """The position of the first parcel that the guids are for."""
    _generator: random.Random = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # a whole number as seed gives the sequence of earlier releases
        seed = self.seed if self.first == 1 else f"{self.seed}, parcel {self.first}"
        object.__setattr__(self, "_generator", random.Random(seed))  # noqa: S311

    def __call__(self) -> str:
        return _of_digits(f"{self._generator.getrandbits(128):032X}")

    def __reduce__(self) -> tuple[type["SeededGuids"], tuple[int, int]]:
        return SeededGuids, (self.seed, self.first)

    def from_position(self, first: int) -> "SeededGuids":
        """Return the sequence of the same seed for parcels from position ``first`` on, different for each position."""
        return SeededGuids(self.seed, first)


def seeded_guids(seed: int) -> SeededGuids:
    """Return a source that gives the same guids for the same seed: for tests and examples, never for real
    declarations.
    """
    return SeededGuids(seed)


def _of_digits(digits: str) -> str:
    """Return the text of the version 4 UUID (RFC 9562) of 32 hexadecimal digits: six of its bits are fixed."""
    variant = _VARIANT[digits[16]]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


#: The digit of each digit that says the variant: its two lower bits, and 1 0 before them.
_VARIANT = {digit: "89AB"[int(digit, 16) % 4] for digit in "0123456789ABCDEF"}
