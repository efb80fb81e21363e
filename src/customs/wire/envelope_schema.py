"""XSDs of the envelope (外层封装), generated from its values: the terminal node (终端节点) and the transport node (传输节点).

The schemas are committed under ``schemas/``; a test fails when they differ from what is generated here.

>>> list(envelope_schemas())
['terminal-node.xsd', 'transport-node.xsd']
"""

from collections.abc import Iterator

from customs.fields import Term
from customs.wire.canonical import DXP
from customs.wire.envelope import MOST, SHAPES, VERSION, VERSIONED, envelope_terms
from customs.wire.reader import DS
from customs.wire.schema import TRANSPORT_SIGNATURE, facets_of

#: Chinese labels of the elements that are no field of a value.
_LABELS = {
    "DxpMsg": "终端节点报文",
    "TransInfo": "传输信息",
    "ReceiverIds": "接收方，可支持多个",
    "Data": "待传输数据",
    "AddInfo": "附加信息",
    "BizKey": "业务关键字",
    "IsText": "文本标识",
    "RecMapId": "接收方报文转换ID",
    "DxpRep": "交换平台响应报文",
    "Response": "响应",
    "Results": "每个接收者的处理结果",
    "Result": "处理结果",
    "OriHead": "原报文传输信息",
    "DxpMsgSv": "传输节点报文",
    "SvNo": "传输节点信息",
}
#: Elements that are declared elsewhere, with the prefix of their namespace.
_REFERENCES = {"Signature": "ds", "DxpMsg": "dxp"}
#: Elements that have the attribute ``Id``.
_IDENTIFIED = {"DxpMsg", "DxpMsgSv"}
#: The attribute of an element that is a field of a value, and its use.
_ATTRIBUTES = {"Key": ("name", "optional"), "IsText": ("Encode", "required")}


def envelope_schemas() -> dict[str, str]:
    """The schema files of the envelope by name; they stand beside the schema of the transport signature, the second
    beside the first.
    """
    terminal, transport = "terminal-node.xsd", "transport-node.xsd"
    include = f'  <xs:include schemaLocation="{terminal}"/>'
    return {
        terminal: _schema(
            [*_element("DxpMsg"), *_element("DxpRep"), *_simple_type(envelope_terms()["Key"], "  ", "Key")]
        ),
        transport: _schema([include, *_element("DxpMsgSv")]),
    }


def _schema(body: list[str]) -> str:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<!-- Envelope, unified edition 2022-05. Generated from the values of the envelope; do not edit. -->",
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:dxp="{DXP}" xmlns:ds="{DS}"'
        f' targetNamespace="{DXP}" elementFormDefault="qualified">',
        f'  <xs:import namespace="{DS}" schemaLocation="{TRANSPORT_SIGNATURE}"/>',
        *body,
        "</xs:schema>",
    ]
    return "\n".join(lines) + "\n"


def _element(name: str, occurs: str = "", pad: str = "  ") -> Iterator[str]:
    """An element with all that is in it."""
    term = envelope_terms().get(name)
    kind = ' type="xs:base64Binary"' if name == "Data" else ""
    yield f'{pad}<xs:element name="{name}"{kind}{occurs}>'
    yield f"{pad}  <xs:annotation><xs:documentation>{term.zh if term else _LABELS[name]}</xs:documentation></xs:annotation>"
    if term and name in _ATTRIBUTES:
        yield f'{pad}  <xs:complexType><xs:simpleContent><xs:extension base="dxp:{name}">'
        yield from _attributes(name, pad + "    ")
        yield f"{pad}  </xs:extension></xs:simpleContent></xs:complexType>"
    elif term:
        yield from _simple_type(term, pad + "  ")
    elif name in SHAPES or name in _ATTRIBUTES:
        yield f"{pad}  <xs:complexType>"
        yield from _sequence(name, pad + "    ")
        yield from _attributes(name, pad + "    ")
        yield f"{pad}  </xs:complexType>"
    yield f"{pad}</xs:element>"


def _sequence(name: str, pad: str) -> Iterator[str]:
    if name in SHAPES:
        yield f"{pad}<xs:sequence>"
        for word in SHAPES[name].split():
            yield from _inside(word, pad + "  ")
        yield f"{pad}</xs:sequence>"


def _inside(word: str, pad: str) -> Iterator[str]:
    """An element of a shape, with how often it may stand."""
    name = word.rstrip("?+")
    most = f' maxOccurs="{MOST.get(name, "unbounded")}"' if word.endswith("+") else ""
    occurs = ' minOccurs="0"' if word.endswith("?") else most
    if name in _REFERENCES:
        yield f'{pad}<xs:element ref="{_REFERENCES[name]}:{name}"{occurs}/>'
    else:
        yield from _element(name, occurs, pad)


def _attributes(name: str, pad: str) -> Iterator[str]:
    if name in VERSIONED:
        yield f'{pad}<xs:attribute name="{VERSIONED[name]}" type="xs:string" use="required" fixed="{VERSION}"/>'
    if name in _IDENTIFIED:
        yield f'{pad}<xs:attribute name="Id" type="xs:ID"/>'
    if name in _ATTRIBUTES:
        attribute, use = _ATTRIBUTES[name]
        term = envelope_terms()[attribute]
        yield f'{pad}<xs:attribute name="{attribute}" use="{use}">'
        yield f"{pad}  <xs:annotation><xs:documentation>{term.zh}</xs:documentation></xs:annotation>"
        yield from _simple_type(term, pad + "  ")
        yield f"{pad}</xs:attribute>"


def _simple_type(term: Term, pad: str, name: str | None = None) -> Iterator[str]:
    """The type of a text or a time; one that attributes are added to has a name."""
    base, facets = facets_of(term)
    naming = f' name="{name}"' if name else ""
    yield f"{pad}<xs:simpleType{naming}>"
    yield f'{pad}  <xs:restriction base="{base}">'
    for facet, value in facets.items():
        yield f'{pad}    <xs:{facet} value="{value}"/>'
    yield f"{pad}  </xs:restriction>"
    yield f"{pad}</xs:simpleType>"
