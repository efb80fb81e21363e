"""The commands ``book`` (账册): bond lists entered, what the book holds, which parcels no list gathers, book against stock."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, time
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.bilingual import halves
from customs.cli import files
from customs.cli.app import app, misuse, misuse_of, screen, tell
from customs.cli.book_differences import difference_values, differences_table, write_differences
from customs.cli.common import AsJson, Now, clock_of
from customs.cli.language import words
from customs.cli.ledgers import ConfigOfLedger, LedgerKeyFile, LedgerUrl, ledger_opened
from customs.cli.parcels import echo
from customs.ledger.book.binding import binding_faults
from customs.ledger.book.bond_messages import holds_bond_message, read_bond_message
from customs.ledger.book.comparing import StockSides, compare_stock
from customs.ledger.book.entering import cause_of, enter_message
from customs.ledger.book.events import CutOff
from customs.ledger.book.flows import join_events
from customs.ledger.book.grain import Article
from customs.ledger.book.holdings import articles_of, papers_of, quantities_of
from customs.ledger.book.items import FIGURES
from customs.ledger.book.periods import period_of
from customs.ledger.book.retail import enter_retail
from customs.ledger.book.stock_files import StockFileError, articles_in, movements_in, stock_in
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.database import Ledger, LedgerConnection
from customs.wire import ReadError, read

commands = typer.Typer(help="Account book: enter bond lists, show balances, compare with the stock. 账册")

Book = Annotated[
    str, typer.Argument(metavar="[BOOK]", help="Number of the account book; all that the ledger has if left out.")
]

_IMPORTED = {"new": "新增", "same": "已登记", "other": "其他报文"}

_HEADINGS = {
    "actual_in": ("actual in", "实增"),
    "actual_out": ("actual out", "实减"),
    "pre_in": ("pre-entered in", "预增"),
    "pre_out": ("pre-deducted", "预减"),
    "gained": ("gained", "盘盈"),
    "lost": ("lost", "盘亏"),
    "balance": ("balance", "余量"),
    "available": ("available", "可用"),
}


@commands.command("import")
def imported(
    messages: Annotated[
        list[Path],
        typer.Argument(
            metavar="MESSAGES", help="Messages, and folders of them: INV101 to INV211, CEB621 to CEB626.", exists=True
        ),
    ],
    now: Now = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
    json: AsJson = False,
) -> None:
    """Enter bond lists, retail lists and their receipts in the book. Exits 1 if a file could not be entered.

    Running it again changes nothing: each message counts once.
    """
    at, counts, unread = clock_of(now, "--now")().replace(tzinfo=None), Counter[str](), list[str]()
    with ledger_opened(config, ledger, ledger_key) as opened:
        for file in _files_in(messages):
            try:
                counts[_entered(opened, file.read_bytes(), at)] += 1
            except (ReadError, CauseUsedError) as error:
                unread.append(file.name)
                en, zh = halves(str(error))
                tell(f"{file.name}: {en}", f"{file.name}：{zh or en}")
            except OSError as error:
                raise misuse_of(f"{file.name}: cannot be read, {error.strerror}", f"{file.name}：无法读取") from None
    if json:
        echo(files.to_json({**{name: counts[name] for name in _IMPORTED}, "unread": unread}))
    else:
        en = ", ".join(f"{name} {counts[name]}" for name in _IMPORTED)
        zh = "，".join(f"{told} {counts[name]}" for name, told in _IMPORTED.items())
        screen.print(words(en, zh), highlight=False, soft_wrap=True)
    raise typer.Exit(1 if unread else 0)


@commands.command("balance")
def balance(
    book: Book = "",
    period: Annotated[
        str | None,
        typer.Option(
            "--period", metavar="PERIOD", help="Until the end of a day, month, half-year or year, such as 2026-10."
        ),
    ] = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
    json: AsJson = False,
) -> None:
    """Show what a book holds by item. Exits 1 if it holds nothing."""
    until = _end_of(period) if period else None
    with ledger_opened(config, ledger, ledger_key) as opened, opened.read() as connection:
        found = quantities_of(connection, book.strip().upper(), until)
    table = Table(box=SIMPLE)
    table.add_column(words("item", "商品项"), overflow="fold")
    for heading in _HEADINGS.values():
        table.add_column(words(*heading), justify="right")
    for item, held in found.items():
        values = {
            **{name: getattr(held, name) for name in FIGURES},
            "balance": held.balance,
            "available": held.available,
        }
        if json:
            echo(files.to_json({**item._asdict(), **{name: f"{each.normalize():f}" for name, each in values.items()}}))
        table.add_row(Text(str(item)), *[f"{values[name].normalize():,f}" for name in _HEADINGS])
    if not json:
        screen.print(table)
    raise typer.Exit(0 if found else 1)


@commands.command("binding")
def binding(
    book: Book = "",
    older_than: Annotated[
        int, typer.Option("--older-than", metavar="DAYS", help="Leave out parcels that were released no longer ago.")
    ] = 0,
    now: Now = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
    json: AsJson = False,
) -> None:
    """Show released parcels that no out-list gathers, the oldest first, and out-lists that gather wrongly. Exits 1 if any does."""
    at = clock_of(now, "--now")().replace(tzinfo=None)
    with ledger_opened(config, ledger, ledger_key) as opened, opened.read() as connection:
        found = [
            each
            for each in binding_faults(papers_of(connection, book.strip().upper()), at)
            if each.days is None or each.days >= older_than
        ]
    table = Table(box=SIMPLE)
    for heading in (words("list", "清单"), words("order", "订单编号"), words("what it is", "说明")):
        table.add_column(heading, overflow="fold")
    for each in found:
        if json:
            told = {"code": each.code, "number": each.number, "order_no": each.order_no, "days": each.days}
            echo(files.to_json({**told, "en": each.en, "zh": each.zh}))
        table.add_row(Text(each.number), Text(each.order_no), Text(words(each.en, each.zh)))
    if not json:
        screen.print(table)
    raise typer.Exit(1 if found else 0)


@commands.command("compare")
def compared(
    stock: Annotated[
        Path, typer.Argument(metavar="STOCK", help="The warehouse's stock, CSV or XLSX.", exists=True, dir_okay=False)
    ],
    period: Annotated[
        str,
        typer.Option(
            "--period", metavar="PERIOD", help="Day, month, half-year or year at whose end the book is compared."
        ),
    ],
    book: Annotated[
        str, typer.Option("--book", metavar="BOOK", help="The account book that the stock is of; all if left out.")
    ] = "",
    movements: Annotated[
        list[Path] | None,
        typer.Option(
            "--movements", exists=True, dir_okay=False, help="Movements of the warehouse, CSV or XLSX; may be repeated."
        ),
    ] = None,
    articles: Annotated[
        Path | None,
        typer.Option(
            "--articles",
            exists=True,
            dir_okay=False,
            help="Articles with their items and the factors between units, CSV or XLSX.",
        ),
    ] = None,
    cut_off: Annotated[
        str | None,
        typer.Option(
            "--cut-off", metavar="HH:MM", help="Time of the last day at which the period ends; midnight if left out."
        ),
    ] = None,
    stock_at: Annotated[
        str | None,
        typer.Option(
            "--stock-at",
            metavar="TIME",
            help="Time in China of the stock, such as 2026-10-31T20:00:00; the end of the period if left out.",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", dir_okay=False, help="Write the comparison as XLSX.")] = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
    json: AsJson = False,
) -> None:
    """Compare the book with the stock of the warehouse, each difference with its causes and documents. Exits 1 if one differs."""
    if out and out.suffix.lower() != ".xlsx":
        raise misuse(f"--out: {out.name} is no .xlsx 输出文件应为 .xlsx")
    until = _end_of(period, cut_off)
    cut = CutOff(until, clock_of(stock_at, "--stock-at")().replace(tzinfo=None) if stock_at else until)
    try:
        rows = stock_in(stock)
        moved = tuple(each for file in movements or () for each in movements_in(file))
        told = articles_in(articles) if articles else {}
    except StockFileError as error:
        for each in error.problems:
            tell(f"{each.where}: {each.en}", f"{each.where}：{each.zh}")
        raise typer.Exit(2) from None
    number = book.strip().upper()
    with ledger_opened(config, ledger, ledger_key) as opened, opened.read() as connection:
        known = _with(articles_of(connection, number), told)
        balances = {item: held.balance for item, held in quantities_of(connection, number, until).items()}
        joined = join_events(papers_of(connection, number), moved, known)
    found = compare_stock(StockSides(balances=balances, stock=rows, events=joined.events, articles=known), cut)
    differing = [each for each in found if not each.agrees]
    if out:
        write_differences(out, found)
    for lost in joined.homeless:
        tell(
            f"{lost.where}: no item of the book is known for the article {lost.sku}",
            f"{lost.where}：货号 {lost.sku} 无对应商品项",
        )
    if json:
        for difference in differing:
            echo(files.to_json(difference_values(difference)))
        echo(
            files.to_json(
                {"items": len(found), "different": len(differing), "movements_without_item": len(joined.homeless)}
            )
        )
    else:
        screen.print(differences_table(differing))
        tell(f"{len(found)} items, {len(differing)} differ", f"{len(found)} 项，其中 {len(differing)} 项有差异")
    raise typer.Exit(1 if differing or joined.homeless else 0)


def _files_in(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.suffix.lower() == ".xml" and each.is_file())
        else:
            yield path


def _entered(ledger: Ledger, content: bytes, at: datetime) -> str:
    """Enter a message whole; return if it was new, entered before, or about something else."""
    with ledger.begin() as connection:
        if holds_bond_message(content):
            return "new" if enter_message(connection, read_bond_message(content), cause_of(content), at).new else "same"
        return _retail(connection, content, at)


def _retail(connection: LedgerConnection, content: bytes, at: datetime) -> str:
    digest, news = sha256(content).hexdigest(), set[bool]()
    for place, document in enumerate(read(content).documents):
        change = enter_retail(connection, document, EntryCause("message", f"{digest}/{place}"), at)
        if change is not None:
            news.add(change.new)
    return "new" if True in news else "same" if news else "other"


def _end_of(period: str, cut_off: str | None = None) -> datetime:
    try:
        return period_of(period, time.fromisoformat(cut_off) if cut_off else None).until
    except ValueError as error:
        text = str(error)
        raise misuse(
            text if "周期" in text else f"--cut-off: {cut_off!r} is no time such as 18:00 时间应如 18:00"
        ) from None


def _with(known: Mapping[str, Article], told: Mapping[str, Article]) -> dict[str, Any]:
    """The articles of the book with what a file tells of them."""
    found = dict(known)
    for sku, each in told.items():
        items = tuple(dict.fromkeys((*each.items, *(known[sku].items if sku in known else ()))))
        found[sku] = Article(sku, items, each.factors, each.cargo)
    return found


app.add_typer(commands, name="book")
