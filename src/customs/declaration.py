"""The declaration (申报): what a fulfilment service knows of one parcel, and customs needs to be told.

One order with its lines, its payment, its waybill, the enterprises that took part and the facts of clearance. A field
is *given*, or *derived* when it is left out; what is given is checked against what would be derived and never replaced.
Fields have the names and facets of the standard (unified edition 2022-05), and both names are accepted:

>>> Line.model_validate({"itemName": "面霜", "model": "50ml", "qty": "2", "unit": "142", "price": "99.50",
...     "gcode": "3304990039", "legal_qty1": "0.1", "unit1": "035", "country": "110"}).value
Decimal('199.00')
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from customs.codes.named import YUAN
from customs.fields import clearance, goods, head, parties, people
from customs.fields.money import ZERO, product, to_cents
from customs.fields.record import Record
from customs.fields.terms import Decimals, Part, Texts

LocalFacts = Annotated[
    Mapping[str, str],
    Texts(
        None,
        "本地字段",
        "What single customs districts ask for beyond the standard, by the names of their profiles",
        personal=True,
    ),
]
QuotaUsed = Annotated[Decimal, Decimals(None, "本年度已用额度", "Yearly quota of the buyer already used, in CNY")]


class Parties(Record):
    """The enterprises of the parcel (参与企业). All of them are given; none is ever guessed."""

    platform_code: parties.PlatformCode
    platform_name: parties.PlatformName
    merchant_code: parties.MerchantCode
    merchant_name: parties.MerchantName
    payment_company_code: parties.PaymentCompanyCode
    payment_company_name: parties.PaymentCompanyName
    carrier_code: parties.CarrierCode
    carrier_name: parties.CarrierName
    declarant_code: parties.DeclarantCode
    declarant_name: parties.DeclarantName
    guarantor_code: parties.GuarantorCode
    area_operator_code: parties.AreaOperatorCode | None = None
    """Given for 1210."""
    area_operator_name: parties.AreaOperatorName | None = None
    """Given for 1210."""
    transmitter_code: head.TransmitterCode
    transmitter_name: head.TransmitterName
    dxp_id: head.DxpId


class Line(Record):
    """One line of goods (商品), as the order and the declaration list have it."""

    gnum: goods.Gnum | None = None
    """Derived: the position of the line, from 1."""
    item_no: goods.ItemNo | None = None
    """Given. The order admits 30 characters, the list 20."""
    item_name: goods.ItemName
    model: goods.Model
    """Given; order and list show the same."""
    item_description: goods.ItemDescription | None = None
    bar_code: goods.BarCode | None = None
    """Given; where the goods have none, the list says 无."""
    unit: goods.Unit
    qty: goods.Quantity
    price: goods.Price
    total_price: goods.TotalPrice | None = None
    """Derived: price x quantity, half up to the cent."""
    origin_country: goods.OriginCountry
    record_no: goods.RecordNo | None = None
    """Given for 1210: the goods' number in the account book."""
    hs_code: goods.HsCode
    """Given: the classification is the declarant's responsibility and is never guessed."""
    goods_name: goods.GoodsName | None = None
    """Derived: the item name, where customs is told no other."""
    trade_country: goods.TradeCountry | None = None
    """Given, if known."""
    legal_qty1: goods.LegalQty1 | None = None
    """Derived: the quantity, where the first statutory unit is the traded unit; given otherwise. For cosmetics the net
    content in kilograms, one litre counting as one kilogram (announcement 55 of 2016)."""
    legal_unit1: goods.LegalUnit1
    """Given: the first statutory unit of the commodity code."""
    legal_qty2: goods.LegalQty2 | None = None
    """Derived: the quantity, where the second statutory unit is the traded unit; given otherwise."""
    legal_unit2: goods.LegalUnit2 | None = None
    """Given, where the commodity code has a second statutory unit."""
    note: head.Note | None = None
    local: LocalFacts | None = None
    """Given, where the area asks: ``customs areas show NAME`` lists what."""

    @property
    def value(self) -> Decimal:
        """The value of the line in CNY: the total price if given, otherwise derived."""
        given = self.total_price
        return to_cents(product(self.price, self.qty)) if given is None else given

    @property
    def first_legal_qty(self) -> Decimal | None:
        """The first statutory quantity: given, or the quantity itself where the units are the same; None if unknown."""
        given = self.legal_qty1
        return self.qty if given is None and self.legal_unit1 == self.unit else given

    @property
    def second_legal_qty(self) -> Decimal | None:
        """The second statutory quantity: given, or the quantity itself where the units are the same; None if there is
        none or it is unknown.
        """
        given = self.legal_qty2
        return self.qty if given is None and self.legal_unit2 == self.unit else given


