"""撤销申请单 cancellation of an export list, CEB605, and CEB606: takes a declared list back.

Source: unified edition 2022-05, export side.
"""

from customs.documents.base import Document, ExportSubmission, Receipt
from customs.fields import clearance, exports, head, receipts


class ExportCancellation(Document, ExportSubmission):
    """撤销申请单 cancellation of an export list, CEB605."""

    message = "CEB605"
    element = "InvtCancel"
    title = "撤销申请单"
    flow = "export"
    key_fields = ("declarant_code", "internal_no")

    customs_code: clearance.DistrictCode
    internal_no: exports.InternalNo
    pre_entry_no: receipts.GivenPreEntryNo | None = None
    list_no: exports.CancelledListNo
    reason: exports.CancelReason
    declarant_code: exports.DeclarantCode
    declarant_name: exports.DeclarantName
    consignor_code: exports.ConsignorCode
    consignor_name: exports.ConsignorName
    note: head.Note | None = None


class ExportCancellationReceipt(Receipt):
    """撤销申请单回执 receipt of a cancellation, CEB606."""

    message = "CEB606"
    element = "InvtCancelReturn"
    title = "撤销申请单回执"
    flow = "export"
    key_fields = ("declarant_code", "internal_no", "list_no")
    answers = "CEB605"
    finds_by = ("declarant_code", "internal_no")
    of_application = True

    guid: head.Guid | None
    declarant_code: exports.DeclarantCode | None
    internal_no: exports.InternalNo | None
    pre_entry_no: receipts.GivenPreEntryNo | None
    list_no: exports.CancelledListNo | None
    return_status: receipts.ReturnStatus | None
    returned_at: receipts.ReturnedAt | None
    return_info: exports.ReturnInfo | None
