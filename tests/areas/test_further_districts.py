"""What implementers trip over in the districts that were found later: families of one name, crossed names, names that
differ by case, twins for inspection, parts of other namespaces, messages of export.
"""

import json
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

import customs
from customs import ReadError, areas
from customs.areas import LocalParcel, read_local, render
from customs.areas.messages.checks import check_message
from customs.areas.messages.conditions import goes_into
from customs.areas.messages.parcel_facts import ParcelFacts
from customs.areas.profile.loading import ProfileError, load_text
from customs.areas.profile.patterns import time_reader, time_writer
from customs.testing import sample_parcels
from customs.testing.areas import parcel_for, sample_area
from customs.wire import write_document
from support import MORNING, ROOT, some
from support.area_cases import case_of, facts_on_the_way, flat
from support.area_parcels import GUID, area_of
from support.small_profiles import TINY

CASES = ROOT / "tests" / "areas" / "samples"


@pytest.fixture
def samples(facts: Path) -> Path:
    return facts / "areas" / "samples"


def written(case: str) -> bytes:
    """The message of the case of a published sample."""
    told = case_of(CASES / f"{case}.json")
    return render(
        told.area, told.profile.message(told.message), [told.facts()], time=told.clock, guid=told.guids[0]
    ).content


# ENT: a family


@pytest.mark.parametrize(("sample", "area"), [("zhengzhou_ENT311", "tianjin_ent"), ("tianjin_ENT311", "zhengzhou_ent")])
def test_an_order_of_one_dialect_shows_fields_that_the_other_does_not_know(
    samples: Path, sample: str, area: str
) -> None:
    reading = read_local(area_of(area), (samples / f"{sample}.xml").read_bytes(), message="ENT311")
    assert len(reading.unknown) > 5


def test_an_order_of_qingdao_is_no_message_of_zhengzhou_although_both_are_called_ent311(samples: Path) -> None:
    with pytest.raises(ReadError, match="no message of zhengzhou_ent"):
        read_local(area_of("zhengzhou_ent"), (samples / "qingdao_ENT311.xml").read_bytes())


def test_names_that_differ_only_by_case_are_two_fields() -> None:
    names = [spec.name for _, spec in areas.find("zhengzhou_ent").fields()]
    for one, other in (("itemNo", "itemno"), ("buyerRegNo", "buyerregno"), ("grossWeight", "grossweight")):
        assert {one, other} <= set(names)


def test_a_name_of_fifty_characters_fills_the_hundred_places_of_zhengzhou_and_one_more_does_not_fit() -> None:
    area, message = area_of("zhengzhou_ent"), areas.find("zhengzhou_ent").message("ENT311")
    for text, fits in (("示" * 50, True), ("示" * 50 + "x", False), ("x" * 100, True), ("x" * 101, False)):
        facts = case_of(CASES / "zhengzhou_ENT311.json").facts()
        facts.parties["platform_name"] = text
        found = [each for each in check_message(area, message, facts) if each.code == "area-field-too-long"]
        assert bool(found) is not fits, text
        assert fits or ("汉字计两位" in found[0].zh and "Chinese character counting as two" in found[0].en)


def test_a_setting_that_only_the_envelope_holds_is_asked_for() -> None:
    area = areas.configure(areas.find("zhengzhou_ent"))
    facts = case_of(CASES / "zhengzhou_ENT311.json").facts()
    found = {each.path for each in check_message(area, area.profile.message("ENT311"), facts) if each.is_error}
    assert {"settings.parameters.sender", "settings.parameters.receiver"} <= found


@pytest.mark.parametrize(("mode", "name"), [("1210", "ENT311"), ("9610", "ENT311_direct")], ids=["bonded", "direct"])
def test_a_parcel_of_qingdao_goes_into_the_order_of_its_mode_and_into_no_other(mode: Any, name: str) -> None:
    area = area_of("qingdao_ent")
    parcel = parcel_for(next(sample_parcels(1, seed=7, mode=mode)), area.profile)
    facts = facts_on_the_way(area, parcel, MORNING.date(), MORNING, (GUID,), rates=None)
    asked = [each.name for each in area.profile.messages if goes_into(area.profile, each, facts)]
    assert asked == [name, "ENT511"]
    prepared = customs.prepare(
        parcel,
        area=area,
        signer=None,
        on=MORNING.date(),
        clock=customs.fixed_clock(MORNING),
        guids=customs.seeded_guids(1),
    )
    assert [each.name for each in prepared.messages] == asked


