"""The commands ``goods`` over the ledger: lists entered, told apart, marked, exported, and held against parcels."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from customs.testing import sample_parcels
from support.command_line import FIXED, run

NOW = ["--now", "2026-11-11T08:00:00"]
ON = ["--on", "2026-11-11"]
TICKET = ["--by", "clerk", "--reason", "as customs says", *NOW]
PARCEL = next(sample_parcels(1, seed=7, mode="1210"))
LINE = PARCEL.order.lines[0]
SKU = LINE.item_no or ""
HEADINGS = "sku,hs_code,item_name,unit,legal_unit1,origin_country,record_no,account_book_no,state,valid_until\n"


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an enterprise with a ledger, a goods list and a parcel, in which the commands are called."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "customs.toml").touch()
    (tmp_path / "parcels.jsonl").write_text(PARCEL.model_dump_json(exclude_none=True), encoding="utf-8")
    write(tmp_path)
    assert run("ledger", "upgrade").exit_code == 0
    return tmp_path


def write(folder: Path, name: str = "goods.csv", **first: str) -> None:
    """A goods list of the lines of the parcel, the first of them with other values."""
    rows: list[str] = []
    for each in PARCEL.order.lines:
        own = {name: getattr(each, name) for name in HEADINGS.split(",")[1:7]}
        values = {"sku": each.item_no, **own, "book": PARCEL.clearance.account_book_no, "state": "已备案", "until": ""}
        rows.append(",".join(str(each or "") for each in (values | (first if not rows else {})).values()))
    (folder / name).write_text(HEADINGS + "\n".join(rows) + "\n", encoding="utf-8")


def told(*arguments: str | Path) -> list[dict[str, Any]]:
    return [json.loads(each) for each in run(*arguments, "--json").stdout.splitlines() if each.startswith("{")]


def imported(name: str = "goods.csv") -> Any:
    return run("goods", "import", name, *NOW)


def test_a_list_is_entered_once_and_shown() -> None:
    done = imported()
    assert (done.exit_code, f"new {len(PARCEL.order.lines)}" in done.output) == (0, True)
    again = imported()
    assert (again.exit_code, "new 0, changed 0, state 0" in again.output) == (0, True)
    shown = told("goods", "show", SKU, *ON)
    assert [(each["state"], each["version"], each["in_force"]) for each in shown] == [("on_record", 1, 1)]
    assert run("goods", "show", "nothing", *ON).exit_code == 1


def test_what_a_list_would_change_is_told_before_it_is_entered(shop: Path) -> None:
    imported()
    write(shop, "new.csv", until="2027-12-31")
    (differ,) = told("goods", "diff", "--goods", "new.csv")
    assert differ == {"sku": SKU, "field": "valid_until", "before": "", "after": "2027-12-31"}
    assert run("goods", "diff", "--goods", "goods.csv").exit_code == 0
    imported("new.csv")
    assert told("goods", "diff", SKU) == [differ]
    assert run("goods", "diff").exit_code == 2


def test_a_ticket_suspends_a_record_and_its_parcels_are_stopped() -> None:
    imported()
    assert run("goods", "parcels", "parcels.jsonl", *ON).exit_code == 0
    assert run("goods", "mark", "suspended", SKU, "--ticket", "T1", *TICKET).exit_code == 0
    refused = run("goods", "mark", "refused", SKU, "--ticket", "T2", *TICKET)
    assert (refused.exit_code, "it cannot become refused, only on_record, withdrawn" in refused.output) == (1, True)
    found = run("goods", "parcels", "parcels.jsonl", *ON)
    assert (found.exit_code, "goods-not-approved" in found.output) == (1, True)
    history = told("goods", "history", SKU)
    assert [(each["state"], each["by"]) for each in history] == [("on_record", ""), ("suspended", "clerk")]


def test_goods_unknown_in_their_book_are_told_with_the_codes_of_customs(shop: Path) -> None:
    write(shop, record_no="999999")
    imported()
    found = told("goods", "parcels", "parcels.jsonl", *ON)
    assert [each["code"] for each in found] == ["goods-not-on-record"]
    assert "CEB626 -625007" in found[0]["codes"]


def test_a_change_touches_declared_parcels_and_what_is_frozen_is_not_entered(shop: Path, key_files: list[str]) -> None:
    imported()
    assert run("declare", "parcels.jsonl", "--out", "sent", *key_files, *FIXED).exit_code == 0
    write(shop, "new.csv", hs_code="1901101090")
    touched = told("goods", "touched", "--goods", "new.csv", "--messages", "sent")
    assert [(each["order_no"], each["line"], each["sku"]) for each in touched] == [(PARCEL.order.order_no, 1, SKU)]
    before = told("goods", "touched", SKU, "--parcels", "parcels.jsonl", *ON)
    assert [each["line"] for each in before] == [1]
    assert f"{len(PARCEL.order.lines)} records used for the first time" in run("goods", "follow", "sent", *NOW).output
    (shop / "customs/out").mkdir(parents=True)
    for each in (shop / "sent").glob("*.xml"):
        shutil.copy(each, shop / "customs/out")
    assert run("office", "--dir", "customs", "--seed", "1", "--pass", "60").exit_code == 0
    answered = ["--messages", "sent", "--messages", "customs/in"]
    assert told("goods", "touched", SKU, *answered) == []  # released: no more in flight
    frozen = imported("new.csv")
    assert (frozen.exit_code, "goods-record-frozen" in frozen.output) == (1, True)
    assert told("goods", "show", SKU, *ON)[0]["version"] == 1


def test_a_list_is_exported_and_enters_again_without_change(shop: Path) -> None:
    imported()
    for name in ("out.xlsx", "out.csv"):
        assert run("goods", "export", name).exit_code == 0
        again = run("goods", "import", name, *NOW)
        assert (again.exit_code, "new 0, changed 0, state 0" in again.output) == (0, True)
    assert run("goods", "export", "out.txt").exit_code == 2


def test_a_list_without_states_is_entered_as_the_caller_says(shop: Path) -> None:
    write(shop, state="")
    assert run("goods", "import", "goods.csv", "--as", "submitted", *NOW).exit_code == 0
    assert told("goods", "show", SKU, *ON)[0]["state"] == "submitted"
