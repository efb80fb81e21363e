"""Resident identity numbers: whose birth date lies where, and what is no number at all."""

from datetime import date

import pytest
from stdnum.cn import ric

from customs.rules.identity import is_identity_number


def number_of(born: str) -> str:
    """A number of a person born on a day of the 1800s, with its check digit."""
    digits = f"110101{born}927"
    return digits + ric.calc_check_digit(digits + "0")


@pytest.mark.parametrize(
    ("on", "found"), [(date(1850, 1, 14), False), (date(1850, 1, 15), True), (date(1850, 1, 16), True)]
)
def test_a_number_is_that_of_a_person_born_by_the_day(on: date, found: bool) -> None:
    assert is_identity_number(number_of("18500115"), on) is found


@pytest.mark.parametrize(
    "number",
    [
        "",
        number_of("18500115")[:17],
        number_of("18500115") + "0",
        "１" * 18,
        "A" * 18,
        number_of("18501315"),
        number_of("18500230"),
    ],
)
def test_what_is_no_number_belongs_to_nobody(number: str) -> None:
    assert is_identity_number(number, date(2026, 11, 11)) is False
