"""Refunds and cancellations (退款冻结、撤单): an order is closed before it was declared, and taken back after.

The goods stay meanwhile (``may_ship``). Nothing is sent here: what is to be cancelled is due at once and taken up by
``take_steps``, as far as its state allows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import select, update

from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.orders.gate import OrderNotTakenInError
from customs.hub.orders.nodes import HubNode, NodeEvent, enter_nodes
from customs.hub.orders.requests import OrderErasedError, OrderRequest, cancellation_asked, note_request
from customs.hub.orders.stages import OrderStage
from customs.hub.orders.taking_in import FREE_NODES
from customs.hub.store.sealed import opened, read_parcel
from customs.hub.store.tables import HUB_NUMBERS, HUB_ORDERS
from customs.hub.turns.folding import states_of
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.quota import OrderUnknownError, order_key, void
from customs.rules import Finding

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


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationAsked:
    """The answer to a cancellation that is asked for, with what forbids it."""

    outcome: RefundOutcome | Literal["refused"]
    findings: tuple[Finding, ...] = ()

    @property
    def zh(self) -> str:
        """The answer in Chinese."""
        return _CANCELLED[self.outcome][0]

    @property
    def en(self) -> str:
        """The answer in English."""
        return _CANCELLED[self.outcome][1]


_SAID: dict[str, tuple[str, str]] = {
    "closed": ("尚未申报，订单已关闭，额度已释放", "not declared yet: the order is closed and its quota is free"),
    "cancelling": (
        "已申报：货物暂不出库，将按状态撤单",
        "declared: the goods stay, and the list is cancelled as its state allows",
    ),
    "known": ("此前已申请退款", "was asked for before"),
    "over": ("订单已关闭", "the order is closed"),
}

_CANCELLED: dict[str, tuple[str, str]] = {
    **_SAID,
    "cancelling": (
        "已申报：货物暂不出库，撤销申请单即将申报",
        "declared: the goods stay, and its cancellation goes to customs",
    ),
    "known": ("此前已申请撤单或退款", "its cancellation or refund was asked for before"),
    "refused": ("当前不能撤单，原因见问题提示", "it cannot be cancelled as it stands: see the findings"),
}


def ask_refund(
    connection: LedgerConnection, enterprise: HubEnterprise, platform_code: str, order_no: str, *, now: datetime
) -> RefundAsked:
    """Hold an order back, or have it cancelled, since its refund is asked for. Raises ``OrderNotTakenInError``."""
    row = _locked(connection, enterprise.name, platform_code, order_no)
    if before := _asked_before(row):
        return RefundAsked(outcome=before)
    return RefundAsked(outcome=_hold_back(connection, enterprise, row, now))


def ask_cancellation(
    connection: LedgerConnection, enterprise: HubEnterprise, name: tuple[str, str], reason: str, *, now: datetime
) -> CancellationAsked:
    """Take an order back for a reason, by the platform's code and its number: closed if customs holds nothing of it, else
    cancelled there, if its state allows it; what forbids it is told and changes nothing.

    Raises ``OrderNotTakenInError`` and ``OrderErasedError``.
    """
    row = _locked(connection, enterprise.name, *name)
    if before := _asked_before(row):
        return CancellationAsked(outcome=before)
    if not _is_free(row):
        content = opened(connection.keys, row)
        if content is None:
            raise OrderErasedError(row.order_no)
        ((_, state),) = states_of(connection, [row.id])
        parcel = read_parcel(content), state
        _, found = cancellation_asked(connection, enterprise, row, parcel, now=now, reason=reason)
        if found.refused:
            return CancellationAsked(outcome="refused", findings=found.findings)
        request = OrderRequest(order=row.id, kind="cancel", number="", reason=reason, quantities={})
        note_request(connection, request, at=now)
    return CancellationAsked(outcome=_hold_back(connection, enterprise, row, now))


def _locked(connection: LedgerConnection, enterprise: str, platform_code: str, order_no: str) -> Any:
    orders = HUB_ORDERS.c
    wanted = (
        select(HUB_ORDERS)
        .where(orders.enterprise == enterprise, orders.platform_code == platform_code, orders.order_no == order_no)
        .with_for_update()
    )
    row = connection.sql.execute(wanted).one_or_none()
    if row is None:
        raise OrderNotTakenInError(order_no)
    return row


def _asked_before(row: Any) -> Literal["known", "over"] | None:
    if row.refund:
        return "known"
    return "over" if row.stage == OrderStage.CLOSED else None


def _is_free(row: Any) -> bool:
    """True if customs holds nothing of an order: it was never declared, or what was declared is refused or taken back."""
    return _was_never_declared(row) or row.node in FREE_NODES


def _was_never_declared(row: Any) -> bool:
    return bool(row.stage != OrderStage.DECLARED and row.attempt == 1)


def _hold_back(
    connection: LedgerConnection, enterprise: HubEnterprise, row: Any, now: datetime
) -> Literal["closed", "cancelling"]:
    """Close an order of which customs holds nothing; have another one cancelled by the next turn."""
    if _is_free(row):
        close_order(connection, enterprise, row, now=now)
        return "closed"
    _moved(connection, enterprise, row, HubNode.HELD, {"stage": OrderStage.DECLARED, "due": now}, now)
    return "cancelling"


def close_order(connection: LedgerConnection, enterprise: HubEnterprise, row: Any, *, now: datetime) -> None:
    """Close an order of which customs holds nothing, since its refund is asked for; its quota is free."""
    _moved(connection, enterprise, row, HubNode.CLOSED, {"stage": OrderStage.CLOSED, "due": None}, now)
    _free_quota(connection, row, now)


def _moved(
    connection: LedgerConnection,
    enterprise: HubEnterprise,
    row: Any,
    node: HubNode,
    values: Mapping[str, Any],
    now: datetime,
) -> None:
    """Bring an order whose refund is asked for to a stage, and tell the node."""
    connection.sql.execute(update(HUB_ORDERS).where(HUB_ORDERS.c.id == row.id).values(refund=True, **values))
    event = NodeEvent(order=row.id, node=node, at=now, attempt=row.attempt)
    enter_nodes(connection, [event], arrived=now, hooks={enterprise.name: enterprise.hooks})


def _free_quota(connection: LedgerConnection, row: Any, now: datetime) -> None:
    """Free what an order holds; nothing if it was never declared here and another enterprise has one of its name: the hold may
    be that one's.
    """
    if _was_never_declared(row) and _another_has(connection, row):
        return
    order = order_key(row.platform_code, row.order_no)
    try:
        void(connection, order, EntryCause("order", f"{order}#refund"), at=now)
    except OrderUnknownError:
        return


def _another_has(connection: LedgerConnection, row: Any) -> bool:
    """True if another enterprise has an open order of the same platform and number."""
    orders, numbers = HUB_ORDERS.c, HUB_NUMBERS.c
    wanted = (
        select(orders.id)
        .join(HUB_NUMBERS, numbers.order == orders.id)
        .where(numbers.number == row.order_no, numbers.name == "order_no")
        .where(orders.platform_code == row.platform_code, orders.enterprise != row.enterprise)
        .where(orders.stage != OrderStage.CLOSED)
    )
    return connection.sql.execute(wanted.limit(1)).first() is not None
