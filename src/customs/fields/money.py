"""Rounding of amounts (金额), exact and independent of the caller's decimal context.

>>> to_cents(Decimal("2.345"))
Decimal('2.35')
"""

from decimal import ROUND_HALF_UP, Context, Decimal

#: An amount in CNY, exact.
Amount = Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0")
ONE = Decimal("1")

#: Wide enough that every product of two numbers N19,5 and three rates is exact.
EXACT = Context(prec=60)


def to_cents(amount: Amount) -> Amount:
    """Return the amount rounded half up to the fen (0.01 CNY)."""
    return amount.quantize(CENT, ROUND_HALF_UP, EXACT)


def product(one: Decimal, other: Decimal) -> Decimal:
    """Return the exact product."""
    return EXACT.multiply(one, other)
