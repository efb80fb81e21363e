"""The state folder: tables of any room are written whole by one process, and records are read back as they were written."""

import sqlite3
from pathlib import Path

import pytest

from customs.journal import JournalError, JournalHeldError, JournalNotWrittenError, open_journal
from customs.journal.records import DamagedRecordError, add_record, checksum, record, records, table_of_records
from customs.journal.state import OpenState, Tables, open_state, read_state

SENT = Tables(
    home="exchange",
    file="sent.db",
    forms=(table_of_records("sent"), table_of_records("taken")),
    name=("outbox", "发件箱"),
    doing="sending",
)


def changed(folder: Path, statement: str) -> None:
    """Change the database as a disk or a hand would."""
    database = sqlite3.connect(folder / SENT.database)
    with database:
        database.execute(statement)
    database.close()


def test_records_are_read_back_in_order_by_whoever_reads_later(tmp_path: Path) -> None:
    with open_state(tmp_path, SENT) as state:
        for content in (b"one", b""):
            with state.written():
                add_record(state, "sent", content)
        with read_state(tmp_path, SENT) as beside:
            assert list(records(beside, "sent")) == [(1, b"one"), (2, b"")]
    with read_state(tmp_path, SENT) as state:
        assert list(records(state, "sent", after=1)) == [(2, b"")]
        assert record(state, "sent", 1) == b"one"
        assert not state.writable
        with pytest.raises(KeyError):
            record(state, "sent", 3)


def cut_off(state: OpenState) -> None:
    with state.written():
        add_record(state, "sent", b"one")
        raise ValueError("cut")


def test_records_of_a_transaction_that_breaks_off_do_not_count(tmp_path: Path) -> None:
    with open_state(tmp_path, SENT) as state:
        with pytest.raises(ValueError, match="cut"):
            cut_off(state)
        assert list(records(state, "sent")) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sent SET content = x'00' WHERE id = 2",
        "UPDATE sent SET checksum = x'00' WHERE id = 2",
        "UPDATE sent SET content = CAST(content AS TEXT) WHERE id = 2",
        "UPDATE sent SET (content, checksum) = (SELECT content, checksum FROM sent WHERE id = 1) WHERE id = 2",
        "UPDATE sent SET (content, checksum) = (SELECT content, checksum FROM taken WHERE id = 2) WHERE id = 2",
    ],
    ids=["content", "checksum", "kind", "another's", "another table's"],
)
def test_a_record_that_is_not_as_it_was_written_is_told(change: str, tmp_path: Path) -> None:
    with open_state(tmp_path, SENT) as state, state.written():
        for table in ("sent", "taken"):
            assert [add_record(state, table, content) for content in (b"one", b"two")] == [1, 2]
    changed(tmp_path, change)
    with read_state(tmp_path, SENT) as state:
        assert record(state, "sent", 1) == b"one"
        with pytest.raises(
            DamagedRecordError, match=r"record 2 of sent in the state folder .* is damaged.*第 2 条记录已损坏"
        ):
            list(records(state, "sent"))
        with pytest.raises(DamagedRecordError):
            record(state, "sent", 2)


def test_a_checksum_tells_values_their_kinds_and_their_bounds_apart() -> None:
    values = [
        ("a", "b"),
        ("ab",),
        ("b", "a"),
        (b"a", b"b"),
        ("a", None, "b"),
        ("a", "None", "b"),
        (1, 2),
        ("1", "2"),
        (),
    ]
    assert len({checksum(*each) for each in values}) == len(values) == 9


def test_two_rooms_write_into_one_state_folder_and_two_processes_of_a_room_do_not(tmp_path: Path) -> None:
    with open_journal(tmp_path), open_state(tmp_path, SENT):
        with pytest.raises(JournalHeldError, match="another process is sending with the state folder"):
            open_state(tmp_path, SENT)
        with pytest.raises(JournalHeldError, match="another process is declaring with the state folder"):
            open_journal(tmp_path)
    assert {each.name for each in (tmp_path / "exchange").iterdir()} == {"sent.db", "lock"}
    assert {each.stat().st_mode & 0o777 for each in (tmp_path / "exchange").iterdir()} == {0o600}


def test_tables_of_an_earlier_form_keep_what_is_in_them(tmp_path: Path) -> None:
    first = Tables(home="exchange", file="sent.db", forms=SENT.forms[:1])
    with open_state(tmp_path, first) as state, state.written():
        add_record(state, "sent", b"one")
    with open_state(tmp_path, SENT) as state, state.written():
        add_record(state, "taken", b"answer")
    with read_state(tmp_path, SENT) as state:
        assert [list(records(state, each)) for each in ("sent", "taken")] == [[(1, b"one")], [(1, b"answer")]]
    with pytest.raises(JournalError, match=r"form 2, this one knows 1\)"):
        open_state(tmp_path, first)


def test_tables_that_are_not_there_or_not_written_are_named_as_their_room_names_them(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"holds no outbox \(exchange/sent.db\) .*没有发件箱"):
        read_state(tmp_path, SENT)
    with open_state(tmp_path, SENT) as state:
        state.database.execute("PRAGMA query_only = 1")
        with (
            pytest.raises(JournalNotWrittenError, match=r"the outbox in .* cannot be written.*发件箱无法写入"),
            state.written(),
        ):
            add_record(state, "sent", b"one")
