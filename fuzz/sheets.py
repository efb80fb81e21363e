"""Tables (表格): whatever file is given, its rows are read or it is refused in both languages; rows given back are read again."""

import os
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from tempfile import gettempdir
from zipfile import ZIP_STORED, ZipFile

from customs.intake.reading import read_sheet
from customs.intake.returned import CellFault, ReturnedOrder, write_returned
from customs.intake.sheets import LONGEST_CELL, Odd, Sheet, SheetError, SheetRow
from fuzz.promises import promise

#: How inputs begin that are the XML of a sheet, and what stands between it and the shared texts of its workbook.
SHEET, BETWEEN = b"<worksheet", b"\n----\n"

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

_RELATED = f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_OFFICE}'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/strings.xml" ContentType="{_TYPES}.sharedStrings+xml"/></Types>',
    "_rels/.rels": f'{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{_RELATED}/worksheet" Target="s.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf/><xf numFmtId="22"/></cellXfs></styleSheet>',
}


def sheets(data: bytes) -> None:
    """A table gives rows in order, or says what is wrong; what is given back is read again."""
    content = _workbook(data) if data.startswith(SHEET) else data
    read = _read(content)
    if read is None:
        return
    sheet, rows = read
    _rows_hold(sheet, rows)
    if any(isinstance(value, str) and "\n" in value + "\r" for row in rows for value in row.values):
        return  # a text of many lines may look as if a quote had swallowed them
    faults = (CellFault(row=rows[0].number, column=0, en="wrong", zh="有误"),) if rows else ()
    given_back = write_returned(sheet, [ReturnedOrder(rows=tuple(rows), faults=faults)] if rows else [])
    again = _read(given_back)
    if sheet.kind != "json" or rows:
        promise(again is not None, "rows given back cannot be read")
    if again is not None:
        promise(len(again[1]) == len(rows), "rows given back are more or fewer")
        promise(_hidden(again[1]) == _hidden(rows), "a hidden row is shown, or the other way round")


def _rows_hold(sheet: Sheet, rows: list[SheetRow]) -> None:
    """Rows are in order, as wide as the headings, and what is odd is about cells that they have."""
    for above, below in pairwise(rows):
        promise(above.number < below.number or sheet.kind == "json", "rows are not in order")
    for row in rows:
        promise(len(row.values) >= len(sheet.headings), "a row is shorter than the headings")
        promise(all(-1 <= at < len(row.values) for at in row.odd), "something is odd about no cell")
        promise(all(len(each) <= LONGEST_CELL for each in row.values if isinstance(each, str)), "a text without end")


def _hidden(rows: list[SheetRow]) -> list[bool]:
    return [row.odd.get(-1) == Odd.HIDDEN for row in rows]


def _read(content: bytes) -> tuple[Sheet, list[SheetRow]] | None:
    path = Path(gettempdir()) / f"customs-fuzz-{os.getpid()}"
    path.write_bytes(content)
    try:
        with read_sheet(path) as sheet:
            return sheet, list(sheet.rows)
    except SheetError as error:
        promise(error.en and error.zh and len(str(error)) < 2_000, "refused without a reason, or with a long one")
        return None
    finally:
        path.unlink()


def _workbook(data: bytes) -> bytes:
    """Return a workbook with a sheet and shared texts as they are given."""
    sheet, _, strings = data.partition(BETWEEN)
    file = BytesIO()
    with ZipFile(file, "w", ZIP_STORED) as archive:
        for name, part in _PARTS.items():
            archive.writestr(name, part)
        archive.writestr("xl/s.xml", sheet)
        archive.writestr("xl/strings.xml", strings or f'<sst xmlns="{MAIN}"/>')
    return file.getvalue()
