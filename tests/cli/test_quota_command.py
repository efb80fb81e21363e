"""The commands ``quota``: from a file of parcels and the receipts of a night to what a buyer may still buy."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from customs.cli.commands import app
from customs.testing import sample_parcels
from support.command_line import FIXED, run

NOW = ["--now", "2026-11-11T08:00:00"]
ON = ["--on", "2026-11-11"]
PARCELS = list(sample_parcels(3, seed=1, mode="1210"))
BUYER = PARCELS[0].order.buyer_id_number
ORDER = PARCELS[0].order.order_no


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an enterprise with a ledger and a file of parcels, in which the commands are called."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "customs.toml").touch()
    write(tmp_path, *[each.model_dump_json(exclude_none=True) for each in PARCELS])
    assert run("ledger", "upgrade").exit_code == 0
    return tmp_path


def write(folder: Path, *lines: str) -> None:
    (folder / "parcels.jsonl").write_text("\n".join(lines), encoding="utf-8")


def asked(*arguments: str, number: str = BUYER) -> Result:
    return CliRunner(env={"CUSTOMS_LANG": "en"}).invoke(app, ["quota", *arguments], input=f"{number}\n")


def reserved(*more: str) -> Result:
    return run("quota", "reserve", "parcels.jsonl", *ON, *NOW, *more)


def standing() -> dict[str, Any]:
    found = asked("show", *ON, "--json")
    told: dict[str, Any] = json.loads(found.stdout.splitlines()[-1])
    return told


def test_orders_are_reserved_once_and_shown(shop: Path) -> None:
    done = reserved()
    assert (done.exit_code, "3 orders, 0 stopped 3 单，其中 0 单被拦下" in done.output) == (0, True)
    before = standing()
    assert reserved().exit_code == 0
    assert standing() == before
    (flying,) = before["in_flight"]
    assert flying["order"].endswith(f"/{ORDER}")
    assert BUYER not in done.output


def test_an_order_that_another_person_pays_is_stopped_and_said(shop: Path) -> None:
    other = json.loads(PARCELS[0].model_dump_json(exclude_none=True))
    other["payment"]["payer_id_number"] = PARCELS[1].order.buyer_id_number
    write(shop, json.dumps(other), PARCELS[1].model_dump_json(exclude_none=True))
    done = reserved()
    assert done.exit_code == 1
    assert f"{ORDER}: the payer is not the buyer: stop before declaring" in done.output
    assert "2 orders, 1 stopped" in done.output


def test_a_parcel_that_cannot_be_assessed_is_named_and_the_rest_goes_on(shop: Path) -> None:
    broken = json.loads(PARCELS[0].model_dump_json(exclude_none=True))
    broken["order"]["lines"] = []
    write(shop, json.dumps(broken), PARCELS[1].model_dump_json(exclude_none=True))
    done = reserved()
    assert done.exit_code == 1
    assert f"order {ORDER}: it cannot be assessed, see customs check" in done.output
    assert "1 orders, 1 stopped" in done.output


def test_a_buyer_asks_whether_an_order_would_fit(shop: Path) -> None:
    assert asked("ask", "450.10", *ON).exit_code == 0
    over = asked("ask", "26000.01", *ON)
    assert (over.exit_code, "over the yearly limit of 26,000.00 CNY by 0.01" in over.output) == (1, True)
    told = json.loads(asked("ask", "5000.01", "--pieces", "2", *ON, "--json").stdout.splitlines()[-1])
    assert (told["verdict"], told["allowed"]) == ("over_single", False)
    wrong = asked("ask", "450.101", *ON)
    assert (wrong.exit_code, "is no amount in CNY" in wrong.output) == (2, True)


def test_receipts_move_the_quota_and_again_change_nothing(shop: Path, key_files: list[str]) -> None:
    reserved()
    run("declare", "parcels.jsonl", "--out", "out", *key_files, *FIXED)
    (shop / "customs/out").mkdir(parents=True)
    for each in (shop / "out").glob("*.xml"):
        shutil.copy(each, shop / "customs/out")
    assert run("office", "--dir", "customs", "--seed", "1", "--pass", "60").exit_code == 0
    moved = run("quota", "follow", "out", "customs/in", *NOW)
    assert "taken 3, put back 0, restored 0, unchanged 0, unknown 0" in moved.output
    assert (
        "taken 0, put back 0, restored 0, unchanged 3, unknown 0"
        in run("quota", "follow", "out", "customs/in", *NOW).output
    )
    assert standing()["held"] == "0.00"


def test_what_an_order_holds_is_shown_and_freed_by_a_ticket(shop: Path) -> None:
    reserved()
    assert f"/{ORDER}: holds 预占" in run("quota", "order", ORDER).output
    ticket = ["--ticket", "T1", "--by", "clerk", "--reason", "closed unpaid", *NOW]
    assert run("quota", "give-up", ORDER, *ticket).exit_code == 0
    assert run("quota", "give-up", ORDER, *ticket).exit_code == 1
    assert standing()["in_flight"] == []
    assert run("quota", "order", "O-of-nobody").exit_code == 1


def test_a_correction_says_who_and_why_and_counts_once(shop: Path) -> None:
    reserved()
    ticket = ["--ticket", "T1", "--by", "clerk", "--reason", "bought elsewhere", *ON, *NOW]
    assert asked("correct", "100.00", *ticket).exit_code == 0
    assert asked("correct", "100.00", *ticket).exit_code == 1
    assert standing()["used"] == "100.00"
    assert asked("correct", "-40.00", *[*ticket[:1], "T2", *ticket[2:]]).exit_code == 0
    assert standing()["used"] == "60.00"
    nobody = asked("correct", "1", *ticket, number="11010118000101003X")
    assert (nobody.exit_code, "the ledger does not know this person" in nobody.output) == (2, True)


@pytest.mark.long
def test_a_new_year_takes_over_what_is_in_flight(shop: Path) -> None:
    reserved()
    assert "3 orders moved into 2027" in run("quota", "close-year", "2026", *NOW).output
    assert "0 orders moved into 2027" in run("quota", "close-year", "2026", *NOW).output
    assert standing()["held"] == "0.00"


def test_holds_that_lapsed_are_freed(shop: Path) -> None:
    reserved()
    assert "0 orders freed" in run("quota", "lapse", "--before", "2026-11-11", *NOW).output
    assert "3 orders freed" in run("quota", "lapse", "--before", "2026-11-12", *NOW).output
    assert standing()["held"] == "0.00"
