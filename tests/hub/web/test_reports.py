"""Reports in the console (报告): each edition for whom it is, with the figures of the files."""

import csv
import io

import pytest
from lxml import html

from customs.hub.web.roles import ConsoleRole
from support import exactly, some
from support.console import ConsoleReader, FilledConsole

DAY = "edition=full&every=day&on=2026-11-12"


def figures_of_page(answer: str) -> list[list[str]]:
    """The rows of the tables of a page."""
    page = html.fromstring(answer)
    return [[cell.text_content().strip() for cell in row] for row in page.xpath("//tbody/tr")]


@pytest.mark.parametrize("every", ["day", "week", "month"])
@pytest.mark.long
def test_the_morning_the_week_and_the_month_are_pages(console: FilledConsole, every: str) -> None:
    answer = console.reader("look", "en").shop(f"/reports?every={every}&on=2026-11-12")
    assert answer.status_code == 200
    page = html.fromstring(answer.text)
    assert {"day": "daily", "week": "weekly", "month": "monthly"}[every] in page.xpath("string(//h1)")
    (taken_in,) = [each for each in page.xpath("//ul[@class='tiles']/li") if "taken in" in each.text_content()]
    assert taken_in.xpath("string(b)") == "14"
    assert page.xpath("//div[contains(@class, 'chart')]/svg[@role='img']")


def test_a_file_has_the_figures_of_the_page(console: FilledConsole) -> None:
    reader = console.reader("look", "en")
    answer = reader.shop(f"/reports/file.csv?{DAY}")
    assert answer.headers["content-disposition"] == 'attachment; filename="health-shop-full-day-20261112.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    in_file = [int(row[2]) for row in rows if row[0] == "summary" and "taken in" in row[1]]
    assert in_file == [14]
    named = {row[0] for row in some(rows)} - {"report", "summary"}
    shown = figures_of_page(reader.shop(f"/reports?{DAY}").text)
    assert len(shown) == sum(row[0] in named for row in rows) - len(
        named
    )  # each table has a row of headings in the file
    assert {"shares", "waiting"} <= named
    assert reader.shop(f"/reports/file.xlsx?{DAY}").content.startswith(b"PK")


@pytest.mark.parametrize("role", list(ConsoleRole))
@pytest.mark.long
def test_the_edition_of_finance_is_for_whoever_sees_money(console: FilledConsole, role: ConsoleRole) -> None:
    reader, may = console.reader(role.value, "en"), role in (ConsoleRole.FINANCE, ConsoleRole.ADMIN)
    for path in exactly(2, ["/reports?edition=finance", f"/reports/file.csv?{DAY.replace('full', 'finance')}"]):
        assert reader.shop(path).status_code == (200 if may else 403)
    assert ("edition=finance" in reader.shop("/reports").text) == may


def test_a_window_without_orders_says_so(console: FilledConsole) -> None:
    answer = console.reader("look", "en").shop("/reports?on=2020-02-02")
    assert answer.status_code == 200
    assert html.fromstring(answer.text).xpath("string(//ul[@class='tiles']/li[1]/b)") == "0"


@pytest.mark.parametrize("on", ["1", "2026-13-01", "1999-01-01", "9999-12-31", "'--"])
@pytest.mark.long
def test_a_day_that_is_none_is_refused_in_words(console: FilledConsole, on: str) -> None:
    reader: ConsoleReader = console.reader("look", "en")
    answer = reader.shop(f"/reports?on={on}")
    assert answer.status_code == 422
    assert html.fromstring(answer.text).xpath("string(//h1)") == "This page cannot be shown"
