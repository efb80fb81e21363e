"""Answers (回执、支付机构应答): receipts of every area, answers of payment agencies, customs' requests for payment data."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from xml.sax.saxutils import escape

from pydantic import SecretStr

import customs
from customs import areas
from customs.areas import read_answers
from customs.payments.agencies import (
    AgencyAnswerError,
    AlipayRequest,
    WechatAnswer,
    WechatQuery,
    WechatRequest,
    answer_of_alipay,
    answer_of_wechat,
    read_alipay,
    read_wechat,
    read_wechat_query,
    wechat_md5_signature,
)
from customs.payments.agencies.answers import flat, root_of
from customs.payments.agencies.signatures import UnsignableError
from customs.payments.payment_answer import answer
from fuzz.promises import promise

KEY = SecretStr("0123456789abcdef")
AREAS = areas.names()

WECHAT = WechatRequest(
    app_id="wx0", merchant_id="1900000000", order_no="EX1", payment_no="4200000000", place="GUANGZHOU_ZS",
    merchant_customs_no="4401000000",
)  # fmt: skip
QUERY = WechatQuery(app_id="wx0", merchant_id="1900000000", payment_no="4200000000", place="GUANGZHOU_ZS")
ALIPAY = AlipayRequest(
    partner="2088000000000000", request_no="R20261111", payment_no="2026111100001", merchant_customs_code="4401000000",
    merchant_customs_name="示例公司", amount=Decimal("300.50"), place="ZONGSHU",
)  # fmt: skip


def receipts(data: bytes) -> None:
    """A receipt gives answers with states, or ``ReadError``. The first line of an input names the area."""
    name, _, content = data.partition(b"\n")
    area = name.decode("ascii", "replace")
    try:
        found = read_answers(content, area if area in AREAS else areas.registry.UNIFIED, unwrap=True)
    except customs.ReadError:
        return
    for each in found:
        promise(isinstance(each.state, customs.State), "an answer without a state")
        promise(each.code or each.state is not customs.State.ACCEPTED, "accepted without a code")


class TrustingKey:
    """A key that finds every signature of Alipay valid, so that inputs come past it."""

    sign_type = "MD5"

    def sign(self, parameters: Mapping[str, str]) -> str:
        return "0" * len(parameters)

    def holds(self, sign: str, parameters: Mapping[str, str]) -> bool:
        return bool(sign or parameters)


def payment_agencies(data: bytes) -> None:
    """An answer of WeChat Pay or Alipay is read, or refused with ``AgencyAnswerError``."""
    signed = signed_again(data)
    for body in (data, signed):
        for said in wechat_answers(body):
            promise(body is signed, "an answer of WeChat Pay is believed, though nobody signed it")
            answer_of_wechat(said)
    try:
        answer_of_alipay(read_alipay(data, ALIPAY, TrustingKey()))
    except AgencyAnswerError:
        return


def wechat_answers(body: bytes) -> Iterator[WechatAnswer]:
    """Yield what an answer of WeChat Pay says, to a declaration or to a query."""
    try:
        yield read_wechat(body, WECHAT, KEY)
    except AgencyAnswerError as error:
        promise(str(error), "refused without a reason")
    try:
        yield from read_wechat_query(body, QUERY, KEY)
    except AgencyAnswerError as error:
        promise(str(error), "refused without a reason")


def signed_again(data: bytes) -> bytes:
    """Return an answer with a signature of WeChat Pay that holds, so that inputs come past it."""
    try:
        fields = {name: text for name, text in flat(root_of(data, "xml")).items() if name != "sign"}
        fields["sign"] = wechat_md5_signature(fields, KEY)
    except (AgencyAnswerError, UnsignableError):
        return b""
    return f"<xml>{''.join(f'<{name}>{escape(text)}</{name}>' for name, text in fields.items())}</xml>".encode()


class NoPayments:
    """A store that knows no order."""

    def find(self, order_no: str) -> None:
        """Return None for every order."""


def payment_data(data: bytes) -> None:
    """A request of customs for payment data is answered, whatever it is."""
    said = answer(data, NoPayments(), lambda: datetime(2026, 11, 11, 8))
    promise(said.code in ("20001", "20002"), "an order is found that nobody knows")
    promise(said.content and len(said.content) < 2_000, "no answer, or one that grows with the input")
