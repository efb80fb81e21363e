"""Ciphers (报文处理方式) of gateways: the named functions with which they wrap, digest, encrypt and sign.

A profile names them in the steps of its gateway. MD5, AES-ECB, SHA-1, PKCS#1 v1.5 encryption and RSA with keys of 512 bits
are what these gateways demand, and they protect little: two texts of the same MD5 or SHA-1 can be made, ECB shows which blocks
are equal, and a key of 512 bits is found within days. These ciphers are marked ``legacy`` and are for gateways alone; nothing
else in the library offers them (RSA-SHA1 in messages to customs is the standard's, the MD5 of payment agencies stays with
those). What protects a message on its way is HTTPS.

Content and results are bytes; secrets that a digest covers are part of its content. Functions raise ``CipherError``, which
shows neither key nor content. Sources: the platforms' public clients, and the published parameters of Ningbo and Chongqing.

>>> cipher("md5").make("你好".encode(), None)
b'7eca689f0d3389d9dea66ae112e5cfd7'
>>> cipher("base64").undo(cipher("base64").make(b"<mo/>", None), None)
b'<mo/>'
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from gzip import compress
from hashlib import md5 as _md5
from hmac import compare_digest
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, unquote_to_bytes
from zlib import decompressobj
from zlib import error as ZlibError  # noqa: N812

from customs.areas.keys import CipherError, Key, aes_key, octets, private_key, public_key
from customs.areas.profile.ciphers import CIPHER_KEYS, KeyKind

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import Cipher as AesCipher
    from cryptography.hazmat.primitives.ciphers.modes import ECB

    from customs.areas.gateway.xml_signatures import Hash

__all__ = [
    "CIPHERS", "Key", "Cipher", "CipherError", "cipher",
    "md5", "md5_upper", "md5_holds", "md5_upper_holds",
    "to_base64", "from_base64", "to_gzip", "from_gzip", "to_url", "from_url",
    "aes_encrypted", "aes_decrypted", "rsa_sha1_signature", "rsa_sha1_holds", "rsa_encrypted", "rsa_decrypted",
]  # fmt: skip

#: Larger content, in bytes, is not unpacked: as much as a message may have.
LARGEST_UNPACKED = 64 * 1024 * 1024

#: Bytes of a block that PKCS#1 v1.5 takes for its padding, at the least.
_PADDING = 11


# Text and size


def md5(content: bytes, key: Key | None = None) -> bytes:
    """The MD5 digest, hexadecimal in lower case (Ningbo, Chongqing, Zhengzhou, Changsha). Secrets are part of the content.

    >>> md5(b"demo" + b"demo-password" + b"2024-05-01 12:00:00")
    b'5c10d1b4fb9a38899cdda612be0a0f3a'
    """
    return _md5(content, usedforsecurity=False).hexdigest().encode("ascii")


def md5_upper(content: bytes, key: Key | None = None) -> bytes:
    """The MD5 digest, hexadecimal in upper case (Shanghai)."""
    return md5(content).upper()


def md5_holds(content: bytes, digest: bytes, key: Key | None = None) -> bool:
    """Whether a digest in lower case is that of the content, in constant time."""
    return compare_digest(md5(content), digest)


def md5_upper_holds(content: bytes, digest: bytes, key: Key | None = None) -> bool:
    """Whether a digest in upper case is that of the content, in constant time."""
    return compare_digest(md5_upper(content), digest)


def to_base64(content: bytes, key: Key | None = None) -> bytes:
    """Base64 in one line."""
    return b64encode(content)


def from_base64(content: bytes, key: Key | None = None) -> bytes:
    """What is in base64, which may be broken into lines, as older Java clients write it."""
    try:
        return b64decode(b"".join(content.split()), validate=True)
    except ValueError:
        raise CipherError("the content is not base64") from None


def to_gzip(content: bytes, key: Key | None = None) -> bytes:
    """Compressed with gzip, without a time, so that the same content gives the same bytes."""
    return compress(content, mtime=0)


def from_gzip(content: bytes, key: Key | None = None) -> bytes:
    """What is in gzip, one member of it; more than 64 MiB are refused, and not unpacked first."""
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
    """Percent-encoded as HTML forms and Java do it: a blank as ``+``, and only letters, digits and ``*-._`` as they are.

    >>> to_url("a b~示".encode())
    b'a+b%7E%E7%A4%BA'
    """
    return quote_plus(content, safe="*").replace("~", "%7E").encode("ascii")


_PERCENT_ENCODED = re.compile(rb"(?:[!-$&-~]|%[0-9A-Fa-f]{2})*")


def from_url(content: bytes, key: Key | None = None) -> bytes:
    """What is percent-encoded."""
    if not _PERCENT_ENCODED.fullmatch(content):
        raise CipherError(
            "the content is not percent-encoded: printable ASCII without blanks, and two hexadecimal digits after %"
        )
    return unquote_to_bytes(content.replace(b"+", b" "))


# AES


def aes_encrypted(content: bytes, key: Key | None) -> bytes:
    """AES-128-ECB with PKCS#5 padding (Zhejiang, Jiangxi); equal blocks of content show as equal blocks.

    The key is 16 bytes; as text 16 characters of ASCII, or 16 bytes in base64 (24 characters) or hexadecimal (32).

    >>> aes_encrypted(b"<mo/>", "fictitious key 1").hex()
    '3db28b8187fc4a17a4ecfe7afc5f83d9'
    """
    from cryptography.hazmat.primitives.padding import PKCS7

    encryptor, padder = _aes(key).encryptor(), PKCS7(128).padder()
    return encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()


def aes_decrypted(content: bytes, key: Key | None) -> bytes:
    """What ``aes_encrypted`` encrypted. Nothing authenticates it: one wrong key in some 256 gives garbage and no error."""
    from cryptography.hazmat.primitives.padding import PKCS7

    decryptor, unpadder = _aes(key).decryptor(), PKCS7(128).unpadder()
    if not content or len(content) % 16:
        raise CipherError(f"AES content has whole blocks of 16 bytes, not {len(content)} bytes")
    try:
        return unpadder.update(decryptor.update(content) + decryptor.finalize()) + unpadder.finalize()
    except ValueError:
        raise CipherError(
            "the AES content does not end in PKCS#5 padding: it is damaged, or was encrypted with another key"
        ) from None


def _aes(key: Key | None) -> "AesCipher[ECB]":
    from cryptography.hazmat.primitives.ciphers import Cipher as AesCipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import ECB

    return AesCipher(AES(aes_key(key)), ECB())  # noqa: S305  the gateway's


# RSA


def rsa_sha1_signature(content: bytes, key: Key | None) -> bytes:
    """The signature, PKCS#1 v1.5 with SHA-1, of a private key (Zhejiang, Jiangxi): raw bytes.

    The key is in PEM, DER or base64 of DER, PKCS#8 as Java clients keep it or PKCS#1, not encrypted. Keys of 512 bits are
    taken, since gateways issued them.
    """
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA1

    return private_key(key).sign(content, PKCS1v15(), SHA1())  # noqa: S303  the gateway's


def rsa_sha1_holds(content: bytes, signature: bytes, key: Key | None) -> bool:
    """Whether a raw signature over the content was made with the private key that belongs to a public one.

    That is in PEM, DER or base64 of DER: a key (SubjectPublicKeyInfo) or a certificate, whose validity is not judged.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA1

    try:
        public_key(key).verify(signature, content, PKCS1v15(), SHA1())  # noqa: S303  the gateway's
    except InvalidSignature:
        return False
    return True


