"""Parsing (解析): bytes of other systems to a safe XML tree, whatever their encoding.

Nothing is resolved, fetched or expanded. The limits below and the refusal of every document type declaration bound time
and memory before libxml2 sees the bytes. The bytes are decoded here and given to libxml2 as UTF-8, so that
a message reads the same wherever the library runs, and the same to ``read`` and ``verify``.

``parse`` is as strict about encodings as XML; ``parse_tolerantly`` accepts wrong declarations and reports them.
Encodings: UTF-8, UTF-16, and GB18030 with its subsets GBK and GB2312, which all decode as GB18030.
"""

import codecs
import re
import threading
from contextlib import suppress
from typing import NamedTuple

from lxml import etree

from customs.documents.oddity import Oddity, OddityCode
from customs.fields import Fault
from customs.fields.forgetting import forgetting

#: A larger message, in bytes, is refused before it is decoded. Its envelope has a limit of its own.
LARGEST_MESSAGE = 64 * 1024 * 1024

#: Elements in a message; 100 declaration lists of 99 lines with every field have some 300,000.
MOST_ELEMENTS = 500_000

#: Attributes of one element, its namespace declarations among them, and the bytes in one value.
MOST_ATTRIBUTES = 64
LONGEST_ATTRIBUTE = 1_000

#: Namespaces in scope of an element: canonical XML looks at each of them at each element. Messages have four.
MOST_NAMESPACES = 10

#: Levels of elements; the standard's deepest, a signature, has 6.
DEEPEST = 32

BLANK = " \t\r\n"

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_UNMARKED = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}

#: The codecs to try for a declared encoding: the first is what it says, the others are read over with an oddity.
_CODECS: dict[str, tuple[str | None, ...]] = {
    "utf-8": ("utf-8", "gb18030"),
    "gb18030": ("gb18030", "utf-8"),
    "us-ascii": ("ascii", "utf-8", "gb18030"),
    "utf-16": (None, "utf-8", "gb18030"),
}
_SYNONYMS = {
    "utf8": "utf-8", "gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "ascii": "us-ascii",
    "iso-8859-1": "us-ascii", "utf-16le": "utf-16", "utf-16be": "utf-16",
}  # fmt: skip

#: The declaration of most messages.
USUAL_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'

#: All bytes but those that begin a character of three bytes, such as a Chinese one, in UTF-8.
_NOT_LEADING_THREE = bytes(each for each in range(256) if not 0xE0 <= each <= 0xEF)

#: Quotes that are looked at one by one.
_FEW = 500

#: How many bytes before and after the first wrong one are weighed.
_AROUND = 1 << 20

_DECLARED = re.compile(r"<\?xml\s[^>]*?\sencoding\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)')")

_TAG = rb"""<[A-Za-z_:\x80-\xff][^<>"']*+"""
_SHORT = rb"""(?:"[^<"]{0,%d}+"|'[^<']{0,%d}+')[^<>"']*+""" % (LONGEST_ATTRIBUTE, LONGEST_ATTRIBUTE)
_OVERLOADED = re.compile(_TAG + rb"(?:%s){%d}" % (_SHORT, MOST_ATTRIBUTES + 1))
_OVERLONG = re.compile(_TAG + rb"""(?:%s)*+["'][^<"']{%d}""" % (_SHORT, LONGEST_ATTRIBUTE + 1))

_WHY = {
    etree.ErrorTypes.ERR_ATTRIBUTE_REDEFINED: "an attribute stands twice",
    etree.ErrorTypes.ERR_DOCUMENT_EMPTY: "there is no element",
    etree.ErrorTypes.ERR_DOCUMENT_END: "something follows the end of the message",
    etree.ErrorTypes.ERR_GT_REQUIRED: "a tag is not closed",
    etree.ErrorTypes.ERR_INVALID_CHAR: "a character that XML cannot hold",
    etree.ErrorTypes.ERR_NAME_REQUIRED: "& or < stands where a name must follow",
    etree.ErrorTypes.ERR_RESERVED_XML_NAME: "the XML declaration is not at the very start",
    etree.ErrorTypes.ERR_TAG_NAME_MISMATCH: "an end tag does not match its start tag",
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED: "the message ends early",
    etree.ErrorTypes.ERR_UNDECLARED_ENTITY: "an entity is not defined",
    etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE: "a namespace prefix is not declared",
    110: "a name is too long",
    # a limit of libxml2: 114 since its 2.13, before it 1 for the depth and 2 for the length
    **dict.fromkeys((1, 2, 114), "elements too deep, or something too long"),
}


