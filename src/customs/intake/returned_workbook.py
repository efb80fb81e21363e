"""Refused rows as a workbook (退单工作簿): the cells at fault are marked and say why."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from customs.intake.returned_rows import ReturnedRow, all_headings, numbers_of, reason_and_advice, unpacked
from customs.intake.sheets import Odd, Sheet, Value
from customs.intake.workbook_bytes import bytes_of
from customs.intake.workbooks import ERRORS, openpyxl

#: Colours of cells at fault and of the headings of reasons.
_AT_FAULT, _NEW = "FFFFC7CE", "FFFFEB9C"

#: What a cell shows whose value is not known.
_NO_VALUE = "#N/A"

#: Characters that XML cannot hold, or would change.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")

#: Numbers from here on lose digits when somebody types them anew into a cell that is no text.
_LONG = 10**11

_LONGEST_COMMENT = 1_000


def workbook_of(sheet: Sheet, rows: Sequence[bytes]) -> bytes:
    numbers, widest = numbers_of(rows)
    width = max(widest, len(sheet.headings))
    book = openpyxl().Workbook(write_only=True)
    page = book.create_sheet(sheet.sheet or "Sheet1")
    _Page(page, sheet, width).write(rows, numbers)
    return bytes_of(book)


class _Page:
    """The sheet of a workbook under way."""

    def __init__(self, page: Any, sheet: Sheet, width: int) -> None:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.comments import Comment
        from openpyxl.styles import Alignment, PatternFill

        self._page, self._sheet, self._width = page, sheet, width
        self._cell: Any = WriteOnlyCell
        self._comment: Any = Comment
        self._fault, self._new = (PatternFill("solid", start_color=each) for each in (_AT_FAULT, _NEW))
        self._wrapped = Alignment(wrap_text=True, vertical="top")
        self._areas = _Areas()

    def write(self, rows: Sequence[bytes], numbers: Mapping[int, int]) -> None:
        """Write headings and rows."""
        self._prepare()
        hidden = [at for at, each in enumerate(unpacked(rows), 2) if each.row.odd.get(-1) == Odd.HIDDEN]
        for at in hidden:
            self._page.row_dimensions[at].hidden = True
        self._page.append(list(self._headings(hidden)))
        headings = dict(enumerate(self._sheet.headings))
        for at, each in enumerate(unpacked(rows), 2):
            self._areas.add(at, each)
            self._page.append(list(self._row(each, reason_and_advice(each, headings, numbers))))
        for area in self._areas.found():
            self._page.merged_cells.ranges.add(area)

    def _prepare(self) -> None:
        from openpyxl.utils import get_column_letter

        self._page.freeze_panes = "A2"
        for column in (self._width + 1, self._width + 2):
            self._page.column_dimensions[get_column_letter(column)].width = 60

    def _headings(self, hidden: Sequence[int]) -> Iterator[Any]:
        for at, heading in enumerate(all_headings(self._sheet, self._width)):
            cell = self._text(heading)
            if at >= self._width:
                cell.fill = self._new
            if at == self._width and hidden:
                places = ", ".join(map(str, hidden[:20]))
                cell.comment = self._commented(
                    f"有 {len(hidden)} 行仍被隐藏（第 {places} 行），取消隐藏后才会申报 "
                    f"{len(hidden)} rows are still hidden (row {places}); they are declared once they are shown"
                )
            yield cell

    def _row(self, row: ReturnedRow, told: tuple[str, str]) -> Iterator[Any]:
        faults: dict[int, list[str]] = {}
        for each in row.faults:
            if each.column is not None:
                faults.setdefault(each.column, []).append(f"{each.zh} {each.en}")
        values = (*row.row.values, *(None,) * (self._width - len(row.row.values)))
        for at, value in enumerate(values):
            cell = self._value(value, row.row.odd.get(at))
            if at in faults:
                self._mark(cell, value, faults[at])
            yield cell
        for text in told:
            cell = self._text(text)
            cell.alignment = self._wrapped
            yield cell

    def _mark(self, cell: Any, value: Value, reasons: Sequence[str]) -> None:
        cell.fill = self._fault
        cell.comment = self._commented("\n".join(reasons))
        if value is None or (isinstance(value, int | float) and abs(value) >= _LONG):
            cell.number_format = "@"

    def _commented(self, text: str) -> Any:
        return self._comment(text[:_LONGEST_COMMENT], "customs", height=160, width=420)

    def _value(self, value: Value, odd: Odd | None) -> Any:
        """Return a cell with a value as it was: a text stays a text, an error an error."""
        if odd in (Odd.ERROR, Odd.UNCOMPUTED):
            cell = self._cell(self._page, value if value in ERRORS else _NO_VALUE)
            cell.data_type = "e"
            return cell
        if odd == Odd.MERGED:
            return self._cell(self._page)
        if isinstance(value, str):
            return self._text(value)
        cell = self._cell(self._page, value)
        if isinstance(value, datetime):
            cell.number_format = "yyyy-mm-dd hh:mm:ss" if value.time() != time() else "yyyy-mm-dd"
        return cell

    def _text(self, text: str) -> Any:
        cell = self._cell(self._page, _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", text))
        cell.data_type, cell.number_format = "s", "@"
        return cell


class _Areas:
    """Merged areas, found again by the rows in which values of a first cell stand."""

    def __init__(self) -> None:
        self._ends: dict[tuple[int, int], tuple[int, int]] = {}
        self._above: dict[int, tuple[int, int]] = {}
        self._last: ReturnedRow | None = None

    def add(self, at: int, row: ReturnedRow) -> None:
        """Note the merged cells of a row: each belongs to the cell above it in its order, or to that on its left."""
        owners: dict[int, tuple[int, int]] = {}
        values, above = row.row.values, self._last
        for column, value in enumerate(values):
            if row.row.odd.get(column) != Odd.MERGED:
                owners[column] = at, column
            elif above and above.order == row.order and above.row.values[column : column + 1] == (value,):
                owners[column] = self._above[column]
            else:
                owners[column] = owners[column - 1] if column else (at, column)
            if owners[column] != (at, column):
                last_row, last_column = self._ends.get(owners[column], owners[column])
                self._ends[owners[column]] = max(last_row, at), max(last_column, column)
        self._above, self._last = owners, row

    def found(self) -> Iterator[Any]:
        """Yield the areas."""
        from openpyxl.worksheet.cell_range import CellRange

        for (row, column), (last_row, last_column) in self._ends.items():
            yield CellRange(min_row=row, min_col=column + 1, max_row=last_row, max_col=last_column + 1)
