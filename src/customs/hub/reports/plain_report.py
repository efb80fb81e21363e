"""A report as plain lines (纯文本报告): for robots and mail programs that show no HTML."""

from collections.abc import Iterator, Sequence

from customs.hub.reports.cells import shown
from customs.hub.reports.health_report import HealthReport
from customs.hub.reports.measures import NOTHING, HealthShare
from customs.hub.reports.table_model import ReportCell

#: Tables that lines leave to the page and the workbook.
_LEFT_OUT = frozenset({"formulas", "overdue", "hours", "causes-by-place", "districts", "providers"})

#: Rows of a table in lines.
_MOST_ROWS = 16


def lines_of(report: HealthReport, *, chinese: bool) -> str:
    """Return the main figures of a report as lines of text in one language."""
    return "\n".join(_lines(report, chinese))


def _lines(report: HealthReport, chinese: bool) -> Iterator[str]:
    yield report.subtitle.text(chinese=chinese)
    yield "  ".join(f"{name.text(chinese=chinese)} {shown(value, chinese=chinese)}" for name, value in report.facts)
    for table in report.tables:
        if table.name in _LEFT_OUT:
            continue
        yield ""
        yield table.title.text(chinese=chinese)
        names = [each.text(chinese=chinese) for each in table.headings]
        for row in table.rows[:_MOST_ROWS]:
            if told := "  ".join(_told(names, row, chinese)):
                yield f"  {shown(row[0], chinese=chinese)}  {told}"
        if len(table.rows) > _MOST_ROWS:
            more = len(table.rows) - _MOST_ROWS
            yield f"  另有 {more} 行" if chinese else f"  and {more} more"


def _told(names: Sequence[str], row: Sequence[ReportCell], chinese: bool) -> Iterator[str]:
    """Yield the figures of a row with their names; a share has its counts behind it, and what is nothing is left out."""
    rest = list(zip(names, row, strict=True))[1:]
    while rest:
        (name, cell), *rest = rest
        if isinstance(cell, HealthShare):
            if [each for _, each in rest[:2]] == [cell.part, cell.whole]:
                rest = rest[2:]
            if cell.whole:
                yield f"{name} {cell.percent} ({cell.part:,} / {cell.whole:,})"
        elif (text := shown(cell, chinese=chinese)) not in ("", NOTHING, "0"):
            yield f"{name} {text}"
