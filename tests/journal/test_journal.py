"""The journal: nothing is declared twice, other content is refused, a message counts only with its line."""

import errno
import os
import pickle
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import customs
from customs import areas
from customs.declaration import Declaration
from customs.files import NotWrittenError
from customs.journal import JournalError, JournalHeldError, open_journal, read_journal
from customs.journal.state import is_of_disk
from customs.road.recognition import keys_of, parcel_key
from customs.road.results import KINDS
from customs.testing.areas import parcel_for, sample_area
from support import SINGLES_DAY
from support.journals import NOW, PARCELS, carried, declared, messages, run_of


@pytest.mark.parametrize("parcel", PARCELS)
def test_the_keys_of_a_parcel_are_those_of_its_documents(parcel: Declaration) -> None:
    documents = customs.prepare(
        parcel, on=SINGLES_DAY, clock=customs.fixed_clock(NOW), guids=customs.random_guids
    ).documents
    assert documents
    assert keys_of(parcel) == {name: getattr(documents, name).key for name in KINDS}
    assert parcel_key(keys_of(parcel)) == documents.order.key


def test_a_second_process_is_turned_away(tmp_path: Path) -> None:
    with open_journal(tmp_path), pytest.raises(JournalHeldError, match="另一进程"):
        open_journal(tmp_path)
    open_journal(tmp_path).close()


def test_the_journal_can_be_read_while_another_process_writes(signer: customs.RsaSigner, tmp_path: Path) -> None:
    declared(run_of(signer), PARCELS, tmp_path)
    with open_journal(tmp_path), read_journal(tmp_path) as journal:
        found = list(journal.entries(PARCELS[1].waybill.waybill_no))
    assert [each.message for each in found] == ["CEB311", "CEB411", "CEB511", "CEB621"]
    assert {each.order_no for each in found} == {PARCELS[1].order.order_no}
    assert all((tmp_path / each.file).exists() for each in found)


def test_no_name_and_no_identity_number_is_stored(signer: customs.RsaSigner, tmp_path: Path) -> None:
    declared(run_of(signer), PARCELS, tmp_path)
    stored = b"".join(each.read_bytes() for each in (tmp_path / "journal").iterdir())
    assert PARCELS[0].order.order_no.encode() in stored
    for parcel in PARCELS:
        order = parcel.order
        for personal in (order.buyer_name, order.buyer_id_number, order.buyer_telephone, order.consignee_address):
            assert personal.encode() not in stored


def test_a_lost_or_exchanged_key_is_named(signer: customs.RsaSigner, tmp_path: Path) -> None:
    declared(run_of(signer), PARCELS, tmp_path)
    key = (tmp_path / "journal" / "hash.key").read_bytes()
    (tmp_path / "journal" / "hash.key").unlink()
    with pytest.raises(JournalError, match="the key of the journal is missing"):
        open_journal(tmp_path)
    (tmp_path / "journal" / "hash.key").write_bytes(key[::-1])
    with pytest.raises(JournalError, match="is not the key of the journal"):
        open_journal(tmp_path)
    (tmp_path / "journal" / "hash.key").write_bytes(key)
    open_journal(tmp_path).close()


def test_a_file_that_is_no_journal_and_one_of_a_later_release_are_refused(tmp_path: Path) -> None:
    open_journal(tmp_path).close()
    database = sqlite3.connect(tmp_path / "journal" / "declared.db")
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(JournalError, match="later release"):
        open_journal(tmp_path)
    (tmp_path / "journal" / "declared.db").write_bytes(b"orders" * 1000)
    with pytest.raises(JournalError, match="cannot be used: file is not a database"):
        open_journal(tmp_path)
    with pytest.raises(JournalError, match="holds no journal"):
        read_journal(tmp_path / "elsewhere")


