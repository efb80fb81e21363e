"""Findings from the assessment: limits (限值) and quota (额度), the tax collected, statutory units that decide a tax."""

from collections.abc import Iterator

from customs.declaration import Declaration
from customs.rules import catalogue
from customs.rules.finding import Finding
from customs.rules.practice import DEFAULT, Practice
from customs.tax import ExchangeMissingError, QuantityMissingError, RatesMissingError, Regime, TaxAssessment
from customs.tax.statutory_quantity import doubts, short_paid

TaxInputMissing = RatesMissingError | QuantityMissingError | ExchangeMissingError


def check_missing(declaration: Declaration, missing: TaxInputMissing) -> Iterator[Finding]:
    """Yield the inputs that are missing to compute the tax."""
    match missing:
        case RatesMissingError():
            kind = catalogue.TARIFF_MISSING if missing.part == "tariff" else catalogue.RATE_MISSING
            for line in missing.lines:
                hs_code = declaration.order.lines[line].hs_code
                yield kind.at(f"order.lines[{line}].hs_code", hs_code=hs_code, day=missing.day)
        case QuantityMissingError():
            yield catalogue.QUANTITY_MISSING.at(f"order.lines[{missing.line}].legal_qty1", unit=missing.unit)
        case ExchangeMissingError():
            yield catalogue.EXCHANGE_MISSING.at("", currency=missing.currency, day=missing.day)


def check_assessment(
    declaration: Declaration, assessment: TaxAssessment, practice: Practice = DEFAULT
) -> Iterator[Finding]:
    """Check the limits (rule 22; the yearly limit only if the quota used is given) and the tax given against the tax
    assessed.
    """
    limits, value, used = assessment.case.law.limits, assessment.dutiable_value, assessment.case.used
    if used is not None and used < 0:
        yield catalogue.NEGATIVE.at("quota_used", name="本年度已用额度 quota_used")
    if assessment.regime is Regime.FULL:
        yield catalogue.FULL_TAX.at("order.goods_value", value=value)
    if assessment.regime is Regime.OUTSIDE and used is not None and used + value > limits.yearly:
        yield catalogue.YEARLY_LIMIT.at("quota_used", used=used, value=value, limit=limits.yearly)
    if assessment.regime is Regime.OUTSIDE and value > limits.single:
        yield catalogue.SINGLE_LIMIT.at("order.goods_value", value=value, limit=limits.single)
    given = declaration.order.tax_total
    if given is not None and assessment.regime is not Regime.OUTSIDE:
        due = assessment.due
        if given != due and not practice.tolerates(given, due):
            yield catalogue.TAX_TOTAL.at("order.tax_total", given=given, expected=due)
    for position, (line, assessed) in enumerate(zip(declaration.order.lines, assessment.lines, strict=True)):
        tested = assessed.tested
        if tested is None or tested.unit is None:
            continue
        field = "legal_unit1" if tested.per == "legal_qty1" else "legal_unit2"
        unit = line.legal_unit1 if tested.per == "legal_qty1" else line.legal_unit2
        if unit != tested.unit:
            path = f"order.lines[{position}].{field}"
            yield catalogue.LEGAL_UNIT.at(path, given=unit or "(无 none)", expected=tested.unit)
    yield from _doubtful_quantities(declaration, assessment)


def _doubtful_quantities(declaration: Declaration, assessment: TaxAssessment) -> Iterator[Finding]:
    """Statutory quantities of cosmetics that stay below a threshold only because they contradict the specification."""
    for position, (line, assessed) in enumerate(zip(declaration.order.lines, assessment.lines, strict=True)):
        below = assessed.tested and assessed.tier is not assessed.tested.tiers[0]
        doubt = doubts(line, assessed) if below else None
        short = short_paid(assessment, doubt) if doubt else 0
        if doubt and short > 0:
            path = f"order.lines[{position}].{doubt.per}"
            yield catalogue.LEGAL_QUANTITY.at(path, declared=doubt.declared, stated=doubt.stated, short=short)
