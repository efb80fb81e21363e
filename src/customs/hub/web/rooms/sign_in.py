"""Signing in and out (登录、退出): a new session for each sign-in, waits after failures, and one answer to all that fail."""

import hmac
import re
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from customs.hub.web.acting import Act, acting_for_oneself, posted_form
from customs.hub.web.audit import AuditEntry, enter_audit
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.choices import COLOURS, COLOURS_COOKIE, LANGUAGE_COOKIE, LANGUAGES
from customs.hub.web.page import page
from customs.hub.web.people import is_person, password_of
from customs.hub.web.service import ConsoleService
from customs.hub.web.sessions import end_session, open_session
from customs.hub.web.tries import count_try, forget_try, wait_of
from customs.hub.web.visits import SESSION_COOKIE, Visit, anybody
from customs.ledger.database import LedgerConnection

#: The cookie of the form by which one signs in: it has no session yet.
FORM_COOKIE = "customs_console_form"

#: Hosts of this machine, to which a browser may send a session without TLS.
_OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})

#: How long choices of a reader are kept, in seconds.
_A_YEAR = 366 * 24 * 3600


def sign_in_pages(console: ConsoleService) -> APIRouter:
    """Return the pages of signing in and out, and of the choices that anybody has."""
    pages, stranger = APIRouter(), anybody(console)
    person = acting_for_oneself(console, changes=True)

    @pages.get("/sign-in")
    def show(visit: Visit = stranger, next: str = "/") -> Response:  # noqa: A002  the name in the address
        """Show the form."""
        return sign_in_form(visit, local_path(next))

    @pages.post("/sign-in")
    def take(form: Annotated[FormData, Depends(posted_form)], visit: Visit = stranger) -> Response:
        """Sign in."""
        name, password, to = (str(form.get(each, ""))[:400] for each in ("name", "password", "next"))
        if not form_fits(visit, form):
            return sign_in_form(visit, local_path(to), console_text("sign_in.no_cookie"), HTTPStatus.FORBIDDEN)
        return _signed_in(visit, name.strip().lower()[:40], password, local_path(to))

    @pages.post("/sign-out")
    def leave(act: Act = person) -> Response:
        """Sign out."""
        visit = act.visit
        assert visit.session is not None, "whoever signs out had signed in"
        with console.ledger.begin() as connection:
            end_session(connection, visit.session.id, now=visit.now)
            enter_audit(
                connection, AuditEntry(at=visit.now, enterprise="", person=visit.person.name, action="sign_out")
            )
        answer = RedirectResponse(visit.url("/sign-in"), HTTPStatus.SEE_OTHER)
        answer.delete_cookie(SESSION_COOKIE, path=cookie_path(visit.request))
        return answer

    @pages.post("/choices")
    def choose(form: Annotated[FormData, Depends(posted_form)], visit: Visit = stranger) -> Response:
        """Choose the language or the colours of the pages."""
        answer = RedirectResponse(visit.url(local_path(str(form.get("next", "/")))), HTTPStatus.SEE_OTHER)
        for field, allowed, cookie in (
            ("language", LANGUAGES, LANGUAGE_COOKIE),
            ("colours", COLOURS, COLOURS_COOKIE),
        ):
            if (chosen := form.get(field)) in allowed:
                path = cookie_path(visit.request)
                answer.set_cookie(cookie, str(chosen), max_age=_A_YEAR, path=path, samesite="lax", httponly=True)
        return answer

    return pages


def local_path(given: str) -> str:
    """Return an address within the console, its beginning for any other.

    >>> local_path("/e/shop/alarms?state=open"), local_path("//evil.example"), local_path("https://evil.example")
    ('/e/shop/alarms?state=open', '/', '/')
    """
    return given if re.fullmatch(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,300}", given) else "/"


def _signed_in(visit: Visit, name: str, password: str, to: str) -> Response:
    console, address = visit.console, visit.request.client.host if visit.request.client else ""
    with console.ledger.begin() as connection:
        wait = count_try(connection, name, address, now=visit.now)
        number, kept = (0, "") if wait else password_of(connection, name)
    if wait:
        return sign_in_form(visit, to, console_text("sign_in.wait", seconds=wait), HTTPStatus.TOO_MANY_REQUESTS, name)
    if not console.passwords.fits(kept, password):
        with console.ledger.begin() as connection:
            held = wait_of(connection, name, address, now=visit.now)
            failed = AuditEntry(
                at=visit.now,
                enterprise="",
                person=name if is_person(connection, name) else "",
                action="sign_in_held" if held else "sign_in_failed",
                detail=f"{held} s" if held else "",
            )
            enter_audit(connection, failed)
        return sign_in_form(visit, to, console_text("sign_in.wrong"), HTTPStatus.FORBIDDEN, name)
    with console.ledger.begin() as connection:
        forget_try(connection, name, address, now=visit.now)
        return signed_in_answer(visit, connection, number, name, to)


def signed_in_answer(
    visit: Visit, connection: LedgerConnection, person: int, name: str, to: str, *, detail: str = ""
) -> Response:
    """Open a session of its own for a person who may come in, end the one before, and go on to a page."""
    console = visit.console
    if visit.session is not None:
        end_session(connection, visit.session.id, now=visit.now)
    token = open_session(connection, person, console.place, now=visit.now, randomness=console.randomness)
    enter_audit(connection, AuditEntry(at=visit.now, enterprise="", person=name, action="sign_in", detail=detail))
    answer = RedirectResponse(visit.url(to), HTTPStatus.SEE_OTHER)
    answer.set_cookie(
        SESSION_COOKIE,
        token,
        path=cookie_path(visit.request),
        httponly=True,
        samesite="lax",
        secure=is_secure(visit),
    )
    return answer


def sign_in_form(
    visit: Visit, to: str, fault: BothTexts | None = None, status: int = HTTPStatus.OK, name: str = ""
) -> Response:
    """Return the form by which people sign in, with what went wrong."""
    by_provider = visit.url(f"/sign-in/oidc?{urlencode({'next': to})}") if visit.console.oidc else ""
    return page_with_form(
        visit, "sign_in.html", status=status, next=to, fault=fault, name=name, by_provider=by_provider
    )


def page_with_form(visit: Visit, name: str, /, *, status: int = HTTPStatus.OK, **values: Any) -> Response:
    """Return a page whose form somebody posts who has not signed in; its key stands in a cookie besides."""
    key = visit.request.cookies.get(FORM_COOKIE, "") or visit.console.randomness(16).hex()
    answer = page(visit, name, status=status, key=key, **values)
    answer.set_cookie(
        FORM_COOKIE,
        key,
        path=cookie_path(visit.request),
        httponly=True,
        samesite="strict",
        secure=is_secure(visit),
    )
    return answer


def form_fits(visit: Visit, form: FormData) -> bool:
    """Return True if the form of such a page carries the key of its cookie."""
    known = visit.request.cookies.get(FORM_COOKIE, "")
    return bool(known) and hmac.compare_digest(known.encode(), str(form.get("key", "")).encode())


def is_secure(visit: Visit) -> bool:
    """Return True unless the console is opened on this machine itself: elsewhere a session needs TLS."""
    address = visit.console.place.address
    host = urlsplit(address).hostname if address else visit.request.url.hostname
    return urlsplit(address).scheme == "https" or host not in _OWN_MACHINE


def cookie_path(request: Request) -> str:
    """Return the path to which the cookies of the console are sent."""
    return str(request.scope.get("root_path", "")) or "/"
