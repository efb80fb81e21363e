"""What tests of the ledger share."""

from support.ledger_fixtures import databases, ledger, ledger_url, postgres

__all__ = ["databases", "ledger", "ledger_url", "postgres"]
from collections.abc import Callable, Iterator

import pytest

from customs.ledger import Ledger
from support.ledgers import LedgerDatabases


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, ledgers_on: Callable[[str], LedgerDatabases]) -> LedgerDatabases:
    """Where ledgers are made: on each of the two databases."""
    return ledgers_on(request.param)


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
