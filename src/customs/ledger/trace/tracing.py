"""Tracing backwards (溯源): where a code comes from, and of which lots a parcel was made up."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, or_, select

from customs.ledger.book.tables import PAPERS
from customs.ledger.database import LedgerConnection
from customs.ledger.trace.faults import TraceFault, faults_of_codes, faults_of_parcels
from customs.ledger.trace.parcels import lists_by_order, order_of, parcels_by_order
from customs.ledger.trace.records import KeptTrace, TracedParcel, TraceEntry, TraceLot, lot_as_said
from customs.ledger.trace.tables import TRACE_ENTRIES, TRACE_LOTS, TRACE_WITHDRAWALS

_ENTRY = [each.name for each in fields(TraceEntry)]
_LOT = [each.name for each in fields(TraceLot)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LotEntry:
    """How a lot came into the warehouse: the bond list as the book has it."""

    bond_no: str
    ems_no: str = ""
    state: str = ""
    """``deducted`` once customs has booked it; empty where the ledger has no such list."""
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedLot:
    """A lot with how it came in."""

    lot: TraceLot
    entered: LotEntry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedCode:
    """A code with all that is known of it."""

    code: str
    void: bool
    lots: tuple[TracedLot, ...]
    """One; several only where a fault says so, and none where the code is tied to nothing."""
    parcels: tuple[TracedParcel, ...]
    lines: tuple[int, ...]
    entries: tuple[KeptTrace, ...]
    """Also those that were taken back."""
    faults: tuple[TraceFault, ...]

    def for_consumer(self) -> dict[str, str]:
        """Return what whoever scans the code may see: the goods and how they came in; no order, waybill or list."""
        lot = self.lots[0].lot if len(self.lots) == 1 else None
        shown = {name: _plain(getattr(lot, name)) for name in _CONSUMER} if lot else {}
        doubtful = self.void or bool(self.faults) or lot is None
        return {"code": self.code, "genuine": "doubtful" if doubtful else "known"} | {
            name: value for name, value in shown.items() if value
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedContent:
    """A parcel with the lots that it was made up of."""

    parcel: TracedParcel
    lots: tuple[TracedLot, ...]
    entries: tuple[KeptTrace, ...]
    faults: tuple[TraceFault, ...]


#: What a consumer sees of a lot.
_CONSUMER = ("batch", "origin_country", "brand", "maker", "port", "arrived_on", "produced_on", "expires_on")


def _plain(value: str | date | None) -> str:
    return value if isinstance(value, str) else value.isoformat() if value else ""


def trace_code(connection: LedgerConnection, code: str) -> TracedCode | None:
    """Return where a code comes from and where it went, None if no row ever named it."""
    rows = connection.sql.execute(_kept().where(TRACE_ENTRIES.c.code == code)).all()
    if not rows:
        return None
    standing = [row for row in rows if row.taken_back is None]
    return TracedCode(
        code=code,
        void=any(row.kind == "void" for row in standing),
        lots=_lots(connection, standing),
        parcels=_parcels(connection, [row for row in standing if row.kind == "code"]),
        lines=tuple(sorted({row.line for row in standing} - {0})),
        entries=tuple(map(_kept_of, rows)),
        faults=tuple(faults_of_codes(connection, [code])),
    )


def trace_parcel(connection: LedgerConnection, number: str) -> TracedContent | None:
    """Return of which lots a parcel was made up, by its order or waybill; None if no row names it."""
    named = or_(TRACE_ENTRIES.c.order_no == number, TRACE_ENTRIES.c.waybill_no == number)
    rows = connection.sql.execute(_kept().where(named)).all()
    if not rows:
        return None
    orders = {row.order_no_found for row in rows} - {""}
    waybills = {row.waybill_no for row in rows if row.order_no_found in orders} - {""}
    waybills |= {each.waybill_no for each in lists_by_order(connection, orders).values()} - {""}
    whole = or_(TRACE_ENTRIES.c.order_no.in_(orders), TRACE_ENTRIES.c.waybill_no.in_(waybills), named)
    rows = connection.sql.execute(_kept().where(whole)).all()
    standing = [row for row in rows if row.taken_back is None]
    codes = {row.code for row in standing} - {""}
    parcels = _parcels(connection, standing or rows)
    return TracedContent(
        parcel=next((each for each in parcels if number in (each.order_no, each.waybill_no)), parcels[0]),
        lots=_lots(connection, _tied(connection, standing, codes)),
        entries=tuple(map(_kept_of, rows)),
        faults=(*faults_of_codes(connection, codes), *faults_of_parcels(connection, orders)),
    )


def lots_of(connection: LedgerConnection, sku: str, batch: str = "") -> tuple[TracedLot, ...]:
    """Return the lots of an article, or one of them, as they were described and entered."""
    wanted = select(TRACE_LOTS.c.batch).where(TRACE_LOTS.c.sku == sku).distinct().order_by(TRACE_LOTS.c.batch)
    batches = [batch] if batch else list(connection.sql.execute(wanted).scalars())
    return _described(connection, [(sku, each) for each in batches], only_known=True)


def _kept() -> Select[Any]:
    return (
        select(TRACE_ENTRIES, order_of().label("order_no_found"), TRACE_WITHDRAWALS.c.cause.label("taken_back"))
        .outerjoin(TRACE_WITHDRAWALS, TRACE_WITHDRAWALS.c.entry == TRACE_ENTRIES.c.id)
        .order_by(TRACE_ENTRIES.c.id)
    )


def _kept_of(row: Row[Any]) -> KeptTrace:
    entry = TraceEntry(**{name: getattr(row, name) for name in _ENTRY})
    cause = f"{row.cause_kind} {row.cause[:12] if row.cause_kind == 'file' else row.cause}"
    return KeptTrace(id=row.id, entry=entry, cause=cause, taken_back_by=row.taken_back or "")


def _tied(connection: LedgerConnection, rows: Sequence[Row[Any]], codes: Collection[str]) -> list[Row[Any]]:
    """The rows with the others that tie their codes to lots."""
    others = connection.sql.execute(_kept().where(TRACE_ENTRIES.c.code.in_(codes))).all()
    return [*rows, *(row for row in others if row.taken_back is None)]


def _lots(connection: LedgerConnection, rows: Sequence[Row[Any]]) -> tuple[TracedLot, ...]:
    pairs = dict.fromkeys((row.sku, row.batch) for row in rows if row.sku)
    with_batch = {sku for sku, batch in pairs if batch}
    return _described(connection, [(sku, batch) for sku, batch in pairs if batch or sku not in with_batch])


def _described(
    connection: LedgerConnection, pairs: Sequence[tuple[str, str]], *, only_known: bool = False
) -> tuple[TracedLot, ...]:
    lots = []
    for sku, batch in pairs:
        said = select(TRACE_LOTS).where(TRACE_LOTS.c.sku == sku, TRACE_LOTS.c.batch == batch)
        rows = connection.sql.execute(said.order_by(TRACE_LOTS.c.id)).all()
        known = [(row.cause_kind == "ticket", TraceLot(**{name: getattr(row, name) for name in _LOT})) for row in rows]
        if known or not only_known:
            lots.append(lot_as_said(known) if known else TraceLot(sku=sku, batch=batch))
    wanted = select(PAPERS.c.number, PAPERS.c.ems_no, PAPERS.c.state, PAPERS.c.since)
    wanted = wanted.where(PAPERS.c.kind == "bond", PAPERS.c.same_as.is_(None))
    wanted = wanted.where(PAPERS.c.number.in_({each.bond_no for each in lots if each.bond_no}))
    booked = {
        row.number: LotEntry(bond_no=row.number, ems_no=row.ems_no, state=row.state, since=row.since)
        for row in connection.sql.execute(wanted)
    }
    return tuple(
        TracedLot(lot=each, entered=booked.get(each.bond_no, LotEntry(bond_no=each.bond_no)) if each.bond_no else None)
        for each in lots
    )


def _parcels(connection: LedgerConnection, rows: Sequence[Row[Any]]) -> tuple[TracedParcel, ...]:
    found: dict[str, TracedParcel] = {}
    known = parcels_by_order(connection, {row.order_no_found for row in rows} - {""})
    for row in rows:
        number = row.order_no_found or row.waybill_no
        if number:
            given = TracedParcel(order_no=row.order_no_found, waybill_no=row.waybill_no)
            before = found.get(number, known.get(number, given))
            found[number] = replace(before, waybill_no=before.waybill_no or row.waybill_no)
    return tuple(found.values())
