"""Tax bills page by page (税单分页): of some merchants, an order or a month, read on from the last one seen."""

from collections.abc import Collection

from sqlalchemy import func, select

from customs.ledger.bills.kept import KeptBill, kept_bill
from customs.ledger.bills.tables import PARCEL_TAXES, TAX_BILLS
from customs.ledger.database import LedgerConnection


def bills_page(
    connection: LedgerConnection,
    *,
    merchants: Collection[str] | None = None,
    order_no: str = "",
    month: str = "",
    after: str = "",
    most: int = 50,
) -> list[KeptBill]:
    """Return bills by number: of some merchants or all, of an order, made in a month (2026-11), behind a number."""
    bills = TAX_BILLS.c
    wanted = select(TAX_BILLS).where(bills.tax_bill_no > after)
    if merchants is not None:
        wanted = wanted.where(bills.merchant_code.in_(sorted(merchants)))
    if order_no:
        wanted = wanted.where(bills.order_no == order_no)
    if month:
        wanted = wanted.where(bills.month == month)
    rows = connection.sql.execute(wanted.order_by(bills.tax_bill_no).limit(most)).mappings()
    return [kept_bill(row) for row in rows]


def parcels_in_month(
    connection: LedgerConnection, month: str, merchants: Collection[str] | None = None, *, most: int
) -> int:
    """Return how many parcels of some merchants, or of all, a month has; one more than ``most`` if there are more."""
    parcels = PARCEL_TAXES.c
    wanted = select(parcels.account).where(parcels.month == month)
    if merchants is not None:
        wanted = wanted.where(parcels.merchant_code.in_(sorted(merchants)))
    counted = select(func.count()).select_from(wanted.limit(most + 1).subquery())
    return int(connection.sql.execute(counted).scalar_one())
