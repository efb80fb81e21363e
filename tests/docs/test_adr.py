"""Decisions are dated, have a status, and name modules that exist."""

import re
from datetime import date
from pathlib import Path

import pytest

from support import ROOT

DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))
HEAD = re.compile(
    r"# (?P<number>[0-9]{4})\. [^\n]+\n\nDate: (?P<date>[0-9-]{10})  \nStatus: (accepted|superseded by [0-9]{4})\n"
)

decisions = pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)


@decisions
def test_a_decision_has_its_number_a_date_and_a_status(page: Path) -> None:
    head = HEAD.match(page.read_text(encoding="utf-8"))
    assert head
    assert page.name.startswith(f"{head['number']}-")
    assert date.fromisoformat(head["date"]) >= date(2026, 11, 22)


def test_decisions_are_numbered_one_by_one() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@decisions
def test_a_module_that_a_decision_names_exists(page: Path) -> None:
    rooms = {path.name for path in (ROOT / "src" / "customs").iterdir()}
    named = re.findall(r"`([a-z_]+(?:/[a-z_0-9]+)+\.[a-z]+)`", page.read_text(encoding="utf-8"))
    ours = [path for path in named if path.split("/")[0] in rooms and path != "fields/base.py"]
    assert [path for path in ours if not (ROOT / "src" / "customs" / path).exists()] == []
