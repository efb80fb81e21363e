"""Checks of areas: what a parcel lacks, what does not fit and which rule is broken is found before anything is
written.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from customs import areas
from customs.areas import Area, AreaProfile, ProfileError, check_message, check_parcel
from customs.areas.messages.checks import checks_of
from customs.areas.messages.compiled_fields import Column, columns_of, section_of
from customs.areas.messages.conditions import condition, goes_into
from customs.areas.messages.parcel_facts import NO_LINE, NO_PARCEL, LineFacts, MessageFacts, ParcelFacts
from customs.areas.profile.conversions import CodeError, codes_of
from customs.areas.profile.facts import fact_named
from customs.areas.profile.fields import FieldSpec, LocalMessage
from customs.areas.profile.loading import load_text
from customs.areas.profile.rules import Rule
from customs.areas.registry import find
from customs.rules import Finding
from support import some
from support.area_parcels import MESSAGES, area_of, copied, every_area, every_message, holder, parcels_of, written
from support.small_profiles import GOOD, TINY

MISSING, USUAL, EMPTY, LONG, PLACES = (
    "area-field-missing", "area-field-usual", "area-field-empty", "area-field-too-long", "area-field-places",
)  # fmt: skip
CODE, COMPANY, SETTING, RULE, DOUBT = (
    "area-code",
    "area-company",
    "area-setting-missing",
    "area-rule",
    "area-rule-doubtful",
)


# -- fields: what a parcel lacks


def cases_of(name: str) -> Iterator[ParcelFacts]:
    """A bonded parcel and one of direct mail, each new and as a change."""
    for at in (0, 6):
        for app_type in ("1", "2"):
            facts = copied(parcels_of(name)[at])
            facts.parcel["app_type"] = app_type
            yield facts


def given_by_a_parcel(area: Area, message: LocalMessage) -> Iterator[Column]:
    for column in columns_of(area, message):
        if column.fact and column.spec.from_ and column.fact.section not in ("parameter", "message", "step"):
            yield column


def set_to(facts: ParcelFacts, name: str, value: Any, profile: AreaProfile) -> None:
    """A fact of the parcel, or of each of its lines."""
    found = fact_named(name, profile)
    if found.name.shared:
        return  # a setting is no fact of a parcel
    for line in facts.lines if found.of_line else [NO_LINE]:
        holder(found, facts, line)[found.field] = value


def applies(area: Area, name: str | None, facts: ParcelFacts, line: LineFacts) -> bool:
    return name is None or condition(area.profile, name)(facts, line, MessageFacts(parameter=area.parameter_texts))


def places_of(column: Column, facts: ParcelFacts) -> list[tuple[str, LineFacts]]:
    """Where a field is said to be wrong: a path, or one for each line."""
    assert column.fact
    path = column.fact.path or column.fact.name
    if column.level != "line":
        return [(path, NO_LINE)]
    if column.fact.of_line:
        below = f".{column.fact.path}" if column.fact.path else ""
        return [(f"order.lines[{at}]{below}", line) for at, line in enumerate(facts.lines)]
    return [(column.fact.path or f"order.lines[{at}]", line) for at, line in enumerate(facts.lines)]


def places_that_may_be_filled(area: Area, column: Column, facts: ParcelFacts) -> list[str]:
    empty = column.spec.empty_when
    return [path for path, line in places_of(column, facts) if empty is None or not applies(area, empty, facts, line)]


def about(findings: list[Finding], message: LocalMessage, spec: FieldSpec, *codes: str) -> list[tuple[str, str, bool]]:
    """The findings of a field by its label and name, in both languages: code, path, whether it is an error."""
    label = f"{spec.zh} {spec.name}".strip()
    return [
        (each.code, each.path, each.is_error)
        for each in findings
        if (not codes or each.code in codes)
        and re.search(rf"(?<![\w]){re.escape(label)}(?![\w])", each.en)
        and re.search(rf"(?<![\w]){re.escape(label)}(?![\w])", each.zh.replace("，", " , "))
        and message.name in each.en
    ]


def length_of(column: Column) -> int | None:
    """The characters that a field takes, None where it holds no free text."""
    spec = column.spec
    free = column.fact is not None and column.fact.kind == "text" and not spec.code_map and not spec.numbering
    return min(filter(None, (spec.most, spec.pad)), default=None) if free else None


def places_taken(column: Column) -> int | None:
    """The decimal places that a field takes, None where nothing says how many."""
    return column.spec.places if column.spec.places is not None else column.spec.scale


def is_decimal(column: Column) -> bool:
    return column.fact is not None and column.fact.kind == "decimal"


def messages_with(fits: Callable[[Column], bool]) -> pytest.MarkDecorator:
    """The messages with a field of some kind."""
    found = [
        (name, message)
        for name, message in MESSAGES
        if any(fits(each) for each in given_by_a_parcel(area_of(name), area_of(name).profile.message(message)))
    ]
    return pytest.mark.parametrize(("name", "message_name"), some(found))


@every_message
@pytest.mark.long
def test_a_field_that_is_left_out_is_an_error_where_a_table_demands_it_and_a_warning_where_it_is_only_seen(
    name: str, message_name: str
) -> None:
    area = area_of(name)
    message = area.profile.message(message_name)
    told = 0
    for facts in cases_of(name):
        for column in given_by_a_parcel(area, message):
            spec, left_out = column.spec, copied(facts)
            for each in filter(None, (spec.from_, spec.or_)):
                set_to(left_out, each, None, area.profile)
            expected = [
                (MISSING if spec.need == "required" else USUAL, path, spec.need == "required")
                for path, line in places_of(column, left_out)
                if spec.need in ("required", "observed")
                and spec.default is None
                and applies(area, spec.when, left_out, line)
            ]
            found = about(check_message(area, message, left_out), message, spec)
            assert set(expected) <= set(found), (column.path, expected, found)
            twins = [
                each.spec for each in columns_of(area, message) if each.spec.name == spec.name and each.spec is not spec
            ]
            if not twins:
                assert sorted(found) == sorted(expected), column.path
            told += len(expected)
    assert told or all(each.spec.need in ("optional", "unknown") for each in given_by_a_parcel(area, message))


@messages_with(lambda column: column.spec.empty_when is not None)
def test_a_field_that_is_given_where_it_has_to_be_empty_is_an_error(name: str, message_name: str) -> None:
    area = area_of(name)
    message = area.profile.message(message_name)
    for facts in some(cases_of(name)):
        for column in some(each for each in given_by_a_parcel(area, message) if each.spec.empty_when is not None):
            assert column.fact
            assert column.fact.kind == "text"
            assert column.spec.from_
            given = copied(facts)
            set_to(given, column.spec.from_, "A1", area.profile)
            places = [
                (path, applies(area, column.spec.empty_when, given, line)) for path, line in places_of(column, given)
            ]
            found = about(check_message(area, message, given), message, column.spec)
            assert found == [(EMPTY, path, True) for path, empty in places if empty]


def test_fields_that_have_to_be_empty_are_seen_empty_and_given() -> None:
    """The test above says something: a shipped profile has such fields, under conditions that hold and do not."""
    area = area_of("guangzhou_kj")
    column = next(each for each in columns_of(area, area.profile.message("KJ881110")) if each.spec.name == "preNo")
    assert {applies(area, column.spec.empty_when, facts, NO_LINE) for facts in cases_of("guangzhou_kj")} == {
        True,
        False,
    }


def as_long_as(length: int, column: Column) -> str:
    """A Chinese text that counts as so many characters in a field."""
    return "示" * (length // 2) + "x" * (length % 2) if column.double_width else "示" * length


@messages_with(lambda column: length_of(column) is not None)
@pytest.mark.long
def test_a_text_is_taken_to_its_full_length_and_not_one_character_further(name: str, message_name: str) -> None:
    area = area_of(name)
    message = area.profile.message(message_name)
    for column in some(each for each in given_by_a_parcel(area, message) if length_of(each) is not None):
        spec, most = column.spec, length_of(column)
        assert most
        for length, wrong in ((most, False), (most + 1, True)):
            for facts in some(cases_of(name)):
                assert spec.from_
                set_to(facts, spec.from_, as_long_as(length, column), area.profile)
                places = places_that_may_be_filled(area, column, facts)
                found = about(check_message(area, message, facts), message, spec, LONG)
                assert set(found) >= {(LONG, path, True) for path in places if wrong}, column.path
                if not wrong and not any(
                    each.spec.name == spec.name and each.spec is not spec for each in columns_of(area, message)
                ):
                    assert not found


def can_be_given(column: Column, value: Decimal) -> bool:
    """Whether a parcel can hold such a value: 19 digits with 5 places in the standard, 19 and 5 places as a local
    fact.
    """
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    local = column.fact is not None and column.fact.section in ("local", "goods")
    return exponent >= -5 and len(digits) <= (19 - exponent if local else 19)


def areas_with(fits: Callable[[AreaProfile], bool]) -> pytest.MarkDecorator:
    """The areas of some kind."""
    return pytest.mark.parametrize("name", some(name for name in areas.names() if fits(find(name))))


def decimals_of(area: Area, message: LocalMessage) -> Iterator[Column]:
    return (each for each in given_by_a_parcel(area, message) if each.fact and each.fact.kind == "decimal")


@messages_with(lambda column: is_decimal(column) and places_taken(column) is not None)
def test_too_many_places_are_an_error_and_never_rounded(name: str, message_name: str) -> None:
    area = area_of(name)
    message = area.profile.message(message_name)
    checked = 0
    for column in decimals_of(area, message):
        spec, scale = column.spec, places_taken(column)
        factor = spec.factor or Decimal(1)
        for places, wrong in ((scale, False), (scale + 1, True)) if scale is not None else ():
            value = (7 + Decimal(3).scaleb(-places)) / factor
            if not can_be_given(column, value):
                continue
            checked += 1
            facts = copied(parcels_of(name)[0])
            assert spec.from_
            set_to(facts, spec.from_, value, area.profile)
            found = about(check_message(area, message, facts), message, spec, PLACES)
            assert set(found) == ({(PLACES, path, True) for path, _ in places_of(column, facts)} if wrong else set()), (
                column.path
            )
            if not wrong:
                assert Decimal(column.write(value)) == value * factor
    assert checked


@messages_with(lambda column: is_decimal(column) and column.spec.digits is not None)
def test_too_many_digits_are_an_error(name: str, message_name: str) -> None:
    area = area_of(name)
    message = area.profile.message(message_name)
    checked = 0
    for column in decimals_of(area, message):
        digits = column.spec.digits
        for count, wrong in ((digits, False), (digits + 1, True)) if digits is not None else ():
            whole = count - (column.spec.places or 0)
            value = Decimal("9" * min(whole, 19) + "." + "9" * max(0, whole - 19))
            if not can_be_given(column, value):
                continue
            checked += 1
            facts = copied(parcels_of(name)[0])
            assert column.spec.from_
            set_to(facts, column.spec.from_, value, area.profile)
            found = about(check_message(area, message, facts), message, column.spec, LONG)
            assert set(found) == ({(LONG, path, True) for path, _ in places_of(column, facts)} if wrong else set()), (
                column.path
            )
    assert checked


LIMITED = """
[[messages]]
name = "M"
zh = "报文"
en = "message"
documents = ["order"]
root = "M"
sections = [{ path = "", fields = [
  { name = "amount", zh = "金额", from = "order.freight", digits = 6, scale = 2, need = "optional" },
  { name = "grams", zh = "克", from = "waybill.gross_weight", factor = "1000", places = 0 },
  { name = "sum", zh = "合计", sum = ["order.freight", "-order.discount"], scale = 3, digits = 8 },
  { name = "wide", zh = "宽", from = "local.width", digits = 19, scale = 5, need = "optional" },
  { name = "number", zh = "号", from = "order.order_no", most = 5, pad = 4 },
] }]

