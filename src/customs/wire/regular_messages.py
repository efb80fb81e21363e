"""Regular messages (规范报文): read whole from their text, since no tree is needed to know what they hold.

To build a tree of a message takes as long as to read it: customs sends a small message for most receipts, a dozen for
every parcel, and a declaration has up to 100 documents. A message is regular if nothing is in it but the root as the
standard has it, regular documents (``customs.wire.regular``), and after those of an enterprise its transfer, its
subscriptions and its signature: no other attribute or namespace, no extension, comment, instruction or document type, no
character that XML lacks. Whatever else comes is read from its tree.
"""

import re
from functools import cache
from typing import NamedTuple

from customs.documents import MESSAGES, Document, ExportTransfer, Subscription, Transfer
from customs.documents.base import GUID_LENGTH, SUBSCRIPTIONS_IN_A_MESSAGE, VERSION_LENGTH
from customs.wire.canonical import CEB, XSI
from customs.wire.parsing import LONGEST_ATTRIBUTE, USUAL_DECLARATION, Decoded
from customs.wire.regular import GAP, RecordReader, Regular, reading_of, record_reader

#: A larger message is read from its tree, which has limits of its own.
_LARGEST = 1 << 20

DS = "http://www.w3.org/2000/09/xmldsig#"

_OPENING = re.compile(
    f"(?:{re.escape(USUAL_DECLARATION.decode())})?+{GAP}<((?:ceb:)?+)(CEB[0-9]{{3}})Message"
    f'((?: (?:xmlns(?::ceb|:ds|:xsi)?+|guid|version)="[^"<&\t\n]*+")++)>{GAP}'
)
_ATTRIBUTE = re.compile(' ([a-z:]++)="([^"]*+)"')

#: The control characters that XML does not have, and a carriage return, which stands for another character.
_CONTROLS = bytes(each for each in range(32) if each not in b"\t\n")

#: What no text may hold: the end of CDATA, and characters that XML does not have.
_NO_TEXT = ("]]>", "\ufffe", "\uffff")

#: A reference to other characters than those of XML itself.
_REFERENCE = re.compile("&(?!(?:amp|lt|gt|quot|apos);)")


def _inside(name: str, inner: str) -> str:
    """The pattern of an element of a signature that holds others, or a text."""
    return f"<ds:{name}>{inner}</ds:{name}>{GAP}"


def _named(name: str) -> str:
    """The pattern of an element of a signature that names an algorithm."""
    return f'<ds:{name} Algorithm="[^"<&\t\n]{{0,{LONGEST_ATTRIBUTE}}}+"(?:/>|></ds:{name}>){GAP}'


_DIGITS = "[^<&]*+"
_REFERRED = (
    f'<ds:Reference URI="">{GAP}{_inside("Transforms", GAP + _named("Transform"))}{_named("DigestMethod")}'
    f"{_inside('DigestValue', _DIGITS)}</ds:Reference>{GAP}"
)
_SIGNED_INFO = f"{GAP}{_named('CanonicalizationMethod')}{_named('SignatureMethod')}{_REFERRED}"
_KEY_INFO = (
    f"{GAP}(?:{_inside('KeyName', _DIGITS)})?+(?:{_inside('X509Data', GAP + _inside('X509Certificate', _DIGITS))})?+"
)

#: A signature that is complete and in order, as far as that shows without its key. Whether it declares its prefix.
_SIGNATURE = re.compile(
    f'<ds:Signature((?: xmlns:ds="{re.escape(DS)}")?+)>{GAP}{_inside("SignedInfo", _SIGNED_INFO)}'
    f"{_inside('SignatureValue', _DIGITS)}{_inside('KeyInfo', _KEY_INFO)}</ds:Signature>{GAP}"
)


class RegularMessage(NamedTuple):
    """A message that was read whole: its kind, its attributes, each document, and what an enterprise has beside them. A
    receipt that lacks fields comes with its line.
    """

    kind: type[Document]
    guid: str
    version: str
    documents: tuple[tuple[int, Regular], ...]
    transfer: Transfer | None
    subscriptions: tuple[Subscription, ...]


