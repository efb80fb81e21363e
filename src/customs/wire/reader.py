"""The reader: bytes of a message to typed documents, by namespace and never by prefix.

Nothing in foreign XML is trusted (``customs.wire.parsing``). Empty optional elements count as absent. Deviations
inside a document are kept and reported as oddities; a message of another kind is refused with its place.
``customs.signing.verify`` judges signatures.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple, TypeVar

from lxml import etree
from pydantic import ValidationError

from customs.documents import MESSAGES, Document, ExportTransfer, Message, Receipt, Subscription, Transfer
from customs.documents.base import GUID_LENGTH, SUBSCRIPTIONS_IN_A_MESSAGE, VERSION_LENGTH
from customs.documents.oddity import Oddity, OddityCode
from customs.fields import Fault, Record, faults_of, part_type, terms_of
from customs.fields.faults import LISTED
from customs.fields.forgetting import forgetting
from customs.fields.money import exactly
from customs.fields.terms import Count, Day, Decimals, Instant, Moment, Part, Term
from customs.wire.canonical import CEB, DXP, XSI
from customs.wire.incomplete import Noted, as_far_as_given
from customs.wire.parsing import (
    BLANK,
    LARGEST_MESSAGE,
    Decoded,
    Parsed,
    ReadError,
    decode,
    parse,
    parse_decoded,
    shown,
    shown_name,
)
from customs.wire.regular import reading_of
from customs.wire.regular_messages import DS, regular_message

__all__ = ["DS", "LARGEST_MESSAGE", "MOST_ODDITIES", "ReadError", "parse", "read", "read_parsed", "read_regular"]

#: Oddities in a message; one in each line of 100 declaration lists are fewer.
MOST_ODDITIES = 20_000

_COLLAPSED = (Count, Day, Decimals, Instant, Moment)

_TRANSFER, _SUBSCRIBE, _EXTEND = (f"{{{CEB}}}{each}" for each in ("BaseTransfer", "BaseSubscribe", "ExtendMessage"))
_SIGNATURE = f"{{{DS}}}Signature"

#: What stands beside the documents of an enterprise, and its place after them. The import side has the extension before
#: the signature, the export side after it.
_BESIDE = {_TRANSFER: 1, _SUBSCRIBE: 2, _EXTEND: 3, _SIGNATURE: 3}

#: What the roots of the exchange platform are, how they are opened, and both in Chinese.
_OR_READ = "customs.read(content, unwrap=True) or customs verify --unwrap"
_OPENED = {
    "DxpMsg": (
        "an envelope of the exchange platform",
        f"unwrap it with customs.unwrap(content).payload, {_OR_READ}",
        "DXP 终端节点报文（外层封装）",
        "请先拆封",
    ),
    "DxpMsgSv": (
        "an envelope between nodes of the exchange platform",
        f"unwrap it with customs.wire.unwrap_from_server(content).envelope.payload, {_OR_READ}",
        "DXP 传输节点报文（外层封装）",
        "请先拆封",
    ),
    "DxpRep": (
        "the exchange platform's own answer",
        "read it with customs.read_reply",
        "数据交换平台的回执",
        "请用 customs.read_reply 读取",
    ),
}

#: Elements beside the documents: transfer, subscriptions, extension, signature.
MOST_BESIDE = 3 + SUBSCRIPTIONS_IN_A_MESSAGE

R = TypeVar("R", bound=Record)


class _Oddities:
    """The oddities of one message, within limits, since they outlive its tree."""

    def __init__(self, found: Iterable[Oddity]) -> None:
        self.found = list(found)
        self._kept = 0

    def add(self, code: OddityCode, where: str, element: etree._Element, *, keep: bool = False) -> None:
        """Report an oddity at a path; ``keep`` the element itself."""
        text = etree.tostring(element, encoding="unicode", with_tail=False) if keep else ""
        self._kept += len(text)
        if len(self.found) >= MOST_ODDITIES or self._kept > LARGEST_MESSAGE:
            raise _refused(
                where, element, f"the message has more than {MOST_ODDITIES} oddities, or too much unknown content"
            )
        self.found.append(Oddity.of(code, where, element.sourceline, text))

    def note(self, noted: Noted, element: etree._Element) -> None:
        """Report what is odd about a field of an incomplete receipt that stands in ``element``."""
        self._kept += len(noted.text)
        self.add(noted.code, noted.path, element)
        if noted.text:
            self.found[-1] = replace(self.found[-1], text=noted.text)


@forgetting
def read(content: bytes, *, unwrap: bool = False) -> Message[Document]:
    """Return the typed message in ``content``, with its ``oddities``: deviations from the standard that could be read.

    No receipt is refused for what customs leaves out: a required field that it lacks is None, and an oddity.

    ``unwrap`` takes the message out of its envelope (DxpMsg, DxpMsgSv) first, if it is in one.

    Raises only ``ReadError``, with the place: malformed or hostile XML, an unknown message, an unknown element beside
    the documents, a value outside its facets.

    >>> read(b'<CEB311Message xmlns="http://www.chinaport.gov.cn/ceb" guid="" version="1.0"/>')
    Traceback (most recent call last):
    customs.wire.parsing.ReadError: CEB311Message: needs 1 to 100 Order, has 0
    """
    around: tuple[Oddity, ...] = ()
    if unwrap:
        from customs.wire.envelope import opened

        content, around = opened(content)
    decoded = decode(content)
    return read_regular(decoded, around) or read_parsed(parse_decoded(decoded), around)


def read_regular(
    decoded: Decoded, around: tuple[Oddity, ...] = (), of: type[Document] = Document
) -> Message[Document] | None:
    """Read a regular message ``of`` such documents; None for any other message."""
    found = regular_message(decoded, of)
    if found is None:
        return None
    where = f"{found.kind.message}Message.{found.kind.element}"
    oddities = [
        Oddity.of("field-missing", f"{where}[{index}]{path}", line)
        for index, (line, document) in enumerate(found.documents)
        for path in document.missing
    ]
    if len(around) + len(oddities) > MOST_ODDITIES:
        return None
    documents = tuple([document.document for _, document in found.documents])
    return Message(found.guid, documents, found.transfer, found.subscriptions, found.version, (*around, *oddities))


class _Outline(NamedTuple):
    """The order of a message of a kind: its name, the tag of its documents, and the place of each element."""

    name: str
    kind: type[Document]
    tag: str
    places: Mapping[str, int]


def _outline(kind: type[Document]) -> _Outline:
    tag = f"{{{CEB}}}{kind.element}"
    return _Outline(f"{kind.message}Message", kind, tag, {tag: 0, **({} if kind.from_customs else _BESIDE)})


#: The outline of each message by the tag of its root.
_OUTLINES = {f"{{{CEB}}}{kind.message}Message": _outline(kind) for kind in MESSAGES.values()}


@forgetting
def read_parsed(parsed: Parsed, around: tuple[Oddity, ...] = ()) -> Message[Document]:
    """Read a message that was parsed; ``around`` it was odd what stands there."""
    root = parsed.root
    outline = _outline_of(root)
    odd = _Oddities((*around, *parsed.oddities))
    found = _children(root, outline, odd)
    documents, beside = found.pop(outline.tag, []), found
    transfers, subscriptions = beside.get(_TRANSFER, []), beside.get(_SUBSCRIBE, [])
    _check_counts(outline.kind, len(documents), len(transfers), len(subscriptions))
    guid, version = _identity(root, outline, odd)
    _check_attributes(root, outline.name, odd, ("guid", "version"))
    read_documents = _documents(documents, outline, parsed, odd)
    if not beside:
        return Message(guid, read_documents, None, (), version, tuple(odd.found))
    transfer = [
        _read_record(
            each, ExportTransfer if outline.kind.flow == "export" else Transfer, f"{outline.name}.BaseTransfer", odd
        )
        for each in transfers
    ]
    read_subscriptions = tuple(
        _read_record(each, Subscription, f"{outline.name}.BaseSubscribe[{index}]", odd)
        for index, each in enumerate(subscriptions)
    )
    for each in beside.get(_EXTEND, ()):
        odd.add("extension", f"{outline.name}.ExtendMessage", each, keep=True)
    return Message(
        guid, read_documents, transfer[0] if transfer else None, read_subscriptions, version, tuple(odd.found)
    )


def _documents(
    elements: Sequence[etree._Element], outline: _Outline, parsed: Parsed, odd: _Oddities
) -> tuple[Document, ...]:
    """The documents of a message: each is read whole from the text, or from its element if it is not regular."""
    kind, found = outline.kind, list[Document]()
    prefix = f"{parsed.root.prefix}:" if parsed.root.prefix else ""
    text, begins = _regular_text(f"<{prefix}{kind.element}>", len(elements), kind, parsed)
    read = reading_of(kind)
    for index, element in enumerate(elements):
        whole = read(text, begins[index], prefix) if begins else None
        if whole is None:
            found.append(_read_record(element, kind, f"{outline.name}.{kind.element}[{index}]", odd))
            continue
        for path in whole.missing:
            odd.note(Noted("field-missing", f"{outline.name}.{kind.element}[{index}]{path}"), element)
        found.append(whole.document)
    return tuple(found)


def _regular_text(tag: str, count: int, kind: type[Document], parsed: Parsed) -> tuple[str, list[int]]:
    """The text of a message, and where in it its documents begin.

    They are not known unless each place of the tag is the beginning of a document: there are as many as there are
    documents, no other element has the name, and nothing in the text can hide a tag.
    """
    text = parsed.text
    if "\r" in text:  # XML knows one end of a line
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    begins = [found.start() for found in re.finditer(re.escape(tag), text)]
    named = len(list(parsed.root.iter(f"{{*}}{kind.element}")))
    return text, begins if len(begins) == named == count and "<!" not in text else []


def _identity(root: etree._Element, outline: _Outline, odd: _Oddities) -> tuple[str, str]:
    """Guid and version of a message; a message of receipts may lack them."""
    guid, version = root.get("guid", ""), root.get("version", "")
    if len(guid) == GUID_LENGTH and 1 <= len(version) <= VERSION_LENGTH:
        return guid, version
    if not issubclass(outline.kind, Receipt):
        raise ReadError(
            f"{outline.name}: needs a guid of {GUID_LENGTH} characters and a version of 1 to {VERSION_LENGTH}"
        )
    for name, text, least, most in (("guid", guid, GUID_LENGTH, GUID_LENGTH), ("version", version, 1, VERSION_LENGTH)):
        if not least <= len(text) <= most:
            code: OddityCode = "value-irregular" if text else "field-missing"
            odd.note(Noted(code, f"{outline.name}@{name}", text), root)
    return guid, version


def _outline_of(root: etree._Element) -> _Outline:
    outline = _OUTLINES.get(str(root.tag))
    if outline is None:
        raise ReadError(
            envelope_advice(root)
            or f"line {root.sourceline}: the root is no message that is known: CEBnnnMessage in the namespace {CEB}"
        )
    return outline


def envelope_advice(root: etree._Element) -> str | None:
    """Return how to take the message out, for the root of an envelope of the exchange platform; None for another."""
    name = etree.QName(root)
    opened = _OPENED.get(name.localname) if name.namespace == DXP else None
    if opened is None:
        return None
    en, how, zh, how_zh = opened
    what = name.localname
    return f"this is {en} ({what}), not a message: {how} 这是{zh}（{what}），不是业务报文，{how_zh}"


def _children(root: etree._Element, outline: _Outline, odd: _Oddities) -> dict[str, list[etree._Element]]:
    """The children of the root by their tag, each of which the message admits."""
    kind, places = outline.kind, outline.places
    found: dict[str, list[etree._Element]] = {}
    if kind.most is not None and len(root) > kind.most + MOST_BESIDE:
        counts = Counter(str(child.tag) for child in root)
        _check_counts(kind, counts[outline.tag], counts[_TRANSFER], counts[_SUBSCRIBE])
    last = 0
    in_order = True
    for child in _elements(root, outline.name):
        tag = str(child.tag)
        place = places.get(tag)
        if place is None:
            raise _refused(f"{outline.name}.{shown_name(child)}", child, "this element is not part of the message")
        if tag not in found:
            found[tag] = []
        elif tag == _EXTEND:
            raise _refused(f"{outline.name}.{shown_name(child)}", child, "the element stands twice")
        if place != last:
            if place < last and in_order:
                odd.add("out-of-order", f"{outline.name}.{shown_name(child)}", child)
                in_order = False
            last = max(last, place)
        found[tag].append(child)
    return found


def _check_counts(kind: type[Document], documents: int, transfers: int, subscriptions: int) -> None:
    message = f"{kind.message}Message"
    if not documents or (kind.most is not None and documents > kind.most):
        raise ReadError(f"{message}: needs 1 to {kind.most or 'any number of'} {kind.element}, has {documents}")
    if transfers != (0 if kind.from_customs else 1):
        raise ReadError(f"{message}: needs exactly one BaseTransfer, has {transfers}")
    if subscriptions > SUBSCRIPTIONS_IN_A_MESSAGE:
        raise ReadError(f"{message}: admits {SUBSCRIPTIONS_IN_A_MESSAGE} BaseSubscribe at most, has {subscriptions}")


def _refused(where: str, element: etree._Element, reason: str) -> ReadError:
    return ReadError(f"{where}, line {element.sourceline}: {reason}")


def _elements(parent: etree._Element, where: str) -> Iterator[etree._Element]:
    """The children of an element that holds elements only."""
    if (text := parent.text) and text.strip(BLANK):
        raise _refused(where, parent, "text stands where only elements are due")
    for child in parent:
        yield child
        if (tail := child.tail) and tail.strip(BLANK):
            raise _refused(where, child, f"text stands after {shown_name(child)}, where only elements are due")


def _check_attributes(element: etree._Element, where: str, odd: _Oddities, known: tuple[str, ...] = ()) -> None:
    for name in element.keys():  # noqa: SIM118  an element iterates over its children
        if name not in known and not name.startswith(f"{{{XSI}}}"):
            odd.add("unknown-attribute", f"{where}@{shown(etree.QName(name).localname)}", element)


@cache
def _by_wire_name(record: type[Record]) -> dict[str, tuple[int, str, Term]]:
    terms = terms_of(record).items()
    return {f"{{{CEB}}}{term.wire}": (rank, name, term) for rank, (name, term) in enumerate(terms) if term.wire}


@exactly
def _read_record(element: etree._Element, record: type[R], where: str, odd: _Oddities) -> R:
    before = len(odd.found)
    values = _values(element, record, where, odd)
    try:
        return record.model_validate(values)
    except ValidationError as error:
        if issubclass(record, Receipt):
            return as_far_as_given(record, values, where, lambda noted: odd.note(noted, element))
        faults = tuple(faults_of(error, record, values))
        places = [_told(where, fault) for fault in faults]
        unknown = [each.path for each in odd.found[before:] if each.code == "unknown-element"]
        if unknown:
            places.append(f"not part of the document: {', '.join(unknown[:LISTED])}")
        raise ReadError(f"line {element.sourceline}: {'; '.join(places)}", faults) from None


def _told(where: str, fault: Fault) -> str:
    """A fault of a document in words."""
    if fault.kind == "more":
        return f"and {fault.detail} more"
    place = f"{where}.{fault.path}" if fault.path else where
    if fault.term is None:
        return f"{place}: {fault.kind}"
    return f"{place} ({fault.term.wire} {fault.term.zh}): {fault.kind}, allowed is {fault.term.allowed.en}"


def _values(element: etree._Element, record: type[Record], where: str, odd: _Oddities) -> dict[str, object]:
    """The texts of an element's children by Python name, nested where a child is a record."""
    known = _by_wire_name(record)
    values: dict[str, object] = {}
    seen: set[str] = set()
    last = 0
    in_order = True
    _check_attributes(element, where, odd)
    for child in _elements(element, where):
        found = known.get(str(child.tag))
        if found is None:
            odd.add("unknown-element", f"{where}.{shown_name(child)}", child, keep=True)
            continue
        rank, name, term = found
        place = f"{where}.{term.wire}"
        if rank < last and in_order:
            odd.add("out-of-order", place, child)
            in_order = False
        last = max(last, rank)
        if isinstance(term, Part) and term.repeated:
            _add_line(child, record, name, place, odd, values)
            continue
        if name in seen:
            raise _refused(place, child, "the element stands twice")
        seen.add(name)
        value = (
            _values(child, _inner(record, name), place, odd)
            if isinstance(term, Part)
            else _text(child, term, place, odd)
        )
        if value != "" or record.model_fields[name].is_required():
            values[name] = value
    return values


def _add_line(
    element: etree._Element, record: type[Record], name: str, place: str, odd: _Oddities, values: dict[str, object]
) -> None:
    """One more of the records that stand several times, such as the lines of an order."""
    lines = values.setdefault(name, [])
    assert isinstance(lines, list)
    term = terms_of(record)[name]
    if isinstance(term, Part) and len(lines) == term.maximum and not issubclass(record, Receipt):
        raise _refused(place, element, f"the document holds more than {term.maximum} of them")
    lines.append(_values(element, _inner(record, name), f"{place}[{len(lines)}]", odd))


def _inner(record: type[Record], name: str) -> type[Record]:
    inner = part_type(record, name)
    assert inner is not None, f"{name} holds no record"
    return inner


def _text(element: etree._Element, term: Term, where: str, odd: _Oddities) -> str:
    """The text of an element that holds no other."""
    _check_attributes(element, where, odd)
    if len(element):
        raise _refused(where, element, "text is expected, not elements")
    text = element.text or ""
    return text.strip() if isinstance(term, _COLLAPSED) else text
