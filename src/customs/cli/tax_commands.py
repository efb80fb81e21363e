"""The commands ``tax`` (税款) and ``rates`` (税率)."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import typer
from rich.text import Text

from customs.bulk.totals import Totals
from customs.cli import files
from customs.cli.app import app, misuse, screen, side
from customs.cli.areas import area_of
from customs.cli.common import AsJson, On, day_of
from customs.cli.language import label, words
from customs.cli.parcels import (
    ParcelFile,
    RateFile,
    UsdRate,
    echo,
    examined,
    exchange_of,
    rates_in,
    show_finding,
    show_texts,
    warn_of_example_rates,
)
from customs.cli.rates import last_day, rate_card, rate_of, rates_table
from customs.cli.summary import table
from customs.cli.tax import tax_of, tax_table, trail
from customs.road import Prepared
from customs.road.deciding import outcome_of
from customs.rules import catalogue
from customs.tax import Apportionment, Law, LawError, Method, Rate, Rates, Rounding, shipped
from customs.tax import law as laws


class Spread(StrEnum):
    """The ways to spread freight and insurance that need nothing beyond the parcel; by weight needs its lines' weights."""

    BY_VALUE = Apportionment.BY_VALUE.value
    EQUALLY = Apportionment.EQUALLY.value
    FOLDED = Apportionment.FOLDED.value


@app.command()
def tax(
    file: ParcelFile,
    on: On = None,
    rates: RateFile = None,
    rounding: Annotated[Rounding, typer.Option(help="When amounts are rounded to the cent.")] = Rounding.PER_LINE,
    apportion: Annotated[
        Spread, typer.Option(help="How freight and insurance are spread over the lines.")
    ] = Spread.BY_VALUE,
    usd_rate: UsdRate = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print every step of the decision, with its source.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Show the tax of each parcel in a file, line by line, by the law of the declaration day."""
    method = Method(rounding=rounding, apportionment=Apportionment(apportion.value))
    totals = Totals()
    for parcel in examined(file, area_of(None, None), on, rates, method, exchange_of(usd_rate)):
        totals.add_parcel(outcome_of(parcel))
        if json:
            echo(files.to_json(tax_of(parcel)))
        else:
            _show_tax(parcel, explain)
    if not json:
        screen.print(table(totals, words(f"Tax of {file.name}", "税款合计"), written=False))
    raise typer.Exit(1 if totals.refused else 0)


@app.command()
def rates(
    code: Annotated[str, typer.Argument(metavar="HS", help="A commodity code, or how it begins: 2 to 10 digits.")],
    on: On = None,
    table: RateFile = None,
    json: AsJson = False,
) -> None:
    """Show the rates of a commodity code, and the total tax burden by the law of a day."""
    if not (code.isascii() and code.isdecimal() and 2 <= len(code) <= 10):
        raise misuse(f"{code!r} is not a commodity code: give 2 to 10 digits 商品编码应为 2 至 10 位数字")
    day, known = day_of(on), shipped() if table is None else rates_in(table)
    try:
        law = laws.on(day)
    except LawError as error:
        raise misuse(f"--on: {error}") from None
    found = known.in_force(code, day)
    if not found:
        _show_missing(known, code, day, json)
        raise typer.Exit(1)
    _show_rates(found, law, example=table is None, json=json)


def _show_tax(parcel: Prepared, explain: bool) -> None:
    if table := tax_table(parcel):
        screen.print(table)
    if explain and parcel.assessment:
        screen.print(label("why 判定过程"))
        for step in trail(parcel.assessment):
            screen.print(step, soft_wrap=True)
        screen.print()
    for finding in parcel.findings:
        show_finding(parcel, finding)


def _show_rates(found: list[Rate], law: Law, *, example: bool, json: bool) -> None:
    if json:
        for each in found:
            typer.echo(files.to_json(rate_of(each, law, shipped=example)))
    else:
        screen.print(rate_card(found[0], law) if len(found) == 1 else rates_table(found, law))
        screen.print(f"By the law of {law.day}.", highlight=False)
    if example:
        warn_of_example_rates(side if json else screen)


def _show_missing(known: Rates, code: str, day: date, json: bool) -> None:
    """A code without a rate, and what the table has instead."""
    finding = catalogue.RATE_MISSING.at("", hs_code=code, day=day)
    others = known.neighbours(code)
    if json:
        rows = [
            {"hs_code": each.hs_code, "valid_from": str(each.valid_from), "valid_to": last_day(each) or None}
            for each in others
        ]
        typer.echo(files.to_json({**finding.as_dict(), "others": rows}))
        return
    show_texts(finding, f"{code}: {finding.code}")
    for each in others:
        screen.print(
            Text(
                f"    {label('the table has 表中有')} {each.hs_code} {each.name}, {each.valid_from} – {last_day(each)}"
            ),
            soft_wrap=True,
        )
