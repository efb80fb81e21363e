"""The assessment (计税): regime, dutiable values and tax of a parcel by the law of its declaration day.

The dutiable value (计税价格) is the price really paid for the goods with the freight and insurance that the buyer pays.
Open price cuts lower it, since they lower the price; vouchers and points are a means of payment and do not. Sources:
Cai Guan Shui [2016] 18 and [2018] 49, announcement 194 of 2018, Shui Guan Han [2016] 73 as quoted elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import partial

from customs.declaration import Declaration
from customs.fields.frozen import FrozenDict, made
from customs.fields.money import CENT, EXACT, ONE, ZERO, Amount, exactly, to_cents
from customs.tax import law as laws
from customs.tax.apportionment import Apportionment, spread
from customs.tax.case import (
    Case,
    ExchangeMissingError,
    Goods,
    QuantityMissingError,
    RatesMissingError,
    goods_of,
    pieces_of,
    ranked,
    transport_costs,
)
from customs.tax.formula import NOTHING, Formula, Taxes, sum_of, taxes
from customs.tax.law import ConsumptionTax, Limits, Tier
from customs.tax.method import DEFAULT, Method, Rounding
from customs.tax.postal import assess_postal
from customs.tax.rate_rows import shipped
from customs.tax.rates import RateTable
from customs.tax.result import LineAssessment, Regime, TaxAssessment


def decide(limits: Limits, value: Amount, pieces: Decimal, used: Amount, method: Method = DEFAULT) -> Regime:
    """Return the regime of an order by dutiable value and pieces; ``used`` is the quota of the year used before it.

    Amounts are in CNY. A limit is exceeded only by more than itself: exactly 5,000 is inside.

    >>> limits = laws.on(date(2026, 11, 11)).limits
    >>> decide(limits, Decimal("5000.00"), Decimal(3), Decimal(0))
    <Regime.WITHIN_LIMITS: 'within_limits'>
    >>> decide(limits, Decimal("5000.01"), Decimal(3), Decimal(0))
    <Regime.OUTSIDE: 'outside'>
    """
    if EXACT.add(used, value) > limits.yearly:
        return Regime.FULL if limits.over_yearly == "full" else Regime.OUTSIDE
    if value <= limits.single:
        return Regime.WITHIN_LIMITS
    if limits.over_single == "full":
        return Regime.FULL
    below = value < limits.yearly or method.full_tax_at_yearly_limit
    return Regime.FULL if pieces == 1 and below else Regime.OUTSIDE


def assess(
    declaration: Declaration,
    *,
    on: date,
    order_day: date | None = None,
    rates: RateTable | None = None,
    method: Method = DEFAULT,
    exchange: Mapping[str, Decimal] | None = None,
    weights: Sequence[Decimal] | None = None,
) -> TaxAssessment:
    """Return the tax of a parcel by the law of its declaration day ``on``.

    The buyer's quota used before is the declaration's ``quota_used``; without it the yearly limit is not checked.
    ``order_day`` appears in the trail and decides nothing. ``exchange`` adds customs exchange rates of the month to
    the few that the law knows, CNY by currency code; beer needs that of the US dollar (502). ``weights`` of the lines
    are for apportioning by weight. Freight and insurance are those of the waybill where given, otherwise the order's
    freight. Days before 2016-04-08, when retail import began, are assessed as postal articles.

    Raises ``RatesMissingError``, ``ExchangeMissingError`` or ``QuantityMissingError`` for a missing fact, and
    ``LawError`` for a day before the first that is known.

    >>> from customs.testing import sample_parcels
    >>> parcel = next(sample_parcels(1, seed=7, mode="9610"))
    >>> assessment = assess(parcel, on=date(2026, 11, 11))
    >>> assessment.regime.value, assessment.dutiable_value, assessment.due
    ('within_limits', Decimal('...'), Decimal('...'))
    """
    law = laws.on(on)
    goods = goods_of(declaration.order.lines, on, rates or shipped(), weights)
    freight, insurance = transport_costs(declaration)
    known = FrozenDict({**law.exchange, **exchange}) if exchange else law.exchange
    case = made(Case, (goods, law, freight, insurance, declaration.quota_used, method, known, order_day))
    return compute(case)


@exactly
def compute(case: Case, *, regime: Regime | None = None, formula: Formula = taxes) -> TaxAssessment:
    """Return the assessment of a case; the case decides the regime unless one is given. Raises like ``assess``."""
    return assess_postal(case, case.law.postal) if case.law.postal else _computed(case, regime, formula)


def _computed(case: Case, regime: Regime | None, formula: Formula) -> TaxAssessment:
    freight, insurance = _shares(case)
    values = [each.value + one + other for each, one, other in zip(case.goods, freight, insurance, strict=True)]
    if case.method.cents_of_value:
        values = [value.quantize(CENT, ROUND_HALF_UP) for value in values]
    value, pieces = sum(values, ZERO), pieces_of(case.goods)
    regime = regime or decide(case.law.limits, value, pieces, case.used or ZERO, case.method)
    full, within = regime is Regime.FULL, regime is Regime.WITHIN_LIMITS
    factor = case.law.factor if within else ONE if full else ZERO
    if full:
        _check_rates(case, full=True)
    try:
        lines = _lines(case, factor, formula, zip(freight, insurance, values, strict=True), full=full)
    except LookupError:
        _check_rates(case, full=full)
        raise
    return made(TaxAssessment, (case, regime, pieces, lines, value, _sum(lines, case.method, factor), factor))


def _lines(
    case: Case, factor: Decimal, formula: Formula, shares: Iterator[tuple[Decimal, Decimal, Decimal]], *, full: bool
) -> tuple[LineAssessment, ...]:
    """Return the assessment of each line; its share is its freight, insurance and dutiable value."""
    law, method = case.law, case.method
    found: list[LineAssessment] = []
    rounded, bands, classes = _ROUNDED[method.rounding], law.vat, law.consumption
    for goods, (freight, insurance, value) in zip(case.goods, shares, strict=True):
        rate, tested, tier, specific, tariff = goods.rate, None, None, ZERO, ZERO
        if rate.consumption and (tested := classes.get(rate.consumption)):
            tier = _tier(case, tested, goods, goods.value if method.threshold_on_price else value)
            specific = _specific(tested, tier, goods, len(found)) if tier and tier.specific else ZERO
        if full:
            tariff = rate.tariff(goods.origin if method.agreement_tariff else None) or ZERO
        vat = bands[rate.vat].rate
        exact = formula(value, tariff, vat, tier.rate if tier else ZERO, specific)
        due, gnum = rounded(exact, factor), len(found) + 1
        line = (gnum, goods, freight, insurance, value, tariff, vat, tested, tier, specific, exact, due, None)
        found.append(made(LineAssessment, line))
    return tuple(found)


def _sum(lines: Sequence[LineAssessment], method: Method, factor: Decimal) -> Taxes:
    """Return the taxes due of all lines, rounded once where the method says so."""
    if method.rounding is Rounding.PER_DECLARATION:
        return sum_of([line.exact.times(factor) for line in lines]).settled().in_cents()
    tariff = consumption = vat = NOTHING
    for line in lines:
        tariff_due, consumption_due, vat_due, _ = line.taxes
        vat += vat_due
        if tariff_due or consumption_due:
            tariff += tariff_due
            consumption += consumption_due
    return made(Taxes, (tariff, consumption, vat, NOTHING))


def _half_up(exact: Taxes, factor: Decimal) -> Taxes:
    tariff, consumption, vat, _ = exact
    if tariff or consumption:
        return exact.times(factor).in_cents()
    return made(Taxes, (NOTHING, NOTHING, (vat * factor).quantize(CENT, ROUND_HALF_UP), NOTHING))  # most goods


def _statutory_first(exact: Taxes, factor: Decimal) -> Taxes:
    return exact.in_cents().times(factor).in_cents()


def _down(exact: Taxes, factor: Decimal) -> Taxes:
    return Taxes(*(each.quantize(CENT, ROUND_DOWN, EXACT) for each in exact.times(factor)))


#: The roundings of a line's taxes in full to the cents that are due.
_ROUNDED: Mapping[str, Callable[[Taxes, Decimal], Taxes]] = {
    Rounding.PER_LINE: _half_up,
    Rounding.PER_DECLARATION: _half_up,
    Rounding.STATUTORY_FIRST: _statutory_first,
    Rounding.DOWN: _down,
}


def _shares(case: Case) -> tuple[list[Decimal], list[Decimal]]:
    """Return each line's share of freight and of insurance."""
    goods, freight, insurance = case.goods, case.freight, case.insurance
    if not freight and not insurance:
        return [ZERO] * len(goods), [ZERO] * len(goods)
    weights, ranking = _weights(case), partial(ranked, goods)
    if case.method.apportionment is Apportionment.FOLDED:
        return _folded(goods, spread([freight + insurance], weights, ranking)[0]), [ZERO] * len(goods)
    of_freight, of_insurance = spread((freight, insurance), weights, ranking)
    return of_freight, of_insurance


