"""People (人员管理): who may do what in an enterprise; added, given roles, locked, given a new first password."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Literal

from fastapi import APIRouter
from starlette.responses import Response

from customs.hub.web.acting import Act, ActDone, acting, done_once
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.page import page
from customs.hub.web.passwords import first_password
from customs.hub.web.people import (
    EVERYWHERE,
    ConsolePerson,
    PersonNameError,
    add_person,
    list_people,
    lock_person,
    person_named,
    set_password,
    set_roles,
)
from customs.hub.web.roles import RIGHTS, ConsoleRight, ConsoleRole
from customs.hub.web.service import ConsoleService
from customs.hub.web.sessions import end_sessions
from customs.hub.web.sorting import sorted_rows, sorting_heading
from customs.hub.web.visits import PageError, Visit, visitor
from customs.ledger.database import LedgerConnection

#: The columns by which people are sorted.
_COLUMNS: Mapping[str, Callable[[ConsolePerson], Any]] = {
    "name": lambda each: each.name,
    "since": lambda each: each.made_at,
}


def people_pages(console: ConsoleService) -> APIRouter:
    """Return the pages of people."""
    pages = APIRouter(prefix="/e/{enterprise}/people")
    form, seen = acting(console, ConsoleRight.PEOPLE), visitor(console, ConsoleRight.PEOPLE)

    @pages.get("")
    def show(visit: Visit = seen, sort: str = "") -> Response:
        """List the people of the enterprise, with what each role allows."""
        with console.ledger.read() as connection:
            found = sorted_rows(list_people(connection, visit.shop.name), _COLUMNS, sort)
        rows = [(each, _roles_shown(each, visit), visit.person.rules(each)) for each in found]
        headings = [visit.text("people.right"), *(visit.text(f"role.{each.value}") for each in ConsoleRole)]
        to = visit.here("/people?sort={}").format
        shown: dict[str, Any] = {
            "name_heading": sorting_heading(visit.text("people.name"), "name", sort, to),
            "since_heading": sorting_heading(visit.text("people.since"), "since", sort, to),
            "roles": list(ConsoleRole),
            "rights": list(ConsoleRight),
            "table": RIGHTS,
            "headings": headings,
        }
        return page(visit, "people.html", people=rows, **shown)

    @pages.post("/add")
    def add(act: Act = form) -> Response:
        """Add a person, or give one who is there roles in this enterprise."""
        visit, name, roles = act.visit, act.value("name", most=40).lower(), _roles(act)
        first = first_password(console.randomness)
        hashed = console.passwords.hashed(first)

        def enter(connection: LedgerConnection) -> ActDone:
            try:
                number = add_person(connection, name, hashed, at=visit.now)
            except PersonNameError as error:
                told = {"zh": error.zh, "en": error.en, "kind": "bad"}
                return ActDone(action="person_add_refused", subject=name, to=visit.here("/people"), **told)
            set_roles(connection, number, visit.shop.name, roles)
            text = console_text("people.added", name=name, password=first)
            return ActDone.saying(
                "person_add", text, subject=name, detail=" ".join(sorted(roles)), to=visit.here("/people")
            )

        return done_once(act, enter)

    @pages.post("/{name}/roles")
    def give(name: str, act: Act = form) -> Response:
        """Give a person roles in this enterprise."""
        visit, roles = act.visit, _roles(act)

        def enter(connection: LedgerConnection) -> ActDone:
            person = _person(connection, visit, name)
            set_roles(connection, person.id, visit.shop.name, roles)
            text = console_text("people.roles_given", name=name)
            return ActDone.saying(
                "person_roles", text, subject=name, detail=" ".join(sorted(roles)), to=visit.here("/people")
            )

        return done_once(act, enter)

    @pages.post("/{name}/{ruling}")
    def rule(name: str, ruling: Literal["lock", "password", "sessions"], act: Act = form) -> Response:
        """Lock a person out or let them in again, give a new first password, or end all sessions."""

        def enter(connection: LedgerConnection) -> ActDone:
            return _RULINGS[ruling](connection, act, _ruled(connection, act.visit, name))

        return done_once(act, enter)

    return pages


def _lock(connection: LedgerConnection, act: Act, person: ConsolePerson) -> ActDone:
    locked = act.value("locked") == "yes"
    lock_person(connection, person.id, at=act.visit.now, locked=locked)
    text = console_text("people.locked" if locked else "people.unlocked", name=person.name)
    return _said("person_lock" if locked else "person_unlock", text, act, person)


def _reset(connection: LedgerConnection, act: Act, person: ConsolePerson) -> ActDone:
    console = act.visit.console
    first = first_password(console.randomness)
    set_password(connection, person.id, console.passwords.hashed(first), at=act.visit.now, changes=True)
    text = console_text("people.password_given", name=person.name, password=first)
    return _said("person_password", text, act, person)


def _end(connection: LedgerConnection, act: Act, person: ConsolePerson) -> ActDone:
    end_sessions(connection, person.id, now=act.visit.now)
    return _said("person_sessions", console_text("people.sessions_ended", name=person.name), act, person)


def _said(action: str, text: BothTexts, act: Act, person: ConsolePerson) -> ActDone:
    return ActDone.saying(action, text, subject=person.name, to=act.visit.here("/people"))


#: Acts on a person that take an administrator of everything that the person may see.
_RULINGS: Mapping[str, Callable[[LedgerConnection, Act, ConsolePerson], ActDone]] = {
    "lock": _lock,
    "password": _reset,
    "sessions": _end,
}


def _roles(act: Act) -> list[ConsoleRole]:
    return [ConsoleRole(each) for each in act.values("role") if each in set(ConsoleRole)]


def _roles_shown(person: ConsolePerson, visit: Visit) -> tuple[frozenset[ConsoleRole], frozenset[ConsoleRole]]:
    """Return the roles of a person in this enterprise, and those everywhere."""
    return person.roles.get(visit.shop.name, frozenset()), person.roles.get(EVERYWHERE, frozenset())


def _person(connection: LedgerConnection, visit: Visit, name: str) -> ConsolePerson:
    """Return a person who has a role in the enterprise; others are not known here."""
    try:
        found = person_named(connection, name)
    except PersonNameError as error:
        raise PageError(HTTPStatus.NOT_FOUND, console_text("people.nobody", name=name)) from error
    if not found.roles_in(visit.shop.name):
        raise PageError(HTTPStatus.NOT_FOUND, console_text("people.nobody", name=name))
    return found


def _ruled(connection: LedgerConnection, visit: Visit, name: str) -> ConsolePerson:
    """Return a person whom this one may lock: a manager everywhere where the other has roles, and not oneself."""
    found = _person(connection, visit, name)
    if found.id == visit.person.id or not visit.person.rules(found):
        raise PageError(HTTPStatus.FORBIDDEN, console_text("people.not_yours", name=name))
    return found
