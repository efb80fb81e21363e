"""Declarations of several workers in one ledger (共用申报登记): a transaction for each call.

``LedgerDeclarations`` is given to ``open_journal`` as ``shared``. Whoever composes in a transaction of his own, with a message put
into the outbox, calls ``note_declared`` and ``hold_declared`` there instead.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from datetime import datetime
from typing import TypeAlias

from customs.declaration import Declaration
from customs.journal.keys import of_declaration
from customs.journal.reading import Entry
from customs.journal.state import JournalError, JournalNotWrittenError
from customs.ledger.causes import CauseUsedError
from customs.ledger.database import Ledger, LedgerConnection
from customs.ledger.declared.asking import (
    declared_entries,
    declared_messages,
    entries_carrying,
    known_guids,
    next_serial,
)
from customs.ledger.declared.knowledge import LedgerKnowledge
from customs.ledger.declared.lives import release_declared
from customs.ledger.declared.noting import note_declared
from customs.ledger.declared.quota_holds import hold_declared
from customs.ledger.engines import LedgerError, LedgerNotWrittenError
from customs.road import Batch

#: Puts the messages of a batch into outboxes within the transaction that notes it; returns how many are new in each.
PutMessages: TypeAlias = Callable[[LedgerConnection, Batch, datetime], Counter[str]]


def _put_nothing(connection: LedgerConnection, batch: Batch, at: datetime) -> Counter[str]:
    return Counter()


class LedgerDeclarations(LedgerKnowledge):
    """The declarations of a ledger, shared by whoever opens it. Failures are those of a journal, ``JournalError``.

    ``put`` puts the messages of each batch into the outboxes of the same ledger, such as by ``put_to_destinations``.
    """

    def __init__(self, ledger: Ledger, put: PutMessages = _put_nothing) -> None:
        super().__init__(ledger)
        self._shared, self._put = ledger, put
        self.put: Counter[str] = Counter()
        """How many messages were put into each outbox."""

    @property
    def mark(self) -> str:
        """The mark of the ledger's keys."""
        return self._shared.keys.mark()

    @property
    def messages(self) -> int:
        """The number of messages that count."""
        with self._asked() as connection:
            return declared_messages(connection)

    @contextmanager
    def noting(self, batch: Batch, *, at: datetime) -> Iterator[None]:
        """Note the messages of a batch, hold the quota of its orders and put the messages: they count when the block ends, all
        or none.

        Raises ``OvertakenError`` on entering if others were first, and ``JournalError`` if the ledger cannot be used.
        """
        with _as_journal(), self._shared.begin() as connection:
            note_declared(connection, batch, at=at)
            hold_declared(connection, batch, at=at)
            put = self._put(connection, batch, at)
            yield
        self._forget(each.declaration for each in batch.parcels if each.declaration)
        self.put += put

    def known(self, guids: Sequence[str]) -> Set[str]:
        """Return those of the guids under which a message counts."""
        with self._asked() as connection:
            return known_guids(connection, guids)

    def next_serial(self, area: str) -> int:
        """Return the serial number that follows the last one of an area's messages, 1 if there is none."""
        with self._asked() as connection:
            return next_serial(connection, area)

    def entries(self, number: str = "") -> Iterator[Entry]:
        """Yield what was declared, in order: everything, or under a number of a parcel or message; without files."""
        with self._asked() as connection:
            yield from declared_entries(connection, number)

    def carrying(self, declaration: Declaration) -> tuple[Entry, ...]:
        """Return the messages that carry a parcel, in order; none if it was not declared, or released since."""
        with self._asked() as connection:
            return entries_carrying(connection, of_declaration(declaration).named_by)

    def release(self, order_no: str, reason: str, *, at: datetime) -> int:
        """Let the parcels of an order number be declared again; return how many."""
        with _as_journal(), self._shared.begin() as connection:
            released = release_declared(connection, order_no, reason, at=at)
        self._kept.clear()
        return released

    @contextmanager
    def _asked(self) -> Iterator[LedgerConnection]:
        with _as_journal(), self._shared.read() as connection:
            yield connection


@contextmanager
def _as_journal() -> Iterator[None]:
    """Tell failures of the ledger as those of a journal."""
    try:
        yield
    except LedgerNotWrittenError as error:
        raise JournalNotWrittenError(str(error)) from error
    except (LedgerError, CauseUsedError) as error:
        raise JournalError(str(error)) from error
