"""The three sides of a parcel's tax (三方): its assessment, the bill of customs, and the charge to the buyer."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from customs.documents.imports.tax_bill import TaxBill, TaxBillHead, TaxBillLine
from customs.fields.frozen import FrozenDict
from customs.fields.money import EXACT, ZERO, exactly
from customs.reconciliation.trial import Figures, LineFigures, figures_of
from customs.tax.case import Case
from customs.tax.refund import Refund, refund
from customs.tax.result import TaxAssessment

#: The figures of lines by gnum.
LinesByGnum = Mapping[int, LineFigures]


class ParcelCourse(StrEnum):
    """The course of a parcel (去向), as far as its tax depends on it."""

    IN_FLIGHT = "in_flight"
    """未放行: declared, not released yet."""
    RELEASED = "released"
    """已放行."""
    CANCELLED = "cancelled"
    """已撤单: CEB624 accepted."""
    RETURNED = "returned"
    """已整票退货: CEB626 accepted for all goods."""


class StatedTransport(NamedTuple):
    """Freight and insurance as a document states them, in CNY."""

    freight: Decimal
    insurance: Decimal


class ConvertedPrices(NamedTuple):
    """The currency of the prices and the exchange rate at which they became CNY."""

    currency: str
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSide:
    """A parcel as its declarant knows it: its assessment, the charge to the buyer, what became of it.

    ``charged`` is the tax of the order (taxTotal, CEB311), ``repaid`` what of it the buyer got back. ``returned`` are
    quantities by line number. ``revised`` are the parcel's cases by other versions of its goods records, by version.
    ``stated`` are freight and insurance as other documents of the parcel state them.
    """

    order_no: str
    list_no: str = ""
    waybill_no: str = ""
    merchant_code: str = ""
    guarantor_code: str = ""
    assessment: TaxAssessment = field(repr=False)
    charged: Decimal | None = None
    repaid: Decimal = ZERO
    course: ParcelCourse = ParcelCourse.RELEASED
    released_on: date | None = None
    returned: Mapping[int, Decimal] = FrozenDict()
    revised: Mapping[str, Case] = field(default=FrozenDict(), repr=False)
    stated: tuple[StatedTransport, ...] = ()
    converted: ConvertedPrices | None = None

    @property
    def gone(self) -> bool:
        """True if no tax is due, because the list was cancelled or all goods came back."""
        return self.course in (ParcelCourse.CANCELLED, ParcelCourse.RETURNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class BillSide:
    """A tax bill as it stands: its numbers, its status (1 made, 2 gathered, 3 void), its head and its lines by gnum.

    ``head`` is tariff, consumption tax and VAT. A bill from a table of totals has no lines.
    """

    tax_bill_no: str
    list_no: str = ""
    order_no: str = ""
    waybill_no: str = ""
    guarantor_code: str = ""
    merchant_code: str = ""
    status: str = "1"
    payment_form_no: str = ""
    made_at: datetime | None = None
    head: tuple[Decimal, Decimal, Decimal]
    lines: LinesByGnum = field(default=FrozenDict())

    @property
    def void(self) -> bool:
        """True if customs took the bill back."""
        return self.status == "3"

    @property
    def total(self) -> Decimal:
        """The tax of the bill."""
        return total_of(self.head)


@exactly
def total_of(amounts: Iterable[Decimal]) -> Decimal:
    """Return the exact sum of amounts."""
    return sum(amounts, ZERO)


def due_of(own: OwnSide) -> tuple[Decimal, Decimal, Decimal]:
    """Return tariff, consumption tax and VAT that are due, after what came back."""
    if own.gone:
        return ZERO, ZERO, ZERO
    taxes, back = own.assessment.taxes, _back(own)
    if back is None:
        return taxes.tariff, taxes.consumption, taxes.vat
    less = EXACT.subtract
    given = back.taxes
    return (
        less(taxes.tariff, given.tariff),
        less(taxes.consumption, given.consumption),
        less(taxes.vat, given.vat),
    )


def lines_due(own: OwnSide) -> LinesByGnum:
    """Return the lines that a bill of the parcel has, after what came back; a line that came back whole has none."""
    lines = dict(enumerate(figures_of(own.assessment).lines, 1))
    back = _back(own)
    for each in back.lines if back else ():
        was, given = lines[each.gnum], each.taxes
        less = EXACT.subtract
        lines[each.gnum] = LineFigures(
            was.hs_code,
            less(was.dutiable_value, each.dutiable_value),
            less(was.tariff, given.tariff),
            less(was.consumption_tax, given.consumption),
            less(was.vat, given.vat),
        )
    return stated_lines(lines)


def _back(own: OwnSide) -> Refund | None:
    return refund(own.assessment, own.returned) if own.returned else None


def stated_lines(lines: LinesByGnum) -> LinesByGnum:
    """Return lines without those that are 0 throughout."""
    return {gnum: line for gnum, line in lines.items() if any(line[1:])}


def figures_key(head: Iterable[Decimal], lines: LinesByGnum) -> str:
    """Return a short text that is the same for the same figures, to find whose they are.

    >>> figures_key([Decimal("0"), Decimal("0.0"), Decimal("9.10")], {}) == figures_key([Decimal(0)] * 2 + [Decimal("9.1")], {})
    True
    """
    parts = [f"{each.normalize(EXACT):f}" for each in head]
    for gnum, line in sorted(stated_lines(lines).items()):
        parts += [str(gnum), line.hs_code, *(f"{each.normalize(EXACT):f}" for each in line[1:])]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]


def own_key(own: OwnSide) -> str:
    """Return the key of the figures of a parcel's assessment."""
    figures = figures_of(own.assessment)
    return figures_key(figures.head, dict(enumerate(figures.lines, 1)))


