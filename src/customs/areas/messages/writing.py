"""The renderer (报文生成): parcels to a message of the area, XML or JSON, from the profile alone.

A message is compiled once for an area in use.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from customs.areas.area import Area, kept
from customs.areas.messages.compiled_fields import Column, TextOf, columns_of, writer_of
from customs.areas.messages.parcel_facts import NO_LINE, NO_PARCEL, NONE, LineFacts, MessageFacts, ParcelFacts
from customs.areas.messages.templates import JSON, XML, CompiledMessage, Syntax, text_of_column
from customs.areas.profile.expressions import Template
from customs.areas.profile.fields import LocalEnvelope, LocalMessage
from customs.fields.head import Guid
from customs.fields.moments import china_instant
from customs.wire.canonical import XML_DECLARATION, escape, escape_attribute


@dataclass(slots=True)
class Node:
    """An element of the tree: its children in the order in which the profile first names them."""

    name: str
    path: str
    children: dict[str, "Node | Column"] = field(default_factory=dict)


def tree_of(columns: Sequence[Column]) -> Node:
    """The tree of a message's elements below its root."""
    top = Node("", "")
    for column in columns:
        node = top
        for step in filter(None, column.place.split("/")):
            below = node.children.get(step)
            if not isinstance(below, Node):
                below = node.children[step] = Node(step, f"{node.path}/{step}".removeprefix("/"))
            node = below
        node.children[column.spec.name] = column
    return top


def _omitted(column: Column, syntax: Syntax, before: str, after: str) -> TextOf:
    """A field that is left out where it is empty, with the syntax before and after its text."""
    text_of = text_of_column(column, syntax)

    def element(parcel: ParcelFacts, line: LineFacts, message: MessageFacts) -> str:
        text = text_of(parcel, line, message)
        return f"{before}{text}{after}" if text else ""

    return element


def _bare(column: Column) -> TextOf:
    """A number as JSON has it, or null."""
    text_of = text_of_column(column, JSON)
    return lambda parcel, line, message: text_of(parcel, line, message) or "null"


def _repeated(inner: CompiledMessage, tree: LocalEnvelope, node: Node, between: str = "") -> TextOf | None:
    """A function that writes a node once for each parcel or line; None if the node does not repeat."""
    if not isinstance(tree, LocalMessage):
        return None
    if tree.parcel_path and node.path == tree.parcel_path:
        return lambda parcel, line, message: between.join([inner(each, NO_LINE, message) for each in message.parcels])
    if node.path in tree.line_paths:
        return lambda parcel, line, message: between.join([inner(parcel, each, message) for each in parcel.lines])
    return None


@kept
def _xml(area: Area, tree: LocalEnvelope) -> CompiledMessage:
    """The message as XML."""
    prefix = f"{tree.prefix}:" if tree.prefix else ""
    bare = f"{tree.unprefixed}/" if tree.unprefixed else None

    def inside(node: Node) -> Iterator[str | TextOf | Column]:
        for step, child in node.children.items():
            name = (
                step
                if bare and f"{child.path}/".startswith(bare) and child.path != tree.unprefixed
                else f"{prefix}{step}"
            )
            opening, closing = f"<{name}>", f"</{name}>"
            if isinstance(child, Node):
                parts: list[str | TextOf | Column] = [opening, *inside(child), closing]
                repeated = _repeated(CompiledMessage(parts, XML), tree, child)
                if repeated is None:
                    yield from parts
                else:
                    yield repeated
            elif child.spec.omit and not child.constant:
                yield _omitted(child, XML, opening, closing)
            else:
                inner: str | Column = child if child.constant is None else escape(child.constant)
                yield from (opening, inner, closing)

    root = f"{prefix}{tree.root}"
    lead = [writer_of(area, tree.lead)] if tree.lead else []
    content = inside(tree_of(columns_of(area, tree)))
    declaration = [XML_DECLARATION.decode()] if tree.xml_declaration else []
    opening = [*lead, *declaration, f"<{root}", *_attributes(area, tree), ">"]
    return CompiledMessage([*opening, *content, f"</{root}>"], XML)


