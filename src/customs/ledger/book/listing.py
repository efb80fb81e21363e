"""Account books and their items page by page (账册与商品项分页): which books there are, and what their items hold."""

from collections.abc import Collection

from sqlalchemy import select

from customs.ledger.book.items import BookItem, BookQuantities
from customs.ledger.book.tables import BOOK
from customs.ledger.database import LedgerConnection
from customs.ledger.locking import find_accounts


def books_known(connection: LedgerConnection, only: Collection[str] | None = None) -> list[str]:
    """Return the numbers of the account books that the ledger has entries of: of some, or all."""
    accounts = BOOK.accounts.c
    wanted = select(accounts.ems_no).distinct().order_by(accounts.ems_no)
    if only is not None:
        wanted = wanted.where(accounts.ems_no.in_(sorted(only)))
    return list(connection.sql.execute(wanted).scalars())


def book_items_page(
    connection: LedgerConnection, ems_no: str, *, after: str = "", most: int = 50
) -> list[tuple[BookItem, BookQuantities]]:
    """Return items of a book with what they hold, by record number as a text, behind one of them."""
    accounts = BOOK.accounts.c
    wanted = select(accounts.item_record_no).where(accounts.ems_no == ems_no, accounts.item_record_no > after)
    numbers = list(connection.sql.execute(wanted.order_by(accounts.item_record_no).limit(most)).scalars())
    held = find_accounts(connection, BOOK, "item_record_no", numbers, ems_no=ems_no)
    return [(BookItem(ems_no, each), BookQuantities(**held[each].figures)) for each in numbers]
