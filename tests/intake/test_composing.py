"""Orders composed of rows, goods records and a profile: which value counts, what happens where two differ, and where each
was written.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from customs.intake import Composed, GoodsRecord, Odd, Profile, Sheet, SheetRow, goods_by, orders_in
from customs.intake.spots import key, record
from support.order_lists import DAY, cells, composed, composed_of

HEADINGS = ("订单编号", "货号", "数量", "单价", "订购人姓名", "店铺")
ROW = ("EX-1", "S1", "3", "99.5", "贾宝玉", "A店")

S1 = GoodsRecord(
    sku="S1",
    facts={"hs_code": "1901101090", "unit": "122", "item_name": "奶粉", "legal_unit1": "035", "record_no": "000001"},
    per_unit1=Decimal("0.8"),
    account_book_no="T2991W000001",
    state="approved",
    valid_from=date(2026, 1, 1),
    valid_until=date(2026, 11, 11),
    spots={"hs_code": record("S1", "hs_code", "goods.csv", 7)},
)

A_SHOP = Profile(
    name="a",
    shops=("A店",),
    values={
        "clearance.trade_mode": "1210",
        "clearance.account_book_no": "T2991W000001",
        "parties.carrier_code": "910000000000000040",
        "line.trade_country": "609",
    },
    spots={"parties.carrier_code": key("customs.toml", 12, "parties.carrier_code")},
)
B_SHOP = Profile(name="b", shops=("B店",), values={"clearance.trade_mode": "9610", "parties.carrier_code": "1"})


def one(
    row: tuple[Any, ...] = ROW,
    *more: tuple[Any, ...],
    headings: tuple[str, ...] = HEADINGS,
    goods: Mapping[str, GoodsRecord] | None = None,
    profiles: tuple[Profile, ...] = (A_SHOP,),
    odd: Mapping[int, Odd] | None = None,
) -> Composed:
    """The one order of rows from row 2 on."""
    rows = iter([SheetRow(2, row, odd or {}), *(SheetRow(at, each) for at, each in enumerate(more, 3))])
    sheet = Sheet(file="orders.xlsx", kind="xlsx", sheet="订单", headings=headings, rows=rows)
    (found,) = orders_in(sheet, goods=({"S1": S1} if goods is None else goods).get, profiles=profiles, on=DAY)
    return found


def intake_findings(order: Composed) -> list[tuple[str, str]]:
    """What intake found itself, without the fields that these short orders lack."""
    return cells(order, [each for each in order.findings if each.code not in ("field-missing", "more-mistakes")])


def test_an_order_is_composed_of_its_row_the_goods_record_and_the_profile() -> None:
    assert one().given == {
        "parties": {"carrier_code": "910000000000000040"},
        "order": {
            "order_no": "EX-1",
            "buyer_name": "贾宝玉",
            "lines": [
                {
                    "qty": "3",
                    "price": "99.50",
                    "hs_code": "1901101090",
                    "unit": "122",
                    "item_name": "奶粉",
                    "legal_unit1": "035",
                    "record_no": "000001",
                    "item_no": "S1",
                    "trade_country": "609",
                    "legal_qty1": "2.4",
                }
            ],
        },
        "payment": {},
        "waybill": {},
        "clearance": {"trade_mode": "1210", "account_book_no": "T2991W000001"},
    }
    assert one().findings == ()


@pytest.mark.parametrize(
    ("path", "spot"),
    [
        ("order.order_no", "orders.xlsx, sheet 订单, cell A2 (订单编号)"),
        ("order.lines[0].qty", "orders.xlsx, sheet 订单, cell C2 (数量)"),
        ("order.lines[0].item_no", "orders.xlsx, sheet 订单, cell B2 (货号)"),
        ("order.lines[0].hs_code", "goods record S1, hs_code (goods.csv, row 7)"),
        ("order.lines[0].unit", "goods record S1, unit"),
        ("order.lines[0].legal_qty1", "orders.xlsx, sheet 订单, cell C2 (数量)"),
        ("order.lines[0].total_price", "orders.xlsx, sheet 订单, cell D2 (单价)"),
        ("order.lines[0].origin_country", "orders.xlsx, sheet 订单, cell B2 (货号)"),
        ("order.lines[0]", "orders.xlsx, sheet 订单, cell B2 (货号)"),
        ("parties.carrier_code", "customs.toml, line 12, parties.carrier_code"),
        ("order.lines[0].trade_country", "customs.toml, line 1, line.trade_country"),
        ("clearance.internal_no", "orders.xlsx, sheet 订单, cell A2 (订单编号)"),
        ("clearance.net_weight", "orders.xlsx, sheet 订单, cell C2 (数量)"),
        ("waybill.gross_weight", "orders.xlsx, sheet 订单, cell A2 (订单编号)"),
        ("", "orders.xlsx, sheet 订单, cell A2 (订单编号)"),
    ],
)
def test_every_path_leads_to_where_its_value_was_written_or_comes_from(path: str, spot: str) -> None:
    assert one().spot_of(path).en == spot


def test_a_row_that_differs_from_the_goods_record_names_both_places_and_values() -> None:
    order = one((*ROW, "1901101010"), headings=(*HEADINGS, "商品编码"))
    (finding,) = (each for each in order.findings if each.code == "sources-differ")
    assert finding.path == "order.lines[0].hs_code"
    assert finding.en == (
        "商品编码 gcode is given twice and differs: 1901101090 in goods record S1, hs_code (goods.csv, row 7), "
        "1901101010 in orders.xlsx, sheet 订单, cell G2 (商品编码)."
    )
    assert finding.zh == (
        "商品编码 gcode 有两个来源且不一致：商品备案 S1 的 hs_code（goods.csv 第 7 行）为 1901101090，"
        "orders.xlsx 工作表“订单”单元格 G2（商品编码）为 1901101010。"
    )
    assert order.given["order"]["lines"][0]["hs_code"] == "1901101010"


def test_amounts_that_are_written_differently_agree() -> None:
    record = replace(S1, facts={**S1.facts, "price": "99.500"})
    assert one(goods={"S1": record}).findings == ()


def test_a_profile_and_a_row_that_differ_are_refused_at_the_cell() -> None:
    order = one((*ROW, "910000000000000066"), headings=(*HEADINGS, "物流企业代码"))
    assert intake_findings(order) == [("sources-differ", "G2")]


def test_a_profile_and_a_goods_record_that_differ_are_refused_at_the_record() -> None:
    order = one(goods={"S1": replace(S1, facts={**S1.facts, "trade_country": "116"})})
    assert intake_findings(order) == [("sources-differ", "goods record S1, trade_country")]


def test_persons_who_differ_between_rows_are_named_by_their_cells_alone() -> None:
    order = one(ROW, ("EX-1", "S1", "1", "98", "薛蟠", None))
    (finding,) = (each for each in order.findings if each.code == "rows-differ")
    assert finding.en == (
        "订购人姓名 buyerName differs between rows of the order: orders.xlsx, sheet 订单, cell E2 (订购人姓名), "
        "orders.xlsx, sheet 订单, cell E3 (订购人姓名)."
    )


def test_empty_cells_below_the_first_row_of_an_order_are_no_values() -> None:
    order = one(ROW, ("EX-1", "S2", "1", "98", None, ""), goods={"S1": S1, "S2": replace(S1, sku="S2")})
    assert order.findings == ()
    assert [each["item_no"] for each in order.given["order"]["lines"]] == ["S1", "S2"]


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (replace(S1, state="pending"), "goods-not-approved"),
        (replace(S1, state="suspended"), "goods-not-approved"),
        (replace(S1, valid_until=date(2026, 11, 10)), "goods-record-not-valid"),
        (replace(S1, valid_from=date(2026, 11, 12)), "goods-record-not-valid"),
        (replace(S1, account_book_no="T2991W000002"), "goods-other-book"),
    ],
)
def test_goods_whose_record_does_not_hold_are_refused_at_their_sku(record: GoodsRecord, code: str) -> None:
    assert intake_findings(one(goods={"S1": record})) == [(code, "B2")]


def test_a_record_holds_on_its_last_day_and_without_states() -> None:
    assert one(goods={"S1": replace(S1, state="", valid_until=DAY)}).findings == ()


def test_a_legal_quantity_is_never_rounded() -> None:
    order = one(goods={"S1": replace(S1, per_unit1=Decimal("0.3333333"))})
    assert intake_findings(order) == [("legal-quantity-places", "C2")]
    assert "legal_qty1" not in order.given["order"]["lines"][0]


def test_a_legal_quantity_in_the_row_agrees_with_the_record_or_is_refused() -> None:
    headings = (*HEADINGS, "法定数量")
    assert one((*ROW, "2.40"), headings=headings).findings == ()
    assert intake_findings(one((*ROW, "3"), headings=headings)) == [("sources-differ", "G2")]


def test_direct_purchase_takes_no_record_number_of_an_account_book() -> None:
    direct = Profile(name="d", values={"clearance.trade_mode": "9610"})
    order = one((*ROW[:5], "d"), profiles=(direct,))
    assert order.findings == ()
    assert "record_no" not in order.given["order"]["lines"][0]


def test_an_unknown_sku_is_one_finding_with_the_one_that_is_meant() -> None:
    order = one(("EX-1", "s1", *ROW[2:]))
    assert [(each.code, each.en) for each in order.findings if each.path.startswith("order.lines")] == [
        ("sku-unknown", "The goods records have no SKU s1; there is S1.")
    ]


def test_the_shop_chooses_the_profile() -> None:
    assert one(profiles=(A_SHOP, B_SHOP)).given["clearance"]["trade_mode"] == "1210"
    assert one((*ROW[:5], "b"), profiles=(A_SHOP, B_SHOP)).given["clearance"]["trade_mode"] == "9610"


def test_a_shop_without_profile_is_one_finding_that_names_the_shops() -> None:
    order = one((*ROW[:5], "C店"), profiles=(A_SHOP, B_SHOP))
    (finding,) = (each for each in order.findings if each.code == "shop-unknown")
    assert (finding.advice_en, cells(order, [finding])) == ("Give one of: A店, B店.", [("shop-unknown", "F2")])
    assert [each.path for each in order.findings if each.path in A_SHOP.values] == []


def test_without_a_shop_a_single_profile_counts_and_several_are_not_guessed() -> None:
    assert one((*ROW[:5], None)).findings == ()
    order = one((*ROW[:5], None), profiles=(A_SHOP, B_SHOP))
    assert intake_findings(order) == [("shop-absent", "F2")]


def test_profiles_of_one_shop_are_told_apart_by_the_trade_mode_of_the_row() -> None:
    headings = (*HEADINGS, "贸易方式")
    direct = replace(B_SHOP, shops=("A店",))
    order = one((*ROW, "9610"), headings=headings, profiles=(A_SHOP, direct), goods={"S1": S1})
    assert order.given["parties"]["carrier_code"] == "1"
    assert intake_findings(one((*ROW, None), headings=headings, profiles=(A_SHOP, direct))) == [("shop-absent", "F2")]


def test_a_broken_cell_is_one_finding_and_no_second_one_says_that_its_value_is_missing() -> None:
    order = one(("EX-1", "S1", "x", "1,284", "N/A", "A店"))
    paths = [each.path for each in order.findings]
    assert intake_findings(order) == [("cell-placeholder", "E2"), ("field-form", "C2"), ("field-form", "D2")]
    assert [
        each for each in ("order.lines[0].qty", "order.lines[0].price", "order.buyer_name") if paths.count(each) != 1
    ] == []
    assert len(set(order.findings)) == len(order.findings)
    assert "parties.platform_code" in paths  # the rest is read as well


def test_an_order_without_errors_is_not_read_twice() -> None:
    assert one().findings == ()  # its payment is missing, which the run says


def test_facts_of_one_area_alone_go_where_they_belong() -> None:
    headings = (*HEADINGS, "local.sender_name", "line.local.brand")
    order = one((*ROW, "某人", "某牌"), headings=headings)
    assert order.given["local"] == {"sender_name": "某人"}
    assert order.given["order"]["lines"][0]["local"] == {"brand": "某牌"}
    assert order.spot_of("order.lines[0].local.brand").en == "orders.xlsx, sheet 订单, cell H2 (line.local.brand)"


def test_a_hidden_row_and_a_value_beyond_the_headings_are_named() -> None:
    order = one((*ROW, "x"), odd={-1: Odd.HIDDEN, 6: Odd.BEYOND})
    assert intake_findings(order) == [("row-hidden", "A2"), ("row-beyond", "G2")]


def test_without_goods_records_the_row_gives_all_facts_of_its_goods() -> None:
    rows = iter([SheetRow(2, ("EX-1", "S1", "1", "9"))])
    sheet = Sheet(file="o.csv", kind="csv", headings=HEADINGS[:4], rows=rows)
    (order,) = orders_in(sheet, on=DAY)
    assert order.given["order"]["lines"] == [{"qty": "1", "price": "9.00", "item_no": "S1"}]
    assert order.findings == ()


def test_an_order_of_more_lines_than_customs_takes_is_looked_at_as_far_as_that_shows() -> None:
    more = [("EX-1", f"S{at}", "1", "2", None, None) for at in range(3, 500)]
    order = one(("EX-1", "S2", "x", "2", None, "A店"), *more, goods={})
    assert [each.code for each in order.findings].count("sku-unknown") == 100
    assert len(order.given["order"]["lines"]) == 100
    assert len(order.rows) == 498
    assert order.spot_of("order.lines[300].qty").row == 302


def test_an_object_of_json_that_comes_again_is_no_order_of_twice_the_goods() -> None:
    again = {"order_no": "EX-1", "lines": [{"sku": "S1", "qty": "3"}, {"sku": "S1", "qty": "3"}]}
    (once,) = composed_of([again], goods={"S1": S1}.get)
    assert once.findings == ()
    (twice,) = composed_of([again, again], goods={"S1": S1}.get)
    assert {each.code for each in twice.findings} >= {"row-repeated"}


def test_a_sku_that_comes_again_below_other_orders_is_refused() -> None:
    rows = [dict(zip(HEADINGS, row, strict=True)) for row in (ROW, ("EX-2", *ROW[1:]), ("EX-1", "S1", "4", *ROW[3:]))]
    first, second = composed(rows, goods={"S1": S1}.get, profiles=[A_SHOP])
    assert intake_findings(first) == [("order-again", "A4")]
    assert second.findings == ()


def test_without_a_column_of_skus_the_item_number_finds_the_record() -> None:
    headings = ("订单编号", "企业商品货号", *HEADINGS[2:])
    assert one(headings=headings).given["order"]["lines"] == one().given["order"]["lines"]
    unknown = one(("EX-1", "S9", *ROW[2:]), headings=headings)
    assert unknown.findings == ()  # the row may give all facts itself; the run says what it lacks


def test_a_record_with_an_item_number_of_its_own_is_doubted_at_the_sku_of_the_row() -> None:
    own = replace(S1, state="pending", facts={**S1.facts, "item_no": "ITEM-1"})
    order = one(goods={"S1": own})
    assert order.given["order"]["lines"][0]["item_no"] == "ITEM-1"
    assert intake_findings(order) == [("goods-not-approved", "B2")]


def test_no_sku_is_one_finding_unless_the_row_has_the_facts_of_its_goods() -> None:
    assert intake_findings(one(("EX-1", None, *ROW[2:]))) == [("sku-absent", "B2")]
    assert one(("EX-1", None, *ROW[2:], "1901101090"), headings=(*HEADINGS, "商品编码")).findings == ()


def test_a_record_that_cannot_be_used_refuses_its_orders_and_no_others() -> None:
    rows = [dict(zip(HEADINGS, row, strict=True)) for row in (("EX-1", "S2", *ROW[2:]), ("EX-2", "S1", *ROW[2:]))]
    table = {"S1": {"sku": "S1", "hs_code": "1901101090"}, "S2": {"sku": "S2", "hs_code": "190110"}}
    first, second = composed(rows, goods=goods_by(table.get), profiles=[A_SHOP])
    (finding,) = (each for each in first.findings if each.code == "goods-record-unusable")
    assert finding.en.startswith("The record of SKU S2 cannot be used: ")
    assert intake_findings(first) == [("goods-record-unusable", "B2")]
    assert second.findings == ()


def test_a_record_of_another_sku_which_a_database_finds_is_none() -> None:
    rows = [dict(zip(HEADINGS, ("EX-1", "s1", *ROW[2:]), strict=True))]
    (order,) = composed(rows, goods=lambda sku: S1 if sku.upper() == "S1" else None, profiles=[A_SHOP])
    assert intake_findings(order) == [("sku-unknown", "B2")]
