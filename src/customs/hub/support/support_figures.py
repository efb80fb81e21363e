"""The figures of support (客服指标): by class and priority, what lies how long, self-service, knowledge, and time saved.

>>> facts_spread([timedelta(minutes=5), None]).p50
300
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Integer, cast, func, select

from customs.fields.frozen import FrozenDict
from customs.hub.cases.lookups import LookupCount, count_lookups
from customs.hub.cases.settings import CaseSettings
from customs.hub.knowledge.tables import HUB_ARTICLE_USES, HUB_ARTICLES
from customs.hub.procedures.runs import StepOutcome, run_of_row
from customs.hub.procedures.tables import HUB_RUN_ENTRIES, HUB_RUNS
from customs.hub.reports.measures import HealthShare, TimeSpread
from customs.hub.reports.windows import ReportWindow
from customs.hub.support.case_facts import CaseFacts, case_facts
from customs.ledger.database import LedgerConnection

#: Minutes of a person's work that an action of the hub saves; no source names them, all are a judgement of this library.
MINUTES_SAVED: Mapping[str, int] = FrozenDict(
    {
        "push": 5,
        "hold": 5,
        "cancel": 10,
        "return": 15,
        "ask_buyer": 3,
        "ask_provider": 3,
        "wait_customs": 1,
        "resolve": 1,
    }
)

#: How old open cases are, in days: below the first, then below each next one, then older (OPERATIONS 11.3).
AGES = (1, 3, 7, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseGroupFigures:
    """The figures of some cases: how many, how long, and how well. Times are seconds of working time."""

    count: int
    open: int
    resolved: int
    answer: TimeSpread
    customer: TimeSpread
    desk: TimeSpread
    kept: HealthShare
    """Promises of all three clocks that were kept, of those that are decided."""
    reopened: HealthShare
    hand_overs: HealthShare
    """Cases that went to another group, of all."""
    escalated: HealthShare
    orders: int
    desk_seconds: int
    """Working time of the desk in all that was resolved."""

    @property
    def first_contact(self) -> HealthShare:
        """Cases that no other group had to deal with, of all."""
        return HealthShare(self.hand_overs.whole - self.hand_overs.part, self.hand_overs.whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseFigures:
    """A cause of cases: how many cases, orders and seconds of the desk it took. Engineering removes the first ones."""

    cause: str
    cases: int
    orders: int
    desk_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeFigures:
    """The use of articles: resolved cases with one, uses, and how many of those that were asked about helped."""

    with_article: HealthShare
    used: int
    helped: HealthShare


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportFigures:
    """All figures of support of an enterprise in a window."""

    enterprise: str
    window: ReportWindow
    now: datetime
    total: CaseGroupFigures
    by_class: Mapping[str, CaseGroupFigures]
    by_priority: Mapping[int, CaseGroupFigures]
    ages: tuple[int, ...]
    causes: tuple[CauseFigures, ...]
    lookups: LookupCount
    knowledge: KnowledgeFigures
    actions: Mapping[str, int]
    """How often the hub did each action of a procedure."""

    @property
    def minutes_saved(self) -> int:
        """Minutes of work that the actions of the hub saved."""
        return sum(MINUTES_SAVED.get(name, 0) * count for name, count in self.actions.items())


def support_figures(
    connection: LedgerConnection, enterprise: str, window: ReportWindow, settings: CaseSettings, *, now: datetime
) -> SupportFigures:
    """Return the figures of the cases opened within a window, followed until now. A merged or cancelled case is not counted."""
    facts = [each for each in case_facts(connection, enterprise, window, settings, now=now) if each.counts]
    classes, priorities = dict[str, list[CaseFacts]](), dict[int, list[CaseFacts]]()
    for each in facts:
        classes.setdefault(each.case.case_class, []).append(each)
        priorities.setdefault(each.case.priority, []).append(each)
    return SupportFigures(
        enterprise=enterprise,
        window=window,
        now=now,
        total=figures_of(facts),
        by_class=FrozenDict({key: figures_of(classes[key]) for key in sorted(classes)}),
        by_priority=FrozenDict({key: figures_of(priorities[key]) for key in sorted(priorities)}),
        ages=_ages(facts, now),
        causes=tuple(_causes(facts)),
        lookups=count_lookups(connection, enterprise, (window.since, window.until)),
        knowledge=_knowledge(connection, enterprise, window, facts),
        actions=FrozenDict(_actions(connection, enterprise, window)),
    )


def figures_of(facts: Sequence[CaseFacts]) -> CaseGroupFigures:
    """Return the figures of some cases."""
    resolved = [each for each in facts if each.resolved]
    decided = [kept for each in facts for kept in each.kept.values() if kept is not None]
    ever_resolved = sum(each.resolved or each.case.reopened > 0 for each in facts)
    return CaseGroupFigures(
        count=len(facts),
        open=sum(each.case.state.open for each in facts),
        resolved=len(resolved),
        answer=facts_spread(each.answer for each in facts),
        customer=facts_spread(each.customer for each in facts),
        desk=facts_spread(each.desk for each in facts),
        kept=HealthShare(sum(decided), len(decided)),
        reopened=HealthShare(sum(each.reopened for each in facts), ever_resolved),
        hand_overs=HealthShare(sum(each.hand_overs > 0 for each in facts), len(facts)),
        escalated=HealthShare(sum(each.case.level > 0 for each in facts), len(facts)),
        orders=sum(each.orders for each in facts),
        desk_seconds=sum(int(each.desk.total_seconds()) for each in facts if each.desk is not None),
    )


def facts_spread(times: Iterable[timedelta | None]) -> TimeSpread:
    """Return the spread of times; those that have not happened do not count."""
    return TimeSpread.of(Counter(int(each.total_seconds()) for each in times if each is not None))


def _ages(facts: Sequence[CaseFacts], now: datetime) -> tuple[int, ...]:
    days = [(now - each.case.opened_at) / timedelta(days=1) for each in facts if each.case.state.open]
    edges = (0.0, *AGES, float("inf"))
    return tuple(sum(low <= each < high for each in days) for low, high in pairwise(edges))


def _causes(facts: Sequence[CaseFacts]) -> list[CauseFigures]:
    """Return the causes of cases, or their class where nobody named one, those that took most of the desk's time first."""
    found = dict[str, list[CaseFacts]]()
    for each in facts:
        found.setdefault(each.causes[0] if each.causes else each.case.case_class, []).append(each)
    figures = [(cause, figures_of(several)) for cause, several in found.items()]
    causes = [
        CauseFigures(cause=cause, cases=each.count, orders=each.orders, desk_seconds=each.desk_seconds)
        for cause, each in figures
    ]
    return sorted(causes, key=lambda each: (-each.desk_seconds, -each.orders, -each.cases, each.cause))


