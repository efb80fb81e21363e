"""Payment agencies: what WeChat Pay and Alipay are asked, in which order, how it is signed, and what of their answers
is believed.
"""

import csv
import json
import logging
import re
import traceback
from collections.abc import Callable
from decimal import Decimal
from hashlib import md5
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pydantic import SecretStr, ValidationError

from customs.codes.states import State
from customs.declaration import Declaration
from customs.documents import BusinessKey
from customs.payments.agencies import (
    DECLARE_PATH,
    QUERY_PATH,
    REDECLARE_PATH,
    Agency,
    AgencyAnswerError,
    AlipayIdentity,
    AlipayKey,
    AlipayMerchant,
    AlipayRequest,
    Basis,
    IdentityCheck,
    Md5Key,
    MissingFactsError,
    Place,
    Rsa2Key,
    RsaKey,
    UnknownPlaceError,
    UnsignableError,
    VerifyDepartment,
    WechatIdentity,
    WechatMerchant,
    WechatQuery,
    WechatRedeclaration,
    WechatRequest,
    WechatSplit,
    WechatState,
    about,
    alipay_md5_signature,
    alipay_request,
    answer_of_alipay,
    answer_of_wechat,
    calls_for,
    fen_of,
    joined,
    place,
    places_for,
    places_in_order,
    places_of,
    read_alipay,
    read_wechat,
    read_wechat_query,
    wechat_md5_signature,
    wechat_request,
    write_alipay,
    write_wechat,
    yuan_digits,
    yuan_of,
)
from customs.payments.agencies.answers import LARGEST_ANSWER, MOST_FIELDS
from customs.payments.agencies.request_parameters import parameters_of
from customs.testing import sample_parcels

KEY = SecretStr("fictitious-key-of-a-merchant-000")
PERSON = {"name": "贾宝玉", "number": "110101180001010017"}
SECRETS = [KEY.get_secret_value(), *PERSON.values()]

WECHAT = WechatRequest(
    app_id="wx0", merchant_id="1900000000", order_no="EX1", payment_no="4200000000", place="GUANGZHOU_ZS",
    merchant_customs_no="4401000000", duty_amount=Decimal("27.35"),
    identity=WechatIdentity(certificate_no=PERSON["number"], name=PERSON["name"]),
)  # fmt: skip
ALIPAY = AlipayRequest(
    partner="2088000000000000", request_no="R20261111", payment_no="2026111100001", merchant_customs_code="4401000000",
    merchant_customs_name="示例公司", amount=Decimal("300.50"), place="ZONGSHU",
    identity=AlipayIdentity(name=PERSON["name"], id_number=PERSON["number"]),
)  # fmt: skip

SPLIT = WechatSplit(sub_order_no="S1", order_amount=Decimal(2), transport_amount=Decimal(0), product_amount=Decimal(2))

quick = settings(deadline=None, max_examples=100)
amounts = st.integers(0, 10**16 - 1)
names = st.from_regex("[a-z_]{1,12}", fullmatch=True).filter(lambda name: name not in ("sign", "sign_type"))
characters = st.characters(blacklist_categories=["Cs", "Cc"])
texts = st.text(characters, min_size=1, max_size=20).filter(lambda text: not re.search(r"&\w+=", text))
parameter_sets = st.dictionaries(names, texts, min_size=1, max_size=8)
signatures = pytest.mark.parametrize("signature", [wechat_md5_signature, alipay_md5_signature])

Signature = Callable[[dict[str, str], SecretStr], str]


def changed(request: WechatRequest, **values: Any) -> WechatRequest:
    return WechatRequest.model_validate(
        {**{name: getattr(request, name) for name in WechatRequest.model_fields}, **values}
    )


# -- amounts


@quick
@given(amounts)
def test_yuan_become_fen_and_fen_become_yuan_again(fen: int) -> None:
    assert fen_of(yuan_of(fen)) == fen
    assert fen_of(Decimal(yuan_digits(yuan_of(fen)))) == fen
    assert re.fullmatch(r"\d+\.\d\d", yuan_digits(yuan_of(fen)))


@quick
@given(amounts, st.integers(1, 999))
def test_a_fraction_of_a_fen_is_refused_and_never_rounded(fen: int, part: int) -> None:
    with pytest.raises(ValueError, match="whole fen"):
        fen_of(Decimal(f"{fen}.{part:03}").scaleb(-2) if fen < 10**10 else Decimal("0.001"))


@pytest.mark.parametrize(
    "amount", ["-0.01", "NaN", "sNaN", "Infinity", "1E+14", "1E+999999", "1E-999999", "100000000000000"]
)
def test_what_is_no_amount_of_this_trade_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="whole fen"):
        fen_of(Decimal(amount))


@pytest.mark.parametrize(
    "amount",
    [300.5, 300, True, "3E2", "300,50", "300.505", Decimal("300.505"), Decimal(-1), "-1", "", " 1", "１", None],
)
def test_a_request_takes_decimals_and_plain_digits_and_no_float(amount: Any) -> None:
    values = {**{name: getattr(ALIPAY, name) for name in AlipayRequest.model_fields}, "amount": amount}
    with pytest.raises(ValidationError):
        AlipayRequest.model_validate(values)


def test_wechat_gets_fen_and_alipay_gets_yuan() -> None:
    assert parameters_of(WECHAT)["duty"] == "2735"
    assert parameters_of(ALIPAY)["amount"] == "300.50"


def test_an_amount_in_fen_cannot_be_given_under_the_name_of_the_wire() -> None:
    with pytest.raises(ValidationError):
        WechatRequest.model_validate({**WECHAT.model_dump(by_alias=True, exclude={"duty_amount"}), "duty": "2735"})


# -- requests


def test_a_split_adds_up_to_the_fen() -> None:
    split = WechatSplit(
        sub_order_no="A", order_amount=Decimal("10"), transport_amount=Decimal("1.01"), product_amount=Decimal("8.99")
    )
    assert parameters_of(split) == {
        "sub_order_no": "A",
        "fee_type": "CNY",
        "order_fee": "1000",
        "transport_fee": "101",
        "product_fee": "899",
    }
    with pytest.raises(ValidationError, match="transport_amount \\+ product_amount"):
        WechatSplit(
            sub_order_no="A", order_amount=Decimal("10"), transport_amount=Decimal("1"), product_amount=Decimal("8.99")
        )


@pytest.mark.parametrize("left_out", ["sub_order_no", "order_amount", "transport_amount", "product_amount"])
def test_a_split_is_whole_or_absent(left_out: str) -> None:
    values = {"sub_order_no": "A", "order_amount": "2", "transport_amount": "1", "product_amount": "1"}
    with pytest.raises(ValidationError):
        WechatSplit.model_validate({name: value for name, value in values.items() if name != left_out})


