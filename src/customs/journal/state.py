"""The state folder (状态目录): what rooms remember, each in tables of its own, written in one way.

A room describes its ``Tables`` once. ``open_state`` takes the lock, makes what is not there, and leads tables of an earlier
form to the present one; what is done within ``OpenState.written`` is forced to the disk as a whole or not at all;
``read_state`` reads, also beside the one process that writes. ``records`` keeps records with their checksums.

>>> from tempfile import TemporaryDirectory
>>> SENT = Tables(home="exchange", file="sent.db", forms=("CREATE TABLE sent(guid TEXT PRIMARY KEY)",))
>>> with TemporaryDirectory() as folder:
...     with open_state(Path(folder), SENT) as state, state.written():
...         _ = state.database.execute("INSERT INTO sent VALUES ('guid')")
...     with read_state(Path(folder), SENT) as state:
...         state.database.execute("SELECT guid FROM sent").fetchall()
[('guid',)]
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from customs.fields.frozen import FrozenDict
from customs.files import OWNER_ONLY, OWNER_ONLY_FOLDER, make_folder, make_own, take_rights

#: How SQLite answers where the disk or its rights do not let it write.
_DISK = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
)


class JournalError(Exception):
    """A journal cannot be opened or written; the text says what to do, in English and Chinese."""


class JournalNotWrittenError(JournalError):
    """A journal cannot be written: a full or read-only disk, or a missing right."""


class JournalHeldError(JournalError):
    """Another process is writing to the state folder."""

    def __init__(self, folder: Path, told: str = "", *, doing: str = "declaring") -> None:
        super().__init__(
            told
            or f"another process is {doing} with the state folder {folder}: wait until it ends, or give another --state "
            f"状态目录 {folder} 正被另一进程使用，请待其结束，或以 --state 另行指定"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The tables of a room in a state folder: a database with a lock, in a folder of their own, so that the room's own
    files do not mix with what it writes.
    """

    home: str
    """The name of that folder."""
    file: str
    """The name of the database in it."""
    forms: tuple[str, ...]
    """The statements that lead from each form of the tables to the next, the first from nothing. A later release that
    changes the tables adds one. No statement has a semicolon within.
    """
    functions: Mapping[str, Callable[[str], str]] = FrozenDict()
    """Functions of one text that the statements call."""
    name: tuple[str, str] = ("journal", "登记簿")
    """How errors name it, in English and Chinese."""
    doing: str = "working"
    """How an error names the work of a process that holds it, such as ``declaring``."""

    @property
    def database(self) -> str:
        """The path of the database within a state folder."""
        return f"{self.home}/{self.file}"

    @property
    def lock(self) -> str:
        """The path of the lock within a state folder."""
        return f"{self.home}/lock"


