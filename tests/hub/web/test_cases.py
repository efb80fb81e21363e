"""Cases in the console (工单): queues, one case with everything done to it, two people at once, and hostile texts."""

from datetime import timedelta
from typing import Any

import pytest
from lxml import html

from customs.hub.cases.acts import CaseAct, SeenCase
from customs.hub.cases.classes import UNCLASSIFIED
from customs.hub.cases.kept import entries_of_case, read_case
from customs.hub.cases.opening import CaseLink, NewCase, open_case
from customs.hub.cases.states import CaseState
from customs.hub.cases.working import classify_case
from support import exactly, some
from support.console import HOSTILE, ConsoleReader, FilledConsole

CLASS = "declaration/list_refused"
ORDERS = tuple(CaseLink("order", f"4401000001/ORDER{each}") for each in (1, 2, 3))


def case_of(console: FilledConsole, enterprise: str = "shop", **more: Any) -> int:
    """The number of a case that a person opened."""
    new = NewCase(**{"title": "退单 refused", "text": "为什么？", "case_class": CLASS, **more})
    with console.ledger.begin() as connection:
        return open_case(connection, enterprise, new, CaseAct(by="of-support", at=console.hub.now)).case.id


def standing(console: FilledConsole, number: int) -> Any:
    with console.ledger.read() as connection:
        return read_case(connection, "shop", number)


def done(reader: ConsoleReader, number: int, doing: str, **fields: Any) -> Any:
    """Do something to a case by the form of its page."""
    return reader.submit(reader.shop(f"/cases/{number}"), f"/cases/{number}/{doing}", **fields)


def heading(answer: Any) -> str:
    return str(html.fromstring(answer.text).xpath("string(//h1)"))


@pytest.mark.long
def test_a_person_opens_a_case_and_brings_it_to_its_end(console: FilledConsole) -> None:
    reader = console.reader("support", "en")
    opened = reader.submit(
        reader.shop("/cases/new"), "/cases/new", title="List refused", text="why", **{"class": CLASS}
    )
    assert heading(opened) == "List refused"
    number = int(opened.url.path.rpartition("/")[2])
    assert "is yours" in done(reader, number, "take").text
    assert standing(console, number).assignee == "of-support"
    done(reader, number, "move", state_move="working")
    done(reader, number, "comment", text_comment="look at line 2", outside_comment="no")
    done(reader, number, "move", state_move="waiting_buyer")
    assert "stands still while others answer" in reader.shop(f"/cases/{number}").text
    done(reader, number, "resolve", why_resolve="wrong unit, corrected", answer_resolve="It goes out today.")
    case = standing(console, number)
    assert (case.state, case.answered_at) == (CaseState.RESOLVED, console.hub.now)
    done(reader, number, "move", state_move="reopened", why_move="came again")
    assert standing(console, number).state is CaseState.REOPENED
    with console.ledger.read() as connection:
        people = {each.by for each in entries_of_case(connection, number)}
    assert people == {"of-support"}


def test_a_case_is_not_resolved_without_its_cause(console: FilledConsole) -> None:
    reader, number = console.reader("support", "en"), case_of(console)
    answer = done(reader, number, "resolve", why_resolve=" ", answer_resolve="It is solved.")
    assert answer.status_code == 422
    assert "say what the cause was" in answer.text
    assert "It is solved." in answer.text  # what was typed is kept
    assert standing(console, number).state is CaseState.NEW


def test_whoever_comes_second_sees_what_the_first_changed_and_loses_nothing(console: FilledConsole) -> None:
    reader, number = console.reader("support", "en"), case_of(console)
    page = reader.shop(f"/cases/{number}")
    with console.ledger.begin() as connection:
        seen, act = SeenCase("shop", number, standing(console, number).version), CaseAct(by="li", at=console.hub.now)
        classify_case(connection, seen, "identity/name_number", act)
    fields = {"person_assign": "of-goods", "why_assign": "she knows the goods"}
    answer = reader.submit(page, f"/cases/{number}/assign", **fields)
    assert answer.status_code == 409
    shown = html.fromstring(answer.text)
    (told,) = shown.xpath("//div[@role='alert']")
    assert "li: class list refused → name and identity number" in told.text_content()
    assert shown.xpath("string(//input[@name='why_assign']/@value)") == "she knows the goods"
    assert shown.xpath("string(//select[@name='person_assign']/option[@selected]/@value)") == "of-goods"
    assert standing(console, number).assignee == ""
    assert (
        reader.submit(answer, f"/cases/{number}/assign", **fields).status_code == 200
    )  # the page shown has the new version
    assert standing(console, number).assignee == "of-goods"


