"""Files of parcels on the command line: what cannot be read is named by its order, or by the kind of the file."""

import json
from pathlib import Path

import pytest

from support import ROOT
from support.bad_input import parcel
from support.command_line import FIXED, run

GIVEN = json.dumps(parcel("1210"), ensure_ascii=False)
ORDER_NO = parcel("1210")["order"]["order_no"]
DAY = ["--on", "2026-11-11"]


@pytest.fixture
def unread(tmp_path: Path) -> Path:
    """A file of three parcels: one cut off, one with a price as a number, one without any order."""
    wrong = parcel("1210")
    wrong["order"]["lines"][0]["price"] = 500.5
    path = tmp_path / "unread.jsonl"
    path.write_text("\n".join([GIVEN[:-1], json.dumps(wrong), "{}"]) + "\n", encoding="utf-8")
    return path


def test_every_refusal_names_the_order_in_text_and_json(unread: Path, tmp_path: Path) -> None:
    shown = run("check", unread, *DAY).stdout
    assert f"parcel 1, order {ORDER_NO}: json-unreadable" in shown
    assert f"parcel 2, order {ORDER_NO} order.lines[0].price: field-form" in shown
    assert "parcel 3 order: field-missing" in shown
    *rows, _ = (json.loads(line) for line in run("check", unread, *DAY, "--json").stdout.splitlines())
    numbers = {(row["parcel"], row["order_no"]) for row in rows}
    assert numbers == {(1, ORDER_NO), (2, ORDER_NO), (3, None)}
    taxes = [json.loads(line) for line in run("tax", unread, *DAY, "--json").stdout.splitlines()]
    assert [row.get("order_no") for row in taxes] == [ORDER_NO, ORDER_NO, None]
    run("declare", unread, "--out", tmp_path / "out", *FIXED)
    refused = (tmp_path / "out" / "refused.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["order_no"] for line in refused] == [ORDER_NO, ORDER_NO, None]


@pytest.mark.parametrize("command", ["check", "tax", "declare"])
def test_taxes_by_the_shipped_example_are_warned_of_once_in_both_languages(command: str, tmp_path: Path) -> None:
    parcels, rates = ROOT / "examples/parcels-9610.jsonl", ROOT / "src/customs/tax/rates.csv"
    more = ["--out", str(tmp_path / "out"), *FIXED] if command == "declare" else DAY
    warned = [
        line for line in run(command, parcels, *more).stderr.splitlines() if "The shipped table is an example" in line
    ]
    assert len(warned) == 1
    assert "税率表仅为示例" in warned[0]
    assert "example" not in run(command, parcels, *more, "--rates", rates).stderr
