"""The tax of a parcel (税款), for a finance clerk and for programs."""

from decimal import Decimal
from typing import Any

from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.road import Prepared
from customs.tax import LineAssessment, Regime, TaxAssessment


def tax_of(parcel: Prepared) -> dict[str, Any]:
    """The assessment of a parcel for JSON: amounts as text, null where the tax is not computed, reasons in both languages."""
    row: dict[str, Any] = {"parcel": parcel.position}
    if parcel.declaration:
        row["order_no"] = parcel.declaration.order.order_no
    if assessment := parcel.assessment:
        row |= {
            "regime": str(assessment.regime),
            "dutiable_value": str(assessment.dutiable_value),
            **_taxes(assessment, assessment.computed),
            "lines": [
                {
                    "gnum": line.gnum,
                    "hs_code": line.hs_code,
                    "value": str(line.value),
                    "freight": str(line.freight),
                    "insurance": str(line.insurance),
                    "dutiable_value": str(line.dutiable_value),
                    "consumption_rate": str(line.consumption_rate),
                    "vat_rate": str(line.vat_rate),
                    **_taxes(line, assessment.computed),
                }
                for line in assessment.lines
            ],
            "reasons": [{"zh": each.zh, "en": each.en, "source": each.source} for each in assessment.reasons],
        }
    row["findings"] = [finding.as_dict() for finding in parcel.findings]
    return row


def _taxes(taxed: TaxAssessment | LineAssessment, computed: bool) -> dict[str, str | None]:
    amounts = {"consumption_tax": taxed.consumption_due, "vat": taxed.vat_due, "due": taxed.due}
    return {name: str(amount) if computed else None for name, amount in amounts.items()}


def tax_table(parcel: Prepared) -> Table | None:
    """The assessment of a parcel as a table: its lines, then its sum; None where nothing was assessed."""
    assessment = parcel.assessment
    if not assessment or not parcel.declaration:
        return None
    order = parcel.declaration.order
    title = f"{parcel.position}  {order.order_no}  {_REGIMES[assessment.regime]}"
    table = Table(title=title, title_justify="left", box=SIMPLE, expand=True)
    table.add_column("goods\n商品", ratio=1, overflow="fold")
    for name in ("dutiable\n完税价格", "CT\n消费税率", "CT due\n消费税", "VAT\n增值税率", "VAT due\n增值税", "due\n应缴"):
        table.add_column(name, justify="right", no_wrap=True)

    def shown(amount: Decimal) -> str:
        return f"{amount:,}" if assessment.computed else "–"

    for given, line in zip(order.lines, assessment.lines, strict=True):
        table.add_row(
            Text(f"{line.hs_code} {given.item_name}"),
            f"{line.dutiable_value:,}",
            percent(line.consumption_rate),
            shown(line.consumption_due),
            percent(line.vat_rate),
            shown(line.vat_due),
            shown(line.due),
        )
    table.add_section()
    consumption, vat, due = map(shown, (assessment.consumption_due, assessment.vat_due, assessment.due))
    table.add_row("sum 合计", f"{assessment.dutiable_value:,}", "", consumption, "", vat, due, style="bold")
    return table


_REGIMES = {
    Regime.WITHIN_LIMITS: "限额以内 within the limits",
    Regime.FULL: "超限额全额征税 full tax",
    Regime.OUTSIDE: "不属于跨境电商零售进口 outside the channel",
}


def percent(rate: Decimal) -> str:
    """A rate in per cent, without needless zeros.

    >>> percent(Decimal("0.130"))
    '13%'
    """
    return f"{(rate * 100).normalize():f}%"