def regular_message(decoded: Decoded, of: type[Document] = Document) -> RegularMessage | None:
    """Return the message in a text, or None if it is not regular or not ``of`` such documents.

    >>> from customs.wire.parsing import decode
    >>> text = '<CEB900Message xmlns="http://www.chinaport.gov.cn/ceb" guid="{}" version="1.0"><MessageReturn/></CEB900Message>'
    >>> regular_message(decode(text.encode())) is None
    True
    """
    text = decoded.text
    opening = _OPENING.match(text)
    if not opening or decoded.odd or len(text) > _LARGEST:
        return None
    prefix, name, written = opening.groups()
    kind = MESSAGES.get(name)
    found = _ATTRIBUTE.findall(written)
    given = dict(found)
    guid, version = given.pop("guid", ""), given.pop("version", "")
    if kind is None or not issubclass(kind, of) or len(found) != len(given) + 2:
        return None
    if len(guid) != GUID_LENGTH or not 1 <= len(version) <= VERSION_LENGTH or not _is_usual(given, prefix):
        return None
    if not _is_plain(text, decoded.content):
        return None
    documents, at = _documents(kind, text, opening.end(), prefix)
    if not documents or (kind.most is not None and len(documents) > kind.most):
        return None
    beside = (
        _Beside(None, (), at) if kind.from_customs else _beside(kind, text, at, prefix, declared="xmlns:ds" in given)
    )
    if beside is None or text[beside.end :].rstrip("\t\n ") != f"</{prefix}{name}Message>":
        return None
    return RegularMessage(kind, guid, version, tuple(documents), beside.transfer, beside.subscriptions)


def _documents(kind: type[Document], text: str, at: int, prefix: str) -> tuple[list[tuple[int, Regular]], int]:
    """The documents that stand one after another from a position on, and where the last one ends."""
    read, found, line, counted = reading_of(kind), list[tuple[int, Regular]](), 1, 0
    while one := read(text, at, prefix):
        if one.missing:  # lines are counted on from the last receipt that needs one
            line, counted = line + text.count("\n", counted, at), at
        found.append((line, one))
        at = one.end
    return found, at


class _Beside(NamedTuple):
    """The transfer and the subscriptions of an enterprise, and where the signature after them ends."""

    transfer: Transfer | None
    subscriptions: tuple[Subscription, ...]
    end: int


@cache
def _transfer_reader(export: bool) -> RecordReader[Transfer]:
    return record_reader(ExportTransfer if export else Transfer, "BaseTransfer")


@cache
def _subscription_reader() -> RecordReader[Subscription]:
    return record_reader(Subscription, "BaseSubscribe")


def _beside(kind: type[Document], text: str, at: int, prefix: str, *, declared: bool) -> _Beside | None:
    """Read what follows the documents; None if it is not regular. The prefix of signatures may be ``declared`` before."""
    transfer = _transfer_reader(kind.flow == "export")(text, at, prefix)
    if transfer is None:
        return None
    at, subscriptions, read = transfer.end, list[Subscription](), _subscription_reader()
    while subscription := read(text, at, prefix):
        subscriptions.append(subscription.record)
        at = subscription.end
    if len(subscriptions) > SUBSCRIPTIONS_IN_A_MESSAGE:
        return None
    if signature := _SIGNATURE.match(text, at):
        if not (signature[1] or declared):
            return None
        at = signature.end()
    return _Beside(transfer.record, tuple(subscriptions), at)


def _is_plain(text: str, content: bytes) -> bool:
    """True if every character is one of XML and every reference one that XML itself knows."""
    if any(map(text.__contains__, _NO_TEXT)) or ("&" in text and _REFERENCE.search(text)):
        return False
    return len(content.translate(None, _CONTROLS)) == len(content)


def _is_usual(namespaces: dict[str, str], prefix: str) -> bool:
    """True if the namespaces are that of the standard under the prefix, and no other but those of schemas and signatures."""
    usual = {"xmlns:ceb" if prefix else "xmlns": CEB, "xmlns:ds": DS, "xmlns:xsi": XSI}
    return next(iter(usual)) in namespaces and namespaces.items() <= usual.items()
