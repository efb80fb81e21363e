"""The gate (报文接入): bytes as they come, the envelope around them, and the exchange platform's answer (DxpRep).

Bare business messages, DxpMsg envelopes, and either of them under gzip are taken.
"""

import re
import zlib
from base64 import b64decode
from datetime import datetime
from typing import NamedTuple

from lxml import etree

from customs.office.schema_files import schema_of
from customs.office.settings import OfficeSettings
from customs.signing import Verification, verify
from customs.wire.canonical import DXP, XML_DECLARATION, escape
from customs.wire.parsing import ReadError, parse
from customs.wire.reader import DS

#: Bytes of a message at most, after it was unpacked.
MOST_BYTES = 32 * 1024 * 1024

_EXPORT = frozenset({"213", "215", "303", "403", "505", "507", "509", "603", "605", "607", "701"})


class Opened(NamedTuple):
    """A business message, and from whom it came."""

    content: bytes
    sender: str = ""
    """The exchange id on the envelope, empty without one."""
    copy_id: str = ""
    enveloped: bool = False
    fault: tuple[str, str] | None = None
    """Code and detail of the exchange platform's refusal."""
    head: "etree._Element | None" = None
    """The routing, which a refusal repeats."""


def unpacked(content: bytes) -> bytes:
    """Return what a gzip file holds, and anything else as it is. Raises ``ValueError`` for a damaged or huge one."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    machine = zlib.decompressobj(wbits=31)
    try:
        found = machine.decompress(content, MOST_BYTES)
    except zlib.error:
        raise ValueError("not gzip") from None
    if not machine.eof:
        raise ValueError("too large, or cut")
    return found


def opened(content: bytes, settings: OfficeSettings, now: datetime) -> Opened:
    """Return the business message in what came, or the refusal of the exchange platform."""
    try:
        content = unpacked(content)
    except ValueError:
        return Opened(content, enveloped=True, fault=("0001", ""))
    if b"DxpMsg" not in content[:1000]:
        return Opened(content)
    try:
        root = parse(content, keep_comments=True)
    except ReadError:
        return Opened(b"", _seen(content, b"SenderId"), _seen(content, b"CopMsgId"), True, ("0001", ""))
    head = root.find(f"{{{DXP}}}TransInfo")
    sender, copy_id = (_text(head, each) for each in ("SenderId", "CopMsgId"))
    fault = _fault(root, content, settings, now)
    if fault:
        return Opened(b"", sender, copy_id, True, fault, head)
    text = "".join((root.findtext(f"{{{DXP}}}Data") or "").split())
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        return Opened(b"", sender, copy_id, True, ("0001", "Data"), head)
    fault = _misrouted(root, data, settings)
    return Opened(data, sender, copy_id, True, fault, head)


def _seen(content: bytes, name: bytes) -> str:
    """The text in an element of an envelope that is no XML, if it can be seen."""
    found = re.search(b"<(?:[a-z]+:)?" + name + b">([A-Za-z0-9_-]{1,64})<", content)
    return found[1].decode() if found else ""


def _text(head: etree._Element | None, name: str) -> str:
    return "" if head is None else head.findtext(f"{{{DXP}}}{name}") or ""


def _fault(root: etree._Element, content: bytes, settings: OfficeSettings, now: datetime) -> tuple[str, str] | None:
    """The first fault that the platform finds in an envelope, before it looks inside."""
    if not schema_of("DxpMsg").validate(root):
        return "0002", ""
    if root.get("ver") != "1.0":
        return "0999", "ver"
    head = root.find(f"{{{DXP}}}TransInfo")
    certificate = settings.transport_certificates.get(_text(head, "SenderId"))
    signed = certificate is not None and root.find(f"{{{DS}}}Signature") is not None
    if signed and (code := _signature_fault(verify(content, signed_by=certificate, at=now))):
        return code, ""
    if settings.senders is not None and _text(head, "SenderId") not in settings.senders:
        return "2999", "SenderId"
    return None


def _signature_fault(found: Verification) -> str:
    """The code of a transport signature that does not hold, empty for one that does."""
    if found.valid:
        return ""
    if found.digest_holds is False:
        return "1004"
    if found.signature_holds is False:
        return "1001"
    return "1002" if found.signature_holds else "1999"


def _misrouted(root: etree._Element, data: bytes, settings: OfficeSettings) -> tuple[str, str] | None:
    """The fault of receivers and type."""
    kind = root.findtext(f"{{{DXP}}}TransInfo/{{{DXP}}}MsgType") or ""
    if kind and f"{kind}".encode() not in data[:1000]:
        return "0999", "MsgType"
    own = {settings.import_id, settings.export_id}
    for each in root.iterfind(f".//{{{DXP}}}ReceiverId"):
        receiver = each.text or ""
        if receiver not in own:
            return "2001", receiver
        wanted = settings.export_id if kind[3:6] in _EXPORT else settings.import_id
        if receiver != wanted:
            return "2002", receiver
    return None


def platform_reply(found: Opened, text: str, now: datetime) -> bytes:
    """Return the platform's own answer (DxpRep) to an envelope that it refuses."""
    assert found.fault is not None
    code, _ = found.fault
    parts = {"CopMsgId": [found.copy_id or "Unknown"], "SenderId": [found.sender or "Unknown"]}
    for name in ("ReceiverId", "CreatTime", "MsgType"):
        parts[name] = [] if found.head is None else [each.text or "" for each in found.head.iter(f"{{{DXP}}}{name}")]
    receivers = "".join(_element("ReceiverId", each[:16] or "Unknown") for each in parts["ReceiverId"] or ["Unknown"])
    created = (parts["CreatTime"] or [""])[0] or f"{now:%Y-%m-%dT%H:%M:%S}"
    kind = (parts["MsgType"] or [""])[0][:30]
    head = "".join(
        [
            _element("CopMsgId", parts["CopMsgId"][0][:255]),
            _element("SenderId", parts["SenderId"][0][:16]),
            f"<dxp:ReceiverIds>{receivers}</dxp:ReceiverIds>",
            _element("CreatTime", created),
            _element("MsgType", kind),
        ]
    )
    response = (
        _element("ResponseCode", code)
        + _element("ResponseInfo", text[:300])
        + _element("NoticeTime", f"{now:%Y-%m-%d}")
    )
    body = f"<dxp:Response>{response}<dxp:OriHead>{head}</dxp:OriHead></dxp:Response>"
    receiver = _element("RecevierId", (found.sender or "Unknown")[:16])
    return XML_DECLARATION + f'<dxp:DxpRep xmlns:dxp="{DXP}" ver="1.0">{receiver}{body}</dxp:DxpRep>'.encode()


def _element(name: str, text: str) -> str:
    return f"<dxp:{name}>{escape(text)}</dxp:{name}>"