[facts.width]
zh = "宽度"
en = "Width"
kind = "decimal"
"""


@pytest.mark.parametrize(
    ("section", "values", "expected"),
    [
        ("order", {"freight": Decimal("1234.56")}, []),
        ("order", {"freight": Decimal("100.00")}, []),
        ("order", {"freight": Decimal("1E+3")}, []),
        ("order", {"freight": Decimal("0.001")}, [(PLACES, "order.freight")]),
        ("order", {"freight": Decimal("12345.67")}, [(LONG, "order.freight")]),
        ("order", {"freight": None, "discount": Decimal("0.0001")}, [(PLACES, "")]),
        ("order", {"freight": None, "discount": Decimal("123456.789")}, [(LONG, "")]),
        ("waybill", {"gross_weight": Decimal("0.125")}, []),
        ("waybill", {"gross_weight": Decimal("0.1255")}, [(PLACES, "waybill.gross_weight")]),
        ("local", {"width": Decimal("99999999999999.99999")}, []),
        ("local", {"width": Decimal("9999999999999999999.9")}, [(LONG, "local.width")]),
        ("order", {"order_no": "12345"}, [(LONG, "order.order_no")]),
        ("order", {"order_no": "123456"}, [(LONG, "order.order_no")]),
        ("order", {"order_no": "1"}, []),
        ("order", {"order_no": ""}, [(MISSING, "order.order_no")]),
    ],
)
def test_places_and_digits_are_those_of_what_is_written(
    section: str, values: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    area = areas.configure(load_text(TINY.partition("[[rules]]")[0] + LIMITED, "tiny", "tiny.toml"))
    facts = plain_parcel()
    facts.order.update({"freight": Decimal(0), "discount": Decimal(0), "order_no": "A1"})
    facts.waybill["gross_weight"] = Decimal("1.5")
    facts.local["width"] = None
    section_of(section)(facts, NO_LINE, MessageFacts()).update(values)
    assert [(each.code, each.path) for each in check_parcel(area, facts)] == expected


@messages_with(lambda column: column.spec.code_map is not None)
def test_a_code_without_an_entry_is_an_error_and_is_never_written_as_it_is(name: str, message_name: str) -> None:
    area = area_of(name)
    message = area.profile.message(message_name)
    for column in some(each for each in given_by_a_parcel(area, message) if each.spec.code_map is not None):
        spec = column.spec
        facts = copied(parcels_of(name)[0])
        assert spec.from_
        set_to(facts, spec.from_, "~9", area.profile)
        found = about(check_message(area, message, facts), message, spec, CODE)
        expected = {(CODE, path, True) for path in places_that_may_be_filled(area, column, facts)}
        assert set(found) >= expected, column.path
        assert expected
        with pytest.raises(CodeError):
            written(area, message, [facts])


@messages_with(lambda column: column.spec.numbering is not None)
def test_an_enterprise_without_a_number_of_the_area_is_an_error_that_names_the_scheme(
    name: str, message_name: str
) -> None:
    known = area_of(name)
    area = replace(known, companies={})
    message = area.profile.message(message_name)
    facts = copied(parcels_of(name)[0])
    findings = check_message(area, message, facts)
    for column in some(
        each
        for each in given_by_a_parcel(area, message)
        if each.spec.numbering is not None and each.value(facts, facts.lines[0], MessageFacts())
    ):
        assert column.spec.numbering
        assert {(COMPANY, path, True) for path, _ in places_of(column, facts)} <= set(
            about(findings, message, column.spec, COMPANY)
        )
        assert any(column.spec.numbering in each.en and each.code == COMPANY for each in findings)


@areas_with(lambda profile: bool(profile.parameters and profile.messages))
@pytest.mark.long
def test_a_setting_that_is_left_out_is_an_error_that_names_it(name: str) -> None:
    known = area_of(name)
    profile = known.profile
    facts = copied(parcels_of(name)[0])
    for key, parameter in some(profile.parameters.items()):
        area = replace(known, parameters={each: text for each, text in known.parameters.items() if each != key})
        asked = [
            message.name
            for message in profile.messages
            for column in columns_of(area, message)
            if column.spec.from_ == f"parameter.{key}" and column.spec.need in ("required", "observed")
        ]
        asked += [
            message.name
            for message in profile.messages
            for template, _ in message.templates()
            if f"parameter.{key}" in template.facts
        ]
        for message in some(profile.messages):
            findings = [
                each for each in check_message(area, message, facts) if each.path == f"settings.parameters.{key}"
            ]
            if message.name in asked and parameter.need == "required" and parameter.default is None:
                assert {(each.code, each.is_error) for each in findings} == {(SETTING, True)}, key
                assert f"{parameter.zh} {key}" in findings[0].en
            else:
                assert not findings


#: How many fields of messages hold a setting whose length is limited.
LIMITED_SETTINGS = {
    "changsha_ext": 2, "guangzhou_kj": 29, "jiangxi_jkf": 6, "shanghai_shcepp": 1, "shenzhen_ceb301": 1, "shenzhen_ceb311": 1,
    "zhejiang_jkf": 9, "zhengzhou_ent": 1,
    "ceb_general_2014": 8, "dalian_insp": 1, "nanjing_njkj": 18, "tianjin_ent": 1,
}  # fmt: skip


@every_area
def test_a_setting_that_is_too_long_is_an_error(name: str) -> None:
    known = area_of(name)
    facts = copied(parcels_of(name)[0])
    limited = [
        (message, column.fact.field, column.spec.most)
        for message in known.profile.messages
        for column in columns_of(known, message)
        if column.fact and column.fact.section == "parameter" and column.spec.most and not column.spec.code_map
    ]
    for message, key, most in limited:
        area = replace(known, parameters={**known.parameters, key: "X" * (most + 1)})
        found = [each for each in check_message(area, message, facts) if each.path == f"settings.parameters.{key}"]
        assert LONG in {each.code for each in found if each.is_error}
        assert key in found[0].en
    assert len(limited) == LIMITED_SETTINGS.get(name, 0)


@areas_with(lambda profile: bool(profile.messages))
def test_a_missing_source_of_serial_numbers_is_an_error_where_messages_ask_for_one(name: str) -> None:
    known = area_of(name)
    facts = copied(parcels_of(name)[0])
    for area in (known, replace(known, serials=None)):
        told = area.serials is None and re.search(r"\{serial|\bmessage\.serial", repr(area.profile.messages))
        for message in some(area.profile.messages):
            found = [
                (each.code, each.is_error)
                for each in check_message(area, message, facts)
                if each.path == "settings.serials"
            ]
            assert found == ([(SETTING, True)] if told else [])


@pytest.mark.parametrize(("amount", "found"), [("7", []), ("7.0", []), ("700", []), ("7.5", [PLACES])])
def test_a_field_without_places_takes_whole_numbers(amount: str, found: list[str]) -> None:
    text = LIMITED.replace('digits = 6, scale = 2, need = "optional"', "scale = 0")
    area = areas.configure(load_text(TINY.partition("[[rules]]")[0] + text, "tiny", "tiny.toml"))
    message = area.profile.message("M")
    column = next(each for each in columns_of(area, message) if each.spec.name == "amount")
    facts = plain_parcel(order={"freight": Decimal(amount)}, local={"width": None})
    told = about(check_message(area, message, facts), message, column.spec, PLACES, LONG)
    assert [code for code, _, _ in told] == found


@pytest.mark.parametrize("amount", ["1", "1.5", "1.50", "1.500", "12.34000", "1E+2", "0.00000", "1234.560"])
@pytest.mark.parametrize("limits", ["scale = 2", "places = 2", "scale = 2, digits = 6", 'scale = 2, factor = "10"'])
def test_no_number_is_written_with_more_places_than_the_area_takes(limits: str, amount: str) -> None:
    text = LIMITED.replace('digits = 6, scale = 2, need = "optional"', limits)
    area = areas.configure(load_text(TINY.partition("[[rules]]")[0] + text, "tiny", "tiny.toml"))
    message = area.profile.message("M")
    column = next(each for each in columns_of(area, message) if each.spec.name == "amount")
    facts = plain_parcel(order={"freight": Decimal(amount)}, local={"width": None})
    assert about(check_message(area, message, facts), message, column.spec, PLACES, LONG) == []
    written_text = column.write(Decimal(amount))
    assert re.fullmatch(r"[0-9]+(\.[0-9]{1,2})?", written_text)
    assert Decimal(written_text) == Decimal(amount) * (column.spec.factor or 1)


# -- maps


#: How many code maps the areas have.
CODE_MAPS = {
    "beijing_ept": 1, "chongqing_dtc": 4, "guangzhou_880020": 2, "guangzhou_kj": 5, "guangzhou_nansha_ciq": 2, "jiangxi_jkf": 3,
    "ningbo_kjb2c": 2, "ningbo_kjb2c_2013": 2, "shanghai_shcepp": 1, "zhejiang_jkf": 3, "zhengzhou_airport_cbec": 4,
    "zhengzhou_ent": 9, "zhengzhou_etrade": 4, "dalian_insp": 2, "nanjing_njkj": 2, "qingdao_ent": 2, "tianjin_bh": 2,
    "tianjin_bh_api": 2, "tianjin_bh_ciq": 4, "tianjin_ent": 4,
}  # fmt: skip


@every_area
def test_a_code_that_is_written_is_read_as_one_that_is_written_alike(name: str) -> None:
    assert len(find(name).code_maps) == CODE_MAPS.get(name, 0)
    for key, mapped in find(name).code_maps.items():
        there, back = codes_of(mapped)
        assert there
        assert back
        for canonical, local in there.items():
            assert back[local] in there, (key, local)
            assert there[back[local]] == local, (key, canonical)
        for local, canonical in back.items():
            assert canonical in there, (key, local)
        if mapped.reads:
            assert all(there[canonical] in mapped.reads for canonical in mapped.reads.values())
            alike = [each for each in mapped.reads.values() if list(mapped.reads.values()).count(each) > 1]
            assert set(alike) <= set(mapped.writes), key


# -- the quick look


def alter(altered: ParcelFacts, given: list[Column], chance: Random) -> None:
    """Up to two facts get another value, most of them one that does not fit somewhere."""
    for column in chance.sample(given, min(len(given), chance.randint(0, 2))):
        assert column.fact is not None
        numbers = NUMBERS + LONGER if column.fact.section in ("local", "goods") else NUMBERS
        values: dict[str, list[Any]] = {
            "text": [None, "", "x", "长" * chance.randint(1, 300)],
            "decimal": numbers,
            "count": [None, 0, 7, 10**12],
        }
        last = altered.lines[-1]  # the lines before are as they should be
        holder(column.fact, altered, last)[column.fact.field] = chance.choice(values.get(column.fact.kind, [None]))


@every_message
@pytest.mark.long
def test_what_the_quick_look_lets_pass_nothing_stands_against(name: str, message_name: str) -> None:
    """Whatever stands in a parcel: if the quick look over the plain fields finds it clear, their checks find nothing
    either.
    """
    area, chance = area_of(name), Random(message_name)  # noqa: S311  for the choice of fields
    message = area.profile.message(message_name)
    checks, given = checks_of(area, message), list(given_by_a_parcel(area, message))
    seen, settings = set[bool](), MessageFacts(parameter=area.parameter_texts)
    for facts in cases_of(name):
        facts = replace(facts, malformed=())
        for _ in range(40):
            altered = copied(facts)
            alter(altered, given, chance)
            found = [finding for check in checks.plain for finding in check(altered, settings)]
            clear = checks.clear(altered, settings)
            assert not (clear and found), found
            assert found == [each for check in checks.suspects(altered, settings) for each in check(altered, settings)]
            every = [finding for check in checks.checks for finding in check(altered, settings)]
            assert checks.findings(altered, settings) == every
            seen.add(clear)
    assert (
        False in seen
        or not checks.plain
        or not any(each.spec.need in ("required", "observed") or each.spec.most for each in given)
    )


@every_area
@pytest.mark.long
def test_one_look_for_all_messages_finds_what_their_checks_find_one_after_the_other(name: str) -> None:
    area, chance = area_of(name), Random(name)  # noqa: S311  for the choice of fields
    settings = MessageFacts(parameter=area.parameter_texts)
    messages = [each for each in area.profile.messages if each.with_a_parcel]
    always = [each for each in messages if each.when is None]
    sometimes = [each for each in messages if each.when is not None]
    given = [column for each in messages for column in given_by_a_parcel(area, each)]
    for facts in some(cases_of(name)):
        facts = replace(facts, malformed=(), unknown=())
        for _ in range(40):
            altered = copied(facts)
            alter(altered, given, chance)
            expected = dict.fromkeys(
                finding
                for each in (*always, *(each for each in sometimes if goes_into(area.profile, each, altered)))
                for check in checks_of(area, each).checks
                for finding in check(altered, settings)
            )
            assert [each for each in check_parcel(area, altered) if each.code not in (RULE, DOUBT)] == list(expected)


#: Numbers up to what those of the standard hold, and those that only a local fact may be.
NUMBERS: list[Decimal | None] = [
    None,
    *map(Decimal, ("0", "0.1", "1E+3", "1.12345", "1234567890123456789", "99999999999999.99999")),
]
LONGER: list[Decimal | None] = [Decimal("1.123456"), Decimal("12345678901234567890")]


def test_a_number_that_is_longer_than_its_field_is_found() -> None:
    field = '{ name = "freight", zh = "运费", from = "order.freight", most = 3 }'
    area = areas.configure(
        load_text(GOOD.replace('{ name = "note", zh = "备注", need = "optional" }', field), "small", "small.toml")
    )
    parcel = plain_parcel()
    parcel.order["freight"] = Decimal("1234")
    found = check_message(area, area.profile.message("A1"), parcel)
    assert [each.code for each in found if each.path == "order.freight"] == [LONG]


def test_what_is_added_up_in_a_batch_has_no_more_places_than_the_sum() -> None:
    area = area_of("guangzhou_kj")
    parcel = copied(parcels_of("guangzhou_kj")[0])
    parcel.order["goods_value"] = Decimal("9.99999")  # the order takes five places, the total four
    found = [each for each in check_parcel(area, parcel) if each.code == PLACES]
    assert {each.path for each in found} >= {"order.goods_value"}
    assert any("TotalValue" in each.en for each in found)


@pytest.mark.parametrize(
    ("fact", "value", "shown"),
    [
        ("order.buyer_reg_no", "A1234", False),
        ("order.note", "贾宝玉", False),
        ("order.note", "3301021990", False),
        ("clearance.trade_mode", "0110", True),
    ],
)
def test_a_code_that_may_be_a_person_is_not_shown(fact: str, value: str, shown: bool) -> None:
    text = GOOD.replace('from = "clearance.trade_mode", code_map = "mode"', f'from = "{fact}", code_map = "mode"')
    area, parcel = areas.configure(load_text(text, "small", "small.toml")), plain_parcel()
    set_to(parcel, fact, value, area.profile)
    found = [each for each in check_message(area, area.profile.message("A1"), parcel) if each.code == CODE]
    assert len(found) == 1
    assert (value in found[0].en) is (value in found[0].zh) is shown


def test_a_local_fact_of_the_wrong_form_is_told_for_messages_on_request_too() -> None:
    area = area_of("guangzhou_kj")
    message = next(each for each in area.profile.messages if not each.with_a_parcel)
    parcel = copied(parcels_of("guangzhou_kj")[0])
    fact = next(name for name, each in area.profile.facts.items() if each.kind != "text" or each.values)
    parcel = replace(parcel, malformed=(f"local.{fact}",))
    assert f"local.{fact}" in {
        each.path for each in check_message(area, message, parcel) if each.code == "area-fact-form"
    }


# -- rules


def tiny(rule: str) -> Area:
    return areas.configure(load_text(TINY + rule, "tiny", "tiny.toml"))


def plain_parcel(**sections: dict[str, Any]) -> ParcelFacts:
    """A parcel of two lines, with some facts of its own."""
    facts = next(copied(each) for each in parcels_of("zhejiang_jkf") if len(each.lines) > 1)
    lines = tuple(
        LineFacts({**each.line, "item_no": f"A{at}", "tax": Decimal("1.50")}, {"shape": "round"})
        for at, each in enumerate(facts.lines[:2])
    )
    facts = replace(facts, lines=lines, local={"colour": "red"})
    facts.tax["due"] = Decimal("3.00")
    facts.clearance["trade_mode"] = "1210"
    facts.parcel["line_count"] = 2
    for section, values in sections.items():
        section_of(section)(facts, NO_LINE, MessageFacts()).update(values)
    return facts


def put(line: LineFacts, values: dict[str, Any]) -> None:
    """Change facts of a line; ``goods`` are its local ones."""
    line.goods.update(values.pop("goods", {}))
    line.line.update(values)


def with_line(**values: Any) -> ParcelFacts:
    facts = plain_parcel()
    put(facts.lines[1], values)
    return facts


RULES = [
    (
        'equal = [["tax.due"], ["lines:line.tax"]]',
        plain_parcel,
        lambda: plain_parcel(tax={"due": Decimal("3.01")}),
        [""],
    ),
    (
        'equal = [["-order.discount", "order.paid_amount"], ["tax.due"]]',
        lambda: plain_parcel(order={"discount": Decimal(2), "paid_amount": Decimal("5.00")}),
        lambda: plain_parcel(order={"discount": Decimal(2), "paid_amount": Decimal("1.00")}),
        ["order.discount"],
    ),
    (
        'equal = [["order.freight"], ["tax.due"]]\ntolerance = "0.01"',
        lambda: plain_parcel(order={"freight": Decimal("3.01")}),
        lambda: plain_parcel(order={"freight": Decimal("3.011")}),
        ["order.freight"],
    ),
    (
        'equal = [["order.freight"], ["tax.due"]]\ntolerance = "0.01"',
        lambda: plain_parcel(order={"freight": None}),
        lambda: plain_parcel(order={"freight": Decimal("2.98")}),
        ["order.freight"],
    ),
    (
        'at_most = { fact = "parcel.line_count", value = "2" }',
        plain_parcel,
        lambda: plain_parcel(parcel={"line_count": 3}),
        [""],
    ),
    (
        'at_most = { fact = "order.freight", value = "0.5" }',
        lambda: plain_parcel(order={"freight": None}),
        lambda: plain_parcel(order={"freight": Decimal("0.50001")}),
        ["order.freight"],
    ),
    ('distinct = "line.item_no"', plain_parcel, lambda: with_line(item_no="A0"), ["order.lines[1].item_no"]),
    (
        'distinct = "line.bar_code"',
        lambda: with_lines(bar_code=None),
        lambda: with_lines(bar_code="1"),
        ["order.lines[1].bar_code"],
    ),
    ('all_given = ["local.colour"]', plain_parcel, lambda: plain_parcel(local={"colour": None}), ["local.colour"]),
    (
        'all_given = ["goods.shape", "line.item_no"]',
        plain_parcel,
        lambda: with_line(goods={"shape": None}, item_no=""),
        ["order.lines[1].local.shape", "order.lines[1].item_no"],
    ),
    (
        'same = ["order.consignee", "order.buyer_name"]',
        lambda: plain_parcel(order={"consignee": "甲", "buyer_name": "甲"}),
        lambda: plain_parcel(order={"consignee": "甲", "buyer_name": "乙"}),
        ["order.consignee"],
    ),
    (
        'among = { fact = "clearance.customs_code", values = ["3105", "3109"] }',
        lambda: plain_parcel(clearance={"customs_code": "3109"}),
        lambda: plain_parcel(clearance={"customs_code": "3110"}),
        ["clearance.customs_code"],
    ),
    (
        'among = { fact = "line.origin_country", values = ["116"] }',
        lambda: with_lines(origin_country="116"),
        lambda: with_lines(origin_country="117"),
        ["order.lines[0].origin_country", "order.lines[1].origin_country"],
    ),
    (
        'among = { fact = "local.colour", values = ["red"] }',
        lambda: plain_parcel(local={"colour": None}),
        lambda: plain_parcel(local={"colour": "blue"}),
        ["local.colour"],
    ),
]


def with_lines(**values: Any) -> ParcelFacts:
    facts = plain_parcel()
    for line in facts.lines:
        put(line, values)
    return facts


rules = pytest.mark.parametrize(
    ("rule", "kept", "broken", "paths"),
    RULES,
    ids=[f"{at} {each[0].partition(' ')[0]}" for at, each in enumerate(RULES)],
)


@rules
def test_a_rule_holds_or_is_broken_at_a_path(
    rule: str, kept: Callable[[], ParcelFacts], broken: Callable[[], ParcelFacts], paths: list[str]
) -> None:
    assert check_parcel(tiny(rule), kept()) == []
    found = check_parcel(tiny(rule), broken())
    assert [(each.code, each.path, each.is_error) for each in found] == [(RULE, path, True) for path in paths]
    assert all("The rule" in each.en and "规则" in each.zh and "one" in each.en and "one" in each.zh for each in found)


@rules
def test_a_rule_that_is_only_a_warning_refuses_nothing(
    rule: str, kept: Callable[[], ParcelFacts], broken: Callable[[], ParcelFacts], paths: list[str]
) -> None:
    area = tiny(f'{rule}\nseverity = "warning"')
    assert check_parcel(area, kept()) == []
    assert [(each.code, each.path, each.is_error) for each in check_parcel(area, broken())] == [
        (DOUBT, path, False) for path in paths
    ]


@rules
def test_a_rule_under_a_condition_speaks_only_where_it_holds(
    rule: str, kept: Callable[[], ParcelFacts], broken: Callable[[], ParcelFacts], paths: list[str]
) -> None:
    area, direct = tiny(f'{rule}\nwhen = "bonded"'), broken()
    assert len(check_parcel(area, broken())) == len(paths)
    direct.clearance["trade_mode"] = "9610"
    assert check_parcel(area, direct) == []


@pytest.mark.parametrize("qty", ["10", "1E+1", "10.00"])
def test_numbers_are_compared_as_numbers_however_they_are_written(qty: str) -> None:
    text = (
        TINY.replace("[facts.colour]", '[conditions.ten]\nfact = "line.qty"\nis = "10"\n[facts.colour]')
        + 'all_given = ["goods.shape"]'
    )
    holds = condition(load_text(text, "tiny", "tiny.toml"), "ten")
    assert holds(NO_PARCEL, LineFacts({"qty": Decimal(qty)}), MessageFacts())
    assert not holds(NO_PARCEL, LineFacts({"qty": Decimal("10.01")}), MessageFacts())
    assert not holds(NO_PARCEL, LineFacts({"qty": None}), MessageFacts())


@pytest.mark.parametrize(("value", "there"), [(None, False), ("", False), ("0", True), ("x", True)])
def test_a_fact_is_given_where_it_holds_something(value: str | None, there: bool) -> None:
    given = '[conditions]\nwith_note = { fact = "order.note", given = true }\nwithout = { fact = "order.note", given = false }\n'
    profile = load_text(TINY.replace("[conditions]\n", given) + 'all_given = ["goods.shape"]', "tiny", "tiny.toml")
    facts = ParcelFacts(order={"note": value})
    assert condition(profile, "with_note")(facts, NO_LINE, MessageFacts()) is there
    assert condition(profile, "without")(facts, NO_LINE, MessageFacts()) is not there


def test_a_limit_is_passed_only_above_it() -> None:
    dear = '[conditions.dear]\nfact = "line.price"\nabove = "100"\n[facts.colour]'
    text = TINY.replace("[facts.colour]", dear) + 'all_given = ["goods.shape"]'
    holds = condition(load_text(text, "tiny", "tiny.toml"), "dear")
    assert [
        holds(NO_PARCEL, LineFacts({"price": value}), MessageFacts())
        for value in (Decimal("100.00"), Decimal("100.01"), None)
    ] == [
        False,
        True,
        False,
    ]


def test_a_sum_over_lines_that_differs_is_told_at_the_lines() -> None:
    parcel = plain_parcel()
    parcel.lines[0].line["tax"] = Decimal("1.51")
    assert [each.path for each in check_parcel(tiny('equal = [["lines:line.tax"], ["tax.due"]]'), parcel)] == [
        "order.lines"
    ]


def test_parcels_that_have_to_be_alike_are_so_in_a_batch_and_no_parcel_is_wrong_by_itself() -> None:
    area = tiny('same_in_batch = ["clearance.departure_country"]')
    assert check_parcel(area, plain_parcel(clearance={"departure_country": "116"})) == []
    assert check_parcel(area, plain_parcel(clearance={"departure_country": None})) == []


def kind_of(rule: Rule) -> str:
    return next(
        each
        for each in ("equal", "at_most", "distinct", "all_given", "same", "among", "same_in_batch")
        if getattr(rule, each) is not None
    )


def spoilt(facts: ParcelFacts, rule: Rule, profile: AreaProfile) -> None:
    """The parcel as the rule does not allow it."""

    def put(name: str, value: Any) -> None:
        set_to(facts, name, value, profile)

    match kind_of(rule):
        case "equal":
            assert rule.equal
            put(rule.equal[0][0].fact, Decimal("98765.43"))
        case "at_most":
            assert rule.at_most
            put(rule.at_most.fact, rule.at_most.value + 1)
        case "distinct":
            assert rule.distinct
            put(rule.distinct, "SAME")
        case "all_given":
            assert rule.all_given
            put(rule.all_given[0], None)
        case "same":
            assert rule.same
            put(rule.same[0], "one")
            put(rule.same[1], "other")
        case "among":
            assert rule.among
            put(rule.among.fact, "~")


def with_wrong_setting(area: Area, rule: Rule) -> Area:
    """The area with a setting that the rule does not allow, where it speaks of one."""
    if rule.among is None or rule.among.fact.section != "parameter":
        return area
    return replace(area, parameters={**area.parameters, rule.among.fact.field: "~"})


SHIPPED_RULES = [(name, rule.code) for name in areas.names() for rule in find(name).rules if rule.same_in_batch is None]


@pytest.mark.parametrize(("name", "code"), SHIPPED_RULES)
def test_each_rule_of_an_area_takes_one_parcel_and_refuses_another(name: str, code: str) -> None:
    area = area_of(name)
    rule = next(each for each in area.profile.rules if each.code == code)

    def said(facts: ParcelFacts, area: Area = area) -> list[Finding]:
        return [
            each
            for each in check_parcel(area, facts)
            if each.code in (RULE, DOUBT) and re.search(rf"[( ]{code}\)", each.en)
        ]

    cases = [each for each in cases_of(name) if applies(area, rule.when, each, NO_LINE)]
    assert cases, "no parcel is one that the rule speaks of"
    kept = [facts for facts in cases if not said(facts)]
    for facts in kept or cases:
        if kind_of(rule) == "distinct":
            facts = replace(facts, lines=(facts.lines[0], copied(facts).lines[0]))
        spoilt(facts, rule, area.profile)
        found = said(facts, with_wrong_setting(area, rule))
        assert found
        assert all(each.is_error is (rule.severity == "error") for each in found)
    mended = next(iter(cases_of(name)))
    if kind_of(rule) == "all_given" and not kept:
        for each in rule.all_given or ():
            set_to(mended, each, "A1", area.profile)
        assert not said(mended)
    elif kind_of(rule) == "among" and not kept:
        assert rule.among
        set_to(mended, rule.among.fact, rule.among.values[0], area.profile)
        assert not said(mended)
    else:
        assert kept, "no parcel keeps the rule"


# -- numbers of JSON

BARE = """zh = "示例"
en = "Example"
confidence = "low"
sources = ["made up"]

