"""The interface over HTTP: orders in, answers out, problems in both languages, and none of the attacks works."""

import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

import pytest

from customs.hub.api.application import hub_application
from customs.hub.api.callers import HubService
from customs.hub.api.rates import CallRates
from customs.hub.enterprises.tokens import TokenScope, make_token, revoke_token
from customs.hub.orders.taking_in import take_in
from customs.ledger import Ledger
from customs.signing import Signer
from customs.testing import sample_parcels
from support import exactly, some
from support.hub_callers import EIGHT, Caller, calling, names, orders, with_token
from support.hub_office import HubAtWork, hub_at_work
from support.ledger_fixtures import in_sqlite
from support.served import served


@pytest.fixture
def hub(ledger: Ledger, signer: Signer) -> HubAtWork:
    return hub_at_work(ledger, EIGHT, signer)


@pytest.fixture
def caller(hub: HubAtWork) -> Iterator[Caller]:
    with calling(hub) as found:
        yield found


def test_an_order_goes_from_the_request_to_may_ship(hub: HubAtWork, caller: Caller) -> None:
    (order,) = orders(1)
    status, taken = caller.post("/v1/orders", {"orders": [order]})
    assert (status, taken["orders"][0]["outcome"]) == (200, "new")
    assert caller.get(f"{names(order)}/may-ship")[1]["may_ship"] is False
    hub.turn()
    for _ in range(4):
        hub.rehearsal.now += timedelta(minutes=5)
        hub.turn()
    status, shown = caller.get(names(order))
    assert (status, shown["order"]["node"], shown["gate"]["may_ship"]) == (200, "released", True)
    assert shown["stands"] == {"zh": "放行", "en": "released"}
    assert [each["node"] for each in shown["nodes"]][-1] == "released"
    assert {each["document"] for each in shown["answers"]} >= {"CEB311", "CEB621"}
    assert order["order"]["buyer_id_number"] not in json.dumps(shown)
    assert order["order"]["buyer_name"] not in json.dumps(shown, ensure_ascii=False)


def test_the_same_order_again_is_known_and_another_content_amends_it(caller: Caller) -> None:
    (order,) = orders(1)
    given = {"orders": [order]}
    assert [caller.post("/v1/orders", given)[1]["orders"][0]["outcome"] for _ in range(3)] == ["new", "known", "known"]
    order["waybill"]["gross_weight"] = "2.5"
    assert caller.post("/v1/orders", {"orders": [order]})[1]["orders"][0]["outcome"] == "amended"


def test_one_order_that_cannot_be_read_stops_no_other(caller: Caller) -> None:
    good, bad = orders(2)
    bad["order"]["lines"][0]["qty"] = "many"
    status, taken = caller.post("/v1/orders", {"orders": [bad, good]})
    assert status == 200
    assert [(each["place"], each["outcome"]) for each in taken["orders"]] == [(0, "unreadable"), (1, "new")]
    assert taken["orders"][0]["findings"][0]["path"] == "order.lines[0].qty"


def test_a_check_says_what_customs_would_say_and_keeps_nothing(caller: Caller) -> None:
    (order,) = orders(1)
    order["order"]["buyer_id_number"] = "110101180001010012"
    status, checked = caller.post("/v1/check", {"orders": [order]})
    assert status == 200
    assert any(each["severity"] == "error" for each in checked["orders"][0])
    assert "110101180001010012" not in json.dumps(checked)
    assert caller.get("/v1/orders")[1]["orders"] == []


def test_orders_are_found_by_any_number_and_read_on_from_the_last(hub: HubAtWork, caller: Caller) -> None:
    given = orders(5)
    caller.post("/v1/orders", {"orders": given})
    hub.turn()
    waybill = given[2]["waybill"]["waybill_no"]
    found = caller.get(f"/v1/orders?number={waybill}")[1]["orders"]
    assert [each["order_no"] for each in found] == [given[2]["order"]["order_no"]]
    seen, path = list[str](), "/v1/orders?limit=2"
    for _ in range(4):
        page = caller.get(path)[1]
        seen += [each["order_no"] for each in page["orders"]]
        if not page["next"]:
            break
        path = page["next"]
    assert sorted(seen) == sorted(each["order"]["order_no"] for each in given)


