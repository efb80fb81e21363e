"""What holds of every assessment, whatever the parcel: cents add up, order is nothing, dearer is never taxed less,
the trail is true.
"""

import re
from collections import Counter
from datetime import date
from decimal import ROUND_DOWN, Context, Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from customs.tax import (
    Apportionment,
    LineAssessment,
    Measured,
    Method,
    Rate,
    Reason,
    Regime,
    Rounding,
    TaxAssessment,
    apportion,
    explain,
    law,
)
from customs.tax.assessment import compute
from customs.tax.case import Case, Goods
from support import some

D = Decimal
steady = settings(deadline=None, derandomize=True, database=None, max_examples=120)

#: Days on both sides of every change, from the regime's first on.
DAYS = [
    date(2016, 4, 8), date(2016, 9, 30), date(2016, 10, 1), date(2017, 6, 30), date(2017, 7, 1), date(2018, 4, 30), date(2018, 5, 1),
    date(2018, 12, 31), date(2019, 1, 1), date(2019, 3, 31), date(2019, 4, 1), date(2026, 11, 11),
]  # fmt: skip
POSTAL_DAYS = [date(2012, 4, 15), date(2016, 4, 7)]
DOLLAR = {"502": D("7.0573")}

#: Classes of goods: code, unit, statutory quantities, prices at which something turns.
CLASSES: dict[str | None, tuple[str, str, list[str], list[str]]] = {
    None: ("1904100000", "035", ["0.5", "1"], ["0.05", "10.00"]),
    "skin_care": ("3304990039", "035", ["0.05", "0.0501"], ["499.99", "500.00", "499.995"]),
    "make_up": ("3304100011", "035", ["0.006", "0.05"], ["60.00", "59.99", "2.35"]),
    "mask": ("3304990049", "011", ["1", "5"], ["15.00", "74.99", "75"]),
    "wine": ("2204210000", "095", ["0.75", "1.5"], ["99.99", "4.75"]),
    "spirits": ("2208300000", "095", ["0.7", "0.5"], ["800", "0.01"]),
    "beer": ("2203000000", "095", ["12", "0.33"], ["31.71", "31.72", "0.87", "0.88"]),
    "yellow_wine": ("2206001000", "095", ["0.5", "3"], ["100", "0.10"]),
    "jewellery": ("7101229090", "035", ["0.03"], ["4000", "0.45"]),
    "watch": ("9102110000", "011", ["1", "2"], ["9999.99", "10000.00", "4999.99"]),
}

prices = st.decimals(0, 3_000, places=2)
costs = st.one_of(st.just(D(0)), st.decimals(0, 60, places=2), st.sampled_from([D("0.01"), D("10.00")]))
methods = st.builds(
    Method, rounding=st.sampled_from(Rounding), apportionment=st.sampled_from(Apportionment), cents_of_value=st.booleans(),
    threshold_on_price=st.booleans(), full_tax_at_yearly_limit=st.booleans(), agreement_tariff=st.booleans(),
)  # fmt: skip


@st.composite
def goods(draw: st.DrawFn, kinds: st.SearchStrategy[str | None] | None = None) -> Goods:
    kind = draw(kinds or st.sampled_from(list(CLASSES)))
    code, unit, contents, turns = CLASSES[kind]
    rate = Rate(
        hs_code=code,
        name="",
        legal_unit1=unit,
        legal_unit2=None,
        vat="low" if kind is None else "standard",
        consumption=kind,
        valid_from=date(2012, 1, 1),
        valid_to=date.max,
        as_of=date(2026, 1, 1),
        source="ours",
        mfn=D("0.10"),
        provisional=D("0.06"),
        agreements={"116": D("0.03")},
        postal=draw(st.integers(1, 4)),
    )
    content = Measured(D(draw(st.sampled_from(contents))), unit)
    measured = (Measured(D("0.025"), "035"), content) if kind == "mask" else (content, Measured(None, None))
    value = draw(st.one_of(prices, st.sampled_from(turns).map(D)))
    qty, weight = draw(st.sampled_from(["1", "1", "2", "0.5", "3"])), draw(st.sampled_from(["0", "0.25", "1"]))
    return Goods(
        code,
        draw(st.sampled_from(["", "A"])),
        value,
        D(qty),
        measured,
        draw(st.sampled_from(["116", "502"])),
        rate,
        D(weight),
    )


