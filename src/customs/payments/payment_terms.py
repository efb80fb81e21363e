"""The terms of raw payment data (支付原始数据项): names on the wire, facets and labels, which differ from other messages
here and there.

Source: announcement 179 of 2018 of the customs administration and its interface document.

>>> Verifier.__metadata__[0].wire, Verifier.__metadata__[0].allowed.en
('verDept', '1 UnionPay, 2 NetsUnion, 3 other')
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

from customs.fields.digits import DIGITS, PLACES, plain_digits
from customs.fields.moments import CHINA_TIME
from customs.fields.terms import Allowed, Decimals, Moment, Term, Text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PaymentDataError(ValueError):
    """Payment data, a request or an answer that cannot be used. Names the field and what is allowed, never a value."""


@dataclass(frozen=True, slots=True)
class Shaped(Text):
    """Text that matches a pattern, described in ``words``."""

    words: Allowed = field(kw_only=True)

    @property
    def allowed(self) -> Allowed:
        return self.words


@dataclass(frozen=True, slots=True)
class Number(Decimals):
    """A decimal number N19,5, written as a JSON number: a ``Decimal`` or a whole number, with its digits as given."""

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
    """A time in milliseconds since 1970 in UTC, a whole number.

    Customs writes a JSON number, the upload has it in quotes.
    """

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
    """Return a time in milliseconds since 1970; a time without a zone is taken as China Standard Time.

    >>> milliseconds(datetime(2018, 8, 3, 12, 51, 43, 898000))
    1533271903898
    """
    return ((moment if moment.tzinfo else moment.replace(tzinfo=CHINA_TIME)) - _EPOCH) // timedelta(milliseconds=1)


# No quotation mark, backslash or bar: the caller chooses it, and it is signed unescaped.
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
