"""Columns (字段列): a field of a profile as functions, for one area in use: fact to text, and text to fact.

A column is compiled once and used for every parcel. ``value`` finds the canonical value, ``write`` gives the area's text for it and
``read`` leads back; where several values are written alike, ``read`` gives the one that stands for them all.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from customs.areas.area import Area, kept
from customs.areas.messages.facts import VALUE_OF, Facts
from customs.areas.profile.model import AreaProfile, CodeMap, Envelope, FieldSpec, LocalMessage
from customs.areas.profile.patterns import DAY, MOMENT, Hole, template, time_reader, time_writer
from customs.areas.profile.sources import Source, source
from customs.areas.profile.tables import table
from customs.codes import code_list
from customs.fields.digits import plain_digits
from customs.fields.money import EXACT, ZERO

#: Where a field stands: once in a message, once for each parcel, once for each line of goods.
Level = Literal["message", "document", "line"]

Value = Callable[[Facts, Facts], Any]


#: What every number of the standard has at most: digits in all, and places after the point.
DIGITS, PLACES = 19, 5


class CodeError(LookupError):
    """A code or enterprise that the area has no word for."""


@dataclass(frozen=True, slots=True)
class Column:
    """A field with its place and its functions. ``constant`` is its text where no parcel changes it."""

    place: str
    spec: FieldSpec
    level: Level
    source: Source | None
    constant: str | None
    value: Value
    write: Callable[[Any], str]
    read: Callable[[str], Any]
    codes: Mapping[str, str] | None = None
    """Where writing a text is looking it up and nothing else: the local code of each."""

    @property
    def plain(self) -> bool:
        """Whether the value is that of its source and nothing else, in a section in which every name stands."""
        spec = self.spec
        given = self.source is not None and self.source.section not in ("parameter", "step")
        return given and self.constant is None and spec.or_ is None and spec.default is None and spec.total is None

    @property
    def path(self) -> str:
        """The element's path below the root."""
        return f"{self.place}/{self.spec.name}" if self.place else self.spec.name


@kept
def columns_of(area: Area, tree: Envelope) -> tuple[Column, ...]:
    """The columns of a message or an envelope, in the order of the profile."""
    document, line = (tree.parcel_path, tree.line_path) if isinstance(tree, LocalMessage) else ("", None)
    return tuple(
        _column(area, spec, section.path, _level(section.path, document, line))
        for section in tree.sections
        for spec in section.fields
    )


def _level(place: str, document: str, line: str | None) -> Level:
    if line is not None and (place == line or place.startswith(f"{line}/")):
        return "line"
    return "document" if not document or place == document or place.startswith(f"{document}/") else "message"


def _column(area: Area, spec: FieldSpec, place: str, level: Level) -> Column:
    found = source(spec.from_ or spec.total or "", area.profile) if spec.from_ or spec.total else None
    kind = found.kind if found else "decimal" if spec.sum else "text"
    write, read = form_of(area, spec, kind)
    constant = spec.const
    if found and found.section == "parameter":
        given = area.parameter(found.field)
        constant = "" if given is None else write(given)
    if not spec.filled:
        constant = ""
    value = _value(spec, found, read, area.profile)
    if constant is not None:
        value = _constant(constant)
    codes = _codes(area, spec) if kind == "text" and spec.pad is None else None
    return Column(place, spec, level, found, constant, value, write, read, codes)


def _codes(area: Area, spec: FieldSpec) -> Mapping[str, str] | None:
    if spec.code_map is not None:
        return codes_of(area.profile.code_maps[spec.code_map])[0]
    return area.numbers.get(spec.numbering, {}) if spec.numbering is not None else None


def _constant(value: Any) -> Value:
    return lambda facts, line: value


def _value(spec: FieldSpec, found: Source | None, read: Callable[[str], Any], profile: AreaProfile) -> Value:
    if spec.template is not None:
        return writer_of(spec.template)
    if spec.total is not None:
        assert found is not None, "a total has a source"
        return _total(getter(found))
    get = sum_of(spec.sum, profile) if spec.sum is not None else getter(found) if found else _constant("")
    if spec.or_ is not None:
        get = _or(get, getter(source(spec.or_, profile)))
    return get if spec.default is None else _or(get, _constant(read(spec.default)))


def _or(get: Value, other: Value) -> Value:
    def value(facts: Facts, line: Facts) -> Any:
        found = get(facts, line)
        return other(facts, line) if found is None else found

    return value


def getter(found: Source) -> Value:
    """How a source is looked up in the facts of a parcel and of a line; None where it is not given."""
    section, name = found.section, found.field
    if section == "line":
        return lambda facts, line: line[name]
    if section == "goods":
        return lambda facts, line: line["goods"][name]
    if section == "step":
        return lambda facts, line: facts[section].get(name)
    return lambda facts, line: facts[section][name]


def sum_of(terms: tuple[str, ...], profile: AreaProfile) -> Callable[[Facts, Facts], Decimal | None]:
    """The sum of sources, each with or without a sign, or summed over the lines; None if none of them is given."""
    parts = []
    for term in terms:
        plain = term.removeprefix("-")
        get = getter(source(plain.removeprefix("lines:"), profile))
        parts.append((-1 if term.startswith("-") else 1, plain.startswith("lines:"), get))

    def add(facts: Facts, line: Facts) -> Decimal | None:
        whole, given = ZERO, False
        for sign, over_lines, get in parts:
            for found in [get(facts, each) for each in facts["lines"]] if over_lines else [get(facts, line)]:
                if found is not None:
                    whole, given = EXACT.add(whole, EXACT.multiply(sign, found)), True
        return whole if given else None

    return add