def rsa_encrypted(content: bytes, key: Key | None) -> bytes:
    """PKCS#1 v1.5 encryption with a public key, block by block (Zhengzhou): key size less 11 bytes of content in each.

    The padding is random, drawn by the library ``cryptography``: the same content never gives the same bytes.
    """
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    public = public_key(key)
    size = octets(public) - _PADDING
    return b"".join(public.encrypt(content[at : at + size], PKCS1v15()) for at in range(0, len(content), size))


def rsa_decrypted(content: bytes, key: Key | None) -> bytes:
    """What ``rsa_encrypted`` encrypted, by the private key.

    Nothing authenticates it. OpenSSL answers damaged content and wrong keys with random bytes of random length instead of an
    error (implicit rejection), so that nobody can probe the key: judge by what is inside whether it came through.
    """
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    private = private_key(key)
    size = octets(private)
    if len(content) % size:
        raise CipherError(f"RSA content for this key has whole blocks of {size} bytes, not {len(content)} bytes")
    try:
        return b"".join(private.decrypt(content[at : at + size], PKCS1v15()) for at in range(0, len(content), size))
    except ValueError:
        raise CipherError(
            "the RSA content cannot be decrypted: it is damaged, or was encrypted for another key"
        ) from None


# The table


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


def _xml_cipher(name: str, hash_name: "Hash", zh: str, en: str, *, legacy: bool) -> Cipher:
    def make(content: bytes, key: Key | None) -> bytes:
        from customs.areas.gateway.xml_signatures import signed

        return signed(content, key, hash_name)

    def undo(content: bytes, key: Key | None) -> bytes:
        from customs.areas.gateway.xml_signatures import verified

        return verified(content, key, hash_name)

    return Cipher(name, zh, en, make, undo, legacy=legacy)


_ALL = (
    Cipher("plain", "原文", "the text as it is", lambda content, key: content, lambda content, key: content),
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
    _xml_cipher("xmldsig", "sha1", "XML 签名, RSA-SHA1", "enveloped XML signature, RSA-SHA1", legacy=True),
    _xml_cipher("xmldsig_sha256", "sha256", "XML 签名, RSA-SHA256", "enveloped XML signature, RSA-SHA256", legacy=False),
)  # fmt: skip

#: The ciphers by the names that profiles use.
CIPHERS: Mapping[str, Cipher] = MappingProxyType({each.name: each for each in _ALL})


def cipher(name: str) -> Cipher:
    """The cipher of a name.

    >>> cipher("sha1")
    Traceback (most recent call last):
    LookupError: there is no such cipher, but plain, md5, ...
    """
    try:
        return CIPHERS[name]
    except KeyError:
        raise LookupError(f"there is no such cipher, but {', '.join(CIPHERS)}") from None
