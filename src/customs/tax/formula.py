"""The formulas of import tax (计税公式), exact until the one rounding at the end.

With dutiable value DV, rates of tariff t, VAT v and ad-valorem consumption tax r, and S the specific consumption tax
(legal quantity x amount):

    tariff                     T    = DV x t                  (t is 0 within the limits)
    composite assessable price BASE = (DV + T + S) / (1 - r)
    consumption tax            CT   = BASE x r + S
    VAT                        VAT  = BASE x v                (BASE is DV + T + CT)
    due within the limits      CT x 0.7, VAT x 0.7

The factor reduces what is paid and never enters the gross-up; VAT is reckoned on the whole consumption tax. Source: Cai Guan
Shui [2016] 18; the gross-up is that of the consumption tax regulations.

>>> composite_rate(Decimal("0.13"), Decimal("0.15"), Decimal("0.7")).quantize(Decimal("0.000001"))
Decimal('0.230588')
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from functools import reduce
from typing import NamedTuple

from customs.fields.money import EXACT, ONE, ZERO, to_cents

#: Places at which a quotient that was cut is what it was meant to be: 2.35 / 0.7 x 0.3 x 0.7 is 0.705, and a half cent goes up.
#: Rates have a few places, so that no amount comes nearer to a half cent without being one.
#: Sums of such amounts are settled at fewer places than the amounts themselves.
_SETTLED, _SETTLED_SUM = Decimal("1E-35"), Decimal("1E-25")


def settled(amount: Decimal, places: Decimal = _SETTLED) -> Decimal:
    """An amount reckoned from quotients, freed of what was lost when they were cut."""
    return amount.quantize(places, ROUND_HALF_EVEN, EXACT)


#: No tax, to the cent.
NOTHING = Decimal("0.00")


class Taxes(NamedTuple):
    """Tariff (关税), consumption tax (消费税) and VAT (增值税), or instead of them that on postal articles (行邮税), in CNY."""

    tariff: Decimal
    consumption: Decimal
    vat: Decimal
    postal: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Their sum."""
        add = EXACT.add
        return add(add(self.tariff, self.consumption), add(self.vat, self.postal))

    def times(self, factor: Decimal) -> "Taxes":
        """Each multiplied, exactly."""
        tariff, consumption, vat, postal = self
        multiply = EXACT.multiply
        due_vat = multiply(vat, factor)
        return Taxes(
            multiply(tariff, factor) if tariff else ZERO,
            settled(multiply(consumption, factor)) if consumption else ZERO,
            settled(due_vat) if consumption else due_vat,
            multiply(postal, factor) if postal else ZERO,
        )

    def settled(self) -> "Taxes":
        """A sum, each tax freed of what was lost when quotients were cut."""
        return Taxes(*(settled(each, _SETTLED_SUM) for each in self))

    def in_cents(self) -> "Taxes":
        """Each half up to the cent."""
        tariff, consumption, vat, postal = self
        return Taxes(
            to_cents(tariff) if tariff else NOTHING,
            to_cents(consumption) if consumption else NOTHING,
            to_cents(vat),
            to_cents(postal) if postal else NOTHING,
        )


NO_TAX = Taxes(NOTHING, NOTHING, NOTHING, NOTHING)


def sum_of(taxes: Sequence[Taxes]) -> Taxes:
    """Their sum, tax by tax, exactly."""
    return Taxes(*(reduce(EXACT.add, each) for each in zip(*taxes, strict=True))) if taxes else NO_TAX


def composite_rate(vat: Decimal, consumption: Decimal, factor: Decimal = ONE, tariff: Decimal = ZERO) -> Decimal:
    """综合税率 the share of the dutiable value that is paid in all, of goods without specific tax.

    Within the limits (v + r) / (1 - r) x k; at full tax (t + r + v + t x v) / (1 - r).

    >>> composite_rate(Decimal("0.16"), Decimal("0.10"), tariff=Decimal("0.14")).quantize(Decimal("0.0001"))
    Decimal('0.4693')
    """
    whole = taxes(ONE, tariff, vat, consumption)
    return EXACT.multiply(whole.total, factor)


def taxes(value: Decimal, tariff: Decimal, vat: Decimal, consumption: Decimal, specific: Decimal = ZERO) -> Taxes:
    """The taxes on a dutiable value in full, unrounded; ``specific`` is the specific consumption tax S in CNY.

    Each is one division of exact products, cut far behind the last digit that counts.
    """
    multiply = EXACT.multiply
    tariff_due = multiply(value, tariff) if tariff else ZERO
    base = EXACT.add(EXACT.add(value, tariff_due), specific) if tariff or specific else value
    vat_due = multiply(base, vat)
    if not consumption:
        return Taxes(tariff_due, specific, vat_due)
    share = ONE - consumption
    consumption_due = EXACT.divide(multiply(base, consumption) + multiply(specific, share), share)
    return Taxes(tariff_due, consumption_due, EXACT.divide(vat_due, share))
