"""Open orders (在途与积压): where they wait and for how long, those that are overdue, and districts that have gone silent.

All of it is as things stand now, whatever the window.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from customs.codes.states import State
from customs.hub.counts.tallies import TallyName
from customs.hub.orders.nodes import HubNode
from customs.hub.orders.stages import OrderStage
from customs.hub.reports.limits import HealthLimits
from customs.hub.store.tables import HUB_ORDERS, HUB_TALLIES, OPEN_ORDERS
from customs.ledger.database import LedgerConnection

#: The ages by which open orders are told apart: up to each of them, and beyond the last.
AGES = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=24), timedelta(days=3), timedelta(days=7))

#: Overdue orders that a report names.
MOST_NAMED = 200

_AT_CUSTOMS_OVER = (State.RELEASED, State.CLOSED, State.WITHDRAWN, State.RETURNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeBacklog:
    """Open orders at a node: how many of each age, and how many are overdue."""

    node: str
    """A word of ``OrderStage``, ``State`` or ``HubNode``."""
    ages: tuple[int, ...]
    """By ``AGES``, those beyond the last at the end."""
    overdue: int
    limit: timedelta | None

    @property
    def count(self) -> int:
        """All of them."""
        return sum(self.ages)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueOrder:
    """An order that waits for longer than its node allows."""

    platform_code: str
    order_no: str
    customs_code: str
    carrier_code: str
    area_operator_code: str
    node: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentDistrict:
    """A district with open declarations: how many, and for how many seconds nothing has been answered."""

    customs_code: str
    open: int
    silent: int | None
    """None if nothing was ever answered."""


def waiting_orders(
    connection: LedgerConnection, enterprise: str, *, limits: HealthLimits, now: datetime
) -> tuple[NodeBacklog, ...]:
    """Count open orders by node and age: at customs, and then on the way of the goods."""
    node, since = _where()
    age = case(*[(since > now - each, number) for number, each in enumerate(AGES)], else_=len(AGES))
    overdue = case((_is_overdue(node, since, limits, now), 1), else_=0)
    query = _open(select(node, age, func.count(), func.sum(overdue)), enterprise).group_by(node, age)
    rows: Any = connection.sql.execute(query)
    found: dict[str, list[int]] = defaultdict(lambda: [0] * (len(AGES) + 1))
    late: dict[str, int] = defaultdict(int)
    for name, place, count, of_these in rows:
        found[name][place] += int(count)
        late[name] += int(of_these)
    order: list[str] = [*_ORDER]
    return tuple(
        NodeBacklog(node=each, ages=tuple(found[each]), overdue=late[each], limit=limits.wait_of(each))
        for each in sorted(found, key=lambda each: (order.index(each) if each in order else len(order), each))
    )


def open_by_district(connection: LedgerConnection, enterprise: str) -> dict[str, int]:
    """Count open orders by customs district."""
    orders = HUB_ORDERS.c
    query = _open(select(orders.customs_code, func.count()), enterprise).group_by(orders.customs_code)
    rows: Any = connection.sql.execute(query)
    return {str(code): int(count) for code, count in rows}


def overdue_orders(
    connection: LedgerConnection, enterprise: str, *, limits: HealthLimits, now: datetime, most: int = MOST_NAMED
) -> tuple[OverdueOrder, ...]:
    """Return overdue orders, those that wait for longest first."""
    node, since = _where()
    orders = HUB_ORDERS.c
    late = _open(select(orders.id, node.label("at_node"), since.label("since")), enterprise)
    late = late.where(_is_overdue(node, since, limits, now)).order_by(since, orders.id).limit(most).subquery()
    columns = (orders.platform_code, orders.order_no, orders.customs_code, orders.carrier_code)
    query = (
        select(*columns, orders.area_operator_code, late.c.at_node, late.c.since)
        .join(late, late.c.id == orders.id)
        .order_by(late.c.since, late.c.id)
    )
    return tuple(
        OverdueOrder(
            platform_code=row.platform_code,
            order_no=row.order_no,
            customs_code=row.customs_code,
            carrier_code=row.carrier_code,
            area_operator_code=row.area_operator_code,
            node=row.at_node,
            since=row.since,
        )
        for row in connection.sql.execute(query)
    )


def silent_districts(connection: LedgerConnection, enterprise: str, *, now: datetime) -> tuple[SilentDistrict, ...]:
    """Return the districts with declarations that wait for customs, with the time since the last answer of each."""
    orders, tallies = HUB_ORDERS.c, HUB_TALLIES.c
    waiting = select(orders.customs_code, func.count()).where(
        orders.enterprise == enterprise,
        OPEN_ORDERS,
        orders.stage == OrderStage.DECLARED,
        orders.node.not_in((*_AT_CUSTOMS_OVER, State.REJECTED)),
    )
    last = select(tallies.district, func.max(tallies.last_at)).where(
        tallies.enterprise == enterprise, tallies.name == TallyName.ANSWERED
    )
    answered = {row[0]: row[1] for row in connection.sql.execute(last.group_by(tallies.district))}
    found = []
    for code, count in connection.sql.execute(waiting.group_by(orders.customs_code).order_by(orders.customs_code)):
        at = answered.get(code)
        silent = None if at is None else max(0, int((now - at).total_seconds()))
        found.append(SilentDistrict(customs_code=code, open=int(count), silent=silent))
    return tuple(found)


#: The order in which nodes are shown.
_ORDER = (
    *OrderStage,
    *(each for each in State if each not in _AT_CUSTOMS_OVER),
    State.RELEASED,
    State.CLOSED,
    HubNode.PICKED,
    HubNode.PACKED,
    HubNode.WEIGHED,
    HubNode.LEFT_ZONE,
    HubNode.COLLECTED,
)


def _where() -> tuple[ColumnElement[str], ColumnElement[datetime]]:
    """Return where an order is, and since when: at customs, with the goods after the release, else in its stage."""
    orders = HUB_ORDERS.c
    is_declared = orders.stage == OrderStage.DECLARED
    with_goods = and_(is_declared, orders.node.in_((State.RELEASED, State.CLOSED)), orders.goods != "")
    at_customs = and_(is_declared, orders.node != "")
    node = case((with_goods, orders.goods), (at_customs, orders.node), else_=orders.stage)
    since = case(
        (with_goods, func.coalesce(orders.goods_at, orders.node_at, orders.received_at)),
        (at_customs, func.coalesce(orders.node_at, orders.received_at)),
        else_=orders.received_at,
    )
    return node, since


def _open(query: Any, enterprise: str) -> Any:
    return query.where(HUB_ORDERS.c.enterprise == enterprise, OPEN_ORDERS)


def _is_overdue(
    node: ColumnElement[str], since: ColumnElement[datetime], limits: HealthLimits, now: datetime
) -> ColumnElement[bool]:
    limited = [(each, limit) for each in _ORDER if (limit := limits.wait_of(each)) is not None]
    return or_(*[and_(node == each, since <= now - limit) for each, limit in limited])
