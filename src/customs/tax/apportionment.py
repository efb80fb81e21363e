"""Apportioning freight and insurance (运保费分摊): shares of an amount that add up to the cent.

No text says how customs splits what was paid for the whole order. The default is in proportion to the value of the
lines; the other ways were seen in use.

>>> apportion(Decimal("10.00"), [ONE, ONE, ONE], ["a", "b", "c"])
[Decimal('3.34'), Decimal('3.33'), Decimal('3.33')]
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

from customs.fields.money import CENT, EXACT, ONE, ZERO, exactly


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


@exactly
def apportion(amount: Decimal, weights: Sequence[Decimal], ranks: Sequence[Any]) -> list[Decimal]:
    """Return shares of an amount in proportion to the weights, in cents, that add up to the amount exactly.

    Spare cents go to the largest fractions. Ties are broken by ``ranks``, which hold the content of a line and never
    its position, so that the order of the lines changes no figure. Lines without any weight share equally. An amount
    with fractions of a cent is split in its own smallest unit.
    """
    return spread([amount], weights, lambda: sorted(range(len(ranks)), key=lambda line: ranks[line]))[0]


def spread(
    amounts: Iterable[Decimal], weights: Sequence[Decimal], ranking: Callable[[], list[int]]
) -> list[list[Decimal]]:
    """Return the shares of several amounts, see ``apportion``.

    ``ranking`` gives the positions of the lines by rank; it is asked only where ranks decide. The decimal context is
    that of the caller, which must be exact.
    """
    total_weight = sum(weights, ZERO)
    if not total_weight:
        weights, total_weight = [ONE] * len(weights), Decimal(len(weights))
    return [
        _shares(amount, CENT, weights, total_weight, ranking) if amount else [ZERO] * len(weights) for amount in amounts
    ]


def _shares(
    amount: Decimal, unit: Decimal, weights: Sequence[Decimal], total_weight: Decimal, ranking: Callable[[], list[int]]
) -> list[Decimal]:
    units = spare = amount / unit
    floors, fractions = [], []
    for weight in weights:
        floor, fraction = divmod(units * weight, total_weight)
        floors.append(floor)
        fractions.append(fraction)
        spare -= floor
    if spare:
        if (count := int(spare)) != spare:
            return _shares(amount, _smallest_unit(amount), weights, total_weight, ranking)
        lines = sorted(range(len(weights)), key=fractions.__getitem__, reverse=True)
        if fractions[lines[count - 1]] == fractions[lines[count]]:
            lines = sorted(ranking(), key=fractions.__getitem__, reverse=True)
        for line in lines[:count]:
            floors[line] += ONE
    return [floor * unit for floor in floors]


def _smallest_unit(amount: Decimal) -> Decimal:
    """Return one in the last place of an amount with fractions of a cent."""
    exponent = amount.normalize(EXACT).as_tuple().exponent
    assert isinstance(exponent, int), "amounts are finite"
    return ONE.scaleb(exponent, EXACT)
