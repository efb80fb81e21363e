"""The commands ``book`` (账册): bond lists entered, what the book holds, which parcels no list gathers."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.bilingual import halves
from customs.cli import files
from customs.cli.app import app, misuse_of, screen, tell
from customs.cli.book_stock import end_of
from customs.cli.common import AsJson, Now, clock_of
from customs.cli.language import words
from customs.cli.ledgers import BY_OPTIONS, ChosenLedger, over_ledger
from customs.cli.parcels import echo
from customs.ledger.book.binding import binding_faults
from customs.ledger.book.bond_messages import holds_bond_message, read_bond_message
from customs.ledger.book.entering import cause_of, enter_message
from customs.ledger.book.holdings import papers_of, quantities_of
from customs.ledger.book.items import FIGURES
from customs.ledger.book.retail import enter_retail
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.database import Ledger, LedgerConnection
from customs.wire import ReadError, read

commands = typer.Typer(help="Account book: enter bond lists, show balances, compare with the stock. 账册")

Book = Annotated[
    str, typer.Argument(metavar="[BOOK]", help="Number of the account book; all that the ledger has if left out.")
]

#: What became of a message, in Chinese too.
_IMPORTED = {"new": "新增", "same": "已登记", "other": "其他报文"}

#: The quantities of the book, in English and Chinese.
QUANTITY_WORDS = {
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
@over_ledger
def imported(
    messages: Annotated[
        list[Path],
        typer.Argument(
            metavar="MESSAGES", help="Messages, and folders of them: INV101 to INV211, CEB621 to CEB626.", exists=True
        ),
    ],
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Enter bond lists, retail lists and their receipts in the book. Exits 1 if a file could not be entered.

    Running it again changes nothing: each message counts once.
    """
    at, counts, unread = clock_of(now, "--now")().replace(tzinfo=None), Counter[str](), list[str]()
    with ledger.opened() as opened:
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
@over_ledger
def balance(
    book: Book = "",
    period: Annotated[
        str | None,
        typer.Option(
            "--period", metavar="PERIOD", help="Until the end of a day, month, half-year or year, such as 2026-10."
        ),
    ] = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show what a book holds by item. Exits 1 if it holds nothing."""
    until = end_of(period) if period else None
    with ledger.read() as connection:
        found = quantities_of(connection, book.strip().upper(), until)
    table = Table(box=SIMPLE)
    table.add_column(words("item", "商品项"), overflow="fold")
    for heading in QUANTITY_WORDS.values():
        table.add_column(words(*heading), justify="right")
    for item, held in found.items():
        values = {
            **{name: getattr(held, name) for name in FIGURES},
            "balance": held.balance,
            "available": held.available,
        }
        if json:
            echo(files.to_json({**item._asdict(), **{name: f"{each.normalize():f}" for name, each in values.items()}}))
        table.add_row(Text(str(item)), *[f"{values[name].normalize():,f}" for name in QUANTITY_WORDS])
    if not json:
        screen.print(table)
    raise typer.Exit(0 if found else 1)


@commands.command("binding")
@over_ledger
def binding(
    book: Book = "",
    older_than: Annotated[
        int, typer.Option("--older-than", metavar="DAYS", help="Leave out parcels that were released no longer ago.")
    ] = 0,
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show released parcels that no out-list gathers, the oldest first, and out-lists that gather wrongly. Exits 1 if any does."""
    at = clock_of(now, "--now")().replace(tzinfo=None)
    with ledger.read() as connection:
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


app.add_typer(commands, name="book")
