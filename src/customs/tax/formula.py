"""The formulas of import tax (计税公式), exact until the one rounding at the end.

With dutiable value DV, VAT rate v, ad-valorem consumption tax rate r and factor k (0.7 within the limits, where the
tariff is 0):

    composite assessable price = DV / (1 - r)
    consumption tax            = DV x r / (1 - r) x k
    VAT                        = DV / (1 - r) x v x k

The factor reduces what is paid and never enters the gross-up. Source: Cai Guan Shui [2016] 18; the gross-up is that of
the consumption tax regulations.

>>> composite_rate(Decimal("0.13"), Decimal("0.15"), Decimal("0.7")).quantize(Decimal("0.000001"))
Decimal('0.230588')
"""

from collections.abc import Sequence
from decimal import Decimal

from customs.fields.money import CENT, EXACT, ONE, ZERO


def composite_rate(vat: Decimal, consumption: Decimal, factor: Decimal) -> Decimal:
    """综合税率 the share of the dutiable value that is paid in all: (v + r) / (1 - r) x k."""
    return EXACT.divide((vat + consumption) * factor, ONE - consumption)


def taxes(value: Decimal, vat: Decimal, consumption: Decimal, factor: Decimal) -> tuple[Decimal, Decimal]:
    """Consumption tax and VAT that are due on a dutiable value, unrounded.

    Each is one division of exact products, so that rounding it to the cent is right to the last digit.
    """
    due_vat = EXACT.multiply(EXACT.multiply(value, vat), factor)
    if not consumption:
        return ZERO, due_vat
    due_consumption = EXACT.multiply(EXACT.multiply(value, consumption), factor)
    share = ONE - consumption
    return EXACT.divide(due_consumption, share), EXACT.divide(due_vat, share)


def apportion(amount: Decimal, weights: Sequence[Decimal], ranks: Sequence[object]) -> list[Decimal]:
    """Shares of an amount in proportion to the weights, in cents, that add up to the amount exactly.

    Spare cents go to the largest fractions; ties are broken by ``ranks``, which hold each line's content and never its
    position, so that no permutation of lines changes any figure. Lines without any weight share equally. An amount with
    fractions of a cent is shared out in its own smallest unit.

    >>> apportion(Decimal("10.00"), [ONE, ONE, ONE], ["a", "b", "c"])
    [Decimal('3.34'), Decimal('3.33'), Decimal('3.33')]
    """
    if not amount:
        return [ZERO] * len(weights)
    exponent = amount.as_tuple().exponent
    unit = CENT if not isinstance(exponent, int) or exponent >= -2 else ONE.scaleb(exponent)
    whole = sum(weights, ZERO)
    if not whole:
        weights, whole = [ONE] * len(weights), Decimal(len(weights))
    units = amount / unit
    floors, fractions = [], []
    for weight in weights:
        exact = EXACT.multiply(units, weight)
        floor, rest = EXACT.divmod(exact, whole)
        floors.append(floor)
        fractions.append(rest)
    spare = int(units - sum(floors, ZERO))
    first = sorted(range(len(weights)), key=lambda line: (-fractions[line], ranks[line]))
    for line in first[:spare]:
        floors[line] += ONE
    return [floor * unit for floor in floors]
