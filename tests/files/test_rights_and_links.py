"""Whoever writes, a file with personal data or a key is its owner's alone, and a link planted at its name is not followed."""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from customs.files import OWNER_ONLY, NotWrittenError, make_own
from customs.journal import JournalError, open_journal
from customs.testing import sample_parcels
from customs.testing.keys import KeyPair
from support import ROOT
from support.command_line import FIXED, run

FIRST = datetime(2026, 11, 11, 8)

#: A bill of the first parcel, which it does not agree with.
BILL = "order_no,tariff,consumption_tax,vat\n{},0.00,0.00,1.00\n"


@pytest.fixture(params=[0o022, 0o000], ids=["umask 022", "umask 000"])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """The rights that a user's files lack."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    """The rights of everything in a folder and of the folder itself, by the last part of its name."""
    return {
        each.name: oct(each.stat().st_mode & 0o777)
        for each in (folder, *sorted(folder.rglob("*")))
        if not each.is_symlink()
    }


@pytest.fixture
def parcels(tmp_path: Path) -> Path:
    """Two parcels, of which the second is refused."""
    first, second = (each.model_dump(mode="json", exclude_none=True) for each in sample_parcels(2, seed=7, mode="1210"))
    second["payment"]["payer_name"] = "别人"
    path = tmp_path / "parcels.jsonl"
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in (first, second)), encoding="utf-8")
    return path


@pytest.fixture
def bill(tmp_path: Path, parcels: Path) -> Path:
    path = tmp_path / "bill.csv"
    order = json.loads(parcels.read_text(encoding="utf-8").splitlines()[0])["order"]["order_no"]
    path.write_text(BILL.format(order), encoding="utf-8")
    return path


@pytest.fixture
def key_files(keys: KeyPair, tmp_path: Path) -> list[str]:
    (tmp_path / "a.key").write_bytes(keys.key)
    (tmp_path / "a.crt").write_bytes(keys.certificate)
    return ["--key", str(tmp_path / "a.key"), "--cert", str(tmp_path / "a.crt")]


def test_whatever_declare_writes_is_its_owner_s_alone(
    umask: int, parcels: Path, key_files: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "made" / "out"
    assert run("declare", parcels, "--out", out, "--state", tmp_path / "kept" / "state", *key_files, *FIXED).exit_code
    found = modes(tmp_path / "made") | modes(tmp_path / "kept")
    assert {name: mode for name, mode in found.items() if mode == "0o700"}.keys() == {
        "made",
        "out",
        "kept",
        "state",
        "journal",
    }
    others = {name for name, mode in found.items() if mode == "0o600"}
    assert {"refused.jsonl", "declared.db", "hash.key", "lock"} <= others
    assert sum(name.endswith(".xml") for name in others) == 4
    assert set(found.values()) == {"0o600", "0o700"}


def test_the_journal_takes_rights_of_others_from_what_was_there(umask: int, tmp_path: Path) -> None:
    open_journal(tmp_path / "state").close()
    for each in (tmp_path / "state").rglob("*"):
        each.chmod(0o777 if each.is_dir() else 0o666)
    with open_journal(tmp_path / "state") as journal, journal.run("a", tmp_path, at=FIRST):
        found = modes(tmp_path / "state" / "journal")
    assert found.pop("journal") == "0o700"
    assert found.keys() == {"declared.db", "declared.db-shm", "declared.db-wal", "hash.key", "lock", "lock-journal"}
    assert set(found.values()) == {"0o600"}


def test_keys_signed_messages_and_reports_are_their_owner_s_alone(
    umask: int, parcels: Path, bill: Path, key_files: list[str], tmp_path: Path
) -> None:
    assert run("keygen", "--out", tmp_path / "key").exit_code == 0
    assert modes(tmp_path / "key") == {"key": "0o700", "test.crt": "0o600", "test.key": "0o600"}
    unsigned = tmp_path / "unsigned"
    run("declare", parcels, "--out", unsigned, "--only", "payment", *FIXED)
    (message,) = unsigned.glob("*.xml")
    assert run("sign", message, "--out", tmp_path / "signed", *key_files).exit_code == 0
    assert modes(tmp_path / "signed") == {"signed": "0o700", message.name: "0o600"}
    for name in ("report.csv", "report.xlsx"):
        report = tmp_path / name
        assert run("reconcile", parcels, bill, "--out", report, "--on", "2026-11-11").exit_code == 1
        assert oct(report.stat().st_mode & 0o777) == "0o600"


def test_schemas_are_anyone_s_to_read(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        assert run("schema", "--out", tmp_path / "schemas").exit_code == 0
    finally:
        os.umask(before)
    assert set(modes(tmp_path / "schemas").values()) == {"0o755", "0o644"}


def planted(at: Path, victim: Path) -> None:
    at.parent.mkdir(parents=True, exist_ok=True)
    at.symlink_to(victim)


@pytest.fixture(params=["a file of another", "nothing"])
def victim(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Where a planted link leads: to a file of someone else, or to one that would be made."""
    path = tmp_path / "elsewhere" / "victim"
    path.parent.mkdir()
    if request.param != "nothing":
        path.write_bytes(b"untouched")
    yield path
    assert [each.read_bytes() for each in path.parent.iterdir()] == (
        [] if request.param == "nothing" else [b"untouched"]
    )


