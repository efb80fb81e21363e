"""The tables of a report counted from the raw events of a night, each as plain values."""

from functools import partial

from customs.hub.reports.health_report import HealthReport
from customs.hub.reports.report_words import ReportEdition, district_title, provider_title
from customs.hub.reports.share_rules import HEALTH_SHARES
from support.health_events import ToldOrder
from support.night_money import NightMoney
from support.night_story import MORNING, NightStory
from support.recounted import RawOrder, Recount, Rows, raw_orders

SHOWN = {
    ReportEdition.FULL: tuple(HEALTH_SHARES),
    ReportEdition.FINANCE: ("released", "rejected", "cancelled", "returned", "returned_in_time"),
    ReportEdition.WAREHOUSE: ("packed_in_time", "left_in_time", "collected_in_time"),
}
STEPS = {
    "declaration to release": ("declared", "released"),
    "release to packed": ("released", "packed"),
    "release to out of the zone": ("released", "left_zone"),
}
BRIEF = ("released", "first_pass", "rejected", "inspected")
OF_PROVIDERS = ("released", "rejected", "packed_in_time", "left_in_time", "collected_in_time", "signed_in_time")


def recount_of(story: NightStory, report: HealthReport) -> Recount:
    """Return the raw orders of a report's enterprise."""
    orders = raw_orders(story, report.figures.enterprise)
    return Recount(orders=orders, window=report.window, now=MORNING, limits=report.scope.limits)


def counted_tables(story: NightStory, money: NightMoney, report: HealthReport) -> dict[str, Rows]:
    """Every table of a report, counted from the raw events."""
    count, edition = recount_of(story, report), report.scope.edition
    tables: dict[str, Rows] = {"shares": count.share_rows({name: HEALTH_SHARES[name].en for name in SHOWN[edition]})}
    if edition is ReportEdition.FINANCE:
        released = {each.order_no for each in count.orders if inside_window(each, report)}
        return tables | money.rows(released, {each.order_no for each in count.cohort})
    tables["hours"] = count.hour_rows()
    steps = STEPS if edition is ReportEdition.FULL else dict(list(STEPS.items())[1:])
    tables["times"] = [(title, *count.times(*step)) for title, step in steps.items()]
    names = SHOWN[edition] if edition is ReportEdition.WAREHOUSE else OF_PROVIDERS
    kinds = (
        ("carrier", "warehouse")
        if edition is ReportEdition.WAREHOUSE
        else ("carrier", "payer", "platform", "warehouse")
    )
    tables["providers"] = [
        (
            provider_title(f"{kind}:{code}").en,
            *count.group_row(names, partial(_has, kind, code)),
        )
        for kind in kinds
        for code in sorted({getattr(each.told, kind) for each in count.cohort} - {""})
    ]
    if edition is ReportEdition.FULL:
        districts = sorted({each.told.district for each in count.cohort})
        of = {code: partial(_has, "district", code) for code in districts}
        tables["districts"] = [(district_title(code).en, *count.group_row(BRIEF, of[code])) for code in districts]
        tables["release-times"] = [
            (district_title(code).en, *count.times("declared", "released", of[code])) for code in districts
        ]
        tables["causes"] = count.cause_rows()
        tables["causes-by-place"] = count.place_rows(lambda code: district_title(code).en)
    return {name: rows for name, rows in tables.items() if rows}


def inside_window(order: RawOrder, report: HealthReport) -> bool:
    released = order.told.first("released")
    return released is not None and report.window.since <= released < report.window.until


def _has(part: str, code: str, told: ToldOrder) -> bool:
    return bool(getattr(told, part) == code)
