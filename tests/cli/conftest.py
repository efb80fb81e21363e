"""What tests of the command line share: databases for the ledger, and how the commands make one."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from customs.files import make_own
from customs.ledger import upgrade
from customs.ledger.engines import exists
from support.ledger_fixtures import databases, postgres, postgresql_databases, sqlite_databases
from support.ledgers import LedgerDatabases

__all__ = ["databases", "ledgers_made_by_copy", "postgres", "postgresql_databases", "sqlite_databases"]


@pytest.fixture(autouse=True)
def ledgers_made_by_copy(monkeypatch: pytest.MonkeyPatch, sqlite_databases: LedgerDatabases) -> None:
    """A new ledger in SQLite is a copy of one that the migrations made once, which take longer than most commands."""

    def made(url: str) -> None:
        path = make_url(url).database if url.startswith("sqlite") else None
        if not path or exists(url):
            upgrade(url)
            return
        make_own(Path(path))
        sqlite_databases.copy_to(Path(path))

    for command in ("ledger", "hub_init", "hub_rehearse"):
        monkeypatch.setattr(f"customs.cli.{command}.upgrade", made)
