"""The commands ``settle``: bills read twice, differences shown and written, answered, and days closed."""

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from support import settlement_files as written
from support.command_line import run
from support.settlement_files import MERCHANT, sales

NOW = ("--now", "2026-11-20T10:00:00")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an enterprise with a ledger, a bill and what was declared: one amount is wrong."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "customs.toml").write_text("", encoding="utf-8")
    given = [each for each in sales(12, 1) if not each.refunds]
    (tmp_path / "bill.csv").write_text(written.wechat_trade(given), encoding="utf-8-sig")
    rows = [f"{each.order},{each.number},{each.ordered},{each.at}" for each in given]
    rows[0] = f"{given[0].order},{given[0].number},1.00,{given[0].at}"
    (tmp_path / "declared.csv").write_text(
        "\n".join(("orderNo,payTransactionId,amountPaid,payTime", *rows, "")), encoding="utf-8"
    )
    assert run("ledger", "upgrade").exit_code == 0
    return tmp_path


def wrong_order() -> str:
    return next(each for each in sales(12, 1) if not each.refunds).order


def test_a_bill_is_read_once_and_its_differences_are_shown_in_either_language(shop: Path) -> None:
    done = run("settle", "pay", "bill.csv", "--declared", "declared.csv", *NOW, "--json", lang="en")
    assert done.exit_code == 1, done.output
    *_, finding, counts = [json.loads(each) for each in done.stdout.splitlines()]
    assert (finding["number"], finding["code"], finding["outcome"]) == (wrong_order(), "PAY03", "different")
    assert counts["outcomes"]["different"] == 1
    again = run("settle", "pay", "bill.csv", *NOW, lang="zh")
    assert again.exit_code == 1
    assert "此前已导入，未作改动" in again.output
    assert "有差异" in again.stdout


def test_differences_are_written_as_a_workbook_in_both_languages(shop: Path) -> None:
    assert run("settle", "pay", "bill.csv", "--declared", "declared.csv", "--out", "d.xlsx", *NOW).exit_code == 1
    rows = list(load_workbook(shop / "d.xlsx").active.values)
    assert rows[0][:3] == ("number", "code", "outcome")
    assert [each[1] for each in rows[1:]] == ["PAY03"]
    assert run("settle", "pay", "--out", "d.csv", *NOW).exit_code == 2


def test_a_day_is_closed_after_its_difference_is_answered(shop: Path) -> None:
    run("settle", "pay", "bill.csv", "--declared", "declared.csv", *NOW)
    assert run("settle", "close", "wechat", "2026-11-11", "--by", "clerk", *NOW).exit_code == 1
    assert run("settle", "days", *NOW).exit_code == 1
    answered = run("settle", "answer", wrong_order(), "PAY03", "--ticket", "T1", "--by", "clerk", *NOW)
    assert answered.exit_code == 0, answered.output
    assert run("settle", "close", "wechat", "2026-11-11", "--by", "clerk", *NOW).exit_code == 0
    days = run("settle", "days", "--json", *NOW)
    assert (days.exit_code, json.loads(days.stdout)["state"]) == (0, "closed")
    assert run("settle", "pay", *NOW).exit_code == 0


def test_what_cannot_be_done_is_misuse_and_says_why(shop: Path) -> None:
    (shop / "foreign.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    for arguments, reason in {
        ("pay", "foreign.csv"): "no bill of WeChat Pay",
        ("close", "wechat", "2026-11-09", "--by", "clerk"): "no trade bill",
        ("close", "wechat", "soon", "--by", "clerk"): "not a day",
        ("answer", "EX1", "PAY01", "--by", "clerk"): "either --explanation or --ticket",
        ("answer", "EX1", "PAY01", "--by", "clerk", "--ticket", "1"): "has no difference",
        ("freight", "--profile", "storage"): "not of freight",
        ("freight", "--profile", "nobody"): "no profile nobody",
        ("pay", "--since", "x"): "not a day",
    }.items():
        done = run("settle", *arguments, lang="en")
        assert (done.exit_code, reason in done.output) == (2, True), (arguments, done.output)


def test_terms_name_the_merchants_that_are_registered(shop: Path) -> None:
    run("settle", "pay", "bill.csv", "--declared", "declared.csv", *NOW)
    for number, codes in ((MERCHANT, {"PAY03"}), ("1999000001", {"PAY03", "PAY12"})):
        (shop / "terms.toml").write_text(f'merchants = ["{number}"]\n', encoding="utf-8")
        done = run("settle", "pay", "--terms", "terms.toml", "--json", *NOW, lang="en")
        found = [json.loads(each) for each in done.stdout.splitlines()]
        assert {each["code"] for each in found if "code" in each} == codes
    (shop / "terms.toml").write_text("merchant = 5\n", encoding="utf-8")
    refused = run("settle", "pay", "--terms", "terms.toml", lang="en")
    assert (refused.exit_code, "merchant: must be one of" in refused.output) == (2, True)


def test_freight_is_compared_with_your_own_weights(shop: Path) -> None:
    (shop / "freight.csv").write_text(
        "运单号,揽收日期,目的省,实际重量(kg),计费重量(kg),应付金额\nYD1,2026-11-11,广东省,0.4,1.0,8.00\nYD2,2026-11-11,广东省,0.4,1.0,8.00\n",
        encoding="utf-8",
    )
    (shop / "own.csv").write_text("waybill,scale_kg,left_zone\nYD1,0.4,1\n", encoding="utf-8")
    done = run("settle", "freight", "freight.csv", "--own", "own.csv", "--json", *NOW, lang="en")
    found = [json.loads(each) for each in done.stdout.splitlines()]
    assert done.exit_code == 1
    assert [each["code"] for each in found if "code" in each] == ["FRT02"]
    assert found[-1] == {"outcomes": {"agrees": 1, "differs": 1}}


def test_a_warehouse_is_compared_with_your_own_stock(shop: Path) -> None:
    (shop / "storage.csv").write_text("sku,fee_date,计费数量\nS1,2026-11-11,9\n", encoding="utf-8")
    (shop / "own.csv").write_text("sku,day,closing\nS1,2026-11-11,9\n", encoding="utf-8")
    done = run("settle", "storage", "storage.csv", "--own", "own.csv", *NOW)
    assert done.exit_code == 0, done.output
