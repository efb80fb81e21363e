"""The book moves by what customs decides on bond lists, once, whatever the order of messages, and never by a release."""

from datetime import datetime
from decimal import Decimal
from itertools import permutations

import pytest

from customs.ledger import EntryCause, Ledger
from customs.ledger.book.bond_messages import read_bond_message
from customs.ledger.book.entering import BookChange, adjust_book, cause_of, enter_message
from customs.ledger.book.holdings import articles_of, papers_of, quantities_of, stated_quantities
from customs.ledger.book.items import BookItem, BookQuantities
from support import exactly
from support.bond_messages import bond_list, receipt, statement

MILK, AT = BookItem("T2992W000001", "12"), datetime(2026, 10, 1, 9)
OUT = {"ImpexpMarkcd": "E", "InvtType": "8"}
DECLARED = bond_list(lines=[("12", "60"), ("12", "40")], retail=("X1", "X2"), **OUT)
PRE = receipt("4", "2026-10-02 11:20:47", impexpMarkcd="E")
DEDUCTED = statement("2026-10-04 07:41:03", impexpMarkcd="E")
REJECTED = receipt("3", "2026-10-03 08:00:00", impexpMarkcd="E")


def enter(ledger: Ledger, *contents: bytes) -> list[BookChange]:
    entered = []
    for content in contents:
        with ledger.begin() as connection:
            entered.append(enter_message(connection, read_bond_message(content), cause_of(content), AT))
    return entered


def held(ledger: Ledger, until: datetime | None = None) -> BookQuantities:
    with ledger.read() as connection:
        return quantities_of(connection, until=until).get(MILK, BookQuantities())


def test_an_out_list_is_announced_then_deducted_and_each_message_counts_once(ledger: Ledger) -> None:
    enter(ledger, DECLARED)
    assert not held(ledger)
    enter(ledger, PRE)
    assert held(ledger) == BookQuantities(pre_out=Decimal(100))
    assert [each.new for each in enter(ledger, DEDUCTED, DEDUCTED, PRE)] == [True, False, False]
    assert held(ledger) == BookQuantities(actual_out=Decimal(100))
    assert held(ledger, datetime(2026, 10, 3)) == BookQuantities(pre_out=Decimal(100))


def test_a_refusal_restores_what_was_announced(ledger: Ledger) -> None:
    enter(ledger, DECLARED, PRE, REJECTED)
    assert not held(ledger)
    with ledger.read() as connection:
        (found,) = papers_of(connection).lists
    assert (found.lives, found.retail_list_nos) == (False, ())


def test_the_order_of_messages_does_not_matter(ledger: Ledger) -> None:
    for number, order in enumerate(exactly(6, permutations((DECLARED, PRE, DEDUCTED))), 1):
        own, bond = f"own{number}".encode(), f"QD299226E{number:09d}".encode()
        for content in order:
            content = content.replace(b"B1", own).replace(b"QD299226I000000001", bond)
            enter(ledger, content.replace(b"202600000000000001", bond))
        assert held(ledger) == BookQuantities(actual_out=Decimal(100 * number))


def test_what_customs_states_stands_beside_and_changes_nothing(ledger: Ledger) -> None:
    row = {"actlIncQty": "90", "actlRedcQty": "", "inQty": "90", "gdsMtno": "A"}
    enter(ledger, bond_list(), statement("2026-10-04 07:41:03", [row]))
    assert held(ledger) == BookQuantities(actual_in=Decimal(100))
    with ledger.read() as connection:
        (found,) = stated_quantities(connection)
        assert (found.figure, str(found.difference)) == ("actual_in", "-10.00000")
        assert articles_of(connection)["SKU12"].items == (MILK,)


def test_a_correction_needs_a_ticket_and_a_reason(ledger: Ledger) -> None:
    with ledger.begin() as connection, pytest.raises(ValueError, match="a stocktake alone does not change the book"):
        adjust_book(connection, MILK, Decimal(3), "32", EntryCause("file", "stocktake.xlsx"), AT)
    ticket = EntryCause("ticket", "T1", "clerk", "customs agreed, letter 7")
    for _ in range(2):
        with ledger.begin() as connection:
            adjust_book(connection, MILK, Decimal(3), "32", ticket, AT)
    assert held(ledger) == BookQuantities(gained=Decimal(3))


def test_a_failure_between_two_items_leaves_nothing(ledger: Ledger) -> None:
    enter(ledger, DECLARED)
    with ledger.begin() as connection:
        enter_message(connection, read_bond_message(PRE), cause_of(PRE), AT)
        connection.sql.rollback()
    assert not held(ledger)
    assert [each.new for each in enter(ledger, PRE)] == [True]
