"""Orders are cancelled for a reason and goods of them returned by items, over HTTP and down to customs."""

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from customs.hub.store.tables import HUB_REQUESTS
from customs.ledger import EntryCause, Ledger
from customs.ledger.bills import enter_assessments, find_parcel
from customs.ledger.exchange import open_ledger_outbox
from customs.ledger.quota import order_key, order_standing
from customs.reconciliation.three_way.sides import OwnSide
from customs.signing import Signer
from customs.tax import assess
from customs.tax.refund import refund
from customs.testing import sample_parcels
from support.hub_callers import EIGHT, Caller, calling, names, orders
from support.hub_office import PORT, HubAtWork, hub_at_work
from support.ledgers import LedgerDatabases

WHY = {"reason": "质量问题，买家退货"}


@pytest.fixture
def ledger(sqlite_databases: LedgerDatabases) -> Iterator[Ledger]:
    """A ledger in SQLite: ``test_interface.py`` calls the hub on both databases."""
    with sqlite_databases.ledger() as found:
        yield found


@pytest.fixture
def hub(ledger: Ledger, signer: Signer) -> HubAtWork:
    return hub_at_work(ledger, EIGHT, signer)


@pytest.fixture
def caller(hub: HubAtWork) -> Iterator[Caller]:
    with calling(hub) as found:
        yield found


def go_on(hub: HubAtWork, times: int = 4) -> None:
    for _ in range(times):
        hub.rehearsal.now += timedelta(minutes=5)
        hub.turn()


def released(hub: HubAtWork, caller: Caller) -> dict[str, Any]:
    """An order with a line of several pieces that customs released."""
    order = next(each for each in orders(40) if int(float(each["order"]["lines"][0]["qty"])) >= 2)
    caller.post("/v1/orders", {"orders": [order]})
    hub.turn()
    go_on(hub)
    assert caller.get(f"{names(order)}/may-ship")[1]["may_ship"] is True
    return order


def test_the_next_step_of_an_order_has_a_path_of_its_own(hub: HubAtWork, caller: Caller) -> None:
    (order,) = orders(1)
    caller.post("/v1/orders", {"orders": [order]})
    assert caller.get(f"{names(order)}/next-step")[1] == {"stage": "received", "node": "", "next_step": None}
    hub.turn()
    step = caller.get(f"{names(order)}/next-step")[1]["next_step"]
    assert step["kind"] == "wait"
    assert caller.get("/v1/orders/P/O/next-step")[0] == 404


def test_an_order_that_was_not_declared_is_closed_when_it_is_cancelled(caller: Caller) -> None:
    (order,) = orders(1)
    caller.post("/v1/orders", {"orders": [order]})
    assert caller.post(f"{names(order)}/cancel", WHY)[1]["outcome"] == "closed"
    assert caller.post(f"{names(order)}/cancel", WHY)[1]["outcome"] == "known"


@pytest.mark.long
def test_a_released_order_is_cancelled_for_the_reason_given(hub: HubAtWork, caller: Caller) -> None:
    order = released(hub, caller)
    status, found = caller.post(f"{names(order)}/cancel", WHY)
    assert (status, found["outcome"], found["findings"]) == (200, "cancelling", [])
    gate = caller.get(f"{names(order)}/may-ship")[1]
    assert (gate["may_ship"], gate["en"]) == (False, "its refund or cancellation is asked for, the goods stay")
    go_on(hub)
    assert caller.get(names(order))[1]["order"]["node"] == "withdrawn"
    with open_ledger_outbox(hub.ledger, f"shop/{PORT}") as outbox:
        sent = [outbox.delivery(each.id).content for each in outbox.entries() if "623" in each.name]
    assert [WHY["reason"] in each.decode() for each in sent] == [True]


