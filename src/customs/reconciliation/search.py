"""The search for causes (查找差异原因): every supposition reckoned anew and held against the bill, alone and by twos."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from customs.documents.imports.tax_bill import TaxBill
from customs.fields.money import ZERO
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
from customs.reconciliation.outcome import Cause, Difference, Reconciliation
from customs.reconciliation.quantities import other_quantity, other_test, other_threshold
from customs.reconciliation.trial import Figures, LineFigures, Supposition, Trial, figures_of
from customs.tax.assessment import compute, decide
from customs.tax.formula import taxes
from customs.tax.rates import RateTable
from customs.tax.result import Regime, TaxAssessment

#: What is tried, by kind. Two causes at once are of two kinds, and the one that stands first is applied first: rates before what is
#: done with them, and last what is read off the bill with all else in place.
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


def reconcile(
    assessment: TaxAssessment,
    bill: TaxBill,
    *,
    rates: RateTable | None = None,
    days: Iterable[date] = (),
    attempts: int = 2_000,
) -> Reconciliation:
    """What differs between an assessment and the bill that customs made for it, and why.

    ``rates`` lets the goods' rates of other days and of other commodity codes be tried, ``days`` are days to try beside those on
    which a law began, such as that of the order; the ``order_day`` of the assessment is one of them. Two causes at once are looked
    for where no one cause is found, in at most ``attempts`` reckonings.
    """
    billed = _figures_billed(bill)
    differences = tuple(_differences(figures_of(assessment), bill))
    if not differences:
        return Reconciliation(assessment, (), "agrees")
    if not assessment.computed or any(each.kind in ("line-missing", "line-added") for each in differences):
        return Reconciliation(assessment, differences, "not-comparable")
    case, untried = assessment.case, dict[str, None]()
    ordered = (case.order_day,) if case.order_day else ()
    trial = Trial(case, _given_regime(assessment), taxes, assessment, billed, rates, (*days, *ordered))
    singles = list(_tried(trial, untried))
    causes = tuple(_cause(each, each) for each in singles if not each.off)
    pairs, complete = ((), True) if causes else _pairs(trial, singles, untried, attempts)
    verdict = "explained" if causes else "by-two" if pairs else "unexplained"
    nearest = None if causes or pairs else _nearest(trial, singles)
    return Reconciliation(assessment, differences, verdict, causes, pairs, nearest, tuple(untried), not complete)


def _given_regime(assessment: TaxAssessment) -> Regime | None:
    """The regime where it is not the one that the case decides: then it was given, and stays."""
    case = assessment.case
    decided = decide(case.law.limits, assessment.dutiable_value, assessment.pieces, case.used or ZERO, case.method)
    return None if assessment.regime in (decided, Regime.POSTAL) else assessment.regime


class _Tried(NamedTuple):
    """A supposition reckoned: its place among the kinds, and by how many CNY it misses the bill."""

    place: int
    supposition: Supposition
    assessment: TaxAssessment
    off: Decimal


def _tried(trial: Trial, untried: dict[str, None], after: int = -1) -> Iterator[_Tried]:
    """What the kinds of supposition that stand ``after`` a place come to."""
    for place, (_, generate) in enumerate(SUPPOSITIONS):
        if place <= after:
            continue
        for each in generate(trial):
            try:
                found = compute(each.case, regime=each.regime, formula=each.formula)
            except LookupError:  # a rate, a tariff, a quantity, a rate of exchange or a law that is not known
                untried[each.code] = None
                continue
            yield _Tried(place, each, found, _off(found, trial.billed))


def _pairs(
    trial: Trial, singles: Iterable[_Tried], untried: dict[str, None], attempts: int
) -> tuple[tuple[tuple[Cause, Cause], ...], bool]:
    """Two suppositions of different kinds that come to the bill together, from the nearest one on, and whether all were tried."""
    found: list[tuple[Cause, Cause]] = []
    left = attempts
    for first in sorted(singles, key=lambda each: each.off):
        case, regime, formula = first.supposition[3:]
        changed = trial._replace(case=case, regime=regime, formula=formula, assessment=first.assessment)
        for second in _tried(changed, untried, first.place):
            if not left:
                return tuple(found), False
            left -= 1
            if not second.off:
                found.append((_cause(first, second), _cause(second, second)))
    return tuple(found), True


def _nearest(trial: Trial, singles: Iterable[_Tried]) -> Cause | None:
    """The supposition that misses the bill by least, if by less than the assessment does."""
    nearest = min(singles, key=lambda each: each.off, default=None)
    if nearest is None or nearest.off >= _off(trial.assessment, trial.billed):
        return None
    return _cause(nearest, nearest)


def _cause(supposed: _Tried, reckoned: _Tried) -> Cause:
    code, lines, facts, *_ = supposed.supposition
    return Cause(code, lines, facts, reckoned.assessment, reckoned.off)


def _off(assessment: TaxAssessment, billed: Figures) -> Decimal:
    """By how many CNY an assessment misses a bill in all its figures; infinitely with other codes, or where no bill is made."""
    found = figures_of(assessment)
    if found == billed and assessment.regime in BILLED:
        return ZERO
    if assessment.regime not in BILLED or any(
        ours[0] != theirs[0] for ours, theirs in zip(found.lines, billed.lines, strict=True)
    ):
        return Decimal("Infinity")
    amounts = [
        each
        for ours, theirs in zip(found.lines, billed.lines, strict=True)
        for each in zip(ours[1:], theirs[1:], strict=True)
    ]
    return sum((abs(ours - theirs) for ours, theirs in (*amounts, *zip(found.head, billed.head, strict=True))), ZERO)


#: The regimes in which customs makes a tax bill.
BILLED = (Regime.WITHIN_LIMITS, Regime.FULL)


# the figures side by side


def _figures_billed(bill: TaxBill) -> Figures:
    lines = sorted(bill.lines, key=lambda line: line.gnum)
    return Figures(
        tuple(
            LineFigures(each.hs_code, each.dutiable_value, each.tariff, each.consumption_tax, each.vat)
            for each in lines
        ),
        (bill.head.tariff, bill.head.consumption_tax, bill.head.vat),
    )


def _differences(ours: Figures, bill: TaxBill) -> Iterator[Difference]:
    theirs = _figures_billed(bill)
    assessed, billed = dict(enumerate(ours.lines, 1)), dict[int, LineFigures]()
    for gnum, line in zip(sorted(line.gnum for line in bill.lines), theirs.lines, strict=True):
        if billed.setdefault(gnum, line) is not line:
            yield Difference(f"lines[{gnum - 1}]", "line-added", None, line.hs_code)
    for gnum in sorted(assessed.keys() | billed.keys()):
        yield from _of_line(f"lines[{gnum - 1}]", assessed.get(gnum), billed.get(gnum))
    for name, here, there in zip(("tariff", "consumption_tax", "vat"), ours.head, theirs.head, strict=True):
        yield from _of_head(name, here, there, ours, theirs)


def _of_line(path: str, assessed: LineFigures | None, billed: LineFigures | None) -> Iterator[Difference]:
    if assessed and billed:
        if assessed.hs_code != billed.hs_code:
            yield Difference(f"{path}.hs_code", "commodity-code", assessed.hs_code, billed.hs_code)
        for name, here, there in zip(LineFigures._fields[1:], assessed[1:], billed[1:], strict=True):
            if here != there:
                yield Difference(f"{path}.{name}", "amount", here, there)
    elif assessed:
        yield Difference(path, "line-missing", assessed.hs_code, None)
    elif billed:
        yield Difference(path, "line-added", None, billed.hs_code)


def _of_head(name: str, here: Decimal, there: Decimal, ours: Figures, theirs: Figures) -> Iterator[Difference]:
    if here != there:
        yield Difference(f"head.{name}", "amount", here, there)
    lines = [getattr(line, name) for line in theirs.lines]
    # amounts rounded for the whole declaration need not be the sum of the lines
    as_assessed = here == there and lines == [getattr(line, name) for line in ours.lines]
    if there != sum(lines, ZERO) and not as_assessed:
        yield Difference(f"head.{name}", "sum", sum(lines, ZERO), there)
