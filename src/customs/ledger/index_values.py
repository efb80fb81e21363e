"""The values of an indexed column (索引列取值), each once: one look-up for each value, however many rows have it."""

from typing import Any

from sqlalchemy import ColumnElement, func, select

from customs.ledger.database import LedgerConnection


def index_values(connection: LedgerConnection, column: ColumnElement[Any]) -> list[Any]:
    """Return the values of a column that an index begins with, in order, each once."""
    found = select(func.min(column).label("value")).cte("found", recursive=True)
    following = select(func.min(column)).where(column > found.c.value).scalar_subquery()
    found = found.union_all(select(following).where(found.c.value.is_not(None)))
    return list(connection.sql.execute(select(found.c.value).where(found.c.value.is_not(None))).scalars())
