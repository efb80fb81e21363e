"""The parts of a workbook (工作簿部件), walked before anything is made of them: counted, and what is hidden or merged found.

A workbook is a ZIP archive of XML parts. Each part is walked once without keeping it, so that an archive that unpacks
to more than may be is refused, and so that the reader of the values meets nothing that it would keep without bound.
"""

from array import array
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from re import compile as pattern
from typing import IO
from xml.parsers import expat
from zipfile import ZipFile

from lxml import etree

from customs.intake.sheets import MOST_COLUMNS, MOST_ROWS, SheetError
from customs.intake.spots import letters

#: The largest workbook, unpacked, in bytes: 100,000 rows of 18 columns have 60 to 100 MB.
LARGEST_UNPACKED = 512 * 1024 * 1024

#: Parts of an archive, and how often larger they are unpacked; what is smaller than that is not asked.
MOST_PARTS, MOST_TIMES, NOT_ASKED = 10_000, 100, 4 * 1024 * 1024

#: Rows and shared texts of a part, and whatever else it holds, such as styles; beyond them one for each two packed bytes.
GRANTED, GRANTED_OTHERS, PACKED_BYTES = 5_000, 5_000, 2

#: Rows that are missing between others; beyond them one for each packed byte.
MOST_MISSING = 10_000

#: Merged areas; elements of a row or of a shared text.
MOST_MERGED, MOST_IN_ROW = 1_000_000, 50_000

_CHUNK = 1 << 16

