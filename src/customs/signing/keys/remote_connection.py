"""Connections to signing services and gateways (加签服务与接入网关的连接): HTTPS of urllib3 with a deadline and a size for a
whole answer.

urllib3 limits each part of an answer by itself. A service that sends a byte now and then, one ``100 Continue`` after the
other, or headers without end never exceeds that: here each step gets no more than what is left of the whole.
"""

import socket
import ssl
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from customs.signing.keys.bounded_link import PlainLink, bounded, linked


def _opened(connection: HTTPConnection) -> socket.socket:
    """A connection made before the deadline of the allowance, to whichever address of the host takes it."""
    try:
        link = linked(connection._dns_host, connection.port or connection.default_port)
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
        return PlainLink(link.family, link.type, link.proto, fileno=link.detach())


class _Pool(HTTPSConnectionPool):
    ConnectionCls: Any = _Connection


class _PlainPool(HTTPConnectionPool):
    ConnectionCls: Any = _PlainConnection


def connections(context: ssl.SSLContext, *, plain: bool = False) -> PoolManager:
    """Return connections, kept open, that trust what the context trusts; ``plain`` ones may go without TLS too."""
    manager = PoolManager(maxsize=8, ssl_context=bounded(context))
    manager.pool_classes_by_scheme = {"https": _Pool} | ({"http": _PlainPool} if plain else {})
    return manager
