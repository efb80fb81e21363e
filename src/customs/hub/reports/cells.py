"""Cells (单元格) as text: how a figure of a report is shown in each language.

>>> shown(HealthShare(3, 4)), shown(LastingTime(5400), chinese=True), shown(12345), shown(None)
('75.0 %', '1.5 小时', '12,345', '-')
"""

from datetime import datetime
from decimal import Decimal

from customs.hub.reports.measures import NOTHING, HealthShare, duration
from customs.hub.reports.report_words import ReportWords
from customs.hub.reports.table_model import LastingTime, ReportCell


def shown(cell: ReportCell, *, chinese: bool = False) -> str:
    """Return a cell as text in one language."""
    match cell:
        case None:
            return NOTHING
        case ReportWords():
            return cell.text(chinese=chinese)
        case HealthShare():
            return cell.percent
        case LastingTime():
            return duration(cell.seconds, chinese=chinese)
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M}"
        case int() | Decimal():
            return f"{cell:,}"
        case str():
            return cell


def is_figure(cell: ReportCell) -> bool:
    """True for a number, an amount, a share or a time that something lasts: these stand to the right."""
    return isinstance(cell, int | Decimal | HealthShare | LastingTime) or cell is None
