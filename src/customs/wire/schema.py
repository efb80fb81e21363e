"""XSDs generated from the documents (报文结构): one schema file a message, and the shape of our signature.

The schemas are committed under ``schemas/``; a test fails when they differ from what is generated here.

>>> "CEB311.xsd" in schemas()
True
"""

from collections.abc import Iterator
from datetime import datetime
from xml.sax.saxutils import quoteattr

from customs.documents import MESSAGES, Document, ExportTransfer, Subscription, Transfer
from customs.documents.base import GUID_LENGTH, SUBSCRIPTIONS_IN_A_MESSAGE, VERSION_LENGTH
from customs.fields import Record, Term, part_type, terms_of
from customs.fields.digits import DIGITS, PLACES
from customs.fields.terms import Code, Count, Day, Decimals, Fixed, Instant, Moment, Part, Text
from customs.wire.canonical import CEB
from customs.wire.envelope import Calendar
from customs.wire.reader import DS

#: Schema of the signature of an envelope, which need not hold the certificate.
TRANSPORT_SIGNATURE = "transport-signature.xsd"

_INDENT = "  "


def schemas() -> dict[str, str]:
    """Return all schema files by name."""
    files = {f"{name}.xsd": message_schema(kind) for name, kind in MESSAGES.items()}
    transport = _SIGNATURE.replace(
        "<!-- The signature of a message as the standard prescribes it", "<!-- The signature of an envelope"
    )
    transport = transport.replace('name="X509Data"', 'name="X509Data" minOccurs="0"')
    return {**files, "signature.xsd": _SIGNATURE, TRANSPORT_SIGNATURE: transport}


