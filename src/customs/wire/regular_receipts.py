"""Regular messages of receipts (规范回执报文): read whole from their text, since no tree is needed to know what they hold.

Customs sends a small message for most receipts, and every parcel has a dozen of them: to build a tree of one takes as
long as to read it. A message is regular if nothing is in it but the root as the standard has it and regular receipts
(``customs.wire.regular``): no other attribute or namespace, no reference, comment, instruction or document type, no
character that XML lacks. Whatever else comes is read from its tree.
"""

import re
from typing import NamedTuple

from customs.documents import MESSAGES, Receipt
from customs.documents.base import GUID_LENGTH, VERSION_LENGTH
from customs.wire.canonical import CEB, XSI
from customs.wire.parsing import USUAL_DECLARATION, Decoded
from customs.wire.regular import GAP, Regular, reading_of

#: A larger message is read from its tree, which has limits of its own.
_LARGEST = 1 << 20

_OPENING = re.compile(
    f"(?:{re.escape(USUAL_DECLARATION.decode())})?+{GAP}<((?:ceb:)?+)(CEB[0-9]{{3}})Message"
    f'((?: (?:xmlns(?::ceb|:xsi)?+|guid|version)="[^"<&\t\n]*+")++)>{GAP}'
)
_ATTRIBUTE = re.compile(' ([a-z:]++)="([^"]*+)"')

#: The control characters that XML does not have, and the end of CDATA, which no text may hold.
_CONTROLS = bytes(each for each in range(32) if each not in b"\t\n")
_NO_TEXT = ("]]>", "&", "\ufffe", "\uffff")


class RegularMessage(NamedTuple):
    """A message that was read whole: its kind, its attributes, and each receipt; one that lacks fields with its line."""

    kind: type[Receipt]
    guid: str
    version: str
    receipts: tuple[tuple[int, Regular], ...]


def regular_message(decoded: Decoded) -> RegularMessage | None:
    """Return the message of receipts in a text, or None if it is not regular.

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
    if kind is None or not issubclass(kind, Receipt) or len(found) != len(given) + 2:
        return None
    if len(guid) != GUID_LENGTH or not 1 <= len(version) <= VERSION_LENGTH or not _is_usual(given, prefix):
        return None
    if any(map(text.__contains__, _NO_TEXT)) or len(decoded.content.translate(None, _CONTROLS)) != len(decoded.content):
        return None
    read, at = reading_of(kind), opening.end()
    receipts, line, counted = list[tuple[int, Regular]](), 1, 0
    while one := read(text, at, prefix):
        if one.missing:  # lines are counted on from the last receipt that needs one
            line, counted = line + text.count("\n", counted, at), at
        receipts.append((line, one))
        at = one.end
    if not receipts or text[at:].rstrip("\t\n ") != f"</{prefix}{name}Message>":
        return None
    return RegularMessage(kind, guid, version, tuple(receipts))


def _is_usual(namespaces: dict[str, str], prefix: str) -> bool:
    """True if the namespaces are that of the standard under the prefix, and no other but that of schemas."""
    own = namespaces.pop("xmlns:ceb" if prefix else "xmlns", "")
    return own == CEB and (not namespaces or namespaces == {"xmlns:xsi": XSI})
