"""An envelope with every element, and a signature to put into it."""

from typing import Any

from customs.wire.envelope import (
    AddInfo,
    EnvelopeKey,
    wrap,
)
from support import MORNING

BUSINESS = b'<?xml version="1.0" encoding="UTF-8"?><ceb:CEB311Message xmlns:ceb="http://www.chinaport.gov.cn/ceb"/>'


ROUTE: dict[str, Any] = {
    "copy_id": "DXPENT0000000001202611110800000001",
    "sender": "DXPENT0000000001",
    "receivers": ["DXPEDCCEB0000002"],
    "created": MORNING,
}


SIGNATURE = (
    b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>'
    b'<ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>'
    b'<ds:SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1"/><ds:Reference URI="">'
    b'<ds:DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/><ds:DigestValue>AAAA</ds:DigestValue>'
    b"</ds:Reference></ds:SignedInfo><ds:SignatureValue>AAAA</ds:SignatureValue></ds:Signature>"
)


def full() -> bytes:
    """An envelope with everything that is written."""
    return wrapped(BUSINESS, **ROUTE, file_name="a.xml", ic_card="2100000000001", keys=(EnvelopeKey("1", "DealFlag"),))


def wrapped(content: bytes, **given: Any) -> bytes:
    """The envelope of a message; what is added stands beside the route."""
    added = {name: given.pop(name) for name in ("file_name", "ic_card", "keys") if name in given}
    return wrap(content, **given, added=AddInfo(**added))
