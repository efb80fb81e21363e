"""Orders set aside (搁置的订单): those whose next step or return failed in a way that nobody foresaw, tried again later and later.

The other orders go on. Of the error its kind and its places are kept, since its text may hold a value. An order is taken from
here by the first time that succeeds.

>>> [order_pause(times).total_seconds() / 60 for times in (1, 2, 3, 20)]
[5.0, 10.0, 20.0, 1440.0]
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Exists, Select, and_, delete, func, or_, select, update

from customs.hub.store.tables import HUB_ORDERS, HUB_ORDERS_ASIDE, HUB_REQUESTS
from customs.hub.turns.error_places import place_of_error
from customs.hub.turns.errors import is_of_all
from customs.journal.shared import OvertakenError
from customs.ledger.accounts import upserting
from customs.ledger.database import LedgerConnection
from customs.ledger.engines import told
from customs.ledger.parts import in_parts

_ASIDE, _ORDERS, _REQUESTS = HUB_ORDERS_ASIDE.c, HUB_ORDERS.c, HUB_REQUESTS.c

_FIRST, _LAST = timedelta(minutes=5), timedelta(days=1)


class OrderWork(StrEnum):
    """A work on an order that may be set aside."""

    STEP = "step"
    """下一步: its next step with customs."""
    RETURN = "return"
    """退货: the returns of its goods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideOrder:
    """An order that was set aside: which one, since when, how often it failed, when it is tried again, and the error."""

    order_no: str
    work: OrderWork
    since: datetime
    times: int
    due: datetime
    error: str


def order_pause(times: int) -> timedelta:
    """Return how long an order rests after failing so many times: 5 minutes, twice as long each time, a day at most."""
    doubled: int = 2 ** min(times - 1, 20)
    return min(_FIRST * doubled, _LAST)


@contextmanager
def set_aside_if_it_fails(
    connection: LedgerConnection, order: int, work: OrderWork, *, now: datetime
) -> Iterator[list[int]]:
    """Do a work on one order within the transaction; one that nobody foresaw to fail leaves nothing and is set aside.

    Gives a list that has the order in it afterwards if it was set aside. Raises what keeps every order waiting.
    """
    found = list[int]()
    try:
        with told(), connection.sql.begin_nested():
            yield found
    except Exception as error:
        if isinstance(error, OvertakenError) or is_of_all(error):
            raise
        _enter(connection, order, work, place_of_error(error), now)
        found.append(order)


def _enter(connection: LedgerConnection, order: int, work: OrderWork, error: str, now: datetime) -> None:
    known = select(_ASIDE.times).where(_ASIDE.order == order, _ASIDE.work == work)
    times = int(connection.sql.execute(known).scalar() or 0) + 1
    due = now + order_pause(times)
    row = {"order": order, "work": work, "since": now, "times": times, "due": due, "error": error[:400]}
    adding = upserting(connection, HUB_ORDERS_ASIDE).values(row)
    changed = {each: adding.excluded[each] for each in ("times", "due", "error")}
    connection.sql.execute(adding.on_conflict_do_update(index_elements=["order", "work"], set_=changed))
    if work is OrderWork.STEP:
        connection.sql.execute(update(HUB_ORDERS).where(_ORDERS.id == order).values(due=due))


def enter_done(connection: LedgerConnection, work: OrderWork, orders: Iterable[int]) -> None:
    """Enter that a work succeeded for some orders."""
    for part in in_parts(orders):
        connection.sql.execute(delete(HUB_ORDERS_ASIDE).where(_ASIDE.order.in_(part), _ASIDE.work == work))


def rests(order: ColumnElement[int], work: OrderWork, *, now: datetime) -> Exists:
    """Return the condition that an order rests after a work on it failed."""
    return select(_ASIDE.order).where(_ASIDE.order == order, _ASIDE.work == work, _ASIDE.due > now).exists()


def list_orders_aside(connection: LedgerConnection, enterprise: str, *, most: int = 100) -> list[AsideOrder]:
    """Return the orders of an enterprise that are set aside, those that have been so for longest first."""
    wanted = _standing(_ORDERS.order_no, _ASIDE.work, _ASIDE.since, _ASIDE.times, _ASIDE.due, _ASIDE.error)
    wanted = wanted.where(_ORDERS.enterprise == enterprise).order_by(_ASIDE.since, _ORDERS.id).limit(most)
    return [
        AsideOrder(
            order_no=row.order_no,
            work=OrderWork(row.work),
            since=row.since,
            times=row.times,
            due=row.due,
            error=row.error,
        )
        for row in connection.sql.execute(wanted)
    ]


def orders_aside_of(enterprises: Collection[str]) -> Select[Any]:
    """Select how many orders of enterprises are set aside: the name, and the count, to be grouped by the name."""
    counts = _standing(_ORDERS.enterprise, func.count(_ORDERS.id.distinct()))
    return counts.where(_ORDERS.enterprise.in_(enterprises))


def _standing(*columns: ColumnElement[Any]) -> Select[Any]:
    """Select of the orders that are set aside with work that still waits: an answer of customs may have ended it."""
    waiting = _REQUESTS.order == _ORDERS.id, _REQUESTS.kind == "return", _REQUESTS.state == "waiting"
    asked = select(_REQUESTS.id).where(*waiting).exists()
    stands = or_(
        and_(_ASIDE.work == OrderWork.STEP, _ORDERS.due.is_not(None)), and_(_ASIDE.work == OrderWork.RETURN, asked)
    )
    return select(*columns).join(HUB_ORDERS, _ORDERS.id == _ASIDE.order).where(stands)
