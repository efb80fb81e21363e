"""Answers of the account book before a parcel is declared (账册余量应答): lines that ask for more than the book has, -621003.

The book has what is available: its balance less what is pre-deducted (余量减预减). It falls by out-lists, so parcels that no
out-list gathers yet are not taken off. Nothing is said of an item that no in-list or surplus was ever entered of: the ledger
does not know then what customs has.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal

from sqlalchemy import func, select

from customs.declaration import Declaration
from customs.fields.digits import plain_digits
from customs.fields.money import ZERO, exactly
from customs.ledger.book.items import BookItem, BookQuantities, book_item
from customs.ledger.book.tables import ARTICLES, BOOK
from customs.ledger.database import LedgerConnection
from customs.ledger.locking import find_accounts
from customs.ledger.parts import in_parts
from customs.rules import Finding, catalogue


@exactly
def left_in_book(connection: LedgerConnection, ems_no: str, record_nos: Iterable[str]) -> dict[str, Decimal]:
    """Return what is available of items of a book, by their record numbers as parcels declare them, or article numbers (料号).

    Items of which the ledger does not know what came in are left out.
    """
    items = _items(connection, ems_no, record_nos)
    if not items:
        return {}
    book = next(iter(items.values())).ems_no
    names = [each.item_record_no for each in items.values()]
    accounts, found = find_accounts(connection, BOOK, "item_record_no", names, ems_no=book), {}
    for record_no, item in items.items():
        account = accounts.get(item.item_record_no)
        held = BookQuantities(**account.figures) if account else BookQuantities()
        if held.actual_in or held.gained:
            found[record_no] = held.available
    return found


def _items(connection: LedgerConnection, ems_no: str, record_nos: Iterable[str]) -> dict[str, BookItem]:
    """Return the items that record or article numbers name, without numbers that name none."""
    items = dict[str, BookItem]()
    for record_no in dict.fromkeys(record_nos):
        with suppress(ValueError):
            items[record_no] = book_item(ems_no, record_no)
    for part in in_parts(list(items)):
        wanted = select(ARTICLES.c.sku, func.min(ARTICLES.c.item_record_no)).where(
            ARTICLES.c.ems_no == items[part[0]].ems_no, ARTICLES.c.sku.in_(part)
        )
        for sku, named in connection.sql.execute(wanted.group_by(ARTICLES.c.sku)):
            items[sku] = BookItem(items[sku].ems_no, named)
    return items


def check_book(connection: LedgerConnection, declaration: Declaration) -> list[Finding]:
    """Return the lines of a parcel that ask for more than its book has, each item told at the line that goes beyond.

    A parcel without a book, and a book that the ledger does not know, have none.
    """
    return check_books(connection, [declaration])[0]


def check_books(connection: LedgerConnection, declarations: Sequence[Declaration]) -> list[list[Finding]]:
    """Return the lines of each of many parcels that ask for more than its book has, each parcel by itself."""
    asked = defaultdict[str, list[str]](list)
    for each in declarations:
        asked[each.clearance.account_book_no or ""] += [line.record_no or "" for line in each.order.lines]
    left = {book: left_in_book(connection, book, numbers) for book, numbers in asked.items() if book}
    return [_short(each, left.get(each.clearance.account_book_no or "", {})) for each in declarations]


@exactly
def _short(declaration: Declaration, left: Mapping[str, Decimal]) -> list[Finding]:
    asked: dict[str, Decimal] = {}
    found = []
    for position, line in enumerate(declaration.order.lines):
        record_no = line.record_no or ""
        before = asked.get(record_no, ZERO)
        asked[record_no] = before + line.qty
        if record_no in left and before <= left[record_no] < asked[record_no]:
            book = declaration.clearance.account_book_no
            facts = {"book": book, "number": record_no, "left": _shown(left[record_no])}
            found.append(
                catalogue.BOOK_SHORT.at(f"order.lines[{position}].qty", asked=_shown(asked[record_no]), **facts)
            )
    return found


def _shown(quantity: Decimal) -> str:
    return plain_digits(quantity.normalize() + 0)