class Parcel(Case):
    """A case that shows itself in few words, its law by the day."""

    __slots__ = ()

    def __repr__(self) -> str:
        lines = [(each.hs_code, each.item_no, each.value, each.qty, each.measured, each.weight) for each in self.goods]
        return f"<{self.law.day}, {lines}, freight {self.freight}, insurance {self.insurance}, used {self.used}, {self.method}>"


@st.composite
def cases(draw: st.DrawFn, days: list[date] = DAYS, transport: bool = True, most: int = 5) -> Parcel:
    freight, insurance = (draw(costs), draw(costs)) if transport else (D(0), D(0))
    used = draw(st.one_of(st.none(), st.decimals(0, 26_001, places=2)))
    day = draw(st.sampled_from(days))
    found = tuple(draw(st.lists(goods(), min_size=1, max_size=most)))
    return Parcel(
        goods=found,
        freight=freight,
        insurance=insurance,
        used=used,
        law=law.on(day),
        method=draw(methods),
        exchange=DOLLAR,
    )


def content(line: LineAssessment) -> str:
    """All that a line is and gets, without its position."""
    return repr((line.goods, figures(line)))


def figures(line: LineAssessment) -> tuple[Any, ...]:
    return (
        line.freight,
        line.insurance,
        line.dutiable_value,
        line.tariff_rate,
        line.consumption_rate,
        line.vat_rate,
        line.specific,
        line.exact,
        line.statutory,
        line.taxes,
        line.postal_rate,
    )


def sums(found: TaxAssessment) -> tuple[Any, ...]:
    return found.regime, found.pieces, found.dutiable_value, found.taxes, found.due, found.factor


@steady
@given(cases())
@pytest.mark.long
def test_shares_of_freight_and_insurance_add_up_to_the_cent(case: Case) -> None:
    assume(case.method.apportionment != Apportionment.FOLDED)
    found = compute(case)
    assert sum(line.freight for line in found.lines) == case.freight
    assert sum(line.insurance for line in found.lines) == case.insurance
    assert all(line.freight >= 0 and line.insurance >= 0 for line in found.lines)


@steady
@given(cases())
@pytest.mark.long
def test_freight_folded_into_the_prices_of_single_pieces_adds_up_too(case: Case) -> None:
    single = tuple(each._replace(qty=D(1), value=each.value.quantize(D("0.01"), ROUND_DOWN)) for each in case.goods)
    found = compute(case._replace(goods=single, method=Method(apportionment=Apportionment.FOLDED)))
    assert found.dutiable_value == sum(each.value for each in single) + case.freight + case.insurance


@steady
@given(cases())
def test_the_dutiable_value_is_what_was_paid_for_goods_freight_and_insurance(case: Case) -> None:
    assume(case.method.apportionment != Apportionment.FOLDED)
    found = compute(case)
    for line in found.lines:
        assert abs(line.dutiable_value - line.value - line.freight - line.insurance) <= D("0.005")
        if case.method.cents_of_value:
            assert line.dutiable_value * 100 % 1 == 0
    assert found.dutiable_value == sum(line.dutiable_value for line in found.lines)


@steady
@given(cases(DAYS + POSTAL_DAYS))
def test_no_tax_is_negative_and_all_are_whole_cents(case: Case) -> None:
    found = compute(case)
    for taxes in [found.taxes, *(line.taxes for line in found.lines), *(line.statutory for line in found.lines)]:
        assert all(each >= 0 and each * 100 % 1 == 0 for each in taxes)
    assert all(each >= 0 for line in found.lines for each in line.exact)


