"""Findings from the assessment: limits and quota (额度), the tax that was collected, legal units that decide a tax."""

from collections.abc import Iterator

from customs.declaration import Declaration
from customs.rules import catalogue
from customs.rules.finding import Finding
from customs.rules.practice import DEFAULT, Practice
from customs.tax import Regime, TaxAssessment


def check_assessment(
    declaration: Declaration, assessment: TaxAssessment, practice: Practice = DEFAULT
) -> Iterator[Finding]:
    """Rule 22, the yearly limit only where the quota used is given; and the tax given against the tax assessed."""
    limits, value, used = assessment.law.limits, assessment.dutiable_value, assessment.quota_used
    if used is not None and used < 0:
        yield catalogue.NEGATIVE.at("quota_used", name="本年度已用额度 quota_used")
    if assessment.regime is Regime.FULL:
        yield catalogue.FULL_TAX.at("order.goods_value", value=value)
    if assessment.regime is Regime.OUTSIDE and used is not None and used + value > limits.yearly:
        yield catalogue.YEARLY_LIMIT.at("quota_used", used=used, value=value, limit=limits.yearly)
    if assessment.regime is Regime.OUTSIDE and value > limits.single:
        yield catalogue.SINGLE_LIMIT.at("order.goods_value", value=value, limit=limits.single)
    given = declaration.order.tax_total
    if assessment.regime is Regime.WITHIN_LIMITS and given is not None and not practice.same(given, assessment.due):
        yield catalogue.TAX_TOTAL.at("order.tax_total", given=given, expected=assessment.due)
    for position, (line, assessed) in enumerate(zip(declaration.order.lines, assessment.lines, strict=True)):
        tested = assessed.tested
        if tested is None or tested.unit is None:
            continue
        field = "legal_unit1" if tested.per == "legal_qty1" else "legal_unit2"
        unit = line.legal_unit1 if tested.per == "legal_qty1" else line.legal_unit2
        if unit != tested.unit:
            path = f"order.lines[{position}].{field}"
            yield catalogue.LEGAL_UNIT.at(path, given=unit or "(无 none)", expected=tested.unit)
