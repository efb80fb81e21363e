"""Fields of the order (订单) and of its goods: amounts in CNY, quantities in the unit named beside them.

Source: unified edition 2022-05, messages 311, 411 and 621.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from customs.codes.named import YUAN
from customs.fields.terms import Code, Count, Decimals, Fixed, Moment, Text

OrderType = Annotated[str, Fixed("orderType", "订单类型", "I, an import order", value="I")]
OrderNo = Annotated[
    str, Text("orderNo", "订单编号", "Number of the order, unique on the platform", minimum=1, maximum=60)
]
GoodsValue = Annotated[Decimal, Decimals("goodsValue", "商品价格", "Value of the goods, what vouchers paid included")]
OrderFreight = Annotated[Decimal, Decimals("freight", "运杂费", "Freight and charges that the buyer pays, 0 if none")]
Discount = Annotated[
    Decimal, Decimals("discount", "非现金抵扣金额", "What points, vouchers and the like paid, 0 if none")
]
TaxTotal = Annotated[Decimal, Decimals("taxTotal", "代扣税款", "Tax collected from the buyer, 0 if none")]
PaidAmount = Annotated[Decimal, Decimals("acturalPaid", "实际支付金额", "goods value + freight + tax - discount")]
Currency = Annotated[str, Fixed("currency", "币制", "142, the yuan, the only one admitted on import", value=YUAN)]
BatchNumbers = Annotated[str, Text("batchNumbers", "商品批次号", "Batch numbers of the goods", minimum=1, maximum=100)]

PaymentNo = Annotated[
    str, Text("payTransactionId", "支付交易编号", "Number of the payment, unique at its company", minimum=1, maximum=60)
]
AmountPaid = Annotated[Decimal, Decimals("amountPaid", "支付金额", "Amount paid, equal to the order's paid amount")]
PaidAt = Annotated[datetime, Moment("payTime", "支付时间", "Time of the payment")]

Gnum = Annotated[int, Count("gnum", "商品序号", "Line number from 1, the same line in order and list")]
ItemNo = Annotated[str, Text("itemNo", "企业商品货号", "Item number (SKU) of the merchant", minimum=1, maximum=30)]
ListItemNo = Annotated[
    str, Text("itemNo", "企业商品货号", "Item number (SKU) of the merchant, shorter on the list", minimum=1, maximum=20)
]
ItemName = Annotated[
    str, Text("itemName", "企业商品名称", "Chinese name of the goods on the platform", minimum=1, maximum=250)
]
Model = Annotated[
    str, Text("gmodel", "商品规格型号", "Brand, specification, ingredients, content and so on", minimum=1, maximum=510)
]
ItemDescription = Annotated[
    str, Text("itemDescribe", "企业商品描述", "Description of the goods on the platform", minimum=1, maximum=1000)
]
BarCode = Annotated[
    str, Text("barCode", "条形码", "Bar code of the product, 无 on the list if it has none", minimum=1, maximum=50)
]
Unit = Annotated[str, Code("unit", "计量单位", "Unit in which the goods are traded", length=3, listed="units")]
Quantity = Annotated[Decimal, Decimals("qty", "数量", "Quantity in the traded unit")]
Price = Annotated[Decimal, Decimals("price", "单价", "Price of one traded unit, 0 for a gift")]
TotalPrice = Annotated[Decimal, Decimals("totalPrice", "总价", "price x quantity")]
OriginCountry = Annotated[str, Code("country", "原产国（地区）", "Country of origin", length=3, listed="countries")]

RecordNo = Annotated[
    str, Text("itemRecordNo", "账册备案料号", "Number of the goods in the account book", minimum=1, maximum=30)
]
HsCode = Annotated[str, Code("gcode", "商品编码", "Commodity code of the tariff, ten digits", length=10)]
GoodsName = Annotated[str, Text("gname", "商品名称", "Name under which the goods are declared", minimum=1, maximum=250)]
TradeCountry = Annotated[
    str, Code("tradeCountry", "贸易国", "Country with which the trade was made", length=3, listed="countries")
]
LegalQty1 = Annotated[
    Decimal, Decimals("qty1", "法定数量", "Quantity in the first statutory unit of the commodity code")
]
LegalUnit1 = Annotated[
    str, Code("unit1", "法定计量单位", "First statutory unit of the commodity code", length=3, listed="units")
]
LegalQty2 = Annotated[Decimal, Decimals("qty2", "第二数量", "Quantity in the second statutory unit, if there is one")]
LegalUnit2 = Annotated[
    str,
    Code(
        "unit2",
        "第二计量单位",
        "Second statutory unit of the commodity code, if there is one",
        length=3,
        listed="units",
    ),
]
