"""The manifest (申报清册) of a run: a row for each order, with its documents, files, tax and findings, as CSV.

It holds numbers and codes, and nothing personal. It is UTF-8 with its mark, which Excel opens; a number that a spreadsheet
would change is guarded, see ``customs.intake.guarding``.

>>> entry = ManifestEntry(order_no="EX1", outcome=OrderOutcome.DECLARED, documents=("order",), tax=Decimal("6.37"), rows=(2, 3))
>>> print(write_manifest([entry]).decode("utf-8-sig").splitlines()[1])
EX1,,,declared,order,,6.37,,2; 3
"""

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from io import StringIO
from pathlib import Path

from customs.intake.guarding import guarded, unguarded

#: The headings, in both languages.
HEADINGS = (
    "订单编号 Order",
    "运单编号 Waybill",
    "支付编号 Payment",
    "结果 Outcome",
    "单证 Documents",
    "报文文件 Files",
    "税款（元） Tax (CNY)",
    "提示与问题 Findings",
    "所在行 Rows",
)


class OrderOutcome(StrEnum):
    """Outcomes of an order in a run (处理结果)."""

    DECLARED = "declared"
    """已生成报文: its messages were made in this run."""
    DECLARED_BEFORE = "declared-before"
    """此前已申报: its messages were made in an earlier run, and no others are made."""
    REFUSED = "refused"
    """已退回: a finding is an error; its rows are given back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestEntry:
    """An order in the manifest."""

    order_no: str
    waybill_no: str = ""
    payment_no: str = ""
    outcome: OrderOutcome
    documents: tuple[str, ...] = ()
    """The names of its documents, such as ``order`` or ``CEB311``."""
    files: tuple[str, ...] = ()
    """The names of the files of its messages."""
    tax: Decimal | None = None
    """In CNY; None if it was not computed."""
    findings: tuple[str, ...] = ()
    """Codes of findings of any severity."""
    rows: tuple[int, ...] = ()
    """The rows of the order list in which it stands."""


def write_manifest(entries: Iterable[ManifestEntry]) -> bytes:
    """Return the content of a manifest, in the order of the entries."""
    return b"".join((HEADING_LINE, *map(manifest_line, entries)))


def manifest_line(entry: ManifestEntry) -> bytes:
    """Return the line of an order; a manifest is its heading line and one for each order."""
    return _line(_cells(entry))


def _line(cells: Iterable[str]) -> bytes:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode()


def declared_in(manifest: Path) -> Iterator[str]:
    """Yield the numbers of the orders that a manifest tells as declared, as far as it can be read."""
    with manifest.open(encoding="utf-8-sig", errors="replace", newline="") as file, suppress(csv.Error):
        for cells in csv.reader(file):
            if len(cells) == len(HEADINGS) and cells[3] in (OrderOutcome.DECLARED, OrderOutcome.DECLARED_BEFORE):
                yield unguarded(cells[0])


def _cells(entry: ManifestEntry) -> list[str]:
    return [
        *map(guarded, (entry.order_no, entry.waybill_no, entry.payment_no)),
        entry.outcome.value,
        *map(_list, (entry.documents, entry.files)),
        "" if entry.tax is None else f"{entry.tax:f}",
        *map(_list, (entry.findings, map(str, entry.rows))),
    ]


def _list(texts: Iterable[str]) -> str:
    """Return texts in one cell."""
    return guarded("; ".join(texts))


#: The heading line, with the mark of UTF-8 before it.
HEADING_LINE = BOM_UTF8 + _line(HEADINGS)
