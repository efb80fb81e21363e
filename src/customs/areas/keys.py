"""Keys of gateways (网关密钥): AES and RSA keys from secrets as settings give them, in the forms in which platforms issue
them.

>>> aes_key("66696374 6974696f7573206b65792031")
Traceback (most recent call last):
customs.areas.keys.CipherError: the AES key cannot be read: 16 bytes, 16 characters of ASCII, or 16 bytes in base64
(24 characters) or hexadecimal (32) are expected
>>> aes_key("666963746974696f7573206b65792031")
b'fictitious key 1'
"""

from base64 import b64decode
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from customs.areas.profile.ciphers import KeyKind

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

#: A secret as settings give it.
Key = bytes | str

_AES_FORMS = "16 bytes, 16 characters of ASCII, or 16 bytes in base64 (24 characters) or hexadecimal (32)"
_AES_TEXTS: dict[int, Callable[[str], bytes]] = {
    16: lambda text: text.encode("ascii"),
    24: lambda text: b64decode(text, validate=True),
    32: bytes.fromhex,
}
_PRIVATE = "an RSA private key"
_PUBLIC = "an RSA public key or a certificate of one"
_RSA_FORMS = "PEM, DER, or base64 of DER"
_PEM = b"-----BEGIN"
#: The first byte of DER of every key and certificate.
_SEQUENCE = b"\x30"


class CipherError(ValueError):
    """A key or content that a cipher cannot take. The text says what is wrong and what is expected, and shows
    neither.
    """


def aes_key(key: Key | None) -> bytes:
    """The 16 bytes of an AES key: bytes are the key itself; text is base64 (24 characters), hexadecimal (32), or 16
    characters of ASCII that are the key themselves. Raises ``CipherError``.
    """
    if not key:
        raise CipherError(f"an AES key is needed: {_AES_FORMS}")
    found = key if isinstance(key, bytes) else b""
    if isinstance(key, str) and len(key) in _AES_TEXTS:
        try:
            found = _AES_TEXTS[len(key)](key)
        except ValueError:
            found = b""
    if len(found) != 16:
        raise CipherError(f"the AES key cannot be read: {_AES_FORMS} are expected")
    return found


@lru_cache(maxsize=16)
def private_key(key: Key | None) -> "RSAPrivateKey":
    """An RSA private key: PEM, DER or base64 of DER, PKCS#8 as Java clients keep it or PKCS#1, not encrypted.

    Keys of 512 bits are taken, since gateways issued them. Raises ``CipherError``.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

    content = _pem_or_der(key, _PRIVATE)
    try:
        loaded = (load_pem_private_key if _PEM in content else load_der_private_key)(content, None)
    except TypeError:
        raise CipherError("the RSA private key is encrypted: give it decrypted") from None
    except (ValueError, UnsupportedAlgorithm):
        raise _unreadable(_PRIVATE) from None
    if not isinstance(loaded, RSAPrivateKey):
        raise _unreadable(_PRIVATE)
    return loaded


@lru_cache(maxsize=16)
def public_key(key: Key | None) -> "RSAPublicKey":
    """An RSA public key: PEM, DER or base64 of DER, of a key (SubjectPublicKeyInfo) or of a certificate.

    The validity of a certificate is not judged. Keys of 512 bits are taken. Raises ``CipherError``.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key
    from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificate

    content = _pem_or_der(key, _PUBLIC)
    of_key, of_certificate = (
        (load_pem_public_key, load_pem_x509_certificate)
        if _PEM in content
        else (load_der_public_key, load_der_x509_certificate)
    )
    for load in (of_key, lambda data: of_certificate(data).public_key()):
        try:
            loaded = load(content)
        except (ValueError, UnsupportedAlgorithm):
            continue
        if isinstance(loaded, RSAPublicKey):
            return loaded
    raise _unreadable(_PUBLIC)


def octets(key: "RSAPrivateKey | RSAPublicKey") -> int:
    """Bytes of a key's modulus, and so of a signature or a block."""
    return (key.key_size + 7) // 8


def _pem_or_der(key: Key | None, kind: str) -> bytes:
    if not key:
        raise CipherError(f"{kind} is needed: {_RSA_FORMS}")
    content = key.encode("ascii", "replace") if isinstance(key, str) else key
    if _PEM in content or content.startswith(_SEQUENCE):
        return content
    try:
        return b64decode(b"".join(content.split()), validate=True)
    except ValueError:
        raise _unreadable(kind) from None


def _unreadable(kind: str) -> CipherError:
    return CipherError(f"the key cannot be read: {kind} is expected, {_RSA_FORMS}")


#: Loads a key of each kind; each raises ``CipherError``.
KEYS: Mapping[KeyKind, Callable[[Key | None], object]] = {
    "": lambda key: key,
    "aes": aes_key,
    "rsa private": private_key,
    "rsa public": public_key,
}