def _knowledge(
    connection: LedgerConnection, enterprise: str, window: ReportWindow, facts: Sequence[CaseFacts]
) -> KnowledgeFigures:
    uses, articles = HUB_ARTICLE_USES.c, HUB_ARTICLES.c
    helped = func.coalesce(func.sum(cast(uses.helped, Integer)), 0)
    wanted = (
        select(func.count(), func.count(uses.helped), helped)
        .join(HUB_ARTICLES, articles.id == uses.article)
        .where(articles.enterprise == enterprise, uses.at >= window.since, uses.at < window.until)
    )
    used, said, good = connection.sql.execute(wanted).one()
    of_cases = select(uses.case).where(uses.case.in_([each.case.id for each in facts])).distinct()
    tied = {each.case.id for each in facts if each.articles} | set(connection.sql.execute(of_cases).scalars())
    resolved = [each.case.id for each in facts if each.resolved]
    with_article = HealthShare(sum(each in tied for each in resolved), len(resolved))
    return KnowledgeFigures(with_article=with_article, used=int(used), helped=HealthShare(int(good), int(said)))


def _actions(connection: LedgerConnection, enterprise: str, window: ReportWindow) -> dict[str, int]:
    """Count the actions that the hub did in runs within a window."""
    entries, runs = HUB_RUN_ENTRIES.c, HUB_RUNS.c
    wanted = (
        select(HUB_RUNS, entries.step.label("done"))
        .join(HUB_RUN_ENTRIES, entries.run == runs.id)
        .where(
            runs.enterprise == enterprise,
            entries.outcome == StepOutcome.DONE,
            entries.at >= window.since,
            entries.at < window.until,
        )
    )
    found = Counter(run_of_row(row).procedure.step(row.done).action for row in connection.sql.execute(wanted))
    return {name: found[name] for name in sorted(found) if name}