# Crossed names


def test_zhengzhou_writes_the_country_of_the_sender_under_the_name_of_the_consignee() -> None:
    told = dict(flat(written("zhengzhou_ENT311")))
    assert told["Order/OrderHead/collusercountryinsp"] == "276"
    assert told["Order/OrderHead/sendusercountryinsp"] == "156"


def test_binhai_writes_the_shop_in_the_order_where_the_list_has_the_platform() -> None:
    order, listed = dict(flat(written("tianjin_BIL001"))), dict(flat(written("tianjin_BUS002")))
    assert order["Declaration/OrderBillHead/ebpCode"] == listed["Declaration/BillHead/EBCCODE"] == "440198T002"
    assert order["Declaration/OrderBillHead/ebcCode"] == listed["Declaration/BillHead/EBP_CODE"] == "440198T001"


# Dalian: the inspection part


def test_the_inspection_part_of_dalian_is_in_no_namespace_and_the_rest_in_that_of_the_edition(samples: Path) -> None:
    found = []
    for content in (written("dalian_CEB311"), (samples / "dalian_CEB311.xml").read_bytes()):
        root = etree.fromstring(content)
        found.append([str(each.tag) for each in root.iter(etree.Element)])
    ours, theirs = found
    assert ours == theirs
    assert "InspOrder" in ours


def test_lines_of_the_inspection_part_are_those_of_the_order_one_by_one() -> None:
    area = area_of("dalian_insp")
    message = area.profile.message("CEB311")
    parcel = next(each for each in sample_parcels(50, seed=2026, mode="1210") if len(each.order.lines) > 1)
    facts = facts_on_the_way(area, parcel_for(parcel, area.profile), MORNING.date(), MORNING, (GUID,), rates=None)
    content = render(area, message, [facts], time=MORNING, guid=GUID).content
    assert content.count(b"<InspOrderList>") == content.count(b"<ceb:OrderList>") == len(facts.lines)
    (read,) = read_local(area, content).parcels
    assert [line["line.qty"] for line in read.lines] == [line.line["qty"] for line in facts.lines]
    swapped = content.replace(b"<gnum>1</gnum>", b"<gnum>9</gnum>")
    assert read_local(area, swapped).conflicts == ("line.gnum",)


def test_an_inspection_part_that_is_never_closed_is_refused(samples: Path) -> None:
    content = (samples / "dalian_CEB311.xml").read_bytes().replace(b"</InspOrder>", b"")
    with pytest.raises(ReadError):
        read_local(area_of("dalian_insp"), content)


# The edition of 2014: export


@pytest.mark.parametrize("name", ["CEB301", "CEB501", "CEB601"])
def test_a_message_of_export_is_read_and_written_again_as_it_was(samples: Path, name: str) -> None:
    profile = areas.find("ceb_general_2014")
    area = areas.configure(profile, parameters={"card": "0000000000001", "card_holder": "测试"})
    content = (samples / f"general2014_{name}.xml").read_bytes()
    reading = read_local(area, content)
    assert (reading.message, reading.unknown, reading.conflicts) == (name, (), ())
    facts = areas.facts_as_read(reading.parcels[0])
    again = render(area, profile.message(name), [facts], time=MORNING, guid=GUID).content
    assert flat(again) == flat(content)


def test_a_message_of_export_is_made_of_facts_by_their_names() -> None:
    area = sample_area(areas.find("ceb_general_2014"))
    facts = areas.facts_as_read(
        LocalParcel(
            {"order.order_no": "A1", "order.order_type": "E", "local.destination_country": "304"},
            ({"line.gnum": 1, "line.qty": Decimal(2), "goods.brand": "TEST"},),
        )
    )
    content = render(area, area.profile.message("CEB301"), [facts], time=MORNING, guid=GUID).content
    told = dict(flat(content))
    assert (told["OrderHead/orderNo"], told["OrderHead/orderType"], told["OrderHead/consigneeCountry"]) == (
        "A1",
        "E",
        "304",
    )
    assert (told["OrderList/qty"], told["OrderList/brand"], told["OrderList/price"]) == ("2", "TEST", "")


def test_no_message_of_export_goes_with_a_parcel() -> None:
    profile = areas.find("ceb_general_2014")
    assert [each.name for each in some(profile.messages) if each.with_a_parcel] == []


# Calls and forms


