"""Posting (推送): one request to the address of a robot or a webhook, within limits, over TLS that is always checked.

The address of a robot is a secret: it stands in no text, log or error, only its host does. No redirect is followed.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from customs.exchange.contract import WayError
from customs.exchange.ways.calls import CallError, CallLimits, GatewayLine, GatewayReply
from customs.hub.channels.telling import Telling

#: Time and size of an answer.
POST_LIMITS = CallLimits(part=10.0, deadline=20.0, most_bytes=64 * 1024)


class ChannelSettingError(ValueError):
    """A channel cannot be used; the text says why, in both languages, and holds no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostAddress:
    """The address to which a notice is posted (推送地址); those of the inner network are refused unless ``inner``.

    Raises ``ChannelSettingError``.
    """

    url: str = field(repr=False)
    inner: bool = False
    ca_file: str | None = None

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            whole = bool(parts.hostname) and not (parts.username or parts.password or parts.fragment)
            whole = whole and parts.port != 0
        except ValueError:
            whole, parts = False, urlsplit("")
        if not whole or parts.scheme not in ("https", *("http",) * self.inner):
            raise ChannelSettingError(
                "the address must be https:// with a host; http:// needs inner = true "
                "地址应为 https:// 加主机；内网 http:// 须设 inner = true"
            )

    @property
    def host(self) -> str:
        """The host, which may be shown."""
        return urlsplit(self.url).hostname or ""


def post_to(
    address: PostAddress,
    body: bytes,
    media: str,
    *,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> GatewayReply | Telling:
    """Post a body once; return the answer of status 2xx, or why there is none. Never raises for what the other side does."""
    keep_addresses_unlogged()
    parts, host = urlsplit(address.url), address.host
    try:
        line = GatewayLine(
            f"{parts.scheme}://{parts.netloc}",
            ca_file=address.ca_file,
            plain=parts.scheme == "http",
            limits=POST_LIMITS,
            public_only=not address.inner,
        )
    except WayError as error:
        return Telling(result="later", said=str(error))
    asked = {**dict(parse_qsl(parts.query, keep_blank_values=True)), **(query or {})}
    try:
        reply = line.post(parts.path or "/", body, media, query=asked, headers=headers)
    except CallError as error:
        return Telling(result="later", said=f"{host}: {error}")
    finally:
        line.close()
    if 200 <= reply.status < 300:
        return reply
    return Telling(result="later", said=f"{host} answered {reply.status} 返回状态码 {reply.status}")


def keep_addresses_unlogged() -> None:
    """Let urllib3 say nothing below a warning: what it says for debugging has the whole address."""
    logging.getLogger("urllib3.connectionpool").setLevel(logging.WARNING)
