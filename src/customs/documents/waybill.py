"""物流运单 waybill, CEB511: which parcel goes to whom. Sent and signed by the carrier.

Source: unified edition 2022-05, CEB511Message. The order number is missing in its field table, but mandatory in both
schemas and present in the sample.
"""

from typing import Annotated

from customs.documents.base import Document
from customs.fields import clearance, goods, head, parties, people
from customs.fields.base import Part, Record


class WaybillHead(Record):
    """物流运单表头 LogisticsHead."""

    guid: head.Guid
    app_type: head.AppType
    app_time: head.AppTime
    app_status: head.AppStatus
    carrier_code: parties.CarrierCode
    carrier_name: parties.CarrierName
    waybill_no: clearance.WaybillNo
    bill_no: clearance.BillNo | None = None
    order_no: goods.OrderNo
    freight: clearance.Freight | None = None
    insured_fee: clearance.InsuredFee | None = None
    currency: goods.Currency = "142"
    gross_weight: clearance.Weight
    package_count: clearance.PackageCount
    goods_info: clearance.GoodsInfo | None = None
    consignee: people.Consignee
    consignee_address: people.ConsigneeAddress
    consignee_telephone: people.ConsigneeTelephone
    note: head.Note | None = None


class Waybill(Document):
    """物流运单 waybill, CEB511."""

    message = "CEB511"
    element = "Logistics"
    title = "物流运单"

    head: Annotated[WaybillHead, Part("LogisticsHead", "物流运单表头", "Head of the waybill")]

    @property
    def key(self) -> tuple[str, ...]:
        return self.head.carrier_code, self.head.waybill_no
