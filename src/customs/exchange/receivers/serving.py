"""Serving the receivers (推送接收服务的运行) with uvicorn, on a socket that is bound before anything starts.

The server reads one call after the other from each connection and stops gracefully: on SIGTERM or SIGINT it takes no new
connection, answers what it has, and ends. Killed at any moment, it loses nothing that it answered with success: that is
on the disk.
"""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import uvicorn

#: Connections at a time; more are answered with 503.
MOST_CONNECTIONS = 512

#: Seconds that an idle connection stays open, and that calls have to end when the server stops.
IDLE_SECONDS, STOPPING_SECONDS = 5, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """The certificate with its chain and the key of a server, as PEM (TLS 证书与私钥)."""

    certificate: Path
    key: Path


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that is bound; the system chooses the port if it is 0. Raises ``OSError``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, so that asyncio sends answers at once
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
    except BaseException:
        made.close()
        raise
    return made


def server_of(application: Any, *, tls: TlsFiles | None = None, proxies: Sequence[str] = ()) -> "uvicorn.Server":
    """Return the server of an ASGI application, to be run with sockets.

    ``proxies`` are the addresses of proxies whose word on the caller's address (``X-Forwarded-For``) is taken; that of
    others counts for nothing. Raises ``ImportError`` without the extra ``serve``, ``OSError`` and ``ssl.SSLError`` for TLS
    files that cannot be used.
    """
    import uvicorn

    from customs.exchange.receivers.prompt_connections import PromptConnection

    options: dict[str, Any] = {}
    if tls:
        options = {"ssl_certfile": str(tls.certificate), "ssl_keyfile": str(tls.key)}
    config = uvicorn.Config(
        application,
        http=PromptConnection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=STOPPING_SECONDS,
        **options,
    )
    if tls:
        config.load()
    return uvicorn.Server(config)
