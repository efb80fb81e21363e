r"""PEM (PEM 文本): keys and certificates as blocks of text, in whatever shape tools and people leave them.

A file may hold several blocks: the parameters that OpenSSL puts before a key, a certificate beside its key, a chain. Byte
order marks, UTF-16 of Windows shells, CRLF, indentation, and a block on one line (also with the two characters ``\n`` for
a line break, as variables of an environment have them) change nothing. Source: RFC 7468, RFC 1421 for headers.

>>> [each.label for each in blocks(b"-----BEGIN EC PARAMETERS-----MA==-----END EC PARAMETERS-----")]
['EC PARAMETERS']
"""

import codecs
import re
from base64 import b64decode, b64encode
from binascii import Error
from dataclasses import dataclass, field
from itertools import pairwise

from customs.signing.errors import listed

_MARK = re.compile(rb"-----(BEGIN|END) ([A-Z0-9 ]{1,40})-----")
_HEADERS = re.compile(rb"\s*Proc-Type:\s*4,\s*ENCRYPTED\s+DEK-Info:\s*(\S+)")
_UTF_16 = codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE

_LINE = 64
_SEQUENCE = 0x30

#: Ends of the labels of keys.
PRIVATE_KEY = "PRIVATE KEY"
PUBLIC_KEY = "PUBLIC KEY"

#: Labels of certificates; the second is of old.
_CERTIFICATE = frozenset({"CERTIFICATE", "X509 CERTIFICATE"})


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its label, such as ``EC PRIVATE KEY``, and its content as DER (``content``), encrypted or not."""

    label: str
    content: bytes = field(repr=False)
    cipher: str | None = None
    """How a block in the traditional form is encrypted (DEK-Info)."""

    @property
    def is_encrypted(self) -> bool:
        """True if the block says that it is encrypted."""
        return self.cipher is not None or "ENCRYPTED" in self.label

    @property
    def pem(self) -> bytes:
        """The block alone, in lines of 64 characters."""
        text = b64encode(self.content)
        lines = [text[at : at + _LINE] for at in range(0, len(text), _LINE)]
        headers = [b"Proc-Type: 4,ENCRYPTED", f"DEK-Info: {self.cipher}".encode(), b""] if self.cipher else []
        begin, end = (f"-----{word} {self.label}-----".encode() for word in ("BEGIN", "END"))
        return b"\n".join([begin, *headers, *lines, end, b""])


def is_pem(content: bytes) -> bool:
    """Return True if there is a block, or the beginning of one."""
    return b"-----BEGIN" in _text(content)


def blocks(content: bytes, kind: str = "") -> tuple[Block, ...]:
    """Return the blocks whose label ends in ``kind``, in their order; one that is not base64 is left out."""
    text = _text(content)
    marks = list(_MARK.finditer(text))
    found = (
        _block(begin[2].decode("ascii"), text[begin.end() : end.start()])
        for begin, end in pairwise(marks)
        if (begin[1], end[1], begin[2]) == (b"BEGIN", b"END", end[2])
    )
    return tuple(each for each in found if each is not None and each.label.endswith(kind))


def certificates(content: bytes) -> tuple[bytes, ...]:
    """Return the certificates, each as DER."""
    return tuple(each.content for each in blocks(content) if each.label in _CERTIFICATE)


def labels(content: bytes) -> str:
    """Return the labels of all blocks, for an error."""
    return listed([each.label for each in blocks(content)]) or "no block of PEM"


def is_encrypted_der(content: bytes) -> bool:
    """Return True for a private key in DER that is encrypted: its first element is an algorithm, not a version."""
    start = 2 + (content[1] & 0x7F if len(content) > 1 and content[1] > 0x80 else 0)
    return content[:1] == bytes([_SEQUENCE]) and content[start : start + 1] == bytes([_SEQUENCE])


def _block(label: str, body: bytes) -> Block | None:
    headers = _HEADERS.match(body)
    try:
        content = b64decode(b"".join(body[headers.end() if headers else 0 :].split()), validate=True)
        return Block(label, content, headers[1].decode("ascii") if headers else None)
    except (Error, ValueError):
        return None


def _text(content: bytes) -> bytes:
    """Return the text in one byte a character, with line breaks in place of the characters that stand for them."""
    if content.startswith(_UTF_16):
        content = content.decode("utf-16", "replace").encode("utf-8", "replace")
    return content.replace(b"\\r", b"").replace(b"\\n", b"\n")
