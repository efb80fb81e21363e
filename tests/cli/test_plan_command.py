"""What the command line says of the cores, keys and storage that a number of parcels takes."""

import json
from pathlib import Path

import pytest

from customs.bulk.planning import KEYS
from customs.cli import measuring
from customs.cli.plan import KeyOfPlan
from support.command_line import run

MILLION = ("plan", "--parcels-per-day", "1000000")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, count in (("PARCELS", 100), ("SINGLE", 5), ("SIGNATURES", 3), ("ROUNDS", 1)):
        monkeypatch.setattr(measuring, name, count)


def figures(path: Path) -> Path:
    content = {
        "figures": {
            "parcel": 0.0008,
            "message": 0.0005,
            "rsa": 0.0005,
            "sm2": 0.001,
            "journal": 0.00016,
            "document_bytes": 1000,
            "message_bytes": 3000,
            "journal_bytes": 500,
        },
        "machine": "示例机器",
        "on": "2026-11-01",
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_every_kind_of_key_can_be_planned_for() -> None:
    assert [each.value for each in KeyOfPlan] == list(KEYS)
    for kind in KeyOfPlan:
        assert run(*MILLION, "--key", kind.value).exit_code == 0


def test_the_plan_is_told_with_what_drives_it_and_what_is_assumed(tmp_path: Path) -> None:
    shown = " ".join(
        run(*MILLION, "--peak", "1000", "--key", "ukey", "--figures", figures(tmp_path / "f.json")).stdout.split()
    )
    for said in (
        "每日 1,000,000 个包裹",
        "│ 15 │",
        "40,000",
        "4.1 GB",
        "The key drives the result: one core carries 1,020 parcels a second, one key 100.",
        "决定因素是密钥",
        "4 signatures a second (the e-port names 250 signatures a minute",
        "Figures measured on 2026-11-01: 示例机器.",
    ):
        assert said in shown
    assert "Peak:" not in shown


def test_without_figures_of_this_machine_the_output_says_whose_they_are() -> None:
    shown = run(*MILLION).stdout
    assert "Figures of a machine of reference" in shown
    assert "25% of the day's parcels in one hour" in shown


def test_json_holds_what_was_asked_the_machine_and_the_plan(tmp_path: Path) -> None:
    told = json.loads(
        run(
            *MILLION,
            "--peak",
            "1000",
            "--batch",
            "1",
            "--key",
            "file-sm2",
            "--figures",
            figures(tmp_path / "f.json"),
            "--json",
        ).stdout
    )
    assert told["demand"]["batch"] == 1
    assert told["key"] == {"kind": "file-sm2", "signatures_per_second": None}
    assert told["machine"]["machine"] == "示例机器"
    assert (told["plan"]["cores"], told["plan"]["driven_by"]) == (11, "key")


def test_a_measured_machine_is_remembered(few: None, home: Path) -> None:
    measured = run("plan", "--measure", "--json")
    assert measured.exit_code == 0
    found = json.loads(measured.stdout)
    assert 1e-5 < found["figures"]["parcel"] < 1
    assert 1000 < found["figures"]["document_bytes"] < 3000
    kept = home / "cache" / "customs" / "figures.json"
    assert json.loads(kept.read_text(encoding="utf-8")) == found
    assert json.loads(run(*MILLION, "--json").stdout)["machine"] == found


def test_figures_are_shown_or_planned_with_once_measured(few: None, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "machine.json"
    assert "本机数据" in run("plan", "--measure", "--figures", file).stdout
    assert "Figures measured on" in run(*MILLION, "--figures", file).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give --parcels-per-day"),
        (("--parcels-per-day", "1000000", "--peak", "2"), "average of the day"),
        (("--parcels-per-day", "1000000", "--signatures-per-second", "9"), "given for a device"),
        (("--parcels-per-day", "1", "--figures", "none.json"), "none.json"),
        (("--parcels-per-day", "1", "--figures", "bad.json"), "holds no figures"),
    ],
)
def test_a_plan_that_cannot_be_made_is_told_with_code_2(
    arguments: tuple[str, ...], said: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    Path("bad.json").write_text('{"figures": {"parcel": "?"}}', encoding="utf-8")
    refused = run("plan", *arguments)
    assert refused.exit_code == 2
    assert said in refused.stderr
