"""电子订单 export order, CEB303, and CEB304: what was sold abroad, or booked for an overseas warehouse.

Source: unified edition 2022-05, export side.
"""

from typing import Annotated

from customs.documents.base import Document, ExportSubmission, Receipt
from customs.fields import exports, goods, head, receipts
from customs.fields.record import Record
from customs.fields.terms import Part


class ExportOrderHead(ExportSubmission):
    """电子订单表头 OrderHead."""

    order_type: exports.OrderType
    order_no: exports.OrderNo
    platform_code: exports.PlatformCode
    platform_name: exports.PlatformName
    merchant_code: exports.MerchantCode
    merchant_name: exports.MerchantName
    goods_value: exports.GoodsValue
    freight: goods.OrderFreight
    currency: exports.Currency
    note: head.Note | None = None


class ExportOrderLine(Record):
    """电子订单表体 OrderList."""

    gnum: exports.Gnum
    item_no: exports.ItemNo
    item_name: exports.ItemName
    item_description: goods.ItemDescription | None = None
    bar_code: goods.BarCode | None = None
    unit: goods.Unit
    currency: exports.Currency
    qty: goods.Quantity
    price: goods.Price
    total_price: goods.TotalPrice
    note: head.Note | None = None


class ExportOrder(Document):
    """电子订单 export order, CEB303."""

    message = "CEB303"
    element = "Order"
    title = "电子订单"
    flow = "export"
    key_fields = ("platform_code", "order_no")

    head: Annotated[ExportOrderHead, Part("OrderHead", "电子订单表头", "Head of the export order")]
    lines: Annotated[
        tuple[ExportOrderLine, ...], Part("OrderList", "电子订单表体", "Lines of the export order", maximum=100)
    ]


class ExportOrderReceipt(Receipt):
    """电子订单回执 receipt of an export order, CEB304."""

    message = "CEB304"
    element = "OrderReturn"
    title = "电子订单回执"
    flow = "export"
    key_fields = ("platform_code", "merchant_code", "order_no")
    answers = "CEB303"
    finds_by = ("platform_code", "order_no")

    guid: head.Guid | None
    platform_code: exports.PlatformCode | None
    merchant_code: exports.MerchantCode | None
    order_no: exports.OrderNo | None
    return_status: receipts.ReturnStatus | None
    returned_at: receipts.ReturnedAt | None
    return_info: exports.ReturnInfo | None
