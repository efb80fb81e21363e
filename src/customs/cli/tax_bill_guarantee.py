"""The commands ``bills`` over the guarantee (担保额度): granted, what is free, and until when."""

from decimal import Decimal
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from customs.cli import files
from customs.cli.app import misuse, screen, tell
from customs.cli.common import MAY_BE_NEGATIVE, AsJson, Now, On, clock_of, day_of
from customs.cli.ledgers import BY_OPTIONS, ChosenLedger, over_ledger
from customs.cli.parcels import echo
from customs.cli.quota import Ticket, TicketBy, TicketWhy, amount_of
from customs.cli.tax_bill_options import commands, table_of
from customs.ledger.bills import (
    GuaranteeBalance,
    GuaranteeForecast,
    daily_tax,
    days_held,
    expected_releases,
    forecast_guarantee,
    grant_guarantee,
    guarantees,
)
from customs.ledger.causes import CauseUsedError, EntryCause


@commands.command("grant", context_settings=MAY_BE_NEGATIVE)
@over_ledger
def granted(
    guarantor: Annotated[str, typer.Argument(metavar="CODE", help="Customs code of the guarantor.")],
    amount: Annotated[
        str, typer.Argument(metavar="AMOUNT", help="By how much the guarantee grows, in CNY; -40 lowers it.")
    ],
    ticket: Ticket,
    by: TicketBy,
    reason: TicketWhy,
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
) -> None:
    """Raise or lower a guarantee. Exits 1 if the ticket was entered before."""
    value = amount_of("AMOUNT", amount)
    cause = EntryCause("ticket", ticket, by=by, why=reason)
    with ledger.begin() as connection:
        try:
            new = grant_guarantee(connection, guarantor, value, cause, clock_of(now, "--now")())
        except CauseUsedError as error:
            raise misuse(str(error)) from None
    raise typer.Exit(0 if new else 1)


@commands.command("guarantee")
@over_ledger
def guarantee(
    daily: Annotated[
        str | None,
        typer.Option(
            "--daily", metavar="CNY", help="Tax of the lists of a coming day; the average of the last 30 if left out."
        ),
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=1000, help="How many days to look ahead.")] = 60,
    on: On = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show what each guarantee still covers, and from which day customs would refuse lists (1311). Exits 1 if it runs out."""
    given, day = None if daily is None else amount_of("--daily", daily), day_of(on)
    found: list[tuple[GuaranteeBalance, Decimal, GuaranteeForecast]] = []
    with ledger.read() as connection:
        for each in guarantees(connection):
            tax = daily_tax(connection, each.guarantor_code, day) if given is None else given
            releases = expected_releases(connection, each.guarantor_code)
            forecast = forecast_guarantee(each.free, tax, after=day, days=days, releases=releases, held_for=days_held())
            found.append((each, tax, forecast))
    for balance, tax, forecast in found:
        if json:
            echo(files.to_json(_of_guarantee(balance, tax, forecast)))
        elif not balance.total:
            code = balance.guarantor_code
            tell(
                f"{code}: no guarantee was entered, see customs bills grant",
                f"{code}：未登记担保额度，见 customs bills grant",
            )
    if not json:
        screen.print(_guarantee_table(found))
    raise typer.Exit(1 if any(forecast.runs_out_on for _, _, forecast in found) else 0)


def _guarantee_table(found: list[tuple[GuaranteeBalance, Decimal, GuaranteeForecast]]) -> Table:
    table = table_of(
        ("guarantor", "担保企业"),
        ("total", "总额"),
        ("occupied", "已占用"),
        ("expected", "预计占用"),
        ("free", "可用"),
        ("a day", "每日税款"),
        ("runs out on", "用尽日期"),
    )
    for balance, tax, forecast in found:
        amounts = (balance.total, balance.occupied, balance.expected, balance.free, tax)
        last = Text(str(forecast.runs_out_on or ""), style="red")
        table.add_row(balance.guarantor_code, *[f"{each:,.2f}" for each in amounts], last)
    return table


def _of_guarantee(balance: GuaranteeBalance, tax: Decimal, forecast: GuaranteeForecast) -> dict[str, Any]:
    return {
        "guarantor_code": balance.guarantor_code,
        "total": balance.total,
        "occupied": balance.occupied,
        "expected": balance.expected,
        "free": balance.free,
        "daily": tax,
        "runs_out_on": forecast.runs_out_on and forecast.runs_out_on.isoformat(),
        "short": forecast.short,
    }
