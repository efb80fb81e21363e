"""The overview of an enterprise (总览): where open orders stand and how long, what was released and refused, and why.

All of it comes from the index of open orders and from the tallies, so that it is there at once however many orders there are.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from customs.codes.errors import ErrorCause
from customs.exchange.standing import DeliveryState
from customs.hub.alarms.kept import list_alarms
from customs.hub.counts.tallies import TallyName
from customs.hub.reports.limits import HealthLimits
from customs.hub.reports.open_orders import (
    NodeBacklog,
    OverdueOrder,
    open_by_district,
    overdue_orders,
    waiting_orders,
)
from customs.hub.service.backlog import backlog_of
from customs.hub.store.tables import HUB_TALLIES
from customs.hub.web.catalogue import BothTexts
from customs.ledger.database import LedgerConnection
from customs.receipts.explained import cause_words

#: Overdue orders that are named, and the days of which causes are counted.
MOST_NAMED, CAUSE_DAYS = 10, 7

_TALLIES = HUB_TALLIES.c

#: States of messages that wait for a person.
_LEFT = (DeliveryState.PARKED, DeliveryState.DEAD)


class DistrictLine(NamedTuple):
    """A customs district: its open orders, what was released and refused there today, and its last answer."""

    code: str
    open: int
    released: int
    rejected: int
    answered_at: datetime | None


class CauseLine(NamedTuple):
    """A cause of refusals, and how often it came."""

    words: BothTexts
    times: int


class HourLine(NamedTuple):
    """An hour, and what came in it: answers, releases, refusals."""

    hour: str
    answered: int
    released: int
    rejected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Where the orders of an enterprise stand."""

    at: datetime
    backlog: tuple[NodeBacklog, ...]
    oldest: tuple[OverdueOrder, ...]
    districts: Sequence[DistrictLine]
    causes: Sequence[CauseLine]
    hours: Sequence[HourLine]
    alarms: int
    left: int
    """Messages that wait for a person."""

    @property
    def open(self) -> int:
        """All open orders."""
        return sum(each.count for each in self.backlog)

    @property
    def overdue(self) -> int:
        """Open orders that wait for longer than their node allows."""
        return sum(each.overdue for each in self.backlog)

    @property
    def released(self) -> int:
        """Orders that were released today."""
        return sum(each.released for each in self.districts)

    @property
    def rejected(self) -> int:
        """Orders that were refused today."""
        return sum(each.rejected for each in self.districts)


def overview_of(connection: LedgerConnection, name: str, limits: HealthLimits, *, now: datetime) -> Overview:
    """Return the overview of an enterprise at a time."""
    messages = backlog_of(connection, name, now=now).messages
    return Overview(
        at=now,
        backlog=waiting_orders(connection, name, limits=limits, now=now),
        oldest=overdue_orders(connection, name, limits=limits, now=now, most=MOST_NAMED),
        districts=_districts(connection, name, now),
        causes=_causes(connection, name, now - timedelta(days=CAUSE_DAYS)),
        hours=_hours(connection, name, now),
        alarms=len(list_alarms(connection, name, most=500)),
        left=sum(messages.get(each, 0) for each in _LEFT),
    )


def _districts(connection: LedgerConnection, enterprise: str, now: datetime) -> list[DistrictLine]:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    counted = (
        select(_TALLIES.name, _TALLIES.district, func.sum(_TALLIES.times), func.max(_TALLIES.last_at))
        .where(
            _TALLIES.enterprise == enterprise,
            _TALLIES.name.in_([TallyName.ANSWERED, TallyName.RELEASED, TallyName.REJECTED]),
            _TALLIES.since >= midnight,
        )
        .group_by(_TALLIES.name, _TALLIES.district)
    )
    found = {(name, code): (int(times), last) for name, code, times, last in connection.sql.execute(counted)}
    still_open = open_by_district(connection, enterprise)
    codes = sorted({*still_open, *(code for _, code in found)}, key=lambda code: (-still_open.get(code, 0), code))

    def today(name: TallyName, code: str) -> int:
        return found.get((name.value, code), (0, None))[0]

    return [
        DistrictLine(
            code=code,
            open=still_open.get(code, 0),
            released=today(TallyName.RELEASED, code),
            rejected=today(TallyName.REJECTED, code),
            answered_at=found.get((TallyName.ANSWERED.value, code), (0, None))[1],
        )
        for code in codes
    ]


def _causes(connection: LedgerConnection, enterprise: str, since: datetime) -> list[CauseLine]:
    counted = (
        select(_TALLIES.code, func.sum(_TALLIES.times))
        .where(_TALLIES.enterprise == enterprise, _TALLIES.name == TallyName.REJECTED, _TALLIES.since >= since)
        .group_by(_TALLIES.code)
    )
    known = {each.value: each for each in ErrorCause}
    lines = [
        CauseLine(BothTexts(*cause_words(known.get(code))), int(times))
        for code, times in connection.sql.execute(counted)
    ]
    return sorted(lines, key=lambda each: (-each.times, each.words.en))


def _hours(connection: LedgerConnection, enterprise: str, now: datetime) -> list[HourLine]:
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=23)
    counted = (
        select(_TALLIES.name, _TALLIES.since, func.sum(_TALLIES.times))
        .where(
            _TALLIES.enterprise == enterprise,
            _TALLIES.name.in_([TallyName.ANSWERED, TallyName.RELEASED, TallyName.REJECTED]),
            _TALLIES.since >= first,
        )
        .group_by(_TALLIES.name, _TALLIES.since)
    )
    sums = Counter[tuple[str, datetime]]()
    for name, since, times in connection.sql.execute(counted):
        sums[name, since.replace(minute=0)] += int(times)
    hours = [first + timedelta(hours=each) for each in range(24)]
    names = (TallyName.ANSWERED, TallyName.RELEASED, TallyName.REJECTED)
    return [HourLine(f"{hour:%H}:00", *(sums[name.value, hour] for name in names)) for hour in hours]
