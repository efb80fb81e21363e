"""The assessment (计税): regime, dutiable values and tax of a parcel by the law of its declaration day.

Dutiable value (完税价格) is the price really paid for the goods with the freight and insurance that the buyer pays,
apportioned by line value. Vouchers and points are a means of payment and do not lower it. Sources: Cai Guan Shui
[2016] 18 and [2018] 49, announcement 194 of 2018.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from customs.declaration import Declaration, Line
from customs.fields.money import ZERO, to_cents
from customs.tax import law as laws
from customs.tax.formula import apportion, taxes
from customs.tax.law import ConsumptionTax, Law, Limits
from customs.tax.rates import Rate, RateMissingError, RateTable, shipped


class Regime(StrEnum):
    """What becomes of a parcel (征税方式)."""

    WITHIN_LIMITS = "within_limits"
    """限额内: tariff 0, VAT and consumption tax at 70 %."""
    FULL = "full"
    """超限额全额征税: the channel stays open, taxed as ordinary goods."""
    OUTSIDE = "outside"
    """不属于跨境电商零售进口: not a parcel of this channel."""


@dataclass(frozen=True, slots=True)
class Method:
    """Choices on which practice differs or official text is silent."""

    rounding: Literal["per_line", "per_declaration"] = "per_line"
    """Once per line and tax after the factor (default; the tax bill CEB816 states cents for each line), or once per
    tax for the whole declaration. No text settles it."""
    cents_of_value: bool = True
    """Whether a line's dutiable value is rounded half up to the cent before thresholds are tested (default; general
    knowledge, not confirmed by a text)."""
    full_tax_at_yearly_limit: bool = False
    """Whether one piece of exactly the yearly limit may be taxed in full. The circular says *below* for the piece and
    *exceeding* for the sum; default: it may not."""


DEFAULT = Method()


class RatesMissingError(LookupError):
    """Lines whose commodity code has no rate on the day: ``lines`` holds their positions from 0."""

    def __init__(self, lines: Sequence[int], day: date) -> None:
        super().__init__(f"no rate on {day} for the lines at {list(lines)}")
        self.lines, self.day = tuple(lines), day


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of a decision, in both languages, with the source of its rule."""

    zh: str
    en: str
    source: str


@dataclass(frozen=True, slots=True)
class LineAssessment:
    """One line: value, shares of freight and insurance, dutiable value, rates applied and what is due, all in CNY."""

    gnum: int
    hs_code: str
    rate: Rate
    value: Decimal
    freight: Decimal
    insurance: Decimal
    dutiable_value: Decimal
    vat_rate: Decimal
    consumption_rate: Decimal
    tested: ConsumptionTax | None
    """The class of consumption tax of the goods, also where its threshold is not reached."""
    consumption_due: Decimal
    vat_due: Decimal

    @property
    def due(self) -> Decimal:
        return self.consumption_due + self.vat_due


@dataclass(frozen=True, slots=True)
class TaxAssessment:
    """The assessment of one parcel. Tax is computed within the limits only; elsewhere ``computed`` is False and every
    amount due is 0, which is not what customs would ask.
    """

    law: Law
    regime: Regime
    pieces: Decimal
    quota_used: Decimal | None
    lines: tuple[LineAssessment, ...]
    dutiable_value: Decimal
    consumption_due: Decimal
    vat_due: Decimal

    @property
    def computed(self) -> bool:
        """Whether the amounts due are the tax of the parcel."""
        return self.regime is Regime.WITHIN_LIMITS

    @property
    def due(self) -> Decimal:
        """The tax in all, in CNY to the cent."""
        return self.consumption_due + self.vat_due

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why the regime is what it is, and each line's tax."""
        return tuple(_reasons(self))


def decide(limits: Limits, value: Decimal, pieces: Decimal, used: Decimal, method: Method = DEFAULT) -> Regime:
    """The regime of an order by dutiable value and pieces, ``used`` being the quota of the year before it (all CNY).

    A limit is exceeded only by more than itself: exactly 5,000 is inside.

    >>> limits = laws.on(date(2026, 11, 11)).limits
    >>> decide(limits, Decimal("5000.00"), Decimal(3), Decimal(0))
    <Regime.WITHIN_LIMITS: 'within_limits'>
    >>> decide(limits, Decimal("5000.01"), Decimal(3), Decimal(0))
    <Regime.OUTSIDE: 'outside'>
    """
    if used + value > limits.yearly:
        return Regime.FULL if limits.over_yearly == "full" else Regime.OUTSIDE
    if value <= limits.single:
        return Regime.WITHIN_LIMITS
    if limits.over_single == "full":
        return Regime.FULL
    below = value < limits.yearly or method.full_tax_at_yearly_limit
    return Regime.FULL if pieces == 1 and below else Regime.OUTSIDE


