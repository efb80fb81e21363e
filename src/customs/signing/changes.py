r"""Changes of form after signing (签名后的格式改动): what makes a broken signature hold again, and so names the cause.

Programs on the way rewrite XML and leave its values alone: they indent it or take indents out, turn line endings, declare
namespaces elsewhere. A signature covers all of that, so the message is refused; but whoever has to find the culprit is
helped by knowing that nothing else was changed. Undone are blanks, line endings, and the declarations and the prefix of
the root, one of a kind at a time, with those that signers of the field use. Source: W3C, Canonical XML 1.0, section 2;
the signature in the samples of announcement 113 of 2018 lost its ``xmlns:xsi`` in this way.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import NamedTuple

from lxml import etree

from customs.signing.enveloped import signed_info, without
from customs.signing.errors import cut
from customs.wire.canonical import XSI
from customs.wire.parsing import BLANK

_DS = "http://www.w3.org/2000/09/xmldsig#"
_XSD = "http://www.w3.org/2001/XMLSchema"

#: Bytes and tags of a message in which changes are sought; 100 lists of three lines have a third of that. Each of some 40
#: trials costs as much as a verification.
LARGEST = 1 << 20
MOST_TAGS = 60_000

#: True for canonical bytes that the signature value, or the digest, fits.
Fits = Callable[[bytes], bool]


class Change(NamedTuple):
    """A change of form, by what undoes it."""

    en: str
    zh: str


class _Trial(NamedTuple):
    changes: tuple[Change, ...]
    undo: Callable[[etree._Element], etree._Element]


def is_sought(message: bytes) -> bool:
    """Return True if the message is not too long for a search."""
    return len(message) <= LARGEST and message.count(b"<") <= MOST_TAGS


def changes_of_signature(root: etree._Element, signature: etree._Element, verifies: Fits) -> tuple[Change, ...] | None:
    """Return the changes that, undone, make the signature value fit SignedInfo, none if it fits; None if none do.

    They are tried on the root with the signature alone: for a message that nobody signed that costs next to nothing.
    """
    alone = etree.Element(root.tag, dict(root.attrib), nsmap=root.nsmap)
    alone.append(deepcopy(signature))
    blanks = any(set(BLANK).intersection(text) for text in signature[0].itertext())
    tried: set[bytes] = set()
    for trial in _trials(root.prefix, blanks=blanks):
        undone = trial.undo(deepcopy(alone))
        signed = signed_info(undone, _signature_in(undone))
        if signed not in tried and verifies(signed):
            return trial.changes
        tried.add(signed)
    return None


def changes_of_form(root: etree._Element, of_signature: tuple[Change, ...], digests: Fits) -> tuple[Change, ...]:
    """Return the changes that, undone, make the digest of a message hold too; empty if there are none.

    ``root`` is the message with its signature, which is a child of the root and fits with the changes
    ``of_signature`` undone. It is not changed.
    """
    for trial in _trials(root.prefix):
        undone = trial.undo(deepcopy(root))
        if digests(without(undone, _signature_in(undone))):
            return tuple(dict.fromkeys((*trial.changes, *of_signature)))
    return ()


def _signature_in(root: etree._Element) -> etree._Element:
    (signature,) = root.iterchildren(f"{{{_DS}}}Signature")
    return signature


def _trials(prefix: str | None, *, blanks: bool = True) -> Iterator[_Trial]:
    """Yield what is tried, likely changes first: none, one of blanks, one of declarations, one of each."""
    of_blanks = _BLANKS if blanks else {}
    yield _Trial((), lambda root: root)
    yield from (_Trial((change,), undo) for change, undo in of_blanks.items())
    declarations = [_declaring(prefix, names) for names in _DECLARED]
    declarations += [
        _declaring(other, names) for other in _PREFIXES if other != prefix for names in _DECLARED[:_OF_ANOTHER_PREFIX]
    ]
    yield from declarations
    for declared in declarations:
        for change, undo in of_blanks.items():
            yield _Trial((change, *declared.changes), lambda root, undo=undo, after=declared: after.undo(undo(root)))  # type: ignore[misc]


def _without_blanks_beside(root: etree._Element) -> etree._Element:
    """Take out the blanks before and after the signature."""
    (signature,) = root.iterchildren(f"{{{_DS}}}Signature")
    before = signature.getprevious()
    if before is None:
        root.text = _unless_blank(root.text)
    else:
        before.tail = _unless_blank(before.tail)
    signature.tail = _unless_blank(signature.tail)
    return root


def _without_blanks_between(root: etree._Element) -> etree._Element:
    for element in root.iter():
        if len(element):
            element.text = _unless_blank(element.text)
        element.tail = _unless_blank(element.tail)
    return root


def _without_blanks_around(root: etree._Element) -> etree._Element:
    for element in _without_blanks_between(root).iter():
        if element.text:
            element.text = element.text.strip(BLANK)
    return root


def _without_carriage_returns(root: etree._Element) -> etree._Element:
    return _with_texts(root, "\r", "")


def _with_carriage_returns(root: etree._Element) -> etree._Element:
    return _with_texts(root, "\n", "\r\n")


def _with_texts(root: etree._Element, old: str, new: str) -> etree._Element:
    for element in root.iter():
        element.text = element.text.replace(old, new) if element.text else element.text
        element.tail = element.tail.replace(old, new) if element.tail else element.tail
    return root


def _unless_blank(text: str | None) -> str | None:
    return text if text and text.strip(BLANK) else None


_Undo = Callable[[etree._Element], etree._Element]

_BLANKS: dict[Change, _Undo] = {
    Change("white space beside the signature removed", "去掉签名节点前后的空白"): _without_blanks_beside,
    Change("white space between elements removed", "去掉元素之间的空白"): _without_blanks_between,
    Change(
        "white space between elements and around values removed", "去掉元素之间及值前后的空白"
    ): _without_blanks_around,
    Change("line endings LF in place of CRLF", "换行符由 CRLF 改回 LF"): _without_carriage_returns,
    Change("line endings CRLF in place of LF", "换行符由 LF 改回 CRLF"): _with_carriage_returns,
}

#: What signers of the field declare on the root beside its own namespace.
_DECLARED: tuple[dict[str, str], ...] = (
    {"xsi": XSI},
    {},
    {"ds": _DS, "xsi": XSI},
    {"xsd": _XSD, "xsi": XSI},
)

#: The prefixes of signers, and how many of these sets are tried with another prefix than the message's own.
_PREFIXES = ("ceb", None)
_OF_ANOTHER_PREFIX = 2


def _declaring(prefix: str | None, beside: dict[str, str]) -> _Trial:
    """Return the trial in which the root declares its own namespace by a prefix, those beside it, and no others."""
    names = [f"xmlns:{cut(prefix)}" if prefix else "xmlns", *(f"xmlns:{each}" for each in beside)]
    change = Change(
        f"{' and '.join(names)} declared on the root, and nothing else there",
        f"根元素只声明 {'、'.join(names)}",
    )

    def declared(root: etree._Element) -> etree._Element:
        etree.cleanup_namespaces(root)
        namespace = etree.QName(root).namespace
        scope: dict[str | None, str] = {prefix: namespace} if namespace else {}
        scope.update(beside)
        made = etree.Element(root.tag, dict(root.attrib), nsmap=scope)
        made.text = root.text
        made.extend(list(root))
        return made

    return _Trial((change,), declared)
