"""The guarantees: each names tests that hold it, and all of them exist."""

import re

import pytest

from support import ROOT
from support.named_tests import names_in

PAGE = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| Promise", "| ---"))]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_the_page_is_read() -> None:
    assert len(ROWS) > 25
    assert len(TEST.findall(PAGE)) == PAGE.count("::") > 40


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:60])
def test_a_promise_names_tests_that_exist(row: str) -> None:
    named = TEST.findall(row)
    assert named, "a promise that no test holds is none"
    assert [name for file, name in named if name not in names_in(ROOT / file)] == []
