"""The commands ``journal`` (登记簿): what was declared, by number, and orders released to be declared again."""

import sqlite3
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from customs.cli import files
from customs.cli.app import app, misuse, screen
from customs.cli.common import AsJson
from customs.cli.language import words
from customs.cli.ledger_options import LedgerKeyFile, SharedLedger, shared_ledger
from customs.cli.parcels import echo
from customs.cli.under_journal import Done, opened_journal
from customs.journal import Entry, JournalError, read_journal
from customs.journal.state import unusable
from customs.road import system_clock

StateToRead = Annotated[Path, typer.Option("--state", file_okay=False, help="Folder of the journal.")]

commands = typer.Typer(help="What was declared: list it, find a number in it, release an order. 登记簿")


@commands.command("show")
def show(
    state: StateToRead,
    number: Annotated[
        str, typer.Argument(help="Order, waybill, payment or internal number, or guid of a message; all if left out.")
    ] = "",
    json: AsJson = False,
) -> None:
    """Show which parcel is in which message: numbers, message, guid, file, time, tax."""
    try:
        with read_journal(state) as journal:
            found = list(journal.entries(number))
    except JournalError as error:
        raise misuse(str(error)) from None
    except sqlite3.Error as error:
        raise misuse(str(unusable(state, error))) from None
    if json:
        for each in found:
            echo(files.to_json(each._asdict()))
    else:
        for _, entries in groupby(found, lambda each: (each.order_no, each.waybill_no)):
            _show_parcel(list(entries))
    raise typer.Exit(0 if found else 1)


def _show_parcel(entries: list[Entry]) -> None:
    first = entries[0]
    named = (
        ("order", "订单", first.order_no),
        ("waybill", "运单", first.waybill_no),
        ("payment", "支付", first.payment_no),
    )
    shown = [f"{words(en, zh)} {text}" for en, zh, text in (*named, ("tax", "税款", first.tax)) if text]
    screen.print("  ".join(shown), highlight=False, markup=False, soft_wrap=True)
    for each in entries:
        serial = "" if each.serial is None else f"  {words('serial', '序号')} {each.serial}"
        line = f"    {each.at:%F %T}  {each.area} {each.message}  {each.file}{serial}"
        screen.print(line, highlight=False, markup=False, soft_wrap=True)


@commands.command("release")
def release(
    state: StateToRead,
    order_no: Annotated[str, typer.Argument(metavar="ORDER", help="The order number.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, such as the receipt by which customs refused it.")],
    ledger: SharedLedger = None,
    ledger_key: LedgerKeyFile = None,
) -> None:
    """Let an order be declared again, after customs refused it. Otherwise amend it (app_type 2) or cancel it (CEB623)."""
    try:
        read_journal(state).close()
    except JournalError as error:
        raise misuse(str(error)) from None
    with (
        shared_ledger(None, ledger, ledger_key) as shared,
        opened_journal(state, Done(), shared=shared) as journal,
    ):
        count = journal.release(order_no, reason, at=_now())
    if not count:
        raise misuse(f"{order_no!r} is not in the journal, or was released already 登记簿中无此订单，或已解除")
    screen.print(words(f"{order_no} can be declared again", f"{order_no} 可重新申报"), highlight=False, markup=False)


def _now() -> datetime:
    return system_clock()


app.add_typer(commands, name="journal")
