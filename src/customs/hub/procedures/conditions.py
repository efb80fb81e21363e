"""Conditions of steps (步骤条件): what has to be so of the order of a run for a step to be taken.

A run without an order takes steps that have no condition, and passes over the others.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select

from customs.fields.frozen import FrozenDict
from customs.hub.orders.nodes import GOODS, MAY_SHIP, HubNode
from customs.hub.orders.stages import OrderStage
from customs.hub.store.tables import HUB_ORDERS
from customs.ledger.database import LedgerConnection

_LEFT = GOODS[GOODS.index(HubNode.LEFT_ZONE.value) :]


class StepCondition(NamedTuple):
    """A condition: how it is called, and what it is of the row of an order."""

    zh: str
    en: str
    holds: Callable[[Any], bool]


#: The conditions that a step may have.
CONDITIONS: Mapping[str, StepCondition] = FrozenDict(
    {
        "declared": StepCondition("已申报", "declared", lambda row: row.stage == OrderStage.DECLARED),
        "not_declared": StepCondition("未申报", "not declared", lambda row: row.stage != OrderStage.DECLARED),
        "refused": StepCondition(
            "未通过检查或退单", "refused", lambda row: row.stage == OrderStage.REFUSED or row.node == "rejected"
        ),
        "released": StepCondition("已放行", "released", lambda row: row.node in MAY_SHIP),
        "in_zone": StepCondition("未出区", "in the zone", lambda row: row.goods not in _LEFT),
        "left_zone": StepCondition("已出区", "left the zone", lambda row: row.goods in _LEFT),
    }
)


def order_row(connection: LedgerConnection, enterprise: str, order: str) -> Any:
    """Return the row of an order by ``PLATFORM/ORDER``, None if there is none."""
    platform_code, _, order_no = order.partition("/")
    orders = HUB_ORDERS.c
    wanted = select(HUB_ORDERS).where(
        orders.enterprise == enterprise, orders.platform_code == platform_code, orders.order_no == order_no
    )
    return connection.sql.execute(wanted).one_or_none()


def condition_holds(connection: LedgerConnection, enterprise: str, order: str, when: str) -> bool:
    """True if a step with a condition is taken for an order."""
    if not when:
        return True
    row = order_row(connection, enterprise, order) if order else None
    return row is not None and CONDITIONS[when].holds(row)
