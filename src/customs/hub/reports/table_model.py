"""The tables of a report (报告表格): what is shown, before it becomes a page, a mail, a workbook or lines.

A cell is a text in both languages, a number, an amount, a share or a time; how it looks is the business of what it becomes.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol, TypeAlias

from customs.hub.reports.measures import HealthShare
from customs.hub.reports.report_words import NO_WORDS, ReportWords

#: How a table is drawn beside its figures.
ChartKind: TypeAlias = Literal["", "hours", "trend", "bars"]


@dataclass(frozen=True, slots=True)
class LastingTime:
    """A time that something lasts, in whole seconds; None where there is none."""

    seconds: int | None


#: Anything that stands in a cell.
ReportCell: TypeAlias = ReportWords | str | int | Decimal | HealthShare | LastingTime | datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """A table: its name, title, headings and rows, a sentence about it, and how it is drawn."""

    name: str
    title: ReportWords
    headings: tuple[ReportWords, ...]
    rows: tuple[tuple[ReportCell, ...], ...]
    note: ReportWords = NO_WORDS
    chart: ChartKind = ""


class TabledReport(Protocol):
    """A report of whatever kind, as it becomes a file: its titles, the figures that are read first, and its tables."""

    @property
    def title(self) -> ReportWords:
        """The title."""
        ...

    @property
    def subtitle(self) -> ReportWords:
        """Its window, and when it was counted."""
        ...

    @property
    def facts(self) -> tuple[tuple[ReportWords, ReportCell], ...]:
        """The figures that are read first."""
        ...

    @property
    def tables(self) -> tuple[ReportTable, ...]:
        """The tables."""
        ...
