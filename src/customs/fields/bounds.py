"""Bounds (输入上限): as much of an input as is looked at, so that nothing costs more than it weighs.

A record has so many fields and a list so many entries; whatever is beyond them is counted and left out before anything
is validated, since each unknown name and each refused entry would cost a fault of its own.

>>> from typing import Annotated
>>> from customs.fields.terms import Text
>>> class Example(Record):
...     order_no: Annotated[str, Text("orderNo", "订单编号", "Order number", minimum=1, maximum=6)]
>>> within_bounds({"orderNo": "A1", **{f"x{each}": 1 for each in range(1_000)}}, Example)[1]
980
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from customs.fields.faults import LISTED
from customs.fields.record import Record, part_type, terms_of
from customs.fields.terms import Part, Texts

#: Local facts that a parcel or line may have: more than any profile asks for.
MOST_TEXTS = 200


def within_bounds(given: Any, record: type[Record]) -> tuple[Any, int]:
    """Return what was given without the names and entries that are beyond all bounds, and how many those are."""
    if not isinstance(given, Mapping):
        return given, 0
    names, parts, texts = _shape(record)
    kept, left = _names_kept(given, names) if len(given) > len(names) // 2 + LISTED else (given, 0)
    for name in texts:
        if isinstance(value := kept.get(name), Mapping) and len(value) > MOST_TEXTS:
            kept, left = {**kept, name: {}}, left + len(value)
    for name, (inner, most) in parts.items():
        value = kept.get(name)
        if isinstance(value, list | tuple):
            looked_at = [within_bounds(each, inner) for each in value[: most + 1]]
            beyond = len(value) - len(looked_at) + sum(count for _, count in looked_at)
            part: Any = [each for each, _ in looked_at]
        else:
            part, beyond = within_bounds(value, inner)
        if beyond:
            kept, left = {**kept, name: part}, left + beyond
    return kept, left


def _names_kept(given: Mapping[str, Any], names: frozenset[str]) -> tuple[dict[str, Any], int]:
    """Return all names that are known and the first that are not."""
    kept = {name: given[name] for name in names if name in given}
    unknown = (name for name in given if name not in names)
    kept |= {name: given[name] for name, _ in zip(unknown, range(LISTED), strict=False)}
    return kept, len(given) - len(kept)


@cache
def _shape(record: type[Record]) -> tuple[frozenset[str], dict[str, tuple[type[Record], int]], tuple[str, ...]]:
    """The names of a record's fields, both of each; by name the parts that hold records, with the most entries; the names
    of those that hold texts by name.
    """
    names: set[str] = set()
    parts: dict[str, tuple[type[Record], int]] = {}
    texts: list[str] = []
    for name, term in terms_of(record).items():
        both = [name, term.wire] if term.wire else [name]
        names.update(both)
        inner = part_type(record, name)
        if isinstance(term, Part) and inner:
            parts |= dict.fromkeys(both, (inner, term.maximum or LISTED))
        if isinstance(term, Texts):
            texts += both
    return frozenset(names), parts, tuple(texts)
