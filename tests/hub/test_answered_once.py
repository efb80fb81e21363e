"""A request that is sent again with its Idempotency-Key gets the answer that it had; nobody else's key gives anything."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from customs.hub.enterprises.tokens import TokenScope
from customs.hub.store.answered import KEPT, UNDER_WAY, claim_key, forget_answers, keep_answer
from customs.hub.store.tables import HUB_ANSWERED
from customs.ledger import Ledger
from customs.signing import Signer
from support import exactly
from support.hub_callers import EIGHT, Caller, calling, names, orders, with_token
from support.hub_office import HubAtWork, hub_at_work


@pytest.fixture
def hub(ledger: Ledger, signer: Signer) -> HubAtWork:
    return hub_at_work(ledger, EIGHT, signer)


@pytest.fixture
def caller(hub: HubAtWork) -> Iterator[Caller]:
    with calling(hub) as found:
        yield found


KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


def test_the_same_request_with_its_key_gets_the_same_answer(caller: Caller) -> None:
    given = {"orders": orders(2)}
    first = caller.call("POST", "/v1/orders", given, **KEY)
    again = caller.call("POST", "/v1/orders", given, **KEY)
    assert (first[0], again[0]) == (200, 200)
    assert first[1] == again[1], "new, though the orders are known by now"
    assert [each["outcome"] for each in again[1]["orders"]] == ["new", "new"]
    assert ("idempotency-replayed" in first[2], again[2]["idempotency-replayed"]) == (False, "true")
    assert caller.post("/v1/orders", given)[1]["orders"][0]["outcome"] == "known", "without the key it is asked anew"


def test_the_key_of_another_request_is_refused(caller: Caller) -> None:
    one, other = orders(2)
    assert caller.call("POST", "/v1/orders", {"orders": [one]}, **KEY)[0] == 200
    status, found, headers = caller.call("POST", "/v1/orders", {"orders": [other]}, **KEY)
    assert (status, headers["content-type"]) == (422, "application/problem+json")
    assert "give each request a key of its own" in found["detail"]
    assert caller.call("POST", f"{names(one)}/refund", {}, **KEY)[0] == 422, "another path is another request"
    assert caller.get(names(other))[0] == 404


def test_another_enterprise_gets_nothing_by_a_key(hub: HubAtWork, caller: Caller) -> None:
    with hub.ledger.begin() as connection:
        warehouse = with_token(caller, connection, "warehouse", *TokenScope)
    (order,) = orders(1)
    path = f"{names(order)}/refund"
    caller.post("/v1/orders", {"orders": [order]})
    assert caller.call("POST", path, {}, **KEY)[1]["outcome"] == "closed"
    status, found, _ = warehouse.call("POST", path, {}, **KEY)
    assert (status, found["detail"]) == (404, "there is no such order")


def test_a_replayed_key_gives_nothing_to_a_token_without_the_scope(hub: HubAtWork, caller: Caller) -> None:
    with hub.ledger.begin() as connection:
        reader = with_token(caller, connection, "shop", TokenScope.READ)
    given = {"orders": orders(1)}
    assert caller.call("POST", "/v1/orders", given, **KEY)[0] == 200
    assert reader.call("POST", "/v1/orders", given, **KEY)[0] == 403
    assert Caller(caller.port, "cbhub_no").call("POST", "/v1/orders", given, **KEY)[0] == 401


def test_what_came_to_nothing_may_be_sent_again_with_its_key(caller: Caller) -> None:
    (order,) = orders(1)
    assert caller.call("POST", f"{names(order)}/refund", {}, **KEY)[0] == 404
    assert caller.call("POST", "/v1/orders", {"orders": []}, **KEY)[0] == 422
    assert caller.call("POST", "/v1/orders", {"orders": [order]}, **KEY)[0] == 200
    assert caller.call("POST", "/v1/orders", {"orders": [order]}, **KEY)[2]["idempotency-replayed"] == "true"


def test_callers_at_once_with_one_key_do_it_once(caller: Caller) -> None:
    given = {"orders": orders(3)}
    with ThreadPoolExecutor(4) as callers:
        found = list(callers.map(lambda _: caller.call("POST", "/v1/orders", given, **KEY), range(8)))
    assert {status for status, *_ in found} <= {200, 409}
    answers = [body for status, body, _ in found if status == 200]
    assert len(answers) >= 1
    assert all(each == answers[0] for each in answers)


def test_a_key_under_way_is_told_and_taken_over_from_a_killed_process(hub: HubAtWork, caller: Caller) -> None:
    (order,) = orders(1)
    path = f"{names(order)}/refund"
    caller.post("/v1/orders", {"orders": [order]})
    with hub.ledger.begin() as connection:
        request = f"POST {path}?\n{{}}".encode()
        assert claim_key(connection, "shop", KEY["Idempotency-Key"], request, now=hub.now) is None
    status, found, headers = caller.call("POST", path, {}, **KEY)
    assert (status, headers["retry-after"]) == (409, "1")
    assert "under way" in found["detail"]
    hub.rehearsal.now += UNDER_WAY
    assert caller.call("POST", path, {}, **KEY)[1]["outcome"] == "closed"


def test_answers_are_forgotten_after_a_day(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        for key in exactly(3, ["a", "b", "c"]):
            assert claim_key(connection, "shop", key, b"request", now=EIGHT) is None
            keep_answer(connection, "shop", key, "{}", now=EIGHT)
        assert claim_key(connection, "shop", "a", b"request", now=EIGHT + KEPT - timedelta(seconds=1)) == "{}"
        assert forget_answers(connection, now=EIGHT + KEPT - timedelta(seconds=1)) == 0
        assert forget_answers(connection, now=EIGHT + KEPT, most=2) == 2
        assert claim_key(connection, "shop", "c", b"other", now=EIGHT + KEPT) is None


@pytest.mark.long
def test_the_database_holds_neither_key_nor_request(hub: HubAtWork, caller: Caller) -> None:
    (order,) = orders(1)
    caller.call("POST", "/v1/orders", {"orders": [order]}, **KEY)
    with hub.ledger.read() as connection:
        (row,) = connection.sql.execute(HUB_ANSWERED.select()).all()
    kept = repr(tuple(row))
    assert KEY["Idempotency-Key"] not in kept
    assert order["order"]["buyer_name"] not in kept
    assert order["order"]["buyer_id_number"] not in kept


def test_each_answer_says_how_much_a_token_may_still_ask(caller: Caller) -> None:
    _, _, headers = caller.call("GET", "/v1/orders")
    assert headers["ratelimit-policy"] == '"token";q=6000;w=60'
    assert headers["ratelimit"] == '"token";r=1000;t=1'
    _, _, headers = caller.call("GET", "/v1/orders")
    assert headers["ratelimit"] == '"token";r=999;t=1'
