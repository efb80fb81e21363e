"""Bond messages are read whatever client wrote them; what is odd is said and kept, and nothing hostile gets in."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.ledger.book.bond_lists import (
    BondList,
    BondReceipt,
    BookStatement,
    DeclaredAs,
    Deduction,
    Direction,
    EntryReceipt,
)
from customs.ledger.book.bond_messages import holds_bond_message, read_bond_message
from customs.ledger.book.bond_parts import MOST_ODDITIES
from customs.ledger.book.items import BookItem
from customs.wire import ReadError
from support.bond_messages import bond_list, entry_receipt, receipt, statement


def codes(read: BondList | BondReceipt | EntryReceipt | BookStatement) -> list[tuple[str, str]]:
    return [(each.code, each.path) for each in read.oddities]


def test_an_out_list_names_its_items_and_the_retail_lists_that_it_gathers() -> None:
    content = bond_list("B2", [("0012", "5"), ("13", "2.5")], retail=("X1", "X2"), ImpexpMarkcd="E", InvtType="8")
    read = read_bond_message(content)
    assert isinstance(read, BondList)
    assert read.numbers.own_no == "B2"
    assert (read.direction, read.kind, read.declared_as) == (Direction.OUT, "8", DeclaredAs.NEW)
    assert [(each.item, each.quantity, each.sku) for each in read.lines] == [
        (BookItem("T2992W000001", "12"), Decimal(5), "SKU0012"),
        (BookItem("T2992W000001", "13"), Decimal("2.5"), "SKU13"),
    ]
    assert read.retail_list_nos == ("X1", "X2")
    assert read.gathers_parcels
    assert read.others == {"dectype": "1"}
    assert codes(read) == []


def test_the_number_of_a_card_is_not_kept() -> None:
    assert "9300012345678" not in repr(read_bond_message(bond_list())) + str(vars_of(read_bond_message(bond_list())))


def vars_of(read: object) -> dict[str, object]:
    return {name: getattr(read, name) for name in read.__dataclass_fields__}  # type: ignore[attr-defined]


def test_a_receipt_says_what_customs_decided_and_how_the_list_stands() -> None:
    read = read_bond_message(receipt("4", "2026-10-02 11:20:47", why="核扣中"))
    assert isinstance(read, BondReceipt)
    assert (read.result, read.at, read.change_no) == ("4", datetime(2026, 10, 2, 11, 20, 47), 0)
    assert read.numbers.bond_no == "QD299226I000000001"
    assert read.reasons == ("核扣中",)
    assert read.head is not None
    assert (read.head.deduction, read.head.mode, read.head.status) == (Deduction.PRE, "D", "0")
    assert codes(read) == []


def test_a_declaration_made_of_a_list_is_known_by_its_number() -> None:
    read = read_bond_message(entry_receipt())
    assert isinstance(read, EntryReceipt)
    assert (read.entry_no, read.result) == ("I20260000000000001", "1")


def test_an_empty_quantity_of_the_book_is_not_nought() -> None:
    row = {"inQty": "3894", "actlIncQty": "", "actlRedcQty": "0", "limitDate": "20271001"}
    read = read_bond_message(statement("2026-10-04 07:41:03", [row]))
    assert isinstance(read, BookStatement)
    (found,) = read.rows
    assert (found.in_quantity, found.actual_in, found.actual_out) == (Decimal(3894), None, Decimal(0))
    assert found.kept_until == datetime(2027, 10, 1)
    assert read.head.deducted_at == datetime(2026, 10, 4, 7, 41, 3)


def test_what_is_unknown_is_reported_with_its_text() -> None:
    read = read_bond_message(bond_list(extra="<Novelty><a>7</a></Novelty>"))
    assert codes(read) == [("unknown-element", "INV101.Novelty")]
    assert "<a>7</a>" in read.oddities[0].text


@pytest.mark.parametrize(
    ("quantity", "found", "code"),
    [
        ("", None, "field-missing"),
        ("1,000", None, "value-irregular"),
        ("1e3", None, "value-irregular"),
        ("١٢", None, "value-irregular"),
        ("5.000000000", Decimal("5.00000"), ""),
        ("5.0000001", None, "value-irregular"),
        ("1000000000000", None, "value-irregular"),
        ("-5", None, "value-irregular"),
    ],
)
def test_a_quantity_of_another_form_is_none_and_said(quantity: str, found: Decimal | None, code: str) -> None:
    read = read_bond_message(bond_list(lines=[("12", quantity)]))
    assert isinstance(read, BondList)
    assert read.lines[0].quantity == found
    assert [each.code for each in read.oddities] == [code] * bool(code)


def test_a_line_without_a_record_number_is_said() -> None:
    read = read_bond_message(bond_list(lines=[("", "5")]))
    assert isinstance(read, BondList)
    assert read.lines[0].item is None
    assert codes(read) == [("field-missing", "INV101.InvtListType[0].putrecSeqno")]


def test_a_retail_list_named_twice_counts_once_and_is_said() -> None:
    read = read_bond_message(bond_list(retail=("X1", "X1")))
    assert isinstance(read, BondList)
    assert read.retail_list_nos == ("X1",)
    assert codes(read) == [("value-irregular", "INV101.InvtCbecBillType[1].cbecBillNo")]


def test_a_value_that_stands_twice_or_holds_elements_is_said() -> None:
    read = read_bond_message(
        receipt("4", "2026-10-02 11:20:47").replace(b"<rmk></rmk>", b"<rmk><b/></rmk><rmk>x</rmk>")
    )
    assert {code for code, _ in codes(read)} == {"value-irregular", "unknown-element"}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<Package/>", "holds none of INV101"),
        (b"<CEB621Message/>", "holds none of INV101"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "DTD"),
        (bond_list(own_no=""), "names the list"),
        (bond_list(PutrecNo=""), "names no book"),
        (bond_list(ImpexpMarkcd="X"), "must be I or E"),
        (b"\xff\xfe", "not well-formed"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_message_that_moves_nothing_that_can_be_known_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(ReadError, match=why):
        read_bond_message(content)


@pytest.mark.long
def test_the_oddities_of_a_message_are_bounded() -> None:
    with pytest.raises(ReadError, match="more than"):
        read_bond_message(bond_list(extra="<n/>" * (MOST_ODDITIES + 1)))


def test_messages_of_the_bonded_system_are_told_from_others() -> None:
    assert all(map(holds_bond_message, (bond_list(), receipt("1", ""), entry_receipt(), statement(""))))
    assert not holds_bond_message(b'<CEB622Message xmlns="http://www.chinaport.gov.cn/ceb"/>')


@given(st.data())
def test_whatever_is_changed_in_a_message_it_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([bond_list(retail=("X1",)), statement("2026", [{"inQty": "1"}])])))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 6))] = data.draw(st.binary(max_size=3))
    try:
        read = read_bond_message(bytes(content))
    except ReadError:
        return
    assert isinstance(read, BondList | BondReceipt | EntryReceipt | BookStatement)
