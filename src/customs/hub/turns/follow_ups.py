"""Follow-ups of the hub (后续报送): a missing document is pushed, a list is taken back, by the hub itself where it may.

What a machine may do, and how often, is what ``customs.receipts.next_step`` says; everything else waits for a person. A
follow-up goes the way of every message: into the outbox and the history of its order, in one transaction.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update

from customs.declaration import Declaration
from customs.documents import DeclarationList
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.orders.nodes import HubNode, NodeEvent, enter_nodes
from customs.hub.orders.requests import cancellation_asked
from customs.hub.orders.stages import OrderStage
from customs.hub.store.sealed import opened, read_parcel
from customs.hub.store.tables import HUB_ORDERS
from customs.hub.turns.folding import states_of
from customs.hub.turns.orders_aside import OrderWork, enter_done, set_aside_if_it_fails
from customs.hub.turns.putting import put_follow_up
from customs.hub.turns.refunds import close_order
from customs.ledger.database import LedgerConnection
from customs.ledger.many_rows import change_rows
from customs.receipts.actions import Action
from customs.receipts.corrections import resubmission
from customs.receipts.follow_up import FollowUp
from customs.receipts.next_step import NextStep, StepKind, next_step
from customs.receipts.standing import Stand, living, stand_of
from customs.receipts.state import ParcelState, Submitted
from customs.receipts.timeouts import DEFAULT, Timeouts
from customs.road.results import KINDS, DocumentName

#: How often a missing document is pushed before a person looks.
MOST_PUSHES = 3

#: How long after a passing fault the same content goes again; twice as long each time.
FIRST_INTERVAL = timedelta(minutes=5)

#: Orders that one transaction looks at.
TOGETHER = 200

#: What is read of an order whose step is due.
_SEEN = (
    *("id", "enterprise", "platform_code", "order_no", "profile", "stage", "node", "attempt", "refund"),
    *("salt", "sealed"),
)

_NAMES: Mapping[str, DocumentName] = {kind.message: name for name, kind in KINDS.items()}

#: Stands of the list in which nothing has to be taken back.
_FREE = frozenset({Stand.ABSENT, Stand.REFUSED, Stand.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsReport:
    """The outcome of one turn: how many orders it looked at, sent documents of again, asked to cancel, and left to people;
    how many returns it declared, and how many orders it set aside.
    """

    seen: int = 0
    pushed: int = 0
    cancelled: int = 0
    left: int = 0
    returned: int = 0
    aside: int = 0

    def __add__(self, other: "StepsReport") -> "StepsReport":
        """Return both together."""
        return StepsReport(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)})


def take_steps(
    connection: LedgerConnection,
    enterprise: HubEnterprise,
    *,
    now: datetime,
    most: int = TOGETHER,
    timeouts: Timeouts = DEFAULT,
) -> StepsReport:
    """Take the next steps of declared orders whose time has come, as far as a machine may."""
    rows = _due_steps(connection, enterprise, now, most)
    states = dict(states_of(connection, [row.id for row in rows]))
    seen, pushed, cancelled, left = len(rows), 0, 0, 0
    dues = list[dict[str, Any]]()
    for row in rows:
        state = states[row.id]
        step = next_step(state, now=now, timeouts=timeouts)
        due, done = step.until if step.until is not None and step.until > now else None, False
        if row.salt is None:  # erased: nothing more can be sent of it
            pass
        elif row.stage == OrderStage.RECEIVED:
            done = _correct(connection, enterprise, row, _parcel(connection, row), state, now)
            due, pushed = now + timeouts.unanswered if done else None, pushed + done
        elif row.refund and stand_of(living(state, DeclarationList.message)) in _FREE:
            close_order(connection, enterprise, row, now=now)
            due, done = None, True
        elif row.refund:
            done = _cancel(connection, enterprise, row, _parcel(connection, row), state, now)
            due, cancelled = now + timeouts.unanswered, cancelled + done
        elif (again := again_at(state, step)) is not None and again > now:
            due = again
        elif again is not None:
            done = _push(connection, enterprise, row, _parcel(connection, row), state, step, now)
            due, pushed = now + timeouts.missing, pushed + done
        left += not done and (due is None or bool(row.refund))
        dues.append({"id": row.id, "due": due})
    change_rows(connection, HUB_ORDERS, "id", dues)
    enter_done(connection, OrderWork.STEP, [row.id for row in rows])
    return StepsReport(seen=seen, pushed=pushed, cancelled=cancelled, left=left)


def take_step_alone(
    connection: LedgerConnection, enterprise: HubEnterprise, *, now: datetime, timeouts: Timeouts = DEFAULT
) -> StepsReport:
    """Take the next step of the order whose time came first; one that fails in a way that nobody foresaw is set aside."""
    report = StepsReport()
    for row in _due_steps(connection, enterprise, now, 1):
        with set_aside_if_it_fails(connection, row.id, OrderWork.STEP, now=now) as aside:
            report = take_steps(connection, enterprise, now=now, most=1, timeouts=timeouts)
        if aside:
            report = StepsReport(seen=1, aside=1)
    return report


def _due_steps(connection: LedgerConnection, enterprise: HubEnterprise, now: datetime, most: int) -> Sequence[Any]:
    """Return the orders whose next step is due, for this transaction alone."""
    orders = HUB_ORDERS.c
    corrected = and_(orders.stage == OrderStage.RECEIVED, orders.attempt > 1)
    wanted = (
        select(*[orders[each] for each in _SEEN])
        .where(
            orders.enterprise == enterprise.name,
            or_(orders.stage == OrderStage.DECLARED, corrected),
            orders.due <= now,
        )
        .order_by(orders.due, orders.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return connection.sql.execute(wanted).all()


def _parcel(connection: LedgerConnection, row: Any) -> Declaration:
    return read_parcel(opened(connection.keys, row) or b"")


def _correct(
    connection: LedgerConnection,
    enterprise: HubEnterprise,
    row: Any,
    declaration: Declaration,
    state: ParcelState,
    now: datetime,
) -> bool:
    """Declare what customs refused once more, as the order was amended; what is wrong with it is told."""
    run = enterprise.run(row.profile, now.date())
    found = resubmission(declaration, state, run=run)
    done = not found.refused and put_follow_up(connection, enterprise, (run, found), row.id, at=now)
    values: dict[str, Any] = {"stage": OrderStage.DECLARED, "node": "", "node_at": None}
    if not done:
        values = {"stage": OrderStage.REFUSED, "told": _told(found)}
    connection.sql.execute(update(HUB_ORDERS).where(HUB_ORDERS.c.id == row.id).values(values))
    node = HubNode.DECLARED if done else HubNode.REFUSED
    event = NodeEvent(order=row.id, node=node, at=now, attempt=row.attempt)
    enter_nodes(connection, [event], arrived=now, hooks={enterprise.name: enterprise.hooks})
    return done


def _told(found: FollowUp) -> str:
    """Return the findings of a follow-up as they are kept; they hold no personal data."""
    return json.dumps([each.as_dict() for each in found.findings], ensure_ascii=False)


def again_at(state: ParcelState, step: NextStep) -> datetime | None:
    """Return when a machine may send the documents of a step again: what customs lacks at once, what a passing fault
    stopped after an interval that grows; None if it may not, or has done so often enough that a person has to look.
    """
    is_fault = step.action is Action.RETRY_BACKOFF
    if not step.machine or not step.documents or not (is_fault or step.kind is StepKind.PUSH):
        return None
    sent = [each for name in step.documents for each in _submissions(state, name)]
    count = len(sent) // len(step.documents)
    most = 1 + (Action.RETRY_BACKOFF.most_times or 0) if is_fault else MOST_PUSHES
    if count >= most:
        return None
    last = max((each.app_time for each in sent), default=datetime.min)
    return last + FIRST_INTERVAL * 2 ** max(count - 1, 0) if is_fault else last


def _submissions(state: ParcelState, document: str) -> list[Submitted]:
    """Return what was sent of a document."""
    found = state.documents.get(document)
    return [each.submitted for each in found.attempts if each.submitted] if found else []


def _push(
    connection: LedgerConnection,
    enterprise: HubEnterprise,
    row: Any,
    declaration: Declaration,
    state: ParcelState,
    step: NextStep,
    now: datetime,
) -> bool:
    """Send the documents that customs lacks once more."""
    names: list[DocumentName] = [_NAMES[each] for each in step.documents if each in _NAMES]
    run = enterprise.run(row.profile, now.date())
    # after a passing fault the same content again is harmless: where customs holds it, it says so
    is_fault = step.action is Action.RETRY_BACKOFF
    found = resubmission(declaration, state, run=run, documents=names, nothing_stored=is_fault)
    return put_follow_up(connection, enterprise, (run, found), row.id, at=now)


def _cancel(
    connection: LedgerConnection,
    enterprise: HubEnterprise,
    row: Any,
    declaration: Declaration,
    state: ParcelState,
    now: datetime,
) -> bool:
    """Ask customs to take back the list of an order whose refund is asked for; what cannot be is told to people."""
    run, found = cancellation_asked(connection, enterprise, row, (declaration, state), now=now)
    if found.refused:
        connection.sql.execute(update(HUB_ORDERS).where(HUB_ORDERS.c.id == row.id).values(told=_told(found)))
        return False
    done = put_follow_up(connection, enterprise, (run, found), row.id, at=now)
    if done:
        event = NodeEvent(order=row.id, node=HubNode.CANCELLING, at=now, attempt=row.attempt)
        enter_nodes(connection, [event], arrived=now, hooks={enterprise.name: enterprise.hooks})
    return done
