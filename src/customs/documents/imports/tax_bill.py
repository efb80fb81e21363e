"""电子税单 tax bill, CEB816, and its status, CEB818: what customs asks for a released list.

Order and waybill number stand in the text of the standard and in real tax bills, but in no schema. Source: unified
edition 2022-05, CEB816Message and CEB818Message.
"""

from typing import Annotated

from customs.documents.base import Receipt
from customs.fields import clearance, goods, head, parties, receipts
from customs.fields.record import Record
from customs.fields.terms import Part


class TaxBillHead(Record):
    """电子税单表头 TaxHeadRd. Amounts in CNY for the whole list."""

    guid: head.Guid | None
    returned_at: receipts.ReturnedAt | None
    list_no: receipts.TaxedListNo | None
    tax_bill_no: receipts.TaxBillNo | None
    tariff: receipts.Tariff | None
    vat: receipts.Vat | None
    consumption_tax: receipts.ConsumptionTax | None
    tax_status: receipts.TaxStatus | None
    payment_form_no: receipts.PaymentFormNo | None = None
    note: head.Note | None = None
    guarantor_code: receipts.TaxGuarantorCode | None = None
    merchant_code: receipts.TaxMerchantCode | None = None
    carrier_code: receipts.TaxCarrierCode | None = None
    declarant_code: parties.DeclarantCode | None = None
    customs_code: receipts.TaxBillCustomsCode | None = None
    order_no: goods.OrderNo | None = None
    waybill_no: clearance.WaybillNo | None = None


class TaxBillLine(Record):
    """电子税单表体 TaxListRd: the tax of one line."""

    gnum: goods.Gnum | None
    hs_code: goods.HsCode | None
    dutiable_value: receipts.TaxedValue | None
    tariff: receipts.Tariff | None
    vat: receipts.Vat | None
    consumption_tax: receipts.ConsumptionTax | None


class TaxBill(Receipt):
    """电子税单 tax bill, CEB816."""

    message = "CEB816"
    element = "Tax"
    title = "电子税单"
    most = None
    key_fields = ("list_no", "tax_bill_no")
    answers = "CEB621"
    finds_by = ("list_no",)
    status_field = "tax_status"
    authority = "tax"

    head: Annotated[TaxBillHead, Part("TaxHeadRd", "电子税单表头", "Head of the tax bill")]
    lines: Annotated[tuple[TaxBillLine, ...], Part("TaxListRd", "电子税单表体", "Lines of the tax bill", maximum=99)]


class TaxBillStatusHead(Record):
    """电子税单状态 TaxHeadStatus."""

    guid: head.Guid | None
    returned_at: receipts.ReturnedAt | None
    list_no: receipts.TaxedListNo | None
    tax_bill_no: receipts.TaxBillNo | None
    tax_status: receipts.TaxStatus | None
    payment_form_no: receipts.PaymentFormNo | None = None
    guarantor_code: receipts.TaxGuarantorCode | None = None


class TaxBillStatus(Receipt):
    """电子税单状态 status of a tax bill, CEB818."""

    message = "CEB818"
    element = "Tax"
    title = "电子税单状态"
    most = None
    key_fields = ("list_no", "tax_bill_no")
    answers = "CEB621"
    finds_by = ("list_no",)
    status_field = "tax_status"
    authority = "tax"

    head: Annotated[TaxBillStatusHead, Part("TaxHeadStatus", "电子税单状态", "Status of the tax bill")]
