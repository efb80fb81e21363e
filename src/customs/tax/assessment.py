"""The assessment (计税): regime, dutiable values and tax of a parcel by the law of its declaration day.

Dutiable value (完税价格) is the price really paid for the goods with the freight and insurance that the buyer pays.
Open price cuts lower it, since they lower the price; vouchers and points are a means of payment and do not. Sources: Cai Guan
Shui [2016] 18 and [2018] 49, announcement 194 of 2018, Shui Guan Han [2016] 73 as it is quoted.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext

from customs.declaration import Declaration
from customs.fields.money import CENT, EXACT, ONE, ZERO, to_cents
from customs.tax import law as laws
from customs.tax.apportionment import Apportionment, apportion
from customs.tax.case import (
    Case,
    ExchangeMissingError,
    Goods,
    QuantityMissingError,
    RatesMissingError,
    goods_of,
    pieces_of,
    transport_costs,
)
from customs.tax.formula import NOTHING, Taxes, sum_of, taxes
from customs.tax.law import ConsumptionTax, Limits, Tier
from customs.tax.method import DEFAULT, Method, Rounding
from customs.tax.postal import assess_postal
from customs.tax.rates import RateTable, shipped
from customs.tax.result import LineAssessment, Regime, TaxAssessment, factor_of

Formula = Callable[[Decimal, Decimal, Decimal, Decimal, Decimal], Taxes]


def decide(limits: Limits, value: Decimal, pieces: Decimal, used: Decimal, method: Method = DEFAULT) -> Regime:
    """The regime of an order by dutiable value and pieces, ``used`` being the quota of the year before it (all CNY).

    A limit is exceeded only by more than itself: exactly 5,000 is inside.

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
    used: Decimal | None = None,
    order_day: date | None = None,
    rates: RateTable | None = None,
    method: Method = DEFAULT,
    exchange: Mapping[str, Decimal] | None = None,
    weights: Sequence[Decimal] | None = None,
) -> TaxAssessment:
    """The tax of a parcel by the law of its declaration day ``on``.

    ``used`` is the quota of the year that the buyer used before, by default what the declaration says. ``order_day`` is named
    in the trail and decides nothing. ``exchange`` are customs exchange rates of the month, CNY by currency code, beside the few
    that the law knows; beer needs that of the US dollar (502). ``weights`` of the lines serve to apportion by weight.

    Freight and insurance are those of the waybill where given, the order's freight otherwise. Raises ``RatesMissingError``
    when a commodity code has no rate, ``ExchangeMissingError``, ``QuantityMissingError``, and ``LawError`` for a day before
    the first that is known. Before the regime began, on 2016-04-08, parcels were taxed as postal articles.

    >>> from customs.testing import sample_parcels
    >>> parcel = next(sample_parcels(1, seed=7, mode="9610"))
    >>> assessment = assess(parcel, on=date(2026, 11, 11))
    >>> assessment.regime.value, assessment.dutiable_value, assessment.due
    ('within_limits', Decimal('...'), Decimal('...'))
    """
    law = laws.on(on)
    goods = goods_of(declaration.order.lines, on, rates or shipped(), weights)
    freight, insurance = transport_costs(declaration)
    known = declaration.quota_used if used is None else used
    rates_of_exchange = {**law.exchange, **exchange} if exchange else law.exchange
    return compute(Case(goods, freight, insurance, known, law, method, rates_of_exchange, order_day))


def compute(case: Case, *, regime: Regime | None = None, formula: Formula = taxes) -> TaxAssessment:
    """The assessment of a case; its regime is decided unless one is given. Raises as ``assess``.

    The decimal context of the caller changes no figure.
    """
    with localcontext(EXACT):
        return assess_postal(case, case.law.postal) if case.law.postal else _computed(case, regime, formula)


def _computed(case: Case, regime: Regime | None, formula: Formula) -> TaxAssessment:
    law, method, goods = case.law, case.method, case.goods
    freight, insurance = _shares(case)
    dutiable = [each.value + one + other for each, one, other in zip(goods, freight, insurance, strict=True)]
    if method.cents_of_value:
        dutiable = [value.quantize(CENT, ROUND_HALF_UP) for value in dutiable]
    whole, pieces = sum(dutiable, ZERO), pieces_of(goods)
    regime = regime or decide(law.limits, whole, pieces, case.used or ZERO, method)
    factor, full = factor_of(law, regime), regime is Regime.FULL
    _check_rates(case, full)
    rounded = _ROUNDED[method.rounding]
    lines = []
    for position, (each, value) in enumerate(zip(goods, dutiable, strict=True)):
        rate = each.rate
        tested = law.consumption.get(rate.consumption) if rate.consumption else None
        tier = _tier(case, tested, each, each.value if method.threshold_on_price else value) if tested else None
        specific = _specific(tested, tier, each, position) if tested and tier and tier.specific else ZERO
        tariff = (rate.tariff(each.origin if method.agreement_tariff else None) or ZERO) if full else ZERO
        vat = law.vat[rate.vat][0]
        exact = formula(value, tariff, vat, tier.rate if tier else ZERO, specific)
        lines.append(
            LineAssessment(
                position + 1,
                each,
                freight[position],
                insurance[position],
                value,
                tariff,
                vat,
                tested,
                tier,
                specific,
                exact,
                rounded(exact, factor),
            )
        )
    if method.rounding is Rounding.PER_DECLARATION:
        due = sum_of([line.exact.times(factor) for line in lines]).settled().in_cents()
    else:
        due = sum_of([line.taxes for line in lines])
    return TaxAssessment(case, regime, pieces, tuple(lines), whole, due)


