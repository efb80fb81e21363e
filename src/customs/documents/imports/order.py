"""电子订单 order, CEB311, and its receipt, CEB312: what was bought, by whom, for how much. Sent by the platform or the
merchant.

Source: unified edition 2022-05, CEB311Message and CEB312Message.
"""

from typing import Annotated

from customs.codes.named import YUAN
from customs.documents.base import Document, Receipt, Submission
from customs.fields import goods, head, parties, people, receipts
from customs.fields.record import Record
from customs.fields.terms import Part


class OrderHead(Submission):
    """订单表头 OrderHead."""

    order_type: goods.OrderType = "I"
    order_no: goods.OrderNo
    platform_code: parties.PlatformCode
    platform_name: parties.PlatformName
    merchant_code: parties.MerchantCode
    merchant_name: parties.MerchantName
    goods_value: goods.GoodsValue
    freight: goods.OrderFreight
    discount: goods.Discount
    tax_total: goods.TaxTotal
    paid_amount: goods.PaidAmount
    currency: goods.Currency = YUAN
    buyer_reg_no: people.BuyerRegNo
    buyer_name: people.BuyerName
    buyer_telephone: people.BuyerTelephone
    buyer_id_type: people.BuyerIdType
    buyer_id_number: people.BuyerIdNumber
    payment_company_code: parties.PaymentCompanyCode | None = None
    payment_company_name: parties.PaymentCompanyName | None = None
    payment_no: goods.PaymentNo | None = None
    batch_numbers: goods.BatchNumbers | None = None
    consignee: people.Consignee
    consignee_telephone: people.ConsigneeTelephone
    consignee_address: people.ConsigneeAddress
    consignee_district: people.ConsigneeDistrict | None = None
    note: head.Note | None = None


class OrderLine(Record):
    """订单表体 OrderList: one line of goods."""

    gnum: goods.Gnum
    item_no: goods.ItemNo | None = None
    item_name: goods.ItemName
    model: goods.Model
    item_description: goods.ItemDescription | None = None
    bar_code: goods.BarCode | None = None
    unit: goods.Unit
    qty: goods.Quantity
    price: goods.Price
    total_price: goods.TotalPrice
    currency: goods.Currency = YUAN
    origin_country: goods.OriginCountry
    note: head.Note | None = None


class Order(Document):
    """电子订单 order, CEB311."""

    message = "CEB311"
    element = "Order"
    title = "电子订单"
    key_fields = ("platform_code", "order_no")

    head: Annotated[OrderHead, Part("OrderHead", "订单表头", "Head of the order")]
    lines: Annotated[tuple[OrderLine, ...], Part("OrderList", "订单表体", "Lines of the order", maximum=99)]


class OrderReceipt(Receipt):
    """电子订单回执 receipt of an order, CEB312."""

    message = "CEB312"
    element = "OrderReturn"
    title = "电子订单回执"
    key_fields = ("platform_code", "merchant_code", "order_no")
    answers = "CEB311"
    finds_by = ("platform_code", "order_no")

    guid: head.Guid | None
    platform_code: parties.PlatformCode | None
    merchant_code: parties.MerchantCode | None
    order_no: goods.OrderNo | None
    return_status: receipts.ReturnStatus | None
    returned_at: receipts.ReturnedAt | None
    return_info: receipts.ReturnInfo | None
