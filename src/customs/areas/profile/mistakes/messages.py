"""Messages and envelopes in a profile: names of elements, where parcels and lines repeat, and what may stand once in
a batch.
"""

import re
from collections.abc import Iterator

from customs.areas.profile.fields import LocalEnvelope, LocalMessage, Path
from customs.areas.profile.mistakes.fields import check_field
from customs.areas.profile.mistakes.names import Mistake, check_template, facts_of_a_parcel
from customs.areas.profile.model import AreaProfile

#: Matches the names that elements and attributes can have, prefixes aside.
_NAME = re.compile(r"[^\W\d][\w.-]*")


def check_message(profile: AreaProfile, message: LocalMessage, at: Path) -> Iterator[Mistake]:
    """Yield the mistakes of a message: those of its tree, and of where its parcels and lines repeat."""
    yield from check_tree(profile, message, at, message.parcel_path, message.line_path)
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
    for key, path in (("parcel_path", message.parcel_path), ("line_path", message.line_path or "")):
        if path and not any(within(each, path) for each in paths):
            yield (*at, key), "no section is there"
    line = message.line_path
    if line is not None and (line == message.parcel_path or not within(line, message.parcel_path)):
        yield (*at, "line_path"), "has to stand inside `parcel_path`"


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
    profile: AreaProfile, envelope: LocalEnvelope, at: Path, parcel_path: str, line_path: str | None
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
        of_line = line_path is not None and within(section.path, line_path)
        once = bool(parcel_path) and not within(section.path, parcel_path)
        yield from check_field(profile, spec, where, of_line=of_line, once=once)


def _elements(envelope: LocalEnvelope, at: Path) -> Iterator[Mistake]:
    """Yield names that no element can have, and fields that stand where other elements are."""
    xml = envelope.format == "xml"
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
