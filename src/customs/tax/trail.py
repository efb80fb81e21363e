"""The decision trail (判定过程): every step of an assessment with its facts and the source of its rule.

A step names what it is about; its facts, and its sentences in Chinese and English, are made when they are read, so that
a trail costs next to nothing.

>>> from customs.tax import assess
>>> from customs.testing import sample_parcels
>>> assessment = assess(next(sample_parcels(1, seed=7, mode="9610")), on=date(2026, 11, 11))
>>> [step.code for step in explain(assessment)][:2]
['law', 'regime']
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from customs.fields.frozen import made
from customs.fields.money import EXACT, ZERO, exactly
from customs.tax.case import Case
from customs.tax.law import ConsumptionTax, PostalArticles, Tier, dutiable_value_term
from customs.tax.result import LineAssessment, Regime, TaxAssessment

Words = tuple[str, str]
"""Words in Chinese and in English."""

Told = tuple[Mapping[str, Any], str]
"""The facts of a step and the source of its rule."""


class Reason(NamedTuple):
    """One step of a decision: its ``code`` and ``facts``, a sentence in ``zh`` and ``en``, and its ``source``.

    ``line`` is None for a step about the whole parcel.
    """

    code: str
    assessment: TaxAssessment
    line: LineAssessment | None = None

    @property
    def facts(self) -> Mapping[str, Any]:
        """The facts of the step by name; words are pairs, in Chinese and English."""
        return self._told[0]

    @property
    def source(self) -> str:
        """The source of the rule that was applied."""
        return self._told[1]

    @property
    def _told(self) -> Told:
        if self.line is None:
            return _OF_PARCELS[self.code](self.assessment)
        return _OF_LINES[self.code](self.assessment, self.line)

    def __repr__(self) -> str:
        return f"Reason(code={self.code!r}, facts={self.facts!r}, source={self.source!r})"

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


def explain(assessment: TaxAssessment) -> tuple[Reason, ...]:
    """Return the steps of an assessment: law, regime, then each line's value, rates, thresholds and specific taxes."""
    steps = [made(Reason, (code, assessment, None)) for code in ("law", "regime")]
    if assessment.regime is Regime.POSTAL:
        return (*steps, *_postal_steps(assessment))
    for line in assessment.lines if assessment.computed else ():
        steps.append(made(Reason, ("line", assessment, line)))
        if (tested := line.tested) is None:
            continue
        if tested.at_least is not None:
            steps.append(made(Reason, ("threshold", assessment, line)))
        if line.tier and line.tier.specific:
            steps.append(Reason("specific", assessment, line))
    return tuple(steps)


def _postal_steps(assessment: TaxAssessment) -> Iterator[Reason]:
    for line in assessment.lines:
        yield Reason("postal", assessment, line)
    if not assessment.due and any(line.exact.postal for line in assessment.lines):
        yield Reason("postal_waived", assessment)


def standard_of(tested: ConsumptionTax) -> Words:
    """Return the name of a class's threshold (认定标准, 征收标准), in Chinese and English."""
    return _STANDARDS.get(tested.name, ("消费税征收标准", "threshold of consumption tax"))


@cache
def _term(day: date) -> Words:
    return dutiable_value_term(day), "dutiable value"


def _law(assessment: TaxAssessment) -> Told:
    law, day = assessment.law, assessment.case.order_day
    ordered = ("", "") if day is None else (f"（下单日 {day}）", f", ordered on {day}")
    return {"day": law.day, "ordered": ordered}, law.factor_source


def _regime(assessment: TaxAssessment) -> Told:
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
    return facts, limits.source


def _line(assessment: TaxAssessment, line: LineAssessment) -> Told:
    law = assessment.law
    facts = {
        "gnum": line.gnum,
        "hs_code": line.hs_code,
        "dutiable_value": line.dutiable_value,
        "value": line.value,
        "freight": line.freight,
        "insurance": line.insurance,
        "tariff_rate": line.tariff_rate,
        "consumption_rate": line.consumption_rate,
        "vat_rate": line.vat_rate,
        "factor": assessment.factor,
        "term": _term(law.day),
    }
    return facts, f"{law.vat[line.rate.vat].source}; {law.factor_source}"


def _threshold(assessment: TaxAssessment, line: LineAssessment) -> Told:
    tested = line.tested
    assert tested is not None, "the step is about a class of consumption tax"
    facts = {
        "gnum": line.gnum,
        "at_least": _at_least(assessment.case, tested.tiers[0]),
        "reached": REACHED if line.tier is tested.tiers[0] else NOT_REACHED,
        "standard": standard_of(tested),
    }
    return facts, tested.source


def _specific(_: TaxAssessment, line: LineAssessment) -> Told:
    tested = line.tested
    assert tested is not None, "the step is about a class of consumption tax"
    qty = line.goods.quantity(tested.per).qty
    return {"gnum": line.gnum, "qty": qty, "amount": line.consumption_amount, "specific": line.specific}, tested.source


def _at_least(case: Case, tier: Tier) -> Decimal:
    """Return a threshold in CNY per statutory quantity."""
    at_least = tier.at_least or ZERO
    if not tier.currency:
        return at_least
    in_yuan = EXACT.multiply(at_least, case.exchange[tier.currency])
    return in_yuan.quantize(Decimal("0.00000001"), context=EXACT)


def _postal(assessment: TaxAssessment, line: LineAssessment) -> Told:
    facts = {
        "gnum": line.gnum,
        "hs_code": line.hs_code,
        "category": line.rate.postal,
        "value": line.value,
        "rate": line.postal_rate,
        "term": _term(assessment.law.day),
    }
    return facts, _postal_law(assessment).source


@exactly
def _postal_waived(assessment: TaxAssessment) -> Told:
    law, tax = _postal_law(assessment), sum((line.exact.postal for line in assessment.lines), ZERO)
    return {"tax": tax, "waived_up_to": law.waived_up_to}, law.source


def _postal_law(assessment: TaxAssessment) -> PostalArticles:
    law = assessment.law.postal
    assert law is not None, "postal articles are taxed by their own law"
    return law


_OF_PARCELS: Mapping[str, Callable[[TaxAssessment], Told]] = {
    "law": _law,
    "regime": _regime,
    "postal_waived": _postal_waived,
}

_OF_LINES: Mapping[str, Callable[[TaxAssessment, LineAssessment], Told]] = {
    "line": _line,
    "threshold": _threshold,
    "specific": _specific,
    "postal": _postal,
}
