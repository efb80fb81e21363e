"""A gateway on this machine over a real socket, and whatever may go wrong with its answers.

It reads each request whole, remembers it, and answers by a function. A fault is what it does with the connection instead.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as a gateway gets it."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By names in lower case."""
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Answered:
    """An answer of a gateway."""

    content: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def written(self) -> bytes:
        """The answer as it goes over the line."""
        told = {"Content-Length": str(len(self.content)), "Connection": "close", **self.headers}
        head = "".join(f"{name}: {text}\r\n" for name, text in told.items())
        return f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\n{head}\r\n".encode() + self.content


#: What a gateway does with a connection instead of an answer.
Fault = Callable[[socket.socket], None]


def loses_the_answer(link: socket.socket) -> None:
    """It has taken the message, and breaks off."""


def answers_half(whole: bytes) -> Fault:
    """The answer is cut in its middle."""

    def answer(link: socket.socket) -> None:
        written = Answered(whole).written()
        link.sendall(written[: -len(whole) // 2])

    return answer


def never_answers(link: socket.socket) -> None:
    """It has taken the message, and holds the line without a word until the other side gives up."""
    with suppress(OSError):
        link.recv(1)


def answers_without_end(link: socket.socket) -> None:
    with suppress(OSError):
        link.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            link.sendall(b"x" * 65_536)


def heads_without_end(link: socket.socket) -> None:
    with suppress(OSError):
        while True:
            link.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000)


def drips(link: socket.socket) -> None:
    """A byte now and then: no part of the answer is late, the whole never comes."""
    link.settimeout(0.02)
    with suppress(OSError):
        link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            link.sendall(b"x")
            with suppress(TimeoutError):
                if not link.recv(1):
                    return


def speaks_no_http(link: socket.socket) -> None:
    link.sendall(b"\x00\x01\x02 not HTTP at all\r\n\r\n")


class GatewayServer(ThreadingTCPServer):
    """A gateway; ``answer`` may be changed between requests."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Desk)
        self.context = context
        self.answer: Callable[[Asked], Answered | Fault] = lambda asked: Answered(status=404)
        self.asked: list[Asked] = []
        self.address = f"http{'s' * (context is not None)}://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who breaks off is no news."""


class _Desk(BaseRequestHandler):
    server: GatewayServer

    def handle(self) -> None:
        link: socket.socket = self.request
        link.settimeout(10)
        if self.server.context:
            link = self.server.context.wrap_socket(link, server_side=True)
        try:
            asked = read_request(link)
            self.server.asked.append(asked)
            answer = self.server.answer(asked)
            if isinstance(answer, Answered):
                link.sendall(answer.written())
            else:
                answer(link)
        finally:
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            link.close()


def read_request(link: socket.socket) -> Asked:
    """One request, whole."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += received(link)
    head, _, body = got.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): text.strip() for name, _, text in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += received(link)
    method, target, _ = first.split(" ")
    parts = urlsplit(target)
    return Asked(method, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers, body)


def received(link: socket.socket) -> bytes:
    got = link.recv(65_536)
    if not got:
        raise ConnectionError("the caller broke off")
    return got


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[GatewayServer]:
    """A gateway that runs, with TLS if it has a context."""
    with GatewayServer(context) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def refused_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port
