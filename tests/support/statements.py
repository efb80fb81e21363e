"""The statements that a database was asked, counted."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.engine import Engine


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
