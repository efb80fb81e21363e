"""Holding a name (独占): of all processes on a ledger one holds it, until it ends in any way.

PostgreSQL gives a lock of the session, on a connection of its own; beside a file of SQLite stands a lock of the system. Both
are given back when the process is killed.
"""

import sqlite3
from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from customs.files import make_own
from customs.ledger.engines import LedgerError, told


class LedgerHeldError(LedgerError):
    """Another process holds a name; the text says what it does."""

    def __init__(self, doing: str, doing_zh: str) -> None:
        super().__init__(f"another process is {doing}: wait until it ends 另一进程正在{doing_zh}，请待其结束")


def hold(engine: Engine, name: str, doing: tuple[str, str]) -> Callable[[], None]:
    """Hold a name for this process; return what gives it back. Raises ``LedgerHeldError``."""
    if engine.dialect.name == "postgresql":
        return _session_lock(engine, name, doing)
    path = Path(engine.url.database or "")
    lock_file = path.with_name(f"{path.name}.{blake2b(name.encode(), digest_size=8).hexdigest()}.lock")
    make_own(lock_file)
    lock = sqlite3.connect(lock_file, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        lock.close()
        raise LedgerHeldError(*doing) from None
    return lock.close


def hold_until_end(connection: Connection, kind: str, names: Iterable[str]) -> None:
    """Have other transactions that hold one of these names of a kind wait until this one ends.

    In SQLite one transaction writes at a time, so that there is nothing to hold. In PostgreSQL names share 256 locks of a kind, taken
    in order: a transaction holds few of them, and no two wait for each other in a circle.
    """
    if connection.dialect.name == "postgresql":
        of_kind = int.from_bytes(blake2b(kind.encode(), digest_size=4).digest(), signed=True)
        for place in sorted({blake2b(name.encode(), digest_size=1).digest()[0] for name in names}):
            connection.execute(text("SELECT pg_advisory_xact_lock(:kind, :place)"), {"kind": of_kind, "place": place})


def _session_lock(engine: Engine, name: str, doing: tuple[str, str]) -> Callable[[], None]:
    number = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)
    with told():
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        taken = connection.execute(text("SELECT pg_try_advisory_lock(:number)"), {"number": number}).scalar_one()
    if not taken:
        connection.close()
        raise LedgerHeldError(*doing)

    def release() -> None:
        try:
            connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": number})
        except DBAPIError:  # the session is gone, and the lock with it
            connection.invalidate()
        connection.close()

    return release
