"""A report as files (报告文件): a workbook of one sheet for each table, or CSV; a text that looks like a formula stays a text.

The same report gives the same bytes.
"""

import csv
import io
from datetime import datetime
from decimal import Decimal
from typing import Any

from customs.hub.reports.cells import shown
from customs.hub.reports.measures import HealthShare
from customs.hub.reports.report_words import ReportWords
from customs.hub.reports.table_model import LastingTime, ReportCell, TabledReport
from customs.intake.workbook_bytes import bytes_of
from customs.intake.workbooks import openpyxl

#: The media types of the files, by the end of their name.
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "html": "text/html",
}

#: Beginnings by which a spreadsheet takes a text of a CSV for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def workbook_of_report(report: TabledReport) -> bytes:
    """Return a report as XLSX, both languages in it. Raises ``SheetError`` without openpyxl."""
    book = openpyxl().Workbook()
    first = book.active
    first.title = "概要 summary"
    for name, value in ((report.title, None), (report.subtitle, None), *report.facts):
        first.append([_text(first, _both(name)), *([] if value is None else [_value(first, value)])])
    for table in report.tables:
        sheet = book.create_sheet(_sheet_name(table.title.zh, table.name))
        sheet.append([_text(sheet, _both(each)) for each in table.headings])
        for row in table.rows:
            sheet.append([_value(sheet, each) for each in row])
        if _both(table.note):
            sheet.append([])
            sheet.append([_text(sheet, _both(table.note))])
        sheet.freeze_panes = "A2"
    for sheet in book.worksheets:
        for column in sheet.columns:
            widest = max((_width(each.value) for each in column[:200]), default=0)
            sheet.column_dimensions[column[0].column_letter].width = min(max(10, widest + 2), 60)
    return bytes_of(book)


def csv_of_report(report: TabledReport) -> bytes:
    """Return a report as CSV, both languages in it, in UTF-8 with a byte order mark, which Excel needs.

    Each row begins with the name of its table. Shares and times are numbers: a share from 0 to 1, a time in seconds.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["report", no_formula(report.title.en), no_formula(report.subtitle.en)])
    for name, value in report.facts:
        writer.writerow(["summary", no_formula(_both(name)), _number(value)])
    for table in report.tables:
        writer.writerow([table.name, *(no_formula(_both(each)) for each in table.headings)])
        for row in table.rows:
            writer.writerow([table.name, *(_number(each) for each in row)])
    return text.getvalue().encode("utf-8-sig")


def _both(words: ReportWords) -> str:
    return words.zh if words.zh == words.en else f"{words.zh} {words.en}".strip()


def _sheet_name(title: str, name: str) -> str:
    """Return the name of a sheet: 31 characters at most, none that a sheet may not have."""
    clean = "".join(each for each in title if each not in r"[]:*?/\ ")
    return f"{clean[:12]} {name}"[:31]


def _width(value: Any) -> int:
    """Return how wide a value is shown, in letters; Chinese ones count double."""
    return sum(1 if each.isascii() else 2 for each in str(value)) if isinstance(value, str) else 12


def _text(sheet: Any, text: str) -> Any:
    """Return a cell that stays a text, whatever it begins with."""
    cell = openpyxl().cell.WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _value(sheet: Any, cell: ReportCell) -> Any:
    match cell:
        case HealthShare():
            return _formatted(sheet, cell.value, "0.0%")
        case LastingTime():
            return _formatted(sheet, None if cell.seconds is None else Decimal(cell.seconds) / 86400, "[h]:mm:ss")
        case datetime():
            return _formatted(sheet, cell, "yyyy-mm-dd hh:mm")
        case int():
            return _formatted(sheet, cell, "#,##0")
        case Decimal():
            return _formatted(sheet, cell, "#,##0.00")
        case ReportWords():
            return _text(sheet, _both(cell))
        case None:
            return None
        case str():
            return _text(sheet, cell)


def _formatted(sheet: Any, value: Any, form: str) -> Any:
    cell = openpyxl().cell.WriteOnlyCell(sheet, value=value)
    cell.number_format = form
    return cell


def _number(cell: ReportCell) -> str:
    match cell:
        case HealthShare():
            return "" if cell.value is None else f"{cell.value:f}"
        case LastingTime():
            return "" if cell.seconds is None else str(cell.seconds)
        case int() | Decimal():
            return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
        case ReportWords():
            return no_formula(_both(cell))
        case None:
            return ""
        case _:
            return no_formula(shown(cell))


def no_formula(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
