"""Causes of a charge (收取税款的差异原因): why the buyer was charged another tax than the bill states."""

from collections.abc import Callable, Iterator
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

from customs.fields.money import EXACT, ONE, ZERO
from customs.reconciliation.three_way.points import TaxPoint
from customs.reconciliation.three_way.sides import OwnSide, due_of, total_of
from customs.tax.assessment import compute
from customs.tax.result import Regime

_OTHER_LIMIT = {
    Regime.WITHIN_LIMITS: (Regime.FULL, ("超过限值的全额税率", "in full, as over a limit")),
    Regime.FULL: (Regime.WITHIN_LIMITS, ("限值以内的税率", "as within the limits")),
}


def points_of_charge(own: OwnSide, charged: Decimal, billed: Decimal) -> tuple[TaxPoint, ...]:
    """Return why a charge differs from the tax billed. ``charged`` is what the buyer bears, less what was paid back.

    The first that gives the charge to the cent is named: a single amount proves little more.
    """
    if not billed and own.gone:
        return (TaxPoint(code="void-charged", facts={"charged": charged}),)
    for supposed in _SUPPOSED:
        for point in supposed(own, charged, billed):
            return (point,)
    return ()


def _as_assessed(own: OwnSide, charged: Decimal, _: Decimal) -> Iterator[TaxPoint]:
    if charged == total_of(due_of(own)):
        yield TaxPoint(code="charged-as-assessed")


def _nothing(_: OwnSide, charged: Decimal, __: Decimal) -> Iterator[TaxPoint]:
    if not charged:
        yield TaxPoint(code="nothing-charged")


def _for_what_came_back(own: OwnSide, charged: Decimal, _: Decimal) -> Iterator[TaxPoint]:
    if own.returned and charged == own.assessment.due:
        yield TaxPoint(code="return-charged")


def _by_the_other_limit(own: OwnSide, charged: Decimal, _: Decimal) -> Iterator[TaxPoint]:
    found = _OTHER_LIMIT.get(own.assessment.regime)
    if found is None or own.returned:
        return
    regime, words = found
    try:
        other = compute(own.assessment.case, regime=regime)
    except LookupError:
        return
    if charged == other.due:
        yield TaxPoint(code="charged-other-limit", facts={"limit": words})


def _rounded(own: OwnSide, charged: Decimal, billed: Decimal) -> Iterator[TaxPoint]:
    for unit in (ONE, Decimal("0.1")):
        for amount in (billed, total_of(due_of(own))):
            if any(charged == amount.quantize(unit, way, EXACT) for way in (ROUND_HALF_UP, ROUND_DOWN, ROUND_UP)):
                yield TaxPoint(code="charge-rounded", facts={"unit": unit})


def _without_transport(own: OwnSide, charged: Decimal, _: Decimal) -> Iterator[TaxPoint]:
    case = own.assessment.case
    if (case.freight or case.insurance) and not own.returned:
        bare = compute(case._replace(freight=ZERO, insurance=ZERO), regime=own.assessment.regime)
        if charged == bare.due:
            yield TaxPoint(code="charged-without-transport")


_SUPPOSED: tuple[Callable[[OwnSide, Decimal, Decimal], Iterator[TaxPoint]], ...] = (
    _as_assessed,
    _nothing,
    _for_what_came_back,
    _by_the_other_limit,
    _without_transport,
    _rounded,
)