def test_a_refund_closes_an_order_that_was_not_declared(caller: Caller) -> None:
    (order,) = orders(1)
    caller.post("/v1/orders", {"orders": [order]})
    assert caller.post(f"{names(order)}/refund", {})[1]["outcome"] == "closed"
    assert caller.post(f"{names(order)}/refund", {})[1]["outcome"] == "known"


def test_nodes_of_the_warehouse_are_told_once(caller: Caller) -> None:
    (order,) = orders(1)
    caller.post("/v1/orders", {"orders": [order]})
    node = {
        "platform_code": order["parties"]["platform_code"],
        "order_no": order["order"]["order_no"],
        "node": "packed",
        "at": "2026-11-11T09:00:00+08:00",
    }
    given = {"nodes": [node, {**node, "order_no": "unknown"}]}
    assert caller.post("/v1/nodes", given)[1] == {"new": 1, "unknown": ["unknown"]}
    assert caller.post("/v1/nodes", given)[1] == {"new": 0, "unknown": ["unknown"]}
    assert caller.post("/v1/nodes", {"nodes": [{**node, "node": "released"}]})[0] == 422, "customs alone releases"


@pytest.mark.long
def test_a_buyer_is_asked_for_in_the_body_and_answered_without_the_number(caller: Caller) -> None:
    asked = {"id_number": "110101180001010011", "amount": "5000.00"}
    status, found = caller.post("/v1/quota/may-buy", asked)
    assert (status, found["allowed"]) == (200, True)
    status, found = caller.post("/v1/quota/may-buy", {**asked, "amount": "26000.01"})
    assert (status, found["allowed"]) == (200, False)
    status, found = caller.post("/v1/quota/may-buy", {**asked, "id_number": "110101-18000101"})
    assert status == 422
    assert "110101" not in json.dumps(found)


# attacks


@pytest.mark.long
@in_sqlite
def test_nobody_comes_in_without_a_token(caller: Caller) -> None:
    for header in some(["", "Bearer", "Bearer x", "Basic eDp5", "Bearer cbhub_" + "0" * 64]):
        status, found, headers = caller.call("GET", "/v1/orders", Authorization=header)
        assert (status, headers["content-type"]) == (401, "application/problem+json"), header
        assert found["detail"].startswith("give a valid token")
        assert found["detail_zh"].startswith("请在请求头")


def test_a_token_does_what_its_scopes_say_and_no_more(hub: HubAtWork, caller: Caller) -> None:
    with hub.ledger.begin() as connection:
        reader = with_token(caller, connection, "shop", TokenScope.READ)
    (order,) = orders(1)
    assert reader.get("/v1/orders")[0] == 200
    for path, body in exactly(
        4,
        [
            ("/v1/orders", {"orders": [order]}),
            ("/v1/check", {"orders": [order]}),
            (f"{names(order)}/refund", {}),
            ("/v1/quota/may-buy", {"id_number": "110101180001010011", "amount": "1"}),
        ],
    ):
        assert reader.post(path, body)[0] == 403
    assert caller.get("/v1/orders")[1]["orders"] == []


def test_a_token_that_is_over_or_revoked_is_none(hub: HubAtWork, caller: Caller) -> None:
    with hub.ledger.begin() as connection:
        over = with_token(caller, connection, "shop", TokenScope.READ, until=EIGHT)
        revoked = with_token(caller, connection, "shop", TokenScope.READ)
        assert revoked.get("/v1/orders")[0] == 401, "not committed yet"
    assert revoked.get("/v1/orders")[0] == 200
    with hub.ledger.begin() as connection:
        assert revoke_token(connection, "shop", "other", at=EIGHT) == 2
    assert (over.get("/v1/orders")[0], revoked.get("/v1/orders")[0]) == (401, 401)


