"""Files that pages give (下载): tables as XLSX and CSV, in which no text is run as a formula.

Source of the rule: OWASP, CSV Injection.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from starlette.responses import Response

from customs.intake.guarding import guarded
from customs.intake.workbook_bytes import bytes_of
from customs.intake.workbooks import openpyxl

#: The media types of the files.
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}

#: Rows of a table, each of texts, numbers, amounts and days.
TableRows = Iterable[Sequence[object]]


def file_answer(content: bytes, name: str) -> Response:
    """Return a file to be saved, by a name of ours that ends in xlsx or csv."""
    kind = KINDS[name.rpartition(".")[2]]
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=kind, headers=headers)


def table_file(sheets: Mapping[str, TableRows], *, workbook: bool) -> bytes:
    """Return tables by their titles as XLSX, or the first of them as CSV."""
    return workbook_of_tables(sheets) if workbook else csv_of_table(next(iter(sheets.values())))


def csv_of_table(rows: TableRows) -> bytes:
    """Return a table as CSV in UTF-8 with a byte order mark, which Excel needs.

    >>> next(csv.reader([csv_of_table([["sku", "=1+1", 350]]).decode("utf-8-sig")]))
    ['sku', '="=1+1"', '350']
    """
    text = io.StringIO()
    csv.writer(text).writerows([[guarded("" if each is None else str(each)) for each in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def workbook_of_tables(sheets: Mapping[str, TableRows]) -> bytes:
    """Return tables as a workbook; a text that looks like a formula stays a text. Raises ``SheetError`` without openpyxl."""
    book = openpyxl().Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(tuple(row))
        for cells in sheet.iter_rows():
            for cell in cells:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
        sheet.freeze_panes = "A2"
    return bytes_of(book)
