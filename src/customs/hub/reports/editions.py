"""The editions of a report (报告版本): which tables each has, in their order."""

from collections.abc import Callable, Mapping

from customs.hub.reports.figures import HealthFigures
from customs.hub.reports.money import MoneyFigures
from customs.hub.reports.money_tables import money_tables
from customs.hub.reports.order_tables import (
    cause_place_table,
    cause_table,
    hour_table,
    overdue_table,
    silent_table,
    waiting_table,
)
from customs.hub.reports.report_words import ReportEdition
from customs.hub.reports.share_tables import (
    district_table,
    formula_table,
    provider_table,
    release_table,
    share_table,
    step_table,
    trend_table,
)
from customs.hub.reports.table_model import ReportTable

_TABLES: Mapping[ReportEdition, tuple[Callable[[HealthFigures, ReportEdition], ReportTable], ...]] = {
    ReportEdition.FULL: (
        share_table,
        trend_table,
        cause_table,
        cause_place_table,
        hour_table,
        waiting_table,
        silent_table,
        step_table,
        release_table,
        district_table,
        provider_table,
        overdue_table,
        formula_table,
    ),
    ReportEdition.FINANCE: (share_table, trend_table, formula_table),
    ReportEdition.WAREHOUSE: (
        share_table,
        trend_table,
        hour_table,
        waiting_table,
        step_table,
        provider_table,
        overdue_table,
        formula_table,
    ),
}


def tables_of(
    figures: HealthFigures, edition: ReportEdition, money: MoneyFigures | None = None
) -> tuple[ReportTable, ...]:
    """Return the tables of an edition that have anything to say; those of money stand first."""
    made = [] if money is None else money_tables(money)
    made += [make(figures, edition) for make in _TABLES[edition]]
    return tuple(each for each in made if each.rows)
