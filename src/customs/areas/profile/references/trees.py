"""Trees in a profile: the elements of messages and envelopes, where they repeat, and the fields in them."""

import re
from collections.abc import Iterator

from customs.areas.area import Area
from customs.areas.messages.columns import CodeError, codes_of, form_of
from customs.areas.profile.model import AreaProfile, Envelope, FieldSpec, LocalMessage, Section
from customs.areas.profile.patterns import time_writer
from customs.areas.profile.references.names import (
    Mistake,
    Path,
    check_source,
    check_template,
    check_term,
    looks_at_lines,
    parcels_own,
)
from customs.areas.profile.sources import source

#: Names that elements and attributes can have, prefixes aside.
_NAME = re.compile(r"[^\W\d][\w.-]*")


def check_message(profile: AreaProfile, message: LocalMessage, at: Path) -> Iterator[Mistake]:
    yield from check_tree(profile, message, at, message.parcel_path, message.line_path)
    for key, text in (("id", message.id), ("file_name", message.file_name)):
        yield from check_template(profile, text, (*at, key), of_line=False)
    if message.batch > 1 and not message.parcel_path:
        yield (
            (*at, "batch"),
            "more than one parcel in a message needs `parcel_path`: the element that stands once for each",
        )
    elif message.batch > 1:
        yield from _once(message, at)
    paths = {section.path for section in message.sections}
    for key, path in (("parcel_path", message.parcel_path), ("line_path", message.line_path or "")):
        if path and not any(_within(each, path) for each in paths):
            yield (*at, key), "no section stands there"
    if message.line_path is not None and (
        message.line_path == message.parcel_path or not _within(message.line_path, message.parcel_path)
    ):
        yield (*at, "line_path"), "has to stand inside `parcel_path`"
    heads = {step.name for step in profile.gateway.before_message} if profile.gateway else set()
    for number, section in enumerate(message.sections):
        for position, spec in enumerate(section.fields):
            if spec.from_ and spec.from_.startswith("step.") and spec.from_.removeprefix("step.") not in heads:
                yield (
                    (*at, "sections", number, "fields", position, "from"),
                    "only steps of the gateway's `before_message` come before the message",
                )


def _once(message: LocalMessage, at: Path) -> Iterator[Mistake]:
    """What stands once in a message of several parcels cannot be made up of facts of one. A fact as it is may stand there: parcels in
    which it differs go into different messages.
    """
    texts: list[tuple[Path, str]] = [
        ((*at, "id"), message.id),
        ((*at, "file_name"), message.file_name),
        ((*at, "lead"), message.lead),
    ]
    texts += [((*at, "attributes", key), text) for key, text in message.attributes.items()]
    for number, section in enumerate(message.sections):
        for position, spec in enumerate(() if _within(section.path, message.parcel_path) else section.fields):
            where = (*at, "sections", number, "fields", position)
            texts += [((*where, "template"), spec.template or "")]
            if spec.sum is not None:
                yield (*where, "sum"), "stands once in a message of several parcels: `total` adds up a fact of all"
    for where, text in texts:
        for name in parcels_own(text)[:1]:
            yield where, f"{name} is a fact of one parcel, but stands once in a message of several"


def _within(path: str, outer: str) -> bool:
    return not outer or path == outer or path.startswith(f"{outer}/")


def check_tree(
    profile: AreaProfile, envelope: Envelope, at: Path, document: str, line: str | None
) -> Iterator[Mistake]:
    for key, text in envelope.attributes.items():
        yield from check_template(profile, text, (*at, "attributes", key), of_line=False)
    yield from check_template(profile, envelope.lead, (*at, "lead"), of_line=False)
    yield from _elements(envelope, at)
    seen: set[tuple[str, str]] = set()
    for number, section in enumerate(envelope.sections):
        for position, spec in enumerate(section.fields):
            if spec.omit and envelope.format == "json" and section.path not in {at for at, _ in seen}:
                yield (
                    (*at, "sections", number, "fields", position, "omit"),
                    "the first key of an object cannot be left out",
                )
            where = (*at, "sections", number, "fields", position)
            if (section.path, spec.name) in seen:
                yield (*where, "name"), f"{spec.name} stands twice in {section.path or 'the root'}"
            seen.add((section.path, spec.name))
            yield from _field(profile, spec, section, where, document, line)


def _elements(envelope: Envelope, at: Path) -> Iterator[Mistake]:
    """Names that nothing can have, and fields where elements stand that hold others."""
    xml = envelope.format == "xml"
    if xml and envelope.root and not _NAME.fullmatch(envelope.root):
        yield (*at, "root"), f"{envelope.root!r} is no name of an element"
    for key in envelope.attributes:
        if not all(map(_NAME.fullmatch, key.split(":", 1))):
            yield (*at, "attributes", key), f"{key!r} is no name of an attribute"
    holders = {
        "/".join(section.path.split("/")[:deep])
        for section in envelope.sections
        for deep in range(1, section.path.count("/") + 2)
    }
    for number, section in enumerate(envelope.sections):
        steps = section.path.split("/") if section.path else []
        if not all(_NAME.fullmatch(step) if xml else step for step in steps):
            yield (*at, "sections", number, "path"), f"{section.path!r} is no path of elements"
        for position, spec in enumerate(section.fields):
            where = (*at, "sections", number, "fields", position, "name")
            if xml and not _NAME.fullmatch(spec.name):
                yield where, f"{spec.name!r} is no name of an element"
            if "/".join([*steps, spec.name]) in holders:
                yield where, f"{spec.name!r} holds other elements, and cannot be a field"


