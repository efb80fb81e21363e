"""The outbox in the ledger (账簿发件箱), for the one process that sends to a destination; others put into it at any time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from types import TracebackType
from typing import Self

from sqlalchemy import func, select

from customs.documents import BusinessKey
from customs.documents.base import MOST_MESSAGE_BYTES
from customs.exchange.circuit import Circuit
from customs.exchange.contract import Delivery
from customs.exchange.outbox import Dispatch, OutboxEntry, PutOutcome
from customs.exchange.standing import DeliveryEvent, DeliveryState, Standing, TurnKind
from customs.ledger.database import Ledger
from customs.ledger.exchange import finding
from customs.ledger.exchange.boxes import box_of, mark_in, set_mark
from customs.ledger.exchange.delivering import circuit_in, enter_events, next_dispatches, next_due, set_circuit
from customs.ledger.exchange.putting import put_messages
from customs.ledger.exchange.tables import EXCHANGE_MESSAGES
from customs.ledger.restored import refuse_restored

#: Entries that are read in one question.
_AT_ONCE = 500


class LedgerOutbox:
    """The outbox of a destination in a ledger, as ``customs.exchange.Outbox`` promises; made by ``open_ledger_outbox``."""

    def __init__(self, ledger: Ledger, destination: str, held: ExitStack) -> None:
        self._ledger, self._destination, self._held = ledger, destination, held
        self._box = box_of(ledger, "outbox", destination)

    def put(
        self, deliveries: Iterable[Delivery], *, at: datetime, most_bytes: int = MOST_MESSAGE_BYTES
    ) -> tuple[PutOutcome, ...]:
        """Put messages, all of them or none: see ``Outbox``."""
        with self._ledger.begin() as connection:
            return put_messages(connection, self._destination, deliveries, at=at, most_bytes=most_bytes)

    def enter(self, ended: Sequence[tuple[str, DeliveryEvent]], circuit: Circuit | None = None) -> None:
        """Enter what happened to messages: see ``Outbox``."""
        with self._ledger.begin() as connection:
            if circuit is not None:
                set_circuit(connection, self._box, circuit)
            enter_events(connection, self._box, ended)

    def due(self, now: datetime, turn: Callable[[Standing], TurnKind], most: int = 1) -> tuple[Dispatch, ...]:
        """Return the messages whose turns are next: see ``Outbox``."""
        with self._ledger.ask() as connection:
            return next_dispatches(connection, self._box, now, turn, most)

    def delivery(self, message_id: str) -> Delivery:
        """Return a message as it was put: see ``Outbox``."""
        with self._ledger.ask() as connection:
            return finding.delivery_in(connection, self._box, message_id)

    def entry(self, message_id: str) -> OutboxEntry:
        """Return the entry of a message: see ``Outbox``."""
        with self._ledger.read() as connection:
            return finding.entry_in(connection, self._box, message_id)

    def entries(self, states: Sequence[DeliveryState] = ()) -> Iterator[OutboxEntry]:
        """Yield the entries in order: see ``Outbox``."""
        last = 0
        while True:
            with self._ledger.read() as connection:
                found = finding.entries_in(connection, self._box, states, last, _AT_ONCE)
            yield from (entry for _, entry in found)
            if len(found) < _AT_ONCE:
                return
            last = found[-1][0]

    def counts(self) -> dict[DeliveryState, int]:
        """Return how many messages are in each state."""
        messages = EXCHANGE_MESSAGES.c
        wanted = select(messages.state, func.count()).where(messages.box == self._box).group_by(messages.state)
        with self._ledger.read() as connection:
            return {DeliveryState(state): count for state, count in connection.sql.execute(wanted)}

    def history(self, message_id: str) -> tuple[DeliveryEvent, ...]:
        """Return the events of a message in order: see ``Outbox``."""
        with self._ledger.read() as connection:
            return finding.history_in(connection, self._box, message_id)

    def answers(self, message_id: str) -> tuple[bytes, ...]:
        """Return the answers of the other side to a message as they came. Raises ``CopyErasedError``."""
        with self._ledger.read() as connection:
            return finding.answers_in(connection, self._box, message_id)

    def of_file(self, file_name: str) -> tuple[OutboxEntry, ...]:
        """Return the messages that were handed over under a file name: see ``Outbox``."""
        with self._ledger.read() as connection:
            return finding.of_file_in(connection, self._box, file_name)

    def named(self, key: BusinessKey, submitted: str = "") -> tuple[OutboxEntry, ...]:
        """Return the messages that a receipt may speak of: see ``Outbox``."""
        with self._ledger.read() as connection:
            return finding.named_in(connection, self._box, key, submitted)

    def of_number(self, number: str) -> tuple[OutboxEntry, ...]:
        """Return the messages with a document of a business number."""
        with self._ledger.read() as connection:
            return finding.of_number_in(connection, self._box, number)

    def next_due(self) -> datetime | None:
        """Return when the next turn comes: see ``Outbox``."""
        with self._ledger.ask() as connection:
            return next_due(connection, self._box)

    @property
    def circuit(self) -> Circuit:
        """The circuit of the destination."""
        with self._ledger.ask() as connection:
            return circuit_in(connection, self._box)

    def heard(self, source: str) -> int:
        """Return up to which receipt of an inbox was looked at."""
        with self._ledger.ask() as connection:
            return int(mark_in(connection, self._box, f"heard {source}") or 0)

    def hear(self, source: str, upto: int, ended: Sequence[tuple[str, DeliveryEvent]]) -> None:
        """Enter what receipts say of messages: see ``Outbox``."""
        with self._ledger.begin() as connection:
            enter_events(connection, self._box, ended)
            set_mark(connection, self._box, f"heard {source}", str(upto))

    def erase(self, numbers: Iterable[str]) -> int:
        """Erase the bytes of documents with these business numbers: see ``Outbox``."""
        with self._ledger.begin() as connection:
            return finding.erase_in(connection, self._box, numbers)

    def close(self) -> None:
        """Give the destination to the next process."""
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_ledger_outbox(ledger: Ledger, destination: str) -> LedgerOutbox:
    """Open the outbox of a destination in a ledger for sending; made if there is none.

    Raises ``LedgerHeldError`` if another process sends there, and ``RestoredLedgerError`` if the ledger is a backup that nobody
    has confirmed. Putting needs no opening: see ``put_messages``.
    """
    with ledger.read() as connection:
        refuse_restored(connection)
    with ExitStack() as held:
        held.enter_context(
            ledger.held(f"outbox {destination}", (f"sending to {destination}", f"向“{destination}”发送"))
        )
        return LedgerOutbox(ledger, destination, held.pop_all())
    raise AssertionError("unreachable")
