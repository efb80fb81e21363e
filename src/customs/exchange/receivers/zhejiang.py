"""The call-backs of Zhejiang's and Jiangxi's platforms (浙江、江西平台回调): receipts, and messages to be signed.

A form brings the content encrypted with the AES key of the enterprise and a digest with the platform's RSA key over it;
fields are spelled ``msg_type`` or ``msgType``, ``data_digest`` or ``dataDigest``. Receipts are answered in XML once they
are stored. With cebFlag 03 the platform makes the message of the unified edition and waits for the enterprise's
signature: then, and only then, something is signed inside a call, by so many at a time and so long
(``SigningDesk``). It is not published how the platform wants the signed message: it is returned as the body.

No call carries a time, so that a call that was recorded can be posted again: a receipt is known then, and a message that
was signed is signed again, as it was. Source: clients of the platforms (EXCHANGE 4.3).
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import BoundedSemaphore

from customs.areas import Area
from customs.areas.gateway.callback import sign_message
from customs.areas.gateway.opening import open_form
from customs.areas.gateway.steps import GatewayError
from customs.areas.keys import Key
from customs.documents import Document
from customs.exchange.receivers.forms import content_of, fields_of, shown, value_of
from customs.exchange.receivers.pushed import (
    PushedAnswer,
    PushedItem,
    PushedRequest,
    PushOutcome,
    PushRefusedError,
    Refusal,
)
from customs.signing import Signer

#: Bytes of a body at most: the message has to be decrypted before it is known who calls. A message of 100 documents has some
#: 500 kB in base64.
LARGEST_CALLBACK = 4 * 1024 * 1024

_XML = "text/xml; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class ZhejiangPush:
    """The dialect of the platforms' call-backs. ``area`` has the AES key, ``platform_key`` is the platform's public key."""

    area: Area
    platform_key: Key = field(repr=False)
    most_bytes: int = LARGEST_CALLBACK

    def read(self, request: PushedRequest, source: str) -> PushedItem:
        """Return the content, decrypted and verified. Raises ``PushRefusedError``."""
        form = _form(request)
        try:
            content = open_form(self.area, form, public_key=self.platform_key)
        except GatewayError:
            raise PushRefusedError(Refusal.SIGNATURE) from None
        return request.brought(source, form["msgType"], content)

    def say(self, outcome: PushOutcome, why: Refusal | None, item: PushedItem | None) -> PushedAnswer:
        """Return the answer as XML: ``success`` is true for what is stored."""
        if why is None:
            text = "<response><success>true</success><errorCode/><errorMsg/></response>"
        else:
            told = f"<errorCode>{why.name}</errorCode><errorMsg>{why.zh}</errorMsg>"
            text = f"<response><success>false</success>{told}</response>"
        return PushedAnswer.saying(text.encode(), _XML, outcome, why)


class SigningDesk:
    """Signs for callers that wait (同步加签): so many at a time, and none waits longer than ``seconds``.

    Few may wait beside those, and more are refused at once, so that a key that stands still holds fewer threads than an
    application has: receipts go on. What is not signed in time may still be finished by the key; the caller asks again.
    """

    def __init__(self, signer: Signer, *, seconds: float = 10.0, at_once: int = 2, waiting: int = 2) -> None:
        self.signer = signer
        self._seconds = seconds
        self._places = BoundedSemaphore(at_once + waiting)
        self._pool = ThreadPoolExecutor(at_once, "customs-signing")

    def sign(self, make: Callable[[Signer], bytes]) -> bytes:
        """Return what ``make`` signs. Raises what it raises, and ``TimeoutError``."""
        if not self._places.acquire(blocking=False):
            raise TimeoutError
        try:
            task = self._pool.submit(make, self.signer)
        except RuntimeError:  # the server is stopping
            self._places.release()
            raise TimeoutError from None
        task.add_done_callback(lambda done: self._places.release())
        try:
            return task.result(self._seconds)
        except TimeoutError:
            task.cancel()
            raise

    def close(self) -> None:
        """Let what is being signed end, and take nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ZhejiangSigning:
    """The dialect of the signing call (cebFlag 03): what is ours is stored, signed and returned.

    ``ours`` returns True for a document that the enterprise declared: compare amounts and goods, not the number alone.
    """

    area: Area
    platform_key: Key = field(repr=False)
    desk: SigningDesk = field(repr=False)
    ours: Callable[[Document], bool] = field(repr=False)
    most_bytes: int = LARGEST_CALLBACK

    def read(self, request: PushedRequest, source: str) -> PushedItem:
        """Return the message that is to be signed, decrypted and verified. Raises ``PushRefusedError``."""
        return self._receipts.read(request, source)

    def say(self, outcome: PushOutcome, why: Refusal | None, item: PushedItem | None) -> PushedAnswer:
        """Return the signed message for what is stored, and the refusal of the call-backs for all else."""
        if item is None:
            return self._receipts.say(outcome, why, None)
        try:
            signed = self.desk.sign(lambda signer: self._signed(item, signer))
        except GatewayError:
            return self._receipts.say("refused", Refusal.NOT_OURS, None)
        except Exception:  # whatever a key or its driver raises: the caller asks again
            return self._receipts.say("failed", Refusal.SIGNING, None)
        return PushedAnswer(content=signed, content_type=_XML, outcome=outcome)

    @property
    def _receipts(self) -> ZhejiangPush:
        return ZhejiangPush(area=self.area, platform_key=self.platform_key)

    def _signed(self, item: PushedItem, signer: Signer) -> bytes:
        return sign_message(item.content, signer, ours=self.ours)


def _form(request: PushedRequest) -> Mapping[str, str]:
    """Return the form by the names of the area's profile. Raises ``PushRefusedError``."""
    fields = fields_of(request)
    try:
        return {
            "content": content_of(fields, "content").decode("ascii"),
            "dataDigest": value_of(fields, "data_digest", "dataDigest").decode("ascii"),
            "msgType": shown(value_of(fields, "msg_type", "msgType")),
        }
    except UnicodeDecodeError:
        raise PushRefusedError(Refusal.FORM) from None
