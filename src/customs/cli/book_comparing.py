"""The command ``book compare`` (库存比对): the book against the stock of the warehouse at the end of a period."""

from pathlib import Path
from typing import Annotated

import typer

from customs.cli import files
from customs.cli.app import misuse, screen, tell
from customs.cli.book import commands
from customs.cli.book_differences import difference_values, differences_table, write_differences
from customs.cli.book_stock import (
    ArticleFile,
    CutOffTime,
    MovementFiles,
    StockAt,
    StockFile,
    compare_files,
    cut_of,
    warehouse_files,
)
from customs.cli.common import AsJson
from customs.cli.ledgers import BY_OPTIONS, ChosenLedger, over_ledger
from customs.cli.parcels import echo


@commands.command("compare")
@over_ledger
def compared(
    stock: StockFile,
    period: Annotated[
        str,
        typer.Option(
            "--period", metavar="PERIOD", help="Day, month, half-year or year at whose end the book is compared."
        ),
    ],
    book: Annotated[
        str, typer.Option("--book", metavar="BOOK", help="The account book that the stock is of; all if left out.")
    ] = "",
    movements: MovementFiles = None,
    articles: ArticleFile = None,
    cut_off: CutOffTime = None,
    stock_at: StockAt = None,
    out: Annotated[Path | None, typer.Option("--out", dir_okay=False, help="Write the comparison as XLSX.")] = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Compare the book with the stock of the warehouse, each difference with its causes and documents. Exits 1 if one differs."""
    if out and out.suffix.lower() != ".xlsx":
        raise misuse(f"--out: {out.name} is no .xlsx 输出文件应为 .xlsx")
    cut = cut_of(period, cut_off, stock_at)
    warehouse = warehouse_files(stock, movements or (), articles)
    with ledger.read() as connection:
        found = compare_files(connection, book.strip().upper(), warehouse, cut)
    if out:
        write_differences(out, found.differences)
    items, differing, homeless = len(found.differences), found.differing, len(found.homeless)
    if json:
        for difference in differing:
            echo(files.to_json(difference_values(difference)))
        echo(files.to_json({"items": items, "different": len(differing), "movements_without_item": homeless}))
    else:
        screen.print(differences_table(differing))
        tell(f"{items} items, {len(differing)} differ", f"{items} 项，其中 {len(differing)} 项有差异")
    raise typer.Exit(1 if differing or homeless else 0)
