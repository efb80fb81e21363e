"""Documents and bytes (报文): the canonical writer, the reader, the platform's envelope and the schemas."""

from importlib import import_module
from typing import TYPE_CHECKING

from customs.wire.canonical import write, write_document, write_message
from customs.wire.reader import ReadError, read

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
else:
    #: The names of the envelope; most messages travel without one, so it is loaded when first asked for.
    _ENVELOPE = frozenset(
        (
            "AddInfo",
            "Envelope",
            "EnvelopeKey",
            "ReceiverResult",
            "Reply",
            "Response",
            "Routing",
            "ServerEnvelope",
            "read_reply",
            "unwrap",
            "unwrap_from_server",
            "wrap",
            "wrap_for_server",
        )
    )

    def __getattr__(name):
        """Return a name of the envelope from its module."""
        if name not in _ENVELOPE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value = getattr(import_module("customs.wire.envelope"), name)
        return value

    def __dir__():
        return sorted({*globals(), *_ENVELOPE})


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
    "write_message",
]
