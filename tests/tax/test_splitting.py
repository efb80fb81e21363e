"""Orders over a limit: which way they may go, and that nobody is told to split them."""

import json
import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.declaration import Declaration
from customs.tax import Method, Rate, Rates, Regime, TaxAssessment, assess
from customs.tax.splitting import Way, advice_on
from customs.testing import sample_parcels

D = Decimal
NOW = date(2026, 11, 11)
BAG = "4202210090"
RATES = Rates(
    [
        Rate(
            hs_code=BAG,
            name="handbag",
            legal_unit1="035",
            legal_unit2="011",
            vat="standard",
            consumption=None,
            valid_from=date(2012, 4, 15),
            valid_to=date.max,
            as_of=NOW,
            source="worked example",
            mfn=D("0.06"),
            postal=2,
        )
    ]
)


def order(
    price: Decimal | str, qty: int = 1, *, used: str | None = "0", on: date = NOW, method: Method | None = None
) -> TaxAssessment:
    facts = json.loads(next(sample_parcels(1, seed=7, mode="1210")).model_dump_json(exclude_none=True))
    line = facts["order"]["lines"][0] | {
        "hs_code": BAG,
        "qty": str(qty),
        "price": str(price),
        "total_price": str(D(price) * qty),
    }
    facts["order"] |= {"lines": [line], "goods_value": None, "discount": "0"}
    facts["waybill"] |= {"freight": "0", "insured_fee": "0"}
    return assess(
        Declaration.model_validate(facts | {"quota_used": used}), on=on, rates=RATES, method=method or Method()
    )


values = st.decimals("1", "30000", places=2)
days = st.sampled_from([date(2016, 4, 7), date(2016, 4, 8), date(2018, 12, 31), date(2019, 1, 1), NOW])
used = st.one_of(st.none(), st.decimals("0", "26000", places=2).map(str))

#: How a text may speak of splitting: as what must not be done.
REFUSED_ZH, REFUSED_EN = "不得拆单", "must not be split"


@given(values, st.integers(1, 3), used, days, st.booleans())
def test_no_advice_is_to_split_an_order(price: Decimal, qty: int, used: str | None, day: date, at_limit: bool) -> None:
    found = advice_on(order(price, qty, used=used, on=day, method=Method(full_tax_at_yearly_limit=at_limit)))
    rest = found.zh.replace(REFUSED_ZH, "") + found.en.replace(REFUSED_EN, "")
    assert not re.search("拆|分单|分开|split|separate|several orders|divide the", rest)
    over = found.over_single or found.over_yearly or found.way is not Way.INSIDE
    assert (REFUSED_ZH in found.zh) == (REFUSED_EN in found.en) == bool(over)


@given(values, st.integers(1, 3), used, days)
def test_the_way_is_that_of_the_regime(price: Decimal, qty: int, used: str | None, day: date) -> None:
    assessment = order(price, qty, used=used, on=day)
    ways = {
        Regime.WITHIN_LIMITS: Way.INSIDE,
        Regime.POSTAL: Way.INSIDE,
        Regime.FULL: Way.FULL_TAX,
        Regime.OUTSIDE: Way.GENERAL_TRADE,
    }
    assert advice_on(assessment).way is ways[assessment.regime]


@given(values, st.integers(1, 3), used, days)
def test_it_says_by_how_much_an_order_is_over(price: Decimal, qty: int, used: str | None, day: date) -> None:
    assessment = order(price, qty, used=used, on=day)
    found, limits = advice_on(assessment), assessment.law.limits
    assert found.over_single == max(price * qty - limits.single, 0)
    if found.over_single:
        assert f"超过单次交易限值 {limits.single} 元，超出 {found.over_single} 元" in found.zh
        assert f"is {found.over_single} CNY over" in found.en
    over_yearly = max(D(used or 0) + price * qty - limits.yearly, D(0))
    assert found.over_yearly == (over_yearly if used or over_yearly else None)


