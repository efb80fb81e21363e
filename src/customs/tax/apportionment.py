"""Apportioning freight and insurance (运保费分摊): shares of an amount that add up to the cent.

No text says how customs splits what was paid for the whole order. In proportion to the value of the lines is the default;
others were seen in use.

>>> apportion(Decimal("10.00"), [ONE, ONE, ONE], ["a", "b", "c"])
[Decimal('3.34'), Decimal('3.33'), Decimal('3.33')]
"""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from functools import reduce

from customs.fields.money import CENT, EXACT, ONE, ZERO, to_cents


class Apportionment(StrEnum):
    """How freight and insurance are spread over the lines (分摊方式)."""

    BY_VALUE = "by_value"
    """按价值: in proportion to what the lines cost (default)."""
    BY_WEIGHT = "by_weight"
    """按重量: in proportion to weights that the caller gives."""
    EQUALLY = "equally"
    """平均: the same for each line."""
    FOLDED = "folded"
    """计入单价: folded into the unit prices, to four places, as some declare freight 0 and higher prices."""


def apportion(amount: Decimal, weights: Sequence[Decimal], ranks: Sequence[object]) -> list[Decimal]:
    """Shares of an amount in proportion to the weights, in cents, that add up to the amount exactly.

    Spare cents go to the largest fractions; ties are broken by ``ranks``, which hold each line's content and never its
    position, so that no permutation of lines changes any figure. Lines without any weight share equally. An amount with
    fractions of a cent is shared out in its own smallest unit.
    """
    if not amount:
        return [ZERO] * len(weights)
    unit = CENT if to_cents(amount) == amount else _smallest_unit(amount)
    whole = reduce(EXACT.add, weights, ZERO)
    if not whole:
        weights, whole = [ONE] * len(weights), Decimal(len(weights))
    units = EXACT.divide(amount, unit)
    floors, fractions = [], []
    for weight in weights:
        exact = EXACT.multiply(units, weight)
        floor, rest = EXACT.divmod(exact, whole)
        floors.append(floor)
        fractions.append(rest)
    spare = int(EXACT.subtract(units, reduce(EXACT.add, floors, ZERO)))
    if spare:
        for line in sorted(range(len(weights)), key=lambda line: (-fractions[line], ranks[line]))[:spare]:
            floors[line] += ONE
    return [EXACT.multiply(floor, unit) for floor in floors]


def _smallest_unit(amount: Decimal) -> Decimal:
    """One in the last place of an amount with fractions of a cent."""
    exponent = amount.normalize(EXACT).as_tuple().exponent
    assert isinstance(exponent, int), "amounts are finite"
    return ONE.scaleb(exponent)
