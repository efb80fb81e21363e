"""A night of a hub (一夜演练): orders arrive as at a peak, the office loses, repeats and closes, and each parcel ends.

Nothing waits; the same seed gives the same night. A warehouse is told each change, and takes some calls only when they come
again.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import func, or_, select

from customs.codes.states import State
from customs.declaration import Declaration
from customs.hub.alarms.alarm import AlarmState
from customs.hub.alarms.kept import list_alarms
from customs.hub.alarms.settings import shipped_settings
from customs.hub.alarms.turn import alarms_turn
from customs.hub.calls.making import CallOutcome, Hook, HubCall, make_calls
from customs.hub.orders.stages import OrderStage
from customs.hub.orders.taking_in import take_in
from customs.hub.store.tables import HUB_CALLS, HUB_ORDERS
from customs.office import Trouble
from customs.testing.hub import HubRehearsal

#: The hook that is told in a rehearsal.
WAREHOUSE = Hook(name="warehouse", url="https://warehouse.example/customs", secret=b"fictitious secret of a test")

#: How long an order stands still before it is asked about.
_PATIENCE = timedelta(minutes=45)

#: When a night is given up, however many orders are open.
_AT_MOST = timedelta(hours=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class NightPlan:
    """A night: how many minutes its orders arrive in, and how many calls the warehouse does not take at once."""

    arriving: int = 30
    untaken: float = 0.05
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NightOutcome:
    """The outcome of a night: orders by where they ended, and what was counted on both sides."""

    ended: Mapping[str, int]
    """Orders by node at customs, or by stage where customs holds nothing."""
    declared_twice: int
    """Documents that the office took in as new more than once."""
    calls: int
    """Changes that the warehouse took."""
    out_of_order: int
    """Changes that the warehouse was told before an earlier one."""
    alarms: Mapping[str, int]
    """Alarms that opened, by rule, under the rules as they are shipped."""
    until: datetime
    """When the last order ended, by the time of the night."""


@dataclass
class Warehouse:
    """A warehouse that is told: it takes some calls only when they come again, and notes what it is told."""

    chance: Random
    untaken: float
    told: dict[str, list[int]] = field(default_factory=dict)

    def __call__(self, call: HubCall, hook: Hook) -> CallOutcome:
        """Take a call, or not."""
        if self.chance.random() < self.untaken:
            return CallOutcome(call=call, taken=False, said="busy 繁忙")
        self.told.setdefault(_order_of(call), []).append(call.id)
        return CallOutcome(call=call, taken=True)


def trouble_of(begins: datetime, *, outage: bool = True) -> Trouble:
    """Return the trouble of a usual bad night: losses, repeats, answers out of order, and an outage of twenty minutes."""
    closed = (begins + timedelta(minutes=20), begins + timedelta(minutes=40))
    return Trouble(
        losses=0.02,
        repeats=0.10,
        reordered=0.20,
        late_by=timedelta(minutes=3),
        faults=0.01,
        outages=(closed,) if outage else (),
    )


def rehearse_night(
    hub: HubRehearsal,
    parcels: Sequence[Declaration],
    plan: NightPlan,
    told: Callable[[datetime, int], object] = lambda now, open_orders: None,
) -> NightOutcome:
    """Let a night pass: take the parcels in over its first minutes, and go on until each has ended.

    ``told`` is given the time and how many orders are open, minute by minute.
    """
    warehouse = Warehouse(Random(plan.seed), plan.untaken)  # noqa: S311  drawn by seed
    rules = shipped_settings()
    begins, given, asked = hub.now, 0, hub.now
    a_minute = -(-len(parcels) // plan.arriving)
    while hub.now - begins < _AT_MOST:
        part = parcels[given : given + a_minute]
        with hub.ledger.begin() as connection:
            take_in(connection, hub.enterprise.name, part, at=hub.now, hooks=hub.enterprise.hooks)
        given += len(part)
        hub.turn()
        while make_calls(hub.ledger, {WAREHOUSE.name: WAREHOUSE}, warehouse, now=hub.now, most=500):
            pass
        open_orders = len(parcels) - given + _open(hub)
        alarms_turn(hub.ledger, hub.enterprise, rules, now=hub.now)
        told(hub.now, open_orders)
        if not open_orders and not _waiting(hub):
            break
        if given == len(parcels) and hub.now - asked >= _PATIENCE:
            hub.ask_again(since=_PATIENCE)
            asked = hub.now
        hub.rehearsal.now += timedelta(minutes=1 if given < len(parcels) else 5)
    counts = hub.rehearsal.office.counts()
    return NightOutcome(
        ended=_ended(hub),
        declared_twice=sum(each.accepted > 1 for each in counts.values()),
        calls=sum(map(len, warehouse.told.values())),
        out_of_order=sum(ids != sorted(ids) for ids in warehouse.told.values()),
        alarms=_opened(hub),
        until=hub.now,
    )


#: Nodes at which nothing more is waited for.
ENDS = frozenset(
    {
        State.RELEASED.value,
        State.CLOSED.value,
        State.REJECTED.value,
        State.RETURNED.value,
        State.WITHDRAWN.value,
        State.DETAINED.value,
    }
)


def _open(hub: HubRehearsal) -> int:
    """Return how many orders have not ended."""
    orders = HUB_ORDERS.c
    waits = or_(orders.stage == OrderStage.RECEIVED, orders.node.not_in(sorted(ENDS)))
    wanted = select(func.count()).where(
        orders.enterprise == hub.enterprise.name,
        orders.stage.in_([OrderStage.RECEIVED, OrderStage.DECLARED]),
        waits,
    )
    with hub.ledger.read() as connection:
        return int(connection.sql.execute(wanted).scalar_one())


def _waiting(hub: HubRehearsal) -> int:
    """Return how many calls were not taken."""
    wanted = select(func.count()).select_from(HUB_CALLS).where(HUB_CALLS.c.state == "waiting")
    with hub.ledger.read() as connection:
        return int(connection.sql.execute(wanted).scalar_one())


def _ended(hub: HubRehearsal) -> dict[str, int]:
    orders = HUB_ORDERS.c
    wanted = select(orders.stage, orders.node, func.count()).where(orders.enterprise == hub.enterprise.name)
    ended: Counter[str] = Counter()
    with hub.ledger.read() as connection:
        for stage, node, count in connection.sql.execute(wanted.group_by(orders.stage, orders.node)):
            ended[node or stage] += count
    return dict(ended.most_common())


def _opened(hub: HubRehearsal) -> dict[str, int]:
    with hub.ledger.read() as connection:
        found = list_alarms(connection, hub.enterprise.name, states=(AlarmState.OPEN, AlarmState.CLOSED))
    return dict(Counter(each.place.rule for each in found))


def _order_of(call: HubCall) -> str:
    body = json.loads(call.body)
    return f"{body['platform_code']}/{body['order_no']}"
