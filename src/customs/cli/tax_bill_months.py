"""The commands ``bills`` over months (按月关税对账): reconcile, sum up, compare payment forms."""

from pathlib import Path
from typing import Annotated

import typer

from customs.cli import files
from customs.cli.app import screen
from customs.cli.common import AsJson, On, day_of
from customs.cli.language import words
from customs.cli.ledgers import BY_OPTIONS, ChosenLedger, over_ledger
from customs.cli.parcels import RateFile, echo
from customs.cli.tax_bill_options import (
    ExchangeFile,
    MissingAfter,
    Months,
    OfMerchant,
    commands,
    refuse_no_workbook,
    surroundings,
    table_of,
)
from customs.cli.tax_bill_tables import BillWorkbook, line_values, show_line, summary_tables, summary_values
from customs.ledger.bills import months_of, payments_compared, reconciled
from customs.reconciliation.three_way import BillSummary


@commands.command("status")
@over_ledger
def status(ledger: ChosenLedger = BY_OPTIONS, json: AsJson = False) -> None:
    """Show the months of the ledger, and of each payment form its bills against what was paid. Exits 1 if one is short or over."""
    with ledger.read() as connection:
        found = {month: list(payments_compared(connection, month)) for month in months_of(connection)}
    wrong = any(each.stands in ("short", "over") for forms in found.values() for each in forms)
    if json:
        for month, forms in found.items():
            told = [
                {
                    "payment_form_no": each.payment_form_no,
                    "billed": each.billed,
                    "paid": each.paid,
                    "stands": each.stands,
                }
                for each in forms
            ]
            echo(files.to_json({"month": month, "payment_forms": told}))
    else:
        table = table_of(
            ("month", "月份"), ("payment form", "缴款书"), ("billed", "税单"), ("paid", "已缴"), ("stands", "状态")
        )
        said = {"agrees": "相符", "short": "少缴", "over": "多缴", "unpaid": "未缴"}
        for month, forms in found.items():
            for each in forms:
                paid = "" if each.paid is None else f"{each.paid:,.2f}"
                table.add_row(
                    month, each.payment_form_no, f"{each.billed:,.2f}", paid, words(each.stands, said[each.stands])
                )
            if not forms:
                table.add_row(month, "", "", "", "")
        screen.print(table)
    raise typer.Exit(1 if wrong else 0)


@commands.command("reconcile")
@over_ledger
def reconciled_months(
    months: Months = None,
    out: Annotated[
        Path | None, typer.Option("--out", dir_okay=False, help="Write all lines and the totals to sign as XLSX.")
    ] = None,
    merchant: OfMerchant = None,
    exchange: ExchangeFile = None,
    missing_after: MissingAfter = None,
    on: On = None,
    rates: RateFile = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Compare own assessment, tax bill and charge of every parcel of months, and name the causes. Exits 1 if one differs."""
    refuse_no_workbook(out)
    book, summary = BillWorkbook() if out else None, BillSummary()
    with ledger.read() as connection:
        around = surroundings(connection, on, rates, exchange, missing_after)
        for month in months or months_of(connection):
            for line in reconciled(connection, month, around):
                if merchant and line.merchant_code != merchant:
                    continue
                summary.add(month, line)
                if book:
                    book.add(month, line)
                if json:
                    echo(files.to_json({"month": month, **line_values(line)}))
                elif not line.in_order:
                    show_line(line)
    if book and out:
        book.write(out, summary, day_of(on))
    if not json:
        for table in summary_tables(summary):
            screen.print(table)
    raise typer.Exit(0 if summary.all.in_order == summary.all.parcels else 1)


@commands.command("summary")
@over_ledger
def summed_up(
    months: Months = None,
    out: Annotated[Path | None, typer.Option("--out", dir_okay=False, help="Write the totals to sign as XLSX.")] = None,
    merchant: OfMerchant = None,
    exchange: ExchangeFile = None,
    missing_after: MissingAfter = None,
    on: On = None,
    rates: RateFile = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show the totals of months: by month, by merchant, by payment form and by cause."""
    refuse_no_workbook(out)
    summary = BillSummary()
    with ledger.read() as connection:
        around = surroundings(connection, on, rates, exchange, missing_after)
        for month in months or months_of(connection):
            for line in reconciled(connection, month, around):
                if not merchant or line.merchant_code == merchant:
                    summary.add(month, line)
    if out:
        BillWorkbook(lines=False).write(out, summary, day_of(on))
    if json:
        echo(files.to_json(summary_values(summary)))
        return
    for table in summary_tables(summary):
        screen.print(table)
