"""Explanations: the same number told apart, texts of every form read, nothing guessed and nobody shown."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import customs
from customs.codes.states import State
from customs.documents import (
    Answer,
    BusinessKey,
    DeclarationListReceipt,
    FormatError,
    OrderReceipt,
    Receipt,
    TaxBillStatus,
)
from customs.documents.exports.order import ExportOrderReceipt
from customs.receipts.actions import Action, Party
from customs.receipts.catalogue import errors, statuses
from customs.receipts.phrases import folded
from customs.receipts.texts import MOST_CHARACTERS, figures_of, mended, parts_of
from customs.testing.parcel_strategies import receipts
from support import exactly, some

NOON = datetime(2026, 11, 11, 12)
GUID = "4CDE1CFD-EDED-46B1-946C-B8022E42FC94"


def answer(code: str, text: str = "", *, receipt: str = "CEB622", **changes: object) -> Answer:
    facts = {
        "authority": "customs",
        "key": BusinessKey("CEB621", (("order_no", "O1"),)),
        "state": State.UNKNOWN,
        "code": code,
        "receipt": receipt,
        "texts": (text,) if text else (),
    }
    return Answer(**{**facts, **changes})  # type: ignore[arg-type]


def told(*explanations: customs.Explanation) -> list[tuple[str, str]]:
    """The wording and the action of each explanation."""
    return [(each.zh, each.action.value) for each in explanations]


# the same number, two meanings


def test_the_export_side_means_something_else_by_three_numbers() -> None:
    found = {}
    for code, receipt in (("-301001", "CEB312"), ("-301001", "CEB304"), ("-401001", "CEB412"), ("-401001", "CEB404")):
        (each,) = customs.explain(code, receipt=receipt)
        found[code, receipt] = (each.zh, each.action.value)
    (on_status,) = customs.explain("-505000", direction="import")
    (on_departure,) = customs.explain("-505001", receipt="CEB510")
    assert found == {
        ("-301001", "CEB312"): ("订单商品表体信息不存在", "fix_resubmit"),
        ("-301001", "CEB304"): ("电子订单签名校验失败", "fix_sign"),
        ("-401001", "CEB412"): ("支付凭证查询不存在", "push_missing"),
        ("-401001", "CEB404"): ("收款单签名校验失败", "fix_sign"),
    }
    assert (on_status.zh, on_departure.zh) == ("运单状态报文解析失败", "离境单签名校验失败")


def test_a_receipt_brings_its_direction_along() -> None:
    facts: dict[str, Any] = {
        "guid": GUID, "platform_code": "P1", "merchant_code": "M1", "order_no": "O1", "return_status": "-301001",
        "returned_at": NOON, "return_info": "说明",
    }  # fmt: skip
    assert told(*customs.explain(OrderReceipt(**facts))) == [("订单商品表体信息不存在", "fix_resubmit")]
    assert told(*customs.explain(ExportOrderReceipt(**facts))) == [("电子订单签名校验失败", "fix_sign")]


@pytest.mark.parametrize(
    ("code", "receipt", "text", "wording", "action"),
    [
        ("22001", "CEB312", "支付企业未备案", "支付企业未备案", "fix_reg"),
        ("22001", "CEB312", "调用加签接口失败", "调用加签接口失败", "retry_backoff"),
        ("-301020", "CEB312", "验签失败", "验签失败", "fix_sign"),
        ("-301020", "CEB312", "调用加签接口失败", "调用加签接口失败", "retry_backoff"),
        ("-621027", "CEB622", "保存失败，请确认状态并刷新重试", "保存失败，请确认状态并刷新重试", "fix_resubmit"),
        ("-621027", "CEB622", "请确认表体 gnum 无重复", "请确认表体 gnum 无重复", "fix_resubmit"),
        ("-625022", "CEB626", "请勿重复申报", "请勿重复申报", "query_then_decide"),
        ("-625022", "CEB626", "不符合改单申报的条件", "不符合改单申报的条件", "query_then_decide"),
        ("-621001", "CEB622", "[清单报文校验失败:第1条]", "清单报文校验失败", "fix_resubmit"),
        ("-621001", "CEB622", "报文校验失败：系统异常：null", "报文校验失败：电子口岸系统异常", "query_then_decide"),
        ("-621001", "CEB622", "[第1条商品未备案]", "商品未备案", "fix_filing"),
        ("-621001", "CEB622", "preNo 应由电子口岸生成", "preNo应由电子口岸生成", "fix_resubmit"),
        ("-301008", "CEB312", "参数校验不通过", "参数校验不通过", "fix_resubmit"),
        ("-301008", "CEB312", "senderId与传输节点dxpId信息不一致", "senderId与传输节点dxpId信息不一致", "fix_reg"),
        ("1300", "CEB622", "人工退单：其他原因", "人工退单", "manual"),
        ("1300", "CEB622", "人工退单，订购人身份证号码有误", "订购人身份证号码有误", "correct_buyer"),
        ("100", "CEB626", "收件地址不详", "收件地址不详", "fix_resubmit"),
        ("100", "CEB622", "重复申报，业务主键[X]", "重复申报", "treat_as_accepted_after_query"),
    ],
)  # fmt: skip
def test_a_text_tells_the_meanings_of_one_number_apart(
    code: str, receipt: str, text: str, wording: str, action: str
) -> None:
    expected = [(wording, action)]
    assert told(*customs.explain(text, code=code, receipt=receipt)) == expected
    in_a_receipt = answer(code, text, receipt=receipt) if code[0] == "-" or code == "100" else None
    if in_a_receipt is None:
        in_a_receipt = answer("100", f"[Code:{code};Desc:{text}]", receipt=receipt)
    assert told(*customs.explain(in_a_receipt)) == expected


def test_a_text_alone_is_narrowed_by_its_receipt() -> None:
    def codes(text: str, receipt: str) -> list[str]:
        return [meaning.code for each in customs.explain(text, receipt=receipt) for meaning in each.meanings]

    assert codes("接收报文为旧报文数据", "CEB514") == ["-505016"]
    assert codes("验签失败", "CEB622") == ["-621029", "-621049"]
    assert codes("支付信息不存在", "WeChat Pay") == ["WX 支付信息不存在"]


def test_where_nothing_tells_them_apart_all_are_given_and_a_person_decides() -> None:
    (said,) = customs.explain("-301020", direction="import")
    assert [each.action.value for each in said.meanings] == ["fix_sign", "retry_backoff"]
    assert (said.clear, said.action, said.party) == (False, Action.MANUAL, None)
    (both,) = customs.explain("-301001")
    assert both.action is Action.MANUAL
    (unread,) = customs.explain(answer("-301020", "另一种说法", receipt="CEB312"))
    assert unread.meanings == said.meanings


def test_a_status_of_a_tax_bill_is_not_one_of_a_receipt() -> None:
    head = {"guid": GUID, "returned_at": NOON, "list_no": "L1", "tax_bill_no": "T1", "tax_status": "3"}
    void = customs.explain(TaxBillStatus(head={**head}))  # type: ignore[arg-type]
    sent = customs.explain(answer("3"))
    assert told(*void, *sent) == [("作废", "none"), ("发送海关成功", "wait")]


def test_99_of_ningbo_is_no_refusal() -> None:
    ningbo = answer("99", receipt="status", area="ningbo_kjb2c", state=State.WITHDRAWN)
    assert told(*customs.explain(ningbo)) == [("已关单或已取消", "none")]
    assert told(*customs.explain(answer("99", receipt="CEB312"))) == [("姓名与证件不符", "correct_buyer")]


# statuses


def test_every_status_is_explained() -> None:
    for status in exactly(30, statuses()):
        found = {meaning for each in customs.explain(status.code) for meaning in each.meanings}
        assert status in found
        found = {meaning for each in customs.explain(status.zh) for meaning in each.meanings}
        assert {each.zh for each in found} == {status.zh}


def test_120_ends_an_order_and_not_a_declaration_list() -> None:
    (order,), (its_list,) = customs.explain("120", receipt="CEB312"), customs.explain("120", receipt="CEB622")
    assert (order.action, order.party) == (Action.NONE, None)
    assert (its_list.action, its_list.party) == (Action.WAIT, Party.CUSTOMS)


def test_sending_that_failed_is_no_rejection() -> None:
    (said,) = customs.explain(answer("4"))
    assert (said.action, said.party) == (Action.QUERY_THEN_DECIDE, Party.EPORT)


def test_a_status_2_is_not_always_good_news() -> None:
    listed = customs.explain(answer("2", "[2]电子口岸申报中,desc:订单信息不存在,运单信息不存在,支付信息不存在"))
    assert [(each.action, each.party) for each in listed] == [
        (Action.PUSH_MISSING, Party.PLATFORM), (Action.PUSH_MISSING, Party.CARRIER), (Action.PUSH_MISSING, Party.PAYER),
    ]  # fmt: skip
    (late,) = customs.explain(answer("2", "[Code:22007;Desc:对应清单已放行]", receipt="CEB312"))
    assert late.action is Action.STOP
    (good,) = customs.explain(answer("2", f"新增申报成功[{GUID}]"))
    assert (good.action, good.figures.numbers) == (Action.NONE, (("guid", GUID),))
    assert good.status is not None
    assert good.status.code == "2"


def test_a_rejection_whose_text_is_not_known_is_left_to_a_person() -> None:
    (said,) = customs.explain(answer("100", "从未见过的原因"))
    assert (said.zh, said.action) == ("海关退单", Action.MANUAL)


# what is not known


@pytest.mark.parametrize(
    ("code", "family"),
    [("-621500", "declaration-list"), ("-623500", "cancellation"), ("-625100", "goods-return"), ("-301016", "order"),
     ("1399", "check-rejection"), ("13999", "check-rejection"), ("1899", "check-progress"), ("22050", "check-registration"),
     ("-999999", None), ("-301030", None)],
)  # fmt: skip
def test_an_unknown_number_says_so_and_names_its_family_by_the_range(code: str, family: str | None) -> None:
    (said,) = customs.explain(code, direction="import")
    assert (said.known, said.code, said.action, said.sources, said.certainty) == (
        False,
        code,
        Action.MANUAL,
        (),
        "none",
    )
    assert (said.family.code if said.family else None) == family


def test_an_unknown_status_says_so() -> None:
    (said,) = customs.explain(answer("123", "说明"))
    assert (said.known, said.action, said.standing) == (False, Action.MANUAL, "unknown")
    (refused,) = customs.explain(
        FormatError(
            guid=GUID, return_status="-10", return_info="报文无法解析", returned_at=NOON, original_message_id="M1",
            original_message_type="CEB311Message", original_content="<a/>",
        )
    )  # fmt: skip
    assert not refused.known
    assert refused.status is not None
    assert refused.status.code == "<0"


def test_an_unknown_code_takes_nothing_from_a_release() -> None:
    released, unknown = customs.explain(answer("800", "[Code:2699;Desc:说明]"))
    assert (released.zh, released.action, released.known) == ("放行", Action.NONE, True)
    assert (unknown.code, unknown.known) == ("2699", False)
    (refused,) = customs.explain(answer("100", "[Code:1399;Desc:说明]"))
    assert (refused.known, refused.code, refused.action) == (False, "1399", Action.MANUAL)


def test_a_text_of_a_regular_course_takes_nothing_from_a_refusal() -> None:
    for text in exactly(4, (f"新增申报成功[{GUID}]", "[Code:2600;Desc:放行]", "放行", "[Code:1200;Desc:待人工审核]")):
        refused = customs.explain(answer("100", text))[0]
        assert (refused.zh, refused.action) == ("海关退单", Action.MANUAL)
    (released,) = customs.explain(answer("800", "海关退单"))
    assert released.action is Action.NONE


def test_a_code_of_a_local_format_is_not_one_of_the_standard() -> None:
    (local,) = customs.explain(answer("-1", receipt="status", area="ningbo_kjb2c", state=State.REJECTED))
    assert (local.zh, local.action) == ("海关退单", Action.MANUAL)
    assert told(*customs.explain(answer("-1"))) == [("系统错误", "retry_backoff")]
    named_alike = answer("100", receipt="CEB312", area="shenzhen_ceb311", state=State.RELEASED)
    assert told(*customs.explain(named_alike)) == [("放行", "none")]
    agency = answer("EXCEPT", receipt="WeChat Pay", state=State.TECHNICAL_FAILURE)
    assert told(*customs.explain(agency)) == [("海关接口异常", "retry_backoff")]
    assert told(*customs.explain(answer("1001", receipt="DxpRep"))) == [("数字签名无效", "fix_sign")]
    assert told(*customs.explain(answer("5000", receipt="DxpRep"))) == [("其他错误（用户可扩展）", "manual")]


def test_the_number_in_brackets_of_a_status_is_not_a_status() -> None:
    (said,) = customs.explain(answer("1313"))
    assert not said.known


# texts


@pytest.mark.parametrize(
    "text",
    [
        "[Code:1327;Desc:订单购买人与支付人不一致]",
        "[code:1327;desc:订单购买人与支付人不一致]",
        "[CODE：1327；DESC：订单购买人与支付人不一致]",
        "［Code：1327；Desc：订单购买人与支付人不一致］",
        "【Code:1327；Desc:订单购买人与支付人不一致】",
        "（Code:1327;Desc:订单购买人与支付人不一致）",
        "{Code:1327,Desc:订单购买人与支付人不一致}",
        "[Ｃｏｄｅ：１３２７；Desc：订单购买人与支付人不一致]",
        "海关退单：[Code:1327;Desc:订单购买人与支付人不一致]请核对",
        "[ Code : 1327 ; Desc : 订单购买人[姓名(甲)]与支付人不一致 ]",
        "[Code:1327;Desc:订单购买人与支付人不一致",
        "[Code:1327]订单购买人与支付人不一致",
        "1327:订单购买人与支付人不一致",
        "code：1327，订单购买人与支付人不一致",
        "Code:1327",
    ],
)
def test_a_code_in_brackets_of_any_kind_is_read(text: str) -> None:
    (said,) = customs.explain(answer("100", text))
    assert (said.code, said.action) == ("1327", Action.CORRECT_BUYER)


def test_a_code_of_full_width_is_one() -> None:
    assert customs.explain("１３１３")[0].code == "1313"
    assert customs.explain("－６２１０１８")[0].code == "-621018"


def test_several_codes_in_one_text_are_explained_one_by_one() -> None:
    found = customs.explain(
        answer("100", "[Code:1320;Desc:清单(A)/订单(B)表体项数不一致]；[Code:1332;Desc:支付金额不一致]另：核对")
    )
    assert [each.code for each in found] == ["1320", "1332"]
    parts = parts_of("前言[Code:1;Desc:a[b](c)]中间[Code:2;Desc:d]尾")
    assert [(each.code, each.text, each.rest) for each in parts] == [
        ("", "前言", ""), ("1", "a[b](c)", "中间"), ("2", "d", "尾"),
    ]  # fmt: skip


def test_an_error_keeps_the_reasons_in_its_brackets() -> None:
    found = customs.explain(answer("-621003", "清单申报失败[Code:1313;Desc:超过年度限额]"))
    assert [(each.code, each.action) for each in found] == [
        ("-621003", Action.FIX_RESUBMIT), ("1313", Action.STOP),
    ]  # fmt: skip


@pytest.mark.parametrize("text", [each.texts[0] for each in errors() if each.texts and "…" not in each.texts[0]][::7])
def test_a_text_that_was_decoded_wrongly_is_known_all_the_same(text: str) -> None:
    text = text.removeprefix("=")
    expected = [each.meanings for each in customs.explain(text)]
    for wrong in (text.encode().decode("latin-1"), text.encode("gb18030").decode("latin-1")):
        assert [each.meanings for each in customs.explain(wrong)] == expected
    as_gb = text.encode().decode("gb18030", "replace")
    if "\ufffd" not in as_gb:
        assert [each.meanings for each in customs.explain(as_gb)] == expected


def test_a_right_text_is_not_mended() -> None:
    for text in exactly(3, ("新增申报成功", "plain", "Café 100 €")):
        assert mended(text) is None


# figures


def test_limit_and_used_amount_are_values() -> None:
    said = figures_of("[Code:1313;Desc:订购人购买超过年度限额,totalPrice：27,100.50,limitPrice：26,000.00]")
    assert (said.used, said.limit) == (Decimal("27100.50"), Decimal("26000.00"))
    chinese = figures_of("本次购买将超过年度限额［已用额度：２５,９００．００，年度限额为26000元］")
    assert (chinese.used, chinese.limit) == (Decimal("25900.00"), Decimal(26000))


def test_a_figure_that_can_be_read_in_two_ways_is_no_value() -> None:
    for text in exactly(4, ("限额26000,5", "限额26,00", "限额：1,2,3", "限额11010118990101123")):
        assert figures_of(text).limit is None, text
    assert figures_of("限额26000，2026年起").limit == Decimal(26000)


def test_both_amounts_of_a_payment_that_differs_are_values_with_or_without_a_colon() -> None:
    said = figures_of("[OrderHead.acturalPaid:120.00][PaymentHead.amountPaid100.5]")
    assert (said.amount_in_order, said.amount_in_payment) == (Decimal("120.00"), Decimal("100.5"))
    assert said.fields == ("acturalPaid", "amountPaid")


def test_fields_lines_and_numbers_are_values() -> None:
    said = figures_of(
        "清单报文校验失败[第2条 订购人证件号码不符合规则; ebcCode为空] 订单编号：EX-2026_1，运单编号[SF100]"
    )
    assert said.fields == ("ebcCode", "buyerIdNumber")
    assert said.lines == (2,)
    assert said.numbers == (("order_no", "EX-2026_1"), ("waybill_no", "SF100"))
    assert figures_of("totalPrice不能为空").fields == ("totalPrice",)
    assert figures_of("orderNo:EX1重复").fields == ()
    assert not figures_of("验签失败")


# persons

PERSON = "110101189001011234"


@pytest.mark.parametrize(
    "text",
    [
        f"[Code:1300;Desc:人工退单，订购人张三身份证号码{PERSON}有误，电话13800138000]",
        f"订单编号：{PERSON}，限额：{PERSON}，第{PERSON}条，电话号码13800138000，张三",
        f"totalPrice:13800138000，订单号13800138000，{PERSON} 张三",
    ],
)
def test_an_explanation_shows_no_person(text: str) -> None:
    for code in ("", "100", "-621001"):
        for said in some(customs.explain(text, code=code, receipt="CEB622")):
            shown = repr(said) + json.dumps(said.as_dict(), ensure_ascii=False) + str(said.figures)
            assert not any(each in shown for each in (PERSON, "13800138000", "张三"))


def test_a_text_that_is_no_code_is_not_repeated() -> None:
    (said,) = customs.explain("张三")
    assert "张三" not in repr(said) + json.dumps(said.as_dict(), ensure_ascii=False)


# any text


def test_a_text_is_read_to_its_end_whatever_began_like_it_before() -> None:
    def codes(*asked: Answer) -> list[list[str]]:
        return [[meaning.code for each in customs.explain(one) for meaning in each.meanings] for one in asked]

    accepted, missing = f"新增申报成功[{GUID}]", "新增申报成功[订单信息不存在]"
    (_, lacking) = (customs.explain(answer("2", text)) for text in (accepted, missing))
    assert [each.action for each in lacking] == [Action.NONE, Action.PUSH_MISSING]
    lines, amounts = "[Code:1320;Desc:表体项数不一致]", "[Code:1332;Desc:支付金额不一致]"
    asked = (answer("100", lines), answer("100", lines + amounts), answer("100", amounts + lines))
    assert codes(*asked) == [["1320"], ["1320", "1332"], ["1332", "1320"]]
    failed = (
        answer("-621003", "清单申报失败"),
        answer("-621003", "清单申报失败" + amounts),
        answer("-621003", "1332:" + lines),
    )
    assert codes(*failed) == [["-621003"], ["-621003", "1332"], ["-621003", "1332", "1320"]]


def test_what_was_explained_before_changes_nothing() -> None:
    said = [
        (each.codes[0], text.removeprefix("=").replace("…", "X"))
        for each in errors()
        for text in each.texts
        if each.codes
    ]
    asked = [answer(status, f"[Code:{code};Desc:{text}]") for status in ("100", "120", "800") for code, text in said]
    asked += [answer(status, text) for status in ("2", "100", "800") for _, text in said]
    asked += [answer(code, text) for code, text in said if code[0] == "-" and ".." not in code]
    asked += [answer(code, "[Code:1313;Desc:超过年度限额]") for code, _ in said if code[0] == "-" and ".." not in code]
    asked += [answer("120", "[Code:120;Desc:订单信息不存在]"), answer("120", "[Code:120;Desc:说明]"), answer("120")]
    before = [customs.explain(each) for each in asked]
    assert [customs.explain(each) for each in asked[::-1]] == before[::-1]


CODES = st.sampled_from([each.code for each in (*errors(), *statuses())])
TEXTS = st.sampled_from([text for each in errors() for text in each.texts])
ANYTHING = st.lists(
    st.one_of(st.text(max_size=20), TEXTS, CODES, st.sampled_from("[]【】（）:：;；")), max_size=20
).map("".join)


@given(text=st.one_of(st.text(), ANYTHING), code=st.one_of(st.just(""), CODES, st.text(max_size=9)))
def test_any_text_is_explained(text: str, code: str) -> None:
    found = customs.explain(text, code=code, receipt="CEB622")
    assert found
    for each in found:
        assert each.zh
        assert each.en
        assert json.loads(json.dumps(each.as_dict()))["known"] == each.known
        assert each.known or each.action is Action.MANUAL
    assert all(not set(folded(part.text)) - set(folded(text)) for part in parts_of(text))


@given(receipts())
@pytest.mark.long
def test_every_receipt_is_explained(receipt: Receipt) -> None:
    found = customs.explain(receipt)
    assert found
    assert all(each.zh and each.en for each in found)


def test_no_more_than_5_000_characters_are_looked_at() -> None:
    beyond = "字" * MOST_CHARACTERS + "[Code:1313;Desc:超过年度限额]限额26000"
    assert not parts_of(beyond)[0].code
    assert not figures_of(beyond)
    assert not customs.explain(beyond)[0].known


# actions


def test_a_machine_may_do_what_the_facts_allow_within_their_caps() -> None:
    may = {each for each in Action if each.machine}
    assert may == {
        Action.NONE, Action.WAIT, Action.PUSH_MISSING, Action.QUERY_THEN_DECIDE, Action.TREAT_AS_ACCEPTED_AFTER_QUERY,
        Action.RESUBMIT_NEWER_APPTIME, Action.RETRY_BACKOFF, Action.SPLIT_RESUBMIT,
    }  # fmt: skip
    caps = {each: each.most_times for each in Action if each.most_times}
    assert caps == {Action.RESUBMIT_NEWER_APPTIME: 1, Action.RETRY_BACKOFF: 3}


def test_a_receipt_of_the_library_is_explained_as_it_is_read() -> None:
    receipt = DeclarationListReceipt(
        guid=GUID, customs_code="2924", platform_code="P1", merchant_code="M1", declarant_code="A1", internal_no="C1",
        pre_entry_no="B20261111000000001", return_status="800", returned_at=NOON, return_info="[Code:2600;Desc:放行]",
    )  # fmt: skip
    (said,) = customs.explain(receipt)
    assert (said.code, said.action, said.receipt) == ("2600", Action.NONE, "CEB622")
