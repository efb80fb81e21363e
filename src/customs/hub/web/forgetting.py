"""Forgetting uploads (清理上传文件): files that nobody used go by themselves when their hour is over."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import delete

from customs.exchange.outbox import instant
from customs.fields.moments import Clock
from customs.hub.service.works import Lane, Work, WorkDone, WorkPace
from customs.hub.web.tables import HUB_UPLOADS
from customs.ledger.database import Ledger, LedgerConnection

#: How long an uploaded file is kept.
KEPT = timedelta(hours=1)

#: Seconds between two looks for files whose time is over.
LOOKS = 600.0


def forget_uploads(connection: LedgerConnection, *, now: datetime) -> int:
    """Delete the files whose time is over; return how many."""
    return int(connection.sql.execute(delete(HUB_UPLOADS).where(HUB_UPLOADS.c.at < now - KEPT)).rowcount)


def console_lane(ledger: Ledger, pace: WorkPace) -> Lane:
    """Return the works of a worker for the console."""
    return (Work("retention", "", "console", partial(_forgotten, ledger, pace.clock), LOOKS),)


def _forgotten(ledger: Ledger, clock: Clock) -> WorkDone:
    with ledger.begin() as connection:
        return WorkDone(counts={"uploads": forget_uploads(connection, now=instant(clock()))})
