"""The state folder (状态目录) of a journal: its database, the key of its hashes, the lock of its one writer."""

import hmac
import os
import secrets
import sqlite3
from contextlib import suppress
from pathlib import Path

from customs.files import OWNER_ONLY, OWNER_ONLY_FOLDER, make_folder, make_own, take_rights, write_whole

#: The folder within a state folder, so that messages and the journal's own files do not mix; and its files.
HOME = "journal"
DATABASE, KEY, LOCK = f"{HOME}/declared.db", f"{HOME}/hash.key", f"{HOME}/lock"

#: Bytes of the key under which identity numbers and contents are hashed.
KEY_BYTES = 32

#: The form of the tables; a later release that changes them counts on.
VERSION = 3

_FIRST = """
CREATE TABLE marks(name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE runs(
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, folder TEXT NOT NULL, started TEXT NOT NULL, ended TEXT);
CREATE TABLE messages(
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs, area TEXT NOT NULL, name TEXT NOT NULL,
    guid TEXT NOT NULL UNIQUE, number TEXT NOT NULL, serial INTEGER, file TEXT NOT NULL, at TEXT NOT NULL,
    placed INTEGER NOT NULL DEFAULT 0);
CREATE INDEX messages_unplaced ON messages(placed) WHERE placed = 0;
CREATE TABLE parcels(
    id INTEGER PRIMARY KEY, order_key TEXT NOT NULL, content BLOB NOT NULL, app_type TEXT NOT NULL, order_no TEXT NOT NULL,
    waybill_no TEXT NOT NULL, payment_no TEXT NOT NULL, internal_no TEXT NOT NULL, tax TEXT, buyer BLOB NOT NULL);
CREATE INDEX parcels_order ON parcels(order_key);
CREATE INDEX parcels_order_no ON parcels(order_no);
CREATE INDEX parcels_waybill_no ON parcels(waybill_no);
CREATE INDEX parcels_payment_no ON parcels(payment_no);
CREATE INDEX parcels_internal_no ON parcels(internal_no);
CREATE TABLE carried(
    parcel INTEGER NOT NULL REFERENCES parcels, carrier TEXT NOT NULL, message INTEGER NOT NULL REFERENCES messages,
    PRIMARY KEY(parcel, carrier)) WITHOUT ROWID;
CREATE INDEX carried_message ON carried(message);
CREATE TABLE keys(key TEXT NOT NULL, parcel INTEGER NOT NULL REFERENCES parcels, PRIMARY KEY(key, parcel)) WITHOUT ROWID;
CREATE TABLE releases(
    id INTEGER PRIMARY KEY, order_key TEXT NOT NULL, last_parcel INTEGER NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX releases_order ON releases(order_key);
CREATE TABLE serials(area TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
"""

#: The names of all messages, so that none is given twice, whichever folder they are written to.
_SECOND = """
CREATE TABLE names(name TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT OR IGNORE INTO names SELECT lower(replace(file, rtrim(file, replace(file, '/', '')), '')) FROM messages;
"""

#: One table of numbers in place of a key and five indices of each parcel: a key begins with its number, so that parcels are
#: found by any of their numbers, and numbers that follow each other stand together. And streams, entered chunk by chunk.
_THIRD = """
CREATE TABLE IF NOT EXISTS numbers(
    key TEXT NOT NULL, parcel INTEGER NOT NULL REFERENCES parcels, PRIMARY KEY(key, parcel)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS keys(key TEXT NOT NULL, parcel INTEGER NOT NULL, PRIMARY KEY(key, parcel)) WITHOUT ROWID;
INSERT OR IGNORE INTO numbers SELECT number_first(key), parcel FROM keys;
INSERT OR IGNORE INTO numbers SELECT order_no || char(31), id FROM parcels WHERE order_no <> '';
INSERT OR IGNORE INTO numbers SELECT waybill_no || char(31), id FROM parcels WHERE waybill_no <> '';
INSERT OR IGNORE INTO numbers SELECT payment_no || char(31), id FROM parcels WHERE payment_no <> '';
INSERT OR IGNORE INTO numbers SELECT internal_no || char(31), id FROM parcels WHERE internal_no <> '';
UPDATE parcels SET order_key = number_first(order_key);
UPDATE releases SET order_key = number_first(order_key);
DROP TABLE keys;
DROP INDEX IF EXISTS parcels_order;
DROP INDEX IF EXISTS parcels_order_no;
DROP INDEX IF EXISTS parcels_waybill_no;
DROP INDEX IF EXISTS parcels_payment_no;
DROP INDEX IF EXISTS parcels_internal_no;
CREATE TABLE IF NOT EXISTS streams(
    run INTEGER PRIMARY KEY REFERENCES runs, conditions TEXT NOT NULL, files TEXT NOT NULL,
    whole INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS chunks(
    run INTEGER NOT NULL REFERENCES runs, first INTEGER NOT NULL, digest BLOB NOT NULL, declared INTEGER NOT NULL,
    messages INTEGER NOT NULL, parcels_from INTEGER NOT NULL, positions BLOB NOT NULL, lengths TEXT NOT NULL,
    said TEXT NOT NULL, PRIMARY KEY(run, first));
CREATE INDEX IF NOT EXISTS chunks_parcels ON chunks(run, parcels_from);
CREATE TABLE IF NOT EXISTS used(
    run INTEGER NOT NULL, buyer BLOB NOT NULL, used TEXT NOT NULL, PRIMARY KEY(run, buyer)) WITHOUT ROWID;
"""


