"""Figures of tax bills (税单汇总): the reconciliation of a month, and how long guarantees last."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from customs.hub.orders.taking_in import OrderName
from customs.hub.web.finding_orders import orders_named
from customs.ledger.bills import (
    GuaranteeBalance,
    daily_tax,
    days_held,
    expected_releases,
    forecast_guarantee,
    guarantees,
    reconciled,
    surroundings_of,
)
from customs.ledger.bills.guarantors import guarantors_of
from customs.ledger.database import LedgerConnection
from customs.reconciliation.three_way import BillSummary, ParcelComparison
from customs.tax import RateTable

#: Lines with a difference that are shown.
MOST_LINES = 200


class AskedMonth(NamedTuple):
    """The month of some merchants, or of all, that an enterprise asks for; with the rates of a day."""

    enterprise: str
    month: str
    merchants: frozenset[str] | None
    rates: RateTable | None
    on: date


class MonthShown(NamedTuple):
    """The reconciliation of a month: its sums, the first parcels with a difference, and their orders by number."""

    summary: BillSummary
    differing: list[ParcelComparison]
    orders: Mapping[str, OrderName]


def month_lines(connection: LedgerConnection, asked: AskedMonth) -> Iterator[ParcelComparison]:
    """Yield the lines of a month: each parcel with its three amounts."""
    around = surroundings_of(connection, asked.on, rates=asked.rates)
    return reconciled(connection, asked.month, around, merchants=asked.merchants)


def month_shown(connection: LedgerConnection, asked: AskedMonth) -> MonthShown:
    """Return the reconciliation of a month."""
    summary, differing = BillSummary(), list[ParcelComparison]()
    for line in month_lines(connection, asked):
        summary.add(asked.month, line)
        if not line.in_order and len(differing) < MOST_LINES:
            differing.append(line)
    numbers = [each.order_no for each in differing if each.order_no]
    return MonthShown(summary, differing, orders_named(connection, asked.enterprise, numbers))


def guarantees_shown(
    connection: LedgerConnection, merchants: frozenset[str] | None, today: date
) -> list[dict[str, Any]]:
    """Return the guarantees that cover parcels of some merchants, or all, and how long each lasts."""
    codes = None if merchants is None else guarantors_of(connection, merchants)
    return [
        _guarantee(connection, each, today)
        for each in guarantees(connection)
        if codes is None or each.guarantor_code in codes
    ]


def _guarantee(connection: LedgerConnection, balance: GuaranteeBalance, today: date) -> dict[str, Any]:
    code = balance.guarantor_code
    tax = daily_tax(connection, code, today)
    forecast = forecast_guarantee(
        balance.free, tax, after=today, releases=expected_releases(connection, code), held_for=days_held()
    )
    return {"balance": balance, "daily": tax, "forecast": forecast}
