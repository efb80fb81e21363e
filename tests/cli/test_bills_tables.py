"""The commands ``bills`` on tables as finance clerks have them: of Excel and Windows, with bad rows, cut while they are read."""

import json
import subprocess
import sys
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from customs import assess
from customs.documents import Message
from customs.tax.assessment import compute
from customs.testing import sample_parcels, tax_bill_of
from customs.wire import write
from support import some
from support.command_line import run

DAY = date(2026, 11, 11)
PARCELS = list(sample_parcels(4, seed=1, mode="1210"))
NOW = ["--now", "2026-11-12T08:00:00"]
ON = ["--on", "2026-11-11"]
HEADINGS = "订单编号,清单编号,税单编号,状态,关税,消费税,增值税,缴款书编号,担保企业编号,税单时间"


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an enterprise with a ledger and assessed parcels."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "customs.toml").touch()
    lines = [each.model_dump_json(exclude_none=True) for each in PARCELS]
    (tmp_path / "parcels.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert run("ledger", "upgrade").exit_code == 0
    assert run("bills", "assess", "parcels.jsonl", *ON, *NOW).exit_code == 0
    return tmp_path


def table(*rows: str, headings: str = HEADINGS, encoding: str = "gbk") -> Path:
    path = Path("table.csv")
    path.write_bytes("\r\n".join((headings, *rows, "")).encode(encoding))
    return path


def told(*arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("bills", *arguments, "--json").stdout.splitlines()]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig", "utf-8", "gb18030"])
@pytest.mark.long
def test_a_table_of_windows_is_imported_with_all_that_it_says(encoding: str) -> None:
    table("X1,L1,T1,已汇总,0,0,9.10,F1,G7,2026/11/12 8:00", ",,,,,,,,,", encoding=encoding)
    assert run("bills", "import", "table.csv", *NOW).exit_code == 0
    (guarantee,) = (each for each in told("guarantee", *ON) if each["guarantor_code"] == "G7")
    assert guarantee["occupied"] == "9.10"
    (forms,) = told("status")
    assert (forms["month"], forms["payment_forms"][0]["payment_form_no"]) == ("2026-11", "F1")


BAD = {
    "X2,L2,T2,1,0,0,abc,,G7,": "row 2: 'abc' is not an amount",
    "X3,2.9912E+17,T3,1,0,0,1.00,,G7,": "row 2: the number 2.9912E+17 was shortened",
    "X4,L4,T4,9,0,0,1.00,,G7,": "row 2: the status is 1",
    ",,T5,1,0,0,1.00,,G7,": "row 2 has no order, waybill or list number",
    "X6,L6,,1,0,0,1.00,,G7,": "the bill of L6 has no number",
    "X7,L7,T7,1,0,0,1.005,,G7,": "tax bill T7 has an amount below 0 or with parts of a fen",
    "X8,L8,T8,1,0,0,-3,,G7,": "tax bill T8 has an amount below 0 or with parts of a fen",
    "X9,L9,T9,1,0,0,1.00,,G7,yesterday": "row 2: 'yesterday' is no time",
}


@pytest.mark.parametrize("row", BAD)
@pytest.mark.long
def test_a_bad_row_is_named_and_the_others_are_entered(row: str) -> None:
    table(row, "X1,L1,T1,1,0,0,9.10,,G7,")
    first = run("bills", "import", "table.csv", *NOW)
    assert (first.exit_code, "new 1" in first.output, BAD[row] in first.output) == (1, True, True), first.output
    table("X1,L1,T1,1,0,0,9.10,,G7,")
    assert "new 0, same 1" in run("bills", "import", "table.csv", *NOW).output


def test_amounts_that_a_workbook_computed_are_what_it_shows_and_cut_numbers_are_refused() -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADINGS.split(","))
    book.active.append(["X1", "299120261000000002", "T1", 1, 0.1 + 0.2, 0, 9.1, None, "G7", None])
    book.active.append(["X2", 299120261000000001, "T2", 1, 0, 0, 1, None, "G7", None])
    book.save("bills.xlsx")
    done = run("bills", "import", "bills.xlsx", *NOW)
    assert (done.exit_code, "new 1" in done.output, "row 3: the number" in done.output) == (1, True, True)
    (guarantee,) = (each for each in told("guarantee", *ON) if each["guarantor_code"] == "G7")
    assert guarantee["occupied"] == "9.40"


@pytest.mark.long
def test_an_import_that_is_killed_holds_whole_bills_and_goes_on(shop: Path) -> None:
    rows = [f"B{each},L{each},T{each},1,0,0,{each % 90 + 10}.00,,G7," for each in range(3_000)]
    table(*rows)
    command = [sys.executable, "-m", "customs", "bills", "import", "table.csv", *NOW]
    worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while worker.poll() is None and not (shop / "ledger.db-wal").exists():
        pass
    worker.kill()
    worker.wait()
    assert run("bills", "import", "table.csv", *NOW).exit_code == 0
    (guarantee,) = (each for each in told("guarantee", *ON) if each["guarantor_code"] == "G7")
    assert Decimal(guarantee["occupied"]) == sum(each % 90 + 10 for each in range(3_000))
    assert "new 0, same 3000" in run("bills", "import", "table.csv", *NOW).output


