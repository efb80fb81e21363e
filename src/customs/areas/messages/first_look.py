"""The first look (初步检查) at a parcel: which facts could be wrong for any field of its messages, found in one go.

Many fields of the messages of an area draw on the same fact. It is looked at once, against the tightest of their
limits. The look decides only that nothing can be wrong; it names the checks of fields that may find something, and
those decide and say what it is.
"""

from collections.abc import Callable, Iterable, Sequence
from math import inf
from operator import gt
from typing import Any, NamedTuple

from customs.areas.area import Area
from customs.areas.messages.compiled_fields import Column, SectionOf, section_of
from customs.areas.messages.limits import fault_of, is_limited, only_length_matters
from customs.areas.messages.parcel_facts import NO_LINE, LineFacts, MessageFacts, ParcelFacts, Values
from customs.areas.messages.templates import taken

#: Gives the places of the checks that may find something, in no order.
Suspicion = Callable[[ParcelFacts, MessageFacts], Iterable[int]]

#: True if nothing is wrong with a value that is given.
Fits = Callable[[Any], bool]


class _Glance(NamedTuple):
    """A fact with one form: the places of the checks that are asked where it is not given, where it is an empty text,
    and where it is longer than ``most`` or does not fit.
    """

    absent: tuple[int, ...]
    empty: tuple[int, ...]
    wrong: tuple[int, ...]
    most: float
    fits: Fits | None


class _Group(NamedTuple):
    """The glances at one section: where it is found, which values are taken from it, and what each may be.

    Texts that every parcel has are apart, with the longest that each may be in ``lengths``: most often all of them fit.
    """

    section: SectionOf
    take: Callable[[Values], tuple[Any, ...]]
    glances: list[_Glance]
    lengths: list[float] | None


def can_be_looked_at(column: Column) -> bool:
    """True if the value is that of a fact, or of something else only where that fact is not given."""
    spec, fact = column.spec, column.fact
    if fact is None or column.constant is not None or spec.total is not None or spec.empty_when is not None:
        return False
    return fact.section not in ("message", "parameter", "step") and (column.level == "line" or not fact.of_line)


def look_of(area: Area, columns: Sequence[tuple[int, Column]]) -> Suspicion:
    """The look at fields, each with the place of its check."""
    of_parcel, of_lines = (
        _groups(area, [(at, each) for at, each in columns if each.fact and each.fact.of_line is in_line])
        for in_line in (False, True)
    )

    def look(parcel: ParcelFacts, message: MessageFacts) -> list[int]:
        found: list[int] = []
        _glance(of_parcel, parcel, NO_LINE, message, found)
        for line in parcel.lines if of_lines else ():
            _glance(of_lines, parcel, line, message, found)
        return found

    return look


def _glance(
    groups: list[_Group], parcel: ParcelFacts, line: LineFacts, message: MessageFacts, found: list[int]
) -> None:
    """Add the places of the checks that may find something in a parcel or a line of it."""
    for section, take, glances, lengths in groups:
        values = take(section(parcel, line, message))
        if lengths is not None and all(values) and not any(map(gt, map(len, values), lengths)):
            continue
        for value, (absent, empty, wrong, most, fits) in zip(values, glances, strict=True):
            if not value and (value is None or value == ""):  # a Decimal takes long to be no text
                found += absent if value is None else empty
            elif fits is not None:
                if not fits(value):
                    found += wrong
            elif most is not inf and len(value) > most:
                found += wrong


def _groups(area: Area, columns: list[tuple[int, Column]]) -> list[_Group]:
    merged: dict[tuple[str, str, object], _Glance] = {}
    usual = set[tuple[str, str, object]]()
    for at, column in columns:
        assert column.fact is not None, "only fields with a fact are looked at"
        form, fits = _form(area, column)
        most = column.spec.most if fits is None and column.spec.most is not None else inf
        needed = (at,) if column.spec.needed else ()
        found = _Glance((at,) if _asks_when_absent(area, column) else (), needed, (at,), most, fits)
        key = (column.fact.section, column.fact.field, form)
        if needed and column.spec.when is None:
            usual.add(key)
        merged[key] = _joined(merged[key], found) if key in merged else found
    groups: dict[tuple[str, bool], list[tuple[str, _Glance]]] = {}
    for key, each in merged.items():
        section, field, _ = key
        of_length = each.fits is None and each.most is not inf
        if of_length or each.fits or each.absent or each.empty:
            by_length = of_length and each.absent != () and key in usual
            groups.setdefault((section, by_length), []).append((field, each))
    return [
        _Group(
            section_of(section),
            taken([field for field, _ in found_in]),
            [each for _, each in found_in],
            [each.most for _, each in found_in] if by_length else None,
        )
        for (section, by_length), found_in in groups.items()
    ]


def _joined(one: _Glance, other: _Glance) -> _Glance:
    return _Glance(
        one.absent + other.absent,
        one.empty + other.empty,
        one.wrong + other.wrong,
        min(one.most, other.most),
        one.fits,
    )


def _asks_when_absent(area: Area, column: Column) -> bool:
    spec = column.spec
    if spec.or_ is not None:
        return True
    if spec.default is not None:
        return fault_of(area, column)(column.read(spec.default)) is not None
    return spec.needed


def _form(area: Area, column: Column) -> tuple[object, Fits | None]:
    """The test of values that are given, with a key that is equal for equal tests; none if only length matters."""
    spec, fact = column.spec, column.fact
    assert fact is not None, "only fields with a fact are looked at"
    if only_length_matters(column) or not is_limited(spec):
        return None, None
    fault = fault_of(area, column)
    codes = column.conversion.codes
    if codes is not None and spec.pad is None and spec.places is None:
        allowed = frozenset(code for code in codes if fault(code) is None)
        return allowed, allowed.__contains__
    as_written = all(each is None for each in (spec.code_map, spec.numbering, spec.places, spec.pad, spec.factor))
    if as_written and spec.least is None and fact.kind in ("decimal", "count"):
        most = min(inf if spec.most is None else spec.most, inf if spec.digits is None else spec.digits)
        places = inf if spec.scale is None or fact.kind == "count" else spec.scale
        return (most, places), _short_number(most, places)
    limits = ("most", "digits", "scale", "places", "factor", "least", "pad", "time_format", "code_map", "numbering")
    return (fact.kind, *(getattr(spec, each) for each in limits)), lambda value: fault(value) is None


def _short_number(most: float, places: float) -> Fits:
    """True for a number that has no more digits and places as it stands; a sign and a point count as digits here."""

    def fits(value: Any) -> bool:
        text = str(value)
        return len(text) <= most and "E" not in text and len(text.partition(".")[2]) <= places

    return fits
