"""Numbers of new rows (行号): many rows inserted into a table whose key is a number, with the numbers that they got."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table, func, insert, select

from customs.ledger.database import LedgerConnection
from customs.ledger.many_rows import add_rows


def insert_numbered(connection: LedgerConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert rows and return their numbers, in the order of the rows.

    SQLite returns the number of one row at a time. There one transaction writes at a time, so that the next numbers are known:
    the rows get them, in one call of the driver.
    """
    if not rows:
        return []
    if connection.sql.dialect.name == "sqlite" and len(rows) > 1:
        last = connection.sql.execute(_last(table)).scalar_one()
        (key,) = table.primary_key.columns
        numbers = list(range(last + 1, last + 1 + len(rows)))
        numbered = [{key.name: number, **row} for number, row in zip(numbers, rows, strict=True)]
        add_rows(connection, table, numbered)
        return numbers
    return [int(each) for each in connection.sql.execute(_returning(table), list(rows)).scalars()]


@cache
def _last(table: Table) -> Any:
    (key,) = table.primary_key.columns
    return select(func.coalesce(func.max(key), 0))


@cache
def _returning(table: Table) -> Any:
    (key,) = table.primary_key.columns
    return insert(table).returning(key, sort_by_parameter_order=True)
