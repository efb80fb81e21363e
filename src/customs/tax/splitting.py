"""Advice on an order over a limit (超限值提示，不得拆单): how it may be declared, and by how much it is over.

Since 2019 one piece over the single-transaction limit may be declared at full tax if it is below the yearly limit;
several pieces go as general trade. From 2016 to 2018 any order over a limit was taxed in full. Customs punishes
splitting an order so that it passes, and this library does not help with it. Sources: Cai Guan Shui [2016] 18, [2018]
49.

>>> from datetime import date
>>> from customs.tax import assess
>>> from customs.testing import sample_parcels
>>> advice_on(assess(next(sample_parcels(1, seed=7, mode="1210")), on=date(2026, 11, 11))).way.value
'inside'
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from customs.fields.money import EXACT, ZERO, Amount, exactly
from customs.tax.law import dutiable_value_term
from customs.tax.result import Regime, TaxAssessment


class Way(StrEnum):
    """The way an order may be declared (申报途径)."""

    INSIDE = "inside"
    """限值以内: as retail import, within the limits."""
    FULL_TAX = "full_tax"
    """全额征税: as retail import, taxed in full."""
    GENERAL_TRADE = "general_trade"
    """一般贸易: as general trade, not as retail import."""


@dataclass(frozen=True, slots=True)
class Advice:
    """The advice on an order: its ``way``, the excess over either limit in CNY, and the advice in words.

    ``over_single`` and ``over_yearly`` are 0 within the limit; ``over_yearly`` is None where the quota used is not
    given and the order alone does not exceed the yearly limit.
    """

    way: Way
    over_single: Amount
    over_yearly: Amount | None
    zh: str
    en: str
    source: str


_SINGLE: Mapping[bool, tuple[str, str]] = {
    False: (
        "{term} {value} 元，未超过单次交易限值 {single} 元",
        "The dutiable value of {value} CNY is within the single-transaction limit of {single} CNY",
    ),
    True: (
        "{term} {value} 元，超过单次交易限值 {single} 元，超出 {over_single} 元",
        "The dutiable value of {value} CNY is {over_single} CNY over the single-transaction limit of {single} CNY",
    ),
}

_YEARLY: Mapping[bool | None, tuple[str, str]] = {
    None: (
        "本年度已用额度未提供，未核对年度交易限值",
        "the quota used is not given, so the yearly limit is not checked",
    ),
    False: ("未超过年度交易限值 {yearly} 元", "the yearly limit of {yearly} CNY is not exceeded"),
    True: (
        "超过年度交易限值 {yearly} 元，超出 {over_yearly} 元",
        "the yearly limit of {yearly} CNY is exceeded by {over_yearly} CNY",
    ),
}

#: The way of each situation, with its words.
_WAYS: Mapping[str, tuple[Way, str, str]] = {
    "inside": (Way.INSIDE, "可按跨境电商零售进口申报", "it may be declared as retail import"),
    "postal": (
        Way.INSIDE,
        "当日适用行邮税，可按个人物品申报",
        "by the law of that day it is declared as a postal article",
    ),
    "one_piece": (
        Way.FULL_TAX,
        "仅一件商品，如确属不可分割，可按跨境电商零售进口申报，按货物税率全额征税",
        "it is one piece: if it cannot be divided, it may be declared as retail import at full tax, tariff included",
    ),
    "any_order": (
        Way.FULL_TAX,
        "按当日规定可作为跨境电商零售进口申报，全额征税",
        "by the law of that day it may be declared as retail import at full tax, tariff included",
    ),
    "several_pieces": (
        Way.GENERAL_TRADE,
        "共 {pieces} 件，不得按跨境电商零售进口申报，须按一般贸易办理",
        "with {pieces} pieces it does not qualify as retail import and goes as general trade",
    ),
    "at_yearly_limit": (
        Way.GENERAL_TRADE,
        "仅一件商品，{term}恰为年度交易限值：规定要求低于该限值，默认不按跨境电商零售进口申报，须按一般贸易办理"
        "（可由计税方法参数 full_tax_at_yearly_limit 另行选择，请先咨询海关）",
        "it is one piece of exactly the yearly limit: the circular says below it, so it goes as general trade unless "
        "the method's full_tax_at_yearly_limit says otherwise; ask customs first",
    ),
    "over_the_year": (
        Way.GENERAL_TRADE,
        "不得按跨境电商零售进口申报，须按一般贸易办理",
        "it does not qualify as retail import and goes as general trade",
    ),
}

_UNSPLIT = (
    "应按实际订单整单申报，不得拆单规避限值，不得借用他人额度。",
    "Declare the order as it was placed: it must not be split to pass a limit, nor another person's quota be used.",
)


@exactly
def advice_on(assessment: TaxAssessment) -> Advice:
    """Return how an assessed order may be declared: within the limits, as one piece at full tax, or as general trade.

    One piece of exactly the yearly limit may be taxed in full only if the method says so
    (``full_tax_at_yearly_limit``), since the circular says *below*. A line of one piece is taken to be indivisible.
    """
    limits, value, used = assessment.law.limits, assessment.dutiable_value, assessment.quota_used
    over_single = max(EXACT.subtract(value, limits.single), ZERO)
    over_yearly = max(EXACT.subtract(EXACT.add(used or ZERO, value), limits.yearly), ZERO)
    facts = {
        "term": dutiable_value_term(assessment.law.day),
        "value": value,
        "single": limits.single,
        "yearly": limits.yearly,
        "pieces": assessment.pieces,
        "over_single": over_single,
        "over_yearly": over_yearly,
    }
    unknown = used is None and not over_yearly
    way, *words = _WAYS[_situation(assessment)]
    steps = [_SINGLE[bool(over_single)]]
    if limits.yearly.is_finite():
        steps.append(_YEARLY[None if unknown else bool(over_yearly)])
    zh, en = zip(*steps, words, strict=True)
    over = over_single or over_yearly or way is not Way.INSIDE
    return Advice(
        way,
        over_single,
        None if unknown else over_yearly,
        "；".join(zh).format(**facts) + "。" + (_UNSPLIT[0] if over else ""),
        "; ".join(en).format(**facts) + "." + (f" {_UNSPLIT[1]}" if over else ""),
        limits.source,
    )


#: The regimes that decide the situation alone.
_BY_REGIME = {Regime.WITHIN_LIMITS: "inside", Regime.POSTAL: "postal"}


def _situation(assessment: TaxAssessment) -> str:
    """Return the name of the situation of an order."""
    limits, pieces = assessment.law.limits, assessment.pieces
    if assessment.regime in _BY_REGIME:
        return _BY_REGIME[assessment.regime]
    if assessment.regime is Regime.FULL:
        return "one_piece" if limits.over_single == "one_piece" else "any_order"
    if (assessment.quota_used or ZERO) + assessment.dutiable_value > limits.yearly:
        return "over_the_year"
    return "at_yearly_limit" if pieces == 1 else "several_pieces"
