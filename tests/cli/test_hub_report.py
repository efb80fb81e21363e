"""The command ``hub report``: figures on the screen, as JSON, as a page, a workbook or a table."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from customs.hub.settings.hub_file import load_hub
from customs.ledger import Ledger, open_ledger
from customs.ledger.keys import load_keys
from support.command_line import run
from support.health_events import ToldNode, ToldOrder, kept

NOON = datetime(2026, 11, 11, 12)
MORNING = "2026-11-12T08:30:00"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a hub of one shop: three orders, two of which are released."""
    monkeypatch.chdir(tmp_path)
    assert run("sample", "--shop", "shop", "--count", "1").exit_code == 0
    assert run("hub", "init", "--enterprise", "shop/customs.toml").exit_code == 0
    declared, released = (ToldNode(node, 1, NOON, "hub", "") for node in ("declared", "released"))
    told = ((declared, released), (declared, released), (declared,))
    with opened() as ledger:
        kept(ledger, "shop", [ToldOrder(0, NOON, "4600", "P1", "F1", "C1", "W1", each) for each in told])
    return tmp_path


def opened() -> Ledger:
    place = load_hub("hub.toml").ledger
    return open_ledger(place.url, load_keys(place.keys))


def test_the_day_that_is_over_is_reported_in_either_language(hub: Path) -> None:
    for language, words in (
        ("en", "declaration success  cohort 66.7 % (2 / 3)"),
        ("zh", "申报成功率  批次口径 66.7 % (2 / 3)"),
    ):
        done = run("hub", "report", "--now", MORNING, lang=language)
        assert done.exit_code == 0, done.output
        assert "2026-11-10 16:00 - 2026-11-11 16:00" in done.stdout
        assert words in done.stdout


@pytest.mark.long
def test_values_have_numerator_and_denominator(hub: Path) -> None:
    done = run("hub", "report", "--week", "--day", "2026-11-12", "--now", MORNING, "--json")
    found = json.loads(done.stdout)
    assert found["cohort"]["shares"]["released"] == {"part": 2, "whole": 3, "value": "0.666667"}
    assert len(found["tables"]["trend"]["rows"]) == 7


@pytest.mark.parametrize(("name", "begins"), [("a.html", b"<!DOCTYPE"), ("a.xlsx", b"PK"), ("a.csv", b"\xef\xbb\xbf")])
@pytest.mark.long
def test_a_report_is_written_by_the_end_of_the_name(hub: Path, name: str, begins: bytes) -> None:
    done = run("hub", "report", "--now", MORNING, "--edition", "warehouse", "--out", name)
    assert done.exit_code == 0, done.output
    assert (hub / name).read_bytes().startswith(begins)


def test_another_end_of_the_name_and_two_lengths_are_misuse(hub: Path) -> None:
    for given in (("--out", "a.pdf"), ("--week", "--month"), ("--day", "today")):
        done = run("hub", "report", "--now", MORNING, *given)
        assert done.exit_code == 2, given
    assert not (hub / "a.pdf").exists()