class Closing:
    """Something open, which ``close`` or the end of a ``with`` statement gives up."""

    def close(self) -> None:
        """Give it to the next process."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class OpenState(Closing):
    """The tables of a room in a state folder, open to be read or written: see ``open_state`` and ``read_state``."""

    def __init__(
        self, folder: Path, tables: Tables, database: sqlite3.Connection, lock: sqlite3.Connection | None = None
    ) -> None:
        self.folder, self.tables, self.database, self._lock = folder, tables, database, lock

    @property
    def writable(self) -> bool:
        """True if this process is the one that writes."""
        return self._lock is not None

    @contextmanager
    def written(self) -> Iterator[None]:
        """Enter all that is written within, or nothing: at its end it is forced to the disk.

        Raises ``JournalNotWrittenError`` for a disk that does not take it, and ``JournalError`` for anything else.
        """
        try:
            with self.database:
                yield
        except sqlite3.Error as error:
            kind = JournalNotWrittenError if is_of_disk(error) else JournalError
            en, zh = self.tables.name
            raise kind(
                f"the {en} in {self.folder} cannot be written: {error}; nothing of this batch counts "
                f"目录 {self.folder} 中的{zh}无法写入，本批报文均不计入"
            ) from error

    def close(self) -> None:
        """Close the database, then give the lock to the next process."""
        self.database.close()
        if self._lock is not None:
            self._lock.close()


def open_state(folder: Path, tables: Tables) -> OpenState:
    """Open tables in a state folder for writing, as the one process that does; make both if they do not exist.

    Raises ``JournalHeldError`` if another process has them, and ``JournalError`` if they cannot be used.
    """
    try:
        make_folder(folder / tables.home)
        take_rights(folder / tables.home, OWNER_ONLY_FOLDER)
        lock = held_lock(folder, tables)
    except OSError as error:
        raise unusable(folder, error) from None
    try:
        _take_rights_of_database(folder / tables.database)
        return OpenState(folder, tables, _connected(folder, tables, writing=True), lock)
    except OSError as error:
        lock.close()
        raise unusable(folder, error) from None
    except BaseException:
        lock.close()
        raise


def read_state(folder: Path, tables: Tables) -> OpenState:
    """Open tables in a state folder to read them, beside the process that writes. Raises ``JournalError`` if there are none.

    Tables of an earlier release are led to their present form first.
    """
    if not (folder / tables.database).exists():
        raise _none(folder, tables)
    if _is_earlier(folder, tables):
        open_state(folder, tables).close()
    return OpenState(folder, tables, _connected(folder, tables, writing=False))


def held_lock(folder: Path, tables: Tables) -> sqlite3.Connection:
    """Take the lock of tables in a state folder, which the system gives back when the process ends in any way.

    Raises ``JournalHeldError`` if another process has it.
    """
    make_own(folder / tables.lock)
    lock = sqlite3.connect(folder / tables.lock, timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        if error.sqlite_errorname.startswith("SQLITE_BUSY"):
            raise JournalHeldError(folder, doing=tables.doing) from None
        raise unusable(folder, error) from None
    return lock


def _take_rights_of_database(path: Path) -> None:
    """Leave the database and the files that SQLite keeps beside it to their owner; refuse a link in their place."""
    make_own(path)
    for beside in ("-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            take_rights(path.with_name(path.name + beside), OWNER_ONLY)


def _connected(folder: Path, tables: Tables, *, writing: bool) -> sqlite3.Connection:
    """Open the database of tables; they are made when it is first written.

    Raises ``JournalError`` for a file that is no database, or one of a later release.
    """
    path = folder / tables.database
    try:
        database = (
            sqlite3.connect(path) if writing else sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        )
        try:
            _prepare(database, folder, tables, writing=writing)
        except BaseException:
            database.close()
            raise
    except sqlite3.Error as error:
        raise unusable(folder, error) from None
    return database


def _is_earlier(folder: Path, tables: Tables) -> bool:
    database = _connected(folder, tables, writing=False)
    try:
        (version,) = database.execute("PRAGMA user_version").fetchone()
    finally:
        database.close()
    return bool(version < len(tables.forms))


def _prepare(database: sqlite3.Connection, folder: Path, tables: Tables, *, writing: bool) -> None:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    last = len(tables.forms)
    if version > last:
        en, zh = tables.name
        raise JournalError(
            f"the {en} in {folder} was written by a later release (form {version}, this one knows {last}): "
            f"update the library 目录 {folder} 中的{zh}由更新的版本写成，请升级本库"
        )
    if not writing:
        if not version:
            raise _none(folder, tables)
        return
    # one forced write for each transaction, and readers beside the writer
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    if version < last:
        for name, function in tables.functions.items():
            database.create_function(name, 1, function, deterministic=True)
        with database:
            database.execute("BEGIN")
            for statement in ";".join(tables.forms[version:]).split(";"):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {last}")


def _none(folder: Path, tables: Tables) -> JournalError:
    en, zh = tables.name
    return JournalError(f"{folder} holds no {en} ({tables.database}) 目录 {folder} 中没有{zh}")


def relative(path: Path, folder: Path) -> str:
    """Return a path as the journal keeps it: within the state folder relative to it, so that both can move together.

    Raises ``JournalError`` for a name that is not in UTF-8.
    """
    path, folder = Path(os.path.abspath(path)), Path(os.path.abspath(folder))  # noqa: PTH100  links stay as given
    text = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
    if text != readable(text):
        raise JournalError(
            f"the name {readable(text)} is not in UTF-8: rename the folder or give another --out "
            f"目录名 {readable(text)} 不是 UTF-8 编码，请改名或以 --out 另行指定"
        )
    return text


def readable(text: str) -> str:
    r"""Return a text that a database can hold: what a file name has beside UTF-8 is spelt out.

    >>> readable("b\udcff.jsonl")
    'b\\udcff.jsonl'
    """
    return text.encode(errors="backslashreplace").decode()


def unusable(folder: Path, error: Exception) -> JournalError:
    """Return why a state folder cannot be used; a ``JournalNotWrittenError`` if it is the disk or its rights."""
    kind = JournalNotWrittenError if is_of_disk(error) else JournalError
    return kind(f"the state folder {folder} cannot be used: {error} 状态目录不可用，请检查权限与磁盘空间")


def is_of_disk(error: Exception) -> bool:
    """True if a disk is full or read-only, or a right is missing."""
    return isinstance(error, OSError) or getattr(error, "sqlite_errorcode", 0) & 0xFF in _DISK
