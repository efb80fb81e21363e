"""Rows written many at once (批量写入): with one statement, their values bound column by column.

SQLAlchemy binds every value of every row by itself, which takes longer than the database needs for the row; and PostgreSQL
gets here one statement with a list for each column in the place of one message for each row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Dialect, String, Table

from customs.ledger.database import LedgerConnection

#: Rows in one statement of SQLite that returns what it added.
_RETURNED_AT_ONCE = 250

_LEFT = " ON CONFLICT DO NOTHING"


def add_rows(
    connection: LedgerConnection, table: Table, rows: Sequence[Mapping[str, Any]], *, once: bool = False
) -> None:
    """Add rows, all of the same columns; those that are there already are left as they are if ``once``."""
    if not rows:
        return
    dialect, names, left = connection.sql.dialect, tuple(rows[0]), _LEFT if once else ""
    columns = _bound(dialect, table, names, rows)
    if dialect.name == "postgresql":
        connection.sql.exec_driver_sql(_inserting_lists(dialect, table, names) + left, tuple(columns))
        return
    statement = f"{_inserting(dialect, table, names)} VALUES {_places(len(names))}{left}"
    connection.sql.exec_driver_sql(statement, list(zip(*columns, strict=True)))


def add_new_rows(
    connection: LedgerConnection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    returned: Sequence[Column[Any]],
) -> list[tuple[Any, ...]]:
    """Add those rows, all of the same columns, that are not there yet; return columns of what was added, in no order."""
    if not rows:
        return []
    dialect, names = connection.sql.dialect, tuple(rows[0])
    columns = _bound(dialect, table, names, rows)
    after = f"{_LEFT} RETURNING {', '.join(map(_quoting(dialect), [each.name for each in returned]))}"
    found = list[Any]()
    if dialect.name == "postgresql":
        found += connection.sql.exec_driver_sql(_inserting_lists(dialect, table, names) + after, tuple(columns))
    else:
        bound = list(zip(*columns, strict=True))
        at_once = min(
            _RETURNED_AT_ONCE, dialect.insertmanyvalues_max_parameters // len(names)
        )  # an old SQLite takes 999
        for start in range(0, len(bound), at_once):
            part = bound[start : start + at_once]
            places = ", ".join([_places(len(names))] * len(part))
            values = tuple([value for row in part for value in row])
            found += connection.sql.exec_driver_sql(
                f"{_inserting(dialect, table, names)} VALUES {places}{after}", values
            )
    reading = [each.type.dialect_impl(dialect).result_processor(dialect, None) for each in returned]
    read = [_read(process, values) for process, values in zip(reading, zip(*found, strict=True), strict=False)]
    return list(zip(*read, strict=True))


def change_rows(connection: LedgerConnection, table: Table, key: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Change rows of a table by the value of a column that names each; all give the same other columns."""
    if not rows:
        return
    dialect, names = connection.sql.dialect, tuple(rows[0])
    changed = [each for each in names if each != key]
    columns = dict(zip(names, _bound(dialect, table, names, rows), strict=True))
    quoted, of = _quoting(dialect), dialect.identifier_preparer.format_table(table)
    if dialect.name == "postgresql":
        setting = ", ".join(f"{quoted(each)} = given.{quoted(each)}" for each in changed)
        given = f"unnest({_lists(dialect, table, names)}) AS given({', '.join(map(quoted, names))})"
        statement = f"UPDATE {of} SET {setting} FROM {given} WHERE {of}.{quoted(key)} = given.{quoted(key)}"  # noqa: S608
        connection.sql.exec_driver_sql(statement, tuple(columns.values()))
        return
    setting = ", ".join(f"{quoted(each)} = ?" for each in changed)
    statement = f"UPDATE {of} SET {setting} WHERE {quoted(key)} = ?"  # noqa: S608  names of our own tables
    bound = zip(*[columns[each] for each in (*changed, key)], strict=True)
    connection.sql.exec_driver_sql(statement, list(bound))


def _bound(
    dialect: Dialect, table: Table, names: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> list[Sequence[Any]]:
    """Return the values of columns as the driver takes them."""
    found = list[Sequence[Any]]()
    for name in names:
        values = _read(_binding(dialect, table, name), [row[name] for row in rows])
        if dialect.name == "postgresql" and isinstance(table.c[name].type, String):
            # its lists are of one type, and not of names
            values = [each if each is None else str(each) for each in values]
        found.append(values)
    return found


def _read(process: Callable[[Any], Any] | None, values: Sequence[Any]) -> Sequence[Any]:
    """Return values as one side has them, from those of the other; the same value is looked at once."""
    if process is None:
        return values
    known = {value: process(value) for value in set(values)}
    return [known[value] for value in values]


def _binding(dialect: Dialect, table: Table, name: str) -> Callable[[Any], Any] | None:
    found: Callable[[Any], Any] | None = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
    return found


def _quoting(dialect: Dialect) -> Callable[[str], str]:
    return dialect.identifier_preparer.quote


def _inserting(dialect: Dialect, table: Table, names: Iterable[str]) -> str:
    columns = ", ".join(map(_quoting(dialect), names))
    return f"INSERT INTO {dialect.identifier_preparer.format_table(table)} ({columns})"


def _inserting_lists(dialect: Dialect, table: Table, names: Sequence[str]) -> str:
    return f"{_inserting(dialect, table, names)} SELECT * FROM unnest({_lists(dialect, table, names)})"  # noqa: S608


def _lists(dialect: Dialect, table: Table, names: Sequence[str]) -> str:
    """Return a list for each column, in the binary form: as text, the driver looks for quotes in every value, which takes ten
    times as long. Texts come without their length, so that one that is too long is refused and not cut.
    """
    return ", ".join([_list(dialect, table.c[name]) for name in names])


def _list(dialect: Dialect, column: Column[Any]) -> str:
    kind = column.type.compile(dialect=dialect).partition("(")[0]
    return f"%b::{kind}[]"


@cache
def _places(count: int) -> str:
    return f"({', '.join('?' * count)})"
