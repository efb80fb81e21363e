"""Encodings and digests of gateways (编码与摘要): MD5, base64, gzip and percent-encoding of bytes.

Each function takes the content, and a key that it leaves aside, so that all ciphers are called alike. They raise
``CipherError``, which does not show the content.

>>> from_base64(to_base64(b"<mo/>"))
b'<mo/>'
"""

import re
from base64 import b64decode, b64encode
from gzip import compress
from hashlib import md5 as _md5
from hmac import compare_digest
from urllib.parse import quote_plus, unquote_to_bytes
from zlib import decompressobj
from zlib import error as ZlibError  # noqa: N812

from customs.areas.keys import CipherError, Key

#: Larger content, in bytes, is not unpacked: as much as a message may have.
LARGEST_UNPACKED = 64 * 1024 * 1024


def md5(content: bytes, key: Key | None = None) -> bytes:
    """The MD5 digest, hexadecimal in lower case (Ningbo, Chongqing, Zhengzhou, Changsha). Secrets are part of the
    content.

    >>> md5(b"demo" + b"demo-password" + b"2024-05-01 12:00:00")
    b'5c10d1b4fb9a38899cdda612be0a0f3a'
    """
    return _md5(content, usedforsecurity=False).hexdigest().encode("ascii")


def md5_upper(content: bytes, key: Key | None = None) -> bytes:
    """The MD5 digest, hexadecimal in upper case (Shanghai)."""
    return md5(content).upper()


def md5_holds(content: bytes, digest: bytes, key: Key | None = None) -> bool:
    """True if a digest in lower case is that of the content; compared in constant time."""
    return compare_digest(md5(content), digest)


def md5_upper_holds(content: bytes, digest: bytes, key: Key | None = None) -> bool:
    """True if a digest in upper case is that of the content; compared in constant time."""
    return compare_digest(md5_upper(content), digest)


def to_base64(content: bytes, key: Key | None = None) -> bytes:
    """Encode in base64, in one line."""
    return b64encode(content)


def from_base64(content: bytes, key: Key | None = None) -> bytes:
    """Decode base64, which may be broken into lines, as older Java clients write it."""
    try:
        return b64decode(b"".join(content.split()), validate=True)
    except ValueError:
        raise CipherError("the content is not base64") from None


def to_gzip(content: bytes, key: Key | None = None) -> bytes:
    """Compress with gzip, without a time: the same content gives the same bytes."""
    return compress(content, mtime=0)


def from_gzip(content: bytes, key: Key | None = None) -> bytes:
    """Unpack gzip of one member; content of more than 64 MiB is refused before it is unpacked."""
    unpacking = decompressobj(wbits=31)
    try:
        unpacked = unpacking.decompress(content, LARGEST_UNPACKED + 1)
    except ZlibError:
        raise CipherError("the content is not gzip, or is damaged") from None
    if len(unpacked) > LARGEST_UNPACKED:
        raise CipherError(f"the content unpacks to more than {LARGEST_UNPACKED} bytes")
    if not unpacking.eof or unpacking.unused_data:
        raise CipherError("the gzip content ends early, or something follows it")
    return unpacked


def to_url(content: bytes, key: Key | None = None) -> bytes:
    """Percent-encode as HTML forms and Java do: a blank as ``+``, and only letters, digits and ``*-._`` unchanged.

    >>> to_url("a b~示".encode())
    b'a+b%7E%E7%A4%BA'
    """
    return quote_plus(content, safe="*").replace("~", "%7E").encode("ascii")


_PERCENT_ENCODED = re.compile(rb"(?:[!-$&-~]|%[0-9A-Fa-f]{2})*")


def from_url(content: bytes, key: Key | None = None) -> bytes:
    """Decode percent-encoded content."""
    if not _PERCENT_ENCODED.fullmatch(content):
        raise CipherError(
            "the content is not percent-encoded: printable ASCII without blanks, and two hexadecimal digits after %"
        )
    return unquote_to_bytes(content.replace(b"+", b" "))
