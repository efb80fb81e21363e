"""One case (工单详情): where it stands, its clocks, its log, what may help, and everything that is done to it."""

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path
from starlette.responses import Response

from customs.hub.alarms.kept import read_alarms
from customs.hub.cases.acts import CaseAct, SeenCase
from customs.hub.cases.attachments import read_file
from customs.hub.cases.causes import CAUSE
from customs.hub.cases.entries import CaseEntry
from customs.hub.cases.folded import HubCase
from customs.hub.cases.kept import (
    CaseConflictError,
    CaseError,
    NoCaseError,
    entries_of_case,
    links_of_case,
    read_case,
    read_opening,
)
from customs.hub.cases.opening import LINK_KINDS
from customs.hub.cases.states import MOVES, CaseState
from customs.hub.knowledge.suggestions import Sought, SuggestedArticle, suggest
from customs.hub.procedures.own import procedures_for
from customs.hub.procedures.runs import runs_of
from customs.hub.shown.masked_numbers import masked_in_text
from customs.hub.web.acting import Act, ActDone, acting, done_once
from customs.hub.web.alarm_orders import more_of_alarm
from customs.hub.web.audit import AuditEntry, enter_audit
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.page import page
from customs.hub.web.people import list_people
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.rooms.case_acts import CASE_ACTS, CaseDoing
from customs.hub.web.rooms.case_words import (
    STATE_KINDS,
    class_choices,
    class_words,
    clocks_shown,
    entries_shown,
    group_choices,
    group_words,
    links_shown,
    priority_words,
    scale_choices,
    state_words,
)
from customs.hub.web.rooms.cases import said
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import PageError, Visit, visitor
from customs.ledger.database import LedgerConnection

#: The number of a case in an address.
CaseNumber = Annotated[int, Path(ge=1, le=2**62)]

#: Types of files that a browser may show; it saves all others.
_SHOWN_TYPES = frozenset({"image/png", "image/jpeg", "image/gif"})

#: States that have a form of their own.
_OWN_FORM = frozenset({CaseState.MERGED, CaseState.RESOLVED, CaseState.ASSIGNED})


def case_pages(console: ConsoleService) -> APIRouter:
    """Return the page of a case, its files and its acts."""
    pages = APIRouter(prefix="/e/{enterprise}/cases/{number}")
    seen, form = visitor(console, ConsoleRight.CASES), acting(console, ConsoleRight.CASES_CHANGE)

    @pages.get("")
    def show(number: CaseNumber, visit: Visit = seen) -> Response:
        """Show a case."""
        return _case(visit, number)

    @pages.get("/files/{file}")
    def give(number: CaseNumber, file: CaseNumber, visit: Visit = seen) -> Response:
        """Give a file of a case, and enter that it was looked at."""
        with console.ledger.begin() as connection:
            try:
                found = read_file(connection, visit.shop.name, number, file)
            except NoCaseError:
                raise _nothing() from None
            if found is None:
                raise _nothing()
            entry = AuditEntry(
                at=visit.now,
                enterprise=visit.shop.name,
                person=visit.person.name,
                action="case_file",
                subject=f"case {number}",
                detail=str(file),
            )
            enter_audit(connection, entry)
        kind = found.content_type if found.content_type in _SHOWN_TYPES else "application/octet-stream"
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"}
        return Response(found.content, media_type=kind, headers=headers)

    @pages.post("/{doing}")
    def do(number: CaseNumber, doing: CaseDoing, act: Act = form) -> Response:
        """Do something to a case, as the person saw it."""
        visit = act.visit
        version = act.value("version", most=18)
        seen_case = SeenCase(visit.shop.name, number, int(version) if version.isdigit() else None)

        def enter(connection: LedgerConnection) -> ActDone:
            by = CaseAct(by=visit.person.name, at=visit.now, why=str(act.form.get(f"why_{doing}", "")).strip())
            to = CASE_ACTS[doing](connection, act, seen_case, by) or number
            text = console_text(f"case_done.{doing}", number=number)
            return ActDone.saying(f"case_{doing}", text, subject=f"case {number}", to=visit.here(f"/cases/{to}"))

        try:
            return done_once(act, enter)
        except NoCaseError:
            raise _nothing() from None
        except CaseConflictError as error:
            return _case(visit, number, act=act, conflict=error.entries)
        except CaseError as error:
            return _case(visit, number, act=act, fault=said(error))

    return pages


