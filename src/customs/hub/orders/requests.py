"""Requests for orders (撤单、退货申请): that one is taken back, or that goods of it come back. Why is kept sealed.

A request waits until its message is in the outbox (``sent``) or the state of the order does not allow it (``refused``).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from sqlalchemy import select

from customs.declaration import Declaration
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.orders.nodes import HubNode
from customs.hub.store.sealed import opened, seal
from customs.hub.store.tables import HUB_NODES, HUB_REQUESTS
from customs.ledger.accounts import upserting
from customs.ledger.database import LedgerConnection
from customs.receipts.follow_up import FollowUp
from customs.receipts.state import ParcelState
from customs.receipts.withdrawal import cancellation
from customs.road import Run

#: The reason of a cancellation where nobody gave another.
BUYER_CANCELS = "买家取消订单"

#: The kinds of requests.
RequestKind: TypeAlias = Literal["cancel", "return"]


class OrderErasedError(LookupError):
    """The content of an order was erased, so that nothing more can be declared of it."""

    def __init__(self, order_no: str) -> None:
        self.en = f"the content of order {order_no} was erased: nothing more can be declared of it here"
        self.zh = f"订单 {order_no} 的内容已删除，无法再由此申报"
        super().__init__(f"{self.en} {self.zh}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """A request for an order; ``quantities`` by line number for a return of goods."""

    order: int
    kind: RequestKind
    number: str
    reason: str = field(repr=False)
    quantities: Mapping[int, Decimal]


def note_request(connection: LedgerConnection, request: OrderRequest, *, at: datetime) -> None:
    """Note a request, in the place of one with its number that came to nothing."""
    kept = seal(connection.keys, request.reason.encode())
    row = {
        "order": request.order,
        "kind": request.kind,
        "number": request.number,
        "quantities": json.dumps({str(gnum): f"{qty:f}" for gnum, qty in request.quantities.items()}),
        "state": "waiting",
        "told": "[]",
        **kept._asdict(),
        "at": at,
    }
    adding = upserting(connection, HUB_REQUESTS).values(row)
    changed = {name: adding.excluded[name] for name in row if name not in ("order", "kind", "number")}
    connection.sql.execute(adding.on_conflict_do_update(index_elements=["order", "kind", "number"], set_=changed))


def reason_of(connection: LedgerConnection, row: Any) -> str:
    """Return why something was asked, from the row of a request; empty if it was erased."""
    content = opened(connection.keys, row)
    return content.decode() if content is not None else ""


def quantities_asked(row: Any) -> dict[int, Decimal]:
    """Return the quantities of a request by line number."""
    return {int(gnum): Decimal(qty) for gnum, qty in json.loads(row.quantities).items()}


def cancellation_asked(
    connection: LedgerConnection,
    enterprise: HubEnterprise,
    row: Any,
    parcel: tuple[Declaration, ParcelState],
    *,
    now: datetime,
    reason: str = "",
) -> tuple[Run, FollowUp]:
    """Return the cancellation of an order's list, and the run that makes it; ``reason`` is that of the request if left out.

    Goods that left the zone come back with a return, so that no cancellation is allowed.
    """
    nodes, requests = HUB_NODES.c, HUB_REQUESTS.c
    left = connection.sql.execute(
        select(nodes.id).where(nodes.order == row.id, nodes.node == HubNode.LEFT_ZONE).limit(1)
    ).first()
    if not reason:
        wanted = select(requests.salt, requests.sealed).where(requests.order == row.id, requests.kind == "cancel")
        asked = connection.sql.execute(wanted).one_or_none()
        reason = reason_of(connection, asked) if asked else ""
    run = enterprise.run(row.profile, now.date())
    declaration, state = parcel
    return run, cancellation(declaration, state, reason or BUYER_CANCELS, run=run, goods_left=left is not None)
