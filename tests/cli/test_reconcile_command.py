"""Tax bills in files against parcels: what agrees, what differs and why."""

import codecs
import csv
import json
import sys
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

import customs
from customs.declaration import Declaration
from customs.documents import Message, TaxBill
from customs.tax import Method
from customs.testing import sample_parcels, tax_bill_of
from support.command_line import run

DAY = date(2026, 11, 11)
ON = ["--on", "2026-11-11"]


@pytest.fixture
def parcels() -> list[Declaration]:
    return list(sample_parcels(4, seed=1, mode="1210"))


@pytest.fixture
def file(tmp_path: Path, parcels: list[Declaration]) -> Path:
    path = tmp_path / "parcels.jsonl"
    path.write_text("".join(each.model_dump_json(exclude_none=True) + "\n" for each in parcels), encoding="utf-8")
    return path


def bill_of(parcel: Declaration, *, rounding: str = "per_line", status: str = "1") -> TaxBill:
    bill = tax_bill_of(customs.assess(parcel, on=DAY, method=Method(rounding=rounding)))
    changes = {"order_no": parcel.order.order_no, "tax_status": status}
    return bill.model_copy(update={"head": bill.head.model_copy(update=changes)})


def written(path: Path, *bills: TaxBill) -> Path:
    path.write_bytes(customs.write(Message("4CDE1CFD-EDED-46B1-946C-B8022E42FC94", bills)))
    return path


def outcomes(*arguments: str | Path) -> list[tuple[str, str]]:
    lines = run("reconcile", *arguments, *ON, "--json").stdout.splitlines()
    return [(row["order_no"], row["outcome"]) for row in map(json.loads, lines)]


def test_bills_that_agree_exit_0_and_void_ones_are_left_out(
    tmp_path: Path, file: Path, parcels: list[Declaration]
) -> None:
    bills = written(tmp_path / "b.xml", bill_of(parcels[0]), bill_of(parcels[2], rounding="down", status="3"))
    found = run("reconcile", file, bills, *ON)
    assert found.exit_code == 0, found.output
    numbers = [each.order.order_no for each in parcels]
    assert outcomes(file, bills) == [(numbers[0], "agrees"), (numbers[2], "void")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "gb18030"])
def test_bills_in_another_encoding_are_read(
    tmp_path: Path, file: Path, parcels: list[Declaration], encoding: str
) -> None:
    bills = written(tmp_path / "b.xml", bill_of(parcels[0]))
    declared = bills.read_text(encoding="utf-8").replace("UTF-8", encoding[:6] if "16" in encoding else encoding, 1)
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
    bills.write_bytes(mark + declared.encode(encoding))
    assert outcomes(file, bills) == [(parcels[0].order.order_no, "agrees")]


