"""Pushes of a gateway (推送回执): how it posts a receipt to an address of the enterprise, and what it wants to hear.

Guangzhou posts whatever it has for an enterprise that asked for pushes, Zhejiang and Jiangxi post all that they say after
their answer, Ningbo posts the states of orders. Written from the facts on the exchange, sections 4.2, 4.3, 4.5 and 4.7, as a
second opinion of the receivers. Not published, and of this office's choice: how often Zhejiang, Jiangxi and Ningbo repeat,
that a receipt of the unified edition goes out of its envelope, and under which name Ningbo posts a state.

>>> target = PushTarget("http://127.0.0.1:8080/gz", caller="C1")
>>> gz = PUSHES["guangzhou"]
>>> gz.form(Pushed("CEB312", b"<a/>"), target, {"key": "fictitious"})
{'clientid': 'C1', 'key': 'fictitious', 'messageType': 'CEB312', 'messageText': '<a/>'}
>>> gz.is_heard(b"success"), gz.is_heard(b"<html>success</html>")
(True, False)
"""

import hashlib
import http.client
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from customs.office.soap_gateways import sealed_jkf
from customs.wire.parsing import ReadError, parse

#: Seconds that a call may take, and bytes that an answer may have.
PATIENCE, MOST_ANSWER = 10.0, 64 * 1024


class Pushed(NamedTuple):
    """A receipt that is posted: its name, such as ``CEB622``, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PushTarget:
    """Where an enterprise is called (回调地址), and by which name the gateway knows it. Raises ``ValueError``."""

    address: str
    caller: str = field(default="", repr=False)
    """Guangzhou's ``clientid``, Ningbo's ``userid``."""

    def __post_init__(self) -> None:
        url = urlsplit(self.address)
        if url.scheme not in ("http", "https") or not url.hostname or url.username or url.fragment:
            raise ValueError(
                "a call-back has an address such as http://127.0.0.1:8080/hz 回调地址应为 http(s)://主机:端口/路径"
            )


#: Waits before repetitions: the first ones of Guangzhou's.
_WAITS = tuple(timedelta(seconds=each) for each in (15, 15, 30, 180, 1800))


class GatewayPush(NamedTuple):
    """The pushes of one gateway: the form, the word that is wanted, and how long it waits before each repetition."""

    form: Callable[[Pushed, PushTarget, Mapping[str, str]], dict[str, str]]
    is_heard: Callable[[bytes], bool]
    secrets: tuple[str, ...]
    has_caller: bool = False
    waits: tuple[timedelta, ...] = _WAITS
    ends: bool = False
    """True if it never calls again after the last wait; else it waits as long as the last time."""


def _guangzhou(pushed: Pushed, target: PushTarget, secrets: Mapping[str, str]) -> dict[str, str]:
    told = {"clientid": target.caller, "key": secrets["key"], "messageType": pushed.name}
    return told | {"messageText": pushed.content.decode()}


def _zhejiang(pushed: Pushed, target: PushTarget, secrets: Mapping[str, str]) -> dict[str, str]:
    key = load_pem_private_key(secrets["platform_key"].encode(), None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("platform_key is no private key of RSA platform_key 不是 RSA 私钥")
    digest = key.sign(pushed.content, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303  the platform's rule
    return {
        "content": sealed_jkf(pushed.content, secrets["aes_key"]),
        "msg_type": pushed.name,
        "data_digest": b64encode(digest).decode(),
    }


def _ningbo(pushed: Pushed, target: PushTarget, secrets: Mapping[str, str]) -> dict[str, str]:
    record = pushed.content.decode().partition("?>")[2]
    sign = hashlib.md5(f"{target.caller}{secrets['password']}".encode()).hexdigest()  # noqa: S324  the platform's rule
    message = f"<Message><Header><Result>T</Result></Header><Body>{record}</Body></Message>"
    return {"msgtype": "cnec_wh_9", "msg": message, "userid": target.caller, "sign": sign}


def _says_true(answer: bytes) -> bool:
    """True for an answer in XML whose ``success`` is true."""
    try:
        return parse(answer).findtext("success") == "true"
    except ReadError:
        return False


_JKF = GatewayPush(_zhejiang, _says_true, ("aes_key", "platform_key"))

#: The gateways that push, by name.
PUSHES: Mapping[str, GatewayPush] = {
    "guangzhou": GatewayPush(
        _guangzhou,
        lambda answer: answer == b"success",
        ("key",),
        has_caller=True,
        waits=tuple(timedelta(seconds=each) for each in (15, 15, 30, 180, 1800, 1800, 1800, 1800, 3600)),
        ends=True,
    ),
    "zhejiang": _JKF,
    "jiangxi": _JKF,
    "zhejiang_ceb": _JKF,
    "ningbo": GatewayPush(_ningbo, _says_true, ("password",), has_caller=True),
}


class UnreachedError(Exception):
    """Nobody takes a connection at an address."""


def post_form(address: str, form: Mapping[str, str]) -> bytes:
    """Post a form over a connection of its own and return the answer; empty if it is cut, too long, too slow or no 200.

    Certificates are checked, redirects are not followed. Raises ``UnreachedError``.
    """
    url, end = urlsplit(address), time.monotonic() + PATIENCE
    made: http.client.HTTPConnection
    if url.scheme == "https":
        made = http.client.HTTPSConnection(
            url.hostname or "", url.port, timeout=PATIENCE, context=ssl.create_default_context()
        )
    else:
        made = http.client.HTTPConnection(url.hostname or "", url.port, timeout=PATIENCE)
    with closing(made) as connection:
        try:
            connection.connect()
        except OSError:
            raise UnreachedError from None
        try:
            path = f"{url.path or '/'}{'?' * bool(url.query)}{url.query}"
            headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
            connection.request("POST", path, urlencode(form).encode(), headers)
            return _read(connection.getresponse(), end)
        except (OSError, http.client.HTTPException):
            return b""


def _read(answer: http.client.HTTPResponse, end: float) -> bytes:
    found = b""
    while answer.status == 200 and (part := answer.read1(4096)):
        found += part
        if len(found) > MOST_ANSWER or time.monotonic() > end:
            return b""
    return b"" if answer.length else found  # cut
