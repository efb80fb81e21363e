"""The envelope of the exchange platform (外层封装): it carries one business message, byte for byte.

Three forms in the namespace ``DXP``: ``DxpMsg`` between an enterprise and the platform (终端节点报文), ``DxpRep``, the
platform's own answer on routing and form, never a receipt of customs, and ``DxpMsgSv`` between the platform's nodes
(传输节点报文). The names of the wire stand beside the fields, misspelt as they are there. Source: schemas of the terminal
node and of the transport node, unified edition 2022-05.

>>> sent = wrap(b"<CEB311Message/>", copy_id="DXPENT0000000001202611110800000001", sender="DXPENT0000000001",
...             receivers=["DXPEDCCEB0000002"], created=datetime(2026, 11, 11, 8))
>>> unwrap(sent).payload, unwrap(sent).routing.message_type
(b'<CEB311Message/>', 'CEB311Message')
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from lxml import etree

from customs.codes import code_list
from customs.documents.oddity import Oddity, OddityCode
from customs.fields.forgetting import forgetting
from customs.fields.moments import china_time
from customs.fields.terms import Allowed, Term, Text
from customs.wire.canonical import DXP, XML_DECLARATION, escape, escape_attribute
from customs.wire.parsing import BLANK, USUAL_DECLARATION, parse_tolerantly, shown_name
from customs.wire.reader import DS, ReadError, parse

#: The elements inside each element, in their order: ``?`` at most once, ``+`` once or more, else exactly once.
SHAPES = {
    "DxpMsg": "TransInfo Data AddInfo? Signature?",
    "TransInfo": "CopMsgId SenderId ReceiverIds CreatTime MsgType",
    "OriHead": "CopMsgId SenderId ReceiverIds CreatTime MsgType",
    "ReceiverIds": "ReceiverId+",
    "AddInfo": "FileName? IcCard? BizKey? IsText? RecMapId?",
    "BizKey": "Key+",
    "DxpRep": "RecevierId AdNodeId? Response+ Signature?",
    "Response": "NodeId? ResponseCode ResponseInfo? Results? NoticeTime Note? OriHead",
    "Results": "Result+",
    "Result": "RecId Code Info? Note?",
    "DxpMsgSv": "SvNo DxpMsg Signature?",
    "SvNo": "MsgId SubMsgId? SendTime EndNode StaNode",
}
#: How often an element marked ``+`` may stand at most; one that is not here, any number of times.
MOST = {"ReceiverId": 5, "Key": 5}
#: The attribute that holds the version, by element.
VERSIONED = {"DxpMsg": "ver", "DxpRep": "ver", "DxpMsgSv": "ver", "SvNo": "Ver"}
#: The version of all envelopes.
VERSION = "1.0"
#: What may be missing or empty in an envelope that is read, as receipts come with such ones; the rest leads nowhere
#: without it.
_DISPENSABLE = frozenset(
    {"CopMsgId", "SenderId", "ReceiverIds", "ReceiverId", "CreatTime", "MsgType", "RecevierId", "ResponseCode"}
    | {"NoticeTime", "RecId", "Code", "MsgId", "SendTime", "EndNode", "StaNode"}
)
_READER = {"DxpMsg": "unwrap", "DxpRep": "read_reply", "DxpMsgSv": "unwrap_from_server"}

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DAY = re.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?")
_TIME = re.compile("([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?)")
_BASE64 = re.compile("[A-Za-z0-9+/]*={0,2}")
_NO_BLANK = str.maketrans("", "", BLANK)

V = TypeVar("V", bound="_Faceted")


@dataclass(frozen=True, slots=True)
class Calendar(Term):
    """A time as ``xs:dateTime``, with the zone that stands there, or a day as ``xs:date``."""

    kind: type[date] = field(default=datetime, kw_only=True)

    @property
    def allowed(self) -> Allowed:
        form = "YYYY-MM-DD" if self.kind is date else "YYYY-MM-DDThh:mm:ss"
        return Allowed(form, f"{'a day' if self.kind is date else 'a time'} as {form}")

    def value(self, text: str) -> date | None:
        found = (_DAY if self.kind is date else _TIME).fullmatch(text.strip())
        try:
            return self.kind.fromisoformat(found[1]) if found else None
        except ValueError:
            return None


def _text(wire: str, zh: str, en: str, least: int, most: int, several: bool = False) -> dict[str, Any]:
    return {"term": Text(wire, zh, en, minimum=least, maximum=most), "several": several}


def _calendar(wire: str, zh: str, en: str, kind: type[date] = datetime) -> dict[str, Any]:
    return {"term": Calendar(wire, zh, en, kind=kind), "several": False}


def _keeps(term: Term, value: object) -> bool:
    if isinstance(term, Text):
        fits = isinstance(value, str) and term.minimum <= len(value) <= (term.maximum or 0)
        return fits and not _UNWRITABLE.search(str(value))
    return isinstance(term, Calendar) and isinstance(value, term.kind)


@dataclass(frozen=True, slots=True)
class _Faceted:
    """A value within the facets of the schema: ``ValueError`` names the field and what is allowed, not what was
    given.
    """

    def __post_init__(self) -> None:
        self._check()

    def _check(self, empty: frozenset[str] = frozenset()) -> None:
        """Refuse what is outside the facets; fields in ``empty`` stood empty in an envelope that was read."""
        for name, term, optional, several in _plain(type(self)):
            if name in empty:
                continue
            value, place = getattr(self, name), f"{name} ({term.wire} {term.zh})"
            if several and (not isinstance(value, tuple) or not 1 <= len(value) <= MOST[str(term.wire)]):
                raise ValueError(f"{place}: allowed are 1 to {MOST[str(term.wire)]}, in a tuple")
            for each in value if several else (value,):
                if not _keeps(term, each) and not (optional and each is None):
                    raise ValueError(f"{place}: allowed is {term.allowed.en}")


def _plain(kind: type[_Faceted]) -> Iterator[tuple[str, Term, bool, bool]]:
    """The fields that stand in elements of their own: name, term, whether they may be absent, whether they repeat."""
    for each in fields(kind):
        if "term" in each.metadata:
            yield each.name, each.metadata["term"], each.default is None, each.metadata["several"]


@dataclass(frozen=True, slots=True)
class EnvelopeKey(_Faceted):
    """业务关键字 BizKey/Key: a word by which the message can be found, and what that word is (its attribute name)."""

    value: str = field(metadata=_text("Key", "业务关键字", "The word", 1, 64))
    name: str | None = field(default=None, metadata=_text("name", "关键字名称", "What the word is", 1, 32))


@dataclass(frozen=True, slots=True)
class Routing(_Faceted):
    """传输信息 TransInfo: who sends which message to whom. An answer repeats it as OriHead.

    ``created`` is read as it stands: some senders put a ``Z`` behind the time in China. What a sender left out is an
    empty text or, for ``created``, None, and an oddity of the envelope.
    """

    copy_id: str = field(metadata=_text("CopMsgId", "发送方内部报文ID", "The sender's own id of the message", 1, 255))
    sender: str = field(metadata=_text("SenderId", "发送方id", "Exchange id (DXPID) of the sender", 1, 16))
    receivers: tuple[str, ...] = field(
        metadata=_text("ReceiverId", "接收方id", "Exchange ids of the receivers", 1, 16, several=True)
    )
    created: datetime | None = field(metadata=_calendar("CreatTime", "原始报文创建时间", "When the message was made"))
    message_type: str = field(metadata=_text("MsgType", "报文类型", "Root of the business message", 0, 30))


_FILE_NAME = _text("FileName", "原始报文名", "File name of the message", 1, 255)
_IC_CARD = _text("IcCard", "ic卡号", "Number of the sender's IC card", 1, 13)


@dataclass(frozen=True, slots=True)
class AddInfo(_Faceted):
    """附加信息 AddInfo: what a sender may add to an envelope, all of it optional."""

    file_name: str | None = field(default=None, metadata=_FILE_NAME)
    ic_card: str | None = field(default=None, repr=False, metadata=_IC_CARD)
    keys: tuple[EnvelopeKey, ...] = ()

    def __post_init__(self) -> None:
        _Faceted.__post_init__(self)
        if len(self.keys) > MOST["Key"]:
            raise ValueError(f"keys (BizKey 业务关键字): allowed are at most {MOST['Key']}")


@dataclass(frozen=True, slots=True)
class Envelope(_Faceted):
    """终端节点报文 DxpMsg: its routing, the bytes of the business message (Data), and AddInfo.

    ``oddities`` are the deviations from the standard that were found on reading; they do not count in comparisons.

    ``text_encoding`` is the character set by which the sender marks Data as text (IsText). RecMapId is not read.
    ``has_signature`` says that a transport signature stands in the envelope; it is not verified.
    """

    routing: Routing
    payload: bytes = field(repr=False)
    file_name: str | None = field(default=None, metadata=_FILE_NAME)
    ic_card: str | None = field(default=None, repr=False, metadata=_IC_CARD)
    keys: tuple[EnvelopeKey, ...] = ()
    text_encoding: str | None = field(default=None, metadata=_text("Encode", "字符集", "Character set", 0, 50))
    has_signature: bool = False
    oddities: tuple[Oddity, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        _Faceted.__post_init__(self)
        if len(self.keys) > MOST["Key"]:
            raise ValueError(f"keys (BizKey 业务关键字): allowed are at most {MOST['Key']}")


@dataclass(frozen=True, slots=True)
class ServerEnvelope(_Faceted):
    """传输节点报文 DxpMsgSv: an envelope on its way between nodes, with the number (SvNo) that the entry node gave it.

    ``oddities`` are those of the number and of the envelope; they do not count in comparisons.
    """

    message_id: str = field(
        metadata=_text("MsgId", "传输节点报文编号", "Number of the message at the entry node", 1, 32)
    )
    sent: datetime | None = field(metadata=_calendar("SendTime", "报文处理时间", "When the entry node handled it"))
    end_node: str = field(metadata=_text("EndNode", "目的传输节点", "Node of destination", 1, 8))
    start_node: str = field(metadata=_text("StaNode", "接入传输节点", "Node of entry", 1, 8))
    envelope: Envelope
    part: str | None = field(default=None, metadata=_text("SubMsgId", "分拆报文的子Id", "Number of the copy", 1, 1))
    has_signature: bool = False
    oddities: tuple[Oddity, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class ReceiverResult(_Faceted):
    """每个接收者的处理结果 Result: the outcome for one receiver."""

    receiver: str = field(metadata=_text("RecId", "接收方id", "Exchange id of the receiver", 1, 16))
    code: str = field(metadata=_text("Code", "响应码", "Response code", 1, 9))
    info: str | None = field(default=None, repr=False, metadata=_text("Info", "响应信息", "Response in words", 0, 300))
    note: str | None = field(default=None, repr=False, metadata=_text("Note", "备注", "Remark", 0, 500))

    @property
    def meaning(self) -> str | None:
        """The meaning of the code, None where the standard does not say."""
        return meaning_of(self.code)


@dataclass(frozen=True, slots=True)
class Response(_Faceted):
    """响应 Response: the platform's verdict on the message whose routing is ``original`` (OriHead)."""

    code: str = field(metadata=_text("ResponseCode", "响应码", "Response code", 1, 9))
    day: date | None = field(metadata=_calendar("NoticeTime", "回执产生时间", "Day of the answer", date))
    original: Routing
    node: str | None = field(default=None, metadata=_text("NodeId", "产生回执的节点id", "Node that answers", 1, 8))
    info: str | None = field(
        default=None, repr=False, metadata=_text("ResponseInfo", "响应信息", "Response in words", 0, 300)
    )
    results: tuple[ReceiverResult, ...] = ()
    note: str | None = field(default=None, repr=False, metadata=_text("Note", "备注", "Remark", 0, 500))

    @property
    def meaning(self) -> str | None:
        """The meaning of the code, None where the standard does not say."""
        return meaning_of(self.code)


