"""The catalogue of receipts (回执代码目录): every code, text and status that is known, with its standing.

319 errors and other results, and the statuses. Text, English and cause of a code that ``customs.codes`` lists are read
from there; ``data/errors.csv`` and ``data/statuses.csv`` add what the lists do not have: direction, receipts, further
texts, action, party, sources, certainty. Code and text are ``official`` or ``seen`` in code and receipts; cause and
action are a judgement of this library, unless ``acted`` says that a source acts so.

>>> len(errors()), len(statuses())
(319, 30)
>>> quota, *_ = coded("1313")
>>> quota.zh, quota.cause.value, quota.action.value, quota.party.value, quota.standing, quota.certainty
('超过个人年度购买额度', 'quota', 'stop', 'platform', 'seen', 'high')
>>> [each.action.value for each in coded("-301001")]
['fix_resubmit', 'fix_sign']
"""

import csv
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from customs.codes import CodeEntry, Name, code_list
from customs.codes.errors import ErrorCause
from customs.receipts.actions import Action, Party


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Meaning:
    """One meaning of a code, a text or a status."""

    code: str
    """As it stands in receipts or is named; a range as ``first..last``; empty for a text without a code."""
    codes: tuple[str, ...]
    """Every code by which it is found."""
    is_status: bool
    direction: Literal["import", "export", "both"]
    receipts: tuple[str, ...]
    """Receipts, local formats and agencies that it was seen in; empty for any."""
    statuses: tuple[str, ...]
    """Return statuses that it was seen with."""
    family: str
    """One of ``families()``."""
    texts: tuple[str, ...]
    """Texts by which it is found. ``…`` stands for anything; a text that begins with ``=`` has to be the whole."""
    zh: str
    en: str
    also: tuple[Name, ...]
    """A second text under the same number."""
    cause: ErrorCause | None
    """None for what is no error, and where the cause is not known."""
    action: Action
    party: Party | None
    """None where there is nothing to do."""
    sources: tuple[str, ...]
    """Keys of ``sources()``."""
    certainty: str
    """``high``, ``medium`` or ``low``."""
    standing: str
    """``official``, or ``seen`` in code and receipts; of code and text."""
    acted: str
    """Where the action is more than a judgement of this library: ``official`` or ``seen``, else empty."""
    note_zh: str
    note_en: str
    final_for: tuple[str, ...] = ()
    """For statuses: receipts that end well with it."""
    terminal: bool = False
    """For statuses: nothing more is expected for the submission."""
    failure: bool = False
    """For statuses: it is no step of a regular course."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFamily:
    """A family of codes: where an unlisted number belongs."""

    code: str
    zh: str
    en: str
    direction: str
    receipts: tuple[str, ...]
    ranges: tuple[tuple[int, int], ...]
    """First and last number, the smaller first."""


@dataclass(frozen=True, slots=True)
class FactSource:
    """A source of facts: its key, what it is, and how far it can be trusted."""

    key: str
    title: str
    trust: str


@cache
def errors() -> tuple[Meaning, ...]:
    """Return the 319 errors and other results of the catalogue, in its order."""
    return tuple(map(_error, _table("errors")))


@cache
def statuses() -> tuple[Meaning, ...]:
    """Return the statuses: the 27 of receipts, then the three of tax bills."""
    return tuple(map(_status, _table("statuses")))


@cache
def families() -> Mapping[str, CodeFamily]:
    """Return the families of codes by name."""
    return MappingProxyType(
        {
            row["code"]: CodeFamily(
                code=row["code"],
                zh=row["zh"],
                en=row["en"],
                direction=row["direction"],
                receipts=_several(row["receipts"]),
                ranges=tuple(map(_range, _several(row["ranges"]))),
            )
            for row in _table("families")
        }
    )


@cache
def sources() -> Mapping[str, FactSource]:
    """Return the sources by their keys."""
    return MappingProxyType(
        {row["key"]: FactSource(row["key"], row["title"], row["trust"]) for row in _table("sources")}
    )


def _table(name: str) -> Iterator[dict[str, str]]:
    text = files("customs.receipts").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())


def _several(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()


def _range(text: str) -> tuple[int, int]:
    first, last = sorted(map(int, text.split("..")))
    return first, last


def _error(row: dict[str, str]) -> Meaning:
    listed = _listed(row)
    cause = row["cause"] or listed.cause
    names = tuple(name for name in (listed.zh, *(each.zh for each in listed.also)) if name)
    return Meaning(
        **_shared(row, listed),
        is_status=False,
        codes=tuple(filter(None, (row["code"], *_several(row["also"])))),
        statuses=_several(row["statuses"]),
        family=row["family"],
        texts=_several(row["texts"]) or names,
        also=listed.also,
        cause=ErrorCause(cause) if cause else None,
        acted=row["acted"],
    )


def _status(row: dict[str, str]) -> Meaning:
    listed = _listed(row)
    return Meaning(
        **_shared(row, listed),
        is_status=True,
        codes=(row["code"],),
        statuses=(),
        family="status",
        texts=(f"={row['zh'] or listed.zh}",),
        also=(),
        cause=None,
        acted="",
        final_for=_several(row["final_for"]),
        terminal=row["terminal"] == "1",
        failure=row["failure"] == "1",
    )


def _listed(row: dict[str, str]) -> CodeEntry:
    """The entry of the code list that the row extends; an empty one for a row of its own."""
    return code_list(row["list"])[row["code"]] if row["list"] else CodeEntry(row["code"])


def _shared(row: dict[str, str], listed: CodeEntry) -> dict[str, Any]:
    return {
        "code": row["code"],
        "direction": row.get("direction", "both"),
        "receipts": _several(row["receipts"]),
        "zh": row["zh"] or listed.zh,
        "en": row["en"] or listed.en,
        "action": Action(row["action"]),
        "party": Party(row["party"]) if row["party"] else None,
        "sources": _several(row["sources"]),
        "certainty": row["certainty"],
        "standing": row["standing"] or listed.standing or "official",
        "note_zh": row["note_zh"],
        "note_en": row["note_en"],
    }


@cache
def _by_code() -> dict[str, tuple[Meaning, ...]]:
    """Every meaning by each of its codes. Codes of receipts outside the unified edition also stand behind the receipt."""
    found: dict[str, list[Meaning]] = {}
    for each in (*statuses(), *errors()):
        for code in each.codes:
            found.setdefault(code.casefold(), []).append(each)
    return {code: tuple(each) for code, each in found.items()}


@cache
def _by_range() -> tuple[list[int], list[tuple[int, Meaning]]]:
    """The ranges: their first numbers, rising, and for each its last number and meaning."""
    rows = sorted(
        (*_range(each.code.replace("-", "..", 1) if each.code[0] != "-" else each.code), each)
        for each in errors()
        if ".." in each.code or each.code in ("43-49", "4000-9999")
    )
    return [first for first, *_ in rows], [(last, each) for _, last, each in rows]


def coded(code: str) -> tuple[Meaning, ...]:
    """Return every meaning of a code, by the code itself and by ranges; statuses first, none if it is unknown."""
    found = _by_code().get(code.casefold(), ())
    return (*found, *_in_ranges(int(code))) if is_number(code) else found


def is_listed(code: str) -> bool:
    """Return True if a code stands in the catalogue itself, not only in a range of it."""
    return code.casefold() in _by_code()


def _in_ranges(number: int) -> Iterator[Meaning]:
    firsts, rows = _by_range()
    at = bisect_right(firsts, number)
    if at and number <= rows[at - 1][0]:
        yield rows[at - 1][1]


def is_number(code: str) -> bool:
    """True if a code is a number of at most six digits, negative or not."""
    digits = code.removeprefix("-")
    return len(digits) <= 6 and digits.isascii() and digits.isdecimal()


def family_of(code: str, direction: str | None = None) -> CodeFamily | None:
    """Return the family whose range holds a number that is not listed, None if none does.

    >>> family_of("-621500").code, family_of("1399").en, family_of("-999999")
    ('declaration-list', "rejections by customs' checks", None)
    """
    if not is_number(code):
        return None
    number = int(code)
    return next(
        (
            each
            for each in families().values()
            if direction is None or each.direction in (direction, "both")
            for first, last in each.ranges
            if first <= number <= last
        ),
        None,
    )
