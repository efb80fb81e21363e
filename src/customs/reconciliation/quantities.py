"""Suppositions about thresholds and statutory quantities (征收标准与法定数量的假设), which decide consumption tax."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from itertools import chain

from customs.fields.digits import LAST_PLACE, plain_digits
from customs.fields.frozen import FrozenDict
from customs.fields.money import CENT, EXACT, ONE, ZERO
from customs.reconciliation.trial import Calculation, LineFigures, Supposition, Trial, figures_of, gnums
from customs.reconciliation.words import FITTED
from customs.tax.case import Case, Goods
from customs.tax.law import ConsumptionTax, Tier, dutiable_value_term
from customs.tax.method import Rounding
from customs.tax.result import LineAssessment
from customs.tax.trail import NOT_REACHED, REACHED, Words


def other_test(trial: Trial) -> Iterator[Supposition]:
    """Suppose thresholds tested on the bare price or not, and on a value rounded to the cent or not."""
    case, method = trial.case, trial.case.method
    on_price = replace(method, threshold_on_price=not method.threshold_on_price)
    tested = ("不含运保费的价格", "the bare price")
    if method.threshold_on_price:
        tested = (dutiable_value_term(case.law.day), "the dutiable value")
    yield trial.suppose("threshold-on-price", case._replace(method=on_price), facts={"tested": tested})
    cents = replace(method, cents_of_value=not method.cents_of_value)
    kept = ("已舍入到分", "rounded to the cent")
    if method.cents_of_value:
        kept = ("未舍入到分", "not rounded to the cent")
    yield trial.suppose("value-digits", case._replace(method=cents), facts={"kept": kept})


def other_threshold(trial: Trial) -> Iterator[Supposition]:
    """Suppose a threshold reached that is not, or the reverse, where the bill has another consumption tax.

    All such lines change together: neither fewer nor more could give the bill.
    """
    wrong = _wrong_in_consumption(trial)
    lines = [trial.assessment.lines[position] for position in wrong]
    if not lines or any(line.tested is None or line.tested.at_least is None for line in lines):
        return
    case, treated = trial.case, []
    for line in lines:
        case, verdict = _treated_otherwise(case, line)
        treated.append((f"第 {line.gnum} 项{verdict[0]}", f"line {line.gnum} {verdict[1]}"))
    yield trial.suppose("threshold", case, lines=gnums(wrong), facts={"treated": _joined(treated)})


def _joined(words: list[Words]) -> Words:
    """Return a list in Chinese and in English."""
    return "，".join(zh for zh, _ in words), ", ".join(en for _, en in words)


def _treated_otherwise(case: Case, line: LineAssessment) -> tuple[Case, Words]:
    """Return the case with the first threshold of a line's class taken the other way, and the verdict on it."""
    tested = line.tested
    assert tested is not None, "only lines with a threshold are asked"
    reached = line.tier is tested.tiers[0]
    tiers = tested.tiers[1:] if reached else (replace(tested.tiers[0], at_least=None),)
    verdict = NOT_REACHED if reached else REACHED
    name = f"{tested.name}, {verdict[1]}" if tiers else None
    if name:
        classes = FrozenDict({**case.law.consumption, name: replace(tested, name=name, tiers=tiers)})
        case = case._replace(law=replace(case.law, consumption=classes))
    position = line.gnum - 1
    goods = case.goods[position]
    return case.with_goods(position, goods._replace(rate=replace(goods.rate, consumption=name))), verdict


def other_quantity(trial: Trial) -> Iterator[Supposition]:
    """Suppose another statutory quantity on every line where the bill has another consumption tax.

    Tried are quantities that are easily confused, such as the pieces or the gross weight, quantities on the other
    side of the threshold, and those that the billed consumption tax implies.
    """
    wrong = _wrong_in_consumption(trial)
    case, changed, read_off = trial.case, [], False
    for position in wrong:
        line = trial.assessment.lines[position]
        fitting = _fitting_quantity(trial, line, trial.billed.lines[position]) if line.tested else None
        if fitting is None or line.tested is None:
            return
        qty, (zh, en), fitted = fitting
        read_off = read_off or fitted
        before = line.goods.quantity(line.tested.per).qty
        case = case.with_goods(position, line.goods.with_quantity(line.tested.per, qty))
        step = plain_digits(before) if before is not None else "—", plain_digits(qty)
        changed.append(
            (f"第 {line.gnum} 项 {' → '.join(step)}（{zh}）", f"line {line.gnum} {' -> '.join(step)} ({en})")
        )
    if wrong:
        yield trial.suppose(
            "legal-quantity", case, lines=gnums(wrong), facts={"changed": _joined(changed), FITTED: read_off}
        )


def _wrong_in_consumption(trial: Trial) -> list[int]:
    """Return the positions of the lines where the bill has another consumption tax.

    Empty where anything else differs too, which neither threshold nor quantity can explain.
    """
    wrong = []
    for position, (ours, theirs) in enumerate(zip(figures_of(trial.assessment).lines, trial.billed.lines, strict=True)):
        if ours[:3] != theirs[:3] or (ours.vat != theirs.vat and ours.consumption_tax == theirs.consumption_tax):
            return []
        if ours != theirs:
            wrong.append(position)
    return wrong


