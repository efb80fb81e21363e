"""The commands ``book``: from messages of the bonded system and files of the warehouse to differences with their causes."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import Result

import customs
from customs.documents import Message
from customs.documents.imports.declaration_list import DeclarationListReceipt
from customs.testing import sample_parcels
from customs.testing.keys import KeyPair
from support.bond_messages import bond_list, receipt, statement
from support.command_line import FIXED, run

PARCEL = next(sample_parcels(1, seed=1, mode="1210"))
LINE = PARCEL.order.lines[0]
BOOK, LIST_NO = PARCEL.clearance.account_book_no or "", "29912026I000000001"
RECORD = (LINE.record_no or "").lstrip("0")
ITEM = f"{BOOK}/{RECORD}"
NOW = ["--now", "2026-11-14T08:00:00"]
OUT = {"PutrecNo": BOOK, "ImpexpMarkcd": "E", "InvtType": "8"}


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: KeyPair) -> Path:
    """The folder of an enterprise with a ledger, a parcel that is released, and an in-list of 100 that is deducted."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "customs.toml").touch()
    (tmp_path / "parcels.jsonl").write_text(PARCEL.model_dump_json(exclude_none=True), encoding="utf-8")
    assert run("ledger", "upgrade").exit_code == 0
    Path("test.key").write_bytes(keys.key)
    Path("test.crt").write_bytes(keys.certificate)
    keyed = ["--key", "test.key", "--cert", "test.crt", "--out", "messages"]
    assert run("declare", "parcels.jsonl", *FIXED, *keyed).exit_code == 0
    released = DeclarationListReceipt(
        guid=customs.random_guids(),
        declarant_code=PARCEL.parties.declarant_code,
        internal_no=PARCEL.clearance.internal_no or PARCEL.order.order_no,
        pre_entry_no="B00000000000000001",
        list_no=LIST_NO,
        return_status="800",
        returned_at=datetime(2026, 11, 11, 9),
        return_info="放行",
    )
    keep("released", customs.write(Message(customs.random_guids(), (released,))))
    keep("in", bond_list("IN1", [(RECORD, "100")], PutrecNo=BOOK))
    keep("in-deducted", statement("2026-11-10 07:00:00", own_no="IN1", putrecNo=BOOK))
    return tmp_path


def keep(name: str, content: bytes) -> None:
    Path("messages", f"{name}.xml").write_bytes(content)


def gathered(own_no: str = "OUT1", bond_no: str = "QD299126E000000001") -> None:
    """An out-list that gathers the parcel, and is deducted."""
    lines = [((each.record_no or "").lstrip("0"), f"{each.qty:f}") for each in PARCEL.order.lines]
    keep(own_no, bond_list(own_no, lines, retail=(LIST_NO,), **OUT))
    said = statement("2026-11-12 07:00:00", own_no=own_no, bond_no=bond_no, putrecNo=BOOK, impexpMarkcd="E")
    keep(f"{own_no}-deducted", said)


def imported() -> dict[str, Any]:
    return lines_of(run("book", "import", "messages", *NOW, "--json"))[-1]


def lines_of(result: Result) -> list[dict[str, Any]]:
    return [json.loads(each) for each in result.stdout.splitlines()]


def stock(rows: str, name: str = "stock.csv", heading: str = "货号,账册编号,备案序号,库存数量") -> str:
    Path(name).write_text(f"{heading}\n{rows}\n", encoding="utf-8")
    return name


def compared(*more: str) -> Result:
    return run("book", "compare", "stock.csv", "--period", "2026-11", "--json", *more)


def test_messages_of_a_folder_are_entered_once() -> None:
    first = imported()
    assert (first["new"], first["same"], first["unread"]) == (4, 0, [])
    assert {name: imported()[name] for name in ("new", "same")} == {"new": 0, "same": 4}
    (held,) = lines_of(run("book", "balance", BOOK, "--json"))
    assert (held["item_record_no"], held["actual_in"], held["balance"], held["available"]) == (
        RECORD,
        "100",
        "100",
        "100",
    )
    assert "100" in run("book", "balance", lang="zh").stdout
    assert run("book", "balance", "--period", "2026-11-09").exit_code == 1


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_entered() -> None:
    keep("torn", b"<CEB622Message>")
    done = run("book", "import", "messages", *NOW, "--json")
    assert (done.exit_code, lines_of(done)[-1]["unread"]) == (1, ["torn.xml"])
    assert lines_of(run("book", "balance", "--json"))[0]["balance"] == "100"


