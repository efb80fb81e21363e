"""物流运单 export waybill, CEB505, and CEB506: which parcel leaves the country.

Source: unified edition 2022-05, export side.
"""

from customs.documents.base import Document, ExportSubmission, Receipt
from customs.fields import clearance, exports, head, parties, receipts


class ExportWaybill(Document, ExportSubmission):
    """物流运单 export waybill, CEB505."""

    message = "CEB505"
    element = "Logistics"
    title = "物流运单"
    flow = "export"
    key_fields = ("carrier_code", "waybill_no")

    carrier_code: exports.CarrierCode
    carrier_name: exports.CarrierName
    waybill_no: exports.WaybillNo
    freight: clearance.Freight
    insured_fee: clearance.InsuredFee
    currency: exports.Currency
    gross_weight: clearance.GrossWeight
    package_count: clearance.PackageCount
    goods_info: exports.GoodsInfo
    merchant_code: parties.MerchantCode | None = None
    merchant_name: parties.MerchantName | None = None
    merchant_telephone: exports.MerchantTelephone | None = None
    note: head.Note | None = None


class ExportWaybillReceipt(Receipt):
    """物流运单回执 receipt of an export waybill, CEB506."""

    message = "CEB506"
    element = "LogisticsReturn"
    title = "物流运单回执"
    flow = "export"
    key_fields = ("carrier_code", "waybill_no")
    answers = "CEB505"
    finds_by = ("carrier_code", "waybill_no")

    guid: head.Guid | None
    carrier_code: exports.CarrierCode | None
    waybill_no: exports.WaybillNo | None
    return_status: receipts.ReturnStatus | None
    returned_at: receipts.ReturnedAt | None
    return_info: exports.ReturnInfo | None