def assess(
    declaration: Declaration, *, on: date, rates: RateTable | None = None, method: Method = DEFAULT
) -> TaxAssessment:
    """The tax of a parcel by the law of its declaration day ``on``.

    Freight and insurance are those of the waybill where given, the order's freight otherwise. Raises ``RatesMissingError``
    when a commodity code has no rate and ``LawError`` for a day before the regime.

    >>> from customs.testing import sample_parcels
    >>> parcel = next(sample_parcels(1, seed=7, mode="9610"))
    >>> assessment = assess(parcel, on=date(2026, 11, 11))
    >>> assessment.regime.value, assessment.dutiable_value, assessment.due
    ('within_limits', Decimal('...'), Decimal('...'))
    """
    law = laws.on(on)
    lines = declaration.order.lines
    found = rates_of(lines, on, rates or shipped())
    values = [line.value for line in lines]
    ranks = [(line.hs_code, line.item_no or "", value, line.qty) for line, value in zip(lines, values, strict=True)]
    freight, insurance = (apportion(cost, values, ranks) for cost in transport_costs(declaration))
    dutiable = [sum(parts, ZERO) for parts in zip(values, freight, insurance, strict=True)]
    if method.cents_of_value:
        dutiable = [to_cents(value) for value in dutiable]
    whole, pieces, used = sum(dutiable, ZERO), sum((line.qty for line in lines), ZERO), declaration.quota_used
    regime = decide(law.limits, whole, pieces, used or ZERO, method)
    factor = law.factor if regime is Regime.WITHIN_LIMITS else ZERO
    assessed, exact_consumption, exact_vat = [], ZERO, ZERO
    for position, (line, rate, value) in enumerate(zip(lines, found, dutiable, strict=True)):
        vat = law.vat[rate.vat][0]
        tested = law.consumption.get(rate.consumption) if rate.consumption else None
        consumption = tested.rate if tested and reaches(tested, line, value) else ZERO
        consumption_due, vat_due = taxes(value, vat, consumption, factor)
        exact_consumption += consumption_due
        exact_vat += vat_due
        assessed.append(
            LineAssessment(
                gnum=position + 1,
                hs_code=line.hs_code,
                rate=rate,
                value=values[position],
                freight=freight[position],
                insurance=insurance[position],
                dutiable_value=value,
                vat_rate=vat,
                consumption_rate=consumption,
                tested=tested,
                consumption_due=to_cents(consumption_due),
                vat_due=to_cents(vat_due),
            )
        )
    per_line = method.rounding == "per_line"
    return TaxAssessment(
        law=law,
        regime=regime,
        pieces=pieces,
        quota_used=used,
        lines=tuple(assessed),
        dutiable_value=whole,
        consumption_due=sum((each.consumption_due for each in assessed), ZERO)
        if per_line
        else to_cents(exact_consumption),
        vat_due=sum((each.vat_due for each in assessed), ZERO) if per_line else to_cents(exact_vat),
    )


def reaches(tested: ConsumptionTax, line: Line, value: Decimal) -> bool:
    """Whether a line's dutiable value per legal quantity reaches the threshold of its class; always, if it has none.

    A line without the legal quantity that is tested counts as reaching it: the higher tax is assumed, and the checks
    name the missing quantity.
    """
    if tested.at_least is None:
        return True
    qty = line.first_legal_qty if tested.per == "legal_qty1" else line.second_legal_qty
    return qty is None or value >= tested.at_least * qty


def transport_costs(declaration: Declaration) -> tuple[Decimal, Decimal]:
    """Freight and insurance of the parcel in CNY: what the waybill says, or what the order's freight leaves for it."""
    insurance = declaration.waybill.insured_fee
    if declaration.waybill.freight is not None:
        return declaration.waybill.freight, insurance
    if declaration.order.freight is None:
        return ZERO, insurance
    return max(declaration.order.freight - insurance, ZERO), insurance


def rates_of(lines: Sequence[Line], day: date, table: RateTable) -> list[Rate]:
    """The rate of each line. Raises ``RatesMissingError`` naming every line that has none."""
    found, missing = [], []
    for position, line in enumerate(lines):
        try:
            found.append(table.rate(line.hs_code, day))
        except RateMissingError:
            missing.append(position)
    if missing:
        raise RatesMissingError(missing, day)
    return found


def _reasons(assessment: TaxAssessment) -> Iterator[Reason]:
    limits, value = assessment.law.limits, assessment.dutiable_value
    used = assessment.quota_used
    yearly_zh = "本年度已用额度未提供" if used is None else f"本年度已用 {used}，年度限额 {limits.yearly}"
    yearly_en = "the quota used is not given" if used is None else f"{used} used of the year's {limits.yearly}"
    verdict_zh, verdict_en = _VERDICTS[assessment.regime]
    yield Reason(
        f"完税价格 {value} 元，单次限额 {limits.single} 元，{assessment.pieces} 件，{yearly_zh}：{verdict_zh}",
        f"dutiable value {value} CNY, single limit {limits.single} CNY, pieces {assessment.pieces}, {yearly_en}: "
        f"{verdict_en}",
        limits.source,
    )
    if not assessment.computed:
        return
    factor = assessment.law.factor
    for line in assessment.lines:
        vat_source = assessment.law.vat[line.rate.vat][1]
        yield Reason(
            f"第 {line.gnum} 项 {line.hs_code}：完税价格 {line.dutiable_value} = {line.value} + 运费 {line.freight} + 保费 "
            f"{line.insurance}；增值税率 {line.vat_rate}，消费税率 {line.consumption_rate}，按 {factor} 计征",
            f"line {line.gnum} {line.hs_code}: dutiable value {line.dutiable_value} = {line.value} + freight "
            f"{line.freight} + insurance {line.insurance}; VAT {line.vat_rate}, consumption tax "
            f"{line.consumption_rate}, {factor} of each is due",
            f"{vat_source}; {assessment.law.factor_source}",
        )
        if line.tested and line.tested.at_least is not None:
            reached_zh, reached_en = ("达到", "reached") if line.consumption_rate else ("未达到", "not reached")
            yield Reason(
                f"第 {line.gnum} 项消费税起征点每法定数量 {line.tested.at_least} 元：{reached_zh}",
                f"line {line.gnum}: threshold of consumption tax, {line.tested.at_least} CNY per legal quantity: "
                f"{reached_en}",
                line.tested.source,
            )


_VERDICTS = {
    Regime.WITHIN_LIMITS: ("限额以内", "within the limits"),
    Regime.FULL: ("超过限额，全额征税", "over a limit, full tax"),
    Regime.OUTSIDE: ("不得按跨境电商零售进口申报", "outside the channel of retail import"),
}
