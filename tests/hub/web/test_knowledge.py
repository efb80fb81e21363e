"""Knowledge in the console (知识库): written, reviewed by another person, published, used for a case, never run."""

from typing import Any

import pytest
from lxml import html

from customs.hub.cases.acts import CaseAct
from customs.hub.cases.kept import links_of_case
from customs.hub.cases.opening import CaseLink, NewCase, open_case
from support import exactly, some
from support.console import HOSTILE, ConsoleReader, FilledConsole

WRITTEN = {"title_en": "Over the yearly limit", "issue_en": "Refused with 1313", "resolution_en": "Cancel, refund"}


def written(reader: ConsoleReader, **fields: Any) -> str:
    """The address of an article that was written."""
    given = {**WRITTEN, "ties": "code 1313\nclass identity/over_yearly", **fields}
    answer = reader.submit(reader.shop("/knowledge/new"), "/knowledge/new", **given)
    assert answer.status_code == 200, answer.text
    return str(answer.url.path).removeprefix("/console/e/shop")


def moved(reader: ConsoleReader, path: str, state: str) -> Any:
    page = reader.shop(path)
    forms = [each for each in html.fromstring(page.text).forms if str(each.action).endswith("/move")]
    (form,) = [each for each in some(forms) if dict(each.form_values())["state"] == state]
    return reader.post(str(form.action), dict(form.form_values()))


def published(console: FilledConsole) -> str:
    path = written(console.reader("support", "en"))
    for state in exactly(2, ("reviewed", "published")):
        moved(console.reader("goods", "en"), path, state)
    return path


def test_an_article_is_reviewed_by_another_person_and_then_seen_by_all(console: FilledConsole) -> None:
    writer, look = console.reader("support", "en"), console.reader("look", "en")
    path = written(writer)
    assert look.shop(path).status_code == 404
    refused = moved(writer, path, "reviewed")
    assert refused.status_code == 422
    assert "another person reviews what you wrote" in refused.text
    moved(console.reader("goods", "en"), path, "reviewed")
    moved(console.reader("goods", "en"), path, "published")
    assert "Cancel, refund" in look.shop(path).text
    assert "Over the yearly limit" in look.shop("/knowledge?asked=1313").text
    writer.submit(writer.shop(f"{path}/edit"), f"{path}/edit", resolution_en="Something else")
    assert "Cancel, refund" in look.shop(path).text  # until the next version is published
    assert "Something else" in writer.shop(path).text
    assert "Cancel, refund" in writer.shop(f"{path}?version=1").text


def test_a_code_is_explained_beside_what_the_team_knows(console: FilledConsole) -> None:
    page = console.reader("look", "en").shop("/knowledge?asked=1313").text
    assert "The code in the catalogue" in page
    assert "buyer exceeds the yearly quota" in page


def test_what_was_typed_is_kept_where_it_cannot_be_taken(console: FilledConsole) -> None:
    writer = console.reader("support", "en")
    for wrong in exactly(3, [{"issue_en": "Call 13800001234"}, {"ties": "code"}, {"valid_from": "soon"}]):
        answer = writer.submit(writer.shop("/knowledge/new"), "/knowledge/new", **{**WRITTEN, **wrong})
        assert answer.status_code == 422
        assert "Cancel, refund" in answer.text


def test_two_who_write_at_once_are_told_of_each_other(console: FilledConsole) -> None:
    writer, path = console.reader("support", "en"), written(console.reader("support", "en"))
    form = writer.shop(f"{path}/edit")
    writer.submit(writer.shop(f"{path}/edit"), f"{path}/edit", issue_en="first")
    answer = writer.submit(form, f"{path}/edit", issue_en="second")
    assert answer.status_code == 422
    assert "version 2 meanwhile" in answer.text
    assert "second" in answer.text


@pytest.mark.long
def test_an_article_that_helped_is_tied_to_its_case(console: FilledConsole) -> None:
    path, reader = published(console), console.reader("support", "en")
    new = NewCase(title="退单", case_class="identity/over_yearly", links=(CaseLink("code", "1313"),))
    with console.ledger.begin() as connection:
        case = open_case(connection, "shop", new, CaseAct(by="li", at=console.hub.now)).case
    (address,) = html.fromstring(reader.shop(f"/cases/{case.id}").text).xpath(
        "//a[contains(@href, '?case=')]/@href[contains(., 'knowledge/1?')]"
    )
    page = reader.get(address.removeprefix("/console"))
    assert reader.submit(page, "/use", helped="yes").url.path.endswith(f"/cases/{case.id}")
    with console.ledger.read() as connection:
        assert ("article", path.rpartition("/")[2]) in links_of_case(connection, case.id)
    assert "used 1 times, helped 1" in reader.shop(f"/cases/{case.id}").text
    look = console.reader("look", "en")
    with console.ledger.begin() as connection:
        other = open_case(connection, "shop", NewCase(title="x"), CaseAct(by="li", at=console.hub.now)).case
    look.submit(look.shop(path), "/use", helped="no", case=str(other.id))  # who sees no case ties nothing to one
    with console.ledger.read() as connection:
        assert links_of_case(connection, other.id) == frozenset()
    assert "used 2 times, helped 1" in look.shop(path).text


def test_no_text_of_an_article_runs(console: FilledConsole) -> None:
    writer = console.reader("support", "en")
    path = written(
        writer, title_en=HOSTILE, issue_en=HOSTILE, cause_en=HOSTILE, ties=f"code {HOSTILE.replace(' ', '')}"
    )
    pages = [writer.shop(path), writer.shop("/knowledge"), writer.shop(f"{path}/edit")]
    for each in exactly(3, pages):
        assert "<script>alert" not in each.text
    assert writer.shop(f"/knowledge?asked={HOSTILE}").text.count("<script>") == 0


def test_the_article_of_another_enterprise_is_not_there(console: FilledConsole) -> None:
    reader = console.reader("support", "en")
    path = written(reader)
    form = reader.shop(path)
    assert reader.shop("/knowledge/999").status_code == 404
    key = html.fromstring(form.text).xpath("string(//input[@name='key']/@value)")
    assert reader.post("/console/e/shop/knowledge/999/use", {"key": key, "once": "u"}).status_code == 404
    assert reader.post(f"/console/e/shop{path}/use", {"once": "u"}).status_code == 403
