"""The story of the night goes on: the alarm becomes a case, the case suggests the article, the procedure solves it, figures count it."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
from lxml import html

from support import absent, exactly, some
from support.console import ConsoleReader, FilledConsole
from support.console_browser import chromium
from support.console_story import ARTICLE, alarmed, published
from support.served import served

#: What the steps of the procedure are given as evidence, and by whom.
STEPS = (("support", ""), ("support", "over by 12 yuan"), ("support", "R-1"), ("goods", ""), ("support", ""))


def clicked(reader: ConsoleReader, page: Any, words: str) -> Any:
    """The page behind the link of these words."""
    links = [each for each in html.fromstring(page.text).xpath("//a") if words in each.text_content()]
    return reader.get(some(links)[0].get("href").removeprefix("/console"))


@pytest.mark.long
def test_the_alarm_of_a_night_is_solved_and_counted(console: FilledConsole) -> None:
    order = console.path(2).removeprefix("/orders/")
    alarmed(console, order.partition("/")[2])
    published(console)
    support, goods = console.reader("support", "en"), console.reader("goods", "en")
    form = clicked(support, support.shop("/alarms"), "Open a case")
    case = support.submit(form, "/cases/new")
    assert order in case.text
    number = case.url.path.rpartition("/")[2]
    support.submit(case, f"/cases/{number}/take")
    assert str(clicked(support, support.shop("/alarms"), f"Case {number}").url).endswith(f"/cases/{number}")
    article = clicked(support, support.shop(f"/cases/{number}"), ARTICLE["title_en"])
    case = support.submit(article, "/use", helped="yes")
    run = support.submit(case, f"/cases/{number}/run", procedure="over_limit", order=order)
    path = run.url.path.removeprefix("/console/e/shop")
    for name, evidence in exactly(5, STEPS):
        reader = {"support": support, "goods": goods}[name]
        run = reader.submit(reader.shop(path), f"{path}/take", evidence=evidence)
    assert "The run is over." in run.text
    assert "resolved" in support.shop(f"/cases/{number}").text
    console.hub.rehearsal.now = console.hub.rehearsal.now.replace(day=12, hour=17)
    figures = console.reader("support", "en").shop("/reports/support")
    tiles = {
        each.text_content().removeprefix(each.xpath("string(b)")): each.xpath("string(b)")
        for each in html.fromstring(figures.text).xpath("//ul[@class='tiles']/li")
    }
    assert (tiles["cases"], tiles["resolved"]) == ("1", "1")
    assert tiles["working time saved by the hub"] != "-"
    assert figures.status_code == 200
    file = console.reader("support").shop("/reports/support/file.csv?every=day&on=2026-11-12")
    assert b"identity" in file.content or "超年度限额".encode() in file.content


def test_the_same_story_in_a_browser(console: FilledConsole) -> None:
    program = chromium()
    if program is None or find_spec("playwright") is None:
        absent("Chromium or playwright is not installed")
    alarmed(console, console.path(2).rpartition("/")[2])
    published(console)
    with served(console.application) as port:
        is_over, resolved = clicked_through(console, f"http://127.0.0.1:{port}/console", str(program))
    assert is_over
    assert resolved == "1"


def clicked_through(console: FilledConsole, address: str, program: str) -> tuple[bool, str]:
    """True if the run is over at the end of the story, and how many cases the figures have as resolved."""
    with import_module("playwright.sync_api").sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        pages = {role: page_of(browser, address, console.reader(role)) for role in ("support", "goods")}
        page = pages["support"]
        page.goto(f"{address}/e/shop/alarms")
        page.get_by_role("link", name="Open a case").click()
        page.get_by_role("button", name="Open a case").click()
        page.get_by_role("button", name="Take it on").click()
        page.get_by_role("link", name=ARTICLE["title_en"]).click()
        page.get_by_role("button", name="It helped").click()
        page.get_by_role("button", name="Begin").click()
        run = page.url
        for role, evidence in STEPS:
            page = pages[role]
            page.goto(run)
            if evidence:
                page.locator("#f-evidence").fill(evidence)
            page.locator("section.next button.main").first.click()
        is_over = page.get_by_text("The run is over.").is_visible()
        page.goto(f"{address}/e/shop/reports/support?on=2026-11-12")
        resolved = page.locator(".tiles li", has_text="resolved").first.locator("b").inner_text()
        browser.close()
    return is_over, resolved


def page_of(browser: Any, address: str, reader: ConsoleReader) -> Any:
    """A page of a browser that is signed in as a reader is."""
    context = browser.new_context(locale="en")
    token = reader.client.cookies["customs_console"]
    context.add_cookies([{"name": "customs_console", "value": token, "url": address}])
    return context.new_page()
