"""Messages and envelopes in a profile: names of elements, where parcels and lines repeat, and what may stand once in
a batch.
"""

import re
from collections.abc import Iterator

from customs.areas.profile.fields import LocalEnvelope, LocalMessage, Path
from customs.areas.profile.mistakes.conditions import looks_at_lines
from customs.areas.profile.mistakes.fields import check_field
from customs.areas.profile.mistakes.names import Mistake, check_template, facts_of_a_parcel
from customs.areas.profile.model import AreaProfile

#: Matches the names that elements and attributes can have, prefixes aside.
_NAME = re.compile(r"[^\W\d][\w.-]*")


def check_message(profile: AreaProfile, message: LocalMessage, at: Path) -> Iterator[Mistake]:
    """Yield the mistakes of a message: those of its tree, and of where its parcels and lines repeat."""
    yield from check_tree(profile, message, at, message.parcel_path, message.line_paths)
    if message.when is not None and message.when not in profile.conditions:
        yield (*at, "when"), f"there is no condition {message.when!r}"
    elif message.when is not None and looks_at_lines(profile, profile.conditions[message.when]):
        yield (*at, "when"), f"the condition {message.when!r} looks at a line of goods, a message at the whole parcel"
    if message.batch > 1 and not message.parcel_path:
        yield (*at, "batch"), "more than one parcel in a message needs `parcel_path`: the element of each parcel"
    elif message.batch > 1:
        yield from _once(message, at)
    yield from _repeated(message, at)
    before = {step.name for step in profile.gateway.before_message} if profile.gateway else set()
    for _, spec, place in message.fields():
        if spec.from_ and spec.from_.section == "step" and spec.from_.field not in before:
            yield (*at, *place, "from"), "only steps of the gateway's `before_message` come before the message"


def _repeated(message: LocalMessage, at: Path) -> Iterator[Mistake]:
    paths = {section.path for section in message.sections}
    lines: list[tuple[Path, str]] = [
        ((*at, "further_lines", number), path) for number, path in enumerate(message.further_lines)
    ]
    if message.line_path is not None:
        lines.append(((*at, "line_path"), message.line_path))
    elif lines:
        yield (*at, "further_lines"), "goes with `line_path`"
    for place, path in (((*at, "parcel_path"), message.parcel_path), *lines):
        if path and not any(within(each, path) for each in paths):
            yield place, "no section is there"
    for place, path in lines:
        if path == message.parcel_path or not within(path, message.parcel_path):
            yield place, "has to stand inside `parcel_path`"


def _once(message: LocalMessage, at: Path) -> Iterator[Mistake]:
    """Refuse texts that are made up of facts of one parcel where a message of several parcels has one text.

    A single fact may stand there: parcels in which it differs go into different messages.
    """
    templates = [(template, (*at, *place)) for template, place in message.templates()]
    for section, spec, place in message.fields():
        if within(section.path, message.parcel_path):
            continue
        if spec.template is not None:
            templates.append((spec.template, (*at, *place, "template")))
        if spec.sum is not None:
            yield (*at, *place, "sum"), "appears once in a message of several parcels: `total` adds up a fact of all"
    for template, where in templates:
        for name in facts_of_a_parcel(template)[:1]:
            yield where, f"{name} is a fact of one parcel, but appears once in a message of several"


def within(path: str, outer: str) -> bool:
    """True if a path is that of an element or of something inside it."""
    return not outer or path == outer or path.startswith(f"{outer}/")


def check_tree(
    profile: AreaProfile, envelope: LocalEnvelope, at: Path, parcel_path: str, line_paths: tuple[str, ...]
) -> Iterator[Mistake]:
    """Yield the mistakes of the elements of a message or an envelope and of the fields in them."""
    for template, place in envelope.templates():
        yield from check_template(profile, template, (*at, *place), of_line=False)
    yield from _elements(envelope, at)
    seen: set[tuple[str, str]] = set()
    for section, spec, place in envelope.fields():
        where = (*at, *place)
        if spec.omit and envelope.format == "json" and section.path not in {path for path, _ in seen}:
            yield (*where, "omit"), "the first key of an object cannot be left out"
        if (section.path, spec.name) in seen:
            yield (*where, "name"), f"{spec.name} appears twice in {section.path or 'the root'}"
        seen.add((section.path, spec.name))
        of_line = any(within(section.path, line) for line in line_paths)
        once = bool(parcel_path) and not within(section.path, parcel_path)
        yield from check_field(profile, spec, where, of_line=of_line, once=once)


def _elements(envelope: LocalEnvelope, at: Path) -> Iterator[Mistake]:
    """Yield names that no element can have, and fields that stand where other elements are."""
    xml = envelope.format == "xml"
    if envelope.unprefixed and not any(within(each.path, envelope.unprefixed) for each in envelope.sections):
        yield (*at, "unprefixed"), "no section is there"
    if xml and envelope.root and not _NAME.fullmatch(envelope.root):
        yield (*at, "root"), f"{envelope.root!r} cannot be the name of an element"
    for key in envelope.attributes:
        if not all(map(_NAME.fullmatch, key.split(":", 1))):
            yield (*at, "attributes", key), f"{key!r} cannot be the name of an attribute"
    for number, section in enumerate(envelope.sections):
        steps = section.path.split("/") if section.path else []
        if not all(_NAME.fullmatch(step) if xml else step for step in steps):
            yield (*at, "sections", number, "path"), f"{section.path!r} is not a path of elements"
    holders = _holders(envelope)
    for section, spec, place in envelope.fields():
        if xml and not _NAME.fullmatch(spec.name):
            yield (*at, *place, "name"), f"{spec.name!r} cannot be the name of an element"
        if "/".join(filter(None, (section.path, spec.name))) in holders:
            yield (*at, *place, "name"), f"{spec.name!r} holds other elements, and cannot be a field"


def _holders(envelope: LocalEnvelope) -> set[str]:
    """The paths of the elements that hold others."""
    return {
        "/".join(section.path.split("/")[:deep])
        for section in envelope.sections
        for deep in range(1, section.path.count("/") + 2)
    }
