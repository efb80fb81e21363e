"""What an assessment says (计税结果): the regime, each line's values and taxes, the sums, and why."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from customs.fields.money import ONE, ZERO
from customs.tax.case import Case, Goods
from customs.tax.formula import Taxes
from customs.tax.law import ConsumptionTax, Law, Tier
from customs.tax.rates import Rate
from customs.tax.trail import Reason, trail_of


class Regime(StrEnum):
    """What becomes of a parcel (征税方式)."""

    WITHIN_LIMITS = "within_limits"
    """限额内: tariff 0, VAT and consumption tax at 70 %."""
    FULL = "full"
    """超限额全额征税: the channel stays open, taxed as ordinary goods."""
    OUTSIDE = "outside"
    """不属于跨境电商零售进口: not a parcel of this channel; its tax is not computed."""
    POSTAL = "postal"
    """行邮税: before the regime of retail import began, as postal articles at one rate."""


class LineAssessment(NamedTuple):
    """One line: its shares of freight and insurance, dutiable value, rates applied, and its taxes, all in CNY.

    ``exact`` are the taxes in full before any factor and rounding, ``taxes`` what is due, to the cent.
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
    """The step of that class that applies, None where no consumption tax is due."""
    specific: Decimal
    exact: Taxes
    taxes: Taxes
    postal_rate: Decimal | None = None
    """The rate of postal articles, before the regime."""

    @property
    def hs_code(self) -> str:
        return self.goods.hs_code

    @property
    def rate(self) -> Rate:
        """The row of the rate table."""
        return self.goods.rate

    @property
    def value(self) -> Decimal:
        """What the line cost, without transport."""
        return self.goods.value

    @property
    def consumption_rate(self) -> Decimal:
        """The ad-valorem rate of consumption tax that applies."""
        return self.tier.rate if self.tier else ZERO

    @property
    def statutory(self) -> Taxes:
        """The taxes in full (法定应征), to the cent."""
        return self.exact.in_cents()

    @property
    def tariff_due(self) -> Decimal:
        return self.taxes.tariff

    @property
    def consumption_due(self) -> Decimal:
        return self.taxes.consumption

    @property
    def vat_due(self) -> Decimal:
        return self.taxes.vat

    @property
    def due(self) -> Decimal:
        """The tax of the line in all."""
        return self.taxes.total


@dataclass(frozen=True, slots=True)
class TaxAssessment:
    """The assessment of one parcel. Outside the channel no tax is computed: ``computed`` is False and every amount due is 0,
    which is not what customs would ask.
    """

    case: Case = field(repr=False)
    regime: Regime
    pieces: Decimal
    lines: tuple[LineAssessment, ...]
    dutiable_value: Decimal
    taxes: Taxes
    """What is due, to the cent."""

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
        """Whether the amounts due are the tax of the parcel."""
        return self.regime is not Regime.OUTSIDE

    @property
    def tariff_due(self) -> Decimal:
        return self.taxes.tariff

    @property
    def consumption_due(self) -> Decimal:
        return self.taxes.consumption

    @property
    def vat_due(self) -> Decimal:
        return self.taxes.vat

    @property
    def due(self) -> Decimal:
        """The tax in all, in CNY to the cent."""
        return self.taxes.total

    @property
    def factor(self) -> Decimal:
        """The share of consumption tax and VAT that is due: 0.7 within the limits, 1 at full tax, else 0."""
        return factor_of(self.law, self.regime)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The decision trail (判定过程): law, regime, each line's dutiable value and rates, thresholds, specific taxes."""
        return trail_of(self)


def factor_of(law: Law, regime: Regime) -> Decimal:
    """The share of consumption tax and VAT that is due in a regime."""
    return law.factor if regime is Regime.WITHIN_LIMITS else ONE if regime is Regime.FULL else ZERO
