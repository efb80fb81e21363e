"""The rows of the boxes as values (数据行): where a message stands, and what happened to it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from customs.exchange.standing import DeliveryEvent, DeliveryState, Standing
from customs.ledger.database import LedgerConnection
from customs.ledger.exchange.tables import EXCHANGE_EVENTS, EXCHANGE_MESSAGES

_MESSAGES = EXCHANGE_MESSAGES.c

_ADDING_EVENTS = insert(EXCHANGE_EVENTS)

#: The columns that say where a message stands.
STANDING = (
    _MESSAGES.state,
    _MESSAGES.due,
    _MESSAGES.attempts,
    _MESSAGES.failures,
    _MESSAGES.doubtful,
    _MESSAGES.looks,
    _MESSAGES.said,
)


def standing_of_row(row: Any) -> Standing:
    """Return where a message stands, from a row with the columns ``STANDING``."""
    return Standing(
        state=DeliveryState(row.state),
        due=row.due,
        attempts=row.attempts,
        failures=row.failures,
        doubtful=row.doubtful,
        looks=row.looks,
        said=row.said,
    )


def standing_values(standing: Standing) -> dict[str, Any]:
    """Return the values of the columns ``STANDING``."""
    return {
        "state": standing.state.value,
        "due": standing.due,
        "attempts": standing.attempts,
        "failures": standing.failures,
        "doubtful": standing.doubtful,
        "looks": standing.looks,
        "said": standing.said,
    }


def event_values(message: int, event: DeliveryEvent) -> dict[str, Any]:
    """Return the row of an event of a message, without its answer."""
    return {
        "message": message,
        "at": event.at,
        "happening": event.happening,
        "state": event.state.value,
        "due": event.due,
        "outcome": event.outcome,
        "again": event.again,
        "counts": event.counts,
        "said": event.said,
        "salts": None,
        "answer": None,
    }


def add_events(connection: LedgerConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Append what happened, as rows of ``event_values``."""
    connection.sql.execute(_ADDING_EVENTS, rows)


def event_of_row(row: Any) -> DeliveryEvent:
    """Return what happened to a message, from a row of its events."""
    return DeliveryEvent(
        at=row.at,
        happening=row.happening,
        state=DeliveryState(row.state),
        due=row.due,
        outcome=row.outcome,
        again=row.again,
        counts=bool(row.counts),
        said=row.said,
    )
