"""Counts in a window of time (时间窗内计数), asked from the tallies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from customs.hub.alarms.condition import EXAMPLES, Looking
from customs.hub.counts.tallies import SPAN, TallyName, begin_of
from customs.hub.store.tables import HUB_TALLIES

_TALLIES = HUB_TALLIES.c


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedGroup:
    """A count of one thing in one place."""

    count: int
    most: int
    last_at: datetime
    examples: tuple[str, ...]


def counted(
    looking: Looking, names: Sequence[TallyName], by: Sequence[ColumnElement[Any]], window: timedelta
) -> Mapping[tuple[Any, ...], CountedGroup]:
    """Return what was counted in the window before now, by some columns of the tallies."""
    begins = begin_of(looking.now - window)
    wanted = (
        select(*by, _TALLIES.times, _TALLIES.most, _TALLIES.last_at, _TALLIES.examples)
        .where(
            _TALLIES.enterprise == looking.enterprise.name,
            _TALLIES.name.in_(names),
            _TALLIES.since > begins,
            _TALLIES.since <= looking.now,
        )
        .order_by(_TALLIES.since.desc())
    )
    found: dict[tuple[Any, ...], CountedGroup] = {}
    for row in looking.connection.sql.execute(wanted):
        key, (count, most, last_at, examples) = tuple(row[: len(by)]), row[len(by) :]
        known = found.get(key)
        shown = (*(known.examples if known else ()), *examples.split())
        found[key] = CountedGroup(
            count=count + (known.count if known else 0),
            most=max(most, known.most if known else 0),
            last_at=max(last_at, known.last_at if known else last_at),
            examples=tuple(dict.fromkeys(shown))[:EXAMPLES],
        )
    return dict(sorted(found.items()))


def last_counted(looking: Looking, name: TallyName, within: timedelta) -> Mapping[str, datetime]:
    """Return when something was counted last, by district."""
    wanted = select(_TALLIES.district, func.max(_TALLIES.last_at)).where(
        _TALLIES.enterprise == looking.enterprise.name,
        _TALLIES.name == name,
        _TALLIES.since >= looking.now - within,
    )
    return dict(looking.connection.sql.execute(wanted.group_by(_TALLIES.district)).all())


def same_hours(
    looking: Looking, names: Sequence[TallyName], window: timedelta, days: int
) -> Mapping[tuple[str, str], list[int]]:
    """Return counts by district and name: those of the window before now, and of the same time on each day before it.

    The first of each list is today's. Days of which nothing at all was counted, in any district, are left out: the hub
    did not run then.
    """
    ends = begin_of(looking.now)
    windows = [(ends - timedelta(days=day) - window, ends - timedelta(days=day)) for day in range(days + 1)]
    wanted = (
        select(_TALLIES.since, _TALLIES.district, _TALLIES.name, func.sum(_TALLIES.times))
        .where(
            _TALLIES.enterprise == looking.enterprise.name,
            _TALLIES.name.in_(names),
            or_(*[and_(_TALLIES.since >= begin, _TALLIES.since < end) for begin, end in windows]),
        )
        .group_by(_TALLIES.since, _TALLIES.district, _TALLIES.name)
    )
    by_day: dict[int, dict[tuple[str, str], int]] = {}
    for since, district, name, count in looking.connection.sql.execute(wanted):
        day = next(number for number, (begin, end) in enumerate(windows) if begin <= since < end)
        of_day = by_day.setdefault(day, {})
        of_day[district, name] = of_day.get((district, name), 0) + int(count)
    ran = [0, *sorted(each for each in by_day if each)]
    places = {key for of_day in by_day.values() for key in of_day}
    return {key: [by_day.get(day, {}).get(key, 0) for day in ran] for key in sorted(places)}


#: Columns that counts are asked by.
DISTRICT, SOURCE, PROVIDER, CODE = _TALLIES.district, _TALLIES.source, _TALLIES.provider, _TALLIES.code


def first_seen(looking: Looking, code: str, before: datetime) -> bool:
    """True if a code was not counted before a time."""
    wanted = select(_TALLIES.times).where(
        _TALLIES.enterprise == looking.enterprise.name,
        _TALLIES.name == TallyName.UNKNOWN,
        _TALLIES.code == code,
        _TALLIES.since < begin_of(before) + SPAN,
    )
    return looking.connection.sql.execute(wanted.limit(1)).first() is None
