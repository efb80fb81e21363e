"""The commands around parcels: ``sample``, ``declare``, ``check``, ``tax``; what they rest on: ``rates``, ``schema``."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TimeElapsedColumn
from rich.text import Text

from customs import __version__
from customs.areas import Area
from customs.cli import files
from customs.cli.areas import AreaName, SettingsFile, area_of, hint
from customs.cli.common import AsJson, Cert, Key, On, app, clock_of, day_of, misuse, screen, side, signer_of
from customs.cli.rates import last_day, rate_card, rate_of, rates_table
from customs.cli.summary import Summary
from customs.cli.tax import tax_of, tax_table, trail
from customs.road import Guids, Prepared, Run, random_guids, seeded_guids, system_clock
from customs.rules import Finding, catalogue
from customs.tax import Apportionment, Law, LawError, Method, Rate, Rates, Rounding, from_rows, shipped
from customs.tax import law as laws
from customs.tax.method import DEFAULT
from customs.testing import sample_parcels
from customs.wire.envelope_schema import envelope_schemas
from customs.wire.json_schema import json_schemas
from customs.wire.schema import schemas


class TradeMode(StrEnum):
    """Trade modes of retail import."""

    BONDED = "1210"
    DIRECT = "9610"


ParcelFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="Parcels as JSON lines.", exists=True, dir_okay=False, readable=True)
]
ClockOption = Annotated[
    str | None,
    typer.Option("--clock", metavar="TIME", help="Time of submission in China, such as 2026-11-11T08:00:00."),
]
RateFile = Annotated[
    Path | None,
    typer.Option("--rates", exists=True, dir_okay=False, help="Your own rates as CSV, instead of the shipped example."),
]
UsdRate = Annotated[
    str | None,
    typer.Option("--usd-rate", metavar="CNY", help="The month's customs exchange rate of the US dollar, for beer."),
]


@app.callback(invoke_without_command=True)
def version(show: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    """Declare cross-border e-commerce parcels to China Customs. 跨境电商零售进口申报"""
    if show:
        screen.print(__version__)
        raise typer.Exit


@app.command()
def sample(
    count: Annotated[int, typer.Option(min=1, help="How many parcels.")] = 10,
    seed: Annotated[int, typer.Option(help="The same seed gives the same parcels.")] = 1,
    mode: Annotated[TradeMode, typer.Option(help="Trade mode.")] = TradeMode.BONDED,
) -> None:
    """Print fictitious parcels as JSON lines, to try the library with."""
    trade_mode: TradeMode = mode
    for parcel in sample_parcels(count, seed=seed, mode="1210" if trade_mode is TradeMode.BONDED else "9610"):
        typer.echo(parcel.model_dump_json(exclude_none=True))


@app.command()
def declare(
    file: ParcelFile,
    out: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder for messages and refused.jsonl.")],
    area: AreaName = None,
    settings: SettingsFile = None,
    key: Key = None,
    cert: Cert = None,
    on: On = None,
    clock: ClockOption = None,
    rates: RateFile = None,
    usd_rate: UsdRate = None,
    guid_seed: Annotated[
        int | None, typer.Option("--guid-seed", help="Repeatable guids, for tests only; random ones if left out.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Write signed messages for a file of parcels. Refused parcels go to refused.jsonl with the reasons."""
    signer = signer_of(key, cert)
    guids: Guids = random_guids if guid_seed is None else seeded_guids(guid_seed)
    used = area_of(area, settings)
    run = Run(
        area=used,
        signer=signer,
        on=day_of(on),
        clock=clock_of(clock),
        guids=guids,
        rates=_rates(rates),
        exchange=_exchange(usd_rate),
    )
    if earlier := files.earlier_messages(out):
        side.print(
            f"{out} holds {earlier} messages of an earlier run: take care not to send them twice", soft_wrap=True
        )
    out.mkdir(parents=True, exist_ok=True)
    summary = Summary()
    with files.whole_file(out / files.REFUSED) as refused:
        for batch in run.prepare_many(_progress(file, files.read_lines(file))):
            files.write_messages(batch, out)
            summary.add_batch(batch)
            for parcel in batch.parcels:
                if parcel.refused or files.refused_beside(parcel):
                    print(files.refusal(parcel), file=refused)
    hint(used, summary.places, day_of(on))
    if json:
        typer.echo(files.to_json(summary.as_dict()))
    else:
        screen.print(summary.table(f"Declared from {file.name} 申报结果"))
        if not summary.complete:
            count = summary.refused + sum(summary.beside.values())
            side.print(f"{count} refused, with reasons in {out / files.REFUSED}", highlight=False, soft_wrap=True)
    raise typer.Exit(0 if summary.complete else 1)