@pytest.mark.parametrize("code", [each for each in places_of("wechat") if each != "NO"] + ["A_NEW_PLACE"])
def test_every_place_but_no_needs_the_merchants_customs_number(code: str) -> None:
    with pytest.raises(ValidationError, match="mch_customs_no"):
        changed(WECHAT, place=code, merchant_customs_no=None)


def test_nothing_goes_to_customs_without_a_merchant_number() -> None:
    assert "mch_customs_no" not in parameters_of(changed(WECHAT, place="NO", merchant_customs_no=None))


def test_a_request_adds_or_modifies_and_nothing_else() -> None:
    assert parameters_of(WECHAT)["action_type"] == "ADD"
    assert parameters_of(changed(WECHAT, action="MODIFY"))["action_type"] == "MODIFY"
    with pytest.raises(ValidationError):
        changed(WECHAT, action="DELETE")


@pytest.mark.parametrize(
    ("field", "most"), [("merchant_customs_code", 20), ("merchant_customs_name", 256), ("place", 20)]
)
def test_lengths_that_are_known_are_kept(field: str, most: int) -> None:
    values = {name: getattr(ALIPAY, name) for name in AlipayRequest.model_fields}
    assert AlipayRequest.model_validate({**values, field: "A" * most})
    with pytest.raises(ValidationError):
        AlipayRequest.model_validate({**values, field: "A" * (most + 1)})


def test_a_length_that_is_not_known_is_not_invented() -> None:
    assert WechatIdentity(certificate_no="1", name="A" * 1000).name == "A" * 1000


def test_a_part_of_a_payment_is_marked_as_split_for_alipay() -> None:
    whole = parse_qs(write_alipay(ALIPAY, Md5Key(KEY)).decode())
    part = parse_qs(write_alipay(ALIPAY.model_copy(update={"sub_order_no": "S1"}), Md5Key(KEY)).decode())
    assert "is_split" not in whole
    assert (part["is_split"], part["sub_out_biz_no"]) == (["T"], ["S1"])


# -- signatures


def test_wechat_signs_as_the_joining_rule_says() -> None:
    text = "appid=wx0&customs=NO&mch_id=1&out_trade_no=EX1&transaction_id=42&key=" + KEY.get_secret_value()
    given = {
        "transaction_id": "42",
        "appid": "wx0",
        "customs": "NO",
        "sub_order_no": "",
        "out_trade_no": "EX1",
        "mch_id": "1",
    }
    assert wechat_md5_signature(given, KEY) == md5(text.encode()).hexdigest().upper()  # noqa: S324  the rule of the agency


def test_alipay_signs_as_the_joining_rule_says() -> None:
    text = "_input_charset=utf-8&amount=1.00&buyer_name=贾宝玉&service=alipay.acquire.customs" + KEY.get_secret_value()
    given = {
        "service": "alipay.acquire.customs",
        "amount": "1.00",
        "_input_charset": "utf-8",
        "buyer_name": "贾宝玉",
        "sign_type": "MD5",
        "sign": "an older one",
        "sub_out_biz_no": "",
    }
    assert alipay_md5_signature(given, KEY) == md5(text.encode()).hexdigest()  # noqa: S324  the rule of the agency


@signatures
@quick
@given(parameter_sets, st.randoms())
@pytest.mark.long
def test_the_order_of_parameters_does_not_matter(signature: Signature, parameters: dict[str, str], chance: Any) -> None:
    items = list(parameters.items())
    chance.shuffle(items)
    assert signature(dict(items), KEY) == signature(parameters, KEY)


@signatures
@quick
@given(parameter_sets, st.data())
@pytest.mark.long
def test_any_changed_field_changes_the_signature(
    signature: Signature, parameters: dict[str, str], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(parameters)))
    other = data.draw(texts.filter(lambda text: text != parameters[name]))
    assert signature({**parameters, name: other}, KEY) != signature(parameters, KEY)
    assert signature({each: value for each, value in parameters.items() if each != name}, KEY) != signature(
        parameters, KEY
    )
    assert signature(parameters, SecretStr("another")) != signature(parameters, KEY)


@quick
@given(parameter_sets, parameter_sets)
@pytest.mark.long
def test_no_two_sets_of_parameters_are_joined_to_the_same_text(one: dict[str, str], other: dict[str, str]) -> None:
    assert (joined(one) == joined(other)) == (one == other)


@signatures
@quick
@given(parameter_sets, names)
@pytest.mark.long
def test_empty_parameters_do_not_count(signature: Signature, parameters: dict[str, str], name: str) -> None:
    assert signature({name: "", **parameters}, KEY) == signature(parameters, KEY)


def test_a_value_that_reads_like_a_further_parameter_is_not_signed() -> None:
    with pytest.raises(UnsignableError, match=r"^name: & followed") as caught:
        joined({"appid": "wx0", "name": f"{PERSON['name']}&order_fee=1"})
    assert PERSON["name"] not in str(caught.value)
    assert joined({"merchant": "甲&乙公司"}) == "merchant=甲&乙公司"


@pytest.mark.parametrize("key", ["", "密钥", None, b"key"])
def test_a_key_is_text_of_ascii_and_not_empty(key: Any) -> None:
    with pytest.raises(ValueError, match="SecretStr of ASCII"):
        wechat_md5_signature({"a": "1"}, SecretStr(key) if isinstance(key, str) else key)


def test_the_body_for_wechat_holds_what_was_signed() -> None:
    awkward = WechatIdentity(certificate_no=PERSON["number"], name="<宝>&玉]]>")
    request = changed(WECHAT, identity=awkward, split=SPLIT)
    sent = {str(each.tag): each.text or "" for each in etree.fromstring(write_wechat(request, KEY))}
    sign = sent.pop("sign")
    assert list(sent) == sorted(sent), "in the order in which they are signed"
    assert sent == parameters_of(request)
    assert sign == wechat_md5_signature(sent, KEY)


def test_the_form_for_alipay_holds_what_was_signed() -> None:
    sent = {
        name: each
        for name, (each,) in parse_qs(write_alipay(ALIPAY, Md5Key(KEY)).decode(), strict_parsing=True).items()
    }
    assert (sent["service"], sent["_input_charset"], sent["sign_type"]) == ("alipay.acquire.customs", "utf-8", "MD5")
    assert sent["sign"] == alipay_md5_signature(sent, KEY)
    assert list(sent) == [*sorted(sent.keys() - {"sign", "sign_type"}), "sign", "sign_type"]
    assert parameters_of(ALIPAY).items() <= sent.items()


# -- areas and their calls

SPEC_TABLES: tuple[tuple[Agency, str, str], ...] = (
    ("wechat", "wechat_customs.csv", "customs"), ("alipay", "alipay_customs_place.csv", "customs_place"),
)  # fmt: skip


