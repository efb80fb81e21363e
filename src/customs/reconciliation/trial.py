"""A trial (试算): a case with its assessment, the figures of the bill, and the suppositions made of it."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from customs.fields.goods import HsCode
from customs.tax.assessment import compute
from customs.tax.case import Case
from customs.tax.formula import Formula, taxes
from customs.tax.rates import RateTable
from customs.tax.result import Regime, TaxAssessment


class LineFigures(NamedTuple):
    """The figures of one line of a tax bill, under the names of its fields."""

    hs_code: HsCode
    dutiable_value: Decimal
    tariff: Decimal
    consumption_tax: Decimal
    vat: Decimal


class Figures(NamedTuple):
    """The figures of a tax bill: its lines by gnum, and the tariff, consumption tax and VAT of its head."""

    lines: tuple[LineFigures, ...]
    head: tuple[Decimal, Decimal, Decimal]


def figures_of(assessment: TaxAssessment) -> Figures:
    """Return the figures that the bill of an assessment would have."""
    lines = tuple(LineFigures(each.goods.hs_code, each.dutiable_value, *each.taxes[:3]) for each in assessment.lines)
    return Figures(lines, assessment.taxes[:3])


class Calculation(NamedTuple):
    """A case with the regime (None: the case decides) and the formula that it is computed by."""

    case: Case
    regime: Regime | None = None
    formula: Formula = taxes

    def assess(self) -> TaxAssessment:
        """Return the assessment. Raises like ``compute``."""
        return compute(self.case, regime=self.regime, formula=self.formula)


class Supposition(NamedTuple):
    """假设: one thing that may have been computed otherwise, and the calculation with it.

    ``lines`` are the lines concerned, by gnum; none means the whole parcel.
    """

    code: str
    lines: tuple[int, ...]
    facts: Mapping[str, object]
    calculation: Calculation


class Trial(NamedTuple):
    """A calculation, its assessment, and the bill that it should give; ``rates`` and ``days`` are the caller's."""

    calculation: Calculation
    assessment: TaxAssessment
    billed: Figures
    rates: RateTable | None
    days: tuple[date, ...]

    @property
    def case(self) -> Case:
        """The case as it was assessed."""
        return self.calculation.case

    def suppose(
        self,
        code: str,
        case: Case | None = None,
        *,
        lines: Iterable[int] = (),
        regime: Regime | None = None,
        formula: Formula | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> Supposition:
        """Return the supposition that one thing is changed."""
        before = self.calculation
        changed = Calculation(case or before.case, regime or before.regime, formula or before.formula)
        return Supposition(code, tuple(lines), facts or {}, changed)


def gnums(positions: Iterable[int]) -> tuple[int, ...]:
    """Return line numbers for positions."""
    return tuple(position + 1 for position in positions)