def _fitting_quantity(trial: Trial, line: LineAssessment, billed: LineFigures) -> tuple[Decimal, Words, bool] | None:
    """Return the first quantity by which a line gives the bill, its description, and True if it was read off the bill."""
    tested = line.tested
    assert tested is not None, "only lines with a class of consumption tax are asked"
    case = trial.case._replace(freight=line.freight, insurance=line.insurance)
    for qty, words, fitted in _quantities(trial, line, billed, tested):
        if qty > 0:
            alone = case._replace(goods=(line.goods.with_quantity(tested.per, qty),))
            assessment = Calculation(alone, trial.assessment.regime, trial.calculation.formula).assess()
            if figures_of(assessment).lines[0] == billed:
                return qty, words, fitted
    return None


def _quantities(
    trial: Trial, line: LineAssessment, billed: LineFigures, tested: ConsumptionTax
) -> Iterator[tuple[Decimal, Words, bool]]:
    """Yield quantities to try, the likeliest first, of at most five places, and True for those read off the bill."""
    goods = line.goods
    qty, _ = goods.quantity(tested.per)
    for words, confused in EASILY_CONFUSED:
        other = confused(goods, tested, qty)
        if other is not None:
            rounded = other.quantize(LAST_PLACE, context=EXACT)
            yield (other if other == rounded else rounded), words, False
    read_off = [_at_the_threshold(trial.case, line, tested)]
    read_off += [_implied_by_the_bill(trial, line, billed, tier) for tier in tested.tiers if tier.specific]
    for qty, words in chain.from_iterable(read_off):
        yield qty, words, True


def _at_the_threshold(case: Case, line: LineAssessment, tested: ConsumptionTax) -> Iterator[tuple[Decimal, Words]]:
    """Yield the last quantity that reaches each threshold, and the first that does not."""
    value = line.goods.value if case.method.threshold_on_price else line.dutiable_value
    for tier in tested.tiers:
        if tier.at_least is not None:
            at_least = EXACT.multiply(tier.at_least, case.exchange.get(tier.currency, ONE) if tier.currency else ONE)
            last = EXACT.divide(value, at_least).quantize(LAST_PLACE, ROUND_DOWN, EXACT)
            yield last, ("或更少", "or less")
            yield last + LAST_PLACE, ("或更多", "or more")


def _implied_by_the_bill(
    trial: Trial, line: LineAssessment, billed: LineFigures, tier: Tier
) -> Iterator[tuple[Decimal, Words]]:
    """Yield the quantities of a specific tax that the billed taxes allow, those with the fewest places first."""
    low, high = _range(trial, line, billed, tier)
    middle = EXACT.divide(low + high, Decimal(2))
    for places in range(6):
        qty = middle.quantize(ONE.scaleb(-places), context=EXACT)
        if low <= qty <= high:
            yield qty, ("由税单税额推算", "computed from the billed tax")


def _range(trial: Trial, line: LineAssessment, billed: LineFigures, tier: Tier) -> tuple[Decimal, Decimal]:
    """Return the lowest and highest quantity that the billed taxes allow.

    Each tax grows evenly with the specific amount, so its values at 0 and at 1 CNY give the rest.
    """
    below, above = _ROUNDED_OFF[Rounding(trial.case.method.rounding)]
    formula, factor = trial.calculation.formula, trial.assessment.factor
    rates = line.dutiable_value, line.tariff_rate, line.vat_rate, tier.rate
    at_none, at_one = formula(*rates, ZERO), formula(*rates, ONE)
    assert line.tested is not None, "only lines with a class of consumption tax are asked"
    amount = tier.amount(line.goods.quantity(line.tested.per).unit)
    low, high = [], []
    for due, none, one in (
        (billed.consumption_tax, at_none.consumption, at_one.consumption),
        (billed.vat, at_none.vat, at_one.vat),
    ):
        slope = EXACT.multiply(one - none, amount)
        if slope:
            low.append(EXACT.divide(EXACT.divide(due - below, factor) - none, slope))
            high.append(EXACT.divide(EXACT.divide(due + above, factor) - none, slope))
    return max(low), min(high)


def _other_measure(goods: Goods, tested: ConsumptionTax, _: Decimal | None) -> Decimal | None:
    return goods.quantity("legal_qty2" if tested.per == "legal_qty1" else "legal_qty1").qty


#: The most by which an amount before rounding lies below and above the amount in cents.
_ROUNDED_OFF: Mapping[Rounding, tuple[Decimal, Decimal]] = {
    Rounding.PER_LINE: (CENT / 2, CENT / 2),
    Rounding.PER_DECLARATION: (CENT / 2, CENT / 2),
    Rounding.STATUTORY_FIRST: (CENT, CENT),
    Rounding.DOWN: (ZERO, CENT),
}

#: Quantities that are easily confused with the right one.
EASILY_CONFUSED: tuple[tuple[Words, Callable[[Goods, ConsumptionTax, Decimal | None], Decimal | None]], ...] = (
    (("另一法定数量", "the other statutory quantity"), _other_measure),
    (("申报数量", "the pieces"), lambda goods, _, qty: goods.qty),
    (("重量", "the weight"), lambda goods, _, qty: goods.weight),
    (
        ("单件含量", "the content of one piece"),
        lambda goods, _, qty: EXACT.divide(qty, goods.qty) if qty and goods.qty else None,
    ),
    (("重复乘以件数", "times the pieces"), lambda goods, _, qty: EXACT.multiply(qty, goods.qty) if qty else None),
    (("扩大 1000 倍", "a thousand times as much"), lambda _, __, qty: qty * 1000 if qty else None),
    (("缩小 1000 倍", "a thousandth"), lambda _, __, qty: qty / 1000 if qty else None),
)
