"""Resident identity numbers (居民身份证号码, GB 11643-1999): 18 characters, a birth date, a check digit.

The place of birth is not tested: tables of former counties are incomplete, and a false refusal holds up a parcel.
"""

from datetime import date

from stdnum.cn import ric
from stdnum.exceptions import ValidationError


def is_identity_number(number: str, on: date) -> bool:
    """Return True if a number can belong to a person born by the day ``on``.

    >>> on = date(2026, 11, 11)
    >>> is_identity_number("110101185001159278", on), is_identity_number("110101185001159277", on)
    (False, True)
    """
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdecimal()):
        return False
    if number[17] != ric.calc_check_digit(number):
        return False
    try:
        return ric.get_birth_date(number) <= on
    except ValidationError:
        return False
