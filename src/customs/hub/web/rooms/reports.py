"""Reports (报告): fulfilment health of a day, week or month by edition, as a page with charts, a workbook or CSV."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from http import HTTPStatus
from typing import Annotated, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from markupsafe import Markup
from starlette.responses import Response

from customs.hub.reports.cells import is_figure, shown
from customs.hub.reports.charts import chart_of
from customs.hub.reports.health_report import HealthReport, health_report
from customs.hub.reports.report_files import MEDIA_TYPES, csv_of_report, workbook_of_report
from customs.hub.reports.report_words import EVERY, ReportEdition, ReportWords
from customs.hub.reports.table_model import ReportTable, TabledReport
from customs.hub.reports.windows import ReportEvery
from customs.hub.web.catalogue import console_text
from customs.hub.web.kept_figures import KeptFigures, counting_page
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import PageError, Visit, visitor
from customs.intake.sheets import SheetError
from customs.ledger.database import LedgerConnection

#: The right that an edition needs.
EDITION_RIGHTS: Mapping[ReportEdition, ConsoleRight] = {
    ReportEdition.FULL: ConsoleRight.LOOK,
    ReportEdition.FINANCE: ConsoleRight.FINANCE,
    ReportEdition.WAREHOUSE: ConsoleRight.LOOK,
}

#: The files that a report is written as.
FILES: Mapping[str, Callable[[TabledReport], bytes]] = {"xlsx": workbook_of_report, "csv": csv_of_report}


class AskedReport(NamedTuple):
    """The report that an address asks for: its edition, its length and the day by which it is named."""

    edition: ReportEdition
    every: ReportEvery
    on: date

    def query(self, **others: object) -> str:
        """Return its address, with some of it changed."""
        return urlencode({**self._asdict(), **others})


def report_pages(console: ConsoleService) -> APIRouter:
    """Return the pages of reports."""
    pages, seen = APIRouter(prefix="/e/{enterprise}/reports"), visitor(console, ConsoleRight.LOOK)
    kept = KeptFigures[HealthReport](console)

    @pages.get("")
    def show(
        visit: Visit = seen,
        edition: ReportEdition = ReportEdition.FULL,
        every: ReportEvery = "day",
        on: Annotated[str, Query(max_length=10)] = "",
    ) -> Response:
        """Show a report; without a day that of the last window which is over."""
        asked = asked_report(visit, edition, every, on)
        report = kept.seen(*_counted(visit, asked))
        return counting_page(visit) if report is None else report_page(visit, report, asked)

    @pages.get("/file.{kind}")
    def write(
        kind: Literal["xlsx", "csv"],
        on: Annotated[str, Query(max_length=10)],
        edition: ReportEdition,
        every: ReportEvery,
        visit: Visit = seen,
    ) -> Response:
        """Give a report as a file."""
        asked = asked_report(visit, edition, every, on)
        return file_of(
            kept.counted(*_counted(visit, asked)), f"health-{visit.shop.name}-{edition}-{every}-{asked.on:%Y%m%d}", kind
        )

    return pages


def report_page(visit: Visit, report: TabledReport, asked: AskedReport, *, support: bool = False) -> Response:
    """Return the page of a report, with the way to the other editions and lengths."""
    here = visit.here("/reports/support" if support else "/reports")
    tabs = [
        (each.words, f"{visit.here('/reports')}?{asked.query(edition=each)}", each is asked.edition and not support)
        for each in ReportEdition
        if visit.may(EDITION_RIGHTS[each])
    ]
    if visit.may(ConsoleRight.CASES):
        words = console_text("reports.support")
        tabs.append((ReportWords(words.en, words.zh), f"{visit.here('/reports/support')}?{asked.query()}", support))
    return page(
        visit,
        "report.html",
        asked=asked,
        here_report=here,
        title=report.title,
        subtitle=report.subtitle,
        facts=[(name, shown(value, chinese=visit.chinese)) for name, value in report.facts],
        tables=[_shown(each, chinese=visit.chinese) for each in report.tables if each.rows],
        tabs=tabs,
        lengths=[(each, words.text(chinese=visit.chinese)) for each, words in EVERY.items()],
    )


def file_of(report: TabledReport, name: str, kind: Literal["xlsx", "csv"]) -> Response:
    """Return a report as a file to be kept. Raises ``PageError`` for a workbook without openpyxl."""
    try:
        content = FILES[kind](report)
    except SheetError:
        raise PageError(HTTPStatus.NOT_IMPLEMENTED, console_text("reports.no_workbook")) from None
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(content, media_type=MEDIA_TYPES[kind], headers=headers)


def asked_report(visit: Visit, edition: ReportEdition, every: ReportEvery, on: str) -> AskedReport:
    """Return the report that is asked for, if the person may see it. Raises ``PageError``."""
    if not visit.may(EDITION_RIGHTS[edition]):
        raise PageError(HTTPStatus.FORBIDDEN, console_text("problem.not_allowed", name=visit.person.name))
    if not on:
        day = visit.now.date() - timedelta(days=visit.now.time() < visit.console.reports.ends)
        return AskedReport(edition, every, day)
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise PageError(HTTPStatus.UNPROCESSABLE_ENTITY, console_text("problem.form")) from None
    if not date(2014, 7, 1) <= day <= visit.now.date() + timedelta(days=31):
        raise PageError(HTTPStatus.UNPROCESSABLE_ENTITY, console_text("reports.no_day"))
    return AskedReport(edition, every, day)


def _counted(visit: Visit, asked: AskedReport) -> tuple[object, Callable[[LedgerConnection], HealthReport]]:
    """Return the name of a report among those that are kept, and how it is counted."""
    shop, scope = visit.shop, visit.console.reports.scope(asked.edition, asked.every)
    count = partial(
        health_report,
        enterprise=shop.name,
        merchants=shop.belongings.only_merchants,
        on=datetime.combine(asked.on, time()),
        scope=scope,
        now=visit.now,
    )
    return (shop.name, asked), count


def _shown(table: ReportTable, *, chinese: bool) -> dict[str, object]:
    """Return a table as a page shows it, without a chart where all is zero; the chart has escaped its texts itself."""
    counted = any(isinstance(cell, int) and cell for row in table.rows for cell in row)
    figures = [any(is_figure(row[place]) for row in table.rows) for place in range(len(table.headings))]
    headings = [
        (each.text(chinese=chinese), "n" if right else "") for each, right in zip(table.headings, figures, strict=True)
    ]
    rows = [
        [(shown(cell, chinese=chinese), "n" if right else "") for cell, right in zip(row, figures, strict=True)]
        for row in table.rows
    ]
    return {
        "title": table.title.text(chinese=chinese),
        "note": table.note.text(chinese=chinese),
        "chart": Markup(chart_of(table, chinese=chinese)) if counted else "",  # noqa: S704  escaped where it is drawn
        "headings": headings,
        "rows": rows,
    }
