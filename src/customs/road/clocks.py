"""Clocks (时间来源): the source of the time of submission. It is given to a run, never taken, so that the same input gives the same bytes.

>>> fixed_clock(datetime(2026, 11, 11, 8))()
datetime.datetime(2026, 11, 11, 8, 0)
"""

from dataclasses import dataclass
from datetime import datetime

from customs.fields.moments import CHINA


def system_clock() -> datetime:
    """Return the present time in China."""
    return datetime.now(CHINA)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that always gives the same time; made by ``fixed_clock``."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment


def fixed_clock(moment: datetime) -> FixedClock:
    """Return a clock that always gives ``moment``."""
    return FixedClock(moment)
