"""Advice on an order over the limit of one transaction (超限额提示，不得拆单): which way it may go, and by how much it is over.

Since 2019 one piece over the single limit may be declared at full tax, as long as it is below the limit of the year; several
pieces go as ordinary trade. From 2016 to 2018 any order over a limit was taxed in full. An order is never split so that it
passes: customs punishes that, and this library does not help with it. Sources: Cai Guan Shui [2016] 18, [2018] 49.

>>> from datetime import date
>>> from customs.tax import assess
>>> from customs.testing import sample_parcels
>>> advice_on(assess(next(sample_parcels(1, seed=7, mode="1210")), on=date(2026, 11, 11))).way.value
'inside'
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from customs.fields.money import EXACT, ZERO
from customs.tax.result import Regime, TaxAssessment


class Way(StrEnum):
    """Which way an order may go (申报途径)."""

    INSIDE = "inside"
    """限额内: declared as retail import, within the limits."""
    FULL_TAX = "full_tax"
    """全额征税: declared as retail import, taxed in full."""
    ORDINARY_TRADE = "ordinary_trade"
    """一般贸易: no retail import; it goes as ordinary trade."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What may become of an order: its ``way``, by how much it is over either limit in CNY, and the advice in words.

    ``over_single`` and ``over_yearly`` are 0 where the limit is kept; ``over_yearly`` is None where the quota used is not given
    and the order alone does not exceed the year's.
    """

    way: Way
    over_single: Decimal
    over_yearly: Decimal | None
    zh: str
    en: str
    source: str


_SINGLE: Mapping[bool, tuple[str, str]] = {
    False: (
        "完税价格 {value} 元，未超过单次限值 {single} 元",
        "The dutiable value of {value} CNY is within the {single} CNY of one transaction",
    ),
    True: (
        "完税价格 {value} 元，超过单次限值 {single} 元 {over_single} 元",
        "The dutiable value of {value} CNY is {over_single} CNY over the {single} CNY of one transaction",
    ),
}

_YEARLY: Mapping[bool | None, tuple[str, str]] = {
    None: (
        "本年度已用额度未提供，未核对年度限值",
        "the quota used is not given, so that the limit of the year is not checked",
    ),
    False: ("未超过年度限值 {yearly} 元", "the {yearly} CNY of the year are kept"),
    True: (
        "超过年度限值 {yearly} 元 {over_yearly} 元",
        "the {yearly} CNY of the year are exceeded by {over_yearly} CNY",
    ),
}

#: What follows from a case, by its name.
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
        Way.ORDINARY_TRADE,
        "共 {pieces} 件，不得按跨境电商零售进口申报，须按一般贸易办理",
        "with {pieces} pieces it is no retail import and goes as ordinary trade",
    ),
    "at_yearly_limit": (
        Way.ORDINARY_TRADE,
        "仅一件商品，完税价格恰为年度限值：规定要求低于年度限值，默认不按跨境电商零售进口申报，须按一般贸易办理（可由计税方法参数 "
        "full_tax_at_yearly_limit 另行选择，请先咨询海关）",
        "it is one piece of exactly the year's limit: the circular says below it, so that it goes as ordinary trade, unless the method's "
        "full_tax_at_yearly_limit says otherwise; ask customs first",
    ),
    "over_the_year": (
        Way.ORDINARY_TRADE,
        "不得按跨境电商零售进口申报，须按一般贸易办理",
        "it is no retail import and goes as ordinary trade",
    ),
}

_WHOLE = (
    "应按实际订单整单申报，不得拆单规避限值，不得借用他人额度。",
    "Declare the order as it was placed: it must not be split to pass a limit, nor another person's quota be used.",
)


def advice_on(assessment: TaxAssessment) -> Advice:
    """Which way an assessed order may go: inside the limits, as one piece at full tax, or as ordinary trade.

    Whether one piece of exactly the yearly limit may be taxed in full is the choice ``full_tax_at_yearly_limit`` of the method
    that the parcel was assessed by; default: it may not, since the circular says *below*. Whether a piece can be divided is a
    fact of the goods, which the assessment takes from the number of pieces.
    """
    limits, value, used = assessment.law.limits, assessment.dutiable_value, assessment.quota_used
    over_single = max(EXACT.subtract(value, limits.single), ZERO)
    over_yearly = max(EXACT.subtract(EXACT.add(used or ZERO, value), limits.yearly), ZERO)
    facts = {
        "value": value,
        "single": limits.single,
        "yearly": limits.yearly,
        "pieces": assessment.pieces,
        "over_single": over_single,
        "over_yearly": over_yearly,
    }
    unknown = used is None and not over_yearly
    way, *said = _WAYS[_case(assessment)]
    steps = [_SINGLE[bool(over_single)]]
    if limits.yearly.is_finite():
        steps.append(_YEARLY[None if unknown else bool(over_yearly)])
    zh, en = zip(*steps, said, strict=True)
    over = over_single or over_yearly or way is not Way.INSIDE
    return Advice(
        way,
        over_single,
        None if unknown else over_yearly,
        "；".join(zh).format(**facts) + "。" + (_WHOLE[0] if over else ""),
        "; ".join(en).format(**facts) + "." + (f" {_WHOLE[1]}" if over else ""),
        limits.source,
    )


#: The cases of a regime that do not depend on anything else.
_PLAIN = {Regime.WITHIN_LIMITS: "inside", Regime.POSTAL: "postal"}


def _case(assessment: TaxAssessment) -> str:
    """The name of the case of an assessment."""
    limits, pieces = assessment.law.limits, assessment.pieces
    if assessment.regime in _PLAIN:
        return _PLAIN[assessment.regime]
    if assessment.regime is Regime.FULL:
        return "one_piece" if limits.over_single == "one_piece" else "any_order"
    if (assessment.quota_used or ZERO) + assessment.dutiable_value > limits.yearly:
        return "over_the_year"
    return "at_yearly_limit" if pieces == 1 else "several_pieces"