def _half_up(exact: Taxes, factor: Decimal) -> Taxes:
    tariff, consumption, vat, _ = exact
    if tariff or consumption:
        return exact.times(factor).in_cents()
    return Taxes(NOTHING, NOTHING, to_cents(EXACT.multiply(vat, factor)), NOTHING)  # most goods


def _statutory_first(exact: Taxes, factor: Decimal) -> Taxes:
    return exact.in_cents().times(factor).in_cents()


def _down(exact: Taxes, factor: Decimal) -> Taxes:
    return Taxes(*(each.quantize(CENT, ROUND_DOWN, EXACT) for each in exact.times(factor)))


#: How the taxes of a line become due amounts in cents.
_ROUNDED: Mapping[str, Callable[[Taxes, Decimal], Taxes]] = {
    Rounding.PER_LINE: _half_up,
    Rounding.PER_DECLARATION: _half_up,
    Rounding.STATUTORY_FIRST: _statutory_first,
    Rounding.DOWN: _down,
}


def _shares(case: Case) -> tuple[list[Decimal], list[Decimal]]:
    """Each line's share of freight and of insurance."""
    goods, strategy = case.goods, case.method.apportionment
    if not case.freight and not case.insurance:
        return [ZERO] * len(goods), [ZERO] * len(goods)
    ranks = [each.rank for each in goods]
    weights = [each.value for each in goods]
    if strategy is Apportionment.EQUALLY:
        weights = [ONE] * len(goods)
    elif strategy is Apportionment.BY_WEIGHT:
        weights = [each.weight for each in goods if each.weight is not None]
        if len(weights) != len(goods):
            raise ValueError("apportioning by weight needs the weights of the lines: give weights")
    if strategy is Apportionment.FOLDED:
        return _folded(goods, apportion(case.freight + case.insurance, weights, ranks)), [ZERO] * len(goods)
    return apportion(case.freight, weights, ranks), apportion(case.insurance, weights, ranks)


def _folded(goods: Sequence[Goods], shares: Sequence[Decimal]) -> list[Decimal]:
    """By how much the lines cost more with their shares in the unit price, to four places."""
    found = []
    for each, share in zip(goods, shares, strict=True):
        price = (
            EXACT.divide(each.value + share, each.qty).quantize(Decimal("0.0001"), ROUND_HALF_UP, EXACT)
            if each.qty
            else ZERO
        )
        found.append(to_cents(EXACT.multiply(price, each.qty)) - each.value if each.qty else ZERO)
    return found


def _check_rates(case: Case, full: bool) -> None:
    """Refuse goods whose VAT band the law of the day does not have, and at full tax those without a tariff."""
    bands = case.law.vat
    if strange := [position for position, each in enumerate(case.goods) if each.rate.vat not in bands]:
        raise RatesMissingError(strange, case.law.day, "VAT band")
    if full and (missing := [position for position, each in enumerate(case.goods) if each.rate.tariff() is None]):
        raise RatesMissingError(missing, case.law.day, "tariff")


def _tier(case: Case, tested: ConsumptionTax, goods: Goods, value: Decimal) -> Tier | None:
    """The first tier whose threshold a value per legal quantity reaches.

    Goods without the legal quantity that is tested count as reaching it: the higher tax is assumed, and the checks name the
    missing quantity.
    """
    qty, _ = goods.quantity(tested.per)
    for tier in tested.tiers:
        if tier.at_least is None or qty is None:
            return tier
        threshold = tier.at_least * qty
        if tier.currency is None:
            reached = value >= threshold
        elif (rate := case.exchange.get(tier.currency)) is not None:
            reached = value * tier.divisor >= threshold * rate
        else:
            raise ExchangeMissingError(tier.currency, case.law.day)
        if reached:
            return tier
    return None


def _specific(tested: ConsumptionTax, tier: Tier, goods: Goods, position: int) -> Decimal:
    """Specific tax: legal quantity x amount for its unit."""
    qty, unit = goods.quantity(tested.per)
    if qty is None:
        raise QuantityMissingError(position, tested.unit)
    return EXACT.multiply(qty, tier.amount(unit))