def test_another_enterprise_sees_and_changes_nothing(hub: HubAtWork, caller: Caller) -> None:
    (order,) = orders(1)
    caller.post("/v1/orders", {"orders": [order]})
    with hub.ledger.begin() as connection:
        other = with_token(caller, connection, "warehouse", *TokenScope)
    assert other.get("/v1/orders")[1]["orders"] == []
    assert other.get(f"/v1/orders?number={order['order']['order_no']}")[1]["orders"] == []
    assert other.get(names(order))[0] == 404
    assert other.get(f"{names(order)}/may-ship")[0] == 404
    assert other.post(f"{names(order)}/refund", {})[0] == 404
    assert caller.get(names(order))[1]["refund_asked"] is False


HOSTILE = ("' OR 1=1 --", "'; DROP TABLE hub_orders; --", "%", "_", "..%2f..%2fetc%2fpasswd", "%00", "\u202e")


@pytest.mark.long
def test_no_text_reaches_the_database_as_more_than_a_text(caller: Caller) -> None:
    caller.post("/v1/orders", {"orders": orders(1)})
    for text in some(HOSTILE):
        told = text if text.startswith(("..", "%00")) else quote(text)
        status, found = caller.get(f"/v1/orders?number={told}")
        assert (status, found.get("orders")) == ((422, None) if told == "%00" else (200, [])), text
        assert caller.get(f"/v1/orders/{told}/{told}")[0] in (404, 422), text
        assert len(caller.get("/v1/orders")[1]["orders"]) == 1, text


@in_sqlite
def test_an_oversized_request_is_refused_before_it_is_read(caller: Caller) -> None:
    status, found, headers = caller.call("POST", "/v1/orders", b"[" * (16 * 1024 * 1024 + 1))
    assert (status, headers["content-type"]) == (413, "application/problem+json")
    assert "16,777,216 bytes" in found["detail"]


BROKEN = (b"", b"{", b"[]", b'{"orders": []}', b'{"orders": [1]}', b"\xff", b"[" * 100_000, b'{"orders": null}')

#: Requests of another form, and what is told of them in English and Chinese.
OF_ANOTHER_FORM = (
    (b"[]", "body: an object with names is expected", "body：应为对象"),
    (b'{"orders": ', "it is not JSON; the number is the character", "不是有效的 JSON"),
    (b"{}", "body.orders: it is missing", "body.orders：缺失"),
    (b'{"orders": 7}', "body.orders: a list is expected", "body.orders：应为列表"),
    (b'{"orders": []}', "body.orders: at least 1 is expected", "body.orders：至少 1 项"),
)


@pytest.mark.long
@in_sqlite
def test_a_broken_request_is_told_and_repeats_nothing_of_it(caller: Caller) -> None:
    for body in some(BROKEN):
        status, found, headers = caller.call("POST", "/v1/orders", body)
        assert (status in (400, 422), headers["content-type"]) == (True, "application/problem+json"), body[:20]
        assert found["detail"]


@in_sqlite
def test_a_request_of_another_form_is_told_what_each_part_should_be(caller: Caller) -> None:
    for body, en, zh in some(OF_ANOTHER_FORM):
        status, found, _ = caller.call("POST", "/v1/orders", body)
        assert (status, en in found["detail"], zh in found["detail_zh"]) == (422, True, True), found


@in_sqlite
def test_a_word_that_is_none_of_the_allowed_is_told_with_them(caller: Caller) -> None:
    node = {"platform_code": "P", "order_no": "O", "at": "2026-11-11T08:00:00", "source": "wms", "node": "flown"}
    status, found = caller.post("/v1/nodes", {"nodes": [node]})
    assert (status, "flown" in found["detail"]) == (422, False)
    assert "one of 'ordered', 'paid'," in found["detail"]
    assert "应为 'ordered'、'paid'、'picked'" in found["detail_zh"]
    assert " or " not in found["detail_zh"]


