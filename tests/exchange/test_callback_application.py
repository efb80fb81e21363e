"""The web application of the receivers: bounded in bytes and time, and nothing but ASGI."""

import asyncio
import http.client
import socket
import threading
from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from typing import Any

import pytest

from customs.exchange.receivers import CallbackApplication, CallbackLimits, GuangzhouPush, PushReceiver, Refusal
from customs.exchange.receivers.serving import bound
from support import exactly
from support.pushes import (
    FORM,
    NOW,
    PLATFORM,
    PLATFORMS,
    STRANGER,
    MemoryStore,
    Platform,
    guangzhou_fields,
    receipt,
    request,
    traffic,
)
from support.served import posted, served

BODY = request(guangzhou_fields(1)).body


def application(store: MemoryStore | None = None, **options: Any) -> CallbackApplication:
    receiver = PLATFORMS["Guangzhou"].receiver(store)
    return CallbackApplication({"/guangzhou": receiver}, clock=lambda: NOW, **options)


def scope(path: str = "/guangzhou", method: str = "POST", caller: str = PLATFORM, **headers: str) -> dict[str, Any]:
    named = {"content-type": FORM, **{name.replace("_", "-"): value for name, value in headers.items()}}
    encoded = [(name.encode(), value.encode()) for name, value in named.items()]
    return {"type": "http", "method": method, "path": path, "client": (caller, 1), "headers": encoded}


CALL = scope()


def parts(*bodies: bytes, ended: bool = True) -> list[Mapping[str, Any]]:
    last = len(bodies) if ended else 0
    return [{"type": "http.request", "body": each, "more_body": at != last} for at, each in enumerate(bodies, 1)]


async def called(
    app: CallbackApplication, scope: Mapping[str, Any], messages: Iterable[Mapping[str, Any]]
) -> tuple[int, bytes, dict[bytes, bytes]] | None:
    """The answer to a call; where the messages end, the caller is silent and keeps the connection."""
    waiting, sent = iter(messages), list[dict[str, Any]]()

    async def receive() -> Mapping[str, Any]:
        for message in waiting:
            return message
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    if not sent:
        return None
    assert [each["type"] for each in sent] == ["http.response.start", "http.response.body"]
    return sent[0]["status"], sent[1]["body"], dict(sent[0]["headers"])


def call(app: CallbackApplication, scope: Mapping[str, Any], *bodies: bytes) -> tuple[int, bytes, dict[bytes, bytes]]:
    found = asyncio.run(called(app, scope, parts(*bodies)))
    assert found is not None
    return found


def test_a_call_in_parts_is_taken_whole() -> None:
    store = MemoryStore()
    app = application(store)
    status, content, headers = call(app, scope(), *(BODY[at : at + 7] for at in range(0, len(BODY), 7)))
    assert (status, content) == (200, b"success")
    assert headers == {b"content-type": b"text/plain; charset=utf-8", b"content-length": b"7"}
    assert [each.content for each in store.items.values()] == [receipt(1)]
    assert app.counts == {("here", "stored"): 1}


def test_an_unknown_path_and_another_method_are_told_so_and_nothing_is_read() -> None:
    app = application()
    assert asyncio.run(called(app, scope("/other"), [])) == (404, b"", {b"content-length": b"0"})
    for method in ("GET", "HEAD", "PUT", "OPTIONS"):
        found = asyncio.run(called(app, scope(method=method), []))
        assert found == (405, b"", {b"content-length": b"0", b"allow": b"POST"})


def endless() -> Iterable[Mapping[str, Any]]:
    while True:
        yield {"type": "http.request", "body": b"x" * 65536, "more_body": True}


