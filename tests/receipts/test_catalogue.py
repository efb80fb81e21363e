"""The catalogue of receipts: all facts with their standing, each found by its code and by its text, nothing else found."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import customs
from customs.receipts.actions import Action, Party
from customs.receipts.catalogue import Meaning, coded, errors, families, sources, statuses
from customs.receipts.phrases import folded
from support import exactly, some

#: What the facts call no cause of an error.
NO_CAUSE = ("INFO", "WAIT", "UNKNOWN")

#: Texts of the facts that no receipt says.
NO_TEXT = ("-", "(meaning unknown)")


def told(facts: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((facts / "ops" / "receipts.json").read_text(encoding="utf-8"))
    return found


def quoted(error: dict[str, Any]) -> list[str]:
    """The texts of an entry of the facts."""
    return [] if error["zh_key"] in NO_TEXT else re.split(" [|/] ", error["zh_key"])


def key_of(text: str) -> tuple[str, ...]:
    """A text as it is compared: its pieces around what may stand in between."""
    return tuple(filter(None, map(folded, re.split("…|[*]|【】", text.removeprefix("=")))))


def keys_of(meaning: Meaning) -> set[tuple[str, ...]]:
    return {key_of(text) for text in meaning.texts}


def meanings_of(*explanations: customs.Explanation) -> Iterator[Meaning]:
    for each in explanations:
        yield from (meaning for meaning in each.meanings if not meaning.is_status)


def test_the_catalogue_holds_all_facts_in_their_order(facts: Path) -> None:
    theirs = told(facts)["errors"]
    assert len(theirs) == 319
    for fact, ours in zip(theirs, errors(), strict=True):
        assert ours.code == ("" if fact["code"] == "-" else fact["code"])
        assert ours.direction == fact["direction"]
        assert (ours.cause or "") == ("" if fact["cause"] in NO_CAUSE else fact["cause"].lower())
        assert ours.action == fact["action"].lower()
        assert ours.sources == tuple(fact["sources"])
        assert ours.certainty == fact["confidence"].split()[0]
        assert {key_of(text) for text in quoted(fact)} <= keys_of(ours)
        assert set(re.findall("CEB[0-9]{3}", fact["receipt"])) - {"CEB411"} <= {*ours.receipts, "CEB304"}


def test_the_statuses_are_those_of_the_facts(facts: Path) -> None:
    theirs = told(facts)["statuses"]
    ours = {each.code: each for each in statuses() if not set(each.receipts) & {"CEB816", "CEB818"}}
    assert len(theirs) == len(ours) == 27
    for fact in theirs:
        status = ours[fact["code"]]
        assert (status.terminal, status.failure) == (fact["terminal"], fact["failure"]), fact["code"]
        assert status.sources == tuple(fact["sources"])


def test_actions_are_those_of_the_facts(facts: Path) -> None:
    assert {each.value for each in Action} == {each.lower() for each in told(facts)["actions"]}


def test_every_entry_is_whole() -> None:
    for each in exactly(349, (*errors(), *statuses())):
        assert each.zh
        assert each.en
        assert re.search("[\u4e00-\u9fff]", each.zh), each.zh
        assert not re.search("[\u4e00-\u9fff]", each.en), each.en
        assert {*each.sources} <= {*sources()}
        assert each.standing in ("official", "seen")
        assert each.certainty in ("high", "medium", "low")
        assert each.family in (*families(), "status")
        assert (each.party is None) == (each.action is Action.NONE)
        assert bool(each.note_zh) == bool(each.note_en)


def test_official_is_what_an_official_text_prints() -> None:
    printed = {"GACC22", "GACC18", "WX", "ANTOM", "PDD"}
    for each in exactly(349, (*errors(), *statuses())):
        assert (each.standing == "official") == bool({*each.sources} & printed), each.code


def shares_code(meaning: Meaning, code: str) -> bool:
    """True if a meaning has a code, or is a range that holds it."""
    if code.casefold() in (each.casefold() for each in meaning.codes):
        return True
    return meaning in coded(code)


def test_an_entry_is_found_by_its_code_and_no_other_code_is() -> None:
    for entry in some(each for each in errors() if each.codes):
        for code in some(entry.codes):
            found = list(meanings_of(*customs.explain(code)))
            assert entry in found
            assert all(shares_code(each, code) for each in found)


@pytest.mark.parametrize("entry", [each for each in errors() if each.texts], ids=lambda entry: entry.texts[0])
@pytest.mark.long
def test_an_entry_is_found_by_its_text_and_nothing_outside_the_set_is(entry: Meaning) -> None:
    for text in some(entry.texts):
        said = text.removeprefix("=").replace("…", "X")
        sharing = {each for each in errors() if key_of(text) in keys_of(each)}
        found = list(meanings_of(*customs.explain(said)))
        assert entry in found, text
        assert {*found} <= sharing
        for receipt in entry.receipts or ("",):
            for code in entry.codes or ("",):
                direction = None if entry.direction == "both" else entry.direction
                narrowed = list(meanings_of(*customs.explain(said, code=code, direction=direction, receipt=receipt)))
                assert entry in narrowed
                assert {*narrowed} <= sharing
                assert {*narrowed} <= {each for each in errors() if not code or shares_code(each, code)}


def test_an_entry_is_found_by_its_text_as_quoted_in_the_facts(facts: Path) -> None:
    theirs = zip(told(facts)["errors"], errors(), strict=True)
    for text, entry in exactly(305, ((text, entry) for fact, entry in theirs for text in quoted(fact))):
        found = list(meanings_of(*customs.explain(text)))
        assert entry in found, text
        assert {*found} <= {each for each in errors() if key_of(text) in keys_of(each)}


def test_who_has_to_act_is_the_one_who_declares_the_document() -> None:
    of_family = {each.family: each.party for each in errors() if each.action is Action.FIX_RESUBMIT}
    assert of_family["order"] is Party.PLATFORM
    assert of_family["payment"] is Party.PAYER
    assert of_family["waybill"] is Party.CARRIER
    assert of_family["declaration-list"] is Party.DECLARANT
