"""Keeping of lots and of ways of pieces (登记与更正): each fact once, with its cause; a correction is a fact of its own.

Promised, whatever is killed or repeated: rows are only appended. The same row again changes nothing, in whatever file it
comes, also after it was taken back: only a ticket enters it anew.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, select

from customs.ledger.accounts import upserting
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.parts import in_parts
from customs.ledger.trace.records import TraceEntry, TraceLot
from customs.ledger.trace.tables import TRACE_ENTRIES, TRACE_LOTS, TRACE_WITHDRAWALS


@dataclass(frozen=True, slots=True)
class TraceCount:
    """How many lots and entries are new, and which entries contradict one that is kept, with the quantity kept."""

    new: int
    contradicted: Sequence[tuple[int, Decimal]] = ()
    """By their place among those given, from 0."""


def enter_lots(connection: LedgerConnection, lots: Sequence[TraceLot], cause: EntryCause, at: datetime) -> TraceCount:
    """Enter what is known of lots; what was said before, in the same words, changes nothing."""
    rows = {_stated(asdict(each), cause): asdict(each) for each in lots}
    return TraceCount(_added(connection, TRACE_LOTS, rows, cause, at))


def enter_traces(
    connection: LedgerConnection, entries: Sequence[TraceEntry], cause: EntryCause, at: datetime
) -> TraceCount:
    """Enter where pieces went. One that differs from what is kept in its quantity alone is not entered but told."""
    places = [(place, _key(each, cause), each) for place, each in enumerate(entries)]
    known = dict[str, Decimal]()
    for part in in_parts(sorted({key for _, key, _ in places})):
        wanted = select(TRACE_ENTRIES.c.stated, TRACE_ENTRIES.c.quantity).where(TRACE_ENTRIES.c.stated.in_(part))
        known.update((stated, quantity) for stated, quantity in connection.sql.execute(wanted))
    rows, contradicted = dict[str, dict[str, Any]](), list[tuple[int, Decimal]]()
    for place, key, each in places:
        quantity = known.setdefault(key, each.quantity)
        if quantity != each.quantity:
            contradicted.append((place, quantity))
        else:
            rows.setdefault(key, asdict(each))
    return TraceCount(_added(connection, TRACE_ENTRIES, rows, cause, at), tuple(contradicted))


def take_back(connection: LedgerConnection, entries: Collection[int], ticket: EntryCause, at: datetime) -> int:
    """Take entries back by their numbers in the ledger; return how many were not taken back by this ticket before.

    Raises ``ValueError`` for a cause that is no ticket with who decided it and why, and for a number that no entry has;
    ``CauseUsedError`` for an entry that another ticket took back.
    """
    if ticket.kind != "ticket" or not ticket.by or not ticket.why:
        raise ValueError("a correction needs a ticket, who decided it and why 更正须有工单、决定人和原因")
    known = dict[int, str | None]()
    for part in in_parts(sorted(set(entries))):
        wanted = (
            select(TRACE_ENTRIES.c.id, TRACE_WITHDRAWALS.c.cause)
            .outerjoin(TRACE_WITHDRAWALS, TRACE_WITHDRAWALS.c.entry == TRACE_ENTRIES.c.id)
            .where(TRACE_ENTRIES.c.id.in_(part))
        )
        known.update((number, cause) for number, cause in connection.sql.execute(wanted))
    if unknown := sorted(set(entries) - set(known)):
        shown = ", ".join(map(str, unknown))
        raise ValueError(f"no entry has the number {shown}: see customs trace code 没有编号为 {shown} 的登记")
    if other := next((each for each in known.values() if each not in (None, ticket.id)), None):
        raise CauseUsedError("trace", EntryCause("ticket", other))
    rows = [{"entry": each, **_caused(ticket, at)} for each, by in sorted(known.items()) if by is None]
    if rows:
        connection.sql.execute(insert(TRACE_WITHDRAWALS), rows)
    return len(rows)


#: What says that two rows are the same; a second export may round its time, and its quantity is compared.
_SAME = [each.name for each in fields(TraceEntry) if each.name not in ("quantity", "at")]


def _key(entry: TraceEntry, cause: EntryCause) -> str:
    return _stated({name: getattr(entry, name) for name in _SAME}, cause)


def _stated(values: dict[str, Any], cause: EntryCause) -> str:
    said = [values, cause.id if cause.kind == "ticket" else ""]
    return sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:32]


def _caused(cause: EntryCause, at: datetime) -> dict[str, Any]:
    named = {"cause_kind": cause.kind, "cause": cause.id, "cause_by": cause.by, "cause_why": cause.why}
    return {**named, "entered_at": at}


def _added(
    connection: LedgerConnection, table: Any, rows: dict[str, dict[str, Any]], cause: EntryCause, at: datetime
) -> int:
    if not rows:
        return 0
    adding = upserting(connection, table).on_conflict_do_nothing().returning(table.c.id)
    values = [{"stated": key, **each, **_caused(cause, at)} for key, each in rows.items()]
    return len(connection.sql.execute(adding, values).all())
