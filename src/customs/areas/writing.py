"""The renderer (报文生成): parcels to a message of the area, XML or JSON, from the profile alone.

A message is compiled once for an area in use: all that no parcel changes becomes one string with holes, and the holes are filled
from the facts.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any, NamedTuple

from customs.areas.area import Area, kept
from customs.areas.columns import CodeError, Column, columns_of, writer_of
from customs.areas.facts import Facts
from customs.areas.profile import Envelope, LocalMessage
from customs.fields.base import china_instant, plain_digits
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


class _Template:
    """Text with holes. Plain texts, plain numbers and codes, which are most, are taken from the facts section by section, not one
    by one.
    """

    def __init__(self, parts: Sequence[str | Hole | Column], form: Form) -> None:
        self.text = "".join(part.replace("%", "%%") if isinstance(part, str) else "%s" for part in parts)
        self.form = form
        slots = [part for part in parts if not isinstance(part, str)]
        plain = [_plain(part) for part in slots]
        grouped = [(kind, _by_section(slots, plain, kind)) for kind in ("text", "digits", "code")]
        self.texts, self.digits, self.codes = ([(section, taken(names)) for section, names in found.items()] for _, found in grouped)
        self.code_of = [
            {code: form.escape(text) for code, text in part.codes.items()}
            for section in grouped[2][1]
            for part, kind in zip(slots, plain, strict=True)
            if kind == "code" and isinstance(part, Column) and part.codes is not None and part.source and part.source.section == section
        ]
        self.holes = [
            _hole(part, form) if isinstance(part, Column) else part for part, kind in zip(slots, plain, strict=True) if kind is None
        ]
        self.order = taken(_order(slots, plain, grouped)) if slots else lambda values: ()

    def __call__(self, facts: Facts, line: Facts) -> str:
        texts = ["" if each is None else each for section, take in self.texts for each in take(held(section, facts, line))]
        if self.form.special("".join(texts)):
            texts = list(map(self.form.escape, texts))
        digits = ["" if each is None else str(each) for section, take in self.digits for each in take(held(section, facts, line))]
        if "E" in "".join(digits):
            digits = [format(Decimal(each), "f") if "E" in each else each for each in digits]
        values = texts + digits
        if self.codes:
            found = [each for section, take in self.codes for each in take(held(section, facts, line))]
            try:
                values += ["" if each is None else code_of[each] for each, code_of in zip(found, self.code_of, strict=True)]
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


def _plain(part: Hole | Column) -> str | None:
    """How a column is filled: ``text`` and ``digits`` as they are, ``code`` by a look-up, None by a function of its own."""
    if not isinstance(part, Column) or not part.plain or part.source is None:
        return None
    if part.source.kind == "text":
        return "code" if part.codes is not None else "text" if part.write is str else None
    return "digits" if part.source.kind in ("decimal", "count") and part.write in (plain_digits, str) else None


def _by_section(slots: Sequence[Hole | Column], plain: Sequence[str | None], kind: str) -> dict[str, list[str]]:
    """The fields of one kind, by section."""
    found: dict[str, list[str]] = {}
    for part, each in zip(slots, plain, strict=True):
        if each == kind and isinstance(part, Column) and part.source:
            found.setdefault(part.source.section, []).append(part.source.field)
    return found


def _order(
    slots: Sequence[Hole | Column], plain: Sequence[str | None], grouped: Sequence[tuple[str, dict[str, list[str]]]]
) -> list[int]:
    """Where the value of each slot stands among the groups, and after them the rest."""
    places: dict[tuple[str, str], Iterator[int]] = {}
    start = 0
    for kind, found in grouped:
        for section, names in found.items():
            places[kind, section] = iter(range(start, start + len(names)))
            start += len(names)
    rest = iter(range(start, start + len(slots)))
    return [
        next(places[kind, part.source.section]) if kind and isinstance(part, Column) and part.source else next(rest)
        for part, kind in zip(slots, plain, strict=True)
    ]


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


def _repeated(template: _Template, what: str, between: str = "") -> Hole:
    if what == "lines":
        return lambda facts, line: between.join([template(facts, each) for each in facts["lines"]])
    return lambda facts, line: between.join([template(each, _NO_LINE) for each in facts["message"]["parcels"]])


def _repeats(tree: Envelope, node: Node) -> str:
    """What a node is repeated for: parcels, lines or nothing."""
    if not isinstance(tree, LocalMessage):
        return ""
    return "parcels" if tree.document and node.path == tree.document else "lines" if tree.line and node.path == tree.line else ""


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
    """The message as JSON: every value is a text; nodes that repeat are lists."""

    def inside(node: Node) -> Iterator[str | Hole | Column]:
        yield "{"
        for at, (name, child) in enumerate(node.children.items()):
            key = f"{',' if at else ''}{json.dumps(name, ensure_ascii=False)}:"
            if isinstance(child, Node):
                what, below = _repeats(tree, child), list(inside(child))
                yield f"{key}{'[' if what else ''}"
                yield from (_repeated(_Template(below, JSON), what, ","), "]") if what else below
            elif child.spec.omit and not child.constant:
                yield _omitted(child, JSON, f'{key}"', '"')
            else:
                yield from (f'{key}"', child if child.constant is None else JSON.escape(child.constant), '"')
        yield "}"

    return _Template([*inside(tree_of(columns_of(area, tree)))], JSON)


def text_of(area: Area, tree: Envelope, facts: Facts) -> str:
    """A message or an envelope as text, ``facts`` holding ``message`` and ``step`` besides those of the first parcel.

    Raises ``CodeError`` for a code that the area has no word for; ``customs.areas.checks`` finds it before.
    """
    return (_json if tree.form == "json" else _xml)(area, tree)(facts, _NO_LINE)


def context(
    area: Area, message: LocalMessage | None, name: str, parcels: Sequence[Facts], *, time: datetime, guid: str
) -> Facts:
    """The facts of the first parcel, with those of the message; a serial number is taken only where the area asks for one."""
    held: Facts = {
        "name": name,
        "guid": guid,
        "id": guid,
        "time": china_instant(time),
        "serial": area.serials() if area.serials and area.asks_for_a_serial else None,
        "count": len(parcels),
        "parcels": parcels,
    }
    shared: Facts = {"message": held, "step": {}, "parameter": {each: area.parameter(each) for each in area.profile.parameters}}
    for parcel in parcels:
        parcel.update(shared)
    facts = {**(parcels[0] if parcels else {}), **shared}
    if message:
        held["id"] = writer_of(message.id)(facts, _NO_LINE)
    return facts
