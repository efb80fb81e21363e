"""Thresholds and legal quantities taken otherwise (起征点与法定数量的假设): what decides consumption tax, and what measures it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal

from customs.fields.digits import plain_digits
from customs.fields.money import CENT, EXACT, ONE, ZERO
from customs.reconciliation.trial import LineFigures, Supposition, Trial, figures_of, gnums
from customs.reconciliation.words import Words
from customs.tax.assessment import compute
from customs.tax.case import Case, Goods
from customs.tax.law import ConsumptionTax
from customs.tax.method import Rounding
from customs.tax.result import LineAssessment
from customs.tax.trail import NOT_REACHED, REACHED


def other_test(trial: Trial) -> Iterator[Supposition]:
    """Thresholds tested on the bare price or not, and on a value rounded to the cent or not."""
    case, method = trial.case, trial.case.method
    on_price = replace(method, threshold_on_price=not method.threshold_on_price)
    words = ("完税价格", "the dutiable value") if method.threshold_on_price else ("不含运保费的价格", "the bare price")
    yield trial.suppose("threshold-on-price", case._replace(method=on_price), facts={"tested": words})
    cents = replace(method, cents_of_value=not method.cents_of_value)
    words = (
        ("未舍入到分", "not rounded to the cent") if method.cents_of_value else ("已舍入到分", "rounded to the cent")
    )
    yield trial.suppose("value-digits", case._replace(method=cents), facts={"kept": words})


def other_threshold(trial: Trial) -> Iterator[Supposition]:
    """A threshold taken as reached that is not, or the reverse: of all lines whose consumption tax the bill has otherwise, since
    no fewer and no more would come to the bill.
    """
    wrong = _of_consumption(trial)
    lines = [trial.assessment.lines[position] for position in wrong]
    if not lines or any(line.tested is None or line.tested.at_least is None for line in lines):
        return
    case, said = trial.case, []
    for line in lines:
        case, verdict = _treated_otherwise(case, line)
        said.append((f"第 {line.gnum} 项{verdict[0]}", f"line {line.gnum} {verdict[1]}"))
    words = ("，".join(zh for zh, _ in said), ", ".join(en for _, en in said))
    yield trial.suppose("threshold", case, lines=gnums(wrong), facts={"treated": words})


def _treated_otherwise(case: Case, line: LineAssessment) -> tuple[Case, Words]:
    """The case with the first threshold of a line's class taken the other way, and what was then said of it."""
    tested = line.tested
    assert tested is not None, "only lines with a threshold are asked"
    reached = line.tier is tested.tiers[0]
    tiers = tested.tiers[1:] if reached else (replace(tested.tiers[0], at_least=None),)
    verdict = NOT_REACHED if reached else REACHED
    name = f"{tested.name}, {verdict[1]}" if tiers else None
    if name:
        law = replace(case.law, consumption={**case.law.consumption, name: replace(tested, name=name, tiers=tiers)})
        case = case._replace(law=law)
    position = line.gnum - 1
    goods = case.goods[position]
    changed = goods._replace(rate=replace(goods.rate, consumption=name))
    return case._replace(goods=(*case.goods[:position], changed, *case.goods[position + 1 :])), verdict


def other_quantity(trial: Trial) -> Iterator[Supposition]:
    """Another legal quantity in the lines whose consumption tax the bill has otherwise: one that is near at hand, such as the
    pieces or the gross weight, one on the other side of the threshold, or one that the bill's consumption tax tells.
    """
    wrong = _of_consumption(trial)
    goods, said = list(trial.case.goods), []
    for position in wrong:
        line = trial.assessment.lines[position]
        found = _quantity(trial, line, trial.billed.lines[position]) if line.tested else None
        if found is None or line.tested is None:
            return
        (qty, (zh, en)), (before, _) = found, line.goods.quantity(line.tested.per)
        goods[position] = line.goods.with_quantity(line.tested.per, qty)
        given, shown = plain_digits(before) if before is not None else "—", plain_digits(qty)
        said.append((f"第 {line.gnum} 项 {given} → {shown}（{zh}）", f"line {line.gnum} {given} -> {shown} ({en})"))
    if wrong:
        words = ("，".join(zh for zh, _ in said), ", ".join(en for _, en in said))
        yield trial.suppose(
            "legal-quantity", trial.case._replace(goods=tuple(goods)), lines=gnums(wrong), facts={"changed": words}
        )


def _of_consumption(trial: Trial) -> list[int]:
    """The positions of the lines whose consumption tax the bill has otherwise; none if it has something else otherwise too,
    which neither threshold nor quantity can mend.
    """
    wrong = []
    for position, (ours, theirs) in enumerate(zip(figures_of(trial.assessment).lines, trial.billed.lines, strict=True)):
        if ours[:3] != theirs[:3] or (ours.vat != theirs.vat and ours.consumption_tax == theirs.consumption_tax):
            return []
        if ours != theirs:
            wrong.append(position)
    return wrong


