"""Each released parcel is gathered by one living out-list that takes what the parcels say: whatever is not so is told."""

from datetime import datetime
from decimal import Decimal

import pytest

from customs.ledger.book.binding import BindingFault, binding_faults
from customs.ledger.book.bond_lists import BondNumbers, Direction
from customs.ledger.book.flows import BookedList, BookPapers, RetailParcel
from customs.ledger.book.items import BookItem

MILK = BookItem("T2992W000001", "12")
ON, RELEASED = datetime(2026, 11, 14, 8), datetime(2026, 11, 11, 9)


def parcel(number: str, *, released: datetime | None = RELEASED, cancelled: datetime | None = None) -> RetailParcel:
    return RetailParcel(
        order_no=f"O{number}",
        list_no=number,
        quantities={MILK: Decimal(2)},
        released_at=released,
        cancelled_at=cancelled,
    )


def out_list(number: str, *parcels: str, takes: str) -> BookedList:
    return BookedList(
        numbers=BondNumbers(bond_no=number),
        direction=Direction.OUT,
        kind="8",
        retail_list_nos=parcels,
        lines={MILK: Decimal(takes)},
    )


def faults(*papers: RetailParcel | BookedList) -> list[BindingFault]:
    lists = tuple(each for each in papers if isinstance(each, BookedList))
    parcels = tuple(each for each in papers if isinstance(each, RetailParcel))
    return list(binding_faults(BookPapers(lists=lists, parcels=parcels), ON))


def test_released_parcels_in_no_out_list_are_told_the_oldest_first() -> None:
    older = parcel("X2", released=datetime(2026, 11, 4, 23))
    found = faults(parcel("X1"), older, parcel("X3", released=None), parcel("X4", cancelled=ON))
    assert [(each.code, each.number, each.days) for each in found] == [("unbound", "X2", 10), ("unbound", "X1", 3)]
    assert found[1].en == "released 3 days ago, and no out-list gathers it"
    assert found[1].zh == "已放行 3 天，未归入出区核注清单"


def test_a_parcel_that_is_released_later_is_not_yet_unbound() -> None:
    assert faults(parcel("X1", released=datetime(2026, 11, 14, 9))) == []


def test_an_out_list_of_just_its_parcels_has_no_fault() -> None:
    assert faults(parcel("X1"), parcel("X2"), out_list("QD1", "X1", "X2", takes="4")) == []


@pytest.mark.parametrize(
    ("gathered", "code"),
    [
        (parcel("X1", released=None), "not-released"),
        (parcel("X1", cancelled=ON), "cancelled"),
        (parcel("X9"), "unknown"),
    ],
)
def test_a_parcel_that_must_not_be_gathered_is_told_with_the_list(gathered: RetailParcel, code: str) -> None:
    found = [each for each in faults(gathered, out_list("QD1", "X1", takes="2")) if each.code != "unbound"]
    assert [(each.code, each.number, each.lists) for each in found] == [(code, "X1", ("QD1",))]


def test_a_parcel_in_two_out_lists_is_told_with_both() -> None:
    (found,) = faults(parcel("X1"), out_list("QD1", "X1", takes="2"), out_list("QD2", "X1", takes="2"))
    assert (found.code, found.order_no, found.lists) == ("bound-twice", "OX1", ("QD1", "QD2"))
    assert found.en == "gathered by several out-lists, QD1, QD2: delete or change one of them"


def test_an_out_list_that_takes_other_quantities_than_its_parcels_is_told_with_both() -> None:
    (found,) = faults(parcel("X1"), out_list("QD1", "X1", takes="3"))
    assert (found.code, found.number, found.item, found.taken, found.due) == (
        "sum-differs",
        "QD1",
        MILK,
        Decimal(3),
        Decimal(2),
    )
