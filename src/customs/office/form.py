"""The form of a message (报文格式校验): its XML, its schema, and to which document a fault belongs.

A fault in a document whose business key can be read is told by the receipt of the document (参数校验不通过); any other
is a fault of the message, and the answer is the format error (CEB900). Which of the two customs gives where is not
published.
"""

from typing import NamedTuple

from lxml import etree

from customs.documents import MESSAGES
from customs.office.papers import KINDS, Paper, PaperKind
from customs.office.schema_files import schema_of
from customs.wire.canonical import CEB
from customs.wire.parsing import ReadError, parse
from customs.wire.reader import DS


class Formed(NamedTuple):
    """A message of a known kind: its documents, each with what is wrong with its form, and what stands beside them."""

    kind: PaperKind
    papers: tuple[tuple[Paper, str], ...]
    """Documents, each with its fault: empty if there is none."""
    transfer: dict[str, str]
    subscribers: tuple[tuple[str, str], ...]
    """Further receivers, each with what it wants: ``ALL``, ``DATA`` or ``RET``."""
    signed: bool


class FormRefusal(NamedTuple):
    """A message that is refused as a whole: the status of the format error, its text, and the type of the message."""

    status: str
    text: str
    message: str = "Unknown"


def formed(content: bytes) -> Formed | FormRefusal:
    """Return the documents of a message, or why it is refused as a whole."""
    try:
        root = parse(content)
    except ReadError:
        return FormRefusal(_unread(content), "报文解析失败，不是格式正确的XML")
    name = etree.QName(root)
    kind = KINDS.get(name.localname.removesuffix("Message")) if name.namespace == CEB else None
    if kind is None:
        return FormRefusal("-1", "报文类型不正确", name.localname[:15])
    return _formed(root, kind)


def _unread(content: bytes) -> str:
    """The status for a message that is no XML: the kind's own, if its name can be seen."""
    seen = [kind for kind in KINDS.values() if kind.unread and f"{kind.message}Message".encode() in content[:500]]
    return seen[0].unread if seen else "-1"


def _formed(root: etree._Element, kind: PaperKind) -> Formed | FormRefusal:
    element = MESSAGES[kind.message].element
    found = root.findall(f"{{{CEB}}}{element}")
    if not found and kind.empty:
        return FormRefusal(kind.empty, "业务报文不能为空", f"{kind.message}Message")
    faults, signed = dict[int, str](), root.find(f"{{{DS}}}Signature") is not None
    schema = schema_of(kind.message)
    if not schema.validate(root):
        for each in schema.error_log:
            place = _place(each.path or "", element)
            if (
                place is None
                and not _of_signature(each.path or "", each.message)
                and not _too_many(each.message, element)
            ):
                return FormRefusal("-1", f"报文格式校验失败[{_shown(each.message)}]", f"{kind.message}Message")
            if place is not None:
                faults.setdefault(place, _shown(each.message))
    papers = tuple((Paper.of(each, kind), faults.get(place, "")) for place, each in enumerate(found))
    for paper, fault in papers:
        if not all(paper.key[1:2]) or (fault and not (all(paper.key) and kind.form)):
            return FormRefusal("-1", f"报文格式校验失败[{fault or '业务主键为空'}]", f"{kind.message}Message")
    transfer = root.find(f"{{{CEB}}}BaseTransfer")
    return Formed(kind, papers, _fields(transfer), _subscribers(root), signed)


def _fields(element: etree._Element | None) -> dict[str, str]:
    return {} if element is None else {etree.QName(each).localname: each.text or "" for each in element}


def _subscribers(root: etree._Element) -> tuple[tuple[str, str], ...]:
    found = map(_fields, root.findall(f"{{{CEB}}}BaseSubscribe"))
    return tuple((each.get("dxpAddress", ""), each.get("status", "")) for each in found)


def _place(path: str, element: str) -> int | None:
    """The position of the document in which an error of the schema lies, None for one outside of them."""
    steps = path.split("/")
    for step in steps[2:3]:
        name, _, position = step.rpartition(":")[2].partition("[")
        if name == element:
            return int(position.rstrip("]") or 1) - 1
    return None


def _of_signature(path: str, message: str) -> bool:
    """True for faults of the signature, which has codes of its own."""
    return "Signature" in path.rpartition("Message/")[2] or (
        "Missing child" in message and f"{{{DS}}}Signature" in message
    )


def _too_many(message: str, element: str) -> bool:
    """True if there are more documents than a message may hold, which has codes of its own."""
    return f"}}{element}'" in message.partition(":")[0] and "not expected" in message


def _shown(message: str) -> str:
    """The name of the field that an error of the schema is about. The value, which may be personal, is left out."""
    named = message.partition("'")[2].partition("'")[0].rpartition("}")[2]
    if "Missing child" in message:
        wanted = message.rpartition("{")[2].partition("}")[2]
        return f"{named}缺少{''.join(each for each in wanted if each.isalnum())}"
    return f"{named}不符合规范"
