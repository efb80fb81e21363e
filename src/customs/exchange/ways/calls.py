"""Calls to a gateway (网关调用): one request over HTTPS and its whole answer, within limits, and what is certain if it fails.

The certificate and the host name are always checked, with TLS 1.2 at least. Nothing is repeated and no redirect is
followed, but that of a GET to the same host. Each call has a connection of its own: a connection kept open may have been
closed by the gateway meanwhile, and a message sent into it would be ``unknown`` for nothing.

>>> GatewayLine("http://gateway.example.com")
Traceback (most recent call last):
ValueError: the address of a gateway must be https:// with host and path only: secrets belong into the credentials; ...
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode, urljoin, urlsplit

from customs.exchange.contract import MOST_BYTES, Again, HandedOver, WayError
from customs.fields.frozen import FrozenDict

if TYPE_CHECKING:
    from urllib3 import PoolManager

#: Bytes of the headers of an answer, and of whatever comes before them.
MOST_HEADERS = 256 * 1024

#: Redirects of a GET that are followed, one after the other, on the same host.
MOST_REDIRECTS = 3

#: The header that SOAP 1.1 asks for, as these services take it.
NO_ACTION = FrozenDict({"SOAPAction": '""'})

#: Why a host is not called that was to be public.
_INNER = "its address {} is of the inner network: set inner = true if that is meant"
_INNER_ZH = "该地址属于内网，如确需使用请设 inner = true"

#: Why a call failed, by the name of urllib3's exception, the particular before the general.
_FAILURES = {
    "NameResolutionError": ("域名无法解析，请核对地址", "its name is not known: check the address"),
    "NewConnectionError": ("拒绝连接，请核对地址和网络", "it takes no connection: check address and network"),
    "ConnectTimeoutError": ("未能及时建立连接", "it takes no connection in time"),
    "ReadTimeoutError": ("未及时应答", "it did not answer in time"),
    "ProtocolError": ("连接中断，或应答不是 HTTP", "it broke off the connection, or what it answers is not HTTP"),
    "HTTPError": ("连接失败", "the connection failed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """The most that one call may take: seconds for a connection and each part of an answer, seconds in all, bytes of the answer.

    Keys of ``customs.toml``: ``part``, ``deadline``, ``most_bytes``. 100 seconds are what the clients in use allow.
    """

    part: float = 30.0
    deadline: float = 100.0
    most_bytes: int = MOST_BYTES

    def __post_init__(self) -> None:
        if not (self.part > 0 and self.deadline > 0 and 0 < self.most_bytes <= MOST_BYTES):
            raise ValueError(
                f"the limits of a gateway must be above zero, most_bytes {MOST_BYTES} at most 网关时限应大于零，"
                f"most_bytes 不超过 {MOST_BYTES}"
            )


@dataclass(frozen=True, slots=True)
class GatewayReply:
    """An answer that was read whole."""

    status: int
    content: bytes = field(repr=False)


class CallError(Exception):
    """A call without a whole answer. ``left`` is true if a byte of the request may have left."""

    def __init__(self, zh: str, en: str, *, left: bool, again: Again = "later") -> None:
        super().__init__(f"{en} {zh}")
        self.left = left
        self.again: Again = again


class GatewayLine:
    """The connections to one gateway. ``address`` is ``https://`` with host and, where the gateway has one, a path to
    which those of its operations are added.

    ``ca_file`` is the private authority that issued the gateway's certificate; no other is then trusted. ``plain`` lets
    a gateway go without TLS: for a private line alone, since messages hold personal data. ``public_only`` refuses a host of
    which an address is of the inner network, by the one look-up that the connection is made with. Raises ``ValueError`` for an
    address of another form, and ``WayError`` where urllib3 or ``ca_file`` is missing.
    """

    def __init__(
        self,
        address: str,
        *,
        ca_file: str | Path | None = None,
        plain: bool = False,
        limits: CallLimits | None = None,
        public_only: bool = False,
    ) -> None:
        self._public_only = public_only
        self.host = _checked_host(address, plain)
        self._address = address.rstrip("/")
        self._limits = limits or CallLimits()
        self._connections = _connections(ca_file, plain)

    def __repr__(self) -> str:
        return f"GatewayLine({self.host!r})"

    def close(self) -> None:
        """Give the connections back."""
        self._connections.clear()

    def post(
        self,
        path: str,
        body: bytes,
        media: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> GatewayReply:
        """Post a body of a media type. Raises ``CallError``."""
        return self._call("POST", self._url(path, query), body, {"Content-Type": media, **(headers or {})})

    def get(self, path: str, *, query: Mapping[str, str] | None = None, follow: bool = True) -> GatewayReply:
        """Get what is at a path; a redirect is the answer unless it is to be followed. Raises ``CallError``."""
        url = self._url(path, query)
        for _ in range(MOST_REDIRECTS + 1):
            reply, target = self._redirectable(url)
            if target is None or not follow:
                return reply
            url = target
        raise CallError("重定向过多", "it redirects without end", left=True)

    def _url(self, path: str, query: Mapping[str, str] | None) -> str:
        return self._address + path + (f"?{urlencode(query)}" if query else "")

    def _redirectable(self, url: str) -> tuple[GatewayReply, str | None]:
        reply, target = self._answer("GET", url, None, {})
        if target is None or reply.status not in (301, 302, 303, 307, 308):
            return reply, None
        target = urljoin(url, target)
        if urlsplit(target)[:2] != urlsplit(url)[:2]:
            return reply, None
        return reply, target

    def _call(self, method: Literal["POST"], url: str, body: bytes, headers: Mapping[str, str]) -> GatewayReply:
        return self._answer(method, url, body, headers)[0]

    def _answer(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[GatewayReply, str | None]:
        """The answer to one request, and where it redirects to."""
        from urllib3.exceptions import HTTPError

        from customs.signing.keys.bounded_link import Allowance, holding_to
        from customs.signing.keys.deadline import Deadline

        limits = self._limits
        allowed = Allowance(Deadline.after(limits.deadline), limits.part, limits.most_bytes + MOST_HEADERS)
        allowed.public_only = self._public_only
        # a compressed answer has no bound to what it unpacks to
        headers = {**headers, "Accept-Encoding": "identity", "Connection": "close"}
        try:
            with holding_to(allowed):
                response = self._connections.request(
                    method, url, body=body, headers=headers, redirect=False, retries=False, preload_content=False
                )
                try:
                    content = response.read(limits.most_bytes + 1, decode_content=False)
                finally:
                    response.close()
        except (HTTPError, OSError) as error:
            if allowed.inner:
                raise CallError(_INNER_ZH, _INNER.format(allowed.inner), left=False, again="after the outage") from None
            raise _failure(error, allowed.sent, _over(allowed.bytes_left < 0, allowed.end.is_over, limits)) from None
        finally:
            self._connections.clear()
        if len(content) > limits.most_bytes:
            zh, en = _too_long(limits)
            raise CallError(zh, en, left=True)
        return GatewayReply(response.status, content), response.headers.get("Location")


def not_answered(error: CallError, host: str) -> HandedOver:
    """Return the outcome of a message whose call failed: certain only if no byte of it left."""
    return HandedOver(outcome="unknown" if error.left else "not sent", again=error.again, said=f"{host}: {error}")


def _checked_host(address: str, plain: bool) -> str:
    """The host of an address that holds no secret, since addresses are shown."""
    try:
        parts = urlsplit(address)
        whole = not (parts.username or parts.password or parts.query or parts.fragment)
        host, port = parts.hostname, parts.port
    except ValueError:
        whole, host, port, parts = False, None, None, urlsplit("")
    if not whole or not host or parts.scheme not in ("https", *("http",) * plain):
        raise ValueError(
            "the address of a gateway must be https:// with host and path only: secrets belong into the credentials; "
            "http:// needs plain = true, for a private line alone "
            "网关地址应为 https:// 加主机和路径，密钥写在 credentials；仅专线可设 plain = true 使用 http://"
        )
    return f"{host}:{port}" if port else host


def _connections(ca_file: str | Path | None, plain: bool) -> "PoolManager":
    try:
        import urllib3  # noqa: F401  the module below may have been imported before

        from customs.signing.keys.remote_connection import connections
    except ImportError:
        raise WayError('gateways need urllib3: pip install "cbec-customs[remote]" 网关收发需要 urllib3') from None
    return connections(trusting(ca_file), plain=plain)


def trusting(ca_file: str | Path | None) -> ssl.SSLContext:
    """Return the side of TLS of a client that checks certificate and host name, TLS 1.2 at least, against the machine's
    authorities or the given one alone. Raises ``WayError`` for a file that cannot be read.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError:  # ssl.SSLError is one
        raise WayError(
            f"ca_file {ca_file} cannot be read: PEM of the authority's certificate is expected "
            f"无法读取 ca_file {ca_file}，应为签发机构证书（PEM）"
        ) from None
    context.minimum_version = max(context.minimum_version, ssl.TLSVersion.TLSv1_2)
    return context


