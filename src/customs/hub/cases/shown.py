"""Cases as lists show them (工单列表): by group, person, class, state and what they are tied to, those of the first priority first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from customs.hub.cases.folded import HubCase
from customs.hub.cases.kept import case_of_row, titles_of
from customs.hub.cases.states import CaseState
from customs.hub.cases.tables import HUB_CASE_LINKS, HUB_CASES
from customs.ledger.database import LedgerConnection

_CASES = HUB_CASES.c


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuery:
    """Which cases are listed; what is left out is not asked for."""

    open: bool | None = True
    state: CaseState | None = None
    queues: tuple[str, ...] | None = None
    """Groups that deal with them."""
    assignee: str | None = None
    """A person; an empty text for cases of nobody."""
    case_class: str = ""
    """A class or a phase."""
    link: tuple[str, str] | None = None
    """Kind and target of what they are tied to."""
    levels: tuple[int, int] | None = None
    """The lowest and the highest level of escalation that they have reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A case in a list, with its title; an empty one once it was erased."""

    case: HubCase
    title: str


def list_cases(
    connection: LedgerConnection,
    enterprise: str,
    query: CaseQuery,
    *,
    after: tuple[int, int] | None = None,
    most: int = 50,
) -> list[CaseLine]:
    """Return cases of an enterprise, by priority and then by age.

    ``after`` are priority and number of the last one of the page before.
    """
    here = [_CASES.enterprise == enterprise, *_asked(query)]
    if after is not None:
        priority, number = after
        later = and_(_CASES.priority == priority, _CASES.id > number)
        here.append(or_(_CASES.priority > priority, later))
    wanted = select(HUB_CASES).where(*here).order_by(_CASES.priority, _CASES.id).limit(most)
    cases = [case_of_row(row) for row in connection.sql.execute(wanted)]
    titles = titles_of(connection, [each.id for each in cases])
    return [CaseLine(case=each, title=titles.get(each.id, "")) for each in cases]


def count_cases(connection: LedgerConnection, enterprise: str) -> Mapping[tuple[str, CaseState], int]:
    """Return how many open cases each group has in each state."""
    wanted = (
        select(_CASES.queue, _CASES.state, func.count())
        .where(_CASES.enterprise == enterprise, _CASES.open)
        .group_by(_CASES.queue, _CASES.state)
    )
    return {(queue, CaseState(state)): count for queue, state, count in connection.sql.execute(wanted)}


def _asked(query: CaseQuery) -> list[ColumnElement[Any]]:
    found = list[ColumnElement[Any]]()
    if query.open is not None:
        found.append(_CASES.open.is_(query.open))
    if query.state is not None:
        found.append(_CASES.state == query.state)
    if query.queues is not None:
        found.append(_CASES.queue.in_(query.queues))
    if query.levels is not None:
        found.append(_CASES.level.between(*query.levels))
    if query.assignee is not None:
        found.append(_CASES.assignee == query.assignee)
    if query.case_class:
        of_class = HUB_CASES.c["class"]
        found.append(
            of_class == query.case_class if "/" in query.case_class else of_class.startswith(f"{query.case_class}/")
        )
    if query.link is not None:
        links, (kind, target) = HUB_CASE_LINKS.c, query.link
        tied = select(links.case).where(links.kind == kind, links.target == target, links.case == _CASES.id)
        found.append(tied.exists())
    return found