def test_a_bill_that_differs_has_its_cause_and_exits_1(tmp_path: Path, file: Path, parcels: list[Declaration]) -> None:
    bills, out = written(tmp_path / "b.xml", bill_of(parcels[0], rounding="down")), tmp_path / "out.csv"
    found = run("reconcile", file, bills, *ON, "--out", out)
    assert found.exit_code == 1
    (row,) = csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines())
    assert (row["outcome"], row["order_no"]) == ("differs", parcels[0].order.order_no)
    assert "Amounts were rounded down to the cent." in row["causes_en"]
    assert row["causes_zh"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_a_table_of_totals_is_compared(tmp_path: Path, file: Path, parcels: list[Declaration], encoding: str) -> None:
    due = [customs.assess(each, on=DAY).taxes for each in parcels[:2]]
    rows = [
        "订单编号,关税,消费税,增值税",
        f"{parcels[0].order.order_no},{due[0].tariff},{due[0].consumption},{due[0].vat}",
        f"{parcels[1].order.order_no},{due[1].tariff},{due[1].consumption},{due[1].vat + 1}",
        "UNKNOWN,0,0,1.00",
    ]
    table = tmp_path / "bills.csv"
    table.write_text("\n".join(rows) + "\n", encoding=encoding)
    told = [outcome for _, outcome in outcomes(file, table)]
    assert told == ["agrees", "differs", "no-parcel"]


def test_a_workbook_of_bills_is_compared_and_the_outcome_is_written_to_one(
    tmp_path: Path, file: Path, parcels: list[Declaration]
) -> None:
    due = customs.assess(parcels[0], on=DAY).taxes
    book, out = openpyxl.Workbook(), tmp_path / "out.xlsx"
    book.active.append(["订单编号", "关税", "消费税", "增值税"])
    book.active.append([parcels[0].order.order_no, float(due.tariff), float(due.consumption), float(due.vat)])
    book.active.append([parcels[1].order.order_no, 0, 0, 1])
    book.save(tmp_path / "bills.xlsx")
    assert run("reconcile", file, tmp_path / "bills.xlsx", *ON, "--out", out).exit_code == 1
    rows = list(openpyxl.load_workbook(out).active.iter_rows(values_only=True))
    outcome = rows[0].index("outcome")
    assert [row[outcome] for row in rows[1:]] == ["agrees", "differs"]


def test_a_damaged_workbook_is_misuse(tmp_path: Path, file: Path) -> None:
    (tmp_path / "bills.xlsx").write_bytes(b"PK\x03\x04" + bytes(100))
    found = run("reconcile", file, tmp_path / "bills.xlsx", *ON)
    assert (found.exit_code, "is no table of tax bills" in found.stderr) == (2, True)


@pytest.mark.long
def test_a_workbook_that_unpacks_beyond_all_bounds_is_misuse(tmp_path: Path, file: Path) -> None:
    pytest.importorskip("openpyxl")
    with (
        zipfile.ZipFile(tmp_path / "bills.xlsx", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet,
    ):
        for _ in range(520):
            sheet.write(bytes(1 << 20))
    found = run("reconcile", file, tmp_path / "bills.xlsx", *ON)
    assert found.exit_code == 2
    assert "it unpacks to 545259520 bytes, more than 536870912" in " ".join(found.stderr.split())


def test_without_the_package_for_workbooks_the_extra_is_named(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    (tmp_path / "bills.xlsx").write_bytes(b"PK\x03\x04")
    found = run("reconcile", file, tmp_path / "bills.xlsx", *ON)
    assert found.exit_code == 2
    assert "pip install 'cbec-customs[xlsx]'" in found.stderr


def test_a_table_of_lines_makes_bills_of_its_rows(tmp_path: Path, file: Path, parcels: list[Declaration]) -> None:
    parcel = next(each for each in parcels if len(each.order.lines) > 1)
    bill = bill_of(parcel)
    rows = ["order_no,gnum,hs_code,dutiable_value,tariff,consumption_tax,vat"]
    rows += [
        f"{parcel.order.order_no},{each.gnum},{each.hs_code},{each.dutiable_value},{each.tariff},{each.consumption_tax},{each.vat}"
        for each in bill.lines
    ]
    table = tmp_path / "lines.csv"
    table.write_text("\n".join(rows), encoding="utf-8")
    assert outcomes(file, table) == [(parcel.order.order_no, "agrees")]


@pytest.mark.parametrize(
    "content", ["a,b\n1,2\n", "订单编号,关税,消费税,增值税\nX,0,0,much\n", "关税,消费税,增值税\n0,0,1\n", "<a/>"]
)
def test_what_is_no_table_of_bills_is_misuse(tmp_path: Path, file: Path, content: str) -> None:
    table = tmp_path / "bills.csv"
    table.write_text(content, encoding="utf-8")
    assert run("reconcile", file, table, *ON).exit_code == 2


@pytest.mark.parametrize("amount", ["1e99999900000", "1e-99999900000", "NaN", "free"])
def test_an_amount_without_digits_or_with_too_many_is_misuse(tmp_path: Path, file: Path, amount: str) -> None:
    bills = tmp_path / "b.csv"
    bills.write_text(f"order_no,tariff,consumption_tax,vat\nEX1,0,0,{amount}\n", encoding="utf-8")
    found = run("reconcile", file, bills, *ON)
    assert found.exit_code == 2
    assert f"{amount!r} is not an amount" in found.stderr.replace("\n", " ").replace("│", "")


def test_the_comparison_goes_into_a_table_or_nowhere(tmp_path: Path, file: Path, parcels: list[Declaration]) -> None:
    bills = written(tmp_path / "b.xml", bill_of(parcels[0]))
    assert run("reconcile", file, bills, *ON, "--out", tmp_path / "out.pdf").exit_code == 2
