"""Steps of a gateway and numbers of an area: what a profile or a setting may not say."""

import re
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from customs import areas
from customs.areas import SettingsError
from customs.areas.area import check_day
from customs.areas.messages.compiled_fields import columns_of
from customs.areas.messages.limits import allowed_in
from customs.areas.messages.parcel_facts import MessageFacts
from customs.areas.needs import needed_facts
from customs.areas.profile.gateway import Step
from customs.areas.profile.loading import load_text
from customs.areas.profile.mistakes.conditions import looks_at_lines
from support.area_parcels import parcels_of
from support.small_profiles import GOOD, TINY, TWINS

BOTH = "needs one of `cipher`, `envelope`"
ALONE = "`input` and `secret` go with `cipher`"


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ({}, BOTH),
        ({"cipher": "base64", "envelope": "wmf"}, BOTH),
        ({"envelope": "wmf", "secret": "key"}, ALONE),
        ({"envelope": "wmf", "input": ["message.content"]}, ALONE),
    ],
)
def test_a_step_is_a_cipher_with_its_input_or_an_envelope_alone(step: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Step.model_validate({"name": "made", **step})
    assert [each["msg"] for each in refused.value.errors()] == [why]


@pytest.mark.parametrize("number", ["", "a\x00b", 5, None])
def test_a_number_of_an_area_is_a_text_that_xml_can_hold(number: Any) -> None:
    profile = areas.find("ningbo_kjb2c")
    (numbering, *_) = profile.numberings
    with pytest.raises(
        SettingsError, match=rf"^companies\.3301\.{numbering}: .* is no number of the numbering {numbering}"
    ):
        areas.configure(profile, companies={"3301": {numbering: number}})


def test_the_facts_of_a_parcel_show_no_value() -> None:
    facts = parcels_of("zhejiang_jkf")[0]
    shown, order = repr(facts), facts.order
    assert [
        name for name in ("buyer_name", "buyer_id_number", "consignee_address", "order_no") if str(order[name]) in shown
    ] == []
    assert [section for section in ("parties", "payment", "waybill", "clearance") if f"{section}=" in shown] == []


@pytest.mark.parametrize(
    ("fact", "limits", "said"),
    [
        ("order.order_no", "most = 30", "of at most 30 characters"),
        ("order.freight", "most = 30", ""),
        ("order.order_no", "", ""),
    ],
)
def test_only_texts_are_said_to_have_at_most_so_many_characters(fact: str, limits: str, said: str) -> None:
    field = f'fields = [ {{ name = "x", zh = "某", from = "{fact}", {limits + ", " if limits else ""}need = "optional" }} ]\n'
    text = re.sub(r"fields = \[.*?\]\n", lambda _: field, TWINS, count=1, flags=re.DOTALL)
    area = areas.configure(load_text(text, "twins", "twins.toml"))
    (column,) = columns_of(area, area.profile.message("OLD"))
    allowed = allowed_in(column)
    assert allowed.en.endswith(said or allowed.en)
    assert ("最多 30 个字符" in allowed.zh, "characters" in allowed.en) == (bool(said), bool(said))


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('{ fact = "line.qty", is = "1" }', True),
        ('{ fact = "clearance.trade_mode", is = "1210" }', False),
        ('{ all = ["bonded", { fact = "line.qty", is = "1" }] }', True),
        ('{ any = [{ fact = "line.qty", is = "1" }, "bonded"] }', True),
        ('{ all = ["bonded", { not = "bonded" }] }', False),
    ],
)
def test_a_condition_looks_at_lines_where_any_part_of_it_does(condition: str, found: bool) -> None:
    text = GOOD.replace("[conditions]\n", f"[conditions]\nasked = {condition}\n")
    profile = load_text(text, "small", "small.toml")
    assert looks_at_lines(profile, profile.conditions["asked"]) is found


def test_the_facts_of_a_message_show_no_value() -> None:
    facts = MessageFacts(message={"guid": "shown"}, parameter={"sender": "shown"}, step={"made": "shown"})
    assert repr(facts) == "MessageFacts(parcels=0)"


def test_serial_numbers_begin_with_one_and_count_on() -> None:
    serials = areas.counting()
    assert [serials(), serials(), serials()] == [1, 2, 3]


def test_a_profile_out_of_force_is_named_with_its_days() -> None:
    (finding,) = check_day(areas.find("guangzhou_kj"), date(2026, 11, 11))
    assert (finding.code, finding.path) == ("area-not-in-force", "")
    profile = areas.find("guangzhou_kj")
    assert f"{profile.valid_from or '...'} - {profile.valid_to}" in finding.en
    assert check_day(areas.find("zhejiang_jkf"), date(2026, 11, 11)) == []


def test_a_message_that_an_area_does_not_have_is_named_with_those_that_it_has() -> None:
    profile = load_text(TWINS, "twins", "twins.toml")
    with pytest.raises(LookupError, match=r"^.?twins has no message 'ODD'; there are OLD, NEW.?$"):
        profile.message("ODD")
    with pytest.raises(LookupError, match=r"^.?guangzhou has no message 'ODD'; there are none.?$"):
        areas.find("guangzhou").message("ODD")


def test_a_rule_needs_the_facts_that_it_wants_given() -> None:
    profile = load_text(TINY + 'all_given = ["goods.shape"]', "tiny", "tiny.toml")
    (found,) = [each for each in needed_facts(profile) if each.fact.name == "goods.shape"]
    assert "rule one" in found.used_by
