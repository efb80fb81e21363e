"""Alipay's customs declaration (支付宝报关 alipay.acquire.customs): asking it to declare a payment, and reading the answer.

Nothing is sent here: ``write_alipay`` makes the form, ``read_alipay`` reads the answer to it. Source: fields, lengths
and areas as Alipay's page acquire_customs has them, partly by way of its clients. The form of the answer is general
knowledge. Verify both against the provider's page.

>>> from pydantic import SecretStr
>>> from customs.payments.agencies.signatures import Md5Key
>>> request = AlipayRequest(partner="2088", request_no="20261111001", payment_no="2026", merchant_customs_code="3302000000",
...     merchant_customs_name="示例公司", amount="300.50", place="ZONGSHU")
>>> write_alipay(request, Md5Key(SecretStr("fictitious")))[:36]
b'_input_charset=utf-8&amount=300.50&c'
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, ClassVar
from urllib.parse import urlencode

from lxml import etree

from customs.codes.states import State
from customs.documents import Answer
from customs.fields import Record
from customs.fields.terms import Allowed, Part, Text
from customs.payments.agencies.answers import (
    AgencyAnswerError,
    agency_answer,
    check_same,
    error_code_of,
    flat,
    parts,
    root_of,
    state_of_refusal,
)
from customs.payments.agencies.customs_places import Agency
from customs.payments.agencies.request_parameters import NumberRule, parameters_of
from customs.payments.agencies.signatures import AlipayKey, UnsignableError
from customs.payments.agencies.yuan_and_fen import Yuan

#: Name of the service.
SERVICE = "alipay.acquire.customs"

Partner = Annotated[str, Text("partner", "合作者身份ID", "Merchant at Alipay", minimum=1, maximum=16)]
RequestNo = Annotated[
    str,
    NumberRule(
        "out_request_no",
        "报关流水号",
        "Number of this request",
        minimum=6,
        maximum=32,
        pattern="[0-9A-Za-z_:-]{6,32}",
        words=Allowed("6 至 32 位，数字、英文字母和 _ - :", "6 to 32 characters: digits, English letters and _ - :"),
    ),
]
PaymentNo = Annotated[str, Text("trade_no", "支付宝交易号", "Number of the payment", minimum=1, maximum=64)]
MerchantCustomsCode = Annotated[
    str,
    Text(
        "merchant_customs_code", "商户海关备案编号", "Number of the merchant with customs there", minimum=1, maximum=20
    ),
]
MerchantCustomsName = Annotated[
    str, Text("merchant_customs_name", "商户海关备案名称", "Name registered with customs", minimum=1, maximum=256)
]
Amount = Annotated[Decimal, Yuan("amount", "报关金额", "Amount to declare, in CNY")]
PlaceCode = Annotated[str, Text("customs_place", "海关编号", "Area that it is declared to", minimum=1, maximum=20)]
SubOrderNo = Annotated[
    str, Text("sub_out_biz_no", "商户子订单号", "Number of the part of the order", minimum=1, maximum=32)
]
BuyerName = Annotated[
    str, Text("buyer_name", "订购人姓名", "Name of the buyer", minimum=1, maximum=None, personal=True)
]
BuyerIdNumber = Annotated[
    str, Text("buyer_id_no", "订购人身份证号", "Identity number of the buyer", minimum=1, maximum=None, personal=True)
]


class AlipayIdentity(Record):
    """订购人身份: the buyer, for Alipay to compare with the payer."""

    name: BuyerName
    id_number: BuyerIdNumber


class AlipayRequest(Record):
    """报关请求: Alipay is to declare this payment, or a part of it, to one area."""

    agency: ClassVar[Agency] = "alipay"

    partner: Partner
    request_no: RequestNo
    payment_no: PaymentNo
    merchant_customs_code: MerchantCustomsCode
    merchant_customs_name: MerchantCustomsName
    amount: Amount
    place: PlaceCode
    sub_order_no: SubOrderNo | None = None
    """Given for a part of the payment (拆单); only some areas admit that, and which ones is not known here."""
    identity: Annotated[AlipayIdentity, Part(None, "订购人身份", "The buyer")] | None = None


def write_alipay(request: AlipayRequest, key: AlipayKey) -> bytes:
    """The form to post (``application/x-www-form-urlencoded`` in UTF-8), signed.

    ``is_split`` follows from the sub order.
    """
    parameters = {**parameters_of(request), "service": SERVICE, "_input_charset": "utf-8"}
    if request.sub_order_no:
        parameters["is_split"] = "T"
    signed = {**dict(sorted(parameters.items())), "sign": key.sign(parameters), "sign_type": key.sign_type}
    return urlencode(signed, encoding="utf-8").encode("ascii")


@dataclass(frozen=True, slots=True)
class AlipayAnswer:
    """A signed answer. ``taken`` says that Alipay took the request over, not that customs has accepted the payment."""

    taken: bool
    error_code: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)


def answer_of_alipay(reply: AlipayAnswer) -> Answer:
    """Return the signed answer as one of all receipts: about the payment (CEB411) that Alipay declares.

    A request that Alipay took over is ``sent``: what customs says comes later.
    """
    return agency_answer(
        "Alipay",
        State.SENT if reply.taken else state_of_refusal(reply.error_code),
        reply.error_code or ("SUCCESS" if reply.taken else ""),
        {"payment_no": reply.parameters.get("trade_no")},
        submitted=reply.parameters.get("out_request_no", ""),
        texts=(reply.parameters.get("detail_error_des"),),
    )


_COMPARED = ("trade_no", "out_request_no", "customs_place", "sub_out_biz_no")


def read_alipay(body: bytes, request: AlipayRequest, key: AlipayKey) -> AlipayAnswer:
    """The answer to a request, once its signature is verified. Raises ``AgencyAnswerError`` for what cannot be
    believed: it is then not known what became of the request, and is to be asked.
    """
    outer = parts(root_of(body, "alipay"))
    told = {name: outer[name].text or "" for name in ("is_success", "sign", "sign_type", "error") if name in outer}
    if told.get("is_success") != "T" or not told.get("sign"):
        raise AgencyAnswerError(
            "Alipay answered without a signature, as it does when it could not process the request: check parameters and key",
            said=told.get("error", ""),
        )
    parameters = _response(outer)
    if told.get("sign_type") != key.sign_type or not _holds(told["sign"], parameters, key):
        raise AgencyAnswerError(
            "the signature of the answer is not valid: check key and sign_type, and do not use the answer"
        )
    taken = parameters.get("result_code") == "SUCCESS"
    check_same(parameters, parameters_of(request), compared=_COMPARED, needed=("trade_no",) if taken else ())
    code = error_code_of(parameters.get("detail_error_code", ""))
    return AlipayAnswer(taken=taken, error_code=code, parameters=parameters)


def _response(outer: Mapping[str, etree._Element]) -> dict[str, str]:
    """Return the signed fields, in ``response/alipay``."""
    inner = parts(outer["response"]) if "response" in outer else {}
    if list(inner) != ["alipay"]:
        raise AgencyAnswerError("response: one element alipay is expected in it")
    return flat(inner["alipay"])


def _holds(sign: str, parameters: Mapping[str, str], key: AlipayKey) -> bool:
    try:
        return key.holds(sign, parameters)
    except UnsignableError:
        return False
