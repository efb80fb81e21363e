"""The answer to "may this buyer buy that" (可购判断), with the figures and the orders in flight."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from customs.fields.money import ZERO, exactly
from customs.tax.assessment import decide
from customs.tax.law import Limits
from customs.tax.result import Regime


class QuotaVerdict(StrEnum):
    """The verdict on an order: within the limits, one piece in full tax, or why not."""

    WITHIN = "within"
    """限值内"""
    ONE_PIECE = "one_piece"
    """单件超过单次限值，按货物税率全额征税: one piece over the single limit, with full tax."""
    OVER_SINGLE = "over_single"
    """超过单次交易限值: the order has to go as general trade."""
    OVER_YEARLY = "over_yearly"
    """超过年度交易限值: the order has to go as general trade."""
    ANOTHER_PAYER = "another_payer"
    """代付: another person pays; stop before declaring."""
    CLOSED = "closed"
    """此单已关闭: this attempt of the order was freed or given back before."""


#: The verdicts that let an order go on.
ALLOWED = frozenset({QuotaVerdict.WITHIN, QuotaVerdict.ONE_PIECE})

_TOLD = {
    QuotaVerdict.WITHIN: (
        "within the limits: {left} of {yearly} CNY are left after it",
        "限值内：此单之后年度额度尚余 {left} 元（共 {yearly} 元）",
    ),
    QuotaVerdict.ONE_PIECE: (
        "one piece over {single} CNY: admitted with full tax; {left} of {yearly} CNY are left after it",
        "单件超过单次限值 {single} 元：按货物税率全额征税；此单之后年度额度尚余 {left} 元（共 {yearly} 元）",
    ),
    QuotaVerdict.OVER_SINGLE: (
        "{amount} CNY are over the limit of {single} CNY for one transaction, and not one piece below the yearly limit: general trade",
        "{amount} 元超过单次交易限值 {single} 元，且不是低于年度限值的单件商品：须按一般贸易办理",
    ),
    QuotaVerdict.OVER_YEARLY: (
        "over the yearly limit of {yearly} CNY by {over}: used {used}, in flight {held}{orders}",
        "超过年度交易限值 {yearly} 元，超出 {over} 元：已用 {used} 元，在途 {held} 元{orders}",
    ),
    QuotaVerdict.ANOTHER_PAYER: (
        "the payer is not the buyer: stop before declaring, or have the person who buys pay",
        "支付人与订购人不一致：申报前停止，应由订购人本人下单并支付",
    ),
    QuotaVerdict.CLOSED: (
        "this order was freed or given back before: reserve it as a new attempt if it is really ordered again",
        "此单额度此前已释放或退还：确系再次下单的，请以新的次序预占",
    ),
}

#: Orders in flight that are named.
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class InFlight:
    """An order that holds quota and is not taken yet."""

    order: str
    amount: Decimal
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaAnswer:
    """The answer for an order of an amount, with the figures before it, in CNY of dutiable value."""

    verdict: QuotaVerdict
    amount: Decimal
    limits: Limits
    used: Decimal = ZERO
    held: Decimal = ZERO
    in_flight: Sequence[InFlight] = ()
    new: bool = False
    """True if a reservation was entered by this call."""

    @property
    def allowed(self) -> bool:
        """True if nothing known stands against it."""
        return self.verdict in ALLOWED

    @property
    @exactly
    def left(self) -> Decimal:
        """The rest of the year after it; below 0 by how much it is over."""
        return self.limits.yearly - self.used - self.held - self.amount

    def told(self, *, chinese: bool = False) -> str:
        """Return the answer as a sentence.

        >>> from datetime import date
        >>> from customs.tax.law import on
        >>> limits = on(date(2026, 11, 11)).limits
        >>> QuotaAnswer(verdict=QuotaVerdict.WITHIN, amount=Decimal(300), limits=limits, used=Decimal(25000)).told()
        'within the limits: 700.00 of 26,000.00 CNY are left after it'
        """
        orders = [each.order for each in self.in_flight[:MOST_NAMED]]
        more = len(self.in_flight) - len(orders)
        listed = (", " if not chinese else "、").join(orders)
        named = ""
        if orders and chinese:
            named = f"（订单 {listed}{f' 等共 {len(self.in_flight)} 单' if more else ''}）"
        elif orders:
            named = f" by {listed}{f' and {more} more' if more else ''}"
        return _TOLD[self.verdict][chinese].format(
            amount=_shown(self.amount),
            single=_shown(self.limits.single),
            yearly=_shown(self.limits.yearly),
            used=_shown(self.used),
            held=_shown(self.held),
            left=_shown(self.left),
            over=_shown(-self.left),
            orders=named,
        )


@exactly
def verdict_of(amount: Decimal, pieces: Decimal, limits: Limits, counted: Decimal) -> QuotaVerdict:
    """Return the verdict on an order of some pieces, where ``counted`` is used or held before it, as the tax decides it."""
    regime = decide(limits, amount, pieces, counted)
    if regime is not Regime.OUTSIDE:
        return QuotaVerdict.ONE_PIECE if regime is Regime.FULL else QuotaVerdict.WITHIN
    return QuotaVerdict.OVER_YEARLY if counted + amount > limits.yearly else QuotaVerdict.OVER_SINGLE


def _shown(amount: Decimal) -> str:
    return f"{amount:,.2f}"
