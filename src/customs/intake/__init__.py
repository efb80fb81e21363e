"""Intake (接单): from an order list, goods records and the enterprise file to declarations, and reasons back to the cell.

Nothing here stores, sends or reads a clock. A sheet is read (``read_sheet``), its headings are recognised
(``columns_of``), its rows are gathered into orders (``gather``), and each order is composed with the goods records and
a profile of the enterprise (``compose``). A value has one source, or its sources agree; where a value came from is
known for each, so that a finding leads back to sheet, row and column.

``orders_in`` walks the whole way:

>>> from datetime import date
>>> from decimal import Decimal
>>> from customs.intake.goods import GoodsRecord
>>> from customs.intake.profile import Profile
>>> from customs.intake.sheets import Sheet, SheetRow
>>> goods = {"MILK-3": GoodsRecord(sku="MILK-3", per_unit1=Decimal("0.8"), facts={
...     "item_name": "婴儿配方奶粉 3段", "model": "示例牌|800克/罐", "unit": "122", "hs_code": "1901101090",
...     "legal_unit1": "035", "origin_country": "609"})}
>>> profile = Profile(name="9610", values={"clearance.trade_mode": "9610", "clearance.customs_code": "2910"})
>>> orders = [{"订单号": "EX-1", "SKU": "MILK-3", "数量": 2, "单价": "199", "姓名": "贾宝玉"}]
>>> sheet = Sheet(file="orders", kind="json", headings=tuple(orders[0]),
...     rows=(SheetRow(at, tuple(each.values())) for at, each in enumerate(orders, 1)))
>>> for composed in orders_in(sheet, goods=goods.get, profiles=[profile], on=date(2026, 11, 11)):
...     line = composed.given["order"]["lines"][0]
...     print(composed.order_no, line["qty"], line["price"], line["legal_qty1"], composed.findings)
EX-1 2 199.00 1.6 ()
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from customs.intake.columns import (
        Columns,
        ColumnsError,
        OwnColumn,
        SheetColumn,
        UnknownHeading,
        columns_of,
        known_headings,
    )
    from customs.intake.composing import Composed, Intake, OrderList, compose, orders_in
    from customs.intake.converters import CONVERTERS
    from customs.intake.enterprise import Enterprise, UnknownShopError, load_enterprise
    from customs.intake.gathering import Gathered, OrderRows, gather
    from customs.intake.goods import FindGoods, GoodsRecord, GoodsRecords, goods_by, goods_by_query, goods_of_rows
    from customs.intake.goods_check import GoodsFinding, check_goods
    from customs.intake.goods_sheets import goods_in
    from customs.intake.problems import EnterpriseError, GoodsError
    from customs.intake.profile import Profile
    from customs.intake.sheets import Odd, Sheet, SheetRow
    from customs.intake.spots import Spot
else:
    _PLACES = {
        **dict.fromkeys(
            ("Columns", "ColumnsError", "OwnColumn", "SheetColumn", "UnknownHeading", "columns_of", "known_headings"),
            "columns",
        ),
        **dict.fromkeys(("Composed", "Intake", "OrderList", "compose", "orders_in"), "composing"),
        **dict.fromkeys(("Gathered", "OrderRows", "gather"), "gathering"),
        **dict.fromkeys(("Enterprise", "UnknownShopError", "load_enterprise"), "enterprise"),
        **dict.fromkeys(("EnterpriseError", "GoodsError"), "problems"),
        **dict.fromkeys(
            ("FindGoods", "GoodsRecord", "GoodsRecords", "goods_by", "goods_by_query", "goods_of_rows"), "goods"
        ),
        **dict.fromkeys(("GoodsFinding", "check_goods"), "goods_check"),
        **dict.fromkeys(("Odd", "Sheet", "SheetRow"), "sheets"),
        "CONVERTERS": "converters",
        "Profile": "profile",
        "goods_in": "goods_sheets",
        "Spot": "spots",
    }

    def __getattr__(name):
        """A name of the room, from its module, which is loaded when first asked for."""
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
        return value

    def __dir__():
        return sorted({*globals(), *_PLACES})


__all__ = [
    "CONVERTERS",
    "Columns",
    "ColumnsError",
    "Composed",
    "Enterprise",
    "EnterpriseError",
    "FindGoods",
    "Gathered",
    "GoodsError",
    "GoodsFinding",
    "GoodsRecord",
    "GoodsRecords",
    "Intake",
    "Odd",
    "OrderList",
    "OrderRows",
    "OwnColumn",
    "Profile",
    "Sheet",
    "SheetColumn",
    "SheetRow",
    "Spot",
    "UnknownHeading",
    "UnknownShopError",
    "check_goods",
    "columns_of",
    "compose",
    "gather",
    "goods_by",
    "goods_by_query",
    "goods_in",
    "goods_of_rows",
    "known_headings",
    "load_enterprise",
    "orders_in",
]
