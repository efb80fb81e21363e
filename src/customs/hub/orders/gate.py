"""The release gate (放行闸口): whether goods may leave the warehouse."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from customs.codes.states import State
from customs.hub.orders.nodes import goods_may_leave
from customs.hub.orders.stages import OrderStage
from customs.hub.store.tables import HUB_ORDERS
from customs.ledger.database import LedgerConnection
from customs.receipts.nodes import words_of


class OrderNotTakenInError(LookupError):
    """The hub has no such order of the enterprise."""

    def __init__(self, order_no: str) -> None:
        super().__init__(f"the hub has no order {order_no} 没有订单 {order_no}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MayShip:
    """The answer of the gate: whether goods may leave, at which node since when, and why not."""

    may: bool
    node: str
    since: datetime | None
    zh: str
    en: str


def may_ship(connection: LedgerConnection, enterprise: str, platform_code: str, order_no: str) -> MayShip:
    """Return whether the goods of an order may leave: only after release, and not while its refund is asked for.

    Raises ``OrderNotTakenInError``, also for an order of another enterprise.
    """
    orders = HUB_ORDERS.c
    wanted = select(orders.stage, orders.node, orders.node_at, orders.refund).where(
        orders.enterprise == enterprise, orders.platform_code == platform_code, orders.order_no == order_no
    )
    found = connection.sql.execute(wanted).one_or_none()
    if found is None:
        raise OrderNotTakenInError(order_no)
    return gate_of(found)


def gate_of(row: Any) -> MayShip:
    """Return the answer for a row of an order: with its stage, node, and whether its refund is asked for."""
    may = goods_may_leave(row)
    zh, en = ("已放行，可以出库", "released, may leave") if may else _why(OrderStage(row.stage), row.node, row.refund)
    return MayShip(may=may, node=row.node, since=row.node_at, zh=zh, en=en)


def _why(stage: OrderStage, node: str, refund: bool) -> tuple[str, str]:
    """Return why goods stay, in Chinese and English."""
    if refund:
        return "已申请退款或撤单，暂不出库", "its refund or cancellation is asked for, the goods stay"
    if stage is not OrderStage.DECLARED:
        return f"{stage.zh}，尚未放行，不得出库", f"the order is {stage.value}, not released"
    if not node:
        return "已申报，海关尚未答复，不得出库", "declared and not answered yet"
    return (
        f"海关状态：{words_of(State(node))[0]}，尚未放行，不得出库",
        f"customs has it as {State(node).value}, not released",
    )
