"""The result of an assessment (计税结果): the regime, each line's values and taxes, and their sums.

``customs.tax.explain`` gives the reasons.
"""

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from customs.fields.money import EXACT, ZERO
from customs.tax.case import Case, Goods
from customs.tax.formula import Taxes, sum_of
from customs.tax.law import ConsumptionTax, Law, Tier
from customs.tax.rates import Rate


class Regime(StrEnum):
    """How a parcel is taxed (征税方式)."""

    WITHIN_LIMITS = "within_limits"
    """限值以内: tariff 0, VAT and consumption tax at 70 %."""
    FULL = "full"
    """超过限值全额征税: still retail import, taxed like general trade."""
    OUTSIDE = "outside"
    """不属于跨境电商零售进口: the parcel does not qualify, and its tax is not computed."""
    POSTAL = "postal"
    """行邮税: one rate, as postal articles, before the law of retail import began."""


class LineAssessment(NamedTuple):
    """One line: its shares of freight and insurance, its dutiable value, the rates that apply and its taxes, in CNY.

    ``exact`` are the taxes in full before factor and rounding, ``taxes`` what is due, to the cent.
    """

    gnum: int
    goods: Goods
    freight: Decimal
    insurance: Decimal
    dutiable_value: Decimal
    tariff_rate: Decimal
    vat_rate: Decimal
    tested: ConsumptionTax | None
    """The class of consumption tax of the goods, also where its threshold is not reached."""
    tier: Tier | None
    """The tier of that class that applies, None where no consumption tax is due."""
    specific: Decimal
    exact: Taxes
    taxes: Taxes
    postal_rate: Decimal | None = None
    """The rate of postal articles, before the law of retail import began."""

    @property
    def hs_code(self) -> str:
        """The commodity code."""
        return self.goods.hs_code

    @property
    def rate(self) -> Rate:
        """The row of the rate table."""
        return self.goods.rate

    @property
    def value(self) -> Decimal:
        """The price of the line, without transport."""
        return self.goods.value

    @property
    def transport(self) -> Decimal:
        """The part of the dutiable value that is not price."""
        return EXACT.subtract(self.dutiable_value, self.goods.value)

    @property
    def consumption_rate(self) -> Decimal:
        """The ad-valorem rate of consumption tax that applies."""
        return self.tier.rate if self.tier else ZERO

    @property
    def consumption_amount(self) -> Decimal:
        """The specific consumption tax that applies, in CNY per statutory unit."""
        if not self.tested or not self.tier or not self.tier.specific:
            return ZERO
        return self.tier.amount(self.goods.quantity(self.tested.per).unit)

    @property
    def statutory(self) -> Taxes:
        """The taxes in full (法定应纳税额), to the cent."""
        return self.exact.in_cents()

    @property
    def tariff_due(self) -> Decimal:
        """The tariff due."""
        return self.taxes.tariff

    @property
    def consumption_due(self) -> Decimal:
        """The consumption tax due."""
        return self.taxes.consumption

    @property
    def vat_due(self) -> Decimal:
        """The VAT due."""
        return self.taxes.vat

    @property
    def due(self) -> Decimal:
        """The total tax of the line."""
        return self.taxes.total


class TaxAssessment(NamedTuple):
    """The assessment of one parcel.

    Outside the channel no tax is computed: ``computed`` is False and every amount due is 0, which is not what customs
    would ask.
    """

    case: Case
    regime: Regime
    pieces: Decimal
    lines: tuple[LineAssessment, ...]
    dutiable_value: Decimal
    taxes: Taxes
    """The taxes due, to the cent."""
    factor: Decimal = ZERO
    """The share of consumption tax and VAT that is due: 0.7 within the limits, 1 at full tax, else 0."""

    def __repr__(self) -> str:
        _, regime, pieces, lines, value, taxes, _ = self
        return f"TaxAssessment({regime=}, {pieces=}, {lines=}, dutiable_value={value!r}, {taxes=})"

    @property
    def law(self) -> Law:
        """The law that applies."""
        return self.case.law

    @property
    def quota_used(self) -> Decimal | None:
        """The quota of the year used before this parcel, None if it was not given."""
        return self.case.used

    @property
    def computed(self) -> bool:
        """True if the amounts due are the tax of the parcel."""
        return self.regime is not Regime.OUTSIDE

    @property
    def statutory(self) -> Taxes:
        """The sum of the lines' taxes in full (法定应纳税额), each to the cent."""
        return sum_of(line.statutory for line in self.lines)

    @property
    def tariff_due(self) -> Decimal:
        """The tariff due."""
        return self.taxes.tariff

    @property
    def consumption_due(self) -> Decimal:
        """The consumption tax due."""
        return self.taxes.consumption

    @property
    def vat_due(self) -> Decimal:
        """The VAT due."""
        return self.taxes.vat

    @property
    def due(self) -> Decimal:
        """The total tax, in CNY to the cent."""
        return self.taxes.total