def test_the_call_of_nanjing_holds_the_message_without_its_declaration_and_its_number(samples: Path) -> None:
    told = case_of(CASES / "nanjing_CEB503.json")
    made = render(told.area, told.profile.message("CEB503"), [told.facts()], time=told.clock, guid=told.guids[0])
    published = etree.fromstring((samples / "nanjing_soap_ParseXml.xml").read_bytes())
    texts = {etree.QName(each).localname: each.text or "" for each in published.iter(etree.Element) if not len(each)}
    assert made.form is not None
    assert made.form["fileType"] == texts["fileType"]
    assert flat(made.form["xml"].encode()) == flat(texts["xml"].encode())
    assert not made.form["xml"].startswith("<?")


def test_the_form_of_binhai_has_the_published_digest_over_the_published_data(samples: Path) -> None:
    published = json.loads((samples / "tianjin_api_order.json").read_text(encoding="utf-8"))
    told = case_of(CASES / "tianjin_api_order.json")
    made = render(told.area, told.profile.message("Order"), [told.facts()], time=told.clock, guid=told.guids[0])
    assert dict(made.form or {}) == published


def test_a_unified_order_of_shandong_is_the_one_that_this_library_writes_with_a_subscription(samples: Path) -> None:
    content = (samples / "shandong_CEB311.xml").read_bytes()
    message = customs.read(content)
    assert message.oddities == ()
    (order,) = message.documents
    written_again = write_document(order)
    element = re.search(rb"<ceb:Order>.*</ceb:Order>", re.sub(rb">\s+<", b"><", content), re.DOTALL)
    assert element
    ours, theirs = (flat(b"<r xmlns:ceb='u'>%s</r>" % each) for each in (written_again.encode(), element[0]))
    # the unified edition as this library writes it leaves out what is empty
    assert [leaf for leaf in theirs if leaf[1] or leaf in ours] == ours


# Words of the language


def test_seconds_since_1970_are_those_of_greenwich() -> None:
    noon = datetime(2024, 5, 1, 12)
    assert time_writer("X")(noon) == "1714536000"
    assert time_reader("X")("1714536000") == noon
    with pytest.raises(ValueError, match="seconds"):
        time_reader("X")("1714536000.5")


def test_a_template_writes_the_word_of_the_area_and_names_the_map_that_has_none() -> None:
    told = case_of(CASES / "dalian_CEB311.json")
    message = told.profile.message("CEB311")
    facts: ParcelFacts = told.facts()
    made = render(told.area, message, [facts], time=told.clock, guid=told.guids[0])
    assert made.id == "TEST0001BI000000000001TST"
    facts.clearance["trade_mode"] = "1239"
    with pytest.raises(LookupError, match="guid_mode"):
        render(told.area, message, [facts], time=told.clock, guid=told.guids[0])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('id = "{parties.platform_code@nothing}"', "there is no 'nothing' under"),
        ('id = "{parcel.line_count@nothing}"', "only a text has a code map"),
        ('when = "never"', "there is no condition 'never'"),
        ('further_lines = ["L/X"]', "goes with `line_path`|no section is there"),
        ('unprefixed = "X"', "`unprefixed` goes with `prefix`"),
    ],
)
def test_a_mistake_in_the_new_words_is_named(text: str, reason: str) -> None:
    whole = f"""{TINY.partition("[[rules]]")[0]}
[[messages]]
name = "M"
zh = "订单"
en = "order"
documents = ["order"]
root = "M"
{text}

[[messages.sections]]
path = "L"
fields = [{{ name = "no", zh = "编号", from = "order.order_no" }}]
"""
    with pytest.raises(ProfileError, match=reason):
        load_text(whole, "tiny", "tiny.toml")


def test_a_map_of_states_cannot_read_every_other_code_as_a_success() -> None:
    text = TINY.partition("[[rules]]")[0] + '\n[state_maps.any]\nother = "released"\n'
    with pytest.raises(ProfileError, match="as a success"):
        load_text(text, "tiny", "tiny.toml")


def test_a_family_is_no_area_and_its_heirs_take_from_it_what_they_share() -> None:
    assert "ent" not in areas.names()
    heads = [
        [spec.name for section in areas.find(name).message("ENT311").sections for spec in section.fields]
        for name in ("zhengzhou_ent", "tianjin_ent", "qingdao_ent")
    ]
    assert len(set(heads[0]) & set(heads[1])) > 40
    assert heads[0] != heads[1] != heads[2]
    assert areas.of("4612", on=date(2017, 1, 1)).name == "zhengzhou_ent"
