"""Comparison of book and warehouse: each difference has the cause that documents prove to the last piece, or none."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from customs.ledger.book.bond_lists import BondNumbers, Direction
from customs.ledger.book.comparing import StockDifference, StockSides, compare_stock
from customs.ledger.book.events import CutOff, EventKind, StockEvent, StockPosting
from customs.ledger.book.flows import BookedList, BookPapers, RetailParcel, StockMovement, join_events
from customs.ledger.book.grain import Article, Cargo, StockRow
from customs.ledger.book.items import BookItem
from customs.ledger.book.stock_causes import StockCause
from support.faults import MANY
from support.stocktaking import CUT, Stocktaking, make_stocktaking

#: A stocktaking of 10,000 articles takes some ten seconds.
ARTICLES = 10_000 if MANY else 1_200

MILK, OTHER = BookItem("T2992W000001", "12"), BookItem("T2992W000001", "13")
NIGHT = datetime(2026, 10, 31, 18)
SAME = CutOff(NIGHT, NIGHT)


def compared(made: Stocktaking) -> tuple[StockDifference, ...]:
    joined = join_events(made.papers, made.movements, made.articles)
    assert joined.homeless == ()
    sides = StockSides(balances=made.balances, stock=made.stock, events=joined.events, articles=made.articles)
    return compare_stock(sides, CUT)


def named_of(difference: StockDifference) -> dict[StockCause, Decimal]:
    found: dict[StockCause, Decimal] = {}
    for gap in difference.causes:
        found[gap.cause] = found.get(gap.cause, Decimal(0)) + gap.quantity
    return {cause: quantity for cause, quantity in found.items() if quantity}


def difference_of(
    book: str, stock: str, *events: StockEvent, articles: dict[str, Article] | None = None, cut: CutOff = SAME
) -> StockDifference:
    rows = (StockRow(sku="A", item=MILK, quantity=Decimal(stock)),)
    sides = StockSides(balances={MILK: Decimal(book)}, stock=rows, events=events, articles=articles or {})
    found, *_ = compare_stock(sides, cut)
    return found


def posted(quantity: str, document: str, *, item: BookItem = MILK, at: datetime = NIGHT) -> StockPosting:
    return StockPosting(item, Decimal(quantity), at, document, "A")


def parcel(*warehouse: StockPosting, book: tuple[StockPosting, ...] = (), due: str = "-2") -> StockEvent:
    return StockEvent(
        kind=EventKind.PARCEL, number="X1", due={MILK: Decimal(due)}, book=book, warehouse=tuple(warehouse)
    )


@pytest.mark.parametrize("seed", [7, 8, 9])
@pytest.mark.long
def test_causes_that_were_put_in_are_named_and_no_other(seed: int) -> None:
    made = make_stocktaking(ARTICLES, seed)
    put = named = 0
    for each in compared(made):
        true, found = made.truth.get(each.item, {}), named_of(each)
        found.pop(StockCause.UNKNOWN, None)
        assert {cause: true.get(cause) for cause in found} == found, each
        put, named = put + len(true), named + len(found)
        if each.item not in made.foreign and not each.doubted:
            assert found == true, each
            assert not each.unexplained
    assert put > ARTICLES * 0.7
    assert named / put >= 0.95
    assert {cause for found in made.truth.values() for cause in found} == {*StockCause} - {StockCause.UNKNOWN}
    assert len(made.foreign) > ARTICLES * 0.04


def test_a_parcel_that_left_before_its_list_was_deducted_is_named_with_its_documents() -> None:
    found = difference_of("100", "98", parcel(posted("-2", "SF1")))
    assert [(gap.cause, gap.quantity, gap.documents) for gap in found.causes] == [
        (StockCause.NOT_DEDUCTED, Decimal(-2), ("X1", "SF1"))
    ]


def test_documents_that_account_for_a_part_name_no_cause() -> None:
    found = difference_of("100", "95", parcel(posted("-2", "SF1")))
    assert named_of(found) == {StockCause.UNKNOWN: Decimal(-3)}
    assert [gap.cause for gap in found.documented] == [StockCause.NOT_DEDUCTED]


def test_stock_that_agrees_although_documents_say_it_should_not_is_a_difference() -> None:
    found = difference_of("100", "100", parcel(posted("-2", "SF1")))
    assert not found.agrees
    assert named_of(found) == {StockCause.UNKNOWN: Decimal(2)}


def test_gaps_that_cancel_out_are_both_named() -> None:
    inside = StockEvent(
        kind=EventKind.PARCEL, number="X2", due={MILK: Decimal(-2)}, book=(posted("-2", "QD"),), warehouse=()
    )
    found = difference_of("98", "98", parcel(posted("-2", "SF1")), inside)
    assert named_of(found) == {StockCause.NOT_DEDUCTED: Decimal(-2), StockCause.STILL_INSIDE: Decimal(2)}


def test_a_cut_off_apart_explains_what_moved_between_the_two() -> None:
    later = parcel(posted("-2", "SF1", at=NIGHT + timedelta(hours=1)))
    cut = CutOff(NIGHT, NIGHT + timedelta(hours=2))
    assert named_of(difference_of("100", "98", later, cut=cut)) == {StockCause.CUT_OFF: Decimal(-2)}
    assert named_of(difference_of("100", "100", later)) == {}


def test_a_parcel_in_two_deducted_lists_is_named_once() -> None:
    twice = parcel(posted("-2", "SF1"), book=(posted("-2", "QD1"), posted("-2", "QD2")))
    assert named_of(difference_of("96", "98", twice)) == {StockCause.TWICE: Decimal(2)}


def test_half_of_a_small_stock_is_no_other_unit() -> None:
    pairs = {"A": Article("A", (MILK,), (Decimal(2),))}
    assert named_of(difference_of("2", "1", articles=pairs)) == {StockCause.UNKNOWN: Decimal(-1)}
    assert named_of(difference_of("2000", "1000", articles=pairs)) == {StockCause.UNIT: Decimal(-1000)}
    assert named_of(difference_of("1001", "500", articles=pairs)) == {StockCause.UNKNOWN: Decimal(-501)}


@pytest.mark.parametrize(
    ("pieces", "named"), [(2, {StockCause.UNKNOWN: Decimal(-2)}), (20, {StockCause.UNIT: Decimal(-20)})]
)
def test_a_unit_of_a_small_stock_that_needs_fewer_documents_leaves_the_cause_open(
    pieces: int, named: dict[StockCause, Decimal]
) -> None:
    boxes = {"A": Article("A", (MILK,), (Decimal(2),))}
    arrived = StockEvent(
        kind=EventKind.INBOUND,
        number="QD1",
        book=(posted(f"{3 * pieces}", "QD1"),),
        warehouse=(posted(f"{1.5 * pieces}", "QD1"),),
    )
    sent = parcel(posted(f"{-pieces / 2}", "SF1"), book=(posted(f"{-pieces}", "QD2"),), due=f"{-pieces}")
    found = difference_of(f"{2 * pieces}", f"{pieces}", arrived, sent, articles=boxes)
    assert found.unexplained == 0
    assert named_of(found) == named
    assert found.doubted is (StockCause.UNKNOWN in named)


def test_two_factors_that_both_close_the_equation_name_no_unit() -> None:
    rows = (StockRow(sku="A", item=MILK, quantity=Decimal(10)), StockRow(sku="B", item=MILK, quantity=Decimal(10)))
    articles = {sku: Article(sku, (MILK,), (Decimal(2),)) for sku in ("A", "B")}
    found, *_ = compare_stock(StockSides(balances={MILK: Decimal(30)}, stock=rows, events=(), articles=articles), SAME)
    assert named_of(found) == {StockCause.UNKNOWN: Decimal(-10)}


@pytest.mark.parametrize(("off", "named"), [(3, StockCause.OTHER_ITEM), (2, StockCause.UNKNOWN)])
def test_only_an_equal_pair_of_one_article_is_another_item(off: int, named: StockCause) -> None:
    rows = (
        StockRow(sku="A", item=MILK, quantity=Decimal(103)),
        StockRow(sku="A", item=OTHER, quantity=Decimal(100 - off)),
    )
    balances = {MILK: Decimal(100), OTHER: Decimal(100)}
    articles = {"A": Article("A", (MILK, OTHER))}
    found = compare_stock(StockSides(balances=balances, stock=rows, events=(), articles=articles), SAME)
    assert [gap.cause for each in found for gap in each.causes] == [named, named]


def test_items_that_the_warehouse_cannot_tell_apart_are_compared_as_one() -> None:
    rows = (StockRow(sku="A", quantity=Decimal(200)),)
    articles = {"A": Article("A", (MILK, OTHER))}
    balances = {MILK: Decimal(103), OTHER: Decimal(97)}
    (found,) = compare_stock(StockSides(balances=balances, stock=rows, events=(), articles=articles), SAME)
    assert found.items == (MILK, OTHER)
    assert found.agrees


@pytest.mark.parametrize(("cargo", "cause"), [(Cargo.PACKAGING, "CA11"), (Cargo.GOODS, "CA99")])
def test_an_article_without_an_item_is_named_only_if_it_is_no_merchandise(cargo: Cargo, cause: str) -> None:
    rows = (StockRow(sku="BOX", quantity=Decimal(40), cargo=cargo, where="row 9"),)
    (found,) = compare_stock(StockSides(balances={}, stock=rows, events=(), articles={}), SAME)
    assert [(str(gap.cause), gap.quantity, gap.item.item_record_no) for gap in found.causes] == [
        (cause, Decimal(40), "BOX")
    ]


def test_a_movement_finds_its_list_by_any_number_and_a_number_of_two_lists_finds_neither() -> None:
    quantities = {MILK: Decimal(2)}
    one = RetailParcel(order_no="O1", waybill_no="W1", list_no="X1", quantities=quantities)
    other = RetailParcel(order_no="O2", waybill_no="W1", list_no="X2", quantities=quantities)
    moves = [
        StockMovement(kind=EventKind.PARCEL, number=number, sku="A", quantity=Decimal(-2), at=NIGHT, where=number)
        for number in ("O1", "X2", "W1")
    ]
    joined = join_events(BookPapers(parcels=(one, other)), moves, {"A": Article("A", (MILK,))})
    found = {each.number: [posting.document for posting in each.warehouse] for each in joined.events}
    assert found == {"X1": ["O1"], "X2": ["X2"], "W1": ["W1"]}


def test_what_an_out_list_took_beyond_its_parcels_is_said_of_the_list() -> None:
    taken = (StockPosting(MILK, Decimal(-5), NIGHT, "QD"),)
    bond = BookedList(
        numbers=BondNumbers(bond_no="QD299226E000000001"),
        direction=Direction.OUT,
        kind="8",
        entered=taken,
        retail_list_nos=("X1",),
        deducted_at=NIGHT,
    )
    known = RetailParcel(order_no="O1", list_no="X1", quantities={MILK: Decimal(2)})
    moved = StockMovement(kind=EventKind.PARCEL, number="O1", sku="A", item=MILK, quantity=Decimal(-2), at=NIGHT)
    joined = join_events(BookPapers(lists=(bond,), parcels=(known,)), [moved], {})
    found = difference_of("95", "98", *joined.events)
    assert [(gap.cause, gap.quantity, gap.documents[0]) for gap in found.causes] == [
        (StockCause.UNKNOWN, Decimal(3), "QD299226E000000001")
    ]


def test_goods_that_came_back_as_another_item_are_named_at_both() -> None:
    back = StockEvent(
        kind=EventKind.RETURN,
        number="X1",
        due={MILK: Decimal(2)},
        book=(posted("2", "QD"),),
        warehouse=(posted("2", "R1", item=OTHER),),
    )
    rows = (StockRow(sku="A", item=MILK, quantity=Decimal(8)), StockRow(sku="A", item=OTHER, quantity=Decimal(12)))
    balances = {MILK: Decimal(10), OTHER: Decimal(10)}
    found = compare_stock(StockSides(balances=balances, stock=rows, events=(back,), articles={}), SAME)
    assert [named_of(each) for each in found] == [
        {StockCause.RETURNED: Decimal(-2)},
        {StockCause.RETURNED: Decimal(2)},
    ]


def test_a_document_that_speaks_of_another_time_does_not_count() -> None:
    tomorrow = replace(parcel(), warehouse=(posted("-2", "SF1", at=NIGHT + timedelta(seconds=1)),))
    assert difference_of("100", "100", tomorrow).agrees
