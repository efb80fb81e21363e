"""Findings of reading: each fault of a field becomes a finding, never an exception."""

from customs.fields import Fault, Term
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


def finding_of(fault: Fault, path: str | None = None) -> Finding:
    """Return the finding for a refused field, at its own path or the given one."""
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
    """Return the name of a field as people know it: Chinese label and wire name, or the last part of its path."""
    return f"{term.zh} {term.wire or path.rpartition('.')[2]}".rstrip()
