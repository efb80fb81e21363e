"""物流运单 waybill, CEB511, and its receipt, CEB512: which parcel goes to whom. Sent by the carrier.

Source: unified edition 2022-05, CEB511Message and CEB512Message. The order number is missing in its field table, but
mandatory in both schemas and present in the sample.
"""

from typing import Annotated

from customs.codes.named import YUAN
from customs.documents.base import Document, Receipt, Submission
from customs.fields import clearance, goods, head, parties, people, receipts
from customs.fields.terms import Part


class WaybillHead(Submission):
    """物流运单表头 LogisticsHead."""

    carrier_code: parties.CarrierCode
    carrier_name: parties.CarrierName
    waybill_no: clearance.WaybillNo
    bill_no: clearance.BillNo | None = None
    order_no: goods.OrderNo
    freight: clearance.Freight | None = None
    insured_fee: clearance.InsuredFee | None = None
    currency: goods.Currency = YUAN
    gross_weight: clearance.Weight
    package_count: clearance.PackageCount
    goods_info: clearance.GoodsInfo | None = None
    consignee: people.Consignee
    consignee_address: people.ConsigneeAddress
    consignee_telephone: people.ConsigneeTelephone
    note: head.Note | None = None


class Waybill(Document):
    """物流运单 waybill, CEB511."""

    message = "CEB511"
    element = "Logistics"
    title = "物流运单"
    key_fields = ("carrier_code", "waybill_no")

    head: Annotated[WaybillHead, Part("LogisticsHead", "物流运单表头", "Head of the waybill")]


class WaybillReceipt(Receipt):
    """物流运单回执 receipt of a waybill, CEB512."""

    message = "CEB512"
    element = "LogisticsReturn"
    title = "物流运单回执"
    key_fields = ("carrier_code", "waybill_no")
    answers = "CEB511"
    finds_by = ("carrier_code", "waybill_no")

    guid: head.Guid | None
    carrier_code: parties.CarrierCode | None
    waybill_no: clearance.WaybillNo | None
    return_status: receipts.ReturnStatus | None
    returned_at: receipts.ReturnedAt | None
    return_info: receipts.ReturnInfo | None
