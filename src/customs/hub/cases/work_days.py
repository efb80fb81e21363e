"""Working days in mainland China (工作日): weekdays without days off, and the Saturdays and Sundays that are worked instead.

The years come from ``holidays.toml``, each with the number of its notice. In a year that is not known the rule is that of
weekdays, and whoever computes with it can ask ``knows``.

>>> days = shipped_work_days()
>>> days.is_worked(date(2026, 2, 14)), days.is_worked(date(2026, 2, 16)), days.knows(2026), days.knows(2031)
(True, False, True, False)
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from customs.shipped import text_of

_DAYS = re.compile(r"([0-9]{2})-([0-9]{2})(?:\.\.([0-9]{2})-([0-9]{2}))?", re.ASCII)

#: The first of the days that are not worked in a week without days off.
_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDays:
    """The years that are known, their days off, and the Saturdays and Sundays that are worked."""

    years: frozenset[int]
    off: frozenset[date]
    worked: frozenset[date]

    def is_worked(self, day: date) -> bool:
        """True if people work on a day."""
        return day in self.worked or (day.weekday() < _SATURDAY and day not in self.off)

    def knows(self, year: int) -> bool:
        """True if the notice of a year was taken into account."""
        return year in self.years

    def unknown_years(self, begins: date, ends: date) -> tuple[int, ...]:
        """Return the years from one day to another that are not known."""
        return tuple(each for each in range(begins.year, ends.year + 1) if each not in self.years)

    def with_year(self, year: int, off: Iterable[date], worked: Iterable[date]) -> "WorkDays":
        """Return these days with a year, in place of what was known of it."""
        return WorkDays(
            years=self.years | {year},
            off=frozenset({each for each in self.off if each.year != year}.union(off)),
            worked=frozenset({each for each in self.worked if each.year != year}.union(worked)),
        )


@cache
def shipped_work_days() -> WorkDays:
    """Return the years that are shipped."""
    days = WorkDays(years=frozenset(), off=frozenset(), worked=frozenset())
    for year, table in _table().items():
        days = days.with_year(int(year), days_of(int(year), table["off"]), days_of(int(year), table["work"]))
    return days


def notices() -> Mapping[int, str]:
    """Return the notice of each year that is shipped: its number and day."""
    return {int(year): str(table["source"]) for year, table in _table().items()}


def days_of(year: int, texts: Iterable[str]) -> Iterator[date]:
    """Yield the days that texts name: ``02-14``, or ``02-15..02-23``. Raises ``ValueError``."""
    for text in texts:
        found = _DAYS.fullmatch(text)
        if not found:
            raise ValueError(f"{text!r} is no day such as 02-14 or 02-15..02-23 日期应写作 02-14 或 02-15..02-23")
        first = date(year, int(found[1]), int(found[2]))
        last = date(year, int(found[3]), int(found[4])) if found[3] else first
        if last < first:
            raise ValueError(f"{text!r} ends before it begins {text!r} 的结束早于开始")
        yield from (first + timedelta(days=each) for each in range((last - first).days + 1))


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(text_of("customs.hub.cases", "holidays.toml"))
