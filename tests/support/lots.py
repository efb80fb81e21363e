"""A lot (批次) of many parcels in a ledger, as a recall has to find them."""

from decimal import Decimal
from typing import Any

from sqlalchemy import insert

from customs.ledger import Ledger
from customs.ledger.trace.tables import TRACE_ENTRIES
from support.traced import AT, FIRST, SECOND

#: The parcels of the lot.
PARCELS = 10_000


def fill_lot(ledger: Ledger) -> None:
    """A lot of 10,000 parcels, each with a code that is tied in one row and leaves in another, among as many of other lots."""
    said = {
        "cause_kind": "file",
        "cause": "F1",
        "cause_by": "",
        "cause_why": "",
        "entered_at": AT,
        "quantity": Decimal(1),
    }
    empty = {"code": "", "sku": "", "batch": "", "order_no": "", "waybill_no": "", "number": "", "line": 0, "at": AT}
    rows: list[dict[str, Any]] = []
    for at in range(PARCELS):
        order, waybill, code = f"O{at:06}", f"W{at:06}", f"C{at:08}"
        lot = {"sku": FIRST, "batch": "B1"}
        rows += [
            {**lot, "kind": "pick", "order_no": order, "waybill_no": waybill, "line": 1},
            {**lot, "kind": "code", "code": code},
            {"kind": "code", "code": code, "waybill_no": waybill},
            {"sku": SECOND, "batch": f"B{at % 7}", "kind": "pick", "order_no": order, "waybill_no": waybill, "line": 2},
        ]
    with ledger.begin() as connection:
        for start in range(0, len(rows), 5_000):
            part = [
                {"stated": f"{start + at}", **empty, **said, **row}
                for at, row in enumerate(rows[start : start + 5_000])
            ]
            connection.sql.execute(insert(TRACE_ENTRIES), part)
