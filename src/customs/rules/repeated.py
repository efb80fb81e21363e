"""Fields that stand twice in a JSON object (重复字段): RFC 8259 leaves open which one counts, and readers differ.

>>> from customs.declaration import Declaration
>>> from customs.testing import sample_parcels
>>> parcel = next(sample_parcels(1, seed=1, mode="1210"))
>>> text = parcel.model_dump_json(exclude_none=True).replace('"price":', '"price":"1","price":', 1)
>>> repeated_in(text, parcel)
['order.lines[0].price']
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from customs.fields import Record, part_type, terms_of


class _Object(dict[str, Any]):
    """A JSON object that remembers the names that it holds more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        counts = Counter(name for name, _ in pairs) if len(self) < len(pairs) else {}
        self.twice = [name for name, count in counts.items() if count > 1]


def repeated_in(source: str | bytes, found: Record) -> list[str]:
    """Return the paths of the fields that a text which was read as a record holds more than once."""
    return list(_repeated(json.loads(source, object_pairs_hook=_Object, parse_int=str), type(found), ""))


def _repeated(given: Any, record: type[Record], path: str) -> Iterator[str]:
    if not isinstance(given, _Object):
        return
    names = {name: field for field, term in terms_of(record).items() for name in (field, term.wire) if name}
    yield from (f"{path}{names[name]}" for name in given.twice if name in names)
    for name, value in given.items():
        field = names.get(name, "")
        inner = part_type(record, field) if field else None
        if inner and isinstance(value, list):
            for at, each in enumerate(value):
                yield from _repeated(each, inner, f"{path}{field}[{at}].")
        elif inner:
            yield from _repeated(value, inner, f"{path}{field}.")
        elif isinstance(value, _Object) and value.twice:
            yield f"{path}{field}"
