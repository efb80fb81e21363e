"""The audit (审计): who did and looked at what, and its export as CSV, in which no text becomes a formula."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from customs.hub.reports.report_files import no_formula
from customs.hub.web.audit import MOST_SHOWN, AuditEntry, AuditQuery, enter_audit, list_audit
from customs.hub.web.catalogue import console_texts
from customs.hub.web.page import page
from customs.hub.web.people import EVERYWHERE, list_people
from customs.hub.web.roles import ConsoleRight, rights_of
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import Visit, visitor
from customs.ledger.database import LedgerConnection

#: Entries on a page.
_LINES = 50

#: The columns of the export.
COLUMNS = ("id", "at", "person", "action", "subject", "detail", "reason")

Wanted = Annotated[str, Query(max_length=200, pattern=r"^[^\x00-\x1f]*$")]


def audit_pages(console: ConsoleService) -> APIRouter:
    """Return the pages of the audit."""
    pages = APIRouter(prefix="/e/{enterprise}/audit")
    seen = visitor(console, ConsoleRight.AUDIT)

    @pages.get("")
    def show(
        person: Wanted = "",
        subject: Wanted = "",
        action: Wanted = "",
        before: Annotated[int, Query(ge=0, lt=1 << 53)] = 0,
        visit: Visit = seen,
    ) -> Response:
        """List entries, newest first, with sign-ins and lock-outs of the people of the enterprise."""
        asked: dict[str, Any] = {"person": person, "subject": subject, "action": action}
        with console.ledger.read() as connection:
            query = AuditQuery(**asked, people=_people(connection, visit))
            found = list_audit(connection, visit.shop.name, query, before=before, most=_LINES)
        following = urlencode({**asked, "before": found[-1].id}) if len(found) == _LINES else ""
        more = visit.here(f"/audit?{following}") if following else ""
        actions = [("", visit.text("audit.any")), *_actions(visit)]
        return page(visit, "audit.html", entries=found, more=more, export=urlencode(asked), actions=actions, **asked)

    @pages.get("/export.csv")
    def export(person: Wanted = "", subject: Wanted = "", action: Wanted = "", visit: Visit = seen) -> Response:
        """Give the entries as CSV, newest first; the export is an entry itself."""
        entry = AuditEntry(at=visit.now, enterprise=visit.shop.name, person=visit.person.name, action="export_audit")
        with console.ledger.begin() as connection:
            enter_audit(connection, entry)
            query = AuditQuery(person=person, subject=subject, action=action, people=_people(connection, visit))
        headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
        lines = _lines(console, visit.shop.name, query)
        return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)

    return pages


def _people(connection: LedgerConnection, visit: Visit) -> frozenset[str] | None:
    """Return the people whose sign-ins an administrator sees: those of the enterprise, or None for everybody.

    Failed sign-ins under names that nobody has are seen by administrators of all enterprises alone.
    """
    if ConsoleRight.AUDIT in rights_of(visit.person.roles.get(EVERYWHERE, ())):
        return None
    return frozenset(each.name for each in list_people(connection, visit.shop.name))


def _actions(visit: Visit) -> list[tuple[str, str]]:
    """Return the actions to choose from, in the order of their words."""
    begins = "audit.action."
    found = [(key.removeprefix(begins), visit.text(key)) for key in console_texts() if key.startswith(begins)]
    return sorted(found, key=lambda each: each[1])


def _lines(console: ConsoleService, enterprise: str, query: AuditQuery) -> Iterator[str]:
    """Yield the export in parts, each read in a transaction of its own; entries are never changed meanwhile."""
    yield "\ufeff" + _csv([COLUMNS])
    before = 0
    while True:
        with console.ledger.read() as connection:
            found = list_audit(connection, enterprise, query, before=before, most=MOST_SHOWN)
        if not found:
            return
        yield _csv([[no_formula(_text(each, name)) for name in COLUMNS] for each in found])
        before = found[-1].id


def _text(entry: AuditEntry, name: str) -> str:
    return f"{entry.at:%Y-%m-%d %H:%M:%S}" if name == "at" else str(getattr(entry, name))


def _csv(rows: Sequence[Sequence[str]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()
