"""Suppositions of causes (差异原因的假设): commodity code, law, regime, tariff, transport, rounding, formula.

Each supposition is the case of the assessment with one thing changed; it is a cause if its assessment gives the bill.
Source of the right way: Cai Guan Shui [2016] 18; of the others: the choices on which practice differs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import groupby

from customs.fields.frozen import FrozenDict
from customs.fields.money import CENT, ONE, ZERO, to_cents
from customs.reconciliation.mistakes import FORMULAS, consumption_rounded_first, factor_in_gross_up
from customs.reconciliation.trial import Supposition, Trial, gnums
from customs.reconciliation.words import FITTED
from customs.tax import law as laws
from customs.tax.apportionment import Apportionment
from customs.tax.assessment import decide
from customs.tax.case import Case
from customs.tax.method import Rounding
from customs.tax.rates import Rate, RateMissingError
from customs.tax.result import Regime

# commodity code, law, regime


def another_code(trial: Trial) -> Iterator[Supposition]:
    """Suppose that the goods are classified as in the bill; needs rates."""
    case, codes = trial.case, [line.hs_code for line in trial.billed.lines]
    changed = [position for position, each in enumerate(case.goods) if each.hs_code != codes[position]]
    rates = _rates_on(trial, codes, case.law.day) if changed else None
    if rates:
        goods = tuple(
            each._replace(hs_code=code, rate=rate) for each, code, rate in zip(case.goods, codes, rates, strict=True)
        )
        facts = {"billed": "、".join(codes[position] for position in changed)}
        yield trial.suppose("commodity-code", case._replace(goods=goods), lines=gnums(changed), facts=facts)


def another_day(trial: Trial) -> Iterator[Supposition]:
    """Suppose the law or the goods' rates of another day, or both; days with the same effect are tried once."""
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
            facts = _span(named, first, None if last == days[-1] else last)
            yield trial.suppose(code, tried[named], facts=facts)


def _versions(trial: Trial, day: date) -> dict[str, Case]:
    """Return the case under the law of a day, with the goods' rates of that day, or both, by code."""
    case, law = trial.case, laws.on(day)
    # exchange rates that the caller gave stay; those of the law's month give way to those of the other month
    given = {currency: rate for currency, rate in case.exchange.items() if case.law.exchange.get(currency) != rate}
    exchange = FrozenDict({**case.exchange, **law.exchange, **given})
    versions = {"law-day": case._replace(law=law, exchange=exchange)}
    rates = _rates_on(trial, [each.hs_code for each in case.goods], day)
    if rates:
        goods = tuple(each._replace(rate=rate) for each, rate in zip(case.goods, rates, strict=True))
        versions["rates-day"] = case._replace(goods=goods)
        both = versions["law-day"]._replace(goods=goods)
        if _effect(trial, both) not in [_effect(trial, each) for each in versions.values()]:
            versions["law-and-rates-day"] = both
    return versions


def _effect(trial: Trial, case: Case) -> tuple[object, ...]:
    """Return everything by which a law and the goods' rates affect a parcel, so that equal effects are tried once."""
    law, assessment = case.law, trial.assessment
    regime = trial.calculation.regime or decide(
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
    """Return the days to try: the first day of each law, the day before, and the days of the caller.

    With rates, also the days around the span of the goods' own rows.
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
    """Return the rates of codes on a day, None where the caller gave no table or it lacks one of them."""
    try:
        return tuple(trial.rates.rate(code, day) for code in codes) if trial.rates else None
    except RateMissingError:
        return None


def another_regime(trial: Trial) -> Iterator[Supposition]:
    """Suppose full tax instead of the reduced one, or the reverse, as when customs counted another quota."""
    if trial.assessment.regime is Regime.WITHIN_LIMITS:
        yield trial.suppose("full-tax", regime=Regime.FULL)
    elif trial.assessment.regime is Regime.FULL:
        yield trial.suppose("within-limits", regime=Regime.WITHIN_LIMITS)


def another_tariff(trial: Trial) -> Iterator[Supposition]:
    """Suppose, at full tax, that trade agreements were applied or not, or that provisional tariffs were left out."""
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
    """Suppose freight and insurance left out, counted twice, or of another amount that the bill's values imply."""
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
            facts = {"freight": one, "insurance": other, FITTED: code == "transport-amount"}
            yield trial.suppose(code, changed, facts=facts)


def _transport_billed(trial: Trial) -> Iterator[tuple[Decimal, Decimal]]:
    """Yield the freight and insurance that the billed values imply; insurance is 0 where they leave no room."""
    case = trial.case
    values = sum((each.value for each in case.goods), ZERO)
    billed = sum((line.dutiable_value for line in trial.billed.lines), ZERO) - values
    # values with fractions of a cent were rounded line by line, so the sum gives the freight only to a few cents
    near = range(-2, 3) if values != to_cents(values) else (0,)
    for cents in near:
        amount = to_cents(billed) + cents * CENT
        yield (amount - case.insurance, case.insurance) if amount >= case.insurance else (amount, ZERO)


def other_shares(trial: Trial) -> Iterator[Supposition]:
    """Suppose freight and insurance spread over the lines in another way, or put on one of them."""
    case = trial.case
    if not case.freight and not case.insurance:
        return
    weighed = all(each.weight is not None for each in case.goods)
    for strategy in Apportionment:
        if strategy != case.method.apportionment and (weighed or strategy is not Apportionment.BY_WEIGHT):
            changed = case._replace(method=replace(case.method, apportionment=strategy))
            yield trial.suppose("apportionment", changed, facts={"otherwise": strategy})
    if len(case.goods) > 1:
        # with all the weight on one line, it bears all freight and insurance
        method = replace(case.method, apportionment=Apportionment.BY_WEIGHT)
        for position in range(len(case.goods)):
            goods = tuple(each._replace(weight=ONE if at == position else ZERO) for at, each in enumerate(case.goods))
            yield trial.suppose(
                "transport-on-one-line", case._replace(goods=goods, method=method), lines=gnums([position])
            )


# rounding and formula


def other_rounding(trial: Trial) -> Iterator[Supposition]:
    """Suppose rounding at another step, or in another way."""
    case = trial.case
    for rounding in Rounding:
        if rounding != case.method.rounding:
            changed = case._replace(method=replace(case.method, rounding=rounding))
            yield trial.suppose("rounding", changed, facts={"otherwise": rounding})
    if any(line.exact.consumption for line in trial.assessment.lines):
        yield trial.suppose("consumption-rounded-first", formula=consumption_rounded_first)


def other_formula(trial: Trial) -> Iterator[Supposition]:
    """Suppose one of the mistakes that programs make in the formula."""
    case, factor = trial.case, trial.assessment.factor
    if any(line.exact.consumption for line in trial.assessment.lines):
        for code, formula in FORMULAS.items():
            yield trial.suppose(code, formula=formula)
        if factor != ONE:
            yield trial.suppose("factor-in-gross-up", formula=partial(factor_in_gross_up, factor))
    if factor != ONE:
        yield trial.suppose("factor-left-out", case._replace(law=replace(case.law, factor=ONE)))
