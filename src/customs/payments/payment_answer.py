"""Answering customs when it asks for raw payment data (支付相关原始数据实时获取): the answer at once, then the upload.

1. Customs posts a form with the field ``openReq`` to the address that the platform registered (``platDataOpen``).
2. The platform answers at once: ``answer``, bytes in, bytes out.
3. The platform posts the signed data to customs: ``upload`` makes the body, sending it is left to the caller.
4. Customs says what became of that: ``read_upload_reply``.

Time is given, never taken; nothing is sent or logged here. Source: announcement 179 of 2018 and its interface document.

>>> from datetime import datetime
>>> from customs.fields.moments import CHINA_TIME
>>> nothing_kept: dict[str, PaymentData] = {}
>>> class Kept:
...     def find(self, order_no: str) -> PaymentData | None:
...         return nothing_kept.get(order_no)
>>> clock = lambda: datetime(2026, 11, 11, 8, tzinfo=CHINA_TIME)
>>> asked = b"openReq=%7B%22orderNo%22%3A%22A1%22%2C%22sessionID%22%3A%22S-1%22%2C%22serviceTime%22%3A1794326462000%7D"
>>> answer(asked, Kept(), clock).content
b'{"code":"20002","message":"the order is not known to the platform","serviceTime":1794355200000}'
"""

import json
from dataclasses import dataclass
from enum import Enum
from html import unescape
from typing import Annotated, Protocol

from pydantic import ConfigDict

from customs.fields import Record
from customs.fields.moments import Clock
from customs.fields.terms import Count, Text
from customs.payments.payment_data import (
    AmountDigits,
    DataRequest,
    PaymentData,
    PaymentUpload,
    sign_upload,
    write_upload,
)
from customs.payments.payment_terms import PaymentDataError, ServiceTime, milliseconds
from customs.payments.strict_json import form_field, read_json
from customs.signing.signer import Signer

#: Bytes of a request, a reply and an upload: more are refused unread.
LARGEST_REQUEST = 20_000
LARGEST_REPLY = 100_000
LARGEST_UPLOAD = 2_000_000

#: What the platform answers. Customs names 10000, 20000 and the range 20001 to 21000 for other errors, none of them
#: singly; 20001 and 20002 are this library's.
RECEIVED, FAILED, UNREADABLE, UNKNOWN_ORDER = "10000", "20000", "20001", "20002"


