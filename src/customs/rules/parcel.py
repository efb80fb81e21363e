"""A parcel as it is given (包裹资料): read from JSON or a mapping, with the checks that span more than one field.

>>> declaration, findings = read_declaration('{"order": ')
>>> findings[0].code
'json-unreadable'
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import from_json

from customs.codes.named import CHINA, WHOLE_UNITS
from customs.declaration import Declaration, Line, Parties
from customs.fields import Record, Term, faults_of, terms_of
from customs.fields.bounds import within_bounds
from customs.fields.digits import TOO_LARGE
from customs.fields.money import exactly
from customs.rules import catalogue
from customs.rules.faultless import reader
from customs.rules.finding import Finding
from customs.rules.glance import good_at_a_glance, good_values
from customs.rules.reading import finding_of, name_of
from customs.rules.repeated import repeated_in
from customs.rules.texts import FORMS, odd, text_findings

D = TypeVar("D", bound=Declaration)

#: No parcel of 99 lines comes near this size, in bytes, or characters of a text.
LARGEST_PARCEL = 1 << 20

#: Colons in a text of JSON that can hold no more than a few hundred keys; of one with more the shape is looked at first.
PLENTY = 400

#: The longest item number that the declaration list admits; the order admits 30 characters.
LIST_ITEM_NO = 20

#: The gross weight in kilograms above which a parcel is doubted: no text names one; grams given as kilograms exceed it.
HEAVIEST = 100

#: Transport by air (运输方式 5), which bonded goods inside China do not take.
BY_AIR = "5"

#: The types of values that are neither text nor a group of fields.
_PLAIN = frozenset({type(None), int, Decimal, datetime, date})


@exactly
def read_declaration(source: str | bytes | Mapping[str, Any]) -> tuple[Declaration | None, list[Finding]]:
    """Return a declaration from a JSON text or a mapping, or None and the findings that say why it cannot be read.

    Amounts are strings of plain digits (or ``Decimal`` in a mapping). Both Python names and wire names are accepted.
    """
    return read_as(Declaration, source)


def read_checked(source: str | bytes | Mapping[str, Any]) -> tuple[Declaration | None, list[Finding]]:
    """Return a declaration with the findings of ``check_declaration``, or None and those of ``read_declaration``."""
    if isinstance(source, (str, bytes)) and len(source) <= LARGEST_PARCEL:
        keys = _most_keys(source)
        found = faultless(source) if keys <= PLENTY else None
        if found and (keys == _keys_read(found) or not repeated_in(source, found)):
            return found, _checked(found, good=True)
    found, findings = read_as(Declaration, source)
    return found, findings if found is None else check_declaration(found)


def faultless(source: str | bytes) -> Declaration | None:
    """Return the parcel of a JSON text of which no text is odd; None for any other, and for one that cannot be read."""
    try:
        found: Declaration | None = read.validate_json(source) if (read := reader()) else None
    except ValidationError:
        return None
    return found if found and good_values(Parties, _of_parties(found.parties.__dict__)) else None


_of_parties = itemgetter(*terms_of(Parties))


def _most_keys(source: str | bytes) -> int:
    """How many keys a JSON text can have: its colons."""
    return source.count(":") if isinstance(source, str) else source.count(b":")


def read_as(record: type[D], source: str | bytes | Mapping[str, Any]) -> tuple[D | None, list[Finding]]:
    """Return a declaration of a type from what was given, or None and the findings."""
    if not isinstance(source, (str, bytes)):
        return _within_bounds(record, source, source)
    if len(source) > LARGEST_PARCEL:
        return None, [catalogue.TOO_LARGE.at("", most=LARGEST_PARCEL)]
    keys = _most_keys(source)
    if keys > PLENTY and (given := _json(source)) is not None:
        return _within_bounds(record, given, source)
    try:
        found = record.model_validate_json(source)
    except ValidationError as error:
        return None, [finding_of(fault) for fault in faults_of(error, record, _json(source))]
    if keys != _keys_read(found) and (repeated := repeated_in(source, found)):
        return None, [catalogue.REPEATED.at(path) for path in repeated]
    return found, []


def _within_bounds(
    record: type[D], given: Any, source: str | bytes | Mapping[str, Any]
) -> tuple[D | None, list[Finding]]:
    """Read a mapping, or a text with many keys, of which no more than is within bounds is looked at."""
    given, beyond = within_bounds(given, record)
    try:
        found = record.model_validate(given)
    except ValidationError as error:
        return None, [finding_of(fault) for fault in faults_of(error, record, given, beyond)]
    if beyond:
        return None, [catalogue.MORE.at("", count=beyond)]
    repeated = repeated_in(source, found) if isinstance(source, (str, bytes)) else []
    return (None, [catalogue.REPEATED.at(path) for path in repeated]) if repeated else (found, [])


def _json(source: str | bytes) -> Any:
    """The values of a JSON text, None if it cannot be read."""
    try:
        return from_json(source)
    except (ValueError, TypeError):  # no JSON, or a text with half a character
        return None


def _keys_read(declaration: Declaration) -> int:
    """How many keys were read into a declaration."""
    *parts, local = _keys_of_parts(declaration)
    keys = sum(map(len, parts)) + len(local or ())
    for line in declaration.order.lines:
        of_line, local = _keys_of_line(line)
        keys += len(of_line) + len(local or ())
    return keys


_KEYS = "__pydantic_fields_set__"
_keys_of_parts = attrgetter(
    _KEYS, *(f"{each}.{_KEYS}" for each in ("parties", "order", "payment", "waybill", "clearance")), "local"
)
_keys_of_line = attrgetter(_KEYS, "local")


def check_declaration(declaration: Declaration) -> list[Finding]:
    """Texts that are blank, damaged or of a wrong form; numbers that customs refuses or doubts."""
    return _checked(declaration, good=good_at_a_glance(declaration))


@exactly
def _checked(declaration: Declaration, *, good: bool) -> list[Finding]:
    """Return the findings of a declaration whose texts are known to be good or not."""
    found: list[Finding] = []
    if not good:
        for path, field, text, term in odd_texts(declaration):
            found += text_findings(path, field, text, name_of(term, path))
    clearance, gross = declaration.clearance, declaration.waybill.gross_weight
    trade_mode = clearance.trade_mode
    if trade_mode == "9610" and clearance.departure_country == CHINA:
        found.append(catalogue.DIRECT_FROM_CHINA.at("clearance.departure_country"))
    if trade_mode == "1210" and clearance.transport_mode == BY_AIR:
        found.append(catalogue.BONDED_BY_AIR.at("clearance.transport_mode"))
    if gross > HEAVIEST:
        found.append(catalogue.WEIGHT_DOUBTFUL.at("waybill.gross_weight", given=gross, most=HEAVIEST))
    for position, line in enumerate(declaration.order.lines):
        unit, qty, total, item_no = _facts(line.__dict__)
        broken = unit in WHOLE_UNITS and qty % 1
        if broken or abs(line.value if total is None else total) >= TOO_LARGE or len(item_no or "") > LIST_ITEM_NO:
            found += check_line(f"order.lines[{position}]", line)
    return found


#: The facts of a line in which something can be wrong.
_facts = itemgetter("unit", "qty", "total_price", "item_no")


def check_line(path: str, line: Line) -> Iterator[Finding]:
    """Item numbers too long for the list, values that no message can carry, parts of a piece."""
    if line.item_no is not None and len(line.item_no) > LIST_ITEM_NO:
        yield catalogue.ITEM_NO_LENGTH.at(f"{path}.item_no")
    if abs(line.value) >= TOO_LARGE:
        yield catalogue.OVERFLOW.at(f"{path}.total_price", name="总价 totalPrice")
    if line.qty % 1 and line.unit in WHOLE_UNITS:
        yield catalogue.PIECES.at(f"{path}.qty", given=line.qty, unit=line.unit)


def odd_texts(record: Record, path: str = "") -> list[tuple[str, str, str, Term]]:
    """Return the texts that deserve a closer look: path, field, text, term."""
    found = []
    for name, value in record.__dict__.items():
        kind = type(value)
        if kind is str:
            form = FORMS.get(name)
            if not value or odd(value) or (form and not form(value)):
                found.append((f"{path}{name}", name, value, terms_of(type(record))[name]))
        elif kind is tuple:
            for position, each in enumerate(value):
                found += odd_texts(each, f"{path}{name}[{position}].")
        elif kind is dict:
            term = terms_of(type(record))[name]
            found += [(f"{path}{name}.{each}", name, text, term) for each, text in value.items() if odd(text)]
        elif kind not in _PLAIN:
            found += odd_texts(value, f"{path}{name}.")
    return found
