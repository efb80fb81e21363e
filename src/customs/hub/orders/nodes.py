"""The nodes of an order (节点): what happened to it when, told by whom; and the calls that tell it on.

A node is entered once, however often it is told. What an enterprise's systems are to hear goes into the queue of their
calls within the same transaction.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from customs.codes.states import State
from customs.fields.moments import CHINA_TIME
from customs.hub.orders.stages import OrderStage
from customs.hub.store.tables import HUB_CALLS, HUB_NODES, HUB_ORDERS
from customs.ledger.among import among
from customs.ledger.database import LedgerConnection
from customs.ledger.many_rows import add_new_rows, add_rows, change_rows
from customs.receipts.nodes import words_of

#: Writes the body of a call; ``json.dumps`` makes a writer of its own for each.
_in_json = json.JSONEncoder(separators=(",", ":")).encode


class HubNode(StrEnum):
    """The nodes that are not customs' own; those are the words of ``State``."""

    ORDERED = "ordered"
    """下单: by the platform's time."""
    PAID = "paid"
    """支付: by the payer's time."""
    RECEIVED = "received"
    """接单: taken in by the hub."""
    AMENDED = "amended"
    """改单: taken in again with another content."""
    REFUSED = "refused"
    """未通过检查: not declared, for its findings."""
    HELD = "held"
    """暂缓: its refund was asked for before it was declared."""
    DECLARED = "declared"
    """申报: its messages went into the outbox."""
    CANCELLING = "cancelling"
    """申请撤单: a cancellation went into the outbox."""
    RETURNING = "returning"
    """申请退货: a return went into the outbox."""
    CLOSED = "order_closed"
    """关闭: given up before anything was sent."""
    PICKED = "picked"
    """拣货."""
    PACKED = "packed"
    """打包."""
    WEIGHED = "weighed"
    """称重."""
    LEFT_ZONE = "left_zone"
    """出区."""
    COLLECTED = "collected"
    """揽收."""
    SIGNED = "signed"
    """签收."""

    @property
    def words(self) -> tuple[str, str]:
        """The words for it, in Chinese and English."""
        return _WORDS[self]


_WORDS: Mapping[HubNode, tuple[str, str]] = {
    HubNode.ORDERED: ("下单", "ordered"),
    HubNode.PAID: ("支付", "paid"),
    HubNode.RECEIVED: ("接单", "taken in"),
    HubNode.AMENDED: ("改单", "amended"),
    HubNode.REFUSED: ("未通过检查", "stopped by the own checks"),
    HubNode.HELD: ("暂缓，货物不出库", "held back, the goods stay"),
    HubNode.DECLARED: ("申报", "declared"),
    HubNode.CANCELLING: ("申请撤单", "cancellation asked for"),
    HubNode.RETURNING: ("申请退货", "return asked for"),
    HubNode.CLOSED: ("关闭", "closed"),
    HubNode.PICKED: ("拣货", "picked"),
    HubNode.PACKED: ("打包", "packed"),
    HubNode.WEIGHED: ("称重", "weighed"),
    HubNode.LEFT_ZONE: ("出区", "out of the zone"),
    HubNode.COLLECTED: ("揽收", "collected by the carrier"),
    HubNode.SIGNED: ("签收", "delivered"),
}


#: The nodes that others tell (外部上报节点); the hub knows the rest itself.
TOLD_NODES = (
    HubNode.ORDERED,
    HubNode.PAID,
    HubNode.PICKED,
    HubNode.PACKED,
    HubNode.WEIGHED,
    HubNode.LEFT_ZONE,
    HubNode.COLLECTED,
    HubNode.SIGNED,
)


def said_of_node(node: str) -> tuple[str, str]:
    """Return what a node says in Chinese and English, be it one of the hub or of customs.

    >>> said_of_node("packed"), said_of_node("released")
    (('打包', 'packed'), ('放行', 'released'))
    """
    if node in {each.value for each in HubNode}:
        return HubNode(node).words
    return words_of(State(node)) if node in {each.value for each in State} else (node, node)


#: The nodes after which goods may leave the warehouse.
MAY_SHIP = frozenset({State.RELEASED.value, State.CLOSED.value})


def goods_may_leave(row: Any) -> bool:
    """Return True if the goods of an order may leave, by its row: customs released it, and no refund is asked for."""
    return row.stage == OrderStage.DECLARED and row.node in MAY_SHIP and not row.refund


