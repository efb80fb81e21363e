"""Codes that do what no one piece can do, and parcels whose list has not what they hold: each fault names all it is about."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from customs.ledger import EntryCause, Ledger
from customs.ledger.bills import enter_parcel
from customs.ledger.trace import TraceEntry, take_back, trace_faults
from customs.reconciliation.three_way import OwnSide
from customs.tax import assess
from support import exactly
from support.retail_documents import PARCEL
from support.traced import AT, FIRST, LOT, ORDER, SECOND, TICKET, WAYBILL, enter, faults, release

CODE = TraceEntry(kind="code", code="C1", sku=FIRST, batch="B1", order_no="O1", at=datetime(2026, 11, 12))
PICK = TraceEntry(kind="pick", sku=FIRST, batch="B1", order_no=ORDER, line=1)


def test_a_code_on_two_parcels_names_both_with_their_states(ledger: Ledger) -> None:
    release(ledger)
    enter(ledger, LOT, CODE, replace(CODE, order_no=ORDER))
    (fault,) = faults(ledger)
    assert (fault.kind, fault.code, fault.numbers) == ("two-parcels", "C1", ("O1", f"{ORDER} (released)"))
    assert f"O1, {ORDER} (released)" in fault.en
    assert f"O1、{ORDER} (released)" in fault.zh


def test_order_and_waybill_of_one_parcel_are_one(ledger: Ledger) -> None:
    own = OwnSide(order_no="O8", waybill_no="W8", assessment=assess(PARCEL, on=AT.date()))
    with ledger.begin() as connection:
        enter_parcel(connection, own, EntryCause("order", "O8"), AT)
    release(ledger)
    for order, waybill in exactly(2, (("O8", "W8"), (ORDER, WAYBILL))):
        enter(
            ledger,
            replace(CODE, code=order, order_no=order),
            replace(CODE, code=order, order_no="", waybill_no=waybill),
        )
    assert faults(ledger) == []
    enter(ledger, replace(CODE, code="O8", order_no="", waybill_no="W9"))
    assert [each.numbers for each in faults(ledger)] == [("O8 (released)", "W9")]


def test_a_code_of_two_lots_void_or_tied_to_nothing_is_told(ledger: Ledger) -> None:
    void = TraceEntry(kind="void", code="C2", at=datetime(2026, 11, 11))
    late = TraceEntry(kind="void", code="C4", at=datetime(2026, 11, 13))
    enter(ledger, CODE, replace(CODE, batch="B2"), void, late)
    enter(
        ledger, replace(CODE, code="C2"), replace(CODE, code="C4"), TraceEntry(kind="code", code="C3", waybill_no="W3")
    )
    found = [(each.kind, each.code, each.numbers) for each in faults(ledger)]
    assert found == [
        ("two-lots", "C1", (f"{FIRST}/B1", f"{FIRST}/B2")),
        ("void-left", "C2", ("O1",)),
        ("untied", "C3", ("W3",)),
    ]


def test_an_article_without_its_batch_agrees_with_its_lot(ledger: Ledger) -> None:
    enter(ledger, CODE, replace(CODE, batch=""))
    assert faults(ledger) == []


def test_a_line_and_an_article_that_the_list_has_not_are_told(ledger: Ledger) -> None:
    release(ledger)
    enter(ledger, PICK, replace(PICK, line=2, sku=SECOND), replace(PICK, line=0, sku=SECOND))
    assert faults(ledger) == []
    enter(ledger, replace(PICK, line=3), replace(PICK, line=0, sku="SKU7"), replace(PICK, line=1, sku=SECOND))
    found = {each.kind: each for each in faults(ledger)}
    assert (found["line-not-in-list"].line, found["line-not-in-list"].lines) == (3, (1, 2))
    assert found["article-not-in-list"].sku == "SKU7"
    assert (found["article-not-of-line"].sku, found["article-not-of-line"].line) == (SECOND, 1)
    assert {each.numbers for each in found.values()} == {(f"{ORDER} (released)",)}
    assert "29912026I000000001" in found["line-not-in-list"].zh


def test_nothing_is_said_of_a_parcel_without_a_list_and_of_an_article_that_the_book_does_not_know(
    ledger: Ledger,
) -> None:
    release(ledger)
    enter(ledger, replace(PICK, order_no="O5", line=9), replace(PICK, line=0, sku="NEW"))
    assert faults(ledger) == []


def test_a_row_that_was_taken_back_is_no_fault(ledger: Ledger) -> None:
    enter(ledger, CODE, replace(CODE, order_no="O2"))
    assert [each.kind for each in faults(ledger)] == ["two-parcels"]
    with ledger.begin() as connection:
        take_back(connection, [2], TICKET, AT)
        assert list(trace_faults(connection)) == []


def test_faults_are_told_of_what_a_file_touches_alone(ledger: Ledger) -> None:
    enter(ledger, CODE, replace(CODE, order_no="O2"))
    enter(ledger, replace(CODE, code="C5"), replace(PICK, quantity=Decimal(3)))
    with ledger.read() as connection:
        assert list(trace_faults(connection, after=2)) == []
        assert [each.code for each in trace_faults(connection, after=1)] == ["C1"]
