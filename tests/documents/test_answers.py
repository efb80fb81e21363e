"""Answers: every receipt, whoever sent it, says one thing about one declaration."""

import csv
import json
import pickle
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings

import customs
from customs import areas
from customs.codes import code_list
from customs.codes.errors import ErrorCause, error_of, state_of_cause, state_of_error
from customs.codes.states import State
from customs.documents import (
    BusinessKey,
    CancellationReceipt,
    DeclarationListReceipt,
    FormatError,
    GoodsReturnReceipt,
    Message,
    Order,
    OrderReceipt,
    Receipt,
    TaxBillStatus,
    TaxBillStatusHead,
    answer_of,
    answers_of,
)
from customs.documents.exports.order import ExportOrderReceipt
from customs.testing.parcel_strategies import receipts

GUID = "4CDE1CFD-EDED-46B1-946C-B8022E42FC94"
NOON = datetime(2026, 11, 11, 12)
S = State


def order_receipt(status: str, info: str = "[Code:1800;Desc:说明]") -> OrderReceipt:
    return OrderReceipt(
        guid=GUID,
        platform_code="P1",
        merchant_code="M1",
        order_no="O1",
        return_status=status,
        returned_at=NOON,
        return_info=info,
    )


def list_receipt(status: str) -> DeclarationListReceipt:
    return DeclarationListReceipt(
        guid=GUID, customs_code="2992", platform_code="P1", merchant_code="M1", declarant_code="D1", internal_no="O1",
        pre_entry_no="B20260000000000001", list_no="29922026I000000001", return_status=status, returned_at=NOON, return_info="说明",
    )  # fmt: skip


# States


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("1", S.STORED), ("2", S.SENT), ("3", S.SENT), ("4", S.TECHNICAL_FAILURE), ("100", S.REJECTED), ("120", S.ACCEPTED),
        ("300", S.MANUAL_REVIEW), ("399", S.CONCLUDED), ("400", S.AWAITING_ARRIVAL), ("500", S.INSPECTION), ("501", S.DETAINED),
        ("502", S.DETAINED), ("503", S.DETAINED), ("505", S.DETAINED), ("599", S.DETAINED), ("600", S.SUSPENDED), ("700", S.RETURNED),
        ("800", S.RELEASED), ("899", S.CLOSED), ("99", S.UNKNOWN), ("0", S.UNKNOWN), ("00800", S.UNKNOWN),
    ],
)  # fmt: skip
def test_a_status_of_a_list_leads_to_its_state_and_is_kept(status: str, state: State) -> None:
    answer = answer_of(list_receipt(status))
    assert (answer.state, answer.code, answer.receipt, answer.answers) == (state, status, "CEB622", "CEB621")
    assert (answer.authority, answer.area, answer.at, answer.texts, answer.submitted) == (
        "customs", "unified", NOON, ("说明",), GUID,
    )  # fmt: skip


@pytest.mark.parametrize(("status", "state"), [("399", S.WITHDRAWN), ("120", S.ACCEPTED), ("100", S.REJECTED)])
@pytest.mark.parametrize("kind", [CancellationReceipt, GoodsReturnReceipt])
def test_399_grants_a_cancellation_or_a_return(
    kind: type[CancellationReceipt | GoodsReturnReceipt], status: str, state: State
) -> None:
    receipt = kind(
        guid=GUID,
        internal_no="X1",
        pre_entry_no="C20260000000000001",
        return_status=status,
        returned_at=NOON,
        return_info="说明",
    )
    assert answer_of(receipt).state == state


def test_a_return_that_is_released_is_granted() -> None:
    receipt = GoodsReturnReceipt(
        guid=GUID,
        internal_no="X1",
        pre_entry_no="R20260000000000001",
        return_status="800",
        returned_at=NOON,
        return_info="说明",
    )
    assert answer_of(receipt).state == State.WITHDRAWN


@pytest.mark.parametrize(("status", "state"), [("1", S.TAX_ASSESSED), ("2", S.TAX_SETTLED), ("3", S.WITHDRAWN)])
def test_a_tax_bill_speaks_for_the_tax_and_names_its_list(status: str, state: State) -> None:
    head = TaxBillStatusHead(
        guid=GUID, returned_at=NOON, list_no="29922026I000000001", tax_bill_no="29922026I000000001_0", tax_status=status
    )
    answer = answer_of(TaxBillStatus(head=head))
    assert (answer.authority, answer.state, answer.code) == ("tax", state, status)
    assert answer.key == BusinessKey(
        "CEB621", (("list_no", "29922026I000000001"), ("tax_bill_no", "29922026I000000001_0"))
    )


