"""Fields in a profile: the facts, maps and conditions that they name exist, and their values can be written and read."""

from collections.abc import Iterator

from customs.areas.profile.base import FactKind
from customs.areas.profile.conversions import CodeError, codes_of, conversion
from customs.areas.profile.facts import fact_named
from customs.areas.profile.fields import FieldSpec, Path
from customs.areas.profile.mistakes.conditions import looks_at_lines
from customs.areas.profile.mistakes.names import Mistake, check_fact, check_summand, check_template
from customs.areas.profile.model import AreaProfile
from customs.areas.profile.patterns import time_writer


def check_field(profile: AreaProfile, spec: FieldSpec, at: Path, *, of_line: bool, once: bool) -> Iterator[Mistake]:
    """Yield the mistakes of a field; ``once`` is true if a message of several parcels has it once."""
    if spec.from_ is not None:
        yield from check_fact(profile, spec.from_, (*at, "from"), of_line=of_line)
    if spec.or_ is not None:
        yield from check_fact(profile, spec.or_, (*at, "or"), of_line=of_line, kinds=_kinds(profile, spec))
    if spec.template is not None:
        yield from check_template(profile, spec.template, (*at, "template"), of_line=of_line)
    for number, each in enumerate(spec.sum or ()):
        yield from check_summand(profile, each, (*at, "sum", number), of_line=of_line)
    if spec.total is not None:
        yield from _total(profile, spec, at, once=once)
    yield from _named(profile, spec, at, of_line=of_line)
    yield from _texts(profile, spec, at)


def _kinds(profile: AreaProfile, spec: FieldSpec) -> tuple[FactKind] | None:
    """The kind of the first fact: the second, which is written the same way, has to be of that kind too."""
    try:
        return (fact_named(spec.from_ or "", profile).kind,)
    except LookupError:
        return None  # named where the first fact is used


def _total(profile: AreaProfile, spec: FieldSpec, at: Path, *, once: bool) -> Iterator[Mistake]:
    yield from check_fact(profile, spec.total or spec.facts[0], (*at, "total"), kinds=("decimal", "count"))
    if not once:
        yield (*at, "total"), "is for fields outside `parcel_path`"
    for key in ("code_map", "numbering", "pad"):
        if getattr(spec, key) is not None:
            yield (*at, key), "does not go with `total`: a sum is written unchanged"


def _named(profile: AreaProfile, spec: FieldSpec, at: Path, *, of_line: bool) -> Iterator[Mistake]:
    """Yield code maps, numberings and conditions that do not exist, or do not fit the field."""
    for key, name, known in (
        ("code_map", spec.code_map, profile.code_maps),
        ("numbering", spec.numbering, profile.numberings),
    ):
        if name is not None and name not in known:
            yield (*at, key), f"there is no {name!r} under [{key}s]"
        if name is not None and spec.template is not None:
            yield (*at, key), "does not go with `template`"
    for key, name in (("when", spec.when), ("empty_when", spec.empty_when)):
        if name is not None and name not in profile.conditions:
            yield (*at, key), f"there is no {name!r} under [conditions]"
        elif name is not None and not of_line and looks_at_lines(profile, profile.conditions[name]):
            yield (
                (*at, key),
                f"the condition {name!r} looks at a line of goods, but the field is outside `line_path`",
            )
    if spec.code_map in profile.code_maps and spec.from_ is not None and spec.from_.section == "parameter":
        yield from _mapped(profile, spec, at)


def _mapped(profile: AreaProfile, spec: FieldSpec, at: Path) -> Iterator[Mistake]:
    """A parameter is set once for all parcels: the map needs every value that it may have."""
    parameter = profile.parameters.get(spec.from_.field if spec.from_ else "")
    try:
        codes = codes_of(profile.code_maps[spec.code_map or ""])[0]
    except LookupError:
        return  # named where the table or list is
    if parameter is not None and (not parameter.values or not codes.keys() >= set(parameter.values)):
        yield (*at, "code_map"), "a parameter with a map needs `values`, all of them in the map"


def _texts(profile: AreaProfile, spec: FieldSpec, at: Path) -> Iterator[Mistake]:
    """Yield what is wrong with how a value is written."""
    if spec.time_format is not None:
        try:
            time_writer(spec.time_format)
        except ValueError as error:
            yield (*at, "time_format"), str(error)
            return
    if spec.const is not None and spec.most is not None and len(spec.const) > spec.most:
        yield (*at, "const"), f"has {len(spec.const)} characters, the field takes {spec.most}"
    kind = _kind(profile, spec)
    if kind is not None and spec.bare and not _may_be_bare(spec, kind):
        yield (*at, "bare"), "is for numbers of JSON, written as they are"
    if kind is not None and spec.default is not None:
        yield from _default(profile, spec, kind, (*at, "default"))


def _kind(profile: AreaProfile, spec: FieldSpec) -> FactKind | None:
    """The kind of the values of a field; None if its fact does not exist, which is reported where it is named."""
    name = spec.from_ or spec.total
    try:
        return fact_named(name, profile).kind if name else "decimal" if spec.sum else "text"
    except LookupError:
        return None


def _may_be_bare(spec: FieldSpec, kind: FactKind) -> bool:
    return kind in ("decimal", "count") and not (spec.code_map or spec.numbering or spec.pad or spec.omit)


def _default(profile: AreaProfile, spec: FieldSpec, kind: FactKind, at: Path) -> Iterator[Mistake]:
    """A default is written as the area writes it, and has to be readable as a value of the field."""
    if spec.numbering is not None:
        yield at, "an enterprise's number has no default"
        return
    try:
        conversion(spec, kind, profile.code_maps, {}).read(spec.default or "")
    except CodeError as error:
        yield at, f"{spec.default!r} is not one of the codes of {error}"
    except (ValueError, ArithmeticError):
        yield at, f"{spec.default!r} is not a {kind}"
    except LookupError:
        return  # the map does not exist, which is reported where it is named
