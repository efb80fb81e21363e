"""Workbooks (Excel 工作簿, XLSX): the first visible sheet with something in it, or the one that is named.

A workbook is read twice: its parts are walked (``customs.intake.workbook_parts``), then openpyxl yields the values row
by row. Numbers, dates and truth values are as the workbook has them, dates of the 1904 system too; a cell with a
formula has the value that was last computed. See decision 0020.
"""

import posixpath
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from itertools import islice
from pathlib import Path
from re import compile as compile_pattern
from typing import Any, NamedTuple
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812  an error of another package

from lxml import etree

from customs.intake.file_kinds import ARCHIVE, BINARY_WORKBOOK, OPEN_DOCUMENT, STRICT_WORKBOOK, no_table
from customs.intake.foreign_formats import currency_of
from customs.intake.headings import HeadingRow, first_headings
from customs.intake.merged_areas import Ascending, MergedAreas
from customs.intake.sheets import LONGEST_CELL, Odd, Sheet, SheetError, SheetRow, Value
from customs.intake.spots import letters
from customs.intake.workbook_parts import STRICT, WorkbookPart, refuse_bombs, walk_drawings, walked

#: Errors of a spreadsheet as cells show them.
ERRORS = frozenset(
    {"#N/A", "#VALUE!", "#REF!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#GETTING_DATA", "#SPILL!", "#CALC!"}
)

_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

#: Numbers from here on are none that a workbook computes with.
_LARGEST = 10**300

#: A control character as workbooks write it.
_ESCAPED = compile_pattern("_x(00[01][0-9A-Fa-f])_")

#: Rows that are read at once, while warnings of the reader are kept quiet.
_AT_ONCE = 200

#: What a damaged workbook makes its readers raise.
_DAMAGED = (
    BadZipFile, ZlibError, expat.ExpatError, etree.XMLSyntaxError, EOFError, KeyError, IndexError, TypeError,
    AttributeError, ValueError, NotImplementedError, RuntimeError, OverflowError, SyntaxError,
)  # fmt: skip

_Row = tuple[int, Sequence[Value]]
_Said = tuple[tuple[str, str], ...]


class _Named(NamedTuple):
    """A sheet of a workbook: its name, where it is, and True if people see it."""

    name: str
    part: str
    visible: bool


def openpyxl() -> Any:
    """Return the package that reads and writes workbooks. Raises ``SheetError`` without it."""
    try:
        return import_module("openpyxl")
    except ModuleNotFoundError:
        raise SheetError(
            "XLSX needs openpyxl: pip install 'cbec-customs[xlsx]', or save the table as CSV",
            "读写 XLSX 需要 openpyxl（扩展 xlsx），也可另存为 CSV",
        ) from None


@contextmanager
def read_workbook(path: Path, sheet: str = "") -> Iterator[Sheet]:
    """Open a sheet of a workbook. Raises ``SheetError``, also while its rows are read."""
    package = openpyxl()
    with path.open("rb") as file:
        with _undamaged(path.name), ZipFile(file) as archive:
            refuse_bombs(archive, path.name)
            parts, book_part = walked(archive, path.name), _book(path.name, archive)
            sheets = _sheets(path.name, archive, book_part)
            _refuse_unwalked(archive, [each.part for each in sheets], parts)
            if _related(archive, book_part, "/chartsheet"):
                walk_drawings(archive, path.name)
            chosen, said = _chosen(path.name, sheets, parts, sheet)
            currencies = _currencies(archive, book_part)
        with _undamaged(path.name), warnings.catch_warnings(action="ignore"):
            book = package.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            values = _shown(book[chosen.name], currencies)
        try:
            yield _sheet(path.name, chosen, parts[chosen.part], values, said)
        finally:
            book.close()


@contextmanager
def _undamaged(name: str) -> Iterator[None]:
    """Refuse a workbook at which its readers fail."""
    try:
        yield
    except SheetError:
        raise
    except _DAMAGED as error:
        raise SheetError(
            f"{name} is damaged and cannot be read as a workbook: save it again in Excel or WPS, or as CSV UTF-8",
            f"{name} 已损坏，不能作为工作簿读取，请用 Excel 或 WPS 重新保存，或另存为 CSV UTF-8",
        ) from error


