"""Templates (模板) of an order list and a goods list: headings that are recognised, and a second sheet that explains them.

A template has no example rows: an example that stays in a list would be declared. Columns of texts are formatted as
text, so that Excel takes no digits away.

>>> order_template("9610").headings[:3], goods_template("1210").headings[3]
(('订单编号 order_no', '货号 sku', '数量 qty'), '规格型号 model')
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from customs.declaration import Line
from customs.fields import terms_of
from customs.fields.terms import Decimals
from customs.intake.column_names import term_of_path
from customs.intake.goods_headings import OWN_LABELS
from customs.intake.goods_rows import STATES
from customs.intake.guarding import guarded
from customs.intake.workbook_bytes import bytes_of
from customs.intake.workbooks import openpyxl


class TemplateColumn(NamedTuple):
    """A column of a template: its heading, True if every row needs it, and what it holds, in both languages."""

    heading: str
    required: bool
    en: str
    zh: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class TableTemplate:
    """A table to fill in: the name of its sheet, and its columns."""

    sheet: str
    columns: tuple[TemplateColumn, ...]

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings, each Chinese and English."""
        return tuple(each.heading for each in self.columns)


#: The columns of an order list, with True for those that every order needs, and the trade mode that alone has them.
_ORDER: tuple[tuple[str, bool, str], ...] = (
    ("order.order_no", True, ""),
    ("sku", True, ""),
    ("line.qty", True, ""),
    ("line.price", True, ""),
    ("order.freight", False, ""),
    ("order.discount", False, ""),
    ("order.paid_amount", False, ""),
    ("order.buyer_reg_no", True, ""),
    ("order.buyer_name", True, ""),
    ("order.buyer_id_number", True, ""),
    ("order.buyer_telephone", True, ""),
    ("order.consignee", True, ""),
    ("order.consignee_telephone", True, ""),
    ("order.consignee_address", True, ""),
    ("payment.payment_no", True, ""),
    ("payment.paid_at", True, ""),
    ("payment.payer_name", True, ""),
    ("payment.payer_id_number", True, ""),
    ("waybill.waybill_no", True, ""),
    ("waybill.gross_weight", True, ""),
    ("clearance.bill_no", True, "9610"),
    ("clearance.transport_no", True, "9610"),
    ("clearance.voyage_no", True, "9610"),
)

#: More about a column than its meaning, in English and Chinese.
_NOTES = {
    "order.order_no": ("a row for each SKU; rows with one number are one order", "每个货号一行，订单编号相同的各行为同一订单"),
    "sku": ("as in the goods list", "与商品备案表一致"),
    "line.price": ("of one piece, in yuan, without tax", "单件不含税价格，人民币元"),
    "order.freight": ("yuan; empty if none", "人民币元，没有则留空"),
    "order.discount": ("yuan; empty if none", "人民币元，没有则留空"),
    "order.paid_amount": ("yuan; worked out if empty, compared if given", "人民币元；留空则自动计算，填写则核对"),
    "order.buyer_id_number": ("18 characters, as text", "18 位，文本格式"),
    "payment.paid_at": ("such as 2026-11-11 00:31:08, China time", "如 2026-11-11 00:31:08，北京时间"),
    "waybill.gross_weight": ("kilograms of the parcel", "包裹毛重，千克"),
    "hs_code": ("ten digits, as text", "10 位，文本格式"),
    "unit": ("the code of the traded unit, such as 142; see: customs codes units", "成交单位代码，如 142；查询：customs codes units"),
    "legal_unit1": ("the code of the tariff's first unit, such as 035", "税则第一法定单位代码，如 035"),
    "legal_unit2": ("empty where the tariff has none", "税则没有第二单位则留空"),
    "per_unit1": ("statutory quantity of one traded unit, such as 0.05", "一个成交单位折合的第一法定数量，如 50 毫升填 0.05"),
    "per_unit2": ("the same in the second unit", "一个成交单位折合的第二法定数量"),
    "net_content": ("as the package states it, such as 50ml; compared with the conversion", "包装标注的净含量，如 50ml，用于核对换算"),
    "origin_country": ("the code of the country, such as 116", "国别代码，如 116；查询：customs codes countries"),
    "model": ("brand, specification, ingredients and so on, as declared", "申报的品牌、规格、成分等"),
    "goods_name": ("empty where it is the name on the platform", "与商品名称相同则留空"),
    "bar_code": ("as text; empty if there is none", "文本格式，没有则留空"),
    "record_no": ("the goods' number in the account book", "商品在账册中的备案料号"),
    "state": (f"{', '.join(STATES)}; or empty", f"{'、'.join(each[0] for each in STATES.values())}；不使用则留空"),
    "valid_from": ("first day of the record, such as 2026-01-01; empty if none", "备案生效日，如 2026-01-01，没有则留空"),
    "valid_until": ("last day of the record; empty if none", "备案失效日，没有则留空"),
}  # fmt: skip

