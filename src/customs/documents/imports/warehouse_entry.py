"""入库明细单 warehouse entry, CEB711, and its receipt, CEB712: which parcels of a crossing reached the supervised site.

Sent and signed by the site's operator, for direct purchase (9610). Source: unified edition 2022-05, CEB711Message and
CEB712Message.
"""

from typing import Annotated

from customs.documents.base import Document, Receipt, Submission
from customs.fields import clearance, goods, head, parties, receipts
from customs.fields.record import Record
from customs.fields.terms import Part


class WarehouseEntryHead(Submission):
    """入库明细单表头 DeliveryHead."""

    customs_code: clearance.DistrictCode
    internal_no: clearance.InternalNo | None = None
    pre_entry_no: clearance.PreEntryNo | None = None
    warehouse_entry_no: clearance.WarehouseEntryNo | None = None
    site_operator_code: clearance.SiteOperatorCode
    site_operator_name: clearance.SiteOperatorName
    ie_flag: clearance.TradeDirection
    transport_mode: clearance.TransportMode
    transport_no: clearance.TransportNo
    voyage_no: clearance.VoyageNo
    bill_no: clearance.BillNo
    carrier_code: parties.CarrierCode
    carrier_name: parties.CarrierName
    unload_location: clearance.UnloadLocation | None = None
    note: head.Note | None = None


class WarehouseEntryLine(Record):
    """入库明细单表体 DeliveryList: one parcel."""

    gnum: goods.Gnum
    waybill_no: clearance.WaybillNo
    note: head.Note | None = None


class WarehouseEntry(Document):
    """入库明细单 warehouse entry, CEB711; one in a message, with any number of parcels."""

    message = "CEB711"
    element = "Delivery"
    title = "入库明细单"
    must_be_signed = True
    most = 1
    key_fields = ("site_operator_code", "internal_no")

    head: Annotated[WarehouseEntryHead, Part("DeliveryHead", "入库明细单表头", "Head of the warehouse entry")]
    lines: Annotated[
        tuple[WarehouseEntryLine, ...], Part("DeliveryList", "入库明细单表体", "The parcels entered", maximum=None)
    ]


class WarehouseEntryReceipt(Receipt):
    """入库明细单回执 receipt of a warehouse entry, CEB712."""

    message = "CEB712"
    element = "DeliveryReturn"
    title = "入库明细单回执"
    key_fields = ("site_operator_code", "internal_no", "pre_entry_no", "warehouse_entry_no")
    answers = "CEB711"
    finds_by = ("site_operator_code", "internal_no")

    guid: head.Guid | None
    customs_code: clearance.DistrictCode | None = None
    site_operator_code: clearance.SiteOperatorCode | None = None
    internal_no: clearance.InternalNo | None = None
    pre_entry_no: clearance.PreEntryNo | None = None
    warehouse_entry_no: clearance.WarehouseEntryNo | None = None
    return_status: receipts.ReturnStatus | None
    returned_at: receipts.ReturnedAt | None
    return_info: receipts.ReturnInfo | None
