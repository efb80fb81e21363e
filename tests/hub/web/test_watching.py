"""Overview, alarms and audit of the console."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from lxml import html
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from customs.hub.alarms.alarm import AlarmState, HubAlarm, begin_alarm
from customs.hub.alarms.condition import AlarmCondition, AlarmPlace
from customs.hub.alarms.kept import enter_alarms, silences_of
from customs.hub.alarms.rules import alarm_rules
from customs.hub.counts.tallies import Tally, TallyName, enter_tallies
from customs.hub.web.audit import AuditEntry, enter_audit
from customs.hub.web.overview import overview_of
from customs.hub.web.tables import HUB_AUDIT
from customs.ledger import LedgerError
from support import exactly, some
from support.alarm_rows import UNKNOWN_RULE, alarm_of_another_release
from support.console import FilledConsole


def opened(console: FilledConsole) -> HubAlarm:
    """An open alarm: the gateway is closed."""
    rule = alarm_rules()["circuit_open"]
    condition = AlarmCondition(
        place=AlarmPlace("circuit_open", subject="port"), figures={"name": "port", "failures": "5"}
    )
    begun = begin_alarm(condition, rule, "shop", console.hub.now)
    begun = replace(begun, state=AlarmState.OPEN, opened_at=console.hub.now)
    with console.ledger.begin() as connection:
        return enter_alarms(connection, [begun])[0]


def test_an_alarm_is_taken_on_by_one_person_alone(console: FilledConsole) -> None:
    alarm = opened(console)
    support, admin = console.reader("support", "en"), console.reader("admin", "en")
    pages = support.shop("/alarms"), admin.shop("/alarms")
    done = support.submit(pages[0], f"/alarms/{alarm.id}/ack", note="the e-port is called")
    assert f"Alarm {alarm.id} is yours" in done.text
    assert "of-support" in done.text
    late = admin.submit(pages[1], f"/alarms/{alarm.id}/ack", note="me too")
    assert f"Alarm {alarm.id} is with of-support already" in late.text
    assert "me too" not in late.text


def test_whoever_may_only_look_sees_alarms_and_takes_none_on(console: FilledConsole) -> None:
    alarm = opened(console)
    page = console.reader("look").shop("/alarms")
    assert alarm_rules()["circuit_open"].title.zh in page.text
    assert f"/alarms/{alarm.id}/ack" not in page.text


def test_an_alarm_of_a_rule_that_this_release_does_not_know_is_shown_and_gets_its_case(console: FilledConsole) -> None:
    alarm = alarm_of_another_release(console.ledger, console.hub.now)
    reader = console.reader("support", "en")
    page = reader.shop("/alarms")
    assert f"{UNKNOWN_RULE}: this release does not know the rule" in page.text
    assert "drone:D1" in page.text
    assert reader.shop(f"/cases/new?alarm={alarm.id}").status_code == 200


def test_an_alarm_of_more_orders_than_it_names_leads_to_their_list(console: FilledConsole) -> None:
    rule = alarm_rules()["overdue"]
    condition = AlarmCondition(
        place=AlarmPlace("overdue", "4600", subject="accepted"), count=30, examples=("O1", "O2", "O3", "O4", "O5")
    )
    begun = replace(begin_alarm(condition, rule, "shop", console.hub.now), state=AlarmState.OPEN)
    with console.ledger.begin() as connection:
        (alarm,) = enter_alarms(connection, [begun])
    reader = console.reader("support", "en")
    (link,) = html.fromstring(reader.shop("/alarms").text).xpath("//a[.='and 25 more']/@href")
    assert link == "/console/e/shop/orders?node=accepted"
    assert reader.get(link.removeprefix("/console")).status_code == 200
    page = reader.submit(reader.shop(f"/cases/new?alarm={alarm.id}"), "/cases/new")
    (link,) = html.fromstring(page.text).xpath(f"//a[.='and 30 more orders of alarm {alarm.id}']/@href")
    assert link == "/console/e/shop/orders?node=accepted"


@pytest.mark.long
def test_a_silence_is_set_for_a_while(console: FilledConsole) -> None:
    reader = console.reader("support", "en")
    done = reader.submit(reader.shop("/alarms"), "/alarms/silence", span="4h", rule="circuit_open", why="maintenance")
    assert "Silent until" in done.text
    with console.ledger.read() as connection:
        (silence,) = silences_of(connection, "shop", now=console.hub.now)
    assert (silence.ends - silence.begins, silence.scope.rules) == (timedelta(hours=4), ("circuit_open",))


@pytest.mark.parametrize("fields", [{"span": "400d"}, {"rule": "nothing"}, {"why": ""}], ids=str)
@pytest.mark.long
def test_a_silence_that_cannot_be_read_is_not_set(console: FilledConsole, fields: dict[str, str]) -> None:
    reader = console.reader("support", "en")
    given = {"span": "1h", "why": "maintenance", **fields}
    assert reader.submit(reader.shop("/alarms"), "/alarms/silence", **given).status_code == 422
    with console.ledger.read() as connection:
        assert silences_of(connection, "shop", now=console.hub.now) == ()


def test_the_overview_counts_what_happened_today_by_district(console: FilledConsole) -> None:
    with console.ledger.read() as connection:
        before = overview_of(connection, console.hub.enterprise.name, console.service.limits, now=console.hub.now)
    tallies = [
        Tally(name=TallyName.RELEASED, district="2991", count=7),
        Tally(name=TallyName.REJECTED, district="2991", code="quota", count=3),
    ]
    with console.ledger.begin() as connection:
        enter_tallies(connection, "shop", tallies, at=console.hub.now)
        enter_tallies(connection, "shop", tallies, at=console.hub.now - timedelta(days=1, hours=12))
        enter_tallies(connection, "other", tallies, at=console.hub.now)
    with console.ledger.read() as connection:
        after = overview_of(connection, console.hub.enterprise.name, console.service.limits, now=console.hub.now)
    assert (after.released - before.released, after.rejected - before.rejected) == (7, 3)
    assert sum(each.times for each in after.causes) - sum(each.times for each in before.causes) == 6
    assert sum(each.rejected for each in after.hours) - sum(each.rejected for each in before.hours) == 3
    page = html.fromstring(console.reader("look", "en").shop("/").text)
    assert "a limit or the buyer's quota is exceeded" in page.text_content()
    assert [each.get("role") for each in some(page.xpath("//svg"))] == ["img"] * len(page.xpath("//svg"))


def test_the_audit_only_grows(console: FilledConsole) -> None:
    console.reader("admin").get("/e/shop/audit/export.csv")
    for change in exactly(2, [HUB_AUDIT.delete(), HUB_AUDIT.update().values(person="nobody")]):
        with pytest.raises((LedgerError, DBAPIError)), console.ledger.begin() as connection:
            connection.sql.execute(change)


def test_the_export_of_the_audit_has_no_formula_and_is_in_the_audit(console: FilledConsole) -> None:
    with console.ledger.begin() as connection:
        for reason in exactly(4, ["=1+1", "+cmd", "-2", "@SUM(A1)"]):
            entry = AuditEntry(at=console.hub.now, enterprise="shop", person="of-support", action="look", reason=reason)
            enter_audit(connection, entry)
        enter_audit(connection, AuditEntry(at=console.hub.now, enterprise="other", person="else", action="look"))
    answer = console.reader("admin").get("/e/shop/audit/export.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["reason"] for row in rows if row["action"] == "look"] == ["'@SUM(A1)", "'-2", "'+cmd", "'=1+1"]
    assert {row["person"] for row in rows} == {"of-admin", "of-support"}
    with console.ledger.read() as connection:
        actions = connection.sql.execute(select(HUB_AUDIT.c.action)).scalars().all()
    assert "export_audit" in actions
    assert console.reader("support").get("/e/shop/audit/export.csv").status_code == 403


def test_the_audit_is_paged_to_its_end(console: FilledConsole) -> None:
    with console.ledger.begin() as connection:
        for number in exactly(120, range(120)):
            entry = AuditEntry(at=console.hub.now, enterprise="shop", person="p", action="look", subject=f"S{number}")
            enter_audit(connection, entry)
    reader, path, seen = console.reader("admin"), "/e/shop/audit?person=p", list[str]()
    while path:
        page: Any = html.fromstring(reader.get(path).text)
        seen += [each.text for each in page.xpath("//td[@class='code'][1]")]
        path = page.xpath("string(//a[@rel='next']/@href)").removeprefix("/console")
    assert seen == [f"S{number}" for number in reversed(range(120))]
