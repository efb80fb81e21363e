"""Absences in the console (请假与备岗): entered for oneself, or for others by an administrator; the deputy has the cases meanwhile."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from lxml import html

from customs.fields.frozen import FrozenDict
from customs.hub.cases.acts import CaseAct, SeenCase
from customs.hub.cases.escalating import cases_turn
from customs.hub.cases.groups import CaseGroup
from customs.hub.cases.kept import read_case
from customs.hub.cases.opening import NewCase, open_case
from customs.hub.cases.settings import CaseSettings
from customs.hub.cases.working import assign_case
from support.console import FilledConsole, mounted

GROUP = CaseGroup(people=("of-support", "of-goods"), backups=FrozenDict({"of-support": "of-goods"}))
SETTINGS = CaseSettings(groups=FrozenDict({"operations": GROUP}))


@pytest.fixture
def staffed(console: FilledConsole) -> FilledConsole:
    """A console whose hub has a group with a deputy."""
    service = replace(console.service, cases=SETTINGS)
    return replace(console, service=service, application=mounted(service))


def entered(console: FilledConsole, role: str, person: str, hours: tuple[float, float]) -> Any:
    reader, now = console.reader(role, "en"), console.hub.now
    begins, ends = (f"{now + timedelta(hours=each):%Y-%m-%dT%H:%M}" for each in hours)
    return reader.submit(reader.shop("/absences"), "/absences", person=person, begins=begins, ends=ends)


def rows(page: Any, caption: str) -> list[list[str]]:
    tables = html.fromstring(page.text).xpath(f"//table[caption[contains(., '{caption}')]]")
    return [[each.text_content().strip() for each in row.xpath("./td")] for row in tables[0].xpath(".//tr[td]")]


@pytest.mark.long
def test_while_somebody_is_away_the_deputy_has_their_cases(staffed: FilledConsole) -> None:
    act = CaseAct(by="of-support", at=staffed.hub.now)
    new = NewCase(title="退单", case_class="declaration/list_refused")
    with staffed.ledger.begin() as connection:
        case = open_case(connection, "shop", new, act).case
        assign_case(connection, SeenCase("shop", case.id), "of-support", act)
    page = entered(staffed, "support", "of-support", (-1, 5))
    assert "The absence of of-support is entered." in page.text
    assert rows(page, "Groups and deputies")[0][1:] == ["of-support", "of-goods", "of-goods"]
    (away,) = rows(page, "Away, now or soon")
    assert away[0] == "of-support away now"
    cases_turn(staffed.ledger, "shop", SETTINGS, now=staffed.hub.now)
    with staffed.ledger.read() as connection:
        assert read_case(connection, "shop", case.id).assignee == "of-goods"
    reader = staffed.reader("support", "en")
    over = reader.submit(reader.shop("/absences"), "/end")
    assert "Nobody is away." in over.text
    audit = staffed.reader("admin", "en").shop("/audit").text
    assert "entered an absence" in audit
    assert "ended an absence" in audit


def test_absences_of_others_are_for_administrators(staffed: FilledConsole) -> None:
    assert entered(staffed, "goods", "of-support", (1, 5)).status_code == 403
    assert "is entered" in entered(staffed, "admin", "of-support", (1, 5)).text
    assert "/end" not in staffed.reader("goods").shop("/absences").text
    reader = staffed.reader("admin")
    path = str(html.fromstring(reader.shop("/absences").text).xpath("//form[contains(@action, '/end')]/@action")[0])
    goods = staffed.reader("goods")
    form = goods.shop("/absences")
    key, once = (html.fromstring(form.text).xpath(f"//input[@name='{each}']/@value")[0] for each in ("key", "once"))
    assert goods.post(path, {"key": key, "once": once}).status_code == 403
    over = staffed.reader("admin", "en")
    assert "Nobody is away." in over.submit(over.shop("/absences"), "/end").text, "one that has not begun is taken away"


def test_an_absence_that_ends_before_it_begins_is_refused_in_words(staffed: FilledConsole) -> None:
    wrong = entered(staffed, "support", "of-support", (5, 1))
    assert wrong.status_code == 422
    assert "an absence ends after it begins" in wrong.text
    assert entered(staffed, "admin", "nobody.here", (1, 5)).status_code == 422
    assert staffed.reader("look").shop("/absences").status_code == 403
