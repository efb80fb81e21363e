"""Retail lists in the book: released, cancelled, returned, by what customs says, in any order, each once; none moves the book."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest

from customs.documents import Document
from customs.ledger import CauseUsedError, EntryCause, Ledger
from customs.ledger.book.binding import binding_faults
from customs.ledger.book.bond_lists import BondNumbers, Direction
from customs.ledger.book.entering import BookChange
from customs.ledger.book.events import EventKind, StockPosting
from customs.ledger.book.flows import BookedList, BookPapers, RetailParcel, RetailReturn, join_events
from customs.ledger.book.holdings import papers_of, quantities_of
from customs.ledger.book.items import BookItem, book_item
from customs.ledger.book.retail import enter_retail
from support import exactly
from support.retail_documents import LIST_NO, PARCEL, answered, asked_back, cancelled, declared, returned

DAY = datetime(2026, 11, 11)
BOOK = PARCEL.clearance.account_book_no or ""
ITEMS = [book_item(BOOK, each.record_no or "") for each in PARCEL.order.lines]
QUANTITIES = {item: each.qty for item, each in zip(ITEMS, PARCEL.order.lines, strict=True)}


def at(hours: float) -> datetime:
    return DAY + timedelta(hours=hours)


#: What is said of one list, from its declaration to its release, its cancellation, and its return.
LISTED, STORED, RELEASED, REFUSED = declared(), answered("120", at(9)), answered("800", at(10)), answered("100", at(10))
GRANTED, DENIED = cancelled("399", at(30)), cancelled("100", at(30))
ASKED, BACK, KEPT = asked_back({1: "1"}, at(40)), returned("399", at(50)), returned("100", at(50))


def enter(ledger: Ledger, *documents: Document) -> list[BookChange | None]:
    """Enter documents, each with a cause of its own that is the same whenever it comes."""
    told = []
    for each in documents:
        with ledger.begin() as connection:
            cause = EntryCause("message", f"{type(each).message}/{hash(each.model_dump_json())}")
            told.append(enter_retail(connection, each, cause, DAY))
    return told


def papers(ledger: Ledger) -> BookPapers:
    with ledger.read() as connection:
        assert quantities_of(connection) == {}, "what becomes of a retail list moves nothing in the book"
        return papers_of(connection)


def parcel(ledger: Ledger) -> RetailParcel:
    (found,) = papers(ledger).parcels
    return found


def test_a_list_is_released_by_800_alone_and_bound_by_its_numbers(ledger: Ledger) -> None:
    enter(ledger, LISTED)
    assert parcel(ledger).status == ""
    enter(ledger, STORED)
    assert (parcel(ledger).status, parcel(ledger).released_at) == ("120", None)
    enter(ledger, RELEASED)
    found = parcel(ledger)
    assert (found.list_no, found.order_no, found.waybill_no) == (
        LIST_NO,
        PARCEL.order.order_no,
        LISTED.head.waybill_no,
    )
    assert (found.status, found.released_at, found.cancelled_at) == ("800", at(10), None)
    assert found.quantities == QUANTITIES


@pytest.mark.parametrize(
    ("documents", "state"),
    [
        ((LISTED,), "open"),
        ((LISTED, STORED), "accepted"),
        ((LISTED, STORED, REFUSED), "rejected"),
        ((LISTED, STORED, RELEASED), "released"),
        ((LISTED, STORED, DENIED), "accepted"),
        ((LISTED, STORED, GRANTED), "withdrawn"),
        ((LISTED, STORED, RELEASED, DENIED), "released"),
        ((LISTED, STORED, RELEASED, GRANTED), "withdrawn"),
    ],
)
def test_the_last_word_of_customs_counts_and_a_refused_cancellation_is_none(
    ledger: Ledger, documents: tuple[Document, ...], state: str
) -> None:
    told = [each for each in enter(ledger, *documents) if each]
    assert told[-1].state == state
    assert parcel(ledger).cancelled_at == (at(30) if state == "withdrawn" else None)


def test_a_cancellation_that_is_refused_and_then_granted_counts_from_the_grant(ledger: Ledger) -> None:
    enter(ledger, LISTED, STORED, DENIED, cancelled("399", at(31)))
    assert parcel(ledger).cancelled_at == at(31)


def test_documents_of_one_list_may_come_in_any_order_and_twice(ledger: Ledger) -> None:
    expected = RetailParcel(
        order_no=PARCEL.order.order_no,
        waybill_no=LISTED.head.waybill_no,
        list_no=LIST_NO,
        quantities=QUANTITIES,
        status="800",
        released_at=at(10),
        cancelled_at=at(30),
    )
    said = (LISTED, STORED, RELEASED, GRANTED)
    for number, order in enumerate(exactly(24, permutations(said)), 1):
        list_no, own = f"29912026I{number:09d}", f"L{number}"
        renumbered: list[Document] = []
        for each in order:
            if each is LISTED:
                head = LISTED.head.model_copy(update={"internal_no": own, "order_no": own})
                renumbered.append(LISTED.model_copy(update={"head": head}))
            else:
                renumbered.append(each.model_copy(update={"internal_no": own, "list_no": list_no}))
        first, again = enter(ledger, *renumbered), enter(ledger, *reversed(renumbered))
        assert [each and each.new for each in (*first, *again)] == [True] * 4 + [False] * 4
        (found,) = [each for each in papers(ledger).parcels if each.list_no == list_no]
        assert found == replace(expected, order_no=own, list_no=list_no)


def test_a_cancellation_without_the_number_of_customs_finds_its_list_by_its_own(ledger: Ledger) -> None:
    enter(ledger, LISTED, STORED, cancelled("399", at(30), list_no=None))
    assert parcel(ledger).cancelled_at == at(30)


def test_the_same_cause_with_another_word_is_refused_and_leaves_no_trace(ledger: Ledger) -> None:
    enter(ledger, LISTED, STORED)
    cause = EntryCause("message", "M1")
    with ledger.begin() as connection:
        enter_retail(connection, RELEASED, cause, DAY)
    with pytest.raises(CauseUsedError), ledger.begin() as connection:
        enter_retail(connection, GRANTED, cause, DAY)
    assert (parcel(ledger).status, parcel(ledger).cancelled_at) == ("800", None)


def test_a_return_is_nothing_until_customs_grants_it(ledger: Ledger) -> None:
    enter(ledger, LISTED, STORED, RELEASED, ASKED)
    assert papers(ledger).returns == ()
    enter(ledger, KEPT)
    assert papers(ledger).returns == ()
    enter(ledger, returned("399", at(60)))
    (found,) = papers(ledger).returns
    assert found == RetailReturn(number="R1", list_no=LIST_NO, quantities={ITEMS[0]: Decimal(1)})
    assert parcel(ledger).cancelled_at is None


@pytest.mark.parametrize("status", ["399", "800", "899"])
def test_a_return_is_granted_by_each_word_that_customs_has_for_it(ledger: Ledger, status: str) -> None:
    enter(ledger, LISTED, RELEASED, ASKED, returned(status, at(50)))
    assert [each.number for each in papers(ledger).returns] == ["R1"]


@pytest.mark.long
def test_a_return_its_answer_and_its_list_may_come_in_any_order_and_twice(ledger: Ledger) -> None:
    for number, order in enumerate(exactly(24, permutations((LISTED, RELEASED, ASKED, BACK))), 1):
        list_no, own, sent = f"29912026I{number:09d}", f"R{number}", f"L{number}"
        renumbered: list[Document] = []
        for each in order:
            if each in (LISTED, ASKED):
                of_list = {"internal_no": sent, "order_no": sent}
                update = of_list if each is LISTED else {"internal_no": own, "list_no": list_no}
                renumbered.append(each.model_copy(update={"head": each.head.model_copy(update=update)}))
            else:
                keyed = {"internal_no": own if each is BACK else sent, "list_no": list_no}
                renumbered.append(each.model_copy(update=keyed))
        told = enter(ledger, *renumbered, *renumbered)
        assert [each and each.new for each in told] == [True] * 4 + [False] * 4
        found = [each for each in papers(ledger).returns if each.list_no == list_no]
        assert found == [RetailReturn(number=own, list_no=list_no, quantities={ITEMS[0]: Decimal(1)})]


def test_what_was_granted_is_what_was_asked_before_and_not_what_was_asked_later(ledger: Ledger) -> None:
    enter(ledger, LISTED, RELEASED, ASKED, BACK, asked_back({1: "1", 2: "1"}, at(70)))
    (found,) = papers(ledger).returns
    assert found.quantities == {ITEMS[0]: Decimal(1)}


def test_two_parts_of_a_list_come_back_one_after_the_other_and_both_count(ledger: Ledger) -> None:
    second = asked_back({2: "1"}, at(70), "R2")
    enter(ledger, LISTED, RELEASED, ASKED, BACK, second, returned("399", at(80), "R2"))
    both = papers(ledger)
    assert [(each.number, dict(each.quantities)) for each in both.returns] == [
        ("R1", {ITEMS[0]: Decimal(1)}),
        ("R2", {ITEMS[1]: Decimal(1)}),
    ]
    (event,) = [each for each in join_events(both, [], {}).events if each.kind is EventKind.RETURN]
    assert event.due == {ITEMS[0]: Decimal(1), ITEMS[1]: Decimal(1)}
    assert event.papers == ("R1", "R2")


def test_in_lists_of_two_returns_of_one_list_book_what_each_of_them_brings() -> None:
    milk = BookItem("T2992W000001", "12")

    def back(number: str, quantity: int) -> BookedList:
        posting = StockPosting(milk, Decimal(quantity), at(90), number)
        return BookedList(
            numbers=BondNumbers(bond_no=number),
            direction=Direction.IN,
            kind="8",
            entered=(posting,),
            retail_list_nos=("X1",),
            deducted_at=at(90),
        )

    returns = tuple(
        RetailReturn(number=number, list_no="X1", quantities={milk: Decimal(quantity)})
        for number, quantity in (("R1", 1), ("R2", 2))
    )
    parcels = (RetailParcel(order_no="O1", list_no="X1", quantities={milk: Decimal(5)}),)
    joined = join_events(BookPapers(lists=(back("QD1", 1), back("QD2", 2)), parcels=parcels, returns=returns), [], {})
    booked = {each.number: sum(posting.quantity for posting in each.book) for each in joined.events}
    assert booked == {"X1": 3, "QD1": 0, "QD2": 0}


def test_a_cancelled_parcel_is_no_longer_unbound(ledger: Ledger) -> None:
    enter(ledger, LISTED, STORED, RELEASED)
    assert [each.code for each in binding_faults(papers(ledger), at(200))] == ["unbound"]
    enter(ledger, GRANTED)
    assert list(binding_faults(papers(ledger), at(200))) == []


def test_a_list_of_no_book_says_nothing_of_the_book(ledger: Ledger) -> None:
    head = LISTED.head.model_copy(update={"account_book_no": None})
    assert enter(ledger, LISTED.model_copy(update={"head": head})) == [None]
    assert papers(ledger) == BookPapers()
