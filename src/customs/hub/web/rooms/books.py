"""Account books and stocktaking (账册与盘点): what a book holds, and the warehouse's stock against it with each difference's cause."""

from datetime import date
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path
from starlette.responses import RedirectResponse, Response

from customs.hub.web.acting import Act, acting
from customs.hub.web.audit import AuditEntry, enter_audit
from customs.hub.web.catalogue import console_text
from customs.hub.web.downloads import file_answer, table_file
from customs.hub.web.entered import day_in, day_of_text
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.service import ConsoleService
from customs.hub.web.stock_compared import StockReport, compare_upload, cycle_rows, report_rows
from customs.hub.web.uploads import KeptUpload, keep_upload, masked_file_name, taken_in, upload_of
from customs.hub.web.visits import PageError, Visit, visitor
from customs.ledger.book.listing import book_items_page, books_known
from customs.ledger.database import LedgerConnection

#: Rows of a page, mistakes and differences that are shown.
_ROWS, _MISTAKES, _SHOWN = 50, 200, 200

_BookNo = Annotated[str, Path(min_length=1, max_length=30, pattern=r"^[A-Z][0-9A-Z]*$")]


def book_pages(console: ConsoleService) -> APIRouter:
    """Return the pages of account books."""
    pages = APIRouter(prefix="/e/{enterprise}/books")
    seen, form = visitor(console, ConsoleRight.GOODS), acting(console, ConsoleRight.GOODS_CHANGE)

    @pages.get("")
    def show(visit: Visit = seen) -> Response:
        """List the account books."""
        with console.ledger.read() as connection:
            found = books_known(connection, visit.shop.belongings.only_books)
        return page(visit, "books.html", books=found)

    @pages.get("/{book}")
    def of_book(book: _BookNo, visit: Visit = seen, after: str = "") -> Response:
        """Show the items of a book with what they hold, and the form of the comparison with the warehouse."""
        _own(visit, book)
        with console.ledger.read() as connection:
            found = book_items_page(connection, book, after=after[:40], most=_ROWS + 1)
        last = found[_ROWS - 1][0].item_record_no if len(found) > _ROWS else ""
        more = visit.here(f"/books/{book}?{urlencode({'after': last})}") if last else ""
        return page(visit, "book.html", book=book, items=found[:_ROWS], more=more)

    @pages.post("/{book}/stock")
    def take(book: _BookNo, act: Act = form) -> Response:
        """Keep a stock file and go on to the comparison."""
        visit = act.visit
        _own(visit, book)
        name, content = taken_in(act)
        ends = day_in(act, "ends") or visit.now.date()
        with console.ledger.begin() as connection:
            number = keep_upload(connection, visit, "stock", name, content)
            entry = AuditEntry(
                at=visit.now,
                enterprise=visit.shop.name,
                person=visit.person.name,
                action="stock_compare",
                subject=book,
                detail=masked_file_name(name),
            )
            enter_audit(connection, entry)
        return RedirectResponse(visit.here(f"/books/{book}/stock/{number}?ends={ends}"), HTTPStatus.SEE_OTHER)

    @pages.get("/{book}/stock/{number}")
    def compared(book: _BookNo, number: int, visit: Visit = seen, ends: str = "") -> Response:
        """Show the stock of the warehouse against the book, with dates and figures of the write-off."""
        day = day_of_text(ends) or visit.now.date()
        with console.ledger.read() as connection:
            upload, found = _compared(connection, visit, book, number, day)
        differing = found.differing
        return page(
            visit,
            "stock.html",
            book=book,
            upload=upload,
            ends=day,
            mistakes=found.mistakes[:_MISTAKES],
            left=max(0, len(found.mistakes) - _MISTAKES),
            report=found.report,
            days_left=found.report.cycle.days_left(visit.now.date()) if found.report else 0,
            differing=differing[:_SHOWN],
            more=max(0, len(differing) - _SHOWN),
        )

    @pages.get("/{book}/stock/{number}/report.xlsx")
    def download(book: _BookNo, number: int, visit: Visit = seen, ends: str = "") -> Response:
        """Give the comparison as a workbook."""
        day = day_of_text(ends) or visit.now.date()
        with console.ledger.read() as connection:
            _, found = _compared(connection, visit, book, number, day)
        if found.report is None:
            raise PageError(HTTPStatus.UNPROCESSABLE_ENTITY, console_text("upload.mistakes_hint"))
        sheets = {"商品项 items": report_rows(found.report.items), "报核 cycle": cycle_rows(found.report)}
        return file_answer(table_file(sheets, workbook=True), f"stock-{book}-{day}.xlsx")

    return pages


def _own(visit: Visit, book: str) -> None:
    if not visit.shop.belongings.has_book(book):
        raise PageError(HTTPStatus.NOT_FOUND, console_text("books.nothing", book=book))


def _compared(
    connection: LedgerConnection, visit: Visit, book: str, number: int, ends: date
) -> tuple[KeptUpload, StockReport]:
    """Return an uploaded stock file and its comparison. Raises ``PageError``."""
    _own(visit, book)
    upload = upload_of(connection, visit, "stock", number)
    try:
        return upload, compare_upload(connection, book, upload, ends)
    except ValueError:
        raise PageError(HTTPStatus.UNPROCESSABLE_ENTITY, console_text("books.too_early")) from None
