"""离境单 departure, CEB509, and CEB510: which parcels left the country, on which transport.

Source: unified edition 2022-05, export side.
"""

from typing import Annotated

from customs.documents.base import Document, ExportSubmission, Receipt
from customs.fields import clearance, exports, head, receipts
from customs.fields.record import Record
from customs.fields.terms import Part


class ExportDepartureHead(ExportSubmission):
    """离境单表头 DepartureHead."""

    customs_code: clearance.DistrictCode
    internal_no: exports.InternalNo
    pre_entry_no: receipts.GivenPreEntryNo | None = None
    carrier_code: exports.CarrierCode
    carrier_name: exports.CarrierName
    transport_mode: clearance.TransportMode
    transport_name: exports.TransportName | None = None
    voyage_no: clearance.VoyageNo | None = None
    bill_no: clearance.BillNo | None = None
    left_at: exports.LeftAt
    message_count: exports.MessageCount
    message_no: exports.MessageNo
    note: head.Note | None = None


class ExportDepartureLine(Record):
    """离境单表体 DepartureList."""

    gnum: exports.Gnum
    bag_no: exports.BagNo | None = None
    waybill_no: exports.WaybillNo
    note: head.Note | None = None


class ExportDeparture(Document):
    """离境单 departure, CEB509."""

    message = "CEB509"
    element = "Departure"
    title = "离境单"
    flow = "export"
    key_fields = ("carrier_code", "internal_no", "message_no")

    head: Annotated[ExportDepartureHead, Part("DepartureHead", "离境单表头", "Head of the departure")]
    lines: Annotated[
        tuple[ExportDepartureLine, ...], Part("DepartureList", "离境单表体", "Lines of the departure", maximum=None)
    ]


class ExportDepartureReceipt(Receipt):
    """离境单回执 receipt of a departure, CEB510."""

    message = "CEB510"
    element = "DepartureReturn"
    title = "离境单回执"
    flow = "export"
    key_fields = ("carrier_code", "internal_no", "message_no")
    answers = "CEB509"
    finds_by = ("carrier_code", "internal_no", "message_no")

    guid: head.Guid | None
    carrier_code: exports.CarrierCode | None
    internal_no: exports.InternalNo | None
    pre_entry_no: receipts.GivenPreEntryNo | None
    message_no: exports.MessageNo | None
    return_status: receipts.ReturnStatus | None
    returned_at: receipts.ReturnedAt | None
    return_info: exports.ReturnInfo | None
