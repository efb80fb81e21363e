"""进口清单 declaration list, CEB621, and its receipt, CEB622: joins the three documents and declares the goods.

Signed by the declarant.

Source: unified edition 2022-05, CEB621Message and CEB622Message.
"""

from typing import Annotated

from customs.codes.named import YUAN
from customs.documents.base import Document, Receipt, Submission
from customs.fields import clearance, goods, head, parties, people, receipts
from customs.fields.record import Record
from customs.fields.terms import Part


class DeclarationListHead(Submission):
    """清单表头 InventoryHead."""

    order_no: goods.OrderNo
    platform_code: parties.PlatformCode
    platform_name: parties.PlatformName
    merchant_code: parties.MerchantCode
    merchant_name: parties.MerchantName
    waybill_no: clearance.WaybillNo
    carrier_code: parties.CarrierCode
    carrier_name: parties.CarrierName
    internal_no: clearance.InternalNo | None = None
    pre_entry_no: clearance.PreEntryNo | None = None
    guarantor_code: parties.GuarantorCode
    account_book_no: clearance.AccountBookNo | None = None
    list_no: clearance.ListNo | None = None
    ie_flag: clearance.IeFlag = "I"
    declaration_day: clearance.DeclarationDay
    customs_code: clearance.DistrictCode
    port_code: clearance.PortCode
    entry_day: clearance.EntryDay | None = None
    buyer_id_type: people.BuyerIdType
    buyer_id_number: people.BuyerIdNumber
    buyer_name: people.BuyerName
    buyer_telephone: people.BuyerTelephone
    consignee_address: people.ConsigneeAddress
    declarant_code: parties.DeclarantCode
    declarant_name: parties.DeclarantName
    area_operator_code: parties.AreaOperatorCode | None = None
    area_operator_name: parties.AreaOperatorName | None = None
    trade_mode: clearance.TradeMode
    transport_mode: clearance.TransportMode
    transport_no: clearance.TransportNo | None = None
    voyage_no: clearance.VoyageNo | None = None
    bill_no: clearance.BillNo | None = None
    site_code: clearance.SiteCode | None = None
    licence_no: clearance.LicenceNo | None = None
    departure_country: clearance.DepartureCountry
    freight: clearance.Freight
    insured_fee: clearance.ListInsuredFee
    currency: goods.Currency = YUAN
    wrap_type: clearance.WrapType | None = None
    package_count: clearance.PackageCount
    gross_weight: clearance.GrossWeight
    net_weight: clearance.NetWeight
    note: head.Note | None = None


class DeclarationListLine(Record):
    """清单表体 InventoryList: one line of goods, the same as the order's line of that number."""

    gnum: goods.Gnum
    record_no: goods.RecordNo | None = None
    item_no: goods.ListItemNo | None = None
    item_name: goods.ItemName | None = None
    hs_code: goods.HsCode
    goods_name: goods.GoodsName
    model: goods.Model
    bar_code: goods.BarCode | None = None
    origin_country: goods.OriginCountry
    trade_country: goods.TradeCountry | None = None
    currency: goods.Currency = YUAN
    qty: goods.Quantity
    unit: goods.Unit
    legal_qty1: goods.LegalQty1
    legal_unit1: goods.LegalUnit1
    legal_qty2: goods.LegalQty2 | None = None
    legal_unit2: goods.LegalUnit2 | None = None
    price: goods.Price
    total_price: goods.TotalPrice
    note: head.Note | None = None


class DeclarationList(Document):
    """进口清单 declaration list, CEB621."""

    message = "CEB621"
    element = "Inventory"
    title = "进口清单"
    key_fields = ("declarant_code", "internal_no", "merchant_code", "order_no")
    must_be_signed = True

    head: Annotated[DeclarationListHead, Part("InventoryHead", "清单表头", "Head of the list")]
    lines: Annotated[
        tuple[DeclarationListLine, ...], Part("InventoryList", "清单表体", "Lines of the list", maximum=99)
    ]


class DeclarationListReceipt(Receipt):
    """进口清单回执 receipt of a declaration list, CEB622; customs sends several as the parcel goes on.

    Of the fields of an application's receipt, but in another order.
    """

    message = "CEB622"
    element = "InventoryReturn"
    title = "进口清单回执"
    key_fields = ("declarant_code", "internal_no", "pre_entry_no", "list_no")
    answers = "CEB621"
    finds_by = ("declarant_code", "internal_no")

    guid: head.Guid | None
    customs_code: clearance.DistrictCode | None = None
    platform_code: parties.PlatformCode | None = None
    merchant_code: parties.MerchantCode | None = None
    declarant_code: parties.DeclarantCode | None = None
    internal_no: clearance.InternalNo | None
    pre_entry_no: receipts.GivenPreEntryNo | None
    list_no: receipts.GivenListNo | None = None
    return_status: receipts.ReturnStatus | None
    returned_at: receipts.ReturnedAt | None
    return_info: receipts.ReturnInfo | None
