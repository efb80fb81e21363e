"""Numbers of the standard (数值 N19,5): at most 19 digits, five of them after the point, written in plain digits.

>>> from decimal import Decimal
>>> plain_digits(Decimal("1E+2"))
'100'
>>> Decimal("99999999999999.99999") < TOO_LARGE
True
"""

from decimal import Context, Decimal, InvalidOperation
from typing import Any

#: N19,5, the number type of the schemas: digits in all, digits after the point, digits before it.
DIGITS, PLACES = 19, 5
WHOLE_DIGITS = DIGITS - PLACES

#: Matches a number without sign in plain digits; use it with ``re.fullmatch`` or between anchors.
PLAIN_NUMBER = rf"[0-9]{{1,{DIGITS}}}(\.[0-9]{{1,{PLACES}}})?"

#: Matches a text of digits that holds a number N19,5, zeros before the first digit and after the last not counted.
N19_5 = "|".join(
    rf"0{{0,{DIGITS}}}[0-9]{{1,{DIGITS - places}}}"
    + (rf"\.[0-9]{{{places}}}0{{0,{PLACES - places}}}" if places else rf"(?:\.0{{1,{PLACES}}})?")
    for places in range(PLACES + 1)
)

#: The smallest amount that no longer fits N19,5.
TOO_LARGE = Decimal(10) ** WHOLE_DIGITS

#: Holds a number N19,5 that is written with more places or an exponent, whatever the caller's context.
_WIDE = Context(prec=DIGITS + PLACES, Emin=-999_999, Emax=999_999, traps=[InvalidOperation])

#: One unit of the last place.
LAST_PLACE = Decimal(1).scaleb(-PLACES)


def within_n19_5(value: Decimal) -> Decimal:
    """Return a number with as many places as the standard admits. Raises ``ValueError`` beyond N19,5.

    >>> within_n19_5(Decimal("0E-7")), within_n19_5(Decimal("12.5000000")), within_n19_5(Decimal("12.50"))
    (Decimal('0.00000'), Decimal('12.50000'), Decimal('12.50'))
    """
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise ValueError("not a number")
    written = -PLACES <= exponent <= 0
    if written and len(digits) <= DIGITS:
        return value
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    places = max(0, -exponent - zeros) if value else 0
    if places > PLACES or (value and max(0, value.adjusted() + 1) + places > DIGITS):
        raise ValueError("beyond N19,5")
    return value if written else value.quantize(LAST_PLACE if exponent < 0 else Decimal(1), context=_WIDE)


def plain_digits(value: Any) -> str:
    """Return a ``Decimal`` in plain digits, never with an exponent, its places as given."""
    text = str(value)
    return text if "E" not in text and "e" not in text else format(value, "f")  # e in a context without capitals
