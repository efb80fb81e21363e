"""The money of a report (财务指标): tax assessed, billed and charged, tax that differs, the guarantee, payments found in bills.

All of it comes from the ledger by the orders of an enterprise. What its file does not name as its own is not counted.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true, type_coerce

from customs.fields.money import EXACT, ZERO, exactly
from customs.hub.reports.measures import HealthShare
from customs.hub.reports.order_facts import is_within, order_facts
from customs.hub.reports.windows import ReportWindow
from customs.hub.store.tables import HUB_ORDERS
from customs.ledger.bills.guarantee import daily_tax, guarantee_of
from customs.ledger.bills.tables import PARCEL_TAXES, TAX_BILLS
from customs.ledger.columns import KeptYuan
from customs.ledger.database import LedgerConnection
from customs.ledger.settlements.settlement_tables import DECLARED, PAYMENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxFigures:
    """The tax of the orders released within a window, in CNY."""

    differing: HealthShare
    """Orders whose bill is not the own assessment, or whose charge to the buyer is not it, of those with a bill (税差率)."""
    assessed: Decimal
    billed: Decimal
    """Of the orders with a bill."""
    difference: Decimal
    """Billed less assessed, of the orders with a bill."""
    unbilled: Decimal
    """Assessed of the orders without a bill."""
    unpaid: Decimal
    """Of the bills of these orders, what is not paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeFigures:
    """A guarantee (担保) as it stands: free, of the total, and for how many days it lasts at the tax of an average day."""

    guarantor_code: str
    total: Decimal
    free: Decimal
    daily: Decimal

    @property
    def days(self) -> Decimal | None:
        """How many days it lasts (担保可用天数), in tenths; None where no tax is due on an average day."""
        return EXACT.divide(max(self.free, ZERO), self.daily).quantize(Decimal("0.1")) if self.daily else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFigures:
    """The payments of the orders taken in within a window, as bills of payment companies have them, in CNY."""

    found: HealthShare
    """Orders whose payment stands in a bill, of those whose payment was entered for settlement (到账率)."""
    declared: Decimal
    settled: Decimal
    refunded: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyFigures:
    """The money of a report."""

    tax: TaxFigures
    guarantees: tuple[GuaranteeFigures, ...]
    payments: PaymentFigures


def money_figures(
    connection: LedgerConnection,
    enterprise: str,
    window: ReportWindow,
    *,
    now: datetime,
    merchants: Collection[str] | None = None,
) -> MoneyFigures:
    """Return the money of an enterprise in a window.

    ``merchants`` are the codes of the merchants that belong to it; None if everything in the ledger does.
    """
    mine = true() if merchants is None else PARCEL_TAXES.c.merchant_code.in_(merchants)
    return MoneyFigures(
        tax=_tax(connection, enterprise, window, mine),
        guarantees=_guarantees(connection, enterprise, window, now, mine),
        payments=_payments(connection, enterprise, window, mine),
    )


def _yuan(term: ColumnElement[Any]) -> ColumnElement[Any]:
    return type_coerce(func.coalesce(func.sum(term), 0), KeptYuan)


def _released(enterprise: str, window: ReportWindow) -> Select[Any]:
    """Return the query of the orders released within a window, with their parcel in the ledger of tax."""
    facts = order_facts(enterprise, window, "event")
    return (
        select()
        .select_from(HUB_ORDERS)
        .join(facts, facts.c.id == HUB_ORDERS.c.id)
        .join(PARCEL_TAXES, PARCEL_TAXES.c.order_no == HUB_ORDERS.c.order_no)
        .where(is_within(facts.c.released, window))
    )


