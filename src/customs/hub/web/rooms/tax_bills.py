"""Tax bills and guarantees (电子税单与担保): bills, the reconciliation of a month to be signed, and how long guarantees last."""

from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Path
from starlette.responses import Response

from customs.hub.web.catalogue import console_text
from customs.hub.web.downloads import file_answer, table_file
from customs.hub.web.kept_figures import KeptFigures, counting_page
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.service import ConsoleService
from customs.hub.web.shop_rates import rates_today
from customs.hub.web.tax_figures import AskedMonth, MonthShown, guarantees_shown, month_lines, month_shown
from customs.hub.web.tax_tables import line_rows
from customs.hub.web.visits import PageError, Visit, visitor
from customs.ledger.bills import months_of
from customs.ledger.bills.paging import bills_page, parcels_in_month
from customs.ledger.database import LedgerConnection
from customs.reconciliation.three_way import GROUPS, STANDINGS

#: Rows of a page, and parcels of a month that are compared at once.
_ROWS, _MOST_PARCELS = 50, 20_000

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
        asked = _asked(visit, month)
        with console.ledger.ask() as connection:
            _not_too_many(connection, asked)
        found = months.seen((visit.shop.name, month), partial(month_shown, asked=asked))
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
        asked = _asked(visit, month)
        with console.ledger.read() as connection:
            _not_too_many(connection, asked)
            content = table_file({"逐票 parcels": line_rows(month_lines(connection, asked))}, workbook=ending == "xlsx")
        return file_answer(content, f"tax-{month}.{ending}")

    @pages.get("/guarantee")
    def guarantee(visit: Visit = seen) -> Response:
        """Show each guarantee, what it still covers, and from which day it does not."""
        found = covers.seen(visit.shop.name, partial(guarantees_shown, merchants=_own(visit), today=visit.now.date()))
        return counting_page(visit) if found is None else page(visit, "guarantee.html", guarantees=found)

    return pages


def _own(visit: Visit) -> frozenset[str] | None:
    return visit.shop.belongings.only_merchants


def _asked(visit: Visit, month: str) -> AskedMonth:
    return AskedMonth(visit.shop.name, month, _own(visit), rates_today(visit), visit.now.date())


def _not_too_many(connection: LedgerConnection, asked: AskedMonth) -> None:
    """Raise ``PageError`` if a month has more parcels than are compared at once."""
    if parcels_in_month(connection, asked.month, asked.merchants, most=_MOST_PARCELS) > _MOST_PARCELS:
        raise PageError(HTTPStatus.CONFLICT, console_text("bills.too_many", most=f"{_MOST_PARCELS:,}"))
