"""The words of the console (控制台文字): each is there in both languages, each is used, and each that is used is there."""

import re
from pathlib import Path

from customs.hub.web.catalogue import TEXT_FILES, console_texts
from customs.hub.web.roles import ConsoleRight, ConsoleRole
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


def test_every_act_has_its_word_in_the_audit() -> None:
    acts = set(
        re.findall(
            r"(?:action=|saying\(\s*|_said\(|_done\(act, name, |_refused\(act, name, |_entry\()\"([a-z_]+)\"", written()
        )
    )
    cli = (ROOT / "src/customs/cli/hub_people.py").read_text(encoding="utf-8")
    acts |= set(re.findall(r"_entry\(\"([a-z_]+)\"", cli))
    assert len(acts) > 15
    assert {each for each in acts if f"audit.action.{each}" not in console_texts()} == set()
