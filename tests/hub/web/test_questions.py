"""Questions of every day (日常问题): each is answered within three clicks from the first page."""

from typing import Any

import pytest
from lxml import html

from support import some
from support.console import ConsoleReader, FilledConsole

#: The question, the words of the links that lead to its answer, and what stands there.
QUESTIONS = (
    ("why has this order not shipped", ("Orders", "EX1210"), "What happened"),
    ("who works on this order", ("Orders", "EX1210", "Open a case"), "What is wrong"),
    ("which alarms are open", ("Alarms",), "Alarms"),
    ("which cases run out of time", ("Cases", "Due soon"), "Due soon"),
    ("who is over quota", ("Quota",), "Look up what a buyer has used of the yearly limit"),
    ("which bills differ and why", ("Tax bills",), "each month against own assessments"),
    ("which goods records are wrong", ("Goods records",), "Goods records"),
    ("what do we know of this code", ("Knowledge",), "Receipt code or words"),
    ("how did the night go", ("Reports",), "Download XLSX"),
    ("how does support do", ("Reports", "Support"), "resolved"),
)


def clicked(reader: ConsoleReader, page: Any, words: str) -> Any:
    links = [each for each in html.fromstring(page.text).xpath("//main//a | //nav//a") if words in each.text_content()]
    return reader.get(some(links)[0].get("href").removeprefix("/console"))


@pytest.mark.parametrize(("question", "path", "answer"), QUESTIONS, ids=lambda each: str(each)[:30])
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