#: The way of the goods (货物环节) from release to delivery. An order keeps the last of them that was told, in any order.
GOODS = (
    State.RELEASED.value,
    HubNode.PICKED.value,
    HubNode.PACKED.value,
    HubNode.WEIGHED.value,
    HubNode.LEFT_ZONE.value,
    HubNode.COLLECTED.value,
    HubNode.SIGNED.value,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeEvent:
    """A node that an order reached: when by the clock of who tells it, and by whom."""

    order: int
    node: str
    at: datetime
    source: str = "hub"
    attempt: int = 1
    detail: str = ""
    """A code or number, never a person."""


_TOLD = ("id", "enterprise", "platform_code", "order_no", "stage", "node", "refund")

_NAMED = select(*[HUB_ORDERS.c[each] for each in _TOLD]).where(among(HUB_ORDERS.c.id, "orders"))


_GOODS_OF = (
    select(HUB_ORDERS.c.id, HUB_ORDERS.c.goods)
    .where(among(HUB_ORDERS.c.id, "orders"))
    .order_by(HUB_ORDERS.c.id)
    .with_for_update()
)


def enter_nodes(
    connection: LedgerConnection, events: Iterable[NodeEvent], *, arrived: datetime, hooks: Mapping[str, Sequence[str]]
) -> int:
    """Enter nodes, each once, and queue the calls that tell them; return how many were new.

    ``hooks`` are the names of the hooks of each enterprise. The calls say what the gate says now: whoever moves an order
    does so before.
    """
    rows = [
        {
            "order": each.order,
            "node": each.node,
            "attempt": each.attempt,
            "source": each.source,
            "at": each.at,
            "arrived": arrived,
            "detail": each.detail,
        }
        for each in events
    ]
    if not rows:
        return 0
    nodes = HUB_NODES.c
    places = {(row["order"], row["node"], row["attempt"], row["source"], row["at"]): i for i, row in enumerate(rows)}
    added = add_new_rows(connection, HUB_NODES, rows, (nodes.order, nodes.node, nodes.attempt, nodes.source, nodes.at))
    new = [
        (order, node, at)
        for order, node, _, _, at in sorted(added, key=lambda each: places.get(tuple(each), len(rows)))
    ]
    _move_goods(connection, new)
    if new and any(hooks.values()):
        _queue(connection, new, arrived, hooks)
    return len(new)


def _move_goods(connection: LedgerConnection, new: Sequence[tuple[int, str, datetime]]) -> None:
    """Note where the goods of orders are; what was passed before changes nothing."""
    furthest = dict[int, tuple[int, datetime]]()
    for order, node, at in sorted(new, key=lambda each: each[2], reverse=True):
        place = _place(node)
        if place >= furthest.get(order, (0, at))[0]:
            furthest[order] = place, at
    if not furthest:
        return
    changes = list[dict[str, Any]]()
    for order, before in connection.sql.execute(_GOODS_OF, {"orders": sorted(furthest)}):
        place, at = furthest[order]
        if place > _place(before):
            changes.append({"id": order, "goods": GOODS[place], "goods_at": at})
    change_rows(connection, HUB_ORDERS, "id", changes)


def _place(node: str) -> int:
    """Return how far a node is on the way of the goods, -1 if it is not on it."""
    return GOODS.index(node) if node in GOODS else -1


def _queue(
    connection: LedgerConnection,
    new: Sequence[tuple[int, str, datetime]],
    arrived: datetime,
    hooks: Mapping[str, Sequence[str]],
) -> None:
    """Queue the calls of new nodes, in their order."""
    named = {row.id: row for row in connection.sql.execute(_NAMED, {"orders": {order for order, _, _ in new}})}
    calls = []
    for order, node, at in new:
        row = named[order]
        body = {
            "platform_code": row.platform_code,
            "order_no": row.order_no,
            "node": node,
            "at": at.replace(tzinfo=CHINA_TIME).isoformat(),
            "may_ship": goods_may_leave(row),
        }
        text = _in_json(body)
        for hook in hooks.get(row.enterprise, ()):
            calls.append(
                {
                    "enterprise": row.enterprise,
                    "hook": hook,
                    "order": order,
                    "body": text,
                    "state": "waiting",
                    "due": arrived,
                    "attempts": 0,
                    "said": "",
                    "at": arrived,
                }
            )
    add_rows(connection, HUB_CALLS, calls)