@pytest.mark.parametrize(("agency", "table", "column"), SPEC_TABLES)
def test_every_area_of_the_gathered_facts_is_there(facts: Path, agency: Agency, table: str, column: str) -> None:
    with (facts / "areas" / "codes" / table).open(encoding="utf-8") as file:
        rows = {row[column]: row for row in csv.DictReader(file)}
    assert list(places_of(agency)) == list(rows)
    for code, row in rows.items():
        found = places_of(agency)[code]
        assert (found.zh, found.confidence) == (row["area_zh"], row["confidence"])


INSPECTION_FIRST: dict[Agency, dict[str, str]] = {
    "wechat": {"GUANGZHOU_HP_GJ": "GUANGZHOU_ZS", "GUANGZHOU_NS_GJ": "GUANGZHOU_ZS"},
    "alipay": dict.fromkeys(
        (
            "HENAN",
            "TIANJIN",
            "NANSHAGJ",
            "GUANGZHOU_AIRPORT",
            "GUANGZHOU_NANSHA",
            "GUANGZHOU_HUANGPU",
            "GUANGZHOU_SHATIAN",
        ),
        "ZONGSHU",
    ),
}

every_place = pytest.mark.parametrize(
    ("agency", "code"),
    [
        (agency, each.code)
        for agency in INSPECTION_FIRST
        for each in places_of(agency).values()
        if each.state != "legacy"
    ],
)


def fill(found: Place) -> WechatRequest | AlipayRequest:
    if found.agency == "wechat":
        return changed(WECHAT, place=found.code)
    return ALIPAY.model_copy(update={"place": found.code, "request_no": f"R-{found.code}"})


@every_place
def test_the_calls_of_every_area_come_in_order(agency: Agency, code: str) -> None:
    second = INSPECTION_FIRST[agency].get(code)
    assert [each.place for each in calls_for(agency, code, fill)] == ([code, second] if second else [code])


@every_place
def test_in_the_newest_list_alipay_needs_one_call_for_every_area(agency: Agency, code: str) -> None:
    newest = places_in_order(agency, code, newest=True)
    if agency == "alipay":
        assert [each.code for each in newest] == [
            code if code in ("ZONGSHU", "ZHENGZHOU", "NINGBO", "SHANGHAI_CBT") else "ZONGSHU"
        ]
        assert newest[0].state == "current"
    else:
        assert newest == places_in_order(agency, code)


def test_tianjin_takes_one_call_at_wechat_and_two_at_alipay() -> None:
    assert len(calls_for("wechat", "TIANJIN", fill)) == 1
    assert [each.place for each in calls_for("alipay", "TIANJIN", fill)] == ["TIANJIN", "ZONGSHU"]


@pytest.mark.parametrize("code", ["GUANGZHOU", "ZHENGZHOU_ZH", "ATLANTIS", ""])
def test_a_value_of_old_answers_is_none_to_ask_with(code: str) -> None:
    with pytest.raises(UnknownPlaceError, match="GUANGZHOU_ZS"):
        place("wechat", code)


def test_a_request_for_another_place_is_no_call_of_this_one() -> None:
    with pytest.raises(ValueError, match="another agency or place"):
        calls_for("wechat", "NINGBO", lambda found: WECHAT)
    with pytest.raises(ValueError, match="another agency or place"):
        calls_for("alipay", "ZONGSHU", lambda found: changed(WECHAT, place="ZONGSHU"))


@pytest.mark.parametrize(
    ("agency", "district", "basis", "codes"),
    [
        ("wechat", "5165", Basis.NAMED, ["GUANGZHOU_ZS"]),
        ("wechat", "3105", Basis.NAMED, ["NINGBO"]),
        ("wechat", "4611", Basis.NAMED, ["ZHENGZHOU_BS"]),
        ("wechat", "4612", Basis.NAMED, ["ZHENGZHOU_ZH_ZS"]),
        ("wechat", "0213", Basis.NAMED, ["TIANJIN"]),
        ("wechat", "9007", Basis.OLDER, ["XIAN"]),
        ("wechat", "3700", Basis.GENERIC, ["GUANGZHOU_ZS", "ZONGSHU"]),
        ("wechat", "4600", Basis.UNKNOWN, []),
        ("wechat", "0000", Basis.UNKNOWN, []),
        ("wechat", "9999", Basis.UNKNOWN, []),
        ("alipay", "4611", Basis.NAMED, ["ZHENGZHOU"]),
        ("alipay", "4612", Basis.GENERIC, ["ZONGSHU"]),
        ("alipay", "2216", Basis.NAMED, ["SHANGHAI_CBT"]),
        ("alipay", "0213", Basis.GENERIC, ["ZONGSHU"]),
        ("alipay", "4600", Basis.UNKNOWN, []),
    ],
)
def test_a_district_leads_to_a_place_as_far_as_the_tables_say(
    agency: Agency, district: str, basis: Basis, codes: list[str]
) -> None:
    route = places_for(agency, district)
    assert (route.basis, [each.code for each in route.places]) == (basis, codes)


@pytest.mark.parametrize("agency", ["wechat", "alipay"])
def test_every_area_has_a_source_and_a_state_and_its_references_exist(agency: Agency) -> None:
    assert about(agency).source
    assert about(agency).state
    for each in places_of(agency).values():
        assert each.zh
        assert all(
            code in places_of(agency) for code in (*each.calls, *filter(None, [each.now]), *about(agency).generic)
        )


# -- answers


def wechat_answer(signed_by: SecretStr = KEY, **values: str) -> bytes:
    said = {
        "return_code": "SUCCESS",
        "result_code": "SUCCESS",
        "appid": "wx0",
        "mch_id": "1900000000",
        "out_trade_no": "EX1",
        "transaction_id": "4200000000",
        "state": "SUCCESS",
        "cert_check_result": "SAME",
        "verify_department": "NETSUNION",
    } | values
    return xml("xml", {**said, "sign": wechat_md5_signature(said, signed_by)})


def xml(name: str, values: dict[str, str]) -> bytes:
    return f"<{name}>{''.join(f'<{each}>{escape(text)}</{each}>' for each, text in values.items())}</{name}>".encode()


def alipay_answer(key: AlipayKey, sign_type: str = "", **values: str) -> bytes:
    said = {"result_code": "SUCCESS", "trade_no": "2026111100001", "alipay_declare_no": "D1"} | values
    signs = {"sign": key.sign(said), "sign_type": sign_type or key.sign_type}
    inner = xml("alipay", said).decode()
    outer = "".join(f"<{name}>{text}</{name}>" for name, text in signs.items())
    return f"<alipay><is_success>T</is_success><response>{inner}</response>{outer}</alipay>".encode()


@pytest.mark.parametrize("state", ["UNDECLARED", "SUBMITTED", "PROCESSING", "SUCCESS", "FAIL", "EXCEPT"])
def test_only_success_is_success(state: str) -> None:
    found = read_wechat(wechat_answer(state=state), WECHAT, KEY)
    assert (found.taken, found.state.name, found.declared) == (True, state, state == "SUCCESS")