def test_payment_forms_are_entered_from_a_table_once(shop: Path) -> None:
    table("X1,L1,T1,2,0,0,9.10,F1,G7,2026-11-12")
    run("bills", "import", "table.csv", *NOW)
    heads = "缴款书编号,缴款金额,缴款日期"
    table("F1,9.10,2026/12/5", headings=heads)
    outcomes = [run("bills", "payments", "table.csv", *NOW) for _ in range(2)]
    assert ["entered 1" in outcomes[0].output, "unchanged 1" in outcomes[1].output] == [True, True]
    assert told("status")[0]["payment_forms"][0]["stands"] == "agrees"
    table("F1,9.00,2026/12/5", headings=heads)
    assert run("bills", "payments", "table.csv", *NOW).exit_code == 1
    for wrong in some(["F1,,2026/12/5", ",9.10,2026/12/5", "F1,9.10,soon", "F1,9.101,2026-12-05"]):
        table(wrong, headings=heads)
        refused = run("bills", "payments", "table.csv", *NOW)
        assert (refused.exit_code, "row 2" in refused.output) == (2, True)


def test_goods_that_came_back_lower_the_tax_and_more_than_were_bought_are_refused() -> None:
    first, second = (each.order.order_no for each in PARCELS[:2])
    qty = PARCELS[0].order.lines[0].qty
    table(f"{first},1,{qty},", f"{second},1,999,", "NOBODY,1,1,", headings="订单编号,商品序号,退货数量,已退税款")
    done = run("bills", "returned", "table.csv", *NOW)
    assert (done.exit_code, "entered 1, unchanged 0, refused 2" in done.output) == (1, True)
    lines = {each["order_no"]: Decimal(each["assessed"]) for each in told("reconcile", *ON)}
    whole = [assess(each, on=DAY).due for each in PARCELS[:2]]
    assert lines[first] < whole[0]
    assert lines[second] == whole[1]
    assert "entered 0, unchanged 1" in run("bills", "returned", "table.csv", *NOW).output
    assert "entered 0, unchanged 4" in run("bills", "assess", "parcels.jsonl", *ON, *NOW).output


def at_another_rate(amount: Decimal) -> Decimal:
    """An amount that was converted at 7.0816, at 7.2 instead."""
    foreign = amount / Decimal("7.0816")
    cents = foreign.quantize(Decimal("0.01"), ROUND_HALF_UP)
    exact = cents if (cents * Decimal("7.0816")).quantize(Decimal("0.01"), ROUND_HALF_UP) == amount else foreign
    return (exact * Decimal("7.2")).quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_prices_at_the_exchange_rate_of_another_month_are_named_with_the_rates_given() -> None:
    parcel = next(each for each in sample_parcels(40, seed=2, mode="1210") if len(each.order.lines) > 1)
    Path("one.jsonl").write_text(parcel.model_dump_json(exclude_none=True), encoding="utf-8")
    case = assess(parcel, on=DAY).case
    case = case._replace(goods=tuple(each._replace(value=at_another_rate(each.value)) for each in case.goods))
    bill = tax_bill_of(compute(case), list_no="L1", tax_bill_no="T1")
    head = bill.head.model_copy(update={"order_no": parcel.order.order_no, "guid": f"{1:036}"})
    Path("bill.xml").write_bytes(write(Message("0" * 36, (bill.model_copy(update={"head": head}),))))
    assert run("bills", "import", "bill.xml", *NOW).exit_code == 0
    rates = "USD,2026-10,7.2000\r\n502,202611,7.0816"
    Path("rates.csv").write_bytes(f"币种,月份,汇率\r\n{rates}\r\n".encode("gbk"))
    converted = ["--currency", "USD", "--exchange", "rates.csv"]
    assert run("bills", "assess", "one.jsonl", *ON, *NOW).exit_code == 0
    assert run("bills", "assess", "one.jsonl", *converted, *ON, *NOW).exit_code == 0
    named = [
        [cause["code"] for line in told("reconcile", *ON, *rates) if line["tax_bill_nos"] for cause in line["causes"]]
        for rates in ([], ["--exchange", "rates.csv"])
    ]
    assert ["exchange-month" in each for each in named] == [False, True]


def test_rates_that_are_missing_or_unreadable_are_told() -> None:
    Path("rates.csv").write_text("币种,月份,汇率\nUSD,2026-10,7.2\n", encoding="utf-8")
    for option in some(["EUR", "USD"]):
        refused = run("bills", "assess", "parcels.jsonl", "--currency", option, "--exchange", "rates.csv", *ON)
        assert (refused.exit_code, f"no rate of {option} for 2026-11" in refused.output) == (2, True)
    for row in some(["dollars,2026-10,7.2", "USD,October,7.2", "USD,2026-10,0"]):
        Path("rates.csv").write_text(f"币种,月份,汇率\n{row}\n", encoding="utf-8")
        refused = run("bills", "reconcile", "--exchange", "rates.csv")
        assert (refused.exit_code, "row 2" in refused.output) == (2, True)


def test_the_totals_of_one_merchant_are_written_to_be_signed(shop: Path) -> None:
    code = PARCELS[0].parties.merchant_code
    run("bills", "summary", "--merchant", code, "--out", "totals.xlsx", *ON)
    book = openpyxl.load_workbook(shop / "totals.xlsx")
    assert book.sheetnames == ["合计 totals", "电商企业 merchants", "缴款书 forms", "原因 causes"]
    assert [cell.value for cell in book.worksheets[1][2]][:2] == [code, 4]
    assert told("summary", "--merchant", "NOBODY", *ON)[0]["all"]["parcels"] == 0


def test_a_bill_is_missing_after_as_many_days_as_are_given() -> None:
    assert run("bills", "reconcile", "--missing-after", "0", *ON).exit_code == 0  # not released yet
