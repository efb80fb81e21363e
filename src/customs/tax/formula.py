"""The formulas of import tax (计税公式), exact until the one rounding at the end.

With dutiable value DV, rates of tariff t, VAT v and ad-valorem consumption tax r, and S the specific consumption tax
(statutory quantity x amount):

    tariff                     T    = DV x t                  (t is 0 within the limits)
    composite assessable price BASE = (DV + T + S) / (1 - r)
    consumption tax            CT   = BASE x r + S
    VAT                        VAT  = BASE x v                (BASE is DV + T + CT)
    due within the limits      CT x 0.7, VAT x 0.7

The factor reduces what is paid and never enters the gross-up: VAT is on the whole consumption tax. Sources: Cai Guan
Shui [2016] 18; for the gross-up, the consumption tax regulations.

>>> composite_rate(Decimal("0.13"), Decimal("0.15"), Decimal("0.7")).quantize(Decimal("0.000001"))
Decimal('0.230588')
"""

from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from functools import reduce
from typing import NamedTuple

from customs.fields.frozen import made
from customs.fields.money import EXACT, ONE, ZERO, to_cents

#: A quotient is cut after 60 digits, so that 2.35 / 0.7 x 0.3 x 0.7 falls just short of 0.705, which rounds up.
#: Rounded to these places it is 0.705 again. Rates have a few places, so no other amount comes this close to a half
#: cent. Sums need fewer places than their parts.
_SETTLED, _SETTLED_SUM = Decimal("1E-35"), Decimal("1E-25")


def settled(amount: Decimal, places: Decimal = _SETTLED) -> Decimal:
    """Return an amount computed from quotients without the error of cutting them."""
    return amount.quantize(places, ROUND_HALF_EVEN, EXACT)


#: No tax, to the cent.
NOTHING = Decimal("0.00")


class Taxes(NamedTuple):
    """Tariff (关税), consumption tax (消费税) and VAT (增值税), or postal articles tax (行邮税) instead, in CNY."""

    tariff: Decimal
    consumption: Decimal
    vat: Decimal
    postal: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """The sum of the taxes."""
        add = EXACT.add
        return add(add(self.tariff, self.consumption), add(self.vat, self.postal))

    def times(self, factor: Decimal) -> "Taxes":
        """Return each tax multiplied by a factor, exactly."""
        tariff, consumption, vat, postal = self
        multiply = EXACT.multiply
        due_consumption, due_vat = ZERO, multiply(vat, factor)
        if consumption:
            due_consumption, due_vat = settled(multiply(consumption, factor)), settled(due_vat)
        due_tariff = multiply(tariff, factor) if tariff else ZERO
        return made(Taxes, (due_tariff, due_consumption, due_vat, multiply(postal, factor) if postal else ZERO))

    def settled(self) -> "Taxes":
        """Return a sum of taxes without the error of cutting quotients."""
        return Taxes(*(settled(each, _SETTLED_SUM) for each in self))

    def in_cents(self) -> "Taxes":
        """Return each tax rounded half up to the cent."""
        tariff, consumption, vat, postal = self
        cents = (
            to_cents(tariff) if tariff else NOTHING,
            to_cents(consumption) if consumption else NOTHING,
            to_cents(vat),
            to_cents(postal) if postal else NOTHING,
        )
        return made(Taxes, cents)


NO_TAX = Taxes(NOTHING, NOTHING, NOTHING, NOTHING)

Formula = Callable[[Decimal, Decimal, Decimal, Decimal, Decimal], Taxes]
"""A formula such as ``taxes``, which also names its arguments."""


def sum_of(taxes: Iterable[Taxes]) -> Taxes:
    """Return the exact sum of taxes, tax by tax."""
    columns = list(zip(*taxes, strict=True))
    return Taxes(*(reduce(EXACT.add, column) for column in columns)) if columns else NO_TAX


def composite_rate(vat: Decimal, consumption: Decimal, factor: Decimal = ONE, tariff: Decimal = ZERO) -> Decimal:
    """综合税率: Return the share of the dutiable value that is paid in all, for goods without specific tax.

    Within the limits (v + r) / (1 - r) x k; at full tax (t + r + v + t x v) / (1 - r).

    >>> composite_rate(Decimal("0.16"), Decimal("0.10"), tariff=Decimal("0.14")).quantize(Decimal("0.0001"))
    Decimal('0.4693')
    """
    return EXACT.multiply(taxes(ONE, tariff, vat, consumption).total, factor)


def taxes(value: Decimal, tariff: Decimal, vat: Decimal, consumption: Decimal, specific: Decimal = ZERO) -> Taxes:
    """Return the taxes on a dutiable value in full, unrounded. ``specific`` is the specific consumption tax S in CNY.

    Each tax is one division of exact products, cut far behind the last digit that counts.
    """
    multiply = EXACT.multiply
    if not tariff and not consumption and not specific:  # most goods
        return made(Taxes, (ZERO, specific, multiply(value, vat), ZERO))
    tariff_due = multiply(value, tariff) if tariff else ZERO
    base = EXACT.add(EXACT.add(value, tariff_due), specific) if tariff or specific else value
    vat_due = multiply(base, vat)
    if not consumption:
        return Taxes(tariff_due, specific, vat_due)
    divide, share, consumption_due = EXACT.divide, ONE - consumption, multiply(base, consumption)
    if specific:
        consumption_due = EXACT.add(consumption_due, multiply(specific, share))
    return made(Taxes, (tariff_due, divide(consumption_due, share), divide(vat_due, share), ZERO))