def _over(too_much: bool, too_late: bool, limits: CallLimits) -> tuple[str, str] | None:
    if too_much:
        return _too_long(limits)
    if too_late:
        return (
            f"未在 {limits.deadline:g} 秒内完成应答",
            f"it did not answer within {limits.deadline:g} seconds in all",
        )
    return None


def _too_long(limits: CallLimits) -> tuple[str, str]:
    return f"应答超过 {limits.most_bytes} 字节", f"its answer is longer than {limits.most_bytes} bytes"


def _failure(error: Exception, sent: bool, over: tuple[str, str] | None) -> CallError:
    """The failure of a call, by an exception of urllib3. Only the reason of a TLS failure is quoted."""
    if over:
        return CallError(*over, left=sent)
    reason = error.args[0] if error.args else None
    if isinstance(reason, ssl.SSLCertVerificationError):
        return CallError(
            "服务器证书不可信：请核对地址，或将签发机构证书设为 ca_file",
            f"its certificate is not trusted ({reason.verify_message}): check the address, or give the authority as ca_file",
            left=sent,
            again="after the outage",
        )
    if type(error).__name__ == "SSLError":
        told = "加密连接（TLS）失败，需要 TLS 1.2 或以上", "TLS failed: it must speak TLS 1.2 or later"
        return CallError(*told, left=sent, again="after the outage")
    kinds = {each.__name__ for each in type(error).__mro__}
    return CallError(
        *next((told for name, told in _FAILURES.items() if name in kinds), _FAILURES["HTTPError"]), left=sent
    )
