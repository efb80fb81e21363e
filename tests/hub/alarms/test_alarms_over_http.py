"""Alarms over HTTP: listed and taken on by whoever may, of the own enterprise alone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from customs.hub.alarms.rules import alarm_rules
from customs.hub.alarms.turn import alarms_turn
from customs.hub.enterprises.tokens import TokenScope
from customs.ledger import Ledger
from customs.signing import Signer
from support.alarm_rows import UNKNOWN_RULE, alarm_of_another_release, shop, stand, with_settings
from support.hub_callers import EIGHT, Caller, calling, with_token
from support.hub_office import hub_at_work
from support.ledgers import LedgerDatabases


@pytest.fixture
def ledger(sqlite_databases: LedgerDatabases) -> Iterator[Ledger]:
    """A ledger in SQLite: ``test_turn.py`` has alarms on both databases."""
    with sqlite_databases.ledger() as found:
        yield found


@pytest.fixture
def caller(ledger: Ledger, signer: Signer) -> Iterator[Caller]:
    """A caller of a hub with two open alarms."""
    stand(ledger, 3, EIGHT, node="accepted", node_at=EIGHT)
    stand(ledger, 2, EIGHT, node="accepted", node_at=EIGHT, customs_code="5100")
    for minutes in (0, 15):
        alarms_turn(ledger, shop(), with_settings(), now=EIGHT + timedelta(hours=4, minutes=minutes))
    with calling(hub_at_work(ledger, EIGHT, signer)) as found:
        yield found


@pytest.mark.long
def test_alarms_are_listed_newest_first_page_by_page(caller: Caller) -> None:
    status, page = caller.get("/v1/alarms?limit=1")
    assert status == 200
    (first,) = page["alarms"]
    assert (first["district"], first["count"], first["since"]) == ("5100", 2, "2026-11-11T08:00:00+08:00")
    assert first["todo_zh"] == alarm_rules()["overdue"].todo.zh
    (second,) = caller.get(page["next"])[1]["alarms"]
    assert (second["district"], second["examples"]) == ("4600", ["O0", "O1", "O2"])
    assert caller.get("/v1/alarms?state=closed")[1] == {"alarms": [], "next": None}


def test_an_alarm_is_taken_on_by_who_may_operate(caller: Caller, ledger: Ledger) -> None:
    (alarm, _) = caller.get("/v1/alarms")[1]["alarms"]
    status, taken = caller.post(f"/v1/alarms/{alarm['id']}/ack", {"by": "li", "note": "已联系关区"})
    assert (status, taken["acked_by"], taken["note"]) == (200, "li", "已联系关区")
    assert caller.post(f"/v1/alarms/{alarm['id']}/ack", {"by": "wang"})[1]["acked_by"] == "li"
    assert caller.post("/v1/alarms/99/ack", {"by": "li"})[0] == 404
    with ledger.begin() as connection:
        reader = with_token(caller, connection, "shop", TokenScope.READ)
        other = with_token(caller, connection, "warehouse", *TokenScope)
    assert reader.get("/v1/alarms")[0] == 200
    assert reader.post(f"/v1/alarms/{alarm['id']}/ack", {"by": "li"})[0] == 403
    assert other.get("/v1/alarms")[1]["alarms"] == []
    assert other.post(f"/v1/alarms/{alarm['id']}/ack", {"by": "li"})[0] == 404


def test_an_alarm_of_a_rule_that_this_release_does_not_know_is_listed_by_its_name(
    caller: Caller, ledger: Ledger
) -> None:
    alarm_of_another_release(ledger, EIGHT)
    status, page = caller.get("/v1/alarms")
    assert status == 200
    assert (page["alarms"][0]["rule"], len(page["alarms"])) == (UNKNOWN_RULE, 3)
    assert UNKNOWN_RULE in page["alarms"][0]["zh"]
    assert "one release" in page["alarms"][0]["todo_en"]
