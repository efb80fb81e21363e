"""The commands ``trace`` (溯源): lots and codes of the warehouse taken in, recalled forwards, traced backwards, corrected."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from customs.bilingual import halves
from customs.cli import files
from customs.cli.app import app, misuse, misuse_of, screen, tell
from customs.cli.common import AsJson, Now, clock_of
from customs.cli.ledgers import BY_OPTIONS, ChosenLedger, over_ledger
from customs.cli.parcels import echo
from customs.cli.settle_shown import refuse_other_kinds
from customs.cli.trace_shown import (
    RECALL,
    RecallWorkbook,
    entries_table,
    entry_values,
    fault_values,
    lot_values,
    parcel_values,
    recall_row,
    recalled_values,
    show_consumer,
    show_faults,
    show_lots,
    show_parcels,
    table_of,
)
from customs.fields.digits import plain_digits
from customs.fields.money import ZERO, exactly
from customs.intake.problems import LISTED
from customs.intake.sheets import SheetError
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.trace import (
    Recall,
    TraceFault,
    TraceFileError,
    load_traces,
    lots_of,
    recall,
    take_back,
    trace_code,
    trace_faults,
    trace_parcel,
)

TraceSheet = Annotated[str, typer.Option("--sheet", metavar="NAME", help="Sheet of a workbook.")]
SinceDay = Annotated[str, typer.Option("--from", metavar="DAY", help="First day on which pieces left, YYYY-MM-DD.")]
UntilDay = Annotated[str, typer.Option("--to", metavar="DAY", help="Last day on which pieces left, YYYY-MM-DD.")]
RecallOut = Annotated[Path | None, typer.Option("--out", dir_okay=False, help="Write the recall list as XLSX.")]

commands = typer.Typer(help="Lots and trace codes: take them in, recall a lot, trace a code or a parcel. 溯源")


@commands.command("load")
@over_ledger
def load(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="Lots, picks or codes, CSV or XLSX.")
    ],
    sheet: TraceSheet = "",
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Enter a table of the warehouse, whole or not at all, and show the faults of what it names. Exits 1 if there are any.

    Running it again changes nothing.
    """
    at = clock_of(now, "--now")()
    with ledger.opened() as opened:
        with _readable(), opened.begin() as connection:
            loaded = load_traces(connection, file, at=at, sheet=sheet)
        with opened.read() as connection:
            found = _told(trace_faults(connection, after=loaded.after), json=json)
    if json:
        told = {"rows": loaded.rows, "lots": loaded.lots, "entries": loaded.entries, "faults": found}
        echo(files.to_json(told))
    else:
        en = f"{loaded.rows} rows: {loaded.lots} lots and {loaded.entries} entries are new, {found} faults"
        tell(en, f"{loaded.rows} 行：新增批次信息 {loaded.lots} 条、登记 {loaded.entries} 条，问题 {found} 项")
    raise typer.Exit(1 if found else 0)


@commands.command("lot")
@over_ledger
def lot(
    sku: Annotated[str, typer.Argument(metavar="SKU", help="Article of the warehouse.")],
    batch: Annotated[str, typer.Argument(metavar="[BATCH]", help="Batch; all of the article if left out.")] = "",
    since: SinceDay = "",
    until: UntilDay = "",
    out: RecallOut = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show which parcels hold a lot or an article: the recall list. Exits 1 if there is none.

    Pieces whose day is not known count on every day.
    """
    refuse_other_kinds(out)
    wanted = Recall(sku=sku, batch=batch, since=_day("--from", since), until=_day("--to", until))
    with ledger.read() as connection:
        lots = lots_of(connection, sku, batch)
        for each in lots if json else ():
            echo(files.to_json({"lot": lot_values(each)}))
        if not json:
            show_lots(lots)
        found = _recalled(connection, wanted, out, json=json)
    raise typer.Exit(0 if found else 1)


@commands.command("code")
@over_ledger
def code(
    first: Annotated[str, typer.Argument(metavar="CODE", help="Trace code, or the first of a range.")],
    last: Annotated[
        str, typer.Argument(metavar="[LAST]", help="Last code of a range, of the same length: the recall list of it.")
    ] = "",
    since: SinceDay = "",
    until: UntilDay = "",
    out: RecallOut = None,
    consumer: Annotated[
        bool, typer.Option("--consumer", help="Show what a buyer may see: the goods, no order and no parcel.")
    ] = False,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show where a code comes from and where it went, or which parcels hold codes of a range.

    Exits 1 if it is not known, or a fault stands.
    """
    refuse_other_kinds(out)
    if not last and (out or since or until):
        raise misuse("--out, --from and --to are of a range: give the last code too 区间查询须同时给出末码")
    if last and consumer:
        raise misuse("--consumer is of one code 仅适用于单个溯源码")
    with ledger.read() as connection:
        if last:
            raise typer.Exit(0 if _recalled(connection, _range(first, last, since, until), out, json=json) else 1)
        traced = trace_code(connection, first)
    if traced is None:
        tell("no row of the warehouse names this code", "没有该溯源码的登记")
        raise typer.Exit(1)
    if consumer:
        shown = traced.for_consumer()
        echo(files.to_json(shown)) if json else show_consumer(shown)
    elif json:
        told = {"code": traced.code, "void": traced.void, "lots": [lot_values(each) for each in traced.lots]}
        told |= {"parcels": [parcel_values(each) for each in traced.parcels], "lines": traced.lines}
        told |= {"entries": [entry_values(each) for each in traced.entries]}
        echo(files.to_json({**told, "faults": [fault_values(each) for each in traced.faults]}))
    else:
        show_lots(traced.lots)
        show_parcels(traced.parcels)
        screen.print(entries_table(traced.entries))
        show_faults(traced.faults)
    raise typer.Exit(1 if traced.faults else 0)


@commands.command("parcel")
@over_ledger
def parcel(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="Order or waybill.")],
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show of which lots and codes a parcel was made up. Exits 1 if no row names it, or a fault stands."""
    with ledger.read() as connection:
        traced = trace_parcel(connection, number)
    if traced is None:
        tell("no row of the warehouse names this parcel", "没有该包裹的登记")
        raise typer.Exit(1)
    if json:
        told = {**parcel_values(traced.parcel), "lots": [lot_values(each) for each in traced.lots]}
        told |= {"entries": [entry_values(each) for each in traced.entries]}
        echo(files.to_json({**told, "faults": [fault_values(each) for each in traced.faults]}))
    else:
        show_parcels([traced.parcel])
        show_lots(traced.lots)
        screen.print(entries_table(traced.entries))
        show_faults(traced.faults)
    raise typer.Exit(1 if traced.faults else 0)


@commands.command("check")
@over_ledger
def check(
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show codes on two parcels, void or of two lots, and parcels whose list has other goods. Exits 1 if there are any."""
    with ledger.read() as connection:
        found = _told(trace_faults(connection), json=json)
    if not json:
        tell(f"{found} faults", f"问题 {found} 项")
    raise typer.Exit(1 if found else 0)


