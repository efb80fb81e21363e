"""Working time (工作时间): how much of it lies between two instants, and when so much of it has passed.

>>> from datetime import time
>>> office = WorkTime(hours=(DayHours(time(9), time(12)), DayHours(time(13), time(18))), days=shipped_work_days())
>>> friday = datetime(2026, 11, 13, 17)
>>> office.between(friday, friday + timedelta(days=3)), office.after(friday, timedelta(hours=2))
(datetime.timedelta(seconds=28800), datetime.datetime(2026, 11, 16, 10, 0))
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from customs.hub.alarms.spans import DayHours
from customs.hub.cases.work_days import WorkDays, shipped_work_days

#: A time during which a clock runs: from when, and until when, None as long as it runs on.
Running = tuple[datetime, datetime | None]

_DAY, _NOTHING = timedelta(days=1), timedelta(0)

#: How far ahead an instant is looked for.
_FAR = timedelta(days=1500)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkTime:
    """The hours that a group works: which of the day, and whether on working days alone.

    Hours that end before they begin go over midnight and belong to the day on which they begin; without hours it is all of
    the day. Hours of a day do not overlap.
    """

    hours: tuple[DayHours, ...] = ()
    days: WorkDays | None = None
    """The working days; None for every day."""

    def between(self, begins: datetime, ends: datetime) -> timedelta:
        """Return the working time from one instant to another, none if the second is not later."""
        spans = self._spans(begins.date(), ends.date())
        worked = (min(last, ends) - max(first, begins) for first, last in spans)
        return sum((each for each in worked if each > _NOTHING), _NOTHING)

    def after(self, begins: datetime, work: timedelta) -> datetime:
        """Return the first instant at which so much working time has passed since another one.

        Raises ``ValueError`` if that is further than four years ahead.
        """
        for first, last in self._spans(begins.date(), (begins + _FAR).date()):
            here = last - max(first, begins)
            if here > _NOTHING and here >= work:
                return max(first, begins) + work if work > _NOTHING else begins
            work -= max(here, _NOTHING)
        raise ValueError("so much working time is more than four years ahead 工作时间超出四年")

    def worked(self, running: Sequence[Running], now: datetime) -> timedelta:
        """Return the working time in which a clock has run until now."""
        return sum((self.between(begins, min(ends or now, now)) for begins, ends in running), _NOTHING)

    def reached(self, running: Sequence[Running], work: timedelta) -> datetime | None:
        """Return when a clock has run for so much working time, None if it stops before."""
        for begins, ends in running:
            here = work if ends is None else self.between(begins, ends)
            if ends is None or here >= work:
                return self.after(begins, work)
            work -= here
        return None

    def _spans(self, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
        """Yield the working spans of days in their order, from the day before on for hours that go over midnight."""
        day = first - _DAY
        while day <= last:
            if self.days is None or self.days.is_worked(day):
                yield from self._spans_of(day)
            day += _DAY

    def _spans_of(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        if not self.hours:
            yield datetime.combine(day, time()), datetime.combine(day + _DAY, time())
        for each in self.hours:
            ends = day if each.begin < each.end else day + _DAY
            yield datetime.combine(day, each.begin), datetime.combine(ends, each.end)


#: The working hours of a group that says nothing: 09:00 to 12:00 and 13:00 to 18:00 on working days.
OFFICE = WorkTime(hours=(DayHours(time(9), time(12)), DayHours(time(13), time(18))), days=shipped_work_days())

#: All of every day.
ALWAYS = WorkTime()
