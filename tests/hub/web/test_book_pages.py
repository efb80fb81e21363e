"""Account books in the console (账册页面): what a book holds, and the warehouse's stock against it with causes and dates."""

import io
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from customs.hub.enterprises.belongings import Belongings
from support import exactly, some
from support.console import HOSTILE, ConsoleReader, FilledConsole, mounted
from support.ledger_uses import use_book
from support.statements import reading_steps, statements_counted


def booked(console: FilledConsole) -> str:
    """A book with what one parcel left in it; its number."""
    parcel = console.parcels[1]
    with console.ledger.begin() as connection:
        use_book(connection, parcel)
    return str(parcel.clearance.account_book_no)


def compared(reader: ConsoleReader, book: str, content: str, name: str = "stock.csv", ends: str = "2026-12-31") -> Any:
    page = reader.shop(f"/books/{book}")
    return reader.submit(page, "/stock", file=(name, content.encode()), ends=ends)


def test_a_book_shows_what_its_items_hold_by_an_index(console: FilledConsole) -> None:
    book = booked(console)
    reader = console.reader("goods", "en")
    assert book in reader.shop("/books").text
    with statements_counted() as asked:
        page = reader.shop(f"/books/{book}")
    assert console.parcels[1].order.lines[0].record_no.lstrip("0") in page.text  # type: ignore[union-attr]
    with console.ledger.read() as connection:
        steps = reading_steps(connection, "book_accounts", asked)
    assert all(each.startswith("SEARCH") for each in some(steps))


def test_a_stock_that_differs_has_its_cause_and_the_dates_of_the_write_off(console: FilledConsole) -> None:
    reader = console.reader("goods", "en")
    book = booked(console)
    page = compared(reader, book, "货号,数量\nNOBODY,7\n")
    assert "CA99" in page.text
    assert "2027-03-01" in page.text
    assert "compared a stock" in console.reader("admin", "en").shop("/audit").text
    link = page.text.split('class="button" href="')[1].split('"')[0]
    answer = reader.get(link.removeprefix("/console"))
    sheet = zipfile.ZipFile(io.BytesIO(answer.content))
    assert all(b"<f>" not in sheet.read(each) for each in some(sheet.namelist()))


@pytest.mark.long
def test_mistakes_of_a_stock_file_name_row_and_column(console: FilledConsole) -> None:
    page = compared(console.reader("goods", "en"), booked(console), "货号,数量\nA1,many\n", f"{HOSTILE}.csv")
    assert '<td class="n">2</td><td>数量</td>' in page.text
    assert HOSTILE not in page.text


@pytest.mark.parametrize("ends", ["2020-12-31", "yesterday"])
@pytest.mark.long
def test_a_day_without_rules_is_said(console: FilledConsole, ends: str) -> None:
    assert compared(console.reader("goods"), booked(console), "货号,数量\nA1,1\n", ends=ends).status_code == 422


@pytest.mark.long
def test_books_of_others_are_not_there(console: FilledConsole) -> None:
    book = booked(console)
    shop = replace(console.service.enterprises["shop"], belongings=Belongings(account_books=frozenset({"T1"})))
    service = replace(console.service, enterprises={"shop": shop})
    reader = replace(console, service=service, application=mounted(service)).reader("goods")
    assert book not in reader.shop("/books").text
    for path in exactly(2, (f"/books/{book}", f"/books/{book}/stock/1")):
        assert reader.shop(path).status_code == 404