#: Chunks without the start of an element: a text of more than 32,767 characters, however it is written.
_LONGEST = 8

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_CELL, _VALUE, _INLINE, _FORMULA, _ROW, _DATA, _MERGED, _COLUMN, _FILTER, _TEXT = (
    f"{_MAIN} {each}" for each in ("c", "v", "is", "f", "row", "sheetData", "mergeCell", "col", "autoFilter", "si")
)
#: Elements of texts in pieces, with their fonts.
_PIECES = frozenset(
    f"{_MAIN} {each}"
    for each in (
        "t", "r", "rPr", "rPh", "phoneticPr", "b", "i", "u", "strike", "outline", "shadow", "condense", "extend", "sz", "color",
        "rFont", "family", "charset", "scheme", "vertAlign", "extLst", "ext",
    )
)  # fmt: skip
_COLUMNS = {letters(column): column for column in range(1, MOST_COLUMNS + 1)}
_AREA = pattern(r"\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_DIGITS = "0123456789"

#: The namespace of workbooks in Strict Open XML.
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


@dataclass(slots=True)
class WorkbookPart:
    """A part after the walk: of a sheet its rows with values, what is hidden, merged and never computed."""

    rows: int = 0
    last: int = 0
    """The last row with a value."""
    hidden: "array[int]" = field(default_factory=lambda: array("L"))
    """Rows that are hidden, in order."""
    uncomputed: "array[int]" = field(default_factory=lambda: array("Q"))
    """Cells with a formula and no value, in order, as ``row << 16 | column``, the column from 0."""
    merged: "array[int]" = field(default_factory=lambda: array("Q"))
    """Merged areas as ``first row << 44 | last row << 22 | first column << 11 | last column``, columns from 0."""
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    """First and last, from 1."""
    filtered: bool = False


class _NotXmlError(Exception):
    """A part that is a picture or the like."""


class _Walk:
    """The walk of one part. Expat calls ``start`` for each element."""

    def __init__(self, refuse: Callable[[str, str], SheetError], packed: int) -> None:
        self.part, self.elements, self._refuse = WorkbookPart(), 0, refuse
        self._most = {"rows": GRANTED, "texts": GRANTED, "styles": GRANTED_OTHERS}
        self._most = {name: most + packed // PACKED_BYTES for name, most in self._most.items()}
        self._missing = MOST_MISSING + packed
        self._row = self._column = self._began = 0
        self._formula = self._valued = self._left = False
        self._type = ""
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.StartDoctypeDeclHandler = self._doctype

    def _doctype(self, *declared: object) -> None:
        raise self._refuse("it declares entities, which no workbook does", "含实体声明，不是正常的工作簿")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Count an element and note what it says of the sheet."""
        self.elements += 1
        if name == _CELL:
            self._cell(attributes)
        elif name in (_VALUE, _INLINE):
            self._value(name)
        elif name == _FORMULA:
            self._formula = True
        elif name == _ROW:
            self._begin_row(attributes)
        elif name not in _PIECES:
            self._other(name, attributes)
        if self._began and self.elements - self._began > MOST_IN_ROW:
            raise self.too_long()

    def too_long(self) -> SheetError:
        """Return that a row, or a text, is longer than may be."""
        if self._row:
            return self._refuse(f"row {self._row} is longer than any row", f"第 {self._row} 行超长")
        return self._refuse("a text in it is longer than any text", "其中有超长文本")

    def _begin_row(self, attributes: dict[str, str]) -> None:
        if self._left:
            self._between(_ROW)
        self._end_cell()
        number = _number(attributes.get("r")) if "r" in attributes else self._row + 1
        if not self._row < number <= MOST_ROWS:
            raise self._refuse(f"its rows are not in order (row {number})", f"行序错乱（第 {number} 行）")
        self._count("rows")
        self._missing -= number - self._row - 1
        self._row, self._column, self._began, self._valued = number, 0, self.elements, False
        if attributes.get("hidden") in ("1", "true") or attributes.get("ht") in ("0", "0.0"):
            self.part.hidden.append(number)

    def _cell(self, attributes: dict[str, str]) -> None:
        self._end_cell()
        place = attributes.get("r")
        column = self._column + 1 if place is None else _COLUMNS.get(place.rstrip(_DIGITS), 0)
        if not self._column < column <= MOST_COLUMNS:
            raise self._refuse(
                f"row {self._row} has cells beyond column {letters(MOST_COLUMNS)}, or not in order",
                f"第 {self._row} 行的单元格超出 {letters(MOST_COLUMNS)} 列，或顺序错乱",
            )
        self._column, self._type = column, attributes.get("t", "")

    def _value(self, name: str) -> None:
        if self._formula and name == _VALUE and self._type != "str":
            self.parser.CharacterDataHandler = self._computed
            return
        self._formula = False
        self._count_row()

    def _computed(self, text: str) -> None:
        self._formula = False
        self.parser.CharacterDataHandler = None
        self._count_row()

    def _count_row(self) -> None:
        if self._valued:
            return
        if self._missing < 0:
            raise self._refuse(
                f"row {self._row} stands far below the others: delete it, or move it up",
                f"第 {self._row} 行远在其他行之下，请删除该行或上移",
            )
        self._valued, self.part.last = True, self._row
        self.part.rows += 1

    def _end_cell(self) -> None:
        """Note that the formula of the last cell has no value."""
        if self._formula:
            self._formula, self.parser.CharacterDataHandler = False, None
            self.part.uncomputed.append(self._row << 16 | self._column - 1)
            self._count_row()

    def _other(self, name: str, attributes: dict[str, str]) -> None:
        if name == _TEXT:
            self._count("texts")
            self._began = self.elements
            return
        if self._row:
            self._leave_rows()
        elif name != _MERGED:
            self._count("styles")
        if name == _MERGED:
            self._merge(attributes.get("ref", ""))
        elif name == _COLUMN and attributes.get("hidden") in ("1", "true"):
            self.part.hidden_columns.append((_number(attributes.get("min")), _number(attributes.get("max"))))
        elif name == _FILTER:
            self.part.filtered = True

    def _leave_rows(self) -> None:
        """Go on behind the rows, where nothing is kept: neither here nor by the reader of the values."""
        self._end_cell()
        self._row, self._began, self._most["styles"] = 0, 0, LARGEST_UNPACKED
        self._left = True
        self.parser.EndElementHandler = self._between

    def _between(self, name: str) -> None:
        """Refuse rows that begin or end once they were left."""
        if name in (_CELL, _ROW, _DATA):
            raise self._refuse("something else stands between its rows", "行之间夹有其他内容")

    def _count(self, name: str) -> None:
        self._most[name] -= 1
        if self._most[name] < 0:
            raise self._refuse(
                f"it holds more {name} than its size allows: copy its values into a new workbook",
                "内容与文件大小不符，请将数值复制到新工作簿",
            )

    def _merge(self, area: str) -> None:
        found = _AREA.fullmatch(area)
        if len(self.part.merged) >= MOST_MERGED:
            raise self._refuse(f"it has more than {MOST_MERGED:,} merged areas", f"合并单元格超过 {MOST_MERGED} 处")
        if found and found[1] in _COLUMNS:
            first, last = _COLUMNS[found[1]] - 1, _COLUMNS.get(found[3], MOST_COLUMNS) - 1
            rows = int(found[2]), min(int(found[4]), MOST_ROWS)
            self.part.merged.append(rows[0] << 44 | rows[1] << 22 | first << 11 | last)

    def end(self) -> WorkbookPart:
        """Return what was found."""
        self._end_cell()
        return self.part


def _number(text: str | None) -> int:
    """Return a number of a row or column, 0 for what is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 9 else 0


_TYPES = "[Content_Types].xml"


def refuse_bombs(archive: ZipFile, name: str) -> None:
    """Refuse an archive that unpacks to more than may be, before anything of it is unpacked."""
    parts = archive.infolist()
    unpacked, packed = sum(each.file_size for each in parts), sum(each.compress_size for each in parts)
    en = zh = ""
    if unpacked > LARGEST_UNPACKED:
        en, zh = f"{unpacked} bytes, more than {LARGEST_UNPACKED}", f"{unpacked} 字节，超过 {LARGEST_UNPACKED} 字节"
    elif unpacked > max(NOT_ASKED, MOST_TIMES * packed):
        en, zh = (
            f"{unpacked} bytes, more than {MOST_TIMES} times its size",
            f"{unpacked} 字节，超过其大小的 {MOST_TIMES} 倍",
        )
    elif len(parts) > MOST_PARTS:
        en, zh = f"more than {MOST_PARTS} parts", f"{MOST_PARTS} 个以上的部件"
    if en:
        raise SheetError(
            f"{name} cannot be read as a workbook: it unpacks to {en}", f"{name} 不能作为工作簿读取：解压后为 {zh}"
        )


#: Parts that the reader of the values leaves alone: comments and their shapes, pictures, pivot tables and the like.
_LEFT_ALONE = pattern(
    r"customXml/.*|xl/(comments|threadedComments|persons|drawings|media|tables|pivot|printerSettings|externalLinks|queryTables|"
    r"charts|embeddings|ctrlProps|activeX|richData|slicer|timeline|vmlDrawing).*"
)

#: Where drawings and charts stand.
_DRAWN = ("xl/drawings/", "xl/charts/")

#: Kinds of parts that it reads wherever they stand.
_READ_ANYWHERE = ("sharedStrings+xml", "main+xml")


def walked(archive: ZipFile, name: str) -> dict[str, WorkbookPart]:
    """Walk the parts of a workbook that are read and return them by their names.

    Raises ``SheetError`` for what no workbook holds.
    """
    refuse = _refusing(name)
    found = _all_walked(archive, refuse, lambda part: not _LEFT_ALONE.fullmatch(part))
    _refuse_others_read(archive, found, refuse)
    return found


def walk_drawings(archive: ZipFile, name: str) -> None:
    """Walk the drawings of a workbook, which are read if it has a sheet of charts."""
    _all_walked(archive, _refusing(name), lambda part: part.startswith(_DRAWN))


_Refuse = Callable[[str, str], SheetError]


def _refusing(name: str) -> _Refuse:
    return lambda en, zh: SheetError(f"{name} cannot be read as a workbook: {en}", f"{name} 不能作为工作簿读取：{zh}")


def _all_walked(archive: ZipFile, refuse: _Refuse, which: Callable[[str], bool]) -> dict[str, WorkbookPart]:
    found = dict[str, WorkbookPart]()
    for each in archive.infolist():
        if which(each.filename):
            with archive.open(each) as file, suppress(_NotXmlError):
                found[each.filename] = _walked(file, _Walk(refuse, each.compress_size))
    return found


def _refuse_others_read(archive: ZipFile, found: Collection[str], refuse: _Refuse) -> None:
    """Refuse a workbook that has texts or its list of sheets where pictures and comments stand."""
    if _TYPES not in found:
        return
    for each in etree.fromstring(archive.read(_TYPES), etree.XMLParser(resolve_entities=False, no_network=True)):
        kind, part = each.get("ContentType", ""), each.get("PartName", "").lstrip("/")
        if kind.endswith(_READ_ANYWHERE) and part and part not in found:
            raise refuse("a part of it stands in an unusual place", "部件位置异常")


def _walked(file: IO[bytes], walk: _Walk) -> WorkbookPart:
    quiet = 0
    while chunk := file.read(_CHUNK):
        before = walk.elements
        try:
            walk.parser.Parse(chunk)
        except expat.ExpatError:
            if walk.elements:
                raise
            raise _NotXmlError from None
        quiet = 0 if walk.elements > before else quiet + 1
        if quiet > _LONGEST:
            raise walk.too_long()
    return walk.end()