class ReadError(ValueError):
    """A message cannot be read. The text says what is wrong and where, without personal data."""

    def __init__(self, reason: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(reason)
        self.faults = faults


@forgetting
def parse(content: bytes, *, keep_comments: bool = False) -> etree._Element:
    """Return the root of an XML text in the encoding that it declares. Raises ``ReadError``, also for hostile
    constructs.

    Comments are dropped unless ``keep_comments`` is set.

    >>> parse('<?xml version="1.0" encoding="GBK"?><a>示例</a>'.encode("gbk")).text
    '示例'
    """
    return _tree(decode(content, strict=True).content, keep_comments)


class Parsed(NamedTuple):
    """A message that was parsed: its root, what is odd about its encoding, and the text that the root was made of."""

    root: etree._Element
    oddities: tuple[Oddity, ...]
    text: str


@forgetting
def parse_tolerantly(content: bytes) -> Parsed:
    """Parse as ``parse`` does, but accept a wrong or missing encoding declaration and report it as an oddity.

    >>> root, oddities, _ = parse_tolerantly('<a>示例</a>'.encode("gbk"))
    >>> root.text, oddities[0].en
    ('示例', 'the message does not mark its encoding and is not UTF-8: guessed to be GB18030')
    """
    return parse_decoded(decode(content))


def parse_decoded(decoded: "Decoded") -> Parsed:
    """Parse a message that was decoded."""
    root = _tree(decoded.content)
    if not decoded.odd:
        return Parsed(root, (), decoded.text)
    return Parsed(root, (Oddity.of(decoded.odd, shown_name(root), 1, encoding=decoded.encoding),), decoded.text)


#: A name that may be shown: nothing a person's data could hide in.
_SHOWABLE = re.compile(r"[A-Za-z_]{1,40}[0-9]{0,3}[A-Za-z]{0,10}")


#: Stands for a name in which personal data could hide.
HIDDEN = "(a name that cannot be shown)"


def shown_name(element: etree._Element) -> str:
    """Return the local name of an element for a path, masked if it could hold personal data."""
    return shown(etree.QName(element).localname)


def shown(name: str) -> str:
    """Return a name for a path, masked if it could hold personal data."""
    return name if _SHOWABLE.fullmatch(name) else HIDDEN


class Decoded(NamedTuple):
    """A message without a mark, in UTF-8 and as text; what is odd about its encoding, and the name of the encoding."""

    content: bytes
    text: str
    odd: OddityCode | None = None
    encoding: str = ""


def decode(content: bytes, *, strict: bool = False) -> Decoded:
    """Decode a message by its mark, by what it declares, or by what its bytes look like. Raises ``ReadError``.

    If ``strict``, only by what XML knows of encodings.
    """
    if len(content) > LARGEST_MESSAGE:
        raise ReadError(f"the message has {len(content)} bytes, more than {LARGEST_MESSAGE}")
    if content.startswith(USUAL_DECLARATION):
        with suppress(UnicodeDecodeError):
            return Decoded(content, content.decode())
    for mark, codec in _MARKS.items():
        if content.startswith(mark):
            return _marked(content[len(mark) :], codec, strict)
    for start, codec in _UNMARKED.items():
        if content.startswith(start):
            if strict:
                raise ReadError("UTF-16 without a byte-order mark")
            return _in_utf8(content, codec)._replace(odd="encoding-guessed", encoding="UTF-16")
    return _declared_or_guessed(content, strict)


def _marked(content: bytes, codec: str, strict: bool) -> Decoded:
    """A text whose byte-order mark says the encoding, whatever the declaration says."""
    found = _in_utf8(content, codec)
    encoding = codec[:6].upper()
    declared = _declaration(found.content)
    if declared is None or declared == encoding.lower():
        return found
    if strict:
        raise ReadError(f"the declared encoding contradicts the byte-order mark of {encoding}")
    return found._replace(odd="encoding-wrong", encoding=encoding)


def _declared_or_guessed(content: bytes, strict: bool) -> Decoded:
    declared = _declaration(content)
    rightly, *otherwise = _CODECS.get(declared or "utf-8", ("",))
    if rightly == "":
        raise ReadError("line 1: the declared encoding is none of UTF-8, UTF-16, GB18030, GBK and GB2312")
    problem = ReadError("the declared encoding is UTF-16, the bytes are not")
    if rightly:
        try:
            return _in_utf8(content, rightly)
        except ReadError as error:
            problem = error
    for codec in () if strict else otherwise:
        assert codec, "only what is declared may be absent"
        if codec == "gb18030" and _is_damaged_utf8(content):
            break
        try:
            odd: OddityCode = "encoding-wrong" if declared else "encoding-guessed"
            return _in_utf8(content, codec)._replace(odd=odd, encoding=codec.upper())
        except ReadError:
            continue
    raise problem


def _declaration(content: bytes) -> str | None:
    """The encoding in the XML declaration by its main name; one that is not known as it stands, in lower case."""
    found = _DECLARED.match(content[:1000].decode("latin-1"))
    if not found:
        return None
    name = (found[1] or found[2] or "").lower()
    return _SYNONYMS.get(name, name)


def _in_utf8(content: bytes, codec: str) -> Decoded:
    text = _text(content, codec)
    try:
        return Decoded(content if codec in ("utf-8", "ascii") else text.encode(), text)
    except UnicodeEncodeError:
        raise ReadError("a character that XML cannot hold") from None


def _text(content: bytes, codec: str) -> str:
    try:
        return content.decode(codec)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ReadError(
            f"line {line}, byte {error.start + 1}: not {codec.upper()}, the encoding of the message"
        ) from None


def _is_damaged_utf8(content: bytes) -> bool:
    """Return True for damaged UTF-8, which GB18030 would read as other characters."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        around = content[max(0, error.start - _AROUND) : error.start + _AROUND].decode("utf-8", "replace")
        broken = around.count("\ufffd")
        return broken <= len(around.encode().translate(None, _NOT_LEADING_THREE)) - broken
    return False


def _tree(content: bytes, keep_comments: bool = False) -> etree._Element:
    """The root of a text in UTF-8, within the limits."""
    _check_limits(content)
    try:
        root = etree.fromstring(content, _parsers.keeping_comments[keep_comments])
    except etree.XMLSyntaxError as error:
        line, column = error.position
        why = _WHY.get(error.code)
        raise ReadError(f"not well-formed XML, line {line}, column {column}{f': {why}' if why else ''}") from None
    except (etree.LxmlError, ValueError, MemoryError):
        raise ReadError("not well-formed XML") from None
    if root.getroottree().docinfo.doctype:
        raise ReadError("a document type declaration (DTD) is refused")
    _check_instructions(root)
    _check_depth(root)
    if content.count(b"xmlns") > MOST_NAMESPACES:
        _check_namespaces(root)
    return root


class _Parsers(threading.local):
    """The parsers of a thread, with comments and without. To make one takes longer than to read a receipt; it keeps
    nothing of what it has parsed.
    """

    def __init__(self) -> None:
        self.keeping_comments = {
            keep: etree.XMLParser(
                encoding="utf-8",
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
                remove_comments=not keep,
                collect_ids=False,
            )
            for keep in (False, True)
        }


_parsers = _Parsers()


def _check_limits(content: bytes) -> None:
    """Refuse content that would cost more than a message may, before it is parsed."""
    doctype = content.find(b"<!DOCTYPE")
    if doctype >= 0:
        raise ReadError(f"line {_line(content, doctype)}: a document type declaration (DTD) is refused")
    if len(content) > MOST_ELEMENTS:
        tags = content.count(b"<")
        if tags > MOST_ELEMENTS and tags - content.count(b"</") > MOST_ELEMENTS:
            raise ReadError(f"the message has more than {MOST_ELEMENTS} elements")
        if content.count(b"=") > MOST_ELEMENTS:
            raise ReadError(f"the message has more than {MOST_ELEMENTS} attributes")
    if b"=" not in content:
        return
    quotes = content.count(b'"') + content.count(b"'")
    if quotes > 2 * MOST_ATTRIBUTES and (found := _OVERLOADED.search(content)):
        raise ReadError(f"line {_line(content, found.start())}: an element has more than {MOST_ATTRIBUTES} attributes")
    if (quotes > _FEW or _far_from_tags(content)) and (found := _OVERLONG.search(content)):
        raise ReadError(f"line {_line(content, found.start())}: an attribute of more than {LONGEST_ATTRIBUTE} bytes")


def _far_from_tags(content: bytes) -> bool:
    """True if any quote is farther from the next tag than an attribute may be long."""
    for quote in (b'"', b"'"):
        at = content.find(quote)
        while 0 <= at < len(content) - LONGEST_ATTRIBUTE:
            if content.find(b"<", at, at + LONGEST_ATTRIBUTE) < 0:
                return True
            at = content.find(quote, at + 1)
    return False


def _check_namespaces(root: etree._Element) -> None:
    """Check how many namespaces are in scope anywhere, those of the same prefix each for itself."""
    scope = 0
    for event, _ in etree.iterwalk(root, events=("start-ns", "end-ns")):
        scope += 1 if event == "start-ns" else -1
        if scope > MOST_NAMESPACES:
            raise ReadError(f"more than {MOST_NAMESPACES} namespaces are declared in one place")


def _line(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1


def _check_instructions(root: etree._Element) -> None:
    kind = etree.ProcessingInstruction
    around = (each for before in (True, False) for each in root.itersiblings(kind, preceding=before))
    found = next((each for places in (root.iter(kind), around) for each in places), None)
    if found is not None:
        raise ReadError(f"line {found.sourceline}: processing instructions are refused")


#: The first element of a document that is more than ``DEEPEST`` levels deep, found level by level, without recursion.
_too_deep = etree.XPath(f"({'/*' * (DEEPEST + 1)})[1]")


def _check_depth(root: etree._Element) -> None:
    found = _too_deep(root)
    if isinstance(found, list) and found:
        raise ReadError(f"line {found[0].sourceline}: elements inside each other more than {DEEPEST} deep")