@dataclass(frozen=True, slots=True)
class Reply(_Faceted):
    """交换平台响应报文 DxpRep: the platform's own answer, of one response or several.

    ``oddities`` are the deviations from the standard that were found on reading; they do not count in comparisons.
    """

    receiver: str = field(metadata=_text("RecevierId", "接收方id", "Exchange id that the answer is for", 1, 16))
    responses: tuple[Response, ...]
    access_node: str | None = field(
        default=None, metadata=_text("AdNodeId", "归属节点id", "Node that the receiver belongs to", 1, 8)
    )
    has_signature: bool = False
    oddities: tuple[Oddity, ...] = field(default=(), compare=False)


def envelope_terms() -> dict[str, Term]:
    """Return the terms of all elements and attributes with text or time, by wire name. A name has one term everywhere.

    >>> envelope_terms()["SubMsgId"].zh
    '分拆报文的子Id'
    """
    kinds = (EnvelopeKey, Routing, Envelope, ServerEnvelope, ReceiverResult, Response, Reply)
    return {str(term.wire): term for kind in kinds for _, term, *_ in _plain(kind)}


def meaning_of(code: str) -> str | None:
    """Return the meaning of a response code of the platform, None for a code that the list ``dxp_errors`` does not
    have.

    >>> meaning_of("2001")
    'given receiver does not exist'
    """
    found = code_list("dxp_errors").get("4000-9999" if re.fullmatch("[4-9][0-9]{3}", code) else code)
    return found.en if found else None


