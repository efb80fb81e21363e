"""A mail server on this machine over a real socket, with TLS, that keeps what it takes; and one that misbehaves."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509

from support.authority import Authority

USER, PASSWORD = "hub", "fictitious-password"


@dataclass
class Mailbox:
    """What a mail server was handed, and how it answers."""

    port: int = 0
    ca_file: str = ""
    messages: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    refused: frozenset[str] = frozenset()
    answer: str = "250 OK"
    encrypted: list[bool] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refused:
            return f"550 {address} is not known here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.raw.append(envelope.content)
            found = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(found, EmailMessage)
            self.messages.append(found)
            self.encrypted.append(session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None)
        return self.answer


class _Server(Controller):
    def __init__(self, box: Mailbox, context: ssl.SSLContext, *, implicit: bool, offers_tls: bool) -> None:
        self._tls, self._offers = context, offers_tls and not implicit
        super().__init__(box, hostname="127.0.0.1", port=_free_port(), ssl_context=context if implicit else None)

    def factory(self) -> SMTP:
        """One talk: login is demanded, and only under TLS."""
        return SMTP(
            self.handler,
            tls_context=self._tls if self._offers else None,
            require_starttls=self._offers,
            authenticator=_known,
            auth_required=self._offers,
        )


def _known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    assert isinstance(data, LoginPassword)
    known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)  # the server answers by itself


@contextmanager
def mail_server(
    folder: Path, *, implicit: bool = False, offers_tls: bool = True, name: str = "localhost"
) -> Iterator[Mailbox]:
    """A mail server whose certificate is of ``name``."""
    authority = Authority(folder)
    box = Mailbox(ca_file=str(authority.file))
    server = _Server(box, authority.server(x509.DNSName(name)), implicit=implicit, offers_tls=offers_tls)
    server.start()
    box.port = server.port
    try:
        yield box
    finally:
        server.stop()


@contextmanager
def talking(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does with each connection whatever ``talk`` does; give its port."""
    with socket.create_server(("127.0.0.1", 0)) as here:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    link, _ = here.accept()
                    with link, suppress(OSError):
                        talk(link)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield here.getsockname()[1]
        with suppress(OSError):
            here.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def welcomes_without_end(link: socket.socket) -> None:
    while True:
        link.sendall(b"220-come in\r\n" * 1000)


def welcomes_drop_by_drop(link: socket.socket) -> None:
    link.settimeout(0.02)
    while True:
        link.sendall(b"2")
        with suppress(TimeoutError):
            if not link.recv(1):
                return


def breaks_off(link: socket.socket) -> None:
    link.sendall(b"220 here\r\n")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
