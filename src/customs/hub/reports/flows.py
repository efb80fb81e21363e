"""The flow of orders (订单流转指标): their shares in all, by customs district, provider and day, and how long steps took."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from customs.fields.frozen import FrozenDict
from customs.hub.counts.providers import PROVIDER_KINDS, provider_of
from customs.hub.reports.causes import CauseShare, causes_in
from customs.hub.reports.flow_counts import HOURLY, STEPS, CountedOrders, FlowCounts, counted_flow
from customs.hub.reports.limits import HealthLimits
from customs.hub.reports.measures import HealthShare, TimeSpread
from customs.hub.reports.order_facts import HealthBasis, order_facts
from customs.hub.reports.share_rules import HEALTH_SHARES
from customs.hub.reports.share_terms import ShareTerms
from customs.hub.reports.windows import ReportWindow
from customs.ledger.database import LedgerConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthGroup:
    """Some orders: how many, and their shares by name."""

    orders: int = 0
    shares: Mapping[str, HealthShare] = field(default=FrozenDict())

    def share(self, name: str) -> HealthShare:
        """Return a share by its name, an empty one if nothing was counted."""
        return self.shares.get(name, HealthShare())


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowDay:
    """A day of a window: the orders taken in on it, and how long their releases took."""

    window: ReportWindow
    total: HealthGroup
    release: TimeSpread


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
    days: tuple[FlowDay, ...]
    """The days of a cohort; none for events."""
    hours: Mapping[str, tuple[int, ...]]
    """By ``HOURLY``: orders that came to each node in each hour of the window, where these are counted."""


def order_flow(
    connection: LedgerConnection,
    enterprise: str,
    window: ReportWindow,
    basis: HealthBasis,
    *,
    limits: HealthLimits,
    now: datetime,
) -> OrderFlow:
    """Count the orders of an enterprise in a window; the database reads each of them once."""
    facts = order_facts(enterprise, window, basis)
    terms = ShareTerms(facts=facts, limits=limits, window=window, now=now)
    counts = counted_flow(connection, terms, basis)
    districts, providers = defaultdict[str, list[CountedOrders]](list), defaultdict[str, list[CountedOrders]](list)
    for each in counts.groups:
        districts[each.customs_code].append(each)
        for provider in filter(None, (provider_of(kind, each) for kind in PROVIDER_KINDS)):
            providers[provider].append(each)
    return OrderFlow(
        total=_group(counts.groups),
        districts={each: _group(districts[each]) for each in sorted(districts)},
        providers={each: _group(providers[each]) for each in sorted(providers)},
        times={name: _spread(counts, name) for name in STEPS},
        release_times={
            code: spread for code in sorted(districts) if (spread := _spread(counts, "release", code=code)).count
        },
        causes=causes_in(connection, enterprise, window, basis),
        days=tuple(_day(counts, number, day) for number, day in enumerate(window.by_day()))
        if basis == "cohort"
        else (),
        hours=_hours(counts, window) if basis == "event" else {},
    )


def _group(groups: Iterable[CountedOrders]) -> HealthGroup:
    every = tuple(groups)
    shares = {name: sum((each.shares[name] for each in every), HealthShare()) for name in HEALTH_SHARES}
    return HealthGroup(orders=sum(each.orders for each in every), shares=shares)


def _spread(counts: FlowCounts, name: str, *, code: str = "", day: int | None = None) -> TimeSpread:
    """Return the spread of a step's times, of a district and a day or of all."""
    found = defaultdict[int, int](int)
    for (step, at_day, district), lengths in counts.times.items():
        if step == name and code in ("", district) and day in (None, at_day):
            for seconds, count in lengths.items():
                found[seconds] += count
    return TimeSpread.of(found)


def _day(counts: FlowCounts, number: int, day: ReportWindow) -> FlowDay:
    groups = [each for each in counts.groups if each.day == number]
    return FlowDay(window=day, total=_group(groups), release=_spread(counts, "release", day=number))


def _hours(counts: FlowCounts, window: ReportWindow) -> dict[str, tuple[int, ...]]:
    length = int((window.until - window.since).total_seconds()) // 3600
    return {name: tuple(counts.hours[name].get(hour, 0) for hour in range(length)) for name in HOURLY}
