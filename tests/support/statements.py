"""The statements that a database was asked: how many, and which of them read a whole table."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.engine import Engine

from customs.ledger import LedgerConnection


@contextmanager
def statements_counted() -> Iterator[list[str]]:
    """The statements that any database is asked within, in order; those that begin a transaction aside."""
    asked: list[str] = []

    def seen(*told: object) -> None:
        if (text := str(told[2])) != "BEGIN":
            asked.append(text)

    event.listen(Engine, "before_cursor_execute", seen)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", seen)


def reading_steps(connection: LedgerConnection, table: str, statements: Iterable[str]) -> set[str]:
    """How SQLite reads a table for statements that select: ``SCAN`` from end to end, ``SEARCH`` by columns of an index."""
    found: set[str] = set()
    for each in statements:
        if each.startswith("SELECT"):
            planned = connection.sql.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}", (None,) * each.count("?"))
            found |= {step for *_, step in planned if step.split()[:2] in (["SCAN", table], ["SEARCH", table])}
    return found
