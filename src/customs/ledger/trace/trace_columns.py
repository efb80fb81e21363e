"""The columns of the warehouse's tables of lots and codes (溯源表格的列), found by the headings in use.

What Excel does to numbers is undone where it is certain and refused where it is not: a number of more than 15 digits, or one
written as 6.9E+12, has lost digits; a code or batch that is a number may have lost its zeros. Full-width signs are narrowed.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from customs.fields import Term
from customs.fields.moments import china_day, china_time
from customs.fields.terms import Code, Day, Decimals, Moment, Text
from customs.intake.cell_amounts import count
from customs.intake.cell_amounts import quantity as to_quantity
from customs.intake.cell_texts import code_by_name, document, remark, with_zeros
from customs.intake.cell_times import year_first
from customs.intake.cell_values import Unfit, form, narrow
from customs.intake.sheets import Value

#: The headings of each field, in lower case without blanks and underscores.
TRACE_HEADINGS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "code": ("溯源码", "追溯码", "防伪码", "二维码", "标签码", "tracecode", "code", "sncode", "序列号", "sn"),
        "sku": ("货号", "sku", "料号", "商品货号", "商品编码", "goodsno", "cargocode", "gdsmtno", "账册备案料号"),
        "batch": ("批次", "批次号", "生产批次", "批号", "batch", "batchno", "batchcode", "lot", "lotno"),
        "order_no": ("订单编号", "订单号", "交易单号", "orderno", "outbizcode"),
        "waybill_no": ("运单编号", "运单号", "物流单号", "快递单号", "waybillno", "logisticsno", "mailno", "expressno"),
        "line": ("商品序号", "行号", "项号", "gnum", "line", "lineno"),
        "number": ("拣货单号", "出库单号", "流水号", "pickno", "number", "outboundno"),
        "quantity": ("数量", "出库数量", "拣货数量", "实发数量", "qty", "quantity"),
        "at": ("时间", "出库时间", "扫描时间", "发货时间", "at", "outboundtime", "scantime"),
        "state": ("标签状态", "码状态", "溯源码状态", "状态", "state", "status"),
        "ems_no": ("账册编号", "账册号", "emsno", "putrecno"),
        "origin_country": ("原产国", "原产国(地区)", "原产地", "origin", "origincountry"),
        "brand": ("品牌", "brand"),
        "maker": ("生产厂家", "生产企业", "厂家", "maker", "manufacturer"),
        "bond_no": ("核注清单编号", "入区核注清单编号", "核注清单号", "bondinvtno", "bondno"),
        "entry_no": ("进境备案清单编号", "备案清单编号", "报关单号", "报关单编号", "entryno"),
        "port": ("进境口岸", "进口口岸", "port"),
        "arrived_on": ("入区日期", "入库日期", "到货日期", "arrivedon", "indate"),
        "produced_on": ("生产日期", "producedon", "productiondate", "mfd"),
        "expires_on": ("有效期至", "失效日期", "到期日期", "保质期至", "expireson", "expirydate", "exp"),
    }
)

#: The fields that say something of a lot beside its name.
LOT_FACTS = (
    "ems_no", "origin_country", "brand", "maker", "bond_no", "entry_no", "port", "arrived_on", "produced_on", "expires_on",
)  # fmt: skip

#: The states of a label that warehouses write; True for one that must not be on a parcel.
LABEL_STATES: Mapping[str, bool] = MappingProxyType(
    {
        **dict.fromkeys(
            ("", "new", "新", "已贴", "已生成", "tied", "已绑定", "used", "已使用", "已出库", "正常"), False
        ),
        **dict.fromkeys(("void", "作废", "已作废", "损坏", "停用"), True),
    }
)

_TEXT = {
    name: Text(name, TRACE_HEADINGS[name][0], en, minimum=0, maximum=100)
    for name, en in {
        "code": "Trace code", "sku": "Article", "batch": "Batch", "order_no": "Order", "waybill_no": "Waybill",
        "number": "Pick number", "state": "State of the label", "ems_no": "Account book", "brand": "Brand", "maker": "Maker",
        "bond_no": "Bond list", "entry_no": "Entry list", "port": "Port",
    }.items()
}  # fmt: skip
_ORIGIN = Code("origin_country", "原产国", "Country of origin", length=3, listed="countries")
_QUANTITY = Decimals("quantity", "数量", "Quantity")
_AT = Moment("at", "出库时间", "Time")
_DAY = Day("day", "日期", "Day")
_LINE = Text("line", "商品序号", "Line", minimum=1, maximum=4)

#: The terms of the fields that are no texts.
_TERMS: Mapping[str, Term] = MappingProxyType(
    {
        "origin_country": _ORIGIN,
        "quantity": _QUANTITY,
        "at": _AT,
        "line": _LINE,
        **dict.fromkeys(("arrived_on", "produced_on", "expires_on"), _DAY),
    }
)


def field_term(name: str) -> Term:
    """Return the term of a field."""
    return _TERMS.get(name) or _TEXT[name]


def heading_field(heading: str) -> str:
    """Return the field that a heading names, an empty text for one that is not read.

    >>> heading_field("溯源码"), heading_field("Batch_No"), heading_field("货号 sku"), heading_field("收件人")
    ('code', 'batch', 'sku', '')
    """
    plain = narrow(heading).lower().replace("_", "")
    return _FIELDS.get(plain.replace(" ", ""), "") or next(filter(None, map(_FIELDS.get, plain.split())), "")


_FIELDS = {heading: name for name, headings in TRACE_HEADINGS.items() for heading in headings}


def cell_read(name: str, value: Value) -> Any:
    """Return a cell as its field has it, None or an empty text for an empty one, ``Unfit`` for one that cannot be taken."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return _READERS[name](value)


