"""What may have been reckoned otherwise (差异原因的假设): commodity code, law, regime, transport, rounding, formula.

Each supposition is the case of the assessment with one thing changed; it is a cause if its assessment is the bill. Sources: Cai Guan
Shui [2016] 18 for what is right; for what goes wrong, the figures in circulation that leave the gross-up out (32.9 and 22.4 per
cent), and the choices on which practice differs.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import groupby

from customs.fields.money import CENT, EXACT, ONE, ZERO, to_cents
from customs.reconciliation.trial import Supposition, Trial, gnums
from customs.tax import law as laws
from customs.tax.apportionment import Apportionment
from customs.tax.assessment import Formula, decide
from customs.tax.case import Case
from customs.tax.formula import Taxes, taxes
from customs.tax.method import Rounding
from customs.tax.rates import Rate, RateMissingError
from customs.tax.result import Regime

# commodity code, law, regime


def another_code(trial: Trial) -> Iterator[Supposition]:
    """The goods are classified as the bill says; needs rates."""
    case, codes = trial.case, [line.hs_code for line in trial.billed.lines]
    changed = [position for position, each in enumerate(case.goods) if each.hs_code != codes[position]]
    rates = _rates_on(trial, codes, case.law.day) if changed else None
    if rates:
        goods = tuple(
            each._replace(hs_code=code, rate=rate) for each, code, rate in zip(case.goods, codes, rates, strict=True)
        )
        found = "、".join(codes[position] for position in changed)
        yield trial.suppose("commodity-code", case._replace(goods=goods), lines=gnums(changed), facts={"found": found})


def another_day(trial: Trial) -> Iterator[Supposition]:
    """The law of another day, the goods' rates of another day, or both; days under one and the same law are tried once."""
    own = _effect(trial, trial.case)
    days = _days(trial)
    versions = [_versions(trial, day) for day in days]
    for code in ("law-day", "law-and-rates-day", "rates-day"):
        effects = [_effect(trial, version[code]) if code in version else None for version in versions]
        for effect, span in groupby(range(len(days)), key=effects.__getitem__):
            if effect is None or effect == own:
                continue
            tried = {days[position]: versions[position][code] for position in span}
            first, last = min(tried), max(tried)
            named = next((day for day in trial.days if day in tried), first)
            yield trial.suppose(code, tried[named], facts=_span(named, first, None if last == days[-1] else last))


def _versions(trial: Trial, day: date) -> dict[str, Case]:
    """The case under the law of a day, with the goods' rates of that day, or both."""
    case, law = trial.case, laws.on(day)
    # rates of exchange that the caller gave stay; those that the law knew of its month give way to those of the other month
    given = {currency: rate for currency, rate in case.exchange.items() if case.law.exchange.get(currency) != rate}
    found = {"law-day": case._replace(law=law, exchange={**case.exchange, **law.exchange, **given})}
    rates = _rates_on(trial, [each.hs_code for each in case.goods], day)
    if rates:
        goods = tuple(each._replace(rate=rate) for each, rate in zip(case.goods, rates, strict=True))
        found["rates-day"] = case._replace(goods=goods)
        both = found["law-day"]._replace(goods=goods)
        if _effect(trial, both) not in [_effect(trial, each) for each in found.values()]:
            found["law-and-rates-day"] = both
    return found


def _effect(trial: Trial, case: Case) -> tuple[object, ...]:
    """What a law and the goods' rates do to a parcel: two laws of one effect need not both be tried."""
    law, assessment = case.law, trial.assessment
    regime = trial.regime or decide(
        law.limits, assessment.dutiable_value, assessment.pieces, case.used or ZERO, case.method
    )
    rates = [each.rate for each in case.goods]
    classes = [law.consumption.get(each.consumption or "") for each in rates]
    foreign = any(tier.currency for tested in classes if tested for tier in tested.tiers)
    tariffs = [(each.mfn, each.provisional, each.agreements) for each in rates] if regime is Regime.FULL else None
    return (
        regime,
        law.factor,
        [law.vat.get(each.vat) for each in rates],
        classes,
        tariffs,
        dict(case.exchange) if foreign else None,
    )


