"""Numbers of new rows (行号): many rows inserted into a table whose key is a number, with the numbers that they got."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Select, Table, func, select, text

from customs.ledger.database import LedgerConnection
from customs.ledger.many_rows import add_rows


def insert_numbered(connection: LedgerConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert rows and return their numbers, in the order of the rows.

    The numbers are taken first, since neither database returns those of many rows quickly and in order. In SQLite one
    transaction writes at a time, so that the next numbers are known; PostgreSQL gives them to nobody else.
    """
    if not rows:
        return []
    (key,) = table.primary_key.columns
    numbers = _next_numbers(connection, key, len(rows))
    add_rows(connection, table, [{key.name: number, **row} for number, row in zip(numbers, rows, strict=True)])
    return numbers


def _next_numbers(connection: LedgerConnection, key: Column[Any], count: int) -> list[int]:
    if connection.sql.dialect.name == "sqlite":
        last = connection.sql.execute(_last(key)).scalar_one()
        return list(range(last + 1, last + 1 + count))
    return sorted(connection.sql.execute(_TAKING, {"of": key.table.name, "key": key.name, "count": count}).scalars())


#: Takes the next numbers of a table of PostgreSQL.
_TAKING = text("SELECT nextval(pg_get_serial_sequence(:of, :key)) FROM generate_series(1, :count)")


@cache
def _last(key: Column[Any]) -> Select[int]:
    return select(func.coalesce(func.max(key), 0))
