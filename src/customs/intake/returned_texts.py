"""Refused rows as texts (退单文本): CSV in UTF-8 with its mark, which Excel opens, and JSON lines."""

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

from customs.intake.guarding import guarded
from customs.intake.json_orders import LINE, REASONS
from customs.intake.returned_rows import ReturnedRow, all_headings, numbers_of, reason_and_advice, unpacked
from customs.intake.sheets import Sheet, Value

#: The key of the lines of an order.
LINES = "lines"


def csv_of(sheet: Sheet, rows: Sequence[bytes]) -> bytes:
    numbers, widest = numbers_of(rows)
    headings, width = dict(enumerate(sheet.headings)), max(widest, len(sheet.headings))
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(all_headings(sheet, width))
    for each in unpacked(rows):
        values = [guarded(value) if isinstance(value, str) else value for value in each.row.values]
        values += [None] * (width - len(values))
        writer.writerow([*values, *reason_and_advice(each, headings, numbers)])
    return text.getvalue().encode("utf-8-sig")


def json_of(sheet: Sheet, rows: Sequence[bytes]) -> bytes:
    lines, order = list[str](), list[ReturnedRow]()
    for each in unpacked(rows):
        if each.first and order:
            lines.append(_order(sheet, order))
            order = []
        order.append(each)
    if order:
        lines.append(_order(sheet, order))
    return "".join(f"{each}\n" for each in lines).encode()


def _order(sheet: Sheet, rows: Sequence[ReturnedRow]) -> str:
    """Return an order with its reasons as JSON."""
    split = len(sheet.headings) if sheet.lines_from is None else sheet.lines_from
    names = [each.removeprefix(LINE) if at >= split else each for at, each in enumerate(sheet.headings)]
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


def _nested(pairs: Sequence[tuple[str, Value]]) -> dict[str, Any]:
    """Return an object of paths with dots; what is empty is left out."""
    found: dict[str, Any] = {}
    for path, value in pairs:
        if value is None:
            continue
        *steps, last = path.split(".")
        below = found
        for step in steps:
            inner = below.setdefault(step, {})
            if not isinstance(inner, dict):
                below, last = found, path
                break
            below = inner
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
