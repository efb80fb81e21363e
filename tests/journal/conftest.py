"""What tests of the journal share: ledgers, where several workers share one."""

from collections.abc import Callable

import pytest

from support.ledger_fixtures import postgres
from support.ledgers import LedgerDatabases

__all__ = ["ledgers_on", "postgres"]


@pytest.fixture(scope="session")
def ledgers_on(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], LedgerDatabases]:
    """Where ledgers are made, by the name of the database."""
    made: dict[str, LedgerDatabases] = {}

    def of(name: str) -> LedgerDatabases:
        if name not in made:
            server = request.getfixturevalue("postgres") if name == "postgresql" else None
            made[name] = LedgerDatabases(tmp_path_factory.mktemp(name), server)
        return made[name]

    return of
