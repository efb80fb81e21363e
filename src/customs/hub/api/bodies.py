"""Bodies of requests (请求体): bounded in bytes, time and values before anything is read of them.

Nothing large is kept of a caller of the interface without a valid token, so that strangers fill no memory.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response

from customs.hub.api.problems import problem

#: The most bytes of a request: some 2,000 parcels.
MOST_BYTES = 16 * 1024 * 1024

#: The most values, as their separators tell, of a request: each takes more room read than written. 1,000 parcels have 200,000.
MOST_VALUES = 1_000_000

#: Bytes of a request that are kept whoever calls.
SMALL = 64 * 1024

#: Seconds in which a request must have come whole.
PATIENCE = 30.0

Receive = Any
Send = Any
Scope = dict[str, Any]


class BoundedBodies:
    """An application whose requests are read whole first, within bounds.

    ``is_known`` tells of the header ``Authorization`` if its token is valid.
    """

    def __init__(
        self, application: Any, is_known: Callable[[str], bool], *, most: int = MOST_BYTES, patience: float = PATIENCE
    ) -> None:
        self._application, self._is_known, self._most, self._patience = application, is_known, most, patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        try:
            body = await asyncio.wait_for(self._whole(scope, receive), self._patience)
        except TimeoutError:
            body = problem(
                408,
                f"the request did not come whole within {self._patience:.0f} seconds",
                f"请求未在 {self._patience:.0f} 秒内发完",
            )
        if isinstance(body, Response):
            await body(scope, receive, send)
            return
        given = [{"type": "http.request", "body": body, "more_body": False}]
        del body  # the application has it alone

        async def again() -> Any:
            return given.pop() if given else await receive()

        await self._application(scope, again, send)

    async def _whole(self, scope: Scope, receive: Receive) -> bytes | Response:
        """Return the body, or the problem of one that is too large; what came of it is not kept, nor what a stranger sends."""
        of_interface = scope["path"].startswith("/v1/")
        parts, size, kept = list[bytes](), 0, True
        while True:
            message = await receive()
            if message["type"] != "http.request":
                break
            part = message.get("body", b"")
            if of_interface and size <= SMALL < size + len(part):
                token = Headers(scope=scope).get("authorization", "")
                kept = await run_in_threadpool(self._is_known, token)
            size += len(part)
            if size > self._most:
                return problem(
                    413,
                    f"a request has at most {self._most:,} bytes: send fewer orders at a time",
                    f"请求最多 {self._most:,} 字节，请分批发送",
                )
            parts.append(part)
            if not kept:
                parts.clear()
            if not message.get("more_body", False):
                break
        body = b"".join(parts)
        if of_interface and sum(map(body.count, (b",", b"[", b"{"))) > MOST_VALUES:
            return problem(
                413,
                f"a request has at most {MOST_VALUES:,} values: send fewer orders at a time",
                f"请求最多 {MOST_VALUES:,} 个值，请分批发送",
            )
        return body
