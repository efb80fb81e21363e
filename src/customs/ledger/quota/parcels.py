"""The quota of a parcel (包裹与额度): what its order asks for, from the declaration and its assessment."""

from typing import cast

from sqlalchemy import select

from customs.declaration import Declaration
from customs.ledger.database import LedgerConnection
from customs.ledger.quota.orders import QuotaOrder
from customs.ledger.quota.tables import QUOTA
from customs.tax import TaxAssessment


def order_key(platform_code: str, order_no: str) -> str:
    """Return the key of an order in the quota: the platform's code before its number.

    >>> order_key("P1", "O1")
    'P1/O1'
    """
    return f"{platform_code}/{order_no}"


def quota_order_of(declaration: Declaration, assessment: TaxAssessment, *, attempt: int = 1) -> QuotaOrder:
    """Return what the order of a parcel asks of the quota: its buyer and payer, its dutiable value and pieces.

    >>> from datetime import date
    >>> from customs.tax import assess
    >>> from customs.testing import sample_parcels
    >>> parcel = next(sample_parcels(1, seed=7, mode="1210"))
    >>> asked = quota_order_of(parcel, assess(parcel, on=date(2026, 11, 11)))
    >>> asked.payer == asked.buyer, asked.pieces
    (True, Decimal('8'))
    """
    order, payment = declaration.order, declaration.payment
    return QuotaOrder(
        order=order_key(declaration.parties.platform_code, order.order_no),
        buyer=(order.buyer_id_type, order.buyer_id_number),
        payer=(payment.payer_id_type, payment.payer_id_number) if payment else None,
        amount=assessment.dutiable_value,
        pieces=assessment.pieces,
        attempt=attempt,
    )


def orders_numbered(connection: LedgerConnection, order_no: str) -> list[str]:
    """Return the keys of the orders with a number, of whatever platform."""
    entries = QUOTA.entries.c
    wanted = select(entries.order).where(entries.order.endswith(f"/{order_no}", autoescape=True)).distinct()
    return cast("list[str]", list(connection.sql.execute(wanted.order_by(entries.order)).scalars()))
