"""Measures (度量): a share with its numerator and denominator, and the spread of times.

>>> HealthShare(3, 4).percent, HealthShare(0, 0).percent
('75.0 %', '-')
>>> TimeSpread.of({60: 90, 3600: 10})
TimeSpread(count=100, p50=60, p90=60, p99=3600)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Self

#: Shown where there is nothing to measure.
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class HealthShare:
    """A share: how many of how many."""

    part: int = 0
    whole: int = 0

    @property
    def value(self) -> Decimal | None:
        """The share from 0 to 1 in six decimals; None where there is nothing to measure."""
        return (Decimal(self.part) / Decimal(self.whole)).quantize(Decimal("0.000001")) if self.whole else None

    @property
    def percent(self) -> str:
        """The share as it is shown; not all is never shown as 100.0 %, and not nothing never as 0.0 %."""
        if not self.whole:
            return NOTHING
        shown = (Decimal(self.part) * 100 / Decimal(self.whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)
        if shown == 100 and self.part < self.whole:
            shown = Decimal("99.9")
        if shown == 0 and self.part:
            shown = Decimal("0.1")
        return f"{shown} %"

    def __add__(self, other: "HealthShare") -> "HealthShare":
        """Add the counts of two shares."""
        return HealthShare(self.part + other.part, self.whole + other.whole)


@dataclass(frozen=True, slots=True)
class TimeSpread:
    """Times in whole seconds that 50, 90 and 99 percent do not exceed (nearest rank); None without any."""

    count: int = 0
    p50: int | None = None
    p90: int | None = None
    p99: int | None = None

    @classmethod
    def of(cls, counts: Mapping[int, int]) -> Self:
        """Return the spread of times, each with how often it came."""
        total = sum(counts.values())
        if not total:
            return cls()
        return cls(total, *(_at_rank(counts, max(1, -(-total * each // 100))) for each in (50, 90, 99)))


def _at_rank(counts: Mapping[int, int], rank: int) -> int:
    passed = 0
    for each in sorted(counts):
        passed += counts[each]
        if passed >= rank:
            return each
    raise AssertionError("the rank is one of the count")


#: The units of times: below how many seconds each is used, its length, its decimals, its names.
_UNITS = (
    (60, 1, 0, "s", "秒"),
    (3600, 60, 0, "min", "分钟"),
    (2 * 86400, 3600, 1, "h", "小时"),
    (None, 86400, 1, "d", "天"),
)


def duration(seconds: int | None, *, chinese: bool = False) -> str:
    """Return a time as it is shown.

    >>> duration(42), duration(5400), duration(200_000, chinese=True), duration(None)
    ('42 s', '1.5 h', '2.3 天', '-')
    """
    if seconds is None:
        return NOTHING
    for below, length, decimals, en, zh in _UNITS:
        if below is None or seconds < below:
            return f"{seconds / length:.{decimals}f} {zh if chinese else en}"
    raise AssertionError("the last unit has no end")
