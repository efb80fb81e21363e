"""The order number of a parcel that cannot be read is found, and nothing else of it."""

import json
from types import MappingProxyType
from typing import Any

import pytest

import customs
from customs.rules.salvage import order_no_in
from support import MORNING, SINGLES_DAY
from support.bad_input import parcel

GIVEN = json.dumps(parcel("1210"), ensure_ascii=False)
ORDER_NO = parcel("1210")["order"]["order_no"]


@pytest.mark.parametrize(
    "source",
    [
        GIVEN,
        GIVEN.encode("gbk"),
        GIVEN[: GIVEN.index("buyer_reg_no")],
        GIVEN.replace('"order_no"', '"orderNo"'),
        GIVEN.replace("{", "{ ").replace('"order_no":', '"order_no" : ') + "}",
        MappingProxyType(parcel("1210")),
        {"order_no": ORDER_NO},
        GIVEN.replace("贾", "\ud800"),
        f'{{"lines": [], "order_no": "{ORDER_NO}"}}',
    ],
    ids=[
        "whole",
        "in GBK",
        "cut off",
        "wire name",
        "one bracket too many",
        "mapping",
        "no order",
        "half a character",
        "flat",
    ],
)
def test_the_order_number_is_found_in_what_cannot_be_read(source: Any) -> None:
    assert order_no_in(source) == ORDER_NO


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (121000070000001, "121000070000001"),
        (1.21e17, "1.21e+17"),
        ("1.21E+17", "1.21E+17"),
        ("贾宝玉", None),
        ("EX 1", None),
        ("X" * 61, None),
        ("", None),
        (None, None),
        (True, None),
        (["EX1"], None),
        (10**60, None),
        (float("nan"), None),
    ],
)
def test_only_what_can_be_an_order_number_is_shown(value: object, shown: str | None) -> None:
    assert order_no_in({"order": {"order_no": value}}) == shown


@pytest.mark.parametrize(
    "source", ["", "[]", "7", b"\xff\xfe\x00\x80", "[" * 2_000_000, b"x" * 2_000_000, None, 7], ids=range(8)
)
def test_what_has_no_order_number_has_none(source: Any) -> None:
    assert order_no_in(source) is None


def test_the_outcome_of_a_parcel_names_its_order_read_or_not() -> None:
    run = customs.Run(on=SINGLES_DAY, clock=customs.fixed_clock(MORNING), guids=customs.seeded_guids(1))
    wrong = parcel("1210")
    wrong["order"]["lines"][0]["qty"] = 3
    outcomes = list(run.examine([GIVEN, json.dumps(wrong), GIVEN[:-1], "[]"]))
    assert [each.declaration is not None for each in outcomes] == [True, False, False, False]
    assert [each.order_no for each in outcomes] == [ORDER_NO, ORDER_NO, ORDER_NO, None]
