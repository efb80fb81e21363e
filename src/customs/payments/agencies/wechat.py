"""WeChat Pay's customs declaration (微信支付 订单附加信息提交): asking it to declare a payment, and reading what it answers.

The platform asks for one area; WeChat Pay sends the payer's document to customs. Nothing is sent here: ``write_wechat``
makes the body, ``read_wechat`` reads the answer to it. Source: fields, areas and states as WeChat Pay's v2 page has
them, by way of its clients; no length of a field is known. Verify against the provider's page.

>>> request = WechatRequest(app_id="wx0", merchant_id="1", order_no="EX1", payment_no="420000", place="NINGBO",
...     merchant_customs_no="3302000000")
>>> write_wechat(request, SecretStr("fictitious"))[:49]
b'<xml><action_type>ADD</action_type><appid>wx0</ap'
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, Self

from lxml import etree
from pydantic import SecretStr, model_validator

from customs.codes.states import State
from customs.documents import Answer
from customs.fields import Record
from customs.fields.terms import Fixed, Part, Text
from customs.payments.agencies.answers import (
    AgencyAnswerError,
    Stated,
    agency_answer,
    check_same,
    flat,
    root_of,
    showable,
    state_of_refusal,
)
from customs.payments.agencies.customs_places import Agency, places_of
from customs.payments.agencies.request_parameters import parameters_of
from customs.payments.agencies.signatures import UnsignableError, wechat_md5_signature, wechat_signature_holds
from customs.payments.agencies.yuan_and_fen import Fen, fen_of

AppId = Annotated[str, Text("appid", "公众账号ID", "Application of the merchant", minimum=1, maximum=None)]
MerchantId = Annotated[str, Text("mch_id", "商户号", "Merchant at WeChat Pay", minimum=1, maximum=None)]
OrderNo = Annotated[
    str, Text("out_trade_no", "商户订单号", "Order number under which it was paid", minimum=1, maximum=None)
]
PaymentNo = Annotated[str, Text("transaction_id", "微信支付订单号", "Number of the payment", minimum=1, maximum=None)]
PlaceCode = Annotated[str, Text("customs", "海关", "Area that it is declared to", minimum=1, maximum=None)]
MerchantCustomsNo = Annotated[
    str, Text("mch_customs_no", "商户海关备案号", "Number of the merchant with customs there", minimum=1, maximum=None)
]
Duty = Annotated[Decimal, Fen(None, "关税", "Tax in CNY, for information", parameter="duty")]
Action = Annotated[
    Literal["ADD", "MODIFY"],
    Text("action_type", "操作类型", "ADD or MODIFY", minimum=1, maximum=None, pattern="ADD|MODIFY"),
]

SubOrderNo = Annotated[
    str, Text("sub_order_no", "商户子订单号", "Number of the part of the order", minimum=1, maximum=None)
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
    action: Action = "ADD"
    split: Annotated[WechatSplit, Part(None, "拆单", "The part of the payment")] | None = None
    identity: Annotated[WechatIdentity, Part(None, "订购人身份", "The buyer")] | None = None

    @model_validator(mode="after")
    def _has_a_merchant_number(self) -> Self:
        known = places_of("wechat").get(self.place)
        if not self.merchant_customs_no and (known is None or known.needs_merchant_number):
            raise ValueError(
                "merchant_customs_no (mch_customs_no) is missing: give the merchant's customs number, which every place but NO needs"
            )
        return self


def write_wechat(request: WechatRequest, key: SecretStr) -> bytes:
    """The body to post: XML in UTF-8, parameters sorted, signed with the key of the merchant
    (``wechat_md5_signature``).
    """
    parameters = parameters_of(request)
    root = etree.Element("xml")
    for name, value in [*sorted(parameters.items()), ("sign", wechat_md5_signature(parameters, key))]:
        etree.SubElement(root, name).text = value
    return etree.tostring(root, encoding="utf-8")


class WechatState(Stated):
    """The state of a declaration (state)."""

    UNDECLARED = "未申报", "not declared yet"
    SUBMITTED = "申报已提交", "handed in"
    PROCESSING = "申报中", "being declared"
    SUCCESS = "申报成功", "declared"
    FAIL = "申报失败", "refused"
    EXCEPT = "海关接口异常", "the interface of customs failed"
    UNKNOWN = "未知状态", "an unknown state, or none given"


class IdentityCheck(Stated):
    """The comparison of buyer and payer (cert_check_result)."""

    UNCHECKED = "未校验", "not compared"
    SAME = "一致", "the same person"
    DIFFERENT = "不一致", "another person than the payer"
    UNKNOWN = "未知结果", "an unknown result, or none given"


class VerifyDepartment(Stated):
    """Clearing house that can confirm the payment (verify_department)."""

    UNIONPAY = "银联", "UnionPay"
    NETSUNION = "网联", "NetsUnion"
    OTHERS = "其他", "another"
    UNKNOWN = "未知机构", "an unknown one, or none given"

    @property
    def verifier(self) -> str | None:
        """Its code in the payment data of announcement 179 (verDept), None where it is not known."""
        return {"UNIONPAY": "1", "NETSUNION": "2", "OTHERS": "3"}.get(self.name)


@dataclass(frozen=True, slots=True)
class WechatAnswer:
    """A signed answer. ``taken`` says that the request was processed, ``state`` what became of the declaration."""

    taken: bool
    state: WechatState
    identity: IdentityCheck
    department: VerifyDepartment
    error_code: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def declared(self) -> bool:
        """True if WeChat Pay says that the payment is declared. For the buyer see ``identity``."""
        return self.taken and self.state is WechatState.SUCCESS


#: The canonical state of each state of WeChat Pay. Source: names of the states in its documentation.
STATES = {
    WechatState.UNDECLARED: State.STORED,
    WechatState.SUBMITTED: State.SENT,
    WechatState.PROCESSING: State.SENT,
    WechatState.SUCCESS: State.ACCEPTED,
    WechatState.FAIL: State.REJECTED,
    WechatState.EXCEPT: State.TECHNICAL_FAILURE,
    WechatState.UNKNOWN: State.UNKNOWN,
}


def answer_of_wechat(reply: WechatAnswer) -> Answer:
    """Return the signed answer as one of all receipts: about the payment (CEB411) that WeChat Pay declares."""
    return agency_answer(
        "WeChat Pay",
        STATES[reply.state] if reply.taken else state_of_refusal(reply.error_code),
        reply.error_code or (reply.state.name if reply.taken else ""),
        {"payment_no": reply.parameters.get("transaction_id"), "order_no": reply.parameters.get("out_trade_no")},
    )


_COMPARED = ("appid", "mch_id", "out_trade_no", "transaction_id", "customs", "sub_order_no")
_NEEDED = ("mch_id", "transaction_id", "sub_order_no")


def read_wechat(body: bytes, request: WechatRequest, key: SecretStr) -> WechatAnswer:
    """The answer to a request, once its signature is verified. Raises ``AgencyAnswerError`` for what cannot be
    believed: it is then not known what became of the request, and is to be asked.
    """
    parameters = flat(root_of(body, "xml"))
    if not parameters.get("sign"):
        raise AgencyAnswerError(
            "WeChat Pay answered without a signature, as it does when it could not process the request: check parameters and key",
            said=parameters.get("return_msg", ""),
        )
    if not _holds(parameters, key):
        raise AgencyAnswerError("the signature of the answer is not valid: check the key, and do not use the answer")
    taken = parameters.get("return_code") == parameters.get("result_code") == "SUCCESS"
    check_same(parameters, parameters_of(request), compared=_COMPARED, needed=_NEEDED if taken else ())
    return WechatAnswer(
        taken=taken,
        state=WechatState.of(parameters.get("state", "")),
        identity=IdentityCheck.of(parameters.get("cert_check_result", "")),
        department=VerifyDepartment.of(parameters.get("verify_department", "")),
        error_code=showable(parameters["err_code"]) if parameters.get("err_code") else "",
        parameters=parameters,
    )


def _holds(parameters: Mapping[str, str], key: SecretStr) -> bool:
    try:
        return wechat_signature_holds(parameters, key)
    except UnsignableError:
        return False