# Errors


def test_the_yearly_limit_is_a_rejection_with_its_meaning() -> None:
    answer = answer_of(list_receipt("-621018"))
    assert (answer.state, answer.cause) == (State.REJECTED, ErrorCause.QUOTA)
    assert answer.error is not None
    assert (answer.error.zh, answer.error.standing) == ("本次购买将超过年度限额", "official")


def test_a_line_number_that_stands_twice_is_a_rejection() -> None:
    answer = answer_of(order_receipt("-301002"))
    assert (answer.state, answer.cause, answer.code) == (State.REJECTED, ErrorCause.DATA, "-301002")
    assert answer.error is not None
    assert answer.error.zh == "重复商品序号"


@pytest.mark.parametrize("code", ["-301010", "-301014", "-621004", "-621055"])
def test_an_error_about_a_second_copy_changes_nothing_of_the_first(code: str) -> None:
    assert answer_of(order_receipt(code)).state == State.REPEATED


def test_every_known_error_has_a_cause_and_the_state_that_it_leads_to() -> None:
    for name, count in (("business_errors", 171), ("export_errors", 37)):
        entries = code_list(name).values()
        assert len(entries) == count
        assert {entry.cause for entry in entries} <= {each.value for each in ErrorCause}
        assert {entry.standing for entry in entries} <= {"official", "seen"}
    states = {cause: state_of_cause(cause) for cause in ErrorCause}
    assert states == {
        **dict.fromkeys(ErrorCause, State.REJECTED),
        ErrorCause.SYSTEM: State.TECHNICAL_FAILURE, ErrorCause.DUPLICATE: State.REPEATED, ErrorCause.STALE: State.REPEATED,
    }  # fmt: skip


def test_causes_are_those_of_the_gathered_facts(facts: Path) -> None:
    told = json.loads((facts / "ops" / "receipts.json").read_text(encoding="utf-8"))["errors"]
    printed = [each for each in told if each["kind"] == "official_negative"]
    table = files("customs.codes").joinpath("data", "business_errors.csv").read_text(encoding="utf-8")
    ours = [(row["code"], row["cause"]) for row in csv.DictReader(table.splitlines()) if row["standing"] == "official"]
    assert len(printed) == 159
    assert {(each["code"], each["cause"].lower()) for each in printed} == set(ours)


def test_a_negative_status_that_no_table_lists_is_a_rejection_without_a_meaning() -> None:
    answer = answer_of(order_receipt("-999999"))
    assert (answer.state, answer.error, answer.cause) == (State.REJECTED, None, None)


def test_the_same_number_means_something_else_on_the_export_side() -> None:
    receipt = ExportOrderReceipt(
        guid=GUID,
        platform_code="P1",
        merchant_code="M1",
        order_no="O1",
        return_status="-301001",
        returned_at=NOON,
        return_info="说明",
    )
    assert (answer_of(receipt).cause, answer_of(order_receipt("-301001")).cause) == (ErrorCause.SIGN, ErrorCause.DATA)
    assert error_of("-302000", export=True) is error_of("-301001", export=True)
    assert state_of_error("-304500", export=True) == State.TECHNICAL_FAILURE


def test_a_message_that_could_not_be_read_is_a_technical_failure_of_the_platform() -> None:
    receipt = FormatError(
        guid=GUID, return_status="-10", return_info="说明", returned_at=NOON, original_message_id="M1",
        original_message_type="CEB311Message", original_content="<a/>",
    )  # fmt: skip
    answer = answer_of(receipt)
    assert (answer.authority, answer.state, answer.submitted) == ("platform", State.TECHNICAL_FAILURE, "M1")
    assert answer.key == BusinessKey("CEB311", (("message_id", "M1"),))
    unknown = receipt.model_copy(update={"original_message_type": "Unknown"})
    assert answer_of(unknown).answers == ""


# Keys


@settings(deadline=None, max_examples=60)
@given(receipts())
def test_every_receipt_becomes_an_answer_that_pickles_and_shows_no_text(receipt: Receipt) -> None:
    answer = answer_of(receipt)
    assert answer.receipt == receipt.message
    assert pickle.loads(pickle.dumps(answer)) == answer  # noqa: S301
    assert "texts" not in repr(answer)
    if receipt.answers:
        assert receipt.reference.matches(answer.key)


