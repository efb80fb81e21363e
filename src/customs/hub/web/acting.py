"""Acts (操作): what a form asks for is done once, entered into the audit, and said on the next page.

A form carries the key of its session, so that no other site can post it, and a key of its own, so that a double click does once.
"""

import hmac
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from customs.hub.store.answered import KeyUnderWayError, KeyUsedError, claim_key, forget_answers, keep_answer
from customs.hub.web.audit import AuditEntry, enter_audit
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.sessions import say_next
from customs.hub.web.visits import PageError, Visit, signed_in, visitor
from customs.ledger.database import LedgerConnection

if TYPE_CHECKING:
    from customs.hub.web.service import ConsoleService


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A form that was posted: the visit, and its fields."""

    visit: Visit
    form: FormData = field(repr=False)

    def value(self, name: str, *, most: int = 400) -> str:
        """Return a field without blanks around it, empty if it is not there. Raises ``PageError`` if it is too long."""
        given = self.form.get(name, "")
        text = given.strip() if isinstance(given, str) else ""
        if len(text) > most or "\x00" in text:
            raise PageError(HTTPStatus.UNPROCESSABLE_ENTITY, console_text("problem.too_long", most=most))
        return text

    def values(self, name: str) -> list[str]:
        """Return all values of a field that may be there several times."""
        return [each for each in self.form.getlist(name) if isinstance(each, str)]

    def file(self, name: str) -> UploadFile | None:
        """Return a file that was given, None if there is none."""
        given = self.form.get(name)
        return given if isinstance(given, UploadFile) and given.filename else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActDone:
    """The outcome of an act: what it is called in the audit, what with, and what is said of it on which page."""

    action: str
    """The end of its key in the catalogue under ``audit.action``."""
    zh: str
    en: str
    subject: str = ""
    detail: str = ""
    reason: str = ""
    kind: str = "good"
    """``good`` or ``bad``: how it is said."""
    to: str = ""
    """The address of the next page; the first one if it is empty."""

    @classmethod
    def saying(cls, action: str, text: BothTexts, **more: Any) -> "ActDone":
        """Return an outcome with a text of the catalogue."""
        return cls(action=action, zh=text.zh, en=text.en, **more)


def acting(console: "ConsoleService", right: ConsoleRight) -> Any:
    """Return what FastAPI needs for a form of an enterprise, which needs a right there."""
    return _checked(visitor(console, right))


def acting_for_oneself(console: "ConsoleService", *, changes: bool = False) -> Any:
    """Return what FastAPI needs for a form of whoever has signed in."""
    return _checked(signed_in(console, changes=changes))


def done_once(act: Act, doing: Callable[[LedgerConnection], ActDone]) -> Response:
    """Do what a form asks for, once, with its entry in the audit, and go on to the next page.

    ``doing`` works within the transaction; what it raises leaves no trace.
    """
    visit = act.visit
    assert visit.session is not None, "an act has a person"
    with visit.console.ledger.begin() as connection:
        before = _claimed(connection, act)
        if before is not None:
            return RedirectResponse(before, HTTPStatus.SEE_OTHER)
        done = doing(connection)
        entry = AuditEntry(
            at=visit.now,
            enterprise=_enterprise(visit),
            person=visit.person.name,
            action=done.action,
            subject=done.subject,
            detail=done.detail,
            reason=done.reason,
        )
        enter_audit(connection, entry)
        say_next(connection, visit.session.id, (done.kind, done.zh, done.en), visit.console.randomness)
        to = done.to or visit.url("/")
        keep_answer(connection, _enterprise(visit), _key(act), to, now=visit.now)
    return RedirectResponse(to, HTTPStatus.SEE_OTHER)


def first_time(connection: LedgerConnection, act: Act, to: str) -> bool:
    """Return True if a form is posted for the first time; what it shows is shown once. ``to`` is where it came from."""
    if _claimed(connection, act) is not None:
        return False
    keep_answer(connection, _enterprise(act.visit), _key(act), to, now=act.visit.now)
    return True


def _claimed(connection: LedgerConnection, act: Act) -> str | None:
    """Claim the key of a form; return where it led if it was posted before. Raises ``PageError`` if it was another form's."""
    visit = act.visit
    assert visit.session is not None, "an act has a person"
    asked = f"{visit.session.id} {visit.request.url.path}".encode()
    forget_answers(connection, now=visit.now)
    try:
        return claim_key(connection, _enterprise(visit), _key(act), asked, now=visit.now)
    except (KeyUnderWayError, KeyUsedError):
        raise PageError(HTTPStatus.CONFLICT, console_text("problem.form_used")) from None


def _enterprise(visit: Visit) -> str:
    return visit.enterprise.name if visit.enterprise else ""


def _key(act: Act) -> str:
    return f"console {act.value('once', most=64)}"


def fits_session(visit: Visit, given: object) -> bool:
    """Return True if a form carries the key of the session."""
    if visit.session is None or not isinstance(given, str):
        return False
    return hmac.compare_digest(given.encode(), visit.session.form_key.encode())


async def posted_form(request: Request) -> AsyncIterator[FormData]:
    """Give the fields of a form, with its file open for as long as the form is dealt with."""
    async with request.form(max_files=1, max_fields=500, max_part_size=2 * 1024 * 1024) as form:
        yield form


def _checked(visiting: Any) -> Any:
    def find(form: Annotated[FormData, Depends(posted_form)], visit: Visit = visiting) -> Act:
        if not fits_session(visit, form.get("key")) or not form.get("once"):
            raise PageError(HTTPStatus.FORBIDDEN, console_text("problem.form_old"))
        return Act(visit=visit, form=form)

    return Depends(find)
