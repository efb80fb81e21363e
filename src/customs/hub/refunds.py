"""Refunds (退款冻结): an order whose refund is asked for is closed before it was declared, and taken back after.

The goods stay meanwhile (``may_ship``). Nothing is sent here: what is to be cancelled is due at once and taken up by
``take_steps``, as far as its state allows.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from sqlalchemy import select, update

from customs.hub.enterprises import HubEnterprise
from customs.hub.gate import OrderNotTakenInError
from customs.hub.nodes import HubNode, NodeEvent, enter_nodes
from customs.hub.orders import FREE_NODES
from customs.hub.stages import OrderStage
from customs.hub.tables import HUB_ORDERS
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.quota import OrderUnknownError, order_key, void

#: What becomes of an order whose refund is asked for: closed at once; to be cancelled at customs; asked for before; over.
RefundOutcome: TypeAlias = Literal["closed", "cancelling", "known", "over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAsked:
    """The answer to a request for a refund."""

    outcome: RefundOutcome

    @property
    def zh(self) -> str:
        """The answer in Chinese."""
        return _SAID[self.outcome][0]

    @property
    def en(self) -> str:
        """The answer in English."""
        return _SAID[self.outcome][1]


_SAID: dict[RefundOutcome, tuple[str, str]] = {
    "closed": ("尚未申报，订单已关闭，额度已释放", "not declared yet: the order is closed and its quota is free"),
    "cancelling": (
        "已申报：货物暂不出库，将按状态撤单",
        "declared: the goods stay, and the list is cancelled as its state allows",
    ),
    "known": ("此前已申请退款", "was asked for before"),
    "over": ("订单已关闭", "the order is closed"),
}


def ask_refund(
    connection: LedgerConnection, enterprise: HubEnterprise, platform_code: str, order_no: str, *, now: datetime
) -> RefundAsked:
    """Hold an order back, or have it cancelled, since its refund is asked for. Raises ``OrderNotTakenInError``."""
    orders = HUB_ORDERS.c
    wanted = (
        select(orders.id, orders.stage, orders.node, orders.attempt, orders.refund)
        .where(orders.enterprise == enterprise.name, orders.platform_code == platform_code, orders.order_no == order_no)
        .with_for_update()
    )
    row = connection.sql.execute(wanted).one_or_none()
    if row is None:
        raise OrderNotTakenInError(order_no)
    if row.refund:
        return RefundAsked(outcome="known")
    if row.stage == OrderStage.CLOSED:
        return RefundAsked(outcome="over")
    holds_nothing = row.stage != OrderStage.DECLARED or row.node in FREE_NODES - {""}
    values = (
        {"refund": True, "stage": OrderStage.CLOSED, "due": None} if holds_nothing else {"refund": True, "due": now}
    )
    connection.sql.execute(update(HUB_ORDERS).where(orders.id == row.id).values(**values))
    node = HubNode.CLOSED if holds_nothing else HubNode.HELD
    enter_nodes(
        connection,
        [NodeEvent(order=row.id, node=node, at=now, attempt=row.attempt)],
        arrived=now,
        hooks={enterprise.name: enterprise.hooks},
    )
    if holds_nothing:
        _free_quota(connection, order_key(platform_code, order_no), now)
    return RefundAsked(outcome="closed" if holds_nothing else "cancelling")


def _free_quota(connection: LedgerConnection, order: str, now: datetime) -> None:
    try:
        void(connection, order, EntryCause("order", f"{order}#refund"), at=now)
    except OrderUnknownError:
        return
