"""The audit of the console (操作审计): who did what and when, what personal data was looked at and why. Only appended."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, or_, select

from customs.hub.web.tables import HUB_AUDIT
from customs.ledger.database import LedgerConnection

_AUDIT = HUB_AUDIT.c

#: What stands as the enterprise of entries that are of none: sign-ins, and what the command line does to people everywhere.
OF_NONE = ("", "*")

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


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """The entries that are asked for; what is left empty is not asked for."""

    person: str = ""
    action: str = ""
    subject: str = ""
    people: Collection[str] | None = ()
    """The people of whom entries of no enterprise are wanted too, such as sign-ins; None for those of everybody."""


def list_audit(
    connection: LedgerConnection, enterprise: str, query: AuditQuery, *, before: int = 0, most: int = 50
) -> list[AuditEntry]:
    """Return entries of an enterprise, newest first; those below a number, if one is given."""
    beside: list[ColumnElement[bool]] = [_AUDIT.enterprise.in_(OF_NONE)]
    if query.people is not None:
        beside.append(or_(_AUDIT.person.in_(query.people), _AUDIT.subject.in_(query.people)))
    conditions: list[ColumnElement[bool]] = [or_(_AUDIT.enterprise == enterprise, and_(*beside))]
    asked = ((_AUDIT.person, query.person), (_AUDIT.action, query.action), (_AUDIT.subject, query.subject))
    conditions += [column == value for column, value in asked if value]
    if before:
        conditions.append(_AUDIT.id < before)
    wanted = select(HUB_AUDIT).where(*conditions).order_by(_AUDIT.id.desc()).limit(min(most, MOST_SHOWN))
    return [_entry(row) for row in connection.sql.execute(wanted)]


def _entry(row: Any) -> AuditEntry:
    names = ("at", "enterprise", "person", "action", "subject", "detail", "reason", "id")
    return AuditEntry(**{name: getattr(row, name) for name in names})
