"""The standing of a bond list follows from what was said of it, in whatever order it came."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.ledger.book.bond_lists import BondList, BondReceipt, BookStatement
from customs.ledger.book.bond_messages import read_bond_message
from customs.ledger.book.items import BookItem, BookQuantities
from customs.ledger.book.standing import SaidLine, SaidOfList, What, said_by, standing_of
from support.bond_messages import bond_list, receipt, statement

MILK = BookItem("T2992W000001", "12")
BEGUN = datetime(2026, 10, 1, 9)


def said(what: What, hours: int, quantity: int = 0, **more: object) -> SaidOfList:
    lines = (SaidLine(MILK, Decimal(quantity)),) if quantity else ()
    direction = "E" if what == "declared" else ""
    return SaidOfList(what=what, at=BEGUN + timedelta(hours=hours), direction=direction, lines=lines, **more)  # type: ignore[arg-type]


NEW, PRE, DEDUCTED = said("declared", 0, 5), said("pre", 2), said("deducted", 46)
CHANGE = said("declared", 50, 3, change_no=1, declared_as="2")
DELETION = said("declared", 60, 5, change_no=2, declared_as="3")
NOT_DELETED = said("rejected", 61, change_no=2, declared_as="3")


def held(*everything: SaidOfList) -> dict[str, Decimal]:
    found = standing_of(everything).holds.get(MILK, BookQuantities())
    return {
        name: getattr(found, name) for name in ("pre_in", "pre_out", "actual_in", "actual_out") if getattr(found, name)
    }


@pytest.mark.parametrize(
    ("everything", "expected"),
    [
        ((NEW,), {}),
        ((NEW, said("stored", 1)), {}),
        ((NEW, said("passed", 2)), {}),
        ((NEW, PRE), {"pre_out": 5}),
        ((NEW, PRE, DEDUCTED), {"actual_out": 5}),
        ((NEW, PRE, said("rejected", 3)), {}),
        ((NEW, said("rejected", 2), NEW, said("pre", 4)), {"pre_out": 5}),
        ((NEW, DEDUCTED, CHANGE), {"actual_out": 5}),
        ((NEW, DEDUCTED, CHANGE, said("rejected", 51, change_no=1)), {"actual_out": 5}),
        ((NEW, DEDUCTED, CHANGE, said("deducted", 52, change_no=1)), {"actual_out": 3}),
        ((NEW, DEDUCTED, DELETION), {"actual_out": 5}),
        ((NEW, DEDUCTED, DELETION, said("rejected", 61, change_no=2)), {"actual_out": 5}),
        ((NEW, DEDUCTED, DELETION, said("deducted", 61, change_no=2)), {}),
        ((NEW, PRE, DELETION, NOT_DELETED, said("rejected", 62, change_no=2)), {}),
        ((NEW, PRE, DELETION, NOT_DELETED, said("deducted", 62, change_no=2)), {"actual_out": 5}),
        ((NEW, PRE, DELETION, NOT_DELETED, said("deducted", 62, change_no=2, declared_as="3")), {}),
        ((NEW, PRE, DELETION, NOT_DELETED, said("rejected", 62, change_no=2, declared_as="3")), {"pre_out": 5}),
        ((NEW, DEDUCTED, said("deleted", 62)), {}),
        ((NEW, said("deducted", 46, mode="N")), {}),
        ((NEW, said("deducted", 46, mode="NF")), {}),
        ((NEW, said("deducted", 46, mode="E")), {"actual_out": 5}),
        ((NEW, said("deducted", 46, mode="F")), {"actual_in": 5}),
        ((DEDUCTED,), {}),
    ],
)
def test_a_list_holds_what_customs_last_decided(everything: tuple[SaidOfList, ...], expected: dict[str, int]) -> None:
    assert held(*everything) == expected


@given(st.permutations((NEW, PRE, DEDUCTED, CHANGE, said("deducted", 52, change_no=1), said("manual", 1))))
def test_the_order_in_which_messages_come_does_not_matter(everything: list[SaidOfList]) -> None:
    found = standing_of(everything)
    assert (found.state, dict(found.holds)) == ("deducted", {MILK: BookQuantities(actual_out=Decimal(3))})


def spoken(content: bytes) -> SaidOfList:
    message = read_bond_message(content)
    assert isinstance(message, BondList | BondReceipt | BookStatement)
    return said_by(message, BEGUN)


def test_messages_say_what_becomes_of_a_list() -> None:
    declared = spoken(bond_list(ImpexpMarkcd="E", InvtType="8", retail=("X1",)))
    pre = spoken(receipt("4", "2026-10-02 11:20:47"))
    booked = spoken(statement("2026-10-04 07:41:03"))
    found = standing_of([booked, pre, declared])
    assert (found.state, found.decided_at) == ("deducted", datetime(2026, 10, 4, 7, 41, 3))
    assert found.holds == {MILK: BookQuantities(actual_out=Decimal(100))}
    assert found.retail_list_nos == ("X1",)


def test_an_in_list_that_was_never_seen_counts_by_what_customs_booked_of_it() -> None:
    row = {"inQty": "40", "gdsMtno": "A"}
    other = {"inQty": "9", "invtNo": "QD299226I000000002"}
    found = standing_of([spoken(statement("2026-10-04 07:41:03", [row, other]))])
    assert found.holds == {MILK: BookQuantities(actual_in=Decimal(40))}
    assert standing_of([spoken(statement("2026-10-04 07:41:03", [row], impexpMarkcd="E"))]).holds == {}


def test_lines_without_item_or_quantity_and_lines_taken_out_count_nowhere() -> None:
    content = bond_list(lines=[("12", "5"), ("", "7"), ("13", "")])
    assert [each.quantity for each in spoken(content).lines] == [Decimal(5)]
    deleted = content.replace(b"<DclQty>5</DclQty>", b"<DclQty>5</DclQty><ModfMarkcd>2</ModfMarkcd>")
    assert spoken(deleted).lines == ()
