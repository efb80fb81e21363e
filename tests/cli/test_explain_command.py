"""Receipts explained on the command line, from a text, a code and files of every form."""

import json
from datetime import datetime
from pathlib import Path

import pytest

import customs
from customs.documents import DeclarationListReceipt, Message
from support.command_line import run

GUID = "4CDE1CFD-EDED-46B1-946C-B8022E42FC94"
QUOTA = "[Code:1313;Desc:订购人购买超过年度限额，totalPrice：27,100.50，limitPrice：26,000.00]"


def receipt(status: str, text: str) -> DeclarationListReceipt:
    return DeclarationListReceipt(
        guid=GUID, customs_code="2924", platform_code="P1", merchant_code="M1", declarant_code="A1", internal_no="C1",
        pre_entry_no="B20261111000000001", return_status=status, returned_at=datetime(2026, 11, 11, 12), return_info=text,
    )  # fmt: skip


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    path = tmp_path / "receipt.xml"
    path.write_bytes(customs.write(Message(GUID, (receipt("100", QUOTA), receipt("800", "[Code:2600;Desc:放行]")))))
    return path


def rows(*arguments: str | Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in run("explain", *arguments, "--json").stdout.splitlines()]


def test_a_code_is_explained_in_words_of_both_languages() -> None:
    found = run("explain", "1313")
    assert found.exit_code == 0, found.output
    for words in (
        "超过个人年度购买额度",
        "buyer exceeds the yearly quota",
        "不要重发",
        "Do not send it again",
        "DD, ELM, F4",
    ):
        assert words in found.stdout


def test_a_text_is_explained_with_its_figures() -> None:
    (said,) = rows(QUOTA, "--receipt", "CEB622")
    assert said["code"] == "1313"
    assert said["figures"] == {
        "limit": "26000.00", "used": "27100.50", "amount_in_order": None, "amount_in_payment": None, "fields": [],
        "lines": [], "numbers": [],
    }  # fmt: skip
    assert "26,000" in run("explain", QUOTA).stdout


def test_a_negative_code_is_no_option() -> None:
    (said,) = rows("-621018")
    assert said["code"] == "-621018"


def test_several_meanings_are_listed_with_where_they_stand_and_told_apart_by_options() -> None:
    found = run("explain", "-301001")
    assert found.exit_code == 0
    words = " ".join(found.stdout.split())
    assert "订单商品表体信息不存在 (import CEB312)" in words
    assert "电子订单签名校验失败 (export CEB304)" in words
    for option in (("--direction", "export"), ("--receipt", "CEB304")):
        (said,) = rows("-301001", *option)
        assert said["happened"] == {"zh": "电子订单签名校验失败", "en": "order: the signature was refused"}
    (by_text,) = rows("调用加签接口失败", "--code", "22001")
    assert by_text["clear"] is True


def test_a_file_of_receipts_is_explained_receipt_by_receipt(bare: Path) -> None:
    refused, released = rows(bare)
    assert (refused["code"], refused["status"], refused["state"]) == ("1313", "100", "rejected")
    assert (released["code"], released["status"], released["state"]) == ("2600", "800", "released")
    assert "C1" in run("explain", bare).stdout


def test_a_receipt_in_its_envelope_and_one_of_a_local_platform_are_explained(bare: Path, tmp_path: Path) -> None:
    around = tmp_path / "wrapped.xml"
    around.write_bytes(
        customs.wrap(
            bare.read_bytes(), copy_id="C1", sender="DXPEDCCEB0000002", receivers=["DXPENT0000000001"],
            created=datetime(2026, 11, 11, 8),
        )
    )  # fmt: skip
    assert [each["code"] for each in rows(around)] == ["1313", "2600"]
    local = tmp_path / "local.xml"
    local.write_text(
        '<mo version="1.0.0"><head><businessType>RESULT</businessType></head><body><list><jkfResult>'
        "<businessNo>A1</businessNo><businessType>IMPORTORDER</businessType><chkMark>2</chkMark><resultList>"
        "<jkfResultDetail><resultInfo>22002:电商平台编号未备案</resultInfo></jkfResultDetail></resultList></jkfResult>"
        "</list></body></mo>",
        encoding="utf-8",
    )
    for option in ((), ("--area", "zhejiang_jkf")):
        (said,) = rows(local, *option)
        assert (said["code"], said["area"]) == ("22002", "zhejiang_jkf")


def test_what_is_unknown_exits_1_and_says_so() -> None:
    found = run("explain", "张三的事")
    assert found.exit_code == 1
    assert "未知" in found.stdout
    assert "张三" not in found.stdout


def test_a_file_that_is_no_receipt_and_an_unknown_area_are_wrong_usage(bare: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.xml"
    other.write_text("<a/>", encoding="utf-8")
    assert run("explain", other).exit_code == 2
    assert run("explain", bare, "--area", "nowhere").exit_code == 2