@pytest.mark.parametrize(
    ("name", "price", "qty", "used", "way", "said"),
    [
        ("inside", "5000", 1, "0", Way.INSIDE, "it may be declared as retail import."),
        ("one piece over the limit", "6800", 1, "0", Way.FULL_TAX, "it may be declared as retail import at full tax"),
        (
            "two pieces over the limit",
            "3000",
            2,
            "0",
            Way.GENERAL_TRADE,
            "with 2 pieces it does not qualify as retail import",
        ),
        (
            "over the year",
            "4000.01",
            1,
            "22000",
            Way.GENERAL_TRADE,
            "the yearly limit of 26000 CNY is exceeded by 0.01 CNY",
        ),
        ("a piece over the year alone", "26000.01", 1, None, Way.GENERAL_TRADE, "exceeded by 0.01 CNY"),
        ("the quota is not known", "6800", 1, None, Way.FULL_TAX, "the yearly limit is not checked"),
    ],
)
def test_advice_in_the_law_of_today(name: str, price: str, qty: int, used: str | None, way: Way, said: str) -> None:
    found = advice_on(order(price, qty, used=used))
    assert found.way is way, name
    assert said in found.en, name
    assert "2018] 49" in found.source


def test_a_piece_of_exactly_the_years_limit_is_a_choice_of_the_method() -> None:
    refused = advice_on(order("26000"))
    assert refused.way is Way.GENERAL_TRADE
    assert "full_tax_at_yearly_limit" in refused.zh
    assert (refused.over_single, refused.over_yearly) == (D(21000), D(0))
    assert advice_on(order("26000", method=Method(full_tax_at_yearly_limit=True))).way is Way.FULL_TAX


def test_in_2018_any_order_over_a_limit_was_taxed_in_full() -> None:
    for found in (
        advice_on(order("1500", 2, on=date(2018, 12, 31))),
        advice_on(order("1500", used="19000", on=date(2018, 12, 31))),
    ):
        assert found.way is Way.FULL_TAX
        assert "by the law of that day" in found.en


def test_before_the_regime_a_parcel_was_a_postal_article() -> None:
    found = advice_on(order("900", on=date(2016, 4, 7)))
    assert found.way is Way.INSIDE
    assert "行邮税" in found.zh
    assert "年度" not in found.zh


@pytest.mark.parametrize(
    ("price", "pieces", "used", "way", "over_single", "over_yearly"),
    [
        ("4000", 1, "22000", Way.INSIDE, "0", "0"),
        ("4000", 1, None, Way.INSIDE, "0", None),
        ("4000", 1, "23000", Way.GENERAL_TRADE, "0", "1000"),
        ("6000", 1, "0", Way.FULL_TAX, "1000", "0"),
        ("6000", 1, "21000", Way.GENERAL_TRADE, "1000", "1000"),
        ("3000", 2, None, Way.GENERAL_TRADE, "1000", None),
        ("3000", 2, "0", Way.GENERAL_TRADE, "1000", "0"),
        ("26000.01", 1, None, Way.GENERAL_TRADE, "21000.01", "0.01"),
    ],
)
def test_the_advice_says_by_how_much_an_order_is_over_each_limit_and_warns_where_it_is(
    price: str, pieces: int, used: str | None, way: Way, over_single: str, over_yearly: str | None
) -> None:
    found = advice_on(order(price, pieces, used=used))
    yearly = None if over_yearly is None else D(over_yearly)
    assert (found.way, found.over_single, found.over_yearly) == (way, D(over_single), yearly)
    assert ("不得拆单" in found.zh, "must not be split" in found.en) == (way is not Way.INSIDE,) * 2


def test_one_piece_of_exactly_the_yearly_limit_is_told_why_and_several_pieces_otherwise() -> None:
    one, several = advice_on(order("26000")), advice_on(order("13000", 2))
    assert (one.way, several.way) == (Way.GENERAL_TRADE, Way.GENERAL_TRADE)
    assert ("2 件" in one.zh, "2 件" in several.zh) == (False, True)
    assert ("with 2 pieces" in one.en, "with 2 pieces" in several.en) == (False, True)
