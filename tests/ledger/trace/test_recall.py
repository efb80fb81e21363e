"""A recall finds every parcel that holds a lot, an article or codes of a range, each once and in flat memory."""

import tracemalloc
from collections import deque
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from customs.ledger import Ledger
from customs.ledger.trace import Recall, RecalledParcel, TraceEntry, recall, take_back
from support.lots import PARCELS, fill_lot
from support.traced import AT, FIRST, ORDER, TICKET, WAYBILL, enter, release

PICK = TraceEntry(kind="pick", sku=FIRST, batch="B1", order_no="O1", line=1, at=datetime(2026, 11, 11, 23, 59))


def recalled(ledger: Ledger, **wanted: object) -> list[RecalledParcel]:
    with ledger.read() as connection:
        return list(recall(connection, Recall(**wanted)))  # type: ignore[arg-type]


def numbers(ledger: Ledger, **wanted: object) -> list[str]:
    return [each.parcel.order_no or each.parcel.waybill_no for each in recalled(ledger, **wanted)]


def test_a_lot_is_recalled_from_picks_and_codes_each_parcel_once(ledger: Ledger) -> None:
    release(ledger)
    enter(
        ledger,
        replace(PICK, order_no=ORDER, waybill_no=WAYBILL, quantity=Decimal(20)),
        TraceEntry(kind="code", code="C1", sku=FIRST, batch="B1"),
        TraceEntry(kind="code", code="C2", sku=FIRST, batch="B1", waybill_no=WAYBILL),
        TraceEntry(kind="code", code="C1", waybill_no=WAYBILL, at=datetime(2026, 11, 10)),
        TraceEntry(kind="code", code="C3", sku=FIRST, batch="B1", waybill_no="W3"),
        replace(PICK, batch="B2", order_no="O2"),
    )
    unknown, known = sorted(recalled(ledger, sku=FIRST, batch="B1"), key=lambda each: each.parcel.order_no)
    assert (known.parcel.order_no, known.parcel.waybill_no, known.parcel.state) == (ORDER, WAYBILL, "released")
    assert (str(known.quantity), known.codes, known.lines) == ("20", ("C1", "C2"), (1,))
    assert known.left_at == datetime(2026, 11, 10)
    assert (unknown.parcel.waybill_no, unknown.quantity, unknown.codes) == ("W3", Decimal(1), ("C3",))
    assert sorted(numbers(ledger, sku=FIRST)) == sorted([ORDER, "O2", "W3"])


def test_days_hold_both_ends_and_pieces_whose_day_nobody_knows(ledger: Ledger) -> None:
    enter(ledger, PICK, replace(PICK, order_no="O2", at=None), replace(PICK, order_no="O3", at=datetime(2026, 11, 13)))
    day = date(2026, 11, 11)
    assert numbers(ledger, sku=FIRST, since=day, until=day) == ["O1", "O2"]
    assert numbers(ledger, sku=FIRST, since=date(2026, 11, 12)) == ["O2", "O3"]
    assert numbers(ledger, sku=FIRST, until=date(2026, 11, 10)) == ["O2"]


def test_a_range_holds_codes_of_its_length_alone_and_sorts_by_characters(ledger: Ledger) -> None:
    codes = ("A099", "A100", "A199", "A1990", "a150", "A200", "A15")
    enter(ledger, *(TraceEntry(kind="code", code=each, order_no=f"O{each}") for each in codes))
    assert numbers(ledger, first_code="A100", last_code="A199") == ["OA100", "OA199"]


def test_a_code_that_rows_tie_to_two_lots_is_recalled_with_each(ledger: Ledger) -> None:
    tied = TraceEntry(kind="code", code="C1", sku=FIRST, batch="B1")
    enter(ledger, tied, replace(tied, batch="B2", order_no="O1"))
    assert numbers(ledger, sku=FIRST, batch="B1") == numbers(ledger, sku=FIRST, batch="B2") == ["O1"]


def test_a_row_that_was_taken_back_is_not_recalled(ledger: Ledger) -> None:
    scanned = TraceEntry(kind="code", code="C1", order_no="O3")
    enter(ledger, PICK, scanned, replace(PICK, order_no="O2"), replace(scanned, sku=FIRST, batch="B1", order_no=""))
    assert numbers(ledger, sku=FIRST) == ["O1", "O2", "O3"]
    with ledger.begin() as connection:
        take_back(connection, [1, 2], TICKET, AT)
    assert numbers(ledger, sku=FIRST) == ["O2"]


def test_a_recall_names_an_article_or_codes_of_one_length() -> None:
    with pytest.raises(ValueError, match="an article or a range"):
        Recall()
    with pytest.raises(ValueError, match="an article or a range"):
        Recall(sku=FIRST, first_code="1", last_code="2")
    with pytest.raises(ValueError, match="the same length"):
        Recall(first_code="1", last_code="10")


@pytest.mark.long
def test_a_lot_of_10000_parcels_is_recalled_whole_and_in_flat_memory(ledger: Ledger) -> None:
    fill_lot(ledger)
    with ledger.read() as connection:
        found = deque(
            ((count, each) for count, each in enumerate(recall(connection, Recall(sku=FIRST, batch="B1")), 1)), 1
        )
        (count, last) = found[0]
        assert (count, last.parcel.order_no, last.codes) == (PARCELS, f"O{PARCELS - 1:06}", (f"C{PARCELS - 1:08}",))
        tracemalloc.start()
        try:
            deque(recall(connection, Recall(sku=FIRST, batch="B1")), 0)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 4_000_000
