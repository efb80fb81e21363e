"""Holdings (账册结存): what the book holds by item at a moment, and all its documents, for a comparison with the warehouse."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, select

from customs.fields.frozen import FrozenDict
from customs.fields.money import ZERO, exactly
from customs.ledger.book.bond_lists import BondNumbers, Direction
from customs.ledger.book.entering import said_of
from customs.ledger.book.events import StockPosting
from customs.ledger.book.flows import BookAdjustment, BookedList, BookPapers
from customs.ledger.book.grain import Article
from customs.ledger.book.items import FIGURES, BookItem, BookQuantities
from customs.ledger.book.retail import ReturnStanding, fold_retail, fold_return, parcel_of, return_of
from customs.ledger.book.standing import SaidLine, standing_of
from customs.ledger.book.tables import ARTICLES, BOOK, PAPERS, SAYINGS, STATEMENTS
from customs.ledger.columns import KeptPieces
from customs.ledger.database import LedgerConnection


def quantities_of(
    connection: LedgerConnection, ems_no: str = "", until: datetime | None = None, since: datetime | None = None
) -> dict[BookItem, BookQuantities]:
    """Return what the book holds by item, in order; ``until`` a moment, that moment included, and only what came ``since``.

    The moments are those of customs: when a list was pre-deducted or deducted.
    """
    entries, accounts = BOOK.entries, BOOK.accounts
    sums = [func.sum(entries.c[name] - entries.c[f"{name}_before"], type_=KeptPieces()) for name in FIGURES]
    wanted = select(accounts.c.ems_no, accounts.c.item_record_no, *sums).join(
        entries, entries.c.account == accounts.c.id
    )
    if ems_no:
        wanted = wanted.where(accounts.c.ems_no == ems_no)
    if until is not None:
        wanted = wanted.where(entries.c.at <= until)
    if since is not None:
        wanted = wanted.where(entries.c.at > since)
    wanted = wanted.group_by(accounts.c.id, accounts.c.ems_no, accounts.c.item_record_no)
    found = {
        BookItem(row.ems_no, row.item_record_no): BookQuantities(**dict(zip(FIGURES, row[2:], strict=True)))
        for row in connection.sql.execute(wanted)
    }
    return dict(sorted(found.items()))


def articles_of(connection: LedgerConnection, ems_no: str = "") -> dict[str, Article]:
    """Return the articles that bond lists name, with the items under which they name them."""
    wanted = select(ARTICLES.c.sku, ARTICLES.c.ems_no, ARTICLES.c.item_record_no).order_by(*ARTICLES.c)
    if ems_no:
        wanted = wanted.where(ARTICLES.c.ems_no == ems_no)
    items: dict[str, list[BookItem]] = defaultdict(list)
    for sku, book, record in connection.sql.execute(wanted):
        items[sku].append(BookItem(book, record))
    return {sku: Article(sku, tuple(found)) for sku, found in items.items()}


def papers_of(connection: LedgerConnection, ems_no: str = "") -> BookPapers:
    """Return all documents of a book, or of all books."""
    sayings = _sayings(connection)
    items = {
        (row.ems_no, row.sku): row.item_record_no
        for row in connection.sql.execute(select(ARTICLES).order_by(ARTICLES.c.item_record_no.desc()))
    }
    retail = {paper: fold_retail(said) for paper, (kind, said) in sayings.items() if kind == "retail"}
    by_list = {each.list_no: each for each in retail.values() if each.list_no}
    returns = [fold_return(said) for kind, said in sayings.values() if kind == "return"]
    return BookPapers(
        lists=tuple(_lists(connection, sayings, ems_no)),
        parcels=tuple(
            parcel_of(each, items) for each in retail.values() if each.ems_no and ems_no in ("", each.ems_no)
        ),
        returns=tuple(
            return_of(each, by_list.get(each.list_no), items)
            for each in returns
            if _is_of(each, ems_no, {number: found.ems_no for number, found in by_list.items()})
        ),
        adjustments=tuple(_adjustments(connection, ems_no)),
    )


def _is_of(found: ReturnStanding, ems_no: str, books: Mapping[str, str]) -> bool:
    return bool(found.granted_at) and found.list_no in books and ems_no in ("", books[found.list_no])


_Sayings = dict[int, tuple[str, list[Mapping[str, Any]]]]


def _sayings(connection: LedgerConnection) -> _Sayings:
    """All that was said of each paper, by the paper that it is."""
    head = func.coalesce(PAPERS.c.same_as, PAPERS.c.id)
    wanted = (
        select(head, PAPERS.c.kind, SAYINGS.c.facts)
        .join(PAPERS, PAPERS.c.id == SAYINGS.c.paper)
        .order_by(head, SAYINGS.c.paper, SAYINGS.c.place)
    )
    found: _Sayings = {}
    for paper, kind, facts in connection.sql.execute(wanted):
        found.setdefault(paper, (kind, []))[1].append(json.loads(facts))
    return found


def _lists(connection: LedgerConnection, sayings: _Sayings, ems_no: str) -> Iterator[BookedList]:
    entered = _entered(connection)
    for paper, (kind, said) in sayings.items():
        known = [each for each in said if kind == "bond" and each["what"] != "entry"]
        if not known or ems_no not in ("", next((each["ems_no"] for each in known if each["ems_no"]), "")):
            continue
        standing = standing_of(map(said_of, known))
        if not standing.direction:
            continue
        yield BookedList(
            numbers=BondNumbers(
                own_no=next((each["own_no"] for each in known if each["own_no"]), ""),
                bond_no=next((each["bond_no"] for each in known if each["bond_no"]), ""),
            ),
            direction=Direction(standing.direction),
            kind=standing.kind,
            entered=tuple(entered.get(paper, ())),
            retail_list_nos=standing.retail_list_nos if standing.lives else (),
            related_bond_no=standing.related_bond_no,
            deducted_at=standing.decided_at if standing.state == "deducted" else None,
            lines=_by_item(standing.lines),
            lives=standing.lives,
        )


def _entered(connection: LedgerConnection) -> dict[int, list[StockPosting]]:
    """The actual quantities that were entered of each list."""
    entries, accounts = BOOK.entries, BOOK.accounts
    wanted = (
        select(
            entries,
            accounts.c.ems_no,
            accounts.c.item_record_no,
            func.coalesce(PAPERS.c.same_as, PAPERS.c.id).label("head"),
        )
        .join(accounts, entries.c.account == accounts.c.id)
        .join(PAPERS, PAPERS.c.id == entries.c.paper)
        .order_by(entries.c.account, entries.c.place)
    )
    found: dict[int, list[StockPosting]] = defaultdict(list)
    for row in connection.sql.execute(wanted):
        if posting := _posting(row):
            found[row.head].append(posting)
    return found


@exactly
def _posting(row: Row[Any]) -> StockPosting | None:
    """An entry as a posting of the book; None for one that changes no balance."""
    now = row._mapping
    change = BookQuantities(**{name: now[name] - now[f"{name}_before"] for name in FIGURES}).balance
    item = BookItem(now["ems_no"], now["item_record_no"])
    return StockPosting(item, change, now["at"], now["document"]) if change else None


def _adjustments(connection: LedgerConnection, ems_no: str) -> Iterator[BookAdjustment]:
    entries, accounts = BOOK.entries, BOOK.accounts
    wanted = (
        select(entries, accounts.c.ems_no, accounts.c.item_record_no)
        .join(accounts, entries.c.account == accounts.c.id)
        .where(entries.c.kind == "adjust")
        .order_by(entries.c.account, entries.c.place)
    )
    if ems_no:
        wanted = wanted.where(accounts.c.ems_no == ems_no)
    for row in connection.sql.execute(wanted):
        if posting := _posting(row):
            yield BookAdjustment(number=row.document, posting=posting, reason=row.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedQuantity:
    """A quantity that customs stated of an item (INV211), beside the one of the ledger at that moment."""

    item: BookItem
    figure: str
    stated: Decimal
    held: Decimal
    at: datetime

    @property
    @exactly
    def difference(self) -> Decimal:
        """Stated less held."""
        return self.stated - self.held


@exactly
def stated_quantities(connection: LedgerConnection, ems_no: str = "") -> tuple[StatedQuantity, ...]:
    """Return each quantity that customs stated, beside the ledger's own: by item, its rows in the book added up.

    A figure is compared only where customs stated it of every row of the item.
    """
    wanted = select(STATEMENTS).order_by(STATEMENTS.c.at)
    if ems_no:
        wanted = wanted.where(STATEMENTS.c.ems_no == ems_no)
    latest: dict[BookItem, dict[tuple[str, str], Mapping[str, Any]]] = defaultdict(dict)
    for row in connection.sql.execute(wanted).mappings():
        latest[BookItem(row["ems_no"], row["item_record_no"])][row["bond_no"], row["line_number"]] = dict(row)
    found = []
    for item, rows in sorted(latest.items()):
        at = max(row["at"] for row in rows.values())
        held = quantities_of(connection, item.ems_no, at).get(item, BookQuantities())
        for figure in ("actual_in", "actual_out", "pre_in", "pre_out"):
            stated = [row[figure] for row in rows.values()]
            if None not in stated:
                total = sum(stated, ZERO)
                found.append(StatedQuantity(item=item, figure=figure, stated=total, held=getattr(held, figure), at=at))
    return tuple(found)


@exactly
def _by_item(lines: Iterable[SaidLine]) -> Mapping[BookItem, Decimal]:
    sums: dict[BookItem, Decimal] = defaultdict(Decimal)
    for each in lines:
        sums[each.item] += each.quantity
    return FrozenDict(sums)
