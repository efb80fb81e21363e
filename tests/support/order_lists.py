"""Order lists in memory and in files, with the values as each kind of file has them."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any, Literal

from customs.declaration import Declaration
from customs.fields.terms import Count, Day, Decimals, Moment
from customs.intake import Composed, OrderList, Sheet, SheetRow, orders_in
from customs.intake.column_names import path_of, term_of_path
from customs.intake.json_orders import sheet_of_mappings
from customs.intake.reading import read_sheet
from customs.intake.spots import letters
from customs.rules import Finding, read_declaration
from support.tables import saved, workbook

DAY = date(2026, 11, 11)

Row = Mapping[str, Any]


def sheet_of(rows: Sequence[Row], kind: Literal["xlsx", "csv", "json"] = "csv") -> Sheet:
    """Return a sheet in memory; its first row of values has number 2."""
    headings = tuple(rows[0])
    numbered = (SheetRow(number, tuple(row[each] for each in headings)) for number, row in enumerate(rows, 2))
    return Sheet(file="orders.csv", kind=kind, headings=headings, rows=numbered)


def composed(rows: Sequence[Row], **conditions: Any) -> list[Composed]:
    """Return the orders of rows in memory."""
    return list(orders_in(sheet_of(rows), on=DAY, **conditions))


def composed_in(path: Path, **conditions: Any) -> tuple[OrderList, list[Composed]]:
    """Return the orders of a file."""
    with read_sheet(path) as sheet:
        found = orders_in(sheet, on=DAY, **conditions)
    return found, list(found)


def composed_of(orders: Iterable[Mapping[str, Any]], **conditions: Any) -> list[Composed]:
    """Return the orders of mappings, as a shop system has them."""
    return list(orders_in(sheet_of_mappings(orders), on=DAY, **conditions))


def read_again(order: Composed) -> Declaration:
    """Return the declaration of an order that has nothing wrong."""
    declaration, findings = read_declaration(order.given)
    assert (order.findings, findings) == ((), [])
    assert declaration is not None
    return declaration


def cells(order: Composed, findings: Iterable[Finding] | None = None) -> list[tuple[str, str]]:
    """Return the codes of findings with the cells they lead to, such as ``C5``."""
    found = order.findings if findings is None else findings
    return [(each.code, cell_of(order, each)) for each in found]


def cell_of(order: Composed, place: str | Finding) -> str:
    spot = order.spot_of(place)
    return f"{letters(spot.column)}{spot.row}" if spot.column else spot.en


def typed(heading: str, text: str) -> Any:
    """Return a value as a workbook has it: numbers as numbers, times as times."""
    term = term_of_path(path_of(heading))
    if not text:
        return None
    if isinstance(term, Decimals):
        return float(Decimal(text))
    if isinstance(term, Count):
        return int(text)
    if isinstance(term, Moment):
        return datetime.strptime(text, "%Y%m%d%H%M%S")
    return datetime.strptime(text, "%Y%m%d") if isinstance(term, Day) else text


def csv_text(rows: Sequence[Row]) -> str:
    file = StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def xlsx_bytes(rows: Sequence[Row]) -> bytes:
    values = ([typed(heading, text) for heading, text in row.items()] for row in rows)
    return saved(workbook(list(rows[0]), *values))


def json_lines(orders: Iterable[Declaration]) -> str:
    return "\n".join(each.model_dump_json(exclude_none=True) for each in orders)


def json_array(orders: Iterable[Declaration]) -> str:
    return json.dumps([each.model_dump(mode="json", exclude_none=True) for each in orders], ensure_ascii=False)
