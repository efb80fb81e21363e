"""出口退运理货明细单 tally of returned exports, CEB215, and CEB216: which returned parcels reached the supervised site.

Source: unified edition 2022-05, export side.
"""

from customs.documents.base import Document, ExportSubmission, Receipt
from customs.fields import clearance, exports, head, receipts


class ExportReturnTally(Document, ExportSubmission):
    """出口退运理货明细单 tally of returned exports, CEB215."""

    message = "CEB215"
    element = "InvtRefundDetail"
    title = "出口退运理货明细单"
    flow = "export"
    key_fields = ("site_operator_code", "internal_no")

    customs_code: clearance.DistrictCode
    site_operator_code: exports.SiteOperatorCode
    site_operator_name: exports.SiteOperatorName
    carrier_code: exports.CarrierCode
    carrier_name: exports.CarrierName
    waybill_no: exports.TallyWaybillNo
    list_no: exports.TalliedListNo | None = None
    internal_no: exports.TallyInternalNo
    pre_entry_no: clearance.PreEntryNo | None = None
    bill_no: exports.BillNo
    ie_flag: exports.TallyIeFlag
    transport_mode: clearance.TransportMode
    transport_name: exports.NamedTransport
    voyage_no: exports.ReturnVoyageNo
    storage_location: exports.StorageLocation | None = None
    note: exports.TallyNote | None = None


class ExportReturnTallyReceipt(Receipt):
    """出口退运理货明细单回执 receipt of a tally, CEB216."""

    message = "CEB216"
    element = "InvtRefundDetailReturn"
    title = "出口退运理货明细单回执"
    flow = "export"
    key_fields = ("site_operator_code", "internal_no")
    answers = "CEB215"
    finds_by = ("site_operator_code", "internal_no")

    guid: head.Guid | None
    site_operator_code: exports.SiteOperatorCode | None
    carrier_code: exports.CarrierCode | None
    waybill_no: exports.TallyWaybillNo | None
    internal_no: exports.ReceiptInternalNo | None
    pre_entry_no: clearance.PreEntryNo | None = None
    return_status: exports.ReturnReceiptStatus | None
    returned_at: receipts.ReturnedAt | None
    return_info: exports.ReturnInfo | None