def _total(get: Value) -> Value:
    def value(facts: Facts, line: Facts) -> Any:
        found = [get(each, line) for each in facts["message"]["parcels"]]
        return sum((each for each in found if each is not None), ZERO)

    return value


@lru_cache(maxsize=1024)
def writer_of(text: str) -> Callable[[Facts, Facts], str]:
    """A template as a function of the facts; what is not given stands as nothing."""
    parts = [piece if isinstance(piece, str) else _hole(piece) for piece in template(text)]

    def write(facts: Facts, line: Facts) -> str:
        return "".join(part if isinstance(part, str) else part(facts, line) for part in parts)

    return write


def _hole(hole: Hole) -> Callable[[Facts, Facts], str]:
    if hole.name.startswith("parameter."):
        name = hole.name.partition(".")[2]
        return lambda facts, line: facts["parameter"].get(name) or ""
    section, _, name = hole.name.partition(".")
    get: Value = {"line": lambda facts, line: line.get(name), "goods": lambda facts, line: line["goods"].get(name)}.get(
        section, lambda facts, line: facts[section].get(name)
    )

    def write(facts: Facts, line: Facts) -> str:
        found = get(facts, line)
        if found is None:
            return ""
        if isinstance(found, date):
            return time_writer(hole.form or (MOMENT if isinstance(found, datetime) else DAY))(found)
        text = plain_digits(found) if isinstance(found, Decimal) else str(found)
        return text.zfill(int(hole.form)) if hole.form and text else text

    return write


def form_of(area: Area, spec: FieldSpec, kind: str) -> tuple[Callable[[Any], str], Callable[[str], Any]]:
    """How the field's values are written and read."""
    write: Callable[[Any], str]
    read: Callable[[str], Any]
    match kind:
        case "decimal":
            write, read = _decimals(spec)
        case "count":
            write, read = str, VALUE_OF["count"]
        case "moment" | "day":
            pattern = spec.time_format or (MOMENT if kind == "moment" else DAY)
            write, parsed = time_writer(pattern), time_reader(pattern)
            read = parsed if kind == "moment" else lambda text: parsed(text).date()
        case _:
            write, read = str, str
    if spec.code_map is not None:
        there, back = codes_of(area.profile.code_maps[spec.code_map])
        write, read = _looked_up(write, there, spec.code_map), _read_by(back, read, spec.code_map)
    elif spec.numbering is not None:
        write = _looked_up(write, area.numbers.get(spec.numbering, {}), spec.numbering)
        read = _read_by(area.codes.get(spec.numbering, {}), read, spec.numbering)
    if spec.pad is not None:
        width, unpadded = spec.pad, write
        write = lambda value: unpadded(value).zfill(width)  # noqa: E731
    return write, read


def _looked_up(write: Callable[[Any], str], codes: Mapping[str, str], name: str) -> Callable[[Any], str]:
    def translated(value: Any) -> str:
        text = write(value)
        if text not in codes:
            raise CodeError(name)
        return codes[text]

    return translated


def _read_by(codes: Mapping[str, str], read: Callable[[str], Any], name: str) -> Callable[[str], Any]:
    def translated(text: str) -> Any:
        if text not in codes:
            raise CodeError(name)
        return read(codes[text])

    return translated


def codes_of(mapped: CodeMap) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Canonical codes to local ones, and back. Where several canonical codes are written alike, the first is read."""
    if mapped.table is not None:
        there: Mapping[str, str] = table(mapped.table)
    elif mapped.code_list is not None:
        there = {code: entry.zh for code, entry in code_list(mapped.code_list).items()}
    else:
        there = {canonical: local for local, canonical in mapped.reads.items()} | dict(mapped.writes)
    back: dict[str, str] = {}
    for canonical, local in there.items():
        back.setdefault(local, canonical)
    return there, {**back, **mapped.reads}


#: Numbers as areas write them, a little more than the standard has: weights in grams, amounts in fen.
_DECIMAL = re.compile(r"-?[0-9]{1,25}(\.[0-9]{1,10})?")


def _decimals(spec: FieldSpec) -> tuple[Callable[[Any], str], Callable[[str], Any]]:
    factor, least, places, scale = spec.factor, spec.least, spec.places, spec.scale

    def write(value: Any) -> str:
        if factor is not None:
            value = EXACT.multiply(value, factor).normalize(EXACT)
        if least is not None and value < least:
            value = least
        if places is not None:
            return f"{value:.{places}f}"
        if scale is not None and -value.as_tuple().exponent > scale:
            value = value.normalize(EXACT)  # zeros beyond the scale are not written; other digits have been refused
        return plain_digits(value)

    def read(text: str) -> Any:
        if not _DECIMAL.fullmatch(text):
            raise ValueError("not plain digits")
        value = Decimal(text)
        return value if factor is None else EXACT.divide(value, factor)

    as_it_is = factor is None and least is None and places is None and (scale is None or scale >= PLACES)
    return (plain_digits if as_it_is else write), read
