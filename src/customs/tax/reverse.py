"""The net price in a tax-inclusive price (含税价反推): what goods may cost so that price and tax make up the price shown.

Shops show one price with the tax in it; customs asks for price and tax apart. The net price is found by search over the cents
of the price, each tried with the assessment itself, so that it holds for every kind of tax. At a threshold of consumption tax
the tax jumps, and prices in the jump have no net price: 50 ml of serum cost up to 545.49 without consumption tax and from
615.29 on with it. Sources: those of the assessment.

>>> found = net_of(Decimal("545.49"), "3304990039", on=date(2024, 1, 25), per_piece=(Decimal("0.05"), ONE))
>>> found.net, found.taxes.total, found.rest
(Decimal('499.99'), Decimal('45.50'), Decimal('0.00'))
>>> net_of(Decimal("600"), "3304990039", on=date(2024, 1, 25), per_piece=(Decimal("0.05"), ONE), in_gap="clamp").gap
Gap(below=Decimal('545.49'), reached=Decimal('615.29'))
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NamedTuple

from customs.fields.money import EXACT, ONE, ZERO
from customs.tax import law as laws
from customs.tax.assessment import compute, decide
from customs.tax.case import Case, Goods
from customs.tax.formula import Taxes
from customs.tax.law import LawError
from customs.tax.method import DEFAULT, Method
from customs.tax.rates import RateTable, shipped
from customs.tax.result import Regime, TaxAssessment


class InGap(StrEnum):
    """What to do with a price that lies in the jump at a threshold (起征点断层)."""

    REFUSE = "refuse"
    """拒绝: raise ``PriceGapError``, which states both ends (default)."""
    CLAMP = "clamp"
    """取低: take the highest net price below the threshold; ``rest`` says what is charged too much."""


class Gap(NamedTuple):
    """断层 the prices with tax next to a jump: the highest ``below`` the threshold, the lowest by which it is ``reached``."""

    below: Decimal
    reached: Decimal


class PriceGapError(ValueError):
    """A price with tax for which no net price exists; ``gap`` holds the prices on both sides."""

    def __init__(self, gross: Decimal, gap: Gap) -> None:
        super().__init__(
            f"{gross} CNY with tax has no net price: below the threshold of consumption tax the goods cost at most {gap.below}, "
            f"above it at least {gap.reached}; show one of these, or take the lower with in_gap='clamp'"
        )
        self.gross, self.gap = gross, gap


class PriceRegimeError(ValueError):
    """The net price found is not taxed as was supposed: ``decided`` says how it is."""

    def __init__(self, net: Decimal, supposed: Regime, decided: Regime) -> None:
        super().__init__(
            f"the net price would be {net} CNY, and an order of that value is {decided}, not {supposed}: give another regime or "
            "another price; an order must not be split to pass a limit"
        )
        self.net, self.supposed, self.decided = net, supposed, decided


@dataclass(frozen=True, slots=True)
class NetPrice:
    """A price with tax taken apart: ``gross`` = ``net`` + taxes + ``rest``, in CNY.

    ``rest`` is what no net price explains: cents lost to rounding or, with ``gap`` given, the distance from its lower end.
    """

    gross: Decimal
    net: Decimal
    rest: Decimal
    gap: Gap | None
    assessment: TaxAssessment = field(repr=False)
    """The assessment of the net price, with its reasons."""

    @property
    def taxes(self) -> Taxes:
        """The taxes on the net price, to the cent."""
        return self.assessment.taxes


def net_of(
    gross: Decimal,
    hs_code: str,
    *,
    on: date,
    qty: Decimal = ONE,
    per_piece: tuple[Decimal | None, Decimal | None] = (None, None),
    regime: Literal[Regime.WITHIN_LIMITS, Regime.FULL] = Regime.WITHIN_LIMITS,
    in_gap: InGap | str = InGap.REFUSE,
    origin: str = "",
    rates: RateTable | None = None,
    method: Method = DEFAULT,
    exchange: Mapping[str, Decimal] | None = None,
) -> NetPrice:
    """The net price of one kind of goods, ``qty`` pieces of which cost ``gross`` CNY with tax, by the law of the day ``on``.

    ``per_piece`` are the legal quantities of one piece in the units of the tariff, by which consumption tax is decided; goods
    without the one that is tested count as reaching the threshold. What the buyer pays for transport is part of the price.
    ``rates``, ``method`` and ``exchange`` are those of ``assess``, ``origin`` counts for tariffs of trade agreements only.

    Raises ``PriceGapError``, ``PriceRegimeError`` where an order of the net price is not taxed by ``regime``, ``LawError``
    before the regime of retail import, ``ValueError`` for what is no price, and what ``assess`` raises.

    >>> net_of(Decimal("109.10"), "3305100090", on=date(2026, 11, 11)).net
    Decimal('100.00')
    """
    law = laws.on(on)
    if law.postal:
        raise LawError(
            f"net prices are found from {laws.first_day()} on, when the regime of retail import began, not for {on}"
        )
    rate = (rates or shipped()).rate(hs_code, on)
    first, second = (None if each is None else EXACT.multiply(each, qty) for each in per_piece)
    legal = (first, rate.legal_unit1), (second, rate.legal_unit2)
    goods = Goods(hs_code, "", ZERO, qty, legal, origin, rate)
    case = Case((goods,), ZERO, ZERO, None, law, method, {**law.exchange, **(exchange or {})})
    return _Search(case, Regime(regime)).at(_cents(gross, qty), InGap(in_gap))


def _cents(gross: Decimal, qty: Decimal) -> int:
    """A price in cents."""
    cents = gross.scaleb(2, EXACT)
    if not gross.is_finite() or gross < 0 or cents != cents.to_integral_value():
        raise ValueError(f"a price with tax is an amount in whole cents that is not negative, not {gross}")
    if not qty.is_finite() or qty <= 0:
        raise ValueError(f"the price is that of a quantity of more than 0, not of {qty}")
    return int(cents)


class _Search(NamedTuple):
    """The search over net prices in cents. What goods cost with tax grows with every cent of net price, so it can be halved."""

    case: Case
    regime: Regime

    def at(self, gross: int, in_gap: InGap) -> NetPrice:
        """The highest net price that costs no more than ``gross`` cents with its tax."""
        net = bisect_right(range(gross + 1), gross, key=self._gross) - 1
        if net < 0:
            raise ValueError(
                f"{_yuan(gross)} CNY with tax is less than the specific tax on the goods alone, {_yuan(self._gross(0))}"
            )
        assessment, rest = self._assessment(net), gross - self._gross(net)
        gap = self._gap(net) if rest else None
        if gap and in_gap is InGap.REFUSE:
            raise PriceGapError(_yuan(gross), gap)
        self._check_regime(assessment)
        return NetPrice(_yuan(gross), _yuan(net), _yuan(rest), gap, assessment)

    def _assessment(self, net: int) -> TaxAssessment:
        goods = self.case.goods[0]._replace(value=_yuan(net))
        return compute(self.case._replace(goods=(goods,)), regime=self.regime)

    def _gross(self, net: int) -> int:
        return net + int(self._assessment(net).due.scaleb(2))

    def _gap(self, net: int) -> Gap | None:
        """The jump above a net price, if one cent more reaches a threshold."""
        if self._assessment(net).lines[0].tier == self._assessment(net + 1).lines[0].tier:
            return None
        return Gap(_yuan(self._gross(net)), _yuan(self._gross(net + 1)))

    def _check_regime(self, assessment: TaxAssessment) -> None:
        """Whether an order of these goods alone is taxed so. Where every order over a limit was taxed in full, any may be: what
        its buyer used of the year is not known here.
        """
        limits, value = assessment.law.limits, assessment.dutiable_value
        if self.regime is Regime.FULL and limits.over_single == "full":
            return
        decided = decide(limits, value, assessment.pieces, ZERO, self.case.method)
        if decided is not self.regime:
            raise PriceRegimeError(value, self.regime, decided)


def _yuan(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
