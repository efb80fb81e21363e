"""Hostile tables (恶意表格) in series that grow: workbooks, tables of text and JSON that nobody filled in by hand."""

import csv
import json
import sys
from collections.abc import Callable, Mapping
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import gettempdir
from xml.etree.ElementTree import ParseError, iterparse
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from customs.intake.reading import read_sheet
from customs.intake.sheets import SheetError

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<row><c t="inlineStr"><is><t>a</t></is></c><c t="inlineStr"><is><t>b</t></is></c></row>'

#: Characters of a reason.
LONGEST_REASON = 10_000


def workbook(sheet: str, more: Mapping[str, str] | None = None, strings: str = "") -> bytes:
    """Return a workbook of one sheet with this XML."""
    override = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{_TYPES}.{kind}+xml"/>'
        for part, kind in (("workbook", "sheet.main"), ("worksheets/s", "worksheet"), ("strings", "sharedStrings"))
    )
    related = f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_OFFICE}'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">{override}</Types>',
        "_rels/.rels": f'{related}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{related}/worksheet" Target="worksheets/s.xml"/></Relationships>',
        "xl/strings.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"/>',
        "xl/worksheets/s.xml": f'<worksheet xmlns="{_MAIN}">{sheet}</worksheet>',
        **(more or {}),
    }
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def rows(inside: str, behind: str = "") -> bytes:
    """Return a workbook with headings, these rows and what is behind them."""
    return workbook(f"<sheetData>{_HEAD}{inside}</sheetData>{behind}")


def read(content: bytes) -> bool:
    """Return True if a table is read to its end."""
    path = Path(gettempdir()) / "hostile-table"
    path.write_bytes(content)
    try:
        with read_sheet(path) as sheet:
            for _ in sheet.rows:
                pass
    except SheetError as error:
        reason = str(error)
    else:
        return True
    assert len(reason) <= LONGEST_REASON, f"a reason of {len(reason)} characters"
    return False


def bare_workbook(content: bytes) -> object:
    """Parse all parts as the standard library does, one after the other, and keep nothing."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            for name in archive.namelist():
                with archive.open(name) as file:
                    for _, element in iterparse(file):  # noqa: S314  measured against
                        element.clear()
    except (BadZipFile, ParseError):
        return None
    return True


def bare_table(content: bytes) -> object:
    """Decode and split as the standard library does, with all limits off."""
    limit = csv.field_size_limit(sys.maxsize)
    try:
        return sum(1 for _ in csv.reader(StringIO(content.decode(errors="replace"), newline="")))
    finally:
        csv.field_size_limit(limit)


def bare_json(content: bytes) -> object:
    """Parse as the standard library does."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _cell(value: str) -> str:
    return f"<c><v>{value}</v></c>"


def _text(inside: str) -> str:
    return f'<row><c t="inlineStr"><is>{inside}</is></c></row>'


def _counted(text: str, count: int) -> str:
    """Return a text so often, with a number in it that differs."""
    return "".join(text.format(each, each + 1) for each in range(1, count + 1))


def _strings(strings: str) -> bytes:
    return workbook(_SHEET, strings=strings)


