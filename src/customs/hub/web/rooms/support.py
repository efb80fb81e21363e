"""Figures of support (客服报告): volume, times, promises kept and causes of a day, week or month, as a page and as files."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from customs.fields.frozen import FrozenDict
from customs.hub.reports.report_words import ReportEdition
from customs.hub.reports.windows import ReportEvery, window_of
from customs.hub.support.support_report import SupportReport, support_report
from customs.hub.web.kept_figures import KeptFigures, counting_page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.rooms.reports import AskedReport, asked_report, file_of, report_page
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import Visit, visitor
from customs.ledger.database import LedgerConnection


def support_pages(console: ConsoleService) -> APIRouter:
    """Return the pages of the figures of support."""
    pages = APIRouter(prefix="/e/{enterprise}/reports/support")
    seen, kept = visitor(console, ConsoleRight.CASES), KeptFigures[SupportReport](console)

    @pages.get("")
    def show(
        visit: Visit = seen, every: ReportEvery = "day", on: Annotated[str, Query(max_length=10)] = ""
    ) -> Response:
        """Show the figures; without a day those of the last window which is over."""
        asked = asked_report(visit, ReportEdition.FULL, every, on)
        report = kept.seen(*_counted(visit, asked))
        return counting_page(visit) if report is None else report_page(visit, report, asked, support=True)

    @pages.get("/file.{kind}")
    def write(
        kind: Literal["xlsx", "csv"],
        on: Annotated[str, Query(max_length=10)],
        every: ReportEvery,
        visit: Visit = seen,
    ) -> Response:
        """Give the figures as a file."""
        asked = asked_report(visit, ReportEdition.FULL, every, on)
        report = kept.counted(*_counted(visit, asked))
        return file_of(report, f"support-{visit.shop.name}-{every}-{asked.on:%Y%m%d}", kind)

    return pages


def _counted(visit: Visit, asked: AskedReport) -> tuple[object, Callable[[LedgerConnection], SupportReport]]:
    """Return the name of a report among those that are kept, and how it is counted."""
    console, shop, now = visit.console, visit.shop.name, visit.now
    window = window_of(asked.every, asked.on, console.reports.ends)
    settings = replace(console.cases, mail=FrozenDict())  # whose passwords no count needs
    return (shop, asked), partial(support_report, enterprise=shop, window=window, settings=settings, now=now)
