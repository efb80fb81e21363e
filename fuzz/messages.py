"""Messages and envelopes (报文、信封): ``customs.read``, ``unwrap``, ``unwrap_from_server`` and ``read_reply``."""

import customs
from customs.wire import unwrap_from_server
from fuzz.promises import promise


def read(data: bytes) -> None:
    """A message is refused with ``ReadError``, or read so that what is written of it reads the same."""
    try:
        message = customs.read(data)
    except customs.ReadError:
        return
    for oddity in message.oddities:
        promise(oddity.en and oddity.zh, "an oddity without words")
    if any(oddity.code in ("field-missing", "value-irregular") for oddity in message.oddities):
        return
    promise(customs.read(customs.write(message)) == message, "what was written of a message reads otherwise")


def unwrap(data: bytes) -> None:
    """An envelope is refused with ``ReadError``, or its content is what stands in it in base64."""
    try:
        envelope = customs.unwrap(data)
    except customs.ReadError:
        return
    routing = envelope.routing
    if envelope.oddities or routing.created is None:
        return
    again = customs.wrap(
        envelope.payload,
        copy_id=routing.copy_id,
        sender=routing.sender,
        receivers=routing.receivers,
        created=routing.created,
        message_type=routing.message_type,
    )
    promise(customs.unwrap(again).payload == envelope.payload, "a payload that is wrapped again differs")


def reply(data: bytes) -> None:
    """A reply of the platform, or an envelope from its server, is read or refused with ``ReadError``."""
    for reads in (customs.read_reply, unwrap_from_server):
        try:
            reads(data)
        except customs.ReadError:
            continue
