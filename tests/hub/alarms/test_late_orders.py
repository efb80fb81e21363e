"""Orders that wait too long are seen by district, trade mode and provider, each by its own time-out; others are not."""

from datetime import datetime, timedelta

import pytest

from customs.hub.alarms.settings import LimitsFor
from customs.hub.orders.nodes import HubNode, NodeEvent, enter_nodes
from customs.ledger import Ledger
from support import some
from support.alarm_rows import change, look, stand, with_settings

EIGHT = datetime(2026, 11, 11, 8)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_orders_that_no_worker_declares_are_seen_until_one_does(ledger: Ledger) -> None:
    orders = stand(ledger, 3, EIGHT, stage="received", due=EIGHT)
    assert not look(ledger, "undeclared", EIGHT + 14 * MINUTE)
    (found,) = look(ledger, "undeclared", EIGHT + 15 * MINUTE)
    assert (found.place.district, found.count, found.since, found.examples) == ("4600", 3, EIGHT, ("O0", "O1", "O2"))
    change(ledger, orders, stage="declared")
    assert not look(ledger, "undeclared", EIGHT + HOUR)


def test_lists_that_nobody_answers_are_seen_until_somebody_does(ledger: Ledger) -> None:
    orders = stand(ledger, 2, EIGHT)
    stand(ledger, 2, EIGHT, stage="refused")
    assert not look(ledger, "unanswered", EIGHT + 29 * MINUTE)
    (found,) = look(ledger, "unanswered", EIGHT + 30 * MINUTE)
    assert (found.count, found.since) == (2, EIGHT)
    change(ledger, orders, node="sent", node_at=EIGHT + 31 * MINUTE)
    assert not look(ledger, "unanswered", EIGHT + HOUR)


@pytest.mark.parametrize(
    ("node", "hours"), [("sent", 1), ("accepted", 4), ("manual_review", 48), ("inspection", 72), ("concluded", 24)]
)
def test_a_node_has_a_time_out_of_its_own(ledger: Ledger, node: str, hours: int) -> None:
    orders = stand(ledger, 4, EIGHT, node=node, node_at=EIGHT)
    assert not look(ledger, "overdue", EIGHT + hours * HOUR - MINUTE)
    (found,) = look(ledger, "overdue", EIGHT + hours * HOUR)
    assert (found.place.subject, found.count) == (node, 4)
    change(ledger, orders, node="released")
    assert not look(ledger, "overdue", EIGHT + 100 * HOUR)


def test_districts_are_apart_and_trade_modes_are_counted(ledger: Ledger) -> None:
    stand(ledger, 2, EIGHT, node="accepted", node_at=EIGHT)
    stand(ledger, 3, EIGHT + MINUTE, node="accepted", node_at=EIGHT + MINUTE, trade_mode="9610")
    stand(ledger, 1, EIGHT, node="accepted", node_at=EIGHT, customs_code="5100")
    stand(ledger, 9, EIGHT, node="accepted", node_at=EIGHT, enterprise="another")
    found = look(ledger, "overdue", EIGHT + 5 * HOUR)
    assert [(each.place.district, each.count, each.figures["modes"]) for each in found] == [
        ("4600", 5, "1210 2, 9610 3"),
        ("5100", 1, "1210 1"),
    ]
    assert found[0].examples == ("O0", "O1", "O2", "O3", "O4")


def test_a_time_out_can_be_set_by_district_trade_mode_and_provider_and_the_first_that_fits_counts(
    ledger: Ledger,
) -> None:
    stand(ledger, 1, EIGHT, node="accepted", node_at=EIGHT)
    stand(ledger, 2, EIGHT, node="accepted", node_at=EIGHT, trade_mode="9610")
    stand(ledger, 3, EIGHT, node="accepted", node_at=EIGHT, carrier_code="W2")
    settings = with_settings(
        limits_for=(
            LimitsFor(where={"customs_code": "4600", "trade_mode": "9610"}, limits={"accepted": HOUR}),
            LimitsFor(where={"carrier_code": "W2"}, limits={"accepted": 9 * HOUR}),
        )
    )
    counts = [
        sum(each.count for each in look(ledger, "overdue", EIGHT + hours * HOUR, settings)) for hours in (1, 4, 9)
    ]
    assert counts == [2, 3, 6]


