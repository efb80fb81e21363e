"""Signing in (登录): sessions of their own, waits after failures, ends, and forms that no other site can post."""

from datetime import timedelta
from typing import Any

import pytest
from lxml import html
from sqlalchemy import func, select

from customs.hub.web.audit import AuditEntry, enter_audit
from customs.hub.web.forgetting import forget_sessions
from customs.hub.web.people import EVERYWHERE, add_person, lock_person, person_named, set_password, set_roles
from customs.hub.web.roles import ConsoleRole
from customs.hub.web.sessions import open_session
from customs.hub.web.tables import HUB_AUDIT, HUB_SESSIONS
from support import exactly, some
from support.console import PASSWORD, ConsoleReader, FilledConsole

WRONG = "wrong password 1"


def signing_in(reader: ConsoleReader, name: str = "of-support", password: str = PASSWORD, to: str = "/") -> Any:
    return reader.submit(reader.get(f"/sign-in?next={to}"), "/sign-in", follow=False, name=name, password=password)


def test_a_person_signs_in_and_comes_to_the_page_that_was_asked_for(console: FilledConsole) -> None:
    reader = console.stranger()
    asked = reader.get("/e/shop/", follow=False)
    answer = reader.submit(
        reader.get(asked.headers["location"].removeprefix("/console")),
        "/sign-in",
        follow=False,
        name="of-support",
        password=PASSWORD,
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/e/shop/")
    assert reader.get("/e/shop/", follow=False).status_code == 200


@pytest.mark.parametrize("to", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_no_link_leads_elsewhere_after_signing_in(console: FilledConsole, to: str) -> None:
    assert signing_in(console.stranger(), to=to).headers["location"] == "/console/"


def test_a_wrong_password_and_a_name_that_nobody_has_are_answered_alike(console: FilledConsole) -> None:
    texts = []
    for name in exactly(2, ["of-support", "nobody.here"]):
        answer = signing_in(console.stranger("en"), name, WRONG)
        assert answer.status_code == 403
        assert "customs_console=" not in answer.headers.get("set-cookie", "").replace("customs_console_form=", "")
        texts.append(answer.text.replace(name, "NAME"))
    assert "wrong, or the account is locked" in texts[0]


def test_a_session_that_nobody_can_use_any_more_is_gone_after_a_day(console: FilledConsole) -> None:
    signing_in(console.stranger())
    with console.ledger.read() as connection:
        until = connection.sql.execute(select(func.max(HUB_SESSIONS.c.until))).scalar_one()
    left = []
    for hours in exactly(2, (23, 25)):
        with console.ledger.begin() as connection:
            forget_sessions(connection, now=until + timedelta(hours=hours))
            left.append(connection.sql.execute(select(func.count()).select_from(HUB_SESSIONS)).scalar_one() > 0)
    assert left == [True, False]


def test_failures_make_the_next_try_wait_longer_each_time(console: FilledConsole) -> None:
    reader = console.stranger("en")
    answers = [signing_in(reader, password=WRONG) for _ in range(6)]
    assert [each.status_code for each in answers] == [403] * 5 + [429]
    assert "try again in 2 seconds" in answers[-1].text
    assert signing_in(reader).status_code == 429  # the right password has to wait too
    console.hub.rehearsal.now += timedelta(seconds=3)
    assert signing_in(reader).status_code == 303


def test_an_administrator_sees_sign_ins_failures_and_lock_outs_of_the_people_of_the_enterprise(
    console: FilledConsole,
) -> None:
    reader = console.stranger("en")
    for _ in exactly(5, range(5)):
        signing_in(reader, password=WRONG)
    signing_in(reader, "nobody.here", WRONG)
    with console.ledger.begin() as connection:
        lock_person(connection, person_named(connection, "of-goods").id, at=console.hub.now, locked=True)
        for enterprise, name in exactly(2, [("shop", "local"), ("other", "elsewhere")]):
            number = add_person(connection, name, "a hash", at=console.hub.now)
            set_roles(connection, number, enterprise, [ConsoleRole.ADMIN])
            set_password(connection, number, "a hash", at=console.hub.now, changes=False)
            entry = AuditEntry(at=console.hub.now, enterprise="", person=name, action="sign_in")
            enter_audit(connection, entry)
        named = AuditEntry(
            at=console.hub.now, enterprise="*", person="operator", action="person_lock", subject="of-goods"
        )
        enter_audit(connection, named)
    signing_in(reader, "of-goods")
    every = console.reader("admin", "en").shop("/audit")
    with console.ledger.begin() as connection:
        token = open_session(
            connection, person_named(connection, "local").id, console.service.place, now=console.hub.now
        )
    local = console.stranger("en")
    local.client.cookies.set("customs_console", token)

    def entries(answer: Any) -> set[tuple[str, ...]]:
        rows = html.fromstring(answer.text).xpath("//table//tr[td]")
        return {tuple(each.text_content() for each in row.xpath("./td")[1:4]) for row in rows}

    seen = entries(local.shop("/audit"))
    assert seen >= {
        ("of-support", "failed to sign in", ""),
        ("of-support", "failed to sign in too often, and has to wait", ""),
        ("of-goods", "failed to sign in", ""),
        ("local", "signed in", ""),
        ("operator", "locked a person out", "of-goods"),
    }, "who is locked and still tries is named"
    assert not [each for each in seen if each[0] in ("–", "elsewhere")]
    beyond = {("–", "failed to sign in", ""), ("elsewhere", "signed in", "")}
    assert entries(every) >= seen | beyond, "who manages every enterprise sees everybody"
    assert entries(local.shop("/audit?action=sign_in")) == {("local", "signed in", "")}
    export = local.get("/e/shop/audit/export.csv?action=sign_in_held").text
    assert "of-support" in export
    assert "elsewhere" not in export


def test_each_sign_in_has_a_session_of_its_own(console: FilledConsole) -> None:
    reader = console.stranger()
    signing_in(reader)
    first = reader.client.cookies["customs_console"]
    signing_in(reader)
    second = reader.client.cookies["customs_console"]
    assert first != second
    reader.client.cookies.set("customs_console", first)
    assert reader.get("/e/shop/", follow=False).status_code == 303  # the earlier one has ended


def test_the_database_has_no_token_and_no_password(console: FilledConsole) -> None:
    reader = console.stranger()
    signing_in(reader)
    token = reader.client.cookies["customs_console"]
    with console.ledger.read() as connection:
        kept = [dict(row._mapping) for row in connection.sql.execute(select(HUB_SESSIONS))]
    assert token not in repr(kept)
    assert bytes.fromhex(token) not in [each["hash"] for each in some(kept)]


@pytest.mark.parametrize("passed", [timedelta(minutes=31), timedelta(hours=11)])
@pytest.mark.long
def test_a_session_ends_without_pages_and_after_its_longest_time(console: FilledConsole, passed: timedelta) -> None:
    reader = console.reader("look")
    until = console.hub.now + passed
    while passed > timedelta(hours=1) and console.hub.now < until - timedelta(minutes=20):
        console.hub.rehearsal.now += timedelta(minutes=20)
        reader.get("/account", follow=False)
    console.hub.rehearsal.now = until.replace(tzinfo=console.hub.rehearsal.now.tzinfo)
    assert reader.get("/account", follow=False).status_code == 303


def test_a_session_goes_on_while_pages_are_asked_for(console: FilledConsole) -> None:
    reader = console.reader("look")
    for _ in exactly(4, range(4)):
        console.hub.rehearsal.now += timedelta(minutes=20)
        assert reader.get("/account", follow=False).status_code == 200


def test_whoever_signs_out_is_out(console: FilledConsole) -> None:
    reader = console.reader("look")
    token = reader.client.cookies["customs_console"]
    assert reader.submit(reader.get("/account"), "/sign-out", follow=False).headers["location"] == "/console/sign-in"
    reader.client.cookies.set("customs_console", token)
    assert reader.get("/account", follow=False).status_code == 303


def test_a_locked_person_is_out_at_once(console: FilledConsole) -> None:
    reader = console.reader("support")
    with console.ledger.begin() as connection:
        lock_person(connection, person_named(connection, "of-support").id, at=console.hub.now)
    assert reader.get("/account", follow=False).status_code == 303
    assert signing_in(console.stranger()).status_code == 403


@pytest.mark.long
def test_a_first_password_has_to_be_changed_before_anything_else(console: FilledConsole) -> None:
    admin = console.reader("admin", "en")
    added = admin.submit(admin.shop("/people"), "/people/add", name="new.hand")
    (first,) = [word.strip(".:") for word in added.text.split() if word.count("-") == 3 and len(word.strip(".:")) == 23]
    assert first not in admin.shop("/people").text  # shown this once
    reader = console.stranger("en")
    assert signing_in(reader, "new.hand", first).status_code == 303
    assert reader.get("/e/shop/", follow=False).headers["location"] == "/console/account"
    fields = {"old": first, "new": "purple rain over hills", "again": "purple rain over hills"}
    changed = reader.submit(reader.get("/account"), "/account/password", **fields)
    assert changed.status_code == 200
    assert reader.get("/e/shop/", follow=False).status_code == 200
    assert signing_in(console.stranger(), "new.hand", first).status_code == 403


@pytest.mark.parametrize(
    "wrong", [{"Origin": "https://evil.example"}, {"Origin": ""}, {"Sec-Fetch-Site": "cross-site"}], ids=str
)
@pytest.mark.long
def test_a_form_of_another_site_is_refused(console: FilledConsole, wrong: dict[str, str]) -> None:
    reader = console.reader("admin")
    form = reader.shop("/people")
    key = form.text.split('name="key" value="')[1].split('"')[0]
    answer = reader.post("/console/e/shop/people/add", {"key": key, "once": "1", "name": "of-evil"}, headers=wrong)
    assert answer.status_code == 403
    assert "of-evil" not in reader.shop("/people").text


def test_a_form_without_the_key_of_the_session_is_refused(console: FilledConsole) -> None:
    reader, other = console.reader("admin"), console.reader("look")
    key = other.get("/account").text.split('name="key" value="')[1].split('"')[0]
    for given in exactly(3, [{}, {"key": key, "once": "1"}, {"key": "", "once": "1"}]):
        assert reader.post("/console/e/shop/people/add", {**given, "name": "of-evil"}).status_code == 403


def test_a_double_click_does_once(console: FilledConsole) -> None:
    reader = console.reader("admin")
    form = reader.shop("/people")
    for _ in exactly(2, range(2)):
        answer = reader.submit(form, "/people/add", follow=False, name="twice.clicked")
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/e/shop/people")
    with console.ledger.read() as connection:
        added = connection.sql.execute(select(HUB_AUDIT).where(HUB_AUDIT.c.subject == "twice.clicked")).all()
    assert [row.action for row in added] == ["person_add"]


def test_an_administrator_of_one_enterprise_has_no_power_over_one_of_all(console: FilledConsole) -> None:
    with console.ledger.begin() as connection:
        look = person_named(connection, "of-look")
        set_roles(connection, look.id, "shop", [next(iter(person_named(connection, "of-admin").roles[EVERYWHERE]))])
    reader = console.reader("look")
    page = reader.shop("/people")
    assert page.status_code == 200
    assert "/people/of-admin/lock" not in page.text
    key = page.text.split('name="key" value="')[1].split('"')[0]
    fields = {"key": key, "once": "1", "locked": "yes"}
    assert reader.post("/console/e/shop/people/of-admin/lock", fields).status_code == 403
    assert reader.post("/console/e/shop/people/of-support/lock", fields | {"once": "2"}).status_code == 200


def test_the_language_is_chosen_and_kept(console: FilledConsole) -> None:
    reader = console.reader("look", "zh-CN")
    page = reader.submit(reader.get("/account"), "/choices", language="en", colours="")
    assert 'lang="en"' in page.text.split("<head>")[0]
    assert page.url.path == "/console/account"
    assert 'lang="en"' in reader.get("/account").text.split("<head>")[0]
