"""Answers of the account book before a parcel is declared (账册余量应答): lines that ask for more than the book has, -621003.

The book has what is available: its balance less what is pre-deducted (余量减预减). It falls by out-lists, so parcels that no
out-list gathers yet are not taken off. Nothing is said of an item that no in-list or surplus was ever entered of: the ledger
does not know then what customs has.
"""

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import select

from customs.declaration import Declaration
from customs.fields.digits import plain_digits
from customs.fields.money import ZERO, exactly
from customs.ledger.accounts import find_account
from customs.ledger.book.items import BookItem, BookQuantities, book_item
from customs.ledger.book.tables import ARTICLES, BOOK
from customs.ledger.database import LedgerConnection
from customs.rules import Finding, catalogue


@exactly
def left_in_book(connection: LedgerConnection, ems_no: str, record_nos: Iterable[str]) -> dict[str, Decimal]:
    """Return what is available of items of a book, by their record numbers as parcels declare them, or article numbers (料号).

    Items of which the ledger does not know what came in are left out.
    """
    found = {}
    for record_no in dict.fromkeys(record_nos):
        item = _item(connection, ems_no, record_no)
        account = item and find_account(connection, BOOK, ems_no=item.ems_no, item_record_no=item.item_record_no)
        held = BookQuantities(**account.figures) if account else BookQuantities()
        if held.actual_in or held.gained:
            found[record_no] = held.available
    return found


def _item(connection: LedgerConnection, ems_no: str, record_no: str) -> BookItem | None:
    try:
        item = book_item(ems_no, record_no)
    except ValueError:
        return None
    wanted = select(ARTICLES.c.item_record_no).where(ARTICLES.c.ems_no == item.ems_no, ARTICLES.c.sku == record_no)
    named = connection.sql.execute(wanted.order_by(ARTICLES.c.item_record_no)).scalars().first()
    return BookItem(item.ems_no, named) if named else item


@exactly
def check_book(connection: LedgerConnection, declaration: Declaration) -> list[Finding]:
    """Return the lines of a parcel that ask for more than its book has, each item told at the line that goes beyond.

    A parcel without a book, and a book that the ledger does not know, have none.
    """
    book = declaration.clearance.account_book_no
    if not book:
        return []
    lines = declaration.order.lines
    left = left_in_book(connection, book, (line.record_no or "" for line in lines))
    asked: dict[str, Decimal] = {}
    found = []
    for position, line in enumerate(lines):
        record_no = line.record_no or ""
        before = asked.get(record_no, ZERO)
        asked[record_no] = before + line.qty
        if record_no in left and before <= left[record_no] < asked[record_no]:
            facts = {"book": book, "number": record_no, "left": _shown(left[record_no])}
            found.append(
                catalogue.BOOK_SHORT.at(f"order.lines[{position}].qty", asked=_shown(asked[record_no]), **facts)
            )
    return found


def _shown(quantity: Decimal) -> str:
    return plain_digits(quantity.normalize() + 0)
