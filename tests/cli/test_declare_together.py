"""Declaring over a ledger that several share: each order once, whoever gets it; goods and quota are asked for before."""

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import select

from customs.ledger import EntryCause, open_ledger
from customs.ledger.declared import declared_entries
from customs.ledger.keys import load_keys
from customs.ledger.parties import PartyRegistration, enter_registration
from customs.ledger.quota import QUOTA, order_standing
from customs.road.chunks import PARCELS_IN_A_CHUNK
from customs.testing import sample_parcels
from support import some
from support.command_line import FIXED, run

PARCELS = list(sample_parcels(6, seed=21, mode="1210"))
RANDOM = FIXED[:4]


def written(path: Path, parcels: Sequence[Any]) -> Path:
    path.write_text("".join(each.model_dump_json(exclude_none=True) + "\n" for each in parcels), encoding="utf-8")
    return path


@pytest.fixture
def ledger(tmp_path: Path) -> list[str]:
    """The options that name a ledger."""
    return ledger_in(tmp_path / "ledger")


def summary(*arguments: str | Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, "--json").stdout.splitlines()[-1])
    counts: dict[str, Any] = found.get("summary", found)
    return counts


def test_an_order_is_declared_by_the_first_and_skipped_by_the_second(
    ledger: list[str], key_files: list[str], tmp_path: Path
) -> None:
    first, second = written(tmp_path / "a.jsonl", PARCELS[:4]), written(tmp_path / "b.jsonl", PARCELS[2:])
    told = [
        summary("declare", file, "--out", tmp_path / file.stem, *ledger, *key_files, *RANDOM)
        for file in (first, second)
    ]
    assert [(each["declared"], each["declared_before"]) for each in told] == [(4, 0), (2, 2)]
    assert summary("check", first, *ledger, "--on", "2026-11-11")["declared_before"] == 4
    with open_ledger(ledger[1], load_keys(Path(ledger[3]))) as opened, opened.read() as connection:
        key = f"{PARCELS[0].parties.platform_code}/{PARCELS[0].order.order_no}"
        assert order_standing(connection, key).held


def test_what_the_ledger_says_against_a_parcel_is_a_finding_before_anything_is_declared(
    ledger: list[str], key_files: list[str], tmp_path: Path
) -> None:
    now, cause = datetime(2026, 11, 1), EntryCause("file", "registrations.csv")
    with open_ledger(ledger[1], load_keys(Path(ledger[3]))) as opened, opened.begin() as connection:
        other = PartyRegistration(role="platform", code="3301960ABC", name="another")
        enter_registration(connection, other, cause, at=now)
    file = written(tmp_path / "a.jsonl", PARCELS[:2])
    checked = run("check", file, *ledger, "--on", "2026-11-11", "--json")
    assert checked.exit_code == 1
    found = [json.loads(line) for line in checked.stdout.splitlines()[:-1]]
    assert [(each["code"], each["path"]) for each in found] == [("not-registered", "parties.platform_code")] * 2
    done = run("declare", file, "--out", tmp_path / "out", *ledger, *key_files, *RANDOM)
    assert (done.exit_code, list((tmp_path / "out").glob("*.xml"))) == (1, [])
    refused = [json.loads(line) for line in (tmp_path / "out/refused.jsonl").read_text("utf-8").splitlines()]
    assert [each["order_no"] for each in refused] == [each.order.order_no for each in PARCELS[:2]]


@pytest.mark.long
def test_the_enterprise_file_names_the_ledger_of_an_order_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("sample", "--shop", "shop", "--count", "5", "--seed", "1").exit_code == 0
    config = Path("shop/customs.toml")
    config.write_text(config.read_text("utf-8") + "\n[ledger]\n", encoding="utf-8")
    assert run("ledger", "upgrade", "--config", config).exit_code == 0
    for out, counts in (("one", (5, 0)), ("two", (0, 5))):
        done = summary("declare", "shop/orders.xlsx", "--config", config, "--out", out, *RANDOM)
        assert (done["declared"], done["declared_before"]) == counts
    assert summary("check", "shop/orders.xlsx", "--config", config, "--on", "2026-11-11")["declared_before"] == 5


