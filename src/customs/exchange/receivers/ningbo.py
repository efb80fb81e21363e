"""The push of Ningbo's platform (宁波平台推送): states of orders and of the warehouse, as a form with an MD5 digest.

``sign`` is the MD5 of the user id and the password, with the time of the call behind them where the call has a
``timestamp``. It does not cover the message: whoever has seen one call without a time can post what he likes under it. So
give the networks from which the platform calls, and take the calls over HTTPS. A time more than 20 minutes from the clock
is refused, as the platform does. Source: clients of the platform (EXCHANGE 4.5; a client of 2017 for the names of the
answers).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from customs.areas.gateway.encodings import md5
from customs.exchange.receivers.forms import LARGEST_PUSH, all_equal, content_of, fields_of, shown, value_of
from customs.exchange.receivers.pushed import (
    PushedAnswer,
    PushedItem,
    PushedRequest,
    PushOutcome,
    PushRefusedError,
    Refusal,
)
from customs.fields.moments import china_time

#: How far the time of a call may be from the clock.
WINDOW = timedelta(minutes=20)

#: The element of the answer for each type of message; others are answered with that of the platform's general answer.
ANSWERS = MappingProxyType(
    {
        "cnec_wh_3": "kjSkuResponse",
        "cnec_wh_4": "kjAsnResponse",
        "cnec_wh_5": "kjAsnCancelResponse",
        "cnec_wh_6": "kjsoOrderResponse",
        "cnec_wh_9": "mftVerifyResponse",
        "cnec_wh_11": "wmsOrderCancelResponse",
    }
)
GENERAL_ANSWER = "kjResponse"


@dataclass(frozen=True, slots=True, kw_only=True)
class NingboPush:
    """The dialect of Ningbo: ``msgtype``, ``msg``, ``userid``, ``sign``, and ``timestamp`` if it is given."""

    user_id: str
    password: str = field(repr=False)
    most_bytes: int = LARGEST_PUSH

    def read(self, request: PushedRequest, source: str) -> PushedItem:
        """Return the message. Raises ``PushRefusedError``."""
        fields = fields_of(request)
        user_id, sign = value_of(fields, "userid", "userId"), value_of(fields, "sign")
        time = value_of(fields, "timestamp") if "timestamp" in fields else b""
        expected = md5(self.user_id.encode() + self.password.encode() + time)
        if not all_equal((user_id, self.user_id.encode()), (sign.lower(), expected)):
            raise PushRefusedError(Refusal.SIGNATURE)
        if time and not _within(time, request.received):
            raise PushRefusedError(Refusal.TIME)
        content, kind = content_of(fields, "msg"), value_of(fields, "msgtype", "msgType")
        return request.brought(source, shown(kind), content, (kind, content))

    def say(self, outcome: PushOutcome, why: Refusal | None, item: PushedItem | None) -> PushedAnswer:
        """Return the answer as XML: ``success`` is true for what is stored; else ``reasons`` says why."""
        root, stored = ANSWERS.get(item.name if item else "", GENERAL_ANSWER), why is None
        text = (
            f'<?xml version="1.0" encoding="UTF-8"?><{root}><success>{"true" if stored else "false"}</success>'
            f"<reasons>{why.zh if why else ''}</reasons></{root}>"
        )
        return PushedAnswer.saying(text.encode(), "text/xml; charset=utf-8", outcome, why)


def _within(time: bytes, now: datetime) -> bool:
    """Return True if the time of a call is near enough; times are those of China."""
    try:
        called = datetime.strptime(time.decode("ascii"), "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return False
    return abs(china_time(now) - called) <= WINDOW