class OrderFacts(Record):
    """The order (订单) as the platform knows it. Amounts in CNY."""

    order_no: goods.OrderNo
    lines: Annotated[tuple[Line, ...], Part(None, "商品", "The lines of goods", minimum=1, maximum=99)]
    goods_value: goods.GoodsValue | None = None
    """Derived: the sum of the line values."""
    freight: goods.OrderFreight | None = None
    """Derived: freight and insurance of the waybill, or 0."""
    discount: goods.Discount = ZERO
    tax_total: goods.TaxTotal | None = None
    """Derived: the tax of the declaration day, assessed by this library."""
    paid_amount: goods.PaidAmount | None = None
    """Derived: goods value + freight + tax - discount."""
    currency: goods.Currency = YUAN
    buyer_reg_no: people.BuyerRegNo
    buyer_name: people.BuyerName
    buyer_telephone: people.BuyerTelephone
    buyer_id_type: people.BuyerIdType = "1"
    buyer_id_number: people.BuyerIdNumber
    batch_numbers: goods.BatchNumbers | None = None
    consignee: people.Consignee
    consignee_telephone: people.ConsigneeTelephone
    consignee_address: people.ConsigneeAddress
    consignee_district: people.ConsigneeDistrict | None = None
    note: head.Note | None = None


class PaymentFacts(Record):
    """The payment (支付) as the payment company knows it. The payer is given and compared with the buyer."""

    payment_no: goods.PaymentNo
    payer_id_type: people.PayerIdType = "1"
    payer_id_number: people.PayerIdNumber
    payer_name: people.PayerName
    payer_telephone: people.PayerTelephone | None = None
    amount_paid: goods.AmountPaid | None = None
    """Derived: the paid amount of the order."""
    currency: goods.Currency = YUAN
    paid_at: goods.PaidAt
    note: head.Note | None = None


class WaybillFacts(Record):
    """The waybill (运单) as the carrier knows it."""

    waybill_no: clearance.WaybillNo
    freight: clearance.Freight | None = None
    """Derived: the order's freight less the insurance, or 0."""
    insured_fee: clearance.InsuredFee = ZERO
    gross_weight: clearance.Weight
    package_count: clearance.PackageCount = 1
    goods_info: clearance.GoodsInfo | None = None
    """Given; never filled from the order, the carrier says what it carries."""
    consignee: people.Consignee | None = None
    """Derived: the consignee of the order."""
    consignee_address: people.ConsigneeAddress | None = None
    """Derived: the address in the order."""
    consignee_telephone: people.ConsigneeTelephone | None = None
    """Derived: the consignee's telephone in the order."""
    currency: goods.Currency = YUAN
    note: head.Note | None = None


class ClearanceFacts(Record):
    """The fields of the declaration list (清单) that the three documents do not have."""

    trade_mode: clearance.TradeMode
    customs_code: clearance.DistrictCode
    port_code: clearance.PortCode
    entry_day: clearance.EntryDay | None = None
    """Given, once the day is really known."""
    transport_mode: clearance.TransportMode
    transport_no: clearance.TransportNo | None = None
    """Given for 9610; left out for 1210."""
    voyage_no: clearance.VoyageNo | None = None
    """Given for 9610; left out for 1210."""
    bill_no: clearance.BillNo | None = None
    """Given for 9610, and shown on waybill and list; left out for 1210."""
    site_code: clearance.SiteCode | None = None
    licence_no: clearance.LicenceNo | None = None
    departure_country: clearance.DepartureCountry | None = None
    """Given for 9610: the country of dispatch. Derived for 1210: 142, since the parcel leaves from a Chinese area."""
    account_book_no: clearance.AccountBookNo | None = None
    """Given for 1210."""
    internal_no: clearance.InternalNo | None = None
    """Derived: the order number, if it has at most 20 characters."""
    pre_entry_no: clearance.PreEntryNo | None = None
    """Given when a list is amended, never at first."""
    list_no: clearance.ListNo | None = None
    """Given when a list is amended, never at first."""
    wrap_type: clearance.WrapType | None = None
    """Given, if known: one character."""
    net_weight: clearance.NetWeight | None = None
    """Derived: the sum of the lines' statutory quantities in kilograms (unit 035), if every line has one."""
    note: head.Note | None = None


class Declaration(Record):
    """One parcel: order, payment, waybill, parties and clearance.

    ``Declaration.model_validate_json(text)`` reads one from JSON and raises ``pydantic.ValidationError``;
    ``customs.rules.read_declaration`` does the same and answers with findings instead.
    """

    parties: Annotated[Parties, Part(None, "参与企业", "The enterprises that take part")]
    order: Annotated[OrderFacts, Part(None, "订单", "The order")]
    payment: Annotated[PaymentFacts, Part(None, "支付", "The payment")]
    waybill: Annotated[WaybillFacts, Part(None, "运单", "The waybill")]
    clearance: Annotated[ClearanceFacts, Part(None, "通关", "The facts of clearance")]
    app_type: head.AppType = "1"
    app_status: head.AppStatus = "2"
    quota_used: QuotaUsed | None = None
    """Given, if known: what the buyer has used of the year's quota before this parcel; the yearly limit is checked
    only then."""
    local: LocalFacts | None = None
    """Given, where the area asks: ``customs areas show NAME`` lists what."""


__all__ = [
    "ClearanceFacts",
    "Declaration",
    "Line",
    "OrderFacts",
    "Parties",
    "PaymentFacts",
    "WaybillFacts",
]
