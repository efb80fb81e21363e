"""Figures of support (客服报告): volume, times, promises kept and causes of a day, week or month, as a page and as files."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from customs.hub.reports.report_words import ReportEdition
from customs.hub.reports.windows import ReportEvery, window_of
from customs.hub.support.support_figures import support_figures
from customs.hub.support.support_report import SupportReport
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.rooms.reports import AskedReport, asked_report, file_of, report_page
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import Visit, visitor


def support_pages(console: ConsoleService) -> APIRouter:
    """Return the pages of the figures of support."""
    pages = APIRouter(prefix="/e/{enterprise}/reports/support")
    seen = visitor(console, ConsoleRight.CASES)

    @pages.get("")
    def show(
        visit: Visit = seen, every: ReportEvery = "day", on: Annotated[str, Query(max_length=10)] = ""
    ) -> Response:
        """Show the figures; without a day those of the last window which is over."""
        asked = asked_report(visit, ReportEdition.FULL, every, on)
        return report_page(visit, _report(visit, asked), asked, support=True)

    @pages.get("/file.{kind}")
    def write(
        kind: Literal["xlsx", "csv"],
        on: Annotated[str, Query(max_length=10)],
        every: ReportEvery,
        visit: Visit = seen,
    ) -> Response:
        """Give the figures as a file."""
        asked = asked_report(visit, ReportEdition.FULL, every, on)
        return file_of(_report(visit, asked), f"support-{visit.shop.name}-{every}-{asked.on:%Y%m%d}", kind)

    return pages


def _report(visit: Visit, asked: AskedReport) -> SupportReport:
    window = window_of(asked.every, asked.on, visit.console.reports.ends)
    with visit.console.ledger.read() as connection:
        figures = support_figures(connection, visit.shop.name, window, visit.console.cases, now=visit.now)
    return SupportReport(figures=figures)
