"""The story of the night goes on: the alarm becomes a case, the case suggests the article, the procedure solves it, figures count it."""

from dataclasses import replace
from typing import Any

from lxml import html

from customs.hub.alarms.alarm import AlarmState, begin_alarm
from customs.hub.alarms.condition import AlarmCondition, AlarmPlace
from customs.hub.alarms.kept import enter_alarms
from customs.hub.alarms.rules import alarm_rules
from support import exactly, some
from support.console import ConsoleReader, FilledConsole

ARTICLE = {"title_en": "Limits that customs sees before us", "issue_en": "Refused, though we allowed it"}


def alarmed(console: FilledConsole, order_no: str) -> None:
    """An open alarm: customs refuses for quota what the hub allowed."""
    condition = AlarmCondition(
        place=AlarmPlace("quota_disagrees"), figures={"count": "3", "window": "1d"}, examples=(order_no,)
    )
    begun = begin_alarm(condition, alarm_rules()["quota_disagrees"], "shop", console.hub.now)
    with console.ledger.begin() as connection:
        enter_alarms(connection, [replace(begun, state=AlarmState.OPEN, opened_at=console.hub.now)])


def published(console: FilledConsole) -> None:
    """An article about such alarms, which one person wrote and another reviewed."""
    writer, other = console.reader("support", "en"), console.reader("goods", "en")
    writer.submit(writer.shop("/knowledge/new"), "/knowledge/new", ties="alarm quota_disagrees", **ARTICLE)
    for state in exactly(2, ("reviewed", "published")):
        page = other.shop("/knowledge/1")
        other.submit(page, "/knowledge/1/move", state=state)


def clicked(reader: ConsoleReader, page: Any, words: str) -> Any:
    """The page behind the link of these words."""
    links = [each for each in html.fromstring(page.text).xpath("//a") if words in each.text_content()]
    return reader.get(some(links)[0].get("href").removeprefix("/console"))


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
    article = clicked(support, support.shop(f"/cases/{number}"), ARTICLE["title_en"])
    case = support.submit(article, "/use", helped="yes")
    run = support.submit(case, f"/cases/{number}/run", procedure="over_limit", order=order)
    path = run.url.path.removeprefix("/console/e/shop")
    for reader, evidence in exactly(
        5, [(support, ""), (support, "over by 12 yuan"), (support, "R-1"), (goods, ""), (support, "")]
    ):
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
