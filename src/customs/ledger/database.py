"""The database of the ledger (账簿数据库): SQLite by default, PostgreSQL where many write at once.

A ``Ledger`` is opened once; all that is done within one ``begin`` counts together or not at all. Functions of the ledger
take the ``LedgerConnection`` that it gives, so that changes that belong together are one transaction with their causes.

Promised, whatever is killed, cut or full: what was committed stays, on the disk; the rest leaves no trace, and the error
says that nothing of the change counts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Column, Connection, Engine, String, Table, func, make_url, select

from customs.fields.moments import CHINA_TIME
from customs.ledger.columns import TABLES
from customs.ledger.engines import READS, LedgerError, engine_of, exists, insertion, told
from customs.ledger.holding import hold
from customs.ledger.keys import LedgerKeyError, LedgerKeys
from customs.ledger.lately_read import LatelyRead
from customs.ledger.upgrading import checked_form

MARKS = Table(
    "ledger_marks", TABLES, Column("name", String(40), primary_key=True), Column("text", String(200), nullable=False)
)


@dataclass(frozen=True, slots=True)
class LedgerConnection:
    """A transaction of a ledger, its keys, and what was read of its receipts lately."""

    sql: Connection
    keys: LedgerKeys = field(repr=False)
    lately: LatelyRead = field(repr=False)


class Ledger:
    """An open ledger; made by ``open_ledger``."""

    def __init__(self, engine: Engine, keys: LedgerKeys) -> None:
        self._engine, self._keys, self._lately = engine, keys, LatelyRead()

    @property
    def keys(self) -> LedgerKeys:
        """The keys of the ledger."""
        return self._keys

    @contextmanager
    def begin(self) -> Iterator[LedgerConnection]:
        """Do all that is done within, or nothing. Raises ``LedgerError`` if the database does not take it."""
        with told(), self._engine.begin() as connection:
            yield LedgerConnection(connection, self._keys, self._lately)

    @contextmanager
    def read(self) -> Iterator[LedgerConnection]:
        """Read the ledger as it stands at one moment, beside those who write."""
        with told(), self._engine.connect() as connection:
            options: dict[str, Any] = {READS: True}
            if connection.dialect.name == "postgresql":
                options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            connection = connection.execution_options(**options)
            with connection.begin():
                yield LedgerConnection(connection, self._keys, self._lately)

    @contextmanager
    def ask(self) -> Iterator[LedgerConnection]:
        """Read with one statement, or with some that each stand for themselves: PostgreSQL is spared a transaction."""
        with told(), self._engine.connect() as connection:
            options: dict[str, Any] = {READS: True}
            if connection.dialect.name == "postgresql":
                options |= {"isolation_level": "AUTOCOMMIT"}
            connection = connection.execution_options(**options)
            with connection.begin():
                yield LedgerConnection(connection, self._keys, self._lately)

    @contextmanager
    def held(self, name: str, doing: tuple[str, str]) -> Iterator[None]:
        """Hold a name while something is done that one process does at a time. Raises ``LedgerHeldError``."""
        release = hold(self._engine, name, doing)
        try:
            yield
        finally:
            release()

    def check_form(self) -> None:
        """Raise ``LedgerFormError`` if the tables are not those of this release any more, and ``LedgerError``."""
        with told(), self._engine.connect() as connection:
            checked_form(connection)

    def time_there(self) -> datetime | None:
        """Return the time in China by the clock of the database; None in SQLite, whose clock is that of this machine."""
        if self._engine.dialect.name != "postgresql":
            return None
        with self.ask() as connection:
            there: datetime = connection.sql.execute(select(func.clock_timestamp())).scalar_one()
        return there.astimezone(CHINA_TIME).replace(tzinfo=None)

    def overwrite_erased(self) -> None:
        """Have the log of SQLite hold nothing of what was erased; it keeps earlier pages until thousands came after them.

        While others read it may stay as it is: then the next call does it. PostgreSQL does it by its vacuum.
        """
        if self._engine.dialect.name != "sqlite":
            return
        with told(), self._engine.connect() as connection:
            database: Any = connection.connection.driver_connection
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_ledger(url: str, keys: LedgerKeys) -> Ledger:
    """Open a ledger by the URL of its database, such as ``sqlite:///ledger.db``.

    Raises ``LedgerFormError`` if its tables are not those of this release, and ``LedgerError``, also for other keys.
    """
    engine = _engine_there(url)
    try:
        with told(), engine.begin() as connection:
            checked_form(connection)
            wanted = select(MARKS.c.text).where(MARKS.c.name == "keys")
            known = connection.execute(wanted).scalar()
            if known is None:
                adding = insertion(connection, MARKS).values(name="keys", text=keys.mark()).on_conflict_do_nothing()
                connection.execute(adding)
                known = connection.execute(wanted).scalar_one()  # another process may have been first
            if known != keys.mark():
                raise LedgerKeyError(
                    "these are not the keys of this ledger: give the key file with which it was made "
                    "密钥文件与此账簿不符，请使用建账时的密钥文件"
                )
    except BaseException:
        engine.dispose()
        raise
    return Ledger(engine, keys)


def _engine_there(url: str) -> Engine:
    """Return the engine of a ledger that is there. Raises ``LedgerError`` where its file is gone: a new one would know nothing."""
    engine = engine_of(url) if exists(url) else None
    if engine is None:
        path = make_url(url).database
        raise LedgerError(
            f"there is no ledger at {path}: see that its disk is mounted, or put a backup there; "
            f"only for a new ledger, which knows of no order: customs ledger upgrade "
            f"{path} 处没有账簿：请检查磁盘是否已挂载，或将备份放回；仅在新建账簿（不含任何订单）时执行 customs ledger upgrade"
        )
    return engine