@app.command()
def check(
    file: ParcelFile,
    area: AreaName = None,
    settings: SettingsFile = None,
    on: On = None,
    rates: RateFile = None,
    usd_rate: UsdRate = None,
    json: AsJson = False,
) -> None:
    """Check a file of parcels as customs will, without writing messages."""
    summary, said, used = Summary(), set[Finding](), area_of(area, settings)
    for parcel in _examined(file, used, on, rates, DEFAULT, _exchange(usd_rate)):
        summary.add(parcel)
        for other, findings in (("", parcel.findings), *((each.area, each.findings) for each in parcel.beside)):
            for finding in findings:
                if _is_of_the_area(finding):
                    if finding in said:
                        continue
                    said.add(finding)
                _say(parcel, finding, json, **({"area": other} if other else {}))
    hint(used, summary.places, day_of(on))
    if json:
        typer.echo(files.to_json({"summary": summary.as_dict()}))
    else:
        screen.print(summary.table(f"Checked {file.name} 检查结果", written=False))
    raise typer.Exit(0 if summary.complete else 1)


@app.command()
def tax(
    file: ParcelFile,
    on: On = None,
    rates: RateFile = None,
    rounding: Annotated[Rounding, typer.Option(help="When amounts are rounded to the cent.")] = Rounding.PER_LINE,
    apportion: Annotated[
        Apportionment, typer.Option(help="How freight and insurance are spread over the lines.")
    ] = Apportionment.BY_VALUE,
    usd_rate: UsdRate = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print every step of the decision, with its source.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Show the tax of each parcel in a file, line by line, by the law of the declaration day."""
    if apportion is Apportionment.BY_WEIGHT:
        raise misuse(
            "--apportion: by_weight needs the weights of the lines, which a parcel does not hold; see customs.assess"
        )
    method = Method(rounding=rounding, apportionment=apportion)
    summary = Summary()
    for parcel in _examined(file, area_of(None, None), on, rates, method, _exchange(usd_rate)):
        summary.add(parcel)
        if json:
            typer.echo(files.to_json(tax_of(parcel)))
        else:
            _show_tax(parcel, explain)
    if not json:
        screen.print(summary.table(f"Tax of {file.name} 税款合计", written=False))
    raise typer.Exit(1 if summary.refused else 0)


@app.command()
def rates(
    code: Annotated[str, typer.Argument(metavar="HS", help="A commodity code, or how it begins: 2 to 10 digits.")],
    on: On = None,
    table: RateFile = None,
    json: AsJson = False,
) -> None:
    """Show the rates of a commodity code, and the total tax burden by the law of a day."""
    if not (code.isascii() and code.isdecimal() and 2 <= len(code) <= 10):
        raise misuse(f"{code!r} is not a commodity code: give 2 to 10 digits")
    day, known = day_of(on), _rates(table) or shipped()
    try:
        law = laws.on(day)
    except LawError as error:
        raise misuse(f"--on: {error}") from None
    found = known.in_force(code, day)
    if not found:
        _show_missing(known, code, day, json)
        raise typer.Exit(1)
    _show_rates(found, law, example=table is None, json=json)


@app.command()
def schema(out: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder for the files.")]) -> None:
    """Write the schemas: XSD of the messages and the envelope, JSON Schema of documents and parcel."""
    out.mkdir(parents=True, exist_ok=True)
    for name, text in {**schemas(), **envelope_schemas()}.items():
        (out / name).write_text(text, encoding="utf-8")
    for name, schema_of in json_schemas().items():
        (out / name).write_text(files.to_json(schema_of, indent=1) + "\n", encoding="utf-8")


def _examined(
    file: Path,
    area: Area,
    on: str | None,
    rates: Path | None,
    method: Method = DEFAULT,
    exchange: Mapping[str, Decimal] | None = None,
) -> Iterator[Prepared]:
    run = Run(
        area=area,
        on=day_of(on),
        clock=system_clock,
        guids=random_guids,
        rates=_rates(rates),
        method=method,
        exchange=exchange,
    )
    return run.examine(_progress(file, files.read_lines(file)))


def _exchange(usd_rate: str | None) -> Mapping[str, Decimal] | None:
    """The exchange rate given, by the code of the US dollar."""
    if usd_rate is None:
        return None
    try:
        rate = Decimal(usd_rate)
    except InvalidOperation:
        rate = Decimal(0)
    if not rate.is_finite() or rate <= 0:
        raise misuse(f"--usd-rate: {usd_rate!r} is not an exchange rate: give a number such as 7.0574")
    return {"502": rate}


def _show_tax(parcel: Prepared, explain: bool) -> None:
    if table := tax_table(parcel):
        screen.print(table)
    if explain and parcel.assessment:
        screen.print("why 判定过程")
        for step in trail(parcel.assessment):
            screen.print(step, soft_wrap=True)
        screen.print()
    for finding in parcel.findings:
        _show_finding(parcel, finding)


def _show_rates(found: list[Rate], law: Law, *, example: bool, json: bool) -> None:
    if json:
        for each in found:
            typer.echo(files.to_json(rate_of(each, law, shipped=example)))
    else:
        screen.print(rate_card(found[0], law) if len(found) == 1 else rates_table(found, law))
        screen.print(f"By the law of {law.day}.", highlight=False)
    if example:
        warning = "The shipped table is an example: check each rate against the tariff in force, or give your own with --rates."
        (side if json else screen).print(
            Text(f"{warning} 随库税率表仅为示例，须核对。", style="yellow"), soft_wrap=True
        )


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
    screen.print(Text(f"{code}: {finding.code}", style="red"))
    _show_texts(finding)
    for each in others:
        screen.print(
            Text(f"    the table has 表中有 {each.hs_code} {each.name}, {each.valid_from} – {last_day(each)}"),
            soft_wrap=True,
        )


def _is_of_the_area(finding: Finding) -> bool:
    """Return True if a finding concerns the area or its settings, and so is the same for every parcel."""
    return finding.code.startswith(("area-", "not-wrapped")) and (
        not finding.path or finding.path.startswith("settings")
    )


def _say(parcel: Prepared, finding: Finding, json: bool, **more: str) -> None:
    if json:
        typer.echo(files.to_json({"parcel": parcel.position, **more, **finding.as_dict()}))
    else:
        _show_finding(parcel, finding)


def _show_finding(parcel: Prepared, finding: Finding) -> None:
    style = "red" if finding.is_error else "yellow"
    where = f" {finding.path}" if finding.path else ""
    screen.print(Text(f"parcel {parcel.position}{where}: {finding.code}", style=style), soft_wrap=True)
    _show_texts(finding)


def _show_texts(finding: Finding) -> None:
    screen.print(Text(f"    {finding.en} {finding.advice_en}"), soft_wrap=True)
    screen.print(Text(f"    {finding.zh}{finding.advice_zh}"), soft_wrap=True)


def _progress(file: Path, lines: Iterable[bytes]) -> Iterator[bytes]:
    """Count the parcels read on the error stream, where that is a terminal."""
    columns = SpinnerColumn(), *Progress.get_default_columns()[:1], TimeElapsedColumn()
    with Progress(*columns, console=side, disable=not side.is_terminal, transient=True) as bar:
        task = bar.add_task(file.name, total=None)
        for number, line in enumerate(lines, 1):
            if number % 100 == 0:
                bar.update(task, description=f"{file.name}: {number:,} parcels")
            yield line


def _rates(path: Path | None) -> Rates | None:
    """The table of rates in a CSV file with the columns of the shipped one; None for the shipped one itself."""
    if path is None:
        return None
    try:
        return from_rows(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except KeyError as error:
        raise misuse(f"--rates: {path.name} lacks the column {error.args[0]}") from None
    except ValueError as error:
        raise misuse(f"--rates: {path.name} cannot be read: {error}") from None
