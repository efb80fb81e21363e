"""The language of the command line, its streams and its progress, as a terminal has them."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from customs.cli.commands import app
from customs.cli.texts import HELP, in_language, translated
from support import ROOT
from support.command_line import run

PARCELS = ROOT / "examples/parcels-9610.jsonl"
COMMAND = (sys.executable, "-m", "customs.cli")


def started(*arguments: str | Path, **variables: str) -> "subprocess.CompletedProcess[bytes]":
    quiet = {name: value for name, value in os.environ.items() if name not in ("LC_ALL", "LC_MESSAGES", "LANG")}
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, env={**quiet, **variables}, check=False)


@pytest.mark.long
def test_help_and_usage_errors_are_in_the_language_of_the_locale_or_as_chosen() -> None:
    chinese = started("tax", "--help", LANG="zh_CN.UTF-8", PYTHONIOENCODING="utf-8").stdout.decode()
    assert "按申报日的法规逐项列出每个包裹的税款。" in chinese
    assert "显示帮助并退出。" in chinese
    assert "Show " not in chinese
    english = started("--lang", "en", "areas", "--help", LANG="zh_CN.UTF-8").stdout.decode()
    assert "The formats of customs districts" in english or "List the areas" in english
    assert not [each for each in english if "\u4e00" <= each <= "\u9fff"]
    wrong = started("tax", "--nix", "--lang=zh", PYTHONIOENCODING="utf-8")
    assert (wrong.returncode, "没有此选项：--nix" in wrong.stderr.decode()) == (2, True)
    assert started("tax", "--lang", "fr").returncode == 2
    choice = started("hub", "person", "add", "li", "--role", "suport", "--lang=en").stderr.decode()
    assert ("'suport' is not one of" in choice, "Value error" in choice) == (True, False)


@pytest.mark.parametrize(("lang", "has", "has_not"), [("zh", "包裹 1", "parcel 1"), ("en", "parcel 1", "包裹")])
@pytest.mark.long
def test_findings_and_summaries_are_in_one_language(tmp_path: Path, lang: str, has: str, has_not: str) -> None:
    (tmp_path / "a.jsonl").write_text("{}\n")
    shown = started("check", tmp_path / "a.jsonl", "--lang", lang, PYTHONIOENCODING="utf-8").stdout.decode()
    assert has in shown
    assert has_not not in shown.replace("包裹结果", "")


def every_help(command: Any) -> Iterator[str]:
    for each in (command, *command.params):
        yield from filter(None, [getattr(each, "help", None)])
    for below in getattr(command, "commands", {}).values():
        yield from every_help(below)


def test_every_help_text_has_its_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOMS_LANG", "en")
    english = {
        " ".join(part.split()) for text in every_help(get_command(app)) for part in in_language(text).split("\n\n")
    }
    assert english - HELP.keys() == set()
    monkeypatch.setenv("CUSTOMS_LANG", "zh")
    assert translated(get_command(app)).commands["check"].help == "按海关规则校验订单表或包裹文件，不生成报文。"


@pytest.mark.long
def test_what_an_ascii_stream_cannot_show_is_escaped() -> None:
    shown = started("codes", "units", "千克", PYTHONIOENCODING="ascii")
    assert (shown.returncode, b"\\u5343\\u514b" in shown.stdout) == (0, True)
    assert started("sample", "--count", "1", PYTHONIOENCODING="ascii").returncode == 0


@pytest.mark.long
def test_parcels_come_from_standard_input() -> None:
    command = [*COMMAND, "check", "-", "--on", "2026-11-11", "--json"]
    found = subprocess.run(command, input=PARCELS.read_bytes(), capture_output=True, check=False)
    assert (found.returncode, b'"parcels": 120' in found.stdout) == (0, True)
    array = subprocess.run(command, input=b'[{"order": {}}]', capture_output=True, check=False)
    assert (array.returncode, b"JSON array" in array.stderr) == (2, True)


def on_a_terminal(*arguments: str | Path, variables: Mapping[str, str]) -> str:
    """What a command shows where both streams are a terminal."""
    above, below = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120", **variables}
    with subprocess.Popen([*COMMAND, *map(str, arguments)], stdout=below, stderr=below, env=environment) as process:
        os.close(below)
        shown = b""
        while part := _read(above):
            shown += part
        process.wait()
    os.close(above)
    return shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # Linux says so when the other end is closed
        return b""


@pytest.mark.long
def test_progress_on_a_terminal_has_percent_and_leaves_the_output_alone(tmp_path: Path) -> None:
    lines = PARCELS.read_text(encoding="utf-8").splitlines()
    path = tmp_path / "many.jsonl"
    path.write_text("\n".join([*lines, "{}"] * 4) + "\n", encoding="utf-8")
    shown = on_a_terminal("check", path, "--on", "2026-11-11", variables={"CUSTOMS_LANG": "en"})
    assert "%" in shown
    assert re.search(r"\r\x1b\[2K(\x1b\[[0-9;]*m)*parcel 121 ", shown), "a finding stands on a line that was cleared"
    assert b"%" not in started("check", path, "--on", "2026-11-11", CUSTOMS_LANG="en").stderr


@pytest.mark.long
def test_completion_knows_lists_and_areas() -> None:
    areas = started("x", _CUSTOMS_COMPLETE="complete_bash", COMP_WORDS="customs check --area zhe", COMP_CWORD="3")
    assert b"zhejiang_jkf" in areas.stdout
    lists = started("x", _CUSTOMS_COMPLETE="complete_bash", COMP_WORDS="customs codes uni", COMP_CWORD="2")
    assert lists.stdout.split() == [b"units"]


def test_codes_finds_by_code_and_by_name_in_both_languages() -> None:
    for text in ("116", "日本", "Japan", "jpn"):
        assert '"code": "116"' in run("codes", "countries", text, "--json").stdout
    assert run("codes", "countries", "亚特兰蒂斯").exit_code == 1
    assert run("codes", "colours", "red").exit_code == 2
    assert '"list": "units"' in run("codes", "--json").stdout


def test_tax_offers_only_what_works() -> None:
    shown = run("tax", "--help").stdout
    assert "by_value" in shown
    assert "by_weight" not in shown
