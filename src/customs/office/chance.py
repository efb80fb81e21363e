"""Chance by seed (随机数种子): the same seed and names give the same number, whatever happened before.

>>> Chance(7).of("A1", "300") == Chance(7).of("A1", "300") != Chance(8).of("A1", "300")
True
>>> Chance(7).guid(1)
'...-...-...-...-...'
"""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chance:
    """A source of numbers between 0 and 1, and of guids, by names instead of by turns."""

    seed: int

    def of(self, *names: object) -> float:
        """Return a number of at least 0 and below 1."""
        return int.from_bytes(self._digest(*names)[:6]) / 2**48

    def guid(self, *names: object) -> str:
        """Return a guid of 36 characters."""
        digits = self._digest("guid", *names).hex().upper()
        return "-".join((digits[:8], digits[8:12], "4" + digits[13:16], "A" + digits[17:20], digits[20:32]))

    def secret(self) -> bytes:
        """Return the key of the hashes of persons."""
        return self._digest("secret")

    def _digest(self, *names: object) -> bytes:
        return hashlib.sha256("\x1f".join(map(str, (self.seed, *names))).encode()).digest()
