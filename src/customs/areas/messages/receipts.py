"""Receipts of areas (本地回执): what a platform, customs or inspection answers, in canonical states.

Where a receipt speaks for several authorities at once there is one answer for each. The raw code always stays; a code that the profile does
not map is ``UNKNOWN``, never success.

>>> from customs.areas.registry import find
>>> text = b'''<mo version="1.0.0"><head><businessType>RESULT</businessType></head><body><list><jkfResult>
... <businessNo>A1</businessNo><businessType>IMPORTORDER</businessType><chkMark>2</chkMark>
... <resultList><jkfResultDetail><resultInfo>22001:...</resultInfo></jkfResultDetail></resultList></jkfResult></list></body></mo>'''
>>> [(each.state.value, each.code, each.keys["business_no"]) for each in read_receipts(find("zhejiang_jkf"), text)]
[('technical_failure', '2', 'A1')]
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from customs.areas.messages.reading import Tree, from_json, from_xml
from customs.areas.profile.model import AreaProfile
from customs.areas.profile.patterns import time_reader
from customs.areas.profile.receipts import Authority, Heard, ReceiptSpec, StateSpec
from customs.areas.registry import UNIFIED, find
from customs.areas.states import State
from customs.wire.parsing import ReadError, parse


@dataclass(frozen=True, slots=True)
class LocalReceipt:
    """One answer: whose, about what (``keys``), the canonical ``state`` and the raw ``code``, when, and the texts as they came."""

    area: str
    receipt: str
    authority: Authority | None
    """None where the receipt names an authority that the profile does not know."""
    state: State
    code: str
    keys: Mapping[str, str]
    at: datetime | None
    texts: tuple[str, ...] = field(repr=False)


#: What profiles call every number below 0 in a map of states; it is no code.
NEGATIVE = "negative"


def read_receipts(profile: AreaProfile, content: bytes) -> tuple[LocalReceipt, ...]:
    """The answers in a receipt of the area, in order.

    Where several states may stand and one is empty it gives no answer; where none stands there is one answer that is ``UNKNOWN`` and has
    no code. An area that takes messages of the unified edition answers them as that does. Raises ``customs.ReadError`` for content
    that is no receipt of the area.
    """
    root, tree, form = _parsed(content)
    for each in (profile, find(UNIFIED)) if profile.takes_unified else (profile,):
        for spec in each.receipts:
            if spec.format == form and (not spec.root or spec.root == root) and _is(spec, tree):
                return tuple(_answers(profile.name, each, spec, tree))
    raise ReadError(
        f"this is no receipt of {profile.name}; it has {', '.join(each.name for each in profile.receipts) or 'none'}"
    )


def _parsed(content: bytes) -> tuple[str, Tree, str]:
    if content.lstrip()[:1] == b"{":
        return "", from_json(content), "json"
    root = parse(content)
    below = from_xml(root)
    return etree.QName(root).localname, below if isinstance(below, list) else [], "xml"


def _is(spec: ReceiptSpec, tree: Tree) -> bool:
    for path, wanted in spec.recognised_by.items():
        texts = [text for text in _found(tree, path) if text]
        if not (texts if wanted == "*" else wanted in texts):
            return False
    return bool(spec.recognised_by) or any(
        True for each in _nodes(tree, spec.answer_path) for state in spec.states for _ in _found(each, state.path)
    )


def _answers(area: str, profile: AreaProfile, spec: ReceiptSpec, tree: Tree) -> Iterator[LocalReceipt]:
    for each in _nodes(tree, spec.answer_path):
        keys: dict[str, str] = {
            name: text for name, path in spec.keys.items() if (text := next(_found(each, path), ""))
        }
        texts = tuple(text for path in spec.texts for text in _found(each, path) if text)
        at, left = _time(spec, each)
        found = [(state, code) for state in spec.states for code in _found(each, state.path) if code] or [
            (spec.states[0], "")
        ]
        for apart in _apart(spec, keys):
            for state, code in found:
                canonical = _state(profile.state_maps[state.state_map], code)
                yield LocalReceipt(
                    area, spec.name, _authority(state, each), canonical, code, apart, at, (*texts, *left)
                )


def _apart(spec: ReceiptSpec, keys: dict[str, str]) -> Iterator[dict[str, str]]:
    """The keys, once for each of several numbers in one text."""
    for name, between in spec.split.items():
        if between in keys.get(name, ""):
            for each in filter(None, map(str.strip, keys[name].split(between))):
                yield {**keys, name: each}
            return
    yield keys


def _authority(state: StateSpec, tree: Tree) -> Authority | None:
    heard = state.authority
    return heard.reads.get(next(_found(tree, heard.path), "")) if isinstance(heard, Heard) else heard


def _state(codes: Mapping[str, str], code: str) -> State:
    if code in codes and code != NEGATIVE:
        return State(codes[code])
    digits = code.removeprefix("-")
    if code.startswith("-") and digits.isascii() and digits.isdecimal() and NEGATIVE in codes:
        return State(codes[NEGATIVE])
    return State.UNKNOWN


def _time(spec: ReceiptSpec, tree: Tree) -> tuple[datetime | None, tuple[str, ...]]:
    """When the receipt was made; a text that is no such time is kept as it came."""
    if spec.answered_at is None:
        return None, ()
    text = " ".join(next(_found(tree, path), "") for path in spec.answered_at.paths)
    try:
        return time_reader(spec.answered_at.time_format)(text), ()
    except ValueError:
        return None, (text,) if text.strip() else ()


def _nodes(tree: Tree, path: str) -> Iterator[Tree]:
    if not path:
        yield tree
        return
    step, _, rest = path.partition("/")
    for name, below in tree:
        if name == step and isinstance(below, list):
            yield from _nodes(below, rest)


def _found(tree: Tree, path: str) -> Iterator[str]:
    """The texts at a path, blanks at their ends taken off."""
    step, _, rest = path.partition("/")
    for name, below in tree:
        if name == step and rest and isinstance(below, list):
            yield from _found(below, rest)
        elif name == step and not rest and isinstance(below, str):
            yield below.strip()
