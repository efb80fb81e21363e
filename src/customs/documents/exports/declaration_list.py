"""出口申报清单 export list, CEB603, and CEB604: declares the goods of an order to customs.

Source: unified edition 2022-05, export side.
"""

from typing import Annotated

from customs.documents.base import Document, ExportSubmission, Receipt
from customs.fields import clearance, exports, goods, head, receipts
from customs.fields.record import Record
from customs.fields.terms import Part


class ExportListHead(ExportSubmission):
    """出口申报清单表头 InventoryHead."""

    customs_code: clearance.DistrictCode
    platform_code: exports.PlatformCode
    platform_name: exports.ListPlatformName
    order_no: exports.ListOrderNo
    carrier_code: exports.CarrierCode
    carrier_name: exports.CarrierName
    waybill_no: exports.WaybillNo
    internal_no: exports.InternalNo
    pre_entry_no: receipts.GivenPreEntryNo | None = None
    list_no: exports.ListNo | None = None
    ie_flag: clearance.TradeDirection
    port_code: exports.PortCode
    exit_day: exports.ExitDay
    declaration_kind: exports.DeclarationKind
    declarant_code: exports.DeclarantCode
    declarant_name: exports.DeclarantName
    consignor_code: exports.ConsignorCode
    consignor_name: exports.ConsignorName
    producer_code: exports.ProducerCode
    producer_name: exports.ProducerName
    area_operator_code: exports.AreaOperatorCode | None = None
    area_operator_name: exports.AreaOperatorName | None = None
    account_book_no: clearance.AccountBookNo | None = None
    trade_mode: exports.TradeMode
    transport_mode: clearance.TransportMode
    transport_name: exports.TransportName | None = None
    voyage_no: clearance.VoyageNo | None = None
    bill_no: clearance.BillNo | None = None
    bag_no: exports.BagNo | None = None
    site_code: clearance.SiteCode | None = None
    licence_no: exports.LicenceNo | None = None
    arrival_country: exports.ArrivalCountry
    port_of_destination: exports.PortOfDestination
    freight: clearance.Freight
    freight_currency: exports.FreightCurrency
    freight_flag: exports.FreightFlag
    insured_fee: clearance.ListInsuredFee
    insurance_currency: exports.InsuranceCurrency
    insurance_flag: exports.InsuranceFlag
    wrap_type: clearance.WrapType
    package_count: clearance.PackageCount
    gross_weight: clearance.GrossWeight
    net_weight: clearance.NetWeight
    note: head.Note | None = None


class ExportListLine(Record):
    """出口申报清单表体 InventoryList."""

    gnum: exports.ListGnum
    item_no: exports.ListItemNo
    record_no: goods.RecordNo | None = None
    item_name: goods.ItemName | None = None
    hs_code: goods.HsCode
    goods_name: exports.GoodsName
    model: exports.Model
    bar_code: exports.BarCode
    destination_country: exports.DestinationCountry
    currency: exports.Currency
    qty: goods.Quantity
    legal_qty1: goods.LegalQty1
    legal_qty2: goods.LegalQty2 | None = None
    unit: goods.Unit
    legal_unit1: goods.LegalUnit1
    legal_unit2: exports.ListLegalUnit2 | None = None
    price: goods.Price
    total_price: goods.TotalPrice
    note: head.Note | None = None


class ExportList(Document):
    """出口申报清单 export list, CEB603."""

    message = "CEB603"
    element = "Inventory"
    title = "出口申报清单"
    flow = "export"
    key_fields = ("declarant_code", "internal_no")

    head: Annotated[ExportListHead, Part("InventoryHead", "出口申报清单表头", "Head of the export list")]
    lines: Annotated[
        tuple[ExportListLine, ...], Part("InventoryList", "出口申报清单表体", "Lines of the export list", maximum=100)
    ]


class ExportListReceipt(Receipt):
    """出口申报清单回执 receipt of an export list, CEB604."""

    message = "CEB604"
    element = "InventoryReturn"
    title = "出口申报清单回执"
    flow = "export"
    key_fields = ("declarant_code", "internal_no", "pre_entry_no", "list_no")
    answers = "CEB603"
    finds_by = ("declarant_code", "internal_no")

    guid: head.Guid | None
    declarant_code: exports.DeclarantCode | None
    internal_no: exports.InternalNo | None
    pre_entry_no: receipts.GivenPreEntryNo | None
    list_no: exports.GivenListNo | None
    consignor_code: exports.ConsignorCode | None
    platform_code: exports.PlatformCode | None
    order_no: exports.ReceiptOrderNo | None
    declaration_kind: exports.DeclarationKind | None
    return_status: receipts.ReturnStatus | None
    returned_at: receipts.ReturnedAt | None
    return_info: exports.ListReturnInfo | None