def test_a_missing_payment_is_the_payers_and_no_delay_of_customs(ledger: Ledger) -> None:
    orders = stand(ledger, 3, EIGHT, node="sent", node_at=EIGHT, lacks="CEB411", payment_company_code="Z2")
    stand(ledger, 2, EIGHT, node="sent", node_at=EIGHT, lacks="CEB511")
    (found,) = look(ledger, "lacking", EIGHT + 30 * MINUTE)
    assert (found.place.provider, found.place.subject, found.count) == ("payer:Z2", "CEB411", 3)
    assert (found.figures["document_zh"], found.figures["document"]) == ("支付单", "payment")
    assert not look(ledger, "overdue", EIGHT + 9 * HOUR)
    change(ledger, orders, lacks="")
    assert not look(ledger, "lacking", EIGHT + HOUR)


def test_refused_orders_wait_for_somebody_and_are_seen_after_hours(ledger: Ledger) -> None:
    stand(ledger, 2, EIGHT, stage="refused")
    orders = stand(ledger, 1, EIGHT, node="rejected", node_at=EIGHT)
    assert not look(ledger, "unattended", EIGHT + 3 * HOUR)
    found = look(ledger, "unattended", EIGHT + 4 * HOUR)
    assert [(each.place.subject, each.count) for each in found] == [("checks", 2), ("customs", 1)]
    change(ledger, orders, stage="closed")
    assert [each.place.subject for each in look(ledger, "unattended", EIGHT + 4 * HOUR)] == ["checks"]


def told(ledger: Ledger, orders: list[int], node: HubNode, at: datetime) -> None:
    with ledger.begin() as connection:
        enter_nodes(connection, [NodeEvent(order=each, node=node, at=at) for each in orders], arrived=at, hooks={})


def released(ledger: Ledger, count: int, at: datetime, **values: str) -> list[int]:
    return stand(ledger, count, at, node="released", node_at=at, goods="released", goods_at=at, **values)


def test_a_warehouse_that_packs_late_is_seen_and_one_that_tells_nothing_is_not(ledger: Ledger) -> None:
    late = released(ledger, 4, EIGHT, area_operator_code="A2")
    released(ledger, 5, EIGHT, area_operator_code="A3")
    told(ledger, released(ledger, 1, EIGHT, area_operator_code="A2"), HubNode.PACKED, EIGHT + HOUR)
    assert not look(ledger, "goods_late", EIGHT + 23 * HOUR)
    (found,) = look(ledger, "goods_late", EIGHT + 24 * HOUR)
    assert (found.place.provider, found.place.subject, found.count) == ("warehouse:A2", "packed", 4)
    told(ledger, late, HubNode.PACKED, EIGHT + 24 * HOUR)
    assert not look(ledger, "goods_late", EIGHT + 24 * HOUR)


def test_each_step_of_the_goods_is_its_providers(ledger: Ledger) -> None:
    orders = released(ledger, 5, EIGHT)
    steps = (HubNode.PACKED, HubNode.LEFT_ZONE, HubNode.COLLECTED, HubNode.SIGNED)
    seen = []
    for day, node in enumerate(steps):
        told(ledger, orders[-1:], node, EIGHT + timedelta(days=10 * day))  # so that each is told at all
        found = look(ledger, "goods_late", EIGHT + timedelta(days=10 * day) + 9 * timedelta(days=1))
        seen += [(each.place.subject, each.place.provider) for each in found]
        told(ledger, orders[:-1], node, EIGHT + timedelta(days=10 * (day + 1)))
    assert seen == [
        ("packed", "warehouse:A1"),
        ("left_zone", "warehouse:A1"),
        ("collected", "carrier:W1"),
        ("signed", "carrier:W1"),
    ]


def test_goods_whose_refund_is_asked_for_are_not_late(ledger: Ledger) -> None:
    orders = released(ledger, 4, EIGHT)
    told(ledger, released(ledger, 1, EIGHT), HubNode.PACKED, EIGHT)
    assert look(ledger, "goods_late", EIGHT + 24 * HOUR)
    change(ledger, orders, refund=True)
    assert not look(ledger, "goods_late", EIGHT + 24 * HOUR)


def test_an_alarm_shows_a_few_orders_and_counts_all(ledger: Ledger) -> None:
    stand(ledger, 40, EIGHT, node="accepted", node_at=EIGHT)
    for found in some(look(ledger, "overdue", EIGHT + 5 * HOUR)):
        assert found.count == 40
        assert len(found.examples) == 5
