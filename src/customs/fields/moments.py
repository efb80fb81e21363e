"""Times of the standard (时间): local time of China, read from digits and written as digits.

>>> china_time("20261111080000")
datetime.datetime(2026, 11, 11, 8, 0)
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any, TypeVar

R = TypeVar("R")

#: China Standard Time; the standard writes local times without a zone.
CHINA_TIME = timezone(timedelta(hours=8), "CST")

#: The source of the time: it is given to whoever needs it, never taken.
Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the present time in China."""
    return datetime.now(CHINA_TIME)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that always gives the same time; made by ``fixed_clock``."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment


def fixed_clock(moment: datetime) -> FixedClock:
    """Return a clock that always gives ``moment``, so that the same input gives the same bytes."""
    return FixedClock(moment)


def a_day(value: object) -> date:
    """Return a day that was given as an argument. Raises ``TypeError`` for anything else, such as a text or a time.

    >>> a_day("2026-11-11")
    Traceback (most recent call last):
    TypeError: a day is a datetime.date, such as date(2026, 11, 11), not a str: ...
    """
    if isinstance(value, datetime):
        how, how_zh = "its .date() is one", "时间请取其 .date()"
    elif isinstance(value, date):
        return value
    else:
        how, how_zh = "date.fromisoformat(...) makes one of a text as 2026-11-11", "文本请先用 date.fromisoformat 转换"
    raise TypeError(
        f"a day is a datetime.date, such as date(2026, 11, 11), not a {type(value).__name__}: {how} "
        f"日期须为 datetime.date，{how_zh}"
    )


def china_time(value: Any) -> datetime:
    if isinstance(value, datetime):
        try:
            local = value.astimezone(CHINA_TIME).replace(tzinfo=None) if value.tzinfo else value
        except OverflowError:
            raise ValueError("a time outside the calendar") from None
        return local.replace(microsecond=0)
    if isinstance(value, str) and len(value) == 14 and value.isascii() and value.isdecimal():
        if value[8:10] == "24":  # midnight at the end of a day by ISO 8601, which customs does not know
            raise ValueError("hour must be in 0..23")
        return datetime.fromisoformat(f"{value[:8]}T{value[8:]}")
    raise ValueError("not a time as YYYYMMDDhhmmss")


def china_instant(value: Any) -> datetime:
    if isinstance(value, datetime):
        return china_time(value).replace(microsecond=value.microsecond // 1000 * 1000)
    if isinstance(value, str) and len(value) == 17 and value.isascii() and value.isdecimal():
        return china_time(value[:14]).replace(microsecond=int(value[14:]) * 1000)
    raise ValueError("not a time as YYYYMMDDhhmmssSSS")


def china_day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and len(value) == 8 and value.isascii() and value.isdecimal():
        return date.fromisoformat(value)
    raise ValueError("not a day as YYYYMMDD")


def moment_digits(value: Any) -> str:
    when: datetime = value
    return f"{when.year:04}{when.month:02}{when.day:02}{when.hour:02}{when.minute:02}{when.second:02}"


def instant_digits(value: Any) -> str:
    when: datetime = value
    return f"{moment_digits(when)}{when.microsecond // 1000:03}"


def day_digits(value: Any) -> str:
    when: date = value
    return f"{when.year:04}{when.month:02}{when.day:02}"


def latest(result_of: Callable[[Any], R]) -> Callable[[Any], R]:
    """Return a function that gives the result for a value, and the same result while the same value comes again.

    >>> made = []
    >>> write = latest(lambda value: made.append(value) or str(value))
    >>> [write(each) for each in (1, 1, 2, 2)], made
    (['1', '1', '2', '2'], [1, 2])
    """
    last: tuple[Any, Any] = (latest, None)  # which is no value that comes

    def result(value: Any) -> R:
        nonlocal last
        known, found = last  # both at once: threads share them
        if value is not known:
            found = result_of(value)
            last = value, found
        answer: R = found
        return answer

    return result
