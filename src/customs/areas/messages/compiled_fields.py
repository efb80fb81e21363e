"""Columns (字段列): a field of a profile as functions, for one area in use: fact to text, and text to fact.

A column is compiled once and used for every parcel. ``value`` finds the canonical value, ``conversion`` writes the
area's text for it and reads it back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any, Literal

from customs.areas.area import Area, kept
from customs.areas.messages.parcel_facts import LineFacts, MessageFacts, ParcelFacts, Values
from customs.areas.profile.base import FactKind
from customs.areas.profile.conversions import CodeError, Conversion, codes_of, conversion
from customs.areas.profile.expressions import FactName, Hole, Summand, Template
from customs.areas.profile.facts import Fact, fact_named
from customs.areas.profile.fields import FieldSpec, LocalEnvelope, LocalMessage
from customs.areas.profile.patterns import DAY, MOMENT, time_writer
from customs.fields.digits import plain_digits
from customs.fields.money import EXACT, ZERO

#: How often a field is written: once in a message, once for each parcel, once for each line of goods.
Level = Literal["message", "document", "line"]

#: Finds a value in the facts of a parcel, of a line and of a message; None where it is not given.
Getter = Callable[[ParcelFacts, LineFacts, MessageFacts], Any]

#: Finds the values of a section.
SectionOf = Callable[[ParcelFacts, LineFacts, MessageFacts], Values]

#: Writes a text from the facts of a parcel, of a line and of a message.
TextOf = Callable[[ParcelFacts, LineFacts, MessageFacts], str]


@dataclass(frozen=True, slots=True)
class Column:
    """A field with its place and its functions. ``constant`` is its text where no parcel changes it."""

    place: str
    spec: FieldSpec
    level: Level
    fact: Fact | None
    constant: str | None
    value: Getter
    conversion: Conversion
    double_width: bool = False
    """True if a character outside ASCII counts as two in the length of the field."""

    @property
    def plain(self) -> bool:
        """True if the value is that of its fact and nothing else, in a section that has every name."""
        spec = self.spec
        given = self.fact is not None and self.fact.section not in ("parameter", "step")
        return given and self.constant is None and spec.or_ is None and spec.default is None and spec.total is None

    @property
    def of_a_parcel(self) -> bool:
        """True if the value is a fact of a parcel, not one of its message or the settings."""
        return self.fact is not None and not self.fact.name.shared

    @property
    def path(self) -> str:
        """The element's path below the root."""
        return f"{self.place}/{self.spec.name}" if self.place else self.spec.name

    def length(self, text: str) -> int:
        """How many characters a text counts in this field."""
        if not self.double_width or text.isascii():
            return len(text)
        return 2 * len(text) - len(text.encode("ascii", "ignore"))

    def write(self, value: Any) -> str:
        """The area's text for a value. Raises ``CodeError`` for a code that the area has no word for."""
        return self.conversion.write(value)

    def read(self, text: str) -> Any:
        """The value of the area's text. Raises ``CodeError`` and ``ValueError``."""
        return self.conversion.read(text)


@kept
def columns_of(area: Area, tree: LocalEnvelope) -> tuple[Column, ...]:
    """The columns of a message or an envelope, in the order of the profile."""
    wide = isinstance(tree, LocalMessage) and tree.double_width
    columns = (_column(area, spec, section.path, _level(section.path, tree)) for section, spec, _ in tree.fields())
    return tuple([replace(each, double_width=wide) for each in columns] if wide else columns)


def _level(place: str, tree: LocalEnvelope) -> Level:
    if not isinstance(tree, LocalMessage):
        return "document"
    parcel = tree.parcel_path
    if any(place == line or place.startswith(f"{line}/") for line in tree.line_paths):
        return "line"
    return "document" if not parcel or place == parcel or place.startswith(f"{parcel}/") else "message"


def _column(area: Area, spec: FieldSpec, place: str, level: Level) -> Column:
    name = spec.from_ or spec.total
    found = fact_named(name, area.profile) if name else None
    kind: FactKind = found.kind if found else "decimal" if spec.sum else "text"
    texts = conversion(spec, kind, area.profile.code_maps, area.numbers)
    constant = _constant_text(area, spec, found, texts)
    value = constant_value(constant) if constant is not None else _value(area, spec, found, texts)
    return Column(place, spec, level, found, constant, value, texts)


def _constant_text(area: Area, spec: FieldSpec, found: Fact | None, texts: Conversion) -> str | None:
    if not spec.filled:
        return ""
    if found and found.section == "parameter":
        given = area.parameter(found.field)
        return "" if given is None else texts.write(given)
    return spec.const


def constant_value(value: Any) -> Getter:
    """A getter that gives the same value for every parcel."""
    return lambda parcel, line, message: value