def figures_stated(bill: BillSide) -> Figures:
    """Return the figures of a bill."""
    return Figures(tuple(line for _, line in sorted(bill.lines.items())), bill.head)


def bill_side(bill: TaxBill) -> BillSide:
    """Return the side of a bill CEB816. Raises ``ValueError`` for one that lacks a number or an amount."""
    head = bill.head
    amounts = head.tariff, head.consumption_tax, head.vat
    lines: dict[int, LineFigures] = {}
    for line in bill.lines:
        figures = line.dutiable_value, line.tariff, line.consumption_tax, line.vat
        if line.gnum is None or not line.hs_code or None in figures or line.gnum in lines:
            raise _incomplete(head)
        lines[line.gnum] = LineFigures(line.hs_code, *(ZERO if each is None else each for each in figures))
    if not head.tax_bill_no or None in amounts:
        raise _incomplete(head)
    tariff, consumption, vat = (ZERO if each is None else each for each in amounts)
    return BillSide(
        tax_bill_no=head.tax_bill_no,
        list_no=head.list_no or "",
        order_no=head.order_no or "",
        waybill_no=head.waybill_no or "",
        guarantor_code=head.guarantor_code or "",
        merchant_code=head.merchant_code or "",
        status=head.tax_status or "1",
        payment_form_no=head.payment_form_no or "",
        made_at=head.returned_at,
        head=(tariff, consumption, vat),
        lines=lines,
    )


def _incomplete(head: TaxBillHead) -> ValueError:
    return ValueError(
        f"tax bill {head.tax_bill_no} of list {head.list_no} lacks a number or an amount, or has a line twice: ask customs for "
        f"it 清单 {head.list_no} 的税单 {head.tax_bill_no} 缺少编号或金额，或项号重复，请向海关查询"
    )


def document_of(bill: BillSide) -> TaxBill:
    """Return the bill as the document whose causes ``customs.reconciliation.reconcile`` searches."""
    tariff, consumption, vat = bill.head
    head = TaxBillHead.model_construct(
        tax_bill_no=bill.tax_bill_no, tariff=tariff, consumption_tax=consumption, vat=vat
    )
    lines = tuple(
        TaxBillLine.model_construct(
            gnum=gnum,
            hs_code=line.hs_code,
            dutiable_value=line.dutiable_value,
            tariff=line.tariff,
            consumption_tax=line.consumption_tax,
            vat=line.vat,
        )
        for gnum, line in sorted(bill.lines.items())
    )
    return TaxBill.model_construct(head=head, lines=lines)
