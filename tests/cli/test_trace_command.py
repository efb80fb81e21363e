"""The commands ``trace``: from the warehouse's tables to recall lists, the origin of a code, faults and corrections."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import Result

from support import exactly
from support.command_line import run

LOTS = "货号,批次,原产国,进境口岸,生产日期,核注清单编号\nA1,B1,日本,2910,2026-03-01,QD299126I000000007\n"
CODES = (
    "溯源码,货号,批次,订单编号,运单编号,商品序号,出库时间,收货人,电话\n"
    "C001,A1,B1,O1,W1,1,2026-11-11 09:00:00,虚构人,13800000000\n"
    "C002,A1,B1,O2,W2,1,2026-11-12 09:00:00,虚构人,13800000000\n"
)
TWICE = "溯源码,运单编号\nC001,W2\n"
NOW = ["--now", "2026-11-20T08:00:00"]


@pytest.fixture(autouse=True)
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a ledger that knows a lot and two codes, in which the commands are called."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "customs.toml").touch()
    assert run("ledger", "upgrade").exit_code == 0
    for name, text in (("lots", LOTS), ("codes", CODES)):
        assert loaded(name, text).exit_code == 0
    return tmp_path


def loaded(name: str, text: str) -> Result:
    Path(f"{name}.csv").write_text(text, encoding="utf-8")
    return run("trace", "load", f"{name}.csv", *NOW, "--json")


def lines_of(result: Result) -> list[dict[str, Any]]:
    return [json.loads(each) for each in result.stdout.splitlines()]


def test_a_table_again_changes_nothing() -> None:
    told = lines_of(loaded("codes", CODES))
    assert told == [{"rows": 2, "lots": 0, "entries": 0, "faults": 0}]


def test_a_lot_is_recalled_as_a_table_as_json_and_as_a_workbook(warehouse: Path) -> None:
    lot, *parcels = lines_of(run("trace", "lot", "A1", "B1", "--json"))
    assert (lot["lot"]["origin_country"], lot["lot"]["entered"]["bond_no"]) == ("116", "QD299126I000000007")
    assert [(each["order_no"], each["codes"]) for each in parcels] == [("O1", ["C001"]), ("O2", ["C002"])]
    assert run("trace", "lot", "A1", "--out", "recall.xlsx").exit_code == 0
    (sheet,) = openpyxl.load_workbook(warehouse / "recall.xlsx").worksheets
    rows = list(sheet.values)
    assert [row[0] for row in rows] == ["订单编号 order", "O1", "O2"]
    assert rows[1][5:] == ("A1", "B1", "1", 1, "C001")
    shown = run("trace", "lot", "A1", lang="zh")
    assert "包裹 2 个，共 2 件" in shown.output
    assert run("trace", "lot", "A1", "B9").exit_code == 1
    assert [each["order_no"] for each in lines_of(run("trace", "lot", "A1", "--from", "2026-11-12", "--json"))[1:]] == [
        "O2"
    ]


def test_a_code_is_traced_back_and_a_range_forwards() -> None:
    (told,) = lines_of(run("trace", "code", "C001", "--json"))
    assert told["lots"][0]["batch"] == "B1"
    assert told["parcels"] == [{"order_no": "O1", "waybill_no": "W1"}]
    found = lines_of(run("trace", "code", "C002", "C999", "--json"))
    assert [each["order_no"] for each in found] == ["O2"]
    assert run("trace", "code", "C9").exit_code == 1
    assert run("trace", "code", "C003", "C999").exit_code == 1


def test_a_consumer_sees_no_order_and_no_parcel() -> None:
    shown = run("trace", "code", "C001", "--consumer")
    assert (shown.exit_code, "2026-03-01" in shown.output) == (0, True)
    assert not [each for each in ("O1", "W1", "QD2991") if each in shown.output]


def test_a_parcel_is_shown_with_its_lots() -> None:
    (told,) = lines_of(run("trace", "parcel", "W2", "--json"))
    assert (told["order_no"], told["lots"][0]["sku"], told["entries"][0]["code"]) == ("O2", "A1", "C002")
    assert "B1" in run("trace", "parcel", "O2").output
    assert run("trace", "parcel", "O9").exit_code == 1


def test_a_code_on_two_parcels_is_told_and_corrected_by_a_ticket() -> None:
    assert run("trace", "check").exit_code == 0
    again = loaded("again", TWICE)
    fault, _ = lines_of(again)
    assert (again.exit_code, fault["kind"], fault["numbers"]) == (1, "two-parcels", ["O1", "O2"])
    checked = run("trace", "check", lang="en")
    assert (checked.exit_code, "O1, O2" in checked.output) == (1, True)
    assert run("trace", "code", "C001").exit_code == 1
    (told,) = lines_of(run("trace", "code", "C001", "--json"))
    wrong = next(str(each["id"]) for each in told["entries"] if each.get("waybill_no") == "W2")
    ticket = ["--ticket", "T1", "--by", "clerk", "--reason", "scanned twice", *NOW]
    for _ in exactly(2, ("first", "again")):
        assert run("trace", "correct", "--entry", wrong, *ticket).exit_code == 0
        assert run("trace", "check").exit_code == 0
    Path("right.csv").write_text("溯源码,运单编号\nC001,W2\n", encoding="utf-8")
    assert run("trace", "correct", "--with", "right.csv", *ticket).exit_code == 0
    assert run("trace", "check").exit_code == 1


def test_nobody_is_named_in_any_output() -> None:
    loaded("again", TWICE)
    calls = (
        ("lot", "A1"), ("lot", "A1", "--json"), ("code", "C001"), ("code", "C001", "--json"), ("code", "C001", "C999"),
        ("parcel", "O1"), ("parcel", "O1", "--json"), ("check",), ("check", "--json"),
    )  # fmt: skip
    said = [run("trace", *each).output for each in exactly(9, calls)]
    said.append(loaded("moved", CODES.replace("C001,A1", "C001,虚构人")).output)
    assert not [each for each in said if "虚构人" in each or "13800000000" in each or "clerk" in each]


def test_misuse_and_tables_that_cannot_be_taken_are_told() -> None:
    moved = loaded("bad", "溯源码,货号,批次\nC1,A1,7.1E+12\n,A1,B1\n")
    assert (moved.exit_code, "bad.csv:2: 批次" in moved.output, "bad.csv:3" in moved.output) == (2, True, True)
    english = loaded("english", "tracecode,sku,batch\nC1,A1,7.1E+12\n")
    assert "english.csv:2: batch: " in english.output
    (needs,) = [line for line in loaded("few", "sku,batch\nA1,B1\n").output.splitlines() if "needs the columns" in line]
    assert needs.partition("few.csv:1：")[0].isascii()
    calls = (
        ("lot", "A1", "--out", "recall.csv"), ("lot", "A1", "--from", "11/11"), ("code", "C1", "C12"),
        ("code", "C1", "--from", "2026-11-11"), ("code", "C1", "C2", "--consumer"), ("load", "customs.toml"),
        ("correct", "--ticket", "T", "--by", "c", "--reason", "r"),
        ("correct", "--entry", "99", "--ticket", "T", "--by", "c", "--reason", "r"),
    )  # fmt: skip
    assert [run("trace", *each).exit_code for each in exactly(8, calls)] == [2] * 8
