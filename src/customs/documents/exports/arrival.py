"""运抵单 arrival, CEB507, and CEB508: which parcels reached the supervised site before export.

Source: unified edition 2022-05, export side.
"""

from typing import Annotated

from customs.documents.base import Document, ExportSubmission, Receipt
from customs.fields import clearance, exports, head, receipts
from customs.fields.record import Record
from customs.fields.terms import Part


class ExportArrivalHead(ExportSubmission):
    """运抵单表头 ArrivalHead."""

    customs_code: clearance.DistrictCode
    internal_no: exports.InternalNo
    pre_entry_no: receipts.GivenPreEntryNo | None = None
    site_operator_code: exports.SiteOperatorCode
    site_operator_name: exports.SiteOperatorName
    site_code: clearance.SiteCode | None = None
    ie_flag: clearance.TradeDirection
    transport_mode: clearance.TransportMode
    bill_no: clearance.BillNo | None = None
    domestic_transport_no: exports.DomesticTransportNo
    carrier_code: exports.CarrierCode
    carrier_name: exports.CarrierName
    message_count: exports.MessageCount
    message_no: exports.MessageNo
    note: head.Note | None = None


class ExportArrivalLine(Record):
    """运抵单表体 ArrivalList."""

    gnum: exports.Gnum
    waybill_no: exports.WaybillNo
    bag_no: exports.BagNo | None = None
    note: head.Note | None = None


class ExportArrival(Document):
    """运抵单 arrival, CEB507."""

    message = "CEB507"
    element = "Arrival"
    title = "运抵单"
    flow = "export"
    key_fields = ("site_operator_code", "internal_no", "message_no")

    head: Annotated[ExportArrivalHead, Part("ArrivalHead", "运抵单表头", "Head of the arrival")]
    lines: Annotated[
        tuple[ExportArrivalLine, ...],
        Part("ArrivalList", "运抵单表体", "Lines of the arrival", minimum=0, maximum=None),
    ] = ()


class ExportArrivalReceipt(Receipt):
    """运抵单回执 receipt of an arrival, CEB508."""

    message = "CEB508"
    element = "ArrivalReturn"
    title = "运抵单回执"
    flow = "export"
    key_fields = ("site_operator_code", "internal_no", "message_no")
    answers = "CEB507"
    finds_by = ("site_operator_code", "internal_no", "message_no")

    guid: head.Guid | None
    site_operator_code: exports.SiteOperatorCode | None
    carrier_code: exports.CarrierCode | None
    pre_entry_no: receipts.GivenPreEntryNo | None
    internal_no: exports.InternalNo | None
    bill_no: exports.BillNo | None
    message_no: exports.MessageNo | None
    return_status: receipts.ReturnStatus | None
    returned_at: receipts.ReturnedAt | None
    return_info: exports.ReturnInfo | None
