"""Bounded connections (有界连接): sockets, with TLS and without, whose every step ends at the deadline of an allowance.

An ``Allowance`` counts the bytes that come, and tells if any byte of a request may have left.
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from customs.signing.keys.deadline import Deadline, InnerAddressError, connected


class TooMuchError(OSError):
    """A service sends more than it may."""


@dataclass(slots=True)
class Allowance:
    """Limits of a request and its answer: a deadline, seconds for each part, and the bytes that may still come."""

    end: Deadline
    part: float
    bytes_left: int
    sent: bool = False
    """True once a byte of the request may have left; a handshake of TLS is none."""
    public_only: bool = False
    """Refuse a host of which an address is not of the public network."""
    inner: str = ""
    """The address for which a host was refused."""

    @property
    def seconds(self) -> float:
        """The seconds for the next step. Raises ``TimeoutError`` if there are none."""
        return self.end.part(self.part)

    def take(self, size: int) -> None:
        """Count bytes that came. Raises ``TooMuchError``."""
        self.bytes_left -= size
        if self.bytes_left < 0:
            raise TooMuchError("the answer is too long")


_allowed: ContextVar[Allowance] = ContextVar("_allowed")


def allowance() -> Allowance:
    """Return the allowance that connections of this thread are held to now."""
    return _allowed.get()


@contextmanager
def holding_to(allowed: Allowance) -> Iterator[None]:
    """Hold the connections that this thread uses to an allowance."""
    token = _allowed.set(allowed)
    try:
        yield
    finally:
        _allowed.reset(token)


def linked(host: str, port: int) -> socket.socket:
    """Return a connection within the allowance of this thread. Raises ``OSError``."""
    allowed = _allowed.get()
    try:
        return connected(host, port, allowed.end, allowed.part, public_only=allowed.public_only)
    except InnerAddressError as error:
        allowed.inner = error.address
        raise


class TlsLink(ssl.SSLSocket):
    """A connection whose steps end at the deadline of the allowance."""

    def do_handshake(self, block: bool = False) -> None:
        self.settimeout(_allowed.get().seconds)
        super().do_handshake(block)

    def send(self, data: Any, flags: int = 0) -> int:
        self.settimeout(_allowed.get().seconds)
        _allowed.get().sent = True
        return super().send(data, flags)

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        self.settimeout(_allowed.get().seconds)
        size = super().recv_into(buffer, nbytes, flags)
        _allowed.get().take(size)
        return size


class PlainLink(socket.socket):
    """A connection without TLS whose steps end at the deadline of the allowance."""

    def sendall(self, data: Any, flags: int = 0) -> None:
        self.settimeout(_allowed.get().seconds)
        _allowed.get().sent = True
        super().sendall(data, flags)

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        self.settimeout(_allowed.get().seconds)
        size = super().recv_into(buffer, nbytes, flags)
        _allowed.get().take(size)
        return size


def bounded(context: ssl.SSLContext) -> ssl.SSLContext:
    """Return the context, whose connections are from now on held to an allowance."""
    context.sslsocket_class = TlsLink
    return context
