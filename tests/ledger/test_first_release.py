"""The database of the first release is read by every later one, and a filled database goes down and up again."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Integer, MetaData, Table, func, inspect, select, text

from customs.hub.alarms.alarm import AlarmState
from customs.hub.alarms.kept import list_alarms
from customs.hub.shown.order import list_orders
from customs.ledger import (
    Ledger,
    PersonErasedError,
    downgrade,
    find_person,
    form_of,
    identity_of,
    newest_form,
    open_ledger,
    upgrade,
)
from customs.ledger.bills import guarantee_of, open_bills
from customs.ledger.engines import LedgerRefusedError, engine_of
from customs.ledger.exchange import open_ledger_outbox
from customs.ledger.goods import kept_goods
from customs.ledger.parties import papers_of, registrations_of
from customs.ledger.quota import order_standing, quota_of, take
from customs.ledger.trace import Recall, recall
from customs.ledger.upgrading import NOTHING
from support import exactly
from support.filled_ledger import AT, BUYER, ERASED, FILLING, OTHER, receipt
from support.ledgers import KEYS, LedgerDatabases
from support.traced import ORDER

#: The first release, a later one that had goods, parties and declarations too, and one in which every table was filled.
FIRST, LATER, HUB = (Path(__file__).parent / f"{each}_release" / "ledger.sql" for each in ("first", "later", "hub"))

CHANGES_OF_DECLARED = (
    "UPDATE declared_carried SET turn = turn",
    "UPDATE declared_keys SET life = life",
    "DELETE FROM declared_carried",
    "DELETE FROM declared_keys",
)


@pytest.fixture(params=[FIRST, LATER, HUB], ids=["first", "later", "hub"])
def kept_release(request: pytest.FixtureRequest, databases: LedgerDatabases, tmp_path: Path) -> Iterator[str]:
    """The database of a release, as it was."""
    yield from kept(request.param, databases, tmp_path)


def kept(file: Path, databases: LedgerDatabases, folder: Path) -> Iterator[str]:
    """A kept database, as it was; on PostgreSQL with the same rows."""
    path = folder / "kept.db"
    database = sqlite3.connect(path)
    database.executescript(file.read_text(encoding="utf-8"))
    database.close()
    made = f"sqlite:///{path}"
    if databases.postgres is None:
        yield made
        return
    with databases.empty() as url:
        upgrade(url, str(form_of(made)))
        copy_rows(made, url)
        yield url


def copy_rows(source: str, target: str) -> None:
    """Copy the rows of a ledger into the tables of another one."""
    one, other = engine_of(source), engine_of(target)
    tables = MetaData()
    tables.reflect(other)  # in the order of its foreign keys
    with one.connect() as reading, other.begin() as writing:
        for table in tables.sorted_tables:
            kept = Table(table.name, MetaData(), autoload_with=reading)
            rows = [dict(row) for row in reading.execute(select(kept)).mappings()]
            if not rows or table.name == "alembic_version":
                continue
            writing.execute(table.insert(), rows)
            for key in table.primary_key:
                if isinstance(key.type, Integer):  # setval of a key that the database does not count is nothing
                    serial = func.pg_get_serial_sequence(table.name, key.name)
                    writing.execute(select(func.setval(serial, select(func.max(key)).scalar_subquery())))
    one.dispose()
    other.dispose()


def counts(url: str) -> dict[str, int]:
    """How many rows each table has."""
    engine = engine_of(url)
    with engine.connect() as connection:
        found = {
            name: connection.execute(select(func.count()).select_from(text(f'"{name}"'))).scalar_one()
            for name in inspect(connection).get_table_names()
        }
    engine.dispose()
    return found


def says_what_it_said(ledger: Ledger) -> None:
    with ledger.read() as connection:
        buyer = quota_of(connection, BUYER, on=date(2026, 11, 11))
        assert (buyer.used, buyer.held) == (Decimal("1900.00"), Decimal("75.50"))
        assert [each.order for each in buyer.in_flight] == ["P1/O4"]
        assert quota_of(connection, OTHER, on=date(2026, 11, 11)).held == Decimal("5000.01")
        assert guarantee_of(connection, "G1").occupied == open_bills(connection, "G1") == Decimal("18.20")
        person = find_person(connection, *BUYER)
        assert person is not None
        assert identity_of(connection, person) == BUYER
        erased = find_person(connection, *ERASED)
        assert erased is not None
        with pytest.raises(PersonErasedError):
            identity_of(connection, erased)


@pytest.mark.long
def test_the_database_of_an_earlier_release_is_upgraded_and_says_what_it_said(kept_release: str) -> None:
    before = counts(kept_release)
    assert min(before.values()) >= 0
    assert before["quota_entries"] >= 14
    upgrade(kept_release)
    assert form_of(kept_release) == newest_form()
    after = counts(kept_release)
    assert {name: after[name] for name in before} == before
    with open_ledger(kept_release, KEYS) as ledger:
        says_what_it_said(ledger)
        with ledger.begin() as connection:
            assert take(connection, "P1/O4", receipt("120b"), at=AT)
        with ledger.read() as connection:
            assert dict(order_standing(connection, "P1/O4").used) == {2026: Decimal("75.50")}


def test_the_goods_and_parties_of_an_earlier_release_say_what_they_said(kept_release: str) -> None:
    upgrade(kept_release)
    with open_ledger(kept_release, KEYS) as ledger, ledger.read() as connection:
        goods = {each.sku: each for each in kept_goods(connection)}
        carriers = registrations_of(connection, "carrier")
        if not goods:  # the first release filled neither
            assert carriers == ()
            return
        cream, milk = goods["SKU12"], goods["SKU13"]
        assert (cream.last.state, cream.last.version, cream.last.in_force) == ("refused", 2, 1)
        assert cream.in_force
        assert cream.in_force.facts["unit"] == "142"
        assert (milk.last.state, milk.last.used, milk.in_force) == ("suspended", True, None)
        assert [each.name for each in carriers] == ["虚构快递公司"]
        assert carriers[0].holds(date(2026, 11, 11))
        assert not carriers[0].holds(date(2027, 1, 1))


@pytest.fixture
def kept_hub(databases: LedgerDatabases, tmp_path: Path) -> Iterator[str]:
    """The database of the release in which every table was filled."""
    yield from kept(HUB, databases, tmp_path)


def test_every_table_of_the_hub_release_has_rows_and_keeps_them_in_every_later_one(kept_hub: str) -> None:
    before = counts(kept_hub)
    assert len(before) == 79
    assert {name for name, rows in before.items() if not rows} == set()
    upgrade(kept_hub)
    after = counts(kept_hub)
    assert {name: after[name] for name in before} == before


def test_what_was_declared_in_the_hub_release_is_only_appended_in_every_later_one(kept_hub: str) -> None:
    """Also in tables that a migration makes anew."""
    upgrade(kept_hub)
    with open_ledger(kept_hub, KEYS) as ledger:
        for change in exactly(4, CHANGES_OF_DECLARED):
            with pytest.raises(LedgerRefusedError, match="refuses"), ledger.begin() as connection:
                connection.sql.execute(text(change))


def test_the_rooms_of_the_hub_release_say_what_they_said(kept_hub: str) -> None:
    upgrade(kept_hub)
    with open_ledger(kept_hub, KEYS) as ledger, ledger.read() as connection:
        assert [each.node for each in list_orders(connection, "shop")] == ["released", "released"]
        pending = list_alarms(connection, "shop", states=[AlarmState.PENDING])
        assert "G1" in [each.place.subject for each in pending]
        recalled = list(recall(connection, Recall(sku="SKU6", batch="B1")))
        assert [(each.parcel.order_no, each.codes) for each in recalled] == [(ORDER, ())]
        assert [(each.role, each.paper) for each in papers_of(connection)] == [("carrier", "express_licence")]
    with open_ledger(kept_hub, KEYS) as ledger, open_ledger_outbox(ledger, "client") as outbox:
        assert [each.standing.state for each in outbox.entries()] == ["prepared", "prepared"]


@pytest.mark.long
def test_a_ledger_with_rows_in_every_table_goes_down_and_up_again(kept_hub: str) -> None:
    form = form_of(kept_hub)
    upgrade(kept_hub)
    downgrade(kept_hub, str(form))
    before = counts(kept_hub)
    assert {name for name, rows in before.items() if not rows} == set()
    downgrade(kept_hub, "people")
    assert counts(kept_hub)["people"] == before["people"]
    downgrade(kept_hub, NOTHING)
    upgrade(kept_hub)
    assert form_of(kept_hub) == newest_form()


@pytest.mark.long
def test_a_filled_ledger_goes_down_and_up_again(ledger_url: str) -> None:
    with open_ledger(ledger_url, KEYS) as ledger:
        for fill in FILLING:
            with ledger.begin() as connection:
                fill(connection)
        says_what_it_said(ledger)
    downgrade(ledger_url, "people")
    assert counts(ledger_url)["people"] == 3
    upgrade(ledger_url)
    assert counts(ledger_url)["quota_entries"] == 0
    downgrade(ledger_url, NOTHING)
    assert form_of(ledger_url) is None
    upgrade(ledger_url)
    assert form_of(ledger_url) == newest_form()
