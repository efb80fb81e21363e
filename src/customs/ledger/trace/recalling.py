"""Recall (召回): which parcels hold a lot, an article, or codes of a range, forwards from the warehouse to the buyer.

The list names orders and waybills, never who bought. For safety's sake it holds too much rather than too little: a code that
two rows tie to different lots is recalled with each, and a piece whose day nobody wrote down counts on every day.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, func, literal, or_, select, union_all

from customs.fields.money import ZERO, exactly
from customs.ledger.database import LedgerConnection
from customs.ledger.trace.parcels import on_parcel, order_of, parcels_by_order, stands
from customs.ledger.trace.records import TracedParcel
from customs.ledger.trace.tables import TRACE_ENTRIES

#: How many rows and parcels are held at a time.
CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """The goods that are recalled: an article, one batch of it, or codes of one length from the first to the last; within days."""

    sku: str = ""
    batch: str = ""
    first_code: str = ""
    last_code: str = ""
    since: date | None = None
    until: date | None = None
    """The last day, included."""

    def __post_init__(self) -> None:
        if bool(self.sku) == bool(self.first_code):
            raise ValueError("recall an article or a range of codes 召回须给出货号或溯源码区间")
        if self.first_code and len(self.first_code) != len(self.last_code):
            raise ValueError("the first and the last code have the same length 起止溯源码须等长")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecalledParcel:
    """A parcel with what it holds of one lot."""

    parcel: TracedParcel
    sku: str
    batch: str
    lines: tuple[int, ...]
    """Lines of the order, as far as rows name them."""
    quantity: Decimal
    """What was picked, or how many codes there are where no pick says it."""
    codes: tuple[str, ...]
    left_at: datetime | None
    """The first time that a row names."""


def recall(connection: LedgerConnection, wanted: Recall) -> Iterator[RecalledParcel]:
    """Yield the parcels that hold what is recalled, by order; memory stays flat however many there are."""
    result = connection.sql.execute(_entries(wanted), execution_options={"yield_per": CHUNK})
    held: list[RecalledParcel] = []
    for _, rows in groupby(result, key=lambda each: each.order_no_found or each.waybill_no):
        held += _of_parcel(list(rows))
        if len(held) >= CHUNK:
            yield from _with_lists(connection, held)
            held = []
    yield from _with_lists(connection, held)


def _entries(wanted: Recall) -> Any:
    """The entries that are recalled, by parcel: picks of the lot, and codes that any row ties to it."""
    picks = (
        select(TRACE_ENTRIES.c.id, TRACE_ENTRIES.c.sku, TRACE_ENTRIES.c.batch)
        .where(_matches(wanted, TRACE_ENTRIES), stands())
        .where(TRACE_ENTRIES.c.code == "")
    )
    tied, used = TRACE_ENTRIES.alias("tied"), TRACE_ENTRIES.alias("used")
    codes = (
        select(used.c.id, func.max(tied.c.sku).label("sku"), func.max(tied.c.batch).label("batch"))
        .join(tied, tied.c.code == used.c.code)
        .where(_matches(wanted, tied), stands(tied), tied.c.code != "")
        .where(used.c.kind == "code", stands(used), on_parcel(used))
        .group_by(used.c.id)
    )
    found = union_all(picks, codes).subquery("found")
    entries = TRACE_ENTRIES.alias("entries")
    order_no = order_of(entries).label("order_no_found")
    return (
        select(entries, found.c.sku.label("sku_found"), found.c.batch.label("batch_found"), order_no)
        .join(found, found.c.id == entries.c.id)
        .where(on_parcel(entries), *_on_days(wanted, entries))
        .order_by(order_no, entries.c.waybill_no, entries.c.line, entries.c.code, entries.c.id)
    )


def _matches(wanted: Recall, entries: FromClause) -> ColumnElement[bool]:
    columns = entries.c
    if wanted.first_code:
        length = func.length(columns.code) == len(wanted.first_code)
        return columns.code.between(wanted.first_code, wanted.last_code) & length
    batch = columns.batch == wanted.batch if wanted.batch else literal(value=True)
    return (columns.sku == wanted.sku) & batch


def _on_days(wanted: Recall, entries: FromClause) -> Iterator[ColumnElement[bool]]:
    if wanted.since:
        yield or_(entries.c.at.is_(None), entries.c.at >= datetime.combine(wanted.since, time.min))
    if wanted.until:
        yield or_(entries.c.at.is_(None), entries.c.at <= datetime.combine(wanted.until, time.max))


@exactly
def _of_parcel(rows: Sequence[Row[Any]]) -> list[RecalledParcel]:
    """Return the holdings of one parcel, lot by lot."""
    lots: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in rows:
        lots.setdefault((row.sku_found, row.batch_found), []).append(row)
    waybill = next((row.waybill_no for row in rows if row.waybill_no), "")
    parcel = TracedParcel(order_no=rows[0].order_no_found, waybill_no=waybill)
    found = []
    for (sku, batch), held in lots.items():
        codes = tuple(sorted({row.code for row in held if row.code}))
        picked = sum((row.quantity for row in held if not row.code), ZERO)
        found.append(
            RecalledParcel(
                parcel=parcel,
                sku=sku,
                batch=batch,
                lines=tuple(sorted({row.line for row in held} - {0})),
                quantity=Decimal(f"{picked.normalize():f}") if picked else Decimal(len(codes)),
                codes=codes,
                left_at=min((row.at for row in held if row.at), default=None),
            )
        )
    return found


def _with_lists(connection: LedgerConnection, found: Iterable[RecalledParcel]) -> Iterator[RecalledParcel]:
    held = list(found)
    known = parcels_by_order(connection, {each.parcel.order_no for each in held} - {""})
    for each in held:
        seen = known.get(each.parcel.order_no)
        if seen:
            seen = replace(seen, waybill_no=each.parcel.waybill_no or seen.waybill_no)
        yield replace(each, parcel=seen or each.parcel)
