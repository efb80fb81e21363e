"""Documents and bytes (报文): the canonical writer, the reader, the platform's envelope and the schemas."""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand
from customs.wire.canonical import write, write_document, write_message, write_values

if TYPE_CHECKING:
    from customs.wire.envelope import (
        AddInfo,
        Envelope,
        EnvelopeKey,
        ReceiverResult,
        Reply,
        Response,
        Routing,
        ServerEnvelope,
        read_reply,
        unwrap,
        unwrap_from_server,
        wrap,
        wrap_for_server,
    )
    from customs.wire.reader import ReadError, read
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "envelope": "AddInfo Envelope EnvelopeKey ReceiverResult Reply Response Routing ServerEnvelope read_reply unwrap "
            "unwrap_from_server wrap wrap_for_server",
            "reader": "ReadError read",
        },
    )


__all__ = [
    "AddInfo",
    "Envelope",
    "EnvelopeKey",
    "ReadError",
    "ReceiverResult",
    "Reply",
    "Response",
    "Routing",
    "ServerEnvelope",
    "read",
    "read_reply",
    "unwrap",
    "unwrap_from_server",
    "wrap",
    "wrap_for_server",
    "write",
    "write_document",
    "write_values",
    "write_message",
]