def test_a_state_folder_of_a_ledger_needs_it_for_whatever_is_declared_released_or_cancelled(
    ledger: list[str], key_files: list[str], tmp_path: Path
) -> None:
    file, out = written(tmp_path / "a.jsonl", PARCELS[:1]), tmp_path / "out"
    number = PARCELS[0].order.order_no
    command: list[str | Path] = ["declare", file, "--out", out, *key_files, *RANDOM]
    assert run(*command, *ledger).exit_code == 0
    alone = run(*command)
    assert (alone.exit_code, "belongs to a ledger" in alone.stderr) == (2, True)
    cancel: list[str | Path] = [
        "cancel",
        file,
        "--out",
        out,
        "--reason",
        "buyer",
        "--nothing-stored",
        *key_files,
        *RANDOM,
    ]
    assert "belongs to a ledger" in run(*cancel).stderr
    assert "belongs to a ledger" not in run(*cancel, *ledger).stderr
    release: list[str | Path] = ["journal", "release", "--state", out, number, "--reason", "622 -621001"]
    assert run(*release).exit_code == 2
    assert run(*release, *ledger).exit_code == 0
    assert summary(*command, *ledger)["declared"] == 1


def entries_in(ledger: list[str]) -> list[tuple[str, str, str]]:
    """Which message kinds carry which orders, with the tax."""
    with open_ledger(ledger[1], load_keys(Path(ledger[3]))) as opened, opened.read() as connection:
        return sorted((each.order_no, each.message, each.tax) for each in declared_entries(connection))


def used_in(ledger: list[str]) -> list[Decimal]:
    """What the orders of all buyers hold."""
    with open_ledger(ledger[1], load_keys(Path(ledger[3]))) as opened, opened.read() as connection:
        wanted = select(QUOTA.entries.c.held).order_by(QUOTA.entries.c.order, QUOTA.entries.c.place)
        return list(connection.sql.execute(wanted).scalars())


def ledger_in(folder: Path) -> list[str]:
    folder.mkdir()
    url, key = f"sqlite:///{folder / 'ledger.db'}", str(folder / "ledger.key")
    assert run("ledger", "upgrade", "--ledger", url, "--ledger-key", key).exit_code == 0
    return ["--ledger", url, "--ledger-key", key]


@pytest.mark.parametrize(
    ("count", "ways"),
    [
        (PARCELS_IN_A_CHUNK + 2, ["b.jsonl", "b.jsonl --workers 2"]),
        (30, ["b.jsonl", "b.jsonl --workers 2", "b.parquet", "b.parquet --workers 2"]),
    ],
)
@pytest.mark.long
def test_workers_declare_over_a_ledger_what_one_process_does(
    count: int, ways: list[str], key_files: list[str], tmp_path: Path
) -> None:
    many = list(sample_parcels(count, seed=22, mode="1210"))
    address = many[5].order.model_copy(update={"consignee_address": "北京市海淀区别处 1 号"})
    again = many[5].model_copy(update={"order": address})
    elsewhere, file = written(tmp_path / "a.jsonl", many[-3:]), written(tmp_path / "b.jsonl", [*many, again])
    table, found = tmp_path / "b.parquet", list[Any]()
    pq.write_table(pa.table({"parcel": file.read_text(encoding="utf-8").splitlines()}), table)
    for number, words in enumerate(some(ways)):
        name, *options = words.split()
        way: list[str | Path] = [tmp_path / name, *options]
        ledger, out = ledger_in(tmp_path / str(number)), tmp_path / f"out{number}"
        first = summary("declare", elsewhere, "--out", tmp_path / f"other{number}", *ledger, *key_files, *RANDOM)
        told = summary("declare", *way, "--out", out, *ledger, *key_files, *RANDOM)
        counts = [first["declared"], *(told[name] for name in ("parcels", "declared", "declared_before", "refused"))]
        refused = (out / "refused.jsonl").read_text(encoding="utf-8")
        found.append((counts, refused, entries_in(ledger), used_in(ledger)))
        assert summary("declare", *way, "--out", out, *ledger, *key_files, *RANDOM)["declared"] == 0
    assert found[0][0] == [3, count + 1, count - 3, 3, 1]
    for each in some(found[1:]):
        assert each == found[0]


def test_a_ledger_is_not_named_without_its_keys(ledger: list[str], tmp_path: Path) -> None:
    file = written(tmp_path / "a.jsonl", PARCELS[:1])
    keyless = run("check", file, "--ledger", ledger[1])
    assert (keyless.exit_code, "--ledger-key" in keyless.stderr) == (2, True)
