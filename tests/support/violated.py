"""Messages of wrong documents, written field by field, and where the official schemas take what our types refuse."""

from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from customs.documents import Document
from customs.fields import Record, part_type, terms_of
from customs.fields.terms import Part
from customs.testing import Facet, Invalid, Violation
from customs.wire.canonical import CEB


def document_text(kind: type[Record], element: str, values: dict[str, Any]) -> str:
    """A document as XML by the wire names of its fields, whatever its values are."""
    pieces = [f"<ceb:{element}>"]
    for name, term in terms_of(kind).items():
        inner = part_type(kind, name)
        if name not in values:
            continue
        if isinstance(term, Part) and inner:
            held = values[name] if term.repeated else [values[name]]
            pieces += [document_text(inner, str(term.wire), each) for each in held]
        else:
            pieces.append(f"<ceb:{term.wire}>{escape(str(values[name]), {chr(13): '&#13;'})}</ceb:{term.wire}>")
    pieces += [f"<ceb:{name}>{value}</ceb:{name}>" for name, value in values.items() if name not in terms_of(kind)]
    return "".join([*pieces, f"</ceb:{element}>"])


TRANSFER = (
    "<ceb:BaseTransfer><ceb:copCode>C</ceb:copCode><ceb:copName>N</ceb:copName><ceb:dxpMode>DXP</ceb:dxpMode>"
    "<ceb:dxpId>D</ceb:dxpId></ceb:BaseTransfer>"
)
DS = "http://www.w3.org/2000/09/xmldsig#"
SIGNATURE = (
    f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo>'
    '<ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>'
    f'<ds:SignatureMethod Algorithm="{DS}rsa-sha1"/><ds:Reference URI=""><ds:Transforms>'
    f'<ds:Transform Algorithm="{DS}enveloped-signature"/></ds:Transforms><ds:DigestMethod Algorithm="{DS}sha1"/>'
    "<ds:DigestValue>AAAA</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue>AAAA</ds:SignatureValue>"
    "<ds:KeyInfo><ds:KeyName>K</ds:KeyName><ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data>"
    "</ds:KeyInfo></ds:Signature>"
)


def message_text(kind: type[Document], document: dict[str, Any]) -> bytes:
    """A message of one document, written field by field; nothing is checked, and nobody signed it."""
    rest = "" if kind.from_customs else TRANSFER + SIGNATURE
    return (
        f'<ceb:{kind.message}Message xmlns:ceb="{CEB}" guid="{"0" * 36}" version="1.0">'
        f"{document_text(kind, kind.element, document)}{rest}</ceb:{kind.message}Message>"
    ).encode()


def refused_by(schema: etree.XMLSchema, wrong: Invalid) -> bool:
    try:
        return not schema.validate(etree.fromstring(message_text(wrong.kind, wrong.document)))
    except etree.XMLSyntaxError:
        return True  # not even XML can carry it


#: Optional fields that may be empty in the official schema, by message and wire name.
MAY_BE_EMPTY = {
    "CEB213": "loctNo note preNo",
    "CEB214": "ebcCode ebpCode preNo",
    "CEB215": "invtNo location note preNo",
    "CEB216": "preNo",
    "CEB303": "barCode itemDescribe note",
    "CEB311": "barCode batchNumbers itemDescribe itemNo note payCode payName payTransactionId",
    "CEB403": "note payCode payNo",
    "CEB404": "payNo",
    "CEB411": "note telephone",
    "CEB505": "ebcCode ebcName ebcTelephone note",
    "CEB507": "billNo loctNo note totalPackageNo",
    "CEB509": "billNo note totalPackageNo trafName voyageNo",
    "CEB511": "billNo goodsInfo note",
    "CEB513": "note",
    "CEB603": "billNo emsNo iacCode iacName invtNo itemName itemRecordNo licenseNo loctNo note totalPackageNo trafName "
    "unit2 voyageNo",
    "CEB605": "note",
    "CEB607": "domesticTrafNo invtNo loctNo note totalPackageNo",
    "CEB621": "areaCode areaName barCode billNo copNo emsNo invtNo itemName itemNo itemRecordNo licenseNo loctNo note preNo "
    "trafNo voyageNo",
    "CEB623": "copNo note preNo",
    "CEB625": "copNo note preNo",
    "CEB701": "loctNo note preNo sumNo",
    "CEB711": "copNo note preNo rkdNo unloadLocation",
    "CEB712": "copNo preNo rkdNo",
    "CEB792": "note",
    "CEB816": "assureCode ebcCode entDutyNo logisticsCode note",
    "CEB818": "assureCode entDutyNo",
}

_TIMES = "accountingDate appTime declTime endTime ieDate leaveTime logisticsTime opDate payTime returnTime startTime"

#: Where else we are narrower, by the words that begin the row of docs/schema-differences.md: facets, messages (none for
#: all), wire names. The official schema takes what breaks these alone.
NARROWER: dict[str, tuple[set[Facet], str, str]] = {
    "times and days": ({"form", "calendar"}, "", _TIMES),
    "`orderType` of CEB311, `ieFlag` of CEB621": ({"fixed"}, "CEB311 CEB621", "ieFlag orderType"),
    "`POD` of CEB603": ({"pattern"}, "CEB603", "POD"),
    "`tradeCountry`": ({"short"}, "CEB621", "tradeCountry"),
}

#: An empty ``appStatus`` of these is the default, as an attribute of the element says, and no facet.
EMPTY_IS_THE_DEFAULT = {"CEB303", "CEB403", "CEB505", "CEB507", "CEB701"}


def field_of(violation: Violation) -> tuple[str, bool]:
    """The wire name of the field that is broken, and whether it is optional."""
    record: type[Record] = violation.kind
    *outer, name = violation.path.split(".")
    for step in outer:
        inner = part_type(record, step)
        assert inner
        record = inner
    if name not in terms_of(record):
        return "", False
    annotation = record.model_fields[name].annotation
    return terms_of(record)[name].wire or "", type(None) in getattr(annotation, "__args__", ())


def reason_of(violation: Violation) -> str | None:
    """Why the official schema takes what we refuse, None where it refuses too."""
    (wire, optional), message = field_of(violation), violation.kind.message
    for row, (facets, messages, wires) in NARROWER.items():
        if violation.facet in facets and wire in wires.split() and (not messages or message in messages):
            return row
    if violation.facet == "short" and violation.wrong == "":
        if wire == "appStatus" and message in EMPTY_IS_THE_DEFAULT:
            return "`appStatus`"
        if optional and wire in MAY_BE_EMPTY.get(message, "").split():
            return "optional texts"
    return None
