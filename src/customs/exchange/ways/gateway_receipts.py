"""Receipts of HTTPS gateways (轮询回执): what waits at the gateway, or what it has noted since an instant.

Guangzhou and Shenzhen keep a list of what waits; a receipt leaves it by ``sendReceiptReceived``, which is called only
after the receipt is stored. Types that the server does not list for confirmation leave it with the download: nothing at
this end can change that. Hainan and Ningbo answer by time and keep everything: a query overlaps the one before it, since
several receipts share a second, and what comes twice is recognised in the inbox. Source: sections 2.5, 4.5 and 4.6 of the
facts on the exchange.
"""

import json
import re
import zipfile
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

from customs.areas.gateway.encodings import md5
from customs.exchange.contract import Item, SetAside, WayError
from customs.exchange.ways.calls import CallError, GatewayLine, GatewayReply
from customs.exchange.ways.gateway_answers import texts_at, tree_of
from customs.exchange.ways.gateway_dialects import HttpDialect
from customs.exchange.ways.hainan_records import MOST_RECORDS, hainan_records, unified_receipt
from customs.wire.canonical import XML_DECLARATION, escape

#: Pages of one query: more are left to the next fetch.
MOST_PAGES = 100

#: The instant of a query lies at least so many seconds in the past; Hainan refuses others.
_PAST = 15

_ENCODING = re.compile(r"<\?xml\s[^>]{0,200}?\sencoding\s*=\s*[\"']([A-Za-z0-9_.-]{1,40})[\"']")


@dataclass(frozen=True, slots=True)
class GatewayQuestion:
    """A question to a gateway for receipts: the line, the dialect, who asks, at what time, since when."""

    line: GatewayLine
    dialect: HttpDialect
    credentials: Mapping[str, str] = field(repr=False)
    now: datetime
    since: datetime
    most_bytes: int

    def get(self, path: str, **query: str) -> GatewayReply:
        """Get an answer. Raises ``WayError``."""
        return self._answered(lambda: self.line.get(path, query=query))

    def post(self, path: str, form: Mapping[str, str], *, query: Mapping[str, str] | None = None) -> GatewayReply:
        """Post a form. Raises ``WayError``."""
        from urllib.parse import urlencode

        return self._answered(lambda: self.line.post(path, urlencode(form).encode(), self.dialect.media, query=query))

    def _answered(self, ask: Callable[[], GatewayReply]) -> GatewayReply:
        try:
            reply = ask()
        except CallError as error:
            raise WayError(f"{self.line.host}: {error}") from None
        if reply.status != 200:
            raise WayError(f"{self.line.host}: HTTP {reply.status}, no receipts 网关未返回回执（HTTP {reply.status}）")
        return reply

    def failed(self, zh: str, en: str) -> WayError:
        """Return the error that nothing can be fetched."""
        return WayError(f"{self.line.host}: {en} {zh}")


def waiting(asked: GatewayQuestion) -> Iterator[Item | SetAside]:
    """Yield the receipts that wait at a gateway. Raises ``WayError``."""
    names = asked.dialect.credentials
    reply = asked.post(asked.dialect.receiving_paths[0], {name: asked.credentials[name] for name in names})
    answer = _json(reply.content)
    if answer is None or answer.get("result") not in (True, "true"):
        raise asked.failed(
            "查询回执被拒或应答无法识别", "it refused the question for receipts, or its answer cannot be read"
        )
    receipts = answer.get("receiptList") or []
    if not isinstance(receipts, list):
        raise asked.failed("回执列表无法识别", "its list of receipts cannot be read")
    for each in receipts[:MOST_RECORDS]:
        yield _waiting_item(each, asked.most_bytes)


def confirm_waiting(asked: GatewayQuestion, item: Item) -> None:
    """Take a receipt off the list. Raises ``WayError``."""
    credentials = {name: asked.credentials[name] for name in asked.dialect.credentials}
    form = credentials | {"receiptList": json.dumps([{"receiptId": item.token}])}
    answer = _json(asked.post(asked.dialect.receiving_paths[1], form).content)
    if answer is None or answer.get("result") not in (True, "true"):
        raise asked.failed(
            "回执确认未被接受，回执会再次出现", "it did not take the confirmation: the receipt comes again"
        )


def _waiting_item(receipt: Any, most_bytes: int) -> Item | SetAside:
    number = receipt.get("receiptId") if isinstance(receipt, dict) else None
    if isinstance(number, bool) or not isinstance(number, str | int) or not _is_text(str(number)):
        return SetAside(name="receiptList", reason_zh="回执没有编号", reason="a receipt without a number")
    text = receipt.get("messageText")
    if not isinstance(text, str):
        return SetAside(name=str(number), reason_zh="回执没有内容", reason="a receipt without content")
    suffix = receipt.get("messageFileSuffix")
    name = f"{number}{suffix if isinstance(suffix, str) and suffix and _is_text(suffix) else '.xml'}"
    if receipt.get("messageZiped") in (True, "true", "1", 1):
        content = _unpacked(text, most_bytes)
        if content is None:
            return SetAside(
                name=name,
                reason_zh="压缩内容无法解开或过大",
                reason="packed content that cannot be unpacked or is too large",
            )
        return Item(name=name, content=content, token=str(number))
    return Item(name=name, content=in_its_encoding(text), token=str(number))


