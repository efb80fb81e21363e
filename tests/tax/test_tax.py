"""Tax: thresholds, apportioned cents, limits and law by the day, what an assessment needs to know."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise, permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from customs.fields.money import to_cents
from customs.tax import (
    ExchangeMissingError,
    LawError,
    Method,
    QuantityMissingError,
    Rate,
    RateMissingError,
    Rates,
    RatesMissingError,
    Regime,
    TaxAssessment,
    apportion,
    assess,
    decide,
    explain,
    law,
)
from customs.tax.formula import composite_rate, taxes
from customs.testing import sample_parcels
from support import some
from support.tax_parcels import line, parcel

D = Decimal
NOW = date(2026, 11, 11)
SERUM, CREAM, WINE, PEARLS = "3304990039", "3304990029", "2204210000", "7101229090"

#: Rates for the worked examples, in force on every day since the regime began.
EXAMPLES = Rates(
    Rate(
        hs_code=code,
        name=name,
        legal_unit1="035",
        legal_unit2=second,
        vat=vat,
        consumption=consumption,
        valid_from=date(2016, 4, 8),
        valid_to=date.max,
        as_of=NOW,
        source="worked example",
    )
    for code, name, second, vat, consumption in (
        (SERUM, "skin care by volume", "011", "standard", "skin_care"),
        (CREAM, "skin care by weight", "011", "standard", "skin_care"),
        ("3304100011", "lipstick", "011", "standard", "make_up"),
        ("2201101000", "mineral water", None, "standard", None),
        ("1509100000", "olive oil", None, "low", None),
        (PEARLS, "pearls", None, "standard", "jewellery"),
        ("9102110000", "watch", None, "standard", "watch"),
    )
)


def assessed(*lines: dict[str, str], on: date = NOW, freight: str = "0", insurance: str = "0") -> TaxAssessment:
    return assess(parcel(*lines, freight=freight, insurance=insurance), on=on, rates=EXAMPLES)


def due(assessment: TaxAssessment) -> tuple[Decimal, Decimal, Decimal]:
    return assessment.consumption_due, assessment.vat_due, assessment.due


@pytest.mark.parametrize(
    ("consumption", "at_13", "at_16"),
    [
        ("0", "9.10", "11.20"),
        ("0.10", "17.89", "20.22"),
        ("0.15", "23.06", "25.53"),
        ("0.20", "28.88", "31.50"),
        ("0.36", "53.59", "56.88"),
        ("0.04", "12.40", "14.58"),
    ],
)
def test_composite_rates_are_computed(consumption: str, at_13: str, at_16: str) -> None:
    for vat, published in (("0.13", at_13), ("0.16", at_16)):
        assert to_cents(composite_rate(D(vat), D(consumption), D("0.7")) * 100) == D(published)


def test_one_cent_more_and_consumption_tax_is_due() -> None:
    assert due(assessed(line(SERUM, "499.99", content="0.05"))) == (D("0.00"), D("45.50"), D("45.50"))
    assert due(assessed(line(SERUM, "500.00", content="0.05"))) == (D("61.76"), D("53.53"), D("115.29"))


def test_freight_can_push_a_serum_over_the_threshold_unless_the_price_alone_is_tested() -> None:
    serum = parcel(line(SERUM, "490", content="0.05"), freight="15")
    assert assess(serum, on=NOW, rates=EXAMPLES).lines[0].consumption_rate == D("0.15")
    assert assess(serum, on=NOW, rates=EXAMPLES, method=Method(threshold_on_price=True)).lines[0].consumption_rate == 0


def test_gross_weight_as_legal_quantity_dodges_the_consumption_tax() -> None:
    assert assessed(line(SERUM, "700", content="0.05")).consumption_due > 0
    assert assessed(line(SERUM, "700", content="0.0835")).consumption_due == 0


@pytest.mark.parametrize(
    ("name", "day", "value", "pieces", "used", "regime"),
    [
        ("the old limit itself", date(2018, 12, 31), "2000", 1, "0", Regime.WITHIN_LIMITS),
        ("old limit exceeded", date(2018, 12, 31), "2000.01", 2, "0", Regime.FULL),
        ("new limit", date(2019, 1, 1), "5000", 3, "0", Regime.WITHIN_LIMITS),
        ("one piece over", date(2019, 1, 1), "5000.01", 1, "0", Regime.FULL),
        ("a second piece over 5,000 leaves the channel", date(2019, 1, 1), "5000.01", 2, "0", Regime.OUTSIDE),
        ("the whole rest of a year", date(2019, 1, 1), "4000", 1, "22000", Regime.WITHIN_LIMITS),
        ("one cent over the year", date(2019, 1, 1), "4000.01", 1, "22000", Regime.OUTSIDE),
        ("one piece of the whole year's limit", date(2019, 1, 1), "26000", 1, "0", Regime.OUTSIDE),
    ],
)
def test_the_regime_by_day_value_and_quota(
    name: str, day: date, value: str, pieces: int, used: str, regime: Regime
) -> None:
    assert decide(law.on(day).limits, D(value), D(pieces), D(used)) is regime, name


def test_whether_one_piece_may_be_worth_the_whole_year_is_a_named_choice() -> None:
    limits = law.on(NOW).limits
    assert decide(limits, D(26000), D(1), D(0), Method(full_tax_at_yearly_limit=True)) is Regime.FULL


def test_rounding_by_line_or_by_declaration_is_a_named_choice() -> None:
    small = parcel(*(line("2201101000", "0.05", item=item) for item in "ABC"))
    assert assess(small, on=NOW, rates=EXAMPLES).due == D("0.00")
    assert assess(small, on=NOW, rates=EXAMPLES, method=Method(rounding="per_declaration")).due == D("0.01")


amounts = st.decimals(0, 10_000, places=2)


@given(amounts, st.lists(st.decimals(0, 5_000, places=2), min_size=1, max_size=8))
def test_shares_add_up_and_none_is_negative(amount: Decimal, weights: list[Decimal]) -> None:
    shares = apportion(amount, weights, list(range(len(weights))))
    assert sum(shares) == amount
    assert min(shares) >= 0


@given(amounts, st.lists(st.decimals(0, 5_000, places=2), min_size=1, max_size=8))
def test_no_share_is_a_cent_away_from_its_proportion(amount: Decimal, weights: list[Decimal]) -> None:
    whole = sum(weights)
    assume(whole)
    for share, weight in zip(some(apportion(amount, weights, list(range(len(weights))))), weights, strict=True):
        assert abs(share - amount * weight / whole) < D("0.01")


def test_an_amount_with_fractions_of_a_cent_is_shared_out_whole() -> None:
    assert sum(apportion(D("1.00005"), [D(1), D(2)], ["a", "b"])) == D("1.00005")


@given(st.permutations([("A", "10.01"), ("B", "20.02"), ("C", "20.02"), ("D", "33.33")]), amounts)
def test_the_order_of_the_lines_changes_no_figure(order: list[tuple[str, str]], freight: Decimal) -> None:
    def figures(lines: list[tuple[str, str]]) -> set[tuple[str, Decimal, Decimal]]:
        found = assessed(
            *(line(CREAM, price, content="0.002", item=item) for item, price in lines), freight=f"{freight / 10:.2f}"
        )
        items = [item for item, _ in lines]
        return {(item, each.dutiable_value, each.due) for item, each in zip(items, found.lines, strict=True)}

    assert figures(order) == figures(sorted(order))


@given(st.permutations(["10.01", "20.02", "33.33"]), amounts)
def test_spare_cents_go_by_value_where_lines_share_equally_and_are_of_one_item(
    order: list[str], freight: Decimal
) -> None:
    def shares(prices: list[str]) -> set[tuple[Decimal, Decimal]]:
        goods = parcel(*(line(CREAM, price, content="0.002", item="A") for price in prices), freight=f"{freight:.2f}")
        found = assess(goods, on=NOW, rates=EXAMPLES, method=Method(apportionment="equally"))
        assert sum(each.freight for each in found.lines) == freight
        return {(each.value, each.freight) for each in found.lines}

    assert shares(order) == shares(sorted(order))


def test_an_unknown_vat_band_is_named_before_a_quantity_that_a_later_look_would_miss() -> None:
    beer = Rate(
        hs_code="2203000000",
        name="beer",
        legal_unit1="095",
        legal_unit2=None,
        vat="standard",
        consumption="beer",
        valid_from=date(2016, 4, 8),
        valid_to=date.max,
        as_of=NOW,
        source="worked example",
    )
    rates = Rates([beer, replace(beer, hs_code="2204210000", vat="unheard of", consumption=None)])
    goods = parcel(line("2203000000", "9.90", item="A"), line("2204210000", "9.90", item="B"))
    with pytest.raises(RatesMissingError) as raised:
        assess(goods, on=NOW, rates=rates)
    assert (raised.value.lines, raised.value.part) == ((1,), "VAT band")


def test_every_permutation_of_equal_shares_gives_the_spare_cent_to_the_same_goods() -> None:
    ranks = ["a", "b", "c"]
    given_to = set()
    for order in permutations(ranks):
        shares = apportion(D("10.00"), [D(1)] * 3, list(order))
        given_to.add(dict(zip(order, shares, strict=True))["a"])
    assert given_to == {D("3.34")}


@given(
    st.decimals(0, 5_000, places=2),
    st.sampled_from(["0", "0.10", "0.15", "0.20"]),
    st.sampled_from(["0", "0.06", "0.5"]),
)
def test_tax_is_the_composite_rate_of_the_value(value: Decimal, consumption: str, tariff: str) -> None:
    whole = taxes(value, D(tariff), D("0.13"), D(consumption), D(0))
    for factor in (D("0.7"), D(1)):
        exact = value * composite_rate(D("0.13"), D(consumption), factor, D(tariff))
        assert abs(whole.times(factor).total - exact) < D("1e-20")


@given(st.integers(0, 2**32))
def test_the_total_is_the_sum_of_the_lines(seed: int) -> None:
    found = assess(next(sample_parcels(1, seed=seed, mode="1210")), on=NOW)
    assert found.due == sum(each.due for each in found.lines)
    assert found.dutiable_value == sum(each.dutiable_value for each in found.lines)
    assert all(each.due >= 0 for each in found.lines)


def test_a_line_without_the_quantity_that_is_tested_is_taxed_and_the_checks_name_it() -> None:
    unknown = line(SERUM, "100") | {"legal_unit1": "035"}
    del unknown["legal_qty1"]
    assert assessed(unknown).lines[0].consumption_rate == D("0.15")


def test_a_missing_rate_is_an_error_that_names_the_lines() -> None:
    strange = parcel(line("9999999999", "1"), line("2201101000", "1"), line("8888888888", "1"))
    with pytest.raises(RatesMissingError) as refused:
        assess(strange, on=NOW, rates=EXAMPLES)
    assert refused.value.lines == (0, 2)


def test_parcels_of_the_days_before_the_regime_are_postal_articles() -> None:
    day_before = date(2016, 4, 7)
    cream = replace(EXAMPLES.rate(CREAM, NOW), valid_from=date(2012, 4, 15), postal=4)
    articles = Rates([cream])
    found = assess(parcel(line(CREAM, "100", qty="2")), on=day_before, rates=articles)
    assert (found.regime, found.taxes.postal, found.due) == (Regime.POSTAL, D("100.00"), D("100.00"))
    waived = assess(parcel(line(CREAM, "100")), on=day_before, rates=articles)
    assert (waived.regime, waived.due) == (Regime.POSTAL, D(0))
    with pytest.raises(RatesMissingError, match="category of postal articles"):
        assess(parcel(line(CREAM, "100")), on=day_before, rates=Rates([replace(cream, postal=None)]))


def test_no_law_is_known_before_the_table_of_2012() -> None:
    assert law.on(date(2012, 4, 15)).postal
    with pytest.raises(LawError, match="2012-04-15"):
        law.on(date(2012, 4, 14))


def test_one_piece_over_the_limit_is_taxed_in_full_at_the_lower_tariff() -> None:
    def of(mfn: str | None, provisional: str | None = None) -> Rates:
        known = [None if each is None else D(each) for each in (mfn, provisional)]
        return Rates(
            [replace(EXAMPLES.rate(PEARLS, NOW), mfn=known[0], provisional=known[1], agreements={"116": D("0.01")})]
        )

    necklace = parcel(line(PEARLS, "10000"))
    assert assess(necklace, on=NOW, rates=of("0.21")).tariff_due == D("2100.00")
    assert assess(necklace, on=NOW, rates=of("0.21", "0.05")).tariff_due == D("500.00")
    assert assess(necklace, on=NOW, rates=of("0.21"), method=Method(agreement_tariff=True)).tariff_due == D("100.00")
    assert assess(parcel(line(PEARLS, "5000")), on=NOW, rates=of(None)).tariff_due == 0
    with pytest.raises(RatesMissingError, match="tariff"):
        assess(necklace, on=NOW, rates=Rates([EXAMPLES.rate(PEARLS, NOW)]))


def test_beer_needs_the_exchange_rate_of_the_month_and_spirits_their_litres() -> None:
    def of(kind: str) -> Rates:
        return Rates(
            [
                Rate(
                    hs_code=WINE,
                    name=kind,
                    legal_unit1="095",
                    legal_unit2=None,
                    vat="standard",
                    consumption=kind,
                    valid_from=date(2016, 4, 8),
                    valid_to=date.max,
                    as_of=NOW,
                    source="worked example",
                )
            ]
        )

    bottle = line(WINE, "20") | {"legal_unit1": "095"}
    with pytest.raises(ExchangeMissingError, match="502"):
        assess(parcel(bottle), on=NOW, rates=of("beer"))
    assert assess(parcel(bottle), on=NOW, rates=of("beer"), exchange={"502": D(7)}).lines[0].specific == D("0.253")
    del bottle["legal_qty1"]
    with pytest.raises(QuantityMissingError) as refused:
        assess(parcel(bottle), on=NOW, rates=of("spirits"))
    assert (refused.value.line, refused.value.unit) == (0, "095")


DAYS = [date(2016, 4, 8), date(2017, 7, 1), date(2018, 5, 1), date(2019, 1, 1), date(2019, 4, 1), NOW]


@pytest.mark.parametrize("day", DAYS)
def test_one_law_is_in_force_on_every_day(day: date) -> None:
    found = law.on(day)
    assert set(found.vat) == {"standard", "low"} | ({"medicine"} if day >= date(2018, 5, 1) else set())
    assert found.factor == D("0.7")
    assert found.postal is None


def test_rows_of_the_law_do_not_overlap() -> None:
    single = ("limits", "factors", "returns", "postal_rates", "postal_waivers", "postal_limits", "postal_values")
    for kind, key in (
        ("vat", "band"),
        ("consumption", "class"),
        ("exchange", "currency"),
        *((each, None) for each in single),
    ):
        rows = law._rows()[kind]  # the data itself is under test
        for name in some({row[key] if key else kind for row in rows}):
            spans = sorted((row["from"], row.get("to", date.max)) for row in rows if not key or row[key] == name)
            assert spans
            assert all(last < first for (_, last), (first, _) in pairwise(spans)), (kind, name)


def test_an_8_digit_row_counts_only_where_no_10_digit_row_is_in_force() -> None:
    def row(code: str, vat: str, until: date) -> Rate:
        return Rate(
            hs_code=code,
            name="",
            legal_unit1="035",
            legal_unit2=None,
            vat=vat,
            consumption=None,
            valid_from=date(2016, 4, 8),
            valid_to=until,
            as_of=NOW,
            source="test",
        )

    table = Rates([row("04090000", "low", date.max), row("0409000000", "standard", date(2020, 12, 31))])
    assert table.rate("0409000000", date(2020, 12, 31)).vat == "standard"
    assert table.rate("0409000000", date(2021, 1, 1)).vat == "low"
    with pytest.raises(RateMissingError):
        table.rate("0409000001"[:8] + "99", date(2016, 4, 7))


def test_the_reasons_name_the_limit_the_rates_and_the_threshold() -> None:
    reasons = explain(assessed(line(SERUM, "500.00", content="0.05")))
    assert any("5000" in each.en and "限值以内" in each.zh for each in reasons)
    assert any("threshold" in each.en and "reached" in each.en and "[2016] 48" in each.source for each in reasons)
