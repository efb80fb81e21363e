"""Report windows (统计时段): from a clock time of one day to that of another, 16:00 to 16:00 by default.

>>> day_window(date(2026, 11, 11)).words
'2026-11-10 16:00 - 2026-11-11 16:00'
>>> week_window(date(2026, 11, 15)).days, month_window(date(2026, 11, 11)).words
(7, '2026-10-31 16:00 - 2026-11-30 16:00')
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, TypeAlias

#: The length of a report.
ReportEvery: TypeAlias = Literal["day", "week", "month"]

#: When a day of a report ends: what came before can still be packed that day.
ENDS = time(16)


@dataclass(frozen=True, slots=True)
class ReportWindow:
    """A time from ``since``, which belongs to it, to ``until``, which does not; both of China, without a zone."""

    since: datetime
    until: datetime

    @property
    def days(self) -> int:
        """The number of its days."""
        return (self.until - self.since).days

    @property
    def on(self) -> date:
        """The day on which it ends, by which it is named."""
        return self.until.date()

    @property
    def words(self) -> str:
        """The window as it is shown."""
        return f"{self.since:%Y-%m-%d %H:%M} - {self.until:%Y-%m-%d %H:%M}"

    def by_day(self) -> Iterator["ReportWindow"]:
        """Yield its days."""
        for number in range(self.days):
            since = self.since + timedelta(days=number)
            yield ReportWindow(since, since + timedelta(days=1))


def day_window(on: date, ends: time = ENDS, days: int = 1) -> ReportWindow:
    """Return the window of a day, or of several days up to it."""
    until = datetime.combine(on, ends)
    return ReportWindow(until - timedelta(days=days), until)


def week_window(on: date, ends: time = ENDS) -> ReportWindow:
    """Return the seven days up to a day."""
    return day_window(on, ends, 7)


def month_window(on: date, ends: time = ENDS) -> ReportWindow:
    """Return the month of a day."""
    days = monthrange(on.year, on.month)[1]
    return day_window(on.replace(day=days), ends, days)


def window_of(every: ReportEvery, on: date, ends: time = ENDS) -> ReportWindow:
    """Return the window of a report that is named by a day."""
    return _WINDOWS[every](on, ends)


_WINDOWS = {"day": day_window, "week": week_window, "month": month_window}