def _number(name: str, convert: Callable[[Value, Term], str | Unfit]) -> Callable[[Value], str | Unfit]:
    term = _TEXT[name]

    def read(value: Value) -> str | Unfit:
        found = convert(_unwrapped(value), term)
        if isinstance(found, Unfit):
            return found
        found = narrow(found)
        return form(found, term) if len(found) > 100 or not found.isprintable() else found

    return read


def _unwrapped(value: Value) -> Value:
    """Return what stands in ``="0012"``, as systems write texts into CSV so that Excel keeps their zeros."""
    text = value.strip() if isinstance(value, str) else ""
    return text[2:-1] if text.startswith('="') and text.endswith('"') else value


def _batch(value: Value, term: Term) -> str | Unfit:
    """Convert a batch; a number that is a day, such as 20260301, has lost nothing."""
    digits = f"{value:.0f}" if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else ""
    if len(digits) == 8 and value == int(digits) and not isinstance(year_first(digits, _DAY), Unfit):
        return digits
    return document(value, term) if isinstance(value, str) else with_zeros(value, term)


def _code(value: Value, term: Term) -> str | Unfit:
    return document(value, term) if isinstance(value, str) else with_zeros(value, term)


def _day(value: Value) -> date | Unfit | None:
    found = year_first(value.date() if isinstance(value, datetime) else value, _DAY)
    return found if isinstance(found, Unfit) else china_day(found) if found else None


def _time(value: Value) -> datetime | Unfit | None:
    found = year_first(value, _AT)
    if isinstance(found, Unfit) and not isinstance(day := _day(value), Unfit) and day:
        return datetime(day.year, day.month, day.day)
    return found if isinstance(found, Unfit) else china_time(found) if found else None


def _pieces(value: Value) -> Decimal | Unfit:
    found = to_quantity(value, _QUANTITY)
    if isinstance(found, Unfit):
        return found
    return Decimal(found) if Decimal(found) > 0 else form(value, _QUANTITY)


def _line(value: Value) -> int | Unfit:
    found = count(value, _LINE)
    return found if isinstance(found, Unfit) or (isinstance(found, int) and 0 < found < 10_000) else form(value, _LINE)


def _state(value: Value) -> bool | Unfit:
    text = narrow(str(value)).strip().lower()
    return LABEL_STATES[text] if text in LABEL_STATES else form(value, _TEXT["state"])


_READERS: Mapping[str, Callable[[Value], Any]] = {
    **{name: _number(name, document) for name in ("order_no", "waybill_no", "number", "sku", "ems_no", "bond_no", "entry_no")},
    **{name: _number(name, remark) for name in ("brand", "maker", "port")},
    "code": _number("code", _code),
    "batch": _number("batch", _batch),
    "origin_country": lambda value: code_by_name(value, _ORIGIN),
    "line": _line,
    "quantity": _pieces,
    "at": _time,
    "state": _state,
    **dict.fromkeys(("arrived_on", "produced_on", "expires_on"), _day),
}  # fmt: skip
