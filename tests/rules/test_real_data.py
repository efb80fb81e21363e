"""Mistakes of real files: what spreadsheets, encodings and hands leave in a parcel, each with its finding."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

import customs
from customs.rules.texts import is_enterprise_code, is_garbled, text_findings
from customs.testing import sample_parcels
from support import MORNING, SINGLES_DAY
from support.bad_input import both, parcel, put

Walk = Callable[..., customs.Prepared]

E, W = "error", "warning"

ORDER, PAYMENT, WAYBILL = "order.order_no", "payment.payment_no", "waybill.waybill_no"
BUYER, PAYER = "order.buyer_name", "payment.payer_name"


class Mistake(NamedTuple):
    """A value of a real file, in its field, and the finding that names it: code and severity."""

    path: str
    value: Any
    code: str
    severity: str
    mode: str = "1210"


MISTAKES = (
    Mistake(ORDER, "1.21E+17", "number-from-spreadsheet", E),
    Mistake(PAYMENT, "4.2E+27", "number-from-spreadsheet", E),
    Mistake(WAYBILL, "12345678.0", "number-from-spreadsheet", E),
    Mistake("order.lines[0].record_no", "1.0", "number-from-spreadsheet", E),
    Mistake("order.buyer_telephone", "10000000979.0", "number-from-spreadsheet", E),
    Mistake("order.buyer_telephone", "abc", "telephone-doubtful", W),
    Mistake("payment.payer_telephone", "无", "telephone-doubtful", W),
    Mistake("order.buyer_telephone", "1234", "telephone-doubtful", W),
    Mistake("order.buyer_telephone", "100****0979", "masked-text", W),
    Mistake("order.consignee", "张*", "masked-text", W),
    Mistake("order.consignee_address", "北京市朝阳区虚构路**号", "masked-text", W),
    Mistake(PAYER, "贾*玉", "masked-text", E),
    Mistake("order.lines[0].item_name", "é\x9d¢é\x9c\x9c", "text-garbled", W),
    Mistake("order.lines[0].item_name", "é¢éœœ", "text-garbled", W),
    Mistake("order.lines[0].goods_name", "闈㈤湝", "text-garbled", W),
    Mistake("order.lines[0].goods_name", "ÃæËªÃæËª", "text-garbled", W),
    Mistake("order.lines[0].goods_name", "面\ufffd霜", "text-garbled", W),
    Mistake("waybill.goods_info", "锟斤拷锟斤拷", "text-garbled", W),
    Mistake("order.lines[0].goods_name", "????", "text-garbled", W),
    Mistake(ORDER, "EX1\n21000007", "text-blanks", E),
    Mistake(ORDER, "EX121000007 ", "text-blanks", E),
    Mistake(PAYMENT, "\u3000PAY121000007", "text-blanks", E),
    Mistake(WAYBILL, "SF121000007\u00a0", "text-blanks", E),
    Mistake("order.lines[0].goods_name", "面霜 ", "text-blanks", W),
    Mistake("order.lines[0].goods_name", "面\u3000霜", "text-blanks", W),
    Mistake("order.lines[0].goods_name", "面\n霜", "text-blanks", W),
    Mistake("order.lines[0].goods_name", "\ufeff面霜", "text-blanks", W),
    Mistake("parties.platform_name", "示例平台\t有限公司", "text-blanks", W),
    Mistake("waybill.gross_weight", "1554", "weight-doubtful", W),
    Mistake("payment.paid_at", "20261112000000", "payment-time-doubtful", W),
    Mistake("payment.paid_at", "20160101000000", "payment-time-doubtful", W),
    Mistake("order.consignee_district", "999999", "district-doubtful", W),
    Mistake("order.consignee_district", "1101", "field-form", E),
    Mistake("parties.platform_code", "91000000000000001M", "enterprise-code", E),
    Mistake("parties.platform_code", "12345", "enterprise-code", E),
    Mistake("parties.platform_code", "123456789", "enterprise-code", E),
    Mistake("parties.merchant_code", "91000000000000002r", "enterprise-code", E),
    Mistake("parties.merchant_code", "９１000000000000002R", "enterprise-code", E),
    Mistake("parties.carrier_code", " 31019630", "text-blanks", E),
    Mistake("parties.area_operator_code", "9100000000000O0066", "enterprise-code", E),
    Mistake("parties.transmitter_code", "1", "enterprise-code", E),
    Mistake("parties.dxp_id", "DXP1", "dxp-id", E),
    Mistake("parties.dxp_id", "dxpent0000000001", "dxp-id", E),
    Mistake("clearance.departure_country", "142", "direct-from-china", W, "9610"),
    Mistake("clearance.transport_mode", "5", "bonded-by-air", W),
    Mistake("clearance.pre_entry_no", "B20261111000000001", "new-list-numbered", E),
    Mistake("clearance.list_no", "29912026I000000001", "new-list-numbered", E),
    Mistake("clearance.customs_code", "9999", "code-doubtful", W),
)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda each: f"{each.path}: {each.value!a}")
def test_a_mistake_of_a_real_file_is_named_at_its_field(mistake: Mistake, walk: Walk) -> None:
    given = put(mistake.path, mistake.value)(parcel("9610" if mistake.mode == "9610" else "1210"))
    found = [(each.code, each.path, str(each.severity)) for each in walk(json.dumps(given)).findings]
    expected = (mistake.code, mistake.path, mistake.severity)
    assert found.count(expected) == 1
    assert [each for each in found if each != expected and each[1] == mistake.path] == []


@pytest.mark.parametrize(("path", "name"), [(BUYER, "??"), (PAYER, "寮犱笁"), (BUYER, "å¼ ä¸‰")])
def test_the_garbled_name_of_a_person_is_refused(path: str, name: str, walk: Walk) -> None:
    given = both(put(BUYER, name), put(PAYER, name))(parcel("1210"))
    found = [(each.code, str(each.severity)) for each in walk(json.dumps(given)).findings if each.path == path]
    assert found == [("text-garbled", E)]
    assert name not in str(walk(json.dumps(given)).findings)


def test_half_a_piece_is_doubted_and_half_a_kilogram_is_not(walk: Walk) -> None:
    def found(unit: str) -> list[str]:
        given = parcel("1210")
        given["order"]["lines"][0] |= {"unit": unit, "qty": "0.5"}
        return [
            each.code for each in walk(json.dumps(given)).findings if each.path.endswith(("lines[0].qty", "[0].unit"))
        ]

    assert found("011") == ["pieces-not-whole"]
    assert found("122") == ["pieces-not-whole"]
    assert found("035") == []


@pytest.mark.parametrize("missing", ["pre_entry_no", "list_no"])
def test_an_amendment_without_the_numbers_of_customs_is_refused(missing: str, walk: Walk) -> None:
    given = parcel("9610") | {"app_type": "2"}
    given["clearance"] |= {"pre_entry_no": "B20261111000000001", "list_no": "29912026I000000001"}
    assert not walk(json.dumps(given)).refused
    del given["clearance"][missing]
    found = [(each.code, each.path, str(each.severity)) for each in walk(json.dumps(given)).findings]
    assert found == [("amended-number-missing", f"clearance.{missing}", E)]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"legal_unit1": "011", "legal_qty1": "1"}, [("tariff-unit", "legal_unit1")]),
        ({"legal_unit2": "035", "legal_qty2": "1"}, [("tariff-unit", "legal_unit2")]),
    ],
)
def test_statutory_units_are_those_of_the_tariff(
    change: dict[str, str], found: list[tuple[str, str]], walk: Walk
) -> None:
    given = parcel("9610")
    line = given["order"]["lines"][1]
    assert line["hs_code"] == "1901101090", "infant formula, in kilograms alone"
    line |= change
    given["clearance"]["net_weight"] = "0.5"
    codes = [(each.code, each.path) for each in walk(json.dumps(given)).findings if each.code == "tariff-unit"]
    assert codes == [(code, f"order.lines[1].{field}") for code, field in found]


def test_quantities_in_one_unit_are_equal(walk: Walk) -> None:
    given = parcel("1210")
    line = given["order"]["lines"][1]
    assert line["legal_unit2"] == line["unit"] or line["legal_unit1"] == line["unit"]
    number = "1" if line["legal_unit1"] == line["unit"] else "2"
    line[f"legal_qty{number}"] = "7"
    found = [(each.code, each.path) for each in walk(json.dumps(given)).findings]
    assert found == [("quantities-differ", f"order.lines[1].legal_qty{number}")]


def test_the_good_forms_of_codes_and_texts() -> None:
    codes = ("91000000000000001N", "3101963018", "330196T00P")
    assert [is_enterprise_code(each) for each in codes] == [True] * 3
    good = ("婷婷", "欧阳娜娜", "Crème brûlée", "L'Oréal", "北京市朝阳区 1 号", "妍", "琉璃", "ÄÖÜ")
    assert [is_garbled(each) for each in good] == [False] * len(good)


GOOD = {
    "buyer_name": ["喆堃", "㛃㛂", "买买提·艾力", "O'Neil", "王 小明", "龔浩晖", "婷婷", "浣纱", "鍾漢良", "岁转"],
    "consignee_address": ["上海市浦东新区张江路 88 弄 1-2 号 (近地铁站)", "科技园#A栋", "內蒙古呼和浩特市"],
    "item_name": ["L'Oréal 面霜", "Äpfel Müsli", "雅诗兰黛®小棕瓶™", "Häagen-Dazs", "ビオレ", "닥터지 크림", "🇯🇵奶粉", "3M™口罩【10只】",
                  "何时？何地？", "Q&A", "A+B 套装", "L’Occitane", "Œuvre"],
    "order_no": ["2026-11-11/1", "A.B.1", "1E5", "T_1"],
    "buyer_telephone": ["+8613800138000", "0571-88888888", "0571 88888888", "400-800-8888", "(0571)88888888",
                        "0571-88888888转801", "021-12345678*801", "021-12345678 ext. 801", "（0571）88888888",
                        "13800138000/13800138001", "95588"],
    "platform_code": ["3301963J0U", "330196T00P", "1105910159"],
    "dxp_id": ["DXPENT0000025789", "DXPLGS0000000001"],
    "consignee_district": ["650102", "460300", "710000", "810000", "820000"],
}  # fmt: skip


@pytest.mark.parametrize(("field", "text"), [(field, text) for field, texts in GOOD.items() for text in texts])
def test_a_good_text_gives_no_finding(field: str, text: str) -> None:
    assert list(text_findings(field, field, text, field)) == []


@pytest.mark.parametrize(("text", "code"), [("转 ", "text-blanks"), ("010-12345678转分机", "telephone-doubtful")])
def test_good_chinese_beside_a_mistake_is_not_called_garbled(text: str, code: str) -> None:
    assert [each.code for each in text_findings("", "buyer_telephone", text, "")] == [code]


@pytest.mark.parametrize("field", ["platform_code", "dxp_id"])
@pytest.mark.parametrize("personal", ["110101185001159277", "13800138000", "88888888", "张三", "ZHANGSAN"])
def test_personal_data_in_the_field_of_an_enterprise_is_not_shown(field: str, personal: str) -> None:
    (found,) = text_findings(field, field, personal, field)
    assert personal not in str(found) + found.zh
    assert "***" in found.en


# the stream


def declared(parcels: list[dict[str, Any]], run: customs.Run) -> list[list[tuple[str, str]]]:
    found = run.examine(json.dumps(each) for each in parcels)
    return [[(each.code, each.path) for each in outcome.findings] for outcome in found]


@pytest.fixture
def run() -> customs.Run:
    return customs.Run(on=SINGLES_DAY, clock=customs.fixed_clock(MORNING), guids=customs.random_guids)


def several(count: int, **order: str) -> list[dict[str, Any]]:
    """Parcels of one buyer, who pays for each."""
    found: list[dict[str, Any]] = [
        json.loads(each.model_dump_json(exclude_none=True)) for each in sample_parcels(count, seed=21, mode="9610")
    ]
    person = {name: found[0]["order"][name] for name in ("buyer_name", "buyer_id_number")}
    for each in found:
        each["order"] |= person
        each["payment"] |= {"payer_name": person["buyer_name"], "payer_id_number": person["buyer_id_number"]}
        each |= order
    return found


def test_the_parcels_of_a_buyer_are_added_up_within_a_file(run: customs.Run) -> None:
    one, two = several(2, quota_used="25500")
    value = next(iter(run.examine([json.dumps(one)]))).assessment
    assert value
    left = 26000 - value.dutiable_value
    first, second = ({**each, "quota_used": str(left)} for each in (one, two))
    found = declared([first, second], run)
    assert found == [[], [("yearly-limit", "quota_used")]]


def test_a_figure_that_holds_the_parcels_before_it_is_not_counted_twice(run: customs.Run) -> None:
    one, two = several(2)
    first, second = (outcome.assessment for outcome in run.examine(map(json.dumps, (one, two))))
    assert first
    assert second
    start = 26000 - first.dutiable_value - second.dutiable_value
    exact = [one | {"quota_used": str(start)}, two | {"quota_used": str(start + first.dutiable_value)}]
    assert declared(exact, run) == [[], []]


def test_the_parcels_of_a_buyer_without_a_figure_are_added_up_too(run: customs.Run) -> None:
    parcels = several(120)
    found = declared(parcels, run)
    total, refused = 0, 0
    for outcome, codes in zip(run.examine(map(json.dumps, parcels)), found, strict=True):
        assert outcome.assessment
        total += int(outcome.assessment.dutiable_value) if not codes else 0
        refused += codes == [("yearly-limit", "quota_used")]
    assert refused > 0
    assert total <= 26000


def test_refused_parcels_use_no_quota(run: customs.Run) -> None:
    one, two = several(2, quota_used="25500")
    one["waybill"]["package_count"] = 2
    left = str(26000 - 400)
    one["quota_used"] = two["quota_used"] = left
    assert declared([one, two], run)[1] == declared([two], run)[0]


@pytest.mark.parametrize(
    ("path", "section", "field"),
    [("payment.payment_no", "payment", "payment_no"), ("clearance.internal_no", "clearance", "internal_no")],
)
def test_a_payment_and_an_internal_number_are_declared_once_in_a_file(
    path: str, section: str, field: str, run: customs.Run
) -> None:
    one, two = (json.loads(each.model_dump_json(exclude_none=True)) for each in sample_parcels(2, seed=21, mode="9610"))
    for each in (one, two):
        each[section][field] = "A12345"
    assert declared([one, two], run) == [[], [("duplicate", path)]]


@pytest.mark.parametrize(
    "name", ["Nestlé®奶粉", "NESTLÉ™ 奶粉", "L’Oréal’s", "Rosé«", "喆堃㛃", "Häagen-Dazs…", "繁體|“🎁”"]
)
def test_brands_with_accents_and_rare_characters_are_not_garbled(name: str) -> None:
    assert list(text_findings("order.lines[0].item_name", "item_name", name, "商品名称 itemName")) == []
