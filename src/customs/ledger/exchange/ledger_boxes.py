"""The boxes of a ledger (账簿中的收发件箱) as a sender, a receiver and the command line use them.

Boxes of one name in one ledger are one box, whoever opens them: so several machines put messages for one destination. The
boxes of a hub stand apart, under the names of its enterprises.
"""

from contextlib import ExitStack
from dataclasses import dataclass

from sqlalchemy import select

from customs.exchange.outbox_rows import checked_destination
from customs.ledger.database import Ledger
from customs.ledger.exchange.boxes import BoxKind
from customs.ledger.exchange.ledger_inbox import LedgerInbox, open_ledger_inbox
from customs.ledger.exchange.ledger_outbox import LedgerOutbox, open_ledger_outbox
from customs.ledger.exchange.tables import EXCHANGE_BOXES


@dataclass(frozen=True, slots=True)
class LedgerBoxes:
    """The boxes in a ledger. Failures are ``LedgerError``, another process at work is ``LedgerHeldError``."""

    ledger: Ledger

    def outbox(self, destination: str) -> LedgerOutbox:
        """Open an outbox for sending: see ``customs.exchange.boxes.Boxes``."""
        return open_ledger_outbox(self.ledger, checked_destination(destination))

    def outbox_to_read(self, destination: str) -> LedgerOutbox:
        """Open an outbox to read it, also while another process sends: see ``customs.exchange.boxes.Boxes``."""
        return LedgerOutbox(self.ledger, checked_destination(destination), ExitStack())

    def inbox(self, source: str) -> LedgerInbox:
        """Open an inbox for receiving: see ``customs.exchange.boxes.Boxes``."""
        return open_ledger_inbox(self.ledger, checked_destination(source))

    def inbox_to_read(self, source: str) -> LedgerInbox:
        """Open an inbox to read it, also while another process receives: see ``customs.exchange.boxes.Boxes``."""
        return LedgerInbox(self.ledger, checked_destination(source), ExitStack())

    def outboxes(self) -> tuple[str, ...]:
        """Return the destinations that have an outbox."""
        return self._names("outbox")

    def inboxes(self) -> tuple[str, ...]:
        """Return the sources that have an inbox."""
        return self._names("inbox")

    def _names(self, kind: BoxKind) -> tuple[str, ...]:
        boxes = EXCHANGE_BOXES.c
        with self.ledger.read() as connection:
            names = connection.sql.execute(select(boxes.name).where(boxes.kind == kind)).scalars().all()
        return tuple(sorted(name for name in names if "/" not in name))
