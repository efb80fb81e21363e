"""The net price in a price with tax (含税价倒推不含税价): the price of goods that, with its tax, makes up the price shown.

Shops show one price with the tax in it; customs asks for price and tax apart. The net price is found by a search over
the cents of the price, each assessed like a parcel, so that it holds for every kind of tax. At a threshold of
consumption tax the tax jumps, and prices inside the jump have no net price: 50 ml of serum cost up to 545.49 without
consumption tax and from 615.29 on with it. Sources: as for the assessment.

>>> bottle = Decimal("0.05"), ONE
>>> price = net_of(PriceWithTax(Decimal("545.49"), "3304990039", per_piece=bottle), on=date(2024, 1, 25))
>>> price.net, price.taxes.total, price.rest
(Decimal('499.99'), Decimal('45.50'), Decimal('0.00'))
>>> inside = PriceWithTax(Decimal("600"), "3304990039", per_piece=bottle)
>>> net_of(inside, on=date(2024, 1, 25), in_gap="clamp").gap
Gap(below=Decimal('545.49'), reached=Decimal('615.29'))
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NamedTuple

from customs.fields.frozen import FrozenDict
from customs.fields.goods import HsCode
from customs.fields.money import EXACT, ONE, ZERO, Amount, exactly
from customs.tax import law as laws
from customs.tax.assessment import compute, decide
from customs.tax.case import Case, Goods, Measured
from customs.tax.formula import Taxes
from customs.tax.law import LawError
from customs.tax.method import DEFAULT, Method
from customs.tax.rate_rows import shipped
from customs.tax.rates import Rate, RateTable
from customs.tax.result import Regime, TaxAssessment


class InGap(StrEnum):
    """The treatment of a price inside the jump at a threshold (税负跳档区间)."""

    REFUSE = "refuse"
    """拒绝: raise ``PriceGapError``, which states both ends (default)."""
    CLAMP = "clamp"
    """取低: take the highest net price below the threshold; ``rest`` is the excess charged."""


class Gap(NamedTuple):
    """税负跳档区间: the prices with tax beside a jump, the highest ``below`` it and the lowest that ``reached`` it."""

    below: Decimal
    reached: Decimal


@dataclass(frozen=True, slots=True)
class PriceWithTax:
    """含税价: the price in CNY, with tax and transport, of ``qty`` pieces of one kind of goods.

    ``per_piece`` are the first and second statutory quantity of one piece, in the units of the tariff, which decide
    consumption tax. Goods without the quantity that is tested count as reaching the threshold. ``origin`` is a country
    code; it counts only for tariffs of trade agreements. Raises ``ValueError`` for an impossible price or quantity.
    """

    gross: Decimal
    hs_code: HsCode
    qty: Decimal = ONE
    per_piece: tuple[Decimal | None, Decimal | None] = (None, None)
    origin: str = ""

    def __post_init__(self) -> None:
        cents = self.gross.scaleb(2, EXACT)
        if not self.gross.is_finite() or self.gross < 0 or cents != cents.to_integral_value():
            raise ValueError(f"a price with tax is an amount in whole cents that is not negative, not {self.gross}")
        if not self.qty.is_finite() or self.qty <= 0:
            raise ValueError(f"the price is for a quantity of more than 0, not {self.qty}")

    def goods(self, rate: Rate) -> Goods:
        """Return the goods, without a value yet."""
        first, second = (None if each is None else EXACT.multiply(each, self.qty) for each in self.per_piece)
        measured = Measured(first, rate.legal_unit1), Measured(second, rate.legal_unit2)
        return Goods(self.hs_code, "", ZERO, self.qty, measured, self.origin, rate)


class PriceGapError(ValueError):
    """A price with tax for which no net price exists; ``gap`` holds the prices on both sides."""

    def __init__(self, gross: Decimal, gap: Gap) -> None:
        super().__init__(gross, gap)
        self.gross, self.gap = gross, gap

    def __str__(self) -> str:
        return (
            f"{self.gross} CNY with tax has no net price: below the threshold of consumption tax the goods cost at "
            f"most {self.gap.below}, above it at least {self.gap.reached}; show one of these, or take the lower with "
            "in_gap='clamp'"
        )


class PriceRegimeError(ValueError):
    """The net price is taxed by another regime than assumed: ``decided`` is the one that applies."""

    def __init__(self, net: Decimal, assumed: Regime, decided: Regime) -> None:
        super().__init__(net, assumed, decided)
        self.net, self.assumed, self.decided = net, assumed, decided

    def __str__(self) -> str:
        return (
            f"the net price would be {self.net} CNY, and an order of that value is {self.decided}, not {self.assumed}: "
            "give another regime or another price; an order must not be split to pass a limit"
        )


@dataclass(frozen=True, slots=True)
class NetPrice:
    """A price with tax taken apart: ``gross`` = ``net`` + taxes + ``rest``, in CNY.

    ``rest`` is what no net price explains: cents lost to rounding or, with ``gap`` given, the distance from its lower
    end.
    """

    gross: Amount
    net: Amount
    rest: Amount
    gap: Gap | None
    assessment: TaxAssessment = field(repr=False)
    """The assessment of the net price."""

    @property
    def taxes(self) -> Taxes:
        """The taxes on the net price, to the cent."""
        return self.assessment.taxes


@exactly
def net_of(
    price: PriceWithTax,
    *,
    on: date,
    regime: Literal[Regime.WITHIN_LIMITS, Regime.FULL] = Regime.WITHIN_LIMITS,
    in_gap: InGap | str = InGap.REFUSE,
    rates: RateTable | None = None,
    method: Method = DEFAULT,
    exchange: Mapping[str, Decimal] | None = None,
) -> NetPrice:
    """Return the net price in a price with tax, by the law of the day ``on``.

    ``rates``, ``method`` and ``exchange`` are as for ``assess``. Raises ``PriceGapError``; ``PriceRegimeError`` where
    an order of the net price is not taxed by ``regime``; ``LawError`` before retail import began; ``ValueError`` for
    a price below the specific tax; and what ``assess`` raises.

    >>> net_of(PriceWithTax(Decimal("109.10"), "3305100090"), on=date(2026, 11, 11)).net
    Decimal('100.00')
    """
    law = laws.on(on)
    if law.postal:
        raise LawError(f"net prices are known since {laws.first_day()}, when retail import began, not for {on}")
    goods = price.goods((rates or shipped()).rate(price.hs_code, on))
    known = FrozenDict({**law.exchange, **(exchange or {})})
    case = Case((goods,), law, method=method, exchange=known)
    return _Search(case, Regime(regime)).at(int(price.gross.scaleb(2, EXACT)), InGap(in_gap))


class _Search(NamedTuple):
    """The search over net prices in cents, by halving: the price with tax grows with every cent of net price."""

    case: Case
    regime: Regime

    def at(self, gross: int, in_gap: InGap) -> NetPrice:
        """Return the highest net price that costs no more than ``gross`` cents with its tax."""
        net = bisect_right(range(gross + 1), gross, key=self._gross) - 1
        if net < 0:
            tax = _yuan(self._gross(0))
            raise ValueError(f"{_yuan(gross)} CNY with tax is less than the specific tax on the goods alone, {tax}")
        assessment, rest = self._assessment(net), gross - self._gross(net)
        gap = self._gap(net) if rest else None
        if gap and in_gap is InGap.REFUSE:
            raise PriceGapError(_yuan(gross), gap)
        self._check_regime(assessment)
        return NetPrice(_yuan(gross), _yuan(net), _yuan(rest), gap, assessment)

    def _assessment(self, net: int) -> TaxAssessment:
        goods = self.case.goods[0]._replace(value=_yuan(net))
        return compute(self.case.with_goods(0, goods), regime=self.regime)

    def _gross(self, net: int) -> int:
        return net + int(self._assessment(net).due.scaleb(2))

    def _gap(self, net: int) -> Gap | None:
        """Return the jump above a net price, if one cent more reaches a threshold."""
        if self._assessment(net).lines[0].tier == self._assessment(net + 1).lines[0].tier:
            return None
        return Gap(_yuan(self._gross(net)), _yuan(self._gross(net + 1)))

    def _check_regime(self, assessment: TaxAssessment) -> None:
        """Refuse a net price that an order of these goods alone would not be taxed at.

        Where every order over a limit was taxed in full, any may be: the buyer's quota used is not known here.
        """
        limits, value = assessment.law.limits, assessment.dutiable_value
        if self.regime is Regime.FULL and limits.over_single == "full":
            return
        decided = decide(limits, value, assessment.pieces, ZERO, self.case.method)
        if decided is not self.regime:
            raise PriceRegimeError(value, self.regime, decided)


def _yuan(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
