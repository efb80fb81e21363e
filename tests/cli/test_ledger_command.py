"""The commands ``ledger``: make it, upgrade it, hash anew, erase; twice in a row and with what is wrong."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from customs.cli.commands import app
from customs.ledger import Ledger, find_person, form_of, load_keys, newest_form, open_ledger, person_of
from customs.ledger.upgrading import NOTHING
from support.command_line import run

NUMBER = "110101180001010011"


@pytest.fixture(autouse=True)
def ledgers_made_by_copy() -> None:
    """Nothing: the ledgers of these tests are made by the migrations."""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an enterprise, in which the commands are called."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "customs.toml").write_text('[ledger]\nkeys = "keys/ledger.key"\n', encoding="utf-8")
    return tmp_path


def opened(shop: Path) -> Ledger:
    return open_ledger(f"sqlite:///{shop / 'ledger.db'}", load_keys(shop / "keys/ledger.key"))


def test_a_ledger_and_its_keys_are_made_once(shop: Path) -> None:
    made = run("ledger", "upgrade")
    assert made.exit_code == 0, made.output
    assert "keep a copy of it, apart from the database 已生成" in made.output
    key = (shop / "keys/ledger.key").read_bytes()
    again = run("ledger", "upgrade")
    assert (again.exit_code, again.output.split()[-3:]) == (0, [newest_form(), "/", newest_form()])
    assert (shop / "keys/ledger.key").read_bytes() == key


def test_a_ledger_that_needs_to_be_upgraded_is_told(shop: Path) -> None:
    before = run("ledger", "status")
    assert (before.exit_code, f"- / {newest_form()}" in before.output) == (1, True)
    assert not (shop / "ledger.db").exists()
    run("ledger", "upgrade")
    assert run("ledger", "status").exit_code == 0
    refused = run("ledger", "downgrade", "base")
    assert (refused.exit_code, "make a copy first" in refused.output) == (2, True)
    run("ledger", "downgrade", NOTHING, "--yes")
    assert form_of(f"sqlite:///{shop / 'ledger.db'}") is None


def test_a_ledger_whose_keys_are_lost_gets_no_new_ones(shop: Path) -> None:
    run("ledger", "upgrade")
    (shop / "keys/ledger.key").unlink()
    done = run("ledger", "upgrade")
    assert (done.exit_code, "put the file back 账簿密钥文件缺失" in done.output) == (2, True)
    assert not (shop / "keys/ledger.key").exists()


def test_persons_are_hashed_anew_under_a_new_key(shop: Path) -> None:
    run("ledger", "upgrade")
    with opened(shop) as ledger, ledger.begin() as connection:
        person = person_of(connection, "1", NUMBER)
    done = run("ledger", "rotate")
    assert (
        done.exit_code,
        "1 persons and contacts hashed anew 已为 1 项人员及联系方式重新计算哈希" in done.output,
    ) == (0, True)
    assert load_keys(shop / "keys/ledger.key").version == 2
    with opened(shop) as ledger, ledger.read() as connection:
        assert find_person(connection, "1", NUMBER) == person


def test_a_person_is_erased_by_a_number_that_is_asked_for(shop: Path) -> None:
    run("ledger", "upgrade")
    with opened(shop) as ledger, ledger.begin() as connection:
        person_of(connection, "1", NUMBER)
    call = CliRunner(env={"CUSTOMS_LANG": "en"})
    erased = call.invoke(app, ["ledger", "erase"], input=f"{NUMBER}\n")
    assert (erased.exit_code, "person 1 is erased; the entries stay" in erased.output) == (0, True)
    again = call.invoke(app, ["ledger", "erase"], input=f"{NUMBER}\n")
    assert (again.exit_code, "no identity number of this person is kept" in again.output) == (1, True)
    assert NUMBER not in erased.output + again.output


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[ledger]\nurl = "mysql://a/b"\n', "a ledger is kept in sqlite:///FILE or postgresql://USER@HOST/NAME"),
        ('[ledger]\nurl = "postgresql://a:b@c/d"\n', "no password stands in this file: give it by PGPASSWORD"),
        ('[ledger]\nplace = "here"\n', "place"),
    ],
)
def test_a_mistake_in_the_enterprise_file_is_told(shop: Path, text: str, told: str) -> None:
    (shop / "customs.toml").write_text(text, encoding="utf-8")
    done = run("ledger", "upgrade")
    assert done.exit_code == 2
    assert told in done.output


def test_without_an_enterprise_file_the_ledger_is_named(shop: Path) -> None:
    (shop / "customs.toml").unlink()
    assert "give --ledger and --ledger-key" in run("ledger", "status").output
    named: list[str | Path] = ["--ledger", f"sqlite:///{shop / 'other.db'}", "--ledger-key", shop / "other.key"]
    assert run("ledger", "upgrade", *named).exit_code == 0
    assert (shop / "other.db").exists()


def test_a_backup_is_made_and_a_ledger_that_was_put_back_is_confirmed(tmp_path: Path) -> None:
    place = "--ledger", f"sqlite:///{tmp_path / 'ledger.db'}", "--ledger-key", str(tmp_path / "ledger.key")
    back = "--ledger", f"sqlite:///{tmp_path / 'copy.db'}", "--ledger-key", str(tmp_path / "ledger.key")
    assert run("ledger", "upgrade", *place).exit_code == 0
    done = run("ledger", "backup", str(tmp_path / "copy.db"), *place)
    assert (done.exit_code, "sends nothing" in done.stderr) == (0, True), done.output
    assert run("ledger", "backup", str(tmp_path / "copy.db"), *place).exit_code == 2, "it is there already"
    assert "no backup" in run("ledger", "confirm", *place).stderr
    assert "the ledger goes on" in run("ledger", "confirm", *back).stderr
    assert "no backup" in run("ledger", "confirm", *back).stderr
    assert run("ledger", "restored", *place).exit_code == 0
    assert "the ledger goes on" in run("ledger", "confirm", *place).stderr
