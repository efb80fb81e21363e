"""Ciphers (报文处理方式) of gateways: the named functions with which they wrap, digest, encrypt and sign.

A profile names them in the steps of its gateway. MD5, AES-ECB, SHA-1, PKCS#1 v1.5 encryption and RSA with keys of 512
bits are what these gateways demand, and they protect little: two texts of the same MD5 or SHA-1 can be made, ECB
shows which blocks are equal, and a key of 512 bits is found within days. These ciphers are marked ``legacy`` and are
for gateways alone; nothing else in the library offers them (RSA-SHA1 in messages to customs is the standard's, the
MD5 of payment agencies stays with those). What protects a message on its way is HTTPS.

Content and results are bytes; secrets that a digest covers are part of its content. Functions raise ``CipherError``,
which shows neither key nor content. Sources: the platforms' public clients, and the published parameters of Ningbo
and Chongqing.

>>> cipher("md5").make("你好".encode(), None)
b'7eca689f0d3389d9dea66ae112e5cfd7'
>>> cipher("base64").undo(cipher("base64").make(b"<mo/>", None), None)
b'<mo/>'
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from customs.areas.gateway.encodings import (
    from_base64,
    from_gzip,
    from_url,
    md5,
    md5_holds,
    md5_upper,
    md5_upper_holds,
    to_base64,
    to_gzip,
    to_url,
)
from customs.areas.gateway.encryption import (
    aes_decrypted,
    aes_encrypted,
    rsa_decrypted,
    rsa_encrypted,
    rsa_sha1_holds,
    rsa_sha1_signature,
)
from customs.areas.keys import CipherError, Key
from customs.areas.profile.ciphers import CIPHER_KEYS, KeyKind

__all__ = ["CIPHERS", "Cipher", "CipherError", "Key", "cipher"]


@dataclass(frozen=True, slots=True)
class Cipher:
    """A cipher by its name: what it makes of content, and, where that can be, how it is undone or checked.

    ``make`` takes content and the key that ``needs_key`` names; ``undo`` takes what was made, ``check`` content and the
    digest or signature over it, each with the other key of an RSA pair. ``legacy`` ciphers protect little.
    """

    name: str
    zh: str
    en: str
    make: Callable[[bytes, Key | None], bytes]
    undo: Callable[[bytes, Key | None], bytes] | None = None
    check: Callable[[bytes, bytes, Key | None], bool] | None = None
    legacy: bool = False

    @property
    def needs_key(self) -> KeyKind:
        """The kind of key that it takes; empty if it takes none."""
        return CIPHER_KEYS[self.name]


def _sign_xml(content: bytes, key: Key | None) -> bytes:
    from customs.areas.gateway.xml_signatures import signed

    return signed(content, key)


def _verify_xml(content: bytes, key: Key | None) -> bytes:
    from customs.areas.gateway.xml_signatures import verified

    return verified(content, key)


_ALL = (
    Cipher("plain", "原文", "the text unchanged", lambda content, key: content, lambda content, key: content),
    Cipher("md5", "MD5 摘要, 小写", "MD5 digest, hexadecimal in lower case", md5, check=md5_holds, legacy=True),
    Cipher("md5_upper", "MD5 摘要, 大写", "MD5 digest, hexadecimal in upper case", md5_upper, check=md5_upper_holds, legacy=True),
    Cipher("base64", "Base64 编码", "base64 in one line", to_base64, from_base64),
    Cipher("gzip", "GZIP 压缩", "gzip without a time", to_gzip, from_gzip),
    Cipher("url", "URL 编码", "percent-encoding of HTML forms", to_url, from_url),
    Cipher(
        "aes_ecb", "AES 加密, ECB 模式", "AES-128-ECB with PKCS#5 padding", aes_encrypted, aes_decrypted, legacy=True,
    ),
    Cipher(
        "rsa_sha1", "SHA1withRSA 签名", "RSA signature with SHA-1, raw bytes", rsa_sha1_signature, check=rsa_sha1_holds, legacy=True,
    ),
    Cipher(
        "rsa_blocks", "RSA 公钥分段加密", "RSA encryption in blocks, PKCS#1 v1.5", rsa_encrypted, rsa_decrypted, legacy=True,
    ),
    Cipher("xmldsig", "XML 签名, RSA-SHA1", "enveloped XML signature, RSA-SHA1", _sign_xml, _verify_xml, legacy=True),
)  # fmt: skip

#: The ciphers by the names that profiles use.
CIPHERS: Mapping[str, Cipher] = MappingProxyType({each.name: each for each in _ALL})


def cipher(name: str) -> Cipher:
    """The cipher of a name.

    >>> cipher("sha1")
    Traceback (most recent call last):
    LookupError: there is no such cipher; there are plain, md5, ...
    """
    try:
        return CIPHERS[name]
    except KeyError:
        raise LookupError(f"there is no such cipher; there are {', '.join(CIPHERS)}") from None
