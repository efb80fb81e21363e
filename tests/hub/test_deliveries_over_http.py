"""Deliveries and calls over HTTP: what waits, failed or is dead, and a person's word on it; nobody else's are there."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from customs.exchange.contract import Item
from customs.hub.calls.making import CallOutcome, Hook, HubCall, make_calls
from customs.hub.enterprises.tokens import TokenScope
from customs.ledger import Ledger
from customs.ledger.exchange import take_items
from customs.ledger.exchange.tables import EXCHANGE_ITEMS
from customs.signing import Signer
from support import exactly
from support.hub_callers import EIGHT, Caller, calling, orders, with_token
from support.hub_office import PORT, HubAtWork, hub_at_work
from support.ledgers import LedgerDatabases


@pytest.fixture
def ledger(sqlite_databases: LedgerDatabases) -> Iterator[Ledger]:
    """A ledger in SQLite: ``test_interface.py`` calls the hub on both databases."""
    with sqlite_databases.ledger() as found:
        yield found


@pytest.fixture
def hub(ledger: Ledger, signer: Signer) -> HubAtWork:
    return hub_at_work(ledger, EIGHT, signer, hooks=("wms",))


@pytest.fixture
def caller(hub: HubAtWork) -> Iterator[Caller]:
    with calling(hub) as found:
        yield found


@pytest.fixture
def order(hub: HubAtWork, caller: Caller) -> dict[str, Any]:
    """An order whose messages are in the outbox and were not sent yet."""
    from customs.hub.turns.turn import declare_turn

    (found,) = orders(1)
    caller.post("/v1/orders", {"orders": [found]})
    declare_turn(hub.ledger, hub.enterprise, now=hub.now)
    return found


def test_messages_are_counted_and_listed_by_state_and_number(
    hub: HubAtWork, caller: Caller, order: dict[str, Any]
) -> None:
    (port,) = caller.get("/v1/deliveries")[1]["destinations"]
    assert port == {"destination": PORT, "counts": {"prepared": 4}, "outage_since": None}
    seen, path = list[str](), f"/v1/deliveries/{PORT}?limit=3&state=prepared"
    while path:
        page = caller.get(path)[1]
        assert len(page["deliveries"]) <= 3
        seen += [each["id"] for each in page["deliveries"]]
        path = page["next"]
    assert (len(seen), len(set(seen))) == (4, 4)
    assert caller.get(f"/v1/deliveries/{PORT}?state=dead")[1]["deliveries"] == []
    found = caller.get(f"/v1/deliveries/of/{order['order']['order_no']}")[1]["deliveries"]
    assert {each["id"] for each in found} <= set(seen)
    assert found


def test_a_message_is_held_let_go_and_sent_again_with_its_history(
    hub: HubAtWork, caller: Caller, order: dict[str, Any]
) -> None:
    first = caller.get(f"/v1/deliveries/{PORT}")[1]["deliveries"][0]
    path = f"/v1/deliveries/{PORT}/{first['id']}"
    assert caller.post(f"{path}/retry", {})[0] == 409, "it was not tried yet"
    assert caller.post(f"{path}/hold", {"reason": "等待核对"})[1]["state"] == "parked"
    hub.send()
    assert caller.get(path)[1]["delivery"]["state"] == "parked", "what is held is not sent"
    assert caller.post(f"{path}/release", {})[1]["state"] == "prepared"
    hub.send()
    assert caller.get(path)[1]["delivery"]["state"] == "handed over"
    assert caller.post(f"{path}/retry", {})[0] == 409, "it was handed over"
    assert caller.post(f"{path}/retry", {"even_if_sent": True})[1]["state"] == "not sent"
    shown = caller.get(path)[1]
    assert [each["happening"] for each in shown["history"]][:3] == ["put", "held", "released"]
    assert [each["said"] for each in shown["history"]][1] == "等待核对"
    assert order["order"]["order_no"] in str(shown["documents"])
    assert order["order"]["buyer_id_number"] not in str(shown)


def test_a_word_that_is_repeated_with_its_key_is_said_once(caller: Caller, order: dict[str, Any]) -> None:
    first = caller.get(f"/v1/deliveries/{PORT}")[1]["deliveries"][0]
    path, key = f"/v1/deliveries/{PORT}/{first['id']}/hold", {"Idempotency-Key": "once"}
    assert [caller.call("POST", path, {}, **key)[0] for _ in range(3)] == [200, 200, 200]
    assert caller.post(path, {})[0] == 409


def test_another_enterprise_has_no_message_though_its_destination_has_the_same_name(
    hub: HubAtWork, caller: Caller, order: dict[str, Any]
) -> None:
    with hub.ledger.begin() as connection:
        other = with_token(caller, connection, "warehouse", *TokenScope)
    first = caller.get(f"/v1/deliveries/{PORT}")[1]["deliveries"][0]
    assert other.get("/v1/deliveries")[1]["destinations"] == [{"destination": PORT, "counts": {}, "outage_since": None}]
    assert other.get(f"/v1/deliveries/{PORT}")[1]["deliveries"] == []
    assert other.get(f"/v1/deliveries/of/{order['order']['order_no']}")[1]["deliveries"] == []
    assert other.get(f"/v1/deliveries/{PORT}/{first['id']}")[0] == 404
    assert other.post(f"/v1/deliveries/{PORT}/{first['id']}/hold", {})[0] == 404
    for name in exactly(3, ["shop%2Fport", "..", "%2e%2e%2fshop"]):
        assert other.get(f"/v1/deliveries/{name}")[0] in (404, 422)
    assert caller.get(f"/v1/deliveries/{PORT}/{first['id']}")[1]["delivery"]["state"] == "prepared"


@pytest.mark.long
def test_a_word_on_a_message_needs_the_scope_of_operating(
    hub: HubAtWork, caller: Caller, order: dict[str, Any]
) -> None:
    with hub.ledger.begin() as connection:
        reader = with_token(caller, connection, "shop", TokenScope.READ)
    first = reader.get(f"/v1/deliveries/{PORT}")[1]["deliveries"][0]
    assert reader.post(f"/v1/deliveries/{PORT}/{first['id']}/hold", {})[0] == 403
    assert reader.get("/v1/calls")[0] == 200
    assert reader.post("/v1/calls/1/retry", {})[0] == 403


def test_a_call_that_failed_is_shown_with_its_reason_and_made_again_at_once(
    hub: HubAtWork, caller: Caller, order: dict[str, Any]
) -> None:
    hooks = {"wms": Hook(name="wms", url="https://wms.example/h", secret=b"0" * 24)}
    made = list[int]()

    def refused(call: HubCall, hook: Hook) -> CallOutcome:
        made.append(call.id)
        return CallOutcome(call=call, taken=False, said="wms.example answered 500 返回状态码 500")

    make_calls(hub.ledger, hooks, refused, now=hub.now)
    (failed,) = caller.get("/v1/calls?standing=failed")[1]["calls"]
    assert (failed["id"], failed["attempts"], failed["said"]) == (
        made[0], 1, "wms.example answered 500 返回状态码 500",
    )  # fmt: skip
    assert failed["order_no"] == order["order"]["order_no"]
    make_calls(hub.ledger, hooks, refused, now=hub.now)
    assert made == [failed["id"]], "it waits, and the later ones of its order behind it"
    assert caller.post(f"/v1/calls/{failed['id']}/retry", {})[0] == 200
    make_calls(hub.ledger, hooks, refused, now=hub.now)
    assert made == [failed["id"]] * 2
    with hub.ledger.begin() as connection:
        other = with_token(caller, connection, "warehouse", *TokenScope)
    assert other.get("/v1/calls")[1]["calls"] == []
    assert other.post(f"/v1/calls/{failed['id']}/retry", {})[0] == 404


def test_calls_are_read_on_page_by_page(hub: HubAtWork, caller: Caller) -> None:
    caller.post("/v1/orders", {"orders": orders(5)})
    hub.turn()
    hub.rehearsal.now += timedelta(minutes=5)
    total = len(caller.get("/v1/calls?limit=200")[1]["calls"])
    seen, path = list[int](), "/v1/calls?limit=4&standing=waiting&hook=wms"
    while path:
        page = caller.get(path)[1]
        seen += [each["id"] for each in page["calls"]]
        path = page["next"]
    assert (len(seen), seen) == (total, sorted(seen, reverse=True))
    assert total > 5


def test_receipts_that_were_set_aside_are_listed_and_taken_up_again_by_who_may(
    hub: HubAtWork, caller: Caller, order: dict[str, Any]
) -> None:
    hub.send()
    hub.rehearsal.now += timedelta(minutes=5)
    assert hub.receive()
    with hub.ledger.begin() as connection:
        first = connection.sql.execute(select(func.min(EXCHANGE_ITEMS.c.id))).scalar_one()
        connection.sql.execute(update(EXCHANGE_ITEMS).where(EXCHANGE_ITEMS.c.id == first).values(kind="aside"))
        unread = take_items(connection, f"shop/{PORT}", [Item(name="2.xml", content=b"<a/>")], at=EIGHT)[0].number
        reader = with_token(caller, connection, "shop", TokenScope.READ)
        other = with_token(caller, connection, "warehouse", *TokenScope)
    page = reader.get("/v1/receipts/aside?limit=1")[1]
    assert [(each["number"], each["destination"]) for each in page["receipts"]] == [(first, PORT)]
    (last,) = reader.get(page["next"])[1]["receipts"]
    assert (last["number"], last["name"], bool(last["zh"]), bool(last["en"])) == (unread, "2.xml", True, True)
    assert other.get("/v1/receipts/aside")[1]["receipts"] == []
    assert reader.post(f"/v1/receipts/aside/{first}/again", {})[0] == 403
    assert other.post(f"/v1/receipts/aside/{first}/again", {})[0] == 404
    for number, taken_up in exactly(2, ((first, True), (unread, False))):
        status, answer = caller.post(f"/v1/receipts/aside/{number}/again", {})
        assert (status, answer["number"], answer["taken_up"]) == (200, number, taken_up)
    assert [each["number"] for each in caller.get("/v1/receipts/aside")[1]["receipts"]] == [unread]
