"""Resident identity numbers (居民身份证号码, GB 11643-1999): 18 characters, a birth date, a check digit.

The place of birth is not tested: tables of former counties are incomplete, and a false refusal holds up a parcel.
"""

import unicodedata
from datetime import date
from typing import NamedTuple

from stdnum.cn import ric


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
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14])) <= on
    except ValueError:  # no day of the calendar
        return False


class Slip(NamedTuple):
    """The mistake in an identity number, in words that show nothing of it; ``asked`` if only the person can mend it."""

    zh: str
    en: str
    asked: bool = True


def slip_in(number: str, on: date) -> Slip:
    """Return the mistake in a number that is no identity number.

    >>> slip_in("11010118500115103x", date(2026, 11, 11)).en
    'it ends in a small x, the check digit is the capital X'
    """
    if "".join(unicodedata.normalize("NFKC", number).split()) != number:
        return Slip("含有全角字符或空格", "it holds full-width characters or blanks", asked=False)
    if is_identity_number(number.upper(), on):
        return Slip(
            "末位校验码为小写 x，应为大写 X", "it ends in a small x, the check digit is the capital X", asked=False
        )
    if len(number) != 18:
        return Slip(f"应为 18 位，所给为 {len(number)} 位", f"it has {len(number)} characters instead of 18")
    if not (number[:17].isascii() and number[:17].isdecimal()):
        return Slip("前 17 位须为数字", "its first 17 characters must be digits")
    if number[17].upper() != ric.calc_check_digit(number):
        return Slip("校验码不符，某位数字有误", "its check digit does not match: a digit is mistyped")
    return Slip("出生日期不存在或晚于申报日期", "its birth date does not exist or is after the declaration day")
