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
[Fault(path='order_no', kind='long', term=Text(wire='orderNo', ...), detail='', misfit=None)]
"""

import re
from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from customs.fields.given import Misfit, misfit
from customs.fields.record import Record, part_type, terms_of
from customs.fields.resemblance import nearest
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

#: A name of a local fact that may be shown: nothing a person's data could hide in.
_SHOWABLE = re.compile(r"[A-Za-z_]{1,40}[0-9]{0,2}")

#: So many unknown fields are compared with known ones; somebody else's data has more.
_COMPARED = 50


@dataclass(frozen=True, slots=True)
class Fault:
    """A refused field: its path in Python names, the kind of fault, and the term that says what is allowed.

    ``detail`` gives the place where JSON breaks off, or the known name nearest to an unknown one; ``misfit`` says of a
    value of the wrong form what came, without showing personal data.
    """

    path: str
    kind: Kind
    term: Term | None
    detail: str = ""
    misfit: Misfit | None = None


def faults_of(error: ValidationError, record: type[Record]) -> list[Fault]:
    """Return the faults behind a validation error of ``record``, in order."""
    found = []
    unknown = 0
    for each in error.errors(include_url=False, include_context=False):
        kind = _KINDS.get(each["type"], "form")
        unknown += kind == "unknown"
        path, term, near = _locate(each["loc"], record, compared=unknown <= _COMPARED)
        if isinstance(term, Code) and kind in ("empty", "long"):
            kind = "form"
        detail = each["msg"] if kind == "json" else near if kind == "unknown" else ""
        wrong = misfit(each["input"], term) if term and kind == "form" else None
        found.append(Fault(path, kind, term, detail, wrong))
    # a list is too short only because its entries were refused: they say it themselves
    refused_inside = {fault.path.partition("[")[0] for fault in found if "[" in fault.path}
    return [fault for fault in found if fault.kind != "few" or fault.path not in refused_inside]


def _locate(location: tuple[int | str, ...], record: type[Record], *, compared: bool) -> tuple[str, Term | None, str]:
    """A location as a path such as ``order.lines[0].qty``, the term of its last field, and for an unknown field the
    nearest known name.
    """
    path, term, inside, near = "", None, record, ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
            continue
        if isinstance(term, Texts):
            path += f".{step}" if _SHOWABLE.fullmatch(step) else ""
            continue
        known = inside.model_fields.get(step)
        if not known:
            term, near = None, nearest(step, inside, record) if compared else ""
            step = step if near else f"(a name of {len(step)} characters)"
        path += f".{step}" if path else step
        if known:
            term = terms_of(inside).get(step)
            inside = part_type(inside, step) or inside
    return path, term, near
