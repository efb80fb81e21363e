"""Returns of goods (退货): asked for by items with a reason, checked at once, and declared by the next turn (CEB625).

Promised: a return that was taken is declared or told as refused; the quantities of all returns of an order together never
exceed what was bought; each has a number of its own (copNo), the first one that of the list.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypeAlias

from sqlalchemy import select, update

from customs.codes.states import State
from customs.declaration import Declaration
from customs.documents import GoodsReturn
from customs.fields.frozen import FrozenDict
from customs.fields.money import EXACT, ZERO, to_cents
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.orders.gate import OrderNotTakenInError
from customs.hub.orders.nodes import HubNode, NodeEvent, enter_nodes
from customs.hub.orders.requests import OrderErasedError, OrderRequest, note_request, quantities_asked, reason_of
from customs.hub.store.sealed import opened, read_parcel
from customs.hub.store.tables import HUB_ORDERS, HUB_REQUESTS
from customs.hub.turns.folding import states_of
from customs.hub.turns.orders_aside import OrderWork, enter_done, rests, set_aside_if_it_fails
from customs.hub.turns.putting import put_follow_up
from customs.ledger.database import LedgerConnection
from customs.receipts.follow_up import FollowUp
from customs.receipts.state import ParcelState
from customs.receipts.withdrawal import ReturnRequest, goods_return
from customs.road import Run

#: Returns that one transaction declares.
TOGETHER = 100

#: What becomes of a return that is asked for: it goes to customs; it was asked for before; it is not allowed as it stands.
ReturnOutcome: TypeAlias = Literal["returning", "known", "refused"]

#: States in which customs holds nothing of an application.
_NOTHING = frozenset({State.REJECTED, State.TECHNICAL_FAILURE})

_SAID: Mapping[ReturnOutcome, tuple[str, str]] = {
    "returning": ("已受理，退货申请单即将申报", "taken: its application goes to customs"),
    "known": ("此前已申请该退货", "this return was asked for before"),
    "refused": ("当前不能退货，原因见问题提示", "it is not allowed as it stands: see the findings"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsBack:
    """Goods that a buyer gives back (退货要求): quantities by line number, all that is left if none are given, and why."""

    reason: str = field(repr=False)
    quantities: Mapping[int, Decimal] = field(default_factory=FrozenDict)
    number: str = ""
    """The number of the application (copNo), where the caller keeps one."""
    back: date | None = None
    """The day on which the goods are back, None while they travel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnAsked:
    """The answer to a return that is asked for, with what it would give back and its last days."""

    outcome: ReturnOutcome
    number: str
    follow_up: FollowUp | None = None

    @property
    def zh(self) -> str:
        """The answer in Chinese."""
        return _SAID[self.outcome][0]

    @property
    def en(self) -> str:
        """The answer in English."""
        return _SAID[self.outcome][1]


class ReturnsAlone(NamedTuple):
    """The outcome of a turn with one return: how many there were, went to customs, and were set aside."""

    seen: int = 0
    gone: int = 0
    aside: int = 0


def ask_return(
    connection: LedgerConnection,
    enterprise: HubEnterprise,
    name: tuple[str, str],
    given: GoodsBack,
    *,
    now: datetime,
) -> ReturnAsked:
    """Take a return of an order's goods, by the platform's code and the order's number, if its state allows it.

    Raises ``OrderNotTakenInError`` and ``OrderErasedError``.
    """
    orders, requests = HUB_ORDERS.c, HUB_REQUESTS.c
    wanted = select(orders.id, orders.profile, orders.salt, orders.sealed).where(
        orders.enterprise == enterprise.name, orders.platform_code == name[0], orders.order_no == name[1]
    )
    row = connection.sql.execute(wanted.with_for_update()).one_or_none()
    if row is None:
        raise OrderNotTakenInError(name[1])
    content = opened(connection.keys, row)
    if content is None:
        raise OrderErasedError(name[1])
    declaration = read_parcel(content)
    ((_, state),) = states_of(connection, [row.id])
    before = connection.sql.execute(
        select(HUB_REQUESTS).where(requests.order == row.id, requests.kind == "return").order_by(requests.id)
    ).all()
    alive = [each for each in before if _lives(each, state)]
    number = given.number or _free_number(row.id, declaration, alive)
    if any(each.number == number for each in alive):
        return ReturnAsked(outcome="known", number=number)
    run = enterprise.run(row.profile, now.date())
    found = _return_of(declaration, state, given, number, alive, run)
    if found.refused:
        return ReturnAsked(outcome="refused", number=number, follow_up=found)
    assert found.refund
    quantities = {each.gnum: each.qty for each in found.refund.lines}
    note_request(
        connection,
        OrderRequest(order=row.id, kind="return", number=number, reason=given.reason, quantities=quantities),
        at=now,
    )
    return ReturnAsked(outcome="returning", number=number, follow_up=found)


