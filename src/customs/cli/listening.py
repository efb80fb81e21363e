"""Listening (监听): the socket that a command serves on, its address, and serving until a signal comes."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from customs.cli.app import misuse_of
from customs.exchange.receivers.serving import bound

if TYPE_CHECKING:
    import socket

    import uvicorn


def listening(host: str, port: int) -> "socket.socket":
    """Return a socket that is bound; one that cannot be is misuse."""
    try:
        return bound(host, port)
    except OSError as error:
        raise misuse_of(
            f"--host, --port: {host} port {port} cannot be listened on: {error.strerror}",
            f"--host、--port：无法监听 {host} 端口 {port}",
        ) from None


def address_of(here: "socket.socket", scheme: str = "http") -> str:
    """Return the address at which a bound socket is called."""
    address, port = here.getsockname()[:2]
    return f"{scheme}://{f'[{address}]' if ':' in address else address}:{port}"


def served_until_stopped(server: "uvicorn.Server", here: "socket.socket") -> None:
    """Serve until a signal comes; it ends the server and nothing else."""
    with signals_taken(_ended):
        server.run(sockets=[here])


@contextmanager
def signals_taken(take: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """Give Ctrl-C and the request to end to a function, and at the end to whom they belonged before."""
    before = {each: signal.signal(each, take) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _ended(number: int, frame: object) -> None:
    """Take the signal that the server passes on after it has ended."""
