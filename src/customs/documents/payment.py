"""支付凭证 payment, CEB411: who paid how much for which order. Sent and signed by the payment company.

Source: unified edition 2022-05, CEB411Message.
"""

from typing import Annotated

from customs.documents.base import Document
from customs.fields import goods, head, parties, people
from customs.fields.base import Part, Record


class PaymentHead(Record):
    """支付凭证表头 PaymentHead."""

    guid: head.Guid
    app_type: head.AppType
    app_time: head.AppTime
    app_status: head.AppStatus
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
    currency: goods.Currency = "142"
    paid_at: goods.PaidAt
    note: head.Note | None = None


class Payment(Document):
    """支付凭证 payment, CEB411."""

    message = "CEB411"
    element = "Payment"
    title = "支付凭证"

    head: Annotated[PaymentHead, Part("PaymentHead", "支付凭证表头", "Head of the payment")]

    @property
    def key(self) -> tuple[str, ...]:
        return self.head.payment_company_code, self.head.payment_no
