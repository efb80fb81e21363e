"""WeChat Pay's customs declaration (微信支付 订单附加信息提交): asking it to declare a payment, asking what became of it
(查询), and pushing it again (重推).

The platform asks for one area; WeChat Pay sends the payer's document to customs. Nothing is sent here: ``write_wechat``
makes the body, ``read_wechat`` of ``wechat_answers`` reads the answer to it. Source: fields, areas and paths as WeChat
Pay's v2 page has them, by way of its clients; lengths as its v3 page has them. Verify against the provider's page.

>>> request = WechatRequest(app_id="wx0", merchant_id="1", order_no="EX1", payment_no="420000", place="NINGBO",
...     merchant_customs_no="3302000000")
>>> write_wechat(request, SecretStr("fictitious"))[:49]
b'<xml><action_type>ADD</action_type><appid>wx0</ap'
"""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal, Self

from lxml import etree
from pydantic import SecretStr, model_validator

from customs.fields import Record
from customs.fields.terms import Allowed, Fixed, Part, Text
from customs.payments.agencies.customs_places import Agency, places_of
from customs.payments.agencies.request_parameters import NumberRule, parameters_of
from customs.payments.agencies.signatures import wechat_md5_signature
from customs.payments.agencies.yuan_and_fen import Fen, fen_of

#: Paths of the three requests at WeChat Pay's host.
DECLARE_PATH = "/cgi-bin/mch/customs/customdeclareorder"
QUERY_PATH = "/cgi-bin/mch/customs/customdeclarequery"
REDECLARE_PATH = "/cgi-bin/mch/newcustoms/customdeclareredeclare"

AppId = Annotated[str, Text("appid", "公众账号ID", "Application of the merchant", minimum=1, maximum=32)]
MerchantId = Annotated[str, Text("mch_id", "商户号", "Merchant at WeChat Pay", minimum=1, maximum=32)]
OrderNo = Annotated[
    str,
    NumberRule(
        "out_trade_no",
        "商户订单号",
        "Order number under which it was paid",
        minimum=1,
        maximum=32,
        pattern=r"[0-9A-Za-z_\-|*@]{1,32}",
        words=Allowed(
            "1 至 32 位，数字、英文字母和 _ - | * @", "1 to 32 characters: digits, English letters and _ - | * @"
        ),
    ),
]
PaymentNo = Annotated[str, Text("transaction_id", "微信支付订单号", "Number of the payment", minimum=1, maximum=32)]
PlaceCode = Annotated[str, Text("customs", "海关", "Area that it is declared to", minimum=1, maximum=32)]
MerchantCustomsNo = Annotated[
    str, Text("mch_customs_no", "商户海关备案号", "Number of the merchant with customs there", minimum=1, maximum=32)
]
Duty = Annotated[Decimal, Fen(None, "关税", "Tax in CNY, for information", parameter="duty")]
ActionType = Annotated[
    Literal["ADD", "MODIFY"],
    Text("action_type", "操作类型", "ADD or MODIFY", minimum=1, maximum=None, pattern="ADD|MODIFY"),
]

SubOrderNo = Annotated[
    str, Text("sub_order_no", "商户子订单号", "Number of the part of the order", minimum=1, maximum=32)
]
SubOrderId = Annotated[
    str, Text("sub_order_id", "微信子订单号", "WeChat Pay's number of the part", minimum=1, maximum=32)
]
FeeType = Annotated[str, Fixed("fee_type", "币种", "CNY, the yuan", value="CNY")]
OrderAmount = Annotated[Decimal, Fen(None, "应付金额", "Paid for the part, in CNY", parameter="order_fee")]
TransportAmount = Annotated[Decimal, Fen(None, "物流费", "Freight in it, in CNY", parameter="transport_fee")]
ProductAmount = Annotated[Decimal, Fen(None, "商品价格", "The rest of it, in CNY", parameter="product_fee")]

CertificateType = Annotated[
    str, Text("cert_type", "证件类型", "IDCARD, the resident identity card", minimum=1, maximum=None)
]
CertificateNo = Annotated[
    str, Text("cert_id", "证件号码", "Identity number of the buyer", minimum=1, maximum=None, personal=True)
]
HolderName = Annotated[str, Text("name", "姓名", "Name of the buyer", minimum=1, maximum=None, personal=True)]


