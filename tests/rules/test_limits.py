"""Limits and edges of a parcel: which limit is named, and where exactly a text or an amount becomes too long."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

import customs
from customs.rules import check_declaration
from customs.rules.limits import check_assessment
from customs.tax import Rate, Rates, assess
from support import SINGLES_DAY
from support.bad_input import both, parcel, put, single, without

Walk = Callable[..., customs.Prepared]

ALWAYS = date(2012, 1, 1)


def errors(walk: Walk, change: Callable[[dict[str, object]], object]) -> list[tuple[str, str]]:
    found = walk(json.dumps(change(parcel("1210"))))
    return [(each.code, each.path) for each in found.findings if each.is_error]


def test_a_buyer_over_the_years_limit_is_told_of_that_limit_alone(walk: Walk) -> None:
    """A parcel of 2,063 yuan is far below the single-transaction limit."""
    spent = both(single("2063.00", "1"), put("waybill.freight", "0"), put("quota_used", "25000"))
    assert errors(walk, spent) == [("yearly-limit", "quota_used")]


def test_two_pieces_over_the_single_limit_are_told_of_that_limit_alone(walk: Walk) -> None:
    dear = both(single("2600.00", "2"), put("waybill.freight", "0"), put("quota_used", "0"))
    assert errors(walk, dear) == [("single-limit", "order.goods_value")]


def test_two_pieces_of_exactly_the_single_limit_are_not_over_it(walk: Walk) -> None:
    just = both(single("2500.00", "2"), put("waybill.freight", "0"), put("quota_used", "0"))
    assert errors(walk, just) == []


def test_a_parcel_over_both_limits_is_told_of_both(walk: Walk) -> None:
    both_limits = both(single("2600.00", "2"), put("waybill.freight", "0"), put("quota_used", "25000"))
    assert errors(walk, both_limits) == [("yearly-limit", "quota_used"), ("single-limit", "order.goods_value")]


@pytest.mark.parametrize(("used", "codes"), [("-0.01", ["amount-negative"]), ("0", []), ("-0", [])])
def test_nobody_has_used_less_than_nothing(walk: Walk, used: str, codes: list[str]) -> None:
    assert [code for code, _ in errors(walk, put("quota_used", used))] == codes


def checked(**line: str) -> list[tuple[str, str]]:
    given = parcel("1210")
    given["order"]["lines"][0] |= line
    declaration = customs.Declaration.model_validate(given)
    return [(each.code, each.path) for each in check_declaration(declaration)]


@pytest.mark.parametrize(("length", "found"), [
    (20, []), (21, [("item-no-length", "order.lines[0].item_no")]), (30, [("item-no-length", "order.lines[0].item_no")]),
])  # fmt: skip
def test_the_list_admits_item_numbers_of_20_characters(length: int, found: list[tuple[str, str]]) -> None:
    assert checked(item_no="A" * length) == found


@pytest.mark.parametrize(("total", "found"), [
    ("99999999999999.99999", []), ("100000000000000", [("amount-overflow", "order.lines[0].total_price")]),
])  # fmt: skip
def test_a_total_of_fifteen_digits_before_the_point_fits_no_message(total: str, found: list[tuple[str, str]]) -> None:
    assert checked(total_price=total) == found
    assert Decimal(total) > 0


def test_goods_without_an_item_number_have_none_that_is_too_long() -> None:
    given = without("order.lines[0].item_no")(parcel("1210"))
    assert list(check_declaration(customs.Declaration.model_validate(given))) == []


def test_over_the_years_limit_of_2018_a_parcel_is_taxed_in_full_and_not_refused() -> None:
    change = both(single("600.00", "1"), put("waybill.freight", "0"), put("quota_used", "19500"))
    declaration = customs.Declaration.model_validate(change(parcel("1210")))
    for on, codes in ((date(2018, 6, 1), ["full-tax"]), (date(2018, 12, 31), ["full-tax"]), (SINGLES_DAY, [])):
        found = check_assessment(declaration, assess(declaration, on=on, rates=of_the_shoes(declaration)))
        assert [each.code for each in found if each.code in ("full-tax", "yearly-limit", "single-limit")] == codes


def of_the_shoes(declaration: customs.Declaration) -> Rates:
    """Rates of all days for the goods of the parcel."""
    code = declaration.order.lines[0].hs_code
    return Rates(
        [
            Rate(
                hs_code=code,
                name="",
                legal_unit1="035",
                legal_unit2="025",
                vat="standard",
                consumption=None,
                valid_from=ALWAYS,
                valid_to=date.max,
                as_of=SINGLES_DAY,
                source="made up",
                mfn=Decimal("0.1"),
            )
        ]
    )


@pytest.mark.parametrize(
    ("hs_code", "kind", "found"),
    [
        ("8507600090", None, [("battery-class", "order.lines[0].hs_code")]),
        ("8506500000", None, [("battery-class", "order.lines[0].hs_code")]),
        ("8507600090", "lithium_battery", []),
        ("8508110000", None, []),
    ],
)
def test_a_battery_without_a_class_is_asked_for_it(
    hs_code: str, kind: str | None, found: list[tuple[str, str]]
) -> None:
    given = both(single("100.00", "1"), put("order.lines[0].hs_code", hs_code))(parcel("1210"))
    declaration = customs.Declaration.model_validate(given)
    (row,) = of_the_shoes(declaration).rows()
    rates = Rates([replace(row, consumption=kind)])
    findings = check_assessment(declaration, assess(declaration, on=SINGLES_DAY, rates=rates))
    assert [(each.code, each.path) for each in findings] == found