def test_a_journal_stays_in_its_process(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal, pytest.raises(TypeError, match="one process writes to it"):
        pickle.dumps(journal)


def test_messages_are_recorded_within_a_run(tmp_path: Path) -> None:
    (batch,) = run_of().prepare_many(PARCELS[:1])
    with open_journal(tmp_path) as journal, pytest.raises(JournalError, match=r"within Journal\.run"):
        journal.record(batch, tmp_path, area=run_of().place, at=NOW)


def test_serial_numbers_go_on_from_run_to_run(signer: customs.RsaSigner, tmp_path: Path) -> None:
    profile = areas.find("guangzhou_880020")
    taken: list[int] = []
    for parcel in PARCELS[:2]:
        batches = declared(run_of(signer, area=sample_area(profile)), [parcel_for(parcel, profile)], tmp_path)
        taken += [each.serial for batch in batches for each in batch.messages if each.serial is not None]
    with open_journal(tmp_path) as journal:
        assert journal.next_serial(profile.name) == len(taken) + 1
    assert taken == [1, 2], "one message a run"


def test_a_full_disk_declares_nothing_of_the_batch_and_the_same_command_goes_on(
    signer: customs.RsaSigner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = 0
    real = os.fsync

    def full(number: int) -> None:
        nonlocal written
        written += 1
        if written == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(number)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            declared(run_of(signer), PARCELS, tmp_path)
    assert not carried(tmp_path)
    assert not messages(tmp_path)
    assert not list(tmp_path.glob("*.part"))
    declared(run_of(signer), PARCELS, tmp_path)
    assert set(carried(tmp_path).values()) == {1}


def test_file_names_by_the_second_are_given_once_in_a_run_and_between_runs(tmp_path: Path) -> None:
    profile = areas.find("beijing_ept")
    run = run_of(area=sample_area(profile))
    state = tmp_path / "state"
    taken: list[str] = []
    for folder, given_parcels in (("monday", PARCELS[:2]), ("tuesday", PARCELS[2:3]), ("tuesday", PARCELS[3:])):
        declared(run, [parcel_for(each, profile) for each in given_parcels], tmp_path / folder, state)
    for folder in ("monday", "tuesday"):
        taken += [each.name for each in messages(tmp_path / folder)]
    orders = sorted(name for name in taken if "EPT301" in name)
    assert orders == [
        "20261111080000EPT301-2.xml",
        "20261111080000EPT301-3.xml",
        "20261111080000EPT301-4.xml",
        "20261111080000EPT301.xml",
    ]
    assert len(set(taken)) == len(taken)


def test_a_journal_of_an_earlier_form_learns_the_names_of_its_messages(
    signer: customs.RsaSigner, tmp_path: Path
) -> None:
    declared(run_of(signer), PARCELS, tmp_path / "out", tmp_path / "state")
    database = sqlite3.connect(tmp_path / "state" / "journal" / "declared.db")
    with database:
        names = database.execute("SELECT name FROM names ORDER BY name").fetchall()
        database.execute("DROP TABLE names")
        database.execute("PRAGMA user_version = 1")
    open_journal(tmp_path / "state").close()
    assert database.execute("SELECT name FROM names ORDER BY name").fetchall() == names
    assert [name for (name,) in names] == sorted(each.name.lower() for each in messages(tmp_path / "out"))
    database.close()


def test_a_folder_of_messages_is_held_whatever_the_state(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with open_journal(tmp_path / "a") as first, open_journal(tmp_path / "b") as second:
        with first.run("a.jsonl", out, at=NOW):
            with pytest.raises(JournalHeldError, match="another process is writing to the folder"):
                second.run("b.jsonl", out, at=NOW).__enter__()
            assert second.unfinished == ()
        with second.run("b.jsonl", out, at=NOW):
            pass


def test_a_part_of_another_journal_is_left_to_it(signer: customs.RsaSigner, tmp_path: Path) -> None:
    (tmp_path / "a.xml.0a1b2c3d-0123456789abcdef.part").write_bytes(b"another's")
    declared(run_of(signer), PARCELS, tmp_path)
    assert [each.read_bytes() for each in tmp_path.glob("*.part")] == [b"another's"]


def test_a_name_taken_by_a_stranger_keeps_one_message_waiting_and_no_other(
    signer: customs.RsaSigner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_journal(tmp_path).close()
    with monkeypatch.context() as killed:
        killed.setattr("customs.files.Staged.place", lambda staged: False)
        declared(run_of(signer), PARCELS, tmp_path)
    with read_journal(tmp_path) as journal:
        taken = tmp_path / next(journal.entries()).file
    taken.write_bytes(b"a stranger's")
    with pytest.raises(NotWrittenError, match="File exists"):
        open_journal(tmp_path).close()
    assert len(messages(tmp_path)) == 4
    assert taken.read_bytes() == b"a stranger's"
    taken.unlink()
    open_journal(tmp_path).close()
    assert len(messages(tmp_path)) == 4
    assert b"Signature" in taken.read_bytes()


def test_a_full_disk_is_told_from_a_file_that_is_no_journal(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "small.db")
    database.execute("PRAGMA max_page_count = 2")
    with pytest.raises(sqlite3.OperationalError) as full:
        database.execute("CREATE TABLE a AS SELECT zeroblob(100000)")
    database.close()
    (tmp_path / "none.db").write_bytes(b"orders" * 1000)
    with pytest.raises(sqlite3.DatabaseError) as other:
        sqlite3.connect(tmp_path / "none.db").execute("PRAGMA user_version")
    assert (is_of_disk(full.value), is_of_disk(other.value)) == (True, False)


def test_the_reader_of_a_journal_that_was_never_finished_is_told_that_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal" / "declared.db").touch()
    with pytest.raises(JournalError, match="holds no journal"):
        read_journal(tmp_path)


@given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=5), min_size=1, max_size=4))
@settings(max_examples=15, deadline=None)
@pytest.mark.long
def test_however_parcels_are_given_each_is_in_one_message_of_each_kind(
    signer: customs.RsaSigner, tmp_path_factory: pytest.TempPathFactory, files_given: list[list[int]]
) -> None:
    state = tmp_path_factory.mktemp("state")
    for number, given_parcels in enumerate(files_given):
        declared(run_of(signer), [PARCELS[each] for each in given_parcels], state / str(number), state)
    found = carried(state)
    assert set(found.values()) == {1}
    assert {order for _, order in found} == {PARCELS[each].order.order_no for row in files_given for each in row}


#: What a courier knows of the enterprises.
def test_messages_that_count_get_their_names_in_a_folder_that_was_moved(
    signer: customs.RsaSigner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, moved, state = tmp_path / "sent", tmp_path / "moved", tmp_path / "state"
    open_journal(state).close()
    with monkeypatch.context() as killed:
        killed.setattr("customs.files.Staged.place", lambda staged: False)
        declared(run_of(signer), PARCELS, sent, state)
    assert messages(sent) == []
    sent.rename(moved)
    again = declared(run_of(signer), PARCELS, moved, state)
    assert [parcel.skipped for batch in again for parcel in batch.parcels] == [True] * 4
    assert len(messages(moved)) == 4
    assert list(moved.glob("*.part")) == []


def test_a_file_and_a_number_that_are_not_in_utf_8_are_named_and_a_folder_is_refused(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal:
        with journal.run("a\udcff.jsonl", tmp_path, at=NOW):
            assert journal.unfinished == ("a\\udcff.jsonl",)
        assert (list(journal.entries("\udcff")), journal.release("\udcff", "why", at=NOW)) == ([], 0)
        with pytest.raises(JournalError, match="rename the folder"), journal.run("a", tmp_path / "\udcff", at=NOW):
            pass


def test_a_seed_gives_no_guid_twice(signer: customs.RsaSigner, tmp_path: Path) -> None:
    for parcel in PARCELS[:3]:
        declared(run_of(signer, guids=customs.seeded_guids(1)), [parcel], tmp_path)
    with read_journal(tmp_path) as journal:
        assert len({each.guid for each in journal.entries()}) == 12
