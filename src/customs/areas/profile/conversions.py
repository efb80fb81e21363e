"""Texts of values (值的写法): how a field of a profile writes a value, and how its text is read back.

>>> from customs.areas.profile.fields import FieldSpec
>>> grams = conversion(FieldSpec(name="weight", **{"from": "waybill.gross_weight"}, factor="1000"), "decimal", {}, {})
>>> grams.write(Decimal("1.25")), grams.read("1250")
('1250', Decimal('1.25'))
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any

from customs.areas.profile.base import FactKind
from customs.areas.profile.fields import FieldSpec
from customs.areas.profile.model import CodeMap
from customs.areas.profile.patterns import DAY, MOMENT, time_reader, time_writer
from customs.areas.profile.tables import table
from customs.codes import code_list
from customs.fields.digits import DIGITS, PLACES, PLAIN_NUMBER, plain_digits
from customs.fields.moments import china_day, china_time
from customs.fields.money import EXACT


class CodeError(LookupError):
    """A code or an enterprise that the area has no word for."""


class Writing(IntEnum):
    """The ways to write a value, the cheapest first."""

    AS_TEXT = 0
    """A text goes into the message unchanged."""
    AS_DIGITS = 1
    """A number goes into the message by its digits, without zeros beyond ``Conversion.scale``."""
    BY_CODE = 2
    """A text is looked up in ``Conversion.codes``."""
    BY_FUNCTION = 3
    """``Conversion.write`` is called."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """Writes the values of a field and reads them back. Of several values that are written alike, one is read."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]
    writing: Writing = Writing.BY_FUNCTION
    codes: Mapping[str, str] | None = None
    scale: int | None = None


# Texts of local facts


_given_decimal = re.compile(PLAIN_NUMBER).fullmatch


def _decimal(text: str) -> Decimal:
    if not _given_decimal(text) or (len(text) > DIGITS and len(text) - ("." in text) > DIGITS):
        raise ValueError("not plain digits")
    return Decimal(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 10):
        raise ValueError("not a whole number")
    return int(text)


#: Reads a local fact, which is given as text; each raises ``ValueError``.
VALUE_OF: Mapping[FactKind, Callable[[str], str | Decimal | int | datetime | date]] = {
    "text": str,
    "decimal": _decimal,
    "count": _count,
    "moment": china_time,
    "day": china_day,
}


# Texts of fields


def conversion(
    spec: FieldSpec, kind: FactKind, code_maps: Mapping[str, CodeMap], numbers: Mapping[str, Mapping[str, str]]
) -> Conversion:
    """The conversion of a field whose values are of a kind; ``numbers`` has the numbers of enterprises by numbering.

    Raises ``LookupError`` for a code map that does not exist.
    """
    found = _of_kind(spec, kind)
    if spec.code_map is not None:
        found = _mapped(found, *codes_of(code_maps[spec.code_map]), spec.code_map)
    elif spec.numbering is not None:
        there = numbers.get(spec.numbering, {})
        found = _mapped(found, there, {number: code for code, number in there.items()}, spec.numbering)
    return found if spec.pad is None else _padded(found, spec.pad)


def _of_kind(spec: FieldSpec, kind: FactKind) -> Conversion:
    match kind:
        case "decimal":
            return _decimals(spec)
        case "count":
            return Conversion(str, VALUE_OF["count"], Writing.AS_DIGITS)
        case "moment":
            pattern = spec.time_format or MOMENT
            return Conversion(time_writer(pattern), _moment_reader(pattern))
        case "day":
            pattern = spec.time_format or DAY
            parsed = time_reader(pattern)
            return Conversion(time_writer(pattern), lambda text: parsed(text).date())
        case _:
            return Conversion(str, str, Writing.AS_TEXT)


def _moment_reader(pattern: str) -> Callable[[str], datetime]:
    """The reader of a pattern; where that is a day, a time after it is read too, as some clients write it."""
    plain = time_reader(pattern)
    if "HH" in pattern:
        return plain
    longer = time_reader(f"{pattern} HH:mm:ss")
    return lambda text: plain(text) if len(text) == len(pattern) else longer(text)


def _padded(plain: Conversion, width: int) -> Conversion:
    return Conversion(lambda value: plain.write(value).zfill(width), plain.read)


def _mapped(plain: Conversion, there: Mapping[str, str], back: Mapping[str, str], name: str) -> Conversion:
    def write(value: Any) -> str:
        text = plain.write(value)
        if text not in there:
            raise CodeError(name)
        return there[text]

    def read(text: str) -> Any:
        if text not in back:
            raise CodeError(name)
        return plain.read(back[text])

    of_text = plain.writing is Writing.AS_TEXT
    return replace(
        plain,
        write=write,
        read=read,
        writing=Writing.BY_CODE if of_text else Writing.BY_FUNCTION,
        codes=there if of_text else None,
    )


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
_WRITTEN = re.compile(r"-?[0-9]{1,25}(\.[0-9]{1,10})?")


def _decimals(spec: FieldSpec) -> Conversion:
    factor, least, places, scale = spec.factor, spec.least, spec.places, spec.scale

    def write(value: Any) -> str:
        if factor is not None:
            value = EXACT.multiply(value, factor).normalize(EXACT)
        if least is not None and value < least:
            value = least
        if places is not None:
            return f"{value:.{places}f}"
        text = plain_digits(value)
        return text if scale is None else within_scale(text, scale)

    def read(text: str) -> Decimal:
        if not _WRITTEN.fullmatch(text):
            raise ValueError("not plain digits")
        value = Decimal(text)
        return value if factor is None else EXACT.divide(value, factor)

    if factor is None and least is None and places is None:
        return Conversion(write, read, Writing.AS_DIGITS, scale=None if scale is None or scale >= PLACES else scale)
    return Conversion(write, read)


def within_scale(text: str, scale: int) -> str:
    """Plain digits with no more places than the scale: zeros beyond it are left out; other digits were refused before.

    >>> within_scale("1.500", 2), within_scale("1.500", 3)
    ('1.5', '1.500')
    """
    return plain_digits(Decimal(text).normalize(EXACT)) if text.find(".", 0, -scale - 1) >= 0 else text