def _styles(inside: str) -> bytes:
    return workbook(_SHEET, {"xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs>{inside}</cellXfs></styleSheet>'})


def _merged(areas: str, count: int) -> bytes:
    return rows(f"<row>{_cell('1')}</row>" * count, f"<mergeCells>{areas}</mergeCells>")


_SHEET = f"<sheetData>{_HEAD}</sheetData>"
_ONE = f"<row>{_cell('1')}</row>"

#: Workbooks by name: how one of a size is made, and the first size.
_WORKBOOKS: tuple[tuple[str, Callable[[int], bytes], int], ...] = (
    ("rows of one cell", lambda n: rows(_counted(f"<row>{_cell('{}')}</row>", n)), 1_000),
    ("empty rows", lambda n: rows("<row/>" * n + _ONE), 5_000),
    ("hidden rows", lambda n: rows(f'<row hidden="1">{_cell("1")}</row>' * n), 1_000),
    ("a row far below", lambda n: rows(f'<row r="{10_000 * n}">{_cell("1")}</row>'), 1),
    ("cells of one row", lambda n: rows(f"<row>{'<c/>' * n}</row>"), 1_000),
    ("values of one cell", lambda n: rows(f"<row><c>{'<v/>' * n}</c></row>"), 5_000),
    ("a long text", lambda n: rows(_text(f"<t>{'x' * n}</t>")), 300_000),
    ("a text in pieces", lambda n: rows(_text("<r><t>x</t></r>" * n)), 5_000),
    ("formulas never computed", lambda n: rows("<row><c><f/></c></row>" * n), 1_000),
    ("shared texts", lambda n: _strings("<si><t/></si>" * n), 10_000),
    ("shared texts that differ", lambda n: _strings(_counted("<si><t>{0}{0}</t></si>", n)), 5_000),
    ("merged areas", lambda n: _merged(_counted('<mergeCell ref="A{}:B{}"/>', n), 5), 5_000),
    ("merged areas over each other", lambda n: _merged('<mergeCell ref="A2:AMJ1048576"/>' * n, 1_000), 1_000),
    ("styles", lambda n: _styles("<xf/>" * n), 1_000),
    ("zeros", lambda n: workbook(_SHEET, {"xl/media/a.png": "\0" * n}), 1_000_000),
    ("parts", lambda n: workbook(_SHEET, {f"xl/media/{each}": "" for each in range(n)}), 200),
    ("elements inside each other", lambda n: workbook("<a>" * n + "</a>" * n), 2_000),
)

_CSV: tuple[tuple[str, Callable[[int], bytes], int], ...] = (
    ("quotes", lambda n: b"a,b\n" + b'"' * n, 5_000),
    ("a quote that is not closed", lambda n: b'a,b,c\n"' + b"x,y,z\n" * n, 2_000),
    ("a quote in each row", lambda n: b"a,b\n" + b'"x\n",y\n' * n, 2_000),
    ("line breaks in one row", lambda n: b"a,b\n" + b'"\n",' * n, 2_000),
    ("columns", lambda n: b"a," * n + b"\n" + b"1," * n, 10_000),
    ("cells beyond the headings", lambda n: b"a,b\n" + b"1," * n, 10_000),
    ("a long cell", lambda n: b"a,b\n" + b"x" * n, 20_000),
    ("empty rows", lambda n: b"a,b\n" + b"\n" * n, 5_000),
    ("titles without headings", lambda n: b"x\n" * n, 5_000),
    ("rows", lambda n: b"a,b\n" + b"x,y\n" * n, 5_000),
    ("damaged UTF-8 at the end", lambda n: "a,b\n订单,单\n".encode() * n + b"\xe8", 2_000),
    ("GBK", lambda n: "订单,单价\n面霜,1\n".encode("gb18030") * n, 2_000),
)

_JSON: tuple[tuple[str, Callable[[int], bytes], int], ...] = (
    ("levels", lambda n: b'{"a":' * n, 1_000),
    ("arrays inside each other", lambda n: b"[" * n, 2_000),
    ("fields", lambda n: b"{" + _counted('"k{}":1,', n).encode() + b'"z":1}', 1_000),
    (
        "fields that differ in each order",
        lambda n: f"[{_counted('{{{{{0}k{{}}{0}:1}}}},'.format(chr(34)), n)}{{}}]".encode(),
        1_000,
    ),
    ("small orders", lambda n: b"[" + b'{"a":1},' * n + b'{"a":1}]', 5_000),
    ("empty orders", lambda n: b'[{"a":1},' + b"{}," * n + b"{}]", 5_000),
    ("empty lines", lambda n: b'{"a":1,"l":[' + b"{}," * n + b"{}]}", 1_000),
    ("a field many times", lambda n: b'{"b":1,' + b'"a":1,' * n + b'"a":1}', 1_000),
    ("a long number", lambda n: b'{"a": ' + b"1" * n + b"}", 10_000),
    ("a long text", lambda n: b'{"a": "' + b"x" * n + b'"}', 10_000),
    ("blanks", lambda n: b'{"a": 1}' + b" " * n, 20_000),
)

#: All of them: name, maker, bare parse, first size.
TABLES = tuple(
    (f"read_sheet: {kind}, {name}", make, parse, first)
    for kind, parse, series in (
        ("XLSX", bare_workbook, _WORKBOOKS),
        ("CSV", bare_table, _CSV),
        ("JSON", bare_json, _JSON),
    )
    for name, make, first in series
)