def _nothing() -> PageError:
    return PageError(HTTPStatus.NOT_FOUND, console_text("problem.nothing"))


def _case(
    visit: Visit,
    number: int,
    *,
    act: Act | None = None,
    fault: BothTexts | None = None,
    conflict: Sequence[CaseEntry] = (),
) -> Response:
    """Show a case; after an act that was not done with what was typed, and with what others changed meanwhile."""
    with visit.console.ledger.read() as connection:
        try:
            case = read_case(connection, visit.shop.name, number)
        except NoCaseError:
            raise _nothing() from None
        entries = entries_of_case(connection, number, words=True)
        links = links_of_case(connection, number)
        if not visit.may(ConsoleRight.UNMASK):
            entries = [replace(each, words=masked_in_text(each.words)) for each in entries]
        title, text = read_opening(entries[0].words)
        articles = suggest(connection, visit.shop.name, _sought(visit, case, links, f"{title} {text}"))
        procedures = procedures_for(connection, visit.shop.name, case.case_class)
        runs = runs_of(connection, visit.shop.name, case=number)
        people = list_people(connection, visit.shop.name)
        tied = [int(target) for kind, target in links if kind == "alarm" and target.isdecimal()]
        alarms = read_alarms(connection, visit.shop.name, tied)
    orders = sorted(target for kind, target in links if kind == "order")
    impacts, urgencies = scale_choices(visit.chinese)
    working = [each.name for each in people if ConsoleRight.CASES_CHANGE in each.rights_in(visit.shop.name)]
    return page(
        visit,
        "case.html",
        status=HTTPStatus.CONFLICT if conflict else HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK,
        case=case,
        title=title or visit.text("cases.erased"),
        state=state_words(case.state),
        kind=STATE_KINDS.get(case.state, "info"),
        class_text=class_words(case.case_class),
        group=group_words(case.queue),
        priority=priority_words(case.priority),
        source=console_text(f"case_source.{case.source}"),
        clocks=clocks_shown(visit.console, case, entries, visit.now),
        entries=entries_shown(entries),
        links=list(links_shown(visit, links)),
        orders=orders,
        more_orders=[more for each in alarms if (more := more_of_alarm(each, len(orders)))],
        link_kinds=[(each, visit.text(f"case_link.{each}")) for each in LINK_KINDS if each != "cause"],
        articles=[_article(each, visit.language) for each in articles],
        procedures=procedures,
        runs=runs,
        states=_next_states(visit, case),
        people=[("", visit.text("cases.nobody")), *((each, each) for each in working)],
        classes=class_choices(visit.chinese),
        groups=group_choices(visit.chinese),
        impacts=impacts,
        urgencies=urgencies,
        may_change=visit.may(ConsoleRight.CASES_CHANGE),
        typed=_typed(act),
        done=visit.request.url.path.rpartition("/")[2] if act else "",
        fault=fault,
        conflict=entries_shown(conflict),
    )


def _next_states(visit: Visit, case: HubCase) -> list[tuple[str, str]]:
    states = [each for each in CaseState if each in MOVES[case.state] and each not in _OWN_FORM]
    return [(each.value, state_words(each).in_language(visit.language)) for each in states]


def _typed(act: Act | None) -> dict[str, str]:
    """Return what was typed into the form that was not done; its keys and files are none of it."""
    if act is None:
        return {}
    given = act.form.multi_items()
    return {name: value for name, value in given if isinstance(value, str) and name not in ("key", "once", "version")}


def _sought(visit: Visit, case: HubCase, links: frozenset[tuple[str, str]], words: str) -> Sought:
    return Sought(
        on=visit.now.date(),
        codes=tuple(sorted(target for kind, target in links if kind == "code")),
        case_class=case.case_class,
        alarms=tuple(
            target.split("/")[1] for kind, target in sorted(links) if kind == CAUSE and target.startswith("alarm/")
        ),
        words=words[:2000],
    )


def _article(each: SuggestedArticle, language: str) -> dict[str, Any]:
    return {
        "id": each.article.id,
        "title": each.article.content.text(language).title,
        "why": [tie for tie in each.why if not tie.startswith("class:")],
        "used": each.used,
        "helped": each.helped,
    }