def test_a_cancellation_that_its_state_forbids_is_told_and_changes_nothing(hub: HubAtWork, caller: Caller) -> None:
    order = released(hub, caller)
    left = {
        "platform_code": order["parties"]["platform_code"],
        "order_no": order["order"]["order_no"],
        "node": "left_zone",
        "at": "2026-11-11T09:00:00+08:00",
    }
    caller.post("/v1/nodes", {"nodes": [left]})
    status, found = caller.post(f"{names(order)}/cancel", WHY)
    assert (status, found["outcome"]) == (200, "refused")
    assert found["findings"][0]["severity"] == "error"
    assert caller.get(f"{names(order)}/may-ship")[1]["may_ship"] is True


@pytest.mark.long
def test_goods_come_back_by_items_and_never_more_than_were_bought(hub: HubAtWork, caller: Caller) -> None:
    order = released(hub, caller)
    bought = int(float(order["order"]["lines"][0]["qty"]))
    one = {**WHY, "items": [{"line": 1, "qty": "1"}]}
    status, found = caller.post(f"{names(order)}/returns", one)
    assert (status, found["outcome"], found["findings"]) == (200, "returning", [])
    assert float(found["tax"]) > 0
    assert found["apply_by"] == "2026-12-11"
    hub.turn()
    go_on(hub)
    shown = caller.get(names(order))[1]
    assert "returning" in {each["node"] for each in shown["nodes"]}
    assert "CEB625" in {each["document"] for each in shown["answers"]}
    more = {**WHY, "items": [{"line": 1, "qty": str(bought)}]}
    status, refused = caller.post(f"{names(order)}/returns", more)
    assert (status, refused["outcome"]) == (200, "refused")
    assert refused["findings"][0]["path"] == "quantities"
    status, rest = caller.post(f"{names(order)}/returns", WHY)
    assert (status, rest["outcome"]) == (200, "returning")
    assert rest["number"] != found["number"]
    assert caller.post(f"{names(order)}/returns", {**WHY, "number": rest["number"]})[1]["outcome"] == "known"


def test_a_granted_return_gives_quota_back_once_and_leaves_the_rest_to_be_taxed(hub: HubAtWork, caller: Caller) -> None:
    order = released(hub, caller)
    name = order["parties"]["platform_code"], order["order"]["order_no"]
    parcel = next(each for each in sample_parcels(40, seed=7, mode="1210") if each.order.order_no == name[1])
    paid = assess(parcel, on=EIGHT.date())
    own = OwnSide(order_no=name[1], merchant_code="M1", guarantor_code="G1", assessment=paid)
    with hub.ledger.begin() as connection:
        enter_assessments(connection, [(own, EntryCause("order", name[1]))], EIGHT)
        used = sum(order_standing(connection, order_key(*name)).used.values())
    assert used > 0
    caller.post(f"{names(order)}/returns", {**WHY, "items": [{"line": 1, "qty": "1"}]})
    go_on(hub)
    hub.turn()
    given = refund(paid, {1: Decimal(1)})
    with hub.ledger.begin() as connection:
        left = sum(order_standing(connection, order_key(*name)).used.values())
        kept = find_parcel(connection, name[1])
    assert used - left == given.dutiable_value
    assert kept is not None
    assert (dict(kept.returned), kept.course.value) == ({1: Decimal(1)}, "released")


def test_a_return_before_release_is_told_and_nothing_goes(hub: HubAtWork, caller: Caller) -> None:
    (order,) = orders(1)
    caller.post("/v1/orders", {"orders": [order]})
    status, found = caller.post(f"{names(order)}/returns", WHY)
    assert (status, found["outcome"], found["tax"]) == (200, "refused", None)
    assert caller.post(f"{names(order)}/returns", {**WHY, "items": [{"line": 1, "qty": "many"}]})[0] == 422


def test_the_reason_stands_sealed(hub: HubAtWork, caller: Caller) -> None:
    order = released(hub, caller)
    caller.post(f"{names(order)}/returns", {**WHY, "items": [{"line": 1, "qty": "1"}]})
    with hub.ledger.read() as connection:
        (row,) = connection.sql.execute(HUB_REQUESTS.select()).all()
    assert WHY["reason"].encode() not in bytes(row.sealed)
    assert WHY["reason"] not in json.dumps([str(each) for each in row], ensure_ascii=False)
