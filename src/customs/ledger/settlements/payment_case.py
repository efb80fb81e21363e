"""The payments of one order (支付对账): the rows of the bills, what was declared, and the terms of the comparison."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal, TypeAlias

from customs.fields.frozen import FrozenDict
from customs.fields.money import ZERO, plus
from customs.ledger.settlements.bill_rows import Company, PaymentRow

#: Where the list of an order stands, as far as a refund depends on it: 未放行, 放行或结关, 撤单, 退货.
ListStanding: TypeAlias = Literal["open", "released", "cancelled", "returned"]

#: Refunds that gave no money back.
FAILED = frozenset({"FAIL", "CHANGE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredPayment:
    """A payment as it was declared (CEB411), and what became of the order; nothing personal."""

    order_no: str
    payment_no: str
    amount: Decimal
    """amountPaid, CNY."""
    paid_at: datetime
    """payTime, China time."""
    company_code: str = ""
    """payCode."""
    declared_at: datetime | None = None
    bill_order_no: str = ""
    """The order as the payment company knows it, where it was split into several that were declared."""
    standing: ListStanding = "open"
    standing_since: datetime | None = None
    payer_is_buyer: bool | None = None
    """True if payer and buyer are the same person, None if nobody compared them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementTerms:
    """The terms of a comparison: how long something may take, and what is registered and agreed."""

    declare_within: timedelta = timedelta(days=3)
    """From the payment to its declaration (``pay.declare_within``)."""
    refund_within: timedelta = timedelta(days=7)
    """From a cancellation or return to the refund."""
    merchants: Collection[str] = frozenset()
    """商户号 and PID that are registered for the platform; none means that they are not compared."""
    rates: Mapping[str, Decimal] = FrozenDict()
    """The rate agreed by merchant, for bills that state none."""
    companies: Mapping[str, Company] = FrozenDict()
    """The payment company whose bills to look into, by payCode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCase:
    """One order: its rows in all bills, and what was declared for it."""

    order_no: str
    rows: tuple[PaymentRow, ...] = ()
    declared: tuple[DeclaredPayment, ...] = ()
    owners: Mapping[str, str] = FrozenDict()
    """The order that the bills have for a transaction number declared here."""
    billed_days: Collection[tuple[Company, date]] = field(default=frozenset(), repr=False)
    """The days of which the bills are here."""

    @property
    def paid(self) -> tuple[PaymentRow, ...]:
        """The payments in the order of time."""
        return tuple(sorted((each for each in self.rows if each.kind == "paid"), key=lambda each: each.at))

    @property
    def refunds(self) -> tuple[PaymentRow, ...]:
        """The refunds that gave money back, or still may."""
        return tuple(each for each in self.rows if each.kind == "refunded" and each.state not in FAILED)

    def refunds_of(self, payment: PaymentRow) -> tuple[PaymentRow, ...]:
        """Return the refunds of a payment."""
        return tuple(each for each in self.refunds if each.transaction_no == payment.transaction_no)


def total(amounts: Collection[Decimal]) -> Decimal:
    """Return the exact sum."""
    found = ZERO
    for each in amounts:
        found = plus(found, each)
    return found


def company_of(declared: DeclaredPayment, terms: SettlementTerms) -> Company | None:
    """Return the payment company of a payment: by its code, or by the form of its transaction number; None if unknown.

    >>> company_of(DeclaredPayment(order_no="EX1", payment_no="4200001234202611111234567890", amount=ZERO,
    ...            paid_at=datetime(2026, 11, 11)), SettlementTerms())
    'wechat'
    """
    if declared.company_code in terms.companies:
        return terms.companies[declared.company_code]
    number = declared.payment_no
    if len(number) == 28 and number.isascii() and number.isdigit():
        return "alipay" if number.startswith("20") else "wechat"
    return None
