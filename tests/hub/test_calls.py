"""Each change of an order is told to the enterprise's systems: signed, repeated until taken, in order, never lost."""

import hmac
import json
import socket
from base64 import b64encode
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from customs.declaration import Declaration
from customs.hub.calls.making import (
    LEASE,
    LIMITS,
    CallOutcome,
    Hook,
    HookSettingError,
    HubCall,
    hook_secret,
    lease_calls,
    make_call,
    make_calls,
)
from customs.hub.orders.nodes import HubNode, NodeEvent, enter_nodes
from customs.hub.orders.taking_in import take_in
from customs.hub.store.tables import HUB_CALLS
from customs.ledger import Ledger
from customs.testing import sample_parcels
from support.gateway_server import Answered, Asked, serving

EIGHT = datetime(2026, 11, 11, 8)
SECRET = b"a secret of the warehouse's own"


def queued(ledger: Ledger, orders: int = 3) -> list[int]:
    """Orders of which three changes wait to be told; return their numbers."""
    parcels: list[Declaration] = list(sample_parcels(orders, seed=7, mode="1210"))
    with ledger.begin() as connection:
        found = [each.order for each in take_in(connection, "shop", parcels, at=EIGHT, hooks=("wms",))]
        for node in (HubNode.DECLARED, HubNode.PACKED):
            events = [NodeEvent(order=order, node=node, at=EIGHT) for order in found]
            enter_nodes(connection, events, arrived=EIGHT, hooks={"shop": ("wms",)})
    return found


def test_calls_of_an_order_come_in_their_order_and_each_once(ledger: Ledger) -> None:
    orders, told = queued(ledger), list[tuple[str, str]]()

    def calling(call: HubCall, hook: Hook) -> CallOutcome:
        body = json.loads(call.body)
        told.append((body["order_no"], body["node"]))
        return CallOutcome(call=call, taken=True)

    hook = Hook(name="wms", url="https://wms.example.com/told", secret=SECRET)
    turns = [make_calls(ledger, {"wms": hook}, calling, now=EIGHT) for _ in range(5)]
    assert turns == [3, 3, 3, 0, 0]
    assert len(orders) == 3
    for number in {number for number, _ in told}:
        assert [node for order_no, node in told if order_no == number] == ["received", "declared", "packed"]


@pytest.mark.long
def test_a_call_that_is_not_taken_is_made_again_later_and_holds_back_those_behind_it(ledger: Ledger) -> None:
    queued(ledger, orders=2)
    first = lambda call, hook: CallOutcome(call=call, taken=call.id != 1, said="busy")  # noqa: E731
    hook = Hook(name="wms", url="https://wms.example.com/told", secret=SECRET)
    assert make_calls(ledger, {"wms": hook}, first, now=EIGHT) == 1
    assert make_calls(ledger, {"wms": hook}, first, now=EIGHT) == 1, "the other order goes on"
    assert make_calls(ledger, {"wms": hook}, first, now=EIGHT) == 1
    assert make_calls(ledger, {"wms": hook}, first, now=EIGHT) == 0
    with ledger.read() as connection:
        row = connection.sql.execute(select(HUB_CALLS).where(HUB_CALLS.c.id == 1)).one()
    assert (row.state, row.attempts, row.said, row.due) == ("waiting", 1, "busy", EIGHT + timedelta(seconds=10))
    taken = lambda call, hook: CallOutcome(call=call, taken=True)  # noqa: E731
    later = EIGHT + timedelta(seconds=10)
    assert [make_calls(ledger, {"wms": hook}, taken, now=later) for _ in range(4)] == [1, 1, 1, 0]


def test_a_call_whose_maker_was_killed_is_made_again_under_the_same_id(ledger: Ledger) -> None:
    queued(ledger, orders=1)
    with ledger.begin() as connection:
        (leased,) = lease_calls(connection, ["wms"], now=EIGHT)
    with ledger.begin() as connection:
        assert lease_calls(connection, ["wms"], now=EIGHT + timedelta(seconds=59)) == []
        (again,) = lease_calls(connection, ["wms"], now=EIGHT + timedelta(seconds=60))
    assert (again.id, again.body, again.attempts) == (leased.id, leased.body, 2)


def test_a_slow_system_gets_no_call_twice_since_what_would_outlast_its_lease_is_given_back(ledger: Ledger) -> None:
    orders, told, seconds = queued(ledger, orders=4), list[int](), [0.0]
    hook = Hook(name="wms", url="https://wms.example.com/told", secret=SECRET)

    def slowly(call: HubCall, hook: Hook) -> CallOutcome:
        told.append(call.id)
        seconds[0] += LIMITS.deadline
        return CallOutcome(call=call, taken=True)

    def begun(call: HubCall, hook: Hook) -> CallOutcome:
        """Another worker comes when the lease of what the first one began is nearly over."""
        if not told:
            other = EIGHT + LEASE - timedelta(seconds=1)
            assert make_calls(ledger, {"wms": hook}, slowly, now=other, passed=lambda: 0.0) == 0
        return slowly(call, hook)

    made = make_calls(ledger, {"wms": hook}, begun, now=EIGHT, passed=lambda: seconds[0])
    assert 0 < made < len(orders)
    assert timedelta(seconds=seconds[0]) < LEASE, "the last outcome is entered within the lease"
    with ledger.read() as connection:
        calls = HUB_CALLS.c
        waiting = connection.sql.execute(select(calls.attempts, calls.due).where(calls.state == "waiting")).all()
        assert {*waiting} == {(0, EIGHT)}, "what was given back is as it was"
    while make_calls(ledger, {"wms": hook}, slowly, now=EIGHT, passed=lambda: 0.0):
        pass
    assert len(told) == len(set(told)) == 3 * len(orders)


