"""A ledger that was put back from a backup (恢复): it declares and sends nothing until a person confirms it.

A backup knows nothing of what was declared and sent after it was taken. The mark stands in the backup itself, so that nobody has
to think of it.
"""

from datetime import datetime

from sqlalchemy import delete, select

from customs.ledger.database import MARKS, LedgerConnection
from customs.ledger.engines import LedgerError, insertion

#: The name of the mark; its text is the time of the backup.
RESTORED = "restored"


class RestoredLedgerError(LedgerError):
    """A ledger was put back from a backup, and nobody has confirmed it."""

    def __init__(self, at: datetime) -> None:
        super().__init__(
            f"this ledger is a backup of {at:%Y-%m-%d %H:%M}: nothing is declared or sent until customs ledger confirm "
            f"本账簿由 {at:%Y-%m-%d %H:%M} 的备份恢复：执行 customs ledger confirm 确认之前不申报、不发送"
        )


def mark_restored(connection: LedgerConnection, at: datetime) -> None:
    """Mark a ledger as put back from a backup of a time."""
    text = at.isoformat()
    adding = insertion(connection.sql, MARKS).values(name=RESTORED, text=text)
    connection.sql.execute(adding.on_conflict_do_update(index_elements=["name"], set_={"text": text}))


def restored_at(connection: LedgerConnection) -> datetime | None:
    """Return the time of the backup of which a ledger is, None if it is none or was confirmed."""
    text = connection.sql.execute(select(MARKS.c.text).where(MARKS.c.name == RESTORED)).scalar()
    return datetime.fromisoformat(text) if text else None


def refuse_restored(connection: LedgerConnection) -> None:
    """Raise ``RestoredLedgerError`` if a ledger was put back from a backup and nobody has confirmed it."""
    at = restored_at(connection)
    if at is not None:
        raise RestoredLedgerError(at)


def take_mark_away(connection: LedgerConnection) -> None:
    """Let a ledger declare and send again."""
    connection.sql.execute(delete(MARKS).where(MARKS.c.name == RESTORED))
