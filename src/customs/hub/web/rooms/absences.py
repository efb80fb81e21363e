"""Absences (请假与备岗): who is away, who stands in for whom, and who works on what is theirs now.

Deputies stand in the hub's file. One enters one's own absences; those of others are entered by an administrator.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from customs.hub.cases.acts import CaseAct
from customs.hub.cases.groups import CaseAbsence, absences_of, end_absence, people_away, present_for, set_absence
from customs.hub.cases.kept import CaseError
from customs.hub.web.acting import Act, ActDone, acting, done_once
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.page import page
from customs.hub.web.people import list_people
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.rooms.case_words import group_words
from customs.hub.web.rooms.cases import said
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import PageError, Visit, visitor
from customs.ledger.database import LedgerConnection


def absence_pages(console: ConsoleService) -> APIRouter:
    """Return the page of absences and its acts."""
    pages = APIRouter(prefix="/e/{enterprise}/absences")
    seen, form = visitor(console, ConsoleRight.CASES), acting(console, ConsoleRight.CASES_CHANGE)

    @pages.get("")
    def show(visit: Visit = seen) -> Response:
        """Show absences, groups and deputies."""
        return _absences(visit, {"person": visit.person.name, "begins": "", "ends": ""})

    @pages.post("")
    def enter(act: Act = form) -> Response:
        """Enter an absence."""
        typed = {name: act.value(name, most=40) for name in ("person", "begins", "ends")}
        try:
            return done_once(act, lambda connection: _entered(connection, act, typed))
        except CaseError as error:
            return _absences(act.visit, typed, said(error))

    @pages.post("/{number}/end")
    def end(number: Annotated[int, Path(ge=1, lt=1 << 53)], act: Act = form) -> Response:
        """End an absence."""
        try:
            return done_once(act, lambda connection: _ended(connection, act, number))
        except CaseError as error:
            raise PageError(HTTPStatus.NOT_FOUND, said(error)) from None

    return pages


def _entered(connection: LedgerConnection, act: Act, typed: Mapping[str, str]) -> ActDone:
    visit, person = act.visit, typed["person"]
    _check_own(visit, person)
    if person not in _people(connection, visit):
        raise PageError(HTTPStatus.UNPROCESSABLE_ENTITY, console_text("people.nobody", name=person))
    span = _time(typed["begins"]), _time(typed["ends"])
    set_absence(connection, visit.shop.name, person, span, CaseAct(by=visit.person.name, at=visit.now))
    text = console_text("absences.entered", person=person)
    detail = f"{span[0]:%Y-%m-%d %H:%M} - {span[1]:%Y-%m-%d %H:%M}"
    return ActDone.saying("absence_enter", text, subject=person, detail=detail, to=visit.here("/absences"))


def _ended(connection: LedgerConnection, act: Act, number: int) -> ActDone:
    visit = act.visit
    found = [each for each in absences_of(connection, visit.shop.name, at=visit.now) if each.id == number]
    for each in found:
        _check_own(visit, each.person)
    end_absence(connection, visit.shop.name, number, at=visit.now)
    text = console_text("absences.ended")
    return ActDone.saying("absence_end", text, subject=found[0].person, to=visit.here("/absences"))


def _check_own(visit: Visit, person: str) -> None:
    """Raise ``PageError`` if the absence of another is to be entered or ended by one who does not manage people."""
    if person != visit.person.name and not visit.may(ConsoleRight.PEOPLE):
        raise PageError(HTTPStatus.FORBIDDEN, console_text("absences.not_yours"))


def _time(text: str) -> datetime:
    """Return the time of a field, to the minute and without a zone. Raises ``PageError``."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise PageError(HTTPStatus.UNPROCESSABLE_ENTITY, console_text("problem.day")) from None
    if found.tzinfo is not None:
        raise PageError(HTTPStatus.UNPROCESSABLE_ENTITY, console_text("problem.day"))
    return found


def _people(connection: LedgerConnection, visit: Visit) -> list[str]:
    """Return the people of the enterprise and of its groups."""
    names = {each.name for each in list_people(connection, visit.shop.name)}
    return sorted(names | {name for each in visit.console.cases.groups.values() for name in each.people})


def _absences(visit: Visit, typed: Mapping[str, str], fault: BothTexts | None = None) -> Response:
    with visit.console.ledger.read() as connection:
        absences: list[CaseAbsence] = absences_of(connection, visit.shop.name, at=visit.now)
        away = people_away(connection, visit.shop.name, at=visit.now)
        people = _people(connection, visit) if visit.may(ConsoleRight.PEOPLE) else [visit.person.name]
    return page(
        visit,
        "absences.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK,
        absences=absences,
        deputies=list(_deputies(visit, away)),
        people=[(each, each) for each in people],
        typed=typed,
        fault=fault,
    )


def _deputies(visit: Visit, away: frozenset[str]) -> Iterator[dict[str, object]]:
    """Yield each person of each group with the deputy, and who works on what is theirs now."""
    for name, group in visit.console.cases.groups.items():
        for person in group.people:
            works = present_for(person, group, away)
            yield {
                "group": group_words(name),
                "person": person,
                "deputy": group.backups.get(person, ""),
                "works": works,
            }
