"""Attacks on every path of the interface: without a token, with one of another scope, with texts that are more than texts."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from customs.hub.api.bodies import BoundedBodies
from customs.hub.enterprises.belongings import EVERYTHING
from customs.hub.enterprises.tokens import TokenScope
from customs.hub.turns.folding import fold
from customs.ledger import Ledger
from customs.ledger.exchange import KeptReceipt
from customs.ledger.quota import order_key, order_standing
from customs.signing import Signer
from support import exactly, some
from support.hub_callers import EIGHT, Caller, calling, names, orders, with_token
from support.hub_office import PORT, HubAtWork, hub_at_work
from support.ledger_fixtures import in_sqlite


@pytest.fixture
def hub(ledger: Ledger, signer: Signer) -> HubAtWork:
    return hub_at_work(ledger, EIGHT, signer, belongings=EVERYTHING)


@pytest.fixture
def caller(hub: HubAtWork) -> Iterator[Caller]:
    with calling(hub) as found:
        yield found


#: A value for each part of a path.
PARTS = {
    "platform_code": "P1", "order_no": "O1", "account_book_no": "T2992W000001", "record_no": "12", "tax_bill_no": "T1",
    "month": "2026-11", "destination": PORT, "message_id": "M1", "word": "hold", "number": "O1", "call": "1",
}  # fmt: skip

#: A small request that would be a large one, read.
SWOLLEN = b'{"orders":[' + b",".join([b"{}"] * 600_000) + b"]}"

PACKED = "2026-11-11T09:00:00+08:00"

#: The changes that the description has no key for, since they change nothing.
ASKING = {"/v1/check", "/v1/tax", "/v1/explain", "/v1/quota/may-buy"}


def operations(caller: Caller) -> list[tuple[str, str, dict[str, Any]]]:
    """Each method and path of the description that needs a token, with what is said of it."""
    described = caller.get("/v1/openapi.json")[1]["paths"]
    return [
        (method.upper(), path, operation)
        for path, methods in described.items()
        for method, operation in methods.items()
        if path.startswith("/v1/")
    ]


@in_sqlite
@pytest.mark.long
def test_no_path_answers_without_a_token_or_with_that_of_another_scope(hub: HubAtWork, caller: Caller) -> None:
    nobody = Caller(caller.port, "")
    with hub.ledger.begin() as connection:
        teller = with_token(caller, connection, "shop", TokenScope.EVENTS)
        asker = with_token(caller, connection, "shop", TokenScope.QUOTA)
    for method, path, _ in some(operations(caller)):
        body: Any = {} if method == "POST" else None
        assert nobody.call(method, path.format_map(PARTS), body)[0] == 401, path
        wrong = asker if path == "/v1/nodes" else teller
        assert wrong.call(method, path.format_map(PARTS), body)[0] == 403, path


@in_sqlite
@pytest.mark.long
def test_whatever_changes_something_takes_a_key(caller: Caller) -> None:
    for method, path, operation in some(operations(caller)):
        keyed = "idempotency-key" in {each["name"].lower() for each in operation.get("parameters", [])}
        assert keyed == (method == "POST" and path not in ASKING), path


@pytest.mark.long
def test_no_text_in_any_place_reaches_the_database_as_more_than_a_text(caller: Caller) -> None:
    caller.post("/v1/orders", {"orders": orders(1)})
    texts = ("' OR 1=1 --", "'; DROP TABLE goods_records; --", "%", "_", "\u202e", "{{7*7}}")
    asked = [
        f"{path.format_map({name: quote(text, safe='') for name in PARTS})}"
        for text in texts
        for method, path, _ in operations(caller)
        if method == "GET" and "{" in path
    ]
    for path in some(asked):
        status, found = caller.get(path)
        assert status in (200, 404, 422), path
        assert status != 200 or not any(found[name] for name in ("deliveries", "entries", "items") if name in found)
    lists = (
        "/v1/goods?sku=",
        "/v1/goods?account_book_no=",
        "/v1/bills?order_no=",
        "/v1/bills?after=",
        "/v1/calls?hook=",
    )
    for address in exactly(30, [address + quote(text) for address in lists for text in texts]):
        status, found = caller.get(address)
        assert (status, sum(len(each) for each in found.values() if isinstance(each, list))) in ((200, 0), (422, 0))
    assert len(caller.get("/v1/orders")[1]["orders"]) == 1


@pytest.mark.parametrize("path", ["/v1/goods", "/v1/tax", "/v1/explain", "/v1/nodes"])
@pytest.mark.long
@in_sqlite
def test_an_oversized_body_is_refused_wherever_it_comes(caller: Caller, path: str) -> None:
    status, _, headers = caller.call("POST", path, b"[" * (16 * 1024 * 1024 + 1))
    assert (status, headers["content-type"]) == (413, "application/problem+json")


@pytest.mark.parametrize("name", ["张三110101180001010011", "110101180001010011", "13800138000", "zhang_san"])
@in_sqlite
def test_a_name_that_only_the_request_has_is_not_repeated(caller: Caller, name: str) -> None:
    status, found = caller.post("/v1/explain", {"said": "1313", name: "x"})
    assert (status, name in str(found), "body.*" in found["detail"]) == (422, False, True)
    status, found = caller.post("/v1/check", {"orders": [{}], "profile": name})
    assert (status, name in str(found), "there are: main" in found["detail"]) == (404, False, True)


@in_sqlite
def test_every_number_that_can_be_declared_can_be_asked_for(caller: Caller) -> None:
    (order,) = orders(1)
    for number in exactly(6, ["A 1", "Ä1", "ＡＢ", "А1", "A#1?x=1", "A%2F1"]):
        order["order"]["order_no"] = number
        assert caller.post("/v1/orders", {"orders": [order]})[1]["orders"][0]["outcome"] == "new"
        path = f"/v1/orders/{order['parties']['platform_code']}/{quote(number, safe='')}"
        assert caller.get(f"{path}/may-ship")[1]["may_ship"] is False
        told = {"platform_code": order["parties"]["platform_code"], "order_no": number, "node": "packed", "at": PACKED}
        assert caller.post("/v1/nodes", {"nodes": [told]})[1] == {"new": 1, "unknown": []}
        assert caller.post(f"{path}/refund", {})[1]["outcome"] == "closed"


@in_sqlite
def test_another_enterprise_with_the_same_order_moves_no_quota_of_it(hub: HubAtWork, caller: Caller) -> None:
    (order,) = orders(1)
    key = order_key(order["parties"]["platform_code"], order["order"]["order_no"])
    caller.post("/v1/orders", {"orders": [order]})
    hub.turn()
    with hub.ledger.begin() as connection:
        other = with_token(caller, connection, "warehouse", TokenScope.ORDERS, TokenScope.READ)
        before = order_standing(connection, key)
    assert sum(before.held.values()) > 0
    assert other.get(names(order))[0] == 404
    assert other.post("/v1/orders", {"orders": [order]})[1]["orders"][0]["outcome"] == "new"
    hub.rehearsal.now += timedelta(minutes=5)
    answers = hub.rehearsal.office.query(order["order"]["order_no"])
    taken_over = [KeptReceipt(number=number, content=each.content) for number, each in enumerate(answers)]
    with hub.ledger.begin() as connection:
        assert fold(connection, replace(hub.enterprise, name="warehouse"), taken_over, now=hub.now).new > 0
    assert other.post(f"{names(order)}/refund", {})[1]["outcome"] == "closed"
    with hub.ledger.read() as connection:
        assert order_standing(connection, key) == before


def test_nothing_large_is_kept_of_a_stranger() -> None:
    given = list[int]()

    async def application(_: Any, receive: Any, send: Any) -> None:
        given.append(len((await receive())["body"]))

    async def call(token: str, path: str, size: int) -> None:
        parts = iter(
            [{"type": "http.request", "body": b"x" * 40_000, "more_body": left > 1} for left in range(size, 0, -1)]
        )

        async def receive() -> Any:
            return next(parts)

        headers = [(b"authorization", token.encode())]
        bodies = BoundedBodies(application, lambda given: given == "Bearer known")
        await bodies({"type": "http", "path": path, "headers": headers}, receive, None)

    for token, path, size in [("no", "/v1/orders", 1), ("no", "/v1/orders", 9), ("Bearer known", "/v1/orders", 9)]:
        asyncio.run(call(token, path, size))
    assert given == [40_000, 0, 360_000]


@in_sqlite
def test_a_request_of_more_values_than_orders_have_is_refused_before_it_is_read(caller: Caller) -> None:
    status, found, _ = caller.call("POST", "/v1/orders", SWOLLEN)
    assert (status, found["detail"]) == (413, "a request has at most 1,000,000 values: send fewer orders at a time")
