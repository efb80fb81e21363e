"""Requests for raw payment data (支付相关原始数据获取请求, ``platDataOpen``): taken in at once, answered with data later.

Customs names an order that it picked at random and a session; the platform answers in the same moment and uploads the
signed data "in the valid time", for which no figure is published. The upload is made from what is stored here, by
``customs.payments.payment_answer.upload``: nothing is looked up or signed while customs waits.

Nothing in the text can be verified, so the networks from which customs calls have to be given. The time in the text is
not held against the clock: it protects nothing, and a clock of customs that is wrong would cost requests. A repetition is
the same session and order, whatever its time. Source: announcement 179 of 2018 and its interface document.
"""

import json
from dataclasses import dataclass

from customs.exchange.receivers.forms import FORM
from customs.exchange.receivers.pushed import (
    PushedAnswer,
    PushedItem,
    PushedRequest,
    PushOutcome,
    PushRefusedError,
    Refusal,
)
from customs.fields.moments import Clock
from customs.payments.payment_answer import FAILED, LARGEST_REQUEST, RECEIVED, UNREADABLE, read_request
from customs.payments.payment_terms import PaymentDataError, milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRequestPush:
    """The dialect of ``platDataOpen``: the field ``openReq``; the answer has the time of ``clock``.

    What is stored is the body as it came: ``customs.payments.payment_answer.read_request`` reads it again.
    """

    clock: Clock
    most_bytes: int = LARGEST_REQUEST

    def read(self, request: PushedRequest, source: str) -> PushedItem:
        """Return the request. Raises ``PushRefusedError``."""
        if request.content_type.partition(";")[0].strip().lower() != FORM:
            raise PushRefusedError(Refusal.CONTENT_TYPE)
        try:
            asked = read_request(request.body)
        except PaymentDataError:
            raise PushRefusedError(Refusal.CONTENT) from None
        return request.brought(source, "openReq", request.body, (asked.session_id.encode(), asked.order_no.encode()))

    def say(self, outcome: PushOutcome, why: Refusal | None, item: PushedItem | None) -> PushedAnswer:
        """Return code 10000 for what is stored, 20001 for what cannot be read, 20000 for a failure here.

        Customs reads the code, not the status of the answer: that is 200 but for callers that are turned away.
        """
        code = RECEIVED if why is None else UNREADABLE if outcome == "refused" else FAILED
        values = {"code": code, "message": why.en if why else "", "serviceTime": milliseconds(self.clock())}
        return PushedAnswer(
            content=json.dumps(values, separators=(",", ":")).encode(),
            content_type="application/json; charset=utf-8",
            status=403 if why is Refusal.NETWORK else 200,
            outcome=outcome,
            why=why,
        )