@pytest.mark.parametrize(
    ("state", "canonical"),
    [
        ("UNDECLARED", State.STORED), ("SUBMITTED", State.SENT), ("PROCESSING", State.SENT), ("SUCCESS", State.ACCEPTED),
        ("FAIL", State.REJECTED), ("EXCEPT", State.TECHNICAL_FAILURE), ("PERHAPS", State.UNKNOWN),
    ],
)  # fmt: skip
def test_a_reply_of_wechat_is_an_answer_about_the_payment(state: str, canonical: State) -> None:
    answer = answer_of_wechat(read_wechat(wechat_answer(state=state), WECHAT, KEY))
    assert (answer.state, answer.receipt, answer.authority) == (canonical, "WeChat Pay", "platform")
    assert answer.key == BusinessKey("CEB411", (("payment_no", "4200000000"), ("order_no", "EX1")))


@pytest.mark.parametrize(
    ("code", "canonical"), [("SIGNERROR", State.REJECTED), ("SYSTEMERROR", State.TECHNICAL_FAILURE)]
)
def test_a_refusal_of_wechat_is_technical_only_if_its_system_failed(code: str, canonical: State) -> None:
    answer = answer_of_wechat(read_wechat(wechat_answer(result_code="FAIL", err_code=code), WECHAT, KEY))
    assert (answer.state, answer.code) == (canonical, code)


@pytest.mark.parametrize("word", ["", "success", "SUCCESS ", "OK", "UNKNOWN", "of", "__class__", "zh"])
def test_a_word_that_is_not_known_is_unknown_and_never_success(word: str) -> None:
    found = read_wechat(wechat_answer(state=word, cert_check_result=word, verify_department=word), WECHAT, KEY)
    assert (found.state, found.identity, found.department) == (
        WechatState.UNKNOWN,
        IdentityCheck.UNKNOWN,
        VerifyDepartment.UNKNOWN,
    )
    assert not found.declared
    assert found.department.verifier is None


@pytest.mark.parametrize(
    ("word", "identity"), [(each.name, each) for each in IdentityCheck if each is not IdentityCheck.UNKNOWN]
)
def test_the_comparison_of_buyer_and_payer_is_read(word: str, identity: IdentityCheck) -> None:
    assert read_wechat(wechat_answer(cert_check_result=word), WECHAT, KEY).identity is identity


@pytest.mark.parametrize(("word", "code"), [("UNIONPAY", "1"), ("NETSUNION", "2"), ("OTHERS", "3")])
def test_the_clearing_house_has_its_code_of_the_payment_data(word: str, code: str) -> None:
    assert read_wechat(wechat_answer(verify_department=word), WECHAT, KEY).department.verifier == code


def test_a_signed_refusal_is_none_of_a_success() -> None:
    found = read_wechat(wechat_answer(result_code="FAIL", err_code="SIGNERROR"), WECHAT, KEY)
    assert (found.taken, found.declared, found.error_code) == (False, False, "SIGNERROR")
    for personal in (PERSON["name"], PERSON["number"], "13800138000"):
        found = read_wechat(wechat_answer(result_code="FAIL", err_code=personal), WECHAT, KEY)
        assert found.error_code == "(a code that cannot be shown)"


@pytest.mark.parametrize("code", ["268452001", "-1", "7", "1234567890"])
def test_a_numeric_code_of_an_error_is_shown(code: str) -> None:
    found = read_wechat(wechat_answer(result_code="FAIL", err_code=code), WECHAT, KEY)
    assert (found.error_code, answer_of_wechat(found).code, answer_of_wechat(found).state) == (
        code,
        code,
        State.REJECTED,
    )
    refused = read_alipay(alipay_answer(Md5Key(KEY), result_code="FAIL", detail_error_code=code), ALIPAY, Md5Key(KEY))
    assert refused.error_code == code


def test_the_code_0_is_no_error() -> None:
    found = read_wechat(wechat_answer(err_code="0", err_code_des="OK"), WECHAT, KEY)
    assert (found.error_code, found.declared, answer_of_wechat(found).code) == ("", True, "SUCCESS")
    taken = read_alipay(alipay_answer(Md5Key(KEY), detail_error_code="0"), ALIPAY, Md5Key(KEY))
    assert (taken.error_code, taken.taken) == ("", True)


def test_an_error_that_leaves_the_outcome_open_is_no_rejection() -> None:
    found = read_wechat(wechat_answer(result_code="FAIL", err_code="35311004"), WECHAT, KEY)
    assert (answer_of_wechat(found).state, answer_of_wechat(found).code) == (State.UNKNOWN, "35311004")


@pytest.mark.parametrize("state", list(WechatState), ids=lambda state: str(state.name))
def test_each_state_says_in_both_languages_what_to_do_next(state: WechatState) -> None:
    assert state.advice_zh
    assert state.advice_en
    assert ("push it again" in state.advice_en) == state.may_be_redeclared
    assert state.may_be_redeclared == (state in (WechatState.SUCCESS, WechatState.EXCEPT))


def test_what_is_not_declared_yet_is_asked_again_and_a_failed_interface_too() -> None:
    assert "WechatQuery" in WechatState.UNDECLARED.advice_en
    assert "此状态不能重推" in WechatState.UNDECLARED.advice_zh
    assert "WechatRedeclaration" in WechatState.EXCEPT.advice_zh


# -- the numbers that go to customs


def test_after_a_split_the_numbers_of_the_part_are_declared() -> None:
    said = wechat_answer(
        sub_order_no="S1", sub_order_id="5300000009", verify_department="UNIONPAY", verify_department_trade_id="77001"
    )
    found = read_wechat(said, changed(WECHAT, split=SPLIT), KEY)
    assert (found.order_no_to_declare, found.payment_no_to_declare) == ("S1", "5300000009")
    assert (found.verifier_payment_no, found.department.verifier) == ("77001", "1")
    assert answer_of_wechat(found).key == BusinessKey("CEB411", (("payment_no", "5300000009"), ("order_no", "S1")))


def test_without_a_split_the_numbers_of_the_payment_are_declared() -> None:
    found = read_wechat(wechat_answer(), WECHAT, KEY)
    assert (found.order_no_to_declare, found.payment_no_to_declare) == ("EX1", "4200000000")
    assert found.verifier_payment_no is None


def test_the_number_of_the_whole_payment_never_stands_for_that_of_a_part() -> None:
    found = read_wechat(wechat_answer(sub_order_no="S1"), changed(WECHAT, split=SPLIT), KEY)
    assert found.payment_no_to_declare is None


# -- queries and redeclarations

