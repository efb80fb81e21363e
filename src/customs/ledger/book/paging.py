"""Entries of an item page by page (账册分录分页), read on from the last one seen."""

from sqlalchemy import select

from customs.ledger.accounts import LedgerEntry, entry_from
from customs.ledger.book.items import BookItem
from customs.ledger.book.tables import BOOK
from customs.ledger.database import LedgerConnection
from customs.ledger.locking import find_account


def book_entries(
    connection: LedgerConnection, item: BookItem, *, after: int = 0, most: int = 50
) -> list[LedgerEntry] | None:
    """Return the entries of an item behind a place, in order; None if the book has no such item."""
    account = find_account(connection, BOOK, ems_no=item.ems_no, item_record_no=item.item_record_no)
    if account is None:
        return None
    entries = BOOK.entries.c
    wanted = select(BOOK.entries).where(entries.account == account.id, entries.place > after)
    rows = connection.sql.execute(wanted.order_by(entries.place).limit(most))
    return [entry_from(BOOK, row) for row in rows]
