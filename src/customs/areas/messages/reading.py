"""The reader (报文读取): a message of the area back to the facts that it carries.

Foreign content is not trusted. Elements that the profile does not know are reported and left out; a value that cannot
be read is an error that names its place. A fact that stands at two places has to be the same at both.
"""

import codecs
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from operator import itemgetter
from typing import Any

from lxml import etree

from customs.areas.area import Area, kept
from customs.areas.messages.compiled_fields import Column, columns_of
from customs.areas.profile.conversions import CodeError
from customs.areas.profile.facts import Fact
from customs.areas.profile.fields import LocalMessage
from customs.fields.forgetting import forgetting
from customs.fields.money import exactly
from customs.wire.parsing import HIDDEN, LARGEST_MESSAGE, ReadError, parse, shown

_UTF_16 = codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE

#: A tree of foreign content: names with texts or further trees, in order.
Tree = list[tuple[str, "str | Tree"]]

#: How deep JSON may be nested; the formats known have three levels.
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class LocalParcel:
    """The facts of one parcel in a message: values by the name of the fact, ``lines`` for each line of goods. Never
    shown.
    """

    facts: Mapping[str, Any] = field(repr=False)
    lines: tuple[Mapping[str, Any], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class LocalReading:
    """A message that was read: its name, parcels, and what differs from the profile."""

    message: str
    parcels: tuple[LocalParcel, ...]
    texts: Mapping[str, str] = field(repr=False)
    """Texts of the fields that the message has once and that are not facts of a parcel, by path."""
    unknown: tuple[str, ...] = ()
    """Paths that the profile does not have."""
    conflicts: tuple[str, ...] = ()
    """Facts that stand in two places with different values."""


@forgetting
@exactly
def read_local(area: Area, content: bytes, message: str | None = None) -> LocalReading:
    """The facts in a message of the area; which message it is shows in its elements, or is given.

    Raises ``customs.ReadError``, which names the place and never the value: content that is no XML or JSON, a message
    that the area does not have, a value that cannot be read.
    """
    candidates = [area.profile.message(message)] if message else area.profile.messages
    kind, tree = _tree(content, candidates)
    texts = dict(_texts(tree, ""))
    scored = [(_score(texts, _columns(area, each)), each) for each in candidates if _kind(each) == kind]
    score, found = max(scored, key=itemgetter(0), default=(0, None))
    if found is None or (message is None and score <= 0):
        raise ReadError(
            f"this is no message of {area.name}; it has {', '.join(each.name for each in candidates) or 'none'}"
        )
    return _Reader(area, found).read(tree)


def _score(texts: Mapping[str, str], known: Mapping[str, Column]) -> int:
    """How well texts fit a message: known fields against unknown ones, and constants that differ against everything."""
    return 2 * len(texts.keys() & known.keys()) - len(texts) - 1000 * _contradicted(texts, known)


def _kind(message: LocalMessage) -> tuple[str, str, str]:
    """The marks of a message before its fields are looked at: format, namespace and root."""
    return message.format, message.namespace, message.root


def _tree(content: bytes, candidates: Sequence[LocalMessage]) -> tuple[tuple[str, str, str], Tree]:
    """The content as a tree below its root, and of which kind it is."""
    if content.lstrip()[:1] == b"{":
        return ("json", "", ""), from_json(content)
    # what leads is one byte a character; UTF-16 is parsed as it stands
    led = any(each.lead for each in candidates) and not content.startswith(_UTF_16)
    root = parse(content[max(content.find(b"<"), 0) :] if led else content)
    name = etree.QName(root)
    found = from_xml(root)
    return ("xml", name.namespace or "", name.localname), found if isinstance(found, list) else []


#: The name of text between elements, which no profile has.
_LOOSE = "text()"


def from_xml(element: etree._Element) -> "str | Tree":
    if len(element) == 0:
        return element.text or ""
    below: Tree = [(str(child.tag).rpartition("}")[2], from_xml(child)) for child in element]
    loose = (text for text in (element.text, *(child.tail for child in element)) if text and not text.isspace())
    return below + [(_LOOSE, text) for text in loose]


#: Values in a message of JSON; the largest receipt of a platform has some hundreds.
MOST_VALUES = 20_000


@forgetting
def from_json(content: bytes) -> Tree:
    if len(content) > LARGEST_MESSAGE:
        raise ReadError(f"the message has more than {LARGEST_MESSAGE} bytes")
    if content.count(b",") + content.count(b"{") + content.count(b"[") > MOST_VALUES:
        raise ReadError(f"the message has more than {MOST_VALUES} values")
    try:
        text = content.decode("utf-8")
        value = json.loads(text, parse_float=str, parse_int=str)
        tree, keys = _from_object(value, 0) if isinstance(value, dict) else ([], 0)
        if keys != text.count(":"):  # a key stands twice, or there are colons in texts
            json.loads(text, parse_float=str, parse_int=str, object_pairs_hook=_once)
    except ReadError:
        raise
    except (ValueError, RecursionError):
        raise ReadError("this is no JSON in UTF-8") from None
    return tree


def _once(pairs: list[tuple[str, Any]]) -> None:
    """Refuse an object with a key that stands twice: the second would replace the first."""
    if len(dict(pairs)) == len(pairs):
        return
    ((twice, _),) = Counter(name for name, _ in pairs).most_common(1)
    raise ReadError(f"a key of {len(twice)} characters appears twice in an object")


def _from_object(value: Mapping[str, Any], depth: int) -> tuple[Tree, int]:
    """An object as a tree, and how many keys it holds in all."""
    if depth > _DEEPEST:
        raise ReadError(f"the JSON is nested more than {_DEEPEST} levels deep")
    found: Tree = []
    keys = len(value)
    for name, each in value.items():
        for one in each if isinstance(each, list) else [each]:
            if one == {}:
                found.append((name, []))
            elif isinstance(one, dict):
                below, inside = _from_object(one, depth + 1)
                keys += inside
                found.append((name, below))
            elif isinstance(one, list):
                raise ReadError(f"a key of {len(name)} characters: a list in a list")
            else:
                found.append((name, _TEXT_OF[one] if one is None or isinstance(one, bool) else str(one)))
    return found, keys


#: The texts of JSON values that are not texts.
_TEXT_OF: dict[bool | None, str] = {None: "", True: "true", False: "false"}


@kept
def _columns(area: Area, message: LocalMessage) -> Mapping[str, Column]:
    return {column.path: column for column in columns_of(area, message)}


@kept
def _carried(area: Area, message: LocalMessage) -> Mapping[str, tuple[Fact, bool]]:
    """The facts of parcels by path, and if each is one of a line; other fields are kept as texts."""
    return {
        path: (column.fact, column.level == "line" and column.fact.of_line)
        for path, column in _columns(area, message).items()
        if column.fact is not None and column.of_a_parcel and column.spec.total is None
    }


@kept
def _holders(area: Area, message: LocalMessage) -> frozenset[str]:
    """The paths of elements that hold others."""
    paths = _columns(area, message)
    return frozenset("/".join(path.split("/")[:depth]) for path in paths for depth in range(1, path.count("/") + 1))


def _contradicted(texts: Mapping[str, str], known: Mapping[str, Column]) -> int:
    """Count the fields whose text differs from the one that the profile always writes there: signs of another
    message.
    """
    return sum(
        1
        for path, text in texts.items()
        if path in known and known[path].spec.const is not None and text != known[path].spec.const
    )


def _texts(tree: Tree, above: str) -> Iterator[tuple[str, str]]:
    for name, below in tree:
        path = f"{above}/{name}" if above else name
        if isinstance(below, str):
            yield path, below
        else:
            yield from _texts(below, path)


#: Where a fact was read, and the text there.
_Place = tuple[Column, str]


def _writes(place: _Place, value: Any) -> bool:
    """True if a value is written at a place as the text there."""
    column, text = place
    try:
        return value is not None and column.write(value) == text
    except CodeError:
        return False


def _value(column: Column, fact: Fact, text: str) -> Any:
    """The value of a text; None where it is empty. Raises ``ReadError``."""
    if not text:
        return None
    try:
        return column.read(text)
    except CodeError as error:
        raise ReadError(f"{column.path}: the code is not one of {error}") from None
    except (ValueError, ArithmeticError):
        raise ReadError(f"{column.path} ({column.spec.zh}): not a {fact.kind} as the area writes it") from None


#: How much an unknown key must have in common with a name of the profile to be shown, and how many are compared.
_ALIKE, _COMPARED = 0.75, 20


class _Reader:
    """Reads one message."""

    def __init__(self, area: Area, message: LocalMessage) -> None:
        self.message = message
        self.columns, self.holders = _columns(area, message), _holders(area, message)
        self.carried = _carried(area, message)
        self.names = frozenset(step for path in self.columns for step in path.split("/"))
        self.compared = 0
        self.shared: dict[str, Any] = {}
        self.first: dict[tuple[int, str], _Place] = {}
        self.blank: set[tuple[int, str]] = set()
        """The facts of a parcel known so far only from empty copies in its lines."""
        self.texts: dict[str, str] = {}
        self.met: Counter[tuple[int, str]] = Counter()
        """How many elements for lines of goods were read of a parcel, at each path."""
        self.parcels: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
        self.unknown: dict[str, None] = {}
        self.conflicts: dict[str, None] = {}

    def read(self, tree: Tree) -> LocalReading:
        whole = not self.message.parcel_path
        if whole:
            self.parcels.append(({}, []))
        self._walk(tree, "", self.parcels[0][0] if whole else self.shared, None)
        parcels = tuple(LocalParcel({**self.shared, **facts}, tuple(lines)) for facts, lines in self.parcels)
        return LocalReading(self.message.name, parcels, self.texts, tuple(self.unknown), tuple(self.conflicts))

    def _walk(self, tree: Tree, above: str, facts: dict[str, Any], line: dict[str, Any] | None) -> None:
        for name, below in tree:
            path = f"{above}/{name}" if above else name
            column = self.columns.get(path)
            if column is not None and (isinstance(below, str) or not below):
                self._field(column, below if isinstance(below, str) else "", facts, line)
            elif path in self.holders and (not isinstance(below, str) or not below.strip()):
                self._below(path, [] if isinstance(below, str) else below, facts, line)
            else:
                self._unknown(path)

    def _unknown(self, path: str) -> None:
        """Note a path that the profile does not have. A key of JSON can be personal data: it is shown only if it
        resembles a name of the profile.
        """
        json = self.message.format == "json"
        steps = [
            step if step == _LOOSE else self._resembling(step) if json else shown(step) for step in path.split("/")
        ]
        self.unknown["/".join(steps)] = None

    def _resembling(self, step: str) -> str:
        if step in self.names:
            return step
        self.compared += 1
        alike = self.compared <= _COMPARED and get_close_matches(step[:60], self.names, n=1, cutoff=_ALIKE)
        return shown(step) if alike else HIDDEN

    def _below(self, path: str, tree: Tree, facts: dict[str, Any], line: dict[str, Any] | None) -> None:
        if path == self.message.parcel_path:
            facts = {}
            self.parcels.append((facts, []))
        elif path in self.message.line_paths and self.parcels:
            line = self._line(path)
        self._walk(tree, path, facts, line)

    def _line(self, path: str) -> dict[str, Any]:
        """The line of goods that the next element of a path is about: the first, the second, and so on at each path."""
        lines = self.parcels[-1][1]
        place = self.met[len(self.parcels), path]
        self.met[len(self.parcels), path] += 1
        if place == len(lines):
            lines.append({})
        return lines[place]

    def _field(self, column: Column, text: str, facts: dict[str, Any], line: dict[str, Any] | None) -> None:
        path = column.path
        if path not in self.carried:
            if column.level != "line":
                self.texts[path] = text
            return
        found, of_line = self.carried[path]
        value = _value(column, found, text)
        held = line if of_line and line is not None else facts
        name, key = found.name, (id(held), found.name)
        blank = not text and column.level == "line" and not of_line  # a copy, as of the order number, that says nothing
        if name not in held:
            held[name], self.first[key] = value, (column, text)
            if blank:
                self.blank.add(key)
        elif key in self.blank and not blank:
            held[name], self.first[key] = value, (column, text)
            self.blank.discard(key)
        elif held[name] != value and not blank:
            self._settle(held, name, value, (column, text), self.first[key])

    def _settle(self, held: dict[str, Any], name: str, value: Any, here: "_Place", first: "_Place") -> None:
        """The same fact at two places with different values: no conflict where one place writes both values alike."""
        if _writes(first, value):
            held[name], self.first[id(held), name] = value, here
        elif not _writes(here, held[name]):
            self.conflicts[name] = None
