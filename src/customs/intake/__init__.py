"""Intake (接单): from an order list, goods records and the enterprise file to declarations, and reasons back to the cell.

Nothing here stores, sends or reads a clock. A sheet is read (``read_sheet``), its headings are recognised
(``columns_of``), its rows are gathered into orders (``gather``), and each order is composed with the goods records and
a profile of the enterprise (``compose``). A value has one source, or its sources agree; where a value came from is
known for each, so that a finding leads back to sheet, row and column.

``orders_in`` walks the whole way, from a file (``read_sheet``) or from mappings as a shop system has them:

>>> from datetime import date
>>> from decimal import Decimal
>>> from customs.intake import GoodsRecord, Profile, orders_in, sheet_of_mappings
>>> from customs.rules import read_declaration
>>> from customs.testing import sample_parcels
>>> facts = {"item_name": "婴儿配方奶粉 3段", "model": "示例牌|800克/罐", "unit": "122", "hs_code": "1901101090", "legal_unit1": "035"}
>>> record = GoodsRecord(sku="MILK-3", facts={**facts, "origin_country": "609"}, per_unit1=Decimal("0.8"))
>>> parties = next(sample_parcels(1, seed=7, mode="9610")).parties.model_dump()
>>> clearance = {"trade_mode": "9610", "customs_code": "2910", "port_code": "2910", "transport_mode": "5"}
>>> values = {f"parties.{name}": value for name, value in parties.items() if value}
>>> profile = Profile(name="9610", values=values | {f"clearance.{name}": value for name, value in clearance.items()})
>>> order = {"订单号": "EX-1", "姓名": "贾宝玉", "身份证号": "110101180001010010", "手机号": "10000000001", "买家账号": "u1",
...     "收件人": "林黛玉", "收件人电话": "10000000002", "收件地址": "北京市朝阳区虚构路 1 号", "支付单号": "PAY-1",
...     "付款人": "贾宝玉", "支付人证件号码": "110101180001010010", "付款时间": "2026-11-11 00:55:12", "运单号": "SF-1",
...     "重量": "1.9", "商品": [{"SKU": "MILK-3", "数量": 2, "单价": "199"}]}
>>> for composed in orders_in(sheet_of_mappings([order]), goods={"MILK-3": record}.get, profiles=[profile], on=date(2026, 11, 11)):
...     declaration, findings = read_declaration(composed.given)
...     print(composed.findings, findings, declaration.order.order_no, declaration.order.lines[0].legal_qty1)
() [] EX-1 1.6
>>> composed.spot_of("payment.paid_at").en
'orders, row 1, column 12 (付款时间)'
"""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

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
    from customs.intake.json_orders import sheet_of_mappings
    from customs.intake.problems import EnterpriseError, GoodsError
    from customs.intake.profile import Profile
    from customs.intake.reading import read_sheet
    from customs.intake.sheets import Odd, Sheet, SheetError, SheetRow
    from customs.intake.spots import Spot
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "columns": "Columns ColumnsError OwnColumn SheetColumn UnknownHeading columns_of known_headings",
            "composing": "Composed Intake OrderList compose orders_in",
            "converters": "CONVERTERS",
            "enterprise": "Enterprise UnknownShopError load_enterprise",
            "gathering": "Gathered OrderRows gather",
            "goods": "FindGoods GoodsRecord GoodsRecords goods_by goods_by_query goods_of_rows",
            "goods_check": "GoodsFinding check_goods",
            "goods_sheets": "goods_in",
            "json_orders": "sheet_of_mappings",
            "problems": "EnterpriseError GoodsError",
            "profile": "Profile",
            "reading": "read_sheet",
            "sheets": "Odd Sheet SheetError SheetRow",
            "spots": "Spot",
        },
    )


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
    "SheetError",
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
    "read_sheet",
    "sheet_of_mappings",
]