UNREAD: dict[str, tuple[dict[str, Any], Iterable[Mapping[str, Any]], int, Refusal]] = {
    "a stranger": (scope(caller=STRANGER), [], 403, Refusal.NETWORK),
    "a stated length": (scope(content_length="16777217"), [], 413, Refusal.TOO_LARGE),
    "a length that is none": (scope(content_length="-1"), [], 413, Refusal.TOO_LARGE),
    "a length of many digits": (scope(content_length="9" * 5000), [], 413, Refusal.TOO_LARGE),
    "an endless body": (scope(), endless(), 413, Refusal.TOO_LARGE),
    "a silent caller": (scope(), [], 408, Refusal.TOO_SLOW),
    "a body that stops": (scope(), parts(BODY[:50], ended=False), 408, Refusal.TOO_SLOW),
}


@pytest.mark.parametrize(("scope", "messages", "status", "why"), UNREAD.values(), ids=UNREAD)
@pytest.mark.long
def test_what_is_not_to_be_read_is_refused_within_bytes_and_time(
    scope: Mapping[str, Any], messages: Iterable[Mapping[str, Any]], status: int, why: Refusal
) -> None:
    store = MemoryStore()
    app = application(store, limits=CallbackLimits(seconds=0.3))
    found = asyncio.run(called(app, scope, messages))
    assert found == (status, b"", {b"content-length": b"0"})
    assert app.counts == {("here", why.name): 1}
    assert store.items == {}
    assert call(app, CALL, BODY)[1] == b"success", "the next call is taken as if nothing had been"


def test_a_caller_who_breaks_off_leaves_nothing_and_hears_nothing() -> None:
    store = MemoryStore()
    app = application(store)
    broken = [*parts(BODY, ended=False), {"type": "http.disconnect"}]
    assert asyncio.run(called(app, scope(), broken)) is None
    assert (store.items, app.counts) == ({}, {})


@pytest.mark.long
def test_calls_beyond_what_is_held_at_once_are_sent_away_and_come_again() -> None:
    async def crowd() -> list[int]:
        waiting = [asyncio.create_task(called(app, scope(), parts(b"x" * 600, ended=False))) for _ in range(3)]
        found = [each for each in await asyncio.gather(*waiting) if each]
        return sorted(each[0] for each in found)

    by_number = CallbackLimits(seconds=0.3, at_once=2)
    by_bytes = CallbackLimits(seconds=0.3, bytes_at_once=1500)
    for limits in exactly(2, (by_number, by_bytes)):
        app = application(limits=limits)
        assert asyncio.run(crowd()) == [408, 408, 503]
        assert app.counts["here", "BUSY"] == 1
        assert call(app, scope(), BODY)[1] == b"success"


def test_what_a_call_held_is_given_back_when_it_ends_in_any_way() -> None:
    app = application(limits=CallbackLimits(seconds=0.05, bytes_at_once=len(BODY) + 50))
    for _ in range(3):
        assert asyncio.run(called(app, scope(), [*parts(BODY, ended=False), {"type": "http.disconnect"}])) is None
        assert asyncio.run(called(app, scope(), parts(BODY, ended=False))) == (408, b"", {b"content-length": b"0"})
        assert call(app, scope(), BODY + b"x" * 60)[0] == 503
        assert call(app, scope(), BODY)[:2] == (200, b"success")


def test_refusals_are_told_with_their_reason_alone_and_ever_more_rarely() -> None:
    told: list[tuple[str, Refusal, int]] = []
    app = application(tell=lambda *said: told.append(said))
    wrong = request(guangzhou_fields(1) | {"key": "guessed"}).body
    for _ in range(120):
        assert call(app, scope(), wrong)[:2] == (403, b"fail")
    assert told == [("here", Refusal.CALLER, count) for count in (1, 10, 100)]
    assert app.counts == {("here", "refused"): 120, ("here", "CALLER"): 120}


