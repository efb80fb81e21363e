"""Spans of time and of the day (时长与时段), as the rules and the hub's file write them.

>>> span_of("90s"), span_of("1d"), in_words(timedelta(hours=26))
(datetime.timedelta(seconds=90), datetime.timedelta(days=1), ('26 小时', '26 h'))
>>> night = hours_of("22:00-08:00")
>>> night.has(datetime(2026, 11, 11, 23)), night.has(datetime(2026, 11, 11, 8))
(True, False)
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

_SPAN = re.compile(r"([0-9]{1,6})(s|m|h|d)", re.ASCII)

_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}

#: The longest span; longer ones are slips of the pen.
LONGEST = timedelta(days=400)

_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


def span_of(text: str) -> timedelta:
    """Return the time that a text names: ``90s``, ``10m``, ``4h``, ``2d``. Raises ``ValueError``."""
    found = _SPAN.fullmatch(text)
    span = int(found[1]) * _UNITS[found[2]] if found else None
    if span is None or span > LONGEST:
        raise ValueError(f"{text!r} is no time such as 90s, 10m, 4h, 2d 时长应写作 90s、10m、4h、2d")
    return span


@dataclass(frozen=True, slots=True)
class DayHours:
    """Hours of the day (时段), by the clock of China; those that end before they begin go over midnight."""

    begin: time
    end: time

    def has(self, at: datetime) -> bool:
        """True if a time is within; the end is not."""
        now = at.time()
        if self.begin <= self.end:
            return self.begin <= now < self.end
        return now >= self.begin or now < self.end


def hours_of(text: str) -> DayHours:
    """Return the hours that a text names: ``22:00-08:00``. Raises ``ValueError``."""
    found = _HOURS.fullmatch(text)
    if not found or found[0][:5] == found[0][6:]:
        raise ValueError(f"{text!r} is no time of the day such as 22:00-08:00 时段应写作 22:00-08:00")
    hour, minute, to_hour, to_minute = map(int, found.groups())
    return DayHours(time(hour, minute), time(to_hour, to_minute))


def in_words(span: timedelta) -> tuple[str, str]:
    """Return a span in Chinese and English, in the largest unit that leaves at least 2 of it.

    >>> in_words(timedelta(minutes=45)), in_words(timedelta(days=3))
    (('45 分钟', '45 min'), ('3 天', '3 d'))
    """
    seconds = max(int(span.total_seconds()), 0)
    for size, zh, en in ((86400, "天", "d"), (3600, "小时", "h"), (60, "分钟", "min")):
        if seconds >= 2 * size or seconds == size:
            return f"{seconds // size} {zh}", f"{seconds // size} {en}"
    return f"{seconds} 秒", f"{seconds} s"
