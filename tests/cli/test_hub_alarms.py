"""The commands ``hub alarms``: what is out of order is listed, taken on, silenced."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from customs.cli.app import screen
from customs.hub.alarms.kept import silences_of
from customs.hub.alarms.turn import alarms_turn
from customs.hub.settings.hub_file import load_hub
from customs.ledger import Ledger, open_ledger
from customs.ledger.keys import load_keys
from support.alarm_rows import UNKNOWN_RULE, alarm_of_another_release, shop, stand
from support.command_line import run

EIGHT = datetime(2026, 11, 11, 8)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a hub of one shop, of which three orders have been too long at a node since noon."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    assert run("sample", "--shop", "shop", "--count", "1").exit_code == 0
    assert run("hub", "init", "--enterprise", "shop/customs.toml").exit_code == 0
    with opened() as ledger:
        stand(ledger, 3, EIGHT, node="accepted", node_at=EIGHT)
        for minutes in (0, 15):
            now = EIGHT + timedelta(hours=4, minutes=minutes)
            alarms_turn(ledger, shop(), load_hub("hub.toml").alarms, now=now)
    return tmp_path


def opened() -> Ledger:
    place = load_hub("hub.toml").ledger
    return open_ledger(place.url, load_keys(place.keys))


def test_open_alarms_are_listed_in_either_language_with_count_place_and_time(
    hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "_width", 240)
    for language, words in (("en", "3 orders are longer than allowed"), ("zh", "3 单超时停留在：海关已入库")):
        done = run("hub", "alarms", "list", lang=language)
        assert done.exit_code == 1
        assert words in done.stdout
        assert "4600" in done.stdout
        assert "11-11 08:00" in done.stdout
    (line,) = run("hub", "alarms", "list", "--json").stdout.splitlines()
    found = json.loads(line)
    assert (found["rule"], found["count"], found["since"]) == ("overdue", 3, "2026-11-11T08:00:00")


def test_an_alarm_of_a_rule_that_this_release_does_not_know_is_listed_by_its_name(hub: Path) -> None:
    with opened() as ledger:
        alarm_of_another_release(ledger, EIGHT)
    found = json.loads(run("hub", "alarms", "list", "--json").stdout.splitlines()[0])
    assert (found["rule"], found["en"]) == (UNKNOWN_RULE, f"1 of the rule {UNKNOWN_RULE}")
    assert UNKNOWN_RULE in run("hub", "alarms", "list", lang="zh").stdout


def test_an_alarm_is_taken_on_once(hub: Path) -> None:
    for name in ("li", "wang"):
        done = run("hub", "alarms", "ack", "1", "--by", name, "--now", "2026-11-11T12:30:00", lang="en")
        assert done.exit_code == 0
        assert "alarm 1 is with li" in done.output
    done = run("hub", "alarms", "ack", "99", "--by", "li")
    assert done.exit_code == 2
    assert "99" in done.output


def test_a_silence_is_set_for_a_time_and_a_scope(hub: Path) -> None:
    asked = ("hub", "alarms", "silence", "4h", "--by", "li", "--why", "维护", "--from", "2026-11-14T02:00:00")
    assert run(*asked, "--rule", "overdue", "--district", "4600").exit_code == 0
    with opened() as ledger, ledger.read() as connection:
        (found,) = silences_of(connection, "shop", now=EIGHT)
    assert found.holds(datetime(2026, 11, 14, 5, 59))
    assert (found.scope.rules, found.scope.districts, found.scope.providers) == (("overdue",), ("4600",), ())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("soon",), "90s"),
        (("4h", "--rule", "nothing"), "silent_gateway"),
        (("4h", "--provider", "4401"), "carrier:"),
        (("4h", "--enterprise", "another"), "shop"),
    ],
)
@pytest.mark.long
def test_a_mistake_is_told_with_what_is_allowed(hub: Path, options: tuple[str, ...], said: str) -> None:
    done = run("hub", "alarms", "silence", *options, "--by", "li", "--why", "x")
    assert done.exit_code == 2
    assert said in done.output


def test_a_hub_without_alarms_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("sample", "--shop", "shop", "--count", "1").exit_code == 0
    assert run("hub", "init", "--enterprise", "shop/customs.toml").exit_code == 0
    done = run("hub", "alarms", "list", lang="zh")
    assert done.exit_code == 0
    assert "没有告警" in done.output
