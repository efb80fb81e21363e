"""The decision trail (判定过程): every step of an assessment with its facts and the source of its rule.

A step holds facts; its sentences, in Chinese and English, are made when they are read, so that a trail costs next to nothing.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from customs.fields.money import EXACT, ZERO
from customs.tax.case import Case
from customs.tax.law import Tier

if TYPE_CHECKING:
    from customs.tax.result import LineAssessment, TaxAssessment


class Reason(NamedTuple):
    """One step of a decision: ``code`` says which, ``facts`` with what; ``zh`` and ``en`` in words; ``source`` of the rule."""

    code: str
    facts: Mapping[str, Any]
    source: str

    @property
    def zh(self) -> str:
        """The step in Chinese."""
        return self._said(0)

    @property
    def en(self) -> str:
        """The step in English."""
        return self._said(1)

    def _said(self, language: int) -> str:
        text = STEPS[self.code][language]
        return text.format(**{name: _shown(fact, language) for name, fact in self.facts.items()})


def _shown(fact: object, language: int) -> object:
    """A fact as it stands, or its word in the language where it has one for each."""
    return fact[language] if isinstance(fact, tuple) else fact


#: The sentences of each step.
STEPS: Mapping[str, tuple[str, str]] = {
    "law": ("适用申报日 {day} 的法律{ordered}", "by the law of the declaration day {day}{ordered}"),
    "regime": (
        "完税价格 {value} 元，单次限额 {single} 元，{pieces} 件，{yearly}：{verdict}",
        "dutiable value {value} CNY, single limit {single} CNY, pieces {pieces}, {yearly}: {verdict}",
    ),
    "line": (
        "第 {gnum} 项 {hs_code}：完税价格 {dutiable_value} = {value} + 运费 {freight} + 保费 {insurance}；"
        "关税率 {tariff_rate:%}，消费税率 {consumption_rate:%}，增值税率 {vat_rate:%}，消费税和增值税按 {factor:%} 计征",
        "line {gnum} {hs_code}: dutiable value {dutiable_value} = {value} + freight {freight} + insurance {insurance}; tariff "
        "{tariff_rate:%}, consumption tax {consumption_rate:%}, VAT {vat_rate:%}, {factor:%} of the last two is due",
    ),
    "threshold": (
        "第 {gnum} 项消费税起征点每法定数量 {at_least} 元：{reached}",
        "line {gnum}: threshold of consumption tax, {at_least} CNY per legal quantity: {reached}",
    ),
    "specific": (
        "第 {gnum} 项从量消费税：{qty} × {amount} 元 = {specific} 元，计入组成计税价格",
        "line {gnum}: specific consumption tax {qty} x {amount} CNY = {specific} CNY, which goes into the gross-up",
    ),
    "postal": (
        "第 {gnum} 项 {hs_code}：行邮税第 {category} 类，完税价格 {value} 元，税率 {rate:%}",
        "line {gnum} {hs_code}: postal articles of category {category}, value {value} CNY at {rate:%}",
    ),
    "postal_waived": (
        "行邮税 {tax} 元不超过 {waived_up_to} 元，免征",
        "a tax of {tax} CNY is not above {waived_up_to} CNY and is waived",
    ),
}

REACHED, NOT_REACHED = ("达到", "reached"), ("未达到", "not reached")
NOT_GIVEN = ("本年度已用额度未提供", "the quota used is not given")

VERDICTS: Mapping[str, tuple[str, str]] = {
    "within_limits": ("限额以内", "within the limits"),
    "full": ("超过限额，全额征税", "over a limit, full tax"),
    "outside": ("不得按跨境电商零售进口申报", "outside the channel of retail import"),
    "postal": ("跨境电商零售进口政策施行前，按行邮税", "before the law of retail import, as postal articles"),
}


def trail_of(assessment: "TaxAssessment") -> tuple[Reason, ...]:
    """The steps of an assessment: law, regime, and what became of each line."""
    steps = [_law(assessment.case), _regime(assessment)]
    if assessment.regime == "postal":
        return (*steps, *_postal(assessment))
    for line in assessment.lines if assessment.computed else ():
        _line(assessment, line, steps)
    return tuple(steps)


def _law(case: Case) -> Reason:
    day = case.order_day
    ordered = ("", "") if day is None else (f"（下单日 {day}）", f", ordered on {day}")
    return Reason("law", {"day": case.law.day, "ordered": ordered}, case.law.factor_source)


def _regime(assessment: "TaxAssessment") -> Reason:
    limits, used = assessment.law.limits, assessment.quota_used
    yearly = NOT_GIVEN
    if used is not None:
        yearly = (f"本年度已用 {used}，年度限额 {limits.yearly}", f"{used} used of the year's {limits.yearly}")
    facts = {
        "value": assessment.dutiable_value,
        "single": limits.single,
        "pieces": assessment.pieces,
        "yearly": yearly,
        "verdict": VERDICTS[assessment.regime],
    }
    return Reason("regime", facts, limits.source)


def _line(assessment: "TaxAssessment", line: "LineAssessment", steps: list[Reason]) -> None:
    """The steps of a line, put behind the others."""
    law, goods, tested, tier = assessment.law, line.goods, line.tested, line.tier
    facts: dict[str, Any] = {
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
    }
    steps.append(Reason("line", facts, f"{law.vat[goods.rate.vat][1]}; {law.factor_source}"))
    if tested and tested.at_least is not None:
        reached = REACHED if tier is tested.tiers[0] else NOT_REACHED
        facts = {"gnum": line.gnum, "at_least": _at_least(assessment.case, tested.tiers[0]), "reached": reached}
        steps.append(Reason("threshold", facts, tested.source))
    if tested and tier and tier.specific:
        qty, unit = line.goods.quantity(tested.per)
        facts = {"gnum": line.gnum, "qty": qty, "amount": tier.amount(unit), "specific": line.specific}
        steps.append(Reason("specific", facts, tested.source))


def _at_least(case: Case, tier: Tier) -> Decimal:
    """A threshold in CNY per legal quantity."""
    at_least = tier.at_least or ZERO
    if not tier.currency:
        return at_least
    in_yuan = EXACT.multiply(at_least, case.exchange[tier.currency])
    return EXACT.divide(in_yuan, tier.divisor).quantize(Decimal("0.0000001"))


def _postal(assessment: "TaxAssessment") -> Iterator[Reason]:
    law = assessment.law.postal
    assert law is not None, "postal articles are taxed by their own law"
    for line in assessment.lines:
        facts = {
            "gnum": line.gnum,
            "hs_code": line.hs_code,
            "category": line.rate.postal,
            "value": line.value,
            "rate": line.postal_rate,
        }
        yield Reason("postal", facts, law.source)
    statutory = sum((line.exact.postal for line in assessment.lines), ZERO)
    if statutory and not assessment.due:
        yield Reason("postal_waived", {"tax": statutory, "waived_up_to": law.waived_up_to}, law.source)
