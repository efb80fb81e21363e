"""Orders of a hub as they would stand, entered as rows, and looks at what is out of order."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, update

import customs
from customs.hub.alarms.alarm import AlarmState, HubAlarm
from customs.hub.alarms.condition import AlarmCondition, AlarmPlace, Looking
from customs.hub.alarms.conditions import CONDITIONS
from customs.hub.alarms.kept import enter_alarms
from customs.hub.alarms.rules import AlarmSeverity
from customs.hub.alarms.settings import AlarmSettings, shipped_settings
from customs.hub.alarms.tables import HUB_ALARM_LOOKS
from customs.hub.enterprises.belongings import EVERYTHING
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.orders.nodes import HubNode, NodeEvent, enter_nodes
from customs.hub.store.tables import HUB_ORDERS
from customs.ledger import Ledger
from customs.signing import Signer

#: The figures of an order that nobody has a part in.
_ROW: dict[str, Any] = {
    "platform_code": "P1",
    "profile": "",
    "customs_code": "4600",
    "version": 1,
    "digest": b"",
    "stage": "declared",
    "node": "",
    "node_at": None,
    "attempt": 1,
    "refund": False,
    "told": "[]",
    "due": None,
    "trade_mode": "1210",
    "payment_company_code": "Z1",
    "carrier_code": "W1",
    "area_operator_code": "A1",
    "lacks": "",
    "goods": "",
    "goods_at": None,
}


def shop(signer: Signer | None = None, profiles: tuple[str, ...] = ("main",)) -> HubEnterprise:
    """An enterprise of a hub, whose key is there."""

    def run_on(profile: str, on: date) -> customs.Run:
        clock = customs.fixed_clock(datetime.combine(on, datetime.min.time()))
        return customs.Run(on=on, clock=clock, guids=customs.seeded_guids(1), signer=signer)

    return HubEnterprise(name="shop", profiles=profiles, run_on=run_on, belongings=EVERYTHING)


def stand(ledger: Ledger, count: int, at: datetime, *, enterprise: str = "shop", **values: Any) -> list[int]:
    """Enter orders as they stand, and return their numbers; those that were declared were so at that time."""
    with ledger.begin() as connection:
        first = len(connection.sql.execute(HUB_ORDERS.select()).all())
        rows = [
            {**_ROW, "enterprise": enterprise, "order_no": f"O{first + place}", "received_at": at, **values}
            for place in range(count)
        ]
        orders = list(connection.sql.execute(insert(HUB_ORDERS).returning(HUB_ORDERS.c.id), rows).scalars())
        node = {"declared": HubNode.DECLARED, "refused": HubNode.REFUSED}.get(rows[0]["stage"], HubNode.RECEIVED)
        events = [NodeEvent(order=each, node=node, at=at) for each in orders]
        enter_nodes(connection, events, arrived=at, hooks={})
    return orders


def change(ledger: Ledger, orders: Iterable[int], **values: Any) -> None:
    """Change orders that stand."""
    with ledger.begin() as connection:
        connection.sql.execute(update(HUB_ORDERS).where(HUB_ORDERS.c.id.in_(list(orders))).values(**values))


def look(
    ledger: Ledger,
    rule: str,
    now: datetime,
    settings: AlarmSettings | None = None,
    enterprise: HubEnterprise | None = None,
) -> list[AlarmCondition]:
    """Return what is out of order by one rule."""
    chosen = settings or shipped_settings()
    with ledger.read() as connection:
        looking = Looking(
            connection=connection,
            enterprise=enterprise or shop(),
            settings=chosen,
            rule=chosen.rules[rule],
            now=now,
        )
        return list(CONDITIONS[rule](looking))


#: A rule that this release does not know.
UNKNOWN_RULE = "drones_late"


def alarm_of_another_release(ledger: Ledger, at: datetime) -> HubAlarm:
    """Enter an open alarm of a rule that only a newer worker knows, who looked at it last at that time."""
    alarm = HubAlarm(
        enterprise="shop",
        place=AlarmPlace(UNKNOWN_RULE, "4600", "drone:D1"),
        severity=AlarmSeverity.SERIOUS,
        state=AlarmState.OPEN,
        since=at,
        held_from=at,
        opened_at=at,
        examples=("O1",),
    )
    with ledger.begin() as connection:
        connection.sql.execute(insert(HUB_ALARM_LOOKS), {"enterprise": "shop", "rule": UNKNOWN_RULE, "at": at})
        (found,) = enter_alarms(connection, [alarm])
    return found


def with_settings(**values: Any) -> AlarmSettings:
    """The settings as shipped, with others in their place."""
    return replace(shipped_settings(), **values)
