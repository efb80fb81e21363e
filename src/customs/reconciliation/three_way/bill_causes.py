"""Causes of a bill that its own parcel does not show (税单差异原因): another parcel, another month, another record.

Each computes the figures that the bill would have, and is a cause only if every one of them is the bill's.
"""

from collections.abc import Callable, Iterator
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

from customs.fields.frozen import FrozenDict
from customs.fields.money import CENT, EXACT, ONE, to_cents
from customs.reconciliation.search import reconcile
from customs.reconciliation.three_way.points import TaxPoint, point_of
from customs.reconciliation.three_way.sides import (
    BillSide,
    ConvertedPrices,
    OwnSide,
    StatedTransport,
    document_of,
    figures_key,
    figures_stated,
    lines_due,
    own_key,
    stated_lines,
    total_of,
)
from customs.reconciliation.three_way.surroundings import Surroundings
from customs.reconciliation.trial import Figures, figures_of
from customs.tax.assessment import compute
from customs.tax.case import Case

_UNITS = (Decimal("0.1"), ONE)
_WAYS = (ROUND_HALF_UP, ROUND_DOWN, ROUND_UP)

Suppose = Callable[[OwnSide, BillSide, Surroundings], Iterator[TaxPoint]]


def points_of_bill(
    own: OwnSide, bill: BillSide, around: Surroundings
) -> tuple[tuple[TaxPoint, ...], tuple[TaxPoint, ...]]:
    """Return the causes of a bill that differs, and what would fit it but proves little.

    A freight or a quantity that was read off the bill fits nearly any bill. It is a cause only if another document of
    the parcel states it and nothing else explains the bill. The price of one line may fit the rate of some month by
    chance; on several lines it does not.
    """
    points = [point for suppose in SUPPOSED for point in suppose(own, bill, around)]
    found = () if own.returned or not bill.lines else _searched(own, bill, around)
    points += [each for each in found if not (each.found and each.found.fitted)]
    weak = [each for each in points if each.code == "exchange-month" and len(bill.lines) == 1]
    points = [each for each in points if each not in weak]
    weak += [each for each in found if each.found and each.found.fitted]
    if points:
        return tuple(points), ()
    stated = [each for each in weak if _is_stated(each, own)]
    return tuple(stated), tuple(each for each in weak if each not in stated)


def _searched(own: OwnSide, bill: BillSide, around: Surroundings) -> list[TaxPoint]:
    result = reconcile(own.assessment, document_of(bill), rates=around.rates, attempts=0)
    return [point_of(each) for each in result.causes]


def _is_stated(point: TaxPoint, own: OwnSide) -> bool:
    """True if another document of the parcel states the freight and the insurance that were read off the bill."""
    facts = point.facts
    return point.code == "transport-amount" and any(
        StatedTransport(freight, insurance) == (facts["freight"], facts["insurance"])
        for freight, insurance in own.stated
    )


def _of_another_parcel(own: OwnSide, bill: BillSide, around: Surroundings) -> Iterator[TaxPoint]:
    """Suppose the bill of another parcel, whose assessment has its figures to the cent.

    The few figures of one line are those of many parcels: there the other must also have the bill of this one.
    """
    others = {*around.owners(figures_key(bill.head, bill.lines))} - {own.order_no} if bill.lines else set[str]()
    if others and len(bill.lines) == 1:
        others &= {*around.billed(own_key(own))}
    if others:
        named = "、".join(sorted(others)[:3])
        yield TaxPoint(code="another-parcel", facts={"others": named}, figures=figures_stated(bill))


def _not_reversed(own: OwnSide, bill: BillSide, _: Surroundings) -> Iterator[TaxPoint]:
    """Suppose that goods which came back were billed."""
    if own.returned:
        yield from _if_billed("return-not-reversed", {}, figures_of(own.assessment), bill)


def _of_another_record(own: OwnSide, bill: BillSide, _: Surroundings) -> Iterator[TaxPoint]:
    """Suppose another version of the goods records."""
    for version, case in own.revised.items():
        yield from _if_computed("record-changed", {"version": version}, case, bill)


def _of_another_month(own: OwnSide, bill: BillSide, around: Surroundings) -> Iterator[TaxPoint]:
    """Suppose prices converted at the exchange rate of another month, alone or with freight and insurance."""
    if own.converted is None:
        return
    currency, rate = own.converted
    tried = {rate}
    for month, other in sorted(around.exchange.get(currency, {}).items()):
        if other in tried:
            continue
        tried.add(other)
        case, facts = own.assessment.case, {"month": month, "rate": other, "own": rate}
        goods = tuple(each._replace(value=_at(each.value, own.converted, other)) for each in case.goods)
        exchange = FrozenDict({**case.exchange, currency: other})
        changed = case._replace(goods=goods, exchange=exchange)
        yield from _if_computed("exchange-month", facts, changed, bill)
        if case.freight or case.insurance:
            freight, insurance = (_at(each, own.converted, other) for each in (case.freight, case.insurance))
            yield from _if_computed(
                "exchange-month", facts, changed._replace(freight=freight, insurance=insurance), bill
            )


def _at(amount: Decimal, converted: ConvertedPrices, rate: Decimal) -> Decimal:
    """Return an amount at another exchange rate: from its cents in the foreign currency, where they give it."""
    foreign = EXACT.divide(amount, converted.rate)
    cents = foreign.quantize(CENT, ROUND_HALF_UP, EXACT)
    exact = cents if to_cents(EXACT.multiply(cents, converted.rate)) == amount else foreign
    return to_cents(EXACT.multiply(exact, rate))


def _of_head(own: OwnSide, bill: BillSide, _: Surroundings) -> Iterator[TaxPoint]:
    """Suppose that the head was rounded while its lines are right."""
    lines = lines_due(own)
    if lines != stated_lines(bill.lines):
        return
    each = list(lines.values())
    sums = [
        total_of(line.tariff for line in each),
        total_of(line.consumption_tax for line in each),
        total_of(line.vat for line in each),
    ]
    for unit in _UNITS:
        for way in _WAYS:
            tariff, consumption, vat = (amount.quantize(unit, way, EXACT) for amount in sums)
            if (tariff, consumption, vat) == bill.head:
                yield TaxPoint(code="head-rounded", facts={"unit": unit}, figures=figures_stated(bill))
                return


def _if_computed(code: str, facts: dict[str, object], case: Case, bill: BillSide) -> Iterator[TaxPoint]:
    try:
        assessment = compute(case)
    except LookupError:
        return
    if assessment.computed:
        yield from _if_billed(code, facts, figures_of(assessment), bill)


def _if_billed(code: str, facts: dict[str, object], figures: Figures, bill: BillSide) -> Iterator[TaxPoint]:
    if figures.head == bill.head and stated_lines(dict(enumerate(figures.lines, 1))) == stated_lines(bill.lines):
        yield TaxPoint(code=code, facts=facts, figures=figures)


SUPPOSED: tuple[Suppose, ...] = (
    _of_another_parcel,
    _not_reversed,
    _of_another_record,
    _of_another_month,
    _of_head,
)
