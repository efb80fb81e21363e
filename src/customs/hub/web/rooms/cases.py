"""Cases (工单): the queues of the desk, filters, and new cases of an order, an alarm, or what somebody reports."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response

from customs.bilingual import halves
from customs.hub.alarms.kept import read_alarms
from customs.hub.cases.acts import CaseAct
from customs.hub.cases.alarm_cases import orders_of_alarm
from customs.hub.cases.classes import UNCLASSIFIED, case_groups
from customs.hub.cases.kept import CaseError, NoCaseError, entries_of_cases, read_case
from customs.hub.cases.opening import CaseLink, NewCase, open_case
from customs.hub.cases.shown import CaseLine, CaseQuery, count_cases, list_cases
from customs.hub.cases.sources import case_of_alarm, case_of_receipt
from customs.hub.cases.states import CaseState
from customs.hub.orders.gate import OrderNotTakenInError
from customs.hub.shown.masked_numbers import masked_in_text
from customs.hub.shown.order import show_order
from customs.hub.web.acting import Act, ActDone, acting, done_once
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.rooms.case_words import STATE_KINDS, class_choices, class_words, clocks_shown, state_words
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import PageError, Visit, visitor
from customs.ledger.database import LedgerConnection

#: Cases of a page.
MOST = 40

CaseTab = Literal["mine", "group", "unassigned", "soon", "breached", "open", "done"]

#: The queues, in their order.
TABS: tuple[CaseTab, ...] = ("mine", "group", "unassigned", "soon", "breached", "open", "done")


def case_list_pages(console: ConsoleService) -> APIRouter:
    """Return the pages of queues and of new cases."""
    pages = APIRouter(prefix="/e/{enterprise}/cases")
    seen, form = visitor(console, ConsoleRight.CASES), acting(console, ConsoleRight.CASES_CHANGE)
    changing = visitor(console, ConsoleRight.CASES_CHANGE)

    @pages.get("")
    def show(
        visit: Visit = seen,
        tab: CaseTab = "open",
        group: Annotated[str, Query(max_length=40)] = "",
        case_class: Annotated[str, Query(alias="class", max_length=60)] = "",
        link: Annotated[str, Query(max_length=200)] = "",
        after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    ) -> Response:
        """List a queue, those of the first priority first."""
        asked = {"tab": tab, "group": group, "class": case_class, "link": link}
        query = _query(visit, tab, group, case_class, link)
        with console.ledger.read() as connection:
            last = _last(connection, visit, after)
            lines = list_cases(connection, visit.shop.name, query, after=last, most=MOST + 1)
            counts = count_cases(connection, visit.shop.name)
            rows = list(_rows(visit, connection, lines[:MOST]))
        more = urlencode({**asked, "after": lines[MOST - 1].case.id}) if len(lines) > MOST else ""
        return page(
            visit,
            "cases.html",
            rows=rows,
            tab=tab,
            asked=asked,
            tabs=[(each, f"{visit.here('/cases')}?{urlencode({**asked, 'tab': each})}") for each in TABS],
            groups=[("", visit.text("cases.any")), *_groups(visit, counts)],
            classes=[("", visit.text("cases.any")), *class_choices(visit.chinese)],
            more=f"{visit.here('/cases')}?{more}" if more else "",
        )

    @pages.get("/new")
    def begin(
        visit: Visit = changing,
        order: Annotated[str, Query(max_length=190)] = "",
        alarm: Annotated[int, Query(ge=0, le=2**62)] = 0,
    ) -> Response:
        """Show the form of a new case, filled from an order or an alarm."""
        with console.ledger.read() as connection:
            new = _proposed(connection, visit, order, alarm)
            known = _known(connection, visit, order)
        return _form(visit, {"title": new.title, "text": new.text, "class": new.case_class}, order, alarm, known=known)

    @pages.post("/new")
    def open_one(act: Act = form) -> Response:
        """Open a case, or add to the open case of the same cause."""
        visit, order, alarm = act.visit, act.value("order", most=190), _number(act.value("alarm", most=20))
        typed = {"title": act.value("title", most=2000), "text": str(act.form.get("text", "")).strip()}
        typed["class"] = act.value("class")

        def enter(connection: LedgerConnection) -> ActDone:
            proposed = _proposed(connection, visit, order, alarm)
            new = NewCase(
                title=typed["title"],
                text=typed["text"],
                case_class=typed["class"] or UNCLASSIFIED,
                source=proposed.source,
                cause=proposed.cause if act.value("join") else "",
                links=proposed.links,
                impact=proposed.impact,
            )
            by = CaseAct(by=visit.person.name, at=visit.now)
            case, is_new = open_case(connection, visit.shop.name, new, by)
            text = console_text("cases.opened" if is_new else "cases.joined", number=case.id)
            return ActDone.saying("case_open", text, subject=f"case {case.id}", to=visit.here(f"/cases/{case.id}"))

        try:
            return done_once(act, enter)
        except CaseError as error:
            return _form(visit, typed, order, alarm, fault=said(error))

    return pages


def said(error: Exception) -> BothTexts:
    """Return what an error of the model says, in both languages."""
    en, zh = halves(str(error))
    return BothTexts(zh or en, en)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _query(visit: Visit, tab: CaseTab, group: str, case_class: str, link: str) -> CaseQuery:
    """Return which cases a queue has."""
    shares, (kind, _, target) = len(visit.console.cases.shares), link.partition(":")
    queues: Mapping[CaseTab, dict[str, Any]] = {
        "mine": {"assignee": visit.person.name},
        "group": {"queues": tuple(groups_of(visit))},
        "unassigned": {"assignee": ""},
        "soon": {"levels": (1, shares - 1)},
        "breached": {"levels": (shares, shares)},
        "open": {},
        "done": {"open": False},
    }
    more: dict[str, Any] = queues[tab] | ({"queues": (group,)} if group else {})
    return CaseQuery(case_class=case_class, link=(kind, target) if target else None, **more)


def groups_of(visit: Visit) -> list[str]:
    """Return the groups of the person, by the hub's file."""
    return [name for name, each in visit.console.cases.groups.items() if visit.person.name in each.people]


