"""The statements that a database was asked: how many, and which of them read a whole table."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

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


def plans_of(connection: LedgerConnection, ask: Callable[[], object]) -> list[str]:
    """How the database reads what is asked within: the plan of each statement, where an index is taken if it fits at all."""
    asked: list[tuple[str, Any]] = []

    def seen(*told: Any) -> None:
        asked.append((str(told[2]), told[3]))

    event.listen(Engine, "before_cursor_execute", seen)
    try:
        ask()
    finally:
        event.remove(Engine, "before_cursor_execute", seen)
    is_sqlite = connection.sql.dialect.name == "sqlite"
    if not is_sqlite:
        connection.sql.exec_driver_sql("SET LOCAL enable_seqscan = off")
    how = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
    return [
        "\n".join(str(row[-1]) for row in connection.sql.exec_driver_sql(f"{how} {statement}", given))
        for statement, given in asked
        if statement.lstrip().startswith(("SELECT", "WITH"))
    ]
