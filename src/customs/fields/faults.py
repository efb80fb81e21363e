"""Faults (校验错误): the fields that a validation refused, without the values that were given.

>>> from pydantic import ValidationError
>>> from typing import Annotated
>>> from customs.fields.terms import Text
>>> class Example(Record):
...     order_no: Annotated[str, Text("orderNo", "订单编号", "Order number", minimum=1, maximum=6)]
>>> try:
...     Example(order_no="far too long")
... except ValidationError as error:
...     faults_of(error, Example)
[Fault(path='order_no', kind='long', term=Text(wire='orderNo', ...), detail='')]
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from pydantic import ValidationError

from customs.fields.record import Record, part_type, terms_of
from customs.fields.terms import Code, Term, Texts

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
_SHOWABLE = re.compile(r"[A-Za-z_]{1,40}[0-9]{0,2}")


@dataclass(frozen=True, slots=True)
class Fault:
    """A refused field: its path in Python names, the kind of fault, and the term that says what is allowed.

    ``detail`` gives the place where JSON breaks off, or the known name nearest to an unknown one.
    """

    path: str
    kind: Kind
    term: Term | None
    detail: str = ""


def faults_of(error: ValidationError, record: type[Record]) -> list[Fault]:
    """Return the faults behind a validation error of ``record``, in order."""
    found = []
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        kind = _KINDS.get(each["type"], "form")
        path, term, nearest = _locate(each["loc"], record)
        if isinstance(term, Code) and kind in ("empty", "long"):
            kind = "form"
        detail = each["msg"] if kind == "json" else nearest if kind == "unknown" else ""
        found.append(Fault(path, kind, term, detail))
    # a list is too short only because its entries were refused: they say it themselves
    refused_inside = {fault.path.partition("[")[0] for fault in found if "[" in fault.path}
    return [fault for fault in found if fault.kind != "few" or fault.path not in refused_inside]


def _locate(location: tuple[int | str, ...], record: type[Record]) -> tuple[str, Term | None, str]:
    """A location as a path such as ``order.lines[0].qty``, the term of its last field, and for an unknown field the
    nearest known name.
    """
    path, term, inside, nearest = "", None, record, ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
            continue
        if isinstance(term, Texts):
            path += f".{step}" if _SHOWABLE.fullmatch(step) else ""
            continue
        known = inside.model_fields.get(step)
        shown = step if known or _SHOWABLE.fullmatch(step) else "(a name that cannot be shown)"
        path += f".{shown}" if path else shown
        if known:
            term = terms_of(inside).get(step)
            inside = part_type(inside, step) or inside
        else:
            term = None
            nearest = next(iter(get_close_matches(step, list(inside.model_fields), n=1, cutoff=0.75)), "")
    return path, term, nearest
