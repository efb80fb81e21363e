"""The tables of tracing (溯源数据表): what was said of lots, where pieces went, and what was taken back. They only grow."""

from typing import Any

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table

from customs.ledger.columns import CODE, NUMBER, TABLES, KeptPieces, KeptTime

#: A trace code: on PostgreSQL too, it sorts by its characters, as ranges of codes need it.
TRACE_CODE = String(100).with_variant(String(100, collation="C"), "postgresql")


def _codes(*names: str) -> list[Column[str]]:
    return [Column(each, CODE, nullable=False) for each in names]


def _caused() -> list[Column[Any]]:
    return [
        Column("cause_kind", String(20), nullable=False),
        Column("cause", String(200), nullable=False),
        Column("cause_by", CODE, nullable=False),
        Column("cause_why", String(500), nullable=False),
        Column("entered_at", KeptTime, nullable=False),
    ]


#: What was said of a lot, each saying once.
TRACE_LOTS = Table(
    "trace_lots",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("stated", String(32), nullable=False, unique=True),
    *_codes("sku", "batch", "ems_no", "origin_country", "brand", "maker", "bond_no", "entry_no", "port"),
    *(Column(each, Date) for each in ("arrived_on", "produced_on", "expires_on")),
    *_caused(),
    Index(None, "sku", "batch"),
)

#: Where pieces went, by lot or by code.
TRACE_ENTRIES = Table(
    "trace_entries",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("stated", String(32), nullable=False, unique=True),
    Column("kind", String(10), nullable=False),
    Column("code", TRACE_CODE, nullable=False, index=True),
    *_codes("sku", "batch", "order_no", "waybill_no", "number"),
    Column("line", Integer, nullable=False),
    Column("quantity", KeptPieces, nullable=False),
    Column("at", KeptTime),
    *_caused(),
    Index(None, "sku", "batch"),
    Index(None, "order_no"),
    Index(None, "waybill_no"),
)

#: Entries that were taken back, each with its ticket.
TRACE_WITHDRAWALS = Table(
    "trace_withdrawals",
    TABLES,
    Column("entry", NUMBER, ForeignKey("trace_entries.id"), primary_key=True, autoincrement=False),
    *_caused(),
)
