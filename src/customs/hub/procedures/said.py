"""Erasing what was said (删除工单正文): titles, comments, files and evidence of cases and runs whose time is over.

Entries, classes, times and figures stay. A case is kept from its end as long as the orders that it is about, since it is what
a complaint is answered with.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Table, and_, or_, select, update

from customs.hub.cases.tables import HUB_CASE_FILES, HUB_CASE_LINKS, HUB_CASE_WORDS, HUB_CASES
from customs.hub.orders.retention import RetentionSettings
from customs.hub.procedures.tables import HUB_RUN_WORDS, HUB_RUNS
from customs.ledger.database import Ledger, LedgerConnection

#: Cases of which one transaction erases.
TOGETHER = 200

_CASES, _RUNS = HUB_CASES.c, HUB_RUNS.c


def cases_retention_turn(ledger: Ledger, enterprise: str, settings: RetentionSettings, *, now: datetime) -> int:
    """Erase what was said in some cases and runs whose time is over, and return how many; call it until none is left."""
    limit = now - settings.declared
    with ledger.begin() as connection:
        there = select(HUB_CASE_WORDS.c.case).where(
            HUB_CASE_WORDS.c.case == _CASES.id, HUB_CASE_WORDS.c.salt.is_not(None)
        )
        over = and_(_CASES.enterprise == enterprise, _CASES.open.is_(False), _CASES.changed_at <= limit)
        wanted = select(_CASES.id).where(over, there.exists()).order_by(_CASES.id).limit(TOGETHER)
        cases = list(connection.sql.execute(wanted.with_for_update(skip_locked=True)).scalars())
        said = select(HUB_RUN_WORDS.c.run).where(HUB_RUN_WORDS.c.run == _RUNS.id, HUB_RUN_WORDS.c.salt.is_not(None))
        ended = and_(_RUNS.enterprise == enterprise, _RUNS.ended_at <= limit, said.exists())
        runs = list(connection.sql.execute(select(_RUNS.id).where(ended).order_by(_RUNS.id).limit(TOGETHER)).scalars())
        _erase(connection, cases, runs)
    return len(cases) + len(runs)


def erase_said_of_order(connection: LedgerConnection, enterprise: str, order: str) -> int:
    """Erase what was said in the cases and runs of one order, since its buyer asks for it, and return how many.

    ``order`` is ``PLATFORM/ORDER``. A case of several orders keeps its words: they are not of this buyer alone.
    """
    links = HUB_CASE_LINKS.c
    others = select(links.case).where(links.case == _CASES.id, links.kind == "order", links.target != order)
    tied = select(links.case).where(links.case == _CASES.id, links.kind == "order", links.target == order)
    wanted = select(_CASES.id).where(_CASES.enterprise == enterprise, tied.exists(), ~others.exists())
    cases = list(connection.sql.execute(wanted).scalars())
    over = or_(_RUNS.order == order, _RUNS.case.in_(cases))
    runs = list(connection.sql.execute(select(_RUNS.id).where(_RUNS.enterprise == enterprise, over)).scalars())
    _erase(connection, cases, runs)
    return len(cases) + len(runs)


def _erase(connection: LedgerConnection, cases: Sequence[int], runs: Sequence[int]) -> None:
    tables: Sequence[tuple[Table, str, Sequence[int]]] = (
        (HUB_CASE_WORDS, "case", cases),
        (HUB_CASE_FILES, "case", cases),
        (HUB_RUN_WORDS, "run", runs),
    )
    for table, name, numbers in tables:
        connection.sql.execute(update(table).where(table.c[name].in_(numbers)).values(salt=None, sealed=None))
