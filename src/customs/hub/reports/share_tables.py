"""The tables of shares and times (指标与时长表): in all, by day, by customs district and by provider, with their formulas."""

from collections.abc import Sequence

from customs.hub.reports.figures import HealthFigures
from customs.hub.reports.flows import HealthGroup
from customs.hub.reports.measures import TimeSpread
from customs.hub.reports.report_words import STEP_WORDS, ReportEdition, ReportWords, district_title, provider_title
from customs.hub.reports.share_rules import HEALTH_SHARES
from customs.hub.reports.table_model import LastingTime, ReportCell, ReportTable

_FINANCE = ("released", "rejected", "cancelled", "returned", "returned_in_time")
_WAREHOUSE = ("packed_in_time", "left_in_time", "collected_in_time")

#: Shares in tables by district and provider.
_BRIEF = ("released", "first_pass", "rejected", "inspected")
_OF_PROVIDERS = ("released", "rejected", "packed_in_time", "left_in_time", "collected_in_time", "signed_in_time")

_PART, _WHOLE = ReportWords("numerator", "分子"), ReportWords("denominator", "分母")


def _shown(edition: ReportEdition) -> Sequence[str]:
    shown = {ReportEdition.FINANCE: _FINANCE, ReportEdition.WAREHOUSE: _WAREHOUSE}
    return shown.get(edition, tuple(HEALTH_SHARES))


def share_table(figures: HealthFigures, edition: ReportEdition) -> ReportTable:
    cohort, event = figures.cohort.total, figures.event.total
    rows = []
    for name in _shown(edition):
        rule, one, other = HEALTH_SHARES[name], cohort.share(name), event.share(name)
        title = ReportWords(rule.en, rule.zh)
        rows.append((title, one, one.part, one.whole, other, other.part, other.whole))
    return ReportTable(
        name="shares",
        title=ReportWords("Shares", "指标"),
        headings=(
            ReportWords("figure", "指标"),
            ReportWords("cohort", "批次口径"),
            _PART,
            _WHOLE,
            ReportWords("event", "事件口径"),
            _PART,
            _WHOLE,
        ),
        rows=tuple(rows),
        note=ReportWords(
            f"Cohort: {cohort.orders:,} orders taken in within the window, followed until {figures.now:%Y-%m-%d %H:%M}. "
            f"Event: what came to its end within the window. The formulas stand at the end.",
            f"批次口径：时段内接单的 {cohort.orders:,} 单，跟踪至 {figures.now:%Y-%m-%d %H:%M}。"
            f"事件口径：时段内完成的环节。公式见文末。",
        ),
    )


def _spread(title: ReportWords, one: TimeSpread) -> tuple[ReportCell, ...]:
    return title, one.count, LastingTime(one.p50), LastingTime(one.p90), LastingTime(one.p99)


_SPREAD = (ReportWords("count", "单数"), *(ReportWords(each, each) for each in ("P50", "P90", "P99")))


def step_table(figures: HealthFigures, edition: ReportEdition) -> ReportTable:
    shown = ("packing", "leaving") if edition is ReportEdition.WAREHOUSE else tuple(STEP_WORDS)
    times = figures.cohort.times
    return ReportTable(
        name="times",
        title=ReportWords("How long steps took", "各环节时长"),
        headings=(ReportWords("step", "环节"), *_SPREAD),
        rows=tuple(_spread(STEP_WORDS[each], times[each]) for each in shown if times[each].count),
        note=ReportWords("Cohort. 90 % of the orders took no longer than P90.", "批次口径。90% 的订单不超过 P90。"),
    )


def release_table(figures: HealthFigures, edition: ReportEdition) -> ReportTable:
    return ReportTable(
        name="release-times",
        title=ReportWords("Declaration to release by customs district", "各关区放行时长"),
        headings=(ReportWords("customs district", "关区"), *_SPREAD),
        rows=tuple(_spread(district_title(code), each) for code, each in figures.cohort.release_times.items()),
    )


def _groups(title: ReportWords, group: HealthGroup, names: Sequence[str]) -> tuple[ReportCell, ...]:
    cells: list[ReportCell] = [title, group.orders]
    for name in names:
        share = group.share(name)
        cells += [share, f"{share.part:,} / {share.whole:,}" if share.whole else ""]
    return tuple(cells)


def _group_headings(title: ReportWords, names: Sequence[str]) -> tuple[ReportWords, ...]:
    of = ReportWords("of", "分子 / 分母")
    return (title, ReportWords("orders", "订单"), *[x for name in names for x in (_name(name), of)])


def _name(share: str) -> ReportWords:
    return ReportWords(HEALTH_SHARES[share].en, HEALTH_SHARES[share].zh)


def district_table(figures: HealthFigures, edition: ReportEdition) -> ReportTable:
    return ReportTable(
        name="districts",
        title=ReportWords("By customs district", "按关区"),
        headings=_group_headings(ReportWords("customs district", "关区"), _BRIEF),
        rows=tuple(_groups(district_title(code), each, _BRIEF) for code, each in figures.cohort.districts.items()),
    )


def provider_table(figures: HealthFigures, edition: ReportEdition) -> ReportTable:
    names = _WAREHOUSE if edition is ReportEdition.WAREHOUSE else _OF_PROVIDERS
    kinds = ("warehouse", "carrier") if edition is ReportEdition.WAREHOUSE else ("",)
    shown = {each: group for each, group in figures.cohort.providers.items() if each.startswith(kinds)}
    return ReportTable(
        name="providers",
        title=ReportWords("By provider", "按服务商"),
        headings=_group_headings(ReportWords("provider", "服务商"), names),
        rows=tuple(_groups(provider_title(each), group, names) for each, group in shown.items()),
    )


def trend_table(figures: HealthFigures, edition: ReportEdition) -> ReportTable:
    names = {
        ReportEdition.FINANCE: ("released", "cancelled"),
        ReportEdition.WAREHOUSE: ("packed_in_time", "left_in_time"),
    }
    shown = names.get(edition, ("released", "first_pass", "rejected"))
    days = figures.cohort.days if figures.window.days > 1 else ()
    return ReportTable(
        name="trend",
        title=ReportWords("Day by day", "逐日走势"),
        headings=(
            ReportWords("day", "日期"),
            ReportWords("orders", "订单"),
            *[_name(each) for each in shown],
            ReportWords("release P90", "放行时长 P90"),
        ),
        rows=tuple(
            (
                f"{each.window.on:%Y-%m-%d}",
                each.total.orders,
                *[each.total.share(name) for name in shown],
                LastingTime(each.release.p90),
            )
            for each in days
        ),
        chart="trend",
    )


def formula_table(figures: HealthFigures, edition: ReportEdition) -> ReportTable:
    rules = [HEALTH_SHARES[each] for each in _shown(edition)]
    return ReportTable(
        name="formulas",
        title=ReportWords("Formulas", "公式"),
        headings=(
            ReportWords("figure", "指标"),
            ReportWords("cohort: numerator / denominator", "批次口径：分子 / 分母"),
            ReportWords("event: numerator / denominator", "事件口径：分子 / 分母"),
        ),
        rows=tuple(
            (
                ReportWords(each.en, each.zh),
                ReportWords(each.cohort_en, each.cohort_zh),
                ReportWords(each.event_en, each.event_zh),
            )
            for each in rules
        ),
    )
