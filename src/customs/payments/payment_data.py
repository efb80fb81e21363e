"""Raw payment data (支付相关原始数据) that customs fetches from a platform in real time: what is asked, and what is uploaded.

Customs names one order. The platform uploads the payment that paid it: the request to the payment company and its
response as they were, and every order that the payment covers. The JSON text goes into the form field ``payExInfoStr``;
what is signed are pieces of that same text (``PaymentUpload.string_to_sign``). Names of the wire are as they are there,
misspellings included. Source: announcement 179 of 2018 of the customs administration and its interface document.
``customs.payments.payment_answer`` answers the requests.

>>> from customs.testing import issue_test_key
>>> signer = issue_test_key("示例公司", "910000000000000053", since=datetime(2026, 1, 1)).signer()
>>> head = PaymentDataHead(
...     guid="4CDE1CFD-EDED-46B1-946C-B8022E42FC94", initial_request="<xml>ask</xml>", initial_response="<xml>paid</xml>",
...     platform_code="91000000000000001N", payment_company_code="910000000000000037", payment_no="P1",
...     total_amount=Decimal("5.00"), verifier="3", paid_at="20261111000102")
>>> goods = (PaidGoods(goods_name="面霜", item_link="https://shop.example/1"),)
>>> order = PaidOrder(order_no="A1", goods=goods, recipient_account="6200", recipient_name="示例公司")
>>> request = DataRequest(order_no="A1", session_id="S-1", service_time=1794326462000)
>>> upload = sign_upload(request, PaymentData(head=head, orders=(order,)), signer, datetime(2026, 11, 11, 0, 1, 3))
>>> upload.string_to_sign[:51], upload.string_to_sign[-32:]
('"sessionID":"S-1"||"payExchangeInfoHead":"{"guid":"', '"||"serviceTime":"1794326463000"')
>>> upload.cert_no == signer.certificate.key_name, write_upload(upload)[:33]
(True, b'payExInfoStr=%7B%22sessionID%22%3')
"""

import json
from base64 import b64encode
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import ConfigDict

from customs.codes.named import YUAN
from customs.fields import Record, goods, parties, terms_of
from customs.fields.digits import plain_digits
from customs.fields.moments import moment_digits
from customs.fields.terms import Part
from customs.payments.payment_terms import (
    CertificateNo,
    GoodsName,
    Guid,
    InitialRequest,
    InitialResponse,
    ItemLink,
    Note,
    PaymentDataError,
    PayType,
    RecipientAccount,
    RecipientCode,
    RecipientName,
    ServiceTime,
    SessionId,
    SignValue,
    TotalAmount,
    TradedAt,
    Verifier,
    milliseconds,
)
from customs.signing.signer import Signer

#: How the amount stands in the text that is signed and uploaded: as a number is written by other systems, or with the
#: places that were given.
AmountDigits = Literal["without-trailing-zeros", "as-given"]

#: Path of the upload (服务 realTimeDataUp); it is the same on the hosts for joint tests and for production.
UPLOAD_PATH = "/ceb2grab/grab/realTimeDataUpload"


class PaymentDataHead(Record):
    """支付原始数据表头 payExchangeInfoHead: the payment and its raw texts."""

    guid: Guid
    initial_request: InitialRequest
    initial_response: InitialResponse
    platform_code: parties.PlatformCode
    payment_company_code: parties.PaymentCompanyCode
    payment_no: goods.PaymentNo
    total_amount: TotalAmount
    currency: goods.Currency = YUAN
    verifier: Verifier
    pay_type: PayType | None = None
    paid_at: TradedAt
    note: Note | None = None


class PaidGoods(Record):
    """商品信息 goodsInfo: one article and where the shop shows it."""

    goods_name: GoodsName
    item_link: ItemLink


class PaidOrder(Record):
    """支付原始数据表体 payExchangeInfoLists: one order that the payment covers."""

    order_no: goods.OrderNo
    goods: Annotated[tuple[PaidGoods, ...], Part("goodsInfo", "商品信息", "Goods of the order", maximum=None)]
    recipient_account: RecipientAccount
    recipient_code: RecipientCode | None = None
    recipient_name: RecipientName


PaymentHeadPart = Annotated[PaymentDataHead, Part("payExchangeInfoHead", "支付原始数据表头", "The payment")]
PaidOrdersPart = Annotated[
    tuple[PaidOrder, ...], Part("payExchangeInfoLists", "支付原始数据表体", "All orders that it covers", maximum=None)
]