def wrap(
    content: bytes,
    *,
    copy_id: str,
    sender: str,
    receivers: Sequence[str],
    created: datetime,
    message_type: str | None = None,
    added: AddInfo | None = None,
) -> bytes:
    """Return a DxpMsg around the bytes of a business message, canonical after the XML declaration, without transport
    signature.

    ``sender`` and ``receivers`` are exchange ids (DXPID) that the platform assigns per installation: configuration,
    never constants. Public practice sends from ``DXPENT`` and ten digits to ``DXPEDCCEB0000002`` for import,
    ``DXPEDCCEB0000003`` for export (public client code; confidence medium). ``copy_id`` is unique within the sender,
    often the message's guid; a format error (CEB900) points back to it. ``created`` is written to the second in China
    Standard Time: with a zone it is converted, without one taken as it is. ``message_type`` is the root of the
    business message, such as ``CEB311Message``; without it the content is parsed for it.

    Raises ``ValueError`` that names the field and what is allowed.
    """
    if isinstance(receivers, str):
        raise ValueError("receivers (ReceiverId 接收方id): allowed are 1 to 5, in a list, not one text")
    routing = Routing(
        copy_id, sender, tuple(receivers), created, _root_name(content) if message_type is None else message_type
    )
    opening = f'<dxp:DxpMsg xmlns:dxp="{DXP}" ver="1.0">{_routing_xml(routing)}<dxp:Data>'
    closing = f"</dxp:Data>{_added_xml(added or AddInfo())}</dxp:DxpMsg>"
    return b"".join([XML_DECLARATION, opening.encode(), b64encode(content), closing.encode()])


