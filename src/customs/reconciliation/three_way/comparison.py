"""The comparison of one parcel (逐票核对): own assessment, bill and charge on one line, with every cause that is named."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from customs.fields.money import EXACT, ZERO, exactly
from customs.reconciliation.three_way.bill_causes import points_of_bill
from customs.reconciliation.three_way.charge_causes import points_of_charge
from customs.reconciliation.three_way.points import TaxPoint
from customs.reconciliation.three_way.sides import (
    BillSide,
    OwnSide,
    ParcelCourse,
    due_of,
    lines_due,
    stated_lines,
    total_of,
)
from customs.reconciliation.three_way.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelComparison:
    """One line of the reconciliation. Amounts are in CNY, None where a side is missing.

    ``bill_stands`` and ``charge_stands`` are of ``STANDINGS``. ``causes`` explain the bill, ``charge_causes`` the charge;
    ``points`` are not in order whatever the amounts say. ``possible`` fits the bill and proves little.
    """

    order_no: str
    list_no: str
    merchant_code: str
    tax_bill_nos: tuple[str, ...]
    payment_form_nos: tuple[str, ...]
    assessed: Decimal | None = None
    billed: Decimal | None = None
    charged: Decimal | None = None
    bill_stands: str = "unknown"
    charge_stands: str = "not-given"
    causes: tuple[TaxPoint, ...] = ()
    charge_causes: tuple[TaxPoint, ...] = ()
    points: tuple[TaxPoint, ...] = ()
    possible: tuple[TaxPoint, ...] = ()

    @property
    def in_order(self) -> bool:
        """True if nothing is to be done about the parcel."""
        in_order = ("agrees", "void", "no-bill", "not-given")
        return not self.points and self.bill_stands in in_order and self.charge_stands in in_order

    @property
    def named(self) -> tuple[TaxPoint, ...]:
        """Every point of the line: of the bill, of the charge, and of neither."""
        return self.causes + self.charge_causes + self.points

    @property
    def billed_more(self) -> Decimal | None:
        """By how much the bill exceeds the assessment."""
        return _less(self.billed, self.assessed)

    @property
    def charged_more(self) -> Decimal | None:
        """By how much the charge exceeds the bill."""
        return _less(self.charged, self.billed)


def _less(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else EXACT.subtract(one, other)


@exactly
def compare_parcel(own: OwnSide | None, bills: Sequence[BillSide], around: Surroundings) -> ParcelComparison:
    """Return the comparison of a parcel with the bills of its list; one of both may be missing.

    >>> from datetime import date
    >>> from customs.tax import assess
    >>> from customs.testing import sample_parcels, tax_bill_of
    >>> from customs.reconciliation.three_way.sides import bill_side
    >>> day = date(2026, 11, 11)
    >>> assessment = assess(next(sample_parcels(1, seed=1, mode="1210")), on=day)
    >>> own = OwnSide(order_no="O1", assessment=assessment, charged=Decimal(0))
    >>> line = compare_parcel(own, [bill_side(tax_bill_of(assessment))], Surroundings(on=day))
    >>> line.bill_stands, [each.code for each in line.charge_causes]
    ('agrees', ['nothing-charged'])
    """
    line = _numbered(own, bills)
    standing = sorted((each for each in bills if not each.void), key=lambda each: each.tax_bill_no)
    billed = total_of(each.total for each in standing) if bills else None
    if own is None:
        return replace(line, billed=billed, points=(TaxPoint(code="no-own-list"),))
    differing = [] if own.gone else [each for each in standing if not agrees(own, each)]
    found = [points_of_bill(own, each, around) for each in differing]
    named = [points for points, _ in found]
    due = total_of(due_of(own))
    line = replace(
        line,
        assessed=due,
        billed=billed,
        bill_stands=_stands(own, bills, standing, differs=bool(differing), explained=all(named)),
        causes=tuple(point for points in named for point in points) if all(named) else (),
        points=tuple(_points(own, bills, standing, around)),
        possible=tuple(point for _, points in found for point in points),
    )
    return line if own.charged is None else _with_charge(line, own, due if own.gone or not standing else billed or ZERO)


def _with_charge(line: ParcelComparison, own: OwnSide, owed: Decimal) -> ParcelComparison:
    """Return the line with what the buyer bears, compared with what customs asks."""
    charged = EXACT.subtract(own.charged or ZERO, own.repaid)
    if charged == owed:
        return replace(line, charged=charged, charge_stands="agrees")
    points = points_of_charge(own, charged, owed)
    return replace(line, charged=charged, charge_stands="explained" if points else "unknown", charge_causes=points)


def agrees(own: OwnSide, bill: BillSide) -> bool:
    """True if a bill has every figure of the assessment, after what came back; of a bill of totals the head."""
    return bill.head == due_of(own) and (not bill.lines or stated_lines(bill.lines) == lines_due(own))


def _stands(
    own: OwnSide, bills: Sequence[BillSide], standing: Sequence[BillSide], *, explained: bool, differs: bool
) -> str:
    if not standing:
        return "void" if bills else "no-bill"
    if differs:
        return "explained" if explained else "unknown"
    # a bill too many, or one of a parcel that owes nothing, is explained by its point
    return "explained" if len(standing) > 1 or own.gone else "agrees"


def _points(
    own: OwnSide, bills: Sequence[BillSide], standing: Sequence[BillSide], around: Surroundings
) -> list[TaxPoint]:
    points: list[TaxPoint] = []
    if len(standing) > 1:
        points.append(TaxPoint(code="billed-twice", facts={"bills": "、".join(each.tax_bill_no for each in standing)}))
    for bill in standing:
        pairs = (bill.order_no, own.order_no), (bill.waybill_no, own.waybill_no)
        if strange := [there for there, here in pairs if there and here and there != here]:
            points.append(TaxPoint(code="numbers-differ", facts={"numbers": "、".join(strange)}))
    if standing and own.gone:
        points.append(TaxPoint(code="cancelled-not-void"))
    if bills and not standing and not own.gone:
        points.append(TaxPoint(code="void-not-cancelled"))
    if not bills and own.course is ParcelCourse.RELEASED and own.released_on:
        expected = own.released_on + timedelta(days=around.rules.bill_expected_after)
        if around.on > expected and total_of(due_of(own)):
            points.append(TaxPoint(code="bill-missing", facts={"released": own.released_on, "on": around.on}))
    return points


def _numbered(own: OwnSide | None, bills: Sequence[BillSide]) -> ParcelComparison:
    """Return the line of a parcel with its numbers, before anything is compared."""
    first = bills[0] if bills else None
    return ParcelComparison(
        order_no=own.order_no if own else first.order_no if first else "",
        list_no=(own.list_no if own else "") or (first.list_no if first else ""),
        merchant_code=(own.merchant_code if own else "") or (first.merchant_code if first else ""),
        tax_bill_nos=tuple(sorted(each.tax_bill_no for each in bills)),
        payment_form_nos=tuple(sorted({each.payment_form_no for each in bills if each.payment_form_no})),
    )
