"""The copies of ``benchmarks.console_fill``: statements of PostgreSQL by what they copy, and where the copied parcels stand."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from string import Template
from typing import Any

from customs.ledger.columns import TABLES

#: Where older parcels stand, and those of the last days: up to which thousandth, stage, node, goods, and their last event.
_OLD = (
    (925, "declared", "released", "signed", "signed"),
    (950, "declared", "closed", "signed", "signed"),
    (970, "closed", "withdrawn", "", "accepted"),
    (990, "declared", "returned", "signed", "signed"),
    (996, "closed", "", "", "received"),
    (999, "declared", "rejected", "", "accepted"),
    (1000, "refused", "", "", "received"),
)
_NEW = (
    (20, "received", "", "", "received"),
    (25, "held", "", "", "received"),
    (40, "refused", "", "", "received"),
    (90, "declared", "", "", "declared"),
    (140, "declared", "sent", "", "sent"),
    (260, "declared", "accepted", "", "accepted"),
    (300, "declared", "inspection", "", "accepted"),
    (330, "declared", "rejected", "", "accepted"),
    (600, "declared", "released", "released", "released"),
    (700, "declared", "released", "picked", "picked"),
    (800, "declared", "released", "packed", "packed"),
    (900, "declared", "released", "left_zone", "left_zone"),
    (1000, "declared", "released", "collected", "collected"),
)

#: The events of a parcel in their order, with the hours after the release where the goods go on.
_EVENTS = {
    "received": 0,
    "declared": 0,
    "sent": 0,
    "accepted": 0,
    "released": 0,
    "picked": 2,
    "packed": 5,
    "left_zone": 14,
    "collected": 28,
    "signed": 78,
}

#: The tables of a fill: where parcels stand, their steps, and the events of the first parcels with all steps.
PLACES = (
    "CREATE TEMP TABLE places (recent bool, r int, stage text, node text, goods text, last int)",
    "CREATE TEMP TABLE steps (node text, rank int, later interval)",
)
EVENTS = """CREATE TEMP TABLE events AS
SELECT n."order", n.node, n.attempt, n.source, n.at, n.arrived, n.detail, s.rank FROM hub_nodes n JOIN steps s ON s.node = n.node
UNION ALL SELECT n."order", s.node, 1, 'warehouse', n.at + s.later, n.arrived + s.later, '', s.rank
FROM hub_nodes n JOIN steps s ON s.rank > 4 WHERE n.node = 'released'"""


def places() -> list[dict[str, Any]]:
    """Return the rows of the table of places: one for each thousandth of older and of recent parcels."""
    ranks = {node: rank for rank, node in enumerate(_EVENTS)}
    return [
        {"recent": recent, "r": r, "stage": stage, "node": node, "goods": goods, "last": ranks[last]}
        for recent, drawn in ((False, _OLD), (True, _NEW))
        for low, (high, stage, node, goods, last) in zip([0, *(each[0] for each in drawn)], drawn, strict=False)
        for r in range(low, high)
    ]


def steps() -> list[dict[str, Any]]:
    """Return the rows of the table of steps."""
    return [
        {"node": node, "rank": rank, "later": timedelta(hours=hours)}
        for rank, (node, hours) in enumerate(_EVENTS.items())
    ]


_WORDS = {
    "age": "k * CAST(:minutes AS float) * interval '1 minute'",
    "case_age": "k * CAST(:case_minutes AS float) * interval '1 minute'",
    "recent": "k * CAST(:minutes AS float) < :recent",
}


def copies() -> dict[str, str]:
    """Return the statements of ``console_copies.sql`` by what they copy."""
    written = (Path(__file__).parent / "console_copies.sql").read_text(encoding="utf-8")
    found = dict[str, str]()
    for part in written.split("\n\n")[1:]:
        name, _, statement = part.strip().partition("\n")
        found[name.removeprefix("-- ")] = Template(statement.rstrip(";")).substitute(_WORDS)
    return found


_BILL_AT = "CAST(:now AS timestamp) - k * CAST(:bill_minutes AS float) * interval '1 minute'"

#: Tables of accounts and what follows from them: how many copies there are, and what a copy has of its own.
_OF_ACCOUNTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "book_accounts": (
        "goods",
        {"id": "id + 100 * k", "item_record_no": "CAST(CAST(item_record_no AS int) + 100 * k AS text)"},
    ),
    "book_entries": ("goods", {"account": "account + 100 * k"}),
    "parcel_tax_accounts": ("bills", {"id": "id + 100 * k", "order_no": "order_no || '-' || k"}),
    "parcel_tax_entries": ("bills", {"account": "account + 100 * k"}),
    "parcel_taxes": (
        "bills",
        {
            "account": "account + 100 * k",
            "order_no": "order_no || '-' || k",
            "list_no": "list_no || '-' || k",
            "waybill_no": "waybill_no || '-' || k",
            "released_on": f"CAST({_BILL_AT} AS date)",
            "month": f"to_char({_BILL_AT}, 'YYYY-MM')",
        },
    ),
    "tax_bill_accounts": ("bills", {"id": "id + 100 * k", "tax_bill_no": "tax_bill_no || '-' || k"}),
    "tax_bill_entries": ("bills", {"account": "account + 100 * k"}),
    "tax_bills": (
        "bills",
        {
            "account": "account + 100 * k",
            "tax_bill_no": "tax_bill_no || '-' || k",
            "order_no": "order_no || '-' || k",
            "list_no": "list_no || '-' || k",
            "waybill_no": "waybill_no || '-' || k",
            "made_at": _BILL_AT,
            "month": f"to_char({_BILL_AT}, 'YYYY-MM')",
            "paid": f"{_BILL_AT} < date_trunc('month', CAST(:now AS timestamp))",
        },
    ),
}


def of_accounts() -> dict[str, str]:
    """Return the statements that copy accounts, their entries, and what follows from them."""
    found = {}
    for name, (series, own) in _OF_ACCOUNTS.items():
        columns = [each.name for each in TABLES.tables[name].columns]
        values = ", ".join(own.get(each, each) for each in columns)
        key = "id" if "id" in columns else "account"
        found[name] = (
            f"INSERT INTO {name} ({', '.join(columns)}) SELECT {values} "  # noqa: S608  fixed texts
            f"FROM generate_series(1, :{series}) AS k CROSS JOIN {name} WHERE {key} <= 100"
        )
    return found


_INDEXES = """FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND NOT i.indisunique"""
_UNIQUE = "FROM pg_constraint WHERE contype = 'u' AND CAST(CAST(conrelid AS regclass) AS text) LIKE 'hub%'"

#: Statements that drop all indexes but those of keys, and such as make them again when all rows are there.
DROPS = f"""SELECT format('DROP INDEX %I', c.relname) {_INDEXES}
UNION ALL SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', CAST(conrelid AS regclass), conname) {_UNIQUE}"""
INDEXES = f"""SELECT pg_get_indexdef(i.indexrelid) {_INDEXES}
UNION ALL SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', CAST(conrelid AS regclass), conname, pg_get_constraintdef(oid)) {_UNIQUE}"""

#: The sequences of tables whose rows were copied with their numbers.
SEQUENCES = """SELECT format('SELECT setval(%L, (SELECT max(%I) FROM %I))', pg_get_serial_sequence(table_name, column_name),
column_name, table_name) FROM information_schema.columns
WHERE table_schema = 'public' AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL"""
