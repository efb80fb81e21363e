"""Records (记录) in a state folder: each is written once, and read back only as it was written, which its checksum tells.

SQLite tells a write that was cut off; it does not tell a byte that a disk or a copy changed later. The checksum of a record
covers its table and number too, so that one in the place of another is told as well. A room makes the table with
``table_of_records``; tables with columns of their own keep a ``checksum`` of them.

>>> from tempfile import TemporaryDirectory
>>> from customs.journal.state import Tables, open_state, read_state
>>> SENT = Tables(home="exchange", file="sent.db", forms=(table_of_records("sent"),))
>>> with TemporaryDirectory() as folder:
...     with open_state(Path(folder), SENT) as state, state.written():
...         add_record(state, "sent", b"one"), add_record(state, "sent", b"two")
...     with read_state(Path(folder), SENT) as state:
...         list(records(state, "sent", after=1)), record(state, "sent", 1)
(1, 2)
([(2, b'two')], b'one')
"""

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from customs.journal.state import JournalError, OpenState

#: Bytes of a checksum.
CHECKSUM_BYTES = 16


class DamagedRecordError(JournalError):
    """A record is not as it was written."""

    def __init__(self, folder: Path, table: str, number: int) -> None:
        super().__init__(
            f"record {number} of {table} in the state folder {folder} is damaged: put a copy of the folder back "
            f"状态目录 {folder} 中 {table} 的第 {number} 条记录已损坏，请以备份恢复该目录"
        )


def checksum(*values: str | bytes | int | None) -> bytes:
    """Return the checksum of values in their order; equal only if each of them is.

    >>> checksum("a", b"b") == checksum("ab", b""), checksum(1) == checksum("1"), len(checksum())
    (False, False, 16)
    """
    found = blake2b(digest_size=CHECKSUM_BYTES)
    for each in values:
        content = each if isinstance(each, bytes) else str(each).encode()
        found.update(f"{type(each).__name__} {len(content)}:".encode())
        found.update(content)
    return found.digest()


def table_of_records(table: str) -> str:
    """Return the statement that makes a table of records."""
    return f"CREATE TABLE {table}(id INTEGER PRIMARY KEY, content BLOB NOT NULL, checksum BLOB NOT NULL)"


def add_record(state: OpenState, table: str, content: bytes) -> int:
    """Add a record to a table and return its number, one more than the last; it counts when ``OpenState.written`` ends."""
    (last,) = state.database.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()  # noqa: S608
    number = int(last) + 1
    state.database.execute(
        f"INSERT INTO {table} VALUES (?, ?, ?)",  # noqa: S608
        (number, content, checksum(table, number, content)),
    )
    return number


def record(state: OpenState, table: str, number: int) -> bytes:
    """Return a record. Raises ``DamagedRecordError`` if it is not as it was written, and ``KeyError`` if there is none."""
    row = state.database.execute(
        f"SELECT content, checksum FROM {table} WHERE id = ?",  # noqa: S608
        (number,),
    ).fetchone()
    if row is None:
        raise KeyError(number)
    return _whole(state, table, number, *row)


def records(state: OpenState, table: str, *, after: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a table with their numbers, in order, those after a number.

    Raises ``DamagedRecordError`` at the first that is not as it was written.
    """
    rows = state.database.execute(
        f"SELECT id, content, checksum FROM {table} WHERE id > ? ORDER BY id",  # noqa: S608
        (after,),
    )
    for number, content, kept in rows:
        yield number, _whole(state, table, number, content, kept)


def _whole(state: OpenState, table: str, number: int, content: bytes, kept: bytes) -> bytes:
    if checksum(table, number, content) != kept:
        raise DamagedRecordError(state.folder, table, number)
    return content