def test_a_call_is_signed_as_standard_webhooks_says() -> None:
    def answer(asked: Asked) -> Answered:
        return Answered(status=204 if (asked.path, asked.query) == ("/told", {"of": "wms"}) else 404)

    call = HubCall(id=7, hook="wms", body=b'{"order_no":"O1"}', attempts=1)
    with serving() as gateway:
        gateway.answer = answer
        hook = Hook(name="wms", url=f"{gateway.address}/told?of=wms", secret=SECRET, inner=True)
        found = make_call(call, hook, now=EIGHT)
        elsewhere = Hook(name="wms", url=f"{gateway.address}/else", secret=SECRET, inner=True)
        refused = make_call(call, elsewhere, now=EIGHT)
    asked = gateway.asked[0]
    stamp = str(int(datetime.fromisoformat("2026-11-11T08:00:00+08:00").timestamp()))
    signed = hmac.digest(SECRET, b"call-7." + stamp.encode() + b"." + call.body, "sha256")
    assert found.taken
    assert asked.body == call.body
    assert asked.headers["webhook-id"] == "call-7"
    assert asked.headers["webhook-timestamp"] == stamp
    assert asked.headers["webhook-signature"] == "v1," + b64encode(signed).decode()
    assert not refused.taken
    assert refused.said == "127.0.0.1 answered 404 返回状态码 404"


#: Inner addresses as they are, as one number, and within addresses of IPv6 that lead to them; and those of many hosts.
INNER = (
    "127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]", "192.168.1.1", "100.64.0.1", "2130706433", "0x7f.1",
    "[::ffff:10.0.0.1]", "[::10.0.0.1]", "[64:ff9b::10.0.0.1]", "[2002:a00:1::]", "224.0.0.1", "[ff0e::1]",
)  # fmt: skip


@pytest.mark.parametrize("host", INNER)
def test_no_call_goes_to_an_inner_address_that_was_not_meant(host: str) -> None:
    hook = Hook(name="wms", url=f"https://{host}/latest/meta-data", secret=SECRET)
    found = make_call(HubCall(id=1, hook="wms", body=b"{}", attempts=1), hook, now=EIGHT)
    assert not found.taken
    assert "inner network" in found.said


@pytest.mark.parametrize(
    "url",
    [
        "http://wms.example.com/told",
        "ftp://wms.example.com",
        "file:///etc/passwd",
        "",
        "https:///told",
        "https://user:word@wms.example.com/told",
        "https://wms.example.com:99999/told",
        "https://wms.example.com:0/told",
        "https://[wms/told",
    ],
)
def test_a_hook_has_an_address_of_https_that_can_be_called(url: str) -> None:
    with pytest.raises(HookSettingError):
        Hook(name="wms", url=url, secret=SECRET)


def test_a_secret_is_read_as_the_libraries_of_standard_webhooks_write_it() -> None:
    assert hook_secret("whsec_" + b64encode(SECRET).decode()) == SECRET
    assert hook_secret("text that stands for itself") == b"text that stands for itself"
    with pytest.raises(HookSettingError, match="goes on in base64"):
        hook_secret("whsec_no base64")


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(HookSettingError, match="fewer than 24 bytes"):
        Hook(name="wms", url="https://wms.example.com", secret=b"short")


def test_a_name_is_looked_up_once_and_the_address_that_was_checked_is_the_one_that_is_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever owns a name may let it lead elsewhere the second time it is looked up."""
    asked, called = list[str](), list[str]()
    answers = iter(["93.184.216.34", "127.0.0.1"])

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(_: socket.socket, address: tuple[str, int]) -> None:
        called.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr("customs.signing.keys.deadline.socket.getaddrinfo", look_up)
    monkeypatch.setattr(socket.socket, "connect", connect)
    hook = Hook(name="wms", url="https://wms.example.com/told", secret=SECRET)
    call = HubCall(id=1, hook="wms", body=b"{}", attempts=1)
    assert "takes no connection" in make_call(call, hook, now=EIGHT).said
    assert (asked, called) == (["wms.example.com"], ["93.184.216.34"])
    assert "127.0.0.1 is of the inner network" in make_call(call, hook, now=EIGHT).said
    assert called == ["93.184.216.34"]
