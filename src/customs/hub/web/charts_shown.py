"""Charts of pages (页面图表): drawn as those of the reports, each beside its table, readable without colour."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from customs.hub.reports.charts import chart_of
from customs.hub.reports.report_words import ReportWords
from customs.hub.reports.table_model import ChartKind, ReportCell, ReportTable


class ShownChart(NamedTuple):
    """A chart and its table."""

    svg: Markup
    table: ReportTable


def shown_chart(
    name: str,
    title: ReportWords,
    headings: Sequence[ReportWords],
    rows: Sequence[tuple[ReportCell, ...]],
    *,
    kind: ChartKind = "bars",
    chinese: bool,
) -> ShownChart:
    """Return a chart of rows; without rows its picture is empty. Everything in it is escaped by ``chart_of``."""
    table = ReportTable(name=name, title=title, headings=tuple(headings), rows=tuple(rows), chart=kind)
    drawn = chart_of(table, chinese=chinese) if rows else ""
    for own in ('id="hatched', "url(#hatched"):  # a page has several charts, and each name on it is one thing's
        drawn = drawn.replace(own, f"{own}-{name}")
    return ShownChart(Markup(drawn), table)  # noqa: S704  drawn and escaped by the server
