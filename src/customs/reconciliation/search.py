"""The search for causes (查找差异原因): every supposition computed and compared with the bill, alone and in pairs."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from customs.documents.imports.tax_bill import TaxBill
from customs.fields.money import ZERO, exactly
from customs.reconciliation.causes import (
    another_code,
    another_day,
    another_regime,
    another_tariff,
    other_formula,
    other_rounding,
    other_shares,
    other_transport,
)
from customs.reconciliation.figures import differences, distance, figures_billed
from customs.reconciliation.outcome import Cause, Reconciliation
from customs.reconciliation.quantities import other_quantity, other_test, other_threshold
from customs.reconciliation.trial import Calculation, Supposition, Trial, figures_of
from customs.tax.assessment import decide
from customs.tax.rates import RateTable
from customs.tax.result import Regime, TaxAssessment

#: The suppositions by kind. A pair is of two kinds, and the earlier one is applied first: rates before what is computed
#: from them, and last what is read off the bill with everything else in place.
SUPPOSITIONS: tuple[tuple[str, Callable[[Trial], Iterator[Supposition]]], ...] = (
    ("code", another_code),
    ("law", another_day),
    ("regime", another_regime),
    ("tariff", another_tariff),
    ("transport", other_transport),
    ("shares", other_shares),
    ("rounding", other_rounding),
    ("formula", other_formula),
    ("test", other_test),
    ("threshold", other_threshold),
    ("quantity", other_quantity),
)


@exactly
def reconcile(
    assessment: TaxAssessment,
    bill: TaxBill,
    *,
    rates: RateTable | None = None,
    days: Iterable[date] = (),
    attempts: int = 2_000,
) -> Reconciliation:
    """Return the differences between an assessment and the bill that customs made for it, and their causes.

    With ``rates``, the goods' rates of other days and of other commodity codes are tried. ``days`` are tried beside
    the days on which a law began and the ``order_day`` of the assessment. Where no single cause is found, pairs are
    tried, in at most ``attempts`` calculations.
    """
    case, billed = assessment.case, figures_billed(bill)
    found = tuple(differences(figures_of(assessment), bill))
    if not found:
        return Reconciliation(assessment=assessment, differences=(), verdict="agrees")
    if not assessment.computed or any(each.kind in ("line-missing", "line-added") for each in found):
        return Reconciliation(assessment=assessment, differences=found, verdict="not-comparable")
    ordered = (case.order_day,) if case.order_day else ()
    trial = Trial(Calculation(case, _imposed_regime(assessment)), assessment, billed, rates, (*days, *ordered))
    untried: dict[str, None] = {}
    singles = list(_tried(trial, untried))
    causes = tuple(_cause(each, each) for each in singles if not each.off)
    pairs, complete = ((), True) if causes else _pairs(trial, singles, untried, attempts)
    return Reconciliation(
        assessment=assessment,
        differences=found,
        verdict="explained" if causes else "by-two" if pairs else "unexplained",
        causes=causes,
        pairs=pairs,
        nearest=None if causes or pairs else _nearest(trial, singles),
        untried=tuple(untried),
        cut_short=not complete,
    )


def _imposed_regime(assessment: TaxAssessment) -> Regime | None:
    """Return the regime where it is not the one that the case decides: then the caller gave it, and it stays."""
    case = assessment.case
    decided = decide(case.law.limits, assessment.dutiable_value, assessment.pieces, case.used or ZERO, case.method)
    return None if assessment.regime in (decided, Regime.POSTAL) else assessment.regime


class _Tried(NamedTuple):
    """A supposition with its assessment, its place among the kinds, and by how many CNY it misses the bill."""

    place: int
    supposition: Supposition
    assessment: TaxAssessment
    off: Decimal


def _tried(trial: Trial, untried: dict[str, None], after: int = -1) -> Iterator[_Tried]:
    """Yield the suppositions of the kinds after a place, computed; those that lack a fact go to ``untried``."""
    for place, (_, suppositions) in enumerate(SUPPOSITIONS):
        if place <= after:
            continue
        for each in suppositions(trial):
            try:
                assessment = each.calculation.assess()
            except LookupError:  # a rate, a tariff, a quantity, an exchange rate or a law is not known
                untried[each.code] = None
                continue
            yield _Tried(place, each, assessment, distance(assessment, trial.billed))


def _pairs(
    trial: Trial, singles: Iterable[_Tried], untried: dict[str, None], attempts: int
) -> tuple[tuple[tuple[Cause, Cause], ...], bool]:
    """Return the pairs of different kinds that give the bill together, nearest first, and True if all were tried."""
    pairs: list[tuple[Cause, Cause]] = []
    for first in sorted(singles, key=lambda each: each.off):
        changed = trial._replace(calculation=first.supposition.calculation, assessment=first.assessment)
        for second in _tried(changed, untried, first.place):
            if not attempts:
                return tuple(pairs), False
            attempts -= 1
            if not second.off:
                pairs.append((_cause(first, second), _cause(second, second)))
    return tuple(pairs), True


def _nearest(trial: Trial, singles: Iterable[_Tried]) -> Cause | None:
    """Return the supposition that misses the bill by least, if by less than the assessment does."""
    nearest = min(singles, key=lambda each: each.off, default=None)
    if nearest is None or nearest.off >= distance(trial.assessment, trial.billed):
        return None
    return _cause(nearest, nearest)


def _cause(supposed: _Tried, computed: _Tried) -> Cause:
    code, lines, facts, _ = supposed.supposition
    return Cause(code, lines, facts, computed.assessment, computed.off)
