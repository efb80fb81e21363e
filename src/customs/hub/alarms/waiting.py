"""Waiting orders (滞留订单): those that wait longer than allowed, counted by district and provider in one question.

The time-out of an order is that of the first table of ``limits_for`` that fits it, else the general one; the database
compares, so that no order is looked at by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select

from customs.hub.alarms.condition import EXAMPLES, Looking
from customs.hub.providers import PROVIDER_KINDS
from customs.hub.tables import HUB_NUMBERS, HUB_ORDERS
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
    for (district, owner), parts in sorted(groups.items()):
        count = sum(each for _, each, _ in parts)
        if count < cases:
            continue
        own = late.where(_ORDERS.customs_code == district, *([code == owner] if wait.kind else []))
        yield WaitingOrders(
            district=district,
            provider=f"{wait.kind}:{owner}" if wait.kind and owner else "",
            count=count,
            since=min(since for _, _, since in parts),
            modes=tuple(sorted((mode, each) for mode, each, _ in parts)),
            examples=_examples(looking.connection, own, wait),
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


def _examples(connection: LedgerConnection, orders: Select[Any], wait: Wait) -> tuple[str, ...]:
    """Return the numbers of the orders that have waited longest; a carrier knows them by their waybills too."""
    wanted = orders.with_only_columns(_ORDERS.id, _ORDERS.order_no).order_by(wait.since, _ORDERS.id).limit(EXAMPLES)
    found: dict[int, str] = dict(connection.sql.execute(wanted).all())
    return tuple(_with_waybills(connection, found) if wait.kind == "carrier" else found.values())


def _with_waybills(connection: LedgerConnection, orders: dict[int, str]) -> Sequence[str]:
    numbers = HUB_NUMBERS.c
    wanted = select(numbers.order, func.min(numbers.number)).where(
        numbers.order.in_(orders), numbers.name == "waybill_no"
    )
    waybills = dict(connection.sql.execute(wanted.group_by(numbers.order)).all())
    return [f"{order_no}/{waybills[order]}" if order in waybills else order_no for order, order_no in orders.items()]