def number_first(key: str) -> str:
    r"""Return a key of the earlier forms as it is now: its number, the message, and the rest.

    >>> number_first("CEB311\x1fa platform\x1fEX1")
    'EX1\x1fCEB311\x1fa platform'
    """
    message, *fields = key.split("\x1f")
    if len(fields) < 2 or not message.startswith("CEB"):
        return key
    code, number, *more = fields
    return "\x1f".join((number, message, code, *more))


#: The statements that lead from each form of the tables to the next.
_FORMS = (_FIRST, _SECOND, _THIRD)

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

    def __init__(self, folder: Path, told: str = "") -> None:
        super().__init__(
            told
            or f"another process is declaring with the state folder {folder}: wait until it ends, or give another --state "
            f"状态目录 {folder} 正被另一进程使用，请待其结束，或以 --state 另行指定"
        )


def held_lock(folder: Path) -> sqlite3.Connection:
    """Take the lock of a state folder, which the system gives back when the process ends in any way.

    Raises ``JournalHeldError`` if another process has it.
    """
    make_own(folder / LOCK)
    lock = sqlite3.connect(folder / LOCK, timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        if error.sqlite_errorname.startswith("SQLITE_BUSY"):
            raise JournalHeldError(folder) from None
        raise unusable(folder, error) from None
    return lock


def connected(folder: Path, *, writing: bool) -> sqlite3.Connection:
    """Open the database of a state folder; the tables are made when it is first written.

    Raises ``JournalError`` for a file that is no journal, or one of a later release.
    """
    path = folder / DATABASE
    try:
        database = (
            sqlite3.connect(path) if writing else sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        )
        try:
            _prepare(database, folder, writing=writing)
        except BaseException:
            database.close()
            raise
    except sqlite3.Error as error:
        raise unusable(folder, error) from None
    return database


def _prepare(database: sqlite3.Connection, folder: Path, *, writing: bool) -> None:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise JournalError(
            f"the journal in {folder} was written by a later release (form {version}, this one knows {VERSION}): "
            f"update the library 登记簿由更新的版本写成，请升级本库"
        )
    if not writing:
        if not version:
            raise JournalError(_no_journal(folder))
        return
    # one forced write for each transaction, and readers beside the writer
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    if version < VERSION:
        database.create_function("number_first", 1, number_first, deterministic=True)
        with database:
            database.execute("BEGIN")
            for statement in "".join(_FORMS[version:]).split(";"):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {VERSION}")


def key_of(folder: Path, database: sqlite3.Connection, path: Path | None) -> bytes:
    """Return the key of the journal's hashes from its file; a new journal makes one.

    Raises ``JournalError`` if the key of a journal is lost or is another one: its hashes would say nothing.
    """
    path = path or folder / KEY
    known = database.execute("SELECT text FROM marks WHERE name = 'key'").fetchone()
    try:
        if not path.exists() and known is None:
            write_whole(path, secrets.token_bytes(KEY_BYTES), replacing=False)
        if path == folder / KEY:
            take_rights(path, OWNER_ONLY)
        key = path.read_bytes()
    except FileNotFoundError:
        raise JournalError(
            f"the key of the journal is missing: put {path} back, it was made with the journal "
            f"登记簿密钥缺失：请恢复文件 {path}"
        ) from None
    except OSError as error:
        raise unusable(folder, error) from None
    mark = hmac.digest(key, b"customs journal", "sha256").hex()
    if known is None:
        with database:
            database.execute("INSERT INTO marks VALUES ('key', ?)", (mark,))
    elif len(key) != KEY_BYTES or not hmac.compare_digest(known[0], mark):
        raise JournalError(
            f"{path} is not the key of the journal in {folder}: put the right file back 该文件不是此登记簿的密钥，请恢复原文件"
        )
    return key


def writer(folder: Path) -> tuple[sqlite3.Connection, sqlite3.Connection]:
    """Return the lock and the database of a state folder, which is made if it does not exist."""
    try:
        make_folder(folder / HOME)
        take_rights(folder / HOME, OWNER_ONLY_FOLDER)
        lock = held_lock(folder)
    except OSError as error:
        raise unusable(folder, error) from None
    try:
        _take_rights_of_database(folder)
        return lock, connected(folder, writing=True)
    except OSError as error:
        lock.close()
        raise unusable(folder, error) from None
    except BaseException:
        lock.close()
        raise


def _take_rights_of_database(folder: Path) -> None:
    """Leave the database and the files that SQLite keeps beside it to their owner; refuse a link in their place."""
    make_own(folder / DATABASE)
    for beside in ("-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            take_rights(folder / f"{DATABASE}{beside}", OWNER_ONLY)


def reader(folder: Path) -> sqlite3.Connection:
    """Return the database of a state folder, to read beside a writer. Raises ``JournalError`` if there is none."""
    if not (folder / DATABASE).exists():
        raise JournalError(_no_journal(folder))
    return connected(folder, writing=False)


def _no_journal(folder: Path) -> str:
    return f"{folder} holds no journal ({DATABASE}) 目录 {folder} 中没有登记簿"


def relative(path: Path, folder: Path) -> str:
    """Return a path as the journal keeps it: within the state folder relative to it, so that both can move together.

    Raises ``JournalError`` for a name that is not in UTF-8.
    """
    path, folder = Path(os.path.abspath(path)), Path(os.path.abspath(folder))  # noqa: PTH100  links stay as given
    text = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
    if text != readable(text):
        raise JournalError(
            f"the name {readable(text)} is not in UTF-8: rename the folder or give another --out "
            f"目录名不是 UTF-8 编码，请改名或以 --out 另行指定"
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
