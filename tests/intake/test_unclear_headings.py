"""Headings that may be misunderstood: nothing is guessed, and an address in several columns is put together as told."""

from typing import Any

import pytest

from customs.intake import ColumnsError, OwnColumn, columns_of
from customs.intake.unclear_headings import is_division
from support.order_lists import cells, composed

ENOUGH = ("订单号", "SKU")
ADDRESS = "order.consignee_address"
PARTS = {
    "省": OwnColumn(ADDRESS, join=1),
    "市": OwnColumn(ADDRESS, join=2),
    "详细地址": OwnColumn(ADDRESS, join=4),
    "区": OwnColumn(ADDRESS, join=3),
}


def reasons(*headings: str, own: dict[str, OwnColumn] | None = None) -> list[tuple[str, str]]:
    try:
        columns_of(headings, own)
    except ColumnsError as error:
        return list(error.reasons)
    return []


def addresses(*rows: tuple[Any, ...]) -> list[tuple[Any, list[tuple[str, str]]]]:
    """The address of each order, and what was found about it, of rows of order number, district, street, city, province."""
    headings = ("订单号", "区", "详细地址", "市", "省")
    orders = composed(
        [{"SKU": f"S{at}", **dict(zip(headings, row, strict=True))} for at, row in enumerate(rows)], own=PARTS
    )
    return [
        (
            each.given["order"].get("consignee_address"),
            cells(each, [one for one in each.findings if one.path == ADDRESS]),
        )
        for each in orders
    ]


def test_the_shops_code_under_the_label_of_the_commodity_code_is_asked_for() -> None:
    assert reasons("订单号", "商品编码", "数量") == [
        (
            '商品编码 may be the commodity code or the shop\'s code of its goods: write "商品编码" = "sku" or '
            '"商品编码" = "line.hs_code" under [columns]',
            "“商品编码”可能是税则商品编码，也可能是店铺自己的货号：请在 [columns] 写 "
            '"商品编码" = "sku" 或 "商品编码" = "line.hs_code"',
        )
    ]
    for named in ("sku", "line.hs_code"):
        assert reasons("订单号", "商品编码", own={"商品编码": OwnColumn(named)}) == []
    for clear in (("订单号", "商品编码 hs_code"), ("订单号", "税号"), ("订单号", "商品编码", "SKU")):
        assert reasons(*clear) == []


@pytest.mark.parametrize("heading", ["优惠", "优惠金额", "订单优惠", "折扣"])
def test_what_was_taken_off_is_no_voucher_unless_the_enterprise_says_so(heading: str) -> None:
    ((en, zh),) = reasons(*ENOUGH, heading)
    assert en == (
        f'{heading} may be vouchers and points, or a reduction of the price: write "{heading}" = "order.discount" '
        f"under [columns] for the first; {{ ignore = true }} where the prices are those after the reduction"
    )
    assert zh.startswith(f"“{heading}”可能是优惠券、积分等抵扣，也可能是降价")
    for own in (OwnColumn("order.discount"), OwnColumn("", ignore=True)):
        assert reasons(*ENOUGH, heading, own={heading: own}) == []


def test_an_address_beside_its_province_and_city_is_not_taken_for_the_whole() -> None:
    assert reasons(*ENOUGH, "省", "市", "详细地址") == [
        (
            'the address may stand in 3 columns, 省, 市, 详细地址: write "省" = { field = "order.consignee_address", join = 1 }; '
            '"市" = { field = "order.consignee_address", join = 2 }; "详细地址" = { field = "order.consignee_address", join = 3 } '
            "under [columns]; or { ignore = true } for 省, 市 if 详细地址 is the whole address",
            '地址可能分列于省、市、详细地址：请在 [columns] 写 "省" = { field = "order.consignee_address", join = 1 }; '
            '"市" = { field = "order.consignee_address", join = 2 }; "详细地址" = { field = "order.consignee_address", join = 3 }；'
            "若“详细地址”已是完整地址，则对省、市写 { ignore = true }",
        )
    ]
    assert reasons(*ENOUGH, "省", "市", "详细地址", own=dict.fromkeys(("省", "市"), OwnColumn("", ignore=True))) == []
    assert reasons(*ENOUGH, "省", "市") == []


def test_a_further_piece_beside_the_parts_of_an_address_is_asked_for_too() -> None:
    ((en, _),) = reasons(*ENOUGH, *PARTS, "街道", own=PARTS)
    assert en.startswith("the address may stand in 2 columns, 街道, 详细地址: ")


@pytest.mark.parametrize(
    "heading", ["省份", "收货人城市", "收货区/县", "receiver_state", "receiver.city", "Province", "*市"]
)
def test_headings_of_provinces_cities_and_districts_are_known(heading: str) -> None:
    assert is_division(heading)


@pytest.mark.parametrize(
    "heading", ["市场价", "收货地址", "省内运费", "状态", "state", "区内企业代码", "地区代码", "城" * 50]
)
def test_other_headings_are_no_pieces_of_an_address(heading: str) -> None:
    assert not is_division(heading)


def test_parts_of_an_address_are_put_together_in_their_order() -> None:
    assert addresses(("A", " 南山区", "虚构路 1 号", "深圳市", "广东省")) == [("广东省深圳市南山区虚构路 1 号", [])]
    assert addresses(("A", "浦东新区", "虚构路 1 号", None, "上海市")) == [("上海市浦东新区虚构路 1 号", [])]


def test_an_address_without_its_street_is_refused_at_that_cell() -> None:
    assert addresses(("A", "南山区", None, "深圳市", "广东省")) == [(None, [("field-form", "D2")])]


def test_a_broken_part_of_an_address_is_named_by_its_own_cell() -> None:
    assert addresses(("A", "南山区", "虚构路 1 号", "#N/A", "广东省")) == [(None, [("cell-error", "E2")])]


def test_rows_of_an_order_that_differ_in_the_province_alone_are_refused() -> None:
    one, other = ("A", "南山区", "虚构路", "市", "广东省"), ("A", "南山区", "虚构路", "市", "广西省")
    assert addresses(one, other) == [("广东省市南山区虚构路", [("rows-differ", "D3")])]
    assert addresses(one, ("A", None, None, None, None)) == [("广东省市南山区虚构路", [])]
    assert addresses(one, one) == [("广东省市南山区虚构路", [])]


def test_two_columns_with_one_place_in_an_address_are_refused() -> None:
    ((en, zh),) = reasons(*ENOUGH, *PARTS, own=PARTS | {"市": OwnColumn(ADDRESS, join=1)})
    assert en == "[columns] 省 and 市 both have join = 1: number the parts of an address in order"
    assert zh == "[columns] 省 与 市 的 join 均为 1：请按顺序为地址各部分编号"
