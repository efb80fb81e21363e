"""Delivering (投递) from an outbox of the ledger: what is due, what happened, and what receipts say, within a transaction."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import astuple
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select, update

from customs.exchange.circuit import Circuit
from customs.exchange.outbox import Dispatch, UnknownDeliveryError, instant
from customs.exchange.outbox_rows import MOST_BYTES_TOGETHER, answers_of, moment_in
from customs.exchange.pieces import Pieces
from customs.exchange.standing import IN_FLIGHT, WAITING, DeliveryEvent, Standing, TurnKind
from customs.ledger.database import LedgerConnection
from customs.ledger.exchange.boxes import in_box, mark_in, set_mark
from customs.ledger.exchange.rows import STANDING, add_events, event_values, standing_of_row, standing_values
from customs.ledger.exchange.sealing import seal_copies
from customs.ledger.exchange.tables import EXCHANGE_MESSAGES, EXCHANGE_RIVALS
from customs.ledger.parts import AT_ONCE, in_parts

Ended = Sequence[tuple[str, DeliveryEvent]]

_MESSAGES, _OTHER, _RIVALS = EXCHANGE_MESSAGES.c, EXCHANGE_MESSAGES.alias("other").c, EXCHANGE_RIVALS.c

#: A message that has to wait for one with a document of it.
_BLOCKED = exists().where(
    _RIVALS.message == _MESSAGES.seq,
    _OTHER.seq == _RIVALS.other,
    or_(_OTHER.state.in_(IN_FLIGHT), and_(_OTHER.seq < _MESSAGES.seq, _OTHER.state.in_(WAITING))),
)

_DUE = (
    select(_MESSAGES.id, _MESSAGES.size, *STANDING)
    .where(
        _MESSAGES.box == bindparam("of_box"),
        _MESSAGES.state.in_(WAITING),
        _MESSAGES.due <= bindparam("now"),
        ~_BLOCKED,
    )
    .order_by(_MESSAGES.due, _MESSAGES.seq)
    .limit(bindparam("most"))
)

_NAMED = (
    select(_MESSAGES.seq, _MESSAGES.id, *STANDING)
    .where(_MESSAGES.box == bindparam("of_box"), _MESSAGES.id.in_(bindparam("ids", expanding=True)))
    .order_by(_MESSAGES.seq)
    .with_for_update()
)

_STANDING = update(EXCHANGE_MESSAGES).where(_MESSAGES.seq == bindparam("of"))


def enter_events(connection: LedgerConnection, box: int, ended: Ended) -> None:
    """Enter what happened to messages of an outbox. Raises ``UnknownDeliveryError``."""
    if not ended:
        return
    rows = _locked(connection, box, {number for number, _ in ended})
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
    add_events(connection, events)
    changes = [{"of": rows[number].seq, **standing_values(standing)} for number, standing in standings.items()]
    connection.sql.execute(_STANDING, changes)


def _locked(connection: LedgerConnection, box: int, numbers: Collection[str]) -> dict[str, Any]:
    """Return where messages stand, by their ids, for this transaction alone until it ends: locked in one order by everybody."""
    if len(numbers) <= AT_ONCE:
        found = connection.sql.execute(_NAMED, {"of_box": box, "ids": sorted(numbers)})
        return {row.id: row for row in found}
    seqs, rows = list[int](), dict[str, Any]()
    for part in in_parts(sorted(numbers)):
        named = select(_MESSAGES.seq).where(_MESSAGES.box == box, _MESSAGES.id.in_(part))
        seqs += connection.sql.execute(named).scalars()
    for places in in_parts(sorted(seqs)):
        wanted = select(_MESSAGES.seq, _MESSAGES.id, *STANDING).where(_MESSAGES.seq.in_(places))
        rows |= {row.id: row for row in connection.sql.execute(wanted.order_by(_MESSAGES.seq).with_for_update())}
    return rows


def next_dispatches(
    connection: LedgerConnection, box: int, now: datetime, turn: Callable[[Standing], TurnKind], most: int
) -> tuple[Dispatch, ...]:
    """Return the messages whose turns are next: see ``customs.exchange.Outbox``."""
    found, left = list[Dispatch](), MOST_BYTES_TOGETHER
    for row in connection.sql.execute(_DUE, {"of_box": box, "now": instant(now), "most": most}):
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
    wanted = select(func.min(_MESSAGES.due)).where(_MESSAGES.box == box, _MESSAGES.state.in_(WAITING))
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
