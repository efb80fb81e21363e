"""Numbers of the standard (数值 N19,5): at most 19 digits, five of them after the point, written in plain digits.

>>> from decimal import Decimal
>>> plain_digits(Decimal("1E+2"))
'100'
>>> Decimal("99999999999999.99999") < TOO_LARGE
True
"""

from decimal import Decimal
from typing import Any

#: N19,5, the number type of the schemas: digits in all, digits after the point, digits before it.
DIGITS, PLACES = 19, 5
WHOLE_DIGITS = DIGITS - PLACES

#: Matches a number without sign in plain digits; use it with ``re.fullmatch`` or between anchors.
PLAIN_NUMBER = rf"[0-9]{{1,{DIGITS}}}(\.[0-9]{{1,{PLACES}}})?"

#: The smallest amount that no longer fits N19,5.
TOO_LARGE = Decimal(10) ** WHOLE_DIGITS

#: One unit of the last place.
LAST_PLACE = Decimal(1).scaleb(-PLACES)


def plain_digits(value: Any) -> str:
    """Return a ``Decimal`` in plain digits, never with an exponent, its places as given."""
    text = str(value)
    return text if "E" not in text else format(value, "f")
