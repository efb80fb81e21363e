"""Printing never changes what a command does, and whoever cannot print or write says so with an exit code of its own."""

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from customs.testing import sample_parcels
from support.command_line import FIXED, run

#: Payments need no key, so nothing is refused.
PAYMENTS = ["--only", "payment", *FIXED]


@pytest.fixture
def parcels(tmp_path: Path) -> Path:
    path = tmp_path / "parcels.jsonl"
    lines = (each.model_dump_json(exclude_none=True) for each in sample_parcels(5, seed=2, mode="1210"))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def shell(command: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run a line of a shell in which ``customs`` is the command line."""
    environment = {**os.environ, "CUSTOMS_LANG": "both", "customs": f"{sys.executable} -m customs.cli", **changes}
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
        check=False,
    )


@pytest.mark.parametrize(
    ("to", "code", "says"),
    [
        (">/dev/full", 4, "the output could not be printed, No space left on device"),
        (">&- 2>&-", 0, ""),
        ("2>&1 | true", 0, ""),
    ],
)
@pytest.mark.long
def test_output_that_is_full_or_closed_changes_nothing_of_what_is_declared(
    to: str, code: int, says: str, parcels: Path, tmp_path: Path
) -> None:
    found = shell(f"$customs declare {parcels} --out {tmp_path / 'out'} {' '.join(PAYMENTS)} {to}")
    assert found.returncode == code
    assert says in found.stderr
    assert "Traceback" not in found.stderr
    assert "Error" not in found.stderr
    assert sorted(each.suffix for each in (tmp_path / "out").iterdir() if each.is_file()) == [".jsonl", ".xml"]


@pytest.mark.parametrize("encoding", ["ascii:strict", "gbk"])
@pytest.mark.long
def test_output_without_chinese_changes_nothing_of_what_is_declared(
    encoding: str, parcels: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    found = shell(
        f"$customs declare {parcels} --out {out} {' '.join(PAYMENTS)} >{tmp_path / 'said'} 2>&1",
        PYTHONIOENCODING=encoding,
    )
    assert found.returncode == 0
    assert "parcels" in (tmp_path / "said").read_text(encoding.partition(":")[0])


@pytest.mark.long
def test_a_reader_that_has_gone_ends_the_sample_and_a_full_disk_is_said() -> None:
    found = shell("$customs sample --count 100000000 | head -1 | cut -c1-11")
    assert (found.returncode, found.stdout, found.stderr) == (0, '{"parties":\n', "")
    assert shell("$customs --help >/dev/full").returncode == 4


def failing(at: str, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a call of the system fail from now on."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, at, fail)


@pytest.mark.parametrize(
    ("at", "number", "en", "zh"),
    [
        ("fsync", errno.ENOSPC, "the disk is full", "磁盘空间不足"),
        ("fsync", errno.EIO, "Input/output error", "Input/output error"),
        ("link", errno.EDQUOT, "the quota of the disk is used up", "磁盘配额已用完"),
        ("mkdir", errno.EROFS, "the disk is read-only", "磁盘为只读"),
        ("replace", errno.EACCES, "the right is missing", "没有权限"),
    ],
)
def test_what_cannot_be_written_is_said_on_one_line_in_both_languages(
    at: str, number: int, en: str, zh: str, parcels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state"
    assert run("declare", parcels, "--out", tmp_path / "earlier", "--state", state, *PAYMENTS).exit_code == 0
    more = tmp_path / "more.jsonl"
    lines = (each.model_dump_json(exclude_none=True) for each in sample_parcels(5, seed=3, mode="1210"))
    more.write_text("\n".join(lines), encoding="utf-8")
    arguments: list[str | Path] = ["declare", more, "--out", tmp_path / "out", "--state", state, *PAYMENTS]
    with monkeypatch.context() as patch:
        failing(at, number, patch)
        found = run(*arguments)
    assert found.exit_code == 4
    (told,) = [line for line in found.stderr.splitlines() if line.startswith("customs: ")]
    assert f"could not be written, {en};" in told
    assert re.search(f"无法写入 /[^ ]+：{zh}；", told)
    declared = {"fsync": 0, "link": 5, "mkdir": 0, "replace": 5}[at]
    assert f"{declared} parcels are declared in {min(declared, 1)} messages" in told
    assert found.stdout == ""
    assert run(*arguments).exit_code == 0
    assert len(list((tmp_path / "out").glob("*.xml"))) == 1
    assert not list((tmp_path / "out").glob("*.part"))


def test_reports_keys_and_schemas_that_cannot_be_written_are_said(
    parcels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bill = tmp_path / "bill.csv"
    bill.write_text("order_no,tariff,consumption_tax,vat\nA,0.00,0.00,1.00\n", encoding="utf-8")
    failing("fsync", errno.ENOSPC, monkeypatch)
    commands: list[list[str | Path]] = [
        ["keygen", "--out", tmp_path / "key"],
        ["schema", "--out", tmp_path / "schemas"],
        ["reconcile", parcels, bill, "--out", tmp_path / "report.csv", "--on", "2026-11-11"],
        ["reconcile", parcels, bill, "--out", tmp_path / "report.xlsx", "--on", "2026-11-11"],
    ]
    for arguments in commands:
        found = run(*arguments)
        assert (arguments[0], found.exit_code) == (arguments[0], 4)
        assert "could not be written, the disk is full; no file is half-written" in found.stderr
        assert "没有写了一半的文件，排除后重新执行同一命令即可" in found.stderr
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == {bill, parcels}


def test_a_file_that_cannot_be_read_is_wrong_usage(tmp_path: Path) -> None:
    found = run("check", tmp_path)
    assert found.exit_code == 2
    assert "cannot be read" in found.stderr


def test_ctrl_c_outside_a_declaration_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("customs.cli.sample.sample_parcels", interrupt)
    found = run("sample")
    assert found.exit_code == 130
    assert "interrupted: no file is half-written 已中断：没有写了一半的文件" in found.stderr
