"""Faults of refused orders (退单原因) by their cells, and the name of the file in which the orders go back."""

import re
from collections.abc import Iterable, Iterator

from customs.intake.composing import Composed
from customs.intake.returned_rows import CellFault
from customs.intake.sheets import Sheet
from customs.rules.finding import Finding

#: Endings of the files with refused orders, by the kind of the table.
_ENDINGS = {"xlsx": ".xlsx", "csv": ".csv", "json": ".jsonl"}

#: What a file name has that was given back before.
_REFUSED = re.compile(r"(\.refused(-\d+)?)+$")


def refused_name(stem: str, sheet: Sheet) -> str:
    """Return the name of the file with the refused orders of a list: that of the first list, however often it went back.

    >>> refused_name("orders.refused-1", Sheet(file="", kind="json", headings=(), rows=iter(())))
    'orders.refused.jsonl'
    """
    return f"{_REFUSED.sub('', stem)}.refused{_ENDINGS[sheet.kind]}"


def faults_of(composed: Composed, findings: Iterable[Finding]) -> Iterator[CellFault]:
    """Yield findings as the cells that they lead to; what a goods record or the enterprise file says, with its place."""
    for each in findings:
        spot = composed.spot_of(each)
        row, column, en, zh = spot.row, spot.column, each.en, each.zh
        if row is None or column is None:
            row, column, en, zh = composed.rows[0], 0, f"{spot.en}: {en}", f"{spot.zh}：{zh}"
        at = column - 1 if column else None
        yield CellFault(row=row, column=at, en=en, zh=zh, advice_en=each.advice_en, advice_zh=each.advice_zh)
