"""The guarantors (担保企业) that stand in the tax bills and parcels of some merchants."""

from collections.abc import Collection

from sqlalchemy import select

from customs.ledger.bills.tables import PARCEL_TAXES, TAX_BILLS
from customs.ledger.database import LedgerConnection


def guarantors_of(connection: LedgerConnection, merchants: Collection[str]) -> frozenset[str]:
    """Return the codes of the guarantors that cover parcels or bills of some merchants."""
    every = [
        select(each.c.guarantor_code).where(each.c.merchant_code.in_(sorted(merchants)), each.c.guarantor_code != "")
        for each in (PARCEL_TAXES, TAX_BILLS)
    ]
    return frozenset(connection.sql.execute(every[0].union(every[1])).scalars())
