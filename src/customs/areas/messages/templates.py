"""Compiled messages (报文模板): all that no parcel changes is one string with holes, and the facts fill the holes.

Most holes are plain, and are filled kind by kind and section by section; the others by a function of their own.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from customs.areas.messages.compiled_fields import Column, SectionOf, TextOf, section_of
from customs.areas.messages.parcel_facts import LineFacts, MessageFacts, ParcelFacts, Values
from customs.areas.profile.conversions import CodeError, Writing, within_scale
from customs.wire.canonical import escape


class Syntax(NamedTuple):
    """XML or JSON: how a text is escaped, and a test if it has to be."""

    escape: Callable[[str], str]
    special: Callable[[str], object]


XML = Syntax(escape, re.compile("[&<>\r]").search)
JSON = Syntax(lambda text: json.dumps(text, ensure_ascii=False)[1:-1], re.compile(r'["\\\x00-\x1f]').search)


class _Slot(NamedTuple):
    """A hole of a compiled message: how it is filled, and from which field, or by which function."""

    writing: Writing
    section: str
    field: str
    codes: Mapping[str, str]
    text_of: TextOf | None
    scale: int | None = None


def _slot(part: TextOf | Column, syntax: Syntax) -> _Slot:
    if not isinstance(part, Column):
        return _Slot(Writing.BY_FUNCTION, "", "", {}, part)
    texts, found = part.conversion, part.fact
    if texts.writing is Writing.BY_FUNCTION or not part.plain or found is None:
        return _Slot(Writing.BY_FUNCTION, "", "", {}, text_of_column(part, syntax))
    codes = {code: syntax.escape(text) for code, text in (texts.codes or {}).items()}
    return _Slot(texts.writing, found.section, found.field, codes, None, texts.scale)


def text_of_column(column: Column, syntax: Syntax) -> TextOf:
    """A function that writes the escaped text of a field; empty where nothing is given."""
    get, write, special, escape_text = column.value, column.conversion.write, syntax.special, syntax.escape

    def text(parcel: ParcelFacts, line: LineFacts, message: MessageFacts) -> str:
        value = get(parcel, line, message)
        if value is None:
            return ""
        written = write(value)
        return escape_text(written) if special(written) else written

    def unchanged(parcel: ParcelFacts, line: LineFacts, message: MessageFacts) -> str:
        written: str = get(parcel, line, message) or ""
        return escape_text(written) if special(written) else written

    return unchanged if column.conversion.writing is Writing.AS_TEXT else text


#: Finds the values of one section, and takes several of them at once.
_Taken = tuple[SectionOf, Callable[[Values], tuple[Any, ...]]]


class CompiledMessage:
    """Text with holes, which the facts of a parcel, a line and a message fill."""

    def __init__(self, parts: Sequence[str | TextOf | Column], syntax: Syntax) -> None:
        self.text = "".join(part.replace("%", "%%") if isinstance(part, str) else "%s" for part in parts)
        self.syntax = syntax
        slots = [_slot(part, syntax) for part in parts if not isinstance(part, str)]
        by_kind = sorted(range(len(slots)), key=lambda at: slots[at][:2])
        self.order = taken([by_kind.index(at) for at in range(len(slots))]) if slots else lambda values: ()
        filled = [slots[at] for at in by_kind]
        self.texts, self.digits, self.codes = (
            list(_sections(filled, writing)) for writing in (Writing.AS_TEXT, Writing.AS_DIGITS, Writing.BY_CODE)
        )
        numbers = [slot.scale for slot in filled if slot.writing is Writing.AS_DIGITS]
        self.scales = [(at, scale, -scale - 1) for at, scale in enumerate(numbers) if scale is not None]
        self.code_of = [slot.codes for slot in filled if slot.writing is Writing.BY_CODE]
        self.functions = [slot.text_of for slot in filled if slot.text_of is not None]

    def __call__(self, parcel: ParcelFacts, line: LineFacts, message: MessageFacts) -> str:
        texts = [
            "" if each is None else each
            for section, take in self.texts
            for each in take(section(parcel, line, message))
        ]
        if self.syntax.special("".join(texts)):
            texts = list(map(self.syntax.escape, texts))
        digits = [
            "" if each is None else str(each)
            for section, take in self.digits
            for each in take(section(parcel, line, message))
        ]
        if "E" in "".join(digits):
            digits = [format(Decimal(each), "f") if "E" in each else each for each in digits]
        for at, scale, before_places in self.scales:
            if digits[at].find(".", 0, before_places) >= 0:
                digits[at] = within_scale(digits[at], scale)
        values = texts + digits
        if self.codes:
            values += self._by_code(parcel, line, message)
        if self.functions:
            values += [text_of(parcel, line, message) for text_of in self.functions]
        return self.text % self.order(values)

    def _by_code(self, parcel: ParcelFacts, line: LineFacts, message: MessageFacts) -> list[str]:
        found = [each for section, take in self.codes for each in take(section(parcel, line, message))]
        try:
            return ["" if each is None else codes[each] for each, codes in zip(found, self.code_of, strict=True)]
        except KeyError:
            raise CodeError("the maps of the area") from None


def _sections(slots: Sequence[_Slot], writing: Writing) -> Iterator[_Taken]:
    for section, each in groupby((slot for slot in slots if slot.writing is writing), key=lambda slot: slot.section):
        yield section_of(section), taken([slot.field for slot in each])


def taken(names: Sequence[Any]) -> Callable[[Any], tuple[Any, ...]]:
    """A function that takes several entries at once."""
    if len(names) == 1:
        (only,) = names
        return lambda values: (values[only],)
    return itemgetter(*names)
