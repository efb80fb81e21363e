"""Code lists of customs (代码表): countries, currencies, units, transport, packaging, districts, statuses, errors.

Each list is a table ``data/<name>.csv``, read when it is first asked for; ``LISTS`` describes each. A code with
several rows has several names; the first row is the main one. Sources: parameters of the customs
administration, state of 2018 (countries, currencies, units, transport and packaging; the unified edition still uses the
numeric codes); supervision modes and 1,367 customs districts, state of 2025, older tables merged, former names kept;
unified edition 2022-05 (the rest). Days are given only where they are known: trade modes have the days of their
announcements. A code may have meant something else before the state of its list.

>>> code_list("units")["035"].zh
'千克'
>>> "999" in code_list("countries")
False
>>> code_list("countries").by_alpha("JPN").zh
'日本'
>>> [(entry.code, entry.zh) for entry in code_list("districts").by_name("杭加工区")]
[('2991', '杭州综保')]
"""

import csv
from datetime import date
from functools import cache

from customs.codes.entries import CodeEntry, CodeList, Entries, Name
from customs.codes.lists import LISTS, OPEN_LISTS, About
from customs.shipped import text_of


@cache
def code_list(name: str) -> CodeList:
    """Return a list by its name, one of ``LISTS``: a mapping of code to entry. Raises ``LookupError`` for any other
    name.

    >>> code_list("wrap_types_2018")["22"].older_code
    '2'
    >>> code_list("colours")
    Traceback (most recent call last):
    LookupError: no code list is called 'colours'; there are app_statuses, app_types, ...
    """
    if name not in LISTS:
        raise LookupError(f"no code list is called {name!r}; there are {', '.join(sorted(LISTS))}")
    heading, *rows = csv.reader(text_of("customs.codes", f"data/{name}.csv").splitlines())
    code = heading.index("code")
    by_code: dict[str, list[list[str]]] = {}
    for row in rows:
        by_code.setdefault(row[code], []).append(row)
    return CodeList(
        name, Entries(by_code, lambda rows: _entry(*(dict(zip(heading, row, strict=True)) for row in rows)))
    )


def _entry(row: dict[str, str], *others: dict[str, str]) -> CodeEntry:
    return CodeEntry(
        code=row["code"],
        zh=row["zh"],
        en=row.get("en", ""),
        alpha=row.get("alpha", ""),
        former=tuple(filter(None, row.get("former", "").split("|"))),
        also=tuple(Name(each["zh"], each.get("en", ""), each.get("alpha", "")) for each in others),
        valid_from=_day(row.get("valid_from", "")),
        valid_to=_day(row.get("valid_to", "")),
        district=row.get("district", ""),
        level=row.get("level", ""),
        older_code=row.get("older_code", ""),
        retired=row.get("retired") == "1",
        state=row.get("state", ""),
        application_state=row.get("application_state", ""),
        cause=row.get("cause", ""),
        standing=row.get("standing", ""),
        note=row.get("note", ""),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


__all__ = ["LISTS", "OPEN_LISTS", "About", "CodeEntry", "CodeList", "Name", "code_list"]
