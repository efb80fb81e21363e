"""Periods of a comparison (比对周期): a day, a month, a half-year, a year, as people write them, to the moment at which they end.

>>> [f"{period_of(each).since:%F} {period_of(each).until:%F %T}" for each in ("2026-10-31", "2026-10", "2026-H1", "2026")]
['2026-10-31 2026-10-31 23:59:59', '2026-10-01 2026-10-31 23:59:59', '2026-01-01 2026-06-30 23:59:59', '2026-01-01 2026-12-31 23:59:59']
>>> period_of("2026-Q9")
Traceback (most recent call last):
ValueError: '2026-Q9' is no period such as 2026-10-31, 2026-10, 2026-H1, 2026 周期应写作 2026-10-31、2026-10、2026-H1、2026
"""

import re
from calendar import monthrange
from datetime import datetime, time, timedelta
from typing import NamedTuple

_FORM = re.compile(r"([0-9]{4})(?:-(?:(H)([12])|([0-9]{2})(?:-([0-9]{2}))?))?", re.ASCII)

#: Times are of whole seconds.
SECOND = timedelta(seconds=1)


class Period(NamedTuple):
    """A period: from its first second to its last."""

    since: datetime
    until: datetime


def period_of(text: str, cut_off: time | None = None) -> Period:
    """Return the period that a text names, ending at ``cut_off`` of its last day; by default with that day.

    Raises ``ValueError``.
    """
    try:
        since, until = _days(text)
    except (ValueError, TypeError):
        raise ValueError(
            f"{text!r} is no period such as 2026-10-31, 2026-10, 2026-H1, 2026 周期应写作 2026-10-31、2026-10、2026-H1、2026"
        ) from None
    if cut_off is None:
        return Period(since, until + timedelta(days=1) - SECOND)
    return Period(since - timedelta(days=1) + _of(cut_off) + SECOND, until + _of(cut_off))


def _of(cut_off: time) -> timedelta:
    return timedelta(hours=cut_off.hour, minutes=cut_off.minute, seconds=cut_off.second)


def _days(text: str) -> tuple[datetime, datetime]:
    found = _FORM.fullmatch(text)
    if not found:
        raise ValueError(text)
    year, half, which, month, day = found.groups()
    if day:
        only = datetime(int(year), int(month), int(day))
        return only, only
    if half:
        first, last = (1, 6) if which == "1" else (7, 12)
    else:
        first, last = (int(month), int(month)) if month else (1, 12)
    return datetime(int(year), first, 1), datetime(int(year), last, monthrange(int(year), last)[1])