class PaymentData(Record):
    """支付相关原始数据: one payment with all orders that it covers, as the platform keeps it."""

    head: PaymentHeadPart
    orders: PaidOrdersPart

    def holds(self, order_no: str) -> bool:
        """Return True if the payment covers this order."""
        return any(order.order_no == order_no for order in self.orders)


class DataRequest(Record):
    """数据获取请求 openReq: customs asks for the payment of one order.

    Fields that it may hold besides are left alone.
    """

    model_config = ConfigDict(extra="ignore")

    order_no: goods.OrderNo
    session_id: SessionId
    service_time: ServiceTime


class PaymentUpload(Record):
    """实时上传的支付原始数据 payExInfoStr: the answer to one request, signed."""

    session_id: SessionId
    head: PaymentHeadPart
    orders: PaidOrdersPart
    service_time: ServiceTime
    cert_no: CertificateNo
    sign_value: SignValue

    @property
    def string_to_sign(self) -> str:
        """The text that is signed, as UTF-8: four pieces, with JSON between quotation marks and not escaped."""
        return _string_to_sign(self.session_id, self, self.service_time)


def sign_upload(
    request: DataRequest,
    data: PaymentData,
    signer: Signer,
    at: datetime,
    *,
    amount_digits: AmountDigits = "without-trailing-zeros",
) -> PaymentUpload:
    """The upload for a request, signed by a key that is registered for the platform; ``at`` is the time of the upload.

    ``amount_digits`` says how ``totalAmount`` is written and signed. Three authors who upload to customs report that an
    amount with zeros at its end, such as 5.00, is not verified until it is written 5 (CooperLiu/CustomsReport,
    e-commerce-core/CustomsSignService, 2019; an article of 2021); one accepted upload has 5.0, which ``as-given`` keeps.

    SM2 keys sign with SM3, RSA keys with SHA-1. Raises ``PaymentDataError`` where the data do not hold the order that
    was asked for, and ``SigningError`` where the signer fails.
    """
    if not data.holds(request.order_no):
        raise PaymentDataError(
            "the payment data do not hold the order that customs asked for: give the payment that paid it"
        )
    time = milliseconds(at)
    if amount_digits == "without-trailing-zeros":
        head = data.head.model_copy(update={"total_amount": without_trailing_zeros(data.head.total_amount)})
        data = data.model_copy(update={"head": head})
    signature = signer.sign(_string_to_sign(request.session_id, data, time).encode())
    return PaymentUpload(
        session_id=request.session_id,
        head=data.head,
        orders=data.orders,
        service_time=time,
        cert_no=signature.key_name,
        sign_value=b64encode(signature.value).decode(),
    )


def without_trailing_zeros(amount: Decimal) -> Decimal:
    """Return an amount without the zeros at the end of its places.

    >>> [str(without_trailing_zeros(Decimal(each))) for each in ("300.50", "5.00", "100", "0.10")]
    ['300.5', '5', '100', '0.1']
    """
    digits = plain_digits(amount)
    return Decimal(digits.rstrip("0").rstrip(".") if "." in digits else digits)


def _string_to_sign(session_id: str, data: PaymentData | PaymentUpload, time: int) -> str:
    """Checked against an upload that customs accepted; the example printed in the interface document has other
    quotes.
    """
    pieces = {
        "sessionID": session_id,
        "payExchangeInfoHead": compact_json(data.head),
        "payExchangeInfoLists": compact_json(data.orders),
        "serviceTime": str(time),
    }
    return "||".join(f'"{name}":"{text}"' for name, text in pieces.items())


def compact_json(value: Any) -> str:
    """A record, or what one holds, as JSON without blanks: wire names in the order of the fields, none for those left
    out.
    """
    match value:
        case Record():
            held = ((str(term.wire), getattr(value, name)) for name, term in terms_of(type(value)).items())
            return "{" + ",".join(f'"{wire}":{compact_json(each)}' for wire, each in held if each is not None) + "}"
        case tuple():
            return "[" + ",".join(map(compact_json, value)) + "]"
        case Decimal():
            return plain_digits(value)
        case datetime():
            return f'"{moment_digits(value)}"'
        case int():
            # the only whole number of an upload is its time, which is quoted
            return f'"{value}"'
    return json.dumps(value, ensure_ascii=False)


def write_upload(upload: PaymentUpload) -> bytes:
    """The body to post to ``UPLOAD_PATH`` as ``application/x-www-form-urlencoded``."""
    return urlencode({"payExInfoStr": compact_json(upload)}).encode("ascii")
