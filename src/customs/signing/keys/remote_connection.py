"""Connections to signing services and gateways (加签服务与接入网关的连接): HTTPS of urllib3 with a deadline and a size for a
whole answer.

urllib3 limits each part of an answer by itself. A service that sends a byte now and then, one ``100 Continue`` after the
other, or headers without end never exceeds that: here each step gets no more than what is left of the whole. An
``Allowance`` also tells if any byte of a request may have left.
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from customs.signing.keys.deadline import Deadline, connected


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


@contextmanager
def holding_to(allowed: Allowance) -> Iterator[None]:
    """Hold the connections that this thread uses to an allowance."""
    token = _allowed.set(allowed)
    try:
        yield
    finally:
        _allowed.reset(token)


class _Link(ssl.SSLSocket):
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


class _PlainLink(socket.socket):
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


def _opened(connection: HTTPConnection) -> socket.socket:
    """A connection made before the deadline of the allowance, to whichever address of the host takes it."""
    allowed = _allowed.get()
    try:
        link = connected(connection._dns_host, connection.port or connection.default_port, allowed.end, allowed.part)
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, "no connection in time") from error
    except OSError as error:
        raise NewConnectionError(connection, "no connection") from error
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link


class _Connection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _opened(self)


class _PlainConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        link = _opened(self)
        return _PlainLink(link.family, link.type, link.proto, fileno=link.detach())


class _Pool(HTTPSConnectionPool):
    ConnectionCls: Any = _Connection


class _PlainPool(HTTPConnectionPool):
    ConnectionCls: Any = _PlainConnection


def connections(context: ssl.SSLContext, *, plain: bool = False) -> PoolManager:
    """Return connections, kept open, that trust what the context trusts; ``plain`` ones may go without TLS too."""
    context.sslsocket_class = _Link
    manager = PoolManager(maxsize=8, ssl_context=context)
    manager.pool_classes_by_scheme = {"https": _Pool} | ({"http": _PlainPool} if plain else {})
    return manager
