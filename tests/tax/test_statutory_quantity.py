"""Statutory quantities of cosmetics: what a specification states, what is not read, and what is doubted."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.declaration import Declaration
from customs.rules import Finding, Severity, check_assessment
from customs.tax import Rate, Rates, Regime, TaxAssessment, assess, shipped
from customs.tax.net_content import Content, Marking, read_content
from customs.tax.statutory_quantity import (
    HEADINGS,
    StatutoryQuantities,
    doubts,
    marking_of,
    short_paid,
    statutory_quantities,
)
from customs.testing import sample_parcels
from support import some

D = Decimal
NOW = date(2026, 11, 11)
SERUM, CREAM, MASK, OTHER = "3304990039", "3304990029", "3304990049", "3304990099"
BOTTLE, BOX, PIECE, CASE, KILOGRAM = "142", "140", "011", "120", "035"

#: The goods of the examples under the law of every day.
RATES = Rates(
    Rate(
        hs_code=code,
        name="",
        legal_unit1="035",
        legal_unit2="011",
        vat="standard",
        consumption=consumption,
        valid_from=date(2016, 4, 8),
        valid_to=date.max,
        as_of=NOW,
        source="worked example",
        mfn=D("0.01"),
    )
    for code, consumption in ((SERUM, "skin_care"), (CREAM, "skin_care"), (MASK, "mask"), (OTHER, "make_up"))
)


def parcel(
    model: str,
    *,
    hs_code: str = SERUM,
    price: str = "700",
    qty: str = "1",
    first: str | None = "0.0835",
    second: str | None = "1",
    unit: str = BOTTLE,
    unit1: str = "035",
) -> Declaration:
    facts = json.loads(next(sample_parcels(1, seed=7, mode="1210")).model_dump_json(exclude_none=True))
    line = {
        "item_no": "A",
        "item_name": "示例",
        "model": model,
        "unit": unit,
        "qty": qty,
        "price": price,
        "origin_country": "116",
        "hs_code": hs_code,
        "legal_qty1": first,
        "legal_unit1": unit1,
        "legal_qty2": second,
        "legal_unit2": "011" if second else None,
    }
    facts["order"] |= {"lines": [line], "goods_value": None, "discount": "0"}
    facts["waybill"] |= {"freight": "0", "insured_fee": "0"}
    return Declaration.model_validate(facts)


def assessed(declaration: Declaration, on: date = NOW) -> TaxAssessment:
    return assess(declaration, on=on, rates=RATES)


def found(declaration: Declaration, on: date = NOW) -> list[Finding]:
    return [
        each
        for each in check_assessment(declaration, assessed(declaration, on))
        if each.code == "legal-quantity-doubtful"
    ]


# reading a specification

amounts = st.decimals("0.1", "999", places=1)
words = st.sampled_from(["示例牌", "修护精华液", "保湿", "SPF50", "PA+++", "No.5"])


@given(
    words,
    amounts,
    st.sampled_from(["ml", "ML", "毫升", "g", "克", "ｍｌ"]),
    st.sampled_from(["/瓶", "/支", "", " / 瓶"]),
)
def test_one_amount_is_the_content_of_one_piece(word: str, amount: Decimal, unit: str, per: str) -> None:
    content = read_content(f"{word}|{amount}{unit}{per}")
    assert content
    assert (content.kilograms, content.packages) == (amount / 1000, D(1))
    assert content.marking is (Marking.WEIGHT if unit in "g克" else Marking.VOLUME)


@given(amounts, st.integers(1, 30))
def test_an_amount_is_multiplied_however_that_is_written(amount: Decimal, sheets: int) -> None:
    written = [
        f"{amount}克/片|{sheets}片/盒",
        f"{sheets}片/盒|{amount}克/片",
        f"{amount}g*{sheets}片",
        f"{amount}g/片×{sheets}片/盒",
        f"{amount}ｇ／片，{sheets}片装",
    ]
    for text in written:
        content = read_content(text)
        assert content, text
        assert (content.kilograms, content.packages, content.marking) == (
            amount * sheets / 1000,
            D(sheets),
            Marking.PIECE,
        ), text


@given(st.text(max_size=60))
def test_whatever_is_written_is_read_or_left_alone(text: str) -> None:
    content = read_content(text)
    assert content is None or (content.packages > 0 and (content.kilograms is None or content.kilograms > 0))


@given(
    words,
    amounts,
    st.sampled_from(["约{}ml", "{}-60ml", "毛重{}g", "每{}g", "{}ml+5ml", "{}ml|{}g", "{}ml*2*3", "{}ml礼盒", "A{}ml"]),
)
def test_what_may_mean_two_things_is_not_read(word: str, amount: Decimal, text: str) -> None:
    assert read_content(word + "|" + text.replace("{}", str(amount))) is None


@pytest.mark.parametrize(
    ("text", "kilograms", "packages", "marking", "per"),
    [
        ("示例牌|50ml/瓶", "0.05", 1, Marking.VOLUME, "瓶"),
        ("25克/片|10片/盒", "0.25", 10, Marking.PIECE, "盒"),
        ("30g*2", "0.06", 2, Marking.WEIGHT, None),
        ("2×30g", "0.06", 2, Marking.WEIGHT, None),
        ("0.5L", "0.5", 1, Marking.VOLUME, None),
        ("０．５Ｌ", "0.5", 1, Marking.VOLUME, None),
        ("50ml/1.7fl.oz", "0.05", 1, Marking.VOLUME, None),
        ("30g (1 oz)", "0.03", 1, Marking.WEIGHT, None),
        ("0.05千克/罐", "0.05", 1, Marking.WEIGHT, "罐"),
        ("净含量：8克|四色", "0.008", 1, Marking.WEIGHT, None),
        ("30ml/支*6支/盒", "0.18", 6, Marking.VOLUME, "盒"),
        ("12-36月龄|800克/罐", "0.8", 1, Marking.WEIGHT, "罐"),
        ("示例牌|10片/盒", None, 10, Marking.PIECE, "盒"),
        ("25克/片", "0.025", 1, Marking.PIECE, "片"),
    ],
)
def test_specifications_that_are_read(
    text: str, kilograms: str | None, packages: int, marking: Marking, per: str | None
) -> None:
    assert read_content(text) == Content(None if kilograms is None else D(kilograms), D(packages), marking, per)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "示例牌",
        "1,000ml",
        "0,5L",
        "30-50ml",
        "30ml~50ml",
        "约50ml",
        "毛重83.5g",
        "含瓶83.5克",
        "50ml两瓶装",
        "面霜30g+精华5ml",
        "三件套|50ml",
        "水乳套装|100ml",
        "50ml赠10片",
        "250ml/盒(10片)",
        "5mg",
        "玻尿酸含5g",
        "成分含量：烟酰胺2g",
        "浓度5g/L",
        "每100克",
        "1.7oz",
        "50ml/pump",
        "50ml/100ml",
        "0ml",
        "10cm*5cm",
        "5%",
        "42码",
        "ab50ml",
        "50mlx2x3",
        "2支*30g/盒*2",
    ],
)
def test_specifications_that_are_left_alone(text: str) -> None:
    assert read_content(text) is None


# statutory quantities


@given(
    st.sampled_from([SERUM, CREAM, OTHER, "3303000020", "3304200091"]),
    st.decimals("0.001", "2", places=4),
    st.integers(1, 9),
)
def test_a_litre_counts_as_a_kilogram(hs_code: str, amount: Decimal, pieces: int) -> None:
    for marking in (Marking.WEIGHT, Marking.VOLUME):
        quantities = statutory_quantities(hs_code, Content(amount, D(1), marking), D(pieces))
        assert quantities == StatutoryQuantities(amount * pieces, D(pieces))


def test_masks_are_counted_by_the_sheet() -> None:
    content = read_content("25克/片|10片/盒")
    assert content
    assert statutory_quantities(MASK, content, D(3)) == (D("0.75"), D(30))


@pytest.mark.parametrize(("hs_code", "model"), [(SERUM, "10片/盒"), (MASK, "50ml/瓶"), ("2204210000", "750ml/瓶")])
def test_a_code_and_a_content_that_contradict_each_other_have_no_statutory_quantities(hs_code: str, model: str) -> None:
    content = read_content(model)
    assert content
    with pytest.raises(ValueError, match=hs_code if hs_code.startswith("33") else "3303 and 3304"):
        statutory_quantities(hs_code, content, D(1))


def test_the_ending_of_a_code_agrees_with_its_class_of_consumption_tax() -> None:
    for heading in some(HEADINGS):
        for row in some(shipped().rows(heading)):
            assert (marking_of(row.hs_code) is Marking.PIECE) == (row.consumption == "mask")
            assert (row.legal_unit1, row.legal_unit2) == ("035", "011")


def test_the_fictitious_parcels_declare_what_their_specifications_state() -> None:
    seen = 0
    for declaration in sample_parcels(300, seed=11, mode="1210"):
        for line in declaration.order.lines:
            if line.hs_code.startswith(HEADINGS):
                content = read_content(line.model)
                assert content
                assert statutory_quantities(line.hs_code, content, line.qty) == (line.legal_qty1, line.legal_qty2)
                seen += 1
    assert seen > 100


# doubts


@given(st.integers(0, 2**32), st.sampled_from(["1210", "9610"]))
def test_no_fictitious_parcel_is_doubted(seed: int, mode: str) -> None:
    declaration = next(sample_parcels(1, seed=seed, mode="1210" if mode == "1210" else "9610"))
    assessment = assess(declaration, on=NOW)
    assert "legal-quantity-doubtful" not in {each.code for each in check_assessment(declaration, assessment)}


def test_a13_gross_weight_declared_as_content_dodges_the_tax() -> None:
    dodged = parcel("示例牌|50ml/瓶")
    (finding,) = found(dodged, on=date(2019, 4, 1))
    assert finding.severity is Severity.WARNING
    assert finding.path == "order.lines[0].legal_qty1"
    assert "0.0835" in finding.en
    assert "97.71 CNY" in finding.en
    assert "少缴税款 97.71 元" in finding.zh


@given(st.integers(1, 4), st.decimals("0.001", "0.2", places=4), st.decimals("1", "1200", places=2))
def test_a_doubt_is_exactly_a_quantity_that_keeps_goods_below_the_threshold(
    qty: int, declared: Decimal, price: Decimal
) -> None:
    declaration = parcel("示例牌|50ml/瓶", price=str(price), qty=str(qty), first=str(declared), second=str(qty))
    assessment = assessed(declaration)
    doubt = doubts(declaration.order.lines[0], assessment.lines[0])
    value, stated = price * qty, D("0.05") * qty
    assert (doubt is not None) == (value < declared * 10000 and value >= stated * 10000)
    if doubt:
        assert (doubt.per, doubt.declared, doubt.stated) == ("legal_qty1", declared, stated)
        right = assessed(parcel("示例牌|50ml/瓶", price=str(price), qty=str(qty), first=str(stated), second=str(qty)))
        assert short_paid(assessment, doubt) == right.due - assessment.due
        assert bool(found(declaration)) == (assessment.regime is not Regime.OUTSIDE)


def test_a_doubt_begins_where_the_content_reaches_the_threshold() -> None:
    assert found(parcel("示例牌|50ml/瓶", price="500.00"))


def test_sheets_that_are_not_there_are_doubted() -> None:
    (finding,) = found(parcel("25克/片|10片/盒", hs_code=MASK, price="200", first="0.25", second="20", unit=BOX))
    assert finding.path == "order.lines[0].legal_qty2"
    assert "20 exceeds the 10" in finding.en


@pytest.mark.parametrize(
    ("sentence", "declaration"),
    [
        ("the quantity is right", parcel("示例牌|50ml/瓶", first="0.05")),
        ("the quantity is too small, which costs more tax", parcel("示例牌|50ml/瓶", first="0.01")),
        ("the threshold is not reached by the content either", parcel("示例牌|50ml/瓶", price="499.99")),
        (
            "an order outside the channel has no tax here",
            parcel("示例牌|50ml/瓶", price="2600", qty="2", first="1", second="2"),
        ),
        ("the specification states nothing", parcel("示例牌|修护")),
        ("it may be a set", parcel("示例牌|50ml/瓶|2瓶/套")),
        ("a case of bottles is traded", parcel("示例牌|50ml/瓶", unit=CASE)),
        ("kilograms are traded", parcel("示例牌|50ml", unit=KILOGRAM)),
        ("more packages are declared than the text speaks of", parcel("示例牌|50ml/瓶", unit=PIECE, second="2")),
        (
            "a piece may hold many sheets",
            parcel("25克/片", hs_code=MASK, price="200", first="0.025", second="20", unit=PIECE),
        ),
        (
            "the sheets are heavier than the text says",
            parcel("25克/片|10片/盒", hs_code=MASK, price="200", first="0.5", second="20", unit=BOX),
        ),
        (
            "the code is not one of sheets",
            parcel("25克/片|10片/盒", hs_code=OTHER, price="2600", first="0.3", second="10", unit=BOX),
        ),
        ("the statutory unit is wrong, which is another finding", parcel("示例牌|50ml/瓶", first="83.5", unit1="036")),
        ("no quantity is given and the higher tax is assumed", parcel("示例牌|50ml/瓶", first=None)),
    ],
)
def test_what_is_not_doubted(sentence: str, declaration: Declaration) -> None:
    assert not found(declaration), sentence


def test_before_the_threshold_came_there_was_nothing_to_doubt() -> None:
    rates = Rates(
        [
            Rate(
                hs_code=OTHER,
                name="",
                legal_unit1="035",
                legal_unit2="011",
                vat="standard",
                consumption="make_up",
                valid_from=date(2016, 4, 8),
                valid_to=date.max,
                as_of=NOW,
                source="worked example",
            )
        ]
    )
    declaration = parcel("示例牌|50ml/瓶", hs_code=OTHER)
    early = assess(declaration, on=date(2016, 9, 30), rates=rates)
    assert doubts(declaration.order.lines[0], early.lines[0]) is None
