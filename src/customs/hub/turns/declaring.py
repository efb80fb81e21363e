"""Declaring orders (申报): what is due is checked, put into messages, and these into the outbox, in one transaction.

Orders are taken with a lock that others skip, so that several workers share the work. A worker that is killed leaves
nothing: its transaction never was, and the orders are due as before.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.orders.nodes import HubNode, NodeEvent, enter_nodes
from customs.hub.orders.stages import OrderStage
from customs.hub.store.sealed import opened, read_parcel
from customs.hub.store.tables import HUB_NUMBERS, HUB_ORDERS
from customs.hub.turns.putting import put_batch
from customs.ledger.among import among
from customs.ledger.database import LedgerConnection
from customs.ledger.declared import LedgerKnowledge, hold_declared, note_declared
from customs.ledger.many_rows import add_rows
from customs.receipts.timeouts import DEFAULT, Timeouts
from customs.road import Batch, Prepared
from customs.road.recognition import key_texts
from customs.rules.finding import Kind, Severity

#: The finding of an order whose messages could not be made.
NOT_MADE = Kind(
    code="hub-failed",
    severity=Severity.ERROR,
    zh="枢纽未能生成其报文：{why}",
    en="the hub failed to make its messages: {why}",
    advice_zh="请将本条与当时的日志交给技术支持；订单修改后会重新申报",
    advice_en="give this line and the log of that time to support; once amended, the order is declared again",
    source="the hub's own 枢纽自身",
)

#: Orders that one transaction takes: those of some full messages.
TOGETHER = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaringReport:
    """The outcome of one turn: how many orders it took, declared, refused and set aside, and how many messages it put."""

    taken: int = 0
    declared: int = 0
    refused: int = 0
    failed: int = 0
    messages: int = 0


def declare_due(
    connection: LedgerConnection,
    enterprise: HubEnterprise,
    profile: str = "",
    *,
    now: datetime,
    most: int = TOGETHER,
    timeouts: Timeouts = DEFAULT,
) -> DeclaringReport:
    """Declare orders of a profile for the first time, those that are due, oldest first; of the first one if none is named.

    Raises ``NoDestinationError``, ``NoProfileError`` and ``OvertakenError``: then nothing of it counts.
    """
    rows = _due(connection, enterprise, profile, now, most)
    if not rows:
        return DeclaringReport()
    run, knowledge = enterprise.run(profile, now.date()), LedgerKnowledge(connection)
    orders = dict(enumerate(rows, run.first))
    parcels = [read_parcel(opened(connection.keys, row) or b"") for row in rows]
    asked = knowledge.asked_all(parcels, run=run, together=len(parcels))
    numbers = {place: row.id for place, row in orders.items()}
    made = _together(run.knowing(knowledge).prepare_many(asked))
    note_declared(connection, made, at=now)
    hold_declared(connection, made, at=now)
    gone = [each for each in made.parcels if not each.refused]
    stopped = [each for each in made.parcels if each.refused]
    _enter_declared(connection, [(orders[each.position], each) for each in gone], now, timeouts)
    _enter_refused(connection, [(orders[each.position], each) for each in stopped])
    enter_nodes(connection, _nodes(orders, made, now), arrived=now, hooks={enterprise.name: enterprise.hooks})
    put_batch(connection, enterprise, made, numbers, at=now)  # last: whoever puts keeps others waiting who put
    return DeclaringReport(taken=len(rows), declared=len(gone), refused=len(stopped), messages=len(made.messages))


def _together(batches: Iterable[Batch]) -> Batch:
    """Return the messages and parcels of batches as one, so that the ledger is asked and written once for all."""
    made = list(batches)
    return Batch(
        tuple([each for batch in made for each in batch.messages]),
        tuple([each for batch in made for each in batch.parcels]),
    )


def set_aside(connection: LedgerConnection, enterprise: HubEnterprise, profile: str, why: str, *, now: datetime) -> int:
    """Set the oldest order that is due aside, since making its messages failed; return its number, 0 for none.

    It is as one that the checks refused: amended, it goes again.
    """
    rows = _due(connection, enterprise, profile, now, 1)
    if not rows:
        return 0
    row, told = rows[0], NOT_MADE.at("", why=why)
    entering = update(HUB_ORDERS).where(HUB_ORDERS.c.id == row.id)
    kept = json.dumps([told.as_dict()], ensure_ascii=False)
    connection.sql.execute(entering.values(stage=OrderStage.REFUSED, told=kept, due=None))
    event = NodeEvent(order=row.id, node=HubNode.REFUSED, at=now, attempt=row.attempt, detail=told.code)
    enter_nodes(connection, [event], arrived=now, hooks={enterprise.name: enterprise.hooks})
    return int(row.id)


def _due(
    connection: LedgerConnection, enterprise: HubEnterprise, profile: str, now: datetime, most: int
) -> Sequence[Any]:
    """Return the orders of a profile to declare, for this transaction alone."""
    orders, name = HUB_ORDERS.c, enterprise.named_profile(profile)
    names = [name, ""] if name == enterprise.named_profile("") else [name]
    wanted = (
        select(orders.id, orders.attempt, orders.salt, orders.sealed)
        .where(
            orders.enterprise == enterprise.name,
            orders.profile.in_(names),
            orders.stage == OrderStage.RECEIVED,
            orders.attempt == 1,  # what customs refused goes again by a follow-up
            orders.sealed.is_not(None),
            orders.due <= now,
        )
        .order_by(orders.due, orders.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return connection.sql.execute(wanted).all()


def _enter_declared(
    connection: LedgerConnection, gone: Sequence[tuple[Any, Prepared]], now: datetime, timeouts: Timeouts
) -> None:
    if not gone:
        return
    of_all = {"stage": OrderStage.DECLARED, "node": "", "node_at": None, "told": "[]"}
    entering = update(HUB_ORDERS).where(among(HUB_ORDERS.c.id, "rows"))
    connection.sql.execute(
        entering.values(**of_all, due=now + timeouts.unanswered), {"rows": [row.id for row, _ in gone]}
    )
    numbers = [
        {"number": number, "name": name, "order": row.id}
        for row, parcel in gone
        for name, number in _numbers(parcel).items()
    ]
    add_rows(connection, HUB_NUMBERS, numbers, once=True)


_NUMBERS = ("payment_no", "waybill_no", "internal_no")


def _numbers(parcel: Prepared) -> dict[str, str]:
    """Return the numbers by which receipts may name a parcel, beside that of its order, which it has since it was taken in."""
    assert parcel.declaration
    texts = key_texts(parcel.declaration)
    return {name: text for name in _NUMBERS if (text := getattr(texts, name))}


def _enter_refused(connection: LedgerConnection, stopped: Sequence[tuple[Any, Prepared]]) -> None:
    if not stopped:
        return
    orders = HUB_ORDERS.c
    entering = (
        update(HUB_ORDERS)
        .where(orders.id == bindparam("row"))
        .values(stage=OrderStage.REFUSED, told=bindparam("findings"), due=None)
    )
    connection.sql.execute(entering, [{"row": row.id, "findings": _told(parcel)} for row, parcel in stopped])


def _told(parcel: Prepared) -> str:
    """Return the findings of a parcel as they are kept; they hold no personal data."""
    told = [each.as_dict() for each in parcel.findings]
    return json.dumps(told, ensure_ascii=False)


def _nodes(orders: dict[int, Any], batch: Batch, now: datetime) -> list[NodeEvent]:
    return [
        NodeEvent(
            order=orders[each.position].id,
            node=HubNode.REFUSED if each.refused else HubNode.DECLARED,
            at=now,
            attempt=orders[each.position].attempt,
            detail=next((found.code for found in each.findings if found.is_error), "") if each.refused else "",
        )
        for each in batch.parcels
    ]
