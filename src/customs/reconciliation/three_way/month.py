"""The reconciliation of months (按月核对): lines as they come, and the totals that a finance clerk signs.

Nothing of a line is kept but its part in the totals, so that memory does not grow with the months.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from customs.fields.money import EXACT, ZERO
from customs.reconciliation.three_way.comparison import ParcelComparison


@dataclass(slots=True)
class BillTotals:
    """Totals (合计) of some lines: how many, and their amounts in CNY."""

    parcels: int = 0
    bills: int = 0
    assessed: Decimal = ZERO
    billed: Decimal = ZERO
    charged: Decimal = ZERO
    in_order: int = 0
    explained: int = 0
    unknown: int = 0
    billed_more: Decimal = ZERO
    """By how much the bills exceed the assessments, of lines that have both."""
    charged_more: Decimal = ZERO
    """By how much the charges exceed the bills, of lines that have both."""

    def add(self, line: ParcelComparison) -> None:
        """Add a line."""
        add = EXACT.add
        self.parcels += 1
        self.bills += len(line.tax_bill_nos)
        self.assessed = add(self.assessed, line.assessed or ZERO)
        self.billed = add(self.billed, line.billed or ZERO)
        self.charged = add(self.charged, line.charged or ZERO)
        self.billed_more = add(self.billed_more, line.billed_more or ZERO)
        self.charged_more = add(self.charged_more, line.charged_more or ZERO)
        if line.in_order:
            self.in_order += 1
        elif "unknown" in (line.bill_stands, line.charge_stands) and not line.points:
            self.unknown += 1
        else:
            self.explained += 1


@dataclass(slots=True)
class CauseTotals:
    """Totals of one cause: how many lines name it, and the differences of those that name it alone."""

    group: str
    lines: int = 0
    billed_more: Decimal = ZERO
    charged_more: Decimal = ZERO


@dataclass(slots=True)
class BillSummary:
    """The summary (汇总): totals in all, by month, by merchant, by payment form (entDutyNo) and by cause."""

    all: BillTotals = field(default_factory=BillTotals)
    by_month: dict[str, BillTotals] = field(default_factory=lambda: defaultdict(BillTotals))
    by_merchant: dict[str, BillTotals] = field(default_factory=lambda: defaultdict(BillTotals))
    by_payment_form: dict[str, BillTotals] = field(default_factory=lambda: defaultdict(BillTotals))
    by_cause: dict[str, CauseTotals] = field(default_factory=dict)

    def add(self, month: str, line: ParcelComparison) -> None:
        """Add a line of a month (2026-11)."""
        self.all.add(line)
        self.by_month[month].add(line)
        self.by_merchant[line.merchant_code].add(line)
        for form in line.payment_form_nos or ("",):
            self.by_payment_form[form].add(line)
        named = {each.code: each.group for each in line.named}
        if "unknown" in (line.bill_stands, line.charge_stands) and not line.points:
            named["unknown"] = "unknown"
        for code, group in named.items():
            totals = self.by_cause.setdefault(code, CauseTotals(group))
            totals.lines += 1
            if len(named) == 1:
                totals.billed_more = EXACT.add(totals.billed_more, line.billed_more or ZERO)
                totals.charged_more = EXACT.add(totals.charged_more, line.charged_more or ZERO)

    def causes(self) -> Iterator[tuple[str, CauseTotals]]:
        """Yield the causes, the most frequent first."""
        yield from sorted(self.by_cause.items(), key=lambda each: (-each[1].lines, each[0]))


@dataclass(frozen=True, slots=True)
class PaymentComparison:
    """A payment form (缴款书, entDutyNo): the tax of its bills against what was paid."""

    payment_form_no: str
    billed: Decimal
    paid: Decimal | None

    @property
    def stands(self) -> str:
        """``agrees``, ``short``, ``over`` or ``unpaid``."""
        if self.paid is None:
            return "unpaid"
        return "agrees" if self.paid == self.billed else "short" if self.paid < self.billed else "over"
