"""清单总分单 master and house list, CEB607, and CEB608: the lists that travel under one bill of lading.

Source: unified edition 2022-05, export side.
"""

from typing import Annotated

from customs.documents.base import Document, ExportSubmission, Receipt
from customs.fields import clearance, exports, head, receipts
from customs.fields.record import Record
from customs.fields.terms import Part


class ExportMasterHouseListHead(ExportSubmission):
    """清单总分单表头 WayBillHead."""

    customs_code: clearance.DistrictCode
    internal_no: exports.InternalNo
    pre_entry_no: receipts.GivenPreEntryNo | None = None
    declarant_code: exports.DeclarantCode
    declarant_name: exports.DeclarantName
    site_code: clearance.SiteCode | None = None
    transport_mode: clearance.TransportMode
    transport_name: exports.NamedTransport
    voyage_no: exports.GivenVoyageNo
    bill_no: exports.BillNo
    domestic_transport_no: exports.OnwardTransportNo | None = None
    gross_weight: clearance.GrossWeight
    carrier_code: exports.CarrierCode
    carrier_name: exports.CarrierName
    message_count: exports.MessageCount
    message_no: exports.MessageNo
    note: head.Note | None = None


class ExportMasterHouseListLine(Record):
    """清单总分单表体 WayBillList."""

    gnum: exports.Gnum
    bag_no: exports.HouseBagNo | None = None
    waybill_no: exports.WaybillNo
    list_no: exports.HouseListNo | None = None
    note: head.Note | None = None


class ExportMasterHouseList(Document):
    """清单总分单 master and house list, CEB607."""

    message = "CEB607"
    element = "WayBill"
    title = "清单总分单"
    flow = "export"
    key_fields = ("declarant_code", "internal_no", "message_no")

    head: Annotated[
        ExportMasterHouseListHead, Part("WayBillHead", "清单总分单表头", "Head of the master and house list")
    ]
    lines: Annotated[
        tuple[ExportMasterHouseListLine, ...],
        Part("WayBillList", "清单总分单表体", "Lines of the master and house list", maximum=None),
    ]


class ExportMasterHouseListReceipt(Receipt):
    """清单总分单回执 receipt of a master and house list, CEB608."""

    message = "CEB608"
    element = "WayBillReturn"
    title = "清单总分单回执"
    flow = "export"
    key_fields = ("declarant_code", "internal_no", "message_no")
    answers = "CEB607"
    finds_by = ("declarant_code", "internal_no", "message_no")

    guid: head.Guid | None
    declarant_code: exports.DeclarantCode | None
    carrier_code: exports.CarrierCode | None
    internal_no: exports.InternalNo | None
    pre_entry_no: receipts.GivenPreEntryNo | None
    bill_no: exports.BillNo | None
    message_no: exports.MessageNo | None
    return_status: receipts.ReturnStatus | None
    returned_at: receipts.ReturnedAt | None
    return_info: exports.ReturnInfo | None
