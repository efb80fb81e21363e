"""The SOAP way (SOAP 通道): one operation with the message as text, over the HTTPS of the other gateways.

Zhejiang and Jiangxi take ``receive`` with an encrypted form (``zhejiang``, ``jiangxi``) or with a DxpMsg as text
(``zhejiang_ceb``), and answer with XML as an escaped text; the airport zone of Zhengzhou takes ``xmlStr``. Receipts of
Zhejiang and Jiangxi come by call-back. Promised is what the HTTPS way promises; a fault that blames the caller refuses, any
other leaves the outcome open. The envelope is SOAP 1.1, made here: an operation has one to four texts. Source: sections 4.1
and 4.3 of the facts on the exchange.

>>> print(envelope("urn:a", "receive", [("content", "<a>&</a>")]).decode())
<?xml version='1.0' encoding='UTF-8'?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><op:receive
xmlns:op="urn:a"><content>&lt;a&gt;&amp;&lt;/a&gt;</content></op:receive></soapenv:Body></soapenv:Envelope>
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias, Union

from lxml import etree

from customs.exchange.contract import Delivery, HandedOver, Item, SetAside
from customs.exchange.ways.calls import NO_ACTION, CallError, CallLimits, GatewayLine, GatewayReply, not_answered
from customs.exchange.ways.gateway_answers import AnswerForm, GatewayCode, answer_to
from customs.exchange.ways.gateway_receipts import in_its_encoding
from customs.wire.parsing import ReadError, parse_tolerantly

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"

#: The media type of SOAP 1.1.
MEDIA = "text/xml; charset=utf-8"

#: The arguments of an operation in their order: a text, or arguments of its own.
Arguments: TypeAlias = Sequence[tuple[str, Union[str, "Arguments"]]]

#: Faults that blame the caller, by the end of their code: the message was not taken.
_CALLERS = ("Client", "VersionMismatch", "MustUnderstand")


@dataclass(frozen=True, slots=True, kw_only=True)
class SoapDialect:
    """A service: where it is below the address, its operation, and how it answers."""

    zh: str
    en: str
    path: str
    namespace: str = ""
    operation: str = ""
    content: str = ""
    """The argument that takes the message as text; empty where the form of the area holds the arguments."""
    answer: AnswerForm


_RESULT = "body/list/jkfResult"

#: The answer of Zhejiang and Jiangxi: a RESULT, or two words.
_JKF = AnswerForm(
    kind="xml",
    marks=(f"{_RESULT}/chkMark",),
    accepted=frozenset({"1"}),
    words=frozenset({"处理成功"}),
    code=f"{_RESULT}/resultList/jkfResultDetail/resultInfo",
    codes={
        "S": GatewayCode("never", "传输、加密或格式错误", "transport, encryption or form"),
        "B3100": GatewayCode("never", "单证超过 20 份", "more than 20 documents"),
    },
    receipts=True,
)

_ENCRYPTED = SoapDialect(
    zh="浙江",
    en="Zhejiang",
    path="/newyorkWS/ws/ReceiveEncryptDeclare",
    namespace="http://ws.newyork.zjport.gov.cn/",
    operation="receive",
    answer=_JKF,
)

#: All services by the name that ``customs.toml`` gives.
SOAP_DIALECTS: Mapping[str, SoapDialect] = {
    "zhejiang": _ENCRYPTED,
    "jiangxi": replace(_ENCRYPTED, zh="江西", en="Jiangxi"),
    "zhejiang_ceb": replace(
        _ENCRYPTED,
        zh="浙江（统一版）",
        en="Zhejiang, unified edition",
        path="/newyorkWS/ws/ReceiveCebDeclare",
        content="content",
    ),
    "zhengzhou_airport": SoapDialect(
        zh="新郑综保区",
        en="Zhengzhou airport zone",
        path="/DataInteractonWbs/webservice/wbs",
        answer=AnswerForm(
            kind="xml", marks=("MESSAGEBODY/BODYMASTER/FLAG",), accepted=frozenset({"SUCCESS"}), receipts=True
        ),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SoapSettings:
    """A service as ``customs.toml`` gives it: each field is a key of the same name.

    Raises ``ValueError`` for a dialect that is not known, or whose namespace and operation were not published and are
    not given.
    """

    dialect: str
    """A name of ``SOAP_DIALECTS``."""
    address: str
    """``https://`` with the host."""
    namespace: str = ""
    operation: str = ""
    ca_file: str | Path | None = None
    plain: bool = False
    """True for a service without TLS on a private line."""
    limits: CallLimits = field(default_factory=CallLimits)

    def __post_init__(self) -> None:
        if self.dialect not in SOAP_DIALECTS:
            raise ValueError(
                f"no service has the dialect {self.dialect!r}; known: {', '.join(SOAP_DIALECTS)} 没有此服务方言"
            )
        known = SOAP_DIALECTS[self.dialect]
        if not (self.namespace or known.namespace) or not (self.operation or known.operation):
            raise ValueError(
                f"the service {self.dialect} needs namespace and operation, as in its WSDL "
                f"服务 {self.dialect} 须填 namespace 和 operation，见其 WSDL"
            )


