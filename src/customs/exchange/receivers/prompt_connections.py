"""Connections that have to be prompt (连接时限): a request is there with all its headers in time, or its connection is closed.

Otherwise a stranger keeps all connections of a server with a few bytes.
"""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

#: Seconds from the opening of a connection, and from the first byte of each later request, until its headers are there.
HEADERS_SECONDS = 10.0


class PromptConnection(H11Protocol):
    """A connection of uvicorn that is closed when the headers of a request take too long."""

    _end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Read what came, and wait for the rest of the headers."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._forget()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if not self._waits():
            self._forget()
        elif self._end is None:
            self._end = self.loop.call_later(HEADERS_SECONDS, self._close)

    def _waits(self) -> bool:
        """Return True if no request is under way."""
        return self.cycle is None or self.cycle.response_complete

    def _close(self) -> None:
        self._end = None
        if self._waits():
            self.transport.close()

    def _forget(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None
