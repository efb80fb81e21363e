"""The words of the console (控制台文字): each is there in both languages, each is used, and each that is used is there."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from customs.hub.web.catalogue import TEXT_FILES, console_texts
from customs.hub.web.roles import ConsoleRight, ConsoleRole
from customs.hub.web.rooms.case_acts import CaseDoing
from support import ROOT, some

WEB = ROOT / "src" / "customs" / "hub" / "web"

#: Keys that are put together: what they begin with, and the places in which that is done.
BEGINNINGS = (
    "role.",
    "right.",
    "colours.",
    "said.",
    "audit.action.",
    "message.",
    "parcel.call_",
    "case_tab.",
    "case_act.",
    "case_done.",
    "case_clock.",
    "case_entry.",
    "case_source.",
    "case_impact.",
    "case_urgency.",
    "case_link.",
    "ask.node.",
    "ask.stage.",
    "knowledge.part.",
    "knowledge.day.",
    "knowledge.move",
    "runs.",
    "run_outcome.",
    "quota.kind.",
    "goods.state.",
    "goods.kind.",
    "goods.cause_kind.",
    "goods.move.",
    "bills.is.",
    "books.verdict.",
    "settle.file.",
    "settle.file_kind.",
    "settle.provider_lead.",
    "settle.company_name.",
    "settle.outcome.",
    "settle.tab.",
    "settle.standing.",
    "settle.code.",
    "settle.rows_",
    "settle.sum_",
    "parcel.source.",
    "oidc.fault.",
)


def sources() -> list[Path]:
    return some([*WEB.rglob("*.py"), *WEB.rglob("*.html")])


def written() -> str:
    return "\n".join(each.read_text(encoding="utf-8") for each in sources())


def test_every_file_of_texts_is_read() -> None:
    assert {each.stem for each in (WEB / "texts").glob("*.toml")} == set(TEXT_FILES)


def test_every_text_is_there_in_both_languages() -> None:
    for key, text in some(console_texts().items()):
        assert re.search(r"[\u4e00-\u9fff]", text.zh), key
        assert text.en, key
        assert not re.search(r"[\u4e00-\u9fff]", text.en), key
        assert (
            re.findall(r"\{(\w+)\}", text.zh)
            and sorted(re.findall(r"\{(\w+)\}", text.zh)) == sorted(re.findall(r"\{(\w+)\}", text.en))
        ) or "{" not in text.zh + text.en, key


def test_every_text_that_is_used_is_there() -> None:
    used = set(re.findall(r"(?:\bt|console_text|visit\.text|words)\(\s*\"([a-z_]+(?:\.[a-z_0-9]+)+)\"", written()))
    used = {each for each in used if not each.startswith(BEGINNINGS)}
    used |= set(re.findall(r"NavigationRow\(\"([a-z_.]+)\"", written()))
    assert len(used) > 100
    assert used - set(console_texts()) == set()


@pytest.mark.long
def test_every_text_that_is_there_is_used() -> None:
    text = written()
    parted = [f"home.{each}" for each in ("hour", "answers", "releases", "rejections")]
    unused = [
        key
        for key in console_texts()
        if not re.search(rf"[\"']{re.escape(key)}[\"']", text) and not key.startswith(BEGINNINGS) and key not in parted
    ]
    assert unused == []


def test_every_role_and_right_has_its_word() -> None:
    for each in some([*ConsoleRole]):
        assert f"role.{each.value}" in console_texts()
    for right in some([*ConsoleRight]):
        assert f"right.{right.value}" in console_texts()


#: What enters an act of a name that it is given, and the place of that name among what it is given.
ENTERING = {
    "AuditEntry": None,
    "ActDone": None,
    "saying": 0,
    "_said": 0,
    "_entered": 1,
    "_entry": 0,
    "_done": 2,
    "_refused": 2,
}

#: Names that are put together: how they begin, and what may follow.
PUT_TOGETHER: Mapping[str, Sequence[str]] = {"case_": list(CaseDoing), "message_": ["retry", "hold", "release"]}


def acts_entered() -> Iterator[str]:
    """Every act that the code enters into the audit, by the names in its calls."""
    cli = ROOT / "src/customs/cli/hub_people.py"
    for path in some([*WEB.rglob("*.py"), cli]):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in (each for each in ast.walk(tree) if isinstance(each, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name not in ENTERING or (name == "AuditEntry" and not call.keywords[0].arg):
                continue
            place = ENTERING[name]
            given = [each.value for each in call.keywords if each.arg == "action"]
            given += call.args[place : place + 1] if place is not None else []
            for value in [part for each in given for part in ast.walk(each)]:
                if isinstance(value, ast.JoinedStr) and isinstance(value.values[0], ast.Constant):
                    begins = str(value.values[0].value)
                    yield from (f"{begins}{each}" for each in PUT_TOGETHER[begins])
                elif isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield from () if value.value in PUT_TOGETHER else (value.value,)


def test_every_act_has_its_word_in_the_audit_and_every_word_its_act() -> None:
    words = {key.removeprefix("audit.action.") for key in console_texts() if key.startswith("audit.action.")}
    acts = set(acts_entered())
    assert acts - words == set(), "an act without its word: the page of the audit could not be shown"
    assert words - acts == set(), "a word that no act has"
