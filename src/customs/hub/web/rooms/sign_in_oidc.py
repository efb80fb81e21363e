"""Signing in by the identity provider (统一身份认证登录): to the provider, back with its answer, and out there too."""

import base64
import binascii
import json
from datetime import datetime
from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from customs.hub.web.audit import AuditEntry, enter_audit
from customs.hub.web.catalogue import console_text
from customs.hub.web.oidc import ASKED, AskedSignIn, OidcError, OidcProvider
from customs.hub.web.oidc_people import person_signing_in
from customs.hub.web.rooms.sign_in import cookie_path, is_secure, local_path, sign_in_form, signed_in_answer
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import PageError, Visit, anybody
from customs.ledger.keys import KEY_BYTES, LedgerKeyError

#: The cookie of a sign-in that the provider has not answered yet.
ASKED_COOKIE = "customs_console_oidc"

_START, _DONE, _LEAVE = "/sign-in/oidc", "/sign-in/oidc/done", "/sign-in/oidc/leave"

#: The faults that stand in the audit: those of somebody for whom the provider answered.
_AUDITED = frozenset({"token", "unknown", "locked", "no_role"})

#: The characters of a parameter at most.
_MOST = 4000


def sign_in_oidc_pages(console: ConsoleService) -> APIRouter:
    """Return the pages of signing in by the identity provider."""
    pages, stranger = APIRouter(), anybody(console)

    @pages.get(_START)
    def start(visit: Visit = stranger, next: str = "/") -> Response:  # noqa: A002  the name in the address
        """Send a person to the provider."""
        provider = _provider(visit)
        chance = console.randomness
        asked = AskedSignIn(
            state=_token(chance(32)),
            nonce=_token(chance(32)),
            verifier=_token(chance(48)),
            to=local_path(next),
            at=visit.now,
        )
        try:
            address = provider.sign_in_address(asked, _address(visit, _DONE))
        except OidcError as error:
            return _failed(visit, asked.to, error)
        answer = RedirectResponse(address, HTTPStatus.SEE_OTHER)
        answer.set_cookie(
            ASKED_COOKIE,
            _sealed(visit, asked),
            max_age=int(ASKED.total_seconds()),
            path=cookie_path(visit.request),
            httponly=True,
            samesite="lax",
            secure=is_secure(visit),
        )
        return answer

    @pages.get(_DONE)
    def done(visit: Visit = stranger) -> Response:
        """Take the provider's answer, and let in whom it names if an administrator entered them."""
        provider, asked = _provider(visit), _asked(visit)
        if asked is None:
            return _failed(visit, "/", OidcError("expired"))
        given = {name: value[:_MOST] for name, value in visit.request.query_params.items()}
        try:
            claims = provider.claims(asked, given, _address(visit, _DONE), visit.now)
            with console.ledger.begin() as connection:
                person = person_signing_in(connection, provider.place, claims, at=visit.now)
                answer = signed_in_answer(visit, connection, person.id, person.name, asked.to, detail="oidc")
        except OidcError as error:
            answer = _failed(visit, asked.to, error)
        answer.delete_cookie(ASKED_COOKIE, path=cookie_path(visit.request))
        return answer

    @pages.get(_LEAVE)
    def leave(visit: Visit = stranger) -> Response:
        """Send a person who signed out here to sign out at the provider."""
        try:
            address = _provider(visit).leave_address(_address(visit, "/sign-in"), visit.now)
        except OidcError as error:
            return _failed(visit, "/", error)
        return RedirectResponse(address or visit.url("/sign-in"), HTTPStatus.SEE_OTHER)

    return pages


def _provider(visit: Visit) -> OidcProvider:
    if visit.console.oidc is None:
        raise PageError(HTTPStatus.NOT_FOUND, console_text("problem.nothing"))
    return visit.console.oidc


def _address(visit: Visit, path: str) -> str:
    """Return the address of a page as the provider knows it: never by what the browser says of the host."""
    return f"{visit.console.place.address}{visit.url(path)}"


def _failed(visit: Visit, to: str, error: OidcError) -> Response:
    """Return the form of signing in with what went wrong; whom the provider named and who was not let in is in the audit."""
    if error.fault in _AUDITED:
        entry = AuditEntry(
            at=visit.now, enterprise="", person="", action="sign_in_failed", detail=f"oidc {error.fault}"
        )
        with visit.console.ledger.begin() as connection:
            enter_audit(connection, entry)
    status = HTTPStatus.BAD_GATEWAY if error.fault == "unreachable" else HTTPStatus.FORBIDDEN
    return sign_in_form(visit, to, console_text(f"oidc.fault.{error.fault}"), status)


def _token(random: bytes) -> str:
    return base64.urlsafe_b64encode(random).decode().rstrip("=")


def _sealed(visit: Visit, asked: AskedSignIn) -> str:
    """Return a sign-in as the browser keeps it: only this console opens it."""
    salt = visit.console.randomness(KEY_BYTES)
    text = json.dumps([asked.state, asked.nonce, asked.verifier, asked.to, asked.at.isoformat()])
    return base64.urlsafe_b64encode(salt + visit.console.ledger.keys.seal(salt, text.encode())).decode()


def _asked(visit: Visit) -> AskedSignIn | None:
    """Return the sign-in that this browser asked for, None if there is none."""
    try:
        kept = base64.urlsafe_b64decode(visit.request.cookies.get(ASKED_COOKIE, "")[:_MOST].encode())
        found = json.loads(visit.console.ledger.keys.open(kept[:KEY_BYTES], kept[KEY_BYTES:]))
        state, nonce, verifier, to, at = found
        return AskedSignIn(state=state, nonce=nonce, verifier=verifier, to=to, at=datetime.fromisoformat(at))
    except (binascii.Error, LedgerKeyError, TypeError, ValueError):
        return None
