"""The pieces of a message (报文分片): the bytes of each document by themselves, and the frame around them.

Each document belongs to one parcel, so its bytes are kept under a key of its own; put together again in order, the
pieces are the message, byte for byte. Only tags divide a message, whatever comments and texts look like. In an envelope the
message is written as base64: a document's piece is then what stands for its bytes alone, all but up to two of its first and
last tag. A message that cannot be divided, such as a form that is posted, is one piece.

>>> key = BusinessKey("CEB311", (("platform_code", "P1"), ("order_no", "O1")))
>>> message = b"<a:CEB311Message><a:Order><a:guid>G</a:guid></a:Order></a:CEB311Message>"
>>> pieces = divided("CEB311", message, [number_of(key)])
>>> pieces.documents
(b'<a:Order><a:guid>G</a:guid></a:Order>',)
>>> pieces.frame
(b'<a:CEB311Message>', b'</a:CEB311Message>')
"""

import re
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate, pairwise

from customs.documents import MESSAGES, BusinessKey

#: An envelope is known by its first bytes; its base64 can be divided if no blank stands in it.
_ENVELOPE, _HEAD = re.compile(rb"<(?:[\w.-]+:)?DxpMsg[\s>]"), 1000
_DATA = re.compile(rb"<(?:[\w.-]+:)?Data>((?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)</")

#: The beginning of the declaration of XML, the only instruction that a message usually has.
_DECLARATION = b"<?xml "

#: What holds text that is no tag though it looks like one.
_NO_TAGS = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)

#: How the fields end that hold numbers.
_NUMBERS = ("_no", "_id")


@dataclass(frozen=True, slots=True)
class Pieces:
    """The documents of a message in order, and what stands before each and behind the last, if anything does."""

    documents: tuple[bytes, ...] = field(repr=False)
    frame: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def are_documents(self) -> bool:
        """True if the message was divided at its documents."""
        return bool(self.frame)


def guid_in(document: bytes) -> str:
    """Return the guid of a document, empty if it has none."""
    if b"<" not in document:  # in an envelope
        document = b64decode(document)
    at = document.find(b"guid>")
    begin = at + len(b"guid>")
    end = document.find(b"<", begin, begin + 64)
    if at < 1 or end < 0 or document[at - 1 : at] not in (b":", b"<"):
        return ""
    return document[begin:end].decode("ascii", "replace")


def number_of(key: BusinessKey) -> str:
    """Return the number by which people call a document: the first of its numbers that is filled.

    >>> number_of(BusinessKey("CEB621", (("merchant_code", "M1"), ("internal_no", "C1"))))
    'C1'
    """
    for name, text in key.fields:
        if text and name[-3:] in _NUMBERS:
            return text
    return ""


def divided(name: str, content: bytes, numbers: Sequence[str]) -> Pieces:
    """Return the pieces of a message; one that is the whole if its documents cannot be told apart by their numbers."""
    kind = MESSAGES.get(name)
    found = None
    if kind and numbers and all(numbers):
        data = _DATA.search(_tags(content)) if _ENVELOPE.search(content, 0, _HEAD) else None
        found = _at_documents(kind.element.encode(), b64decode(data[1]) if data else content)
        if data and found:
            found = _in_text(found, content, data.start(1))
    return found if found and len(found.documents) == len(numbers) else Pieces((content,))


def _in_text(pieces: Pieces, content: bytes, at: int) -> Pieces:
    """Return the pieces of an envelope whose base64 begins at a place: of each document the text that stands for no other
    bytes than its own.
    """
    documents, frame, end, length = [], [], 0, 0
    for before, document in zip(pieces.frame, pieces.documents, strict=False):
        start = length + len(before)
        length = start + len(document)
        begin, stop = at - start // -3 * 4, at + length // 3 * 4
        frame.append(content[end:begin])
        documents.append(content[begin:stop])
        end = stop
    return Pieces(tuple(documents), (*frame, content[end:]))


def _at_documents(element: bytes, content: bytes) -> Pieces | None:
    """Return the pieces of a message, None if its documents do not simply follow each other."""
    tags = _tags(content)
    if (first := _first(element).search(tags)) is None:
        return None
    opening, closing = first[1], b"</" + first[1][1:] + b">"
    *parts, end = tags.split(closing)
    whole = opening + b">"
    begins = [0 if each.startswith(whole) else _begin(each, opening) for each in parts]
    if not parts or min(begins) < 0 or _begin(end, opening) >= 0:
        return None
    if tags is not content:
        parts, end = _cut(content, [len(each) + len(closing) for each in parts])
    else:
        parts = [each + closing for each in parts]
    if not any(begins[1:]):
        frame = (parts[0][: begins[0]], *(b"",) * (len(parts) - 1), end)
        return Pieces((parts[0][begins[0] :], *parts[1:]), frame)
    return Pieces(
        tuple([each[begin:] for each, begin in zip(parts, begins, strict=True)]),
        (*[each[:begin] for each, begin in zip(parts, begins, strict=True)], end),
    )


def _cut(content: bytes, lengths: Sequence[int]) -> tuple[list[bytes], bytes]:
    """Return pieces of so many bytes, and the rest."""
    ends = list(accumulate(lengths, initial=0))
    return [content[at:end] for at, end in pairwise(ends)], content[ends[-1] :]


def _tags(content: bytes) -> bytes:
    """Return a message in which every "<" begins a tag: blanks in place of comments, character data and instructions, which
    may hold what looks like a tag. It is the message itself if there are none, which is seen at once.
    """
    declared = content.find(b"?>") + 2 if content.startswith(_DECLARATION) else 0
    if b"!" not in content and content.find(b"?", declared) < 0:
        return content
    return _NO_TAGS.sub(lambda found: b" " * len(found[0]), content)


def _begin(part: bytes, opening: bytes) -> int:
    """Return where a document begins, -1 if none does; other elements may begin with the same letters."""
    at = part.find(opening)
    while at >= 0 and part[at + len(opening) : at + len(opening) + 1] not in _END:
        at = part.find(opening, at + 1)
    return at


#: What stands behind the name of an element.
_END = (b">", b" ", b"\t", b"\r", b"\n")


@cache
def _first(element: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"(<(?:[\w.-]+:)?" + re.escape(element) + rb")[\s>]")
