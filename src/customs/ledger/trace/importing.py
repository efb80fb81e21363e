r"""Tables of the warehouse (导入溯源表): lots, picks and codes, as CSV or XLSX, each row for what its columns say.

A row with an order, a waybill or a code says where a piece went; one with article, batch and anything of the lot (origin, bond
list, days) describes the lot; a row may do both. Columns of other headings, such as names, are never looked at.

Promised: a file counts whole or not at all; every mistake is told by row and column; the same row again changes nothing.
Memory stays flat however long the file is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import file_digest
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from customs.intake.cell_values import Unfit
from customs.intake.problems import FileMistake, IntakeError
from customs.intake.reading import read_sheet
from customs.intake.sheets import Odd, Sheet, SheetRow
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.parts import in_parts
from customs.ledger.trace.keeping import enter_lots, enter_traces
from customs.ledger.trace.records import TraceEntry, TraceLot
from customs.ledger.trace.tables import TRACE_ENTRIES, TRACE_LOTS
from customs.ledger.trace.trace_columns import LOT_FACTS, cell_read, field_term, heading_field

_CHUNK = 500

#: Mistakes that are told; a file of another kind has one in every row.
_MOST_MISTAKES = 100


class TraceFileError(IntakeError):
    """A table of lots or codes that cannot be taken, with every mistake by row and column; nothing of it counts."""


@dataclass(frozen=True, slots=True)
class TraceLoaded:
    """The outcome of a file."""

    rows: int
    lots: int
    """Lots that are new, or of which something new was said."""
    entries: int
    """Picks and codes that are new."""
    after: int
    """The number of the last entry before it: ``trace_faults`` finds what concerns this file by it."""


def file_cause(path: Path) -> EntryCause:
    """Return the cause that a file is, by its bytes."""
    with path.open("rb") as file:
        return EntryCause("file", file_digest(file, "sha256").hexdigest())


def load_traces(
    connection: LedgerConnection, path: Path, *, at: datetime, sheet: str = "", cause: EntryCause | None = None
) -> TraceLoaded:
    """Enter a table whole; without a cause it is the file itself, with a ticket its rows correct what stands.

    Raises ``TraceFileError``, and ``SheetError`` for a file that is no table: the transaction has to be left then.
    """
    cause = cause or file_cause(path)
    after = connection.sql.execute(select(func.coalesce(func.max(TRACE_ENTRIES.c.id), 0))).scalar_one()
    rows = lots = entries = 0
    with read_sheet(path, sheet=sheet) as opened:
        columns = _columns(opened)
        table = _Table(opened.file, columns, {name: opened.headings[at] for name, at in columns.items()})
        read = table.read(opened)
        while part := list(islice(read, _CHUNK)):
            rows += len(part)
            if not table.problems:
                table.problems += _lost_zeros(connection, table, part)
            if table.problems:
                continue
            lots += enter_lots(connection, [each.lot for each in part if each.lot], cause, at).new
            moved = [each for each in part if each.entry]
            counted = enter_traces(connection, [each.entry for each in moved if each.entry], cause, at)
            entries += counted.new
            table.problems += [_contradicted(table, moved[place], quantity) for place, quantity in counted.contradicted]
    if table.problems:
        raise TraceFileError(table.problems[:_MOST_MISTAKES])
    return TraceLoaded(rows, lots, entries, after)


@dataclass(frozen=True, slots=True)
class _ReadRow:
    """A row as it was understood."""

    number: int
    lot: TraceLot | None
    entry: TraceEntry | None


def _columns(sheet: Sheet) -> dict[str, int]:
    """The places of the fields; raises where two columns mean the same, or those of a row cannot say anything."""
    found: dict[str, int] = {}
    problems = []
    for at, heading in enumerate(sheet.headings):
        name = heading_field(heading)
        if name and found.setdefault(name, at) != at:
            first = sheet.headings[found[name]]
            en, zh = f"means the same as {first}: leave one", f"与“{first}”含义相同，请保留一列"
            problems.append(FileMistake(sheet.file, sheet.heading_row, heading, en, zh))
    says = {"code", "order_no", "waybill_no"} & set(found) or ("batch" in found and set(LOT_FACTS) & set(found))
    if not says or not {"code", "sku"} & set(found):
        en = "needs the columns sku and batch with facts of the lot, or with orderno, waybillno or tracecode"
        zh = "须有“货号”“批次”及批次信息列，或另有“订单编号”“运单编号”“溯源码”之一"
        problems.append(FileMistake(sheet.file, sheet.heading_row, "", en, zh))
    if problems:
        raise TraceFileError(problems)
    return found


@dataclass(slots=True)
class _Table:
    """A table while it is read, and what is wrong with it."""

    file: str
    columns: Mapping[str, int]
    headings: Mapping[str, str]
    """Of the fields, as the file has them."""
    problems: list[FileMistake] = field(default_factory=list)

    def read(self, sheet: Sheet) -> Iterator[_ReadRow]:
        for row in sheet.rows:
            if len(self.problems) >= _MOST_MISTAKES:
                return
            if any(row.values[at] not in (None, "") for at in self.columns.values()):
                before = len(self.problems)
                values = self._values(row)
                lot, entry = _lot(values), _entry(values)
                if len(self.problems) == before and (lot or entry):
                    yield _ReadRow(row.number, lot, entry)
                elif len(self.problems) == before:
                    self._wrong(
                        row,
                        "",
                        "says neither a parcel, nor a code, nor anything of a lot",
                        "未写明包裹、溯源码或批次信息",
                    )

    def _values(self, row: SheetRow) -> dict[str, Any]:
        if row.odd.get(-1) is Odd.HIDDEN:
            self._wrong(row, "", "the row is hidden: show it or delete it", "该行被隐藏，请取消隐藏或删除")
        values = {}
        for name, at in self.columns.items():
            if row.odd.get(at) in (Odd.ERROR, Odd.UNCOMPUTED):
                self._wrong(row, name, "the cell holds no value: write it", "单元格没有可用的值，请直接填写")
                continue
            found = cell_read(name, row.values[at])
            if isinstance(found, Unfit):
                self._unfit(row, name, found)
            elif found not in (None, ""):
                values[name] = found
        if "batch" in values and "sku" not in values:
            self._wrong(row, "sku", "a batch needs its article", "有批次的须有货号")
        if values.get("state") and "code" not in values:
            self._wrong(row, "code", "a void label needs its code", "作废的标签须有溯源码")
        return values

    def mistake(self, row: int, name: str, en: str, zh: str) -> FileMistake:
        """Return a mistake in the column of a field."""
        return FileMistake(self.file, row, self.headings.get(name, ""), en, zh)

    def _wrong(self, row: SheetRow, name: str, en: str, zh: str) -> None:
        self.problems.append(self.mistake(row.number, name, en, zh))

    def _unfit(self, row: SheetRow, name: str, unfit: Unfit) -> None:
        finding = unfit.at(name, field_term(name))
        self._wrong(row, name, f"{finding.en} {finding.advice_en}", f"{finding.zh}{finding.advice_zh}")


def _lot(values: Mapping[str, Any]) -> TraceLot | None:
    facts = {name: values[name] for name in LOT_FACTS if name in values}
    if not facts or not values.get("sku") or not values.get("batch"):
        return None
    return TraceLot(sku=values["sku"], batch=values["batch"], **facts)


_MOVES = ("code", "sku", "batch", "order_no", "waybill_no", "line", "number", "at")


def _entry(values: Mapping[str, Any]) -> TraceEntry | None:
    named = {name: values[name] for name in _MOVES if name in values}
    if "code" in named:
        return TraceEntry(kind="void" if values.get("state") else "code", **named)
    if not {"order_no", "waybill_no"} & set(named) or "sku" not in named:
        return None
    return TraceEntry(kind="pick", quantity=values.get("quantity", Decimal(1)), **named)


def _contradicted(table: _Table, row: _ReadRow, quantity: Decimal) -> FileMistake:
    shown = f"{quantity.normalize():f}"
    en = f"the same row was entered with {shown} pieces: correct it by customs trace correct, or give each pick its number"
    zh = f"同一行此前登记的数量为 {shown}：请用 customs trace correct 更正，或为每次拣货填写拣货单号"
    return table.mistake(row.number, "quantity", en, zh)


def _lost_zeros(connection: LedgerConnection, table: _Table, rows: Sequence[_ReadRow]) -> Iterator[FileMistake]:
    """Refuse batches and codes that are known with zeros before them, which a spreadsheet took away."""
    entries = [(row.number, row.entry) for row in rows if row.entry]
    skus = {entry.sku for _, entry in entries if entry.batch.isdecimal()}
    batches, codes = set[tuple[str, str]](), set[str]()
    for part in in_parts(sorted(skus)):
        lots = select(TRACE_LOTS.c.sku, TRACE_LOTS.c.batch).where(TRACE_LOTS.c.sku.in_(part)).distinct()
        batches |= {(row.sku, row.batch) for row in connection.sql.execute(lots)}
    padded = {f"{'0' * zeros}{entry.code}" for _, entry in entries if entry.code.isdecimal() for zeros in range(1, 4)}
    for part in in_parts(sorted(padded)):
        known = select(TRACE_ENTRIES.c.code).where(TRACE_ENTRIES.c.code.in_(part)).distinct()
        codes |= set(connection.sql.execute(known).scalars())
    for number, entry in entries:
        for name, text, others in (
            ("batch", entry.batch, {batch for sku, batch in batches if sku == entry.sku}),
            ("code", entry.code, codes),
        ):
            lost = next((f"{'0' * zeros}{text}" for zeros in range(1, 4) if f"{'0' * zeros}{text}" in others), "")
            if text and text not in others and lost:
                en = f"{text} may be {lost}, which is known, without its zeros: format the column as text"
                zh = f"{text} 可能是已登记的 {lost}，开头的 0 已丢失，请将该列设为文本格式"
                yield table.mistake(number, name, en, zh)