#: Rows to fill in, with a value for each column.
Rows = Iterable[Sequence[str]]

#: The columns of a goods list, with True for those that every record needs.
_GOODS = {
    "sku": True, "item_name": True, "goods_name": False, "model": True, "hs_code": True, "unit": True, "legal_unit1": True,
    "per_unit1": True, "legal_unit2": False, "per_unit2": False, "net_content": False, "origin_country": True,
    "bar_code": False, "record_no": False, "state": False, "valid_from": False, "valid_until": False,
}  # fmt: skip

#: Short labels of the goods list, where the standard's are long.
_SHORT = {"item_name": "商品名称", "goods_name": "申报品名", "model": "规格型号", "origin_country": "原产国"}

_OWN_MEANING = {
    "sku": "Item number of the goods",
    "per_unit1": "Conversion to the first unit",
    "per_unit2": "Conversion to the second unit",
    "net_content": "Net content",
    "state": "State of the record",
    "valid_from": "First day",
    "valid_until": "Last day",
}


def order_template(trade_mode: str) -> TableTemplate:
    """Return the template of an order list in a trade mode."""
    rows = [row for row in _ORDER if row[2] in ("", trade_mode)]
    return TableTemplate("订单 orders", tuple(_order_column(path, required=required) for path, required, _ in rows))


def _order_column(path: str, *, required: bool) -> TemplateColumn:
    term, name = term_of_path(path), path.rpartition(".")[2]
    en, zh = _NOTES.get(path, ("", ""))
    is_number = isinstance(term, Decimals)
    return TemplateColumn(f"{term.zh} {name}", required, f"{term.en}{en and f': {en}'}", zh or term.zh, is_number)


def goods_template(trade_mode: str) -> TableTemplate:
    """Return the template of a goods list; account books (1210) need the number of each record."""
    columns = []
    for name, needed in _GOODS.items():
        term = terms_of(Line).get(name)
        zh = _SHORT.get(name) or OWN_LABELS.get(name) or (term.zh if term else name)
        en = term.en if term else _OWN_MEANING[name]
        note_en, note_zh = _NOTES.get(name, ("", ""))
        required = needed or (name == "record_no" and trade_mode == "1210")
        is_number = name in ("per_unit1", "per_unit2")
        columns.append(
            TemplateColumn(f"{zh} {name}", required, f"{en}{note_en and f': {note_en}'}", note_zh or zh, is_number)
        )
    return TableTemplate("商品备案 goods", tuple(columns))


def workbook_of(template: TableTemplate, rows: Rows = ()) -> bytes:
    """Return a template as XLSX: the table, and a sheet that explains its columns; filled in with rows, if they are
    given.

    Raises ``SheetError`` without openpyxl.
    """
    book = openpyxl().Workbook()
    _fill_table(book.active, template)
    for row in rows:
        book.active.append(row)
    for cells in book.active.iter_rows(min_row=2):
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a text that begins with an equals sign is no formula
    notes = book.create_sheet("说明 notes")
    notes.append(("列 column", "必填 required", "说明", "meaning"))
    for each in template.columns:
        notes.append((each.heading, "是 yes" if each.required else "", each.zh, each.en))
    for letter, width in zip("ABCD", (32, 14, 60, 80), strict=True):
        notes.column_dimensions[letter].width = width
    return bytes_of(book)


def _fill_table(sheet: Any, template: TableTemplate) -> None:
    """Write the headings; the columns of texts are formatted as text, as far as they are filled in later."""
    sheet.title = template.sheet
    sheet.append(template.headings)
    sheet.freeze_panes = "A2"
    for column, each in zip(sheet.columns, template.columns, strict=True):
        dimension = sheet.column_dimensions[column[0].column_letter]
        dimension.width = max(12, 2 + sum(1 if letter.isascii() else 2 for letter in each.heading))
        if not each.is_number:
            dimension.number_format = "@"
            column[0].number_format = "@"


def csv_of(template: TableTemplate, rows: Rows = ()) -> bytes:
    """Return a template as CSV, its headings alone or with rows, in UTF-8 with a byte order mark, which Excel needs."""
    text = io.StringIO()
    guardedly = ([guarded(each) if isinstance(each, str) else each for each in row] for row in rows)
    csv.writer(text).writerows([template.headings, *guardedly])
    return text.getvalue().encode("utf-8-sig")
