"""The person's own page (我的账户): choose another password, end all sessions."""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import Response

from customs.hub.web.acting import Act, ActDone, acting_for_oneself, done_once
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.page import page
from customs.hub.web.passwords import LONGEST, SHORTEST, password_fault
from customs.hub.web.people import password_of, set_password
from customs.hub.web.service import ConsoleService
from customs.hub.web.sessions import end_sessions
from customs.hub.web.visits import Visit, signed_in
from customs.ledger.database import LedgerConnection


def account_pages(console: ConsoleService) -> APIRouter:
    """Return the pages of the person's own account."""
    pages = APIRouter(prefix="/account")
    person, form = signed_in(console, changes=True), acting_for_oneself(console, changes=True)

    @pages.get("")
    def show(visit: Visit = person) -> Response:
        """Show the account."""
        return _account(visit)

    @pages.post("/password")
    def change(act: Act = form) -> Response:
        """Choose another password; all other sessions end."""
        visit, old, new = act.visit, str(act.form.get("old", "")), str(act.form.get("new", ""))
        name = visit.person.name
        with console.ledger.read() as connection:
            number, kept = password_of(connection, name)
        if not console.passwords.fits(kept, old[: LONGEST + 1]):
            return _account(visit, console_text("password.old_wrong"))
        if new != act.form.get("again"):
            return _account(visit, console_text("password.not_same"))
        if new == old:
            return _account(visit, console_text("password.as_before"))
        if fault := password_fault(name, new):
            return _account(visit, console_text(fault, least=SHORTEST, most=LONGEST))
        hashed = console.passwords.hashed(new)

        def enter(connection: LedgerConnection) -> ActDone:
            assert visit.session is not None, "an act has a session"
            set_password(connection, number, hashed, at=visit.now, changes=False, keep=visit.session.id)
            return ActDone.saying("password", console_text("password.changed"), subject=name)

        return done_once(act, enter)

    @pages.post("/sessions")
    def end(act: Act = form) -> Response:
        """End all sessions of the person, this one too."""
        visit = act.visit

        def enter(connection: LedgerConnection) -> ActDone:
            end_sessions(connection, visit.person.id, now=visit.now)
            return ActDone.saying("sessions", console_text("account.ended"), subject=visit.person.name)

        return done_once(act, enter)

    return pages


def _account(visit: Visit, fault: BothTexts | None = None) -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
    return page(visit, "account.html", status=status, fault=fault, least=SHORTEST)
