"""A spreadsheet declared under faults: whatever is cut, full or done at once, the same command finishes it.

What is promised: an order is in one message of each kind or comes back once with its reason; manifest and refused orders
are whole or absent. ``make faults`` draws many faults; without it a few.
"""

import csv
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree
from openpyxl import load_workbook

from customs.testing.shops import sample_shop
from support.command_line import run
from support.faults import COMMAND, MANY, WHOLE, Faults, few_or_many, ways
from support.interruption import assert_said, begun, declared_in, interrupted, small_disk

#: How many faults are drawn beyond a few.
DRAWN = Faults(15)
POINTS = few_or_many(1, 50)

#: Steps of writing of a small list; the last dozen are those of the refused orders, the manifest, and names of messages.
STEPS = 50
AT_STEPS = DRAWN.steps(MANY, STEPS) if MANY else [12, 33, 38]

#: Kilobytes that such a run takes, and bytes of its largest file.
DISK, LARGEST = 900, 260_000
FULL_AT = DRAWN.sizes(POINTS, 4, DISK)
LIMITS = DRAWN.sizes(POINTS, 0, LARGEST)


def list_in(folder: Path, out: Path, count: int, *, seed: int) -> tuple[list[str | Path], list[str]]:
    """Write a shop whose journal lies beside its messages, and whose list has a payer who is not the buyer in every tenth
    order; return the command, and the numbers of those orders.
    """
    assert run("sample", "--shop", folder, "--count", str(count), "--seed", str(seed)).exit_code == 0
    numbers = list(dict.fromkeys(row[0] for row in sample_shop(count, seed=seed, mode="1210").orders))
    refused = numbers[9::10]
    book = load_workbook(folder / "orders.xlsx")
    sheet = book.worksheets[0]
    titles, *rows = sheet.iter_rows(values_only=True)
    payer = titles.index("支付人姓名 payer_name")
    for at, row in enumerate(rows, 2):
        if row[0] in refused:
            sheet.cell(at, payer + 1, "别人")
    book.save(folder / "orders.xlsx")
    config = folder / "customs.toml"
    config.write_text(
        config.read_text("utf-8").replace('folder = "state"', f'folder = "{out}/state"'), encoding="utf-8"
    )
    return ["declare", folder / "orders.xlsx", "--config", config, "--out", out, *COMMAND], refused


def refused_in(folder: Path) -> Counter[str]:
    """Count the order numbers in all workbooks of refused orders."""
    found: Counter[str] = Counter()
    for each in folder.glob("*.refused*.xlsx"):
        rows = load_workbook(each).worksheets[0].iter_rows(min_row=2, values_only=True)
        found.update({str(row[0]) for row in rows})
    return found


def assert_whole(out: Path, count: int, refused: list[str]) -> None:
    """Each order is in one message of each kind, or comes back once; nothing is half, and the manifest tells of all."""
    for each in out.glob("*.xml"):
        etree.parse(each)
    found = declared_in(out)
    assert set(found.values()) == {1}
    assert len(found) == 4 * (count - len(refused))
    assert refused_in(out) == Counter(refused)
    with (out / "orders.manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        outcomes = Counter(row["结果 Outcome"] == "refused" for row in csv.DictReader(file))
    assert outcomes == {True: len(refused), False: count - len(refused)}
    assert not list(out.rglob("*.part"))


@pytest.mark.parametrize(("step", "how"), ways(AT_STEPS))
@pytest.mark.long
def test_a_list_cut_at_any_step_of_writing_is_finished_by_the_same_command(how: str, step: int, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments, refused = list_in(tmp_path / "shop", out, 110, seed=9)
    done = interrupted(str(step), how, arguments)
    assert done.returncode in (1, -9 if how == "kill" else 130)
    assert ("Run the same command again to go on" in done.stderr) == (done.returncode == 130)
    again = interrupted(WHOLE, "stop", arguments)
    assert again.returncode == 1, again.stderr
    assert_whole(out, 110, refused)


@pytest.mark.parametrize("room", FULL_AT)
@pytest.mark.long
def test_a_disk_that_is_full_at_any_point_loses_no_order_of_a_list(room: int, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 4000) as disk:
        out, filler = disk / "out", disk / "filler"
        arguments, refused = list_in(tmp_path / "shop", out, 110, seed=3)
        filler.write_bytes(b"\0" * 1024 * (4000 - room))
        done = interrupted(WHOLE, "stop", arguments)
        if done.returncode != 1:
            assert_said(done)
        filler.unlink()
        again = interrupted(WHOLE, "stop", arguments)
        assert again.returncode == 1, again.stderr
        assert_whole(out, 110, refused)


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.long
def test_a_list_survives_a_process_that_may_write_no_larger_file(limit: int, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments, refused = list_in(tmp_path / "shop", out, 110, seed=4)
    done = interrupted(str(limit), "limit", arguments)
    if done.returncode != 1:
        assert_said(done)
    again = interrupted(WHOLE, "stop", arguments)
    assert again.returncode == 1, again.stderr
    assert_whole(out, 110, refused)


@pytest.mark.long
def test_the_same_list_declared_by_several_at_once_is_declared_once(tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments, refused = list_in(tmp_path / "shop", out, 40, seed=1)
    running = [begun(arguments) for _ in range(8 if MANY else 3)]
    for each in running:
        each.communicate(timeout=300)
    assert 1 in {each.returncode for each in running} <= {1, 3}
    assert_whole(out, 40, refused)
