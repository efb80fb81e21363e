"""Headings of goods lists (商品备案表表头), in Chinese and English, and the fields of a goods record that they mean."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from customs.declaration import Line
from customs.fields import terms_of
from customs.fields.resemblance import HEADINGS
from customs.fields.terms import TEXT_NAME
from customs.intake.facts import is_of_each_order

#: The fields of a goods record that are no fields of a line, with their Chinese labels; the template writes both.
OWN_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "sku": "货号",
        "per_unit1": "第一法定数量换算",
        "per_unit2": "第二法定数量换算",
        "net_content": "净含量",
        "account_book_no": "账册编号",
        "state": "备案状态",
        "valid_from": "备案生效日期",
        "valid_until": "备案失效日期",
        "record_price": "备案单价",
    }
)

#: Further headings of goods lists, by the field that they mean.
_ALSO: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sku": ("SKU", "商品货号", "商家编码", "item_no", "itemNo", "企业商品货号"),
        "item_name": ("商品名称", "企业商品名称", "商品中文名称", "品名"),
        "goods_name": ("申报品名", "申报商品名称", "报关品名"),
        "model": ("规格型号", "商品规格型号", "申报要素", "规格"),
        "hs_code": ("商品编码", "HS编码", "HS", "税号", "海关编码", "gcode"),
        "unit": ("计量单位", "成交单位", "申报单位", "单位"),
        "legal_unit1": ("法定计量单位", "法定单位", "第一法定单位", "第一法定计量单位", "法定第一单位"),
        "legal_unit2": ("第二计量单位", "第二法定单位", "第二法定计量单位", "法定第二单位"),
        "per_unit1": ("法定数量换算", "第一换算", "法定换算", "第一法定数量", "单位法定数量"),
        "per_unit2": ("第二换算", "第二法定数量", "第二数量换算"),
        "net_content": ("净含量规格", "净含量"),
        "origin_country": ("原产国", "原产国（地区）", "原产地"),
        "trade_country": ("贸易国", "贸易国（地区）"),
        "bar_code": ("条形码", "条码", "商品条码", "国际条码"),
        "record_no": ("账册备案料号", "备案料号", "账册料号", "备案序号", "料号"),
        "account_book_no": ("账册号", "账册编号", "emsNo"),
        "item_description": ("企业商品描述", "商品描述"),
        "state": ("状态", "备案状态"),
        "valid_from": ("生效日期", "有效期起"),
        "valid_until": ("失效日期", "有效期至", "有效期止", "valid_to"),
        "record_price": ("备案价格", "备案价", "declarePrice"),
    }
)

#: Fields of a line that an order list has, not a goods record.
_OF_ORDERS = frozenset({"price", "gnum", "note"})

#: Fields of a line that a goods record may hold.
LINE_FIELDS = tuple(
    name
    for name in terms_of(Line)
    if not is_of_each_order("line", name) and name not in _OF_ORDERS and name not in ("local",)
)

#: Characters of a heading at most; a longer one means nothing.
_LONGEST_HEADING = 100


def heading_key(heading: str) -> str:
    """Return a heading without what differs between lists: case, blanks, full width, a star that means required."""
    return re.sub(r"[\s*＊:：]+", "", unicodedata.normalize("NFKC", heading)).casefold()


@lru_cache(maxsize=1)
def fields_by_heading() -> Mapping[str, str]:
    """Return the field of each heading that a goods list may have; headings are written by ``heading_key``."""
    found: dict[str, str] = {}
    for name in LINE_FIELDS:
        term = terms_of(Line)[name]
        for each in (name, f"line.{name}", term.wire or name, term.zh, *_ALSO.get(name, ())):
            found.setdefault(heading_key(each), name)
    for name, zh in OWN_LABELS.items():
        for each in (name, zh, *_ALSO.get(name, ())):
            found[heading_key(each)] = name
    for heading, name in HEADINGS.items():
        if name in LINE_FIELDS:
            found.setdefault(heading_key(heading), name)
    for heading in ("商品名称", "品名"):  # the wire's label of goods_name too: the name on the platform is meant
        found[heading_key(heading)] = "item_name"
    return found


def headings_of(name: str) -> tuple[str, ...]:
    """Return the headings that mean a field, as people write them.

    >>> headings_of("net_content")
    ('净含量', '净含量规格')
    """
    term = terms_of(Line).get(name)
    every = (OWN_LABELS.get(name, ""), term.zh if term else "", *_ALSO.get(name, ()), (term.wire or "") if term else "")
    named = dict.fromkeys(each for each in every if each and field_of(each) == name)
    return tuple(each for each in named if each != name)


@lru_cache(maxsize=1024)
def field_of(heading: str) -> str:
    """Return the field of a goods record that a heading means, an empty text for an unknown one.

    >>> field_of("商品编码 hs_code"), field_of("HS编码"), field_of("local.brand"), field_of("颜色")
    ('hs_code', 'hs_code', 'local.brand', '')
    """
    if len(heading) > _LONGEST_HEADING:
        return ""
    known = fields_by_heading()
    if found := known.get(heading_key(heading)):
        return found
    label, _, name = heading.strip().rpartition(" ")
    if label and known.get(heading_key(name)) and known.get(heading_key(label)) in (None, known[heading_key(name)]):
        return known[heading_key(name)]
    local = re.fullmatch(rf"(?:.*\s)?(?:line\.)?(local\.{TEXT_NAME})", heading.strip())
    return local[1] if local else ""