def _last(connection: LedgerConnection, visit: Visit, after: int) -> tuple[int, int] | None:
    """Return priority and number of the last case of the page before, None on the first page; one that is not known begins anew."""
    if not after:
        return None
    try:
        last = read_case(connection, visit.shop.name, after)
    except NoCaseError:
        return None
    return last.priority, last.id


def _rows(visit: Visit, connection: LedgerConnection, lines: list[CaseLine]) -> Iterator[dict[str, Any]]:
    entries = entries_of_cases(connection, [each.case.id for each in lines])
    for case, title in ((each.case, each.title) for each in lines):
        clocks = clocks_shown(visit.console, case, entries[case.id], visit.now)
        running = [each for each in clocks if each.due] or [each for each in clocks if each.kind == "bad"]
        yield {
            "case": case,
            "title": (title if visit.may(ConsoleRight.UNMASK) else masked_in_text(title)) or visit.text("cases.erased"),
            "class": class_words(case.case_class),
            "state": state_words(case.state),
            "kind": STATE_KINDS.get(case.state, "info"),
            "clock": min(running, key=lambda each: each.due or datetime.max, default=None),
        }


def _groups(visit: Visit, counts: Mapping[tuple[str, CaseState], int]) -> Iterator[tuple[str, str]]:
    """Yield the groups to choose from, each with how many open cases it has."""
    for name, words in case_groups().items():
        count = sum(number for (queue, _), number in counts.items() if queue == name)
        yield name, f"{words.zh if visit.chinese else words.en} ({count})"


def _proposed(connection: LedgerConnection, visit: Visit, order: str, alarm: int) -> NewCase:
    """Return the case that an order or an alarm asks for. Raises ``PageError`` for one that is not there."""
    shop = visit.shop.name
    if alarm:
        found = read_alarms(connection, shop, [alarm])
        if not found or not found[0].living:
            raise PageError(HTTPStatus.NOT_FOUND, console_text("problem.nothing"))
        return case_of_alarm(found[0], orders_of_alarm(connection, found[0]))
    if not order:
        return NewCase(title="")
    platform, _, number = order.partition("/")
    try:
        shown = show_order(connection, shop, platform, number, now=visit.now)
    except OrderNotTakenInError:
        raise PageError(HTTPStatus.NOT_FOUND, console_text("problem.nothing")) from None
    link = CaseLink("order", order)
    answers = list(shown.answers())
    if refused := [each for each in answers if each["code"] and shown.step is not None and shown.step.explanation]:
        last = refused[-1]
        title = f"{last['code']} {last['zh' if visit.chinese else 'en']}"[:200]
        new = case_of_receipt(last["code"], link, shown.line.customs_code, source="person")
        return NewCase(title=title, case_class=new.case_class, source="person", cause=new.cause, links=new.links)
    zh, en = shown.words
    return NewCase(title=f"{shown.line.order_no} {zh if visit.chinese else en}"[:200], links=(link,))


def _known(connection: LedgerConnection, visit: Visit, order: str) -> list[CaseLine]:
    """Return the open cases of an order."""
    return list_cases(connection, visit.shop.name, CaseQuery(link=("order", order)), most=5) if order else []


def _form(
    visit: Visit,
    typed: Mapping[str, str],
    order: str,
    alarm: int,
    *,
    known: list[CaseLine] | None = None,
    fault: BothTexts | None = None,
) -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
    classes, chosen = class_choices(visit.chinese), typed["class"] or UNCLASSIFIED
    return page(
        visit,
        "case_new.html",
        status=status,
        typed=typed,
        chosen=chosen,
        classes=classes,
        order=order,
        alarm=alarm,
        known=known or [],
        fault=fault,
    )
