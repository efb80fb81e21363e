"""Options that the commands ``bills`` share (税单命令共用选项), and how they show counts and tables."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.box import SIMPLE
from rich.table import Table

from customs.cli.app import misuse, misuse_of, screen
from customs.cli.common import day_of
from customs.cli.language import words
from customs.cli.parcels import rates_of
from customs.cli.tax_bill_inputs import exchange_rates
from customs.intake.sheets import SheetError
from customs.ledger.bills import surroundings_of
from customs.ledger.database import LedgerConnection
from customs.reconciliation.three_way import BillRules, Surroundings

T = TypeVar("T")

commands = typer.Typer(help="Tax bills and guarantee: enter bills, reconcile months, foresee the guarantee. 税单与担保")

Months = Annotated[
    list[str] | None,
    typer.Argument(metavar="MONTH...", help="Months such as 2026-11; all that the ledger has if left out."),
]
ExchangeFile = Annotated[
    Path | None,
    typer.Option(
        "--exchange",
        exists=True,
        dir_okay=False,
        help="Customs exchange rates, CSV or XLSX: currency, month, CNY for one unit.",
    ),
]
MissingAfter = Annotated[
    int | None,
    typer.Option(
        "--missing-after", metavar="DAYS", min=0, help="Days after release by which a bill has to be here; 15."
    ),
]
OfMerchant = Annotated[
    str | None, typer.Option("--merchant", metavar="CODE", help="Only parcels and bills of this merchant.")
]


#: How many parcels are one transaction.
_IN_A_BATCH = 500

#: The outcomes of what is entered, in Chinese too.
ENTERED = {"entered": "已登记", "unchanged": "不变"}


def in_batches(rows: Iterable[T]) -> Iterator[list[T]]:
    """Yield rows in lists of some hundred."""
    rest = iter(rows)
    while batch := list(islice(rest, _IN_A_BATCH)):
        yield batch


def surroundings(
    connection: LedgerConnection, on: str | None, rates: Path | None, exchange: Path | None, missing_after: int | None
) -> Surroundings:
    """Return what the options say of a comparison."""
    try:
        known = exchange_rates(exchange) if exchange else {}
    except SheetError as error:
        raise misuse_of(f"--exchange: {error.en}", f"--exchange：{error.zh}") from None
    rules = BillRules() if missing_after is None else BillRules(bill_expected_after=missing_after)
    return surroundings_of(connection, day_of(on), known, rates_of(rates), rules)


def refuse_no_workbook(out: Path | None) -> None:
    """Refuse a file to write that is no workbook."""
    if out and out.suffix.lower() != ".xlsx":
        raise misuse(f"--out: {out.name} is not .xlsx 输出文件应为 .xlsx")


def table_of(*headings: tuple[str, str]) -> Table:
    """Return a table with headings in English and Chinese."""
    table = Table(box=SIMPLE)
    for en, zh in headings:
        table.add_column(words(en, zh), overflow="fold")
    return table


def show_counts(counts: Mapping[str, int], said: Mapping[str, str]) -> None:
    """Print how many there are of each."""
    screen.print(
        words(
            ", ".join(f"{name} {count}" for name, count in counts.items()),
            "，".join(f"{said[name]} {count}" for name, count in counts.items()),
        ),
        highlight=False,
        soft_wrap=True,
    )
