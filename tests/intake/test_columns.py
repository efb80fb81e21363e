"""Headings of order lists: which field each means, and which tables are refused for theirs."""

import pickle

import pytest

from customs.intake import ColumnsError, OwnColumn, columns_of, known_headings
from customs.intake.column_names import TERMS, path_of

ENOUGH = ("订单编号", "货号")


def paths(*headings: str, **own: OwnColumn) -> dict[str, str]:
    found = columns_of((*ENOUGH, *headings), own)
    return {each.heading: each.path for each in found.known if each.heading not in ENOUGH}


def reasons(*headings: str, own: dict[str, OwnColumn] | None = None) -> list[str]:
    with pytest.raises(ColumnsError) as raised:
        columns_of(headings, own)
    return [en for en, _ in raised.value.reasons]


@pytest.mark.parametrize("path", TERMS)
def test_a_field_is_known_by_its_path_alone_and_beside_its_label(path: str) -> None:
    assert (path_of(path), path_of(f"{TERMS[path].zh} {path}")) == (path, path)


@pytest.mark.parametrize(
    ("heading", "path"),
    [
        ("订单编号", "order.order_no"),
        ("order_no", "order.order_no"),
        ("Order No", "order.order_no"),
        ("orderNo", "order.order_no"),
        (" 订单 编号 ", "order.order_no"),
        ("*订单编号", "order.order_no"),
        ("订单编号（orderNo）", "order.order_no"),
        ("order_no 订单编号", "order.order_no"),
        ("HS编码 hs_code", "line.hs_code"),
        ("商品编码", "line.hs_code"),
        ("单价（元）", "line.price"),
        ("毛重(kg)", "waybill.gross_weight"),
        ("原产国", "line.origin_country"),
        ("原产国（地区） country", "line.origin_country"),
        ("起运国 country", "clearance.departure_country"),
        ("收件人手机", "order.consignee_telephone"),
        ("货号", "sku"),
        ("企业商品货号", "line.item_no"),
        ("local.sender_name", "local.sender_name"),
        ("品牌 line.local.brand", "line.local.brand"),
        ("waybill.logisticsNo", "waybill.waybill_no"),
        ("lines.price", "line.price"),
        ("商品.数量", "line.qty"),
    ],
)  # fmt: skip
def test_a_heading_is_recognised_however_it_is_written(heading: str, path: str) -> None:
    assert path_of(heading) == path


@pytest.mark.parametrize(
    ("heading", "path"),
    [
        ("备注", "order.note"),
        ("备注 payment.note", "payment.note"),
        ("币制", "order.currency"),
        ("freight", "order.freight"),
        ("运费", "waybill.freight"),
        ("运费 freight", "waybill.freight"),
        ("收货人姓名", "order.consignee"),
        ("waybill.consignee", "waybill.consignee"),
    ],
)
def test_a_name_that_several_parts_have_means_the_order_unless_it_says_more(heading: str, path: str) -> None:
    assert path_of(heading) == path


@pytest.mark.parametrize(
    "heading", ["telephone", "country", "毛重(g)", "重量（克）", "单价（美元）", "waybill.qty", "订单编号 qty", "颜色"]
)
def test_a_heading_that_says_too_little_or_another_unit_means_nothing(heading: str) -> None:
    assert path_of(heading) == ""


def test_the_trade_name_is_the_item_name_unless_a_column_beside_it_is() -> None:
    assert paths("商品名称") == {"商品名称": "line.item_name"}
    assert paths("商品名称", "企业商品名称") == {"商品名称": "line.goods_name", "企业商品名称": "line.item_name"}


def test_every_known_heading_means_its_field_and_no_heading_means_two() -> None:
    listed = [(path, heading) for path, headings in known_headings() for heading in headings]
    assert [(path, heading) for path, heading in listed if path_of(heading) != path] == []
    assert len({heading for _, heading in listed}) == len(listed)
    assert {path for path, _ in listed} == set(TERMS)


def test_columns_of_the_enterprise_mean_what_its_file_says() -> None:
    own = {
        "成交价": OwnColumn("line.price", "fen"),
        "下单人": OwnColumn("订购人姓名"),
        "备注": OwnColumn("", ignore=True),
        "单价": OwnColumn("local.old_price"),
    }
    assert paths("成交价", "下单人", "备注", "单价", **own) == {
        "成交价": "line.price",
        "下单人": "order.buyer_name",
        "单价": "local.old_price",
    }


def test_an_unknown_heading_is_said_once_with_the_one_that_it_resembles() -> None:
    columns = columns_of((*ENOUGH, "定购人姓名", "颜色", ""))
    assert columns.said == (
        (
            "column 定购人姓名 is not known and ignored, the nearest is 订购人姓名",
            "列“定购人姓名”未识别，已忽略，最接近的是 订购人姓名",
        ),
        ("column 颜色 is not known and ignored", "列“颜色”未识别，已忽略"),
    )


def test_a_file_without_headings_is_refused_and_its_first_person_not_shown() -> None:
    assert reasons("EX-1", "贾宝玉", "110101188001010014", "13900000000") == [
        "the table has no column of order numbers, such as 订单编号 or order_no: mend its row of headings, or say in [columns] which it is",
        "the table has no column of goods, such as 货号, SKU or 企业商品名称: mend its row of headings, or say in [columns] which it is",
    ]


def test_all_reasons_against_a_table_are_told_at_once() -> None:
    own = {
        "价": OwnColumn("line.pricee"),
        "重": OwnColumn("waybill.gross_weight", "fen"),
        "时": OwnColumn("payment.paid_at", "unix"),
    }
    assert reasons("价", "重", "时", "姓名", "buyer_name", own=own) == [
        "[columns] 价: line.pricee is no field, the nearest is line.price; give a path such as order.order_no",
        "[columns] 重: the converter fen is not for this field: amounts in whole fen, 100 to the yuan",
        "[columns] 时: there is no converter unix; there are yuan, fen, kilograms, grams, telephone, text, code, serial, "
        "day_first, month_first",
        "columns 4 (姓名) and 5 (buyer_name) both mean order.buyer_name: "
        "delete one, ignore it under [columns], or name what it means by a path such "
        "as waybill.note",
        "the table has no column of order numbers, such as 订单编号 or order_no: mend its row of headings, or say in [columns] which it is",
        "the table has no column of goods, such as 货号, SKU or 企业商品名称: mend its row of headings, or say in [columns] which it is",
    ]


def test_keys_of_json_mean_the_order_or_its_lines_by_where_they_stand() -> None:
    columns = columns_of(("order_no", "note", "sku", "line.note"), lines_from=2)
    assert [each.path for each in columns.known] == ["order.order_no", "order.note", "sku", "line.note"]
    columns = columns_of(("order_no", "total_price", "sku", "备注"), lines_from=2)
    assert [each.path for each in columns.known] == ["order.order_no", "sku", "line.note"]
    assert [each.heading for each in columns.unknown] == ["total_price"]


def test_columns_and_their_errors_can_be_sent_to_other_processes() -> None:
    columns = columns_of(ENOUGH)
    assert pickle.loads(pickle.dumps(columns)) == columns  # noqa: S301  made here
    with pytest.raises(ColumnsError) as raised:
        columns_of(("a",))
    assert pickle.loads(pickle.dumps(raised.value)).reasons == raised.value.reasons  # noqa: S301  made here
