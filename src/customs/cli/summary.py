"""The summary of a run (汇总): its totals as people and programs read them."""

from typing import Any

from rich.table import Table

from customs.bulk.totals import Totals
from customs.cli.language import label
from customs.rules import CATALOGUE, Severity


def figures(totals: Totals) -> dict[str, Any]:
    """Return the summary as it is given in JSON."""
    beside = {"refused_beside": dict(totals.beside)} if totals.beside else {}
    return {
        "parcels": totals.parcels,
        "declared": totals.parcels - totals.refused - totals.skipped,
        "declared_before": totals.skipped,
        "refused": totals.refused,
        **beside,
        "documents": totals.documents,
        "messages": totals.messages,
        "tax": str(totals.tax),
        "findings": dict(_by_weight(totals)),
    }


def _by_weight(totals: Totals) -> list[tuple[str, int]]:
    """Return the findings, the most frequent first, of those the most serious."""
    weights = list(Severity)
    return sorted(
        totals.findings.items(), key=lambda each: (-each[1], weights.index(CATALOGUE[each[0]].severity), each[0])
    )


def table(totals: Totals, title: str, *, written: bool = True) -> Table:
    """Return the summary as people read it, each finding with the number of parcels it concerns; without the figures of
    documents and messages where nothing was to be written.
    """
    shown = Table(title=title, show_header=False)
    shown.add_column("what")
    shown.add_column("figure", justify="right")
    shown.add_row(label("parcels 包裹"), f"{totals.parcels:,}")
    shown.add_row(label("in order 通过"), f"{totals.parcels - totals.refused - totals.skipped:,}")
    if totals.skipped:
        shown.add_row(label("declared before, skipped 此前已申报，跳过"), f"{totals.skipped:,}")
    shown.add_row(label("refused 退回"), f"{totals.refused:,}")
    for area, count in totals.beside.items():
        shown.add_row(label(f"refused by {area} 退回"), f"{count:,}")
    if written:
        shown.add_row(label("documents 单证"), f"{totals.documents:,}")
        shown.add_row(label("messages 报文"), f"{totals.messages:,}")
    shown.add_row(label("tax, CNY 税款（元）"), f"{totals.tax:,}")
    for code, count in _by_weight(totals):
        shown.add_row(f"  {CATALOGUE[code].severity} {code}", f"{count:,}")
    return shown