@steady
@given(cases(transport=False), st.integers(0, 4), st.decimals("0.01", 900, places=2))
@pytest.mark.long
def test_dearer_goods_are_never_taxed_less_in_the_same_regime(case: Case, at: int, more: Decimal) -> None:
    at %= len(case.goods)
    dear = list(case.goods)
    dear[at] = dear[at]._replace(value=dear[at].value + more)
    one, other = compute(case), compute(case._replace(goods=tuple(dear)))
    assume(one.regime is other.regime)
    for tax in ("tariff", "consumption", "vat", "total"):
        assert getattr(other.taxes, tax) >= getattr(one.taxes, tax)
    for place, (line, dearer) in enumerate(zip(one.lines, other.lines, strict=True)):
        assert dearer.due >= line.due
        if place != at:
            assert figures(dearer) == figures(line)


@steady
@given(cases(transport=False, most=1), st.decimals("0.01", 900, places=2))
def test_the_tax_grows_by_the_composite_rate_between_two_cliffs(case: Case, more: Decimal) -> None:
    one, other = (
        compute(case),
        compute(case._replace(goods=(case.goods[0]._replace(value=case.goods[0].value + more),))),
    )
    (line,), (dearer,) = one.lines, other.lines
    assume(one.regime is other.regime and line.tier is dearer.tier)
    rate, vat, tariff = Fraction(line.consumption_rate), Fraction(line.vat_rate), Fraction(line.tariff_rate)
    expected = Fraction(dearer.dutiable_value - line.dutiable_value) * (tariff + rate + vat + tariff * vat) / (1 - rate)
    grown = sum(map(Fraction, dearer.exact)) - sum(map(Fraction, line.exact))
    assert abs(grown - expected) < Fraction(1, 10**40)


@steady
@given(cases(DAYS + POSTAL_DAYS))
def test_the_total_is_the_sum_of_the_lines_where_lines_are_rounded(case: Case) -> None:
    found = compute(case)
    each = [
        sum((getattr(line.taxes, tax) for line in found.lines), D(0))
        for tax in ("tariff", "consumption", "vat", "postal")
    ]
    if case.method.rounding == Rounding.PER_DECLARATION:
        half_cents = D("0.005") * (len(found.lines) + 1)
        assert all(abs(one - other) <= half_cents for one, other in zip(found.taxes, each, strict=True))
    else:
        assert list(found.taxes) == each
        assert found.due == sum(line.due for line in found.lines)


@steady
@given(cases())
def test_dropped_cents_are_never_dearer_than_rounded_ones(case: Case) -> None:
    down, up = (compute(case._replace(method=Method(rounding=way))) for way in (Rounding.DOWN, Rounding.PER_LINE))
    for one, other in zip(some(down.lines), up.lines, strict=True):
        for tax, least, exact in zip(some(one.taxes), other.taxes, one.exact.times(down.factor), strict=True):
            assert D(0) <= least - tax <= D("0.01")
            assert tax <= exact + D("1e-40")


SERUMS = tuple(
    Goods(
        "3304990039", "", D("499.99"), D(1), (Measured(D(kilograms), "035"), Measured(None, None)), "116",
        Rate(
            hs_code="3304990039", name="", legal_unit1="035", legal_unit2=None, vat="standard", consumption="skin_care",
            valid_from=date(2012, 1, 1), valid_to=date.max, as_of=date(2026, 1, 1), source="ours", mfn=D(0),
        ),
    )
    for kilograms in ("0.05", "0.0501")
)  # fmt: skip


@steady
@given(cases(DAYS + POSTAL_DAYS), st.randoms(use_true_random=False))
@example(Parcel(goods=SERUMS, law=law.on(date(2026, 11, 11)), freight=D("0.01"), exchange=DOLLAR), None)
@pytest.mark.long
def test_no_permutation_of_lines_changes_any_figure_or_decision(case: Case, dice: Any) -> None:
    """Two serums alike but for their content are told apart by it: the spare cent that makes one dear goes to the
    same one.
    """
    order = list(case.goods)
    if dice is None:
        order.reverse()
    else:
        dice.shuffle(order)
    found, shuffled = compute(case), compute(case._replace(goods=tuple(order)))
    assert sums(shuffled) == sums(found)
    assert Counter(map(content, shuffled.lines)) == Counter(map(content, found.lines))


