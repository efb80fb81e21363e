"""The day of the customs exchange rate (计征汇率): which published rate counts in a month.

The rate of a month is the central parity (中间价) of the third Wednesday of the month before, or of the next trading day where
that Wednesday has none (GACC Decree 272, article 14, since 2024-12-01). Before, it was the central bank's base rate of
the third Wednesday, or of the fourth where that was a holiday (Decree 124). The declaration day is the day on which
the declaration is completed (完成申报之日, article 13).

>>> rate_day(date(2026, 10, 9))  # 6.7628 CNY for a US dollar
datetime.date(2026, 9, 16)
"""

from collections.abc import Collection
from datetime import date, timedelta

#: The first day of Decree 272.
SINCE = date(2024, 12, 1)

WEDNESDAY = 2


def rate_day(on: date, closed: Collection[date] = ()) -> date:
    """Return the day whose published rate applies on a declaration day.

    ``closed`` are the days without trading, such as those of the public holidays; weekends need not be named.

    >>> rate_day(date(2026, 1, 15)), rate_day(date(2024, 1, 15))
    (datetime.date(2025, 12, 17), datetime.date(2023, 12, 20))
    >>> rate_day(date(2025, 11, 3), closed={date(2025, 10, 15)}), rate_day(date(2018, 3, 1), closed={date(2018, 2, 21)})
    (datetime.date(2025, 10, 16), datetime.date(2018, 2, 28))
    """
    day = _third_wednesday(on.replace(day=1) - timedelta(days=1))
    step = timedelta(days=1 if on >= SINCE else 7)
    while day in closed or day.weekday() > 4:
        day += step
    return day


def _third_wednesday(of: date) -> date:
    first = of.replace(day=1)
    return first + timedelta(days=(WEDNESDAY - first.weekday()) % 7 + 14)
