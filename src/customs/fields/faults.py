"""Faults (校验错误): the fields that a validation refused, without the values that were given.

>>> from pydantic import ValidationError
>>> from typing import Annotated
>>> from customs.fields.terms import Text
>>> class Example(Record):
...     order_no: Annotated[str, Text("orderNo", "订单编号", "Order number", minimum=1, maximum=6)]
>>> try:
...     Example(order_no="far too long")
... except ValidationError as error:
...     faults_of(error, Example, {"order_no": "far too long"})
[Fault(path='order_no', kind='long', term=Text(wire='orderNo', ...), detail='', misfit=None)]
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import ValidationError

from customs.fields.given import Misfit, misfit
from customs.fields.record import Record, part_type, terms_of
from customs.fields.resemblance import nearest
from customs.fields.terms import Code, Term, Texts

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

#: The place of a fault: names of fields and numbers of entries.
Location = tuple[int | str, ...]

Kind = Literal["missing", "empty", "long", "few", "many", "characters", "unknown", "form", "json", "more"]

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

#: Faults that are listed; what else is wrong is counted.
LISTED = 20

#: Unknown names that are compared with known ones where there are more than are listed: it is somebody else's data.
_COMPARED = 5


class Fault(NamedTuple):
    """A refused field: its path in Python names, the kind of fault, and the term that says what is allowed.

    ``detail`` gives the place where JSON breaks off, the known name nearest to an unknown one, or how much ``more`` is
    wrong; ``misfit`` says of a value of the wrong form what came, without showing personal data.
    """

    path: str
    kind: Kind
    term: Term | None
    detail: str = ""
    misfit: Misfit | None = None


def faults_of(error: ValidationError, record: type[Record], given: object, more: int = 0) -> list[Fault]:
    """Return the faults behind the validation error that ``given`` caused as a ``record``, in order.

    At most ``LISTED`` of them: a last one, of the kind ``more``, says how many faults there are beyond and how many
    entries were not looked at; ``more`` of these are known already.
    """
    details = Details()
    compared = _COMPARED if more else LISTED
    told = enumerate(islice(details.of(error, record, given), LISTED))
    found = [_fault(each, record, compared=at < compared) for at, each in told]
    left = more + details.left
    return [*found, Fault("", "more", None, str(left))] if left else found


class Details:
    """The faults that pydantic finds, in order. It stops at the first entry of a list that is refused: the entries are
    read here, one by one, as far as somebody asks. ``left`` counts what nobody has asked for.
    """

    def __init__(self) -> None:
        self.left = 0

    def of(
        self, error: ValidationError, record: type[Record], given: object, at: Location = ()
    ) -> Iterator["ErrorDetails"]:
        """Yield the faults of what was given as a record, which stands ``at`` a place."""
        told = error.errors(include_url=False, include_context=False)
        lists = {entry[:-1] for each in told if (entry := _entry(each["loc"]))}
        told = [each for each in told if each["loc"] not in lists]  # too short only because its entries were refused
        self.left += len(told)
        for each in told:
            self.left -= 1
            *place, number = _entry(each["loc"]) or ("",)
            entries, kind = _found(given, record, place)
            if not entries or isinstance(number, str):
                yield {**each, "loc": (*at, *each["loc"])}
            elif tuple(place) in lists:
                lists.remove(tuple(place))
                yield from self._entries(entries, kind, number, (*at, *place))

    def _entries(
        self, entries: Sequence[object], kind: type[Record], first: int, at: Location
    ) -> Iterator["ErrorDetails"]:
        """Yield what is wrong with the entries of a list, from the first that was refused."""
        self.left += len(entries) - first
        for number in range(first, len(entries)):
            self.left -= 1
            try:
                kind.model_validate(entries[number])
            except ValidationError as error:
                yield from self.of(error, kind, entries[number], (*at, number))


def _entry(location: Location) -> Location:
    """The place of the entry of a list that a location is in, as far as its first number; nothing outside lists."""
    at = next((at for at, step in enumerate(location) if isinstance(step, int)), None)
    return () if at is None else location[: at + 1]


def _found(given: object, record: type[Record], place: Iterable[object]) -> tuple[Sequence[object], type[Record]]:
    """The entries at a place of what was given, and the record that each is to be."""
    for step in map(str, place):
        term, inner = terms_of(record).get(step), part_type(record, step) if step in record.model_fields else None
        if not isinstance(given, Mapping) or term is None or inner is None:
            return (), record
        given, record = given.get(step, given.get(term.wire)), inner
    return (given if isinstance(given, list | tuple) else ()), record


def _fault(told: "ErrorDetails", record: type[Record], *, compared: bool) -> Fault:
    kind = _KINDS.get(told["type"], "form")
    path, term, near = _locate(told["loc"], record, compared=compared)
    if isinstance(term, Code) and kind in ("empty", "long"):
        kind = "form"
    detail = told["msg"] if kind == "json" else near if kind == "unknown" else ""
    return Fault(path, kind, term, detail, misfit(told["input"], term) if term and kind == "form" else None)


def _locate(location: Location, record: type[Record], *, compared: bool) -> tuple[str, Term | None, str]:
    """A location as a path such as ``order.lines[0].qty``, the term of its last field, and for an unknown field the
    nearest known name.
    """
    path, term, inside, near = "", None, record, ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
            continue
        if isinstance(term, Texts):
            path += f".(a name of {len(step)} characters)"
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
