"""Numbers of the standard (数值 N19,5): at most 19 digits, five of them after the point, written in plain digits.

>>> from decimal import Decimal
>>> plain_digits(Decimal("1E+2"))
'100'
"""

from typing import Any

#: A number N19,5 of the standard: digits in all, and digits after the point.
DIGITS, PLACES = 19, 5


def plain_digits(value: Any) -> str:
    """A ``Decimal`` in plain digits, never with an exponent, its places as given."""
    text = str(value)
    return text if "E" not in text else format(value, "f")