[[messages]]
name = "M"
zh = "报文"
en = "message"
documents = ["order"]
format = "json"
line_path = "items"

[[messages.sections]]
path = ""
fields = [
  { name = "no", zh = "号", from = "order.order_no" },
  { name = "fen", zh = "分", from = "order.goods_value", factor = "100", bare = true },
]

[[messages.sections]]
path = "items"
fields = [
  { name = "n", zh = "序", from = "line.gnum", bare = true },
  { name = "w", zh = "重", from = "goods.gross_weight", need = "optional", bare = true },
]
"""


def test_a_number_stands_bare_in_json_where_the_profile_says_so() -> None:
    area = areas.configure(load_text(BARE, "bare", "bare.toml"))
    facts = plain_parcel()
    for line in facts.lines:
        line.goods["gross_weight"] = None
    content = areas.render(area, area.profile.message("M"), [facts], time=datetime(2026, 11, 11), guid="G").content
    told = json.loads(content)
    assert told["fen"] == int(facts.order["goods_value"] * 100)
    assert [(each["n"], each["w"]) for each in told["items"]] == [(line.line["gnum"], None) for line in facts.lines]
    reading = areas.read_local(area, content)
    assert reading.parcels[0].facts["order.goods_value"] == facts.order["goods_value"]
    assert (reading.unknown, reading.conflicts) == ((), ())


@pytest.mark.parametrize("wrong", ['from = "order.order_no", bare = true', 'from = "line.qty", pad = 4, bare = true'])
def test_only_numbers_as_they_are_stand_bare(wrong: str) -> None:
    text = BARE.replace('from = "line.gnum", bare = true', wrong)
    with pytest.raises(ProfileError, match="bare: is for numbers of JSON"):
        load_text(text, "bare", "bare.toml")
