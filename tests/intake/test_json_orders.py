"""Orders in JSON and in memory: however a shop system writes them, the rows are the same."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from customs.intake.json_orders import sheet_of_mappings
from customs.intake.sheets import SheetError, SheetRow
from support.tables import read_whole

LINES = '{"no": "EX1", "buyer": {"name": "A", "id": {"type": 1}}, "goods": [{"sku": "S1", "qty": 2}, {"sku": "S2"}]}\n{"no": "EX2"}\n'
HEADINGS = ("no", "buyer.name", "buyer.id.type", "sku", "qty")
ROWS = [
    SheetRow(1, ("EX1", "A", 1, "S1", 2)),
    SheetRow(1, ("EX1", "A", 1, "S2", None)),
    SheetRow(2, ("EX2", None, None, None, None)),
]
ARRAY = f"[{LINES.strip().replace(chr(10), ',')}]"

#: The same orders in the ways in which files hold them.
SAME = {
    "a line each": LINES.encode(),
    "a line each, CRLF and empty lines": LINES.replace("\n", "\r\n\r\n").encode(),
    "one array": ARRAY.encode(),
    "one array over many lines": ARRAY.replace(",", ",\n ").replace("[", "[\n").encode(),
    "objects over many lines": LINES.replace(",", ",\n  ").encode(),
    "UTF-8 with its mark": LINES.encode("utf-8-sig"),
    "UTF-16": LINES.encode("utf-16"),
    "named otherwise": LINES.encode(),
}


@pytest.mark.parametrize("case", SAME)
def test_orders_are_the_same_however_the_file_holds_them(case: str, tmp_path: Path) -> None:
    path = tmp_path / ("orders.csv" if "otherwise" in case else "orders.json")
    path.write_bytes(SAME[case])
    sheet, rows = read_whole(path)
    assert (sheet.kind, sheet.headings, sheet.count, sheet.lines_from) == ("json", HEADINGS, 3, 3)
    assert rows == ROWS


def test_texts_in_gb18030_are_read_and_said(tmp_path: Path) -> None:
    (tmp_path / "orders.json").write_bytes('[{"订单编号": "面霜"}]'.encode("gb18030"))
    sheet, rows = read_whole(tmp_path / "orders.json")
    assert (sheet.headings, rows) == (("订单编号",), [SheetRow(1, ("面霜",))])
    assert [zh for _, zh in sheet.said] == ["该文件不是 UTF-8，按 GBK（GB18030）读取"]


def test_orders_in_memory_are_read_as_those_of_a_file() -> None:
    day = datetime(2026, 11, 11, 8)
    orders: Iterator[Any] = iter([MappingProxyType({"no": "EX1", "at": day, "lines": ({"sku": "S1"},)}), {"no": "EX2"}])
    sheet = sheet_of_mappings(orders, "shop")
    assert (sheet.file, sheet.headings) == ("shop", ("no", "at", "sku"))
    assert list(sheet.rows) == [SheetRow(1, ("EX1", day, "S1")), SheetRow(2, ("EX2", None, None))]


#: An order, the headings and the rows that it makes.
SHAPES: dict[str, tuple[dict[str, Any], tuple[str, ...], list[tuple[Any, ...]]]] = {
    "a key of the order and of its lines": (
        {"no": "EX1", "note": "n", "lines": [{"note": "m"}]}, ("no", "note", "line.note"), [("EX1", "n", "m")],
    ),
    "lines within an object": ({"data": {"items": [{"sku": "S1"}]}}, ("sku",), [("S1",)]),
    "an object within a line": ({"no": "EX1", "l": [{"goods": {"sku": "S1"}}]}, ("no", "goods.sku"), [("EX1", "S1")]),
    "no lines": ({"no": "EX1", "lines": []}, ("no", "lines"), [("EX1", None)]),
    "a list of texts": ({"no": "EX1", "tags": ["新", "b"]}, ("no", "tags"), [("EX1", '["新", "b"]')]),
    "null and empty texts": ({"no": "EX1", "a": None, "b": ""}, ("no", "a", "b"), [("EX1", None, None)]),
    "truth values and numbers": ({"a": True, "b": Decimal("1.10"), "c": 7}, ("a", "b", "c"), [(True, Decimal("1.10"), 7)]),
    "reasons given back": ({"no": "EX1", "reasons": [{"zh": "错"}], "l": [{"a": 1}]}, ("no", "a"), [("EX1", 1)]),
}  # fmt: skip


@pytest.mark.parametrize("case", SHAPES)
def test_an_order_makes_a_row_for_each_of_its_lines(case: str) -> None:
    order, headings, values = SHAPES[case]
    sheet = sheet_of_mappings([order])
    assert (sheet.headings, list(sheet.rows)) == (headings, [SheetRow(1, each) for each in values])


def test_a_number_is_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "orders.json").write_text(
        '{"a": 99.50, "b": 1.10101E+17, "c": 110101189001011234, "d": 2}', encoding="utf-8"
    )
    [row] = read_whole(tmp_path / "orders.json")[1]
    assert list(map(str, row.values)) == ["99.50", "1.10101E+17", "110101189001011234", "2"]
    assert list(map(type, row.values)) == [Decimal, Decimal, int, int]


def deep(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


#: A file and the reason why it is refused.
REFUSED = {
    "a field twice": ('{"a": 1, "b": 2, "a": 1}', "order 1: the field a twice"),
    "a field twice by its path": ('{"a.b": 1, "a": {"b": 2}}', "order 1: the field a.b twice"),
    "two lists of objects": ('{"a": [{}], "b": [{}]}', "order 1: more than one list of objects (a, b)"),
    "a list within a line": ('{"a": [{"b": [{"c": 1}]}]}', "order 1: a list of objects within a line (b)"),
    "no object": ('[{"a": 1}, 7]', "order 2: no object"),
    "an empty order": ('[{"a": 1}, {}]', "order 2: an object without fields"),
    "no JSON": ('{"a": 1}\n{"a" 1}', "order 2: no JSON (Expecting ':' delimiter)"),
    "a cut array": ('[{"a": 1}, ', "order 1: the array is not closed after it"),
    "a cut order": ('{"a": 1', "order 1: no JSON (Expecting ',' delimiter)"),
    "something after the array": ('[{"a": 1}] x', "order 1: something stands after the array"),
    "no number": ('{"a": NaN}', "order 1: no JSON (NaN is no number)"),
    "a number without end": (f'{{"a": {"1" * 50}}}', "order 1: no JSON (a number beyond all amounts)"),
    "a power beyond all amounts": ('{"a": 1e999999999}', "order 1: no JSON (a number beyond all amounts)"),
    "objects without end": (deep(100_000), "order 1: objects within objects without end"),
    "nine levels": (deep(10), "order 1: more than 8 levels of objects"),
    "a text without end": (f'{{"a": "{"x" * 40_000}"}}', "order 1: a text of more than 32,767 characters in a"),
    "an order without end": (f'{{"a": [{"1," * 1_000_000}1]}}', "order 1: longer than 1,048,576 characters"),
    "fields without end": (f"{{{','.join(f'{chr(34)}k{each}{chr(34)}: 1' for each in range(1_025))}}}", "order 1: more than 1,024 fields"),
    "lines without end": (f'{{"a": [{"{}," * 10_000}{{}}]}}', "order 1: more than 10,000 lines"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_holds_no_orders_is_refused_with_the_position(case: str, tmp_path: Path) -> None:
    text, reason = REFUSED[case]
    (tmp_path / "orders.json").write_text(text, encoding="utf-8")
    with pytest.raises(SheetError) as refused:
        read_whole(tmp_path / "orders.json")
    assert refused.value.en.startswith(f"orders.json, {reason}")
    assert refused.value.zh.startswith("orders.json 第 ")


def test_an_empty_array_has_no_orders(tmp_path: Path) -> None:
    (tmp_path / "orders.json").write_text("[]", encoding="utf-8")
    with pytest.raises(SheetError, match=r"orders.json has no orders orders.json 没有订单"):
        read_whole(tmp_path / "orders.json")


def test_a_value_of_another_type_is_refused_by_its_key() -> None:
    with pytest.raises(SheetError, match="order 1: a bytes in name"):
        sheet_of_mappings([{"name": b"x"}])
