"""Codes of the exchange platform (数据交换平台), which stand in its own answer DxpRep, each with what draws it."""

from collections.abc import Callable
from functools import cache
from typing import Any

from customs.office import OfficeSettings
from customs.signing import Certificate, sign_envelope
from customs.testing.provoking.provocation import Provocation
from customs.testing.provoking.stage import Stage, own_certificate, own_key, replaced


def _envelope(
    *,
    twist: Callable[[bytes], bytes] = bytes,
    signed: bool = False,
    then: Callable[[bytes], bytes] = bytes,
    **routing: Any,
) -> Callable[[Stage], None]:
    """Send the order in an envelope that is spoilt, signed, and spoilt again."""

    def play(stage: Stage) -> None:
        content = twist(stage.envelope(stage.message(stage.documents.order), **routing))
        stage.rehearsal.send(then(sign_envelope(content, own_key()) if signed else content))
        stage.rehearsal.wait(minutes=1)

    return play


def _other_signature(content: bytes) -> bytes:
    begin = content.index(b"<ds:SignatureValue>") + 19
    return content[:begin] + (b"A" if content[begin : begin + 1] != b"A" else b"B") + content[begin + 1 :]


@cache
def _certified() -> OfficeSettings:
    """Settings that know the certificate with which the envelopes are signed."""
    return OfficeSettings(transport_certificates={"DXPENT0000000001": Certificate.load(own_certificate())})


TRANSPORT = (
    Provocation(
        code="0001", receipt="DxpRep", zh="外层封装被截断", en="the envelope is cut",
        play=_envelope(twist=lambda content: content[:-10]),
    ),
    Provocation(
        code="0002", receipt="DxpRep", zh="外层封装缺发送方", en="the envelope names no sender",
        play=_envelope(twist=replaced("SenderId", "Sender")),
    ),
    Provocation(
        code="0999", receipt="DxpRep", zh="封装上的报文类型与报文不符", en="the envelope names another type than its message",
        play=_envelope(message_type="CEB411Message"),
    ),
    Provocation(
        code="1001", receipt="DxpRep", zh="封装的签名值不符", en="the signature of the envelope does not match",
        settings=_certified, play=_envelope(signed=True, then=_other_signature),
    ),
    Provocation(
        code="1004", receipt="DxpRep", zh="封装签名后被改动", en="the envelope was changed after it was signed",
        settings=_certified, play=_envelope(signed=True, then=replaced("COPY1", "COPY2")),
    ),
    Provocation(
        code="2001", receipt="DxpRep", zh="接收方不存在", en="there is no such receiver", play=_envelope(receivers=["DXPNOBODY"]),
    ),
    Provocation(
        code="2002", receipt="DxpRep", zh="进口报文发给出口接收方", en="an import message goes to the export side",
        play=_envelope(receivers=["DXPEDCCEB0000003"]),
    ),
    Provocation(
        code="2999", receipt="DxpRep", zh="发送方未登记", en="the sender is not registered", play=_envelope(),
        settings=OfficeSettings(senders=frozenset({"DXPENT0000000002"})),
    ),
)  # fmt: skip
