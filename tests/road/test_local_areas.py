"""The road through areas with formats of their own: ``area=`` changes, and nothing else for its caller."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import customs
from customs import areas
from customs.areas import Area, SettingsError, UnknownAreaError, registry
from customs.declaration import Declaration
from customs.road import AreaFindings
from customs.tax import Rates, from_rows
from customs.testing import sample_parcels
from customs.testing.areas import parcel_for, sample_area
from customs.testing.parcels import Mode
from support import MORNING, SINGLES_DAY

#: Every area that has messages of its own for the documents of a parcel.
LOCAL = [name for name in areas.names() if any(each.with_a_parcel for each in areas.find(name).messages)]


def day_of(name: str) -> date:
    """The last day on which the area's format is in force, or Singles' Day."""
    return min(areas.find(name).valid_to or SINGLES_DAY, SINGLES_DAY)


def parcels_for(name: str, count: int = 3, mode: Mode = "1210") -> list[Declaration]:
    """Parcels whose prices and taxes are left to the law of any day."""
    return [parcel_for(each, areas.find(name)) for each in sample_parcels(count, seed=5, mode=mode)]


def walked(
    parcels: list[Declaration], area: Area | str, on: date = SINGLES_DAY, **more: Any
) -> tuple[list[customs.Prepared], list[customs.Outgoing]]:
    """Parcels and messages in the order in which they come."""
    guids = customs.seeded_guids(1)
    more.setdefault("rates", rates_of_old(parcels) if on.year < 2026 else None)
    run = customs.Run(area=area, on=on, clock=customs.fixed_clock(MORNING), guids=guids, **more)
    batches = list(run.prepare_many(parcels))
    return [each for batch in batches for each in batch.parcels], [each for batch in batches for each in batch.messages]


def rates_of_old(parcels: list[Declaration]) -> Rates:
    """A fictitious table for years before the shipped one: VAT in full, no consumption tax."""
    lines = {line.hs_code: line for parcel in parcels for line in parcel.order.lines}
    return from_rows(
        {
            "hs_code": code,
            "name": "test",
            "legal_unit1": line.legal_unit1,
            "legal_unit2": line.legal_unit2,
            "vat": "standard",
            "consumption": "",
            "valid_from": first,
            "valid_to": last,
            "as_of": "2026-01-01",
            "source": "fictitious",
            "mfn": "0",
            "postal": "1",
        }
        for code, line in lines.items()
        for first, last in (("2012-01-01", "2016-04-07"), ("2016-04-08", ""))
    )


def codes(findings: Iterable[customs.Finding]) -> set[str]:
    return {each.code for each in findings if each.severity is not customs.Severity.NOTE}


@pytest.mark.parametrize("name", LOCAL)
@pytest.mark.long
def test_a_parcel_goes_through_every_area_by_naming_it(name: str) -> None:
    parcels, messages = walked(parcels_for(name), sample_area(areas.find(name)))
    # without a key the list of the unified edition is not written
    assert {found.code for each in parcels for found in each.findings if found.is_error} <= {"list-not-signed"}
    local = [each for each in areas.find(name).messages if each.with_a_parcel]
    for message in local:
        sent = [each for each in messages if each.name == message.name and each.area == name]
        if message.when == "direct":
            assert sent == [], message.name
            continue
        assert [position for each in sent for position in each.parcels] == [1, 2, 3], message.name
        assert max(len(each.parcels) for each in sent) == min(3, message.batch), message.name
    for each in messages:
        if each.area == name and each.name in {message.name for message in local}:
            reading = areas.read_local(sample_area(areas.find(name)), each.content)
            assert len(reading.parcels) == len(each.parcels)


def test_the_unified_edition_is_the_area_of_everyone_else() -> None:
    parcels = list(sample_parcels(2, seed=5, mode="1210"))
    named, resolved = walked(parcels, "unified"), walked(parcels, areas.configure(areas.of("7908", on=SINGLES_DAY)))
    assert [each.content for each in named[1]] == [each.content for each in resolved[1]]


def test_an_area_that_nobody_knows_is_misuse() -> None:
    with pytest.raises(UnknownAreaError, match="no area is called 'atlantis'; known: bc_cbe103"):
        walked([], "atlantis")


def test_a_batch_holds_as_many_parcels_as_the_area_admits() -> None:
    _, messages = walked(parcels_for("zhejiang_jkf", 45), sample_area(areas.find("zhejiang_jkf")))
    orders = [len(each.parcels) for each in messages if each.name == "IMPORTORDER"]
    assert orders == [20, 20, 5]


@pytest.mark.long
def test_a_message_of_an_area_is_closed_by_its_bytes_too_and_no_number_is_taken_in_vain() -> None:
    parcels = parcels_for("guangzhou_kj", 100)

    def made(most: int) -> list[customs.Outgoing]:
        area = sample_area(areas.find("guangzhou_kj"))
        return walked(parcels, area, on=day_of("guangzhou_kj"), most_bytes=most)[1]

    whole, parted = made(4_000_000), made(100_000)
    assert max(len(each.content) for each in whole) > 200_000
    assert max(len(each.content) for each in parted) <= 100_000
    for name in sorted({each.name for each in whole}):
        (positions,) = [each.parcels for each in whole if each.name == name]
        assert len([each for each in parted if each.name == name]) > 1
        assert tuple(each for message in parted if message.name == name for each in message.parcels) == positions
    serials = [each.serial for each in parted]
    assert sorted(each for each in serials if each is not None) == list(range(1, len(parted) + 1))


def test_a_message_is_known_by_the_number_that_stands_in_it() -> None:
    area = sample_area(areas.find("guangzhou_kj"))
    _, messages = walked(parcels_for("guangzhou_kj", 2), area, on=day_of("guangzhou_kj"))
    for each in messages:
        assert areas.read_local(area, each.content).texts["Head/MessageID"] == each.id
        assert each.id.startswith(f"{each.name}_")
        assert each.file_name == f"{each.id}.xml"
    assert len({each.id for each in messages}) == len(messages)
    assert {each.id == each.guid for each in walked(parcels_for("unified"), "unified")[1]} == {True}


def test_a_message_of_several_documents_has_the_keys_of_the_first() -> None:
    parcels, messages = walked(parcels_for("ningbo_kjb2c", 1), sample_area(areas.find("ningbo_kjb2c")))
    (made,) = messages
    assert len(made.documents) > 1
    assert made.documents[0] == "order"
    assert parcels[0].declaration is not None
    assert [parcels[0].declaration.order.order_no == key["order_no"] for key in made.keys] == [True]


def test_parcels_that_differ_in_what_a_message_says_once_go_into_different_messages() -> None:
    parcels = parcels_for("guangzhou_kj", 4)
    elsewhere = [
        each.model_copy(
            update={"clearance": each.clearance.model_copy(update={"customs_code": "5141", "port_code": "5141"})}
        )
        for each in parcels[1::2]
    ]
    mixed = [parcels[0], elsewhere[0], parcels[2], elsewhere[1]]
    _, messages = walked(mixed, sample_area(areas.find("guangzhou_kj")), on=day_of("guangzhou_kj"))
    orders = [each for each in messages if each.name == "KJ881111"]
    assert sorted(each.parcels for each in orders) == [(1, 3), (2, 4)]


def test_what_the_area_lacks_is_an_error_and_nothing_is_written() -> None:
    (parcel,), messages = walked(parcels_for("ningbo_kjb2c", 1), "ningbo_kjb2c")
    assert parcel.refused
    assert messages == []
    assert parcel.messages == ()
    assert {"area-setting-missing", "area-company"} <= codes(parcel.findings)
    assert any("ningbo_payer" in str(each) for each in parcel.findings)


def test_a_parcel_that_the_area_refuses_never_holds_up_the_others() -> None:
    first, second, third = parcels_for("zhejiang_jkf")
    broken = second.model_copy(update={"local": None})
    parcels, messages = walked([first, broken, third], sample_area(areas.find("zhejiang_jkf")))
    assert [each.refused for each in sorted(parcels, key=lambda each: each.position)] == [False, True, False]
    assert [each.parcels for each in messages if each.name == "IMPORTORDER"] == [(1, 3)]


def test_an_area_named_on_a_day_on_which_its_format_is_not_in_force_is_doubted() -> None:
    (parcel,), messages = walked(parcels_for("guangzhou_880020", 1), sample_area(areas.find("guangzhou_880020")))
    assert codes(parcel.findings) == {"area-not-in-force"}
    assert [each.name for each in messages] == ["880020"]


@pytest.mark.parametrize("name", [name for name in LOCAL if areas.find(name).valid_to])
@pytest.mark.long
def test_a_format_of_the_past_can_be_written_on_the_days_when_it_was_in_force(name: str) -> None:
    profile = areas.find(name)
    for on in (profile.valid_from, profile.valid_to):
        assert on
        parcels, messages = walked(
            [each for each in parcels_for(name, 12) if each.order.lines[0].value < 500], sample_area(profile), on=on
        )
        errors = {found.code for each in parcels for found in each.findings if found.is_error}
        assert errors <= {"list-not-signed", "single-limit"}, name
        assert {each.name for each in messages} >= {
            each.name for each in profile.messages if each.with_a_parcel and each.when != "direct"
        }
        assert not {"area-not-in-force", "area-other-office"} & {
            found.code for each in parcels for found in each.findings
        }


def test_before_retail_import_had_a_law_there_was_no_unified_edition_either() -> None:
    (parcel,), messages = walked(list(sample_parcels(1, seed=5, mode="1210")), "unified", on=date(2015, 6, 1))
    assert codes(parcel.findings) == {"no-law"}
    assert messages == []


def test_an_office_that_the_area_does_not_serve_is_doubted_and_the_right_area_named() -> None:
    (told,) = parcels_for("zhejiang_jkf", 1)
    clearance = told.clearance.model_copy(update={"customs_code": "3105", "port_code": "3105"})
    (parcel,), messages = walked(
        [told.model_copy(update={"clearance": clearance})], sample_area(areas.find("zhejiang_jkf"))
    )
    (doubt,) = [each for each in parcel.findings if each.code == "area-other-office"]
    assert (doubt.path, doubt.severity) == ("clearance.customs_code", customs.Severity.WARNING)
    assert "ningbo_kjb2c" in doubt.advice_en
    assert messages


def test_documents_that_the_interface_does_not_carry_are_named() -> None:
    (parcel,), _ = walked(parcels_for("shanghai_shcepp", 1), sample_area(areas.find("shanghai_shcepp")))
    elsewhere = [each for each in parcel.findings if each.code == "area-elsewhere"]
    assert {each.severity for each in elsewhere} == {customs.Severity.NOTE}
    assert len(elsewhere) == len(areas.find("shanghai_shcepp").declared_elsewhere) > 0


# customs and inspection


def both(settings: Area | None = None) -> Area:
    """Guangzhou with inspection at Nansha beside it."""
    inspection = settings or sample_area(areas.find("guangzhou_nansha_ciq"))
    customs_side = sample_area(areas.find("guangzhou_kj"))
    return areas.configure(
        customs_side.profile,
        parameters=customs_side.parameters,
        companies=customs_side.companies,
        secrets=customs_side.secrets,
        serials=customs_side.serials,
        beside=[inspection],
    )


def nansha_parcels(count: int = 2) -> list[Declaration]:
    parcels = [
        parcel_for(parcel_for(each, areas.find("guangzhou_kj")), areas.find("guangzhou_nansha_ciq"))
        for each in sample_parcels(count, seed=5, mode="1210")
    ]
    return [
        each.model_copy(
            update={"clearance": each.clearance.model_copy(update={"customs_code": "5165", "port_code": "5165"})}
        )
        for each in parcels
    ]


IN_BOTH = date(2017, 11, 11)


def test_one_parcel_gives_messages_for_customs_and_for_inspection() -> None:
    parcels, messages = walked(nansha_parcels(), both(), on=IN_BOTH)
    assert not any(each.refused for each in parcels)
    assert {each.area for each in messages} == {"guangzhou_kj", "guangzhou_nansha_ciq"}
    assert [each.parcels for each in messages if each.name == "KJ881111"] == [(1, 2)]
    assert [each.parcels for each in messages if each.name == "661101"] == [(1,), (2,)]
    assert parcels[0].beside == (AreaFindings("guangzhou_nansha_ciq", ()),)


def test_what_inspection_refuses_keeps_back_its_own_messages_alone() -> None:
    inspection = areas.configure(areas.find("guangzhou_nansha_ciq"), serials=areas.counting())
    parcels, messages = walked(nansha_parcels(), both(inspection), on=IN_BOTH)
    assert not any(each.refused for each in parcels)
    assert {each.area for each in messages} == {"guangzhou_kj"}
    for parcel in parcels:
        assert {"area-company", "area-setting-missing"} & codes(parcel.beside[0].findings)
        assert not {"area-company", "area-setting-missing"} & codes(parcel.findings)


def test_a_further_area_of_the_unified_edition_to_which_no_parcel_goes_gets_no_message() -> None:
    changsha = sample_area(areas.find("changsha_ext"))
    parcels, messages = walked(parcels_for("unified"), areas.configure(areas.find("unified"), beside=[changsha]))
    assert [parcel.beside for parcel in parcels] == [()] * len(parcels), "their office is another"
    assert {each.area for each in messages} == {"unified"}


def test_what_customs_refuses_keeps_back_the_messages_of_inspection_too() -> None:
    broken = [
        each.model_copy(update={"clearance": each.clearance.model_copy(update={"entry_day": None})})
        for each in nansha_parcels()
    ]
    parcels, messages = walked(broken, both(), on=IN_BOTH)
    assert all(each.refused for each in parcels)
    assert messages == []


@pytest.mark.parametrize(
    ("on", "place"), [(date(2018, 4, 21), "5165"), (IN_BOTH, "5130")], ids=["inspection joined customs", "elsewhere"]
)
def test_inspection_is_told_only_in_its_years_and_at_its_places(on: date, place: str) -> None:
    parcels = [
        each.model_copy(
            update={"clearance": each.clearance.model_copy(update={"customs_code": place, "port_code": place})}
        )
        for each in nansha_parcels()
    ]
    prepared, messages = walked(parcels, both(), on=on)
    assert {each.area for each in messages} == {"guangzhou_kj"}
    assert [each.beside for each in prepared] == [(), ()]
    assert all("area-not-here" in {found.code for found in each.findings} for each in prepared)


def test_whoever_forgets_inspection_is_told() -> None:
    forgetful = sample_area(areas.find("guangzhou_kj"))
    alone = areas.configure(
        forgetful.profile, parameters=forgetful.parameters, companies=forgetful.companies, serials=forgetful.serials
    )
    parcels, _ = walked(nansha_parcels(1), alone, on=IN_BOTH)
    assert "area-beside" in {each.code for each in parcels[0].findings}
    after_inspection_joined_customs, _ = walked(nansha_parcels(1), alone, on=date(2018, 4, 21))
    assert "area-beside" not in {each.code for each in after_inspection_joined_customs[0].findings}


def test_a_parcel_goes_to_the_local_platform_and_in_the_unified_edition_at_once() -> None:
    local = sample_area(areas.find("zhejiang_jkf"))
    both_ways = areas.configure(
        local.profile,
        parameters={**local.parameters, "ceb_flag": "02"},
        companies=local.companies,
        serials=local.serials,
        beside=[areas.configure(areas.find("unified"))],
    )
    parcels, messages = walked(parcels_for("zhejiang_jkf", 21), both_ways)
    assert not any(each.refused for each in parcels)
    sent = [(each.area, each.name, len(each.parcels)) for each in messages if "order" in each.documents]
    assert sorted(sent) == [
        ("unified", "CEB311", 21),
        ("zhejiang_jkf", "IMPORTORDER", 1),
        ("zhejiang_jkf", "IMPORTORDER", 20),
    ]
    # without a key the unified list is kept back, the local one is not
    assert [each.code for each in parcels[0].beside[0].findings if each.is_error] == ["list-not-signed"]
    assert {each.area for each in messages if each.documents == ("declaration_list",)} == {"zhejiang_jkf"}
    assert "area-elsewhere" not in {each.code for each in parcels[0].findings}


# local facts


def test_local_facts_are_given_as_texts_and_judged_by_their_kind() -> None:
    told = json.loads(parcels_for("zhejiang_jkf", 1)[0].model_dump_json(exclude_none=True))
    told["local"]["ordered_at"] = "yesterday"
    (parcel,), messages = walked([told], sample_area(areas.find("zhejiang_jkf")))
    assert ("area-fact-form", "local.ordered_at") in {(each.code, each.path) for each in parcel.findings}
    assert messages == []


def test_facts_for_another_area_do_no_harm() -> None:
    (told,) = parcels_for("ningbo_kjb2c", 1)
    more = told.model_copy(update={"local": {**(told.local or {}), "a_fact_of_another_area": "示例"}})
    (parcel,), messages = walked([more], sample_area(areas.find("ningbo_kjb2c")))
    assert not parcel.refused
    assert len(messages) == 1


def test_a_local_fact_that_no_area_knows_is_a_slip_of_its_name() -> None:
    (told,) = parcels_for("zhejiang_jkf", 1)
    line = told.order.lines[0].model_copy(update={"local": {"inspecton_no": "1"}})
    slips = told.model_copy(
        update={
            "local": {**(told.local or {}), "sender_nam": "示例"},
            "order": told.order.model_copy(update={"lines": (line, *told.order.lines[1:])}),
        }
    )
    (parcel,), _ = walked([slips], sample_area(areas.find("zhejiang_jkf")))
    found = {each.path: each.en for each in parcel.findings if each.code == "area-fact-unknown"}
    assert found.keys() == {"local.sender_nam", "order.lines[0].local.inspecton_no"}
    assert "the nearest is sender_name" in found["local.sender_nam"]
    assert "the nearest is inspection_no" in found["order.lines[0].local.inspecton_no"]


@pytest.mark.parametrize(
    ("fact", "text", "allowed"),
    [
        ("authorised", "yes", "one of 1, 0"),
        ("sender_country", "CN", "one of 101, 102"),
        ("ordered_at", "2026-11-11", "a time as YYYYMMDDhhmmss"),
    ],
)
def test_a_local_fact_that_is_not_as_it_has_to_be_says_what_is_allowed_and_nothing_else(
    fact: str, text: str, allowed: str
) -> None:
    (told,) = parcels_for("zhejiang_jkf", 1)
    wrong = told.model_copy(update={"local": {**(told.local or {}), fact: text}})
    (parcel,), messages = walked([wrong], sample_area(areas.find("zhejiang_jkf")))
    (error,) = [each for each in parcel.findings if each.is_error]
    assert (error.code, error.path) == ("area-fact-form", f"local.{fact}")
    assert allowed in error.advice_en
    assert text not in str(error)
    assert messages == []


def test_what_is_missing_is_told_with_what_it_has_to_be() -> None:
    (told,) = parcels_for("zhejiang_jkf", 1)
    without = {name: text for name, text in (told.local or {}).items() if name not in ("ordered_at", "sender_name")}
    (parcel,), _ = walked([told.model_copy(update={"local": without})], sample_area(areas.find("zhejiang_jkf")))
    missing = {each.path: each.advice_en for each in parcel.findings if each.code == "area-field-missing"}
    assert missing["local.ordered_at"] == "Give it: a time as YYYYMMDDhhmmss, in China Standard Time."
    assert missing["local.sender_name"] in (
        "Give it: a text of at most 20 characters.",
        "Give it: a text of at most 200 characters.",
    )


def every_text(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from every_text(each)


def test_local_facts_are_never_shown() -> None:
    (told,) = parcels_for("zhejiang_jkf", 1)
    secret = told.model_copy(update={"local": {**(told.local or {}), "sender_name": "不可示人"}})
    (parcel,), (*messages, _) = walked([secret], sample_area(areas.find("zhejiang_jkf")))
    assert any("不可示人".encode() in each.content for each in messages)
    shown = f"{parcel!r} {messages!r} {secret!r} {[str(each) for each in parcel.findings]}"
    assert "不可示人" not in shown


# settings


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"parameters": {"colour": "blue"}}, "ningbo_kjb2c has no parameter 'colour'; it has user_id"),
        ({"secrets": {"key": "x"}}, "ningbo_kjb2c has no secret 'key'; it has password"),
        ({"companies": {"C": {"guangzhou": "1"}}}, "ningbo_kjb2c has no numbering 'guangzhou'; it has "),
        (
            {"companies": {"C": {"ningbo_payer": "zwei"}}},
            "companies.C.ningbo_payer: 'zwei' is no number of the numbering ningbo_payer",
        ),
        ({"parameters": {"user_id": 5}}, "parameters.user_id: has to be text"),
    ],
    ids=["parameter", "secret", "numbering", "number", "type"],
)
def test_settings_that_the_area_does_not_have_are_refused_at_once(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError) as refused:
        areas.configure(areas.find("ningbo_kjb2c"), **settings)
    assert words in str(refused.value)


def test_an_area_stands_once_in_a_declaration() -> None:
    zhejiang, unified, nansha = (
        sample_area(areas.find(name)) for name in ("zhejiang_jkf", "unified", "guangzhou_nansha_ciq")
    )
    with pytest.raises(SettingsError, match="beside: zhejiang_jkf appears twice"):
        areas.configure(zhejiang.profile, beside=[zhejiang])
    with pytest.raises(SettingsError, match="beside: guangzhou_nansha_ciq appears twice"):
        areas.configure(zhejiang.profile, beside=[nansha, nansha])
    with pytest.raises(SettingsError, match="beside: unified has areas beside it as well"):
        areas.configure(zhejiang.profile, beside=[areas.configure(unified.profile, beside=[nansha])])


@pytest.mark.parametrize(
    "settings", ['{"parameters": {"user_id": "a\\u0000b"}}', '{"companies": {"C": {"ningbo_ent": "1\\u0007"}}}']
)
def test_no_setting_holds_what_no_message_can_hold(settings: str) -> None:
    with pytest.raises(SettingsError):
        areas.configure(areas.find("ningbo_kjb2c"), **json.loads(settings))


def test_a_serial_number_is_taken_once_for_each_message_that_holds_one_and_for_no_other() -> None:
    def taken(name: str) -> tuple[int, int]:
        numbers: list[int] = []

        def serial() -> int:
            numbers.append(len(numbers) + 1)
            return len(numbers)

        area = sample_area(areas.find(name))
        area = areas.configure(area.profile, parameters=area.parameters, companies=area.companies, serials=serial)
        _, messages = walked(parcels_for(name, 1), area)
        return len(numbers), len(messages)

    assert taken("guangzhou_kj") == (4, 4)
    assert taken("guangzhou") == (0, 3)  # the number stands in the envelope, which is not made without secrets
    assert taken("zhejiang_jkf") == (0, 3)


@pytest.mark.parametrize(
    "content", [b"\xff = 1", b"[" * 5000, b"serial = " + b"9" * 5000, b'[secrets]\npassword = "hush']
)
def test_settings_that_cannot_be_read_are_refused_and_nothing_of_them_is_kept(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "settings.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"settings\.toml") as refused:
        areas.load_settings(tmp_path / "settings.toml", areas.find)
    assert refused.value.__context__ is None
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    "line", ["serial = true", "serial = -1", 'serial = "1"', 'secrets.password = { file = "a\\u0000b" }']
)
def test_settings_of_another_kind_are_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "settings.toml").write_text(f'area = "ningbo_kjb2c"\n{line}\n')
    with pytest.raises(SettingsError):
        areas.load_settings(tmp_path / "settings.toml", areas.find)


def test_the_first_serial_number_may_be_zero(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('area = "guangzhou_kj"\nserial = 0\n')
    area = areas.load_settings(tmp_path / "settings.toml", areas.find)
    assert area.serials is not None
    assert [area.serials(), area.serials()] == [0, 1]


def test_two_areas_that_name_each_other_beside_are_both_there() -> None:
    one, other = (areas.find(name) for name in ("zhejiang_jkf", "jiangxi_jkf"))
    both = [one.model_copy(update={"beside": (other.name,)}), other.model_copy(update={"beside": (one.name,)})]
    assert {each.name for each in registry._alone(both)} == {one.name, other.name}
    assert [each.name for each in registry._alone([both[0], other])] == [one.name]


def test_a_parameter_has_one_of_its_values_where_they_are_known() -> None:
    with pytest.raises(SettingsError, match=r"parameters\.ceb_flag: has to be one of 01, 02, 03"):
        areas.configure(areas.find("zhejiang_jkf"), parameters={"ceb_flag": "77"})
