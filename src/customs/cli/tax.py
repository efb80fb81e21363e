"""The tax of a parcel (税款), as a finance clerk and as a program read it."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.cli.rates import NOT_SHOWN, optional, percent, unit_zh
from customs.fields.money import ZERO, to_cents
from customs.road import Prepared
from customs.tax import LineAssessment, Reason, Regime, Rounding, TaxAssessment, Taxes
from customs.tax.law import Tier

#: What becomes of a parcel, in words; {factor} is the share that is due.
_REGIMES: Mapping[Regime, str] = {
    Regime.WITHIN_LIMITS: (
        "within the limits: no tariff, {factor} of VAT and consumption tax\n限额以内：关税为零，增值税、消费税按 {factor} 征收"
    ),
    Regime.FULL: "over a limit: taxed in full, tariff included\n超过限额：按货物税率全额征收关税、增值税、消费税",
    Regime.OUTSIDE: "outside the channel of retail import: no tax of this channel\n不属于跨境电商零售进口，不按本渠道计税",
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
    """The assessment of a parcel for JSON: amounts as text, null where the tax is not computed, the trail in both languages."""
    row: dict[str, Any] = {"parcel": parcel.position}
    if parcel.declaration:
        row["order_no"] = parcel.declaration.order.order_no
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
            "statutory": _amounts(_sum(line.statutory for line in assessment.lines), computed),
            "lines": [_line_of(line, computed) for line in assessment.lines],
            "reasons": [_reason_of(each) for each in assessment.reasons],
        }
    row["findings"] = [finding.as_dict() for finding in parcel.findings]
    return row


def _line_of(line: LineAssessment, computed: bool) -> dict[str, Any]:
    tier, tested = line.tier, line.tested
    amount = tier.amount(line.goods.quantity(tested.per)[1]) if tested and tier and tier.specific else ZERO
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
        "consumption_amount": str(amount),
        "vat_band": line.rate.vat,
        "vat_rate": str(line.vat_rate),
        "postal_rate": optional(line.postal_rate),
        **_amounts(line.taxes, computed),
        "statutory": _amounts(line.statutory, computed),
    }


def _amounts(given: Taxes, computed: bool) -> dict[str, str | None]:
    """Each tax and, as ``due``, their sum."""
    amounts = {**dict(zip(_TAXES, given, strict=True)), "due": given.total}
    return {name: f"{amount:.2f}" if computed else None for name, amount in amounts.items()}


def _sum(given: Iterable[Taxes]) -> Taxes:
    return Taxes(*(sum(each, ZERO) for each in zip(*given, strict=True)))


def _reason_of(reason: Reason) -> dict[str, Any]:
    facts = {name: _fact(value) for name, value in reason.facts.items()}
    return {"code": reason.code, "facts": facts, "zh": reason.zh, "en": reason.en, "source": reason.source}


def _fact(value: object) -> object:
    """A fact of the trail: words in both languages, numbers and days as text."""
    if isinstance(value, tuple):
        zh, en = value
        return {"zh": zh, "en": en}
    return value if value is None or isinstance(value, int) else str(value)


def tax_table(parcel: Prepared) -> Table | None:
    """The assessment of a parcel as a table: its lines, each tax with its rate below, then the sum; None where nothing
    was assessed.
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
    for title in ("dutiable\n完税价格", *(each.title for each in columns), "due\n应缴"):
        table.add_column(title, justify="right", no_wrap=True)
    for given, line in zip(order.lines, assessment.lines, strict=True):
        goods = Text(f"{line.hs_code}\n{given.item_name}")
        cells = (_taxed(line.taxes[each.place], _rate_of(line, each), assessment) for each in columns)
        table.add_row(goods, _dutiable(line), *cells, _shown(line.due, assessment))
    table.add_section()
    sums = (_shown(assessment.taxes[each.place], assessment) for each in columns)
    table.add_row("sum 合计", _yuan(assessment.dutiable_value), *sums, _shown(assessment.due, assessment), style="bold")
    if assessment.case.method.rounding == Rounding.PER_DECLARATION:
        table.caption = Text("each tax rounded once for the parcel 整票舍入")
    return table


def _columns(assessment: TaxAssessment) -> tuple[_Column, ...]:
    """The taxes that concern a parcel; the tariff only where one may be due."""
    if assessment.regime is Regime.POSTAL:
        return (_POSTAL,)
    full = assessment.regime is Regime.FULL or assessment.tariff_due
    return (_TARIFF, _CONSUMPTION, _VAT) if full else (_CONSUMPTION, _VAT)


def _dutiable(line: LineAssessment) -> Text:
    """The dutiable value, and below it what transport has in it."""
    carried = line.dutiable_value - line.value
    shown = Text(_yuan(line.dutiable_value))
    return shown.append(f"\nincl. {_yuan(carried)}", "dim") if carried else shown


def _taxed(due: Decimal, rate: str, assessment: TaxAssessment) -> Text:
    return Text(_shown(due, assessment)).append(f"\n{rate}", "dim")


def _shown(due: Decimal, assessment: TaxAssessment) -> str:
    return _yuan(due) if assessment.computed else NOT_SHOWN


def _yuan(amount: Decimal) -> str:
    """An amount with its cents, and with smaller fractions where it has some."""
    return f"{amount:,.2f}" if amount == to_cents(amount) else f"{amount:,}"


def _rate_of(line: LineAssessment, column: _Column) -> str:
    """The rate of a tax on a line, with what is due by quantity."""
    if column is _CONSUMPTION:
        unit = line.goods.quantity(line.tested.per)[1] if line.tested else None
        return _tier_rate(line.tier, unit) if line.tier else "0%"
    return percent({_TARIFF: line.tariff_rate, _VAT: line.vat_rate, _POSTAL: line.postal_rate or ZERO}[column])


def _tier_rate(tier: Tier, unit: str | None) -> str:
    rates = [percent(tier.rate)] if tier.rate or not tier.specific else []
    return " + ".join([*rates, *([f"{tier.amount(unit)}/{unit_zh(unit)}"] if tier.specific else [])])


def trail(assessment: TaxAssessment) -> Iterator[Text]:
    """Every step of a decision, in English and Chinese, with the source of its rule."""
    for number, reason in enumerate(assessment.reasons, 1):
        text = Text(f"{number:>4}  {reason.en}\n      {reason.zh}\n")
        yield text.append(f"      {reason.code}; {reason.source}", "dim")
