"""The tables of orders (订单表): why they were refused, when they came and went, where they wait, which are overdue."""

from collections.abc import Iterator

from customs.hub.reports.causes import by_code
from customs.hub.reports.figures import HealthFigures
from customs.hub.reports.flow_counts import HOURLY
from customs.hub.reports.open_orders import AGES
from customs.hub.reports.report_words import ReportEdition, ReportWords, district_title, node_words, provider_title
from customs.hub.reports.table_model import LastingTime, ReportTable

#: The nodes at which the warehouse acts.
_WAREHOUSE_NODES = ("released", "picked", "packed", "weighed")


def cause_table(figures: HealthFigures, edition: ReportEdition) -> ReportTable:
    by = {"checks": ReportWords("own checks", "本地校验"), "customs": ReportWords("customs", "海关")}
    rows = [
        (by[each.by], each.code or "-", ReportWords(each.en, each.zh), share.part, share)
        for each, share in by_code(figures.cohort.causes)[:10]
    ]
    return ReportTable(
        name="causes",
        title=ReportWords("Why orders were refused", "主要原因"),
        headings=(
            ReportWords("refused by", "拦截方"),
            ReportWords("code", "代码"),
            ReportWords("class", "类别"),
            ReportWords("times", "次数"),
            ReportWords("share of these", "占比"),
        ),
        rows=tuple(rows),
        chart="bars",
    )


def cause_place_table(figures: HealthFigures, edition: ReportEdition) -> ReportTable:
    rows = [
        (
            district_title(each.district),
            each.platform_code,
            provider_title(each.provider),
            each.code or "-",
            each.share.part,
        )
        for each in figures.cohort.causes[:20]
        if each.by == "customs"
    ]
    return ReportTable(
        name="causes-by-place",
        title=ReportWords("Refusals by customs district, platform and who acts", "退单分布：关区、平台与处理方"),
        headings=(
            ReportWords("customs district", "关区"),
            ReportWords("platform", "电商平台"),
            ReportWords("provider to act", "应处理的服务商"),
            ReportWords("code", "代码"),
            ReportWords("times", "次数"),
        ),
        rows=tuple(rows),
    )


def hour_table(figures: HealthFigures, edition: ReportEdition) -> ReportTable:
    headings = {
        "received": ReportWords("taken in", "接单"),
        "released": ReportWords("released", "放行"),
        "left_zone": ReportWords("out of the zone", "出区"),
    }
    hours = zip(*[figures.event.hours[name] for name in HOURLY], strict=True)
    first = figures.window.since.hour
    rows = [(f"{(first + place) % 24:02}:00", *counts) for place, counts in enumerate(hours)]
    is_day = figures.window.days == 1 and any(any(row[1:]) for row in rows)
    return ReportTable(
        name="hours",
        title=ReportWords("In and out by hour", "分时进出"),
        headings=(ReportWords("hour", "时间"), *[headings[each] for each in HOURLY]),
        rows=tuple(rows) if is_day else (),
        chart="hours",
    )


def _age_headings() -> Iterator[ReportWords]:
    shown = [("1 h", "1 小时"), ("4 h", "4 小时"), ("24 h", "24 小时"), ("3 d", "3 天"), ("7 d", "7 天")]
    for (en, zh), _ in zip(shown, AGES, strict=True):
        yield ReportWords(f"< {en}", f"< {zh}")
    yield ReportWords("longer", "更久")


def waiting_table(figures: HealthFigures, edition: ReportEdition) -> ReportTable:
    only = _WAREHOUSE_NODES if edition is ReportEdition.WAREHOUSE else None
    shown = [each for each in figures.waiting if only is None or each.node in only]
    return ReportTable(
        name="waiting",
        title=ReportWords("Open orders and backlog", "在途与积压"),
        headings=(
            ReportWords("waits at", "所在环节"),
            ReportWords("orders", "单数"),
            ReportWords("overdue", "超时"),
            ReportWords("limit", "时限"),
            *_age_headings(),
        ),
        rows=tuple(
            (
                node_words(each.node),
                each.count,
                each.overdue,
                LastingTime(int(each.limit.total_seconds()) if each.limit else None),
                *each.ages,
            )
            for each in shown
        ),
        note=ReportWords(f"As of {figures.now:%Y-%m-%d %H:%M}.", f"截至 {figures.now:%Y-%m-%d %H:%M}。"),
        chart="bars",
    )


def overdue_table(figures: HealthFigures, edition: ReportEdition) -> ReportTable:
    only = _WAREHOUSE_NODES if edition is ReportEdition.WAREHOUSE else None
    return ReportTable(
        name="overdue",
        title=ReportWords("Overdue orders, longest first", "超时订单（最久在前）"),
        headings=(
            ReportWords("order", "订单编号"),
            ReportWords("waits at", "所在环节"),
            ReportWords("since", "起始时间"),
            ReportWords("customs district", "关区"),
            ReportWords("platform", "电商平台"),
            ReportWords("carrier", "物流企业"),
            ReportWords("warehouse", "区内仓库"),
        ),
        rows=tuple(
            (
                each.order_no,
                node_words(each.node),
                each.since,
                each.customs_code,
                each.platform_code,
                each.carrier_code,
                each.area_operator_code,
            )
            for each in figures.overdue
            if only is None or each.node in only
        ),
    )


def silent_table(figures: HealthFigures, edition: ReportEdition) -> ReportTable:
    return ReportTable(
        name="silent",
        title=ReportWords("Time since the last receipt, where declarations are open", "有待回执时距上次回执的时长"),
        headings=(
            ReportWords("customs district", "关区"),
            ReportWords("open declarations", "待回执单数"),
            ReportWords("silent for", "静默时长"),
        ),
        rows=tuple((district_title(each.customs_code), each.open, LastingTime(each.silent)) for each in figures.silent),
    )