@in_sqlite
def test_a_validation_problem_repeats_no_value(caller: Caller) -> None:
    status, found = caller.post("/v1/quota/may-buy", {"id_number": ["张三110101180001010011"], "amount": "1"})
    assert status == 422
    assert "张三" not in json.dumps(found, ensure_ascii=False)
    assert "body.id_number" in found["detail"]


@in_sqlite
def test_who_asks_too_often_waits(hub: HubAtWork) -> None:
    service = HubService(
        ledger=hub.ledger,
        enterprises={"shop": hub.enterprise},
        clock=lambda: hub.now,
        rates=CallRates(most=60, at_once=3),
    )
    with hub.ledger.begin() as connection:
        token = make_token(connection, "shop", "all", list(TokenScope), at=EIGHT)
    with served(hub_application(service)) as port:  # type: ignore[arg-type]
        busy = Caller(port, token)
        found = [busy.call("GET", "/v1/orders") for _ in range(6)]
        assert [status for status, *_ in found] == [200, 200, 200, 200, 429, 429]
        assert found[-1][2]["retry-after"] == "1"
        hub.rehearsal.now += timedelta(seconds=2)
        assert busy.get("/v1/orders")[0] == 200


@in_sqlite
def test_what_is_told_of_health_needs_no_token(caller: Caller) -> None:
    nobody = Caller(caller.port, "")
    assert nobody.get("/health/live") == (200, {"status": "ok"})
    assert nobody.get("/health/ready") == (200, {"status": "ok"})


@in_sqlite
def test_a_request_that_does_not_end_is_given_up(hub: HubAtWork) -> None:
    from customs.hub.api.bodies import BoundedBodies

    service = HubService(ledger=hub.ledger, enterprises={"shop": hub.enterprise}, clock=lambda: hub.now)
    slow = BoundedBodies(hub_application(service), lambda _: True, patience=0.2)
    with served(slow) as port, socket.create_connection(("127.0.0.1", port), timeout=30) as link:  # type: ignore[arg-type]
        link.sendall(b"POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert b" 408 " in link.recv(200)


@pytest.mark.parametrize("begun", [b"", b"G", b"GET /health/live HTTP/1.1\r\nHost: x\r\n"])
@in_sqlite
def test_a_connection_without_the_headers_of_a_request_is_closed(
    caller: Caller, begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("customs.exchange.receivers.prompt_connections.HEADERS_SECONDS", 0.2)
    with socket.create_connection(("127.0.0.1", caller.port), timeout=30) as link:
        link.sendall(begun)
        assert link.recv(1000) == b""
    with socket.create_connection(("127.0.0.1", caller.port), timeout=30) as link, link.makefile("rb") as answers:
        for _ in range(2):
            link.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            assert answers.readline() == b"HTTP/1.1 200 OK\r\n"
            assert len(list(iter(answers.readline, b"\r\n"))) > 1
            assert answers.read(15) == b'{"status":"ok"}'
        link.sendall(begun or b"G")
        assert answers.read() == b""


def test_orders_given_by_two_callers_at_once_are_one(hub: HubAtWork, caller: Caller) -> None:
    from concurrent.futures import ThreadPoolExecutor

    given = {"orders": orders(3)}
    with ThreadPoolExecutor(4) as callers:
        answers = list(callers.map(lambda _: caller.post("/v1/orders", given), range(8)))
    outcomes = [each["outcome"] for status, found in answers for each in found["orders"] if status == 200]
    assert (outcomes.count("new"), outcomes.count("known")) == (3, 21)


def test_every_order_that_was_answered_as_taken_in_is_there(hub: HubAtWork, caller: Caller) -> None:
    given = orders(7)
    answered = caller.post("/v1/orders", {"orders": given})[1]["orders"]
    with hub.ledger.begin() as connection:
        again = take_in(connection, "shop", sample_parcels(7, seed=7, mode="1210"), at=EIGHT)
    assert {each["outcome"] for each in answered} == {"new"}
    assert {each.outcome for each in again} == {"known"}
