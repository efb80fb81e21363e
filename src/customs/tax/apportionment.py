"""Apportioning freight and insurance (运保费分摊): shares of an amount that add up to the cent.

No text says how customs splits what was paid for the whole order. The default is in proportion to the value of the
lines; the other ways were seen in use.

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
    """按价值: in proportion to the value of the lines (default)."""
    BY_WEIGHT = "by_weight"
    """按重量: in proportion to weights that the caller gives."""
    EQUALLY = "equally"
    """平均: the same for each line."""
    FOLDED = "folded"
    """计入单价: added to the unit prices, to four places, for shops that declare freight 0 and higher prices."""


def apportion(amount: Decimal, weights: Sequence[Decimal], ranks: Sequence[object]) -> list[Decimal]:
    """Return shares of an amount in proportion to the weights, in cents, that add up to the amount exactly.

    Spare cents go to the largest fractions. Ties are broken by ``ranks``, which hold the content of a line and never
    its position, so that the order of the lines changes no figure. Lines without any weight share equally. An amount
    with fractions of a cent is split in its own smallest unit.
    """
    if not amount:
        return [ZERO] * len(weights)
    unit = CENT if to_cents(amount) == amount else _smallest_unit(amount)
    total_weight = reduce(EXACT.add, weights, ZERO)
    if not total_weight:
        weights, total_weight = [ONE] * len(weights), Decimal(len(weights))
    units = EXACT.divide(amount, unit)
    floors, fractions, multiply, divide = [], [], EXACT.multiply, EXACT.divmod
    for weight in weights:
        floor, fraction = divide(multiply(units, weight), total_weight)
        floors.append(floor)
        fractions.append(fraction)
    spare = int(EXACT.subtract(units, reduce(EXACT.add, floors, ZERO)))
    if spare:
        for line in sorted(range(len(weights)), key=lambda line: (EXACT.minus(fractions[line]), ranks[line]))[:spare]:
            floors[line] = EXACT.add(floors[line], ONE)
    return [multiply(floor, unit) for floor in floors]


def _smallest_unit(amount: Decimal) -> Decimal:
    """Return one in the last place of an amount with fractions of a cent."""
    exponent = amount.normalize(EXACT).as_tuple().exponent
    assert isinstance(exponent, int), "amounts are finite"
    return ONE.scaleb(exponent, EXACT)
