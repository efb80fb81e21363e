"""The facts of a case for figures (工单事实), from its entries alone: times in working time, promises, hand-overs, causes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from customs.hub.cases.causes import CAUSE
from customs.hub.cases.clocks import CaseClock, clocks_of, states_by_time
from customs.hub.cases.entries import CaseEntry, CaseEntryKind
from customs.hub.cases.folded import HubCase, links_after
from customs.hub.cases.kept import case_of_row, entries_of_cases
from customs.hub.cases.settings import CaseSettings
from customs.hub.cases.states import CaseState
from customs.hub.cases.tables import HUB_CASES
from customs.hub.reports.windows import ReportWindow
from customs.ledger.database import LedgerConnection

#: Within how long after its resolution a case that is opened again counts as reopened (OPERATIONS 11.3).
REOPENED_WITHIN = timedelta(days=7)

#: Cases whose entries are read together.
_TOGETHER = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """The facts of a case as of one moment. Times are working time of its group; None for what has not happened."""

    case: HubCase
    answer: timedelta | None
    desk: timedelta | None
    """Until it was resolved, without the time in which others had to answer."""
    customer: timedelta | None
    """Until it was resolved, whoever was waited for."""
    kept: Mapping[str, bool | None]
    """By clock, whether its promise was kept; None as long as that is open."""
    reopened: bool
    hand_overs: int
    orders: int
    causes: tuple[str, ...]
    articles: int

    @property
    def counts(self) -> bool:
        """True if it is a case of its own: neither merged nor cancelled."""
        return self.case.state not in (CaseState.MERGED, CaseState.CANCELLED)

    @property
    def resolved(self) -> bool:
        """True if it stands resolved or closed."""
        return self.case.resolved_at is not None


def facts_of_case(case: HubCase, entries: Sequence[CaseEntry], settings: CaseSettings, *, now: datetime) -> CaseFacts:
    """Return the facts of a case, as it stands, from its entries."""
    links = links_after(entries)
    found = clocks_of(entries, settings.promise_for(case), settings.hours_for(case), now=now)
    clocks = {each.name: each for each in found}
    resolved = case.resolved_at is not None
    return CaseFacts(
        case=case,
        answer=clocks["answer"].used if case.answered_at is not None else None,
        desk=clocks["desk"].used if resolved else None,
        customer=clocks["customer"].used if resolved else None,
        kept={name: _kept(each) for name, each in clocks.items()},
        reopened=_reopened(entries),
        hand_overs=sum(each.kind is CaseEntryKind.QUEUED and bool(each.before) for each in entries),
        orders=sum(kind == "order" for kind, _ in links),
        causes=tuple(sorted(target for kind, target in links if kind == CAUSE)),
        articles=sum(kind == "article" for kind, _ in links),
    )


def case_facts(
    connection: LedgerConnection, enterprise: str, window: ReportWindow, settings: CaseSettings, *, now: datetime
) -> list[CaseFacts]:
    """Return the facts of the cases that were opened within a window, followed until now."""
    cases = HUB_CASES.c
    here = (cases.enterprise == enterprise, cases.opened_at >= window.since, cases.opened_at < window.until)
    rows = connection.sql.execute(select(HUB_CASES).where(*here).order_by(cases.id))
    every = {row.id: case_of_row(row) for row in rows}
    numbers, found = list(every), list[CaseFacts]()
    for at in range(0, len(numbers), _TOGETHER):
        for number, entries in entries_of_cases(connection, numbers[at : at + _TOGETHER]).items():
            found.append(facts_of_case(every[number], entries, settings, now=now))
    return found


def _kept(clock: CaseClock) -> bool | None:
    if not clock.kept:
        return False
    return True if clock.stopped else None


def _reopened(entries: Sequence[CaseEntry]) -> bool:
    resolved: datetime | None = None
    for at, state in states_by_time(entries):
        if state is CaseState.REOPENED and resolved is not None and at - resolved <= REOPENED_WITHIN:
            return True
        resolved = at if state is CaseState.RESOLVED else resolved
    return False