def _field(
    profile: AreaProfile, spec: FieldSpec, section: Section, at: Path, document: str, line: str | None
) -> Iterator[Mistake]:
    of_line = line is not None and _within(section.path, line)
    outside = bool(document) and not _within(section.path, document)
    if spec.from_ is not None:
        yield from check_source(profile, spec.from_, (*at, "from"), of_line=of_line)
    if spec.or_ is not None:
        yield from _or(profile, spec, (*at, "or"), of_line=of_line)
    if spec.code_map in profile.code_maps and (spec.from_ or "").startswith("parameter."):
        yield from _mapped(profile, spec, at)
    if spec.template is not None:
        yield from check_template(profile, spec.template, (*at, "template"), of_line=of_line)
    if spec.total is not None:
        yield from check_source(profile, spec.total, (*at, "total"), kinds=("decimal", "count"))
        if not outside:
            yield (*at, "total"), "is for fields outside `parcel_path`"
        for key in ("code_map", "numbering", "pad"):
            if getattr(spec, key) is not None:
                yield (*at, key), "does not go with `total`: a sum is written as it is"
    for number, each in enumerate(spec.sum or ()):
        yield from check_term(profile, each, (*at, "sum", number), of_line=of_line)
    yield from _names(profile, spec, at, of_line=of_line)
    yield from _form(profile, spec, at)


def _or(profile: AreaProfile, spec: FieldSpec, at: Path, *, of_line: bool) -> Iterator[Mistake]:
    """What stands in for a fact has to be of its kind, since it is written the same way."""
    try:
        kinds = (source(spec.from_ or "", profile).kind,)
    except LookupError:
        kinds = None  # which is said where the source is named
    yield from check_source(profile, spec.or_ or "", at, of_line=of_line, kinds=kinds)


def _mapped(profile: AreaProfile, spec: FieldSpec, at: Path) -> Iterator[Mistake]:
    """A parameter is set once for all parcels: the map has to have whatever it may be."""
    parameter = profile.parameters.get((spec.from_ or "").removeprefix("parameter."))
    try:
        codes = codes_of(profile.code_maps[spec.code_map or ""])[0]
    except LookupError:
        return  # which is said where the table or list is named
    if parameter is not None and (not parameter.values or not codes.keys() >= set(parameter.values)):
        yield (*at, "code_map"), "a parameter with a map needs `values`, all of them in the map"


def _form(profile: AreaProfile, spec: FieldSpec, at: Path) -> Iterator[Mistake]:
    """How a value is written."""
    if spec.time_format is not None:
        try:
            time_writer(spec.time_format)
        except ValueError as error:
            yield (*at, "time_format"), str(error)
            return
    if spec.const is not None and spec.most is not None and len(spec.const) > spec.most:
        yield (*at, "const"), f"has {len(spec.const)} characters, the field takes {spec.most}"
    for key in ("code_map", "numbering") if spec.template is not None else ():
        if getattr(spec, key) is not None:
            yield (*at, key), "does not go with `template`"
    if spec.bare:
        yield from _bare(profile, spec, at)
    if spec.default is not None:
        yield from _default(profile, spec, at)


def _bare(profile: AreaProfile, spec: FieldSpec, at: Path) -> Iterator[Mistake]:
    try:
        kind = (
            source(spec.from_ or spec.total or "", profile).kind
            if spec.from_ or spec.total
            else "decimal"
            if spec.sum
            else "text"
        )
    except LookupError:
        return  # which is said where the source is named
    if kind not in ("decimal", "count") or spec.code_map or spec.numbering or spec.pad or spec.omit:
        yield (*at, "bare"), "is for numbers of JSON, written as they are"


def _default(profile: AreaProfile, spec: FieldSpec, at: Path) -> Iterator[Mistake]:
    """A default is given as the area writes it, and has to be readable as a value of the field."""
    where = (*at, "default")
    if spec.numbering is not None:
        yield where, "an enterprise's number has no default"
    try:
        kind = source(spec.from_ or "", profile).kind if spec.from_ else "decimal" if spec.sum else "text"
        form_of(Area(profile), spec, kind)[1](spec.default or "")
    except CodeError as error:
        yield where, f"{spec.default!r} is not one of the codes of {error}"
    except (ValueError, ArithmeticError):
        yield where, f"{spec.default!r} is no {kind}"
    except LookupError:
        return  # the source or the map does not exist, which is said where it is named


def _names(profile: AreaProfile, spec: FieldSpec, at: Path, *, of_line: bool) -> Iterator[Mistake]:
    for key, name, known in (
        ("code_map", spec.code_map, profile.code_maps),
        ("numbering", spec.numbering, profile.numberings),
        ("when", spec.when, profile.conditions),
        ("empty_when", spec.empty_when, profile.conditions),
    ):
        if name is None:
            continue
        if name not in known:
            yield (*at, key), f"there is no {name!r} under [{'conditions' if 'when' in key else key + 's'}]"
        elif "when" in key and not of_line and looks_at_lines(profile, profile.conditions[name]):
            yield (
                (*at, key),
                f"the condition {name!r} looks at a line of goods, but the field stands outside `line_path`",
            )
