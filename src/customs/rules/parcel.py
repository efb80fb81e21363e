"""A parcel as it is given (包裹资料): read from JSON or a mapping, with the checks that span more than one field.

>>> declaration, findings = read_declaration('{"order": ')
>>> findings[0].code
'json-unreadable'
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from customs.declaration import Declaration
from customs.fields import Record, Term, faults_of, terms_of
from customs.fields.digits import TOO_LARGE
from customs.rules import catalogue
from customs.rules.finding import Finding
from customs.rules.reading import finding_of, name_of

#: The longest item number that the declaration list admits; the order admits 30 characters.
LIST_ITEM_NO = 20

#: The types of values that are neither text nor a group of fields.
_PLAIN = frozenset({type(None), int, Decimal, datetime, date})


def read_declaration(source: str | bytes | Mapping[str, Any]) -> tuple[Declaration | None, list[Finding]]:
    """Return a declaration from a JSON text or a mapping, or None and the findings that say why it cannot be read.

    Amounts are strings of plain digits (or ``Decimal`` in a mapping). Both Python names and wire names are accepted.
    """
    try:
        if isinstance(source, (str, bytes)):
            return Declaration.model_validate_json(source), []
        return Declaration.model_validate(source), []
    except ValidationError as error:
        return None, [finding_of(fault) for fault in faults_of(error, Declaration)]


def check_declaration(declaration: Declaration) -> Iterator[Finding]:
    """Blank texts, item numbers too long for the list, line values that no message can carry."""
    for path, term in blank_fields(declaration):
        yield catalogue.BLANK.at(path, name=name_of(term, path))
    for position, line in enumerate(declaration.order.lines):
        if line.item_no is not None and len(line.item_no) > LIST_ITEM_NO:
            yield catalogue.ITEM_NO_LENGTH.at(f"order.lines[{position}].item_no")
        if abs(line.value) >= TOO_LARGE:
            yield catalogue.OVERFLOW.at(f"order.lines[{position}].total_price", name="总价 totalPrice")


def blank_fields(record: Record, path: str = "") -> list[tuple[str, Term]]:
    """Return the paths and terms of texts that are blank."""
    found = []
    for name, value in record.__dict__.items():
        kind = type(value)
        if kind is str:
            if not value or value.isspace():
                found.append((f"{path}{name}", terms_of(type(record))[name]))
        elif kind is tuple:
            for position, each in enumerate(value):
                found += blank_fields(each, f"{path}{name}[{position}].")
        elif kind is dict:
            term = terms_of(type(record))[name]
            found += [(f"{path}{name}.{each}", term) for each, text in value.items() if text.isspace()]
        elif kind not in _PLAIN:
            found += blank_fields(value, f"{path}{name}.")
    return found