def _days(trial: Trial) -> list[date]:
    """The days to try: each on which a law began, the day before, those that the caller gave, and where rates are given those next
    to the span of the goods' own rows.
    """
    one = timedelta(days=1)
    days = {*trial.days, *laws.changes(), *(day - one for day in laws.changes())}
    if trial.rates:
        for rate in (each.rate for each in trial.case.goods):
            days |= {rate.valid_from, rate.valid_from - one} if rate.valid_from > laws.first_day() else set()
            days |= {rate.valid_to, rate.valid_to + one} if rate.valid_to < date.max else set()
    return sorted(day for day in days if laws.first_day() <= day < date.max)


def _span(day: date, first: date, last: date | None) -> dict[str, object]:
    zh, en = (f"{first} 起", f"from {first} on") if last is None else (f"{first} 至 {last}", f"from {first} to {last}")
    return {"day": day, "first": first, "last": last, "span": (zh, en)}


def _rates_on(trial: Trial, codes: Iterable[str], day: date) -> tuple[Rate, ...] | None:
    """The rates of some codes on a day, None where the caller gave no table or it lacks one of them."""
    try:
        return tuple(trial.rates.rate(code, day) for code in codes) if trial.rates else None
    except RateMissingError:
        return None


def another_regime(trial: Trial) -> Iterator[Supposition]:
    """Full tax instead of the reduced one, or the reverse, as where customs counted another quota."""
    if trial.assessment.regime is Regime.WITHIN_LIMITS:
        yield trial.suppose("full-tax", regime=Regime.FULL)
    elif trial.assessment.regime is Regime.FULL:
        yield trial.suppose("within-limits", regime=Regime.WITHIN_LIMITS)


def another_tariff(trial: Trial) -> Iterator[Supposition]:
    """At full tax, tariffs of trade agreements or not, and those of most favoured nations in spite of lower provisional ones."""
    case = trial.case
    if trial.assessment.regime is not Regime.FULL:
        return
    if any(each.rate.agreements for each in case.goods):
        applied = not case.method.agreement_tariff
        words = ("适用了协定税率", "applied") if applied else ("未适用协定税率", "not applied")
        method = replace(case.method, agreement_tariff=applied)
        yield trial.suppose("agreement-tariff", case._replace(method=method), facts={"applied": words})
    if any(each.rate.provisional is not None for each in case.goods):
        goods = tuple(each._replace(rate=replace(each.rate, provisional=None)) for each in case.goods)
        yield trial.suppose("provisional-tariff-left-out", case._replace(goods=goods))


# freight and insurance


def other_transport(trial: Trial) -> Iterator[Supposition]:
    """Freight and insurance left out, counted twice, or of another amount, which the bill's dutiable values tell."""
    case = trial.case
    freight, insurance = case.freight, case.insurance
    known = {
        "freight-left-out": (ZERO, insurance),
        "insurance-left-out": (freight, ZERO),
        "transport-left-out": (ZERO, ZERO),
        "insurance-twice": (freight + insurance, insurance),
        "insurance-in-freight": (freight - insurance, insurance),
    }
    amounts = [*known.items(), *(("transport-amount", each) for each in _transport_billed(trial))]
    tried = {(freight, insurance)}
    for code, (one, other) in amounts:
        if (one, other) not in tried and min(one, other) >= 0:
            tried.add((one, other))
            changed = case._replace(freight=one, insurance=other)
            yield trial.suppose(code, changed, facts={"freight": one, "insurance": other})


def _transport_billed(trial: Trial) -> Iterator[tuple[Decimal, Decimal]]:
    """The freight to which the bill's dutiable values come beside the insurance, or without it where they come to less."""
    case = trial.case
    values = sum((each.value for each in case.goods), ZERO)
    billed = sum((line.dutiable_value for line in trial.billed.lines), ZERO) - values
    # values with fractions of a cent were rounded line by line, so that the sum tells the freight to a few cents only
    near = range(-2, 3) if values != to_cents(values) else (0,)
    for cents in near:
        amount = to_cents(billed) + cents * CENT
        yield (amount - case.insurance, case.insurance) if amount >= case.insurance else (amount, ZERO)


def other_shares(trial: Trial) -> Iterator[Supposition]:
    """Freight and insurance spread over the lines in another way, or put on one of them."""
    case = trial.case
    if not case.freight and not case.insurance:
        return
    weighed = all(each.weight is not None for each in case.goods)
    for strategy in Apportionment:
        if strategy != case.method.apportionment and (weighed or strategy is not Apportionment.BY_WEIGHT):
            changed = case._replace(method=replace(case.method, apportionment=strategy))
            yield trial.suppose("apportionment", changed, facts={"otherwise": strategy})
    if len(case.goods) > 1:
        # weights of which one line has all put the whole on it
        method = replace(case.method, apportionment=Apportionment.BY_WEIGHT)
        for position in range(len(case.goods)):
            goods = tuple(each._replace(weight=ONE if at == position else ZERO) for at, each in enumerate(case.goods))
            yield trial.suppose(
                "transport-on-one-line", case._replace(goods=goods, method=method), lines=gnums([position])
            )