def _lives(row: Any, state: ParcelState) -> bool:
    """True if a request for a return counts: it waits, or customs has it and did not refuse it."""
    if row.state == "refused":
        return False
    document = state.documents.get(GoodsReturn.message)
    own = [
        each
        for each in (document.attempts if document else ())
        if each.submitted and each.submitted.key.get("internal_no") == row.number
    ]
    return row.state == "waiting" or not own or own[-1].state not in _NOTHING


def _free_number(order: int, declaration: Declaration, alive: Sequence[Any]) -> str:
    """Return the number of a return: that of the list for the first one, then numbers of the hub."""
    own = declaration.clearance.internal_no or declaration.order.order_no
    return own if not alive else f"R{order}N{len(alive) + 1}"


def _return_of(
    declaration: Declaration, state: ParcelState, given: GoodsBack, number: str, alive: Sequence[Any], run: Run
) -> FollowUp:
    earlier: dict[int, Decimal] = {}
    for each in alive:
        for gnum, qty in quantities_asked(each).items():
            earlier[gnum] = EXACT.add(earlier.get(gnum, ZERO), qty)
    own = declaration.clearance.internal_no or declaration.order.order_no
    request = ReturnRequest(
        reason=given.reason,
        quantities=given.quantities or None,
        earlier=earlier,
        internal_no=None if number == own else number,
        back=given.back,
    )
    return goods_return(declaration, state, request, run=run)


def take_returns(
    connection: LedgerConnection, enterprise: HubEnterprise, *, now: datetime, most: int = TOGETHER
) -> int:
    """Declare the returns that wait; return how many went. One that its state no longer allows is told as refused."""
    rows = _due_returns(connection, enterprise, now, most)
    states = dict(states_of(connection, sorted({row.id for row in rows})))
    gone = sum(_declare(connection, enterprise, row, states[row.id], now) for row in rows)
    enter_done(connection, OrderWork.RETURN, {row.id for row in rows})
    return gone


def take_return_alone(connection: LedgerConnection, enterprise: HubEnterprise, *, now: datetime) -> ReturnsAlone:
    """Declare the return that waits for longest; one that fails in a way that nobody foresaw is set aside with its order."""
    found = ReturnsAlone()
    for row in _due_returns(connection, enterprise, now, 1):
        with set_aside_if_it_fails(connection, row.id, OrderWork.RETURN, now=now) as aside:
            found = ReturnsAlone(seen=1, gone=take_returns(connection, enterprise, now=now, most=1))
        if aside:
            found = ReturnsAlone(seen=1, aside=1)
    return found


def _due_returns(connection: LedgerConnection, enterprise: HubEnterprise, now: datetime, most: int) -> Sequence[Any]:
    """Return the returns to declare, for this transaction alone."""
    orders, requests = HUB_ORDERS.c, HUB_REQUESTS.c
    wanted = (
        select(
            requests.id.label("request"),
            requests.number,
            requests.quantities,
            requests.salt,
            requests.sealed,
            orders.id,
            orders.profile,
            orders.attempt,
            orders.salt.label("parcel_salt"),
            orders.sealed.label("parcel_sealed"),
        )
        .join(HUB_ORDERS, orders.id == requests.order)
        .where(requests.state == "waiting", requests.kind == "return", orders.enterprise == enterprise.name)
        .where(~rests(orders.id, OrderWork.RETURN, now=now))
        .order_by(requests.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return connection.sql.execute(wanted).all()


def _declare(
    connection: LedgerConnection, enterprise: HubEnterprise, row: Any, state: ParcelState, now: datetime
) -> bool:
    content = None if row.parcel_salt is None else connection.keys.open(row.parcel_salt, row.parcel_sealed)
    if content is None:
        _settle(connection, row.request, "refused")
        return False
    requests = HUB_REQUESTS.c
    before = connection.sql.execute(
        select(HUB_REQUESTS).where(requests.order == row.id, requests.kind == "return", requests.id != row.request)
    ).all()
    alive = [each for each in before if each.state == "sent" and _lives(each, state)]
    given = GoodsBack(reason=reason_of(connection, row), quantities=quantities_asked(row))
    run = enterprise.run(row.profile, now.date())
    found = _return_of(read_parcel(content), state, given, row.number, alive, run)
    if found.refused or not put_follow_up(connection, enterprise, (run, found), row.id, at=now):
        told = json.dumps([each.as_dict() for each in found.findings], ensure_ascii=False)
        _settle(connection, row.request, "refused", told)
        return False
    value = to_cents(found.refund.dutiable_value) if found.refund else None
    _settle(connection, row.request, "sent", value=value)
    event = NodeEvent(order=row.id, node=HubNode.RETURNING, at=now, attempt=row.attempt, detail=row.number)
    enter_nodes(connection, [event], arrived=now, hooks={enterprise.name: enterprise.hooks})
    return True


def _settle(
    connection: LedgerConnection, request: int, state: str, told: str = "[]", *, value: Decimal | None = None
) -> None:
    changing = update(HUB_REQUESTS).where(HUB_REQUESTS.c.id == request)
    connection.sql.execute(changing.values(state=state, told=told, value=value))
