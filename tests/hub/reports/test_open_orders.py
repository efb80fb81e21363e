"""Orders that wait: at each node, by age, the overdue ones by name, and districts that have gone silent."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customs.hub.counts.tallies import Tally, TallyName, enter_tallies
from customs.hub.reports.limits import HealthLimits
from customs.hub.reports.open_orders import (
    AGES,
    open_by_district,
    overdue_orders,
    silent_districts,
    waiting_orders,
)
from customs.hub.store.tables import HUB_ORDERS
from customs.ledger import Ledger
from support import some
from support.statements import plans_of

NOW = datetime(2026, 11, 11, 16)
_ENTERPRISES = count()

Row = tuple[str, str, str, datetime | None, datetime | None, datetime]

times = st.integers(0, 20 * 24).map(lambda hours: NOW - timedelta(hours=hours))
maybe_times = times | st.none()
rows = st.lists(
    st.tuples(
        st.sampled_from(("received", "held", "refused", "declared", "declared", "closed")),
        st.sampled_from(("", "accepted", "rejected", "inspection", "released", "closed", "withdrawn", "returned")),
        st.sampled_from(("", "packed", "left_zone", "collected", "signed")),
        maybe_times,
        maybe_times,
        times,
    ),
    max_size=12,
)


def kept(ledger: Ledger, enterprise: str, orders: Sequence[Row]) -> None:
    with ledger.begin() as connection:
        for number, (stage, node, goods, node_at, goods_at, received) in enumerate(orders):
            values = {"stage": stage, "node": node, "goods": goods, "node_at": node_at, "goods_at": goods_at}
            adding = HUB_ORDERS.insert().values(
                enterprise=enterprise,
                platform_code="P1",
                order_no=f"O{number}",
                profile="main",
                customs_code="2244",
                version=1,
                digest=b"",
                attempt=1,
                refund=False,
                told="[]",
                received_at=received,
                **values,
            )
            connection.sql.execute(adding)


def place(order: Row) -> tuple[str, datetime] | None:
    """Where an order waits and since when; None if it does not."""
    stage, node, goods, node_at, goods_at, received = order
    if stage == "closed" or goods == "signed":
        return None
    if stage != "declared" or not node:
        return stage, received
    if node in ("withdrawn", "returned"):
        return None
    if node in ("released", "closed") and goods:
        return goods, goods_at or node_at or received
    return node, node_at or received


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows)
@pytest.mark.long
def test_orders_wait_where_they_are_and_are_overdue_beyond_the_limit(ledger: Ledger, orders: list[Row]) -> None:
    enterprise, limits = f"shop{next(_ENTERPRISES)}", HealthLimits(waits={"accepted": timedelta(hours=100)})
    kept(ledger, enterprise, orders)
    with ledger.read() as connection:
        found = waiting_orders(connection, enterprise, limits=limits, now=NOW)
        late = overdue_orders(connection, enterprise, limits=limits, now=NOW)
    places = {f"O{number}": where for number, order in enumerate(orders) if (where := place(order))}
    ages = Counter((node, sum(NOW - since >= age for age in AGES)) for node, since in places.values())
    assert {(each.node, number): n for each in found for number, n in enumerate(each.ages) if n} == dict(ages)
    overdue = {
        name: (node, since)
        for name, (node, since) in places.items()
        if (limit := limits.wait_of(node)) is not None and NOW - since >= limit
    }
    assert {each.order_no: (each.node, each.since) for each in late} == overdue
    assert sum(each.overdue for each in found) == len(overdue)
    assert [each.since for each in late] == sorted(each.since for each in late)


def test_a_district_is_silent_from_its_last_answer_on(ledger: Ledger) -> None:
    kept(ledger, "shop", [("declared", "accepted", "", NOW, None, NOW), ("declared", "", "", None, None, NOW)])
    with ledger.read() as connection:
        (found,) = silent_districts(connection, "shop", now=NOW)
    assert (found.open, found.silent) == (2, None), "nothing was ever answered"
    for minutes in (90, 40):
        with ledger.begin() as connection:
            answered = Tally(name=TallyName.ANSWERED, district="2244")
            enter_tallies(connection, "shop", [answered], at=NOW - timedelta(minutes=minutes))
    with ledger.read() as connection:
        (found,) = silent_districts(connection, "shop", now=NOW)
    assert (found.customs_code, found.open, found.silent) == ("2244", 2, 2400)


def test_open_orders_are_read_by_their_own_index(ledger: Ledger) -> None:
    limits = HealthLimits()
    with ledger.read() as connection:
        for ask in some(
            (
                lambda: waiting_orders(connection, "shop", limits=limits, now=NOW),
                lambda: open_by_district(connection, "shop"),
                lambda: overdue_orders(connection, "shop", limits=limits, now=NOW),
            )
        ):
            (plan,) = plans_of(connection, ask)
            assert "ix_hub_orders_open" in plan
            assert "SCAN hub_orders" not in plan
            assert "Seq Scan on hub_orders" not in plan
