# ruff: noqa: E501
"""Goods records: from rows, functions and queries; mistakes with row and column; nothing repaired that could be wrong."""

import sqlite3
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.intake.goods import goods_by, goods_by_query, goods_of_rows
from customs.intake.problems import FileMistake, GoodsError

CREAM = {
    "货号": "A1",
    "商品名称 item_name": "面霜",
    "申报品名": "面霜",
    "规格型号": "示例牌|50ml/瓶",
    "HS编码": "3304990039",
    "成交单位": "142",
    "法定单位": "035",
    "第一法定数量换算": "0.05",
    "第二法定单位": "011",
    "per_unit2": 1,
    "净含量": "50ml",
    "原产国": "110",
    "条形码": "6901234567892",
    "账册备案料号": "17",
    "账册号": "T1234W000001",
    "备案状态": "已备案",
    "生效日期": datetime(2026, 1, 1),
    "有效期至": "2026-12-31",
    "local.brand": "示例牌",
    "仓位": "B-07",
}


def refused(*rows: dict[str, Any]) -> list[str]:
    with pytest.raises(GoodsError) as caught:
        goods_of_rows(rows, file="goods.csv")
    return str(caught.value).splitlines()


def test_a_row_with_the_headings_of_the_trade_is_a_goods_record() -> None:
    (record,) = goods_of_rows([CREAM], file="goods.csv").values()
    assert record.sku == "A1"
    assert record.facts == {
        "item_name": "面霜",
        "goods_name": "面霜",
        "model": "示例牌|50ml/瓶",
        "hs_code": "3304990039",
        "unit": "142",
        "legal_unit1": "035",
        "legal_unit2": "011",
        "origin_country": "110",
        "bar_code": "6901234567892",
        "record_no": "17",
        "local.brand": "示例牌",
    }
    assert (record.per_unit1, record.per_unit2, record.net_content) == (Decimal("0.05"), Decimal(1), "50ml")
    assert (record.account_book_no, record.state) == ("T1234W000001", "approved")
    assert (record.valid_from, record.valid_until) == (date(2026, 1, 1), date(2026, 12, 31))
    assert record.spot("hs_code").zh == "商品备案 A1 的 hs_code（goods.csv 第 1 行）"


def test_numbers_of_a_workbook_are_taken_where_no_digit_can_be_lost() -> None:
    row = {"sku": 1001, "hs_code": 3304990039, "bar_code": 6901234567892.0, "per_unit1": 0.1 + 0.2, "unit": 142}
    (record,) = goods_of_rows([row]).values()
    assert (record.sku, record.per_unit1) == ("1001", Decimal("0.3"))
    assert record.facts == {"hs_code": "3304990039", "bar_code": "6901234567892", "unit": "142"}


_LOST = "it is a number whose last digits Excel has lost: format the column as text and write it again 数字的末几位已被 Excel 丢失，请将该列设为文本格式后重填"
_TEXT = "a text is expected here: format the column as text and write it again 此处应为文本，请将该列设为文本格式后重填"
_FACTOR = 'a number above zero is expected, with at most 5 places, such as "0.05" 此处应为大于 0 的数字，最多 5 位小数，如 "0.05"'
_STATES = "approved 已备案, pending 待备案, refused 未通过, suspended 停用"

