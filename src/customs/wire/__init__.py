"""Documents and bytes (报文): the canonical writer, the reader and the schemas."""

from customs.wire.canonical import write, write_document, write_message
from customs.wire.reader import ReadError, read

__all__ = ["ReadError", "read", "write", "write_document", "write_message"]
