"""Ledgers to test with: a fresh one on each database, with keys that stand still."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sqlalchemy import text

from customs.ledger import Ledger, LedgerKeys, open_ledger, upgrade
from support.postgres import Postgres

KEYS = LedgerKeys(bytes(range(32)), {1: bytes(range(32, 64))})

_NUMBERS = count()


@dataclass
class LedgerDatabases:
    """Databases with the newest tables and nothing in them, copied from one that was made once."""

    folder: Path
    postgres: Postgres | None = None
    idle: list[str] = field(default_factory=list)
    """Databases of PostgreSQL that a test has left, emptied: to make another takes ten times as long."""

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of a database with the tables of a ledger."""
        number = next(_NUMBERS)
        if self.postgres is None:
            path = self.folder / f"ledger{number}.db"
            self.copy_to(path)
            yield f"sqlite:///{path}"
            return
        if not (self.folder / "template").exists():
            self.postgres.run("CREATE DATABASE template")
            upgrade(self.postgres.url("template"))
            (self.folder / "template").touch()
        name = self.idle.pop() if self.idle else f"ledger{number}"
        if name == f"ledger{number}":
            self.postgres.run(f"CREATE DATABASE {name} TEMPLATE template")
        yield self.postgres.url(name)
        if self.postgres.emptied(name, like="template"):
            self.idle.append(name)
        else:
            self.postgres.run(f"DROP DATABASE {name} WITH (FORCE)")

    def copy_to(self, path: Path) -> None:
        """Put a file of SQLite with the tables of a ledger where it is wanted."""
        made = self.folder / "template.db"
        if not made.exists():
            upgrade(f"sqlite:///{made}")
        shutil.copyfile(made, path)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The URL of a database without tables."""
        number = next(_NUMBERS)
        if self.postgres is None:
            path = self.folder / f"empty{number}.db"
            path.touch()
            yield f"sqlite:///{path}"
            return
        self.postgres.run(f"CREATE DATABASE empty{number}")
        yield self.postgres.url(f"empty{number}")
        self.postgres.run(f"DROP DATABASE empty{number} WITH (FORCE)")

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """A fresh ledger."""
        with self.fresh() as url, open_ledger(url, KEYS) as ledger:
            yield ledger


def waits(ledger: Ledger) -> bool:
    """Whether a transaction in a PostgreSQL waits for what another one holds."""
    with ledger.read() as connection:
        return bool(connection.sql.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one())
