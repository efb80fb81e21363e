"""Parts that the commands around parcels share: their options, the file read with progress, findings shown."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TimeElapsedColumn
from rich.text import Text

from customs.areas import Area
from customs.cli import files
from customs.cli.common import day_of, misuse, screen, side
from customs.cli.kinds import LOOKED_AT, kind_of, signature_of
from customs.road import Prepared, Run, random_guids, system_clock
from customs.rules import Finding
from customs.tax import Method, Rates, from_rows
from customs.tax.method import DEFAULT


def of_json_lines(file: Path) -> Path:
    """Refuse a file of another kind with one message, instead of every one of its lines."""
    if file.is_file() and (kind := kind_of(head_of(file))):
        raise misuse(
            f"{file.name} is {kind.en}, not JSON lines: {kind.advice_en} "
            f"文件类型：{kind.zh}，而非 JSON Lines。{kind.advice_zh}"
        )
    return file


def head_of(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(LOOKED_AT)


ParcelFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="Parcels as JSON lines.",
        exists=True,
        dir_okay=False,
        readable=True,
        callback=of_json_lines,
    ),
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


def examined(
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
        rates=rates_of(rates),
        method=method,
        exchange=exchange,
    )
    return run.examine(progress(file, files.read_lines(file)))


def exchange_of(usd_rate: str | None) -> Mapping[str, Decimal] | None:
    """The exchange rate given, by the code of the US dollar."""
    if usd_rate is None:
        return None
    try:
        rate = Decimal(usd_rate)
    except InvalidOperation:
        rate = Decimal(0)
    if not rate.is_finite() or rate <= 0:
        raise misuse(f"--usd-rate: {usd_rate!r} is not an exchange rate: give a number such as 7.0573")
    return {"502": rate}


def show_finding(parcel: Prepared, finding: Finding) -> None:
    style = "red" if finding.is_error else "yellow"
    order = f", order {parcel.order_no}" if parcel.order_no else ""
    where = f" {finding.path}" if finding.path else ""
    screen.print(Text(f"parcel {parcel.position}{order}{where}: {finding.code}", style=style), soft_wrap=True)
    show_texts(finding)


def show_texts(finding: Finding) -> None:
    screen.print(Text(f"    {finding.en} {finding.advice_en}"), soft_wrap=True)
    screen.print(Text(f"    {finding.zh}{finding.advice_zh}"), soft_wrap=True)


def progress(file: Path, lines: Iterable[bytes]) -> Iterator[bytes]:
    """Count the parcels read on the error stream, where that is a terminal."""
    columns = SpinnerColumn(), *Progress.get_default_columns()[:1], TimeElapsedColumn()
    with Progress(*columns, console=side, disable=not side.is_terminal, transient=True) as bar:
        task = bar.add_task(file.name, total=None)
        for number, line in enumerate(lines, 1):
            if number % 100 == 0:
                bar.update(task, description=f"{file.name}: {number:,} parcels")
            yield line


def warn_of_example_rates(console: Console) -> None:
    """Say that the shipped rates are an example: taxes computed with them are no basis of a declaration."""
    warning = (
        "The shipped table is an example: check each rate against the tariff in force, or give your own with --rates."
    )
    console.print(
        Text(f"{warning} 随库税率表仅为示例，请逐项核对现行税则，或用 --rates 指定自己的税率表。", style="bold yellow"),
        soft_wrap=True,
    )


def rates_of(path: Path | None) -> Rates | None:
    """The table of rates in a file; None, with a warning, for the shipped one."""
    if path is None:
        warn_of_example_rates(side)
        return None
    return rates_in(path)


def _text_of(path: Path) -> str:
    """The text of a table in UTF-8, or in GBK as Excel writes it in China, which is said."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    side.print(Text(f"{path.name} is no UTF-8 and is read as GBK 该文件不是 UTF-8，按 GBK 读取"), soft_wrap=True)
    return text


def rates_in(path: Path) -> Rates:
    """The table of rates in a CSV file with the columns of the shipped one."""
    if kind := signature_of(head_of(path)):
        raise misuse(
            f"--rates: {path.name} is {kind.en}: save it as CSV in UTF-8 文件类型：{kind.zh}，请另存为 UTF-8 编码的 CSV"
        )
    try:
        return from_rows(csv.DictReader(_text_of(path).splitlines()))
    except KeyError as error:
        raise misuse(f"--rates: {path.name} lacks the column {error.args[0]}") from None
    except UnicodeDecodeError:
        raise misuse(
            f"--rates: {path.name} is text neither in UTF-8 nor in GBK: save it as CSV in UTF-8 "
            f"该文件既非 UTF-8 也非 GBK 编码，请另存为 UTF-8 编码的 CSV"
        ) from None
    except ValueError as error:
        raise misuse(f"--rates: {path.name} cannot be read: {error}") from None
