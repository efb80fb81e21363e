"""A report as values of JSON (报告数据): shares with numerator and denominator, times in seconds, amounts as text."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from customs.hub.reports.health_report import HealthReport
from customs.hub.reports.measures import HealthShare
from customs.hub.reports.report_words import ReportWords
from customs.hub.reports.table_model import LastingTime, ReportCell


def report_values(report: HealthReport) -> dict[str, Any]:
    """Return a report with its main figures and all its tables as values of JSON."""
    figures = report.figures
    flows = {"cohort": figures.cohort, "event": figures.event}
    return {
        "enterprise": figures.enterprise,
        "edition": report.scope.edition.value,
        "since": figures.window.since.isoformat(),
        "until": figures.window.until.isoformat(),
        "counted": figures.now.isoformat(timespec="seconds"),
        **{
            name: {
                "orders": flow.total.orders,
                "shares": {share: _value(each) for share, each in flow.total.shares.items()},
            }
            for name, flow in flows.items()
        },
        "tables": {
            table.name: {
                "title": _value(table.title),
                "headings": [_value(each) for each in table.headings],
                "rows": [[_value(each) for each in row] for row in table.rows],
            }
            for table in report.tables
        },
    }


def _value(cell: ReportCell) -> Any:
    match cell:
        case ReportWords():
            return {"en": cell.en, "zh": cell.zh}
        case HealthShare():
            value = None if cell.value is None else f"{cell.value:f}"
            return {"part": cell.part, "whole": cell.whole, "value": value}
        case LastingTime():
            return cell.seconds
        case Decimal():
            return f"{cell:f}"
        case datetime():
            return cell.isoformat(timespec="seconds")
        case _:
            return cell
