"""The pieces of a message (报文分片): the bytes of each document by themselves, and the frame around them.

Each document belongs to one parcel, so its bytes are kept under a key of its own; put together again in order, the
pieces are the message, byte for byte. In an envelope the message is written as base64: a document's piece is then what stands
for its bytes alone, all but up to two of its first and last tag. A message that cannot be divided, such as a form that is
posted, is one piece.

>>> key = BusinessKey("CEB311", (("platform_code", "P1"), ("order_no", "O1")))
>>> message = b"<a:CEB311Message><a:Order><a:guid>G</a:guid></a:Order></a:CEB311Message>"
>>> [(each.owner, each.content) for each in divided("M1", "CEB311", message, (key,))]
[('', b'<a:CEB311Message>'), ('O1', b'<a:Order><a:guid>G</a:guid></a:Order>'), ('', b'</a:CEB311Message>')]
"""

import re
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from customs.documents import MESSAGES, BusinessKey

#: An envelope is known by its first bytes; its base64 can be divided if no blank stands in it.
_ENVELOPE, _HEAD = re.compile(rb"<(?:[\w.-]+:)?DxpMsg[\s>]"), 1000
_DATA = re.compile(rb"<(?:[\w.-]+:)?Data>((?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)</")

_GUID = re.compile(rb"<(?:[\w.-]+:)?guid>([^<]{1,64})<")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a message, and the business number of the document that it is; no number for the frame."""

    owner: str
    content: bytes = field(repr=False)

    @property
    def guid(self) -> str:
        """The guid in it, empty if there is none."""
        if not self.owner:
            return ""
        # without any tag it is a document in an envelope
        found = _GUID.search(self.content if b"<" in self.content else b64decode(self.content))
        return found[1].decode("ascii", "replace") if found else ""


def number_of(key: BusinessKey) -> str:
    """Return the number by which people call a document: the first of its numbers that is filled.

    >>> number_of(BusinessKey("CEB621", (("merchant_code", "M1"), ("internal_no", "C1"))))
    'C1'
    """
    return next((text for name, text in key.fields if text and name.endswith(("_no", "_id"))), "")


def divided(own: str, name: str, content: bytes, keys: Sequence[BusinessKey]) -> tuple[Piece, ...]:
    """Return the pieces of a message in order; one that is the whole, owned by the message's id ``own``, if its documents
    cannot be told apart.
    """
    kind = MESSAGES.get(name)
    data = _DATA.search(content) if _ENVELOPE.search(content, 0, _HEAD) else None
    spans = _spans(kind.element.encode(), b64decode(data[1]) if data else content) if kind else []
    if data:
        spans = [_as_text(data.start(1), *each) for each in spans]
    numbers = [number_of(each) for each in keys]
    if not spans or len(spans) != len(numbers) or not all(numbers):
        return (Piece(own, content),)
    pieces, end = [], 0
    for number, (start, stop) in zip(numbers, spans, strict=True):
        if end < start:
            pieces.append(Piece("", content[end:start]))
        pieces.append(Piece(number, content[start:stop]))
        end = stop
    return (*pieces, Piece("", content[end:])) if end < len(content) else tuple(pieces)


def _spans(element: bytes, content: bytes) -> list[tuple[int, int]]:
    """Return where each document begins and ends; none if they do not simply follow each other."""
    first = _first(element).search(content)
    if first is None:
        return []
    opening, closing = first[1], b"</" + first[1][1:] + b">"
    found, at = [], first.start()
    while at >= 0:
        stop = content.find(closing, at)
        if stop < 0:
            return []
        found.append((at, stop + len(closing)))
        at = _next(content, opening, stop + len(closing))
    whole = content.count(closing)
    return found if whole == len(found) else []


def _as_text(at: int, start: int, stop: int) -> tuple[int, int]:
    """Return where the text begins and ends that stands for no other bytes than these, in base64 that begins at ``at``."""
    return at - start // -3 * 4, at + stop // 3 * 4


def _next(content: bytes, opening: bytes, at: int) -> int:
    """Return where the next document begins, -1 if there is none; other elements may begin with the same letters."""
    while (found := content.find(opening, at)) >= 0 and content[
        found + len(opening) : found + len(opening) + 1
    ] not in _END:
        at = found + 1
    return found


#: What stands behind the name of an element.
_END = (b">", b" ", b"\t", b"\r", b"\n")


@cache
def _first(element: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"(<(?:[\w.-]+:)?" + re.escape(element) + rb")[\s>]")
