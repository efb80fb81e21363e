"""One transaction holds the declaration, the quota that it holds and the messages that are put; the guarantee is asked for before."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine

from customs.exchange.contract import Delivery
from customs.ledger import EntryCause, Ledger
from customs.ledger.bills import grant_guarantee
from customs.ledger.declared import LedgerKnowledge, hold_declared, note_declared
from customs.ledger.declared.tables import DECLARED_CARRIED, DECLARED_KEYS, DECLARED_MESSAGES, DECLARED_PARCELS
from customs.ledger.exchange import put_messages
from customs.ledger.exchange.tables import EXCHANGE_MESSAGES
from customs.ledger.people import PEOPLE
from customs.ledger.quota import QUOTA
from customs.road import Batch
from customs.road.given import Given
from support import exactly
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
    deliveries = [
        Delivery(id=each.id, name=each.name, file_name=each.file_name, content=each.content) for each in batch.messages
    ]
    with ledger.begin() as connection:
        return (
            note_declared(connection, batch, at=NOW),
            hold_declared(connection, batch, at=NOW),
            put_messages(connection, "port", deliveries, at=NOW),
        )


def test_a_declaration_its_quota_and_its_messages_count_together_cut_at_whatever_statement(ledger: Ledger) -> None:
    (batch,) = run_of().prepare_many(PARCELS[:2])
    before, last, number = counts(ledger), 0, 0

    def counted(*_: object) -> None:
        nonlocal number
        number += 1
        if number == last:
            raise CutError

    event.listen(Engine, "before_cursor_execute", counted)
    try:
        for last in range(1, 200):  # noqa: B007  the listener reads it
            number = 0
            try:
                found = done(ledger, batch)
            except CutError:
                number = 200  # which is beyond any
                assert counts(ledger) == before
            else:
                break
    finally:
        event.remove(Engine, "before_cursor_execute", counted)
    assert last > 20, "so many statements there are"
    assert found == (3, 2, ("put",) * 3)
    assert counts(ledger) == [2, 3, 6, 8, 3, 2, 2]
    assert done(ledger, batch) == (0, 0, ("known",) * 3), "the same again changes nothing"


def test_a_guarantee_that_is_not_enough_is_said_before_the_parcel_is_declared(ledger: Ledger) -> None:
    code, known = PARCELS[0].parties.guarantor_code, LedgerKnowledge(ledger)
    asked: list[object] = []
    for amount in exactly(2, ["0.01", "1000000"]):
        with ledger.begin() as connection:
            cause = EntryCause("ticket", amount, by="clerk", why="lodged")
            grant_guarantee(connection, code, Decimal(amount), cause, datetime(2026, 11, 1))
        asked.append(known.asked(PARCELS[0], run=run_of()))
    short, enough = asked
    assert isinstance(short, Given)
    assert [each.code for each in short.findings] == ["guarantee-short"]
    assert enough is PARCELS[0]
