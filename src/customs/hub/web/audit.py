"""The audit of the console (操作审计): who did what and when, what personal data was looked at and why. Only appended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select

from customs.hub.web.tables import HUB_AUDIT
from customs.ledger.database import LedgerConnection

_AUDIT = HUB_AUDIT.c

#: Entries of one answer at most.
MOST_SHOWN = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """An entry: who did what with which thing, and why. ``subject`` is no personal data, such as an order number."""

    at: datetime
    enterprise: str
    person: str
    action: str
    subject: str = ""
    detail: str = ""
    reason: str = ""
    id: int = 0


def enter_audit(connection: LedgerConnection, entry: AuditEntry) -> None:
    """Enter what was done, within the transaction in which it is done."""
    row = {
        "at": entry.at,
        "enterprise": entry.enterprise,
        "person": entry.person,
        "action": entry.action[:40],
        "subject": entry.subject[:300],
        "detail": entry.detail[:400],
        "reason": entry.reason[:400],
    }
    connection.sql.execute(insert(HUB_AUDIT), [row])


def list_audit(
    connection: LedgerConnection,
    enterprise: str,
    *,
    person: str = "",
    action: str = "",
    subject: str = "",
    before: int = 0,
    most: int = 50,
) -> list[AuditEntry]:
    """Return entries of an enterprise, newest first; those below a number, if one is given."""
    conditions: list[ColumnElement[bool]] = [_AUDIT.enterprise == enterprise]
    for column, value in ((_AUDIT.person, person), (_AUDIT.action, action), (_AUDIT.subject, subject)):
        if value:
            conditions.append(column == value)
    if before:
        conditions.append(_AUDIT.id < before)
    wanted = select(HUB_AUDIT).where(*conditions).order_by(_AUDIT.id.desc()).limit(min(most, MOST_SHOWN))
    return [_entry(row) for row in connection.sql.execute(wanted)]


def _entry(row: Any) -> AuditEntry:
    names = ("at", "enterprise", "person", "action", "subject", "detail", "reason", "id")
    return AuditEntry(**{name: getattr(row, name) for name in names})
