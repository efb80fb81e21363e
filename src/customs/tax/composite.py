"""Composite rates (综合税率): the share of the dutiable value that goods pay in all, for each tier of consumption tax.

They are computed from the law of a day, never stored.

>>> from datetime import date
>>> from customs.tax import law, shipped
>>> day = date(2026, 11, 11)
>>> for step in composite_rates(shipped().rate("3304990039", day), law.on(day)):
...     print(f"{step.within:.4f} {step.full:.4f}")
0.2306 0.3427
0.0910 0.1413
"""

from decimal import Decimal
from typing import NamedTuple

from customs.fields.money import EXACT, ONE, ZERO
from customs.tax.formula import composite_rate, taxes
from customs.tax.law import ConsumptionTax, Law, Tier
from customs.tax.rates import Rate


class CompositeRate(NamedTuple):
    """综合税率: the tax on goods at one tier of their consumption tax, within the limits and at full tax.

    ``tested`` and ``tier`` are None where no consumption tax is due. The ``..._by_quantity`` are in CNY per statutory
    unit, added to the share of the value. ``full`` is None where the table states no tariff.
    """

    tested: ConsumptionTax | None
    tier: Tier | None
    within: Decimal
    within_by_quantity: Decimal
    full: Decimal | None
    full_by_quantity: Decimal | None


def composite_rates(rate: Rate, law: Law) -> tuple[CompositeRate, ...]:
    """Return the composite rates of goods, from the highest tier down; none where the law lacks their VAT band."""
    if rate.vat not in law.vat:
        return ()
    tested = law.consumption.get(rate.consumption or "")
    tiers: list[Tier | None] = list(tested.tiers) if tested else []
    if not tested or tested.tiers[-1].at_least is not None:
        tiers.append(None)
    return tuple(_at(rate, law, tested, tier) for tier in tiers)


def _at(rate: Rate, law: Law, tested: ConsumptionTax | None, tier: Tier | None) -> CompositeRate:
    vat, tariff = law.vat[rate.vat].rate, rate.tariff()
    consumption = tier.rate if tier else ZERO
    amount = tier.amount(rate.unit(tested.per)) if tested and tier and tier.specific else ZERO
    by_quantity = taxes(ZERO, ZERO, vat, consumption, amount).total
    return CompositeRate(
        tested=tested,
        tier=tier,
        within=composite_rate(vat, consumption, law.factor),
        within_by_quantity=EXACT.multiply(by_quantity, law.factor),
        full=None if tariff is None else composite_rate(vat, consumption, ONE, tariff),
        full_by_quantity=None if tariff is None else by_quantity,
    )
