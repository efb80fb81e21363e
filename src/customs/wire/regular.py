"""Regular documents (规范单证): documents that stand in a message exactly as the standard orders them, read whole.

A pattern made from the terms of a record matches its whole text: every element in its place, without attributes, every
value within its facets. What it matches needs no further check, and its texts become values by a table. What it does
not match may be in order all the same, and is read from the tree (``customs.wire.reader``). A test holds both equal.

>>> from customs.documents import OrderReceipt
>>> text = '''<OrderReturn><guid>4CDE1CFD-EDED-46B1-946C-B8022E42FC94</guid><ebpCode>P1</ebpCode><ebcCode>M1</ebcCode>
... <orderNo>A1</orderNo><returnStatus>2</returnStatus><returnTime>20261111080000123</returnTime></OrderReturn>'''
>>> found = regular_document(OrderReceipt, text, 0, "")
>>> found.document.returned_at, found.missing
(datetime.datetime(2026, 11, 11, 8, 0, 0, 123000), ('.returnInfo',))
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

from customs.documents import Document, Receipt
from customs.fields import Record, part_type, terms_of
from customs.fields.digits import PLACES, WHOLE_DIGITS
from customs.fields.record import assemble
from customs.fields.terms import Code, Count, Day, Decimals, Fixed, Instant, Moment, Part, Term, Text

#: Blanks between elements, and a prefix with its colon. Every repetition is possessive: a text is looked at once.
GAP = "[ \t\n]*+"
_gap = re.compile(GAP).match
_PREFIX = "((?:[^<>:/ ]++:)?+)"

#: The digits of a Count that are within its range whatever they are.
_MOST_DIGITS = 9

#: An hour that every Python knows; 24 is one for some.
_TIME = "[0-9]{8}(?:[01][0-9]|2[0-3])[0-9]{4}"

R = TypeVar("R", bound=Record)

_REFERENCES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}
_REFERENCE = re.compile("&[^;]*+;")


class Regular(NamedTuple):
    """A document that was read whole: where it ends, and the fields that customs left out of it, by their paths in it."""

    document: Document
    end: int
    missing: tuple[str, ...]


#: Reads a document whose element begins at a position; the prefix is that of its namespace, with its colon.
DocumentReader = Callable[[str, int, str], Regular | None]

#: The values of a record, from what its pattern has matched. None where a text takes the tree. Of a receipt, the wire
#: names of what is missing as well.
_Values = Callable[[re.Match[str], str], tuple[dict[str, Any], list[str]] | None]


class _Form(NamedTuple):
    """How a record stands in a message: finds it at a position, and gives the values of what was found."""

    match: Callable[[str, int], re.Match[str] | None]
    values: _Values


def regular_document(kind: type[Document], text: str, at: int, prefix: str) -> Regular | None:
    """Return the document whose element begins ``at`` a position, or None if it is not regular.

    ``text`` is part of a well-formed message, in which lines end in a line feed; ``prefix`` is the prefix of its
    namespace, with its colon.
    """
    return reading_of(kind)(text, at, prefix)


@cache
def reading_of(kind: type[Document]) -> DocumentReader:
    """Return what reads the documents of a kind: it holds fields or parts, never both."""
    parts = {name: term for name, term in terms_of(kind).items() if isinstance(term, Part)}
    assert len(parts) in (0, len(kind.model_fields)), f"{kind.message} has fields beside its parts"
    whole = _whole_in_parts(kind, parts) if parts else _whole(kind)

    def read(text: str, at: int, prefix: str) -> Regular | None:
        try:
            return whole(text, at, prefix)
        except ValueError:  # digits that are no day
            return None

    return read


class RegularRecord(NamedTuple, Generic[R]):
    """A record that was read whole, and where it ends."""

    record: R
    end: int


#: Reads a record that begins at a position; the prefix is that of its namespace, with its colon.
RecordReader = Callable[[str, int, str], RegularRecord[R] | None]


def record_reader(record: type[R], element: str) -> RecordReader[R]:
    """Return what reads a record that stands beside the documents of a message."""
    match, values_of = _form(record, element, may_lack=False)

    def read(text: str, at: int, prefix: str) -> RegularRecord[R] | None:
        found = match(text, at)
        read = values_of(found, prefix) if found else None
        return RegularRecord(assemble(record, read[0]), found.end()) if found and read else None

    return read


def _whole(kind: type[Document]) -> DocumentReader:
    match, values_of = _form(kind, kind.element, may_lack=issubclass(kind, Receipt))

    def read(text: str, at: int, prefix: str) -> Regular | None:
        found = match(text, at)
        read = values_of(found, prefix) if found else None
        if not found or not read:
            return None
        values, missing = read
        return Regular(assemble(kind, values), found.end(), tuple([f".{each}" for each in missing]))

    return read


def _whole_in_parts(kind: type[Document], terms: dict[str, Part]) -> DocumentReader:
    forms: list[tuple[str, Part, type[Record], _Form]] = []
    for name, term in terms.items():
        inner = part_type(kind, name)
        assert inner
        assert term.wire
        forms.append((name, term, inner, _form(inner, term.wire, may_lack=issubclass(kind, Receipt))))

    def read(text: str, at: int, prefix: str) -> Regular | None:
        held: dict[str, Any] = {}
        lacking: list[str] = []
        opening = f"<{prefix}{kind.element}>"
        if not text.startswith(opening, at):
            return None
        at += len(opening)
        for name, term, record, (match, values_of) in forms:
            records: list[Record] = []
            while found := match(text, at):
                read = values_of(found, prefix)
                if not read:
                    return None
                values, missing = read
                where = f".{term.wire}[{len(records)}]" if missing and term.repeated else f".{term.wire}"
                lacking += [f"{where}.{each}" for each in missing]
                records.append(assemble(record, values))
                at = found.end()
            if not records or (term.maximum is not None and len(records) > term.maximum):
                return None
            held[name] = tuple(records) if term.repeated else records[0]
        if not text.startswith(closing := f"</{prefix}{kind.element}>", at):
            return None
        at += len(closing)
        if not text.startswith("<", at) and (gap := _gap(text, at)):
            at = gap.end()
        return Regular(assemble(kind, held), at, tuple(lacking))

    return read


def _form(record: type[Record], element: str, *, may_lack: bool) -> _Form:
    """The form of a record that stands in an element. A receipt ``may_lack`` what the standard requires."""
    terms = terms_of(record)
    required = {name for name in terms if record.model_fields[name].is_required()}
    fields = "".join(_field(term, required=name in required, may_lack=may_lack) for name, term in terms.items())
    pattern = re.compile(rf"{GAP}<{_PREFIX}{element}>{GAP}{fields}</\1{element}>{GAP}")
    conversions = [(name, _CONVERSIONS[type(term)]) for name, term in terms.items() if type(term) in _CONVERSIONS]
    defaults = [(name, given) for name in terms if (given := _default(record, name, may_lack=may_lack)) is not None]
    needed = [(name, term.wire) for name, term in terms.items() if term.wire and name in required] if may_lack else []
    names, shortest = tuple(terms), [(name, least) for name, term in terms.items() if (least := _least(term)) > 1]

    def values_of(found: re.Match[str], prefix: str) -> tuple[dict[str, Any], list[str]] | None:
        texts = found.groups()
        if texts[0] != prefix:
            return None
        values: dict[str, Any] = dict(zip(names, texts[1:], strict=True))
        if "&" in found[0] and not _resolved(values, shortest):
            return None
        for name, convert in conversions:
            if (text := values[name]) is not None:
                values[name] = convert(text)
        for name, default in defaults:
            if values[name] is None:
                values[name] = default
        return values, [wire for name, wire in needed if values[name] is None]

    return _Form(pattern.match, values_of)


def _resolved(values: dict[str, Any], shortest: list[tuple[str, int]]) -> bool:
    """Put the characters that references stand for into the values; False if that takes the tree."""
    for name, text in values.items():
        if text and "&" in text:
            if "&#" in text:
                return False
            values[name] = _REFERENCE.sub(lambda found: _REFERENCES.get(found[0], found[0]), text)
    return all(values[name] is None or len(values[name]) >= least for name, least in shortest)


def _default(record: type[Record], name: str, *, may_lack: bool) -> str | None:
    """The value of a field that captured no text: it is left out, or is an empty element where one is required."""
    info = record.model_fields[name]
    if info.is_required():
        return None if may_lack or _least(terms_of(record)[name]) else ""
    return str(info.default) if info.default is not None else None


def _field(term: Term, *, required: bool, may_lack: bool) -> str:
    """The pattern of a field, which captures its text. An empty element is as good as none, but where it is required."""
    tag = rf"\1{term.wire}"
    value = f"<{tag}>({_value(term, required=required)})</{tag}>{GAP}"
    if not required or (may_lack and _least(term)):
        return f"(?:{value}|<{tag}(?:/>|></{tag}>){GAP})?+"
    if may_lack:
        return f"(?:{value})?+"
    return value if _least(term) else f"(?:{value}|<{tag}/>{GAP})"


def _value(term: Term, *, required: bool) -> str:
    """The pattern of the texts of a term: those that are in order however they are looked at."""
    match term:
        case Text(minimum=least, maximum=most, pattern=pattern):
            ahead = f"(?=(?:{pattern})<)" if pattern else ""
            return f"{ahead}[^<]{{{least if required else max(least, 1)},{'' if most is None else most}}}+"
        case Code(length=length):
            return f"[^<]{{{length}}}"
        case Fixed(value=value):
            return re.escape(value)
        case Count(digits=digits):
            return f"[0-9]{{1,{min(digits or _MOST_DIGITS, _MOST_DIGITS)}}}+"
        case Decimals():
            return rf"-?[0-9]{{1,{WHOLE_DIGITS}}}+(?:\.[0-9]{{1,{PLACES}}}+)?+"
        case Moment():
            return _TIME
        case Instant():
            return f"{_TIME}[0-9]{{3}}"
        case Day():
            return "[0-9]{8}"
        case _:
            raise TypeError(f"{term.wire} has no text")


def _least(term: Term) -> int:
    """The characters that a value has at least."""
    return term.minimum if isinstance(term, Text) else term.length if isinstance(term, Code) else 1


def _moment(digits: str) -> datetime:
    return datetime.fromisoformat(f"{digits[:8]}T{digits[8:]}")


def _instant(digits: str) -> datetime:
    return datetime.fromisoformat(f"{digits[:8]}T{digits[8:14]}.{digits[14:]}")


#: The value of a text that its pattern matches.
_CONVERSIONS: dict[type[Term], Callable[[str], Any]] = {
    Count: int,
    Day: date.fromisoformat,
    Decimals: Decimal,
    Instant: _instant,
    Moment: _moment,
}
