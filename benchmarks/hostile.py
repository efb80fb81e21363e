"""Hostile inputs (恶意输入) in series that grow: each costs its sender a few bytes, and must not cost a reader more."""

import json
import tomllib
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from lxml import etree

import customs
from benchmarks import hostile_tables as tables
from customs import areas
from customs.areas.profile.loading import load_text
from customs.fields.resemblance import nearest
from customs.payments.payment_answer import read_request, read_upload, read_upload_reply
from customs.payments.payment_terms import PaymentDataError
from customs.testing import sample_parcels
from customs.testing.keys import issue_test_key

Make = Callable[[int], bytes]
Work = Callable[[bytes], object]

_AREA = areas.configure(areas.find("zhejiang_jkf"))
_KEY = issue_test_key("示例公司", "91330100MA2AEXMP7J", since=datetime(2026, 1, 1)).signer().certificate

CEB, DS = "http://www.chinaport.gov.cn/ceb", "http://www.w3.org/2000/09/xmldsig#"
GUID = "4CDE1CFD-EDED-46B1-946C-B8022E42FC94"


class Series(NamedTuple):
    """Inputs of growing size: how one of a size is made, what reads it, the bare parse, and the first size."""

    name: str
    make: Make
    work: Work
    parse: Work
    first: int


def bare_xml(content: bytes) -> object:
    """Parse as lxml does, with all limits off."""
    try:
        return etree.fromstring(content, etree.XMLParser(huge_tree=True, resolve_entities=False))
    except etree.XMLSyntaxError:
        return None