QUERY = WechatQuery(app_id="wx0", merchant_id="1900000000", place="GUANGZHOU_ZS", payment_no="4200000000")
REDECLARATION = WechatRedeclaration(
    app_id="wx0", merchant_id="1900000000", place="GUANGZHOU_ZS", order_no="EX1", merchant_customs_no="4401000000"
)


def query_answer(count: str = "2", **values: str) -> bytes:
    said = {
        "return_code": "SUCCESS", "result_code": "SUCCESS", "appid": "wx0", "mch_id": "1900000000", "err_code": "0",
        "transaction_id": "4200000000", "count": count,
        "customs_0": "GUANGZHOU_ZS", "state_0": "SUCCESS", "cert_check_result_0": "SAME", "sub_order_no_0": "S1",
        "sub_order_id_0": "5300000001", "verify_department_0": "OTHERS",
        "customs_1": "GUANGZHOU_ZS", "state_1": "FAIL", "explanation_1": "说明", "sub_order_no_1": "S2",
        "sub_order_id_1": "5300000002", "verify_department": "NETSUNION", "verify_department_trade_id": "77002",
    } | values  # fmt: skip
    return xml("xml", {**said, "sign": wechat_md5_signature(said, KEY)})


@pytest.mark.parametrize("request_", [QUERY, REDECLARATION], ids=["query", "redeclaration"])
def test_a_query_and_a_redeclaration_hold_what_was_signed(request_: WechatQuery | WechatRedeclaration) -> None:
    sent = {str(each.tag): each.text or "" for each in etree.fromstring(write_wechat(request_, KEY))}
    sign = sent.pop("sign")
    assert sent == {**parameters_of(request_), "sign_type": "MD5"}
    assert sign == wechat_md5_signature(sent, KEY)


def test_the_three_requests_to_wechat_have_paths_of_their_own() -> None:
    assert [each.rpartition("/")[2] for each in (DECLARE_PATH, QUERY_PATH, REDECLARE_PATH)] == [
        "customdeclareorder", "customdeclarequery", "customdeclareredeclare"
    ]  # fmt: skip
    assert REDECLARE_PATH.startswith("/cgi-bin/mch/newcustoms/")


def test_a_query_names_a_payment_by_one_of_its_numbers() -> None:
    without = {"app_id": "wx0", "merchant_id": "1", "place": "NINGBO"}
    for name in ("order_no", "payment_no", "sub_order_no", "sub_order_id"):
        assert parameters_of(WechatQuery.model_validate({**without, name: "N1"}))["customs"] == "NINGBO"
    with pytest.raises(ValidationError, match="give one of order_no"):
        WechatQuery.model_validate(without)


def test_a_redeclaration_names_the_payment_and_the_merchant() -> None:
    named = {"app_id": "wx0", "merchant_id": "1", "place": "NINGBO", "order_no": "EX1"}
    with pytest.raises(ValidationError, match="merchant_customs_no"):
        WechatRedeclaration.model_validate(named)
    with pytest.raises(ValidationError, match="give order_no or payment_no"):
        WechatRedeclaration.model_validate(
            {**named, "order_no": None, "sub_order_no": "S1", "merchant_customs_no": "1"}
        )


def test_a_query_is_answered_for_each_part_of_the_payment() -> None:
    first, second = read_wechat_query(query_answer(), QUERY, KEY)
    assert (first.declared, first.payment_no_to_declare, first.department) == (
        True,
        "5300000001",
        VerifyDepartment.OTHERS,
    )
    assert (second.state, second.order_no_to_declare, second.verifier_payment_no) == (WechatState.FAIL, "S2", "77002")
    assert answer_of_wechat(second).texts == ("说明",)


def test_a_query_that_was_refused_is_one_answer_that_was_not_taken() -> None:
    said = query_answer(result_code="FAIL", err_code="INVALID_REQUEST")
    (only,) = read_wechat_query(said, QUERY, KEY)
    assert (only.taken, only.error_code) == (False, "INVALID_REQUEST")


def test_an_answer_to_another_query_or_with_declarations_missing_is_not_believed() -> None:
    with pytest.raises(AgencyAnswerError, match="transaction_id: the answer is to another request"):
        read_wechat_query(query_answer(transaction_id="4299999999"), QUERY, KEY)
    with pytest.raises(AgencyAnswerError, match="customs: the answer is to another request"):
        read_wechat_query(query_answer(customs_1="NINGBO"), QUERY, KEY)
    for count in ("1", "3", "two"):
        with pytest.raises(AgencyAnswerError, match="another number of declarations"):
            read_wechat_query(query_answer(count), QUERY, KEY)


def test_a_redeclaration_is_answered_as_the_request_was() -> None:
    assert read_wechat(wechat_answer(state="PROCESSING"), REDECLARATION, KEY).state is WechatState.PROCESSING
    with pytest.raises(AgencyAnswerError, match="out_trade_no: the answer is to another request"):
        read_wechat(wechat_answer(out_trade_no="EX2"), REDECLARATION, KEY)


# -- limits of numbers


@pytest.mark.parametrize("number", ["A12345", "20261111-0001", "a_b:c-1", "9" * 32])
def test_a_request_number_that_alipay_takes(number: str) -> None:
    assert ALIPAY.model_copy(update={"request_no": number}) == alipay_with(request_no=number)


@pytest.mark.parametrize("number", ["", "R1", "12345", "9" * 33, "A B 123", "流水号123456", "123456\n", "12.3456"])
def test_a_request_number_that_alipay_refuses(number: str) -> None:
    with pytest.raises(ValidationError, match="request_no"):
        alipay_with(request_no=number)


def test_a_number_is_refused_with_the_rule_in_words() -> None:
    with pytest.raises(
        ValidationError, match=r"allowed is 6 to 32 characters: digits, English letters and _ - : \(6 至 32 位"
    ):
        alipay_with(request_no="R1")
    with pytest.raises(
        ValidationError, match=r"allowed is 1 to 32 characters: digits, English letters and _ - \| \* @"
    ):
        changed(WECHAT, order_no="9" * 33)


def alipay_with(**values: str) -> AlipayRequest:
    return AlipayRequest.model_validate(
        {**{name: getattr(ALIPAY, name) for name in AlipayRequest.model_fields}, **values}
    )


@pytest.mark.parametrize(("field", "most"), [("partner", 16), ("payment_no", 64), ("sub_order_no", 32), ("place", 20)])
def test_a_number_that_is_too_long_for_alipay_is_refused(field: str, most: int) -> None:
    assert getattr(alipay_with(**{field: "9" * most}), field) == "9" * most
    with pytest.raises(ValidationError, match=field):
        alipay_with(**{field: "9" * (most + 1)})


