"""The check of goods records as a whole: codes, units, conversions, states, and look-alikes that dodge a threshold."""

from dataclasses import replace
from typing import Any

import pytest

from customs.intake.goods import goods_of_rows
from customs.intake.goods_check import GoodsFinding, check_goods
from customs.tax import from_rows
from support import SINGLES_DAY

CREAM = {
    "sku": "A1",
    "item_name": "示例牌面霜",
    "model": "示例牌|50ml/瓶",
    "hs_code": "3304990039",
    "unit": "142",
    "legal_unit1": "035",
    "per_unit1": "0.05",
    "legal_unit2": "011",
    "per_unit2": "1",
    "origin_country": "110",
}
MILK = {
    "sku": "M1",
    "item_name": "婴儿配方奶粉",
    "model": "示例牌|800克/罐",
    "hs_code": "1901101090",
    "unit": "122",
    "legal_unit1": "035",
    "per_unit1": "0.8",
    "origin_country": "609",
}


def found(*rows: dict[str, Any]) -> list[GoodsFinding]:
    return check_goods(goods_of_rows(rows, file="goods.csv"), on=SINGLES_DAY)


def told(*rows: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    return [(each.sku, each.field, each.finding.code, str(each.finding.severity)) for each in found(*rows)]


def test_good_records_have_no_finding() -> None:
    assert found(CREAM, MILK) == []


#: What is changed in a record, and the finding on it.
MISTAKES: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str, str, str]]] = {
    "code without a rate": (MILK, {"hs_code": "1234567890"}, ("hs_code", "rate-missing", "error")),
    "first unit of another code": (MILK, {"legal_unit1": "122", "per_unit1": "1"}, ("legal_unit1", "tariff-unit", "error")),
    "second unit left out": (CREAM, {"legal_unit2": "", "per_unit2": ""}, ("legal_unit2", "goods-second-unit", "error")),
    "second unit that the tariff has not": (MILK, {"legal_unit2": "011", "per_unit2": "1"}, ("legal_unit2", "goods-second-unit", "error")),
    "second conversion without a unit": (MILK, {"per_unit2": "1"}, ("per_unit2", "goods-second-unit", "error")),
    "second unit without a conversion": (CREAM, {"per_unit2": ""}, ("per_unit2", "goods-not-converted", "warning")),
    "first unit without a conversion": (MILK, {"per_unit1": ""}, ("per_unit1", "goods-not-converted", "warning")),
    "same units and another factor": (MILK, {"unit": "035", "per_unit1": "0.8"}, ("per_unit1", "goods-conversion", "error")),
    "grams to kilograms": (MILK, {"unit": "036", "per_unit1": "1"}, ("per_unit1", "goods-conversion", "error")),
    "grams for kilograms": (MILK, {"per_unit1": "800"}, ("per_unit1", "goods-content", "warning")),
    "gross weight of a cosmetic": (CREAM, {"per_unit1": "0.0835"}, ("per_unit1", "goods-content", "warning")),
    "another net content": (CREAM, {"净含量": "30ml"}, ("per_unit1", "goods-content", "warning")),
    "state": (MILK, {"state": "停用"}, ("state", "goods-not-approved", "warning")),
    "record that has ended": (MILK, {"valid_until": "2026-11-10"}, ("valid_until", "goods-record-not-valid", "warning")),
    "record that has not begun": (MILK, {"valid_from": "2026-11-12"}, ("valid_from", "goods-record-not-valid", "warning")),
    "fact left out": (MILK, {"origin_country": ""}, ("origin_country", "goods-lacks", "warning")),
    "SKU too long for the list": (MILK, {"sku": "M" * 21}, ("sku", "item-no-length", "error")),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_record_is_found_at_its_field(mistake: str) -> None:
    row, change, expected = MISTAKES[mistake]
    assert [each[1:] for each in told({**row, **change})] == [expected]


def test_the_first_and_the_last_day_of_a_record_count() -> None:
    assert found({**MILK, "valid_from": "2026-11-11", "valid_until": "2026-11-11"}) == []


def test_a_finding_names_the_place_and_the_right_conversion() -> None:
    (finding,) = found({**MILK, "unit": "036", "per_unit1": "1"})
    assert finding.spot.zh == "商品备案 M1 的 per_unit1（goods.csv 第 1 行）"
    assert finding.finding.zh == "货号 M1 的第一法定数量换算 per_unit1 为 1，应为 0.001：一克折合千克。"
    assert finding.finding.en == "SKU M1: 第一法定数量换算 per_unit1 is 1 and would be 0.001, one 036 克 in 035 千克."


def test_records_of_a_function_are_checked_by_the_terms_of_their_fields() -> None:
    good = goods_of_rows([MILK])["M1"]
    record = replace(good, facts={**good.facts, "origin_country": "999"})
    (finding,) = check_goods([record], on=SINGLES_DAY)
    assert finding.finding.code == "goods-fact"
    assert finding.finding.zh == (
        '货号 M1 的原产国（地区） origin_country 不可用："999" 不在代码表中（代码表 countries 中的代码，3 位）。'
    )


def test_a_bar_code_and_a_record_number_in_one_book_belong_to_one_record() -> None:
    one = {**MILK, "bar_code": "6901234567892", "record_no": "17", "account_book_no": "T1"}
    assert told(one, {**one, "sku": "M2"}) == [
        ("M2", "bar_code", "goods-twice", "warning"),
        ("M2", "record_no", "goods-twice", "warning"),
    ]
    assert told(one, {**one, "sku": "M2", "bar_code": "", "account_book_no": "T2"}) == []


def test_without_a_rate_the_units_of_one_code_are_compared_with_each_other() -> None:
    other = {**MILK, "hs_code": "1234567890"}
    codes = [each[:3] for each in told(other, {**other, "sku": "M2", "legal_unit1": "122", "per_unit1": "1"})]
    assert codes == [
        ("M1", "hs_code", "rate-missing"),
        ("M2", "hs_code", "rate-missing"),
        ("M2", "legal_unit1", "goods-units-differ"),
    ]


def test_an_own_rate_table_counts_and_not_the_shipped_one() -> None:
    row = {
        "hs_code": "1234567890",
        "name": "goods",
        "legal_unit1": "035",
        "legal_unit2": "",
        "vat": "standard",
        "mfn": "0",
    }
    days = {"consumption": "", "valid_from": "2026-01-01", "valid_to": "", "as_of": "2026-01-01", "source": "ours"}
    records = goods_of_rows([{**MILK, "hs_code": "1234567890"}])
    assert check_goods(records, on=SINGLES_DAY, rates=from_rows([{**row, **days}])) == []


def alikes(*rows: dict[str, Any]) -> list[str]:
    return [each.finding.en for each in found(*rows) if each.finding.code == "goods-alike"]


def test_one_bar_code_with_two_conversions_shows_from_which_price_each_is_taxed() -> None:
    one = {**CREAM, "bar_code": "6901234567892"}
    heavy = {**one, "sku": "A2", "item_name": "保湿霜", "model": "示例牌", "per_unit1": "0.0835"}
    assert alikes(one, heavy) == [
        "SKU A2 looks like A1 (the same bar code) and is taxed otherwise: A2 3304990039, 23.06 % with consumption tax "
        "from 835 CNY a piece on; A1 3304990039, 23.06 % with consumption tax from 500 CNY a piece on."
    ]


def test_nearly_one_name_with_a_code_of_another_tax_is_shown() -> None:
    soap = {
        **CREAM,
        "sku": "A3",
        "item_name": "示例牌 面霜 50ml",
        "hs_code": "1901101090",
        "legal_unit2": "",
        "per_unit2": "",
    }
    assert alikes(CREAM, soap) == [
        "SKU A3 looks like A1 (nearly the same name) and is taxed otherwise: A3 1901101090, 9.10 % without consumption "
        "tax; A1 3304990039, 23.06 % with consumption tax from 500 CNY a piece on."
    ]


def test_sizes_of_one_product_under_one_code_are_not_look_alikes() -> None:
    small = {**CREAM, "sku": "A2", "item_name": "示例牌面霜30ml", "model": "示例牌|30ml/瓶", "per_unit1": "0.03"}
    assert found(CREAM, small) == []


def test_look_alikes_that_are_taxed_alike_are_not_shown() -> None:
    rates = [
        {"hs_code": code, "name": "goods", "legal_unit1": "035", "legal_unit2": "", "vat": "standard", "consumption": "",
         "valid_from": "2026-01-01", "valid_to": "", "as_of": "2026-01-01", "source": "ours", "mfn": tariff}
        for code, tariff in (("1234567890", "0"), ("1234567891", "0.1"))
    ]  # fmt: skip
    one = {**MILK, "hs_code": "1234567890", "bar_code": "6901234567892"}
    records = goods_of_rows([one, {**one, "sku": "M2", "hs_code": "1234567891"}])
    codes = [each.finding.code for each in check_goods(records, on=SINGLES_DAY, rates=from_rows(rates))]
    assert codes == ["goods-twice"]


def test_a_record_that_states_no_content_is_compared_by_its_conversion() -> None:
    heavy = {**CREAM, "sku": "A2", "item_name": "示例牌 面霜", "model": "示例牌", "per_unit1": "0.0835"}
    assert told(CREAM, heavy) == [("A2", "per_unit1", "goods-alike", "warning")]


@pytest.mark.long
def test_look_alikes_are_sought_in_a_time_that_grows_with_the_list() -> None:
    rows = [{**MILK, "sku": f"M{number}", "item_name": f"奶粉{chr(0x4E00 + number)}段"} for number in range(3000)]
    assert check_goods(goods_of_rows(rows), on=SINGLES_DAY) == []
