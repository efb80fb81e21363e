"""The flow of orders (订单流转指标): their shares in all, by customs district, platform and provider, and how long steps took."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, null, select, union_all

from customs.fields.frozen import FrozenDict
from customs.hub.providers import PROVIDER_KINDS, provider_of
from customs.hub.reports.causes import CauseShare, causes_in
from customs.hub.reports.limits import HealthLimits
from customs.hub.reports.measures import HealthShare, TimeSpread
from customs.hub.reports.order_facts import PARTS, HealthBasis, is_within, order_facts, seconds_from
from customs.hub.reports.share_rules import HEALTH_SHARES
from customs.hub.reports.share_terms import ShareTerms
from customs.hub.reports.windows import ReportWindow
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


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthGroup:
    """Some orders: how many, and their shares by name."""

    orders: int = 0
    shares: Mapping[str, HealthShare] = field(default=FrozenDict())

    def share(self, name: str) -> HealthShare:
        """Return a share by its name, an empty one if nothing was counted."""
        return self.shares.get(name, HealthShare())


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFlow:
    """The orders of a window: all together, and by where they go and who has a part in them."""

    total: HealthGroup
    districts: Mapping[str, HealthGroup]
    """By customs code (关区)."""
    providers: Mapping[str, HealthGroup]
    """By provider, such as ``carrier:4401000001``; the platform is one of them."""
    times: Mapping[str, TimeSpread]
    """How long each of ``STEPS`` took."""
    release_times: Mapping[str, TimeSpread]
    """From the declaration to the release, by customs code."""
    causes: tuple[CauseShare, ...]
    """Why orders were refused, by the own checks or by customs, most often first."""


def order_flow(
    connection: LedgerConnection,
    enterprise: str,
    window: ReportWindow,
    basis: HealthBasis,
    *,
    limits: HealthLimits,
    now: datetime,
) -> OrderFlow:
    """Count the orders of an enterprise in a window."""
    terms = ShareTerms(facts=order_facts(enterprise, window, basis), limits=limits, window=window, now=now)
    groups = _groups(connection, terms, basis)
    districts, providers = defaultdict[str, list[HealthGroup]](list), defaultdict[str, list[HealthGroup]](list)
    for row, group in groups:
        districts[row.customs_code].append(group)
        for provider in filter(None, (provider_of(kind, row) for kind in PROVIDER_KINDS)):
            providers[provider].append(group)
    times, release_times = _times(connection, terms, basis)
    return OrderFlow(
        total=_sum([group for _, group in groups]),
        districts={each: _sum(districts[each]) for each in sorted(districts)},
        providers={each: _sum(providers[each]) for each in sorted(providers)},
        times=times,
        release_times=release_times,
        causes=causes_in(connection, enterprise, window, basis),
    )


def total_in(
    connection: LedgerConnection, enterprise: str, window: ReportWindow, *, limits: HealthLimits, now: datetime
) -> tuple[HealthGroup, TimeSpread]:
    """Count the orders taken in within a window, all together, and how long their releases took."""
    facts = order_facts(enterprise, window, "cohort")
    terms = ShareTerms(facts=facts, limits=limits, window=window, now=now)
    groups = _groups(connection, terms, "cohort")
    times, _ = _times(connection, terms, "cohort")
    return _sum([group for _, group in groups]), times["release"]


def _groups(connection: LedgerConnection, terms: ShareTerms, basis: HealthBasis) -> list[tuple[Any, HealthGroup]]:
    """Count orders by all their parts together; figures by one part are sums of these."""
    parts = [terms.facts.c[each] for each in PARTS]
    counted = [each.counted(terms, basis) for each in HEALTH_SHARES.values()]
    sums = [func.sum(number) for pair in counted for number in pair]
    query = select(*parts, func.count(), *sums).group_by(*parts)
    found = []
    for row in connection.sql.execute(query):
        orders, *numbers = (int(each) for each in row[len(PARTS) :])
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        shares = {name: HealthShare(*pair) for name, pair in zip(HEALTH_SHARES, pairs, strict=True)}
        found.append((row, HealthGroup(orders=orders, shares=shares)))
    return found


def _sum(groups: list[HealthGroup]) -> HealthGroup:
    shares = {name: sum((each.share(name) for each in groups), HealthShare()) for name in HEALTH_SHARES}
    return HealthGroup(orders=sum(each.orders for each in groups), shares=shares)


def _times(
    connection: LedgerConnection, terms: ShareTerms, basis: HealthBasis
) -> tuple[dict[str, TimeSpread], dict[str, TimeSpread]]:
    """Count how often each step took how long; a step that seems to end before it began is left out."""
    queries = []
    for name, (begin, end) in STEPS.items():
        facts = terms.facts.c
        seconds: ColumnElement[int] = seconds_from(facts[begin], facts[end])
        done = and_(facts[begin].is_not(None), facts[end].is_not(None), seconds >= 0)
        if basis == "event":
            done = and_(done, is_within(facts[end], terms.window))
        district = facts.customs_code if name == "release" else null()
        query = select(literal(name), district, seconds, func.count()).where(done)
        queries.append(query.group_by(*([district, seconds] if name == "release" else [seconds])))
    counts = {name: defaultdict[int, int](int) for name in STEPS}
    of_districts = defaultdict[str, dict[int, int]](dict)
    rows: Any = connection.sql.execute(union_all(*queries))
    for name, district, length, count in rows:
        counts[name][int(length)] += count
        if district is not None:
            of_districts[district][int(length)] = count
    return (
        {name: TimeSpread.of(each) for name, each in counts.items()},
        {district: TimeSpread.of(of_districts[district]) for district in sorted(of_districts)},
    )
