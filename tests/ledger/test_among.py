"""Values asked for together: any number of them is one parameter, and PostgreSQL knows how many there are."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from customs.ledger import Ledger
from customs.ledger.among import among
from customs.ledger.declared.asking import declared_under_any
from customs.ledger.declared.tables import DECLARED_MESSAGES
from customs.ledger.many_rows import add_rows
from support import some
from support.ledgers import LedgerDatabases
from support.statements import plans_of

EIGHT = datetime(2026, 11, 11, 8)


@pytest.mark.parametrize("count", [0, 1, 700])
def test_texts_and_numbers_are_found_however_many_are_asked_for(ledger: Ledger, count: int) -> None:
    messages = DECLARED_MESSAGES.c
    rows: list[dict[str, Any]] = [
        {
            "area": "unified",
            "name": f"a{each}",
            "guid": f"G'{{{each},",
            "number": f"号{each}",
            "serial": each,
            "at": EIGHT,
        }
        for each in range(count)
    ]
    with ledger.begin() as connection:
        add_rows(connection, DECLARED_MESSAGES, rows)
        for column, name in ((messages.guid, "guid"), (messages.number, "number"), (messages.serial, "serial")):
            wanted = select(column).where(among(column, "values"))
            values = [row[name] for row in rows]
            found = connection.sql.execute(wanted, {"values": [*values, "none" if name != "serial" else -1]})
            assert sorted(found.scalars()) == sorted(values)


@pytest.mark.long
def test_postgresql_plans_for_the_values_that_come(postgresql_databases: LedgerDatabases) -> None:
    with postgresql_databases.ledger() as ledger, ledger.read() as connection:
        assert connection.sql.execute(text("SHOW plan_cache_mode")).scalar_one() == "force_custom_plan"
        keys = [f"CEB621/{each}" for each in range(400)]
        for plan in some(plans_of(connection, lambda: declared_under_any(connection, keys))):
            assert "CEB621/399" in plan, "the list itself, and no question that gives it"
