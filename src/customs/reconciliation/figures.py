"""Comparing figures (金额比对): the lines and the head of an assessment and of its tax bill, side by side."""

from collections.abc import Iterator
from decimal import Decimal

from customs.documents.imports.tax_bill import TaxBill
from customs.fields.money import ZERO
from customs.reconciliation.outcome import Difference
from customs.reconciliation.trial import Figures, LineFigures, figures_of
from customs.tax.result import Regime, TaxAssessment

#: The regimes in which customs makes a tax bill.
BILLED = (Regime.WITHIN_LIMITS, Regime.FULL)


def figures_billed(bill: TaxBill) -> Figures:
    """Return the figures of a bill, its lines by gnum."""
    head = bill.head
    lines = (
        LineFigures(line.hs_code, line.dutiable_value, line.tariff, line.consumption_tax, line.vat)
        for line in sorted(bill.lines, key=lambda line: line.gnum)
    )
    return Figures(tuple(lines), (head.tariff, head.consumption_tax, head.vat))


def distance(assessment: TaxAssessment, billed: Figures) -> Decimal:
    """Return by how many CNY an assessment misses a bill, all figures added up.

    It is infinite for other commodity codes, and for a regime without a bill.
    """
    ours = figures_of(assessment)
    if assessment.regime not in BILLED or any(
        assessed.hs_code != line.hs_code for assessed, line in zip(ours.lines, billed.lines, strict=True)
    ):
        return Decimal("Infinity")
    if ours == billed:
        return ZERO
    pairs = list(zip(ours.head, billed.head, strict=True))
    for assessed, line in zip(ours.lines, billed.lines, strict=True):
        pairs += zip(assessed[1:], line[1:], strict=True)
    return sum((abs(here - there) for here, there in pairs), ZERO)


def differences(ours: Figures, bill: TaxBill) -> Iterator[Difference]:
    """Yield every difference between the figures of an assessment and a bill."""
    theirs = figures_billed(bill)
    assessed, billed = dict(enumerate(ours.lines, 1)), dict[int, LineFigures]()
    for gnum, line in zip(sorted(line.gnum for line in bill.lines), theirs.lines, strict=True):
        if billed.setdefault(gnum, line) is not line:
            yield Difference(f"lines[{gnum - 1}]", "line-added", None, line.hs_code)
    for gnum in sorted(assessed.keys() | billed.keys()):
        yield from _of_line(f"lines[{gnum - 1}]", assessed.get(gnum), billed.get(gnum))
    for position, name in enumerate(("tariff", "consumption_tax", "vat")):
        yield from _of_head(position, name, ours, theirs)


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


def _of_head(position: int, name: str, ours: Figures, theirs: Figures) -> Iterator[Difference]:
    here, there = ours.head[position], theirs.head[position]
    if here != there:
        yield Difference(f"head.{name}", "amount", here, there)
    lines = [getattr(line, name) for line in theirs.lines]
    # amounts rounded for the whole declaration need not add up the lines
    as_assessed = here == there and lines == [getattr(line, name) for line in ours.lines]
    if there != sum(lines, ZERO) and not as_assessed:
        yield Difference(f"head.{name}", "sum", sum(lines, ZERO), there)