def test_a_comment_is_never_in_the_way(console: FilledConsole) -> None:
    reader, number = console.reader("support", "en"), case_of(console)
    page = reader.shop(f"/cases/{number}")
    done(reader, number, "take")
    answer = reader.submit(page, f"/cases/{number}/comment", text_comment="seen before it was taken on")
    assert answer.status_code == 200
    assert "seen before it was taken on" in answer.text


@pytest.mark.long
def test_the_queues_have_their_cases(console: FilledConsole) -> None:
    reader = console.reader("support", "en")
    mine, nobodys = case_of(console, title="mine"), case_of(console, title="nobody's", case_class=UNCLASSIFIED)
    done(reader, mine, "take")

    def listed(query: str) -> list[str]:
        page = html.fromstring(reader.shop(f"/cases?{query}").text)
        return [each.text_content() for each in page.xpath("//tbody/tr/td[1]/a")]

    assert listed("tab=mine") == [str(mine)]
    assert listed("tab=unassigned") == [str(nobodys)]
    assert set(listed("tab=open")) == {str(mine), str(nobodys)}
    assert listed("tab=open&class=declaration") == [str(mine)]
    assert listed("tab=breached") == listed("tab=soon") == listed("tab=done") == []
    done(reader, nobodys, "escalate", why_escalate="it is late")
    assert listed("tab=soon") == [str(nobodys)]
    for _ in exactly(2, range(2)):
        done(reader, nobodys, "escalate", why_escalate="it is later")
    assert listed("tab=breached") == [str(nobodys)]
    assert "highest level" in done(reader, nobodys, "escalate", why_escalate="more").text


def test_pages_of_a_queue_follow_by_their_cursor(console: FilledConsole) -> None:
    numbers = [case_of(console, title=f"case {each}") for each in range(45)]
    reader, seen, address = console.reader("support", "en"), list[str](), "/console/e/shop/cases"
    while address:
        page = html.fromstring(reader.get(address.removeprefix("/console")).text)
        seen += [each.text_content() for each in page.xpath("//tbody/tr/td[1]/a")]
        address = page.xpath("string(//a[@rel='next']/@href)")
    assert seen == [str(each) for each in numbers]


def test_the_clocks_are_told_in_working_time(console: FilledConsole) -> None:
    number = case_of(console)  # opened on a Wednesday evening: the office opens at nine
    reader = console.reader("support", "en")
    assert "due in 4 h of working time" in reader.shop(f"/cases/{number}").text
    console.hub.rehearsal.now += timedelta(hours=24)
    late = console.reader("support", "en").shop(f"/cases/{number}").text
    assert "overdue by 4 h (promised within 4 h)" in late


def test_orders_of_one_cause_are_merged_and_split(console: FilledConsole) -> None:
    reader = console.reader("support", "en")
    first, second = case_of(console, links=ORDERS[:1]), case_of(console, links=ORDERS[1:])
    answer = done(reader, second, "merge", into_merge=str(first), why_merge="one cause")
    assert answer.url.path.endswith(f"/cases/{first}")
    assert standing(console, second).merged_into == first
    answer = done(reader, first, "split", title_split="another cause", order_split=[ORDERS[2].target])
    assert heading(answer) == "another cause"
    assert ORDERS[2].target in answer.text
    assert done(reader, first, "merge", into_merge=str(first), why_merge="x").status_code == 422
    assert done(reader, first, "merge", into_merge="999999", why_merge="x").status_code == 404


def test_a_file_is_kept_and_given_back_as_a_download(console: FilledConsole) -> None:
    reader, number = console.reader("support", "en"), case_of(console)
    picture = b"\x89PNG\r\n\x1a\n" + b"0" * 20
    answer = done(reader, number, "attach", file=("屏幕 1.png", picture, "image/png"))
    (address,) = html.fromstring(answer.text).xpath("//ol[@class='timeline']//a/@href")
    given = reader.get(address.removeprefix("/console"))
    assert (given.content, given.headers["content-type"]) == (picture, "image/png")
    assert given.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E5%B1%8F")
    assert given.headers["x-content-type-options"] == "nosniff"
    other = case_of(console)
    assert (
        reader.get(address.replace(f"/{number}/files", f"/{other}/files").removeprefix("/console")).status_code == 404
    )