def message_schema(kind: type[Document]) -> str:
    """Return the schema of the message for documents of one kind."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<!-- {kind.title} {kind.message}, unified edition 2022-05. Generated from the documents; do not edit. -->",
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:ceb="{CEB}" xmlns:ds="{DS}"'
        f' targetNamespace="{CEB}" elementFormDefault="qualified">',
        f'  <xs:import namespace="{DS}" schemaLocation="signature.xsd"/>',
        f'  <xs:element name="{kind.message}Message">',
        "    <xs:complexType>",
        "      <xs:sequence>",
        *_group(kind.element, kind.title, kind, kind.most, 1, 4),
        *([] if kind.from_customs else _transmission(kind)),
        "      </xs:sequence>",
        *_attribute("guid", GUID_LENGTH, GUID_LENGTH),
        *_attribute("version", 1, VERSION_LENGTH),
        "    </xs:complexType>",
        "  </xs:element>",
        "</xs:schema>",
    ]
    return "\n".join(lines) + "\n"


def _transmission(kind: type[Document]) -> Iterator[str]:
    """The elements after the documents; import and export place the signature differently."""
    yield from _group("BaseTransfer", "传输实体", ExportTransfer if kind.flow == "export" else Transfer, 1, 1, 4)
    yield from _group("BaseSubscribe", "订阅实体", Subscription, SUBSCRIPTIONS_IN_A_MESSAGE, 0, 4)
    signature = [f'        <xs:element ref="ds:Signature" minOccurs="{int(kind.must_be_signed)}"/>']
    yield from (*_EXTEND, *signature) if kind.flow == "import" else (*signature, *_EXTEND)


def _group(element: str, label: str, record: type[Record], most: int | None, least: int, depth: int) -> Iterator[str]:
    """An element that holds the fields of a record."""
    pad = _INDENT * depth
    limit = "unbounded" if most is None else most
    occurs = (f' minOccurs="{least}"' if least != 1 else "") + (f' maxOccurs="{limit}"' if most != 1 else "")
    yield f'{pad}<xs:element name="{element}"{occurs}>'
    yield f"{pad}  <xs:annotation><xs:documentation>{label}</xs:documentation></xs:annotation>"
    yield f"{pad}  <xs:complexType>"
    yield f"{pad}    <xs:sequence>"
    for name, term in terms_of(record).items():
        if isinstance(term, Part):
            inner = part_type(record, name)
            assert inner is not None, f"{name} holds no record"
            assert term.wire is not None, f"{name} has no element"
            yield from _group(term.wire, term.zh, inner, term.maximum, term.minimum, depth + 3)
        else:
            optional = not record.model_fields[name].is_required() and record.model_fields[name].default is None
            yield from _field(term, optional, depth + 3)
    yield f"{pad}    </xs:sequence>"
    yield f"{pad}  </xs:complexType>"
    yield f"{pad}</xs:element>"


def _field(term: Term, optional: bool, depth: int) -> Iterator[str]:
    pad = _INDENT * depth
    fixed = f" fixed={quoteattr(term.value)}" if isinstance(term, Fixed) else ""
    base, facets = facets_of(term)
    yield f'{pad}<xs:element name="{term.wire}"{fixed}{" minOccurs=" + quoteattr("0") if optional else ""}>'
    yield f"{pad}  <xs:annotation><xs:documentation>{term.zh}</xs:documentation></xs:annotation>"
    yield f'{pad}  <xs:simpleType><xs:restriction base="{base}">'
    for name, value in facets.items():
        yield f'{pad}    <xs:{name} value="{value}"/>'
    yield f"{pad}  </xs:restriction></xs:simpleType>"
    yield f"{pad}</xs:element>"


def facets_of(term: Term) -> tuple[str, dict[str, int | str]]:
    """Base type and facets of a plain field of a document or an envelope."""
    match term:
        case Text(minimum=least, maximum=most, pattern=pattern):
            return "xs:string", _lengths(least, most) | ({"pattern": pattern} if pattern else {})
        case Code(length=length):
            return "xs:string", {"length": length}
        case Fixed(value=value):
            return "xs:string", {"length": len(value)}
        case Decimals():
            return "xs:decimal", {"totalDigits": DIGITS, "fractionDigits": PLACES}
        case Count(digits=digits):
            return "xs:int", {"totalDigits": digits} if digits else {}
        case Moment():
            return "xs:string", {"length": 14, "pattern": "[0-9]{14}"}
        case Instant():
            return "xs:string", {"length": 17, "pattern": "[0-9]{17}"}
        case Day():
            return "xs:string", {"length": 8, "pattern": "[0-9]{8}"}
        case Calendar(kind=kind):
            return "xs:dateTime" if kind is datetime else "xs:date", {}
    raise TypeError(f"no facets are known for {type(term).__name__}")


def _lengths(least: int, most: int | None) -> dict[str, int | str]:
    if most == least:
        return {"length": least}
    facets: dict[str, int | str] = {"minLength": least} if least else {}
    return facets if most is None else {**facets, "maxLength": most}


def _attribute(name: str, least: int, most: int) -> list[str]:
    facets = (
        [f'            <xs:length value="{most}"/>']
        if least == most
        else [f'            <xs:minLength value="{least}"/>', f'            <xs:maxLength value="{most}"/>']
    )
    return [
        f'      <xs:attribute name="{name}" use="required">',
        '        <xs:simpleType><xs:restriction base="xs:string">',
        *facets,
        "        </xs:restriction></xs:simpleType>",
        "      </xs:attribute>",
    ]


_EXTEND = [
    '        <xs:element name="ExtendMessage" minOccurs="0">',
    "          <xs:complexType><xs:sequence>",
    '            <xs:any namespace="##any" processContents="skip" minOccurs="0" maxOccurs="unbounded"/>',
    "          </xs:sequence></xs:complexType>",
    "        </xs:element>",
]

_SIGNATURE = f"""<?xml version="1.0" encoding="UTF-8"?>
<!-- The signature of a message as the standard prescribes it. Generated; do not edit. -->
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:ds="{DS}" targetNamespace="{DS}"
    elementFormDefault="qualified">
  <xs:complexType name="Method"><xs:attribute name="Algorithm" type="xs:anyURI" use="required"/></xs:complexType>
  <xs:element name="Signature">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="SignedInfo">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="CanonicalizationMethod" type="ds:Method"/>
              <xs:element name="SignatureMethod" type="ds:Method"/>
              <xs:element name="Reference">
                <xs:complexType>
                  <xs:sequence>
                    <xs:element name="Transforms">
                      <xs:complexType>
                        <xs:sequence><xs:element name="Transform" type="ds:Method"/></xs:sequence>
                      </xs:complexType>
                    </xs:element>
                    <xs:element name="DigestMethod" type="ds:Method"/>
                    <xs:element name="DigestValue" type="xs:base64Binary"/>
                  </xs:sequence>
                  <xs:attribute name="URI" type="xs:string" use="required" fixed=""/>
                </xs:complexType>
              </xs:element>
            </xs:sequence>
          </xs:complexType>
        </xs:element>
        <xs:element name="SignatureValue" type="xs:base64Binary"/>
        <xs:element name="KeyInfo">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="KeyName" type="xs:string"/>
              <xs:element name="X509Data">
                <xs:complexType>
                  <xs:sequence><xs:element name="X509Certificate" type="xs:base64Binary"/></xs:sequence>
                </xs:complexType>
              </xs:element>
            </xs:sequence>
          </xs:complexType>
        </xs:element>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
</xs:schema>
"""
