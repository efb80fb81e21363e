"""Faults: what a validation refused, by field, without the value that was given.

>>> from pydantic import ValidationError
>>> from typing import Annotated
>>> from customs.fields.base import Text
>>> class Example(Record):
...     order_no: Annotated[str, Text("orderNo", "订单编号", "Order number", minimum=1, maximum=6)]
>>> try:
...     Example(order_no="far too long")
... except ValidationError as error:
...     faults_of(error, Example)
[Fault(path='order_no', kind='long', term=Text(wire='orderNo', zh='订单编号', en='Order number', ...), detail='')]
"""

import re
from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from customs.fields.base import Record, Term, part_type, terms_of

Kind = Literal["missing", "empty", "long", "few", "many", "characters", "unknown", "form", "json"]

_KINDS: dict[str, Kind] = {
    "missing": "missing",
    "string_too_short": "empty",
    "string_too_long": "long",
    "too_short": "few",
    "too_long": "many",
    "string_pattern_mismatch": "characters",
    "string_unicode": "characters",
    "extra_forbidden": "unknown",
    "json_invalid": "json",
}

#: A field name that may be shown: nothing a person's data could hide in.
_SHOWABLE = re.compile(r"[A-Za-z_][A-Za-z_0-9]{0,39}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One refused field: its path in Python names, what is wrong, the term that says what is allowed."""

    path: str
    kind: Kind
    term: Term | None
    detail: str = ""


def faults_of(error: ValidationError, record: type[Record]) -> list[Fault]:
    """The faults behind a validation error of ``record``, in the order found."""
    found = []
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        kind = _KINDS.get(each["type"], "form")
        path, term = _locate(each["loc"], record)
        found.append(Fault(path, kind, term, each["msg"] if kind == "json" else ""))
    return found


def _locate(location: tuple[int | str, ...], record: type[Record]) -> tuple[str, Term | None]:
    """A location as a path such as ``order.lines[0].qty``, and the term of its last field."""
    path, term, inside = "", None, record
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
            continue
        known = inside.model_fields.get(step)
        shown = step if known or _SHOWABLE.fullmatch(step) else "(a name that cannot be shown)"
        path += f".{shown}" if path else shown
        if known:
            term = terms_of(inside).get(step)
            inside = part_type(inside, step) or inside
        else:
            term = None
    return path, term
