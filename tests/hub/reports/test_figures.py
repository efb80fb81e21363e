"""Every figure of the health report is a count over the events themselves, on both databases."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customs.codes.errors import ErrorCause
from customs.hub.counts.refusals import OrderRefusal
from customs.hub.reports.causes import by_code
from customs.hub.reports.figures import health_figures
from customs.hub.reports.flow_counts import STEPS
from customs.hub.reports.flows import HealthGroup, OrderFlow
from customs.hub.reports.measures import TimeSpread
from customs.hub.reports.windows import day_window
from customs.ledger import Ledger
from support import some
from support.faults import few_or_many
from support.health_events import DETAILS, ToldOrder, inside, kept, plain_shares, told_orders

DAY = day_window(date(2026, 11, 11))
NOW = DAY.until + timedelta(hours=16, minutes=30)
_ENTERPRISES = count()

DETAILS_OF: dict[str, tuple[str, ...]] = {"rejected": DETAILS, "refused": ("single-limit", "id-number")}


def pairs(group: HealthGroup) -> dict[str, tuple[int, int]]:
    return {name: (each.part, each.whole) for name, each in group.shares.items() if each.whole or each.part}


def plain(orders: Sequence[ToldOrder], *, cohort: bool) -> dict[str, tuple[int, int]]:
    return {name: pair for name, pair in plain_shares(orders, DAY, NOW, cohort=cohort).items() if any(pair)}


@settings(
    deadline=None,
    max_examples=few_or_many(12, 100),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(told_orders(DAY), st.randoms(use_true_random=False))
@pytest.mark.long
def test_every_figure_is_the_count_over_the_events(ledger: Ledger, orders: list[ToldOrder], chance: Random) -> None:
    enterprise, told = f"shop{next(_ENTERPRISES)}", with_causes(orders, chance)
    kept(ledger, enterprise, told)
    with ledger.read() as connection:
        found = health_figures(connection, enterprise, DAY, now=NOW)
    assert found.cohort.total.orders == sum(inside(each.received, DAY) for each in told)
    assert_hours_add_up_to_what_happened_in_the_window(found.event, told)
    for flow, cohort in ((found.cohort, True), (found.event, False)):
        assert_each_share_is_the_count_over_the_events(flow, told, cohort=cohort)
        assert_times_are_those_that_most_steps_do_not_exceed(flow, told, cohort=cohort)
        assert_each_refusal_has_its_cause_and_its_share(flow, told, cohort=cohort)


def with_causes(orders: Sequence[ToldOrder], chance: Random) -> list[ToldOrder]:
    """The orders with a cause for each attempt that was refused, by customs or by the checks."""
    said = {(node, attempt): chance.choice(DETAILS_OF[node]) for node in DETAILS_OF for attempt in (1, 2, 3)}
    return [
        replace(each, told=tuple(replace(one, detail=said.get((one.node, one.attempt), "")) for one in each.told))
        for each in orders
    ]


def assert_each_share_is_the_count_over_the_events(
    flow: OrderFlow, orders: Sequence[ToldOrder], *, cohort: bool
) -> None:
    assert pairs(flow.total) == plain(orders, cohort=cohort)
    for code, group in flow.districts.items():
        assert pairs(group) == plain([each for each in orders if each.district == code], cohort=cohort)
    for provider, group in flow.providers.items():
        kind, _, code = provider.partition(":")
        named: Callable[[ToldOrder], str] = PARTS[kind]
        assert pairs(group) == plain([each for each in orders if named(each) == code], cohort=cohort)


PARTS: dict[str, Callable[[ToldOrder], str]] = {
    "platform": lambda order: order.platform,
    "payer": lambda order: order.payer,
    "carrier": lambda order: order.carrier,
    "warehouse": lambda order: order.warehouse,
}


def assert_times_are_those_that_most_steps_do_not_exceed(
    flow: OrderFlow, orders: Sequence[ToldOrder], *, cohort: bool
) -> None:
    for name in some(STEPS):
        assert flow.times[name] == plain_spread(orders, name, cohort=cohort)
    for code in {each.district for each in orders}:
        of_district = [each for each in orders if each.district == code]
        expected = plain_spread(of_district, "release", cohort=cohort)
        assert flow.release_times.get(code, TimeSpread()) == expected


NAMES = {
    "release": ("declared", "released"),
    "packing": ("released", "packed"),
    "leaving": ("released", "left_zone"),
    "delivery": ("collected", "signed"),
    "cancellation": ("cancelling", "withdrawn"),
    "return": ("returning", "returned"),
}


def plain_spread(orders: Sequence[ToldOrder], name: str, *, cohort: bool) -> TimeSpread:
    begin, end = NAMES[name]
    lasted = []
    for each in orders:
        begun = max(each.times(begin), default=None) if name == "release" else each.first(begin)
        ended = each.first(end)
        counts = inside(each.received, DAY) if cohort else inside(ended, DAY)
        if counts and begun is not None and ended is not None and ended >= begun:
            lasted.append(int((ended - begun).total_seconds()))
    lasted.sort()
    if not lasted:
        return TimeSpread()
    ranks = [max(1, -(-len(lasted) * each // 100)) for each in (50, 90, 99)]
    return TimeSpread(len(lasted), *(lasted[rank - 1] for rank in ranks))


def assert_each_refusal_has_its_cause_and_its_share(
    flow: OrderFlow, orders: Sequence[ToldOrder], *, cohort: bool
) -> None:
    counted = Counter(
        (node, detail, order.district, order.platform)
        for order in orders
        for node, attempt, detail in {
            (each.node, each.attempt, each.detail)
            for each in order.told
            if each.node in DETAILS_OF and inside(order.received if cohort else each.at, DAY)
        }
    )
    shown: Counter[tuple[str, str, str, str]] = Counter()
    for each in flow.causes:
        node = "refused" if each.by == "checks" else "rejected"
        refusal = OrderRefusal(code=each.code, cause=ErrorCause(each.cause) if each.cause else None)
        text = each.code if each.by == "checks" else refusal.text.rsplit(" ", 1)[0]
        shown[node, text, each.district, each.platform_code] += each.share.part
    short = Counter[tuple[str, str, str, str]]()
    for (node, detail, district, platform), number in counted.items():
        short[node, detail if node == "refused" else detail.rsplit(" ", 1)[0], district, platform] += number
    assert shown == short
    for by in ("checks", "customs"):
        shares = [share for each, share in by_code(flow.causes) if each.by == by]
        assert all(each.whole == sum(one.part for one in shares) for each in shares)


def assert_hours_add_up_to_what_happened_in_the_window(flow: OrderFlow, orders: Sequence[ToldOrder]) -> None:
    firsts: dict[str, list[datetime | None]] = {
        "received": [each.received for each in orders],
        "released": [each.first("released") for each in orders],
        "left_zone": [each.first("left_zone") for each in orders],
    }
    for name, times in some(firsts.items()):
        expected = [0] * 24
        for at in times:
            if at is not None and inside(at, DAY):
                expected[int((at - DAY.since).total_seconds()) // 3600] += 1
        assert flow.hours[name] == tuple(expected)
