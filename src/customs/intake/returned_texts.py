"""Refused rows as texts (退单文本): CSV in UTF-8 with its mark, which Excel opens, and JSON lines."""

import csv
import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import StringIO
from itertools import groupby
from typing import Any

from customs.intake.guarding import guarded
from customs.intake.json_orders import LINE, REASONS
from customs.intake.returned_rows import ReturnedRow, all_headings, numbers_of, reason_and_advice, unpacked
from customs.intake.sheets import Sheet, Value

#: The key of the lines of an order.
LINES = "lines"


def csv_of(sheet: Sheet, rows: Sequence[bytes]) -> bytes:
    """Return a table of text."""
    numbers, widest = numbers_of(rows)
    headings, width = dict(enumerate(sheet.headings)), max(widest, len(sheet.headings))
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    first = all_headings(sheet, width)
    looks_other = first[0].startswith(("{", "[", "<", "sep="))
    (csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_ALL) if looks_other else writer).writerow(first)
    for each in unpacked(rows):
        values = [guarded(value) if isinstance(value, str) else value for value in each.row.values]
        values += [None] * (width - len(values))
        writer.writerow([*values, *reason_and_advice(each, headings, numbers)])
    return text.getvalue().encode("utf-8-sig")


def json_of(sheet: Sheet, rows: Sequence[bytes]) -> bytes:
    """Return JSON lines: the objects as they were, with their reasons."""
    objects = groupby(unpacked(rows), key=lambda each: each.row.number)
    return "".join(f"{_order(sheet, list(group))}\n" for _, group in objects).encode()


def _order(sheet: Sheet, rows: Sequence[ReturnedRow]) -> str:
    """Return an order with its reasons as JSON."""
    split = len(sheet.headings) if sheet.lines_from is None else sheet.lines_from
    own = set(sheet.headings[:split])
    names = [_in_line(each, own) if at >= split else each for at, each in enumerate(sheet.headings)]
    pairs = list(zip(names, rows[0].row.values, strict=False))
    order = _nested(pairs[:split])
    lines = [_nested(list(zip(names, each.row.values, strict=False))[split:]) for each in rows]
    if any(lines):
        order[LINES if LINES not in order else f"{LINES}_of_order"] = lines
    order[REASONS] = [
        {
            "field": None if each.column is None else sheet.headings[each.column],
            "zh": each.zh,
            "en": each.en,
            "advice_zh": each.advice_zh,
            "advice_en": each.advice_en,
        }
        for row in rows
        for each in row.faults
    ]
    return _dumped(order)


def _in_line(heading: str, own: Collection[str]) -> str:
    """Return the key of a line that a heading stands for."""
    key = heading.removeprefix(LINE)
    return key if key in own else heading


def _nested(pairs: Sequence[tuple[str, Value]]) -> dict[str, Any]:
    """Return an object of paths with dots; what is empty is left out. Paths stay flat if one begins with another."""
    filled = [(path, value) for path, value in pairs if value is not None]
    paths = {path for path, _ in filled}
    if any(path[: at.start()] in paths for path in paths for at in re.finditer(r"\.", path)):
        return dict(filled)
    found: dict[str, Any] = {}
    for path, value in filled:
        *steps, last = path.split(".")
        below = found
        for step in steps:
            below = below.setdefault(step, {})
        below[last] = value
    return found


def _dumped(value: Any) -> str:
    """Return JSON in which numbers stand as they were given."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_dumped(str(key))}: {_dumped(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_dumped, value)) + "]"
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime | date | time | timedelta):
        return json.dumps(str(value))
    return json.dumps(value, ensure_ascii=False)
