"""Raw payment data (支付相关原始数据) that customs fetches from a platform in real time: what is asked, and what is uploaded.

Customs names one order. The platform uploads the payment that paid it: the request to the payment company and its response
as they were, and every order that the payment covers. The JSON text goes into the form field ``payExInfoStr``; what is
signed are pieces of that same text (``PaymentUpload.string_to_sign``). Names of the wire are as they are there,
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
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import ConfigDict, GetCoreSchemaHandler
from pydantic_core import core_schema

from customs.codes.named import YUAN
from customs.fields import Record, goods, parties, terms_of
from customs.fields.digits import DIGITS, PLACES, plain_digits
from customs.fields.moments import CHINA_TIME, moment_digits
from customs.fields.terms import Allowed, Decimals, Moment, Part, Term, Text
from customs.signing.signer import Signer

#: Path of the upload (服务 realTimeDataUp); it is the same on the hosts for joint tests and for production.
UPLOAD_PATH = "/ceb2grab/grab/realTimeDataUpload"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PaymentDataError(ValueError):
    """Payment data, a request or an answer that cannot be used. Says which field and what is allowed, shows no value."""


@dataclass(frozen=True, slots=True)
class Shaped(Text):
    """Text of a pattern, which ``words`` say."""

    words: Allowed = field(kw_only=True)

    @property
    def allowed(self) -> Allowed:
        return self.words


@dataclass(frozen=True, slots=True)
class Number(Decimals):
    """A decimal number N19,5 that stands as a JSON number: a ``Decimal`` or a whole number, its digits kept as given."""

    @property
    def allowed(self) -> Allowed:
        return Allowed(
            f"数字，如 12.50（Decimal），最多 {DIGITS} 位，其中小数 {PLACES} 位，不用科学计数法",
            f"a number such as 12.50 (Decimal, never float), at most {DIGITS} digits, {PLACES} of them after the point, no exponent",
        )

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _number, serialization=core_schema.plain_serializer_function_ser_schema(plain_digits, when_used="json")
        )


def _number(value: Any) -> Decimal:
    if type(value) is int:
        value = Decimal(value)
    if not isinstance(value, Decimal) or not value.is_finite():
        raise ValueError("not a number")
    _, digits, exponent = value.as_tuple()
    # zeros behind the point are written too, so they count
    if not -PLACES <= int(exponent) <= 0 or len(digits) > DIGITS:
        raise ValueError("too many digits, or an exponent")
    return value


@dataclass(frozen=True, slots=True)
class Milliseconds(Term):
    """A time in milliseconds since 1970 in UTC, a whole number. Customs writes a JSON number, the upload has it in quotes."""

    @property
    def allowed(self) -> Allowed:
        return Allowed("毫秒时间戳，最多 15 位", "milliseconds since 1970 in UTC, a whole number of at most 15 digits")

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(_milliseconds)


def _milliseconds(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and value == (value[:15].lstrip("0") or "0"):
        return int(value)
    if type(value) is int and 0 <= value < 10**15:
        return value
    raise ValueError("not a time in milliseconds")


def milliseconds(moment: datetime) -> int:
    """A time as customs counts it here; one without a zone is taken as China Standard Time.

    >>> milliseconds(datetime(2018, 8, 3, 12, 51, 43, 898000))
    1533271903898
    """
    return ((moment if moment.tzinfo else moment.replace(tzinfo=CHINA_TIME)) - _EPOCH) // timedelta(milliseconds=1)


# No quotation mark, backslash or bar: it stands raw in what is signed, and whoever asks chooses it.
SessionId = Annotated[
    str,
    Shaped(
        "sessionID",
        "会话标识",
        "Number that customs gave to the request",
        minimum=1,
        maximum=255,
        pattern=r"[!#-\[\]-{}~]{1,255}",
        words=Allowed(
            '1 至 255 个 ASCII 字符，不含空格和 " \\ |', '1 to 255 characters of ASCII, no blanks and none of " \\ |'
        ),
    ),
]
ServiceTime = Annotated[int, Milliseconds("serviceTime", "系统时间", "When it was sent")]

Guid = Annotated[
    str,
    Shaped(
        "guid",
        "系统唯一序号",
        "Number of the payment data, a UUID in upper case",
        minimum=1,
        maximum=36,
        pattern="[0-9A-Z-]{1,36}",
        words=Allowed("1 至 36 位，大写字母、数字和 -", "1 to 36 characters: 0 to 9, A to Z and -"),
    ),
]
InitialRequest = Annotated[
    str,
    Text(
        "initalRequest",
        "原始请求",
        "What was sent to the payment company, as it was",
        minimum=1,
        maximum=8000,
        personal=True,
    ),
]
InitialResponse = Annotated[
    str,
    Text(
        "initalResponse",
        "原始响应",
        "What the payment company answered, as it was",
        minimum=1,
        maximum=8000,
        personal=True,
    ),
]
TotalAmount = Annotated[Decimal, Number("totalAmount", "交易金额", "What was paid for all orders together, in CNY")]
Verifier = Annotated[
    str,
    Shaped(
        "verDept",
        "验核机构",
        "Clearing house that can confirm the payment",
        minimum=1,
        maximum=1,
        pattern="[1-3]",
        words=Allowed("1 银联，2 网联，3 其他", "1 UnionPay, 2 NetsUnion, 3 other"),
    ),
]
PayType = Annotated[
    str,
    Shaped(
        "payType",
        "支付类型",
        "How the buyer paid",
        minimum=1,
        maximum=1,
        pattern="[1-4]",
        words=Allowed("1 APP，2 PC，3 扫码，4 其他", "1 app, 2 PC, 3 scanned code, 4 other"),
    ),
]
TradedAt = Annotated[datetime, Moment("tradingTime", "交易成功时间", "When the payment succeeded")]
# May be empty: uploads with an empty note were accepted, and what was signed must come out as it was.
Note = Annotated[str, Text("note", "备注", "Remark", maximum=1000, personal=True)]

GoodsName = Annotated[str, Text("gname", "商品名称", "Name of the goods as the shop shows it", minimum=1, maximum=250)]
ItemLink = Annotated[
    str,
    Text("itemLink", "商品展示链接", "Page of the goods in the shop; several are joined by ;", minimum=1, maximum=3000),
]
RecipientAccount = Annotated[
    str, Text("recpAccount", "收款账号", "Account that got the money", minimum=1, maximum=60, personal=True)
]
RecipientCode = Annotated[str, Text("recpCode", "收款企业代码", "Enterprise that got the money", maximum=18)]
RecipientName = Annotated[
    str, Text("recpName", "收款企业名称", "Name of who got the money", minimum=1, maximum=100, personal=True)
]

CertificateNo = Annotated[
    str, Text("certNo", "证书编号", "Key name of the certificate, its serial number", minimum=1, maximum=None)
]
SignValue = Annotated[str, Text("signValue", "签名值", "Signature in base64", minimum=1, maximum=None)]


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
        """Whether the payment covers this order."""
        return any(order.order_no == order_no for order in self.orders)


class DataRequest(Record):
    """数据获取请求 openReq: customs asks for the payment of one order. Fields that it may hold besides are left alone."""

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
        """What the signature is over, as UTF-8: four pieces, JSON put between quotation marks as it stands."""
        return _string_to_sign(self.session_id, self, self.service_time)


def sign_upload(request: DataRequest, data: PaymentData, signer: Signer, at: datetime) -> PaymentUpload:
    """The upload for a request, signed by a key that is registered for the platform; ``at`` is the time of the upload.

    SM2 keys sign with SM3, RSA keys with SHA-1. Raises ``PaymentDataError`` where the data do not hold the order that was
    asked for, and ``SigningError`` where the signer fails.
    """
    if not data.holds(request.order_no):
        raise PaymentDataError(
            "the payment data do not hold the order that customs asked for: give the payment that paid it"
        )
    time = milliseconds(at)
    signature = signer.sign(_string_to_sign(request.session_id, data, time).encode())
    return PaymentUpload(
        session_id=request.session_id,
        head=data.head,
        orders=data.orders,
        service_time=time,
        cert_no=signature.key_name,
        sign_value=b64encode(signature.value).decode(),
    )


def _string_to_sign(session_id: str, data: PaymentData | PaymentUpload, time: int) -> str:
    """Checked against an upload that customs accepted; the example printed in the interface document has other quotes."""
    pieces = {
        "sessionID": session_id,
        "payExchangeInfoHead": compact_json(data.head),
        "payExchangeInfoLists": compact_json(data.orders),
        "serviceTime": str(time),
    }
    return "||".join(f'"{name}":"{text}"' for name, text in pieces.items())


def compact_json(value: Any) -> str:
    """A record, or what one holds, as JSON without blanks: wire names in the order of the fields, none for those left out."""
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
            # the only whole number of an upload is its time, which stands in quotation marks
            return f'"{value}"'
    return json.dumps(value, ensure_ascii=False)


def write_upload(upload: PaymentUpload) -> bytes:
    """The body to post to ``UPLOAD_PATH`` as ``application/x-www-form-urlencoded``."""
    return urlencode({"payExInfoStr": compact_json(upload)}).encode("ascii")