def test_the_application_starts_and_stops_and_serves_nothing_else() -> None:
    app, sent = application(), list[str]()
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive() -> Mapping[str, Any]:
        return next(messages)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message["type"])

    asyncio.run(app({"type": "lifespan"}, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    with pytest.raises(NotImplementedError):
        asyncio.run(app({"type": "websocket"}, receive, send))


# over a real socket


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
@pytest.mark.long
def test_over_a_real_socket_four_callers_at_a_time_are_answered_exactly_and_each_true_call_is_stored_once(
    platform: Platform,
) -> None:
    store = MemoryStore()
    local = PushReceiver(name="here", dialect=platform.dialect(), store=store, networks=(ip_network("127.0.0.0/8"),))
    app = CallbackApplication({"/push": local}, clock=lambda: NOW)
    posts = [post for post in traffic(platform, seed=5, count=240, true=40) if post.why is not Refusal.NETWORK]
    wrong: list[object] = []

    def caller(own: slice) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        for post in posts[own]:
            found = posted(connection, "/push", post.request.body, post.request.content_type)
            if found != (platform.refused[post.why] if post.why else (200, platform.success)):
                wrong.append((post.why, found))
        connection.close()

    with served(app) as port:
        callers = [threading.Thread(target=caller, args=(slice(first, None, 4),)) for first in range(4)]
        for each in callers:
            each.start()
        for each in callers:
            each.join(60)
    assert wrong == []
    assert app.counts["here", "stored"] == 40
    assert app.counts["here", "stored"] + app.counts["here", "known"] == sum(each.why is None for each in posts)
    assert sorted(each.content for each in store.items.values()) == sorted(map(platform.content, range(40)))


@pytest.mark.long
def test_over_a_real_socket_hostile_callers_do_not_keep_the_true_one_waiting() -> None:
    small = GuangzhouPush(client_id="C1", key="fictitious key", most_bytes=1 << 20)
    app = CallbackApplication(
        {"/push": PushReceiver(name="here", dialect=small, store=MemoryStore())},
        clock=lambda: NOW,
        limits=CallbackLimits(seconds=1.5),
    )
    head = b"POST /push HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    with served(app) as port:

        def hostile(content: bytes) -> socket.socket:
            made = socket.create_connection(("127.0.0.1", port), 20)
            made.sendall(content)
            return made

        silent = [hostile(head + b"Content-Length: 900\r\n\r\nclientid=") for _ in range(20)]
        stated = hostile(head + b"Content-Length: 99999999999\r\n\r\n")
        no_http = hostile(b"\x16\x03\x01\x02\x00\x01" + b"\x00" * 300)
        chunked = hostile(head + b"Transfer-Encoding: chunked\r\n\r\n" + b"100000\r\n")
        for _ in range(20):
            try:
                chunked.sendall(b"x" * 0x100000 + b"\r\n100000\r\n")
            except OSError:  # the server has closed it
                break
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        assert posted(connection, "/push", BODY, FORM) == (200, b"success")
        assert stated.recv(100).startswith(b"HTTP/1.1 413 ")
        assert no_http.recv(100).startswith(b"HTTP/1.1 400 ")
        for each in exactly(20, silent):
            assert each.recv(100).startswith(b"HTTP/1.1 408 ")
        for each in (*silent, stated, no_http, chunked):
            each.close()
        connection.close()
    assert app.counts["here", "TOO_SLOW"] == 20
    assert app.counts["here", "TOO_LARGE"] == 2


@pytest.mark.parametrize(("proxies", "status"), [((), 403), (("127.0.0.1",), 200), (("192.0.2.1",), 403)])
@pytest.mark.long
def test_the_address_that_a_proxy_tells_counts_only_from_a_proxy_that_is_named(
    proxies: tuple[str, ...], status: int
) -> None:
    with served(application(), proxies=proxies) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        told = {"X-Forwarded-For": f"198.51.100.9, {PLATFORM}"}
        assert posted(connection, "/guangzhou", BODY, FORM, **told)[0] == status
        connection.close()


def test_an_answer_leaves_at_once_and_waits_for_no_acknowledgement() -> None:
    """asyncio turns the waiting off for sockets that say that they are TCP, and only for those."""
    with bound("127.0.0.1", 0) as here:
        assert here.proto == socket.IPPROTO_TCP
