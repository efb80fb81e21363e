"""Parcels as the ledger knows them (包裹现状): the list of an order with its state, and the order of a waybill.

The account book knows them best (CEB621 and what customs answers); where it has nothing, what tax bills are compared with
serves. Warehouses often scan the waybill alone: its order is found in other rows of theirs, or there.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, case, exists, func, or_, select

from customs.ledger.bills.tables import PARCEL_TAXES
from customs.ledger.book.retail import RetailStanding, fold_retail
from customs.ledger.book.tables import PAPERS, SAYINGS
from customs.ledger.database import LedgerConnection
from customs.ledger.trace.records import TracedParcel
from customs.ledger.trace.tables import TRACE_ENTRIES, TRACE_WITHDRAWALS


def stands(entries: FromClause = TRACE_ENTRIES) -> ColumnElement[bool]:
    """Return the condition that an entry was not taken back."""
    return ~exists(select(TRACE_WITHDRAWALS.c.entry).where(TRACE_WITHDRAWALS.c.entry == entries.c.id))


def on_parcel(entries: FromClause = TRACE_ENTRIES) -> ColumnElement[bool]:
    """Return the condition that an entry names a parcel."""
    return or_(entries.c.order_no != "", entries.c.waybill_no != "")


def order_of(entries: FromClause = TRACE_ENTRIES) -> ColumnElement[str]:
    """Return the order of an entry: its own, or that of its waybill; empty where nobody knows it."""
    others = TRACE_ENTRIES.alias()
    said = select(func.min(others.c.order_no)).where(others.c.waybill_no == entries.c.waybill_no)
    said = said.where(others.c.order_no != "", stands(others))
    taxed = select(func.min(PARCEL_TAXES.c.order_no)).where(PARCEL_TAXES.c.waybill_no == entries.c.waybill_no)
    own = or_(entries.c.order_no != "", entries.c.waybill_no == "")
    found = func.coalesce(said.scalar_subquery(), taxed.scalar_subquery(), "")
    return case((own, entries.c.order_no), else_=found)


def parcels_by_order(connection: LedgerConnection, orders: Collection[str]) -> dict[str, TracedParcel]:
    """Return the parcels that the ledger knows, by their orders."""
    taxes = PARCEL_TAXES.c
    wanted = select(taxes.order_no, taxes.waybill_no, taxes.list_no, taxes.course).where(taxes.order_no.in_(orders))
    found = {
        row.order_no: TracedParcel(
            order_no=row.order_no, waybill_no=row.waybill_no, list_no=row.list_no, state=row.course
        )
        for row in connection.sql.execute(wanted)
    }
    papers = PAPERS.c
    listed = select(papers.order_no, papers.number, papers.state, papers.since)
    listed = listed.where(papers.order_no.in_(orders), papers.kind == "retail", papers.same_as.is_(None))
    for row in connection.sql.execute(listed.order_by(papers.id)):
        known = found.get(row.order_no)
        found[row.order_no] = TracedParcel(
            order_no=row.order_no,
            waybill_no=known.waybill_no if known else "",
            list_no=row.number,
            state=row.state,
            since=row.since,
        )
    return found


def lists_by_order(connection: LedgerConnection, orders: Collection[str]) -> dict[str, RetailStanding]:
    """Return the retail lists that the book has of orders, with their lines."""
    wanted = select(PAPERS.c.id).where(PAPERS.c.order_no.in_(orders), PAPERS.c.kind == "retail")
    heads = list(connection.sql.execute(wanted.where(PAPERS.c.same_as.is_(None))).scalars())
    same = select(PAPERS.c.id, PAPERS.c.same_as).where(PAPERS.c.same_as.in_(heads))
    head_of = {each: each for each in heads} | {row.id: row.same_as for row in connection.sql.execute(same)}
    said: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    facts = select(SAYINGS.c.paper, SAYINGS.c.facts).where(SAYINGS.c.paper.in_(head_of))
    for paper, text in connection.sql.execute(facts.order_by(SAYINGS.c.paper, SAYINGS.c.place)):
        said[head_of[paper]].append(json.loads(text))
    return {found.order_no: found for paper in sorted(said) if (found := fold_retail(said[paper])).order_no}
