"""Tallies (计数): how often something happened in ten minutes, by customs district, source and provider.

What folds receipts counts within its own transaction, so that a count is never of what did not happen, and nothing is
counted twice. Alarms and figures ask the tallies, however many orders there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import case

from customs.hub.store.tables import HUB_TALLIES
from customs.ledger.accounts import upserting
from customs.ledger.database import LedgerConnection

#: The time that one count is of.
SPAN = timedelta(minutes=10)

#: Order numbers that are kept with a count.
MOST_EXAMPLES = 5


class TallyName(StrEnum):
    """The things that are counted."""

    ANSWERED = "answered"
    """答复: answers that were laid to an order."""
    RELEASED = "released"
    """放行: orders that came to their release."""
    REJECTED = "rejected"
    """退单: orders that came to a refusal; its code is the class of the cause."""
    UNKNOWN = "unknown"
    """未知回执: answers that the catalogue does not know, by their code."""
    STRAY = "stray"
    """无主回执: answers that name no order."""
    AHEAD = "ahead"
    """超前: answers of a later time than ours; the figure is by how many seconds."""
    EARLY = "early"
    """早于报送: answers of an earlier time than the submission that they answer, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A count to be added: of what, where, by whom, with some order numbers."""

    name: TallyName
    district: str = ""
    provider: str = ""
    """Who has a part in it, such as ``carrier:4401000001``."""
    code: str = ""
    count: int = 1
    most: int = 0
    """The highest figure, where the thing that is counted has one."""
    examples: tuple[str, ...] = ()
    """Order numbers."""


def begin_of(at: datetime) -> datetime:
    """Return when the ten minutes of a time began.

    >>> begin_of(datetime(2026, 11, 11, 8, 19, 59))
    datetime.datetime(2026, 11, 11, 8, 10)
    """
    return at.replace(minute=at.minute - at.minute % 10, second=0, microsecond=0)


def added(tallies: Iterable[Tally]) -> tuple[Tally, ...]:
    """Return counts of the same thing as one, in a fixed order.

    >>> one = Tally(name=TallyName.STRAY, examples=("O1",))
    >>> added([one, replace(one, examples=("O2",))])[0].count
    2
    """
    found: dict[tuple[str, ...], Tally] = {}
    for each in tallies:
        key = (each.name.value, each.district, each.provider, each.code)
        known = found.get(key)
        found[key] = each if known is None else _sum(known, each)
    return tuple(found[key] for key in sorted(found))


def _sum(one: Tally, other: Tally) -> Tally:
    examples = tuple(dict.fromkeys((*one.examples, *other.examples)))[:MOST_EXAMPLES]
    return replace(one, count=one.count + other.count, most=max(one.most, other.most), examples=examples)


def enter_tallies(
    connection: LedgerConnection, enterprise: str, tallies: Iterable[Tally], *, at: datetime, source: str = ""
) -> None:
    """Add counts of an enterprise: the last thing in a transaction, so that nobody waits for it longer than that.

    ``source`` is the inbox that they come from.
    """
    rows = [_row(enterprise, source, each, at) for each in added(tallies)]
    if not rows:
        return
    kept, adding = HUB_TALLIES.c, upserting(connection, HUB_TALLIES)
    new = adding.excluded
    keys = [column.name for column in HUB_TALLIES.primary_key]
    most = case((new.most > kept.most, new.most), else_=kept.most)
    changes = {"times": kept.times + new.times, "last_at": new.last_at, "examples": new.examples, "most": most}
    connection.sql.execute(adding.on_conflict_do_update(index_elements=keys, set_=changes), rows)


def _row(enterprise: str, source: str, tally: Tally, at: datetime) -> dict[str, Any]:
    return {
        "enterprise": enterprise,
        "name": tally.name,
        "since": begin_of(at),
        "district": tally.district,
        "source": source,
        "provider": tally.provider,
        "code": tally.code[:100],
        "times": tally.count,
        "most": tally.most,
        "last_at": at,
        "examples": " ".join(tally.examples)[:400],
    }