def test_a_key_matches_by_numbers_and_never_by_enterprises_alone() -> None:
    declared = BusinessKey("CEB621", (("declarant_code", "D1"), ("internal_no", "O1"), ("order_no", "")))
    assert declared.matches(BusinessKey("CEB621", (("declarant_code", "D1"), ("internal_no", "O1"), ("list_no", "L1"))))
    assert declared.matches(BusinessKey("", (("internal_no", "O1"),)))
    assert not declared.matches(BusinessKey("CEB621", (("declarant_code", "D2"), ("internal_no", "O1"))))
    assert not declared.matches(BusinessKey("CEB621", (("declarant_code", "D1"),)))
    assert not declared.matches(BusinessKey("CEB311", (("internal_no", "O1"),)))
    assert not declared.matches(BusinessKey("CEB621", (("order_no", "O1"),)))


# Messages


def test_one_message_of_receipts_gives_one_answer_each_in_order() -> None:
    statuses = ["120", "100", "-301002", "-301014", "777"]
    content = customs.write(Message(GUID, tuple(order_receipt(status) for status in statuses)))
    found = answers_of(customs.read(content))
    assert [each.code for each in found] == statuses
    assert [each.state.value for each in found] == ["accepted", "rejected", "rejected", "repeated", "unknown"]


def test_an_answer_carries_what_was_odd_about_its_own_receipt() -> None:
    content = customs.write(Message(GUID, (order_receipt("120"), order_receipt("100"))))
    odd = content.replace(b"<ceb:returnStatus>100", b"<ceb:colour>blue</ceb:colour><ceb:returnStatus>100")
    first, second = answers_of(customs.read(odd))
    assert (first.oddities, [each.code for each in second.oddities]) == ((), ["unknown-element"])


def test_a_declaration_answers_nothing() -> None:
    with pytest.raises(ValueError, match="CEB311 declares something"):
        answers_of(Message(GUID, (Order.model_construct(),)))


# The typed reader and the readers of areas


def unified_receipts(*folders: Path) -> list[bytes]:
    found = []
    for folder in folders:
        for path in sorted(folder.rglob("*.xml")):
            content = path.read_bytes()
            try:
                documents = customs.read(content).documents
            except customs.ReadError:
                continue
            if all(isinstance(each, Receipt) for each in documents):
                found.append(content)
    return found


def test_the_typed_reader_and_the_readers_of_areas_agree_on_every_receipt(official: Path, facts: Path) -> None:
    contents = unified_receipts(official, facts / "areas" / "samples", facts / "cases")
    assert len(contents) >= 20
    for content in contents:
        typed = answers_of(customs.read(content))
        assert areas.read_answers(content) == typed
        for name in ("guangzhou", "haikou", "changsha_ext"):
            assert areas.read_answers(content, name) == typed


@settings(deadline=None, max_examples=60)
@given(receipts())
def test_the_readers_agree_on_any_receipt_of_the_standard(receipt: Receipt) -> None:
    content = customs.write(Message(GUID, (receipt,)))
    assert areas.read_answers(content, "haikou") == answers_of(customs.read(content))


def test_a_receipt_of_the_unified_edition_is_refused_by_an_area_that_takes_none() -> None:
    content = customs.write(Message(GUID, (order_receipt("120"),)))
    with pytest.raises(customs.ReadError, match="this is no receipt of zhejiang_jkf"):
        areas.read_answers(content, "zhejiang_jkf")


def test_a_reply_of_the_exchange_platform_is_an_answer_about_a_whole_message() -> None:
    dxp = "http://www.chinaport.gov.cn/dxp"
    text = (
        f'<DxpRep xmlns="{dxp}" ver="1.0"><RecevierId>R1</RecevierId><Response><ResponseCode>3001</ResponseCode>'
        "<NoticeTime>2026-11-11</NoticeTime><ResponseInfo>说明</ResponseInfo><OriHead><CopMsgId>M1</CopMsgId><SenderId>S1</SenderId>"
        "<ReceiverIds><ReceiverId>R1</ReceiverId></ReceiverIds><CreatTime>2026-11-11T08:00:00</CreatTime><MsgType>CEB311Message</MsgType></OriHead></Response></DxpRep>"
    )
    (answer,) = areas.read_answers(text.encode())
    assert (answer.state, answer.cause, answer.receipt) == (State.TECHNICAL_FAILURE, ErrorCause.SYSTEM, "DxpRep")
    assert answer.key == BusinessKey("CEB311", (("message_id", "M1"),))
