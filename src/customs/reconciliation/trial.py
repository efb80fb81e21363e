"""A trial (试算): a case as it stands, its assessment, the figures of the bill, and what may be supposed of it."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from customs.tax.assessment import Formula
from customs.tax.case import Case
from customs.tax.rates import RateTable
from customs.tax.result import Regime, TaxAssessment


class LineFigures(NamedTuple):
    """What a tax bill states of one line, under the names of its fields."""

    hs_code: str
    dutiable_value: Decimal
    tariff: Decimal
    consumption_tax: Decimal
    vat: Decimal


class Figures(NamedTuple):
    """What a tax bill states: its lines by gnum, and in the head tariff, consumption tax and VAT of the list."""

    lines: tuple[LineFigures, ...]
    head: tuple[Decimal, Decimal, Decimal]


def figures_of(assessment: TaxAssessment) -> Figures:
    """What the bill of an assessment would state."""
    lines = tuple(LineFigures(each.goods.hs_code, each.dutiable_value, *each.taxes[:3]) for each in assessment.lines)
    return Figures(lines, assessment.taxes[:3])


class Supposition(NamedTuple):
    """假设 one thing that may have been reckoned otherwise, and the case so changed, to be reckoned by ``formula`` in ``regime``
    (None: as the case decides). ``lines`` are those concerned, by gnum; none means the whole parcel.
    """

    code: str
    lines: tuple[int, ...]
    facts: Mapping[str, object]
    case: Case
    regime: Regime | None
    formula: Formula


class Trial(NamedTuple):
    """A case as it stands, reckoned, and the bill that it should come to; ``rates`` and ``days`` are what the caller gave."""

    case: Case
    regime: Regime | None
    formula: Formula
    assessment: TaxAssessment
    billed: Figures
    rates: RateTable | None
    days: tuple[date, ...]

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
        """The trial with one thing changed."""
        return Supposition(
            code, tuple(lines), facts or {}, case or self.case, regime or self.regime, formula or self.formula
        )


def gnums(positions: Iterable[int]) -> tuple[int, ...]:
    """Line numbers by position."""
    return tuple(position + 1 for position in positions)