#: A cell of a goods list that is wrong, and what is said of it.
MISTAKES: dict[str, tuple[str, Any, str]] = {
    "code that lost its zero": ("hs_code", 401500000, '"401500000" has 9 characters instead of 10 (10 characters) 所给 "401500000" 有 9 位，应为 10 位（10 位）'),
    "unit by its name": ("unit", "瓶", '"瓶" is a name, its code is 142: write "142" (a code of the list units, 3 characters) 所给 "瓶" 是名称，代码为 142：应写作 "142"（代码表 units 中的代码，3 位）'),
    "unit that lost its zero": ("unit", 35, '"35" is written 035 (千克): write "035" (a code of the list units, 3 characters) 所给 "35" 应写作 035（千克）：应写作 "035"（代码表 units 中的代码，3 位）'),
    "country of no list": ("origin_country", "999", '"999" is not in the list (a code of the list countries, 3 characters) "999" 不在代码表中（代码表 countries 中的代码，3 位）'),
    "scientific notation": ("bar_code", "6.90123E+12", _LOST),
    "long number": ("bar_code", 6901234567892000.0, _LOST),
    "bar code that lost its zero": ("bar_code", 12345678905, "the bar code is a number of 11 digits and may have lost its zeros: format the column as text 条形码为 11 位数字，开头的 0 可能已丢失，请将该列设为文本格式后重填"),
    "broken number": ("bar_code", 1.5, _TEXT),
    "day in a text": ("item_name", datetime(2026, 1, 1), _TEXT),
    "factor of zero": ("per_unit1", "0", _FACTOR),
    "factor in words": ("per_unit1", "50g", _FACTOR),
    "factor with a thousands separator": ("per_unit1", "1,000", _FACTOR),
    "name too long": ("item_name", "名" * 251, "it has 251 characters (1 to 250 characters) 所给的值有 251 个字符（1 至 250 个字符）"),
    "state": ("state", "已备", f"this is no state of a record (已备案 is meant?): {_STATES} 不是备案状态（是否为 已备案）：应为 {_STATES}"),
    "day that does not exist": ("valid_until", "2026-02-30", "a day is expected, such as 2026-11-11: format the column as a date or as text 此处应为日期，如 2026-11-11，请将该列设为日期或文本格式"),
    "serial number of a day": ("valid_until", 46000, "a day is expected, such as 2026-11-11: format the column as a date or as text 此处应为日期，如 2026-11-11，请将该列设为日期或文本格式"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_goods_list_is_told_with_file_row_and_column(mistake: str) -> None:
    heading, value, said = MISTAKES[mistake]
    assert refused({"sku": "A1"}, {"sku": "A2", heading: value}) == [f"goods.csv:2: {heading}: {said}"]


VALUES = st.one_of(
    st.none(), st.booleans(), st.text(max_size=8), st.integers(), st.floats(), st.decimals(), st.datetimes(), st.dates(),
    st.times(), st.timedeltas(),
)  # fmt: skip


@given(st.lists(st.dictionaries(st.sampled_from([*CREAM, "sku", "颜色"]), VALUES, max_size=6), max_size=4))
def test_whatever_a_row_holds_it_is_taken_or_refused_with_a_reason(rows: list[dict[str, Any]]) -> None:
    problems: tuple[FileMistake, ...] = ()
    try:
        for record in goods_of_rows(rows).values():
            assert all(isinstance(each, str) and each for each in record.facts.values())
    except GoodsError as error:
        problems = error.problems
    assert [each for each in problems if not each.en or not each.zh] == []


@pytest.mark.parametrize("number", [1e300, float("inf"), float("nan"), Decimal("1E+999999"), Decimal("NaN")], ids=str)
@pytest.mark.parametrize("heading", ["hs_code", "per_unit1"])
def test_a_number_out_of_all_bounds_is_refused_at_once(heading: str, number: object) -> None:
    assert len(refused({"sku": "A1", heading: number})) == 1


def test_a_sku_may_be_there_once_also_where_only_its_spelling_differs() -> None:
    assert refused({"sku": "A1"}, {"sku": "A1"}, {"sku": "a 1"}) == [
        "goods.csv:2: sku: row 1 has the same SKU: leave one record 与第 1 行货号相同，请只保留一条",
        "goods.csv:3: sku: row 1 has A1, which differs only in case, width or blanks: leave one record "
        "与第 1 行货号 A1 仅大小写、全半角或空格不同，请只保留一条",
    ]


def test_a_row_without_its_sku_and_two_columns_of_one_field_are_refused() -> None:
    assert refused({"hs_code": "3304990039"}, {"sku": "A1", "HS编码": "3304990039", "商品编码": "3304990039"}) == [
        "goods.csv:1: sku: the SKU is missing: each record has one 缺少货号：每条备案须有货号",
        "goods.csv:2: 商品编码: HS编码 means hs_code as well: leave one of the columns 与列“HS编码”含义相同（hs_code），请只保留一列",
    ]
    assert refused({"sku": ""}) == ["goods.csv: there is no goods record in it 其中没有商品备案"]


def test_a_function_or_a_query_finds_the_record_of_a_sku() -> None:
    find = goods_by({"A1": {"hs_code": "3304990039"}}.get)
    found = find("A1")
    assert found is not None
    assert (found.sku, found.facts, find("A2")) == ("A1", {"hs_code": "3304990039"}, None)
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE goods(sku, hs_code)")
    database.executemany("INSERT INTO goods VALUES(?, ?)", [("A1", "3304990039"), ("B", "2"), ("C", "3"), ("C", "3")])
    query = goods_by_query(database, "SELECT * FROM goods WHERE sku = ?", file="our database")
    assert query("A1") == found
    assert query("D") is None
    with pytest.raises(GoodsError, match='our database:1: hs_code: "2" has 1 characters instead of 10'):
        query("B")
    with pytest.raises(GoodsError, match="row 1 has the same SKU"):
        query("C")
    database.close()


def test_a_query_that_finds_another_sku_is_refused() -> None:
    with pytest.raises(GoodsError) as caught:
        goods_by({"a1": {"sku": "A1"}}.get)("a1")
    assert str(caught.value) == (
        "goods: sku: for the SKU a1 the record of A1 came instead of one record 按货号 a1 查到货号 A1 的备案，应为一行"
    )