@pytest.mark.parametrize("name", ["refused.jsonl", "refused.jsonl.part", "refused-1.jsonl"])
@pytest.mark.long
def test_a_link_at_the_list_of_what_was_refused_is_not_followed(
    name: str, victim: Path, parcels: Path, key_files: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    planted(out / name, victim)
    for _ in range(2):
        assert run("declare", parcels, "--out", out, *key_files, *FIXED).exit_code == 1
    (row,) = (out / "refused.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(row)["parcel"] == 2
    assert not (out / "refused.jsonl").is_symlink()


@pytest.mark.parametrize(
    "name", ["lock", "declared.db", "declared.db-wal", "declared.db-shm", "declared.db-journal", "hash.key"]
)
def test_a_link_at_a_file_of_the_journal_is_refused(name: str, victim: Path, tmp_path: Path) -> None:
    if name.startswith("declared.db-"):
        open_journal(tmp_path / "state").close()
    planted(tmp_path / "state" / "journal" / name, victim)
    with pytest.raises(JournalError, match=r"cannot be used|is missing"):
        open_journal(tmp_path / "state")


def test_a_link_at_the_folder_of_the_journal_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    planted(tmp_path / "state" / "journal", tmp_path / "elsewhere")
    with pytest.raises(JournalError, match="a link or another kind of file is in its place"):
        open_journal(tmp_path / "state")
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("name", ["test.key", "test.crt"])
def test_keygen_follows_no_link(name: str, victim: Path, tmp_path: Path) -> None:
    planted(tmp_path / "key" / name, victim)
    found = run("keygen", "--out", tmp_path / "key")
    assert found.exit_code == 2
    assert f"{name} would be overwritten" in found.stderr


@pytest.mark.parametrize("name", ["report.csv", "report.xlsx", "report.csv.part"])
def test_a_report_follows_no_link(name: str, victim: Path, parcels: Path, bill: Path, tmp_path: Path) -> None:
    planted(tmp_path / name, victim)
    report = tmp_path / name.removesuffix(".part")
    assert run("reconcile", parcels, bill, "--out", report, "--on", "2026-11-11").exit_code == 1
    assert not report.is_symlink()


def test_sign_and_schema_follow_no_link(victim: Path, parcels: Path, key_files: list[str], tmp_path: Path) -> None:
    run("declare", parcels, "--out", tmp_path / "unsigned", "--only", "payment", *FIXED)
    (message,) = (tmp_path / "unsigned").glob("*.xml")
    planted(tmp_path / "signed" / message.name, victim)
    found = run("sign", message, "--out", tmp_path / "signed", *key_files)
    assert (found.exit_code, "would be overwritten" in found.stdout) == (1, True)
    planted(tmp_path / "schemas" / "parcel.json", victim)
    assert run("schema", "--out", tmp_path / "schemas").exit_code == 0
    assert (tmp_path / "schemas" / "parcel.json").read_bytes() == (ROOT / "schemas" / "parcel.json").read_bytes()


def test_a_message_takes_no_name_of_a_link(victim: Path, parcels: Path, key_files: list[str], tmp_path: Path) -> None:
    run("declare", parcels, "--out", tmp_path / "first", *key_files, *FIXED)
    names = {each.name for each in (tmp_path / "first").glob("*.xml")}
    for name in names:
        planted(tmp_path / "out" / name, victim)
    run("declare", parcels, "--out", tmp_path / "out", *key_files, *FIXED)
    written = {each.name for each in (tmp_path / "out").glob("*.xml") if not each.is_symlink()}
    assert written == {name.replace(".xml", "-2.xml") for name in names}


def test_a_file_of_a_library_is_made_once_and_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    make_own(tmp_path / "a")
    (tmp_path / "a").write_bytes(b"kept")
    make_own(tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"kept"
    assert (tmp_path / "a").stat().st_mode & 0o777 == OWNER_ONLY
    (tmp_path / "b").mkdir()
    with pytest.raises(NotWrittenError, match="another kind of file"):
        make_own(tmp_path / "b")
