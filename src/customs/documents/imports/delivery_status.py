"""物流运单状态 delivery status, CEB513, and its receipt, CEB514: the carrier says that the parcel was signed for.

Source: unified edition 2022-05, CEB513Message and CEB514Message.
"""

from customs.documents.base import Document, Receipt, Submission
from customs.fields import clearance, head, parties, receipts


class DeliveryStatus(Document, Submission):
    """物流运单状态 delivery status, CEB513."""

    message = "CEB513"
    element = "LogisticsStatus"
    title = "物流运单状态"
    key_fields = ("carrier_code", "waybill_no", "delivery_status")

    carrier_code: parties.CarrierCode
    carrier_name: parties.CarrierName
    waybill_no: clearance.WaybillNo
    delivery_status: clearance.DeliveryStatus
    delivered_at: clearance.DeliveredAt
    note: head.Note | None = None


class DeliveryStatusReceipt(Receipt):
    """物流运单状态回执 receipt of a delivery status, CEB514."""

    message = "CEB514"
    element = "LogisticsStatusReturn"
    title = "物流运单状态回执"
    key_fields = ("carrier_code", "waybill_no", "delivery_status")
    answers = "CEB513"
    finds_by = ("carrier_code", "waybill_no", "delivery_status")

    guid: head.Guid | None
    carrier_code: parties.CarrierCode | None
    waybill_no: clearance.WaybillNo | None
    delivery_status: clearance.DeliveryStatus | None
    return_status: receipts.ReturnStatus | None
    returned_at: receipts.ReturnedAt | None
    return_info: receipts.ReturnInfo | None
