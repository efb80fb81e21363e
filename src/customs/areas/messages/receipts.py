"""Receipts (回执) of every format: what a platform, customs or inspection answers, as answers in canonical states.

A receipt that speaks for several authorities gives one answer for each. The raw code is always kept; a code that the
profile does not map is ``UNKNOWN``, never success. Receipts of the unified edition and replies of the exchange
platform are read by their types, so that ``customs.read`` and this reader agree.

>>> text = b'''<mo version="1.0.0"><head><businessType>RESULT</businessType></head><body><list><jkfResult>
... <businessNo>A1</businessNo><businessType>IMPORTORDER</businessType><chkMark>2</chkMark>
... <resultList><jkfResultDetail><resultInfo>22001:...</resultInfo></jkfResultDetail></resultList></jkfResult></list></body></mo>'''
>>> [(each.state.value, each.code, each.key["business_no"]) for each in read_answers(text, "zhejiang_jkf")]
[('technical_failure', '2', 'A1')]
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from customs.areas.messages.reading import Tree, from_json, from_xml
from customs.areas.profile.model import AreaProfile
from customs.areas.profile.patterns import time_reader
from customs.areas.profile.receipts import Heard, ReceiptSpec, StateSpec
from customs.areas.registry import UNIFIED, find
from customs.codes.states import State
from customs.documents import MESSAGES, Answer, Authority, BusinessKey, Receipt, answers_of
from customs.fields.forgetting import forgetting
from customs.wire.envelope import opened, read_reply
from customs.wire.parsing import ReadError, decode, parse_decoded
from customs.wire.reader import envelope_advice, read_parsed, read_regular
from customs.wire.replies import answers_of_reply

#: Answers of one entry: as many as it has numbers, times the authorities that speak of each.
MOST_ANSWERS = 1_000

#: What profiles call every number below 0 in a map of states; it is no code.
NEGATIVE = "negative"

#: What profiles call every other text in a map of states, where any text means the same; it is no code.
OTHER = "other"


@forgetting
def read_answers(content: bytes, area: str | AreaProfile = UNIFIED, *, unwrap: bool = False) -> tuple[Answer, ...]:
    """Return the answers in a receipt, in order.

    ``area`` is the area that the parcels went through, by name or profile. Every area also knows the receipts of the
    unified edition if it takes its messages, and the replies of the exchange platform (DxpRep). If a receipt may hold
    several states, an empty one gives no answer; a receipt without any state gives one answer that is ``UNKNOWN`` and
    has no code. ``unwrap`` takes the receipt out of its envelope (DxpMsg, DxpMsgSv) first, if it is in one. What a
    receipt of the unified edition or its envelope leaves out is among the ``oddities`` of the answers.

    Raises ``customs.ReadError`` for content that is no receipt of the area, and ``UnknownAreaError``.
    """
    profile = find(area) if isinstance(area, str) else area
    content, around = opened(content) if unwrap else (content, ())
    found = _read(content, profile)
    return tuple(replace(each, oddities=(*around, *each.oddities)) for each in found) if around else found


def _read(content: bytes, profile: AreaProfile) -> tuple[Answer, ...]:
    if content[:1] != b"<" and content.lstrip()[:1] == b"{":
        return _of_platform(profile, "json", "", from_json(content))
    decoded = decode(content)
    if not profile.receipts and profile.takes_unified and (message := read_regular(decoded, of=Receipt)):
        return answers_of(message)
    parsed = parse_decoded(decoded)
    name = str(parsed.root.tag).rpartition("}")[2]
    if name in ("DxpMsg", "DxpMsgSv") and (advice := envelope_advice(parsed.root)):
        raise ReadError(advice)
    unified = name == "DxpRep" or (bool(profile.takes_unified) and _is_unified_receipt(name))
    if profile.receipts or not unified:
        below = from_xml(parsed.root) if profile.receipts else []
        try:
            return _of_platform(profile, "xml", name, below if isinstance(below, list) else [])
        except ReadError:
            if not unified:
                raise
    try:
        return answers_of_reply(read_reply(content)) if name == "DxpRep" else answers_of(read_parsed(parsed))
    except ReadError as error:
        raise ReadError(f"this is no receipt of {profile.name}: {error}") from None


def _of_platform(profile: AreaProfile, form: str, root: str, tree: Tree) -> tuple[Answer, ...]:
    """The answers in a receipt of the area's own."""
    for spec in profile.receipts:
        if spec.format == form and (not spec.root or spec.root == root) and _is(spec, tree):
            return tuple(_answers(profile, spec, tree))
    known = [each.name for each in profile.receipts] + ["receipts of the unified edition"] * bool(profile.takes_unified)
    raise ReadError(f"this is no receipt of {profile.name}; it has {', '.join(known) or 'none'}")


def _is_unified_receipt(root: str) -> bool:
    kind = MESSAGES.get(root.removesuffix("Message"))
    return kind is not None and issubclass(kind, Receipt)


def _is(spec: ReceiptSpec, tree: Tree) -> bool:
    for path, wanted in spec.recognised_by.items():
        texts = [text for text in _found(tree, path) if text]
        if not (texts if wanted == "*" else wanted in texts):
            return False
    return bool(spec.recognised_by) or any(
        True for each in _nodes(tree, spec.answer_path) for state in spec.states for _ in _found(each, state.path)
    )


def _answers(profile: AreaProfile, spec: ReceiptSpec, tree: Tree) -> Iterator[Answer]:
    for each in _nodes(tree, spec.answer_path):
        keys: dict[str, str] = {
            name: text for name, path in spec.keys.items() if (text := next(_found(each, path), ""))
        }
        texts = tuple(text for path in spec.texts for text in _found(each, path) if text)
        at, left = _time(spec, each)
        states = [(state, code) for state in spec.states for code in _found(each, state.path) if code]
        apart = list(_apart(spec, keys))
        if len(apart) * len(states) > MOST_ANSWERS:
            raise ReadError(f"this is no receipt of {profile.name}: one entry with more than {MOST_ANSWERS} answers")
        for numbers in apart:
            for state, code in states or [(spec.states[0], "")]:
                yield Answer(
                    authority=_authority(state, each),
                    key=BusinessKey(numbers.get("message", ""), _named(numbers)),
                    state=_state(profile.state_maps[state.state_map], code),
                    code=code,
                    receipt=spec.name,
                    area=profile.name,
                    at=at,
                    texts=(*texts, *left),
                    submitted=numbers.get("message_id", ""),
                )


def _named(numbers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The numbers without the name of the message, which the key holds apart."""
    return tuple((name, text) for name, text in numbers.items() if name != "message")


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
    if code in codes and code not in (NEGATIVE, OTHER):
        return State(codes[code])
    digits = code.removeprefix("-")
    if code.startswith("-") and digits.isascii() and digits.isdecimal() and NEGATIVE in codes:
        return State(codes[NEGATIVE])
    return State(codes[OTHER]) if code and OTHER in codes else State.UNKNOWN


def _time(spec: ReceiptSpec, tree: Tree) -> tuple[datetime | None, tuple[str, ...]]:
    """When the receipt was made; a text that is no such time is kept as it came."""
    if spec.answered_at is None:
        return None, ()
    found = [next(_found(tree, path), "") for path in spec.answered_at.paths]
    widths = spec.answered_at.widths or (0,) * len(found)
    text = " ".join(each and each.zfill(width) for each, width in zip(found, widths, strict=True))
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