@pytest.mark.parametrize(
    "file",
    [
        ("page.html", b"<script>alert(1)</script>", "text/html"),
        ("page.png", b"<script>alert(1)</script>", "image/png"),
        ("../../etc/passwd.txt", b"x", "text/plain"),
        ("empty.txt", b"", "text/plain"),
    ],
    ids=lambda each: each[0],
)
@pytest.mark.long
def test_a_file_that_is_not_what_it_says_is_refused_in_words(console: FilledConsole, file: Any) -> None:
    reader, number = console.reader("support", "en"), case_of(console)
    answer = done(reader, number, "attach", file=file)
    assert answer.status_code == 422
    assert "/files/" not in answer.text


@pytest.mark.long
def test_no_text_of_a_case_runs(console: FilledConsole) -> None:
    reader = console.reader("support", "en")
    number = case_of(console, title=HOSTILE, text=HOSTILE, links=(CaseLink("code", HOSTILE), *ORDERS[:2]))
    done(reader, number, "comment", text_comment=HOSTILE, outside_comment="yes")
    done(reader, number, "link", kind_link="bill", target_link=HOSTILE)
    done(reader, number, "escalate", why_escalate=HOSTILE)
    done(reader, number, "attach", file=('"><b onclick=x>.txt', b"x", "text/plain"))
    wrong = done(reader, number, "resolve", why_resolve="", answer_resolve=HOSTILE)
    for answer in exactly(4, [reader.shop(f"/cases/{number}"), reader.shop("/cases"), wrong, reader.shop("/audit")]):
        assert "<script>alert" not in answer.text
        assert not html.fromstring(answer.text).xpath("//@onclick")
    assert HOSTILE in html.fromstring(reader.shop(f"/cases/{number}").text).text_content()


def test_the_case_of_another_enterprise_is_not_there(console: FilledConsole) -> None:
    reader, other = console.reader("admin", "en"), case_of(console, enterprise="other")
    own = case_of(console)
    assert reader.shop(f"/cases/{other}").status_code == 404
    assert reader.shop(f"/cases/{other}/files/1").status_code == 404
    form = reader.shop(f"/cases/{own}")
    for doing, fields in some(
        {"take": {}, "comment": {"text_comment": "x"}, "move": {"state_move": "working"}}.items()
    ):
        (found, *_) = [
            each for each in html.fromstring(form.text).forms if str(each.action).endswith(f"/{own}/{doing}")
        ]
        given = {**dict(found.form_values()), **fields, "once": f"other-{doing}"}
        assert reader.post(f"/console/e/shop/cases/{other}/{doing}", given).status_code == 404, doing
    answer = done(reader, own, "merge", into_merge=str(other), why_merge="x")
    assert answer.status_code == 404
    with console.ledger.read() as connection:
        assert len(entries_of_case(connection, other)) == 4  # as it was opened


def test_who_only_looks_sees_no_case_and_changes_none(console: FilledConsole) -> None:
    number, look, support = case_of(console), console.reader("look"), console.reader("support")
    assert look.shop(f"/cases/{number}").status_code == 403
    key = look.get("/account").text.split('name="key" value="')[1].split('"')[0]
    given = {"key": key, "once": "1", "text_comment": "x"}
    assert look.post(f"/console/e/shop/cases/{number}/comment", given).status_code == 403
    assert support.post(f"/console/e/shop/cases/{number}/comment", {"text_comment": "x"}).status_code == 403
    assert done(support, number, "take").status_code == 200


def test_numbers_of_people_in_a_case_are_masked_for_who_may_not_see_them(console: FilledConsole) -> None:
    number = case_of(console, title="call 13800001234", text="110101189003074515 is theirs")
    done(console.reader("support"), number, "comment", text_comment="asked 13900005678")
    for role, sees in exactly(2, {"support": True, "goods": False}.items()):
        reader = console.reader(role)
        shown = reader.shop(f"/cases/{number}").text + reader.shop("/cases").text
        for each in exactly(3, ("13800001234", "110101189003074515", "13900005678")):
            assert (each in shown) is sees, (role, each)


def test_a_refused_order_becomes_a_case_of_its_code(console: FilledConsole) -> None:
    reader, order = console.reader("support", "en"), console.path(0).removeprefix("/orders/")
    (address,) = html.fromstring(reader.shop(console.path(0)).text).xpath("//a[contains(@href, '/cases/new')]/@href")
    form = reader.get(address.removeprefix("/console"))
    assert order in form.text
    opened = reader.submit(form, "/cases/new", title="why has it not shipped")
    assert f"order {order}" in " ".join(html.fromstring(opened.text).text_content().split())
    again = reader.shop(f"/cases/new?order={order}")
    assert "has an open case" in again.text
    assert reader.shop("/cases/new?order=P/NOBODY").status_code == 404
    assert reader.shop("/cases/new?alarm=999").status_code == 404
