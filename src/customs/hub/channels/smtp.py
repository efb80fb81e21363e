"""Mail servers (邮件服务器): a message handed over by SMTP, within limits, over TLS that is always checked.

``starttls`` begins TLS on the port of submission (587), ``tls`` is TLS from the first byte (465, RFC 8314). Certificate and
host name are checked, and user and password are never said without TLS. smtplib limits each step by itself; here the whole
ends at a deadline, however the server drips.
"""

import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from customs.exchange.contract import WayError
from customs.exchange.ways.calls import trusting
from customs.hub.channels.link_faults import LINK_FAULTS, LinkFault
from customs.hub.channels.telling import Telling
from customs.signing.keys.bounded_link import Allowance, PlainLink, bounded, holding_to, linked
from customs.signing.keys.deadline import Deadline

MailSecurity = Literal["starttls", "tls"]

#: The port of each kind of TLS.
MAIL_PORTS: dict[MailSecurity, int] = {"starttls": 587, "tls": 465}

#: Seconds for each step and for the whole, and bytes of all that a server says.
PART, WHOLE, MOST_SAID = 20.0, 100.0, 256 * 1024

_MAIL_INNER_ZH = "该邮件服务器属于内网，如确需使用请设 inner = true"

#: Why a server was not reached, by the exception, the particular before the general.
_UNREACHED: tuple[LinkFault, ...] = (
    *LINK_FAULTS,
    (
        smtplib.SMTPNotSupportedError,
        "it does not offer STARTTLS or the login that is asked for",
        "服务器不支持 STARTTLS 或所需的登录方式",
    ),
    (smtplib.SMTPAuthenticationError, "it refuses user or password", "用户名或密码被拒绝"),
    (smtplib.SMTPRecipientsRefused, "it refuses all addresses", "收件地址全部被拒绝"),
    (smtplib.SMTPSenderRefused, "it refuses the sender", "发件地址被拒绝"),
    (smtplib.SMTPDataError, "it refuses the message", "拒收该邮件"),
    (smtplib.SMTPServerDisconnected, "it broke off the connection", "连接中断"),
    (smtplib.SMTPException, "it does not speak SMTP as agreed", "应答不符合 SMTP"),
    (OSError, "the connection failed", "连接失败"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The server that takes mail of the hub; one of the inner network is refused unless ``inner``."""

    host: str
    port: int
    security: MailSecurity = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str | None = None
    inner: bool = False


def hand_over_mail(server: MailServer, content: bytes, sender: str, to: tuple[str, ...]) -> Telling:
    """Hand a message over once. Never raises for what the server or the network does.

    It is told if one of the addresses was taken; the places of those refused are said, not the addresses.
    """
    allowed = Allowance(Deadline.after(WHOLE), PART, MOST_SAID, public_only=not server.inner)
    try:
        context = bounded(trusting(server.ca_file))
    except WayError as error:
        return Telling(result="later", said=str(error))
    link = _SmtpLink(context, server, sender)
    try:
        with holding_to(allowed):
            link.begin()
            refused = link.sendmail(sender, list(to), content)
            with suppress(OSError, smtplib.SMTPException):  # the message is taken: how the talk ends says nothing
                link.quit()
    except (OSError, smtplib.SMTPException) as error:
        return _not_taken(error, allowed, server.host)
    finally:
        link.close()
    places = ", ".join(str(place) for place, address in enumerate(to, 1) if address in refused)
    return Telling(
        result="told", said=f"address {places} of the list is refused 第 {places} 个收件地址被拒绝" * bool(places)
    )


class _SmtpLink(smtplib.SMTP):
    """A line to a server, whose steps are held to the allowance of the thread."""

    def __init__(self, context: ssl.SSLContext, server: MailServer, sender: str) -> None:
        # the name of this machine would be looked up without a limit, and is nobody's business
        super().__init__(local_hostname=sender.rpartition("@")[2])
        self._context, self._server = context, server
        self._host = server.host  # smtplib checks the certificate for it

    def begin(self) -> None:
        """Connect, begin TLS, log in."""
        server = self._server
        code, _ = self.connect(server.host, server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, "no welcome")
        self.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            code, _ = self.starttls(context=self._context)
            if code != 220:
                raise smtplib.SMTPNotSupportedError("STARTTLS was refused")
            self.ehlo_or_helo_if_needed()
        if server.user:
            self._identify(server.user, server.password)

    def _identify(self, user: str, password: str) -> None:
        """Log in once: smtplib tries one way after the other, which servers take for guessing."""
        self.user, self.password = user, password
        offered = self.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            self.auth("PLAIN", self.auth_plain)
        elif "LOGIN" in offered:
            self.auth("LOGIN", self.auth_login)
        else:
            raise smtplib.SMTPNotSupportedError("neither PLAIN nor LOGIN")

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        link = linked(host, port)
        plain = PlainLink(link.family, link.type, link.proto, fileno=link.detach())
        if self._server.security == "starttls":
            return plain
        return self._context.wrap_socket(plain, server_hostname=host)


def _not_taken(error: Exception, allowed: Allowance, host: str) -> Telling:
    """Return why a message was not taken; what the server says is not quoted, since it may repeat addresses."""
    if allowed.inner:
        en = f"its address {allowed.inner} is of the inner network: set inner = true if that is meant"
        return Telling(result="later", said=f"{host}: {en} {_MAIL_INNER_ZH}")
    if allowed.bytes_left < 0:
        return Telling(result="later", said=f"{host}: it says too much without end 应答过长")
    if allowed.end.is_over:
        return Telling(result="later", said=f"{host}: it took longer than {WHOLE:g} seconds 超过 {WHOLE:g} 秒")
    en, zh = next((en, zh) for kind, en, zh in _UNREACHED if isinstance(error, kind))
    code = getattr(error, "smtp_code", None)
    told = f" ({code})" if code else ""
    never = isinstance(error, smtplib.SMTPDataError | smtplib.SMTPSenderRefused) and code in (552, 554)
    return Telling(result="refused" if never else "later", said=f"{host}: {en}{told} {zh}")