@commands.command("correct")
@over_ledger
def correct(
    ticket: Annotated[str, typer.Option("--ticket", help="Number of the ticket; the same one counts once.")],
    by: Annotated[str, typer.Option("--by", help="Who decides it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the ledger, so no personal data.")],
    entry: Annotated[
        list[int] | None,
        typer.Option(
            "--entry", metavar="N", help="Number of an entry that is wrong, as code shows it; may be repeated."
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--with", exists=True, dir_okay=False, help="Rows that hold instead, CSV or XLSX."),
    ] = None,
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
) -> None:
    """Take wrong entries back by a ticket, and enter those that hold instead. Nothing is deleted. Running it again changes nothing."""
    if not entry and not file:
        raise misuse("give --entry, --with, or both 请给出 --entry 或 --with")
    cause, at = EntryCause("ticket", ticket, by, reason), clock_of(now, "--now")()
    with _readable(), ledger.begin() as connection:
        back = take_back(connection, entry or (), cause, at)
        new = load_traces(connection, file, at=at, cause=cause) if file else None
    lots, entries = (new.lots, new.entries) if new else (0, 0)
    en = f"{back} taken back, {lots} lots and {entries} entries are new"
    tell(en, f"更正 {back} 条，新增批次信息 {lots} 条、登记 {entries} 条")


@contextmanager
def _readable() -> Iterator[None]:
    """Say what of a table or a correction cannot be taken, row by row."""
    try:
        yield
    except TraceFileError as error:
        for each in error.problems[:LISTED]:
            tell(f"{each.where}: {each.en}", f"{each.where}：{each.zh}")
        if (left := len(error.problems) - LISTED) > 0:
            tell(f"and {left} more", f"另有 {left} 处")
        raise typer.Exit(2) from None
    except SheetError as error:
        raise misuse_of(error.en, error.zh) from None
    except (CauseUsedError, ValueError) as error:
        raise misuse_of(*halves(str(error))) from None


def _told(faults: Iterator[TraceFault], *, json: bool) -> int:
    """Show faults as they are found, and return how many there are."""
    count = 0
    for each in faults:
        count += 1
        echo(files.to_json(fault_values(each))) if json else show_faults([each])
    return count


@exactly
def _recalled(connection: LedgerConnection, wanted: Recall, out: Path | None, *, json: bool) -> int:
    """Show the recall list, write it, and return how many parcels it has."""
    book, count, pieces = RecallWorkbook() if out else None, 0, ZERO
    shown = []
    for each in recall(connection, wanted):
        count += 1
        pieces += each.quantity
        if book:
            book.add(each)
        if json:
            echo(files.to_json(recalled_values(each)))
        elif not book:
            shown.append(recall_row(each))
    if book and out:
        book.write(out)
    if shown:
        screen.print(table_of(RECALL, shown))
    if not json:
        tell(f"{count} parcels, {plain_digits(pieces)} pieces", f"包裹 {count} 个，共 {plain_digits(pieces)} 件")
    return count


def _range(first: str, last: str, since: str, until: str) -> Recall:
    try:
        return Recall(first_code=first, last_code=last, since=_day("--from", since), until=_day("--to", until))
    except ValueError as error:
        raise misuse(str(error)) from None


def _day(option: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise misuse(f"{option}: {text!r} is not a day as YYYY-MM-DD 日期格式应为 YYYY-MM-DD") from None


app.add_typer(commands, name="trace")
