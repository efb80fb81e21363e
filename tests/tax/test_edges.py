"""Edges of the tax rooms that no published figure touches: what is refused, what is assumed, what comes first."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from customs.tax import Apportionment, Method, Rounding, assess, from_rows, law, shipped
from customs.tax.case import NOT_MEASURED, Goods, Measured
from customs.tax.composite import composite_rates
from customs.tax.exchange import rate_day
from customs.tax.net_content import read_content
from customs.tax.postal import assessed_value, postal_on, statutory_tax
from customs.tax.refund import refund
from customs.tax.reverse import PriceWithTax, net_of
from support.tax_parcels import line, parcel

D = Decimal
NOW = date(2026, 11, 11)
SHAMPOO, INFANT_FORMULA = "3305100090", "1901101000"


def test_the_librarys_own_choices_are_those_of_the_manual() -> None:
    assert Method() == Method(
        rounding=Rounding.PER_LINE,
        apportionment=Apportionment.BY_VALUE,
        cents_of_value=True,
        threshold_on_price=False,
        full_tax_at_yearly_limit=False,
        agreement_tariff=False,
    )


@pytest.mark.parametrize("gross", ["NaN", "Infinity", "-Infinity", "-0.01", "1.001"])
def test_a_price_with_tax_is_whole_cents_and_not_negative(gross: str) -> None:
    with pytest.raises(ValueError, match=r"^a price with tax is an amount in whole cents that is not negative, not "):
        net_of(PriceWithTax(D(gross), SHAMPOO), on=NOW)


@pytest.mark.parametrize("qty", ["NaN", "Infinity", "0", "-1"])
def test_a_price_is_that_of_some_quantity(qty: str) -> None:
    with pytest.raises(ValueError, match=r"^the price is for a quantity of more than 0, not "):
        PriceWithTax(D(100), SHAMPOO, qty=D(qty))


def test_the_smallest_prices_have_a_net_price() -> None:
    assert [net_of(PriceWithTax(D(gross), SHAMPOO), on=NOW).net for gross in ("0", "0.01", "0.05", "1.00")] == [
        D("0.00"), D("0.01"), D("0.05"), D("0.92"),
    ]  # fmt: skip


def of_weight(weight: Decimal | None) -> Goods:
    rate = shipped().rate(SHAMPOO, NOW)
    return Goods(SHAMPOO, "A", D(1), D(1), (Measured(D(1), "035"), NOT_MEASURED), "110", rate, weight)


def test_goods_alike_but_for_their_weight_stand_by_it_and_those_of_unknown_weight_last() -> None:
    light, heavy, unknown = of_weight(D(1)), of_weight(D(2)), of_weight(None)
    assert sorted([unknown, heavy, light], key=lambda goods: goods.rank) == [light, heavy, unknown]
    assert sorted([unknown, of_weight(D(0))], key=lambda goods: goods.rank) == [of_weight(D(0)), unknown]


@pytest.mark.parametrize("text", ["25克/片|10片/盒|2盒/箱", "30g|2瓶|3盒", "50ml|2瓶/套|3支", "30g2瓶3盒"])
def test_a_specification_that_counts_twice_states_no_content(text: str) -> None:
    assert read_content(text) is None


def test_a_category_of_postal_articles_is_one_of_four() -> None:
    row = {
        "hs_code": SHAMPOO, "name": "", "legal_unit1": "035", "legal_unit2": "", "vat": "standard", "consumption": "",
        "valid_from": "2012-01-01", "valid_to": "2016-04-07", "as_of": "2026-01-01", "source": "made up",
    }  # fmt: skip
    assert [from_rows([row | {"postal": each}]).rows()[0].postal for each in ("1", "4", "")] == [1, 4, None]
    with pytest.raises(ValueError, match="postal '5' is not a category of postal articles, 1 to 4"):
        from_rows([row | {"postal": "5"}])


@pytest.mark.parametrize("rounding", [Rounding.PER_LINE, Rounding.PER_DECLARATION])
def test_a_line_that_comes_back_gives_back_its_own_tax_whatever_stays(rounding: Rounding) -> None:
    bought = parcel(line(SHAMPOO, "100", item="A"), line(INFANT_FORMULA, "1000", item="B"))
    paid = assess(bought, on=NOW, method=Method(rounding=rounding))
    assert paid.due == D("100.10")
    assert refund(paid, {1: D(1)}, {}).taxes.total == D("9.10")
    assert refund(paid, {2: D(1)}, {}).taxes.total == D("91.00")
    assert refund(paid, {1: D(1), 2: D(1)}, {}).taxes.total == D("100.10")
    assert refund(paid, {1: D(1)}, {2: D(1)}).taxes.total == D("9.10")
    half = paid._replace()
    assert refund(half, {2: D("0.5")}, {}).taxes.total == D("45.50")


@pytest.mark.parametrize(
    ("price", "table_value", "value"),
    [
        ("300", None, "300"), ("300", "500", "500"), ("250.01", "500", "500"), ("250", "500", "250"), ("999.99", "500", "500"),
        ("1000", "500", "1000"),
    ],
)  # fmt: skip
def test_a_price_far_from_the_table_counts_as_the_value_of_a_postal_article(
    price: str, table_value: str | None, value: str
) -> None:
    assert assessed_value(
        D(price), None if table_value is None else D(table_value), postal_on(date(2024, 11, 30))
    ) == D(value)


def test_goods_under_a_threshold_have_a_composite_rate_too_and_goods_without_one_have_one() -> None:
    today = law.on(NOW)
    found = {
        kind: len(composite_rates(replace(shipped().rate(SHAMPOO, NOW), consumption=kind), today))
        for kind in (None, "make_up", "skin_care", "watch", "wine", "jewellery", "beer")
    }
    assert found == {None: 1, "make_up": 2, "skin_care": 2, "watch": 2, "wine": 1, "jewellery": 1, "beer": 2}


@pytest.mark.parametrize("hs_code", ["３３０５１０００９０", "330510009", "33051000900", "33051000A0"])
def test_a_commodity_code_has_ten_plain_digits_or_eight(hs_code: str) -> None:
    row = {
        "name": "", "legal_unit1": "035", "legal_unit2": "", "vat": "standard", "consumption": "", "valid_from": "2016-04-08",
        "valid_to": "", "as_of": "2026-01-01", "source": "made up",
    }  # fmt: skip
    with pytest.raises(ValueError, match="a commodity code has 10 digits, or 8 for all goods below it"):
        from_rows([row | {"hs_code": hs_code}])
    assert from_rows([row | {"hs_code": "33051000"}]).rate(SHAMPOO, NOW).vat == "standard"


@pytest.mark.parametrize(
    ("values", "category", "due"),
    [(["500"], 1, "0"), (["501"], 1, "50.10"), (["250"], 2, "0"), (["310", "100"], 0, "51.00")],
)
def test_postal_tax_of_2015_is_waived_up_to_50(values: list[str], category: int, due: str) -> None:
    """310 at 10 % and 100 at 20 % are 51 together, above the waiver."""
    law = postal_on(date(2015, 6, 1))
    categories = [category] if category else [1, 2]
    taxes = [statutory_tax(D(value), each, law) for value, each in zip(values, categories, strict=True)]
    total = sum(taxes, D(0))
    assert (D(0) if total <= law.waived_up_to else total) == D(due)


@pytest.mark.parametrize(("day", "near", "far"), [("2024-11-30", "800", "1000"), ("2024-12-01", "2000", "2000")])
def test_the_limits_of_postal_articles_are_2000_since_december_2024(day: str, near: str, far: str) -> None:
    limits = postal_on(date.fromisoformat(day)).limits
    assert (limits["near"], limits["far"]) == (D(near), D(far))


@pytest.mark.parametrize(
    ("price", "table_value", "day", "value"),
    [("300", "500", "2024-11-30", "500"), ("300", "500", "2024-12-01", "300"), (None, "500", "2024-12-01", "500")],
)
def test_the_price_comes_first_since_december_2024(price: str | None, table_value: str, day: str, value: str) -> None:
    law = postal_on(date.fromisoformat(day))
    assert assessed_value(None if price is None else D(price), D(table_value), law) == D(value)


def test_a_postal_article_without_any_value_is_refused() -> None:
    with pytest.raises(ValueError, match="has a price or a value"):
        assessed_value(None, None, postal_on(date(2026, 1, 1)))


@pytest.mark.parametrize(
    ("on", "closed", "day"),
    [
        ("2026-10-09", (), "2026-09-16"),
        ("2026-01-15", (), "2025-12-17"),
        ("2024-01-15", (), "2023-12-20"),
        ("2025-11-30", ("2025-10-15",), "2025-10-16"),
        ("2025-11-30", ("2025-10-15", "2025-10-16", "2025-10-17"), "2025-10-20"),
        ("2024-03-01", ("2024-02-21",), "2024-02-28"),
    ],
)
def test_the_rate_of_a_month_is_of_the_third_wednesday_before(on: str, closed: tuple[str, ...], day: str) -> None:
    assert rate_day(date.fromisoformat(on), [date.fromisoformat(each) for each in closed]) == date.fromisoformat(day)


def test_a_row_with_a_postal_category_does_not_cross_the_day_they_were_renumbered() -> None:
    row = {
        "hs_code": "3304990039", "name": "cream", "legal_unit1": "035", "legal_unit2": "", "vat": "standard", "consumption": "",
        "valid_from": "2012-04-15", "valid_to": "2016-04-08", "as_of": "2016-01-01", "source": "ours", "postal": "1",
    }  # fmt: skip
    with pytest.raises(ValueError, match="numbered anew on 2016-04-08"):
        from_rows([row])
    assert from_rows([row | {"valid_to": "2016-04-07"}]).rate("3304990039", date(2016, 4, 7)).postal == 1


def test_a_specification_longer_than_the_standard_has_it_is_not_read() -> None:
    assert read_content(f"{'x' * 506} 30g") == read_content("30g")
    assert read_content(f"{'x' * 507} 30g") is None
    assert read_content("1" * 1_000_000) is None