class SoapWay:
    """The way to one service."""

    can_confirm = False
    can_lookup = False
    gives_parts = False

    def __init__(self, settings: SoapSettings) -> None:
        self._dialect = SOAP_DIALECTS[settings.dialect]
        self._namespace = settings.namespace or self._dialect.namespace
        self._operation = settings.operation or self._dialect.operation
        self._line = GatewayLine(
            settings.address, ca_file=settings.ca_file, plain=settings.plain, limits=settings.limits
        )

    def __repr__(self) -> str:
        return f"SoapWay({self._dialect.en!r}, {self._line.host!r})"

    def hand_over(self, delivery: Delivery) -> HandedOver:
        """Call the operation with a message, once."""
        arguments = self._arguments(delivery)
        if arguments is None:
            said = (
                "the message has no form: give the area its settings and secrets 报文没有表单：请为关区配置参数和密钥"
            )
            return HandedOver(outcome="not sent", again="never", said=said)
        try:
            body = envelope(self._namespace, self._operation, arguments)
        except ValueError:
            return HandedOver(outcome="not sent", again="never", said="the message is no text of XML 报文不是 XML 文本")
        try:
            reply = self._line.post(self._dialect.path, body, MEDIA, headers=NO_ACTION)
        except CallError as error:
            return not_answered(error, self._line.host)
        return handed_to(self._dialect.answer, reply, f"{delivery.id}-answer")

    def fetch(self) -> Iterator[Item | SetAside]:
        """Yield nothing: receipts come with the answer, and by call-back."""
        return iter(())

    def confirm(self, item: Item) -> None:
        """Do nothing: nothing is fetched."""

    def lookup(self, delivery: Delivery) -> HandedOver:
        """Return ``unknown``: the service cannot be asked."""
        return HandedOver(outcome="unknown", said="the service cannot be asked for it 服务不提供查询")

    def close(self) -> None:
        """Give the connections back."""
        self._line.close()

    def _arguments(self, delivery: Delivery) -> Arguments | None:
        if not self._dialect.content:
            return None if delivery.form is None else list(delivery.form.items())
        try:
            return [(self._dialect.content, delivery.content.decode())]
        except UnicodeDecodeError:
            return None


def envelope(namespace: str, operation: str, arguments: Arguments) -> bytes:
    """Return the SOAP 1.1 envelope of an operation. Raises ``ValueError`` for a text that XML cannot hold."""
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soapenv": SOAP})
    body = etree.SubElement(root, f"{{{SOAP}}}Body")
    _fill(etree.SubElement(body, f"{{{namespace}}}{operation}", nsmap={"op": namespace}), arguments)
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _fill(element: etree._Element, arguments: Arguments) -> None:
    for name, value in arguments:
        child = etree.SubElement(element, name)
        if isinstance(value, str):
            child.text = value
        else:
            _fill(child, value)


def answered(content: bytes) -> etree._Element | None:
    """Return what stands in the body of an envelope, such as the response of an operation; None if there is none."""
    try:
        root = parse_tolerantly(content.strip()).root
    except ReadError:
        return None
    body = root.find(f"{{{SOAP}}}Body")
    return body[0] if root.tag == f"{{{SOAP}}}Envelope" and body is not None and len(body) else None


def handed_to(form: AnswerForm, reply: GatewayReply, name: str) -> HandedOver:
    """Return the outcome of a message by the answer of a service, whose text in the envelope is XML or a word.

    ``name`` is that of the receipt, where the text is one.
    """
    response = answered(reply.content) if reply.status in (200, 500) else None
    if response is not None and etree.QName(response).localname == "Fault":
        code = (response.findtext("faultcode") or "").rpartition(":")[2]
        if code.partition(".")[0] in _CALLERS:
            said = f"fault {code.partition('.')[0]}: it does not understand the call 服务无法识别请求"
            return HandedOver(outcome="not sent", again="never", said=said, answer=reply.content)
        said = "fault of the service: it may have taken the message 服务异常，可能已接收"
        return HandedOver(outcome="unknown", said=said, answer=reply.content)
    if reply.status != 200 or response is None:
        return answer_to(replace(form, words=frozenset()), reply)
    text = next((each for each in response.itertext() if each.strip()), "")
    inner = in_its_encoding(text.strip())
    handed = replace(answer_to(form, GatewayReply(200, inner)), answer=reply.content)
    if not form.receipts or handed.outcome == "unknown" or not inner.startswith(b"<"):
        return handed
    return replace(handed, items=(Item(name=name, content=inner),))
