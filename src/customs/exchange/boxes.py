"""Boxes (收发件箱): where the outboxes and inboxes of an enterprise are kept, in its state folder or in its ledger.

A sender and a receiver work with ``Boxes`` alike, wherever these are. ``FolderBoxes`` are those of a state folder;
``customs.ledger.exchange.LedgerBoxes`` are those of a ledger.

>>> from tempfile import mkdtemp
>>> boxes = FolderBoxes(Path(mkdtemp()))
>>> with boxes.outbox("port") as outbox:
...     print(outbox.counts(), boxes.outboxes(), boxes.inboxes())
{} ('port',) ()
"""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from customs.exchange.inbox import Inbox
from customs.exchange.outbox import Outbox
from customs.exchange.standing import DeliveryState
from customs.exchange.stored_inbox import StoredInbox, inboxes, open_inbox, read_inbox
from customs.exchange.stored_outbox import StoredOutbox, open_outbox, outboxes, read_outbox


class KeptOutbox(Outbox, Protocol):
    """An outbox that stands open until its block ends."""

    def counts(self) -> dict[DeliveryState, int]:
        """Return how many messages are in each state."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class KeptInbox(Inbox, Protocol):
    """An inbox that stands open until its block ends."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Boxes(Protocol):
    """The boxes of an enterprise, by the names of its destinations."""

    def outbox(self, destination: str) -> KeptOutbox:
        """Open an outbox for sending, for one process at a time; made if there is none."""
        ...

    def outbox_to_read(self, destination: str) -> KeptOutbox:
        """Open an outbox that there is, also while another process sends."""
        ...

    def inbox(self, source: str) -> KeptInbox:
        """Open an inbox for receiving, for one process at a time; made if there is none."""
        ...

    def inbox_to_read(self, source: str) -> KeptInbox:
        """Open an inbox that there is, also while another process receives."""
        ...

    def outboxes(self) -> tuple[str, ...]:
        """Return the destinations that have an outbox."""
        ...

    def inboxes(self) -> tuple[str, ...]:
        """Return the sources that have an inbox."""
        ...


@dataclass(frozen=True, slots=True)
class FolderBoxes:
    """The boxes in a state folder. Failures are ``JournalError``, another process at work is ``JournalHeldError``."""

    state: Path
    master: Path | None = None
    """The file of the master key of copies; in the state folder if left out."""

    def outbox(self, destination: str) -> StoredOutbox:
        """Open an outbox for sending: see ``Boxes``."""
        return open_outbox(self.state, destination, master=self.master)

    def outbox_to_read(self, destination: str) -> StoredOutbox:
        """Open an outbox that there is: see ``Boxes``."""
        return read_outbox(self.state, destination)

    def inbox(self, source: str) -> StoredInbox:
        """Open an inbox for receiving: see ``Boxes``."""
        return open_inbox(self.state, source, master=self.master)

    def inbox_to_read(self, source: str) -> StoredInbox:
        """Open an inbox that there is: see ``Boxes``."""
        return read_inbox(self.state, source)

    def outboxes(self) -> tuple[str, ...]:
        """Return the destinations that have an outbox."""
        return outboxes(self.state)

    def inboxes(self) -> tuple[str, ...]:
        """Return the sources that have an inbox."""
        return inboxes(self.state)
