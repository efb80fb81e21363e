"""``declare --workers``, whole, killed, and with a full disk: each parcel ends once, in messages or with its reasons.

``make faults`` tries many moments; without it a few are drawn.
"""

import csv
import gzip
import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from customs.testing import sample_parcels
from support.faults import COMMAND, WHOLE, Faults, few_or_many, ways
from support.interruption import assert_said, begun, declared_in, interrupted, small_disk

#: How many moments of each fault are drawn.
MOMENTS = few_or_many(1)

DRAWN = Faults(17)

#: Steps of writing of a small file: its folders, its journal and key, 48 messages of two chunks and their names.
STEPS = 150

AT_STEPS = DRAWN.steps(2 * MOMENTS, STEPS)
AT_MOMENTS = DRAWN.moments(MOMENTS, 0.02, 0.6)
FULL_AT = DRAWN.sizes(MOMENTS, 4, 4000)
LIMITS = DRAWN.sizes(MOMENTS, 0, 1_000_000)
WORKERS_AT = DRAWN.seconds(max(1, MOMENTS // 2), 0.0, 1.5)


@pytest.fixture(scope="session")
def lines() -> list[str]:
    """1,150 parcels, of which every hundredth is refused."""
    patterns = [each.model_dump(mode="json", exclude_none=True) for each in sample_parcels(1150, seed=9, mode="1210")]
    for parcel in patterns[99::100]:
        parcel["payment"]["payer_name"] = "别人"
    return [json.dumps(each, ensure_ascii=False) for each in patterns]


@pytest.fixture
def path(tmp_path: Path, lines: list[str]) -> Path:
    file = tmp_path / "parcels.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def arguments(path: Path, out: Path, workers: int, key: list[str]) -> list[str | Path]:
    return ["declare", path, "--out", out, "--workers", str(workers), *key, *COMMAND]


def assert_whole(out: Path, count: int) -> None:
    found = declared_in(out)
    assert set(found.values()) == {1}
    assert len(found) == 4 * (count - count // 100)
    rows = [json.loads(line)["parcel"] for line in (out / "refused.jsonl").read_text("utf-8").splitlines()]
    assert rows == list(range(100, count + 1, 100))
    with (out / "parcels.manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        manifest = list(csv.reader(file))[1:]
    assert [int(row[8]) for row in manifest] == list(range(1, count + 1))
    assert [int(row[8]) for row in manifest if row[3] == "refused"] == rows
    files = {name for row in manifest for name in row[5].split("; ") if name}
    assert files == {each.name for each in out.glob("*.xml")}, "every message is in the manifest"
    assert not list(out.rglob("*.part"))


def finished(out: Path, count: int, command: list[str | Path]) -> None:
    done = interrupted(WHOLE, "kill", command)
    assert done.returncode == 1, done.stderr
    assert_whole(out, count)


@pytest.mark.long
def test_a_stream_is_declared_by_two_processes(path: Path, key_files: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = arguments(path, out, 2, key_files)
    done = interrupted(WHOLE, "kill", [*command, "--json"])
    assert done.returncode == 1, done.stderr
    said = json.loads(done.stdout)
    assert (said["parcels"], said["declared"], said["refused"], said["documents"]) == (1150, 1139, 11, 4556)
    assert said["manifest"] == str(out / "parcels.manifest.csv")
    assert said["refused_file"] == str(out / "refused.jsonl")
    assert_whole(out, 1150)
    again = interrupted(WHOLE, "kill", [*command, "--json"])
    assert json.loads(again.stdout)["declared_before"] == 1139
    assert_whole(out, 1150)


@pytest.mark.long
def test_a_packed_file_is_taken(lines: list[str], tmp_path: Path) -> None:
    path, out = tmp_path / "parcels.jsonl", tmp_path / "out"
    path.write_bytes(gzip.compress("\n".join(lines[:200]).encode()))
    done = interrupted(WHOLE, "kill", ["declare", path, "--out", out, "--workers", "1", "--only", "order", *COMMAND])
    assert done.returncode == 0, done.stderr
    assert len(list(out.glob("CEB311*.xml"))) == 2


def test_order_lists_have_no_workers(path: Path, tmp_path: Path) -> None:
    done = interrupted(WHOLE, "kill", ["declare", path, "--out", tmp_path, "--workers", "2", "--config", path])
    assert done.returncode == 2
    assert "--workers is for files of parcels" in done.stderr


@pytest.mark.parametrize(("step", "how"), ways(AT_STEPS))
@pytest.mark.long
def test_a_stream_cut_at_any_step_of_writing_is_finished(
    how: str, step: int, path: Path, key_files: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = arguments(path, out, 1, key_files)
    assert interrupted(str(step), how, command).returncode in (1, -9 if how == "kill" else 130)
    finished(out, 1150, command)


@pytest.mark.parametrize(("at", "how"), AT_MOMENTS)
@pytest.mark.long
def test_a_stream_of_two_processes_cut_at_any_moment_is_finished(
    at: float, how: str, path: Path, key_files: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = arguments(path, out, 2, key_files)
    code = interrupted(str(at), how, command).returncode
    assert code in (1, -9 if how == "kill" else 130) or (code == -2 and not out.exists()), (
        "cut before the command began"
    )
    finished(out, 1150, command)


@pytest.mark.parametrize("at", WORKERS_AT)
@pytest.mark.long
def test_a_stream_whose_worker_is_killed_is_finished(
    at: float, path: Path, key_files: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = arguments(path, out, 2, key_files)
    running = begun(command)
    worker = _first_child(running)
    time.sleep(at)
    if worker:
        with suppress(ProcessLookupError):  # it had done all it had to do
            os.kill(worker, signal.SIGKILL)
    _, error = running.communicate(timeout=300)
    assert running.returncode in (1, 4), error
    if running.returncode == 4:
        assert "a worker process ended (exit code -9)" in error
        assert "same command again to go on" in error
    finished(out, 1150, command)


def _first_child(running: subprocess.Popen[str]) -> int | None:
    """Wait for the first worker of a process."""
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    while running.poll() is None:
        try:
            if found := children.read_text(encoding="ascii").split():
                return int(found[0])
        except OSError:
            return None
        time.sleep(0.01)
    return None


@pytest.mark.parametrize("room", FULL_AT)
@pytest.mark.long
def test_a_disk_that_is_full_at_any_point_of_a_stream_loses_nothing(
    room: int, path: Path, key_files: list[str], tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 40_000) as disk:
        out, filler = disk / "out", disk / "filler"
        filler.write_bytes(b"\0" * 1024 * (40_000 - room))
        command = arguments(path, out, 1, key_files)
        done = interrupted(WHOLE, "stop", command)
        assert done.returncode in (1, 4), done.stderr
        if done.returncode != 1:
            assert_said(done)
            messages = len(list(out.glob("*.xml"))) if out.exists() else 0
            assert f"in {messages:,} messages" in done.stderr
        filler.unlink()
        finished(out, 1150, command)


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.long
def test_a_stream_that_may_write_no_larger_file_loses_nothing(
    limit: int, path: Path, key_files: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = arguments(path, out, 1, key_files)
    done = interrupted(str(limit), "limit", command)
    assert done.returncode in (1, 4), done.stderr
    if done.returncode != 1:
        assert_said(done)
    finished(out, 1150, command)


@pytest.mark.long
def test_a_stream_declared_by_several_at_once_is_declared_once(
    path: Path, key_files: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    running = [begun(arguments(path, out, 2, key_files)) for _ in range(3)]
    for each in running:
        each.communicate(timeout=300)
    assert 1 in {each.returncode for each in running} <= {1, 3}
    assert_whole(out, 1150)
