"""The database of the first release is read by every later one, and a filled database goes down and up again."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import MetaData, Table, func, inspect, select, text

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
from customs.ledger.engines import engine_of
from customs.ledger.goods import kept_goods
from customs.ledger.parties import registrations_of
from customs.ledger.quota import order_standing, quota_of, take
from customs.ledger.upgrading import NOTHING
from support.filled_ledger import AT, BUYER, ERASED, FILLING, OTHER, receipt
from support.ledgers import KEYS, LedgerDatabases

#: The first release, and a later one that had goods, parties and declarations too.
FIRST, LATER = (Path(__file__).parent / each / "ledger.sql" for each in ("first_release", "later_release"))


@pytest.fixture(params=[FIRST, LATER], ids=["first", "later"])
def kept_release(request: pytest.FixtureRequest, databases: LedgerDatabases, tmp_path: Path) -> Iterator[str]:
    """The database of a release, as it was."""
    path = tmp_path / "first.db"
    database = sqlite3.connect(path)
    database.executescript(request.param.read_text(encoding="utf-8"))
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
            if "id" in kept.c:
                serial = func.pg_get_serial_sequence(table.name, "id")
                writing.execute(select(func.setval(serial, select(func.max(table.c.id)).scalar_subquery())))
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


def test_the_database_of_an_earlier_release_is_upgraded_and_says_what_it_said(kept_release: str) -> None:
    before = counts(kept_release)
    assert min(before.values()) >= 0
    assert before["quota_entries"] == 14
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
