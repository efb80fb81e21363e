"""Mails in a mailbox (邮箱收信): those that nobody has read, fetched by IMAP (RFC 9051) over TLS that is always checked.

A mail is marked as read once it stands in the ledger; one that cannot be read is flagged besides, and stays for a person. The
mailbox is the hub's own: what a person has read there before is not fetched. Each step ends at a deadline, however the server
drips, and what a server says is quoted nowhere.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from customs.exchange.contract import WayError
from customs.exchange.ways.calls import trusting
from customs.hub.cases.mail import LARGEST_MAIL
from customs.hub.cases.mail_folder import MailWaiting
from customs.hub.channels.link_faults import LINK_FAULTS, LinkFault
from customs.signing.keys.bounded_link import Allowance, PlainLink, TooMuchError, bounded, holding_to, linked
from customs.signing.keys.deadline import Deadline

#: The port of IMAP with TLS from the first byte (RFC 8314).
IMAP_PORT = 993

#: Seconds for each part of a step and for the step, and bytes that a server may say in it.
PART, WHOLE, MOST_SAID = 20.0, 100.0, LARGEST_MAIL + 1024 * 1024

_SIZE = re.compile(rb"RFC822\.SIZE ([0-9]{1,12})", re.ASCII)

#: Why a server was not reached, by the exception, the particular before the general.
_UNREACHED: tuple[LinkFault, ...] = (
    *LINK_FAULTS,
    (TooMuchError, "it says too much", "应答过长"),
    (imaplib.IMAP4.error, "it does not speak IMAP as agreed", "应答不符合 IMAP"),
    (OSError, "the connection failed", "连接失败"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapServer:
    """The mailbox of a server; one of the inner network is refused unless ``inner``."""

    host: str
    port: int = IMAP_PORT
    user: str = field(repr=False)
    password: str = field(repr=False)
    mailbox: str = "INBOX"
    ca_file: str | None = None
    inner: bool = False


class ImapMails:
    """The unread mails of a mailbox; the connection is made with the first look and ended by ``close``."""

    def __init__(self, server: ImapServer) -> None:
        self._server = server
        self._link: _ImapLink | None = None

    def waiting(self, most: int) -> Iterator[MailWaiting]:
        """Yield unread mails, the oldest first. Raises ``WayError``."""
        with self._step() as link:
            numbers = (_said(link.uid("SEARCH", "UNSEEN")) or b"").split()
        for number in numbers[:most]:
            with self._step() as link:
                mail = _fetched(link, number.decode("ascii", "replace"))
            if mail is not None:
                yield mail

    def taken(self, mail: MailWaiting) -> None:
        """Mark a mail as read. Raises ``WayError``."""
        self._mark(mail, r"(\Seen)")

    def aside(self, mail: MailWaiting) -> None:
        """Mark a mail as read and flag it. Raises ``WayError``."""
        self._mark(mail, r"(\Seen \Flagged)")

    def close(self) -> None:
        """End the connection."""
        link, self._link = self._link, None
        if link is not None:
            with suppress(OSError, imaplib.IMAP4.error), holding_to(self._allowance()):
                link.logout()
            _let_go(link)

    def _mark(self, mail: MailWaiting, flags: str) -> None:
        with self._step() as link:
            _said(link.uid("STORE", mail.name, "+FLAGS.SILENT", flags))

    @contextmanager
    def _step(self) -> Iterator["_ImapLink"]:
        """Give the connection for one step, within its time and bytes. Raises ``WayError``."""
        allowed = self._allowance()
        try:
            with holding_to(allowed):
                if self._link is None:
                    self._link = _opened(self._server)
                yield self._link
        except (OSError, imaplib.IMAP4.error) as error:
            raise _failed(error, allowed, self._server.host) from None

    def _allowance(self) -> Allowance:
        return Allowance(Deadline.after(WHOLE), PART, MOST_SAID, public_only=not self._server.inner)


class _ImapLink(imaplib.IMAP4):
    """A line to a server, whose steps are held to the allowance of the thread."""

    def __init__(self, context: ssl.SSLContext, server: ImapServer) -> None:
        self._context, self._server = context, server
        super().__init__(server.host, server.port)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        link = linked(self._server.host, self._server.port)
        plain = PlainLink(link.family, link.type, link.proto, fileno=link.detach())
        return self._context.wrap_socket(plain, server_hostname=self._server.host)

    def read(self, size: int) -> bytes:
        """Return so many bytes of an answer; memory for more than may come is not even asked for."""
        if size > MOST_SAID:
            raise TooMuchError("the answer is too long")
        return super().read(size)


def _opened(server: ImapServer) -> _ImapLink:
    """Return a connection that has logged in and selected the mailbox."""
    link = _ImapLink(bounded(trusting(server.ca_file)), server)
    try:
        _begin(link, server)
    except BaseException:
        _let_go(link)
        raise
    return link


def _let_go(link: _ImapLink) -> None:
    with suppress(OSError):
        link.shutdown()


def _begin(link: _ImapLink, server: ImapServer) -> None:
    """Log in and select the mailbox."""
    try:
        link.login(server.user, server.password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        raise WayError(f"{server.host}: it refuses user or password 用户名或密码被拒绝") from None
    if "ID" in link.capabilities:  # some servers in China let nobody in who does not say what they are (RFC 2971)
        link.xatom("ID", '("name" "customs")')
    kind, _ = link.select(f'"{server.mailbox}"')
    if kind != "OK":
        raise WayError(f"{server.host}: there is no mailbox {server.mailbox} 没有邮箱文件夹 {server.mailbox}")


def _fetched(link: _ImapLink, number: str) -> MailWaiting | None:
    """Return a mail without marking it; None if it is gone meanwhile."""
    sized = _SIZE.search(_said(link.uid("FETCH", number, "(RFC822.SIZE)")) or b"")
    if sized is None:
        return None
    if int(sized[1]) > LARGEST_MAIL:
        return MailWaiting(name=number, content=None)
    _, parts = link.uid("FETCH", number, "(BODY.PEEK[])")
    content = next((each[1] for each in parts if isinstance(each, tuple)), None)
    return None if content is None else MailWaiting(name=number, content=content)


def _said(answer: tuple[str, list[bytes | None]]) -> bytes | None:
    """Return what a server answered. Raises ``IMAP4.error`` if it refused."""
    kind, parts = answer
    if kind != "OK":
        raise imaplib.IMAP4.error("refused")
    return parts[0] if parts else None


def _failed(error: Exception, allowed: Allowance, host: str) -> WayError:
    """Return why a step failed; what the server says is not quoted, since it may name people."""
    if allowed.inner:
        return WayError(
            f"{host}: its address {allowed.inner} is of the inner network: set inner = true if that is meant "
            "该邮件服务器属于内网，如确需使用请设 inner = true"
        )
    if allowed.end.is_over:
        return WayError(f"{host}: it took longer than {WHOLE:g} seconds 超过 {WHOLE:g} 秒")
    en, zh = next((en, zh) for kind, en, zh in _UNREACHED if isinstance(error, kind))
    return WayError(f"{host}: {en} {zh}")