@exactly
def _tax(connection: LedgerConnection, enterprise: str, window: ReportWindow, mine: ColumnElement[bool]) -> TaxFigures:
    bills, parcels = TAX_BILLS.c, PARCEL_TAXES.c
    billed = bills.tariff + bills.consumption + bills.vat
    of_order = (
        select(
            bills.order_no,
            type_coerce(func.sum(billed), KeptYuan).label("billed"),
            type_coerce(func.sum(case((bills.paid, 0), else_=billed)), KeptYuan).label("unpaid"),
        )
        .where(bills.complete, bills.order_no != "")
        .group_by(bills.order_no)
        .subquery()
    )
    has_bill = of_order.c.order_no.is_not(None)
    differs = or_(
        of_order.c.billed != parcels.due,
        and_(parcels.charged.is_not(None), parcels.charged - parcels.repaid != parcels.due),
    )
    query = (
        _released(enterprise, window)
        .where(mine)
        .outerjoin(of_order, of_order.c.order_no == parcels.order_no)
        .add_columns(
            func.coalesce(func.sum(case((and_(has_bill, differs), 1), else_=0)), 0),
            func.coalesce(func.sum(case((has_bill, 1), else_=0)), 0),
            _yuan(parcels.due),
            _yuan(of_order.c.billed),
            _yuan(case((has_bill, parcels.due))),
            _yuan(of_order.c.unpaid),
        )
    )
    differing, compared, assessed, bill, assessed_of_billed, unpaid = connection.sql.execute(query).one()
    return TaxFigures(
        differing=HealthShare(int(differing), int(compared)),
        assessed=assessed,
        billed=bill,
        difference=bill - assessed_of_billed,
        unbilled=assessed - assessed_of_billed,
        unpaid=unpaid,
    )


def _guarantees(
    connection: LedgerConnection, enterprise: str, window: ReportWindow, now: datetime, mine: ColumnElement[bool]
) -> tuple[GuaranteeFigures, ...]:
    parcels = PARCEL_TAXES.c
    codes = (
        select(parcels.guarantor_code)
        .join(HUB_ORDERS, HUB_ORDERS.c.order_no == parcels.order_no)
        .where(HUB_ORDERS.c.enterprise == enterprise, is_within(HUB_ORDERS.c.received_at, window), mine)
        .where(parcels.guarantor_code != "")
        .distinct()
    )
    found = []
    for code in sorted(connection.sql.execute(codes).scalars()):
        balance = guarantee_of(connection, code)
        daily = daily_tax(connection, code, now.date())
        found.append(GuaranteeFigures(guarantor_code=code, total=balance.total, free=balance.free, daily=daily))
    return tuple(found)


def _payments(
    connection: LedgerConnection, enterprise: str, window: ReportWindow, mine: ColumnElement[bool]
) -> PaymentFigures:
    payments, declared = PAYMENTS.c, DECLARED.c
    last = select(func.max(declared.id)).group_by(declared.order_no)
    paid = (
        select(
            payments.order_no,
            type_coerce(func.sum(payments.settled), KeptYuan).label("settled"),
            type_coerce(func.sum(payments.refunded), KeptYuan).label("refunded"),
        )
        .group_by(payments.order_no)
        .subquery()
    )
    query = (
        select(
            func.coalesce(func.sum(case((paid.c.order_no.is_not(None), 1), else_=0)), 0),
            func.count(),
            _yuan(declared.amount),
            _yuan(paid.c.settled),
            _yuan(paid.c.refunded),
        )
        .select_from(HUB_ORDERS)
        .join(DECLARED, and_(declared.order_no == HUB_ORDERS.c.order_no, declared.id.in_(last)))
        .outerjoin(PARCEL_TAXES, PARCEL_TAXES.c.order_no == declared.order_no)
        .outerjoin(paid, paid.c.order_no == declared.bill_order_no)
        .where(mine)
        .where(HUB_ORDERS.c.enterprise == enterprise, is_within(HUB_ORDERS.c.received_at, window))
    )
    found, count, amount, settled, refunded = connection.sql.execute(query).one()
    return PaymentFigures(
        found=HealthShare(int(found), int(count)), declared=amount, settled=settled, refunded=refunded
    )