def _book(name: str, archive: ZipFile) -> str:
    """Return the part that lists the sheets. Raises ``SheetError`` for an archive that is no workbook."""
    parts = set(archive.namelist())
    if "xl/workbook.bin" in parts:
        raise no_table(name, BINARY_WORKBOOK)
    found = list(_related(archive, "", "/officeDocument").values()) if "_rels/.rels" in parts else []
    if not found or not found[0].startswith("xl/") or found[0] not in parts:
        raise no_table(name, OPEN_DOCUMENT if "mimetype" in parts else ARCHIVE)
    return found[0]


def _related(archive: ZipFile, part: str, kind: str) -> dict[str, str]:
    """Return the parts of a kind that a part names, by the name that it has for them."""
    folder, file = posixpath.split(part)
    root = _xml(archive, posixpath.join(folder, "_rels", f"{file}.rels"))
    return {
        str(each.get("Id")): posixpath.normpath(posixpath.join("/", folder, each.get("Target", ""))).lstrip("/")
        for each in root
        if kind in str(each.get("Type", ""))
    }


def _xml(archive: ZipFile, part: str) -> etree._Element:
    return etree.fromstring(archive.read(part), etree.XMLParser(resolve_entities=False, no_network=True))


def _currencies(archive: ZipFile, part: str) -> dict[str, str]:
    """Return the number formats of a workbook that show another currency than the yuan, with that currency."""
    parts = [each for each in _related(archive, part, "/styles").values() if each in archive.namelist()]
    codes = [str(each.get("formatCode", "")) for name in parts for each in _xml(archive, name).iter("{*}numFmt")]
    return {code: currency for code in codes if (currency := currency_of(code))}


def _shown(sheet: Any, currencies: Mapping[str, str]) -> Iterator[Sequence[Value]]:
    """Return the rows of a sheet; a number that is shown in another currency is the text that people see."""
    sheet.reset_dimensions()
    if not currencies:
        rows: Iterator[Sequence[Value]] = sheet.iter_rows(values_only=True)
        return rows
    return (tuple(_shown_value(each, currencies) for each in cells) for cells in sheet.iter_rows())


def _shown_value(cell: Any, currencies: Mapping[str, str]) -> Value:
    value: Value = cell.value
    if isinstance(value, int | float) and not isinstance(value, bool) and cell.number_format in currencies:
        return f"{currencies[cell.number_format]}{value}"
    return value


def _sheets(name: str, archive: ZipFile, part: str) -> list[_Named]:
    """Return the sheets of a workbook in its order; charts are none."""
    book = _xml(archive, part)
    if str(book.tag).startswith(f"{{{STRICT}}}"):
        raise no_table(name, STRICT_WORKBOOK)
    related = _related(archive, part, "/worksheet")
    return [
        _Named(each.get("name", ""), where, each.get("state", "visible") == "visible")
        for each in book.iter("{*}sheet")
        if (where := related.get(str(each.get(_RELATED))))
    ]


def _refuse_unwalked(archive: ZipFile, sheets: Sequence[str], parts: Collection[str]) -> None:
    """Refuse a workbook with a sheet that is no XML, or stands where other things do."""
    if not set(sheets) & set(archive.namelist()) <= set(parts):
        raise BadZipFile("a sheet that was not walked")


def _chosen(name: str, sheets: list[_Named], parts: Mapping[str, WorkbookPart], wanted: str) -> tuple[_Named, _Said]:
    """Return the sheet that is read, and what to say of the others."""
    full = [each for each in sheets if each.visible and parts.get(each.part, WorkbookPart()).rows]
    found = [each for each in sheets if each.name == wanted and each.part in parts] if wanted else full
    names = ", ".join(each.name for each in sheets[:20])
    names_zh = "、".join(each.name for each in sheets[:20])
    if not found:
        en, zh = "no visible sheet with anything in it", "没有可见且有内容的工作表"
        if wanted:
            en, zh = f"no sheet {wanted!r}", f"没有工作表“{wanted}”"
        raise SheetError(f"{name} has {en}; it has: {names}", f"{name} {zh}；其工作表为：{names_zh}")
    others = [each.name for each in full if each.name != found[0].name]
    if not others:
        return found[0], ()
    en, zh = ", ".join(others[:20]), "、".join(others[:20])
    return found[0], ((f"sheet {found[0].name} is read; not read: {en}", f"读取工作表“{found[0].name}”，未读取：{zh}"),)