@pytest.mark.parametrize("field", ["app_id", "merchant_id", "order_no", "payment_no", "place", "merchant_customs_no"])
def test_wechat_takes_numbers_of_32_characters_at_most(field: str) -> None:
    assert getattr(changed(WECHAT, **{field: "9" * 32}), field) == "9" * 32
    with pytest.raises(ValidationError, match=field):
        changed(WECHAT, **{field: "9" * 33})


@pytest.mark.parametrize("field", ["sub_order_no", "sub_order_id"])
def test_the_numbers_of_a_part_have_1_to_32_characters_at_wechat(field: str) -> None:
    asked = {"app_id": "wx0", "merchant_id": "1", "place": "NINGBO"}
    for number in ("9", "9" * 32):
        assert getattr(WechatQuery.model_validate({**asked, field: number}), field) == number
    for number in ("", "9" * 33):
        with pytest.raises(ValidationError, match=field):
            WechatQuery.model_validate({**asked, "payment_no": "1", field: number})


@pytest.mark.parametrize("number", ["EX 1", "EX/1", "订单1", "EX1."])
def test_wechat_takes_letters_digits_and_some_signs_in_an_order_number(number: str) -> None:
    assert changed(WECHAT, order_no="Ex_1-|*@").order_no == "Ex_1-|*@"
    with pytest.raises(ValidationError, match="order_no"):
        changed(WECHAT, order_no=number)


def test_an_answer_of_another_key_or_changed_on_its_way_is_not_believed() -> None:
    with pytest.raises(AgencyAnswerError, match="is not valid"):
        read_wechat(wechat_answer(SecretStr("another")), WECHAT, KEY)
    with pytest.raises(AgencyAnswerError, match="is not valid"):
        read_wechat(wechat_answer(state="FAIL").replace(b"<state>FAIL", b"<state>SUCCESS"), WECHAT, KEY)
    with pytest.raises(AgencyAnswerError, match="is not valid"):
        read_wechat(wechat_answer().replace(b"</xml>", b"<error>1</error></xml>"), WECHAT, KEY)


def test_a_field_folded_into_the_one_before_it_is_not_believed() -> None:
    good = wechat_answer(return_msg="OK", result_code="FAIL")
    folded = good.replace(b"<return_msg>OK</return_msg>", b"").replace(
        b"<return_code>SUCCESS", b"<return_code>SUCCESS&amp;return_msg=OK"
    )
    with pytest.raises(AgencyAnswerError, match="is not valid"):
        read_wechat(folded, WECHAT, KEY)


def test_an_unsigned_answer_is_not_believed_but_can_be_read_by_a_person() -> None:
    with pytest.raises(AgencyAnswerError, match="without a signature") as caught:
        read_wechat(xml("xml", {"return_code": "FAIL", "return_msg": "签名失败"}), WECHAT, KEY)
    assert caught.value.said == "签名失败"
    with pytest.raises(AgencyAnswerError, match="without a signature"):
        read_wechat(xml("xml", {"return_code": "SUCCESS", "result_code": "SUCCESS", "state": "SUCCESS"}), WECHAT, KEY)


@pytest.mark.parametrize("name", ["appid", "mch_id", "out_trade_no", "transaction_id", "customs"])
def test_a_signed_answer_to_another_request_is_not_taken_for_ours(name: str) -> None:
    with pytest.raises(AgencyAnswerError, match=f"^{name}: the answer is to another request"):
        read_wechat(wechat_answer(KEY, **{name: "another"}), WECHAT, KEY)


def test_an_answer_says_which_part_of_the_order_it_is_about() -> None:
    request = changed(WECHAT, split=SPLIT)
    assert read_wechat(wechat_answer(sub_order_no="S1"), request, KEY).declared
    with pytest.raises(AgencyAnswerError, match=r"^sub_order_no: the answer lacks it"):
        read_wechat(wechat_answer(), request, KEY)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<xml>",
        b"<xml/><xml/>",
        b"<html/>",
        b"<alipay/>",
        b'<!DOCTYPE xml [<!ENTITY e "1">]><xml>&e;</xml>',
        b"<xml><sign>1</sign><sign>2</sign></xml>",
        b"<xml><state><x/></state></xml>",
        b"<xml>" + b"<a/>" * (MOST_FIELDS + 1) + b"</xml>",
        b" " * (LARGEST_ANSWER + 1),
        b"\xff\xfe",
        b"<alipay><is_success>T</is_success><sign>1</sign><response/></alipay>",
    ],
)
def test_bad_input_is_a_clear_error(body: bytes) -> None:
    for read in (lambda: read_wechat(body, WECHAT, KEY), lambda: read_alipay(body, ALIPAY, Md5Key(KEY))):
        with pytest.raises(AgencyAnswerError):
            read()


def test_a_signed_answer_with_a_field_twice_or_elements_in_a_field_is_refused() -> None:
    with pytest.raises(AgencyAnswerError, match="holds a field twice"):
        read_wechat(wechat_answer().replace(b"<state>", b"<state>FAIL</state><state>"), WECHAT, KEY)
    with pytest.raises(AgencyAnswerError, match="state: text is expected"):
        read_wechat(wechat_answer().replace(b"<state>SUCCESS", b"<state>SUCCESS<FAIL/>"), WECHAT, KEY)


def test_a_signed_answer_that_is_too_large_or_under_another_name_is_refused() -> None:
    with pytest.raises(AgencyAnswerError, match="at most"):
        read_wechat(wechat_answer() + b" " * LARGEST_ANSWER, WECHAT, KEY)
    with pytest.raises(AgencyAnswerError, match=f"at most {MOST_FIELDS} are read"):
        read_wechat(wechat_answer(KEY, **{f"f{number}": "1" for number in range(MOST_FIELDS)}), WECHAT, KEY)
    with pytest.raises(AgencyAnswerError, match="must be an element xml"):
        read_wechat(wechat_answer().replace(b"xml>", b"html>"), WECHAT, KEY)


@quick
@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: f"<xml><sign>{escape(text)}</sign></xml>".encode(errors="ignore"))
)
def test_whatever_comes_is_never_believed_without_the_key(body: bytes) -> None:
    with pytest.raises(AgencyAnswerError):
        read_wechat(body, WECHAT, KEY)


def rsa_key(kind: type[RsaKey] = RsaKey) -> RsaKey:
    digest = SHA256() if kind is Rsa2Key else SHA1()  # noqa: S303  the rule of the agency
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def verifies(value: bytes, text: bytes) -> bool:
        try:
            key.public_key().verify(value, text, padding.PKCS1v15(), digest)
        except InvalidSignature:
            return False
        return True

    return kind(lambda text: key.sign(text, padding.PKCS1v15(), digest), verifies)


@pytest.fixture(scope="module", params=["MD5", "RSA", "RSA2"])
def alipay_key(request: pytest.FixtureRequest) -> AlipayKey:
    kinds = {"RSA": RsaKey, "RSA2": Rsa2Key}
    return rsa_key(kinds[request.param]) if request.param in kinds else Md5Key(KEY)