def _root_name(content: bytes) -> str:
    try:
        return etree.QName(parse(content)).localname
    except ReadError as error:
        raise ValueError(
            f"message_type (MsgType 报文类型): has to be given, as the content says none: {error}"
        ) from None


def _xml(value: _Faceted, *names: str) -> str:
    """Return the fields of a value as elements, without absent ones."""
    terms = {name: term.wire for name, term, *_ in _plain(type(value))}
    pieces = []
    for name in names:
        found = getattr(value, name)
        for each in found if isinstance(found, tuple) else () if found is None else (found,):
            text = china_time(each).isoformat() if isinstance(each, datetime) else escape(each)
            pieces.append(f"<dxp:{terms[name]}>{text}</dxp:{terms[name]}>")
    return "".join(pieces)


def _routing_xml(routing: Routing) -> str:
    receivers = f"<dxp:ReceiverIds>{_xml(routing, 'receivers')}</dxp:ReceiverIds>"
    before, after = _xml(routing, "copy_id", "sender"), _xml(routing, "created", "message_type")
    return f"<dxp:TransInfo>{before}{receivers}{after}</dxp:TransInfo>"


def _added_xml(given: AddInfo) -> str:
    keys = ""
    for key in given.keys:
        name = f' name="{escape_attribute(key.name)}"' if key.name is not None else ""
        keys += f"<dxp:Key{name}>{escape(key.value)}</dxp:Key>"
    added = _xml(given, "file_name", "ic_card") + (f"<dxp:BizKey>{keys}</dxp:BizKey>" if keys else "")
    return f"<dxp:AddInfo>{added}</dxp:AddInfo>" if added else ""


def wrap_for_server(
    envelope: bytes, *, message_id: str, sent: datetime, end_node: str, start_node: str, part: str | None = None
) -> bytes:
    """A DxpMsgSv around a DxpMsg, canonical, for those who run a node. The DxpMsg keeps its prefixes and its signature.

    ``message_id`` is the entry node's 8 characters, 14 digits of time and 10 of a sequence; ``part`` (SubMsgId)
    counts the copies for several receivers from 1. Raises ``ReadError`` where the DxpMsg cannot be read,
    ``ValueError`` as ``wrap``.
    """
    inner = _root(envelope, "DxpMsg")
    server = ServerEnvelope(message_id, sent, end_node, start_node, _envelope(inner), part)
    number = _xml(server, "message_id", "part", "sent", "end_node", "start_node")
    opening = f'<dxp:DxpMsgSv xmlns:dxp="{DXP}" ver="1.0"><dxp:SvNo Ver="1.0">{number}</dxp:SvNo>'
    body = etree.tostring(inner.element, method="c14n")
    return XML_DECLARATION + etree.tostring(parse(opening.encode() + body + b"</dxp:DxpMsgSv>"), method="c14n")


