"""Findings of reading: each fault of a field becomes a finding, never an exception."""

import re

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
        return catalogue.JSON.at(path, detail_zh="含有不属于 Unicode 的字符", detail="characters that are no Unicode")
    if fault.kind == "json":
        detail = fault.detail.removeprefix("Invalid JSON: ")
        return catalogue.JSON.at(path, detail_zh=in_chinese(detail), detail=detail)
    if fault.kind == "more":
        return catalogue.MORE.at(path, count=fault.detail)
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


#: What the parser says of JSON that it cannot read, and the same in Chinese; the first that begins it counts.
_BROKEN = {
    "EOF while parsing": "内容不完整，在此中断",
    "trailing characters": "一个 JSON 值之后还有其他内容",
    "trailing comma": "末项之后多一个逗号",
    "control character": "字符串中有控制字符，如换行、制表符",
    "invalid unicode code point": "不是有效的 UTF-8",
    "unexpected end of hex escape": "转义字符不完整",
    "invalid escape": "转义字符无效",
    "recursion limit": "嵌套过深",
    "key must be": "键须为带引号的字符串",
    "invalid number": "数字无效",
    "number out of range": "数字超出范围",
    "expected": "此处不是 JSON 应有的内容",
}
_PLACE = re.compile(r" at line ([0-9]+) column ([0-9]+)$")


def in_chinese(detail: str) -> str:
    """Return in Chinese what the parser says of unreadable JSON; its own words where they are not known.

    >>> in_chinese("EOF while parsing a string at line 1 column 300")
    '内容不完整，在此中断（第 1 行第 300 列）'
    """
    said = next((zh for start, zh in _BROKEN.items() if detail.startswith(start)), None)
    place = _PLACE.search(detail)
    return f"{said}（第 {place[1]} 行第 {place[2]} 列）" if said and place else detail


def name_of(term: Term, path: str = "") -> str:
    """Return the name of a field as people know it: Chinese label and wire name, or the last part of its path."""
    return f"{term.zh} {term.wire or path.rpartition('.')[2]}".rstrip()