def bare_json(content: bytes) -> object:
    """Parse as the standard library does."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def bare_toml(content: bytes) -> object:
    """Parse as the standard library does."""
    try:
        return tomllib.loads(content.decode())
    except (ValueError, RecursionError):
        return None


def _read(content: bytes) -> object:
    """Return True if a message is read."""
    try:
        return bool(customs.read(content))
    except customs.ReadError as error:
        _refused_briefly(str(error))
        return False


def _unwrapped(content: bytes) -> object:
    try:
        return bool(customs.unwrap(content))
    except customs.ReadError as error:
        _refused_briefly(str(error))
        return False


def _answers(content: bytes) -> object:
    try:
        return bool(customs.read_answers(content))
    except customs.ReadError as error:
        _refused_briefly(str(error))
        return False


def _local_answers(content: bytes) -> object:
    try:
        return bool(customs.read_answers(content, "zhejiang_jkf"))
    except customs.ReadError as error:
        _refused_briefly(str(error))
        return False


def _local(content: bytes) -> object:
    try:
        return bool(areas.read_local(_AREA, content))
    except customs.ReadError as error:
        _refused_briefly(str(error))
        return False


def _verified(content: bytes) -> object:
    reasons = customs.verify(content, signed_by=_KEY).reasons
    for each in reasons:
        _refused_briefly(each)
    return not reasons


def _declared(content: bytes) -> object:
    nearest.cache_clear()  # others send other names
    parcel, findings = customs.read_declaration(content)
    for each in findings:
        _refused_briefly(each.zh + each.en)
    assert len(findings) <= 40, f"{len(findings)} findings"
    return parcel


def _of_mapping(content: bytes) -> object:
    return _declared_mapping(json.loads(content))


def _declared_mapping(mapping: dict[str, object]) -> object:
    nearest.cache_clear()
    parcel, findings = customs.read_declaration(mapping)
    assert len(findings) <= 40, f"{len(findings)} findings"
    return parcel


def _uploaded(content: bytes) -> object:
    try:
        return bool(read_upload(content))
    except PaymentDataError as error:
        _refused_briefly(str(error))
        return False


def _asked(content: bytes) -> object:
    try:
        return bool(read_request(content))
    except PaymentDataError as error:
        _refused_briefly(str(error))
        return False


def _replied(content: bytes) -> object:
    try:
        return bool(read_upload_reply(content))
    except PaymentDataError as error:
        _refused_briefly(str(error))
        return False


def _profile(content: bytes) -> object:
    try:
        return bool(load_text(content.decode(), "hostile", "hostile.toml"))
    except areas.ProfileError as error:
        _refused_briefly(str(error))
        return False


#: Characters of a reason.
LONGEST_REASON = 10_000


def _refused_briefly(reason: str) -> None:
    assert len(reason) <= LONGEST_REASON, f"a reason of {len(reason)} characters"


_PARCEL = json.loads(next(sample_parcels(1, seed=11, mode="1210")).model_dump_json(by_alias=True, exclude_none=True))


def _parcel(**order: object) -> bytes:
    return json.dumps({**_PARCEL, "order": {**_PARCEL["order"], **order}}, ensure_ascii=False).encode()


def _lines(line: object) -> Make:
    """Return a maker of a parcel with a number of equal lines."""
    key = "lines" if "lines" in _PARCEL["order"] else "orderList"
    return lambda size: _parcel(**{key: [line] * size})


_LINE = _PARCEL["order"]["lines"][0]


def _keys(size: int) -> dict[str, object]:
    return {f"k{each}": 1 for each in range(size)}


def _message(inside: str, root: str = "CEB311Message", more: str = "") -> bytes:
    return f'<{root} xmlns="{CEB}" guid="{GUID}" version="1.0"{more}>{inside}</{root}>'.encode()


def _order(inside: str) -> bytes:
    return _message(f"<Order>{inside}</Order>")


def _spaces(size: int) -> bytes:
    """25 elements inside each other with 60 namespaces each, and leaves."""
    opened = "".join(
        f"<a{level} " + " ".join(f'xmlns:n{each}="urn:u{level}.{each}"' for each in range(60)) + ">"
        for level in range(25)
    )
    closed = "".join(f"</a{level}>" for level in reversed(range(25)))
    return _message(f"{opened}{'<b/>' * size}{closed}{_SIGNATURE.replace('{}', 'AAAA')}")


_SIGNATURE = (
    f'<Signature xmlns="{DS}"><SignedInfo>'
    '<CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>'
    '<SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1"/><Reference URI="">'
    '<Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/></Transforms>'
    '<DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/>'
    "<DigestValue>2jmj7l5rSw0yVb/vlWAYkK/YBwk=</DigestValue></Reference></SignedInfo>"
    "<SignatureValue>{}</SignatureValue><KeyInfo><KeyName>0001</KeyName></KeyInfo></Signature>"
)


def _signed(inside: str, value: str = "AAAA") -> bytes:
    return _message(inside + _SIGNATURE.replace("{}", value))


#: 12 namespaces in scope beside the message's own, one on each of as many elements inside each other.
_OPENED = "".join(
    f"<a{level} " + " ".join(f'xmlns:n{level}{each}="urn:{level}.{each}"' for each in range(1)) + ">"
    for level in range(12)
)
_CLOSED = "".join(f"</a{level}>" for level in reversed(range(12)))

_HEAD = 'zh = "示例"\nen = "Example"\nconfidence = "low"\nsources = ["mine"]\n'


def _numbering(pattern: str, example: str) -> bytes:
    return f"{_HEAD}[numberings.one]\nzh = \"号\"\nen = \"number\"\npattern = '{pattern}'\nexample = '{example}'\n".encode()


def _xml(name: str, make: Make, work: Work, first: int) -> Series:
    return Series(name, make, work, bare_xml, first)


def _json(name: str, make: Make, work: Work, first: int) -> Series:
    return Series(name, make, work, bare_json, first)


def _toml(name: str, make: Make, first: int) -> Series:
    return Series(name, make, _profile, bare_toml, first)


SERIES: tuple[Series, ...] = (
    _xml("verify: 1,500 namespaces in scope of many leaves", _spaces, _verified, 100),
    _xml(
        "verify: 12 namespaces in scope of many leaves",
        lambda n: _signed(_OPENED + "<b/>" * n + _CLOSED),
        _verified,
        1_000,
    ),
    _xml("verify: many leaves", lambda n: _signed("<b/>" * n), _verified, 2_000),
    _xml(
        "verify: a namespace on each of many leaves",
        lambda n: _signed("".join(f'<b xmlns:n="urn:{each}"/>' for each in range(n))),
        _verified,
        500,
    ),
    _xml("verify: many attributes", lambda n: _signed('<b c="" d="" e="" f="" g="" h=""/>' * n), _verified, 500),
    _xml("verify: a long text", lambda n: _signed("<b>" + "&amp;" * n + "</b>"), _verified, 5_000),
    _xml("verify: a long signature value", lambda n: _signed("<b/>", "A" * (4 * n)), _verified, 5_000),
    _xml("verify: a signature value of blanks", lambda n: _signed("<b/>", "A A " * n), _verified, 5_000),
    _xml("verify: many signatures", lambda n: _message(_SIGNATURE * n), _verified, 10),
    _xml("verify: a long name", lambda n: _signed(f"<{'b' * n}/>"), _verified, 400),
    _xml(
        "verify: a long key name",
        lambda n: _signed("<b/>").replace(b"<KeyName>0", b"<KeyName>" + b"1" * n),
        _verified,
        10_000,
    ),
    _xml(
        "verify: unknown elements in the signature",
        lambda n: _signed("<b/>").replace(b"<KeyInfo>", b"<KeyInfo>" + b"<b/>" * n),
        _verified,
        1_000,
    ),
    _xml("read: empty lines of an order", lambda n: _order("<OrderList/>" * n), _read, 1_000),
    _xml(
        "read: lines with a wrong field each", lambda n: _order("<OrderList><qty>x</qty></OrderList>" * n), _read, 500
    ),
    _xml("read: empty orders", lambda n: _message("<Order/>" * n), _read, 1_000),
    _xml("read: unknown elements", lambda n: _order("<b/>" * n), _read, 1_000),
    _xml("read: unknown elements with attributes", lambda n: _order('<b c="d"/>' * n), _read, 1_000),
    _xml(
        "read: 60 namespaces and unknown elements",
        lambda n: _message(
            "<Order>" + "<b/>" * n + "</Order>",
            more="".join(f' xmlns:n{each}="{"u" * 900}{each}"' for each in range(58)),
        ),
        _read,
        100,
    ),
    _xml(
        "read: a field that stands many times",
        lambda n: _order("<OrderHead>" + "<guid/>" * n + "</OrderHead>"),
        _read,
        1_000,
    ),
    _xml(
        "read: elements in a field",
        lambda n: _order("<OrderHead><guid>" + "<b/>" * n + "</guid></OrderHead>"),
        _read,
        1_000,
    ),
    _xml(
        "read: a long text in a field",
        lambda n: _order("<OrderHead><guid>" + "x" * n + "</guid></OrderHead>"),
        _read,
        10_000,
    ),
    _xml(
        "read: a long number",
        lambda n: _order("<OrderHead><freight>" + "1" * n + "</freight></OrderHead>"),
        _read,
        10_000,
    ),
    _xml("read: text between elements", lambda n: _order("x<b/>" * n), _read, 1_000),
    _xml("read: elements inside each other", lambda n: _message("<b>" * n + "</b>" * n), _read, 100),
    _xml("read: an element that is not closed", lambda n: b"<a>" * n, _read, 1_000),
    _xml("read: quotes in a start tag", lambda n: _order('<b c="' + "'" * n + '"/>'), _read, 1_000),
    _xml("read: start tags that do not end", lambda n: _order("<b c='" * n), _read, 1_000),
    _xml("read: comments", lambda n: _order("<!---->" * n), _read, 1_000),
    _xml("read: references to characters", lambda n: _order("<b>" + "&#65;" * n + "</b>"), _read, 2_000),
    _xml("read: processing instructions", lambda n: _order("<?a?>" * n), _read, 1_000),
    _xml("read: damaged UTF-8", lambda n: _order("价" * n).replace("价".encode(), b"\xe4\xbb", 1), _read, 2_000),
    _xml("read: empty receipts", lambda n: _message("<OrderReturn/>" * n, "CEB312Message"), _read, 50),
    _xml(
        "read: receipts with irregular values",
        lambda n: _message("<OrderReturn><guid>x</guid><returnTime>y</returnTime></OrderReturn>" * n, "CEB312Message"),
        _read,
        20,
    ),
    _xml("read_answers: empty receipts", lambda n: _message("<OrderReturn/>" * n, "CEB312Message"), _answers, 50),
    _xml(
        "read_answers: unknown elements of a platform",
        lambda n: b"<mo><body>" + b"<b/>" * n + b"</body></mo>",
        _local_answers,
        1_000,
    ),
    _xml(
        "read_answers: empty results of a platform",
        lambda n: b"<mo><body><list>" + b"<jkfResult/>" * n + b"</list></body></mo>",
        _local_answers,
        500,
    ),
    _json("read_answers: JSON of many lists", lambda n: b'{"a":[' + b"{}," * n + b"{}]}", _local_answers, 3_000),
    _json("read_answers: JSON of many keys", lambda n: json.dumps(_keys(n)).encode(), _local_answers, 2_000),
    _json(
        "read_local: a key twice behind many others",
        lambda n: json.dumps(_keys(n)).replace("}", f', "k{n - 1}": 1}}').encode(),
        _local,
        190,
    ),
    _xml("read_local: unknown elements", lambda n: b"<mo><body>" + b"<b/>" * n + b"</body></mo>", _local, 1_000),
    _json("read_local: JSON of many lists", lambda n: b'{"a":[' + b"{}," * n + b"{}]}", _local, 3_000),
    _xml(
        "unwrap: data that is no message",
        lambda n: (
            f'<DxpMsg xmlns="http://www.chinaport.gov.cn/dxp" ver="1.0"><TransInfo/><Data>{"A" * 4 * n}</Data></DxpMsg>'.encode()
        ),
        _unwrapped,
        5_000,
    ),
    _xml(
        "unwrap: unknown elements",
        lambda n: f'<DxpMsg xmlns="http://www.chinaport.gov.cn/dxp" ver="1.0">{"<b/>" * n}</DxpMsg>'.encode(),
        _unwrapped,
        1_000,
    ),
    _xml(
        "unwrap: many receivers",
        lambda n: (
            '<DxpMsg xmlns="http://www.chinaport.gov.cn/dxp" ver="1.0"><TransInfo><ReceiverIds>'
            + "<ReceiverId>x</ReceiverId>" * n
            + "</ReceiverIds></TransInfo></DxpMsg>"
        ).encode(),
        _unwrapped,
        500,
    ),
    _json("read_declaration: empty lines", _lines({}), _declared, 1_000),
    _json("read_declaration: numbers in place of lines", _lines(1), _declared, 1_000),
    _json("read_declaration: good lines", _lines(_LINE), _declared, 20),
    _json("read_declaration: lines with a wrong field", _lines({**_LINE, "qty": 1}), _declared, 20),
    _json("read_declaration: lines with an unknown field", _lines({**_LINE, "quantity_of_it": 1}), _declared, 20),
    _json("read_declaration: unknown fields", lambda n: _parcel(**_keys(n)), _declared, 200),
    _json(
        "read_declaration: unknown fields beside the order",
        lambda n: json.dumps({**_PARCEL, **_keys(n)}).encode(),
        _declared,
        200,
    ),
    _json(
        "read_declaration: unknown local facts",
        lambda n: json.dumps({**_PARCEL, "local": {f"K{each}": 1 for each in range(n)}}).encode(),
        _declared,
        200,
    ),
    _json(
        "read_declaration: a field given many times",
        lambda n: b'{"order":{' + b'"a":1,' * n + b'"a":1}}',
        _declared,
        500,
    ),
    _json("read_declaration: an unknown field of many lists", lambda n: _parcel(wrong=[[]] * n), _declared, 1_000),
    _json("read_declaration: brackets", lambda n: b"[" * n, _declared, 1_000),
    _json("read_declaration: a long text", lambda n: _parcel(buyerName="x" * n), _declared, 10_000),
    _json("read_declaration: a long number", lambda n: _parcel(freight="1" * n), _declared, 10_000),
    _json("read_declaration: a long name", lambda n: _parcel(**{"x" * n: 1}), _declared, 1_000),
    _json(
        "read_declaration: a whole number without quotes",
        lambda n: b'{"order":{"freight":' + b"1" * n + b"}}",
        _declared,
        1_000,
    ),
    _json("read_declaration: a mapping with unknown fields", lambda n: _parcel(**_keys(n)), _of_mapping, 200),
    _json("read_declaration: a mapping with empty lines", _lines({}), _of_mapping, 1_000),
    _json(
        "read_upload: lists of empty entries",
        lambda n: b'{"sessionID":"1","payExchangeInfoLists":[' + b"{}," * n + b"{}]}",
        _uploaded,
        5_000,
    ),
    _json(
        "read_request: a long form",
        lambda n: b"openReq=" + quote('{"orderNo":"' + "x" * n + '"}').encode(),
        _asked,
        1_000,
    ),
    _json("read_upload_reply: a long reply", lambda n: b'{"code":"1","message":"' + b"x" * n + b'"}', _replied, 1_000),
    _toml("profile: unknown keys", lambda n: (_HEAD + "".join(f"k{each} = 1\n" for each in range(n))).encode(), 50),
    _toml("profile: wrong entries of a list", lambda n: (_HEAD + "beside = [" + "1," * n + "]\n").encode(), 50),
    _toml("profile: empty messages", lambda n: (_HEAD + "[[messages]]\n" * n).encode(), 20),
    _toml(
        "profile: messages of one name",
        lambda n: (
            _HEAD + '[[messages]]\nname = "a"\nzh = "a"\nen = "a"\ndocuments = ["order"]\nroot = "a"\n' * n
        ).encode(),
        10,
    ),
    _toml(
        "profile: wrong codes of districts",
        lambda n: (_HEAD + "[districts]\n" + "".join(f'x{each} = "y"\n' for each in range(n))).encode(),
        30,
    ),
    _toml(
        "profile: a chain of conditions",
        lambda n: (
            _HEAD + "[conditions]\n" + "".join(f"c{at} = {{ not = 'c{at + 1}' }}\n" for at in range(n))
        ).encode(),
        30,
    ),
    _toml("profile: a pattern that backtracks", lambda n: _numbering("(a+)+b", "a" * n), 10),
    _toml("profile: a pattern of alternatives", lambda n: _numbering("(a|a)*b", "a" * n), 10),
    _toml("profile: a pattern with three repetitions", lambda n: _numbering("a*a*a*b", "a" * n), 10),
    *(Series(name, make, tables.read, parse, first) for name, make, parse, first in tables.TABLES),
)
