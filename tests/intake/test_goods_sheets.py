"""Goods lists in files: the same records from CSV and XLSX; what a spreadsheet hides or never computed is refused."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from customs.intake.goods_sheets import goods_in
from customs.intake.problems import GoodsError

HEADINGS = ["货号 sku", "商品编码 hs_code", "成交单位", "第一法定数量换算"]
ROWS = [["A1", "3304990039", "142", "0.05"], ["A2", "1901101090", "122", "0.8"]]


def csv_of(folder: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    path = folder / "goods.csv"
    path.write_bytes("".join(",".join(row) + "\r\n" for row in [HEADINGS, *rows]).encode(encoding))
    return path


def refused(path: Path, sheet: str = "") -> list[str]:
    with pytest.raises(GoodsError) as caught:
        goods_in(path, sheet)
    return str(caught.value).splitlines()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_goods_list_in_csv_and_xlsx_gives_the_same_records(tmp_path: Path, encoding: str) -> None:
    book = Workbook()
    assert book.active is not None
    for row in [HEADINGS, *ROWS]:
        book.active.append(row)
    book.save(tmp_path / "goods.xlsx")
    records = goods_in(tmp_path / "goods.xlsx")
    assert goods_in(csv_of(tmp_path, ROWS, encoding)) == records
    assert goods_in(str(tmp_path / "goods.xlsx")) == records
    assert list(records) == ["A1", "A2"]
    assert records["A2"].spot("unit").en == "goods record A2, unit (goods.xlsx, row 3)"


def test_a_goods_list_may_be_json(tmp_path: Path) -> None:
    (tmp_path / "goods.json").write_text(
        '[{"sku": "A1", "hs_code": "3304990039", "成交单位": "142", "per_unit1": 0.05}]', encoding="utf-8"
    )
    assert goods_in(tmp_path / "goods.json")["A1"].per_unit1 == goods_in(csv_of(tmp_path, ROWS))["A1"].per_unit1


def test_mistakes_of_a_list_are_told_by_row_and_column(tmp_path: Path) -> None:
    path = csv_of(tmp_path, [["A1", "330499", "142", "0"], ["A1", "3304990039", "142", "0.05"]])
    assert refused(path) == [
        'goods.csv:2: 商品编码 hs_code: "330499" has 6 characters instead of 10 (10 characters) '
        '所给 "330499" 有 6 位，应为 10 位（10 位）',
        "goods.csv:2: 第一法定数量换算: a number above zero is expected, with at most 5 places, such as "
        '"0.05" 此处应为大于 0 的数字，最多 5 位小数，如 "0.05"',
        "goods.csv:3: 货号 sku: row 2 has the same SKU: leave one record 与第 2 行货号相同，请只保留一条",
    ]


def test_a_list_without_skus_or_with_two_columns_of_one_field_is_refused(tmp_path: Path) -> None:
    (tmp_path / "goods.csv").write_text("HS编码,商品编码\n3304990039,3304990039\n", encoding="utf-8")
    assert refused(tmp_path / "goods.csv") == [
        "goods.csv:1: 商品编码: HS编码 means hs_code as well: leave one of the columns "
        "与列“HS编码”含义相同（hs_code），请只保留一列",
        "goods.csv:1: no column of SKUs was recognised: give one the heading 货号 or sku "
        "没有识别到货号列，请将其表头写作“货号”或 sku",
    ]


def test_hidden_rows_formulas_never_computed_and_errors_are_refused(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADINGS)
    sheet.append(["A1", "3304990039", "142", "=1/20"])
    sheet.append(["A2", "3304990039", "142", "#N/A"])
    sheet.append(["A3", "3304990039", "142", "0.05"])
    sheet["D3"].data_type = "e"
    sheet.row_dimensions[4].hidden = True
    book.save(tmp_path / "goods.xlsx")
    assert refused(tmp_path / "goods.xlsx") == [
        "goods.xlsx:2: 第一法定数量换算: the formula was never computed: open the file in Excel and save it, or write "
        "the value 公式未计算，请用 Excel 打开并保存，或直接填写数值",
        "goods.xlsx:3: 第一法定数量换算: the cell holds an error of the spreadsheet: write the value "
        "单元格为错误值，请填写正确的值",
        "goods.xlsx:4: the row is hidden: show it or delete it 该行被隐藏，请取消隐藏或删除",
    ]


def test_a_file_that_is_no_table_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "goods.csv").write_bytes(b"%PDF-1.7\n")
    assert refused(tmp_path / "goods.csv")[0].startswith("goods.csv: goods.csv is ")
