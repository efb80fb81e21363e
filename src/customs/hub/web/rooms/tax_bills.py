"""Tax bills and guarantees (电子税单与担保): bills, the reconciliation of a month to be signed, and how long guarantees last."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Path
from starlette.responses import Response

from customs.hub.orders import OrderName
from customs.hub.web.catalogue import console_text
from customs.hub.web.downloads import file_answer, table_file
from customs.hub.web.finding_orders import orders_named
from customs.hub.web.kept_figures import KeptFigures, counting_page
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.service import ConsoleService
from customs.hub.web.shop_rates import rates_today
from customs.hub.web.tax_tables import line_rows
from customs.hub.web.visits import PageError, Visit, visitor
from customs.ledger.bills import (
    GuaranteeBalance,
    daily_tax,
    days_held,
    expected_releases,
    forecast_guarantee,
    guarantees,
    months_of,
    reconciled,
    surroundings_of,
)
from customs.ledger.bills.guarantors import guarantors_of
from customs.ledger.bills.paging import bills_page, parcels_in_month
from customs.ledger.database import LedgerConnection
from customs.reconciliation.three_way import GROUPS, STANDINGS, BillSummary, ParcelComparison

#: Rows of a page, parcels of a month that are compared at once, and lines with a difference that are shown.
_ROWS, _MOST_PARCELS, _MOST_LINES = 50, 20_000, 200


class MonthShown(NamedTuple):
    """The reconciliation of a month: its sums, the first parcels with a difference, and their orders by number."""

    summary: BillSummary
    differing: list[ParcelComparison]
    orders: Mapping[str, OrderName]


_Month = Annotated[str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


def tax_bill_pages(console: ConsoleService) -> APIRouter:
    """Return the pages of tax bills and guarantees."""
    pages = APIRouter(prefix="/e/{enterprise}/bills")
    seen = visitor(console, ConsoleRight.FINANCE)
    months, covers = KeptFigures[MonthShown](console), KeptFigures[list[dict[str, Any]]](console)

    @pages.get("")
    def show(visit: Visit = seen, order_no: str = "", month: str = "", after: str = "") -> Response:
        """List tax bills: all, of an order, or of a month."""
        asked: dict[str, Any] = {"order_no": order_no.strip()[:100], "month": month[:7]}
        with console.ledger.read() as connection:
            months = months_of(connection)
            found = bills_page(connection, merchants=_own(visit), after=after[:100], most=_ROWS + 1, **asked)
        more = urlencode(asked | {"after": found[_ROWS - 1].bill.tax_bill_no}) if len(found) > _ROWS else ""
        return page(
            visit,
            "bills.html",
            bills=found[:_ROWS],
            months=months[::-1],
            more=visit.here(f"/bills?{more}") if more else "",
            **asked,
        )

    @pages.get("/months/{month}")
    def of_month(month: _Month, visit: Visit = seen) -> Response:
        """Show the reconciliation of a month, as a finance clerk signs it."""
        found = months.seen((visit.shop.name, month), lambda connection: _month(connection, visit, month))
        if found is None:
            return counting_page(visit)
        summary, differing, orders = found
        wrong = summary.all.parcels - summary.all.in_order
        return page(
            visit,
            "bills_month.html",
            month=month,
            totals=summary.all,
            merchants=sorted(summary.by_merchant.items()),
            forms=sorted((form, each) for form, each in summary.by_payment_form.items() if form),
            causes=[(code, each, GROUPS[each.group]) for code, each in summary.causes()],
            lines=differing,
            orders=orders,
            left=wrong - len(differing),
            stands=STANDINGS,
        )

    @pages.get("/months/{month}/parcels.{ending}")
    def download(month: _Month, ending: Literal["csv", "xlsx"], visit: Visit = seen) -> Response:
        """Give the parcels of a month, each with its three amounts and the causes of a difference."""
        with console.ledger.read() as connection:
            content = table_file(
                {"逐票 parcels": line_rows(_lines(connection, visit, month))}, workbook=ending == "xlsx"
            )
        return file_answer(content, f"tax-{month}.{ending}")

    @pages.get("/guarantee")
    def guarantee(visit: Visit = seen) -> Response:
        """Show each guarantee, what it still covers, and from which day it does not."""
        found = covers.seen(visit.shop.name, lambda connection: _guarantees(connection, visit))
        return counting_page(visit) if found is None else page(visit, "guarantee.html", guarantees=found)

    return pages


def _own(visit: Visit) -> frozenset[str] | None:
    return visit.shop.belongings.only_merchants


def _lines(connection: LedgerConnection, visit: Visit, month: str) -> Iterator[ParcelComparison]:
    """Yield the lines of a month of the enterprise's merchants. Raises ``PageError`` if there are too many."""
    if parcels_in_month(connection, month, _own(visit), most=_MOST_PARCELS) > _MOST_PARCELS:
        raise PageError(HTTPStatus.CONFLICT, console_text("bills.too_many", most=f"{_MOST_PARCELS:,}"))
    around = surroundings_of(connection, visit.now.date(), rates=rates_today(visit))
    yield from reconciled(connection, month, around, merchants=_own(visit))


def _month(connection: LedgerConnection, visit: Visit, month: str) -> MonthShown:
    summary, differing = BillSummary(), list[ParcelComparison]()
    for line in _lines(connection, visit, month):
        summary.add(month, line)
        if not line.in_order and len(differing) < _MOST_LINES:
            differing.append(line)
    numbers = [each.order_no for each in differing if each.order_no]
    return MonthShown(summary, differing, orders_named(connection, visit.shop.name, numbers))


def _guarantees(connection: LedgerConnection, visit: Visit) -> list[dict[str, Any]]:
    """Return the guarantees that cover parcels of the enterprise's merchants, and how long each lasts."""
    own = _own(visit)
    codes = None if own is None else guarantors_of(connection, own)
    return [
        _guarantee(connection, visit, each)
        for each in guarantees(connection)
        if codes is None or each.guarantor_code in codes
    ]


def _guarantee(connection: LedgerConnection, visit: Visit, balance: GuaranteeBalance) -> dict[str, Any]:
    today, code = visit.now.date(), balance.guarantor_code
    tax = daily_tax(connection, code, today)
    forecast = forecast_guarantee(
        balance.free, tax, after=today, releases=expected_releases(connection, code), held_for=days_held()
    )
    return {"balance": balance, "daily": tax, "forecast": forecast}