def _attributes(area: Area, tree: LocalEnvelope) -> Iterator[str | TextOf]:
    """The attributes of the root, its namespace first."""
    if tree.namespace:
        yield f' xmlns{":" if tree.prefix else ""}{tree.prefix}="{tree.namespace}"'
    for name, template in tree.attributes.items():
        yield from (f' {name}="', _attribute(area, template), '"')


def _attribute(area: Area, template: Template) -> str | TextOf:
    """The text of an attribute; found once where it has the settings of the area and nothing else."""
    write = writer_of(area, template)
    if all(each.section == "parameter" for each in template.facts):
        return escape_attribute(write(NO_PARCEL, NO_LINE, MessageFacts(parameter=area.parameter_texts)))
    return lambda parcel, line, message: escape_attribute(write(parcel, line, message))


@kept
def _json(area: Area, tree: LocalEnvelope) -> CompiledMessage:
    """The message as JSON: every value is a text, but for bare numbers; nodes that repeat are lists."""

    def inside(node: Node) -> Iterator[str | TextOf | Column]:
        yield "{"
        for at, (name, child) in enumerate(node.children.items()):
            key = f"{',' if at else ''}{json.dumps(name, ensure_ascii=False)}:"
            if isinstance(child, Node):
                below = list(inside(child))
                repeated = _repeated(CompiledMessage(below, JSON), tree, child, ",")
                if repeated is None:
                    yield from (key, *below)
                else:
                    yield from (f"{key}[", repeated, "]")
            elif child.spec.bare:
                yield from (key, _bare(child))
            elif child.spec.omit and not child.constant:
                yield _omitted(child, JSON, f'{key}"', '"')
            else:
                inner: str | Column = child if child.constant is None else JSON.escape(child.constant)
                yield from (f'{key}"', inner, '"')
        yield "}"

    return CompiledMessage([*inside(tree_of(columns_of(area, tree)))], JSON)


def text_of(area: Area, tree: LocalEnvelope, facts: MessageFacts) -> str:
    """A message or an envelope as text, of which ``facts`` are the message's.

    Raises ``CodeError`` for a code that the area has no word for; ``customs.areas.messages.checks`` finds it before.
    """
    compiled = (_json if tree.format == "json" else _xml)(area, tree)
    return compiled(first_of(facts), NO_LINE, facts)


def first_of(facts: MessageFacts) -> ParcelFacts:
    """The first parcel of a message, from which the fields that stand once are filled."""
    return facts.parcels[0] if facts.parcels else NO_PARCEL


class Serial:
    """The serial number of a message, taken only when something asks for it, and then once."""

    def __init__(self, area: Area) -> None:
        self._take = area.serials
        self._number: int | None = None

    @property
    def number(self) -> int | None:
        """The number, if it was taken."""
        return self._number

    def __str__(self) -> str:
        if self._number is None and self._take is not None:
            self._number = self._take()
        return "" if self._number is None else str(self._number)


def message_facts(
    area: Area, tree: LocalMessage | str, parcels: Sequence[ParcelFacts], *, time: datetime, guid: Guid
) -> MessageFacts:
    """The facts of a message of the area, or of one of the unified edition, which is given by its name and has its
    guid as number.
    """
    message = {
        "name": tree if isinstance(tree, str) else tree.name,
        "guid": guid,
        "id": guid,
        "time": china_instant(time),
        "serial": Serial(area),
        "count": len(parcels),
    }
    facts = MessageFacts(message, area.parameter_texts, NONE, tuple(parcels))
    if not isinstance(tree, str):
        message["id"] = _names(area, tree)[0](first_of(facts), NO_LINE, facts)
    return facts


@kept
def _names(area: Area, message: LocalMessage) -> tuple[TextOf, TextOf]:
    return writer_of(area, message.id), writer_of(area, message.file_name)


def file_name_of(area: Area, message: LocalMessage, facts: MessageFacts) -> str:
    """The name of the file of a message, by its template."""
    return _names(area, message)[1](first_of(facts), NO_LINE, facts)
