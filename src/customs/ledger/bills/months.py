"""Months of bills against parcels (按月关税对账): streamed from the ledger, in memory that does not grow with them.

A month holds the parcels that were released in it (those not released: declared), whenever their bills came, and the bills
made in it whose list is not of this ledger.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import chain

from sqlalchemy import and_, exists, func, or_, select, true

from customs.fields.frozen import FrozenDict
from customs.ledger.bills.kept import kept_bill
from customs.ledger.bills.parcels import kept_parcel, orders_assessed_as, orders_billed_as
from customs.ledger.bills.tables import BILLED, PARCEL_TAXES, TAX_BILLS, TAX_PAYMENTS
from customs.ledger.database import LedgerConnection
from customs.ledger.index_values import index_values
from customs.reconciliation.three_way.comparison import ParcelComparison, compare_parcel
from customs.reconciliation.three_way.month import PaymentComparison
from customs.reconciliation.three_way.sides import BillSide, OwnSide
from customs.reconciliation.three_way.surroundings import DEFAULT_RULES, BillRules, Surroundings
from customs.tax.rates import RateTable

#: How many parcels are read at a time.
_AT_A_TIME = 200


def surroundings_of(
    connection: LedgerConnection,
    on: date,
    exchange: Mapping[str, Mapping[str, Decimal]] = FrozenDict(),
    rates: RateTable | None = None,
    rules: BillRules = DEFAULT_RULES,
) -> Surroundings:
    """Return what a comparison may ask of the ledger: whose figures a bill has, and which exchange rates are known."""
    return Surroundings(
        on=on,
        rates=rates,
        exchange=exchange,
        rules=rules,
        owners=partial(orders_assessed_as, connection),
        billed=partial(orders_billed_as, connection),
    )


def reconciled(
    connection: LedgerConnection, month: str, around: Surroundings, *, merchants: Collection[str] | None = None
) -> Iterator[ParcelComparison]:
    """Yield one line for each parcel of a month (2026-11), by order number, and then for each bill of no parcel: of some
    merchants, or of all.
    """
    for own, bills in chain(_parcels(connection, month, merchants), _of_nobody(connection, month, merchants)):
        yield compare_parcel(own, bills, around)


def _parcels(
    connection: LedgerConnection, month: str, merchants: Collection[str] | None
) -> Iterator[tuple[OwnSide, list[BillSide]]]:
    parcels, last = PARCEL_TAXES.c, ""
    own = true() if merchants is None else parcels.merchant_code.in_(sorted(merchants))
    while True:
        wanted = select(PARCEL_TAXES).where(parcels.month == month, parcels.order_no > last, own)
        rows = connection.sql.execute(wanted.order_by(parcels.order_no).limit(_AT_A_TIME)).mappings().all()
        if not rows:
            return
        last = rows[-1]["order_no"]
        of_list = _bills_of(connection, "list_no", [row["list_no"] for row in rows if row["list_no"]])
        of_order = _bills_of(connection, "order_no", [row["order_no"] for row in rows])
        for row in rows:
            # the list decides; the order only where the bill or the parcel has no list number
            loose = [each for each in of_order[row["order_no"]] if not each.list_no or not row["list_no"]]
            found = {each.tax_bill_no: each for each in (*of_list[row["list_no"]], *loose)}
            yield kept_parcel(row), list(found.values())


def _bills_of(connection: LedgerConnection, column: str, numbers: list[str]) -> dict[str, list[BillSide]]:
    found: dict[str, list[BillSide]] = defaultdict(list)
    wanted = select(TAX_BILLS).where(TAX_BILLS.c[column].in_(numbers), TAX_BILLS.c.complete)
    for row in connection.sql.execute(wanted.order_by(TAX_BILLS.c.tax_bill_no)).mappings():
        found[row[column]].append(kept_bill(row).bill)
    return found


def _of_nobody(
    connection: LedgerConnection, month: str, merchants: Collection[str] | None
) -> Iterator[tuple[None, list[BillSide]]]:
    bills, parcels, last = TAX_BILLS.c, PARCEL_TAXES.c, ""
    of_list = exists().where(parcels.list_no == bills.list_no, parcels.list_no != "")
    of_order = exists().where(parcels.order_no == bills.order_no, or_(bills.list_no == "", parcels.list_no == ""))
    own = true() if merchants is None else bills.merchant_code.in_(sorted(merchants))
    nobodys = and_(~of_list, ~of_order, own)
    while True:
        wanted = select(TAX_BILLS).where(bills.month == month, bills.tax_bill_no > last, bills.complete, nobodys)
        rows = connection.sql.execute(wanted.order_by(bills.tax_bill_no).limit(_AT_A_TIME)).mappings().all()
        for row in rows:
            yield None, [kept_bill(row).bill]
        if not rows:
            return
        last = rows[-1]["tax_bill_no"]


def payments_compared(connection: LedgerConnection, month: str) -> Iterator[PaymentComparison]:
    """Yield each payment form (entDutyNo) with bills made in a month: all its standing bills against what was paid."""
    bills = TAX_BILLS.c
    forms = select(bills.payment_form_no).where(bills.month == month, bills.payment_form_no != "").distinct()
    wanted = (
        select(bills.payment_form_no, BILLED, func.max(TAX_PAYMENTS.c.amount))
        .outerjoin(TAX_PAYMENTS, TAX_PAYMENTS.c.payment_form_no == bills.payment_form_no)
        .where(bills.payment_form_no.in_(forms), bills.status != "3")
        .group_by(bills.payment_form_no)
        .order_by(bills.payment_form_no)
    )
    for form, amount, paid in connection.sql.execute(wanted):
        yield PaymentComparison(form, amount, paid)


def months_of(connection: LedgerConnection) -> list[str]:
    """Return the months that have parcels or bills, in order."""
    both = {*index_values(connection, PARCEL_TAXES.c.month), *index_values(connection, TAX_BILLS.c.month)}
    return sorted(both - {""})
