"""The pieces of a message (报文分片): the bytes of each document by themselves, and the frame around them.

Each document belongs to one parcel, so its bytes are kept under a key of its own; put together again in order, the
pieces are the message, byte for byte. A message that cannot be divided, such as one in an envelope or a form that is
posted, is one piece.

>>> key = BusinessKey("CEB311", (("platform_code", "P1"), ("order_no", "O1")))
>>> message = b"<a:CEB311Message><a:Order><a:guid>G</a:guid></a:Order></a:CEB311Message>"
>>> [(each.owner, each.content) for each in divided("M1", "CEB311", message, (key,))]
[('', b'<a:CEB311Message>'), ('O1', b'<a:Order><a:guid>G</a:guid></a:Order>'), ('', b'</a:CEB311Message>')]
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from customs.documents import MESSAGES, BusinessKey

_GUID = re.compile(rb"<(?:[\w.-]+:)?guid>([^<]{1,64})<")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a message, and the business number of the document that it is; no number for the frame."""

    owner: str
    content: bytes = field(repr=False)

    @property
    def guid(self) -> str:
        """The guid in it, empty if there is none."""
        found = _GUID.search(self.content) if self.owner else None
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
    spans = _spans(kind.element, content) if kind else []
    if not spans or len(spans) != len(keys) or not all(map(number_of, keys)):
        return (Piece(own, content),)
    pieces, end = [], 0
    for key, (start, stop) in zip(keys, spans, strict=True):
        pieces += [Piece("", content[end:start]), Piece(number_of(key), content[start:stop])]
        end = stop
    return tuple(each for each in (*pieces, Piece("", content[end:])) if each.content)


def _spans(element: str, content: bytes) -> list[tuple[int, int]]:
    """Return where each document begins and ends; none if they do not simply follow each other."""
    starts, ends = _patterns(element)
    opened = [each.start() for each in starts.finditer(content)]
    closed = [each.end() for each in ends.finditer(content)]
    edges = [edge for pair in zip(opened, closed, strict=False) for edge in pair]
    return list(zip(opened, closed, strict=True)) if len(opened) == len(closed) and edges == sorted(edges) else []


@cache
def _patterns(element: str) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    name = re.escape(element.encode())
    return re.compile(rb"<(?:[\w.-]+:)?" + name + rb"[\s>]"), re.compile(rb"</(?:[\w.-]+:)?" + name + rb"\s*>")
