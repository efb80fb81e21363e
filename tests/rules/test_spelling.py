"""The same person in another spelling is said to be that, and nobody is accused of another's identity."""

import json
from collections.abc import Callable

import pytest

import customs
from customs.rules.identity import slip_in
from customs.rules.spelling import spelt_apart
from customs.rules.traditional import simplified
from support import SINGLES_DAY
from support.bad_input import both, parcel, put

Walk = Callable[..., customs.Prepared]


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("贾 宝玉", "贾宝玉", "blanks"),
        ("贾宝玉\u3000", "贾宝玉", "blanks"),
        ("贾宝玉\u200b", "贾宝玉", "blanks"),
        ("阿依古丽·买买提", "阿依古丽•买买提", "dots"),
        ("阿依古丽·买买提", "阿依古丽买买提", "dots"),
        ("阿依古丽．买买提", "阿依古丽·买买提", "dots"),
        ("賈寶玉", "贾宝玉", "traditional characters"),
        ("劉龍", "刘龙", "traditional characters"),
        ("JIA BAOYU", "Jia Baoyu", "case"),
        ("ＪＩＡ", "JIA", "full-width characters"),
        ("賈 寶玉", "贾宝玉", "blanks, traditional characters"),
        ("jia·baoyu", "JIA BAOYU", "blanks, dots, case"),
    ],
)
def test_two_spellings_of_one_name_are_told_by_what_differs(one: str, other: str, how: str) -> None:
    found = spelt_apart(one, other)
    assert found
    assert found.en == how
    assert spelt_apart(other, one) == found


@pytest.mark.parametrize(("one", "other"), [("贾宝玉", "贾宝王"), ("贾宝玉", "贾宝"), ("Jia Baoyu", "Jia Baoyi")])
def test_two_names_are_no_spellings_of_one(one: str, other: str) -> None:
    assert spelt_apart(one, other) is None


def test_each_traditional_character_becomes_another_one() -> None:
    surnames = "劉陳楊黃趙吳孫馬鄭馮韓蕭許鄧龔鄒葉蘇盧鍾範賀顧龍萬錢湯賴嚴聶齊喬龐關閔蔣閻張賈"
    assert simplified(surnames) == "刘陈杨黄赵吴孙马郑冯韩萧许邓龚邹叶苏卢钟范贺顾龙万钱汤赖严聂齐乔庞关闵蒋阎张贾"
    assert simplified("王李贾宝玉") == "王李贾宝玉"


@pytest.mark.parametrize(
    ("name", "how_zh", "how"), [("賈寶玉", "繁体与简体", "traditional characters"), ("贾 宝玉", "空格", "blanks")]
)
def test_a_payer_in_another_spelling_is_refused_without_an_accusation(
    name: str, how_zh: str, how: str, walk: Walk
) -> None:
    named = both(put("order.buyer_name", "贾宝玉"), put("payment.payer_name", name))
    (finding,) = walk(json.dumps(named(parcel("1210")))).findings
    assert (finding.code, finding.path) == ("payer-spelling", "payment.payer_name")
    assert finding.zh == f"支付人姓名 payerName：支付人与订购人仅写法不同（{how_zh}）。"
    assert finding.en == f"支付人姓名 payerName: payer and buyer differ only in their spelling: {how}."
    assert "身份，" not in finding.advice_zh
    assert "another person" not in finding.advice_en


def test_another_payer_is_still_another_person(walk: Walk) -> None:
    (finding,) = walk(json.dumps(put("payment.payer_name", "王熙凤")(parcel("1210")))).findings
    assert finding.code == "payer-not-buyer"
    assert "another person's identity" in finding.advice_en


def test_a_consignee_in_another_spelling_differs_only_in_it(walk: Walk) -> None:
    named = both(put("order.consignee", "阿依古丽·买买提"), put("waybill.consignee", "阿依古丽•买买提"))
    (finding,) = walk(json.dumps(named(parcel("1210")))).findings
    assert (finding.code, finding.path) == ("consignee-differs", "waybill.consignee")
    assert finding.zh.endswith("：订单与运单不一致，仅写法不同（间隔点）。")
    assert finding.en.endswith(" differs between order and waybill only in its spelling: dots.")
    (other,) = walk(json.dumps(put("waybill.consignee", "王熙凤")(parcel("1210")))).findings
    assert other.en.endswith(" differs between order and waybill.")


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("11010118500115103x", "it ends in a small x, the check digit is the capital X"),
        ("１1010118500115103X", "it holds full-width characters or blanks"),
        ("110101 18500115103X", "it holds full-width characters or blanks"),
        ("1101011850011510", "it has 16 characters instead of 18"),
        ("1101011850011510OX", "its first 17 characters must be digits"),
        ("110101185001151038", "its check digit does not match: a digit is mistyped"),
        ("11010118500115104x", "its check digit does not match: a digit is mistyped"),
        ("110101185013159274", "its birth date does not exist or is after the declaration day"),
    ],
)
def test_a_wrong_identity_number_is_told_its_mistake(number: str, says: str) -> None:
    assert slip_in(number, SINGLES_DAY).en == says


def numbered(buyer: str, payer: str) -> str:
    """A parcel whose buyer and payer give these numbers."""
    return json.dumps(both(put("order.buyer_id_number", buyer), put("payment.payer_id_number", payer))(parcel("1210")))


def test_a_small_x_is_mended_without_asking_the_person(walk: Walk) -> None:
    finding, payer = walk(numbered("11010118500115103x", "11010118500115103x")).findings
    assert (finding.code, finding.path) == ("id-number", "order.buyer_id_number")
    assert (payer.code, payer.path) == ("id-number", "payment.payer_id_number")
    assert finding.zh == "订购人证件号码 buyerIdNumber 不是有效的居民身份证号码：末位校验码为小写 x，应为大写 X。"
    assert finding.advice_zh == "请按身份证上的号码填写。"
    assert finding.advice_en == "Give it as it is on the card."
    mistyped, _ = walk(numbered("110101185001151038", "110101185001151038")).findings
    assert mistyped.advice_en == (
        "Give it as it is on the card; ask the person, another person's identity must not be used."
    )


def test_a_payer_with_a_small_x_is_the_buyer(walk: Walk) -> None:
    found = walk(numbered("11010118500115103X", "11010118500115103x")).findings
    assert [(each.code, each.path) for each in found] == [
        ("id-number", "payment.payer_id_number"),
        ("payer-spelling", "payment.payer_id_number"),
    ]
