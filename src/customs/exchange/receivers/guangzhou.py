"""The push of Guangzhou's platform (广州平台推送): receipts as a form, answered with ``success`` and nothing else.

The platform repeats a notice that was not answered so after 15, 15, 30, 180, 1800, 1800, 1800, 1800 and 3600 s, then never
again: a receiver that was down for two hours queries for the rest. It says itself that the same notice may come several
times. What is known of the caller is an identifier and a key that both sides hold, and its address. Source: interface
document of the Guangzhou single window, HTTP, version 1.9 (EXCHANGE 4.2).
"""

from dataclasses import dataclass, field

from customs.exchange.receivers.forms import LARGEST_PUSH, all_equal, content_of, fields_of, shown, value_of
from customs.exchange.receivers.pushed import (
    PushedAnswer,
    PushedItem,
    PushedRequest,
    PushOutcome,
    PushRefusedError,
    Refusal,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuangzhouPush:
    """The dialect of Guangzhou: ``clientid``, ``key``, ``messageType``, ``messageText``."""

    client_id: str
    key: str = field(repr=False)
    most_bytes: int = LARGEST_PUSH

    def read(self, request: PushedRequest, source: str) -> PushedItem:
        """Return the receipt. Raises ``PushRefusedError``."""
        fields = fields_of(request)
        client_id, key = value_of(fields, "clientid"), value_of(fields, "key")
        if not all_equal((client_id, self.client_id.encode()), (key, self.key.encode())):
            raise PushRefusedError(Refusal.CALLER)
        return request.brought(source, shown(fields.get("messageType", b"")), content_of(fields, "messageText"))

    def say(self, outcome: PushOutcome, why: Refusal | None, item: PushedItem | None) -> PushedAnswer:
        """Return ``success`` for what is stored, and ``fail`` for all else."""
        return PushedAnswer.saying(b"fail" if why else b"success", "text/plain; charset=utf-8", outcome, why)