class PaymentDataStore(Protocol):
    """Where the platform keeps the raw data of its payments."""

    def find(self, order_no: str) -> PaymentData | None:
        """Return the payment of this order, with all orders that it covers, or None for an unknown order."""
        ...


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to one request of customs. ``content`` is to be sent back at once, as JSON.

    ``request`` is to be followed by the upload, None where it was refused; ``reason`` then says why, fit for a log.
    """

    content: bytes
    code: str
    reason: str = ""
    request: DataRequest | None = None


def answer(body: bytes, store: PaymentDataStore, clock: Clock) -> Answered:
    """Return the answer to a request of customs. Bad input never raises: the answer has an error code.

    Exceptions of the store pass through; answer those with ``failure``.
    """
    try:
        request = read_request(body)
    except PaymentDataError as error:
        return _answered(UNREADABLE, clock, str(error))
    data = store.find(request.order_no)
    if data is None:
        return _answered(UNKNOWN_ORDER, clock, "the order is not known to the platform")
    if not data.holds(request.order_no):
        return _answered(
            FAILED, clock, "the payment that the store gave does not hold the order that customs asked for"
        )
    return _answered(RECEIVED, clock, request=request)


def failure(clock: Clock) -> Answered:
    """Return the answer for a failure of the platform, for instance if its store cannot be reached."""
    return _answered(FAILED, clock, "the platform cannot answer at present")


def _answered(code: str, clock: Clock, reason: str = "", request: DataRequest | None = None) -> Answered:
    values = {"code": code, "message": reason, "serviceTime": milliseconds(clock())}
    return Answered(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode(), code, reason, request)


def read_request(body: bytes) -> DataRequest:
    """Read the request in the form that customs posts to ``platDataOpen``. Raises ``PaymentDataError``.

    A value in which every quotation mark is an entity (``&quot;``) is un-escaped first: some platforms see such ones.
    """
    text = form_field(body, "openReq", LARGEST_REQUEST)
    return read_json(DataRequest, text if '"' in text else unescape(text))


def upload(
    request: DataRequest,
    store: PaymentDataStore,
    signer: Signer,
    clock: Clock,
    *,
    amount_digits: AmountDigits = "without-trailing-zeros",
) -> bytes:
    """Return the body to post to ``UPLOAD_PATH`` for a request that was answered with 10000.

    ``amount_digits`` says how the amount is written and signed (``sign_upload``).

    Raises ``PaymentDataError`` where the store no longer knows the order, or gives another payment than the one asked
    for, and ``SigningError`` where the signer fails: nothing was sent, so it may be tried again.
    """
    data = store.find(request.order_no)
    if data is None:
        raise PaymentDataError(
            "the order is not known to the platform: keep its payment data until the upload is received"
        )
    return write_upload(sign_upload(request, data, signer, clock(), amount_digits=amount_digits))


class Outcome(Enum):
    """The meaning of a response code, with ``zh`` and ``en`` in words."""

    #: Customs has the data. It may verify signature and content later, so it may still refuse them.
    RECEIVED = "已接收，验签和比对可能在后", "received; customs may verify it later"
    FAILED = "失败", "failed"
    OTHER_ERROR = "其他错误", "another error"
    #: No code that the interface document names, never to be taken for success.
    UNKNOWN = "未知代码", "a code that is not known"

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en


#: Response codes (返回代码) from and to, of both directions, as far as they are known.
RESPONSE_CODES: tuple[tuple[str, str, Outcome], ...] = (
    ("10000", "10000", Outcome.RECEIVED),
    ("20000", "20000", Outcome.FAILED),
    ("20001", "21000", Outcome.OTHER_ERROR),
)


def outcome_of(code: str) -> Outcome:
    """Return the meaning of a response code.

    >>> outcome_of("20017").en, outcome_of("200").en
    ('another error', 'a code that is not known')
    """
    plain = len(code) == 5 and code.isascii() and code.isdecimal()
    return next(
        (outcome for first, last, outcome in RESPONSE_CODES if plain and first <= code <= last), Outcome.UNKNOWN
    )


class UploadReply(Record):
    """上传结果: what customs answers to an upload. Fields that it may hold besides are left alone.

    The message may repeat what was uploaded and is masked where it is shown.
    """

    model_config = ConfigDict(extra="ignore")

    code: Annotated[
        str, Text("code", "返回代码", "10000 received, 20000 failed, up to 21000 other errors", minimum=1, maximum=20)
    ]
    message: (
        Annotated[str, Text("message", "返回信息", "What customs says about it", maximum=None, personal=True)] | None
    ) = None
    total: Annotated[int, Count("total", "总数", "A count, 0 in the answers that are known")] | None = None
    service_time: ServiceTime | None = None

    @property
    def outcome(self) -> Outcome:
        """The meaning of the code; ``Outcome.UNKNOWN`` for an unknown one."""
        return outcome_of(self.code)

    @property
    def received(self) -> bool:
        """True if customs has the data; it may still refuse them."""
        return self.outcome is Outcome.RECEIVED


def read_upload_reply(body: bytes) -> UploadReply:
    """Read customs' answer to an upload. After a ``PaymentDataError`` it is not known whether customs has the data.

    >>> read_upload_reply(b'{"code":"10000","message":"","total":0,"serviceTime":1794355200000}').received
    True
    """
    if len(body) > LARGEST_REPLY:
        raise PaymentDataError(f"the reply has {len(body)} bytes, at most {LARGEST_REPLY} are read")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PaymentDataError("the reply is not UTF-8") from None
    return read_json(UploadReply, text)


def read_upload(body: bytes) -> PaymentUpload:
    """Read the upload in a body. Raises ``PaymentDataError``. The signature is not verified:

    ``certificate.public_key.verifies(b64decode(upload.sign_value), upload.string_to_sign.encode())`` does.
    """
    return read_json(PaymentUpload, form_field(body, "payExInfoStr", LARGEST_UPLOAD))
