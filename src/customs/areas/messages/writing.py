"""The renderer (报文生成): parcels to a message of the area, XML or JSON, from the profile alone.

A message is compiled once for an area in use: all that no parcel changes becomes one string with holes, and the holes are filled
from the facts.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from customs.areas.area import Area, kept
from customs.areas.messages.columns import CodeError, Column, columns_of, writer_of
from customs.areas.messages.facts import Facts
from customs.areas.profile.model import Envelope, LocalMessage
from customs.fields.digits import plain_digits
from customs.fields.moments import china_instant
from customs.wire.canonical import XML_DECLARATION, escape, escape_attribute

#: One hole of a template that is filled by itself: facts of the parcel and of the line to text.
Hole = Callable[[Facts, Facts], str]

_NO_LINE: Facts = {}


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


class Form(NamedTuple):
    """XML or JSON: how a text is escaped, and whether it has to be."""

    escape: Callable[[str], str]
    special: Callable[[str], object]


XML = Form(escape, re.compile("[&<>\r]").search)
JSON = Form(lambda text: json.dumps(text, ensure_ascii=False)[1:-1], re.compile(r'["\\\x00-\x1f]').search)


class _Kind(IntEnum):
    """How a hole is filled: by a text or a number as it stands in the facts, by looking up a code, or by a function of its own."""

    TEXT = 0
    DIGITS = 1
    CODE = 2
    OWN = 3


class _Slot(NamedTuple):
    """A hole of a template: its kind, section and field of the facts, and the local codes or the function that fills it."""

    kind: _Kind
    section: str
    field: str
    codes: Mapping[str, str]
    hole: Hole | None


def _slot(part: Hole | Column, form: Form) -> _Slot:
    if not isinstance(part, Column):
        return _Slot(_Kind.OWN, "", "", {}, part)
    kind, found = _Kind.OWN, part.source
    if part.plain and found is not None:
        if found.kind == "text" and part.codes is not None:
            kind = _Kind.CODE
        elif found.kind == "text" and part.write is str:
            kind = _Kind.TEXT
        elif found.kind in ("decimal", "count") and part.write in (plain_digits, str):
            kind = _Kind.DIGITS
    if kind is _Kind.OWN or found is None:
        return _Slot(_Kind.OWN, "", "", {}, _hole(part, form))
    codes = {code: form.escape(text) for code, text in (part.codes or {}).items()}
    return _Slot(kind, found.section, found.field, codes, None)


#: Values of one section: its name, and what takes them at once.
_Taken = tuple[str, Callable[[Facts], tuple[Any, ...]]]


class _Template:
    """Text with holes. Most holes are plain: they are filled kind by kind and section by section, and put in their order at the end."""

    def __init__(self, parts: Sequence[str | Hole | Column], form: Form) -> None:
        self.text = "".join(part.replace("%", "%%") if isinstance(part, str) else "%s" for part in parts)
        self.form = form
        slots = [_slot(part, form) for part in parts if not isinstance(part, str)]
        by_kind = sorted(range(len(slots)), key=lambda at: slots[at][:2])
        self.order = taken([by_kind.index(at) for at in range(len(slots))]) if slots else lambda values: ()
        filled = [slots[at] for at in by_kind]

        def takes(kind: _Kind) -> list[_Taken]:
            sections = groupby((slot for slot in filled if slot.kind is kind), key=lambda slot: slot.section)
            return [(section, taken([slot.field for slot in each])) for section, each in sections]

        self.texts, self.digits, self.codes = takes(_Kind.TEXT), takes(_Kind.DIGITS), takes(_Kind.CODE)
        self.code_of = [slot.codes for slot in filled if slot.kind is _Kind.CODE]
        self.holes = [slot.hole for slot in filled if slot.hole is not None]

    def __call__(self, facts: Facts, line: Facts) -> str:
        texts = [
            "" if each is None else each for section, take in self.texts for each in take(held(section, facts, line))
        ]
        if self.form.special("".join(texts)):
            texts = list(map(self.form.escape, texts))
        digits = [
            "" if each is None else str(each)
            for section, take in self.digits
            for each in take(held(section, facts, line))
        ]
        if "E" in "".join(digits):
            digits = [format(Decimal(each), "f") if "E" in each else each for each in digits]
        values = texts + digits
        if self.codes:
            found = [each for section, take in self.codes for each in take(held(section, facts, line))]
            try:
                values += [
                    "" if each is None else code_of[each] for each, code_of in zip(found, self.code_of, strict=True)
                ]
            except KeyError:
                raise CodeError("the maps of the area") from None
        if self.holes:
            values += [hole(facts, line) for hole in self.holes]
        return self.text % self.order(values)


def held(section: str, facts: Facts, line: Facts) -> Facts:
    """The values of a section: of the parcel, of the line itself, or of its local facts."""
    return line if section == "line" else line["goods"] if section == "goods" else facts[section]


def taken(names: Sequence[Any]) -> Callable[[Any], tuple[Any, ...]]:
    """A function that takes several entries at once."""
    if len(names) == 1:
        (only,) = names
        return lambda values: (values[only],)
    return itemgetter(*names)


def _hole(column: Column, form: Form) -> Hole:
    get, write, special, escape_text = column.value, column.write, form.special, form.escape

    def text(facts: Facts, line: Facts) -> str:
        value = get(facts, line)
        if value is None:
            return ""
        written = write(value)
        return escape_text(written) if special(written) else written

    return text


def _omitted(column: Column, form: Form, before: str, after: str) -> Hole:
    hole = _hole(column, form)

    def element(facts: Facts, line: Facts) -> str:
        text = hole(facts, line)
        return f"{before}{text}{after}" if text else ""

    return element


def _bare(column: Column) -> Hole:
    """A number as JSON has it, or null."""
    hole = _hole(column, JSON)
    return lambda facts, line: hole(facts, line) or "null"


def _repeated(template: _Template, what: str, between: str = "") -> Hole:
    if what == "lines":
        return lambda facts, line: between.join([template(facts, each) for each in facts["lines"]])
    return lambda facts, line: between.join([template(each, _NO_LINE) for each in facts["message"]["parcels"]])


def _repeats(tree: Envelope, node: Node) -> str:
    """What a node is repeated for: parcels, lines or nothing."""
    if not isinstance(tree, LocalMessage):
        return ""
    return (
        "parcels"
        if tree.parcel_path and node.path == tree.parcel_path
        else "lines"
        if tree.line_path and node.path == tree.line_path
        else ""
    )


@kept
def _xml(area: Area, tree: Envelope) -> _Template:
    """The message as XML."""
    prefix = f"{tree.prefix}:" if tree.prefix else ""

    def inside(node: Node) -> Iterator[str | Hole | Column]:
        for name, child in node.children.items():
            opening, closing = f"<{prefix}{name}>", f"</{prefix}{name}>"
            if isinstance(child, Node):
                parts = [opening, *inside(child), closing]
                what = _repeats(tree, child)
                yield from [_repeated(_Template(parts, XML), what)] if what else parts
            elif child.spec.omit and not child.constant:
                yield _omitted(child, XML, opening, closing)
            else:
                yield from (opening, child if child.constant is None else escape(child.constant), closing)

    attributes: list[str | Hole | Column] = []
    if tree.namespace:
        attributes.append(f' xmlns{":" if tree.prefix else ""}{tree.prefix}="{tree.namespace}"')
    for name, text in tree.attributes.items():
        attributes += [f' {name}="', _attribute(text), '"']
    lead = [writer_of(tree.lead)] if tree.lead else []
    content = inside(tree_of(columns_of(area, tree)))
    root = f"{prefix}{tree.root}"
    return _Template([*lead, XML_DECLARATION.decode(), f"<{root}", *attributes, ">", *content, f"</{root}>"], XML)


def _attribute(text: str) -> Hole:
    write = writer_of(text)
    return lambda facts, line: escape_attribute(write(facts, line))


@kept
def _json(area: Area, tree: Envelope) -> _Template:
    """The message as JSON: every value is a text, but for bare numbers; nodes that repeat are lists."""

    def inside(node: Node) -> Iterator[str | Hole | Column]:
        yield "{"
        for at, (name, child) in enumerate(node.children.items()):
            key = f"{',' if at else ''}{json.dumps(name, ensure_ascii=False)}:"
            if isinstance(child, Node):
                what, below = _repeats(tree, child), list(inside(child))
                yield f"{key}{'[' if what else ''}"
                yield from (_repeated(_Template(below, JSON), what, ","), "]") if what else below
            elif child.spec.bare:
                yield from (key, _bare(child))
            elif child.spec.omit and not child.constant:
                yield _omitted(child, JSON, f'{key}"', '"')
            else:
                yield from (f'{key}"', child if child.constant is None else JSON.escape(child.constant), '"')
        yield "}"

    return _Template([*inside(tree_of(columns_of(area, tree)))], JSON)


def text_of(area: Area, tree: Envelope, facts: Facts) -> str:
    """A message or an envelope as text, ``facts`` holding ``message`` and ``step`` besides those of the first parcel.

    Raises ``CodeError`` for a code that the area has no word for; ``customs.areas.messages.checks`` finds it before.
    """
    text = (_json if tree.format == "json" else _xml)(area, tree)(facts, _NO_LINE)
    facts["message"].pop("parcels", None)  # which hold the message in turn
    return text


class Serial:
    """The serial number of a message, taken only when something asks for it, and then once."""

    def __init__(self, area: Area) -> None:
        self.take = area.serials
        self.number: int | None = None

    def __str__(self) -> str:
        if self.number is None and self.take is not None:
            self.number = self.take()
        return "" if self.number is None else str(self.number)


def context(
    area: Area, message: LocalMessage | None, name: str, parcels: Sequence[Facts], *, time: datetime, guid: str
) -> Facts:
    """The facts of the first parcel, with those of the message. Nothing of the parcels is changed."""
    held: Facts = {
        "name": name,
        "guid": guid,
        "id": guid,
        "time": china_instant(time),
        "serial": Serial(area),
        "count": len(parcels),
    }
    shared: Facts = {"message": held, "step": {}, "parameter": area.parameter_texts}
    facts = {**(parcels[0] if parcels else {}), **shared}
    if message:
        held["id"] = writer_of(message.id)(facts, _NO_LINE)
        if message.parcel_path:
            held["parcels"] = [{**each, **shared} for each in parcels]
    return facts
