"""Guids (报文与单证的唯一编号): the source of the numbers of documents and messages. It is given to a run, never taken.

>>> take = seeded_guids(7)
>>> take() == seeded_guids(7)()
True
"""

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

Guids = Callable[[], str]


def random_guids() -> str:
    """Return a guid that was never given before: a random UUID in upper case."""
    return _guid(secrets.randbits(128))


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
        return _guid(self._generator.getrandbits(128))

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


def _guid(bits: int) -> str:
    """Return the text of a version 4 UUID (RFC 9562) in upper case."""
    digits = f"{bits & _FREE | _VERSION_4:032X}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


_FREE = ~(0xF << 76 | 0x3 << 62)
_VERSION_4 = 0x4 << 76 | 0x2 << 62
