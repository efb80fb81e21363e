"""The commands ``bills``: from parcels, receipts and payments to a workbook that a clerk signs."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from customs import assess
from customs.documents import Message, TaxBill
from customs.testing import sample_parcels, tax_bill_of
from customs.wire import write
from support.command_line import run

DAY = date(2026, 11, 11)
PARCELS = list(sample_parcels(4, seed=1, mode="1210"))
NOW = ["--now", "2026-11-12T08:00:00"]
ON = ["--on", "2026-11-11"]


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an enterprise with a ledger, parcels and the receipts of a night."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "customs.toml").touch()
    lines = [each.model_dump_json(exclude_none=True) for each in PARCELS]
    (tmp_path / "parcels.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert run("ledger", "upgrade").exit_code == 0
    return tmp_path


def guarantor() -> str:
    return PARCELS[0].parties.guarantor_code


def billed(position: int, *, more: str = "0", status: str = "1", form: str | None = None) -> TaxBill:
    """The bill of a parcel of the file."""
    assessment = assess(PARCELS[position], on=DAY)
    bill = tax_bill_of(assessment, list_no=f"L{position}", tax_bill_no=f"T{position}")
    assert bill.head.vat is not None
    assert bill.lines[0].vat is not None
    lines = (bill.lines[0].model_copy(update={"vat": bill.lines[0].vat + Decimal(more)}), *bill.lines[1:])
    changes: dict[str, Any] = {
        "guid": f"4CDE1CFD-EDED-46B1-946C-B8022E42F{position}{status}{len(more)}",
        "vat": bill.head.vat + Decimal(more),
        "tax_status": status,
        "payment_form_no": form,
        "guarantor_code": guarantor(),
        "order_no": PARCELS[position].order.order_no,
    }
    return bill.model_copy(update={"head": bill.head.model_copy(update=changes), "lines": lines})


def receive(shop: Path, *bills: TaxBill) -> None:
    folder = shop / "receipts" / "november"
    folder.mkdir(parents=True, exist_ok=True)
    for bill in bills:
        (folder / f"{bill.head.guid}.xml").write_bytes(write(Message("0" * 36, (bill,))))


def night(shop: Path) -> None:
    """Four parcels; bills for three, of which the third has seven cents too much."""
    receive(shop, billed(0), billed(1), billed(2, more="0.07"))
    (shop / "receipts" / "noise.xml").write_text("<not a message", encoding="utf-8")
    assert run("bills", "assess", "parcels.jsonl", *ON, *NOW).exit_code == 0
    done = run("bills", "import", "receipts", *NOW)
    assert (done.exit_code, "new 3, same 0" in done.output, "noise.xml" in done.output) == (1, True, True)


def told(*arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("bills", *arguments, "--json").stdout.splitlines()]


def test_a_folder_of_receipts_is_imported_once(shop: Path) -> None:
    night(shop)
    (shop / "receipts" / "noise.xml").unlink()
    again = run("bills", "import", "receipts", *NOW)
    assert (again.exit_code, "new 0, same 3" in again.output) == (0, True)
    assert run("bills", "assess", "parcels.jsonl", *ON, *NOW).output.count("entered 0, unchanged 4") == 1


def test_a_bill_that_comes_again_with_other_figures_is_named(shop: Path) -> None:
    night(shop)
    (shop / "receipts" / "noise.xml").unlink()
    receive(shop, billed(1, more="1.00"))
    done = run("bills", "import", "receipts", *NOW)
    assert (done.exit_code, "T1: came again with other figures T1：再次收到，金额有变" in done.output) == (1, True)


def test_a_month_is_reconciled_line_by_line(shop: Path) -> None:
    night(shop)
    lines = {each["order_no"]: each for each in told("reconcile", "2026-11", *ON)}
    stands = [lines[each.order.order_no]["bill_stands"] for each in PARCELS]
    assert stands == ["agrees", "agrees", "unknown", "no-bill"]
    shown = run("bills", "reconcile", *ON)
    assert shown.exit_code == 1
    assert PARCELS[2].order.order_no in shown.output
    assert PARCELS[0].order.buyer_name not in shown.output


def test_the_workbook_has_the_totals_to_sign_and_one_line_a_parcel(shop: Path) -> None:
    night(shop)
    run("bills", "reconcile", "2026-11", "--out", "november.xlsx", *ON)
    book = openpyxl.load_workbook(shop / "november.xlsx")
    assert book.sheetnames == ["合计 totals", "电商企业 merchants", "缴款书 forms", "原因 causes", "逐票 parcels"]
    totals, merchants, _, causes, parcels = book.worksheets
    assert [cell.value for cell in totals[2]][:3] == ["2026-11", 4, 3]
    assert [row[0].value for row in totals.rows][-3:] == ["制表 prepared by", "复核 checked by", "签字日期 signed on"]
    assert [row[0].value for row in merchants.rows][1:] == sorted({each.parties.merchant_code for each in PARCELS})
    assert parcels.max_row == 5
    counted = {row[1].value: row[2].value for row in list(causes.rows)[1:]}
    assert counted["unknown"] == 1
    assert run("bills", "reconcile", "--out", "november.csv").exit_code == 2


@pytest.mark.long
def test_the_summary_adds_up(shop: Path) -> None:
    night(shop)
    (summary,) = told("summary", *ON)
    due = [assess(each, on=DAY).due for each in PARCELS]
    assert (summary["all"]["parcels"], summary["all"]["bills"], summary["all"]["unknown"]) == (4, 3, 1)
    assert Decimal(summary["all"]["assessed"]) == sum(due)
    assert Decimal(summary["all"]["billed"]) == sum(due[:3]) + Decimal("0.07")
    assert summary["by_month"]["2026-11"] == summary["all"]


@pytest.mark.long
def test_a_guarantee_is_granted_occupied_and_released_and_its_end_is_foreseen(shop: Path) -> None:
    night(shop)
    granted = ["bills", "grant", guarantor(), "1000", "--ticket", "K1", "--by", "clerk", "--reason", "bank"]
    assert [run(*granted, *NOW).exit_code for _ in range(2)] == [0, 1]
    due = [assess(each, on=DAY).due for each in PARCELS]
    (before,) = told("guarantee", *ON)
    assert Decimal(before["occupied"]) == sum(due[:3]) + Decimal("0.07")
    assert Decimal(before["expected"]) == due[3]
    assert Decimal(before["free"]) == 1000 - sum(due) - Decimal("0.07")
    (soon,) = told("guarantee", "--daily", "400", *ON)
    assert soon["runs_out_on"] in ("2026-11-11", "2026-11-12", "2026-11-13")
    assert run("bills", "guarantee", "--daily", "400", *ON).exit_code == 1
    assert run("bills", "guarantee", *ON).exit_code == (1 if Decimal(before["free"]) < 0 else 0)
    receive(shop, billed(0, status="2", form="F1"))
    run("bills", "import", "receipts", *NOW)
    assert run("bills", "paid", "F1", str(due[0]), "--ticket", "P1", *ON, *NOW).exit_code == 0
    (after,) = told("guarantee", *ON)
    assert Decimal(before["occupied"]) - Decimal(after["occupied"]) == due[0]
    assert run("bills", "paid", "F1", str(due[0]), "--ticket", "P1", *ON, *NOW).exit_code == 1
    assert run("bills", "paid", "F1", "0.01", "--ticket", "P2", *ON, *NOW).exit_code == 2


@pytest.mark.parametrize(("less", "stands", "code"), [("0", "agrees", 0), ("0.01", "short", 1)])
@pytest.mark.long
def test_payment_forms_are_compared_with_what_was_paid(shop: Path, less: str, stands: str, code: int) -> None:
    receive(shop, billed(0, status="2", form="F1"))
    run("bills", "import", "receipts", *NOW)
    (before,) = told("status")
    assert before["payment_forms"][0]["stands"] == "unpaid"
    due = assess(PARCELS[0], on=DAY).due - Decimal(less)
    run("bills", "paid", "F1", str(due), "--ticket", "P1", *ON, *NOW)
    (after,) = told("status")
    assert after["payment_forms"][0]["stands"] == stands
    assert run("bills", "status").exit_code == code


def test_a_table_of_bills_is_imported_too(shop: Path) -> None:
    rows = ["订单编号,税单编号,关税,消费税,增值税", f"{PARCELS[0].order.order_no},T9,0,0,9.10"]
    (shop / "bills.csv").write_text("\n".join(rows), encoding="utf-8-sig")
    first, again = (run("bills", "import", "bills.csv", *NOW) for _ in range(2))
    assert ("new 1" in first.output, "same 1" in again.output) == (True, True)


def test_what_is_kept_holds_nothing_personal(shop: Path) -> None:
    night(shop)
    kept = b"".join(each.read_bytes() for each in shop.glob("ledger.db*"))
    assert PARCELS[0].order.order_no.encode() in kept
    for each in PARCELS:
        for secret in (each.order.buyer_id_number, each.order.buyer_name, each.order.buyer_telephone):
            assert secret.encode() not in kept
