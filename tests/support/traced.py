"""What tests of tracing share: rows entered, a parcel that is declared and released, an in-list that is deducted."""

from datetime import date, datetime

from customs.ledger import EntryCause, Ledger
from customs.ledger.book.bond_messages import read_bond_message
from customs.ledger.book.entering import cause_of, enter_message
from customs.ledger.book.retail import enter_retail
from customs.ledger.trace import TraceEntry, TraceFault, TraceLot, enter_lots, enter_traces, trace_faults
from support.bond_messages import bond_list, statement
from support.retail_documents import PARCEL, answered, declared

AT = datetime(2026, 11, 20, 8)
FILE = EntryCause("file", "F1")
TICKET = EntryCause("ticket", "T1", by="clerk", why="scanned twice")
BOOK, BOND_NO = "T2991W000001", "QD299126I000000007"

#: The order and the waybill of a parcel of two lines, and the articles of them.
ORDER, WAYBILL = PARCEL.order.order_no, PARCEL.waybill.waybill_no
FIRST, SECOND = "SKU6", "SKU10"

LOT = TraceLot(sku=FIRST, batch="B1", origin_country="601", bond_no=BOND_NO, produced_on=date(2026, 3, 1), port="2910")


def enter(ledger: Ledger, *facts: TraceLot | TraceEntry, cause: EntryCause = FILE) -> int:
    """Enter lots and rows; how many are new."""
    with ledger.begin() as connection:
        lots = enter_lots(connection, [each for each in facts if isinstance(each, TraceLot)], cause, AT)
        rows = enter_traces(connection, [each for each in facts if isinstance(each, TraceEntry)], cause, AT)
    return lots.new + rows.new


def release(ledger: Ledger) -> None:
    """The parcel is declared and released; its goods came in by a bond list, with two more articles, and were deducted."""
    lines = [("6", "100"), ("10", "100"), ("7", "100")]
    with ledger.begin() as connection:
        for content in (
            bond_list("IN1", lines, PutrecNo=BOOK),
            statement("2026-11-01 07:00:00", own_no="IN1", bond_no=BOND_NO, putrecNo=BOOK),
        ):
            enter_message(connection, read_bond_message(content), cause_of(content), AT)
        released = answered("800", datetime(2026, 11, 11, 9))
        for number, document in enumerate((declared(), released)):
            enter_retail(connection, document, EntryCause("message", f"M{number}"), AT)


def faults(ledger: Ledger) -> list[TraceFault]:
    with ledger.read() as connection:
        return list(trace_faults(connection))
