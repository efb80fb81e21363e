"""The code lists: every code that documents use is found by code, by name, by alphabetic code."""

import csv
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from customs.codes import LISTS, OPEN_LISTS, CodeEntry, code_list
from customs.documents import MESSAGES
from customs.fields import Record, Term, part_type, terms_of
from customs.fields.terms import Code, Text
from support import ROOT, exactly

PAGE = ROOT / "docs" / "codes.md"

lists = pytest.mark.parametrize("name", LISTS)


def terms_below(record: type[Record]) -> list[Term]:
    found = [inner for name in terms_of(record) if (inner := part_type(record, name))]
    return [*terms_of(record).values(), *(term for inner in found for term in terms_below(inner))]


@lists
def test_a_list_maps_each_code_to_its_entry(name: str) -> None:
    entries = code_list(name)
    assert len(entries) == len(set(entries)) > 0
    for code, entry in entries.items():
        assert entry.code == code == code.strip()
        assert entry.zh or entry.en
        assert code in entries
        assert all(each == each.strip() for each in entry.names)
        assert entry.zh not in entry.former


def test_an_unknown_code_is_in_no_list() -> None:
    assert "999" not in code_list("countries")
    assert 142 not in code_list("countries")  # type: ignore[comparison-overlap]
    with pytest.raises(KeyError):
        code_list("countries")["999"]


def test_every_table_is_a_list_and_every_list_has_its_table() -> None:
    tables = (ROOT / "src" / "customs" / "codes" / "data").glob("*.csv")
    assert {path.stem for path in tables} == LISTS.keys()


def test_every_list_that_a_field_names_exists_and_has_codes_of_that_length() -> None:
    listed = [
        term
        for kind in MESSAGES.values()
        for term in terms_below(kind)
        if isinstance(term, Code | Text) and term.listed
    ]
    assert len({term.listed for term in listed}) > 10
    for term in listed:
        assert term.listed
        for code in code_list(term.listed):
            assert len(code) == term.length if isinstance(term, Code) else len(code) <= (term.maximum or 0)


def test_only_districts_are_open_among_the_lists_that_fields_are_checked_against() -> None:
    checked = {term.listed for kind in MESSAGES.values() for term in terms_below(kind) if isinstance(term, Code | Text)}
    assert checked & OPEN_LISTS == {"districts"}


@lists
def test_an_entry_is_found_by_each_of_its_names(name: str) -> None:
    entries = code_list(name)
    for entry in entries.values():
        for zh in entry.names:
            found = entries.by_name(zh)
            assert entry in found
            current = [each.zh == zh for each in found]
            assert current == sorted(current, reverse=True)
    assert entries.by_name("没有这个名称") == ()


@pytest.mark.parametrize("name", ["countries", "currencies"])
def test_an_entry_is_found_by_each_of_its_alphabetic_codes(name: str) -> None:
    entries = code_list(name)
    for entry in entries.values():
        for alpha in (entry.alpha, *(each.alpha for each in entry.also)):
            assert not alpha or entries.by_alpha(alpha) is entry
    assert entries.by_alpha("XXX") is None
    assert entries.by_alpha("") is None


def test_alphabetic_codes_lead_to_the_numbers_that_messages_carry() -> None:
    countries, currencies = code_list("countries"), code_list("currencies")
    assert {
        alpha: found.code for alpha in ("JPN", "CHN", "USA", "ZAF", "GUM") if (found := countries.by_alpha(alpha))
    } == {
        "JPN": "116",
        "CHN": "142",
        "USA": "502",
        "ZAF": "244",
        "GUM": "699",
    }
    assert {alpha: found.code for alpha in ("USD", "CNY", "EUR") if (found := currencies.by_alpha(alpha))} == {
        "USD": "502",
        "CNY": "142",
        "EUR": "300",
    }


def test_a_number_that_several_countries_share_keeps_all_their_names() -> None:
    norway = code_list("countries")["326"]
    assert (norway.zh, [each.zh for each in norway.also]) == ("挪威", ["布维岛"])
    assert [entry.code for entry in code_list("countries").by_name("关岛")] == ["699"]
    assert sum(len(entry.also) for entry in code_list("countries").values()) == 26


@pytest.mark.parametrize(
    ("code", "now", "before"),
    [
        ("2216", "浦机综保", "沪金山办"),
        ("2232", "嘉定综保", "船监管处"),
        ("3505", "榕罗源办", "福保税区"),
    ],
)
def test_a_district_code_that_changed_its_meaning_is_found_by_either_name(code: str, now: str, before: str) -> None:
    districts = code_list("districts")
    assert districts[code].zh == now
    assert before in districts[code].former
    assert districts[code].valid_from is None
    assert "day of the change is not known" in districts[code].note
    assert districts[code] in districts.by_name(before)


