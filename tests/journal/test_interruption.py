"""A declaration that is killed or interrupted at any moment is finished by the same command, and nothing is declared twice.

``make faults`` tries 30 moments; without it a few are drawn.
"""

import re
from pathlib import Path

import pytest

from customs.testing import sample_parcels
from support.faults import COMMAND, WHOLE, Faults, few_or_many, ways
from support.interruption import declared_in, interrupted

#: How many moments are drawn.
MOMENTS = few_or_many(4)

#: Steps of writing of a small file: its folders, its journal and key, its refusals, 8 messages and their names.
STEPS = 62

DRAWN = Faults(11)
AT_STEPS = DRAWN.steps(2 * MOMENTS, STEPS)

#: Parcels of a large file: 15 batches, or 50; and the seconds that it takes at least.
LARGE = few_or_many(1500, 5000)
AT_MOMENTS = DRAWN.moments(MOMENTS, 0.05, LARGE / 1500)


def file_of(folder: Path, count: int) -> Path:
    path = folder / "parcels.jsonl"
    lines = (each.model_dump_json(exclude_none=True) for each in sample_parcels(count, seed=9, mode="1210"))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def declare(moment: str, how: str, path: Path, out: Path, *key: str) -> tuple[int, str, str]:
    done = interrupted(moment, how, ["declare", path, "--out", out, *key, *COMMAND])
    return done.returncode, done.stdout, done.stderr


def finished(path: Path, out: Path, *key: str) -> str:
    """Run the command again to its end and look at the folder: every parcel in one message of each kind."""
    code, said, error = declare(WHOLE, "kill", path, out, *key)
    assert (code, error if code else "") == (0, "")
    count = len(path.read_text("utf-8").splitlines())
    found = declared_in(out)
    assert set(found.values()) == {1}
    assert len(found) == 4 * count
    assert not list(out.glob("*.part"))
    return said + error


@pytest.mark.parametrize(("step", "how"), ways(AT_STEPS))
@pytest.mark.long
def test_a_run_cut_at_any_step_of_writing_is_finished_by_the_same_command(
    how: str, step: int, key_files: list[str], tmp_path: Path
) -> None:
    path, out = file_of(tmp_path, 130), tmp_path / "out"
    code, _, error = declare(str(step), how, path, out, *key_files)
    assert code in (0, -9 if how == "kill" else 130)
    assert ("Run the same command again to go on" in error) == (code == 130)
    finished(path, out, *key_files)


@pytest.mark.parametrize(("at", "how"), AT_MOMENTS)
@pytest.mark.long
def test_a_run_over_many_batches_cut_at_any_moment_is_finished_by_the_same_command(
    at: float, how: str, key_files: list[str], tmp_path: Path
) -> None:
    path, out = file_of(tmp_path, LARGE), tmp_path / "out"
    code, _, error = declare(str(at), how, path, out, *key_files)
    assert code in (0, -9 if how == "kill" else 130)
    said = [int(each.replace(",", "")) for each in re.findall(r"in ([\d,]+) messages", error)]
    written = len(list(out.glob("*.xml")))
    assert said == ([written] if code == 130 else []) or (said, written) in (([], 0), ([], 4 * LARGE // 100)), (
        "cut before the beginning, before the end, or after it"
    )
    finished(path, out, *key_files)
