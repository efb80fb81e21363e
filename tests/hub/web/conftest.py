"""A console over a filled ledger, which each test may change."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from customs.signing import Signer
from support.console import FilledConsole, filled_console


@pytest.fixture(scope="session")
def filled_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("console") / "filled.db"


@pytest.fixture
def console(filled_ledger: Path, signer: Signer, tmp_path: Path) -> Iterator[FilledConsole]:
    with filled_console(filled_ledger, signer, tmp_path) as found:
        yield found
