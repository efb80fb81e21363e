"""Patterns of times (时间格式): how areas write a moment or a day.

>>> from datetime import datetime
>>> at = datetime(2026, 11, 11, 8, 5, 9)
>>> time_writer("yyyy-MM-ddTHH:mm:ss")(at)
'2026-11-11T08:05:09'
>>> time_reader("yyyyMMdd")("20261111")
datetime.datetime(2026, 11, 11, 0, 0)
"""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache

#: The letters of a pattern, as Java has them, and how many digits each writes.
_LETTERS = {"yyyy": "{0.year:04}", "MM": "{0.month:02}", "dd": "{0.day:02}"}
_OF_THE_DAY = {"HH": "{0.hour:02}", "mm": "{0.minute:02}", "ss": "{0.second:02}"}
_PARTS = re.compile("yyyy|MM|dd|HH|mm|ss|SSS")
_GROUPS = {
    "yyyy": r"(?P<year>[0-9]{4})",
    "MM": r"(?P<month>[0-9]{2})",
    "dd": r"(?P<day>[0-9]{2})",
    "HH": r"(?P<hour>[0-9]{2})",
    "mm": r"(?P<minute>[0-9]{2})",
    "ss": r"(?P<second>[0-9]{2})",
    "SSS": r"(?P<microsecond>[0-9]{3})",
}

#: The pattern of a moment as seconds since 1970, which are counted in Greenwich.
SECONDS = "X"

_EPOCH, _IN_CHINA = datetime(1970, 1, 1), timedelta(hours=8)

#: How moments and days are written where a profile says nothing.
MOMENT, DAY = "yyyyMMddHHmmss", "yyyyMMdd"


@lru_cache(maxsize=1024)
def time_writer(pattern: str) -> Callable[[date], str]:
    """A function that writes a time or a day by a pattern of ``yyyy MM dd HH mm ss SSS``; everything else is written
    unchanged.

    A day without a time has the time 00:00:00. The pattern ``X`` writes seconds since 1970. Raises ``ValueError`` for
    another pattern without a year, month and day.
    """
    if pattern == SECONDS:
        return lambda value: str(_seconds(value))
    if not all(each in pattern for each in _LETTERS):
        raise ValueError(f"the pattern {pattern!r} needs yyyy, MM and dd")
    if any(pattern.count(each) > 1 for each in _GROUPS):
        raise ValueError(f"the pattern {pattern!r} has letters twice")
    form = pattern.replace("{", "{{").replace("}", "}}").replace("SSS", "{1:03}")
    for letters, place in (_LETTERS | _OF_THE_DAY).items():
        form = form.replace(letters, place)

    @lru_cache(maxsize=64)  # a message names its own time in several places
    def write(value: date) -> str:
        at = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
        return form.format(at, at.microsecond // 1000)

    return write


@lru_cache(maxsize=1024)
def time_reader(pattern: str) -> Callable[[str], datetime]:
    """The opposite of ``time_writer``; the function raises ``ValueError`` for a text of another form or an impossible
    time.
    """
    time_writer(pattern)
    if pattern == SECONDS:
        return _at_second
    whole, last = "", 0
    for found in _PARTS.finditer(pattern):
        whole += re.escape(pattern[last : found.start()]) + _GROUPS[found[0]]
        last = found.end()
    form = re.compile(whole + re.escape(pattern[last:]))

    def read(text: str) -> datetime:
        found = form.fullmatch(text)
        if not found:
            raise ValueError(f"not a time of the form {pattern}")
        parts = {name: int(digits) for name, digits in found.groupdict().items()}
        if "microsecond" in parts:
            parts["microsecond"] *= 1000
        return datetime(
            parts["year"],
            parts["month"],
            parts["day"],
            parts.get("hour", 0),
            parts.get("minute", 0),
            parts.get("second", 0),
            parts.get("microsecond", 0),
        )

    return read


def _seconds(value: date) -> int:
    """The seconds since 1970 of a time in China."""
    at = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    return (at - _IN_CHINA - _EPOCH) // timedelta(seconds=1)


def _at_second(text: str) -> datetime:
    """The time in China of seconds since 1970. Raises ``ValueError``."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS_OF_SECONDS):
        raise ValueError("not a time in seconds since 1970")
    return _EPOCH + timedelta(seconds=int(text)) + _IN_CHINA


#: Seconds have this many digits until the year 5138.
_DIGITS_OF_SECONDS = 11
