"""Reading a declaration from JSON or a mapping: what cannot be read becomes findings, never an exception.

>>> declaration, findings = read_declaration('{"order": ')
>>> findings[0].code
'json-unreadable'
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from customs.declaration import Declaration
from customs.fields import Fault, Record, Term, faults_of, terms_of
from customs.fields.terms import Fixed
from customs.rules import catalogue
from customs.rules.finding import Finding

_KIND_OF = {
    "missing": catalogue.MISSING,
    "empty": catalogue.EMPTY,
    "long": catalogue.LONG,
    "few": catalogue.MANY,
    "many": catalogue.MANY,
    "characters": catalogue.CHARACTERS,
    "form": catalogue.FORM,
}


#: The types of values that are neither text nor a group of fields.
_PLAIN = frozenset({type(None), int, Decimal, datetime, date})


def read_declaration(source: str | bytes | Mapping[str, Any]) -> tuple[Declaration | None, list[Finding]]:
    """A declaration from a JSON text or a mapping, or None and the findings that say why not.

    Amounts are strings of plain digits (or ``Decimal`` in a mapping). Both Python names and wire names are accepted.
    """
    try:
        if isinstance(source, (str, bytes)):
            return Declaration.model_validate_json(source), []
        return Declaration.model_validate(source), []
    except ValidationError as error:
        return None, [finding_of(fault) for fault in faults_of(error, Declaration)]


def finding_of(fault: Fault, path: str | None = None) -> Finding:
    """The finding for a refused field, at its own path or the one given."""
    path = fault.path if path is None else path
    if fault.kind == "characters" and not path:
        return catalogue.JSON.at(path, detail="characters that are no Unicode")
    if fault.kind == "json":
        return catalogue.JSON.at(path, detail=fault.detail.removeprefix("Invalid JSON: "))
    if fault.kind == "unknown":
        if fault.term:
            return catalogue.TWICE.at(path)
        near = fault.detail
        hints = (f"，最接近的是 {near}", f", the nearest is {near}") if near else ("", "")
        return catalogue.UNKNOWN.at(path, hint_zh=hints[0], hint=hints[1])
    if isinstance(fault.term, Fixed) and fault.term.wire == "currency":
        return catalogue.CURRENCY.at(path)
    if fault.term is None:
        return catalogue.NOT_AN_OBJECT.at(path)
    allowed = fault.term.allowed
    name = name_of(fault.term, path)
    return _KIND_OF[fault.kind].at(path, name=name, allowed_zh=allowed.zh, allowed=allowed.en)


def name_of(term: Term, path: str = "") -> str:
    """A field as people know it: Chinese label and wire name, or the last part of its path where it has none."""
    return f"{term.zh} {term.wire or path.rpartition('.')[2]}".rstrip()


def blank_fields(record: Record, path: str = "") -> list[tuple[str, Term]]:
    """Paths and terms of the texts in a record that hold nothing but blanks."""
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
