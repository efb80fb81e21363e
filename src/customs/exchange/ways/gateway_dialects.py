"""Dialects of HTTPS gateways (网关方言), as data: where a message is posted, in which fields, and how it is answered.

The forms themselves are made by ``customs.areas`` with the profile of the area; a dialect only says where they go. For
messages that have no form, such as those of the unified edition, ``fields`` names what is posted. Where a gateway's word of
acceptance was not published (Shanghai, Changsha), ``accepted`` of the settings must name it; without it every outcome is
``unknown``. Source: section 4 of the facts on the exchange; the payers' developer pages.

>>> sorted(DIALECTS)
['alipay', 'changsha', 'chongqing', 'guangzhou', 'hainan', 'ningbo', 'payment_data', 'shanghai', 'shenzhen', 'wechat', 'zhengzhou']
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from customs.exchange.ways.gateway_answers import AnswerForm, GatewayCode
from customs.payments.payment_answer import FAILED, RECEIVED
from customs.payments.payment_data import UPLOAD_PATH

#: What of a message goes into a field: its bytes as text, its type, its number, its file name.
PostedPart = Literal["content", "name", "id", "file_name"]

#: How receipts are fetched: those that wait, confirmed one by one; those since an instant; page by page since an instant.
Receiving = Literal["waiting list", "since an instant", "pages since an instant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpDialect:
    """A gateway's way of taking messages over HTTPS."""

    name: str
    zh: str
    en: str
    path: str = ""
    """Where messages are posted, below the address; the payers have a path for each kind of request."""
    paths: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Paths by the name of the message, before ``path``."""
    body: Literal["form", "json", "content"] = "form"
    """The parameters as a form; the parameter ``body`` of the form as JSON; the bytes of the message as they are."""
    media: str = "application/x-www-form-urlencoded; charset=utf-8"
    query: tuple[str, ...] = ()
    """Parameters that go into the address instead of the body."""
    fields: Mapping[str, PostedPart] = field(default_factory=dict, hash=False)
    """For messages without a form: the fields beside the credentials."""
    credentials: tuple[str, ...] = ()
    """The credentials without which nothing can be sent or fetched."""
    answer: AnswerForm
    receiving: Receiving | None = None
    receiving_paths: tuple[str, ...] = ()
    """Where receipts are fetched; of a waiting list also where they are confirmed."""
    lookup_path: str = ""
    """Where the gateway tells if it has an order; empty where it cannot be asked."""


#: Error families of Guangzhou's interface V1.9 (2018).
_GUANGZHOU_CODES = {
    "0.1": GatewayCode("never", "缺少参数", "a parameter is missing"),
    "0.2": GatewayCode("never", "参数错误", "a parameter is wrong"),
    "0.3": GatewayCode("never", "安全校验未通过", "the security check failed"),
    "0.4": GatewayCode("never", "报文格式错误", "the message has the wrong format"),
    "0.5": GatewayCode("never", "验签未通过", "the signature does not hold"),
    "0.6": GatewayCode("never", "报文解析失败", "the message cannot be parsed"),
    "0.7": GatewayCode("later", "平台同步失败", "the platform failed to synchronise"),
    "0.8": GatewayCode("never", "解码失败", "the message cannot be decoded"),
    "1.": GatewayCode("never", "业务校验未通过", "a check of the business failed"),
    "-999": GatewayCode("never", "未开通该报文类型", "this type of message is not accepted"),
}

#: ``sendMessage`` and its family, as published.
GUANGZHOU = HttpDialect(
    name="guangzhou",
    zh="广州",
    en="Guangzhou",
    path="/client/declare/sendMessage.action",
    query=("clientid", "key", "messageType"),
    fields={"messageType": "name", "messageText": "content"},
    credentials=("clientid", "key"),
    answer=AnswerForm(
        kind="json", marks=("result",), accepted=frozenset({"true"}), code="errorCode", codes=_GUANGZHOU_CODES
    ),
    receiving="waiting list",
    receiving_paths=("/client/declare/receiveMessage.action", "/client/declare/sendReceiptReceived.action"),
    lookup_path="/client/query/queryMessage.action",
)

#: The same family, as the Shenzhen client uses it. A code that begins with a minus is a fault of the platform: that
#: client sends such a message again.
SHENZHEN = replace(
    GUANGZHOU,
    name="shenzhen",
    zh="深圳",
    en="Shenzhen",
    answer=replace(
        GUANGZHOU.answer,
        codes={
            "-": GatewayCode("later", "平台异常", "a fault of the platform"),
            "-999": _GUANGZHOU_CODES["-999"],
        },
    ),
    lookup_path="",
)

NINGBO = HttpDialect(
    name="ningbo",
    zh="宁波",
    en="Ningbo",
    path="/dsapi/dsapi.do",
    credentials=("userid", "password", "customs"),
    answer=AnswerForm(
        kind="xml",
        marks=("Header/Result",),
        accepted=frozenset({"T"}),
        repeated=("Header/ResultMsg", "已存在"),
        receipts=True,
    ),
    receiving="pages since an instant",
    receiving_paths=("/dsapi/dsapi.do",),
    lookup_path="/dsapi/dsapi.do",
)

#: The errors that Shanghai names, and what may follow them.
_SHANGHAI_CODES = {
    "ILLEGAL": GatewayCode("never", "参数、签名或商品信息不合规", "parameters, the signature or goods are refused"),
    "HASH_NO_PRIVILEGE": GatewayCode("after the outage", "无权限", "no privilege"),
    "ORDER_": GatewayCode("never", "订单金额应大于零", "amounts of an order must be above zero"),
    "ILLEGAL_CLIENT_IP": GatewayCode("after the outage", "本机地址不在白名单", "this address is not on its list"),
    "OUT_ORDER_ID_EXIST": GatewayCode(None, "订单号已存在", "it has this order already"),
    "SYSTEM_ERROR": GatewayCode(None, "平台系统错误", "a fault of the platform"),
}

SHANGHAI = HttpDialect(
    name="shanghai",
    zh="上海",
    en="Shanghai",
    path="/cepoi/order/orderlist.htm",
    answer=AnswerForm(kind="json", marks=("*",), code="*", codes=_SHANGHAI_CODES),
)

CHONGQING = HttpDialect(
    name="chongqing",
    zh="重庆",
    en="Chongqing",
    answer=AnswerForm(
        kind="json",
        marks=("isSuccess",),
        accepted=frozenset({"true"}),
        words=frozenset({"True", "true"}),
        code="body",
        codes={
            "E01": GatewayCode("never", "缺少报文类型", "the type is missing"),
            "E02": GatewayCode("never", "未开通该报文类型", "the type is not allowed"),
        },
    ),
)

CHANGSHA = HttpDialect(name="changsha", zh="长沙", en="Changsha", answer=AnswerForm(kind="json", marks=("*",)))

ZHENGZHOU = HttpDialect(
    name="zhengzhou",
    zh="郑州经开",
    en="Zhengzhou E-trade",
    path="/BIService/service/order/pushOrder",
    answer=AnswerForm(kind="xml", marks=("Status",), accepted=frozenset({"0"})),
)

HAINAN = HttpDialect(
    name="hainan",
    zh="海南",
    en="Hainan",
    path="/cebcmsg",
    body="json",
    media="application/json; charset=utf-8",
    credentials=("dxpid",),
    answer=AnswerForm(kind="text", words=frozenset({"OK"})),
    receiving="since an instant",
    receiving_paths=("/ceb312msg", "/ceb622msg"),
)

_ALIPAY_CODES = {
    "ILLEGAL": GatewayCode("never", "签名或参数不合规", "the signature or parameters are refused"),
    "SYSTEM_ERROR": GatewayCode(None, "系统错误，请先查询", "a fault of the payer: query first"),
}

ALIPAY = HttpDialect(
    name="alipay",
    zh="支付宝",
    en="Alipay",
    path="/gateway.do",
    body="content",
    answer=AnswerForm(
        kind="xml",
        marks=("is_success", "response/alipay/result_code"),
        accepted=frozenset({"T", "SUCCESS"}),
        code="error",
        codes=_ALIPAY_CODES,
        receipts=True,
    ),
)

WECHAT = HttpDialect(
    name="wechat",
    zh="微信支付",
    en="WeChat Pay",
    paths={
        "declare": "/cgi-bin/mch/customs/customdeclareorder",
        "query": "/cgi-bin/mch/customs/customdeclarequery",
        "redeclare": "/cgi-bin/mch/newcustoms/customdeclareredeclare",
    },
    path="/cgi-bin/mch/customs/customdeclareorder",
    body="content",
    media="text/xml; charset=utf-8",
    answer=AnswerForm(
        kind="xml",
        marks=("return_code", "result_code"),
        accepted=frozenset({"SUCCESS"}),
        code="err_code",
        codes={"SYSTEMERROR": GatewayCode(None, "系统错误，请先查询", "a fault of the payer: query first")},
        receipts=True,
    ),
)

#: Customs' own service for raw payment data (announcement 179). 10000 is receipt; verification may be later. What a
#: refusal means is not published, so that a person decides if it is sent again.
PAYMENT_DATA = HttpDialect(
    name="payment_data",
    zh="海关支付原始数据",
    en="customs, raw payment data",
    path=UPLOAD_PATH,
    answer=AnswerForm(
        kind="json",
        marks=("code",),
        accepted=frozenset({RECEIVED}),
        code="code",
        codes={FAILED: GatewayCode("never", "上传失败", "the upload failed")},
    ),
)

#: All dialects by the name that ``customs.toml`` gives.
DIALECTS: Mapping[str, HttpDialect] = {
    each.name: each
    for each in (
        GUANGZHOU,
        SHENZHEN,
        NINGBO,
        SHANGHAI,
        CHONGQING,
        CHANGSHA,
        ZHENGZHOU,
        HAINAN,
        ALIPAY,
        WECHAT,
        PAYMENT_DATA,
    )
}
