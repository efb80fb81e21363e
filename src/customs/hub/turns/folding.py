"""Folding answers (回执归并): what came in is laid to its orders, and where each stands follows from all of it.

The order in which receipts come, and how often, changes nothing: the state is that of ``customs.receipts.track`` over
everything that was submitted and answered. What follows from it, quota, tax bills and the calls that tell it, is one
transaction with it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from customs.codes.states import State
from customs.documents import Answer, Cancellation
from customs.hub.counts.answers import FoldedOrder, tallies_of
from customs.hub.counts.providers import PROVIDER_KINDS
from customs.hub.counts.refusals import refusal_of
from customs.hub.counts.tallies import Tally
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.orders.history import event_digest, histories, history_rows
from customs.hub.orders.nodes import NodeEvent, enter_nodes
from customs.hub.orders.stages import OrderStage
from customs.hub.store.tables import HUB_HISTORY, HUB_NUMBERS, HUB_ORDERS
from customs.hub.turns.returned import follow_returned
from customs.ledger.among import among
from customs.ledger.bills.following import follow_taxed_parcels
from customs.ledger.database import LedgerConnection
from customs.ledger.exchange import KeptReceipt
from customs.ledger.many_rows import add_rows, change_rows
from customs.ledger.quota import follow_parcels, order_key
from customs.receipts.lifecycle import track
from customs.receipts.next_step import NextStep, StepKind, next_step
from customs.receipts.state import Event, ParcelState, Submitted
from customs.receipts.timeouts import DEFAULT, Timeouts

#: Numbers that lead from an answer to an order.
_LEADING = ("order_no", "list_no", "waybill_no", "payment_no", "internal_no", "pre_entry_no")

#: Nodes at which nothing is left to do for the hub.
_OVER = frozenset({State.WITHDRAWN.value, State.RETURNED.value})

#: Who has a part in an order.
_PROVIDERS = tuple(HUB_ORDERS.c[each.column] for each in PROVIDER_KINDS.values())

#: Stages in which an order is still to be declared, perhaps again.
_TO_DECLARE = frozenset({OrderStage.RECEIVED, OrderStage.HELD, OrderStage.REFUSED})

#: Orders by the numbers that answers name.
_NUMBERED = (
    select(HUB_NUMBERS.c.name, HUB_NUMBERS.c.number, HUB_NUMBERS.c.order)
    .join(HUB_ORDERS, HUB_ORDERS.c.id == HUB_NUMBERS.c.order)
    .where(among(HUB_NUMBERS.c.number, "numbers"), HUB_ORDERS.c.enterprise == bindparam("of_enterprise"))
)

_NAMED = ("id", "order_no", "customs_code", "stage", "node", "attempt", "refund", "due", "goods")

#: Orders, locked in one order by everybody.
_LOCKING = (
    select(*[HUB_ORDERS.c[each] for each in _NAMED], *_PROVIDERS)
    .where(among(HUB_ORDERS.c.id, "orders"))
    .order_by(HUB_ORDERS.c.id)
    .with_for_update()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldingReport:
    """The outcome of one turn: how many answers it read, were new to an order, named none, moved one, were set aside."""

    answers: int = 0
    new: int = 0
    strays: int = 0
    moved: int = 0
    aside: int = 0
    """Receipts that could not be laid."""
    tallies: tuple[Tally, ...] = ()
    """What is to be counted of them."""


def fold(
    connection: LedgerConnection,
    enterprise: HubEnterprise,
    receipts: Iterable[KeptReceipt],
    *,
    now: datetime,
    areas: Sequence[str] = ("unified",),
    timeouts: Timeouts = DEFAULT,
) -> FoldingReport:
    """Lay the answers in receipts to the orders of an enterprise, and bring these to where they stand."""
    answers = [answer for each in receipts for answer in each.read(areas)]
    laid, numbers, strays = _laid(connection, answers, _orders_of(connection, enterprise.name, answers))
    if not laid:
        return FoldingReport(answers=len(answers), strays=strays, tallies=tallies_of((), (), strays, now))
    add_rows(connection, HUB_NUMBERS, numbers, once=True)
    rows = {row.id: row for row in connection.sql.execute(_LOCKING, {"orders": sorted(laid)})}
    known = histories(connection, sorted(rows))
    new = {
        order: of_order
        for order in rows
        if (of_order := {mark: each for mark, each in laid[order].items() if mark not in known[order]})
    }
    kept = [row for order, of_order in new.items() for row in history_rows(connection.keys, order, of_order, now)]
    add_rows(connection, HUB_HISTORY, kept)
    folded = [
        FoldedOrder(row=rows[order], state=track([*_there(known[order]), *of_order.values()]))
        for order, of_order in new.items()
    ]
    bring_up(connection, enterprise, folded, now=now, timeouts=timeouts)
    return FoldingReport(
        answers=len(answers),
        new=sum(map(len, new.values())),
        strays=strays,
        moved=sum(each.moved for each in folded),
        tallies=tallies_of(
            folded, [(order, each) for order, of_order in new.items() for each in of_order.values()], strays, now
        ),
    )


def _laid(
    connection: LedgerConnection, answers: Iterable[Answer], named: Mapping[tuple[str, str], set[int]]
) -> tuple[dict[int, dict[bytes, Answer]], list[dict[str, Any]], int]:
    """Lay answers to orders: return those of each order by their digests, the numbers that are new to it, and how many answers
    name none.
    """
    laid: dict[int, dict[bytes, Answer]] = {}
    numbers, strays = set[tuple[str, str, int]](), 0
    for answer in answers:
        orders = _named(answer, named)
        strays += not orders
        mark = event_digest(connection.keys, answer)
        for order in orders:
            laid.setdefault(order, {}).setdefault(mark, answer)
            numbers |= {
                (text, name, order)
                for name, text in answer.key.fields
                if text and name in _LEADING and order not in named.get((name, text), ())
            }
    rows = [{"number": number, "name": name, "order": order} for number, name, order in sorted(numbers)]
    return laid, rows, strays


def _orders_of(
    connection: LedgerConnection, enterprise: str, answers: Sequence[Answer]
) -> dict[tuple[str, str], set[int]]:
    """Return the orders of an enterprise by the numbers that answers name."""
    wanted = sorted({text for answer in answers for name, text in answer.key.fields if text and name in _LEADING})
    found: dict[tuple[str, str], set[int]] = {}
    for name, number, order in connection.sql.execute(_NUMBERED, {"numbers": wanted, "of_enterprise": enterprise}):
        found.setdefault((name, number), set()).add(order)
    return found


def _named(answer: Answer, found: Mapping[tuple[str, str], set[int]]) -> set[int]:
    """Return the orders that an answer names, by the number that says most."""
    fields = dict(answer.key.fields)
    for name in _LEADING:
        if orders := found.get((name, fields.get(name, ""))):
            return orders
    return set()


def bring_up(
    connection: LedgerConnection,
    enterprise: HubEnterprise,
    folded: Sequence[FoldedOrder],
    *,
    now: datetime,
    timeouts: Timeouts = DEFAULT,
) -> None:
    """Bring orders to where their states say, with their quota, their taxes and the calls that tell it."""
    if not folded:
        return
    changes, released, events = list[dict[str, Any]](), list[dict[str, Any]](), list[NodeEvent]()
    for each in folded:
        row, state, node = each.row, each.state, each.node
        step = next_step(state, now=now, timeouts=timeouts)
        change = {
            "id": row.id,
            "node": node,
            "node_at": state.since,
            "stage": OrderStage.CLOSED.value if node in _OVER else row.stage,
            "due": row.due if row.stage == OrderStage.RECEIVED else _due(step, state, now, refund=row.refund),
            "lacks": next(iter(state.missing), ""),
        }
        if State.RELEASED in state.reached and not row.goods:  # with the same statement: the row is written once
            at = state.reached[State.RELEASED] or now
            released.append({**change, "goods": State.RELEASED.value, "goods_at": at})
        else:
            changes.append(change)
        events += _events(row, state, now)
    for alike in (changes, released):
        change_rows(connection, HUB_ORDERS, "id", alike)
    _follow(connection, [each.row for each in folded], {each.row.id: each.state for each in folded}, now)
    enter_nodes(connection, events, arrived=now, hooks={enterprise.name: enterprise.hooks})


def _events(row: Any, state: ParcelState, now: datetime) -> Iterator[NodeEvent]:
    """Yield the nodes that an order reached at customs; a refusal says its code and class."""
    waits = row.attempt > 1 and row.stage in _TO_DECLARE  # amended, and not sent again: customs speaks of the last one
    for reached, at in state.reached.items():
        yield NodeEvent(
            order=row.id,
            node=reached,
            at=at or now,
            source="customs",
            attempt=row.attempt - waits,
            detail=refusal_of(state).text if reached is State.REJECTED else "",
        )


def states_of(connection: LedgerConnection, orders: Sequence[int]) -> Iterator[tuple[int, ParcelState]]:
    """Yield orders with their states, from all that was submitted and answered and is not erased."""
    for order, of_order in histories(connection, orders).items():
        yield order, track(_there(of_order))


def _there(history: Mapping[bytes, Event | None]) -> list[Event]:
    return [each for each in history.values() if each is not None]


def _due(step: NextStep, state: ParcelState, now: datetime, *, refund: bool) -> datetime | None:
    """Return when somebody has to look at an order again: at once if a step is due, never if nothing is waited for.

    An order that is to be cancelled for its refund is looked at whatever is said of it, at once until its cancellation is sent.
    """
    if refund and Cancellation.message not in state.documents:
        return now
    if step.kind is StepKind.NONE and not refund:
        return None
    if step.until is not None and step.until > now:
        return step.until
    return now if step.machine or step.overdue else None


def _follow(
    connection: LedgerConnection, rows: Sequence[Any], states: Mapping[int, ParcelState], now: datetime
) -> None:
    """Have quota and tax follow the states of orders, where the ledger knows them.

    The ledger knows an order by platform and number: that of the enterprise that declared it, so that an order of which
    nothing was submitted here moves nothing.
    """
    rows = [each for each in rows if any(isinstance(event, Submitted) for event in states[each.id].history)]
    follow_returned(connection, rows, states, at=now)
    follow_parcels(connection, {order_key(row.platform_code, row.order_no): states[row.id] for row in rows}, at=now)
    follow_taxed_parcels(connection, {row.order_no: states[row.id] for row in rows}, at=now)