class _Place(NamedTuple):
    """An element being read, with its path, and the oddities found in the whole so far."""

    element: etree._Element
    path: str
    oddities: list[Oddity]

    def note(self, code: OddityCode, inside: str, text: str = "") -> None:
        self.oddities.append(Oddity.of(code, f"{self.path}{inside}", self.element.sourceline, text))

    def error(self, reason: str) -> ReadError:
        return ReadError(f"{self.path}, line {self.element.sourceline}: {reason}")

    def text(self) -> str:
        if len(self.element):
            raise self.error("text is expected, not elements")
        return self.element.text or ""

    def parts(self) -> dict[str, list["_Place"]]:
        """The elements inside by name, each as often as it may stand there."""
        local = etree.QName(self.element).localname
        if "".join([self.element.text or "", *(each.tail or "" for each in self.element)]).strip(BLANK):
            raise self.error("text stands where only elements are due")
        marks = {word.rstrip("?+"): word[-1] for word in SHAPES[local].split()}
        found: dict[str, list[_Place]] = {name: [] for name in marks}
        for child in self.element:
            name = etree.QName(child)
            same = found.get(name.localname)
            index = f"[{len(same)}]" if same is not None and marks[name.localname] == "+" else ""
            place = _Place(child, f"{self.path}.{shown_name(child)}{index}", self.oddities)
            if same is None or name.namespace != (DS if name.localname == "Signature" else DXP):
                raise place.error("this element is not part of the envelope")
            if same and not index:
                raise place.error("the element stands twice")
            same.append(place)
        missing = [name for name, mark in marks.items() if mark != "?" and not found[name]]
        if needed := [name for name in missing if name not in _DISPENSABLE]:
            raise self.error(f"needs {' and '.join(needed)}")
        for each in missing:
            self.note("field-missing", f".{each}")
        self._check_version(local)
        return found

    def _check_version(self, local: str) -> None:
        if local not in VERSIONED or self.element.get(VERSIONED[local]) == VERSION:
            return
        if self.element.get(VERSIONED[local]):
            raise self.error(f"needs the attribute {VERSIONED[local]}, allowed is {VERSION}")
        self.note("field-missing", f"@{VERSIONED[local]}")


@forgetting
def unwrap(content: bytes) -> Envelope:
    """Return the envelope in a DxpMsg; its ``payload`` is the business message, byte for byte.

    Ids, time, message type and version may be missing or empty, which is one of its ``oddities``.

    Raises ``ReadError`` with the place: malformed or unsafe XML, another root, an unknown, missing or repeated element,
    a value outside its facets, invalid base64.
    """
    return _envelope(_root(content, "DxpMsg"))


def message_in(content: bytes) -> bytes:
    """Return the business message in an envelope, DxpMsg or DxpMsgSv; content of any other kind as it is.

    Raises ``ReadError`` as ``unwrap`` for an envelope that cannot be read.

    >>> message_in(b"<CEB311Message/>")
    b'<CEB311Message/>'
    """
    return opened(content)[0]


@forgetting
def opened(content: bytes) -> tuple[bytes, tuple[Oddity, ...]]:
    """Return the business message as ``message_in`` does, and the oddities of the envelope that it was in."""
    if _is_surely_bare(content):
        return content, ()
    try:
        tag = parse_tolerantly(content)[0].tag
    except ReadError:
        return content, ()
    if tag not in (f"{{{DXP}}}DxpMsg", f"{{{DXP}}}DxpMsgSv"):
        return content, ()
    if tag == f"{{{DXP}}}DxpMsg":
        envelope = unwrap(content)
        return envelope.payload, envelope.oddities
    passed_on = unwrap_from_server(content)
    return passed_on.envelope.payload, passed_on.oddities


def _is_surely_bare(content: bytes) -> bool:
    """True if a message names the namespace of envelopes nowhere, in no spelling: no tree is needed to know that."""
    return content.startswith(USUAL_DECLARATION) and DXP.encode() not in content and b"&#" not in content


