"""The commands ``book adjust`` and ``book observe``: a correction that customs agreed to, and what customs stated beside the book."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.cli import files
from customs.cli.app import misuse, screen, tell
from customs.cli.book import QUANTITY_WORDS, Book, commands
from customs.cli.book_differences import quantity_text
from customs.cli.common import MAY_BE_NEGATIVE, AsJson, Now, clock_of
from customs.cli.language import words
from customs.cli.ledgers import BY_OPTIONS, ChosenLedger, over_ledger
from customs.cli.parcels import echo
from customs.fields.digits import within_n19_5
from customs.ledger.book.entering import adjust_book
from customs.ledger.book.holdings import quantities_of, stated_quantities
from customs.ledger.book.items import BookItem, book_item
from customs.ledger.causes import CauseUsedError, EntryCause


@commands.command("adjust", context_settings=MAY_BE_NEGATIVE)
@over_ledger
def adjusted(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Item of a book: BOOK/RECORD, such as T2992W000001/12.")],
    quantity: Annotated[
        str,
        typer.Argument(metavar="QUANTITY", help="By how much the balance changes, in the declared unit; -3 lowers it."),
    ],
    code: Annotated[str, typer.Option("--code", help="Code of the reason: 31 to 36, 51 to 53.")],
    ticket: Annotated[str, typer.Option("--ticket", help="Number of the ticket; the same one counts once.")],
    by: Annotated[str, typer.Option("--by", help="Who decides it.")],
    reason: Annotated[
        str,
        typer.Option(
            "--reason", help="The document by which customs agreed; it stands in the ledger, so no personal data."
        ),
    ],
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Correct the balance of an item, as customs agreed by a document. Exits 1 if the ticket was entered before."""
    named, value = _item(item), _quantity(quantity)
    at = clock_of(now, "--now")().replace(tzinfo=None)
    with ledger.begin() as connection:
        try:
            change = adjust_book(connection, named, value, code, EntryCause("ticket", ticket, by=by, why=reason), at)
        except (ValueError, CauseUsedError) as error:
            raise misuse(str(error)) from None
        balance = quantity_text(quantities_of(connection, named.ems_no)[named].balance)
    if json:
        echo(files.to_json({**named._asdict(), "new": change.new, "balance": balance}))
    else:
        tell(f"{named}: the balance is {balance}", f"{named}：余量 {balance}")
    raise typer.Exit(0 if change.new else 1)


@commands.command("observe")
@over_ledger
def observed(
    book: Book = "",
    every: Annotated[bool, typer.Option("--all", help="Show what agrees too.")] = False,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show where the quantities that customs stated (INV211) are not those of the ledger. Exits 1 if one differs."""
    with ledger.read() as connection:
        found = stated_quantities(connection, book.strip().upper())
    differing = [each for each in found if each.difference]
    table = Table(box=SIMPLE)
    table.add_column(words("item", "商品项"), overflow="fold")
    table.add_column(words("quantity", "数量"))
    for heading in (words("stated", "海关告知"), words("ledger", "账簿"), words("difference", "差异")):
        table.add_column(heading, justify="right")
    table.add_column(words("at", "时间"))
    for each in found if every else differing:
        figures = [quantity_text(amount) for amount in (each.stated, each.held, each.difference)]
        if json:
            told = dict(zip(("stated", "held", "difference"), figures, strict=True))
            echo(files.to_json({**each.item._asdict(), "figure": each.figure, **told, "at": each.at.isoformat()}))
        table.add_row(Text(str(each.item)), words(*QUANTITY_WORDS[each.figure]), *figures, f"{each.at:%Y-%m-%d %H:%M}")
    if not json:
        screen.print(table)
        tell(f"{len(found)} stated, {len(differing)} differ", f"海关告知 {len(found)} 项，其中 {len(differing)} 项不符")
    raise typer.Exit(1 if differing else 0)


def _item(text: str) -> BookItem:
    ems_no, _, record_no = text.partition("/")
    try:
        return book_item(ems_no, record_no)
    except ValueError as error:
        raise misuse(f"ITEM: {error}") from None


def _quantity(text: str) -> Decimal:
    try:
        return within_n19_5(Decimal(text))
    except (ValueError, InvalidOperation):
        raise misuse(f"QUANTITY: {text!r} is no quantity such as -3 or 12.5 数量应如 -3 或 12.5") from None
