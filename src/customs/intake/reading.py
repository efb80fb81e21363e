r"""Reading of a table (读取表格), whatever it is called: a workbook, a table of text or JSON, found by its first bytes.

>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as folder:
...     path = Path(folder) / "orders.csv"
...     _ = path.write_text("订单编号,数量\nEX1,2\n", encoding="utf-8")
...     with read_sheet(path) as sheet:
...         sheet.headings, list(sheet.rows)
(('订单编号', '数量'), [SheetRow(number=2, values=('EX1', '2'), odd={})])
"""

from contextlib import AbstractContextManager
from pathlib import Path

from customs.intake.file_kinds import LOOKED_AT, ZIP, begins_json, kind_of, no_table
from customs.intake.json_orders import read_json
from customs.intake.sheets import Sheet, SheetError
from customs.intake.text_sheets import read_text
from customs.intake.workbooks import read_workbook

#: The largest file, in bytes.
LARGEST = 1 << 30


def read_sheet(path: Path | str, *, sheet: str = "") -> AbstractContextManager[Sheet]:
    """Open a table; its rows are read once, while it is open.

    ``sheet`` names the sheet of a workbook; without it the first visible one with content is taken. Raises
    ``SheetError`` for a file that is no table, here or when it is entered, and ``OSError`` for one that cannot be read.
    """
    path = Path(path)
    head = _checked(path)
    if head.startswith(ZIP):
        return read_workbook(path, sheet)
    if sheet:
        raise SheetError(
            f"{path.name} is no workbook and has no sheet {sheet!r}", f"{path.name} 不是工作簿，没有工作表“{sheet}”"
        )
    return read_json(path) if begins_json(head) else read_text(path)


def _checked(path: Path) -> bytes:
    """Return the beginning of a file. Raises ``SheetError`` for one of another kind."""
    with path.open("rb") as file:
        head, size = file.read(LOOKED_AT), file.seek(0, 2)
        file.seek(max(0, size - LOOKED_AT))
        tail = file.read(LOOKED_AT)
    if kind := kind_of(head, tail):
        raise no_table(path.name, kind)
    if size > LARGEST:
        raise SheetError(f"{path.name} is larger than {LARGEST:,} bytes: split it", f"{path.name} 超过 1 GB，请拆分")
    return head
