r"""Compiled writers (按单证类型编译的写入函数): one function for each type of document, its head and lines inlined.

Walking a table of fields for every document costs several times what the writing itself does. So the table becomes
source once for each type, as attrs compiles its classes:

>>> from customs.documents import WaybillReceipt
>>> print(source_of(WaybillReceipt))
def write(record):
    pieces, texts, numbers = [], [], []
    guid_ = record["guid"]
    carrier_code_ = record["carrier_code"]
    waybill_no_ = record["waybill_no"]
    return_status_ = record["return_status"]
    returned_at_ = record["returned_at"]
    return_info_ = record["return_info"]
    texts += (guid_, carrier_code_, waybill_no_, return_status_, return_info_,)
    pieces.append(
        '<ceb:LogisticsReturn>'
        f'<ceb:guid>{guid_}</ceb:guid>'
        f'<ceb:logisticsCode>{carrier_code_}</ceb:logisticsCode>'
        f'<ceb:logisticsNo>{waybill_no_}</ceb:logisticsNo>'
        f'<ceb:returnStatus>{return_status_}</ceb:returnStatus>'
        f'{"" if returned_at_ is None else f"<ceb:returnTime>{instant_of_returned_at(returned_at_)}</ceb:returnTime>"}'
        f'<ceb:returnInfo>{return_info_}</ceb:returnInfo>'
        '</ceb:LogisticsReturn>'
    )
    try:
        text, digits = "".join(texts), "".join(numbers)
    except TypeError:  # a required text is None
        return None
    if "&" in text or "<" in text or ">" in text or "\r" in text:
        return None
    if "E" in digits or "e" in digits:  # an exponent, or the None of a required number
        return None
    return "".join(pieces)

The function takes it for granted that required fields are there, that no text holds a character that is escaped and
that no number has an exponent. It tests that once for the document; one that is different in any of these is written
by walking the table.
"""

import linecache
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from customs.documents import Document
from customs.fields.digits import plain_digits
from customs.fields.moments import day_digits, instant_digits, latest, moment_digits
from customs.fields.record import Record, part_type, terms_of
from customs.fields.terms import Count, Day, Decimals, Instant, Moment, Part, Term

Writer = Callable[[Mapping[str, Any]], str | None]

#: How times are written; documents made one after the other mostly have the same.
_TIMES: dict[type[Term], Callable[[Any], str]] = {
    Moment: moment_digits,
    Instant: instant_digits,
    Day: day_digits,
}


#: How a writer ends: the test of all texts and numbers that it wrote as they are.
_CHECKED = """\
try:
    text, digits = "".join(texts), "".join(numbers)
except TypeError:  # a required text is None
    return None
if "&" in text or "<" in text or ">" in text or "\\r" in text:
    return None
if "E" in digits or "e" in digits:  # an exponent, or the None of a required number
    return None
return "".join(pieces)"""


def compiled(kind: type[Document]) -> Writer:
    """Return the writer of a type of document, from its ``nested_values``; it returns None for a document that is to be
    written by the table.
    """
    name, source = f"<writer of {kind.message} {kind.__qualname__}>", source_of(kind)
    linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name  # for tracebacks
    scope: dict[str, Any] = {"plain_digits": plain_digits}
    for field, term in _times(kind):
        scope[_digits_of(field, term)] = _digits_writer(field, _TIMES[type(term)])
    exec(compile(source, name, "exec"), scope)  # noqa: S102  made of our own tables alone
    writer: Writer = scope["write"]
    return writer


@cache
def _digits_writer(field: str, digits_of: Callable[[Any], str]) -> Callable[[Any], str]:
    """Return what writes the times of a field in all documents: those of a parcel have the same time of submission."""
    return latest(digits_of)


def source_of(kind: type[Document]) -> str:
    """Return the source of the writer of a type of document."""
    lines = (
        "def write(record):",
        "    pieces, texts, numbers = [], [], []",
        *_record(kind, kind.element, "record", "    "),
        *(f"    {line}" for line in _CHECKED.splitlines()),
    )
    return "\n".join(lines)


def _times(record: type[Record]) -> Iterator[tuple[str, Term]]:
    """The fields of a record, and of the records in it, that are times."""
    for name, term in terms_of(record).items():
        if inner := part_type(record, name):
            yield from _times(inner)
        elif type(term) in _TIMES:
            yield name, term


def _record(record: type[Record], element: str, values: str, indent: str) -> Iterator[str]:
    """The lines that write a record whose values are in the variable ``values``: its plain fields, then the parts that
    hold further records.
    """
    terms = {name: term for name, term in terms_of(record).items() if term.wire}
    fields = [_field(record, name, term, values) for name, term in terms.items() if not isinstance(term, Part)]
    yield from (f"{indent}{each.read}" for each in fields)
    if texts := [each.text for each in fields if each.text]:
        yield f"{indent}texts += ({', '.join(texts)},)"
    if numbers := [each.number for each in fields if each.number]:
        yield f"{indent}numbers += ({', '.join(numbers)},)"
    parts = [_part(record, name, term, values, indent) for name, term in terms.items() if isinstance(term, Part)]
    written = [f"    '<ceb:{element}>'", *(f"    f'{each.written}'" for each in fields)]
    closing = f"    '</ceb:{element}>'"
    if not parts:
        written.append(closing)
    yield from (f"{indent}{line}" for line in ("pieces.append(", *written, ")"))
    for part in parts:
        yield from part
    if parts:
        yield from (f"{indent}{line}" for line in ("pieces.append(", closing, ")"))


def _part(record: type[Record], name: str, term: Part, values: str, indent: str) -> Iterator[str]:
    """The lines that write a part of a record: a head, or a loop over its lines."""
    inner = part_type(record, name)
    if inner is None or term.wire is None:
        raise TypeError(f"{record.__name__}.{name} is no part that is written")
    given = f'{values}["{name}"]'
    if term.repeated:
        yield f"{indent}for each in {given}:"
        given, indent = "each", indent + "    "
    yield f"{indent}{name} = {given}"
    yield from _record(inner, term.wire, name, indent)


class _Field(NamedTuple):
    """The source of one field: how it is read, what of it is tested, how it is written. Its variable ends in ``_``."""

    read: str
    text: str
    number: str
    written: str


def _field(record: type[Record], name: str, term: Term, values: str) -> _Field:
    info, variable = record.model_fields[name], f"{name}_"
    optional = not info.is_required() and info.default is None
    given, text, number, value = f'{values}["{name}"]', "", "", variable
    if type(term) in _TIMES:
        optional, value = True, f"{_digits_of(name, term)}({variable})"
    elif not isinstance(term, Decimals | Count):
        text = f'{variable} or ""' if optional else variable
    elif optional:
        value = f"plain_digits({variable})"
    else:
        given, number = f"str({given})", variable
    element = f"<ceb:{term.wire}>{{{value}}}</ceb:{term.wire}>"
    written = f'{{"" if {variable} is None else f"{element}"}}' if optional else element
    return _Field(f"{variable} = {given}", text, number, written)


def _digits_of(name: str, term: Term) -> str:
    """The function that writes a time; a head and a line may have times of the same name and of different kinds."""
    return f"{type(term).__name__.lower()}_of_{name}"
