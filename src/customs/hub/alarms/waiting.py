"""Waiting orders (滞留订单): those that wait longer than allowed, counted by district and provider in one question.

The time-out of an order is that of the first table of ``limits_for`` that fits it, else the general one; the database
compares, so that no order is looked at by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select

from customs.hub.alarms.condition import EXAMPLES, Looking
from customs.hub.counts.providers import PROVIDER_KINDS
from customs.hub.store.tables import HUB_NUMBERS, HUB_ORDERS
from customs.ledger.columns import KeptTime
from customs.ledger.database import LedgerConnection

_ORDERS = HUB_ORDERS.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Something that orders wait for: the time-out's name, which orders, since when, and the part of whoever is to act."""

    limit: str
    orders: Select[Any]
    """Selects from the orders; further conditions are added."""
    since: ColumnElement[datetime | None]
    kind: str = ""
    """A kind of provider; empty where it is customs or the hub."""
    span: timedelta | None = None
    """The time-out itself, where it is the same for all orders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingOrders:
    """The orders of a district and provider that wait too long."""

    district: str
    provider: str
    count: int
    since: datetime
    modes: tuple[tuple[str, int], ...]
    """How many of each trade mode."""
    examples: tuple[str, ...]


def too_long(looking: Looking, wait: Wait, cases: int = 1) -> Iterator[WaitingOrders]:
    """Yield the orders that wait too long, by district and provider, where they are at least so many."""
    late = wait.orders.where(*_late(looking, wait))
    code = _ORDERS[PROVIDER_KINDS[wait.kind].column] if wait.kind else literal("")
    counted = late.with_only_columns(_ORDERS.customs_code, code, _ORDERS.trade_mode, func.count(), func.min(wait.since))
    counted = counted.group_by(_ORDERS.customs_code, _ORDERS.trade_mode, *([code] if wait.kind else []))
    groups: dict[tuple[str, str], list[tuple[str, int, datetime]]] = {}
    for district, owner, mode, count, since in looking.connection.sql.execute(counted):
        assert since is not None, "what has no beginning does not wait too long"
        groups.setdefault((district, owner), []).append((mode, count, since))
    counts = {place: sum(each for _, each, _ in parts) for place, parts in groups.items()}
    shown = {place: groups[place] for place in sorted(groups) if counts[place] >= cases}
    examples = _examples(looking.connection, late, code, wait) if shown else {}
    for (district, owner), parts in shown.items():
        yield WaitingOrders(
            district=district,
            provider=f"{wait.kind}:{owner}" if wait.kind and owner else "",
            count=counts[district, owner],
            since=min(since for _, _, since in parts),
            modes=tuple(sorted((mode, each) for mode, each, _ in parts)),
            examples=examples.get((district, owner), ()),
        )


def _late(looking: Looking, wait: Wait) -> list[ColumnElement[bool]]:
    """Return the conditions that an order is of the enterprise and waits too long."""
    settings, now = looking.settings, looking.now
    general = now - (wait.span if wait.span is not None else settings.limits[wait.limit])
    others = (
        []
        if wait.span is not None
        else [(each, now - each.limits[wait.limit]) for each in settings.limits_for if wait.limit in each.limits]
    )
    latest = max([general, *(cut for _, cut in others)])
    conditions = [_ORDERS.enterprise == looking.enterprise.name, wait.since <= latest]
    if others:
        whens = [
            (and_(*[_ORDERS[name] == value for name, value in each.where.items()]), literal(cut, KeptTime))
            for each, cut in others
        ]
        conditions.append(wait.since <= case(*whens, else_=literal(general, KeptTime)))
    return conditions


def _examples(
    connection: LedgerConnection, orders: Select[Any], code: ColumnElement[str], wait: Wait
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the numbers of the orders that have waited longest, by district and provider; a carrier knows them by their
    waybills too.

    They are numbered within their group, not limited: a limit would lead PostgreSQL from the oldest node of all on.
    """
    group = (_ORDERS.customs_code, *([code] if wait.kind else []))
    place = func.row_number().over(partition_by=group, order_by=(wait.since, _ORDERS.id)).label("place")
    columns = (_ORDERS.id, _ORDERS.order_no, _ORDERS.customs_code, code.label("owner"), place)
    numbered = orders.with_only_columns(*columns).subquery()
    wanted = select(numbered).where(numbered.c.place <= EXAMPLES).order_by(numbered.c.place)
    rows = connection.sql.execute(wanted).all()
    names = {row.id: row.order_no for row in rows}
    if wait.kind == "carrier":
        names = _with_waybills(connection, names)
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in rows:
        of_group = row.customs_code, row.owner
        found[of_group] = (*found.get(of_group, ()), names[row.id])
    return found


def _with_waybills(connection: LedgerConnection, orders: dict[int, str]) -> dict[int, str]:
    numbers = HUB_NUMBERS.c
    wanted = select(numbers.order, func.min(numbers.number)).where(
        numbers.order.in_(orders), numbers.name == "waybill_no"
    )
    waybills = dict(connection.sql.execute(wanted.group_by(numbers.order)).all())
    return {
        order: f"{order_no}/{waybills[order]}" if order in waybills else order_no for order, order_no in orders.items()
    }
