"""Questions of every day (日常问题): each is answered within three clicks from the first page."""

from typing import Any

import pytest
from lxml import html

from customs.signing import Signer
from support import ROOT, exactly, some
from support.console import ConsoleReader, FilledConsole
from support.console_story import billed_twice, over_limit

#: The question, the words of the links that lead to its answer, and what stands there.
QUESTIONS = (
    ("why has this order not shipped", ("Orders", "EX1210"), "What happened"),
    ("who works on this order", ("Orders", "EX1210", "Open a case"), "What is wrong"),
    ("which alarms are open", ("Alarms",), "Alarms"),
    ("which cases run out of time", ("Cases", "Due soon"), "Due soon"),
    ("which goods records are wrong", ("Goods records",), "Goods records"),
    ("what do we know of this code", ("Knowledge",), "Receipt code or words"),
    ("how did the night go", ("Reports",), "Download XLSX"),
    ("how does support do", ("Reports", "Support"), "resolved"),
)


def clicked(reader: ConsoleReader, page: Any, words: str) -> Any:
    links = [each for each in html.fromstring(page.text).xpath("//main//a | //nav//a") if words in each.text_content()]
    return reader.get(some(links)[0].get("href").removeprefix("/console"))


@pytest.mark.parametrize(("question", "path", "answer"), QUESTIONS, ids=lambda each: str(each)[:30])
@pytest.mark.long
def test_a_question_is_answered_within_three_clicks(
    console: FilledConsole, question: str, path: tuple[str, ...], answer: str
) -> None:
    reader = console.reader("admin", "en")
    page = reader.shop("/")
    assert len(path) <= 3, question
    for words in path:
        page = clicked(reader, page, words)
        assert page.status_code == 200, (question, words)
    assert answer in html.fromstring(page.text).xpath("string(//main)"), question


def test_who_is_over_quota_is_answered_within_three_clicks(console: FilledConsole, signer: Signer) -> None:
    parcel = over_limit(console, signer)
    order, reader = parcel.order, console.reader("support", "en")
    refused = clicked(reader, reader.shop("/"), "Quota")
    assert "the buyer's quota is exceeded" in html.fromstring(refused.text).xpath("string(//main)")
    page = clicked(reader, refused, order.order_no)
    assert order.buyer_name not in page.text
    shown = reader.submit(page, "/look", reason="the buyer has to be told")
    assert order.buyer_name in shown.text


def test_which_bills_differ_and_why_is_answered_within_three_clicks(console: FilledConsole) -> None:
    number = billed_twice(console).order.order_no
    reader = console.reader("finance", "en")
    bills = clicked(reader, reader.shop("/"), "Tax bills")
    month = clicked(reader, bills, "2026-11")
    (row,) = html.fromstring(month.text).xpath(f"//tr[td//span='{number}']")
    text = row.text_content()
    assert "The list has several bills that stand: T2026110001" in text
    assert "Ask customs to void the one too many." in text
    assert number in clicked(reader, month, number).text


def test_the_page_lists_the_questions_of_every_day() -> None:
    text = (ROOT / "docs/howto/use-the-console.md").read_text(encoding="utf-8")
    asked = [each[0] for each in QUESTIONS] + ["who is over quota", "which bills differ and why"]
    for question in exactly(10, asked):
        assert f"| {question} |" in text
