"""Prices with tax: the net price that makes them up, and the prices that nothing makes up."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from customs.tax import LawError, Method, Rate, Rates, Regime, law
from customs.tax.assessment import compute
from customs.tax.case import Case, Goods, Measured
from customs.tax.reverse import Gap, InGap, NetPrice, PriceGapError, PriceRegimeError, PriceWithTax, net_of

D = Decimal
CENT = D("0.01")
NOW = date(2026, 11, 11)
DAYS = (date(2016, 4, 8), date(2017, 7, 1), date(2018, 5, 1), date(2019, 4, 1), NOW)
SERUM, MASK, BEER, WHISKY, YELLOW, HONEY = (
    "3304990039",
    "3304990049",
    "2203000000",
    "2208300000",
    "2206001000",
    "0409000000",
)
DOLLAR = {"502": D("7.1")}

#: Goods of every kind of tax: none but VAT, the low band, ad valorem, by threshold, specific in two steps, compound.
GOODS = {
    HONEY: ("035", None, "low", None, "0.15"),
    "3305100090": ("035", None, "standard", None, "0.03"),
    "2204210000": ("095", "035", "standard", "wine", "0.14"),
    SERUM: ("035", "011", "standard", "skin_care", "0.01"),
    MASK: ("035", "011", "standard", "mask", "0.01"),
    BEER: ("095", "035", "standard", "beer", "0"),
    YELLOW: ("095", None, "standard", "yellow_wine", "0.40"),
    WHISKY: ("095", "035", "standard", "spirits", "0.05"),
}
RATES = Rates(
    Rate(
        hs_code=code,
        name="",
        legal_unit1=first,
        legal_unit2=second,
        vat=vat,
        consumption=consumption,
        valid_from=date(2016, 4, 8),
        valid_to=date.max,
        as_of=NOW,
        source="worked example",
        mfn=D(tariff),
    )
    for code, (first, second, vat, consumption, tariff) in GOODS.items()
)

contents = st.decimals("0.001", "2", places=3)


def price(
    gross: Decimal | str, hs_code: str = SERUM, *, content: str = "0.05", on: date = NOW, **rest: Any
) -> NetPrice:
    goods = {name: rest.pop(name) for name in ("qty", "per_piece", "origin") if name in rest}
    priced = PriceWithTax(D(gross), hs_code, **{"per_piece": (D(content), D(1)), **goods})
    return net_of(priced, on=on, **{"rates": RATES, "exchange": DOLLAR, **rest})


def with_tax(found: NetPrice) -> Decimal:
    return found.net + found.taxes.total


@st.composite
def sold(draw: st.DrawFn) -> dict[str, Any]:
    """One kind of goods on some day: code, quantity, content, method."""
    on = draw(st.sampled_from(DAYS))
    codes = [
        code for code, (_, _, _, consumption, _) in GOODS.items() if consumption in (None, *law.on(on).consumption)
    ]
    return {
        "hs_code": draw(st.sampled_from(codes)),
        "on": on,
        "qty": D(draw(st.integers(1, 5))),
        "per_piece": (draw(contents), D(draw(st.integers(1, 10)))),
        "method": Method(rounding=draw(st.sampled_from(["per_line", "per_declaration", "statutory_first", "down"]))),
    }


def goods_of(gross: Decimal, sold: dict[str, Any], **rest: Any) -> NetPrice:
    hs_code, on = sold["hs_code"], sold["on"]
    return price(
        gross, hs_code, on=on, **{name: value for name, value in sold.items() if name not in ("hs_code", "on")}, **rest
    )


def tax_on(net: Decimal, sold: dict[str, Any], regime: Regime = Regime.WITHIN_LIMITS) -> Decimal:
    """The tax on a net price, by an assessment of its own."""
    rate = RATES.rate(sold["hs_code"], sold["on"])
    first, second = (each * sold["qty"] for each in sold["per_piece"])
    goods = Goods(
        sold["hs_code"],
        "",
        net,
        sold["qty"],
        (Measured(first, rate.legal_unit1), Measured(second, rate.legal_unit2)),
        "",
        rate,
    )
    case = Case(
        goods=(goods,),
        freight=D(0),
        insurance=D(0),
        used=None,
        law=law.on(sold["on"]),
        method=sold["method"],
        exchange=DOLLAR,
    )
    return compute(case, regime=regime).due


# properties


@given(sold(), st.decimals("0.50", "1500", places=2))
def test_the_parts_make_up_the_price(sold: dict[str, Any], gross: Decimal) -> None:
    assume(gross > tax_on(D(0), sold))
    found = goods_of(gross, sold, in_gap="clamp")
    assert found.net + found.taxes.total + found.rest == gross
    assert found.rest >= 0
    assert found.gap or found.rest <= D("0.03")


@given(sold(), st.decimals("0.00", "1500", places=2))
def test_a_price_made_of_net_price_and_tax_comes_back_as_its_net_price(sold: dict[str, Any], net: Decimal) -> None:
    gross = net + tax_on(net, sold)
    found = goods_of(gross, sold)
    assert (found.net, found.rest, found.gap) == (net, D(0), None)


@given(sold(), st.decimals("5000.01", "20000", places=2))
def test_at_full_tax_the_net_price_comes_back_too(sold: dict[str, Any], net: Decimal) -> None:
    one = sold | {"qty": D(1)}
    gross = net + tax_on(net, one, Regime.FULL)
    try:
        found = goods_of(gross, one, regime=Regime.FULL)
    except PriceRegimeError:  # the yearly limit
        assert net >= 20000
        return
    assert (found.net, found.rest) == (net, D(0))


@given(st.decimals("0.00", "1500", places=2), st.decimals("0", "2", places=2))
def test_whatever_the_factor_the_net_price_comes_back(net: Decimal, factor: Decimal) -> None:
    of_the_day = replace(law.on(NOW), factor=factor)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(law, "on", lambda _: of_the_day)
        sold = {"hs_code": SERUM, "on": NOW, "qty": D(1), "per_piece": (D("0.05"), D(1)), "method": Method()}
        found = goods_of(net + tax_on(net, sold), sold)
    assert (found.net, found.rest) == (net, D(0))


@given(st.decimals("0.005", "0.3", places=3), st.integers(1, 4), st.floats(0, 1))
def test_every_price_in_a_gap_is_reported_with_both_ends(content: Decimal, qty: int, where: float) -> None:
    rest: dict[str, Any] = {"content": str(content), "qty": D(qty)}
    threshold = 10000 * content * qty
    assume(threshold <= 5000)
    sold = {"hs_code": SERUM, "on": NOW, "qty": D(qty), "per_piece": (content, D(1)), "method": Method()}
    below, reached = (net + tax_on(net, sold) for net in (threshold - CENT, threshold))
    inside = int((reached - below) / CENT) - 1
    gross = below + CENT * (1 + int(where * (inside - 1)))
    with pytest.raises(PriceGapError) as refused:
        price(gross, **rest)
    assert refused.value.gap == Gap(below, reached)
    clamped = price(gross, in_gap="clamp", **rest)
    assert (clamped.net, clamped.gap, clamped.rest) == (threshold - CENT, Gap(below, reached), gross - below)
    assert price(below, **rest).gap is None
    assert price(reached, **rest).net == threshold


@given(sold(), st.decimals("50", "1000", places=2), st.decimals("0.01", "200", places=2))
def test_a_higher_price_never_has_a_lower_net_price(sold: dict[str, Any], gross: Decimal, more: Decimal) -> None:
    nets = [goods_of(each, sold, in_gap="clamp").net for each in (gross, gross + more)]
    assert nets == sorted(nets)


# published figures


def test_f32_a_serum_of_50_ml_has_no_net_price_between_545_49_and_615_29() -> None:
    on = date(2024, 1, 1)
    assert price("545.49", on=on).net == D("499.99")
    assert price("615.29", on=on).net == D("500.00")
    for gross in ("545.50", "580.00", "615.28"):
        with pytest.raises(PriceGapError, match=r"at most 545\.49, above it at least 615\.29"):
            price(gross, on=on)
    clamped = price("600.00", on=on, in_gap=InGap.CLAMP)
    assert (clamped.net, clamped.rest) == (D("499.99"), D("54.51"))


def test_f32_is_the_figure_of_the_gathered_examples(facts: Path) -> None:
    examples = {each["id"]: each for each in json.loads((facts / "tax" / "examples.json").read_text())["examples"]}
    ends = examples["F32"]["recomputed"]
    gap = price("600.00", on=date(2024, 1, 1), in_gap="clamp").gap
    assert gap == Gap(D(ends["max_gross_without_ct"]), D(ends["min_gross_with_ct"]))


def test_a_mask_has_its_gap_at_15_yuan_a_sheet() -> None:
    ten_sheets = price("170.00", MASK, in_gap="clamp", per_piece=(D("0.25"), D(10)))
    assert ten_sheets.net == D("149.99")
    assert ten_sheets.gap == Gap(D("163.64"), D("184.59"))


def test_a_price_that_rounding_skips_is_a_cent_below_with_a_cent_left_over() -> None:
    # 100.05 with 9.1 % is 109.15, 100.06 is 109.17
    found = price("109.16", "3305100090")
    assert (found.net, found.taxes.total, found.rest, found.gap) == (D("100.05"), D("9.10"), D("0.01"), None)


# what is no price


def test_specific_tax_alone_costs_something() -> None:
    with pytest.raises(ValueError, match="specific tax"):
        price("0.01", WHISKY, content="1")


@pytest.mark.parametrize("gross", ["-0.01", "1.005", "NaN", "Infinity"])
def test_a_price_is_an_amount_in_cents(gross: str) -> None:
    with pytest.raises(ValueError, match="whole cents"):
        price(gross)


@pytest.mark.parametrize("qty", ["0", "-1", "NaN"])
def test_a_price_is_that_of_some_quantity(qty: str) -> None:
    with pytest.raises(ValueError, match="quantity of more than 0"):
        price("100", qty=D(qty))


@pytest.mark.parametrize(
    ("gross", "regime", "qty", "decided"),
    [
        ("6000", Regime.WITHIN_LIMITS, "1", Regime.FULL),
        ("6000", Regime.WITHIN_LIMITS, "2", Regime.OUTSIDE),
        ("4000", Regime.FULL, "1", Regime.WITHIN_LIMITS),
        ("9000", Regime.FULL, "2", Regime.OUTSIDE),
    ],
)
def test_a_net_price_that_is_taxed_otherwise_is_refused(gross: str, regime: Regime, qty: str, decided: Regime) -> None:
    with pytest.raises(PriceRegimeError, match="must not be split") as refused:
        price(gross, "3305100090", regime=regime, qty=D(qty))
    assert refused.value.decided is decided


def test_until_2018_full_tax_was_due_at_any_price_once_the_year_was_used_up() -> None:
    found = price("100", "3305100090", on=date(2018, 12, 31), regime=Regime.FULL)
    assert found.assessment.regime is Regime.FULL
    assert with_tax(found) + found.rest == 100


def test_before_the_regime_there_is_no_such_price() -> None:
    with pytest.raises(LawError, match="2016-04-08"):
        price("100", "3305100090", on=date(2016, 4, 7))


def test_a_regime_without_tax_is_no_regime_of_a_price() -> None:
    with pytest.raises(ValueError, match="outside"):
        price("100", regime=Regime.OUTSIDE)
