"""The receivers as a web application (推送接收服务): plain ASGI 3, so that any server of that interface can serve it.

Each path is a receiver. What is checked before a body is read: the path, the method, the address, the length that the
caller states, and how much is in progress. A body is read up to the bound of its dialect and within one deadline for
all of it; a call that breaks off leaves nothing. Receivers run in threads, so that a slow disk delays the calls beside it
no more than it must. What is refused is counted, and told at the 1st, 10th, 100th time and so on, with its reason alone.

>>> import asyncio
>>> from customs.fields.moments import china_time
>>> async def called(application, method, path):
...     sent = []
...     async def receive():
...         return {"type": "http.request"}
...     async def send(message):
...         sent.append(message)
...     await application({"type": "http", "method": method, "path": path}, receive, send)
...     return sent[0]["status"], sent[1]["body"]
>>> nothing = CallbackApplication({}, clock=lambda: china_time("20261111080000"))
>>> asyncio.run(called(nothing, "POST", "/guangzhou"))
(404, b'')
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeAlias

from customs.exchange.receivers.pushed import PushedAnswer, PushedRequest, PushReceiver, PushRefusedError, Refusal
from customs.fields.moments import Clock

#: What ASGI passes: a scope, and messages to receive and to send.
Scope: TypeAlias = Mapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Mapping[str, Any]]]
Send: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]

#: Called with the name of a receiver, what became of a call there, and how often that was so.
Tell: TypeAlias = Callable[[str, Refusal, int], None]

#: The status of the answer to calls that no dialect sees.
_STATUS = {Refusal.NETWORK: 403, Refusal.TOO_LARGE: 413, Refusal.TOO_SLOW: 408, Refusal.BUSY: 503}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackLimits:
    """Limits of the application (接收限制)."""

    seconds: float = 30.0
    """For all of a body."""
    at_once: int = 256
    """Calls in progress; more are answered with 503, and come again."""
    bytes_at_once: int = 64 * 1024 * 1024
    """Bytes of their bodies together."""
    threads: int = 8
    """Receivers that run at the same time."""


class CallbackApplication:
    """The receivers by their paths, as an ASGI 3 application."""

    def __init__(
        self,
        receivers: Mapping[str, PushReceiver],
        *,
        clock: Clock,
        limits: CallbackLimits | None = None,
        tell: Tell | None = None,
    ) -> None:
        self.receivers = dict(receivers)
        self.counts: Counter[tuple[str, str]] = Counter()
        """How often each outcome and each refusal was, by the name of the receiver."""
        self._clock, self._limits, self._tell = clock, limits or CallbackLimits(), tell
        self._threads = ThreadPoolExecutor(self._limits.threads, "customs-callback")
        self._open = self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one call, or the start and the stop of the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:
            raise NotImplementedError(f"{scope['type']} is not served")

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                self._threads.shutdown()
                return

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        receiver = self.receivers.get(scope["path"])
        if receiver is None:
            await _reply(send, 404)
        elif scope["method"] != "POST":
            await _reply(send, 405, headers=[(b"allow", b"POST")])
        else:
            self._open += 1
            try:
                await self._take(receiver, scope, receive, send)
            finally:
                self._open -= 1

    async def _take(self, receiver: PushReceiver, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        caller = (scope.get("client") or ("",))[0]
        try:
            self._admit(receiver, caller, headers)
            body = await self._body(receiver, receive)
        except PushRefusedError as refused:
            self._count(receiver, refused.why)
            await _reply(send, _STATUS[refused.why])
            return
        if body is None:
            return
        try:
            await self._answer(
                receiver,
                PushedRequest(
                    body=body,
                    content_type=headers.get(b"content-type", b"").decode("latin-1"),
                    caller=caller,
                    received=self._clock(),
                    query=scope.get("query_string", b""),
                ),
                send,
            )
        finally:
            self._held -= len(body)

    async def _answer(self, receiver: PushReceiver, request: PushedRequest, send: Send) -> None:
        answer = await asyncio.get_running_loop().run_in_executor(self._threads, receiver.answer, request)
        self.counts[receiver.name, answer.outcome] += 1
        if answer.why:
            self._count(receiver, answer.why)
        await _reply(send, answer.status, answer)

    def _admit(self, receiver: PushReceiver, caller: str, headers: Mapping[bytes, bytes]) -> None:
        """Refuse what need not be read. Raises ``PushRefusedError``."""
        stated = headers.get(b"content-length", b"0")
        if not receiver.admits(caller):
            raise PushRefusedError(Refusal.NETWORK)
        if self._open > self._limits.at_once:
            raise PushRefusedError(Refusal.BUSY)
        if len(stated) > 18 or not stated.isdigit() or int(stated) > receiver.dialect.most_bytes:
            raise PushRefusedError(Refusal.TOO_LARGE)

    async def _body(self, receiver: PushReceiver, receive: Receive) -> bytes | None:
        """Return the whole body, None if the caller broke off. Raises ``PushRefusedError``."""
        body, whole = bytearray(), False
        try:
            async with asyncio.timeout(self._limits.seconds):
                more = True
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return None
                    part = message.get("body", b"")
                    body += part
                    self._held += len(part)
                    more = message.get("more_body", False)
                    if len(body) > receiver.dialect.most_bytes:
                        raise PushRefusedError(Refusal.TOO_LARGE)
                    if self._held > self._limits.bytes_at_once:
                        raise PushRefusedError(Refusal.BUSY)
                whole = True
        except TimeoutError:
            raise PushRefusedError(Refusal.TOO_SLOW) from None
        finally:
            if not whole:
                self._held -= len(body)
        return bytes(body)

    def _count(self, receiver: PushReceiver, why: Refusal) -> None:
        self.counts[receiver.name, why.name] += 1
        count = self.counts[receiver.name, why.name]
        if self._tell and str(count).strip("0") == "1":
            self._tell(receiver.name, why, count)


def _headers(scope: Scope) -> Mapping[bytes, bytes]:
    return {name.lower(): value for name, value in scope.get("headers", ())}


async def _reply(
    send: Send, status: int, answer: PushedAnswer | None = None, headers: list[tuple[bytes, bytes]] | None = None
) -> None:
    content = answer.content if answer else b""
    kind = [(b"content-type", answer.content_type.encode())] if answer else []
    length = (b"content-length", str(len(content)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*kind, length, *(headers or ())]})
    await send({"type": "http.response.body", "body": content})
