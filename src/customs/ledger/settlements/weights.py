"""Chargeable weight and its price (计费重量与运费): rules of a contract, as data.

A carrier charges the larger of the actual and the volumetric weight, L x W x H in cm by a divisor, raised to its steps;
divisors and steps are of each contract, never constants.

>>> tenths = WeighingRule(divisor=6000, decimals=1, least=Decimal(1), steps=(
...     WeightStep(Decimal("0.1"), Decimal(10)), WeightStep(Decimal("0.5"), Decimal(100)), WeightStep(Decimal(1), nearest=True)))
>>> [str(chargeable(tenths, Decimal(each))) for each in ("0.42", "3.21", "10.2", "108.5")]
['1', '3.2', '10.5', '109']
>>> volumetric(tenths, (Decimal(40), Decimal(30), Decimal(30)))
Decimal('6.0')
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from customs.fields.money import EXACT, exactly, to_cents


@dataclass(frozen=True, slots=True)
class WeightStep:
    """Steps to which a weight is raised, in kg, up to a weight; the last one without end."""

    step: Decimal
    up_to: Decimal | None = None
    nearest: bool = False
    """True if the weight is rounded to the nearest step, half up, instead of up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighingRule:
    """How a carrier comes to the weight that it charges."""

    divisor: int
    """1 to 99,999: cubic centimetres of a kg."""
    steps: tuple[WeightStep, ...]
    least: Decimal = Decimal(0)
    """What a lighter parcel counts as, in kg."""
    decimals: int | None = None
    """To how many decimals actual and volumetric weight are rounded, half up, before anything else; None for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreightPrice:
    """The price to some provinces, in CNY: of the first weight, of each further kg, and what is added."""

    to: frozenset[str]
    """Provinces as the bill writes them; none for all others."""
    first: Decimal
    more: Decimal
    surcharge: Decimal = Decimal(0)


@exactly
def volumetric(rule: WeighingRule, size: tuple[Decimal, Decimal, Decimal]) -> Decimal:
    """Return the volumetric weight of a box in kg; length, width and height are in cm."""
    length, width, height = size
    return _rounded(rule, length * width * height / rule.divisor)


@exactly
def chargeable(rule: WeighingRule, actual: Decimal, volume: Decimal = Decimal(0)) -> Decimal:
    """Return the weight that is charged, in kg."""
    weight = max(_rounded(rule, actual), _rounded(rule, volume), rule.least)
    for each in rule.steps:
        if each.up_to is None or weight <= each.up_to:
            count = (weight / each.step).to_integral_value(ROUND_HALF_UP if each.nearest else ROUND_CEILING)
            return count * each.step
    return weight


def _rounded(rule: WeighingRule, weight: Decimal) -> Decimal:
    if rule.decimals is None:
        return weight
    return weight.quantize(Decimal(1).scaleb(-rule.decimals), ROUND_HALF_UP, EXACT)


@exactly
def freight(price: FreightPrice, first_weight: Decimal, weight: Decimal) -> Decimal:
    """Return the freight of a chargeable weight, in CNY, without surcharges.

    >>> to_guangdong = FreightPrice(to=frozenset(), first=Decimal("8.00"), more=Decimal("2.00"))
    >>> freight(to_guangdong, Decimal(1), Decimal("1.5"))
    Decimal('9.00')
    """
    return to_cents(price.first + max(weight - first_weight, Decimal(0)) * price.more)


@exactly
def deviation(theory: Decimal, scale: Decimal) -> Decimal:
    """Return by how much the theoretical weight of a parcel is off the scale's, as a share of the scale's.

    >>> deviation(Decimal(18), Decimal(20))
    Decimal('0.1')
    """
    return abs(theory - scale) / scale