@steady
@given(
    costs,
    st.lists(st.tuples(prices, st.text(max_size=2)), min_size=1, max_size=6, unique_by=lambda each: each[1]),
    st.data(),
)
def test_spare_cents_go_by_content(amount: Decimal, lines: list[tuple[Decimal, str]], data: st.DataObject) -> None:
    order = data.draw(st.permutations(lines))
    one, other = (
        [apportion(amount, [weight for weight, _ in each], [rank for _, rank in each])] for each in (lines, order)
    )
    assert dict(zip(lines, one[0], strict=True)) == dict(zip(order, other[0], strict=True))


@steady
@given(cases(), st.integers(1, 3))
@example(
    Parcel(
        goods=SERUMS + SERUMS[:1],
        freight=D("10.00"),
        insurance=D(0),
        used=None,
        law=law.on(date(2026, 11, 11)),
        method=Method(),
        exchange=DOLLAR,
    ),
    1,
)
@pytest.mark.long
def test_the_way_in_which_an_amount_is_written_changes_no_figure(case: Case, zeros: int) -> None:
    """10.00 and 10.000 CNY are the same freight."""

    def longer(amount: Decimal) -> Decimal:
        exponent = amount.as_tuple().exponent
        assert isinstance(exponent, int)
        return amount.quantize(D(1).scaleb(min(exponent, -2) - zeros))

    written = tuple(each._replace(value=longer(each.value), qty=longer(each.qty)) for each in case.goods)
    one = compute(case)
    other = compute(case._replace(goods=written, freight=longer(case.freight), insurance=longer(case.insurance)))
    assert sums(one) == sums(other)
    assert [figures(line) for line in one.lines] == [figures(line) for line in other.lines]


@steady
@given(cases())
@pytest.mark.long
def test_the_decimal_context_of_the_caller_changes_no_figure(case: Case) -> None:
    one = compute(case)
    with localcontext(Context(prec=5, rounding=ROUND_DOWN)):
        other = compute(case)
    assert sums(one) == sums(other)
    assert [figures(line) for line in one.lines] == [figures(line) for line in other.lines]


@steady
@given(cases(transport=False))
@pytest.mark.long
def test_goods_worth_nothing_pay_nothing_but_specific_tax(case: Case) -> None:
    free = compute(case._replace(goods=tuple(each._replace(value=D(0)) for each in case.goods)))
    for line in some(free.lines):
        gross = Fraction(line.specific) / (1 - Fraction(line.consumption_rate))
        expected = gross, gross * Fraction(line.vat_rate)
        assert line.exact.tariff == line.exact.postal == 0
        for figure, right in zip((line.exact.consumption, line.exact.vat), expected, strict=True):
            assert abs(Fraction(figure) - right) < Fraction(1, 10**40)
        assert (line.exact.total > 0) == (line.specific > 0)


@steady
@given(cases(DAYS + POSTAL_DAYS, transport=False), st.integers(1, 3))
@pytest.mark.long
def test_nothing_however_often_is_nothing(case: Case, times: int) -> None:
    untaxed = [each for each in case.goods if each.rate.consumption is None]
    assume(untaxed)
    free = tuple(each._replace(value=D(0)) for each in untaxed) * times
    assert compute(case._replace(goods=free)).due == 0


@steady
@given(cases())
@pytest.mark.long
def test_a_gift_at_no_price_changes_no_tax_of_the_goods_it_comes_with(case: Case) -> None:
    assume(any(each.value for each in case.goods))
    case = case._replace(method=Method(), used=None)
    gift = case.goods[0]._replace(value=D(0), item_no="gift")
    alone, together = compute(case), compute(case._replace(goods=(*case.goods, gift)))
    assume(alone.regime is together.regime)
    assert [figures(line) for line in together.lines[:-1]] == [figures(line) for line in alone.lines]