def _quantity(trial: Trial, line: LineAssessment, billed: LineFigures) -> tuple[Decimal, Words] | None:
    """The first quantity by which a line comes to the bill, and what it is."""
    tested = line.tested
    assert tested is not None, "only lines with a class of consumption tax are asked"
    case = trial.case._replace(freight=line.freight, insurance=line.insurance)
    for qty, words in _quantities(trial, line, billed, tested):
        if qty > 0:
            changed = line.goods.with_quantity(tested.per, qty)
            alone = compute(case._replace(goods=(changed,)), regime=trial.assessment.regime, formula=trial.formula)
            if figures_of(alone).lines[0] == billed:
                return qty, words
    return None


def _quantities(
    trial: Trial, line: LineAssessment, billed: LineFigures, tested: ConsumptionTax
) -> Iterator[tuple[Decimal, Words]]:
    """Quantities to try, the likeliest first, of at most five places."""
    goods = line.goods
    qty, _ = goods.quantity(tested.per)
    for words, near in NEAR_AT_HAND:
        found = near(goods, tested, qty)
        if found is not None:
            rounded = found.quantize(FIVE_PLACES, context=EXACT)
            yield (found if found == rounded else rounded), words
    yield from _at_the_threshold(trial.case, line, tested)
    yield from _told_by_the_bill(trial, line, billed, tested)


def _at_the_threshold(case: Case, line: LineAssessment, tested: ConsumptionTax) -> Iterator[tuple[Decimal, Words]]:
    """The last quantity that reaches each threshold, and the first that does not."""
    value = line.goods.value if case.method.threshold_on_price else line.dutiable_value
    for tier in tested.tiers:
        if tier.at_least is not None:
            at_least = EXACT.multiply(tier.at_least, case.exchange.get(tier.currency, ONE) if tier.currency else ONE)
            last = EXACT.divide(EXACT.multiply(value, tier.divisor), at_least).quantize(FIVE_PLACES, ROUND_DOWN, EXACT)
            yield last, ("或更少", "or less")
            yield last + FIVE_PLACES, ("或更多", "or more")


def _told_by_the_bill(
    trial: Trial, line: LineAssessment, billed: LineFigures, tested: ConsumptionTax
) -> Iterator[tuple[Decimal, Words]]:
    """For specific amounts, quantities with as few places as may be, out of those to which the billed taxes leave room.

    Each tax grows evenly with the specific amount, so that its values at 0 and at 1 CNY tell the rest.
    """
    below, above = _ROOM[Rounding(trial.case.method.rounding)]
    for tier in tested.tiers:
        if not tier.specific:
            continue
        rates = line.dutiable_value, line.tariff_rate, line.vat_rate, tier.rate
        none, one = trial.formula(*rates, ZERO), trial.formula(*rates, ONE)
        amount = tier.amount(line.goods.quantity(tested.per)[1])
        low, high = [], []
        for due, at_none, at_one in (
            (billed.consumption_tax, none.consumption, one.consumption),
            (billed.vat, none.vat, one.vat),
        ):
            slope = EXACT.multiply(at_one - at_none, amount)
            if slope:
                low.append(EXACT.divide(EXACT.divide(due - below, trial.assessment.factor) - at_none, slope))
                high.append(EXACT.divide(EXACT.divide(due + above, trial.assessment.factor) - at_none, slope))
        middle = EXACT.divide(max(low) + min(high), Decimal(2))
        for places in range(6):
            qty = middle.quantize(ONE.scaleb(-places), context=EXACT)
            if max(low) <= qty <= min(high):
                yield qty, ("由税单税额推算", "reckoned from the billed tax")


FIVE_PLACES = Decimal("0.00001")

#: How far below and above an amount in cents the amount before rounding may lie.
_ROOM: Mapping[Rounding, tuple[Decimal, Decimal]] = {
    Rounding.PER_LINE: (CENT / 2, CENT / 2),
    Rounding.PER_DECLARATION: (CENT / 2, CENT / 2),
    Rounding.STATUTORY_FIRST: (CENT, CENT),
    Rounding.DOWN: (ZERO, CENT),
}

#: Quantities that are mistaken for one another.
NEAR_AT_HAND: tuple[tuple[Words, Callable[[Goods, ConsumptionTax, Decimal | None], Decimal | None]], ...] = (
    (
        ("另一法定数量", "the other legal quantity"),
        lambda goods, tested, _: goods.legal[1 if tested.per == "legal_qty1" else 0][0],
    ),
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