def _weights(case: Case) -> list[Decimal]:
    """Return the weights by which freight and insurance are spread over the lines."""
    way = case.method.apportionment
    if way is Apportionment.BY_VALUE or way is Apportionment.FOLDED:
        return [each.value for each in case.goods]
    if way is Apportionment.EQUALLY:
        return [ONE] * len(case.goods)
    weights = [each.weight for each in case.goods if each.weight is not None]
    if len(weights) != len(case.goods):
        raise ValueError("apportioning by weight needs the weights of the lines: give weights")
    return weights


def _folded(goods: Sequence[Goods], shares: Sequence[Decimal]) -> list[Decimal]:
    """Return how much more the lines cost with their shares in the unit price, to four places."""
    added = []
    for each, share in zip(goods, shares, strict=True):
        if not each.qty:
            added.append(ZERO)
            continue
        price = EXACT.divide(each.value + share, each.qty).quantize(Decimal("0.0001"), ROUND_HALF_UP, EXACT)
        added.append(to_cents(EXACT.multiply(price, each.qty)) - each.value)
    return added


def _check_rates(case: Case, *, full: bool) -> None:
    """Refuse goods whose VAT band the law of the day does not have, and at full tax those without a tariff."""
    bands = case.law.vat
    if strange := [position for position, each in enumerate(case.goods) if each.rate.vat not in bands]:
        raise RatesMissingError(strange, case.law.day, "VAT band")
    if full and (missing := [position for position, each in enumerate(case.goods) if each.rate.tariff() is None]):
        raise RatesMissingError(missing, case.law.day, "tariff")


def _tier(case: Case, tested: ConsumptionTax, goods: Goods, value: Decimal) -> Tier | None:
    """Return the first tier whose threshold a value per statutory quantity reaches.

    Goods without the statutory quantity count as reaching it: the higher tax is assumed, and the checks name the
    missing quantity.
    """
    qty, _ = goods.quantity(tested.per)
    for tier in tested.tiers:
        if tier.at_least is None or qty is None or _reaches(case, tier, qty, value):
            return tier
    return None


def _reaches(case: Case, tier: Tier, qty: Decimal, value: Decimal) -> bool:
    """True if a value reaches the threshold of a tier for a statutory quantity."""
    threshold = (tier.at_least or ZERO) * qty
    if tier.currency is None:
        return value >= threshold
    if (rate := case.exchange.get(tier.currency)) is None:
        raise ExchangeMissingError(tier.currency, case.law.day)
    return value >= threshold * rate


def _specific(tested: ConsumptionTax, tier: Tier, goods: Goods, position: int) -> Decimal:
    """Return the specific tax: statutory quantity x amount for its unit."""
    qty, unit = goods.quantity(tested.per)
    if qty is None:
        raise QuantityMissingError(position, tested.unit)
    return EXACT.multiply(qty, tier.amount(unit))
