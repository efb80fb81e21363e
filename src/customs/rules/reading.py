"""Findings of reading: each fault of a field becomes a finding, never an exception."""

from customs.fields import Fault, Term
from customs.fields.terms import Allowed, Fixed
from customs.rules import catalogue
from customs.rules.finding import Finding

#: An entry of a list.
ENTRY = Allowed("一组字段", "a group of fields")

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
        hidden = ("，名称可能含个人信息，不予显示", ", and its name is not shown, which may be personal")
        hints = (f"，最接近的是 {near}", f", the nearest is {near}") if near else hidden
        return catalogue.UNKNOWN.at(path, hint_zh=hints[0], hint=hints[1])
    if isinstance(fault.term, Fixed) and fault.term.wire == "currency":
        came = fault.misfit
        hints = (f"；{came.zh}", f"; {came.en}") if came else ("", "")
        return catalogue.CURRENCY.at(path, hint_zh=hints[0], hint=hints[1])
    if fault.term is None:
        return catalogue.NOT_AN_OBJECT.at(path)
    allowed = ENTRY if path.endswith("]") else fault.term.allowed
    name = name_of(fault.term, path)
    facts = {"name": name, "allowed_zh": allowed.zh, "allowed": allowed.en}
    if came := fault.misfit:
        hints = (f"请写作 {came.right}。", f"Write {came.right}. ") if came.right else ("", "")
        facts |= {"why_zh": came.zh, "why": came.en, "hint_zh": hints[0], "hint": hints[1]}
    return _KIND_OF[fault.kind].at(path, **facts)


def name_of(term: Term, path: str = "") -> str:
    """Return the name of a field as people know it: Chinese label and wire name, or the last part of its path."""
    return f"{term.zh} {term.wire or path.rpartition('.')[2]}".rstrip()