@steady
@given(cases(DAYS + POSTAL_DAYS))
def test_the_trail_names_law_regime_and_every_line_with_the_figures_of_the_assessment(case: Case) -> None:
    found = compute(case)
    first, second, *steps = explain(found)
    assert (first.code, first.facts["day"]) == ("law", case.law.day)
    assert (second.code, second.facts["value"], second.facts["pieces"]) == (
        "regime",
        found.dutiable_value,
        found.pieces,
    )
    assert all(step.source for step in explain(found))
    if not found.computed:
        return
    named = [step for step in steps if step.code in ("line", "postal")]
    assert [step.facts["gnum"] for step in named] == list(range(1, len(case.goods) + 1))
    for step, line in zip(named, found.lines, strict=True):
        expected = of_a_postal_article(line) if found.regime is Regime.POSTAL else of_a_line(found, line)
        word = "完税价格" if case.law.day < date(2024, 12, 1) else "计税价格"
        assert dict(step.facts) == expected | {"term": (word, "dutiable value")}


def of_a_line(found: TaxAssessment, line: LineAssessment) -> dict[str, Any]:
    return {
        "gnum": line.gnum,
        "hs_code": line.hs_code,
        "dutiable_value": line.dutiable_value,
        "value": line.value,
        "freight": line.freight,
        "insurance": line.insurance,
        "tariff_rate": line.tariff_rate,
        "consumption_rate": line.consumption_rate,
        "vat_rate": line.vat_rate,
        "factor": found.factor,
    }


def of_a_postal_article(line: LineAssessment) -> dict[str, Any]:
    return {
        "gnum": line.gnum,
        "hs_code": line.hs_code,
        "category": line.goods.rate.postal,
        "value": line.value,
        "rate": line.postal_rate,
    }


@steady
@given(cases())
@pytest.mark.long
def test_the_trail_says_of_thresholds_and_specific_taxes_what_was_reckoned(case: Case) -> None:
    found = compute(case)
    assume(found.computed)
    steps = {(step.code, step.facts["gnum"]): step for step in explain(found) if step.code in ("threshold", "specific")}
    for line in some(found.lines):
        tiers = line.tested.tiers if line.tested else ()
        tested = bool(tiers) and tiers[0].at_least is not None
        assert (("threshold", line.gnum) in steps) == tested
        assert (("specific", line.gnum) in steps) == bool(line.specific)
        if tested:
            reached = steps["threshold", line.gnum].facts["reached"]
            assert (reached[1] == "reached") == (line.tier is tiers[0])
        if line.specific:
            facts = steps["specific", line.gnum].facts
            assert facts["qty"] * facts["amount"] == facts["specific"] == line.specific


@steady
@given(cases(DAYS + POSTAL_DAYS), st.booleans())
@pytest.mark.long
def test_every_step_is_said_in_both_languages_with_its_figures(case: Case, ordered: bool) -> None:
    found = compute(case._replace(order_day=date(2016, 1, 2) if ordered else None))
    assert ("2016-01-02" in explain(found)[0].en) == ("2016-01-02" in explain(found)[0].zh) == ordered
    for step in explain(found):
        for text in (step.zh, step.en):
            assert all(shown in text for shown in shown_in(step))
            assert "{" not in text
            assert "None" not in text
            assert not re.search(r"\dE[+-]?\d", text)  # plain digits, as a tax bill has them
        assert re.search(r"[\u4e00-\u9fff]", step.zh)
        assert not re.search(r"[\u4e00-\u9fff]", step.en)


def shown_in(step: Reason) -> list[str]:
    """The facts of a step as they are said: rates in per cent."""
    shares = {"tariff_rate", "consumption_rate", "vat_rate", "factor", "rate"}
    return [
        f"{fact:%}" if name in shares else str(fact) for name, fact in step.facts.items() if not isinstance(fact, tuple)
    ]


@pytest.mark.parametrize("regime", [Regime.WITHIN_LIMITS, Regime.FULL, Regime.OUTSIDE])
@steady
@given(case=cases())
@pytest.mark.long
def test_a_regime_that_is_given_is_the_one_that_is_reckoned_with(regime: Regime, case: Case) -> None:
    found = compute(case, regime=regime)
    assert found.regime is regime
    assert found.computed == (regime is not Regime.OUTSIDE)
    if regime is Regime.OUTSIDE:
        assert found.due == 0
    if regime is Regime.WITHIN_LIMITS:
        assert found.tariff_due == 0
