"""支付凭证 payment, CEB411, and its receipt, CEB412: who paid how much for which order. Sent by the payment company.

Source: unified edition 2022-05, CEB411Message and CEB412Message.
"""

from typing import Annotated

from customs.codes.named import YUAN
from customs.documents.base import Document, Receipt, Submission
from customs.fields import goods, head, parties, people, receipts
from customs.fields.terms import Part


class PaymentHead(Submission):
    """支付凭证表头 PaymentHead."""

    payment_company_code: parties.PaymentCompanyCode
    payment_company_name: parties.PaymentCompanyName
    payment_no: goods.PaymentNo
    order_no: goods.OrderNo
    platform_code: parties.PlatformCode
    platform_name: parties.PlatformName
    payer_id_type: people.PayerIdType
    payer_id_number: people.PayerIdNumber
    payer_name: people.PayerName
    payer_telephone: people.PayerTelephone | None = None
    amount_paid: goods.AmountPaid
    currency: goods.Currency = YUAN
    paid_at: goods.PaidAt
    note: head.Note | None = None


class Payment(Document):
    """支付凭证 payment, CEB411."""

    message = "CEB411"
    element = "Payment"
    title = "支付凭证"
    key_fields = ("payment_company_code", "payment_no")

    head: Annotated[PaymentHead, Part("PaymentHead", "支付凭证表头", "Head of the payment")]


class PaymentReceipt(Receipt):
    """支付凭证回执 receipt of a payment, CEB412."""

    message = "CEB412"
    element = "PaymentReturn"
    title = "支付凭证回执"
    key_fields = ("payment_company_code", "payment_no")
    answers = "CEB411"
    finds_by = ("payment_company_code", "payment_no")

    guid: head.Guid | None
    payment_company_code: parties.PaymentCompanyCode | None
    payment_no: goods.PaymentNo | None
    return_status: receipts.ReturnStatus | None
    returned_at: receipts.ReturnedAt | None
    return_info: receipts.ReturnInfo | None
