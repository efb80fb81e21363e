"""The link to a hub (连接): one request and its answer, sent again where that is safe, problems as exceptions.

Every request that changes something has an idempotency key, so that it can be sent again after a cut without being done
twice. It is sent again after a failed connection, and where the hub is overloaded, restarted, or at work on it.
"""

import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from pydantic import BaseModel

from customs.exchange.ways.calls import trusting
from customs.hub.api.answers import AnswerPage

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

#: Statuses after which the same request may be answered a little later.
_LATER = frozenset({408, 429, 502, 503, 504})

#: Seconds before the second try; they double, up to the most.
_FIRST, _MOST = 0.5, 30.0

_Form = TypeVar("_Form", bound=BaseModel)
_PageForm = TypeVar("_PageForm", bound=AnswerPage)


class HubProblemError(Exception):
    """The hub answered with a problem (RFC 9457): its status, and what is wrong, in English and Chinese."""

    def __init__(self, status: int, en: str, zh: str) -> None:
        super().__init__(f"{status}: {en} {zh}")
        self.status, self.en, self.zh = status, en, zh


class HubUnreachableError(Exception):
    """The hub did not answer, however often it was asked."""

    def __init__(self, host: str) -> None:
        self.en = f"{host} did not answer: check address, network and certificate"
        self.zh = f"{host} 无应答：请检查地址、网络和证书"
        super().__init__(f"{self.en} {self.zh}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLimits:
    """How patient a client is: seconds for a connection and for each part of an answer, and how often it asks at most."""

    connect: float = 10.0
    read: float = 60.0
    tries: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class HubLink:
    """The link of a client; made by ``hub_link``."""

    address: str
    host: str
    token: str = field(repr=False)
    limits: LinkLimits
    connections: "PoolManager" = field(repr=False)
    pause: Callable[[float], None] = field(repr=False)
    randomness: Callable[[int], bytes] = field(repr=False)

    def get(self, form: type[_Form], path: str, **asked: object) -> _Form:
        """Return what is at a path. Raises ``HubProblemError`` and ``HubUnreachableError``."""
        given = {name: str(value) for name, value in asked.items() if value not in (None, "")}
        return form.model_validate_json(
            self._answered("GET", path + (f"?{urlencode(given)}" if given else ""), None, {})
        )

    def pages(self, form: type[_PageForm], path: str, **asked: object) -> Iterator[_PageForm]:
        """Yield page after page. Raises ``HubProblemError`` and ``HubUnreachableError``."""
        page = self.get(form, path, **asked)
        yield page
        while page.next is not None:
            if not page.next.startswith("/v1/"):  # the token goes to the hub alone
                raise _foreign(200)
            page = self.get(form, page.next)
            yield page

    def post(self, form: type[_Form], path: str, body: Mapping[str, Any], *, key: str | None = "") -> _Form:
        """Return the answer to a body. ``key`` is the idempotency key: made anew if empty, and None for what changes nothing.

        Raises ``HubProblemError`` and ``HubUnreachableError``.
        """
        headers = {"Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key or self.randomness(16).hex()
        content = json.dumps(body, ensure_ascii=False).encode()
        return form.model_validate_json(self._answered("POST", path, content, headers))

    def _answered(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
        from urllib3.exceptions import HTTPError

        sent = {**headers, "Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        wait = _FIRST
        for left in range(self.limits.tries - 1, -1, -1):
            try:
                response = self.connections.request(
                    method, self.address + path, body=body, headers=sent, redirect=False, retries=False
                )
            except (HTTPError, OSError):
                if not left:
                    raise HubUnreachableError(self.host) from None
                self.pause(wait)
            else:
                if 200 <= response.status < 300:
                    return response.data
                if not left or not _is_later(response):
                    raise _problem(response)
                self.pause(_told_wait(response) or wait)
            wait = min(wait * 2, _MOST)
        raise AssertionError("the last try returns or raises")


def hub_link(
    address: str,
    token: str,
    *,
    ca_file: str | Path | None = None,
    plain: bool = False,
    limits: LinkLimits | None = None,
    pause: Callable[[float], None] = time.sleep,
    randomness: Callable[[int], bytes] = secrets.token_bytes,
) -> HubLink:
    """Return the link to a hub. Raises ``ValueError`` for an address of another form."""
    import urllib3

    limits, parts = limits or LinkLimits(), urlsplit(address)
    beyond = parts.username or parts.password or parts.query or parts.fragment
    if parts.scheme not in ("https", *("http",) * plain) or not parts.hostname or beyond:
        raise ValueError(
            "the address of a hub must be https:// with host and path only; http:// needs plain=True, for this machine "
            "or a private line alone 枢纽地址应为 https:// 加主机和路径；仅本机或专线可设 plain=True 使用 http://"
        )
    timeout = urllib3.Timeout(connect=limits.connect, read=limits.read)
    return HubLink(
        address=address.rstrip("/"),
        host=parts.netloc,
        token=token,
        limits=limits,
        connections=urllib3.PoolManager(timeout=timeout, ssl_context=trusting(ca_file)),
        pause=pause,
        randomness=randomness,
    )


def segment(text: str) -> str:
    """Return a text as one part of a path.

    >>> segment("O/1 甲")
    'O%2F1%20%E7%94%B2'
    """
    return quote(text, safe="")


def _is_later(response: "BaseHTTPResponse") -> bool:
    """True if the same request may be answered later; a conflict only while it is under way."""
    return response.status in _LATER or (response.status == 409 and "Retry-After" in response.headers)


def _told_wait(response: "BaseHTTPResponse") -> float:
    told = response.headers.get("Retry-After", "")
    return min(float(told), _MOST) if told.isdecimal() else 0.0


def _problem(response: "BaseHTTPResponse") -> HubProblemError:
    """Return the problem of an answer; one of another server is told by its status alone."""
    try:
        found = json.loads(response.data)
        return HubProblemError(response.status, str(found["detail"]), str(found["detail_zh"]))
    except (ValueError, TypeError, KeyError):
        return _foreign(response.status)


def _foreign(status: int) -> HubProblemError:
    return HubProblemError(status, "the answer is none of a hub: check the address", "应答并非来自枢纽，请检查地址")
