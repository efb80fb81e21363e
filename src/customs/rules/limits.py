"""Findings from the assessment: limits (限值) and quota (额度), the tax collected, statutory units that decide a tax."""

from collections.abc import Iterator

from customs.declaration import Declaration, Line
from customs.fields.money import exactly
from customs.rules import catalogue
from customs.rules.finding import Finding
from customs.rules.practice import DEFAULT, Practice
from customs.tax import (
    ExchangeMissingError,
    LineAssessment,
    QuantityMissingError,
    Rate,
    RatesMissingError,
    Regime,
    TaxAssessment,
)
from customs.tax.law import ConsumptionTax
from customs.tax.statutory_quantity import Doubt, doubts, short_paid

#: Headings of batteries (税目 8506, 8507), whose kind decides the consumption tax.
BATTERIES = ("8506", "8507")

#: A unit that is not given.
NOTHING = "（无 none）"

TaxInputMissing = RatesMissingError | QuantityMissingError | ExchangeMissingError


@exactly
def check_missing(declaration: Declaration, missing: TaxInputMissing) -> list[Finding]:
    """Return a finding for each input that is missing to compute the tax."""
    match missing:
        case RatesMissingError():
            kind = catalogue.TARIFF_MISSING if missing.part == "tariff" else catalogue.RATE_MISSING
            lines = declaration.order.lines
            return [
                kind.at(f"order.lines[{line}].hs_code", hs_code=lines[line].hs_code, day=missing.day)
                for line in missing.lines
            ]
        case QuantityMissingError():
            return [catalogue.QUANTITY_MISSING.at(f"order.lines[{missing.line}].legal_qty1", unit=missing.unit)]
        case ExchangeMissingError():
            return [catalogue.EXCHANGE_MISSING.at("", currency=missing.currency, day=missing.day)]


@exactly
def check_assessment(
    declaration: Declaration, assessment: TaxAssessment, practice: Practice = DEFAULT
) -> list[Finding]:
    """Check the limits (rule 22; the yearly limit only if the quota used is given) and the tax given against the tax
    assessed.
    """
    found: list[Finding] = []
    regime, used = assessment.regime, assessment.case.used
    if used is not None and used < 0:
        found.append(catalogue.NEGATIVE.at("quota_used", name="本年度已用额度 quota_used"))
    if regime is not Regime.WITHIN_LIMITS:
        found += _beyond(assessment)
    given = declaration.order.tax_total
    if given is not None and regime is not Regime.OUTSIDE:
        due = assessment.due
        if given != due and not practice.tolerates(given, due):
            found.append(catalogue.TAX_TOTAL.at("order.tax_total", given=given, expected=due))
    for position, assessed in enumerate(assessment.lines):
        if _is_odd(assessed):
            found += _statutory(position, declaration.order.lines[position], assessed, assessment)
    return found


def _beyond(assessment: TaxAssessment) -> Iterator[Finding]:
    """Yield what follows from a limit that is exceeded."""
    limits, value, used = assessment.law.limits, assessment.dutiable_value, assessment.quota_used
    if assessment.regime is Regime.FULL:
        yield catalogue.FULL_TAX.at("order.goods_value", value=value)
    if assessment.regime is not Regime.OUTSIDE:
        return
    if used is not None and used + value > limits.yearly:
        yield catalogue.YEARLY_LIMIT.at("quota_used", used=used, value=value, limit=limits.yearly)
    if value > limits.single:
        yield catalogue.SINGLE_LIMIT.at("order.goods_value", value=value, limit=limits.single)


def _is_odd(assessed: LineAssessment) -> bool:
    """True if a line deserves a closer look: its units are not the tariff's, or no tax or less than the highest is due."""
    goods, tested = assessed.goods, assessed.tested
    rate, ((_, unit1), (_, unit2)) = goods.rate, goods.measured
    if unit1 != rate.legal_unit1 or unit2 != rate.legal_unit2:
        return True
    return rate.hs_code.startswith(BATTERIES) if tested is None else assessed.tier is not tested.tiers[0]


def _statutory(position: int, line: Line, assessed: LineAssessment, assessment: TaxAssessment) -> Iterator[Finding]:
    """Yield statutory units other than the tariff's, and a quantity that stays below a threshold by a contradiction."""
    tested, rate = assessed.tested, assessed.goods.rate
    if (line.legal_unit1, line.legal_unit2) != (rate.legal_unit1, rate.legal_unit2):
        yield from _units(position, line, rate, tested)
    if rate.consumption is None and rate.hs_code.startswith(BATTERIES):
        yield catalogue.BATTERY_CLASS.at(f"order.lines[{position}].hs_code", hs_code=rate.hs_code)
    if tested and assessed.tier is not tested.tiers[0] and (doubt := doubts(line, assessed)):
        yield from _doubtful_quantity(position, doubt, assessment)


def _units(position: int, line: Line, rate: Rate, tested: ConsumptionTax | None) -> Iterator[Finding]:
    """Yield the statutory units that are not the tariff's, or not the one that decides consumption tax."""
    rows = (
        ("legal_qty1", "legal_unit1", "第一法定计量单位 unit1", line.legal_unit1, rate.legal_unit1),
        ("legal_qty2", "legal_unit2", "第二法定计量单位 unit2", line.legal_unit2, rate.legal_unit2),
    )
    for qty, field, name, given, expected in rows:
        path, shown = f"order.lines[{position}].{field}", given or NOTHING
        if tested and tested.unit and qty == tested.per:
            if given != tested.unit:
                yield catalogue.LEGAL_UNIT.at(path, given=shown, expected=tested.unit)
        elif given != expected:
            yield catalogue.TARIFF_UNIT.at(
                path, name=name, given=shown, hs_code=rate.hs_code, expected=expected or NOTHING
            )


def _doubtful_quantity(position: int, doubt: Doubt, assessment: TaxAssessment) -> Iterator[Finding]:
    """Yield the finding on a statutory quantity of cosmetics that contradicts the specification and saves tax."""
    short = short_paid(assessment, doubt)
    if short > 0:
        path = f"order.lines[{position}].{doubt.per}"
        yield catalogue.LEGAL_QUANTITY.at(path, declared=doubt.declared, stated=doubt.stated, short=short)
