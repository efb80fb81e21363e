"""Parts that the commands around parcels share: their options, the file read with progress, findings shown."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from customs.areas import Area
from customs.cli import files
from customs.cli.app import misuse, misuse_of, screen, side
from customs.cli.common import day_of
from customs.cli.kinds import LOOKED_AT, kind_of, signature_of
from customs.cli.language import Language, label, language, words
from customs.intake import rate_files
from customs.road import Prepared, Run, random_guids, system_clock
from customs.road.results import DocumentName
from customs.rules import Finding
from customs.tax import Method, Rates
from customs.tax.method import DEFAULT

T = TypeVar("T")


def of_json_lines(file: Path) -> Path:
    """Refuse a file of another kind with one message, instead of every one of its lines."""
    if file != files.STANDARD_INPUT:
        try:
            refuse_other_kinds(file.name, head_of(file))
        except OSError as error:
            raise misuse(f"{file} cannot be read: {error.strerror} 文件无法读取") from None
    return file


def refuse_other_kinds(name: str, head: bytes) -> None:
    """Refuse what begins as no JSON lines do."""
    if kind := kind_of(head):
        raise misuse(
            f"{name} is {kind.en}, not JSON lines: {kind.advice_en} "
            f"文件类型：{kind.zh}，而非 JSON Lines。{kind.advice_zh}"
        )


def head_of(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(LOOKED_AT)


def is_parquet(file: Path) -> bool:
    """True if a file holds parcels as Parquet."""
    return file != files.STANDARD_INPUT and file.is_file() and head_of(file).startswith(b"PAR1")


ParcelFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="Parcels as JSON lines; - reads standard input.",
        callback=of_json_lines,
    ),
]
ClockOption = Annotated[
    str | None,
    typer.Option("--clock", metavar="TIME", help="Time of submission in China, such as 2026-11-11T08:00:00."),
]
GuidSeed = Annotated[
    int | None, typer.Option("--guid-seed", help="Repeatable guids, for tests only; random ones if left out.")
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
    only: tuple[DocumentName, ...] = (),
) -> Iterator[Prepared]:
    run = run_of(
        area=area,
        on=day_of(on),
        clock=system_clock,
        guids=random_guids,
        rates=rates_of(rates),
        method=method,
        exchange=exchange,
        only=only,
    )
    return run.examine(progress(file, files.read_lines(file)))


def run_of(**conditions: Any) -> Run:
    """Return the run with these conditions; what they contradict is misuse."""
    try:
        return Run(**conditions)
    except ValueError as error:
        raise misuse(str(error)) from None


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
    order = f", order {parcel.order_no}" if parcel.order_no else ""
    order_zh = f"，订单 {parcel.order_no}" if parcel.order_no else ""
    en, zh = f"parcel {parcel.position}{order}", f"包裹 {parcel.position}{order_zh}"
    told = en if language() is Language.BOTH else words(en, zh)
    show_texts(finding, f"{told}{f' {finding.path}' if finding.path else ''}: {finding.code}")


def show_texts(finding: Finding, title: str = "", console: Console = screen) -> None:
    """Print a finding under its title, in the language chosen; every command shows findings so."""
    style = {"error": "red", "warning": "yellow"}.get(str(finding.severity), "dim")
    if title:
        console.print(Text(title, style=style), soft_wrap=True)
    texts = words(f"    {finding.en} {finding.advice_en}", f"    {finding.zh}{finding.advice_zh}", "\n")
    console.print(Text(texts), soft_wrap=True)


def echo(text: str) -> None:
    """Print a line for programs; on a terminal past the progress that is shown there."""
    if screen.is_terminal:
        screen.out(text, highlight=False)
    else:
        typer.echo(text)


def progress(file: Path, lines: Iterable[bytes]) -> Iterator[bytes]:
    """Show on a terminal how many parcels were read, and of a file how much of it and the time left.

    The display is that of the console on which results are printed, so that they stand above it.
    """
    standard_input = file == files.STANDARD_INPUT
    size = None if standard_input else file.stat().st_size
    name = words("standard input", "标准输入") if standard_input else file.name
    with _display(size) as bar:
        task, read, number = bar.add_task(name, total=size), 0, 0
        for number, line in enumerate(checked_input(name, lines) if standard_input else lines, 1):
            read += len(line)
            if number % 100 == 0:
                bar.update(task, completed=read, description=f"{name}: {number:,} {label('parcels 包裹')}")
            yield line
        bar.update(task, completed=size or read, description=f"{name}: {number:,} {label('parcels 包裹')}")


def counted(name: str, unit: str, each_of: Iterable[T], total: int | None) -> Iterator[T]:
    """Show on a terminal how many rows, orders and the like were taken, and the time left where their number is known."""
    with _display(total) as bar:
        task = bar.add_task(name, total=total)
        for number, each in enumerate(each_of, 1):
            if number % 100 == 0:
                bar.update(task, completed=number, description=f"{name}: {number:,} {label(unit)}")
            yield each


def _display(total: int | None) -> Progress:
    known = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn()) if total else (TimeElapsedColumn(),)
    console = screen if screen.is_terminal else side
    columns = SpinnerColumn(), *Progress.get_default_columns()[:1], *known
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)


def checked_input(name: str, lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of standard input, refused by the first two if it is no JSON lines."""
    every = iter(lines)
    first = list(islice(every, 2))
    refuse_other_kinds(name, b"\n".join(each.strip(b"\r\n") for each in first))
    yield from chain(first, every)


def warn_of_example_rates(console: Console, *, in_file: bool = False) -> None:
    """Say that the shipped rates are an example: taxes computed with them are no basis of a declaration.

    ``in_file`` says that the enterprise file is where to name others.
    """
    own_en, own_zh = (
        ("name your own in the enterprise file: file under [rates]", "在企业档案 [rates] 的 file 中")
        if in_file
        else ("give your own with --rates", "用 --rates ")
    )
    warning = words(
        f"The shipped table is an example: check each rate against the tariff in force, or {own_en}.",
        f"随库税率表仅为示例，请逐项核对现行税则，或{own_zh}指定自己的税率表。",
    )
    console.print(Text(warning, style="bold yellow"), soft_wrap=True)


def rates_of(path: Path | None) -> Rates | None:
    """The table of rates in a file; None, with a warning, for the shipped one."""
    if path is None:
        warn_of_example_rates(side)
        return None
    return rates_in(path)


def rates_in(path: Path) -> Rates:
    """The table of rates in a CSV file with the columns of the shipped one."""
    if kind := signature_of(head_of(path)):
        raise misuse(
            f"--rates: {path.name} is {kind.en}: save it as CSV in UTF-8 文件类型：{kind.zh}，请另存为 UTF-8 编码的 CSV"
        )
    try:
        found = rate_files.rates_in(path)
    except rate_files.RateFileError as error:
        raise misuse_of(f"--rates: {error.en}", f"--rates：{error.zh}") from None
    for en, zh in found.said:
        side.print(Text(words(f"{path.name}: {en}", f"{path.name}：{zh}")), soft_wrap=True)
    return found.rates
