"""Incomplete receipts (残缺回执): read in spite of what customs left out or wrote otherwise, since none may be lost.

A field that the standard requires and the receipt lacks is None; a text beyond its facets is kept as it came; a time
to the second is read where one to the millisecond is due. Each is an oddity. Source: receipts of customs, which leave
out ``copNo`` and ``preNo`` where a list was refused at once; tables of the edition of 2018 have times of 14 digits.

>>> from customs.documents import OrderReceipt
>>> noted = []
>>> receipt = as_far_as_given(OrderReceipt, {"order_no": "A1", "returned_at": "20261111080000"}, "OrderReturn", noted.append)
>>> receipt.order_no, receipt.returned_at.hour, receipt.merchant_code
('A1', 8, None)
>>> [(each.code, each.path) for each in noted][:2]
[('field-missing', 'OrderReturn.guid'), ('field-missing', 'OrderReturn.ebpCode')]
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, NamedTuple, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from customs.documents.oddity import OddityCode
from customs.fields import Record, part_type, terms_of
from customs.fields.moments import china_time
from customs.fields.record import assemble
from customs.fields.terms import Code, Fixed, Instant, Part, Term, Text


class Noted(NamedTuple):
    """Something odd about a field: code, path in wire names, and the text that was kept."""

    code: OddityCode
    path: str
    text: str = ""


Note = Callable[[Noted], None]
R = TypeVar("R", bound=Record)


def as_far_as_given(record: type[R], values: Mapping[str, Any], where: str, note: Note) -> R:
    """Return a record of the texts that are given, by Python name; what is odd about them goes to ``note``."""
    return assemble(record, {field.name: _value(record, field, values, where, note) for field in _fields(record)})


class _Field(NamedTuple):
    """A field of a record, as far as reading it goes."""

    name: str
    term: Term
    required: bool
    default: Any
    inner: type[Record] | None
    may_be_empty: bool


@cache
def _fields(record: type[Record]) -> tuple[_Field, ...]:
    found = []
    for name, term in terms_of(record).items():
        info, inner = record.model_fields[name], part_type(record, name) if isinstance(term, Part) else None
        may_be_empty = isinstance(term, Text) and not term.minimum
        found.append(_Field(name, term, info.is_required(), info.default, inner, may_be_empty))
    return tuple(found)


def _value(record: type[Record], field: _Field, values: Mapping[str, Any], where: str, note: Note) -> Any:
    given = values.get(field.name)
    if given == "" and not field.may_be_empty:
        given = None
    if given is None:
        if not field.required:
            return field.default
        note(Noted("field-missing", f"{where}.{field.term.wire}"))
    if field.inner and isinstance(field.term, Part):
        return _part(field.term, field.inner, given, f"{where}.{field.term.wire}", note)
    if given is None:
        return None
    return _plain(record, field.name, field.term, given, f"{where}.{field.term.wire}", note)


def _part(term: Part, inner: type[Record], given: Any, place: str, note: Note) -> Any:
    """A head, all fields absent where it is left out, or lines, however many there are."""
    if term.repeated:
        if term.maximum is not None and len(given or ()) > term.maximum:
            note(Noted("value-irregular", place))
        return tuple(as_far_as_given(inner, each, f"{place}[{at}]", note) for at, each in enumerate(given or ()))
    return _nothing(inner) if given is None else as_far_as_given(inner, given, place, note)


def _nothing(record: type[R]) -> R:
    return as_far_as_given(record, {}, "", lambda _: None)


def _plain(record: type[Record], name: str, term: Term, text: str, place: str, note: Note) -> Any:
    try:
        return _reader(record, name).validate_python(text)
    except ValidationError:
        return _kept(term, text, place, note)


def _kept(term: Term, text: str, place: str, note: Note) -> Any:
    """The nearest value of a text that is not of the form of its field."""
    if isinstance(term, Instant):
        try:
            value = china_time(text)
        except ValueError:
            value = None
        else:
            note(Noted("time-of-seconds", place))
            return value
    note(Noted("value-irregular", place, text))
    return text if isinstance(term, Text | Code | Fixed) else None


@cache
def _reader(record: type[Record], name: str) -> TypeAdapter[Any]:
    """The validator of one field."""
    info = record.model_fields[name]
    annotated, kind = cast("Any", Annotated), cast("Any", info.annotation)
    return TypeAdapter(annotated[kind, *info.metadata] if info.metadata else kind)
