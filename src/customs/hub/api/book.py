"""The account book over HTTP (账册接口): balances by item and the entries behind them, of the caller's books."""

from dataclasses import asdict
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query

from customs.fields.money import EXACT, exactly
from customs.hub.api.answering import in_china
from customs.hub.api.callers import Caller, HubService, caller_with
from customs.hub.api.ledger_answers import BookAnswer, BookEntryAnswer, BookEntryPage, BookItemAnswer
from customs.hub.api.paging import LINES, MOST_LINES, next_page
from customs.hub.api.problems import READS, ApiProblemError, may_answer
from customs.hub.enterprises.tokens import TokenScope
from customs.ledger.accounts import LedgerEntry
from customs.ledger.book.holdings import quantities_of
from customs.ledger.book.items import BookItem, BookQuantities
from customs.ledger.book.paging import book_entries

_BookNo = Annotated[str, Path(min_length=1, max_length=30, pattern=r"^[A-Z][0-9A-Z]*$")]
_RecordNo = Annotated[str, Path(min_length=1, max_length=40, pattern=r"^[\x21-\x7e\u4e00-\u9fff]+$")]


def book_paths(service: HubService) -> APIRouter:
    """Return the paths of account books."""
    paths = APIRouter(prefix="/v1/books", tags=["book 账册"])
    keeper = caller_with(service, TokenScope.BOOK)

    @paths.get("/{account_book_no}", responses=may_answer(*READS, 404))
    def show(account_book_no: _BookNo, caller: Caller = keeper) -> BookAnswer:
        """账册结存: Return what a book holds by item."""
        _own(caller, account_book_no)
        with service.ledger.read() as connection:
            held = quantities_of(connection, account_book_no)
        return BookAnswer(
            account_book_no=account_book_no,
            items=[_item(item, quantities) for item, quantities in held.items()],
        )

    @paths.get("/{account_book_no}/items/{record_no}", responses=may_answer(*READS, 404))
    def entries(
        account_book_no: _BookNo,
        record_no: _RecordNo,
        after: Annotated[int, Query(ge=0, lt=1 << 31)] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_LINES)] = LINES,
        caller: Caller = keeper,
    ) -> BookEntryPage:
        """账册分录: Return the entries of an item in order, each with its document and cause."""
        _own(caller, account_book_no)
        with service.ledger.read() as connection:
            found = book_entries(connection, BookItem(account_book_no, record_no), after=after, most=limit)
        if found is None:
            raise ApiProblemError(HTTPStatus.NOT_FOUND, "the book has no such item", "账册中没有该商品项")
        last = found[-1].place if len(found) == limit else None
        path = f"/v1/books/{account_book_no}/items/{record_no}"
        return BookEntryPage(entries=[_entry(each) for each in found], next=next_page(path, last, {"limit": limit}))

    return paths


def _own(caller: Caller, account_book_no: str) -> None:
    if not caller.enterprise.belongings.has_book(account_book_no):
        raise ApiProblemError(HTTPStatus.NOT_FOUND, "there is no such account book", "没有该账册")


@exactly
def _item(item: BookItem, held: BookQuantities) -> BookItemAnswer:
    figures = asdict(held) | {"balance": held.balance, "available": held.available, "expected": held.expected}
    return BookItemAnswer(record_no=item.item_record_no, **{name: _digits(each) for name, each in figures.items()})


def _digits(quantity: Decimal) -> str:
    return f"{quantity.normalize(EXACT):f}"


def _entry(entry: LedgerEntry) -> BookEntryAnswer:
    at = in_china(entry.at)
    assert at is not None
    return BookEntryAnswer(
        place=entry.place,
        kind=entry.kind,
        at=at,
        document=entry.details["document"],
        cause=f"{entry.cause.kind} {entry.cause.id}",
        change={name: _digits(each) for name, each in entry.change.items() if each},
    )