def test_an_answer_of_alipay_is_believed_once_its_signature_holds(alipay_key: AlipayKey) -> None:
    found = read_alipay(alipay_answer(alipay_key), ALIPAY, alipay_key)
    assert found.taken
    assert found.parameters["alipay_declare_no"] == "D1"
    refused = read_alipay(
        alipay_answer(alipay_key, result_code="FAIL", detail_error_code="TRADE_NOT_EXIST"), ALIPAY, alipay_key
    )
    assert (refused.taken, refused.error_code) == (False, "TRADE_NOT_EXIST")
    assert not read_alipay(alipay_answer(alipay_key, result_code="PERHAPS"), ALIPAY, alipay_key).taken
    odd = read_alipay(
        alipay_answer(alipay_key, result_code="FAIL", detail_error_code=PERSON["name"]), ALIPAY, alipay_key
    )
    assert odd.error_code == "(a code that cannot be shown)"


def test_a_reply_of_alipay_is_an_answer_about_the_payment_that_is_handed_on() -> None:
    key = Md5Key(KEY)
    taken = answer_of_alipay(read_alipay(alipay_answer(key), ALIPAY, key))
    assert (taken.state, taken.code, taken.receipt) == (State.SENT, "SUCCESS", "Alipay")
    assert taken.key == BusinessKey("CEB411", (("payment_no", "2026111100001"),))
    refused = read_alipay(alipay_answer(key, result_code="FAIL", detail_error_code="TRADE_NOT_EXIST"), ALIPAY, key)
    assert (answer_of_alipay(refused).state, answer_of_alipay(refused).code) == (State.REJECTED, "TRADE_NOT_EXIST")


def test_an_answer_of_alipay_that_was_changed_is_not_believed(alipay_key: AlipayKey) -> None:
    good = alipay_answer(alipay_key, result_code="FAIL")
    for body in (
        good.replace(b"FAIL", b"SUCCESS"),
        re.sub(b"<sign>.*</sign>", b"<sign>AAAA</sign>", good),
        re.sub(b"<sign>.*</sign>", "<sign>签</sign>".encode(), good),
        good.replace(b"</sign>", b"!</sign>"),
        alipay_answer(alipay_key, sign_type="RSA" if alipay_key.sign_type == "MD5" else "MD5"),
    ):
        with pytest.raises(AgencyAnswerError, match="is not valid"):
            read_alipay(body, ALIPAY, alipay_key)


@pytest.mark.parametrize("name", ["trade_no", "out_request_no", "customs_place", "sub_out_biz_no"])
def test_an_answer_of_alipay_to_another_request_is_not_taken_for_ours(alipay_key: AlipayKey, name: str) -> None:
    part = ALIPAY.model_copy(update={"sub_order_no": "S1"})
    with pytest.raises(AgencyAnswerError, match=f"^{name}: the answer is to another"):
        read_alipay(alipay_answer(alipay_key, **{name: "another"}), part, alipay_key)
    assert read_alipay(alipay_answer(alipay_key, **{name: parameters_of(part)[name]}), part, alipay_key).taken


def test_an_answer_of_alipay_that_does_not_say_which_payment_is_not_taken_for_ours(alipay_key: AlipayKey) -> None:
    with pytest.raises(AgencyAnswerError, match=r"^trade_no: the answer lacks it"):
        read_alipay(alipay_answer(alipay_key, trade_no=""), ALIPAY, alipay_key)


def test_an_unsigned_refusal_of_alipay_can_be_read_by_a_person() -> None:
    with pytest.raises(AgencyAnswerError, match="without a signature") as caught:
        read_alipay(b"<alipay><is_success>F</is_success><error>ILLEGAL_SIGN</error></alipay>", ALIPAY, Md5Key(KEY))
    assert caught.value.said == "ILLEGAL_SIGN"


@pytest.mark.parametrize("word", ["F", "", "t", "SUCCESS"])
def test_a_refusal_of_alipay_is_none_of_a_success_though_what_it_holds_is_signed(
    alipay_key: AlipayKey, word: str
) -> None:
    body = alipay_answer(alipay_key).replace(b"<is_success>T<", f"<is_success>{word}<".encode())
    with pytest.raises(AgencyAnswerError, match="could not process the request"):
        read_alipay(body, ALIPAY, alipay_key)


# -- from a declaration


@pytest.fixture
def parcel() -> Declaration:
    return next(sample_parcels(1, seed=7, mode="1210"))


def with_facts(parcel: Declaration, **sections: dict[str, Any]) -> Declaration:
    made = {name: getattr(parcel, name).model_copy(update=values) for name, values in sections.items()}
    return parcel.model_copy(update=made)


def test_a_declaration_fills_a_request_to_wechat(parcel: Declaration) -> None:
    found = wechat_request(parcel, place("wechat", "NINGBO"), WechatMerchant("wx0", "1", "3302000000"))
    sent = parameters_of(found)
    assert (sent["out_trade_no"], sent["transaction_id"]) == (parcel.order.order_no, parcel.payment.payment_no)
    assert (sent["name"], sent["cert_id"]) == (parcel.order.buyer_name, parcel.order.buyer_id_number)
    assert "sub_order_no" not in sent
    assert "duty" not in sent


def test_one_of_several_orders_of_a_payment_is_a_split(parcel: Declaration) -> None:
    told = with_facts(
        parcel,
        order={"paid_amount": Decimal("120.50"), "freight": Decimal("20"), "tax_total": Decimal("9.1")},
        payment={"amount_paid": None},
    )
    found = wechat_request(
        told, place("wechat", "NINGBO"), WechatMerchant("wx0", "1", "3302000000"), paid_under="MAIN", with_duty=True
    )
    sent = parameters_of(found)
    assert (sent["out_trade_no"], sent["sub_order_no"]) == ("MAIN", parcel.order.order_no)
    assert (sent["order_fee"], sent["transport_fee"], sent["product_fee"], sent["duty"]) == (
        "12050",
        "2000",
        "10050",
        "910",
    )


def test_what_is_missing_is_named_all_at_once(parcel: Declaration) -> None:
    order = {"paid_amount": None, "freight": None, "tax_total": None, "buyer_id_type": "4"}
    bare = with_facts(parcel, order=order, payment={"amount_paid": None})
    with pytest.raises(MissingFactsError) as caught:
        wechat_request(bare, place("wechat", "NINGBO"), WechatMerchant("wx0", "1"), paid_under="MAIN", with_duty=True)
    assert caught.value.missing[:4] == (
        "merchant.customs_no",
        "order.tax_total",
        "payment.amount_paid",
        "order.freight",
    )
    assert caught.value.missing[4].startswith("order.buyer_id_type")
    with pytest.raises(MissingFactsError) as caught:
        alipay_request(
            bare, place("alipay", "NINGBO"), AlipayMerchant("2088"), request_no="R20261111", with_identity=False
        )
    assert caught.value.missing == ("merchant.customs_code", "payment.amount_paid")