class WechatSplit(Record):
    """拆单: the part of a payment that paid one of several orders. It is whole or absent."""

    sub_order_no: SubOrderNo
    currency: FeeType = "CNY"
    order_amount: OrderAmount
    transport_amount: TransportAmount
    product_amount: ProductAmount

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if fen_of(self.order_amount) != fen_of(self.transport_amount) + fen_of(self.product_amount):
            raise ValueError("order_amount has to be transport_amount + product_amount")
        return self


class WechatIdentity(Record):
    """订购人身份: the buyer, for WeChat Pay to compare with the payer."""

    certificate_type: CertificateType = "IDCARD"
    certificate_no: CertificateNo
    name: HolderName


class WechatRequest(Record):
    """订单附加信息提交: WeChat Pay is to declare this payment to one area. Amounts in CNY; it gets them in fen."""

    agency: ClassVar[Agency] = "wechat"

    app_id: AppId
    merchant_id: MerchantId
    order_no: OrderNo
    payment_no: PaymentNo
    place: PlaceCode
    merchant_customs_no: MerchantCustomsNo | None = None
    """Given, unless the place is NO."""
    duty_amount: Duty | None = None
    """For information, and for some areas only; which ones is not known here."""
    action: ActionType = "ADD"
    split: Annotated[WechatSplit, Part(None, "拆单", "The part of the payment")] | None = None
    identity: Annotated[WechatIdentity, Part(None, "订购人身份", "The buyer")] | None = None

    @model_validator(mode="after")
    def _has_a_merchant_number(self) -> Self:
        _demand_merchant_number(self.place, self.merchant_customs_no)
        return self


def _demand_merchant_number(place: str, number: str | None) -> None:
    known = places_of("wechat").get(place)
    if not number and (known is None or known.needs_merchant_number):
        raise ValueError(
            "merchant_customs_no (mch_customs_no) is missing: give the merchant's customs number, which every place but NO needs"
        )


class _Asked(Record):
    """The payment, or the part of one, that a query or a redeclaration is about."""

    agency: ClassVar[Agency] = "wechat"

    app_id: AppId
    merchant_id: MerchantId
    place: PlaceCode
    order_no: OrderNo | None = None
    payment_no: PaymentNo | None = None
    sub_order_no: SubOrderNo | None = None
    sub_order_id: SubOrderId | None = None


class WechatQuery(_Asked):
    """订单附加信息查询: what became of the declarations of a payment at one area. One of the four numbers is enough."""

    @model_validator(mode="after")
    def _names_a_payment(self) -> Self:
        if not (self.order_no or self.payment_no or self.sub_order_no or self.sub_order_id):
            raise ValueError(
                "give one of order_no, payment_no, sub_order_no and sub_order_id: WeChat Pay finds it by that"
            )
        return self


class WechatRedeclaration(_Asked):
    """订单附加信息重推: WeChat Pay is to push a declaration again that the e-port lost.

    It takes one only in the states SUCCESS and EXCEPT (``WechatState.may_be_redeclared``); other content needs a
    ``WechatRequest`` with the action MODIFY. A part (拆单) has its ``sub_order_no`` or ``sub_order_id`` besides.
    """

    merchant_customs_no: MerchantCustomsNo | None = None
    """Given, unless the place is NO."""

    @model_validator(mode="after")
    def _names_a_payment(self) -> Self:
        if not (self.order_no or self.payment_no):
            raise ValueError("give order_no or payment_no: WeChat Pay finds the payment by one of them")
        _demand_merchant_number(self.place, self.merchant_customs_no)
        return self


def write_wechat(request: WechatRequest | WechatQuery | WechatRedeclaration, key: SecretStr) -> bytes:
    """The body to post: XML in UTF-8, parameters sorted, signed with the key of the merchant
    (``wechat_md5_signature``).

    Each kind of request has its path: ``DECLARE_PATH``, ``QUERY_PATH``, ``REDECLARE_PATH``.
    """
    parameters = parameters_of(request)
    if not isinstance(request, WechatRequest):
        parameters["sign_type"] = "MD5"
    root = etree.Element("xml")
    for name, value in [*sorted(parameters.items()), ("sign", wechat_md5_signature(parameters, key))]:
        etree.SubElement(root, name).text = value
    return etree.tostring(root, encoding="utf-8")
