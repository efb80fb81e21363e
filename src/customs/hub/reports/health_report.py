"""A report (履约健康度报告): a window, an edition and its tables, before it becomes a page, a mail or a file."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, time

from customs.hub.reports.editions import tables_of
from customs.hub.reports.figures import HealthFigures, health_figures
from customs.hub.reports.limits import HealthLimits
from customs.hub.reports.money import MoneyFigures, money_figures
from customs.hub.reports.report_words import EVERY, ReportEdition, ReportWords
from customs.hub.reports.table_model import ReportCell, ReportTable
from customs.hub.reports.windows import ENDS, ReportEvery, ReportWindow, window_of
from customs.ledger.database import LedgerConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportScope:
    """The scope of a report: its edition, its length, when its days end, and the limits of steps."""

    edition: ReportEdition = ReportEdition.FULL
    every: ReportEvery = "day"
    ends: time = ENDS
    limits: HealthLimits = field(default_factory=HealthLimits)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthReport:
    """A report with its figures."""

    scope: ReportScope
    figures: HealthFigures
    money: MoneyFigures | None
    tables: tuple[ReportTable, ...]

    @property
    def window(self) -> ReportWindow:
        """The window of the report."""
        return self.figures.window

    @property
    def title(self) -> ReportWords:
        """The title: edition, length, day and enterprise."""
        edition, every = self.scope.edition.words, EVERY[self.scope.every]
        day, name = f"{self.window.on:%Y-%m-%d}", self.figures.enterprise
        return ReportWords(f"{edition.en}, {every.en}, {day}, {name}", f"{edition.zh}{every.zh} {day} {name}")

    @property
    def subtitle(self) -> ReportWords:
        """The window, and when the figures were counted."""
        window, now = self.window.words, f"{self.figures.now:%Y-%m-%d %H:%M}"
        return ReportWords(f"Window {window}, counted {now}", f"统计时段 {window}，统计时间 {now}")

    @property
    def facts(self) -> tuple[tuple[ReportWords, ReportCell], ...]:
        """The figures that are read first."""
        hours, total = self.figures.event.hours, self.figures.cohort.total
        overdue = sum(each.overdue for each in self.figures.waiting)
        return (
            (ReportWords("taken in", "接单"), sum(hours["received"])),
            (ReportWords("released", "放行"), sum(hours["released"])),
            (ReportWords("out of the zone", "出区"), sum(hours["left_zone"])),
            (ReportWords("declaration success", "申报成功率"), total.share("released")),
            (ReportWords("first-pass rate", "一次通过率"), total.share("first_pass")),
            (ReportWords("overdue now", "当前超时"), overdue),
        )


def health_report(
    connection: LedgerConnection,
    enterprise: str,
    on: datetime,
    scope: ReportScope,
    *,
    merchants: Collection[str] | None,
    now: datetime,
) -> HealthReport:
    """Return the report of an enterprise that is named by a day.

    ``on`` is any time of that day. The finance edition counts the parcels of ``merchants``, those of all for None.
    """
    window = window_of(scope.every, on.date(), scope.ends)
    figures = health_figures(connection, enterprise, window, now=now, limits=scope.limits)
    money = None
    if scope.edition is ReportEdition.FINANCE:
        money = money_figures(connection, enterprise, window, now=now, merchants=merchants)
    return HealthReport(scope=scope, figures=figures, money=money, tables=tables_of(figures, scope.edition, money))