@forgetting
def unwrap_from_server(content: bytes) -> ServerEnvelope:
    """Return the DxpMsgSv with its envelope. Raises ``ReadError`` as ``unwrap``."""
    place = _root(content, "DxpMsgSv")
    parts = place.parts()
    number = parts["SvNo"][0]
    envelope = _envelope(parts["DxpMsg"][0])
    more = {"has_signature": bool(parts["Signature"]), "oddities": place.oddities}
    return _value(ServerEnvelope, number, number.parts(), envelope=envelope, **more)


@forgetting
def read_reply(content: bytes) -> Reply:
    """Return the reply of the platform in a DxpRep. Raises ``ReadError`` as ``unwrap``."""
    place = _root(content, "DxpRep")
    parts = place.parts()
    responses = tuple(_response(each) for each in parts["Response"])
    more = {"has_signature": bool(parts["Signature"]), "oddities": place.oddities}
    return _value(Reply, place, parts, responses=responses, **more)


def _root(content: bytes, name: str) -> _Place:
    root = parse(content)
    if root.tag != f"{{{DXP}}}{name}":
        other = next((f"; read it with {_READER[each]}" for each in _READER if root.tag == f"{{{DXP}}}{each}"), "")
        raise ReadError(f"the root is not {name} in the namespace {DXP}{other}")
    return _Place(root, name, [])


def _value(kind: type[V], place: _Place, parts: dict[str, list[_Place]], **more: object) -> V:
    """A value of the plain elements in ``parts``, an empty optional one counting as absent, and of what ``more``
    gives. A required text that is missing or empty is empty, a required time None, and either is an oddity.
    """
    values, empty = dict(more), set[str]()
    for name, term, optional, _ in _plain(kind):
        texts = [each.text() for each in parts.get(str(term.wire), ())]
        for text in filter(None, texts):
            values[name] = term.value(text) if isinstance(term, Calendar) else text
        if not optional and not any(texts) and not values.get(name):
            values.setdefault(name, None if isinstance(term, Calendar) else "")
            empty.add(name)
            if texts and not (isinstance(term, Text) and not term.minimum):
                place.note("field-missing", "" if shown_name(place.element) == term.wire else f".{term.wire}")
    if "oddities" in values:
        values["oddities"] = tuple(place.oddities)
    try:
        return _made(kind, values, frozenset(empty))
    except ValueError as error:
        raise place.error(str(error)) from None


def _made(kind: type[V], values: Mapping[str, object], empty: frozenset[str]) -> V:
    """A value of which some required texts are empty, within the facets otherwise."""
    if not empty:
        return kind(**values)
    made = object.__new__(kind)
    for each in fields(kind):
        object.__setattr__(made, each.name, values.get(each.name, each.default))
    made._check(empty)
    return made


def _routing(place: _Place) -> Routing:
    parts = place.parts()
    ids = [each for several in parts["ReceiverIds"] for each in several.parts()["ReceiverId"]]
    receivers = tuple(filter(None, (each.text() for each in ids)))
    for each in ids:
        if not each.text():
            each.note("field-missing", "")
    return _value(Routing, place, parts, receivers=receivers)


def _envelope(place: _Place) -> Envelope:
    parts = place.parts()
    added = parts["AddInfo"][0].parts() if parts["AddInfo"] else {}
    keys = [key for each in added.get("BizKey", ()) for key in each.parts()["Key"]]
    return _value(
        Envelope,
        place,
        added,
        routing=_routing(parts["TransInfo"][0]),
        payload=_payload(parts["Data"][0]),
        keys=tuple(_value(EnvelopeKey, each, {"Key": [each]}, name=each.element.get("name")) for each in keys),
        text_encoding=next((each.element.get("Encode") for each in added.get("IsText", ())), None),
        has_signature=bool(parts["Signature"]),
        oddities=place.oddities,
    )


def _payload(place: _Place) -> bytes:
    text = place.text().translate(_NO_BLANK)
    found = _BASE64.match(text)
    end = found.end() if found else 0
    if end < len(text):
        raise place.error(f"not base64 at its character {end + 1}, white space aside")
    if len(text) % 4:
        raise place.error(f"not base64: it ends after {len(text)} characters, white space aside, no multiple of 4")
    return b64decode(text)


def _response(place: _Place) -> Response:
    parts = place.parts()
    results = [result for each in parts["Results"] for result in each.parts()["Result"]]
    found = tuple(_value(ReceiverResult, each, each.parts()) for each in results)
    return _value(Response, place, parts, original=_routing(parts["OriHead"][0]), results=found)
