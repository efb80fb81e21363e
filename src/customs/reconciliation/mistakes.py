"""Mistaken formulas (错误公式): the ways in which programs get this tax wrong.

Sources: the figures in circulation that leave the gross-up out (32.9 and 22.4 per cent).
"""

from collections.abc import Mapping
from decimal import Decimal

from customs.fields.money import EXACT, ONE, ZERO, to_cents
from customs.tax.formula import Formula, Taxes, taxes


def consumption_rounded_first(
    value: Decimal, tariff: Decimal, vat: Decimal, rate: Decimal, specific: Decimal = ZERO
) -> Taxes:
    """Return the taxes with consumption tax rounded to the cent before it enters VAT."""
    exact = taxes(value, tariff, vat, rate, specific)
    return _with_vat_on(value, exact._replace(consumption=to_cents(exact.consumption)), vat)


def _no_gross_up(value: Decimal, tariff: Decimal, vat: Decimal, rate: Decimal, specific: Decimal = ZERO) -> Taxes:
    """Return the taxes without dividing by (1 - r)."""
    due = EXACT.multiply(value, tariff)
    base = EXACT.add(EXACT.add(value, due), specific)
    return Taxes(due, EXACT.add(EXACT.multiply(base, rate), specific), EXACT.multiply(base, vat))


def _no_gross_up_of_consumption(
    value: Decimal, tariff: Decimal, vat: Decimal, rate: Decimal, specific: Decimal = ZERO
) -> Taxes:
    """Return the taxes without dividing consumption tax by (1 - r), and VAT on top of it."""
    return _with_vat_on(value, _no_gross_up(value, tariff, vat, rate, specific), vat)


def _vat_without_consumption(
    value: Decimal, tariff: Decimal, vat: Decimal, rate: Decimal, specific: Decimal = ZERO
) -> Taxes:
    """Return the taxes with VAT on the value without consumption tax."""
    exact = taxes(value, tariff, vat, rate, specific)
    return exact._replace(vat=EXACT.multiply(EXACT.add(value, exact.tariff), vat))


def _specific_outside_gross_up(
    value: Decimal, tariff: Decimal, vat: Decimal, rate: Decimal, specific: Decimal = ZERO
) -> Taxes:
    """Return the taxes with specific consumption tax added after the gross-up."""
    exact = taxes(value, tariff, vat, rate)
    return _with_vat_on(value, exact._replace(consumption=EXACT.add(exact.consumption, specific)), vat)


def factor_in_gross_up(
    factor: Decimal, value: Decimal, tariff: Decimal, vat: Decimal, rate: Decimal, specific: Decimal = ZERO
) -> Taxes:
    """Return the taxes with the factor in the denominator of the gross-up."""
    due = EXACT.multiply(value, tariff)
    share = EXACT.subtract(ONE, EXACT.multiply(rate, factor))
    base = EXACT.add(EXACT.add(value, due), specific)
    consumption = EXACT.add(EXACT.divide(EXACT.multiply(base, rate), share), specific)
    return Taxes(due, consumption, EXACT.divide(EXACT.multiply(base, vat), share))


def _with_vat_on(value: Decimal, due: Taxes, vat: Decimal) -> Taxes:
    """Return the taxes with VAT on the dutiable value, tariff and consumption tax."""
    return due._replace(vat=EXACT.multiply(EXACT.add(EXACT.add(value, due.tariff), due.consumption), vat))


#: The wrong formulas by the code of their mistake.
FORMULAS: Mapping[str, Formula] = {
    "gross-up-missing": _no_gross_up,
    "gross-up-missing-in-consumption": _no_gross_up_of_consumption,
    "vat-without-consumption": _vat_without_consumption,
    "specific-outside-gross-up": _specific_outside_gross_up,
}
