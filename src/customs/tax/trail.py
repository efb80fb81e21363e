"""The decision trail (判定过程): every step of an assessment with its facts and the source of its rule.

A step holds facts; its sentences, in Chinese and English, are made when they are read, so that a trail costs next to
nothing.

>>> from customs.tax import assess
>>> from customs.testing import sample_parcels
>>> assessment = assess(next(sample_parcels(1, seed=7, mode="9610")), on=date(2026, 11, 11))
>>> [step.code for step in explain(assessment)][:2]
['law', 'regime']
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from customs.fields.money import EXACT, ZERO, exactly
from customs.tax.case import Case
from customs.tax.law import ConsumptionTax, Tier, dutiable_value_term
from customs.tax.result import LineAssessment, Regime, TaxAssessment

Words = tuple[str, str]
"""Words in Chinese and in English."""


class Reason(NamedTuple):
    """One step of a decision: its ``code`` and ``facts``, a sentence in ``zh`` and ``en``, and its ``source``."""

    code: str
    facts: Mapping[str, Any]
    source: str

    @property
    def zh(self) -> str:
        """The step in Chinese."""
        return self._sentence(0)

    @property
    def en(self) -> str:
        """The step in English."""
        return self._sentence(1)

    def _sentence(self, language: int) -> str:
        words = {name: fact[language] if isinstance(fact, tuple) else fact for name, fact in self.facts.items()}
        return STEPS[self.code][language].format(**words)


#: The sentences of each step, in Chinese and English.
STEPS: Mapping[str, Words] = {
    "law": ("按申报日 {day} 适用的税收政策计征{ordered}", "the law of the declaration day {day} applies{ordered}"),
    "regime": (
        "{term} {value} 元，单次交易限值 {single} 元，{pieces} 件，{yearly}：{verdict}",
        "{term} {value} CNY, single-transaction limit {single} CNY, pieces {pieces}, {yearly}: {verdict}",
    ),
    "line": (
        "第 {gnum} 项 {hs_code}：{term} {dutiable_value} = {value} + 运费 {freight} + 保费 {insurance}；"
        "关税率 {tariff_rate:%}，消费税率 {consumption_rate:%}，增值税率 {vat_rate:%}，消费税和增值税按 {factor:%} 计征",
        "line {gnum} {hs_code}: {term} {dutiable_value} = {value} + freight {freight} + insurance {insurance}; "
        "tariff {tariff_rate:%}, consumption tax {consumption_rate:%}, VAT {vat_rate:%}; "
        "{factor:%} of consumption tax and VAT is due",
    ),
    "threshold": (
        "第 {gnum} 项{standard}每法定数量 {at_least} 元：{reached}",
        "line {gnum}: {standard}, {at_least} CNY per statutory quantity: {reached}",
    ),
    "specific": (
        "第 {gnum} 项从量消费税：{qty} × {amount} 元 = {specific} 元，计入组成计税价格",
        "line {gnum}: specific consumption tax {qty} x {amount} CNY = {specific} CNY, included in the gross-up",
    ),
    "postal": (
        "第 {gnum} 项 {hs_code}：行邮税第 {category} 类，{term} {value} 元，税率 {rate:%}",
        "line {gnum} {hs_code}: postal articles of category {category}, value {value} CNY at {rate:%}",
    ),
    "postal_waived": (
        "行邮税 {tax} 元不超过 {waived_up_to} 元，免征",
        "a tax of {tax} CNY is not above {waived_up_to} CNY and is waived",
    ),
}  # fmt: skip

REACHED, NOT_REACHED = ("达到", "reached"), ("未达到", "not reached")
NOT_GIVEN = ("本年度已用额度未提供", "the quota used is not given")

VERDICTS: Mapping[Regime, Words] = {
    Regime.WITHIN_LIMITS: ("限值以内", "within the limits"),
    Regime.FULL: ("超过限值，全额征税", "over a limit, full tax"),
    Regime.OUTSIDE: ("不得按跨境电商零售进口申报", "outside the channel of retail import"),
    Regime.POSTAL: ("跨境电商零售进口政策施行前，按行邮税", "before the law of retail import, as postal articles"),
}

_COSMETICS = ("高档化妆品认定标准", "threshold of luxury cosmetics")

#: The names of the thresholds that have one, by class of consumption tax.
_STANDARDS: Mapping[str, Words] = {
    "make_up": _COSMETICS,
    "skin_care": _COSMETICS,
    "mask": _COSMETICS,
    "watch": ("高档手表认定标准", "threshold of luxury watches"),
}


@exactly
def explain(assessment: TaxAssessment) -> tuple[Reason, ...]:
    """Return the steps of an assessment: law, regime, then each line's value, rates, thresholds and specific taxes."""
    steps = [_law(assessment.case), _regime(assessment)]
    if assessment.regime is Regime.POSTAL:
        return (*steps, *_postal(assessment))
    for line in assessment.lines if assessment.computed else ():
        _line(assessment, line, steps)
    return tuple(steps)


