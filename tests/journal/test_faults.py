"""Several runs at once into one folder, full and read-only disks: nothing is lost, doubled, mixed or half.

``make faults`` draws many of each; without it a few.
"""

import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from customs.testing import sample_parcels
from support.faults import COMMAND, MANY, WHOLE, Faults, few_or_many
from support.interruption import assert_said, begun, declared_in, interrupted, small_disk

#: How many faults are drawn beyond a few: 50 points of a full disk, 2 to 8 runs at once.
DRAWN = Faults(13)
POINTS = few_or_many(1, 50)
AT_ONCE = range(2, 9) if MANY else [2]

#: Kilobytes that a run over a small file takes, and bytes of its largest file.
DISK, LARGEST = 900, 260_000

#: An empty disk takes most of its room for the journal, so most points lie in the first part.
FULL_AT = DRAWN.sizes(POINTS, 4, DISK)
LIMITS = DRAWN.sizes(POINTS, 0, LARGEST)


def file_of(path: Path, count: int, *, seed: int) -> list[str]:
    """Write a file of parcels of which every tenth is refused, and return the order numbers of those."""
    parcels = [
        each.model_dump(mode="json", exclude_none=True) for each in sample_parcels(count, seed=seed, mode="1210")
    ]
    refused = []
    for number, parcel in enumerate(parcels):
        if number % 10 == 9:
            parcel["payment"]["payer_name"] = "别人"
            refused.append(parcel["order"]["order_no"])
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in parcels), encoding="utf-8")
    return refused


def refused_in(folder: Path) -> Counter[str]:
    """Count the order numbers in all lists of what was refused."""
    rows = [json.loads(line) for each in folder.glob("refused*.jsonl") for line in each.read_text("utf-8").splitlines()]
    return Counter(each["order_no"] for each in rows)


def assert_whole(out: Path, count: int, refused: list[str]) -> None:
    """Nothing is lost, doubled, mixed or half: each parcel is in one message of each kind, or refused once."""
    for each in out.glob("*.xml"):
        etree.parse(each)
    found = declared_in(out)
    assert set(found.values()) == {1}
    assert len(found) == 4 * (count - len(refused))
    assert refused_in(out) == Counter(refused)
    assert not list(out.rglob("*.part"))


@pytest.mark.parametrize("states", ["one state", "states of their own"])
@pytest.mark.parametrize("number", AT_ONCE)
@pytest.mark.long
def test_runs_at_once_into_one_folder_lose_and_mix_nothing(
    number: int, states: str, key_files: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    refused: list[str] = []
    left: dict[int, list[str | Path]] = {}
    for each in range(number):
        path = tmp_path / f"{each}.jsonl"
        refused += file_of(path, 40, seed=10 * number + each)
        state = tmp_path / ("state" if states == "one state" else f"state-{each}")
        left[each] = ["declare", path, "--out", out, "--state", state, *key_files, *COMMAND]
    while left:
        running = {each: begun(arguments) for each, arguments in left.items()}
        for each, process in running.items():
            _, error = process.communicate(timeout=300)
            assert process.returncode in (1, 3), error
            assert (process.returncode == 3) == ("another process is" in error)
            if process.returncode == 1:
                del left[each]
        assert len(left) < len(running), "one of them at least is not turned away"
    assert len(refused) == 4 * number
    assert_whole(out, 40 * number, refused)


@pytest.mark.long
def test_the_same_file_declared_by_several_at_once_is_declared_once(key_files: list[str], tmp_path: Path) -> None:
    path, out = tmp_path / "parcels.jsonl", tmp_path / "out"
    refused = file_of(path, 40, seed=1)
    running = [begun(["declare", path, "--out", out, *key_files, *COMMAND]) for _ in range(3)]
    for each in running:
        each.communicate(timeout=300)
    assert 1 in {each.returncode for each in running} <= {1, 3}
    assert_whole(out, 40, refused)


@pytest.mark.parametrize("room", FULL_AT)
@pytest.mark.long
def test_a_disk_that_is_full_at_any_point_loses_nothing(room: int, key_files: list[str], tmp_path: Path) -> None:
    path = tmp_path / "parcels.jsonl"
    refused = file_of(path, 110, seed=3)
    with small_disk(tmp_path / "disk", 4000) as disk:
        out, filler = disk / "out", disk / "filler"
        filler.write_bytes(b"\0" * 1024 * (4000 - room))
        arguments: list[str | Path] = ["declare", path, "--out", out, *key_files, *COMMAND]
        done = interrupted(WHOLE, "stop", arguments)
        if done.returncode != 1:
            assert_said(done)
            messages = len(list(out.glob("*.xml"))) if out.exists() else 0
            assert f"in {messages:,} messages" in done.stderr
        filler.unlink()
        again = interrupted(WHOLE, "stop", arguments)
        assert again.returncode == 1, again.stderr
        assert_whole(out, 110, refused)


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.long
def test_a_process_that_may_write_no_larger_file_loses_nothing(
    limit: int, key_files: list[str], tmp_path: Path
) -> None:
    path, out = tmp_path / "parcels.jsonl", tmp_path / "out"
    refused = file_of(path, 110, seed=4)
    arguments: list[str | Path] = ["declare", path, "--out", out, *key_files, *COMMAND]
    done = interrupted(str(limit), "limit", arguments)
    if done.returncode != 1:
        assert_said(done)
    again = interrupted(WHOLE, "stop", arguments)
    assert again.returncode == 1, again.stderr
    assert_whole(out, 110, refused)


@pytest.mark.long
def test_a_read_only_disk_is_said_and_nothing_changes(key_files: list[str], tmp_path: Path) -> None:
    path = tmp_path / "parcels.jsonl"
    refused = file_of(path, 110, seed=5)
    with small_disk(tmp_path / "disk", 4000) as disk:
        arguments: list[str | Path] = ["declare", path, "--out", disk / "out", *key_files, *COMMAND]
        assert interrupted("27", "kill", arguments).returncode == -9
        before = sorted(disk.rglob("*"))
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        assert_said(interrupted(WHOLE, "stop", arguments))
        assert sorted(disk.rglob("*")) == before
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        assert interrupted(WHOLE, "stop", arguments).returncode == 1
        assert_whole(disk / "out", 110, refused)
