"""Where a code comes from, what a parcel was made up of, and how a wrong row is corrected; each row counts once."""

import sys
from dataclasses import replace
from datetime import date, datetime
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from customs.ledger import CauseUsedError, EntryCause, Ledger, LedgerError
from customs.ledger.trace import TracedCode, TraceEntry, TraceLot, lots_of, take_back, trace_code, trace_parcel
from customs.ledger.trace.tables import TRACE_ENTRIES, TRACE_LOTS, TRACE_WITHDRAWALS
from support import ROOT, exactly, run
from support.traced import AT, BOND_NO, BOOK, FIRST, LOT, ORDER, SECOND, TICKET, WAYBILL, enter, faults, release

TIED = TraceEntry(kind="code", code="C1", sku=FIRST, batch="B1", at=datetime(2026, 11, 2))
LEFT = TraceEntry(kind="code", code="C1", waybill_no=WAYBILL, at=datetime(2026, 11, 12, 9))
PICK = TraceEntry(kind="pick", sku=FIRST, batch="B1", order_no=ORDER, waybill_no=WAYBILL, line=1, number="K1")


def traced(ledger: Ledger, code: str = "C1") -> TracedCode:
    with ledger.read() as connection:
        found = trace_code(connection, code)
    assert found
    return found


def test_a_code_leads_to_its_lot_its_entry_its_list_and_its_parcel(ledger: Ledger) -> None:
    release(ledger)
    enter(ledger, LOT, PICK, TIED, LEFT)
    found = traced(ledger)
    (lot,) = found.lots
    assert lot.lot == LOT
    assert lot.entered
    assert (lot.entered.bond_no, lot.entered.ems_no, lot.entered.state) == (BOND_NO, BOOK, "deducted")
    assert lot.entered.since == datetime(2026, 11, 1, 7)
    (parcel,) = found.parcels
    assert (parcel.order_no, parcel.waybill_no, parcel.state) == (ORDER, WAYBILL, "released")
    assert (parcel.list_no, parcel.since) == ("29912026I000000001", datetime(2026, 11, 11, 9))
    assert (found.void, found.faults) == (False, ())


def test_rows_lead_to_the_same_code_in_whatever_order_they_come(ledger: Ledger) -> None:
    for number, order in enumerate(exactly(6, permutations((PICK, TIED, LEFT)))):
        code, waybill = f"C{number}", f"W{number}"
        enter(ledger, *(replace(each, code=each.code and code, order_no=each.order_no and f"O{number}",
                                waybill_no=each.waybill_no and waybill) for each in order))  # fmt: skip
        found = traced(ledger, code)
        assert [each.order_no for each in found.parcels] == [f"O{number}"]
        assert [each.lot for each in found.lots] == [TraceLot(sku=FIRST, batch="B1")]
    assert faults(ledger) == []


def test_the_same_row_again_changes_nothing(ledger: Ledger) -> None:
    assert enter(ledger, LOT, PICK, TIED, LEFT) == 4
    assert enter(ledger, LOT, PICK, TIED, LEFT, LEFT) == 0
    other = EntryCause("file", "F2")
    assert enter(ledger, replace(LEFT, at=datetime(2026, 11, 12)), LOT, cause=other) == 0, (
        "a later export rounds its times"
    )
    assert len(traced(ledger).entries) == 2


def test_a_parcel_is_led_to_its_lots_by_order_and_by_waybill(ledger: Ledger) -> None:
    enter(ledger, LOT, PICK, replace(PICK, sku=SECOND, batch="B7", line=2), TIED, LEFT)
    for number in (ORDER, WAYBILL):
        with ledger.read() as connection:
            found = trace_parcel(connection, number)
        assert found
        assert (found.parcel.order_no, found.parcel.waybill_no) == (ORDER, WAYBILL)
        assert [(each.lot.sku, each.lot.batch) for each in found.lots] == [(FIRST, "B1"), (SECOND, "B7")]
        assert [each.entry.code for each in found.entries] == ["", "", "C1"]
    with ledger.read() as connection:
        assert trace_parcel(connection, "O9") is None
        assert trace_code(connection, "C9") is None