def _sheet(name: str, chosen: _Named, part: WorkbookPart, values: Iterator[Sequence[Value]], said: _Said) -> Sheet:
    rows = _numbered(name, part, values)
    place = f"{name} ({chosen.name})"
    top = first_headings(place, rows)
    return Sheet(
        file=name,
        kind="xlsx",
        sheet=chosen.name,
        headings=top.headings,
        heading_row=top.number,
        rows=_rows(name, rows, part, top),
        count=part.rows - 1 - top.above,
        said=(*said, *top.said, *_hidden(part, len(top.headings))),
    )


def _hidden(part: WorkbookPart, width: int) -> Iterator[tuple[str, str]]:
    """Yield what to say of hidden columns and rows."""
    columns = [
        letters(column) for first, last in part.hidden_columns for column in range(max(first, 1), min(last, width) + 1)
    ]
    if columns:
        en, zh = ", ".join(columns[:20]), "、".join(columns[:20])
        yield f"hidden columns are read as any other: {en}", f"隐藏列照常读取：{zh}"
    if part.hidden:
        by_en, by_zh = (", a filter is on", "，表中设有筛选") if part.filtered else ("", "")
        yield f"rows are hidden: {len(part.hidden):,}{by_en}", f"有 {len(part.hidden)} 行被隐藏{by_zh}"


def _numbered(name: str, part: WorkbookPart, values: Iterator[Sequence[Value]]) -> Iterator[_Row]:
    """Yield the rows up to the last with a value; the reader is not taken further."""
    rows = enumerate(values, 1)
    left = part.last
    while left > 0:
        with _undamaged(name), warnings.catch_warnings(action="ignore"):
            found = list(islice(rows, min(left, _AT_ONCE)))
        yield from found
        left -= len(found)
        if not found:
            return


def _rows(name: str, rows: Iterator[_Row], part: WorkbookPart, top: HeadingRow) -> Iterator[SheetRow]:
    """Yield the rows with something in them, what is odd beside them."""
    width = len(top.headings)
    merged = MergedAreas(part.merged, top.number, width)
    hidden, uncomputed = Ascending(part.hidden), Ascending(part.uncomputed)
    for number, cells in rows:
        if not cells:
            continue
        odd = dict[int, Odd]()
        values = top.read(cells)
        if len(values) != width:
            values = _fitted(values, width, odd)
        for at, value in enumerate(values):
            if value.__class__ in _TO_BE_NOTED:
                _note(name, number, at, value, odd)
        values = [unescaped(each) if isinstance(each, str) and "_x00" in each else each for each in values]
        for cell in uncomputed.until(number + 1 << 16):
            if cell >> 16 == number:
                odd[cell & 0xFFFF] = Odd.UNCOMPUTED
        if all(value is None or value == "" for value in values) and not odd:
            continue
        values = merged.filled(number, values, odd)
        if number in hidden.until(number + 1):
            odd[-1] = Odd.HIDDEN
        yield SheetRow(number, tuple(values), odd)


_TO_BE_NOTED = frozenset({str, int, float})


def _fitted(cells: Sequence[Value], width: int, odd: dict[int, Odd]) -> Sequence[Value]:
    """Return a row as long as the headings, or as long as its values beyond them."""
    if len(cells) < width:
        return (*cells, *(None,) * (width - len(cells)))
    end = len(cells)
    while end > width and cells[end - 1] in (None, ""):
        end -= 1
    for at in range(width, end):
        if cells[at] not in (None, ""):
            odd[at] = Odd.BEYOND
    return cells[:end]


def unescaped(text: str) -> str:
    r"""Return a text of a workbook with its control characters, which stand in it as ``_x000D_``.

    >>> unescaped("a_x000D_\nb")
    'a\r\nb'
    """
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _note(name: str, number: int, at: int, value: Value, odd: dict[int, Odd]) -> None:
    """Note an error; refuse a text that no cell can hold."""
    if isinstance(value, str):
        if value.startswith("#") and value in ERRORS:
            odd[at] = Odd.ERROR
        elif len(value) > LONGEST_CELL:
            raise SheetError(
                f"{name}, cell {letters(at + 1)}{number}: a text of more than {LONGEST_CELL:,} characters",
                f"{name} 单元格 {letters(at + 1)}{number}：文本超过 {LONGEST_CELL} 个字符",
            )
    elif isinstance(value, int | float) and not -_LARGEST < value < _LARGEST:
        odd[at] = Odd.ERROR
