"""The command ``goods check`` (商品备案检查): the goods list as a whole, before an order is declared."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from customs.cli import files
from customs.cli.app import app, misuse, screen, side
from customs.cli.common import AsJson, On, day_of
from customs.cli.enterprise import CONFIG, ConfigFile, enterprise_of, main_profile, mistakes_told, tell_mistakes
from customs.cli.language import label, words
from customs.cli.parcels import RateFile, echo, rates_of, show_texts, warn_of_example_rates
from customs.intake.goods import GoodsRecords
from customs.intake.goods_check import GoodsFinding, check_goods
from customs.intake.goods_sheets import goods_in
from customs.intake.problems import FileMistake, GoodsError
from customs.rules import Severity
from customs.tax import RateTable

commands = typer.Typer(help="Goods records: check a list, keep records with their history, compare, export. 商品备案")
app.add_typer(commands, name="goods")


@commands.callback()
def goods() -> None:
    """Goods records: check a list, keep records with their history, compare, export. 商品备案"""


@commands.command()
def check(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="Goods list, CSV, XLSX or JSON; that of the enterprise file if left out.",
            dir_okay=False,
        ),
    ] = None,
    config: ConfigFile = None,
    sheet: Annotated[str, typer.Option("--sheet", metavar="NAME", help="Sheet of a workbook.")] = "",
    on: On = None,
    rates: RateFile = None,
    json: AsJson = False,
) -> None:
    """Check goods records as a whole: codes, units, conversions, duplicates, look-alikes that are taxed otherwise."""
    path, name, table = _given(file, config, sheet, rates)
    try:
        records = goods_in(path, name)
    except GoodsError as error:
        raise refused_list(error.problems, json=json) from None
    found = check_goods(records, on=day_of(on), rates=table)
    if json:
        for each in found:
            echo(files.to_json(row_of(each)))
        echo(files.to_json(figures(records, found)))
    else:
        for each in found:
            show_texts(each.finding, f"{words(each.spot.en, each.spot.zh)}: {each.finding.code}")
        screen.print(_summary(path.name, records, found))
    raise typer.Exit(1 if any(each.finding.is_error for each in found) else 0)


def _given(
    file: Path | None, config: Path | None, sheet: str, rates: Path | None
) -> tuple[Path, str, RateTable | None]:
    """Return the goods list, its sheet, and the rates: as given, or those of the enterprise file."""
    enterprise = enterprise_of(config) if config or file is None or CONFIG.is_file() else None
    own = enterprise.goods if enterprise else None
    if file is None and own is None:
        raise misuse(
            "FILE is missing, and the enterprise file names no goods list 请指定商品备案表，企业档案中没有 [goods]"
        )
    if rates is None and enterprise is not None:
        with mistakes_told():
            table: RateTable | None = enterprise.rates_of(main_profile(enterprise))
        if table is None:
            warn_of_example_rates(side, in_file=True)
    else:
        table = rates_of(rates)
    if file is not None:
        return file, sheet, table
    assert own is not None, "refused above"
    return own.path, sheet or own.sheet, table


def refused_list(mistakes: tuple[FileMistake, ...], *, json: bool) -> typer.Exit:
    """Tell the mistakes for which a list cannot be read; the exit code is 1."""
    if json:
        for each in mistakes:
            echo(files.to_json({"file": each.file, "row": each.line, "column": each.key, "en": each.en, "zh": each.zh}))
    else:
        tell_mistakes(mistakes)
    return typer.Exit(1)


def row_of(found: GoodsFinding) -> dict[str, Any]:
    """Return a finding on a record for programs."""
    where = {"sku": found.sku, "field": found.field, "where": found.spot.en, "where_zh": found.spot.zh}
    told = found.finding.as_dict()
    return {**where, **{name: value for name, value in told.items() if name != "path"}}


def figures(records: GoodsRecords, found: list[GoodsFinding]) -> dict[str, Any]:
    """Return how many records there are, and the findings by severity and code."""
    weights = Counter(str(each.finding.severity) for each in found)
    codes = Counter(each.finding.code for each in found)
    return {
        "records": len(records),
        "errors": weights[Severity.ERROR],
        "warnings": weights[Severity.WARNING],
        "findings": dict(sorted(codes.items())),
    }


def _summary(name: str, records: GoodsRecords, found: list[GoodsFinding]) -> Table:
    told = figures(records, found)
    table = Table(title=words(f"Goods records in {name}", f"{name} 商品备案检查"), show_header=False)
    for title, value in (("records 备案", "records"), ("errors 错误", "errors"), ("warnings 警告", "warnings")):
        table.add_row(label(title), f"{told[value]:,}")
    for code, count in told["findings"].items():
        table.add_row(f"  {code}", f"{count:,}")
    return table