@pytest.mark.long
def test_a_released_parcel_is_unbound_until_an_out_list_gathers_it() -> None:
    imported()
    done = run("book", "binding", *NOW, "--json")
    (fault,) = lines_of(done)
    assert done.exit_code == 1
    assert (fault["code"], fault["number"], fault["order_no"], fault["days"]) == (
        "unbound",
        LIST_NO,
        PARCEL.order.order_no,
        3,
    )
    assert run("book", "binding", *NOW, "--older-than", "4").exit_code == 0
    gathered()
    imported()
    assert run("book", "binding", *NOW).exit_code == 0
    gathered("OUT2", "QD299126E000000002")
    imported()
    assert [each["code"] for each in lines_of(run("book", "binding", *NOW, "--json"))] == ["bound-twice"]


def test_a_difference_is_told_with_its_cause_and_written_as_a_workbook() -> None:
    imported()
    taken = LINE.qty
    stock(f"{LINE.item_no},{BOOK},{RECORD},{100 - taken}")
    moves = stock(
        f"销售出库,{PARCEL.order.order_no},{LINE.item_no},{BOOK},{RECORD},{taken},2026-11-11 10:00:00",
        "moves.csv",
        "业务类型,业务单号,货号,账册编号,备案序号,变动数量,业务时间",
    )
    arrived = f"采购入库,IN1,{LINE.item_no},{BOOK},{RECORD},100,2026-11-10 08:00:00"
    with Path(moves).open("a", encoding="utf-8") as file:
        file.write(f"{arrived}\n")
    done = compared("--movements", moves, "--out", "report.xlsx")
    difference, total = lines_of(done)
    assert done.exit_code == 1
    assert (difference["items"], difference["difference"]) == ([ITEM], f"{-taken.normalize():f}")
    assert [(each["code"], each["documents"][0]) for each in difference["causes"]] == [("CA01", LIST_NO)]
    assert (total["different"], total["movements_without_item"]) == (1, 0)
    rows = list(openpyxl.load_workbook("report.xlsx").active.iter_rows(values_only=True))
    assert [(row[0], row[5], row[6]) for row in rows[1:]] == [(ITEM, "CA01", -taken)]
    shown = run("book", "compare", "stock.csv", "--period", "2026-11", "--movements", moves, lang="zh")
    assert "1 项有差异" in shown.stderr


def test_book_and_stock_that_agree_end_with_nought() -> None:
    imported()
    stock(f"{LINE.item_no},{BOOK},{RECORD},100")
    arrived = stock(
        f"IN,IN1,{LINE.item_no},{BOOK},{RECORD},100,2026-11-10 08:00:00",
        "moves.csv",
        "biztype,bizno,sku,emsno,recordno,qty,at",
    )
    done = compared("--movements", arrived)
    assert (done.exit_code, lines_of(done)[-1]["different"]) == (0, 0)


def test_a_movement_of_an_article_that_no_item_is_known_for_is_told() -> None:
    imported()
    stock(f"{LINE.item_no},{BOOK},{RECORD},100")
    moves = stock("IN,IN9,UNKNOWN,5,2026-11-10 08:00:00", "moves.csv", "biztype,bizno,sku,qty,at")
    done = compared("--movements", moves)
    assert (done.exit_code, lines_of(done)[-1]["movements_without_item"]) == (1, 1)
    assert "UNKNOWN" in done.stderr


def test_a_text_that_looks_like_a_formula_stays_a_text_in_the_workbook() -> None:
    imported()
    stock("=1+1,,,3")
    assert compared("--out", "report.xlsx").exit_code == 1
    cells = [cell for row in openpyxl.load_workbook("report.xlsx").active.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == "=1+1"] == ["s"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--period", "soon"], "no period"),
        (["--period", "2026-11", "--cut-off", "late"], "no time"),
        (["--period", "2026-11", "--out", "report.csv"], "no .xlsx"),
    ],
)
@pytest.mark.long
def test_what_is_given_wrongly_is_misuse(options: list[str], told: str) -> None:
    stock("A,,,1")
    done = run("book", "compare", "stock.csv", *options, lang="en")
    assert done.exit_code == 2
    assert told in done.stderr


def test_a_stock_file_with_mistakes_is_told_row_by_row() -> None:
    stock("A,,,many\n,,,2")
    done = compared()
    assert done.exit_code == 2
    assert "stock.csv:2" in done.stderr
    assert "stock.csv:3" in done.stderr


def test_a_number_of_a_receipt_is_announced_before_it_is_deducted() -> None:
    keep("out", bond_list("OUT1", [(RECORD, "30")], retail=(LIST_NO,), **OUT))
    keep("pre", receipt("4", "2026-11-12 07:00:00", "OUT1", "QD299126E000000001", putrecNo=BOOK, impexpMarkcd="E"))
    imported()
    (held,) = lines_of(run("book", "balance", "--json"))
    assert (held["pre_out"], held["balance"], held["available"]) == ("30", "100", "70")
