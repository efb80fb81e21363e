"""Book and stock side by side (账册与仓库): the files of the warehouse as options take them, compared at a moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Annotated

import typer

from customs.cli.app import misuse, tell
from customs.cli.common import clock_of
from customs.ledger.book.comparing import StockDifference, StockSides, compare_stock
from customs.ledger.book.events import CutOff
from customs.ledger.book.flows import BookPapers, StockMovement, join_events
from customs.ledger.book.grain import Article, StockRow
from customs.ledger.book.holdings import articles_of, papers_of, quantities_of
from customs.ledger.book.periods import period_of
from customs.ledger.book.stock_files import StockFileError, articles_in, movements_in, stock_in
from customs.ledger.database import LedgerConnection

StockFile = Annotated[
    Path, typer.Argument(metavar="STOCK", help="The warehouse's stock, CSV or XLSX.", exists=True, dir_okay=False)
]
MovementFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--movements", exists=True, dir_okay=False, help="Movements of the warehouse, CSV or XLSX; may be repeated."
    ),
]
ArticleFile = Annotated[
    Path | None,
    typer.Option(
        "--articles",
        exists=True,
        dir_okay=False,
        help="Articles with their items and the factors between units, CSV or XLSX.",
    ),
]
CutOffTime = Annotated[
    str | None,
    typer.Option(
        "--cut-off", metavar="HH:MM", help="Time of the last day at which the period ends; midnight if left out."
    ),
]
StockAt = Annotated[
    str | None,
    typer.Option(
        "--stock-at",
        metavar="TIME",
        help="Time in China of the stock, such as 2026-10-31T20:00:00; the end of the period if left out.",
    ),
]


@dataclass(frozen=True, slots=True)
class WarehouseFiles:
    """The files of a warehouse, read."""

    stock: tuple[StockRow, ...]
    movements: tuple[StockMovement, ...]
    articles: Mapping[str, Article]


@dataclass(frozen=True, slots=True)
class StockCompared:
    """Book and stock as they were compared, with the documents of the book."""

    differences: tuple[StockDifference, ...]
    homeless: tuple[StockMovement, ...]
    papers: BookPapers

    @property
    def differing(self) -> tuple[StockDifference, ...]:
        """The items that do not agree."""
        return tuple(each for each in self.differences if not each.agrees)


def warehouse_files(stock: Path, movements: Sequence[Path], articles: Path | None) -> WarehouseFiles:
    """Read the files of a warehouse; mistakes are told row by row, and end the command."""
    try:
        moved = tuple(each for file in movements for each in movements_in(file))
        return WarehouseFiles(tuple(stock_in(stock)), moved, articles_in(articles) if articles else {})
    except StockFileError as error:
        for each in error.problems:
            tell(f"{each.where}: {each.en}", f"{each.where}：{each.zh}")
        raise typer.Exit(2) from None


def end_of(period: str, cut_off: str | None = None) -> datetime:
    """Return the moment at which a period ends; another text is misuse."""
    try:
        return period_of(period, time.fromisoformat(cut_off) if cut_off else None).until
    except ValueError as error:
        text = str(error)
        raise misuse(
            text if "周期" in text else f"--cut-off: {cut_off!r} is no time such as 18:00 时间应如 18:00"
        ) from None


def cut_of(period: str, cut_off: str | None, stock_at: str | None) -> CutOff:
    """Return until when the entries of each side count."""
    until = end_of(period, cut_off)
    return CutOff(until, clock_of(stock_at, "--stock-at")().replace(tzinfo=None) if stock_at else until)


def compare_files(connection: LedgerConnection, ems_no: str, warehouse: WarehouseFiles, cut: CutOff) -> StockCompared:
    """Compare a book, or all where none is named, with the files of the warehouse; tell the movements that found no item."""
    known = _with(articles_of(connection, ems_no), warehouse.articles)
    balances = {item: held.balance for item, held in quantities_of(connection, ems_no, cut.book).items()}
    papers = papers_of(connection, ems_no)
    joined = join_events(papers, warehouse.movements, known)
    sides = StockSides(balances=balances, stock=warehouse.stock, events=joined.events, articles=known)
    _tell(joined.homeless)
    return StockCompared(compare_stock(sides, cut), joined.homeless, papers)


def _tell(homeless: Iterable[StockMovement]) -> None:
    for lost in homeless:
        tell(
            f"{lost.where}: no item of the book is known for the article {lost.sku}",
            f"{lost.where}：货号 {lost.sku} 无对应商品项",
        )


def _with(known: Mapping[str, Article], told: Mapping[str, Article]) -> dict[str, Article]:
    """The articles of the book with what a file tells of them."""
    found = dict(known)
    for sku, each in told.items():
        items = tuple(dict.fromkeys((*each.items, *(known[sku].items if sku in known else ()))))
        found[sku] = Article(sku, items, each.factors, each.cargo)
    return found