# rounding and formula


def other_rounding(trial: Trial) -> Iterator[Supposition]:
    """Rounded at another step, or in another way."""
    case = trial.case
    for rounding in Rounding:
        if rounding != case.method.rounding:
            changed = case._replace(method=replace(case.method, rounding=rounding))
            yield trial.suppose("rounding", changed, facts={"otherwise": rounding})
    if any(line.exact.consumption for line in trial.assessment.lines):
        yield trial.suppose("consumption-rounded-first", formula=_consumption_rounded_first)


def other_formula(trial: Trial) -> Iterator[Supposition]:
    """One of the mistakes that formulas of this tax are seen with."""
    case, factor = trial.case, trial.assessment.factor
    if any(line.exact.consumption for line in trial.assessment.lines):
        for code, formula in FORMULAS.items():
            yield trial.suppose(code, formula=formula)
        if factor != ONE:
            yield trial.suppose("factor-in-gross-up", formula=partial(_factor_in_gross_up, factor))
    if factor != ONE:
        yield trial.suppose("factor-left-out", case._replace(law=replace(case.law, factor=ONE)))


def _consumption_rounded_first(
    value: Decimal, tariff: Decimal, vat: Decimal, rate: Decimal, specific: Decimal = ZERO
) -> Taxes:
    exact = taxes(value, tariff, vat, rate, specific)
    return _with_vat_on(value, exact._replace(consumption=to_cents(exact.consumption)), vat)


def _no_gross_up(value: Decimal, tariff: Decimal, vat: Decimal, rate: Decimal, specific: Decimal = ZERO) -> Taxes:
    due = EXACT.multiply(value, tariff)
    base = EXACT.add(EXACT.add(value, due), specific)
    return Taxes(due, EXACT.add(EXACT.multiply(base, rate), specific), EXACT.multiply(base, vat))


def _no_gross_up_of_consumption(
    value: Decimal, tariff: Decimal, vat: Decimal, rate: Decimal, specific: Decimal = ZERO
) -> Taxes:
    return _with_vat_on(value, _no_gross_up(value, tariff, vat, rate, specific), vat)


def _vat_without_consumption(
    value: Decimal, tariff: Decimal, vat: Decimal, rate: Decimal, specific: Decimal = ZERO
) -> Taxes:
    exact = taxes(value, tariff, vat, rate, specific)
    return exact._replace(vat=EXACT.multiply(EXACT.add(value, exact.tariff), vat))


def _specific_outside_gross_up(
    value: Decimal, tariff: Decimal, vat: Decimal, rate: Decimal, specific: Decimal = ZERO
) -> Taxes:
    exact = taxes(value, tariff, vat, rate)
    return _with_vat_on(value, exact._replace(consumption=EXACT.add(exact.consumption, specific)), vat)


def _factor_in_gross_up(
    factor: Decimal, value: Decimal, tariff: Decimal, vat: Decimal, rate: Decimal, specific: Decimal = ZERO
) -> Taxes:
    due = EXACT.multiply(value, tariff)
    share = EXACT.subtract(ONE, EXACT.multiply(rate, factor))
    base = EXACT.add(EXACT.add(value, due), specific)
    consumption = EXACT.add(EXACT.divide(EXACT.multiply(base, rate), share), specific)
    return Taxes(due, consumption, EXACT.divide(EXACT.multiply(base, vat), share))


def _with_vat_on(value: Decimal, due: Taxes, vat: Decimal) -> Taxes:
    """VAT on a dutiable value with its tariff and consumption tax."""
    return due._replace(vat=EXACT.multiply(EXACT.add(EXACT.add(value, due.tariff), due.consumption), vat))


#: Wrong formulas by what is wrong with them.
FORMULAS: Mapping[str, Formula] = {
    "gross-up-missing": _no_gross_up,
    "gross-up-missing-in-consumption": _no_gross_up_of_consumption,
    "vat-without-consumption": _vat_without_consumption,
    "specific-outside-gross-up": _specific_outside_gross_up,
}
