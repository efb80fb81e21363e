"""Delivering (投递) from an outbox of the ledger: what is due, what happened, and what receipts say, within a transaction."""

import json
from collections.abc import Callable, Sequence
from dataclasses import astuple
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, insert, or_, select, update

from customs.exchange.circuit import Circuit
from customs.exchange.outbox import Dispatch, UnknownDeliveryError, instant
from customs.exchange.outbox_rows import MOST_BYTES_TOGETHER, answers_of, moment_in
from customs.exchange.pieces import Pieces
from customs.exchange.standing import IN_FLIGHT, WAITING, DeliveryEvent, Standing, TurnKind
from customs.ledger.database import LedgerConnection
from customs.ledger.exchange.boxes import in_box, mark_in, set_mark
from customs.ledger.exchange.rows import STANDING, event_values, standing_of_row, standing_values
from customs.ledger.exchange.sealing import seal_copies
from customs.ledger.exchange.tables import EXCHANGE_EVENTS, EXCHANGE_MESSAGES, EXCHANGE_RIVALS
from customs.ledger.parts import in_parts

Ended = Sequence[tuple[str, DeliveryEvent]]


def enter_events(connection: LedgerConnection, box: int, ended: Ended) -> None:
    """Enter what happened to messages of an outbox. Raises ``UnknownDeliveryError``."""
    if not ended:
        return
    messages = EXCHANGE_MESSAGES.c
    seqs = list[int]()
    for part in in_parts(sorted({number for number, _ in ended})):
        named = select(messages.seq).where(messages.box == box, messages.id.in_(part))
        seqs += connection.sql.execute(named).scalars()
    rows = dict[str, Any]()
    for places in in_parts(sorted(seqs)):  # locked in one order by everybody
        wanted = select(messages.seq, messages.id, *STANDING).where(messages.seq.in_(places))
        rows |= {row.id: row for row in connection.sql.execute(wanted.order_by(messages.seq).with_for_update())}
    standings: dict[str, Standing] = {}
    events = []
    for number, event in ended:
        if number not in rows:
            raise UnknownDeliveryError(number)
        standings[number] = standings.get(number, standing_of_row(rows[number])).after(event)
        events.append(event_values(rows[number].seq, event))
    answered = [(place, number, event.answer) for place, (number, event) in enumerate(ended) if event.answer]
    sealed = seal_copies(
        connection,
        [(Pieces((answer,)), in_box(box, answers_of(number)), number.encode()) for _, number, answer in answered],
    )
    for (place, _, _), (salts, answer) in zip(answered, sealed, strict=True):
        events[place] |= {"salts": salts, "answer": answer}
    connection.sql.execute(insert(EXCHANGE_EVENTS), events)
    for number, standing in standings.items():
        changing = update(EXCHANGE_MESSAGES).where(messages.seq == rows[number].seq)
        connection.sql.execute(changing.values(standing_values(standing)))


def next_dispatches(
    connection: LedgerConnection, box: int, now: datetime, turn: Callable[[Standing], TurnKind], most: int
) -> tuple[Dispatch, ...]:
    """Return the messages whose turns are next: see ``customs.exchange.Outbox``."""
    messages, other, rivals = EXCHANGE_MESSAGES.c, EXCHANGE_MESSAGES.alias("other").c, EXCHANGE_RIVALS.c
    blocked = exists().where(
        rivals.message == messages.seq,
        other.seq == rivals.other,
        or_(other.state.in_(IN_FLIGHT), and_(other.seq < messages.seq, other.state.in_(WAITING))),
    )
    wanted = (
        select(messages.id, messages.size, *STANDING)
        .where(messages.box == box, messages.state.in_(WAITING), messages.due <= instant(now), ~blocked)
        .order_by(messages.due, messages.seq)
        .limit(most)
    )
    found, left = list[Dispatch](), MOST_BYTES_TOGETHER
    for row in connection.sql.execute(wanted):
        standing = standing_of_row(row)
        each, left = Dispatch(row.id, standing, turn(standing)), left - row.size
        is_plain = each.turn == "hand over" and not standing.doubtful
        if found and (left < 0 or not is_plain):
            break
        found.append(each)
        if not is_plain:
            break
    return tuple(found)


def next_due(connection: LedgerConnection, box: int) -> datetime | None:
    """Return when the next turn comes, None if nothing waits."""
    messages = EXCHANGE_MESSAGES.c
    wanted = select(func.min(messages.due)).where(messages.box == box, messages.state.in_(WAITING))
    found: Any = connection.sql.execute(wanted).scalar()
    return None if found is None else found


def set_circuit(connection: LedgerConnection, box: int, circuit: Circuit) -> None:
    """Note how the destination stands."""
    set_mark(connection, box, "circuit", json.dumps([each and str(each) for each in astuple(circuit)]))


def circuit_in(connection: LedgerConnection, box: int) -> Circuit:
    """Return how the destination stands."""
    if not (text := mark_in(connection, box, "circuit")):
        return Circuit()
    failures, since, probe_at, probes = json.loads(text)
    return Circuit(int(failures or 0), moment_in(since), moment_in(probe_at), int(probes or 0))