def test_a_wrong_row_is_taken_back_by_a_ticket_and_stays_to_be_seen(ledger: Ledger) -> None:
    wrong = replace(LEFT, waybill_no="", order_no="O2")
    enter(ledger, TIED, wrong, LEFT, PICK)
    (entry,) = [each for each in traced(ledger).entries if each.entry == wrong]
    with ledger.begin() as connection:
        assert take_back(connection, [entry.id], TICKET, AT) == 1
        assert take_back(connection, [entry.id], TICKET, AT) == 0
    found = traced(ledger)
    assert [each.order_no for each in found.parcels] == [ORDER]
    assert [each.taken_back_by for each in found.entries if each.entry == wrong] == ["T1"]
    assert enter(ledger, wrong) == 0, "the file again does not bring it back"
    assert enter(ledger, wrong, cause=replace(TICKET, id="T2")) == 1
    assert {each.order_no for each in traced(ledger).parcels} == {ORDER, "O2"}
    with pytest.raises(CauseUsedError), ledger.begin() as connection:
        take_back(connection, [entry.id], replace(TICKET, id="T3"), AT)


def test_a_correction_needs_a_ticket_with_its_reason_and_an_entry_that_there_is(ledger: Ledger) -> None:
    enter(ledger, TIED)
    for cause in exactly(3, (EntryCause("file", "F1"), replace(TICKET, why=""), replace(TICKET, by=""))):
        with pytest.raises(ValueError, match="needs a ticket"), ledger.begin() as connection:
            take_back(connection, [1], cause, AT)
    with pytest.raises(ValueError, match="no entry has the number 99"), ledger.begin() as connection:
        take_back(connection, [99], TICKET, AT)


def test_a_lot_is_known_by_all_that_files_say_and_tickets_hold_against_them(ledger: Ledger) -> None:
    warehouse = TraceLot(sku=FIRST, batch="B1", expires_on=date(2028, 3, 1), origin_country="609")
    enter(ledger, LOT, warehouse)
    enter(ledger, TraceLot(sku=FIRST, batch="B1", origin_country="110"), cause=TICKET)
    enter(ledger, replace(warehouse, maker="M"), replace(warehouse, batch="B2"))
    with ledger.read() as connection:
        both = lots_of(connection, FIRST)
        (one,) = lots_of(connection, FIRST, "B1")
        assert lots_of(connection, FIRST, "B9") == ()
    assert [each.lot.batch for each in both] == ["B1", "B2"]
    assert one.lot == replace(LOT, origin_country="110", expires_on=date(2028, 3, 1), maker="M")


def test_the_consumer_sees_the_goods_and_neither_order_nor_waybill_nor_list(ledger: Ledger) -> None:
    release(ledger)
    enter(ledger, LOT, PICK, TIED, LEFT)
    shown = traced(ledger).for_consumer()
    assert shown == {
        "code": "C1", "genuine": "known", "batch": "B1", "origin_country": "601", "port": "2910",
        "produced_on": "2026-03-01",
    }  # fmt: skip
    enter(ledger, TraceEntry(kind="void", code="C1"))
    assert traced(ledger).for_consumer()["genuine"] == "doubtful"


def test_the_database_itself_refuses_to_change_what_was_entered(ledger: Ledger) -> None:
    enter(ledger, LOT, TIED)
    with ledger.begin() as connection:
        take_back(connection, [1], TICKET, AT)
    for table in exactly(3, (TRACE_LOTS, TRACE_ENTRIES, TRACE_WITHDRAWALS)):
        for change in (delete(table), update(table).values(cause="other")):
            with pytest.raises(LedgerError), ledger.begin() as connection:
                connection.sql.execute(change)


@pytest.mark.long
def test_the_example_recalls_a_lot_and_corrects_a_wrong_scan(tmp_path: Path) -> None:
    done = run(sys.executable, str(ROOT / "examples/recall_a_lot.py"), str(tmp_path))
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert "  order O1: 2 pieces, codes C001, C002" in said
    assert "code C003 is on several parcels, O2, O3: find the piece, and take the other entry back" in said
    assert said[-1] == "corrected: 0 faults left"
