"""Faults (故障) that are drawn: moments at which a run is cut, sizes at which a disk is full. A seed draws the same ones.

``make faults`` draws many of each (CUSTOMS_FAULTS=30); without it a few.
"""

import os
import random
from collections.abc import Sequence
from itertools import cycle

from support import some

#: How many of each fault are drawn by ``make faults``; 0 without it.
MANY = int(os.environ.get("CUSTOMS_FAULTS", "0"))

#: The options of a declaration that is cut, and a step of writing and a size that none reaches.
COMMAND = ["--on", "2026-11-11", "--clock", "2026-11-11T08:00:00"]
WHOLE = "1000000"

#: The ways in which a run is cut.
WAYS = ("kill", "stop")


def few_or_many(few: int, many: int = MANY) -> int:
    """How many faults are drawn: a few, or the many of ``make faults``."""
    return many if MANY else few


def ways(steps: Sequence[int]) -> list[tuple[int, str]]:
    """Steps at which a run is cut, with the way: the two take turns, and ``make faults`` tries both at each step."""
    if MANY:
        return [(step, way) for step in steps for way in WAYS]
    return list(zip(steps, cycle(WAYS), strict=False))


class Faults:
    """Faults drawn from a seed, in the order in which they are asked for."""

    def __init__(self, seed: int) -> None:
        self._drawn = random.Random(seed)  # noqa: S311  not for secrets

    def steps(self, count: int, last: int) -> list[int]:
        """Steps of writing, each another one, up to a last one that is not drawn."""
        return sorted(some(self._drawn.sample(range(1, last), min(count, last - 1))))

    def seconds(self, count: int, first: float, last: float) -> list[float]:
        """Seconds between two moments."""
        return some(round(self._drawn.uniform(first, last), 3) for _ in range(count))

    def moments(self, count: int, first: float, last: float) -> list[tuple[float, str]]:
        """Moments in seconds, each with the way in which a run is cut, which take turns."""
        return list(zip(self.seconds(count, first, last), cycle(WAYS), strict=False))

    def sizes(self, count: int, first: int, last: int) -> list[int]:
        """Sizes from a first one, below a last one."""
        return sorted(some(self._drawn.randrange(first, last) for _ in range(count)))
