"""The database behind a ledger (账簿所用数据库): SQLite in a file, or PostgreSQL, and how their failures are told."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

try:
    from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
    from sqlalchemy.dialects import postgresql, sqlite
    from sqlalchemy.exc import (
        ArgumentError,
        DataError,
        DBAPIError,
        IntegrityError,
        NoSuchModuleError,
        OperationalError,
        StatementError,
    )
except ImportError:
    raise ImportError(
        "the ledger needs SQLAlchemy and Alembic: pip install 'cbec-customs[ledger]' 账簿功能需先安装 ledger 组件"
    ) from None

from customs.files import make_own

#: Seconds for which a writer of SQLite waits for another one.
PATIENCE = 60

#: What SQLite says of a file that it cannot read as a database.
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

#: How SQLite works: what is committed is on the disk, and what is deleted is overwritten. A transaction of some hundred
#: orders has its pages in the memory (16 MiB), and some transactions go into the file together (4,000 pages): by default
#: each would be written and read again several times.
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "cache_size = -16384",
    "wal_autocheckpoint = 4000",
)

#: The execution option of a transaction that only reads.
READS = "customs_reads"


class LedgerError(Exception):
    """A ledger cannot be opened or written; the text says what to do, in English and Chinese."""


class LedgerNotWrittenError(LedgerError):
    """The database did not take a change: nothing of it counts."""


class LedgerRefusedError(LedgerNotWrittenError):
    """The database refused a value of a change, such as a text that is too long; trying again is of no use."""


def engine_of(url: str) -> Engine:
    """Return the engine of a database. Raises ``LedgerError`` for a URL that names none that the ledger knows."""
    try:
        parts = make_url(url)
        kind = parts.get_backend_name()
        if kind not in ("sqlite", "postgresql"):
            raise LedgerError(
                f"a ledger is kept in sqlite or postgresql, not in {kind} 账簿仅支持 sqlite 与 postgresql"
            )
        if kind == "postgresql":
            return _postgresql(parts.set(drivername="postgresql+psycopg"))
    except (ArgumentError, NoSuchModuleError):
        raise LedgerError(
            "this is no URL of a database, such as sqlite:///ledger.db or postgresql://user@host/name "
            "数据库地址应形如 sqlite:///ledger.db 或 postgresql://user@host/name"
        ) from None
    except ImportError:
        raise LedgerError(
            "a ledger in PostgreSQL needs psycopg: pip install 'cbec-customs[postgresql]' 使用 PostgreSQL 请先安装 postgresql 组件"
        ) from None
    return _sqlite(url, parts.database)


def insertion(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an insertion that can say what happens on a conflict, as the database of the connection writes it."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def exists(url: str) -> bool:
    """Return False if a URL names a file that is not there."""
    path = make_url(url).database if url.startswith("sqlite") else None
    return path is None or Path(path).exists()


def _postgresql(url: URL) -> Engine:
    """The engine of PostgreSQL: each statement is planned for its own values, as it was for the first five times that it came.

    A plan for any values goes through all rows for a list of hundreds, and one from before the tables were filled stays so.
    """
    engine = create_engine(url, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def connected(database: Any, _: object) -> None:
        database.execute("SET plan_cache_mode = force_custom_plan")
        database.commit()

    return engine


def _sqlite(url: str, path: str | None) -> Engine:
    """The engine of SQLite: transactions are begun as they are meant, each is forced to the disk as one."""
    if not path or path == ":memory:":
        raise LedgerError("a ledger needs a file: sqlite:///ledger.db 账簿须存于文件：sqlite:///ledger.db")
    engine = create_engine(url, connect_args={"timeout": PATIENCE}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def connected(database: sqlite3.Connection, _: object) -> None:
        database.isolation_level = None  # the driver begins nothing by itself
        for pragma in _PRAGMAS:
            database.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        reads = connection.get_execution_options().get(READS)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    make_own(Path(path))
    return engine


@contextmanager
def told() -> Iterator[None]:
    """Tell what a database does not take, in both languages, without the values of the statement."""
    try:
        yield
    except OperationalError as error:
        raise LedgerNotWrittenError(
            f"the database of the ledger does not answer or cannot be written: {_said(error)}; nothing of this change counts "
            f"账簿数据库无响应或无法写入（{_said(error)}），本次变更均不计入"
        ) from error.orig
    except DBAPIError as error:
        if getattr(error.orig, "sqlite_errorcode", None) in _DAMAGED:
            raise LedgerError(
                "the file of the ledger is damaged, or is no database: put a backup in its place "
                "账簿文件已损坏或不是数据库：请用备份替换"
            ) from None
        refused = LedgerRefusedError if isinstance(error, DataError | IntegrityError) else LedgerNotWrittenError
        raise refused(
            f"the database of the ledger refuses this: {type(error.orig).__name__}; nothing of this change counts "
            f"账簿数据库拒绝此操作，本次变更均不计入"
        ) from None
    except StatementError as error:  # a value that a column does not take
        raise error.orig or error from None


def _said(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0]
