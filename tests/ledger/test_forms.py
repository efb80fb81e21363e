"""The form of a ledger: migrations lead it up and down, and give what the library expects."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from customs.hub.alarms import tables as alarm_tables
from customs.hub.cases import tables as case_tables
from customs.hub.channels import tables as channel_tables
from customs.hub.knowledge import tables as knowledge_tables
from customs.hub.procedures import tables as procedure_tables
from customs.hub.store import tables as hub_tables
from customs.hub.web import tables as console_tables
from customs.ledger import (
    LedgerError,
    LedgerFormError,
    LedgerKeyError,
    downgrade,
    form_of,
    newest_form,
    open_ledger,
    upgrade,
)
from customs.ledger.engines import engine_of
from customs.ledger.tables import TABLES
from customs.ledger.upgrading import NOTHING
from support.ledgers import KEYS, LedgerDatabases

#: The tables of the hub, which are of the same metadata once they are loaded.
OF_THE_HUB = (
    hub_tables.HUB_ORDERS,
    alarm_tables.HUB_ALARMS,
    channel_tables.HUB_NOTICES,
    console_tables.HUB_PEOPLE,
    case_tables.HUB_CASES,
    knowledge_tables.HUB_ARTICLES,
    procedure_tables.HUB_RUNS,
)


def test_the_migrations_give_the_tables_that_the_library_expects(ledger_url: str) -> None:
    engine = engine_of(ledger_url)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), TABLES)
    engine.dispose()
    assert found == []
    assert all(each.metadata is TABLES for each in OF_THE_HUB)


@pytest.mark.long
def test_a_ledger_goes_down_to_nothing_and_up_again(databases: LedgerDatabases) -> None:
    with databases.empty() as url:
        upgrade(url)
        assert form_of(url) == newest_form()
        upgrade(url)  # a second time changes nothing
        downgrade(url, NOTHING)
        assert form_of(url) is None
        upgrade(url)
        with open_ledger(url, KEYS):
            assert form_of(url) == newest_form()


def test_a_ledger_without_tables_says_what_to_run(databases: LedgerDatabases) -> None:
    with databases.empty() as url, pytest.raises(LedgerFormError, match=r"customs ledger upgrade .*请执行"):
        open_ledger(url, KEYS)


def test_a_ledger_that_a_newer_release_led_on_asks_for_that_release(ledger_url: str) -> None:
    """Also one that is open already: it is asked again, not only when it is opened."""
    with open_ledger(ledger_url, KEYS) as ledger:
        ledger.check_form()
        engine = engine_of(ledger_url)
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = 'tomorrow'"))
        engine.dispose()
        with pytest.raises(LedgerFormError, match=r"a newer release .* install that release .*更新的版本"):
            ledger.check_form()


def test_a_form_that_is_not_known_is_refused(databases: LedgerDatabases) -> None:
    with databases.empty() as url, pytest.raises(LedgerError, match="cannot be led to that form"):
        upgrade(url, "tomorrow")


def test_other_keys_than_those_of_the_ledger_are_refused(ledger_url: str) -> None:
    open_ledger(ledger_url, KEYS).close()
    with pytest.raises(LedgerKeyError, match="not the keys of this ledger"):
        open_ledger(ledger_url, replace(KEYS, master=bytes(32)))
    open_ledger(ledger_url, KEYS).close()


def test_many_open_a_new_ledger_at_once(ledger_url: str) -> None:
    together = Barrier(8)

    def opened(_: int) -> None:
        together.wait()
        open_ledger(ledger_url, KEYS).close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(opened, range(8)))


@pytest.mark.parametrize("url", ["ledger.db", "sqlite://", "mysql://a@b/c", "nothing://x", ""])
def test_a_url_that_names_no_database_of_a_ledger_is_refused(url: str) -> None:
    with pytest.raises(LedgerError):
        open_ledger(url, KEYS)


def test_a_database_that_cannot_be_reached_is_told_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="does not answer") as told:
        open_ledger(f"postgresql://clerk:open-sesame@/books?host={tmp_path}", KEYS)
    assert "open-sesame" not in str(told.value)


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "orders.db").write_bytes(b"order_no,amount\n" * 100)
    with pytest.raises(LedgerError):
        open_ledger(f"sqlite:///{tmp_path / 'orders.db'}", KEYS)
    assert (tmp_path / "orders.db").read_bytes() == b"order_no,amount\n" * 100
