"""Visits (访问): who asks for a page, of which enterprise, in which language; and what they may do there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Path, Request

from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.choices import colours_of, language_of
from customs.hub.web.people import EVERYWHERE, ConsolePerson
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.sessions import NOTED, ConsoleSession, note_page, session_of

if TYPE_CHECKING:
    from customs.hub.web.service import ConsoleService

#: The cookie of a session.
SESSION_COOKIE = "customs_console"

#: The name of an enterprise in an address.
EnterpriseInPath = Annotated[str, Path(max_length=40, pattern=r"^[a-z0-9-]+$")]


class PageError(Exception):
    """Something stands in the way of a page; said in words on a page of its own."""

    def __init__(self, status: HTTPStatus, text: BothTexts) -> None:
        super().__init__(f"{text.en} {text.zh}")
        self.status, self.text = status, text


class SignInNeededError(Exception):
    """A page is asked for by somebody who has not signed in, or has to choose a password first."""

    def __init__(self, to: str) -> None:
        super().__init__(to)
        self.to = to


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A page that is asked for: by whom, of which enterprise, when, and how it is to be shown."""

    request: Request = field(repr=False)
    console: "ConsoleService" = field(repr=False)
    session: ConsoleSession | None = None
    enterprise: HubEnterprise | None = None
    now: datetime

    @property
    def language(self) -> str:
        """``zh`` or ``en``."""
        return language_of(self.request)

    @property
    def chinese(self) -> bool:
        """True for Chinese."""
        return self.language == "zh"

    @property
    def colours(self) -> str:
        """``auto``, ``light`` or ``dark``."""
        return colours_of(self.request)

    @property
    def person(self) -> ConsolePerson:
        """Who asks; only a page that needs no sign-in has nobody."""
        assert self.session is not None, "the page needs a person who signed in"
        return self.session.person

    @property
    def shop(self) -> HubEnterprise:
        """The enterprise; only pages of the person's own have none."""
        assert self.enterprise is not None, "the page is of an enterprise"
        return self.enterprise

    @property
    def path_and_query(self) -> str:
        """The address of the page within the console; that of a form that was posted is its own page's beginning."""
        url = self.request.url
        path = url.path.removeprefix(self.request.scope.get("root_path", ""))
        return (f"{path}?{url.query}" if url.query else path) if self.request.method == "GET" else "/"

    def may(self, right: ConsoleRight) -> bool:
        """Return True if the person may do something in the enterprise of the page."""
        if self.session is None or self.enterprise is None:
            return False
        return right in self.person.rights_in(self.enterprise.name)

    def text(self, key: str, **values: object) -> str:
        """Return a text of the catalogue in the language of the page."""
        return console_text(key, **values).in_language(self.language)

    def url(self, path: str) -> str:
        """Return the address of a page that is of no enterprise, such as ``/account``."""
        return f"{self.request.scope.get('root_path', '')}{path}"

    def here(self, path: str = "") -> str:
        """Return the address of a page of the enterprise, such as ``/alarms``."""
        return self.url(f"/e/{self.shop.name}{path}")


def anybody(console: "ConsoleService") -> Any:
    """Return what FastAPI needs for a page that needs no sign-in."""

    def find(request: Request) -> Visit:
        return Visit(request=request, console=console, session=_session(console, request), now=console.clock())

    return Depends(find)


def signed_in(console: "ConsoleService", *, changes: bool = False) -> Any:
    """Return what FastAPI needs for a page of whoever has signed in; ``changes`` if a password may still have to be chosen."""

    def find(request: Request) -> Visit:
        session = _session(console, request)
        if session is None:
            raise SignInNeededError("/sign-in")
        if session.person.changes and not changes:
            raise SignInNeededError("/account")
        return Visit(request=request, console=console, session=session, now=console.clock())

    return Depends(find)


def visitor(console: "ConsoleService", right: ConsoleRight) -> Any:
    """Return what FastAPI needs for a page of an enterprise, which needs a right there."""
    of_person = signed_in(console)

    def find(enterprise: EnterpriseInPath, visit: Visit = of_person) -> Visit:
        shop = console.enterprises.get(enterprise)
        rights = visit.person.rights_in(enterprise)
        if shop is None or not rights:
            raise PageError(HTTPStatus.NOT_FOUND, console_text("problem.nothing"))
        if right not in rights:
            raise PageError(HTTPStatus.FORBIDDEN, console_text("problem.not_allowed", name=visit.person.name))
        return Visit(request=visit.request, console=console, session=visit.session, enterprise=shop, now=visit.now)

    return Depends(find)


def enterprises_of(visit: Visit) -> list[str]:
    """Return the names of the enterprises in which the person has a role."""
    known, roles = visit.console.enterprises, visit.person.roles
    return [name for name in known if name in roles or EVERYWHERE in roles]


def _session(console: "ConsoleService", request: Request) -> ConsoleSession | None:
    """Return the session of a request, and note that it goes on."""
    token, now = request.cookies.get(SESSION_COOKIE, ""), console.clock()
    with console.ledger.read() as connection:
        session = session_of(connection, token[:200], console.place, now=now)
    if session and request.method == "GET" and (session.said or session.seen_at + NOTED <= now):
        with console.ledger.begin() as connection:
            note_page(connection, session.id, now=now)
    return session


def shown_enterprises(visit: Visit) -> Iterator[tuple[str, str]]:
    """Yield the enterprises that the person may see, each with the address of its first page."""
    for name in enterprises_of(visit):
        yield name, visit.url(f"/e/{name}/")


def order_path(platform_code: str, order_no: str) -> str:
    """Return the address of an order within its enterprise.

    >>> order_path("P1", "O 1/2")
    '/orders/P1/O%201%2F2'
    """
    return f"/orders/{quote(platform_code, safe='')}/{quote(order_no, safe='')}"
