"""Forgetting (清理): uploaded files that nobody used go by themselves when their hour is over, and sessions after their day."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import delete

from customs.exchange.outbox import instant
from customs.fields.moments import Clock
from customs.hub.service.works import Lane, Work, WorkDone, WorkPace
from customs.hub.web.tables import HUB_SESSIONS, HUB_UPLOADS
from customs.ledger.database import Ledger, LedgerConnection

#: How long an uploaded file is kept.
KEPT = timedelta(hours=1)

#: How long a session is kept that nobody can use any more; who signed in when stands in the audit.
SESSIONS_KEPT = timedelta(days=1)

#: Seconds between two looks for what is over.
LOOKS = 600.0


def forget_uploads(connection: LedgerConnection, *, now: datetime) -> int:
    """Delete the files whose time is over; return how many."""
    return int(connection.sql.execute(delete(HUB_UPLOADS).where(HUB_UPLOADS.c.at < now - KEPT)).rowcount)


def forget_sessions(connection: LedgerConnection, *, now: datetime) -> int:
    """Delete the sessions that ended by their longest time a day ago; return how many."""
    over = HUB_SESSIONS.c.until < now - SESSIONS_KEPT
    return int(connection.sql.execute(delete(HUB_SESSIONS).where(over)).rowcount)


def console_lane(ledger: Ledger, pace: WorkPace) -> Lane:
    """Return the works of a worker for the console."""
    return (Work("retention", "", "console", partial(_forgotten, ledger, pace.clock), LOOKS),)


def _forgotten(ledger: Ledger, clock: Clock) -> WorkDone:
    with ledger.begin() as connection:
        now = instant(clock())
        return WorkDone(
            counts={
                "uploads": forget_uploads(connection, now=now),
                "sessions": forget_sessions(connection, now=now),
            }
        )
