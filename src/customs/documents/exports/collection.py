"""收款单 collection, CEB403, and CEB404: the money that the enterprise received for an order.

Source: unified edition 2022-05, export side.
"""

from customs.documents.base import Document, ExportSubmission, Receipt
from customs.fields import exports, head, parties, receipts


class ExportCollection(Document, ExportSubmission):
    """收款单 collection, CEB403."""

    message = "CEB403"
    element = "Receipts"
    title = "收款单"
    flow = "export"
    key_fields = ("merchant_code", "order_no", "payment_no")

    platform_code: exports.PlatformCode
    platform_name: exports.PlatformName
    merchant_code: exports.MerchantCode
    merchant_name: exports.MerchantName
    order_no: exports.OrderNo
    payment_company_code: parties.PaymentCompanyCode | None = None
    payment_company_name: exports.PaymentCompanyName
    payment_no: exports.PaymentNo | None = None
    amount_received: exports.AmountReceived
    currency: exports.Currency
    credited_at: exports.CreditedAt
    note: head.Note | None = None


class ExportCollectionReceipt(Receipt):
    """收款单回执 receipt of a collection, CEB404."""

    message = "CEB404"
    element = "ReceiptsReturn"
    title = "收款单回执"
    flow = "export"
    key_fields = ("merchant_code", "order_no", "payment_no")
    answers = "CEB403"
    finds_by = ("merchant_code", "order_no", "payment_no")

    guid: head.Guid | None
    merchant_code: exports.MerchantCode | None
    order_no: exports.OrderNo | None
    payment_no: exports.PaymentNo | None = None
    return_status: receipts.ReturnStatus | None
    returned_at: receipts.ReturnedAt | None
    return_info: exports.ReturnInfo | None
