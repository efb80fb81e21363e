"""The failures between an enterprise and customs: each has a guard, and each guard tests that are there."""

import re
from pathlib import Path

import pytest
from failures import Failure, failures

from support import ROOT, some
from support.named_tests import names_in

ALL = failures()


def test_there_are_31_failures_by_their_numbers() -> None:
    assert [each.number for each in ALL] == list(range(1, 32))


@pytest.mark.parametrize("failure", ALL, ids=lambda each: f"{each.number}: {each.en}")
def test_a_failure_has_a_guard_in_both_languages_and_tests_that_are_there(failure: Failure) -> None:
    for each in some((failure.en, failure.zh, failure.guard, failure.guard_zh)):
        assert each
        assert each[-1] not in ".。"
    assert bool(failure.aside) == bool(failure.aside_zh)
    assert failure.tests or failure.aside, "name the test that guards it, or say why it is not ours"
    for each in some(failure.tests):
        path, _, name = each.partition("::")
        assert name in names_in(ROOT / path), each


def test_the_facts_on_the_exchange_have_the_same_failures(facts: Path) -> None:
    text = (facts / "ops" / "EXCHANGE.md").read_text(encoding="utf-8")
    section = text.partition("## 6. What goes wrong")[2].partition("\n## 7.")[0]
    assert re.findall(r"^\| (\d+) \|", section, re.MULTILINE) == [str(each.number) for each in ALL]


@pytest.mark.parametrize("number", [8, 9, 10, 11, 12, 13])
def test_the_failures_of_what_is_pushed_are_held_by_names_in_the_receivers(number: int) -> None:
    (failure,) = [each for each in ALL if each.number == number]
    assert any("push" in each or "serve_callbacks" in each for each in failure.tests)
