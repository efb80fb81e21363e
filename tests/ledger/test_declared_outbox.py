"""One transaction holds the declaration, the quota that it holds and the messages that are put."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine

from customs.exchange.messages_in_files import delivery_of
from customs.ledger import Ledger
from customs.ledger.declared import hold_declared, note_declared
from customs.ledger.declared.tables import DECLARED_CARRIED, DECLARED_KEYS, DECLARED_MESSAGES, DECLARED_PARCELS
from customs.ledger.exchange import put_messages
from customs.ledger.exchange.tables import EXCHANGE_MESSAGES
from customs.ledger.people import PEOPLE
from customs.ledger.quota import QUOTA
from customs.road import Batch
from support.journals import NOW, PARCELS, run_of

TABLES = (
    DECLARED_PARCELS,
    DECLARED_MESSAGES,
    DECLARED_CARRIED,
    DECLARED_KEYS,
    EXCHANGE_MESSAGES,
    PEOPLE,
    QUOTA.entries,
)


class CutError(Exception):
    """The connection breaks here."""


def counts(ledger: Ledger) -> list[int]:
    """How many rows each table has."""
    with ledger.read() as connection:
        return [connection.sql.execute(select(func.count()).select_from(table)).scalar_one() for table in TABLES]


def done(ledger: Ledger, batch: Batch) -> tuple[int, int, Sequence[str]]:
    deliveries = [delivery_of(each) for each in batch.messages]
    with ledger.begin() as connection:
        return (
            note_declared(connection, batch, at=NOW),
            hold_declared(connection, batch, at=NOW),
            put_messages(connection, "port", deliveries, at=NOW),
        )


@contextmanager
def cut_before(step: int) -> Iterator[list[str]]:
    """Break before the statement of a number, or the commit; yield the statements and commits that were begun."""
    begun: list[str] = []

    def begins(what: str) -> None:
        begun.append(what)
        if len(begun) == step:
            raise CutError

    def executes(*given: object) -> None:
        begins(str(given[2]))

    def commits(connection: object) -> None:
        begins("commit")

    event.listen(Engine, "before_cursor_execute", executes)
    event.listen(Engine, "commit", commits)
    try:
        yield begun
    finally:
        event.remove(Engine, "before_cursor_execute", executes)
        event.remove(Engine, "commit", commits)


def test_a_declaration_its_quota_and_its_messages_count_together_cut_at_whatever_statement(ledger: Ledger) -> None:
    (batch,) = run_of().prepare_many(PARCELS[:2])
    before, step = counts(ledger), 0
    while True:
        step += 1
        with cut_before(step) as begun:
            try:
                found = done(ledger, batch)
                break
            except CutError:
                assert len(begun) == step, "and nothing follows a cut"
        assert counts(ledger) == before
    assert len(begun) == step - 1, "each step of the whole was cut once"
    assert begun[-1] == "commit"
    for table in TABLES:
        assert any(each.startswith(f"INSERT INTO {table.name} ") for each in begun), table.name
    assert found == (3, 2, ("put",) * 3)
    assert counts(ledger) == [2, 3, 6, 8, 3, 2, 2]
    assert done(ledger, batch) == (0, 0, ("known",) * 3), "the same again changes nothing"
