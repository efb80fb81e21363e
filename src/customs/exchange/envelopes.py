"""Envelopes on the way out (加签封装、外层封装): a destination that takes a DxpMsg gets each bare message in one.

An envelope is made of what is given alone, so that the same message always has the same one: its id (CopMsgId) is the number
of the message, by which the platform's own answer names it; its time is the latest time of submission in the message; sender
and receivers are those of the destination. What is in an envelope already goes as it is. A message whose own exchange id
(dxpId) is not that of the sender does not go: customs refuses it (-301008).

>>> from customs.wire import unwrap
>>> address = EnvelopeAddress(sender="DXPENT0000000001", receivers=("DXPEDCCEB0000002",))
>>> message = b"<a:CEB311Message><a:appTime>20261111080000</a:appTime></a:CEB311Message>"
>>> sent = enveloped(Delivery(id="M1", name="CEB311", file_name="M1.xml", content=message), address)
>>> routing = unwrap(sent.content).routing
>>> routing.copy_id, routing.created, enveloped(sent, address) == sent
('M1', datetime.datetime(2026, 11, 11, 8, 0), True)
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from customs.documents import MESSAGES
from customs.exchange.contract import Delivery
from customs.fields.terms import Term, Text
from customs.intake.enterprise_reading import Reading, Steps
from customs.wire import ReadError, wrap
from customs.wire.envelope import MOST, envelope_terms, opened

#: Bytes that an envelope adds at most to the text of its message, which has four characters for three bytes.
MOST_AROUND = 4096

#: The exchange id in a message, and the sender of an envelope.
_OWN = re.compile(rb"<(?:[\w.-]+:)?dxpId>\s*([A-Za-z0-9]{1,30})\s*<")
_SENDER = re.compile(rb"<(?:[\w.-]+:)?SenderId>\s*([A-Za-z0-9]{1,30})\s*<")

_SUBMITTED = re.compile(rb"<(?:[\w.-]+:)?appTime>\s*([0-9]{14})\s*<")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeAddress:
    """Who sends the envelopes of a destination, and to whom: exchange ids (DXPID), which the platform assigns."""

    sender: str
    receivers: tuple[str, ...]


class NotEnvelopedError(ValueError):
    """A message cannot be put into an envelope."""

    def __init__(self, file_name: str, en: str, zh: str) -> None:
        super().__init__(f"{file_name} cannot be put into an envelope: {en} 无法封装报文 {file_name}：{zh}")


class OtherSenderError(NotEnvelopedError):
    """A message names another exchange id than that of the sender of its envelope, which customs refuses (-301008)."""

    def __init__(self, file_name: str, inside: str, sender: str) -> None:
        ValueError.__init__(
            self,
            f"{file_name} is not sent: its dxpId is {inside} and the sender of its envelope {sender}, which customs refuses "
            "(-301008): correct the sender in envelope of the destination, or dxp_id in the enterprise file and declare again "
            f"报文 {file_name} 未发送：报文内 dxpId 为 {inside}，外层封装的发送方为 {sender}，海关会退单（-301008）。"
            "请更正接入点 envelope 的 sender，或更正企业档案的 dxp_id 后重新生成报文",
        )


def enveloped(delivery: Delivery, address: EnvelopeAddress) -> Delivery:
    """Return a message in its envelope; one that is in an envelope as it is. Raises ``NotEnvelopedError``."""
    try:
        bare = opened(delivery.content)[0]
    except ReadError:
        raise NotEnvelopedError(delivery.file_name, "it is a broken envelope", "外层封装已损坏") from None
    if bare is not delivery.content:
        _check_sender(delivery.file_name, bare, _first(_SENDER, delivery.content))
        return delivery
    kind = MESSAGES.get(delivery.name)
    if kind is None or delivery.form is not None:
        en, zh = "only bare messages of the unified edition have one", "仅统一版裸报文可封装"
        raise NotEnvelopedError(delivery.file_name, en, zh)
    _check_sender(delivery.file_name, bare, address.sender)
    content = wrap(
        delivery.content,
        copy_id=delivery.id,
        sender=address.sender,
        receivers=address.receivers,
        created=_submitted(delivery),
        message_type=f"{kind.message}Message",
    )
    return replace(delivery, content=content)


def _check_sender(file_name: str, bare: bytes, sender: str) -> None:
    """Raise ``OtherSenderError`` if a message names another exchange id than that of the sender of its envelope."""
    inside = _first(_OWN, bare)
    if inside and sender and inside != sender:
        raise OtherSenderError(file_name, inside, sender)


def _first(pattern: re.Pattern[bytes], content: bytes) -> str:
    found = pattern.search(content)
    return found[1].decode() if found else ""


def _submitted(delivery: Delivery) -> datetime:
    """Return the latest time of submission in a message."""
    try:
        return datetime.strptime(max(_SUBMITTED.findall(delivery.content)).decode(), "%Y%m%d%H%M%S")
    except ValueError:
        en, zh = "it says no time of submission, appTime", "报文中没有报送时间 appTime"
        raise NotEnvelopedError(delivery.file_name, en, zh) from None


def address_in(reading: Reading, table: Mapping[str, Any], steps: Steps) -> EnvelopeAddress | None:
    """Return the address that the key ``envelope`` of a destination gives; None without that key, or with mistakes noted."""
    if "envelope" not in table:
        return None
    steps = (*steps, "envelope")
    given = reading.table(table["envelope"], steps)
    reading.known(given, ("sender", "receivers"), steps)
    terms, several = envelope_terms(), given.get("receivers")
    sender = given.get("sender")
    if not _is_id(terms["SenderId"], sender):
        reading.wrong(
            (*steps, "sender"),
            "an envelope names its sender: your exchange id (DXPID), 1 to 16 letters and digits",
            "外层封装须填发送方：本企业的交换平台 ID（DXPID），1 至 16 位字母或数字",
        )
    most = MOST["ReceiverId"]
    if not (
        isinstance(several, list)
        and 1 <= len(several) <= most
        and all(_is_id(terms["ReceiverId"], each) for each in several)
    ):
        reading.wrong(
            (*steps, "receivers"),
            f'an envelope names 1 to {most} receivers by their exchange ids, such as ["DXPEDCCEB0000002"]',
            f'外层封装须填 1 至 {most} 个接收方的交换平台 ID，如 ["DXPEDCCEB0000002"]',
        )
        return None
    return EnvelopeAddress(sender=str(sender), receivers=tuple(several))


def _is_id(term: Term, value: object) -> bool:
    """True for an exchange id as the schema allows it, without blanks."""
    assert isinstance(term, Text)
    return isinstance(value, str) and value.isascii() and value.isalnum() and len(value) <= (term.maximum or 0)
