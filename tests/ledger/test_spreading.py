"""A quantity is taken from as many rows of the book as it needs, in one order, or from none."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.ledger.book.items import BookItem
from customs.ledger.book.spreading import TooLittleInBookError, spread

quantities = st.decimals(min_value=0, max_value=50, places=2)
rows_of_the_book = st.dictionaries(st.integers(1, 30).map(lambda at: BookItem("T1", str(at))), quantities, max_size=8)


def test_rows_that_suffice_only_together_are_all_taken() -> None:
    rows = {BookItem("T1", "1"): Decimal(6), BookItem("T1", "2"): Decimal(6)}
    assert spread(Decimal(10), rows) == ((BookItem("T1", "1"), Decimal(6)), (BookItem("T1", "2"), Decimal(4)))


def test_the_smallest_rows_go_first_and_equal_ones_by_their_number() -> None:
    rows = {BookItem("T1", number): Decimal(held) for number, held in (("10", 5), ("2", 9), ("9", 5), ("1", 40))}
    assert [item.item_record_no for item, _ in spread(Decimal(60 - 41), rows)] == ["9", "10", "2"]


def test_too_little_takes_nothing_and_says_how_much_there_is() -> None:
    rows = {BookItem("T1", "1"): Decimal(6), BookItem("T1", "2"): Decimal(-3)}
    with pytest.raises(TooLittleInBookError, match=r"10 are wanted and 6 are available") as caught:
        spread(Decimal(10), rows)
    assert (caught.value.wanted, caught.value.held) == (Decimal(10), Decimal(6))


@given(rows_of_the_book, quantities)
def test_what_is_taken_is_what_was_wanted_and_never_more_than_a_row_holds(
    rows: dict[BookItem, Decimal], wanted: Decimal
) -> None:
    if wanted > sum(rows.values()):
        with pytest.raises(TooLittleInBookError):
            spread(wanted, rows)
        return
    taken = spread(wanted, rows)
    assert sum(quantity for _, quantity in taken) == wanted
    assert all(0 < quantity <= rows[item] for item, quantity in taken)
    assert [rows[item] for item, _ in taken] == sorted(rows[item] for item, _ in taken)
    assert spread(wanted, dict(reversed(rows.items()))) == taken
