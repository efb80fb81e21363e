"""The book answers before a parcel is declared: a line that asks for more than it has is told, and nothing that it cannot know."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from customs import Declaration
from customs.ledger import EntryCause, Ledger
from customs.ledger.book.answering import check_book, left_in_book
from customs.ledger.book.bond_messages import read_bond_message
from customs.ledger.book.entering import adjust_book, cause_of, enter_message
from customs.ledger.book.items import book_item
from customs.ledger.declared import LedgerKnowledge
from customs.receipts.foresight import codes_avoided
from support.bond_messages import bond_list, receipt, statement
from support.retail_documents import PARCEL

AT, DAY = datetime(2026, 11, 11, 8), date(2026, 11, 11)
BOOK = PARCEL.clearance.account_book_no or ""
RECORDS = [each.record_no or "" for each in PARCEL.order.lines]


def enter(ledger: Ledger, *contents: bytes) -> None:
    for content in contents:
        with ledger.begin() as connection:
            enter_message(connection, read_bond_message(content), cause_of(content), AT)


def arrived(ledger: Ledger, *quantities: str) -> None:
    """An in-list of the items of the parcel, deducted."""
    lines = [(record.lstrip("0"), each) for record, each in zip(RECORDS, quantities, strict=True)]
    enter(
        ledger,
        bond_list("IN1", lines, PutrecNo=BOOK),
        statement("2026-11-01 07:00:00", own_no="IN1", putrecNo=BOOK),
    )


def ordered(*quantities: str) -> Declaration:
    """The parcel with other quantities."""
    lines = tuple(
        line.model_copy(update={"qty": Decimal(qty)}) for line, qty in zip(PARCEL.order.lines, quantities, strict=True)
    )
    return PARCEL.model_copy(update={"order": PARCEL.order.model_copy(update={"lines": lines})})


def told(ledger: Ledger, parcel: Declaration) -> list[str]:
    with ledger.read() as connection:
        found = check_book(connection, parcel)
        assert {each.code for each in found} <= {"book-short"}
        assert [
            each for each in LedgerKnowledge(connection).against(parcel, on=DAY) if each.code == "book-short"
        ] == found
    assert all(codes_avoided(each) == ("CEB622 -621003",) for each in found)
    return [each.path for each in found]


def test_a_line_that_asks_for_more_than_the_book_has_is_told(ledger: Ledger) -> None:
    arrived(ledger, "5", "2.5")
    assert told(ledger, ordered("5", "2.5")) == []
    assert told(ledger, ordered("6", "2.5")) == ["order.lines[0].qty"]
    assert told(ledger, ordered("6", "3")) == ["order.lines[0].qty", "order.lines[1].qty"]
    with ledger.read() as connection:
        (finding,) = check_book(connection, ordered("1", "3"))
    assert finding.en == f"Account book {BOOK} has 2.5 left of item {RECORDS[1]}, the parcel asks for 3."
    assert finding.zh == f"账册 {BOOK} 商品项 {RECORDS[1]} 可用数量 2.5，本单申报 3。"


def test_what_is_announced_is_no_longer_available(ledger: Ledger) -> None:
    arrived(ledger, "5", "5")
    out = {"PutrecNo": BOOK, "ImpexpMarkcd": "E", "InvtType": "8"}
    pre = receipt("4", "2026-11-10 07:00:00", "OUT1", "QD299226E000000001", putrecNo=BOOK, impexpMarkcd="E")
    own = pre.replace(b"202600000000000001", b"202600000000000002")
    enter(ledger, bond_list("OUT1", [(RECORDS[0].lstrip("0"), "4")], retail=("X1",), **out), own)
    assert told(ledger, ordered("1", "5")) == []
    assert told(ledger, ordered("2", "5")) == ["order.lines[0].qty"]


def test_two_lines_of_one_item_are_added_up_and_told_where_they_go_beyond(ledger: Ledger) -> None:
    arrived(ledger, "5", "5")
    first, second = ordered("3", "3").order.lines
    lines = (first, second.model_copy(update={"record_no": first.record_no}))
    parcel = PARCEL.model_copy(update={"order": PARCEL.order.model_copy(update={"lines": lines})})
    assert told(ledger, parcel) == ["order.lines[1].qty"]


def test_nothing_is_said_without_a_book_and_of_items_whose_arrival_is_not_known(ledger: Ledger) -> None:
    assert told(ledger, ordered("9999", "9999")) == []
    lost = EntryCause("ticket", "T1", "clerk", "customs agreed")
    with ledger.begin() as connection:
        adjust_book(connection, book_item(BOOK, RECORDS[0]), Decimal(-1), "34", lost, AT)
    assert told(ledger, ordered("9999", "9999")) == []
    arrived(ledger, "5", "5")
    bare = PARCEL.clearance.model_copy(update={"account_book_no": None})
    assert told(ledger, ordered("9999", "9999").model_copy(update={"clearance": bare})) == []


@pytest.mark.parametrize("record_no", ["SKU12", "12", "0012"])
def test_an_item_is_found_by_its_record_number_or_by_its_article(ledger: Ledger, record_no: str) -> None:
    enter(ledger, bond_list(), statement("2026-11-01 07:00:00"))
    with ledger.read() as connection:
        assert left_in_book(connection, "T2992W000001", [record_no, "77", " "]) == {record_no: Decimal(100)}
