"""What small mistakes in areas would change without a sound: texts of errors, defaults, what is hidden."""

from datetime import date
from typing import get_type_hints

import pytest

from customs import ReadError, areas
from customs.areas.area import check_day
from customs.areas.messages.compiled_fields import columns_of
from customs.areas.messages.given import check_settings
from customs.areas.messages.limits import fault_of
from customs.areas.messages.parcel_facts import MessageFacts, ParcelFacts
from customs.areas.needs import needed_facts
from customs.areas.profile.fields import FieldSpec
from customs.areas.serials import Counting
from customs.rules import catalogue


def test_serial_numbers_count_from_1_by_1() -> None:
    take = Counting()
    assert [take() for _ in range(3)] == [1, 2, 3]


def test_an_unknown_message_is_named_with_those_that_exist() -> None:
    with pytest.raises(LookupError, match=r"zhejiang_jkf has no message 'X'; there are IMPORTORDER, IMPORTBILL, "):
        areas.find("zhejiang_jkf").message("X")
    with pytest.raises(LookupError, match=r"unified has no message 'X'; there are none$"):
        areas.find("unified").message("X")


def test_a_profile_out_of_force_says_from_when_to_when_it_was() -> None:
    profile = areas.find("zhejiang_jkf")
    (found,) = check_day(profile, date(2012, 12, 31))
    assert "2013-01-01 - ..." in found.en


def test_settings_of_a_form_are_not_asked_for_while_its_secrets_are_missing() -> None:
    area = areas.configure(areas.find("zhejiang_jkf"))
    assert area.missing_secrets
    assert check_settings(area) == []


def test_the_facts_of_a_message_show_no_parcel() -> None:
    facts = MessageFacts({"name": "A", "id": "hidden"}, {}, {}, (ParcelFacts(order={"buyer_name": "hidden"}),))
    assert "hidden" not in repr(facts)
    assert "hidden" not in repr(facts.parcels[0])
    assert get_type_hints(MessageFacts)["parcels"] == tuple[ParcelFacts, ...]


def test_facts_that_a_rule_asks_for_are_needed() -> None:
    profile = next(each for each in map(areas.find, areas.names()) if any(rule.all_given for rule in each.rules))
    asked = {name for rule in profile.rules for name in rule.all_given or ()}
    assert asked
    assert asked <= {each.fact.name for each in needed_facts(profile)}


def test_only_receipts_are_answers_of_the_unified_edition() -> None:
    with pytest.raises(ReadError, match="this is no receipt of unified; it has receipts of the unified edition"):
        areas.read_answers(b'<CEB311Message xmlns="http://www.chinaport.gov.cn/ceb"/>')


def test_a_finding_about_the_whole_parcel_says_so() -> None:
    found = catalogue.NO_LAW.at("", day=date(2012, 1, 1))
    assert str(found).partition(": ")[0] == f"error {found.code} at the parcel"


@pytest.mark.parametrize(
    ("value", "shown"), [("116", "116"), ("1234567", "***"), ("张三", "***"), ("123456", "123456")]
)
def test_a_code_that_may_be_a_name_is_not_shown(value: str, shown: str) -> None:
    area = areas.configure(areas.find("zhejiang_jkf"))
    column = next(
        each
        for each in columns_of(area, area.profile.message("PERSONAL_GOODS_DECLAR"))
        if each.spec.code_map == "import_type"
    )
    found = fault_of(area, column)(value)
    assert found == (catalogue.AREA_CODE, {"code": shown})


def test_a_field_with_a_template_alone_is_filled() -> None:
    made = FieldSpec.model_validate({"name": "number", "template": "{serial:5}"})
    empty = FieldSpec.model_validate({"name": "number", "need": "optional"})
    assert (made.filled, empty.filled) == (True, False)