def test_a_name_of_several_offices_gives_all_of_them() -> None:
    assert [entry.code for entry in code_list("districts").by_name("经开综保")] == ["3313", "4611", "4731"]


def test_each_office_belongs_to_a_district() -> None:
    districts = code_list("districts")
    levels = {code: entry.level for code, entry in districts.items()}
    assert set(levels.values()) == {"district", "site"}
    for entry in districts.values():
        assert not entry.district or levels[entry.district] == "district"
    assert districts[districts["2991"].district].zh == "杭州关区"
    assert {code for code, entry in districts.items() if entry.retired} == {"0711", "3518", "3519", "8804"}


def test_new_kinds_of_packaging_lead_to_the_digit_that_messages_carry() -> None:
    for entry in exactly(13, code_list("wrap_types_2018").values()):
        assert len(entry.code) == 2
        assert entry.older_code in code_list("wrap_types")


def test_trade_modes_have_the_day_of_their_announcement() -> None:
    exports = code_list("export_trade_modes")
    assert not exports["9710"].valid_on(date(2020, 6, 30))
    assert exports["9710"].valid_on(date(2020, 7, 1))
    assert code_list("trade_modes")["1210"].valid_from == date(2014, 8, 1)
    for name in ("trade_modes", "export_trade_modes"):
        dated = {code: entry for code, entry in code_list(name).items() if code not in ("1261", "9661")}
        for code, entry in dated.items():
            assert code_list("supervision_modes")[code].valid_from == entry.valid_from
    assert CodeEntry("1", valid_to=date(2020, 1, 1)).valid_on(date(2020, 1, 1))
    assert not CodeEntry("1", valid_to=date(2020, 1, 1)).valid_on(date(2020, 1, 2))


def test_a_code_of_unknown_day_says_so_and_invents_none() -> None:
    for code in "LG":
        entry = code_list("transport_modes")[code]
        assert "introduced in 2018" in entry.note
        assert entry.valid_from is None


def test_an_error_with_two_official_meanings_has_both() -> None:
    error = code_list("business_errors")["-621027"]
    assert [error.en, *(each.en for each in error.also)] == ["saving failed", "duplicate line number in the lines"]


def test_the_lists_hold_what_the_gathered_facts_hold(facts: Path) -> None:
    known = json.loads((facts / "ceb" / "codes.json").read_text(encoding="utf-8"))
    same = {
        "appType": "app_types",
        "orderType": "order_types",
        "idType": "id_types",
        "statisticsFlag": "declaration_kinds",
        "feeFlag": "fee_flags",
        "summaryFlag": "summary_flags",
        "itemNameFlag": "item_name_flags",
        "unit": "units",
        "subscribeStatus": "subscribe_statuses",
        "trafMode": "transport_modes",
        "wrapType": "wrap_types",
        "currency": "currencies",
        "country": "countries",
        "returnStatus": "return_statuses",
        "dxpErrorCodes": "dxp_errors",
        "businessErrorCodes": "business_errors",
    }
    for theirs, ours in same.items():
        official = {code for code, entry in code_list(ours).items() if entry.standing != "seen"}
        assert {each["code"] for each in known[theirs]["values"]} == official, ours
    in_brackets = code_list("return_info_codes")
    assert {each["code"] for each in known["returnInfoCodes"]["values"]} < set(in_brackets)
    assert {entry.standing for entry in in_brackets.values()} == {"seen"}
    for each in known["country"]["values"]:
        assert each["label_zh"] in code_list("countries")[each["code"]].names
    with (facts / "areas" / "codes" / "customs_districts.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    assert {row["code"] for row in rows} == set(code_list("districts"))
    for row in rows:
        entry = code_list("districts")[row["code"]]
        assert (entry.zh, entry.district) == (row["name"], row["district_code"])
        assert {each.strip() for each in row["other_names"].split("|")} - {"", "海关总署/全部关区"} <= set(entry.names)


def test_the_page_names_every_list_with_its_count_and_source() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name, about in exactly(28, LISTS.items()):
        count = f"{len(code_list(name)):,}"
        used_by = ", ".join(f"`{field}`" for field in about.used_by.split(", ")) if about.used_by else ""
        doubted = "doubted" if about.open else ""
        row = (
            f"| `{name}` | {about.zh} | {about.en} | {used_by} | {count} | {about.source} | {about.state} | {doubted} |"
        )
        assert row in page


def test_no_table_is_read_before_it_is_asked_for() -> None:
    code = (
        "import sys; opened = []; "
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None); "
        "import customs.codes; assert not [each for each in opened if each.endswith('.csv')], opened; "
        "customs.codes.code_list('units'); customs.codes.code_list('units'); "
        "assert len([each for each in opened if each.endswith('units.csv')]) == 1, opened"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
