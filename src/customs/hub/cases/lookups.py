"""Look-ups (自助查询): that somebody looked up an order, so that figures can say how many found their answer without a case.

A look-up is of an order, without who asked; it is answered by itself if no case of that order is opened within a day after.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, insert, select

from customs.hub.cases.tables import HUB_CASE_LINKS, HUB_CASE_LOOKUPS, HUB_CASES
from customs.ledger.database import LedgerConnection

#: Within how long a case counts as the outcome of a look-up (OPERATIONS 11.3).
FOLLOWED_WITHIN = timedelta(hours=24)

_LOOKUPS = HUB_CASE_LOOKUPS.c


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupCount:
    """How many look-ups there were, and how many of them a case followed."""

    count: int
    followed: int


def note_lookups(connection: LedgerConnection, enterprise: str, orders: Sequence[str], *, at: datetime) -> None:
    """Enter that orders were looked up, each as ``PLATFORM/ORDER``."""
    rows = [{"enterprise": enterprise, "order": each, "at": at} for each in orders]
    if rows:
        connection.sql.execute(insert(HUB_CASE_LOOKUPS), rows)


def count_lookups(connection: LedgerConnection, enterprise: str, span: tuple[datetime, datetime]) -> LookupCount:
    """Count the look-ups from one time to another, and those that a case of the order followed within a day."""
    links, cases = HUB_CASE_LINKS.c, HUB_CASES.c
    here = and_(_LOOKUPS.enterprise == enterprise, _LOOKUPS.at >= span[0], _LOOKUPS.at < span[1])
    count = connection.sql.execute(select(func.count()).select_from(HUB_CASE_LOOKUPS).where(here)).scalar_one()
    opened = (
        select(_LOOKUPS.id, _LOOKUPS.at, cases.opened_at)
        .join(HUB_CASE_LINKS, and_(links.kind == "order", links.target == _LOOKUPS.order))
        .join(HUB_CASES, and_(cases.id == links.case, cases.enterprise == enterprise))
        .where(here, cases.opened_at >= _LOOKUPS.at)
    )
    # the difference of two times is taken here, since the databases write it each in its own way
    rows = connection.sql.execute(opened)
    followed = {number for number, at, opened_at in rows if opened_at - at <= FOLLOWED_WITHIN}
    return LookupCount(count=int(count), followed=len(followed))