def test_amounts_that_contradict_each_other_are_for_the_shop_to_mend(parcel: Declaration) -> None:
    told = with_facts(parcel, order={"paid_amount": Decimal(1)}, payment={"amount_paid": Decimal(2)})
    with pytest.raises(MissingFactsError, match=r"payment\.amount_paid equal to order\.paid_amount"):
        alipay_request(told, place("alipay", "ZONGSHU"), AlipayMerchant("2088", "4401000000"), request_no="R20261111")


def test_a_declaration_fills_a_request_to_alipay(parcel: Declaration) -> None:
    paid: dict[str, dict[str, Any]] = {"payment": {"amount_paid": Decimal("300.5")}, "order": {"paid_amount": None}}
    told = with_facts(parcel, parties={"merchant_code": "4401000000"}, **paid)
    found = alipay_request(
        told, place("alipay", "ZONGSHU"), AlipayMerchant("2088"), request_no="R20261111", is_part=True
    )
    sent = parameters_of(found)
    assert (sent["amount"], sent["merchant_customs_code"]) == ("300.50", "4401000000")
    assert sent["merchant_customs_name"] == told.parties.merchant_name
    assert (sent["trade_no"], sent["sub_out_biz_no"], sent["buyer_name"]) == (
        told.payment.payment_no,
        told.order.order_no,
        told.order.buyer_name,
    )


def test_what_was_not_asked_for_does_not_leave_the_house(parcel: Declaration) -> None:
    told = with_facts(
        parcel, order={"tax_total": Decimal("9.1"), "paid_amount": None}, payment={"amount_paid": Decimal("300.5")}
    )
    wechat = wechat_request(
        told, place("wechat", "NINGBO"), WechatMerchant("wx0", "1", "3302000000"), with_identity=False
    )
    alipay = alipay_request(
        told,
        place("alipay", "ZONGSHU"),
        AlipayMerchant("2088", "4401000000"),
        request_no="R20261111",
        with_identity=False,
    )
    assert not {"cert_type", "cert_id", "name", "duty", "sub_order_no"} & parameters_of(wechat).keys()
    assert not {"buyer_name", "buyer_id_no", "sub_out_biz_no"} & parameters_of(alipay).keys()
    for sent in (write_wechat(wechat, KEY).decode(), write_alipay(alipay, Md5Key(KEY)).decode()):
        assert told.order.buyer_id_number not in sent


def test_an_order_paid_under_its_own_number_is_no_part(parcel: Declaration) -> None:
    found = wechat_request(
        parcel,
        place("wechat", "NINGBO"),
        WechatMerchant("wx0", "1", "3302000000"),
        paid_under=parcel.order.order_no,
        action="MODIFY",
    )
    assert found.split is None
    assert parameters_of(found)["action_type"] == "MODIFY"


def test_the_place_that_declares_nothing_needs_no_merchant_number(parcel: Declaration) -> None:
    found = wechat_request(parcel, place("wechat", "NO"), WechatMerchant("wx0", "1"))
    assert "mch_customs_no" not in parameters_of(found)


def test_a_number_that_is_given_goes_before_the_declarations_and_only_one_of_ten_characters_stands_in(
    parcel: Declaration,
) -> None:
    def code_for(merchant_code: str, given: str | None = None) -> str:
        paid: dict[str, dict[str, Any]] = {"payment": {"amount_paid": Decimal(1)}, "order": {"paid_amount": None}}
        told = with_facts(parcel, parties={"merchant_code": merchant_code}, **paid)
        found = alipay_request(told, place("alipay", "ZONGSHU"), AlipayMerchant("2088", given), request_no="R20261111")
        return found.merchant_customs_code

    assert code_for("4401000000") == "4401000000"
    assert code_for("4401000000", given="330299") == "330299"
    with pytest.raises(MissingFactsError, match=r"merchant\.customs_code"):
        code_for("91440101MA59XXXX0X")


def test_the_local_number_of_a_place_is_never_guessed(parcel: Declaration) -> None:
    told = with_facts(
        parcel,
        parties={"merchant_code": "4401000000"},
        payment={"amount_paid": Decimal(1)},
        order={"paid_amount": None},
    )
    with pytest.raises(MissingFactsError, match=r"merchant\.customs_code"):
        alipay_request(told, place("alipay", "ZHENGZHOU"), AlipayMerchant("2088"), request_no="R20261111")


def test_a_place_of_the_other_agency_is_refused(parcel: Declaration) -> None:
    with pytest.raises(ValueError, match="one of alipay: give one of wechat"):
        wechat_request(parcel, place("alipay", "NINGBO"), WechatMerchant("wx0", "1", "1"))


# -- nothing secret


def test_neither_key_nor_person_shows_in_reprs_errors_or_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    answer = read_wechat(wechat_answer(return_msg=PERSON["name"]), WECHAT, KEY)
    md5_key, rsa_keys = Md5Key(KEY), RsaKey(lambda text: b"", lambda value, text: True)
    shown = [
        repr(each) + str(each)
        for each in (WECHAT, ALIPAY, WECHAT.identity, ALIPAY.identity, answer, KEY, md5_key, rsa_keys)
    ]
    for attempt in (
        lambda: changed(WECHAT, identity={"certificate_no": PERSON["number"], "name": PERSON["name"] + "\0"}),
        lambda: changed(WECHAT, merchant_customs_no=None),
        lambda: changed(WECHAT, identity={"certificate_no": PERSON["number"], "nam": PERSON["name"]}),
        lambda: write_wechat(
            changed(WECHAT, identity={"certificate_no": PERSON["number"], "name": PERSON["name"] + "&a=1"}), KEY
        ),
        lambda: wechat_md5_signature({"name": PERSON["name"]}, SecretStr("密" + KEY.get_secret_value())),
        lambda: read_wechat(wechat_answer(state=PERSON["name"], mch_id=PERSON["number"]), WECHAT, KEY),
        lambda: read_wechat(xml("xml", {"return_msg": PERSON["name"]}), WECHAT, KEY),
        lambda: read_wechat(f"<xml><{PERSON['name']}><x/></{PERSON['name']}></xml>".encode(), WECHAT, KEY),
    ):
        with pytest.raises(ValueError) as caught:  # noqa: PT011  each has a text of its own, none of them a secret
            attempt()
        shown.append("".join(traceback.format_exception(caught.value)))
    shown.append(caplog.text)
    assert not [secret for secret in SECRETS for each in shown if secret in each]


def test_a_request_as_json_has_amounts_as_strings_of_yuan_under_our_names() -> None:
    assert json.loads(WECHAT.model_dump_json(by_alias=True))["duty_amount"] == "27.35"
