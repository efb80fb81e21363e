"""Refused rows given back (退回的订单行): as they were, with the reason and what to do, in the kind of file they came in.

All rows of a refused order are given back, in the order of the file, with two columns more; the cells at fault are marked
in a workbook. The file can be mended and given again: the reader passes over the two columns, and what was refused for
the way it stood (hidden, merged, an error, a formula without value) stands so again until somebody mends it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from customs.intake.returned_rows import CellFault, ReturnedOrder, in_order
from customs.intake.returned_texts import csv_of, json_of
from customs.intake.returned_workbook import workbook_of
from customs.intake.sheets import RETURNED, Sheet

__all__ = ["RETURNED", "CellFault", "ReturnedOrder", "write_returned"]

_WRITERS: Mapping[str, Callable[[Sheet, Sequence[bytes]], bytes]] = {
    "xlsx": workbook_of,
    "csv": csv_of,
    "json": json_of,
}


def write_returned(sheet: Sheet, orders: Iterable[ReturnedOrder]) -> bytes:
    """Return the content of a file with the refused rows, of the kind of the sheet that they were read from.

    A sheet that was closed will do: its rows are not read. Raises ``SheetError`` for a workbook without openpyxl.
    """
    return _WRITERS[sheet.kind](sheet, in_order(orders))
