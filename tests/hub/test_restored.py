"""A hub whose ledger was put back from a backup: nothing is declared or sent twice blindly, and receipts tell what became of it."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from customs.exchange.standing import DeliveryState
from customs.hub.orders.taking_in import take_in
from customs.hub.turns.turn import declare_turn
from customs.ledger import Ledger, LedgerError, open_ledger
from customs.ledger.backup import back_up, confirm_restored
from customs.ledger.exchange import open_ledger_outbox
from customs.ledger.restored import RestoredLedgerError, mark_restored, restored_at
from customs.signing import Signer
from customs.testing import sample_parcels
from support import absent
from support.hub_office import PORT, HubAtWork, hub_at_work
from support.ledgers import KEYS, LedgerDatabases

EIGHT = datetime(2026, 11, 11, 8)


def give(ledger: Ledger, seed: int) -> None:
    with ledger.begin() as connection:
        take_in(connection, "shop", list(sample_parcels(2, seed=seed, mode="1210")), at=EIGHT)


@contextmanager
def put_back(databases: LedgerDatabases, url: str, folder: Path, meanwhile: list[HubAtWork]) -> Iterator[Ledger]:
    """Back a ledger up, let its hub work on, and give the ledger that the backup holds."""
    if databases.postgres is None:
        copy = folder / "copy.db"
        back_up(url, KEYS, copy, at=EIGHT)
        meanwhile[0].turn()
        with open_ledger(f"sqlite:///{copy}", KEYS) as restored:
            yield restored
        return
    dump = folder / "dump"
    subprocess.run([_program("pg_dump"), "--format=custom", "--dbname", url, "--file", dump], check=True)
    meanwhile[0].turn()
    with databases.empty() as other:
        subprocess.run([_program("pg_restore"), "--dbname", other, dump], check=True)
        with open_ledger(other, KEYS) as restored:
            with restored.begin() as connection:
                mark_restored(connection, EIGHT)
            yield restored


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        absent(f"{name} is not installed")
    assert found
    return found


def states(ledger: Ledger) -> list[DeliveryState]:
    with open_ledger_outbox(ledger, f"shop/{PORT}") as outbox:
        return [each.standing.state for each in outbox.entries()]


def test_a_ledger_that_was_put_back_sends_nothing_until_it_is_confirmed_and_then_nothing_twice(
    databases: LedgerDatabases, signer: Signer, tmp_path: Path
) -> None:
    with databases.fresh() as url, open_ledger(url, KEYS) as ledger:
        hub = hub_at_work(ledger, EIGHT, signer)
        give(ledger, 7)
        assert declare_turn(ledger, hub.enterprise, now=EIGHT).declared == 2
        with put_back(databases, url, tmp_path, [hub]) as restored:
            assert set(states(ledger)) == {DeliveryState.HANDED_OVER}, "it was sent after the backup"
            hub.ledger = restored
            give(restored, 8)
            with pytest.raises(RestoredLedgerError, match="customs ledger confirm"):
                hub.send()
            with pytest.raises(RestoredLedgerError):
                declare_turn(restored, hub.enterprise, now=hub.now)
            hub.rehearsal.now += timedelta(minutes=5)
            assert hub.receive() > 0, "receipts tell what customs has"
            with restored.begin() as connection:
                assert confirm_restored(connection, at=hub.now) == 4
                assert confirm_restored(connection, at=hub.now) == 0
            assert set(states(restored)) == {DeliveryState.UNKNOWN}
            assert hub.send() == 0, "what may have been sent waits for its receipt"
            assert declare_turn(restored, hub.enterprise, now=hub.now).declared == 2
            assert hub.send() == 4, "what is new goes at once"


def test_a_backup_is_marked_and_the_ledger_itself_is_not(sqlite_databases: LedgerDatabases, tmp_path: Path) -> None:
    with sqlite_databases.fresh() as url, open_ledger(url, KEYS) as ledger:
        back_up(url, KEYS, tmp_path / "copy.db", at=EIGHT)
        with ledger.read() as connection:
            assert restored_at(connection) is None
        with open_ledger(f"sqlite:///{tmp_path / 'copy.db'}", KEYS) as copy, copy.read() as connection:
            assert restored_at(connection) == EIGHT
        assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0, "for its owner alone"


def test_no_backup_is_written_over(sqlite_databases: LedgerDatabases, tmp_path: Path) -> None:
    with sqlite_databases.fresh() as url:
        (tmp_path / "copy.db").write_text("kept")
        with pytest.raises(LedgerError, match="name a new file"):
            back_up(url, KEYS, tmp_path / "copy.db", at=EIGHT)
        assert (tmp_path / "copy.db").read_text() == "kept"


def test_a_ledger_in_postgresql_is_left_to_its_own_programs(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="pg_dump"):
        back_up("postgresql://user@host/name", KEYS, tmp_path / "copy.db", at=EIGHT)
