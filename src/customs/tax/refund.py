"""Tax and quota given back for returned goods (退税, 退货返还额度).

The tax on returned goods is not collected, or repaid as it was paid, and the buyer's total of the year falls by their
dutiable value. All goods of a list may come back, or some. Each line gives back in proportion to its returned
quantity, counted over all its returns so far and from unrounded amounts. One return gives the difference, so that the
last takes the remainder and all of them together give back exactly what was paid. Sources: GACC 2020 No. 45 and the
texts before it; a proportion by quantity is this library's reading of "corresponding tax" (相应税款).

>>> from datetime import date
>>> from customs.tax import assess
>>> from customs.testing import sample_parcels
>>> paid = assess(next(sample_parcels(1, seed=7, mode="1210")), on=date(2026, 11, 11))
>>> refund(paid, {line.gnum: line.goods.qty for line in paid.lines}).taxes == paid.taxes
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import starmap
from typing import NamedTuple

from customs.fields.frozen import FrozenDict
from customs.fields.money import EXACT, ZERO, exactly, to_cents
from customs.tax.formula import Taxes, sum_of
from customs.tax.method import Rounding
from customs.tax.result import LineAssessment, TaxAssessment

#: Quantities by line number.
Quantities = Mapping[int, Decimal | int]
Returned = Mapping[int, Decimal]

_NONE: Quantities = FrozenDict()


class ReturnError(ValueError):
    """A return that cannot be right; ``gnum`` is the number of the line."""

    def __init__(self, gnum: int, text: str) -> None:
        super().__init__(gnum, text)
        self.gnum, self.text = gnum, text

    def __str__(self) -> str:
        return f"line {self.gnum}: {self.text}"


class LineRefund(NamedTuple):
    """The refund of one line: the quantity returned, its taxes to the cent, and its dutiable value, in CNY."""

    gnum: int
    qty: Decimal
    taxes: Taxes
    dutiable_value: Decimal


@dataclass(frozen=True, slots=True)
class Refund:
    """The refund for one return (退税): taxes to the cent, and the dutiable value that the buyer's quota gets back.

    ``taxes`` is the sum of the lines. Where the method rounds the whole declaration, it is rounded as a whole too.
    """

    lines: tuple[LineRefund, ...]
    taxes: Taxes
    dutiable_value: Decimal

    @property
    def due(self) -> Decimal:
        """The total tax given back."""
        return self.taxes.total


@exactly
def refund(assessment: TaxAssessment, returned: Quantities, earlier: Quantities = _NONE) -> Refund:
    """Return what a return of quantities by line number gives back; ``earlier`` adds up the returns before it.

    The lines that stay are not assessed again: their tax was right on the declaration day. Amounts are those of the
    assessment; where the tax bill differed, the amounts of the bill are given back.

    Raises ``ReturnError``, naming the line, for more than was bought, for unknown lines and for quantities that are not
    above 0; ``ValueError`` where no tax of retail import was assessed.

    >>> from datetime import date
    >>> from customs.tax import assess
    >>> from customs.testing import sample_parcels
    >>> paid = assess(next(sample_parcels(1, seed=7, mode="1210")), on=date(2026, 11, 11))
    >>> refund(paid, {1: paid.lines[0].goods.qty}).due == paid.lines[0].due
    True
    """
    if assessment.law.postal or not assessment.computed:
        raise ValueError(f"only retail import gives tax back: this parcel was assessed as {assessment.regime}")
    before, after = _totals(assessment, returned, earlier)
    lines = []
    for line in assessment.lines:
        if line.gnum in returned:
            was, now = (_of_line(assessment, line, totals[line.gnum]) for totals in (before, after))
            value = EXACT.subtract(now.dutiable_value, was.dutiable_value)
            lines.append(LineRefund(line.gnum, EXACT.subtract(now.qty, was.qty), _less(now.taxes, was.taxes), value))
    taxes = _less(_of_parcel(assessment, after), _of_parcel(assessment, before))
    return Refund(tuple(lines), taxes, sum((each.dutiable_value for each in lines), ZERO))


def _totals(assessment: TaxAssessment, returned: Quantities, earlier: Quantities) -> tuple[Returned, Returned]:
    """Return the returned quantities of each line before this return and with it."""
    bought = {line.gnum: line.goods.qty for line in assessment.lines}
    before = dict.fromkeys(bought, ZERO) | {gnum: _checked(gnum, qty, bought) for gnum, qty in earlier.items()}
    after = before | {gnum: EXACT.add(_checked(gnum, qty, bought), before[gnum]) for gnum, qty in returned.items()}
    for gnum, qty in after.items():
        if qty > bought[gnum]:
            bounds = f"{bought[gnum]} were bought ({before[gnum]} came back before)"
            raise ReturnError(gnum, f"{qty} would be returned in all, {bounds}")
    return before, after


def _checked(gnum: int, qty: Decimal | int, bought: Returned) -> Decimal:
    """Return a returned quantity after checking it."""
    if gnum not in bought:
        raise ReturnError(gnum, f"the parcel has no such line, its lines are {min(bought)} to {max(bought)}")
    if not isinstance(qty, Decimal | int) or not Decimal(qty).is_finite() or qty <= 0:
        raise ReturnError(gnum, f"a returned quantity is a Decimal of more than 0, not {qty}")
    return Decimal(qty)


def _of_line(assessment: TaxAssessment, line: LineAssessment, qty: Decimal) -> LineRefund:
    """Return the refund of a line once a quantity of it has come back in all."""
    share = _Share(qty, line.goods.qty)
    exact = line.exact.times(assessment.factor)
    value = share.of(line.dutiable_value, line.dutiable_value)
    return LineRefund(line.gnum, qty, share.of_taxes(exact, line.taxes), value)


def _of_parcel(assessment: TaxAssessment, returned: Returned) -> Taxes:
    """Return the refund of the parcel: the sum of its lines, rounded once where the whole declaration was."""
    if assessment.case.method.rounding != Rounding.PER_DECLARATION:
        return sum_of(_of_line(assessment, line, returned[line.gnum]).taxes for line in assessment.lines)
    if all(returned[line.gnum] == line.goods.qty for line in assessment.lines):
        return assessment.taxes
    exact = [
        line.exact.times(EXACT.multiply(EXACT.divide(returned[line.gnum], line.goods.qty), assessment.factor))
        for line in assessment.lines
        if returned[line.gnum]
    ]
    return Taxes(*starmap(min, zip(sum_of(exact).settled().in_cents(), assessment.taxes, strict=True)))


class _Share(NamedTuple):
    """A share of a line by quantity. Rounded half up and never more than the line, it grows with the quantity."""

    qty: Decimal
    bought: Decimal

    def of(self, exact: Decimal, rounded: Decimal) -> Decimal:
        """Return the share of an amount to the cent; for all the goods, the amount as it was rounded before."""
        if self.qty == self.bought:
            return rounded
        return min(to_cents(EXACT.divide(EXACT.multiply(exact, self.qty), self.bought)), rounded)

    def of_taxes(self, exact: Taxes, rounded: Taxes) -> Taxes:
        """Return the share of each tax."""
        return Taxes(*starmap(self.of, zip(exact, rounded, strict=True)))


def _less(one: Taxes, other: Taxes) -> Taxes:
    return Taxes(*map(EXACT.subtract, one, other))
