"""零售出口退货申请单 return of exported goods, CEB213, and CEB214: exported goods come back.

Source: unified edition 2022-05, export side.
"""

from typing import Annotated

from customs.documents.base import Document, ExportSubmission, Receipt
from customs.fields import clearance, exports, goods, head, parties, receipts
from customs.fields.record import Record
from customs.fields.terms import Part


class ExportReturnHead(ExportSubmission):
    """零售出口退货申请单表头 InvtRefundHead."""

    customs_code: clearance.DistrictCode
    site_code: clearance.SiteCode | None = None
    platform_code: exports.PlatformCode
    platform_name: exports.ReturnPlatformName
    merchant_code: exports.ReturnMerchantCode
    merchant_name: exports.ReturnMerchantName
    waybill_no: exports.ReturnWaybillNo
    carrier_code: exports.CarrierCode
    carrier_name: exports.CarrierName
    internal_no: exports.ReturnInternalNo
    pre_entry_no: clearance.PreEntryNo | None = None
    list_no: exports.ReturnedListNo
    trade_mode: exports.ReturnTradeMode | None = None
    declarant_code: exports.DeclarantCode
    declarant_name: exports.DeclarantName
    bill_no: exports.BillNo
    ie_flag: exports.ReturnIeFlag
    transport_mode: exports.ReturnTransportMode
    transport_name: exports.NamedTransport
    port_code: exports.ReturnPortCode
    reason: exports.ReturnReason
    departure_country: exports.ReturnDepartureCountry
    voyage_no: exports.ReturnVoyageNo
    note: exports.ReturnNote | None = None


class ExportReturnLine(Record):
    """零售出口退货申请单表体 InvtRefundList."""

    gnum: exports.ReturnGnum
    hs_code: exports.ReturnHsCode
    goods_name: exports.GoodsName
    model: exports.Model
    qty: goods.Quantity
    legal_qty1: goods.LegalQty1
    unit: goods.Unit
    legal_unit1: goods.LegalUnit1
    legal_qty2: exports.ReturnLegalQty2 | None = None
    legal_unit2: exports.ReturnLegalUnit2 | None = None
    note: exports.ReturnNote | None = None


class ExportReturn(Document):
    """零售出口退货申请单 return of exported goods, CEB213."""

    message = "CEB213"
    element = "InvtRefund"
    title = "零售出口退货申请单"
    flow = "export"
    key_fields = ("declarant_code", "internal_no")

    head: Annotated[
        ExportReturnHead, Part("InvtRefundHead", "零售出口退货申请单表头", "Head of the return of exported goods")
    ]
    lines: Annotated[
        tuple[ExportReturnLine, ...],
        Part("InvtRefundList", "零售出口退货申请单表体", "Lines of the return of exported goods", maximum=100),
    ]


class ExportReturnReceipt(Receipt):
    """零售出口退货申请单回执 receipt of a return, CEB214."""

    message = "CEB214"
    element = "RefundReturn"
    title = "零售出口退货申请单回执"
    flow = "export"
    key_fields = ("declarant_code", "internal_no", "list_no")
    answers = "CEB213"
    finds_by = ("declarant_code", "internal_no")
    of_application = True

    guid: head.Guid | None
    platform_code: parties.PlatformCode | None = None
    merchant_code: parties.MerchantCode | None = None
    declarant_code: exports.DeclarantCode | None
    internal_no: exports.ReceiptInternalNo | None
    pre_entry_no: clearance.PreEntryNo | None = None
    list_no: exports.GivenListNo | None
    return_status: exports.ReturnReceiptStatus | None
    returned_at: receipts.ReturnedAt | None
    return_info: exports.ReturnInfo | None