def _value(area: Area, spec: FieldSpec, found: Fact | None, texts: Conversion) -> Getter:
    if spec.template is not None:
        return writer_of(area, spec.template)
    if spec.total is not None:
        return _total(getter(spec.total))
    get = sum_of(spec.sum) if spec.sum is not None else getter(found.name) if found else constant_value("")
    if spec.or_ is not None:
        get = _or(get, getter(spec.or_))
    return get if spec.default is None else _or(get, constant_value(texts.read(spec.default)))


def _or(get: Getter, other: Getter) -> Getter:
    def value(parcel: ParcelFacts, line: LineFacts, message: MessageFacts) -> Any:
        found = get(parcel, line, message)
        return other(parcel, line, message) if found is None else found

    return value


#: The sections of the facts of a line and of a message; all others are those of a parcel.
_OF_LINE, _OF_MESSAGE = ("line", "goods"), ("message", "parameter", "step")


#: Finds the values of each section.
_SECTIONS: Mapping[str, SectionOf] = {
    "parties": lambda parcel, line, message: parcel.parties,
    "order": lambda parcel, line, message: parcel.order,
    "payment": lambda parcel, line, message: parcel.payment,
    "waybill": lambda parcel, line, message: parcel.waybill,
    "clearance": lambda parcel, line, message: parcel.clearance,
    "parcel": lambda parcel, line, message: parcel.parcel,
    "tax": lambda parcel, line, message: parcel.tax,
    "local": lambda parcel, line, message: parcel.local,
    "line": lambda parcel, line, message: line.line,
    "goods": lambda parcel, line, message: line.goods,
    "message": lambda parcel, line, message: message.message,
}


def section_of(section: str) -> SectionOf:
    """A function that finds the values of a section of a parcel, a line or a message."""
    return _SECTIONS[section]


def getter(name: FactName) -> Getter:
    """A function that looks up a fact."""
    take, field = attrgetter(name.section), name.field
    if name.section in _OF_LINE:
        return lambda parcel, line, message: take(line).get(field)
    if name.section in _OF_MESSAGE:
        return lambda parcel, line, message: take(message).get(field)
    return lambda parcel, line, message: take(parcel).get(field)


def sum_of(summands: tuple[Summand, ...]) -> Callable[[ParcelFacts, LineFacts, MessageFacts], Decimal | None]:
    """The sum of facts; None if none of them is given."""
    parts = [(EXACT.subtract if each.negative else EXACT.add, each.over_lines, getter(each.fact)) for each in summands]

    def add(parcel: ParcelFacts, line: LineFacts, message: MessageFacts) -> Decimal | None:
        whole, given = ZERO, False
        for with_it, over_lines, get in parts:
            for place in parcel.lines if over_lines else (line,):
                found = get(parcel, place, message)
                if found is not None:
                    whole, given = with_it(whole, found), True
        return whole if given else None

    return add


def _total(get: Getter) -> Getter:
    def value(parcel: ParcelFacts, line: LineFacts, message: MessageFacts) -> Any:
        found = [get(each, line, message) for each in message.parcels]
        return sum((each for each in found if each is not None), ZERO)

    return value


def writer_of(area: Area, template: Template) -> TextOf:
    """A function that fills a template; a fact that is not given leaves its place empty.

    The function raises ``CodeError`` for a code or an enterprise that the area has no word for.
    """
    if not template.worded:
        return _writer(template)
    return _joined([piece if isinstance(piece, str) else _worded(area, piece) for piece in template.pieces])


@lru_cache(maxsize=1024)
def _writer(template: Template) -> TextOf:
    """The function for a template without code maps and numberings: the same in every area."""
    return _joined([piece if isinstance(piece, str) else _hole(piece) for piece in template.pieces])


def _joined(parts: Sequence[str | TextOf]) -> TextOf:
    def write(parcel: ParcelFacts, line: LineFacts, message: MessageFacts) -> str:
        return "".join([part if isinstance(part, str) else part(parcel, line, message) for part in parts])

    return write


def _worded(area: Area, hole: Hole) -> TextOf:
    """The area's word for a code, or its number of an enterprise, where the hole asks for one."""
    plain, name = _hole(hole), hole.words
    if not name:
        return plain
    mapped = area.profile.code_maps.get(name)
    there = codes_of(mapped)[0] if mapped is not None else area.numbers.get(name, {})

    def write(parcel: ParcelFacts, line: LineFacts, message: MessageFacts) -> str:
        text = plain(parcel, line, message)
        if text and text not in there:
            raise CodeError(name)
        return there[text] if text else ""

    return write


def _hole(hole: Hole) -> TextOf:
    get, pattern = getter(hole.fact), hole.pattern

    def write(parcel: ParcelFacts, line: LineFacts, message: MessageFacts) -> str:
        found = get(parcel, line, message)
        if found is None:
            return ""
        if isinstance(found, date):
            return time_writer(pattern or (MOMENT if isinstance(found, datetime) else DAY))(found)
        text = plain_digits(found) if isinstance(found, Decimal) else str(found)
        return text.zfill(int(pattern)) if pattern and text else text

    return write
