"""The report of support (客服报告): its figures as tables, which become a page, a workbook or lines like those of other reports."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from customs.hub.cases.classes import case_classes
from customs.hub.cases.priorities import PRIORITY_NAMES
from customs.hub.cases.settings import CaseSettings
from customs.hub.procedures.steps import ACTIONS
from customs.hub.reports.measures import HealthShare
from customs.hub.reports.report_words import ReportWords
from customs.hub.reports.table_model import LastingTime, ReportCell, ReportTable
from customs.hub.reports.windows import ReportWindow
from customs.hub.support.support_figures import (
    AGES,
    MINUTES_SAVED,
    CaseGroupFigures,
    SupportFigures,
    support_figures,
)
from customs.ledger.database import LedgerConnection

#: Causes that are listed at most.
MOST_CAUSES = 20

_WORK = ReportWords(
    "Times are working time of the group. Promises: first answer, desk and customer, those that are decided.",
    "时长均为小组工作时间；承诺含首次响应、处理和整体三项，仅计已有结果的。",
)

_HEADINGS = (
    ReportWords("cases", "工单"),
    ReportWords("open", "未办结"),
    ReportWords("resolved", "已解决"),
    ReportWords("first answer P50", "首次响应 P50"),
    ReportWords("first answer P90", "首次响应 P90"),
    ReportWords("resolution P50", "解决 P50"),
    ReportWords("resolution P90", "解决 P90"),
    ReportWords("without waiting P50", "不含等待 P50"),
    ReportWords("without waiting P90", "不含等待 P90"),
    ReportWords("promises kept", "时效达成率"),
    ReportWords("reopened", "重开率"),
    ReportWords("handed over", "转派率"),
    ReportWords("escalated", "升级率"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportReport:
    """A report of support with its figures."""

    figures: SupportFigures

    @property
    def title(self) -> ReportWords:
        """The title: the day and the enterprise."""
        day, name = f"{self.figures.window.on:%Y-%m-%d}", self.figures.enterprise
        return ReportWords(f"Support, {day}, {name}", f"客服报告 {day} {name}")

    @property
    def subtitle(self) -> ReportWords:
        """The window, and when the figures were counted."""
        window, now = self.figures.window.words, f"{self.figures.now:%Y-%m-%d %H:%M}"
        return ReportWords(f"Window {window}, counted {now}", f"统计时段 {window}，统计时间 {now}")

    @property
    def facts(self) -> tuple[tuple[ReportWords, ReportCell], ...]:
        """The figures that are read first."""
        total, lookups = self.figures.total, self.figures.lookups
        return (
            (ReportWords("cases", "工单"), total.count),
            (ReportWords("resolved", "已解决"), total.resolved),
            (ReportWords("promises kept", "时效达成率"), total.kept),
            (ReportWords("reopened", "重开率"), total.reopened),
            (ReportWords("resolved without another group", "一次解决率"), total.first_contact),
            (ReportWords("look-ups without a case", "自助解决率"), _alone(lookups.count, lookups.followed)),
            (
                ReportWords("working time saved by the hub", "自动化节省工时"),
                LastingTime(self.figures.minutes_saved * 60),
            ),
        )

    @property
    def tables(self) -> tuple[ReportTable, ...]:
        """The tables."""
        figures = self.figures
        return (
            ReportTable(
                name="classes",
                title=ReportWords("By class", "按分类"),
                headings=(ReportWords("class", "分类"), *_HEADINGS),
                rows=tuple((_class(key), *_row(each)) for key, each in figures.by_class.items()),
                note=_WORK,
            ),
            ReportTable(
                name="priorities",
                title=ReportWords("By priority", "按优先级"),
                headings=(ReportWords("priority", "优先级"), *_HEADINGS),
                rows=tuple(
                    (ReportWords(*PRIORITY_NAMES[key]), *_row(each)) for key, each in figures.by_priority.items()
                ),
                note=_WORK,
            ),
            ReportTable(
                name="ages",
                title=ReportWords("Open cases by age", "未办结工单按时长"),
                headings=(ReportWords("age", "时长"), ReportWords("cases", "工单")),
                rows=tuple(zip(_ages(), figures.ages, strict=True)),
                chart="bars",
            ),
            ReportTable(
                name="causes",
                title=ReportWords("Causes to remove", "待消除的原因"),
                headings=(
                    ReportWords("cause", "原因"),
                    ReportWords("cases", "工单"),
                    ReportWords("orders", "订单"),
                    ReportWords("time of the desk", "处理工时"),
                ),
                rows=tuple(
                    (_class(each.cause), each.cases, each.orders, LastingTime(each.desk_seconds))
                    for each in figures.causes[:MOST_CAUSES]
                ),
                note=ReportWords("Those that took most time first.", "按处理工时从多到少。"),
            ),
            ReportTable(
                name="knowledge",
                title=ReportWords("Knowledge and self-service", "知识与自助"),
                headings=(ReportWords("figure", "指标"), ReportWords("value", "值")),
                rows=tuple(self._knowledge()),
            ),
            ReportTable(
                name="automation",
                title=ReportWords("Done by the hub", "自动化处理"),
                headings=(
                    ReportWords("action", "操作"),
                    ReportWords("times", "次数"),
                    ReportWords("time saved", "节省工时"),
                ),
                rows=tuple(
                    (ReportWords(*ACTIONS[name]), count, LastingTime(MINUTES_SAVED.get(name, 0) * count * 60))
                    for name, count in figures.actions.items()
                ),
                note=ReportWords(
                    "Minutes for each action are a judgement of the library.", "每次操作节省的分钟数为本库的估计。"
                ),
            ),
        )

    def _knowledge(self) -> Iterator[tuple[ReportCell, ...]]:
        found, lookups = self.figures.knowledge, self.figures.lookups
        yield ReportWords("resolved cases with an article", "引用知识的已解决工单"), found.with_article
        yield ReportWords("uses of articles", "知识使用次数"), found.used
        yield ReportWords("uses that helped", "有帮助"), found.helped
        yield ReportWords("look-ups", "自助查询"), lookups.count
        yield (
            ReportWords("look-ups without a case within a day", "查询后一天内未建单"),
            _alone(lookups.count, lookups.followed),
        )


def support_report(
    connection: LedgerConnection, enterprise: str, window: ReportWindow, settings: CaseSettings, *, now: datetime
) -> SupportReport:
    """Return the report of the cases opened within a window."""
    return SupportReport(figures=support_figures(connection, enterprise, window, settings, now=now))


def _alone(count: int, followed: int) -> HealthShare:
    return HealthShare(count - followed, count)


def _class(key: str) -> ReportWords:
    found = case_classes().get(key)
    return ReportWords(*found.name) if found else ReportWords(key, key)


def _row(figures: CaseGroupFigures) -> tuple[ReportCell, ...]:
    spreads = (figures.answer, figures.customer, figures.desk)
    times = tuple(LastingTime(each) for spread in spreads for each in (spread.p50, spread.p90))
    shares = (figures.kept, figures.reopened, figures.hand_overs, figures.escalated)
    return (figures.count, figures.open, figures.resolved, *times, *shares)


def _ages() -> Iterator[ReportWords]:
    yield ReportWords(f"below {AGES[0]} d", f"{AGES[0]} 天以内")
    for low, high in pairwise(AGES):
        yield ReportWords(f"{low} to {high} d", f"{low} 至 {high} 天")
    yield ReportWords(f"{AGES[-1]} d and more", f"{AGES[-1]} 天以上")
