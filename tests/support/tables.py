"""Tables in files, as people and their programs make them: workbooks by openpyxl, and by hand what it cannot write."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl

from customs.intake.reading import read_sheet
from customs.intake.sheets import Sheet, SheetRow

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATIONSHIPS = f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{_REL}'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def read_whole(path: Path, sheet: str = "") -> tuple[Sheet, list[SheetRow]]:
    """Return a table that is closed again, and its rows."""
    with read_sheet(path, sheet=sheet) as found:
        return found, list(found.rows)


def workbook(*rows: Sequence[Any], title: str = "订单") -> Any:
    """Return a workbook of openpyxl with one sheet."""
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book


def saved(book: Any) -> bytes:
    """Return a workbook as the bytes of a file."""
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def raw_workbook(
    sheet: str,
    more: Mapping[str, str] | None = None,
    book: str = "",
    strings: str = "",
    renamed: tuple[str, str] = ("", ""),
) -> bytes:
    """Return a workbook whose sheet, properties and shared texts are XML as given."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_OFFICE}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_OFFICE}.sharedStrings+xml"/>'
        "</Types>",
        "_rels/.rels": f'{_RELATIONSHIPS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_REL}">{book}<sheets>'
        f'<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_RELATIONSHIPS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"/>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>',
        **(more or {}),
    }
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            named, written = (each.replace(*renamed) if renamed[0] else each for each in (name, part))
            archive.writestr(named, written if written.startswith(("<?xml", "<!")) else _HEAD + written)
    return file.getvalue()


def raw_rows(*rows: Sequence[str]) -> str:
    """Return rows of inline texts."""
    cells = ("".join(f'<c t="inlineStr"><is><t>{each}</t></is></c>' for each in row) for row in rows)
    return f"<sheetData>{''.join(f'<row>{each}</row>' for each in cells)}</sheetData>"
