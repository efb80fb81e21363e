"""Counts of a flow (流转计数) as the database makes them: one statement, which reads the facts of each order once.

Orders are counted by day, customs district and provider together; times by how often each number of seconds came. Every
figure of a report is a sum of these counts.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, String, and_, cast, func, literal, null, select, union_all

from customs.fields.frozen import FrozenDict
from customs.hub.reports.measures import HealthShare
from customs.hub.reports.order_facts import PARTS, HealthBasis, WholeSeconds, is_within, seconds_from
from customs.hub.reports.share_rules import HEALTH_SHARES
from customs.hub.reports.share_terms import ShareTerms
from customs.ledger.database import LedgerConnection

#: The steps whose times are shown: where each begins and ends.
STEPS: Mapping[str, tuple[str, str]] = FrozenDict(
    {
        "release": ("declared_last", "released"),
        "packing": ("released", "packed"),
        "leaving": ("released", "left_zone"),
        "delivery": ("collected", "signed"),
        "cancellation": ("cancel_asked", "withdrawn"),
        "return": ("return_asked", "returned"),
    }
)

#: The nodes that are counted by hour.
HOURLY = ("received", "released", "left_zone")

_HOUR, _DAY = 3600, 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedOrders:
    """Orders of one day with the same parts: how many, and their shares."""

    day: int
    """The number of the day within the window, 0 for events."""
    customs_code: str
    platform_code: str
    payment_company_code: str
    carrier_code: str
    area_operator_code: str
    orders: int
    shares: Mapping[str, HealthShare]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowCounts:
    """The counts of a window."""

    groups: tuple[CountedOrders, ...]
    times: Mapping[tuple[str, int, str], Mapping[int, int]]
    """By step, day and customs district: how often it took so many seconds; day and district of the release alone."""
    hours: Mapping[str, Mapping[int, int]]
    """By node: how many orders came to it in each hour of the window."""


def counted_flow(connection: LedgerConnection, terms: ShareTerms, basis: HealthBasis) -> FlowCounts:
    """Count the orders of a window, of a cohort by day, or of events with their hours."""
    day = _number_of("received", terms, _DAY) if basis == "cohort" else literal(0, BigInteger)
    queries = [_shares(terms, basis, day), *(_times(terms, basis, day, name) for name in STEPS)]
    if basis == "event":
        queries += [_hours(terms, name) for name in HOURLY]
    if connection.sql.dialect.name == "postgresql":  # to compile so long a statement takes longer than to run it
        connection.sql.exec_driver_sql("SET LOCAL jit = off")
    rows: Any = connection.sql.execute(union_all(*queries))
    groups = list[CountedOrders]()
    times = defaultdict[tuple[str, int, str], dict[int, int]](dict)
    hours = defaultdict[str, dict[int, int]](dict)
    for kind, name, at_day, *rest in rows:
        parts, (count, *numbers) = rest[: len(PARTS)], rest[len(PARTS) :]
        if kind == "time":
            times[name, int(at_day), parts[0]][int(numbers[0])] = int(count)
        elif kind == "hour":
            hours[name][int(numbers[0])] = int(count)
        else:
            pairs = zip(map(int, numbers[::2]), map(int, numbers[1::2]), strict=True)
            shares = {name: HealthShare(*pair) for name, pair in zip(HEALTH_SHARES, pairs, strict=True)}
            named = dict(zip(PARTS, parts, strict=True))
            groups.append(CountedOrders(day=int(at_day), orders=int(count), shares=shares, **named))
    return FlowCounts(groups=tuple(groups), times=times, hours=hours)


def _number_of(name: str, terms: ShareTerms, length: int) -> ColumnElement[int]:
    """Return the number of the day or hour within the window in which a node was reached."""
    begun = int((terms.window.since - datetime(1970, 1, 1)).total_seconds())
    return (WholeSeconds(terms.facts.c[name]) - begun) // length


def _shares(terms: ShareTerms, basis: HealthBasis, day: ColumnElement[int]) -> Select[Any]:
    parts = [terms.facts.c[each] for each in PARTS]
    sums = [
        cast(func.sum(number), BigInteger) for rule in HEALTH_SHARES.values() for number in rule.counted(terms, basis)
    ]
    grouped = parts if basis == "event" else [day, *parts]
    query: Any = select(literal("orders"), literal(""), day, *parts, func.count(), *sums)
    counted: Select[Any] = query.group_by(*grouped)
    return counted


def _times(terms: ShareTerms, basis: HealthBasis, day: ColumnElement[int], name: str) -> Select[Any]:
    """Count how often a step took how long; one that seems to end before it began is left out."""
    facts, (begin, end) = terms.facts.c, STEPS[name]
    seconds: ColumnElement[int] = seconds_from(facts[begin], facts[end])
    done = and_(facts[begin].is_not(None), facts[end].is_not(None), seconds >= 0)
    if basis == "event":
        done = and_(done, is_within(facts[end], terms.window))
    if name != "release":
        return _padded("time", name, literal(0, BigInteger), literal(""), seconds).where(done).group_by(seconds)
    grouped = [facts.customs_code, seconds] if basis == "event" else [day, facts.customs_code, seconds]
    return _padded("time", name, day, facts.customs_code, seconds).where(done).group_by(*grouped)


def _hours(terms: ShareTerms, name: str) -> Select[Any]:
    """Count in which hour of the window orders came to a node."""
    hour = _number_of(name, terms, _HOUR)
    query = _padded("hour", name, literal(0, BigInteger), literal(""), hour)
    return query.where(is_within(terms.facts.c[name], terms.window)).group_by(hour)


def _padded(
    kind: str, name: str, day: ColumnElement[int], code: ColumnElement[str], number: ColumnElement[int]
) -> Select[Any]:
    """Return a query of a number and how often it came, with as many columns as that of the shares."""
    no_parts = [cast(null(), String) for _ in PARTS[1:]]
    no_sums = [cast(null(), BigInteger) for _ in range(2 * len(HEALTH_SHARES) - 1)]
    query: Any = select(literal(kind), literal(name), day, code, *no_parts, func.count(), number, *no_sums)
    padded: Select[Any] = query
    return padded
