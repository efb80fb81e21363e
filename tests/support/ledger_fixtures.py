"""What tests of the ledger share, and of the rooms that keep something in it: a fresh ledger on SQLite and on PostgreSQL.

The conftest of each of these rooms imports the fixtures. A test whose statements others run on both databases asks for SQLite
alone, with the mark ``in_sqlite`` or by a fixture ``ledger`` of its module.
"""

from collections.abc import Iterator

import pytest

from customs.ledger import Ledger
from support import absent
from support.ledgers import LedgerDatabases
from support.postgres import Postgres, postgres_running, programs


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server of the tests' own, which does not wait for the disk."""
    if programs() is None:
        absent("PostgreSQL is not installed")
    with postgres_running() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> LedgerDatabases:
    """Where ledgers are made in SQLite."""
    return LedgerDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_databases(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> LedgerDatabases:
    """Where ledgers are made in PostgreSQL."""
    return LedgerDatabases(tmp_path_factory.mktemp("postgresql"), postgres)


#: PostgreSQL takes more than twice as long as SQLite, and a server: CI and ``make long`` run these tests on both.
ON_POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.long)


@pytest.fixture(scope="session", params=["sqlite", ON_POSTGRESQL])
def databases(request: pytest.FixtureRequest) -> LedgerDatabases:
    """Where ledgers are made: on each of the two databases."""
    found: LedgerDatabases = request.getfixturevalue(f"{request.param}_databases")
    return found


in_sqlite = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@pytest.fixture
def ledger(databases: LedgerDatabases) -> Iterator[Ledger]:
    """A fresh ledger."""
    with databases.ledger() as ledger:
        yield ledger


@pytest.fixture
def ledger_url(databases: LedgerDatabases) -> Iterator[str]:
    """The URL of a database with the tables of a ledger."""
    with databases.fresh() as url:
        yield url
