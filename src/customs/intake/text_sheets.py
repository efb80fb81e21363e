"""Tables of text (文本表格, CSV): as shop systems export them and as Excel saves them.

The separator is that of the heading line: comma, semicolon or tab. A quote that is never closed would make one cell of
all rows that follow: it is refused with the line where it opens.
"""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO

from customs.intake.encodings import encoding_of
from customs.intake.guarding import unguarded
from customs.intake.headings import HeadingRow, first_headings
from customs.intake.sheets import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Odd, Sheet, SheetError, SheetRow, Value

#: Characters of a line, and of all lines of a row with line breaks in its cells.
LONGEST_LINE, LONGEST_RECORD = 1 << 18, 1 << 18

_SEPARATORS = {",": ("comma", "逗号"), ";": ("semicolon", "分号"), "\t": ("tab", "制表符")}

#: How many lines are looked at for the separator.
_LOOKED_AT = 50

_Record = tuple[int, list[str]]


@contextmanager
def read_text(path: Path, *, most: float = MOST_ROWS) -> Iterator[Sheet]:
    """Open a table of text of at most so many rows. Raises ``SheetError``, also while its rows are read."""
    encoding = encoding_of(path)
    with path.open(encoding=encoding.name, newline="") as file:
        lines = _Lines(path.name, file)
        records = lines.records()
        top = first_headings(path.name, records)
        yield Sheet(
            file=path.name,
            kind="csv",
            headings=top.headings,
            heading_row=top.number,
            rows=_rows(lines, records, top, most),
            said=(*encoding.said, *lines.said, *top.said),
        )


class _Lines:
    """The lines of a file under way: the separator, and the line where the last record began."""

    def __init__(self, name: str, file: IO[str]) -> None:
        self.name, self._file, self.number = name, file, 0
        self.said: tuple[tuple[str, str], ...] = ()
        self._began, self._record, self._length = 1, list[str](), 0
        head = self._head()
        self.separator, self._waiting = _separator_of(head), head
        if head and head[0].lower().startswith("sep=") and head[0][4:].strip("\r\n") in _SEPARATORS:
            self.separator, self._waiting = head[0][4:].strip("\r\n"), head[1:]
            self.number = 1
        if self.separator != ",":
            en, zh = _SEPARATORS[self.separator]
            self.said = ((f"the cells are separated by {en}", f"单元格以{zh}分隔"),)

    def _head(self) -> list[str]:
        """Return the first lines; none of them is longer than may be."""
        found, length = list[str](), 0
        while len(found) < _LOOKED_AT and length < LONGEST_LINE and (line := self._file.readline(LONGEST_LINE)):
            found.append(line)
            length += len(line)
        return found

    def _each(self) -> Iterator[str]:
        for line in chain(self._waiting, iter(lambda: self._file.readline(LONGEST_LINE), "")):
            self.number += 1
            self._length += len(line)
            if len(line) >= LONGEST_LINE:
                raise self._too_long()
            if self._length > LONGEST_RECORD:
                raise self._swallowing()
            self._record.append(line)
            yield line

    def _too_long(self) -> SheetError:
        return SheetError(
            f"{self.name}, line {self.number} is longer than {LONGEST_LINE:,} characters: export the table again",
            f"{self.name} 第 {self.number} 行超过 {LONGEST_LINE} 个字符，请重新导出",
        )

    def records(self) -> Iterator[_Record]:
        """Yield each record with its number, which is that of its row in a spreadsheet."""
        reader, number = csv.reader(self._each(), delimiter=self.separator, strict=True), 0
        while True:
            self._began, self._record, self._length = self.number + 1, [], 0
            try:
                found = next(reader)
            except StopIteration:
                return
            except csv.Error:
                raise self._swallowing() from None
            number += 1
            yield number, found

    def _swallowing(self) -> SheetError:
        line = self._began + _opened(self._record, self.separator)
        return SheetError(
            f'{self.name}, line {line}: a quote (") opens a cell and is not closed properly: delete it or write it twice, '
            "and put quotes around the whole cell",
            f'{self.name} 第 {line} 行：单元格以引号（"）开头但未正确结束，请删除该引号，或将其写成两个并用引号括住整个单元格',
        )

    def refuse_swallowed(self, cells: list[str], width: int) -> None:
        """Refuse a record of which a cell holds what looks like a whole row."""
        if len(self._record) > 1 and width > 2:
            for cell in cells:
                inner = cell.splitlines()[1:]
                if any(line.count(self.separator) >= width - 1 for line in inner):
                    raise self._swallowing()


def _separator_of(lines: list[str]) -> str:
    """Return the separator of the first line that has two cells with something in them."""
    for line in lines:
        counts = {each: _filled(line, each) for each in _SEPARATORS}
        best = max(counts, key=lambda each: counts[each])
        if counts[best] > 1:
            return best
    return ","


def _filled(line: str, separator: str) -> int:
    """Return how many cells of a line have something in them, quotes respected."""
    try:
        return sum(1 for cell in next(csv.reader([line], delimiter=separator), []) if cell.strip())
    except csv.Error:
        return 0


def _opened(record: list[str], separator: str) -> int:
    """Return in which line of a record, from 0, the last quote opens that is not closed within its line."""
    quoted, opened = False, 0
    for number, line in enumerate(record):
        if '"' not in line:
            continue
        for cell in line.rstrip("\r\n").split(separator):
            if not quoted and cell.startswith('"'):
                quoted, opened, cell = True, number, cell[1:]
            if quoted and (len(cell) - len(cell.rstrip('"'))) % 2:
                quoted = False
        if number and not quoted:
            return opened
    return opened


def _rows(lines: _Lines, records: Iterator[_Record], top: HeadingRow, most: float) -> Iterator[SheetRow]:
    width = len(top.headings)
    for number, cells in records:
        if number > most:
            raise _too_many(lines.name)
        lines.refuse_swallowed(cells, width)
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            raise _too_large(lines.name, number)
        if row := _row(lines.name, number, top.read([unguarded(each) or None for each in cells]), width):
            yield row


def _row(name: str, number: int, cells: Sequence[Value], width: int) -> SheetRow | None:
    """Return a row, None if all of it is empty."""
    texts = [each for each in cells if isinstance(each, str)]
    if not any(map(str.strip, texts)):
        return None
    if max(map(len, texts)) > LONGEST_CELL:
        raise _too_large(name, number)
    odd = {at: Odd.BEYOND for at in range(width, len(cells)) if not _is_empty(cells[at])}
    values = cells[: max(odd, default=width - 1) + 1]
    return SheetRow(number, (*values, *(None,) * (width - len(values))), odd)


def _is_empty(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _too_many(name: str) -> SheetError:
    return SheetError(
        f"{name} has more than {MOST_ROWS:,} rows: split it", f"{name} 超过 {MOST_ROWS} 行，请拆分后再提供"
    )


def _too_large(name: str, number: int) -> SheetError:
    return SheetError(
        f"{name}, row {number}: more than {MOST_COLUMNS:,} cells, or a cell of more than {LONGEST_CELL:,} characters",
        f"{name} 第 {number} 行：超过 {MOST_COLUMNS} 个单元格，或某单元格超过 {LONGEST_CELL} 个字符",
    )
