"""Comparing figures (金额比对): the lines and the head of an assessment and of its tax bill, side by side."""

from collections.abc import Iterator
from decimal import Decimal
from operator import itemgetter
from typing import TypeVar

from customs.documents.imports.tax_bill import TaxBill, TaxBillLine
from customs.fields.money import ZERO
from customs.reconciliation.outcome import Difference
from customs.reconciliation.trial import Figures, LineFigures, figures_of
from customs.tax.result import Regime, TaxAssessment

#: The regimes in which customs makes a tax bill.
BILLED = (Regime.WITHIN_LIMITS, Regime.FULL)


V = TypeVar("V")


def figures_billed(bill: TaxBill) -> Figures:
    """Return the figures of a bill, its lines by gnum. Raises ``ValueError`` for a bill that lacks one."""
    head = bill.head
    amounts = (head.tariff, head.consumption_tax, head.vat)
    lines = sorted((_numbered(position, line) for position, line in enumerate(bill.lines)), key=itemgetter(0))
    tariff, consumption_tax, vat = (_given(each, "head") for each in amounts)
    return Figures(tuple(figures for _, figures in lines), (tariff, consumption_tax, vat))


def _numbered(position: int, line: TaxBillLine) -> tuple[int, LineFigures]:
    where = f"lines[{position}]"
    amounts = (line.dutiable_value, line.tariff, line.consumption_tax, line.vat)
    value, tariff, consumption_tax, vat = (_given(each, where) for each in amounts)
    return _given(line.gnum, where), LineFigures(_given(line.hs_code, where), value, tariff, consumption_tax, vat)


def _given(value: V | None, where: str) -> V:
    """A figure of a bill that was read; customs may have left it out."""
    if value is None:
        raise ValueError(
            f"{where} of the tax bill lacks a number, an amount or a commodity code: it cannot be compared, ask customs "
            f"for it 税单缺少序号、金额或商品编码，无法比对，请向海关查询"
        )
    return value


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
    for gnum, line in zip(sorted(line.gnum for line in bill.lines if line.gnum is not None), theirs.lines, strict=True):
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