def standard_of(tested: ConsumptionTax) -> Words:
    """Return the name of a class's threshold (认定标准, 征收标准), in Chinese and English."""
    return _STANDARDS.get(tested.name, ("消费税征收标准", "threshold of consumption tax"))


@cache
def _term(day: date) -> Words:
    return dutiable_value_term(day), "dutiable value"


def _law(case: Case) -> Reason:
    day = case.order_day
    ordered = ("", "") if day is None else (f"（下单日 {day}）", f", ordered on {day}")
    return Reason("law", {"day": case.law.day, "ordered": ordered}, case.law.factor_source)


def _regime(assessment: TaxAssessment) -> Reason:
    limits, used = assessment.law.limits, assessment.quota_used
    yearly = NOT_GIVEN
    if used is not None:
        yearly = (
            f"本年度已用 {used}，年度交易限值 {limits.yearly}",
            f"{used} used of the yearly limit {limits.yearly}",
        )
    facts = {
        "value": assessment.dutiable_value,
        "single": limits.single,
        "pieces": assessment.pieces,
        "yearly": yearly,
        "verdict": VERDICTS[assessment.regime],
        "term": _term(assessment.law.day),
    }
    return Reason("regime", facts, limits.source)


def _line(assessment: TaxAssessment, line: LineAssessment, steps: list[Reason]) -> None:
    """Append the steps of a line."""
    law, goods, tested, tier = assessment.law, line.goods, line.tested, line.tier
    facts: dict[str, object] = {
        "gnum": line.gnum,
        "hs_code": goods.hs_code,
        "dutiable_value": line.dutiable_value,
        "value": goods.value,
        "freight": line.freight,
        "insurance": line.insurance,
        "tariff_rate": line.tariff_rate,
        "consumption_rate": tier.rate if tier else ZERO,
        "vat_rate": line.vat_rate,
        "factor": assessment.factor,
        "term": _term(law.day),
    }
    steps.append(Reason("line", facts, f"{law.vat[goods.rate.vat].source}; {law.factor_source}"))
    if tested and tested.at_least is not None:
        facts = {
            "gnum": line.gnum,
            "at_least": _at_least(assessment.case, tested.tiers[0]),
            "reached": REACHED if tier is tested.tiers[0] else NOT_REACHED,
            "standard": standard_of(tested),
        }
        steps.append(Reason("threshold", facts, tested.source))
    if tested and tier and tier.specific:
        qty, unit = goods.quantity(tested.per)
        facts = {"gnum": line.gnum, "qty": qty, "amount": tier.amount(unit), "specific": line.specific}
        steps.append(Reason("specific", facts, tested.source))


def _at_least(case: Case, tier: Tier) -> Decimal:
    """Return a threshold in CNY per statutory quantity."""
    at_least = tier.at_least or ZERO
    if not tier.currency:
        return at_least
    in_yuan = EXACT.multiply(at_least, case.exchange[tier.currency])
    return in_yuan.quantize(Decimal("0.00000001"))


def _postal(assessment: TaxAssessment) -> Iterator[Reason]:
    law = assessment.law.postal
    assert law is not None, "postal articles are taxed by their own law"
    for line in assessment.lines:
        facts = {
            "gnum": line.gnum,
            "hs_code": line.hs_code,
            "category": line.rate.postal,
            "value": line.value,
            "rate": line.postal_rate,
            "term": _term(assessment.law.day),
        }
        yield Reason("postal", facts, law.source)
    statutory = sum((line.exact.postal for line in assessment.lines), ZERO)
    if statutory and not assessment.due:
        yield Reason("postal_waived", {"tax": statutory, "waived_up_to": law.waived_up_to}, law.source)
