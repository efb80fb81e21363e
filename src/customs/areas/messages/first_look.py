"""The first look (初步检查) at a parcel: which facts could be wrong for any field of its messages, found in one go.

Many fields of the messages of an area draw on the same fact. It is looked at once, against the tightest of their
limits. The look decides only that nothing can be wrong; it names the checks of fields that may find something, and
those decide and say what it is.

A profile has up to two hundred fields, so the look is source that is compiled once for an area in use: a line for each
fact with the test that it mostly passes. ``_closer`` is what each line stands for.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import inf
from typing import Any, NamedTuple

from customs.areas.area import Area
from customs.areas.messages.compiled_fields import Column
from customs.areas.messages.limits import fault_of, is_limited, only_length_matters
from customs.areas.messages.parcel_facts import MessageFacts, ParcelFacts

#: Gives the places of the checks that may find something, in no order.
Suspicion = Callable[[ParcelFacts, MessageFacts], Iterable[int]]

#: True if nothing is wrong with a value that is given.
Fits = Callable[[Any], bool]


class _Glance(NamedTuple):
    """A fact with one form: the places of the checks that are asked where it is not given, where it is an empty text,
    and where it is longer than ``most`` and does not fit. Without ``fits`` nothing longer fits; without ``most`` it is
    asked of every value.
    """

    absent: tuple[int, ...]
    empty: tuple[int, ...]
    wrong: tuple[int, ...]
    most: float
    fits: Fits | None


def can_be_looked_at(column: Column) -> bool:
    """True if the value is that of a fact, or of something else only where that fact is not given."""
    spec, fact = column.spec, column.fact
    if fact is None or column.constant is not None or spec.total is not None or spec.empty_when is not None:
        return False
    return fact.section not in ("message", "parameter", "step") and (column.level == "line" or not fact.of_line)


def look_of(area: Area, columns: Sequence[tuple[int, Column]]) -> Suspicion:
    """The look at fields, each with the place of its check."""
    scope: dict[str, Any] = {"closer": _closer}
    of_lines = [(at, each) for at, each in columns if each.fact and each.fact.of_line]
    of_parcel = [pair for pair in columns if pair not in of_lines]
    source = [
        "def look(parcel, message):",
        "    found = []",
        *(f"    {line}" for line in _lines("parcel", _looked_at(area, of_parcel), scope)),
    ]
    if in_lines := _looked_at(area, of_lines):
        source += ["    for line in parcel.lines:", *(f"        {line}" for line in _lines("line", in_lines, scope))]
    source.append("    return found")
    exec(compile("\n".join(source), f"<look of {area.name}>", "exec"), scope)  # noqa: S102  names, and texts by repr
    look: Suspicion = scope["look"]
    return look


def _lines(holder: str, glances: Sequence["_LookedAt"], scope: dict[str, Any]) -> Iterator[str]:
    """The lines that look at the facts of a parcel or a line of it; what they refer to is added to ``scope``."""
    section = ""
    for each in glances:
        if each.section != section:
            section = each.section
            yield f"values = {holder}.{section}"
        name = f"{holder}_{section}_{len(scope)}"
        scope[name], scope[f"fits_{name}"] = each.glance, each.glance.fits
        yield f"value = values[{each.field!r}]"
        yield f"if {_test(each, name)}: closer({name}, value, found)"


def _test(looked_at: "_LookedAt", name: str) -> str:
    """The test, in source, of a value that takes a closer look."""
    glance = looked_at.glance
    given, absent = ("value", "not value") if looked_at.is_text else ("value is not None", "value is None")
    if glance.fits is None and glance.most is inf:
        return absent
    longer = [] if glance.most is inf else [f"len(value) > {glance.most}"]
    wrong = " and ".join([*longer, *([] if glance.fits is None else [f"not fits_{name}(value)"])])
    return f"{absent} or {wrong}" if glance.absent or glance.empty else f"{given} and {wrong}"


def _closer(glance: _Glance, value: Any, found: list[int]) -> None:
    """Add the places of the checks that may find something about a value."""
    if not value and (value is None or value == ""):
        found += glance.absent if value is None else glance.empty
    elif glance.fits is None:
        if len(value) > glance.most:
            found += glance.wrong
    elif (glance.most is inf or len(value) > glance.most) and not glance.fits(value):
        found += glance.wrong


class _LookedAt(NamedTuple):
    """A fact that is looked at: where it is found, and what it may be."""

    section: str
    field: str
    is_text: bool
    glance: _Glance


def _looked_at(area: Area, columns: Sequence[tuple[int, Column]]) -> list[_LookedAt]:
    """The facts of fields of which something may be wrong, section by section."""
    merged: dict[tuple[str, str, bool, object], _Glance] = {}
    for at, column in columns:
        assert column.fact is not None, "only fields with a fact are looked at"
        form, most, fits = _form(area, column)
        needed = (at,) if column.spec.needed else ()
        found = _Glance((at,) if _asks_when_absent(area, column) else (), needed, (at,), most, fits)
        key = (column.fact.section, column.fact.field, column.fact.kind == "text", form)
        merged[key] = _joined(merged[key], found) if key in merged else found
    looked_at = [
        _LookedAt(section, field, is_text, each)
        for (section, field, is_text, _), each in merged.items()
        if each.fits or each.most is not inf or each.absent or each.empty
    ]
    return sorted(looked_at, key=lambda each: each.section)


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


def _form(area: Area, column: Column) -> tuple[object, float, Fits | None]:
    """The length up to which a value fits, and the test of those that are longer, with a key that is equal for equal
    tests; no test if only length matters.
    """
    spec, fact = column.spec, column.fact
    assert fact is not None, "only fields with a fact are looked at"
    if only_length_matters(column) and column.double_width and (counted := spec.most) is not None:
        return ("double width", counted), counted // 2, lambda value: column.length(value) <= counted
    if only_length_matters(column) or not is_limited(spec):
        return None, inf if spec.most is None else spec.most, None
    fault = fault_of(area, column)
    codes = column.conversion.codes
    if codes is not None and spec.pad is None and spec.places is None:
        allowed = frozenset(code for code in codes if fault(code) is None)
        return allowed, inf, allowed.__contains__
    as_written = all(each is None for each in (spec.code_map, spec.numbering, spec.places, spec.pad, spec.factor))
    if as_written and spec.least is None and fact.kind in ("decimal", "count"):
        most = min(inf if spec.most is None else spec.most, inf if spec.digits is None else spec.digits)
        places = inf if spec.scale is None or fact.kind == "count" else spec.scale
        return (most, places), inf, _short_number(most, places)
    limits = ("most", "digits", "scale", "places", "factor", "least", "pad", "time_format", "code_map", "numbering")
    return (fact.kind, *(getattr(spec, each) for each in limits)), inf, lambda value: fault(value) is None


def _short_number(most: float, places: float) -> Fits:
    """True for a number that has no more digits and places as it stands; a sign and a point count as digits here."""
    if places is inf:
        return lambda value: len(text := str(value)) <= most and "E" not in text
    before_places = -int(places) - 1

    def fits(value: Any) -> bool:
        text = str(value)
        return len(text) <= most and "E" not in text and text.find(".", 0, before_places) < 0

    return fits
