"""Backups of a ledger in SQLite (备份), and confirming a ledger that was put back (确认恢复).

After a restore every message that seemed to wait may have been sent: on confirmation its outcome counts as unknown, so that it
is looked up, or waits for a receipt, before the same bytes go again.

The keys of a ledger are not in its database: keep a copy of them apart, since a backup is nothing without them.
"""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url, select

from customs.exchange.standing import RULES, DeliveryEvent, DeliveryState
from customs.files import make_own
from customs.ledger.database import LedgerConnection, open_ledger
from customs.ledger.engines import LedgerError, exists
from customs.ledger.exchange.delivering import enter_events
from customs.ledger.exchange.tables import EXCHANGE_BOXES, EXCHANGE_MESSAGES
from customs.ledger.keys import LedgerKeys
from customs.ledger.restored import mark_restored, restored_at, take_mark_away

#: States of messages that may have been sent after a backup was taken.
_MAY_BE_SENT = (DeliveryState.PREPARED, DeliveryState.NOT_SENT, DeliveryState.CLAIMED)

_SAID = "the ledger was put back from a backup: it may have been sent since 账簿由备份恢复，其后可能已发送"

#: Pages that are copied at a time, between which others may write.
_PAGES = 1024


def back_up(url: str, keys: LedgerKeys, file: Path, *, at: datetime) -> None:
    """Copy a ledger in SQLite into a new file, beside those who write, and mark the copy.

    Raises ``LedgerError``: if the file is there, or the ledger is in PostgreSQL, whose own programs back it up.
    """
    parts = make_url(url)
    if parts.get_backend_name() != "sqlite":
        raise LedgerError(
            "a ledger in PostgreSQL is backed up by pg_dump; after pg_restore run: customs ledger restored "
            "PostgreSQL 账簿请用 pg_dump 备份；pg_restore 恢复后执行 customs ledger restored"
        )
    if not exists(url):
        raise LedgerError("there is no ledger to back up 没有可备份的账簿")
    if file.exists():
        raise LedgerError(f"{file} is there already: name a new file 文件已存在，请指定新文件")
    make_own(file)
    with closing(sqlite3.connect(str(parts.database))) as source, closing(sqlite3.connect(file)) as copy:
        source.backup(copy, pages=_PAGES)
    with open_ledger(f"sqlite:///{file}", keys) as ledger, ledger.begin() as connection:
        mark_restored(connection, at)


def confirm_restored(connection: LedgerConnection, *, at: datetime) -> int:
    """Let a ledger that was put back go on; return how many messages count as unknown until it is seen what became of them.

    Returns 0 for a ledger that is no backup.
    """
    if restored_at(connection) is None:
        return 0
    count, messages = 0, EXCHANGE_MESSAGES.c
    unknown = DeliveryEvent(
        at=at,
        happening="interrupted",
        state=DeliveryState.UNKNOWN,
        due=at + RULES.wait_for_receipt,
        outcome="unknown",
        said=_SAID,
    )
    boxes = select(EXCHANGE_BOXES.c.id).where(EXCHANGE_BOXES.c.kind == "outbox").order_by(EXCHANGE_BOXES.c.id)
    for box in connection.sql.execute(boxes).scalars().all():
        wanted = select(messages.id).where(messages.box == box, messages.state.in_(_MAY_BE_SENT))
        waiting = connection.sql.execute(wanted.order_by(messages.seq)).scalars().all()
        for start in range(0, len(waiting), 500):
            enter_events(connection, box, [(each, unknown) for each in waiting[start : start + 500]])
        count += len(waiting)
    take_mark_away(connection)
    return count
