"""Bodies of requests (请求体): bounded in bytes and time before anything is read of them."""

import asyncio
from typing import Any

from customs.hub.api.problems import problem

#: The most bytes of a request: some 2,000 parcels.
MOST_BYTES = 16 * 1024 * 1024

#: Seconds in which a request must have come whole.
PATIENCE = 30.0

Receive = Any
Send = Any
Scope = dict[str, Any]


class BoundedBodies:
    """An application whose requests are read whole first, within bounds."""

    def __init__(self, application: Any, most: int = MOST_BYTES, patience: float = PATIENCE) -> None:
        self._application, self._most, self._patience = application, most, patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        try:
            body = await asyncio.wait_for(self._whole(receive), self._patience)
        except TimeoutError:
            answer = problem(
                408,
                f"the request did not come whole within {self._patience:.0f} seconds",
                f"请求未在 {self._patience:.0f} 秒内发完",
            )
            await answer(scope, receive, send)
            return
        if body is None:
            answer = problem(
                413,
                f"a request has at most {self._most:,} bytes: send fewer orders at a time",
                f"请求最多 {self._most:,} 字节，请分批发送",
            )
            await answer(scope, receive, send)
            return
        given = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Any:
            return given.pop() if given else await receive()

        await self._application(scope, again, send)

    async def _whole(self, receive: Receive) -> bytes | None:
        """Return the body, None if it is too large; the rest of it is not kept."""
        parts, size = list[bytes](), 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return b"".join(parts)
            size += len(message.get("body", b""))
            if size > self._most:
                return None
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                return b"".join(parts)