def _is_text(text: str) -> bool:
    """True if a text has no half characters."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def in_its_encoding(text: str) -> bytes:
    """Return the bytes of an XML text that travelled inside JSON, in the encoding that its prolog declares.

    >>> in_its_encoding('<?xml version="1.0" encoding="gb2312"?><a>示例</a>')[-8:-4].decode("gbk")
    '示例'
    """
    declared = _ENCODING.match(text[:300])
    if declared and declared[1].lower() in ("gb2312", "gbk", "gb18030"):
        # GB2312 and GBK are read as GB18030, which has their bytes and every other character
        with suppress(UnicodeEncodeError):
            return text.encode("gb18030")
    return text.encode("utf-8", "surrogatepass")


def _unpacked(text: str, most_bytes: int) -> bytes | None:
    """The content of base64 of gzip or of a zip with one file; None if it cannot be had within the limit."""
    with suppress(ValueError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        packed = b64decode("".join(text.split()), validate=True)
        if packed[:2] == b"\x1f\x8b":
            unpacking = zlib.decompressobj(wbits=31)
            content = unpacking.decompress(packed, most_bytes + 1)
            return content if unpacking.eof and len(content) <= most_bytes else None
        with zipfile.ZipFile(BytesIO(packed)) as archive:
            (name,) = archive.namelist()
            with archive.open(name) as packed_file:
                content = packed_file.read(most_bytes + 1)
        return content if len(content) <= most_bytes else None
    return None


#: What Hainan gives at each path.
_HAINAN = {"/ceb312msg": "CEB312", "/ceb622msg": "CEB622"}


def since_an_instant(asked: GatewayQuestion) -> Iterator[Item | SetAside]:
    """Yield what Hainan has noted since an instant, each record as the receipt that it is. Raises ``WayError``."""
    instant = min(asked.since, asked.now - timedelta(seconds=_PAST)).strftime("%Y%m%d%H%M%S")
    for path in asked.dialect.receiving_paths:
        content = asked.get(path, dxpid=asked.credentials["dxpid"], qryid=instant).content
        records = hainan_records(content)
        if records is None:
            raise asked.failed("应答不是回执列表", "its answer is no list of receipts")
        for record in records:
            # a record has no number of its own: its digest is the same whenever it comes
            name = f"{path.strip('/')}-{sha256(record).hexdigest()[:20]}"
            yield Item(name=name, content=unified_receipt(_HAINAN[path], record))


def pages_since_an_instant(asked: GatewayQuestion) -> Iterator[Item | SetAside]:
    """Yield the pages of what Ningbo has noted since an instant. Raises ``WayError``."""
    for page in range(1, MOST_PAGES + 1):
        span = {"StartTime": f"{asked.since:%Y-%m-%d %H:%M:%S}", "EndTime": f"{asked.now:%Y-%m-%d %H:%M:%S}"}
        question = ningbo_question(asked.credentials, **span, Page=str(page))
        form = ningbo_form(asked.credentials, "cnec_jh_decl_byupdatetime", question, asked.now)
        content = asked.post(asked.dialect.receiving_paths[0], form).content
        tree = tree_of("xml", content)
        if tree is None or "T" not in texts_at(tree, "Header/Result"):
            raise asked.failed("查询被拒或应答无法识别", "it refused the question, or its answer cannot be read")
        if any(True for _ in texts_at(tree, "Body/Mft/MftNo")):
            yield Item(name=f"{asked.now:%Y%m%d%H%M%S}-{page}", content=content)
        if "T" not in texts_at(tree, "Header/NextPage"):
            return


def ningbo_question(credentials: Mapping[str, str], **fields: str) -> str:
    """Return a question to Ningbo; the enterprise's ``customs_code`` and ``org_name`` go before the fields, if given."""
    head = {"CustomsCode": credentials.get("customs_code", ""), "OrgName": credentials.get("org_name", "")}
    told = {name: text for name, text in head.items() if text} | fields
    inside = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in told.items())
    return f"{XML_DECLARATION.decode()}<Message><Header>{inside}</Header></Message>"


def ningbo_form(credentials: Mapping[str, str], kind: str, message: str, now: datetime) -> dict[str, str]:
    """Return the form of a message to Ningbo with the time of now: its signature covers user and time, not the message,
    and holds for 20 minutes.
    """
    time = f"{now:%Y-%m-%d %H:%M:%S}"
    sign = md5((credentials["userid"] + credentials["password"] + time).encode()).decode()
    asked = {"userid": credentials["userid"], "timestamp": time, "sign": sign}
    return {**asked, "xmlstr": message, "msgtype": kind, "customs": credentials["customs"]}


def _json(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
