"""The reader: bytes of a message to typed documents, by namespace and never by prefix.

Foreign XML is taken on no trust: no DTD, no entities, no network. Empty optional elements count as absent; anything
that is not of the standard is refused with its place. Signatures are not judged here but by ``customs.signing.verify``.
"""

from functools import cache
from typing import TypeVar

from lxml import etree
from pydantic import ValidationError

from customs.documents import MESSAGES, Document, Message, Subscription, Transfer
from customs.fields import Fault, Record, faults_of, part_type, terms_of
from customs.fields.base import Count, Day, Decimals, Instant, Moment, Part, Term
from customs.wire.canonical import CEB

DS = "http://www.w3.org/2000/09/xmldsig#"

_COLLAPSED = (Count, Day, Decimals, Instant, Moment)

R = TypeVar("R", bound=Record)


class ReadError(ValueError):
    """A message cannot be read: says what and where, without personal data."""

    def __init__(self, reason: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(reason)
        self.faults = faults


def parse(content: bytes) -> etree._Element:
    """The root of an XML text, hostile constructs refused. Raises ``ReadError``."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = error.lineno if isinstance(error, etree.XMLSyntaxError) else None
        raise ReadError(f"not well-formed XML{f', line {line}' if line else ''}") from None
    if root.getroottree().docinfo.doctype:
        raise ReadError("a document type declaration (DTD) is refused")
    if any(True for _ in root.iter(etree.ProcessingInstruction)):
        raise ReadError("processing instructions are refused")
    return root


def read(content: bytes) -> Message[Document]:
    """The typed message in ``content``.

    Raises ``ReadError`` that names the place: XML that is not well-formed, an unknown message or element, a value
    outside its facets.

    >>> read(b'<CEB311Message xmlns="http://www.chinaport.gov.cn/ceb" guid="" version="1.0"/>')
    Traceback (most recent call last):
    customs.wire.reader.ReadError: CEB311Message: needs 1 to 100 Order, has 0
    """
    return read_root(parse(content))


def read_root(root: etree._Element) -> Message[Document]:
    """As ``read``, for a tree already parsed by ``parse``."""
    name = etree.QName(root)
    kind = MESSAGES.get(name.localname.removesuffix("Message")) if name.namespace == CEB else None
    if kind is None or not name.localname.endswith("Message"):
        raise ReadError(f"the root is no message that is known: CEBnnnMessage in the namespace {CEB}")
    documents: list[Document] = []
    transfers: list[Transfer] = []
    subscriptions: list[Subscription] = []
    for child in root:
        qname = etree.QName(child)
        where = f"{name.localname}.{qname.localname}"
        if qname.namespace == CEB and qname.localname == kind.element:
            documents.append(_read_record(child, kind, f"{where}[{len(documents)}]"))
        elif child.tag == f"{{{CEB}}}BaseTransfer" and not kind.from_customs:
            transfers.append(_read_record(child, Transfer, where))
        elif child.tag == f"{{{CEB}}}BaseSubscribe" and not kind.from_customs:
            subscriptions.append(_read_record(child, Subscription, where))
        elif child.tag != f"{{{DS}}}Signature" or kind.from_customs:
            raise ReadError(f"{where}, line {child.sourceline}: this element is not part of the message")
    _check_counts(kind, len(documents), len(transfers))
    guid, version = root.get("guid", ""), root.get("version", "")
    if len(guid) != 36 or not 1 <= len(version) <= 10:
        raise ReadError(f"{name.localname}: needs a guid of 36 characters and a version of 1 to 10")
    return Message(guid, tuple(documents), transfers[0] if transfers else None, tuple(subscriptions), version)


def _check_counts(kind: type[Document], documents: int, transfers: int) -> None:
    if not documents or (kind.most is not None and documents > kind.most):
        raise ReadError(f"{kind.message}Message: needs 1 to {kind.most or 'any number of'} {kind.element}, has {documents}")
    if transfers != (0 if kind.from_customs else 1):
        raise ReadError(f"{kind.message}Message: needs exactly one BaseTransfer, has {transfers}")


@cache
def _by_wire_name(record: type[Record]) -> dict[str, tuple[str, Term]]:
    return {f"{{{CEB}}}{term.wire}": (name, term) for name, term in terms_of(record).items()}


def _read_record(element: etree._Element, record: type[R], where: str) -> R:
    try:
        return record.model_validate(_values(element, record, where))
    except ValidationError as error:
        faults = tuple(faults_of(error, record))
        places = "; ".join(
            f"{where}.{fault.path} ({fault.term.wire} {fault.term.zh}): {fault.kind}, allowed is {fault.term.allowed.en}"
            if fault.term
            else f"{where}.{fault.path}: {fault.kind}"
            for fault in faults
        )
        raise ReadError(f"line {element.sourceline}: {places}", faults) from None


def _values(element: etree._Element, record: type[Record], where: str) -> dict[str, object]:
    """The texts of an element's children by Python name, nested where a child is a record."""
    known = _by_wire_name(record)
    values: dict[str, object] = {}
    for child in element:
        found = known.get(str(child.tag))
        if found is None:
            local = etree.QName(child).localname
            raise ReadError(f"{where}.{local}, line {child.sourceline}: this element is not part of the document")
        name, term = found
        if isinstance(term, Part):
            inner = part_type(record, name)
            assert inner is not None, f"{name} holds no record"
            nested = _values(child, inner, f"{where}.{term.wire}")
            if term.repeated:
                lines = values.setdefault(name, [])
                assert isinstance(lines, list)
                lines.append(nested)
                continue
            value: object = nested
        else:
            if len(child):
                raise ReadError(f"{where}.{term.wire}, line {child.sourceline}: text is expected, not elements")
            value = child.text or ""
            if isinstance(term, _COLLAPSED):
                value = str(value).strip()
        if name in values:
            raise ReadError(f"{where}.{term.wire}, line {child.sourceline}: the element stands twice")
        if value != "" or record.model_fields[name].is_required():
            values[name] = value
    return values
