"""The tax of a parcel (税款) on the command line: tables for people, JSON for programs."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.cli.rates import NOT_SHOWN, optional
from customs.fields.money import ZERO, to_cents
from customs.road import Prepared
from customs.tax import LineAssessment, Reason, Regime, Rounding, TaxAssessment, Taxes, explain
from customs.tax.law import dutiable_value_term
from customs.tax.words import percent, unit_zh

#: The regimes in words; {factor} is the share that is due.
_REGIMES: Mapping[Regime, str] = {
    Regime.WITHIN_LIMITS: (
        "within the limits: no tariff, {factor} of VAT and consumption tax\n限值以内：关税为零，增值税、消费税按 {factor} 征收"
    ),
    Regime.FULL: "over a limit: taxed in full, tariff included\n超过限值：按货物税率全额征收关税、增值税、消费税",
    Regime.OUTSIDE: "outside the channel of retail import: not taxed as retail import\n不属于跨境电商零售进口，不按本渠道计税",
    Regime.POSTAL: "postal articles, before the law of retail import\n跨境电商零售进口政策施行前，按行邮税",
}

#: The names of the taxes for programs, in the order of ``Taxes``.
_TAXES = ("tariff", "consumption_tax", "vat", "postal_tax")


class _Column(NamedTuple):
    """A tax as a column of the table: its title, its place in ``Taxes``."""

    title: str
    place: int


_TARIFF, _CONSUMPTION, _VAT = _Column("tariff\n关税", 0), _Column("consumption\n消费税", 1), _Column("VAT\n增值税", 2)
_POSTAL = _Column("postal\n行邮税", 3)


# the tax of parcels


def tax_of(parcel: Prepared) -> dict[str, Any]:
    """Return the assessment of a parcel for JSON: amounts as text, or null where not computed, and the trail."""
    row: dict[str, Any] = {"parcel": parcel.position}
    if parcel.order_no:
        row["order_no"] = parcel.order_no
    if assessment := parcel.assessment:
        computed = assessment.computed
        row |= {
            "day": str(assessment.law.day),
            "regime": str(assessment.regime),
            "dutiable_value": str(assessment.dutiable_value),
            "pieces": str(assessment.pieces),
            "quota_used": optional(assessment.quota_used),
            "factor": str(assessment.factor),
            "rounding": str(assessment.case.method.rounding),
            "apportionment": str(assessment.case.method.apportionment),
            **_amounts(assessment.taxes, computed),
            "statutory": _amounts(assessment.statutory, computed),
            "lines": [_line_of(line, computed) for line in assessment.lines],
            "reasons": [_reason_of(each) for each in explain(assessment)],
        }
    row["findings"] = [finding.as_dict() for finding in parcel.findings]
    return row


def _line_of(line: LineAssessment, computed: bool) -> dict[str, Any]:
    return {
        "gnum": line.gnum,
        "hs_code": line.hs_code,
        "value": str(line.value),
        "freight": str(line.freight),
        "insurance": str(line.insurance),
        "dutiable_value": str(line.dutiable_value),
        "tariff_rate": str(line.tariff_rate),
        "consumption_class": line.rate.consumption,
        "consumption_rate": str(line.consumption_rate),
        "consumption_amount": str(line.consumption_amount),
        "vat_band": line.rate.vat,
        "vat_rate": str(line.vat_rate),
        "postal_rate": optional(line.postal_rate),
        **_amounts(line.taxes, computed),
        "statutory": _amounts(line.statutory, computed),
    }


def _amounts(taxes: Taxes, computed: bool) -> dict[str, str | None]:
    """Return each tax and, as ``due``, their sum."""
    amounts = {**dict(zip(_TAXES, taxes, strict=True)), "due": taxes.total}
    return {name: f"{amount:.2f}" if computed else None for name, amount in amounts.items()}


def _reason_of(reason: Reason) -> dict[str, Any]:
    facts = {name: _fact(value) for name, value in reason.facts.items()}
    return {"code": reason.code, "facts": facts, "zh": reason.zh, "en": reason.en, "source": reason.source}


def _fact(value: object) -> object:
    """Return a fact of the trail: words in both languages, numbers and days as text."""
    if isinstance(value, tuple):
        zh, en = value
        return {"zh": zh, "en": en}
    return value if value is None or isinstance(value, int) else str(value)


def tax_table(parcel: Prepared) -> Table | None:
    """Return the assessment of a parcel as a table: its lines, each tax with its rate below, then the sum.

    None where nothing was assessed.
    """
    assessment = parcel.assessment
    if not assessment or not parcel.declaration:
        return None
    order = parcel.declaration.order
    regime = _REGIMES[assessment.regime].format(factor=percent(assessment.factor))
    table = Table(
        title=Text(f"{parcel.position}  {order.order_no}\n{regime}"), title_justify="left", box=SIMPLE, expand=True
    )
    table.add_column("goods\n商品", ratio=1, overflow="fold", min_width=10)
    columns = _columns(assessment)
    dutiable = f"dutiable\n{dutiable_value_term(assessment.law.day)}"
    for title in (dutiable, *(each.title for each in columns), "due\n应缴"):
        table.add_column(title, justify="right", no_wrap=True)
    for ordered, line in zip(order.lines, assessment.lines, strict=True):
        goods = Text(f"{line.hs_code}\n{ordered.item_name}")
        cells = (_taxed(line.taxes[each.place], _rate_of(line, each), assessment) for each in columns)
        table.add_row(goods, _dutiable(line), *cells, _shown(line.due, assessment))
    table.add_section()
    sums = (_shown(assessment.taxes[each.place], assessment) for each in columns)
    table.add_row("sum 合计", _yuan(assessment.dutiable_value), *sums, _shown(assessment.due, assessment), style="bold")
    if assessment.case.method.rounding == Rounding.PER_DECLARATION:
        table.caption = Text("each tax rounded once for the parcel 整票舍入")
    return table


def _columns(assessment: TaxAssessment) -> tuple[_Column, ...]:
    """Return the taxes that may be due on a parcel, as columns."""
    if assessment.regime is Regime.POSTAL:
        return (_POSTAL,)
    full = assessment.regime is Regime.FULL or assessment.tariff_due
    return (_TARIFF, _CONSUMPTION, _VAT) if full else (_CONSUMPTION, _VAT)


def _dutiable(line: LineAssessment) -> Text:
    """Return the dutiable value, with the part of transport below it."""
    shown = Text(_yuan(line.dutiable_value))
    return shown.append(f"\nincl. {_yuan(line.transport)}", "dim") if line.transport else shown


def _taxed(due: Decimal, rate: str, assessment: TaxAssessment) -> Text:
    return Text(_shown(due, assessment)).append(f"\n{rate}", "dim")


def _shown(due: Decimal, assessment: TaxAssessment) -> str:
    return _yuan(due) if assessment.computed else NOT_SHOWN


def _yuan(amount: Decimal) -> str:
    """Return an amount with its cents, and with smaller fractions where it has some."""
    return f"{amount:,.2f}" if amount == to_cents(amount) else f"{amount:,}"


def _rate_of(line: LineAssessment, column: _Column) -> str:
    """Return the rate of a tax on a line, with the amount by quantity."""
    if column is _CONSUMPTION:
        return _consumption_rate(line)
    return percent({_TARIFF: line.tariff_rate, _VAT: line.vat_rate, _POSTAL: line.postal_rate or ZERO}[column])


def _consumption_rate(line: LineAssessment) -> str:
    rate, amount = line.consumption_rate, line.consumption_amount
    if not line.tested or not amount:
        return percent(rate)
    by_quantity = f"{amount}/{unit_zh(line.goods.quantity(line.tested.per).unit)}"
    return f"{percent(rate)} + {by_quantity}" if rate else by_quantity


def trail(assessment: TaxAssessment) -> Iterator[Text]:
    """Yield every step of a decision, in English and Chinese, with the source of its rule."""
    for number, reason in enumerate(explain(assessment), 1):
        text = Text(f"{number:>4}  {reason.en}\n      {reason.zh}\n")
        yield text.append(f"      {reason.code}; {reason.source}", "dim")
