"""Signers (加签): whatever holds a key. The library asks of it only to sign bytes.

Keys stay where they are: a signer is loaded once, is safe to share between threads, and never shows its key.
Source of the algorithms: unified edition 2022-05, chapter 6.
"""

import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from customs.signing.certificate import Certificate

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey


class SigningError(Exception):
    """A key, a certificate or a signature cannot be made or used. Never shows key material."""


class Algorithm(Enum):
    """A pair of signature and digest method of the standard, with the digest's name in ``hashlib``."""

    RSA_SHA1 = (
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#sha1",
        "sha1",
    )

    def __init__(self, signature_method: str, digest_method: str, digest_name: str) -> None:
        self.signature_method, self.digest_method, self.digest_name = signature_method, digest_method, digest_name

    def digest(self, data: bytes) -> bytes:
        """The digest of the data. SHA-1 is what the standard prescribes beside RSA, not a choice of this library."""
        return hashlib.new(self.digest_name, data, usedforsecurity=False).digest()


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature's value and the certificate whose key made it."""

    value: bytes
    certificate: Certificate


class Signer(Protocol):
    """Anything that signs bytes: a key file, later a token, a U-key, a service."""

    @property
    def algorithm(self) -> Algorithm:
        """The pair of methods that the key uses."""
        ...

    @property
    def certificate(self) -> Certificate:
        """The certificate of the key."""
        ...

    def sign(self, data: bytes) -> Signature:
        """Sign bytes. Raises ``SigningError``."""
        ...


class RsaSigner:
    """An RSA key in memory with its certificate, signing with RSA-SHA1 (PKCS#1 v1.5).

    Use ``from_pem`` or ``from_pkcs12``; both raise ``SigningError`` that says what is wrong with key or certificate.
    """

    algorithm = Algorithm.RSA_SHA1

    def __init__(self, key: "RSAPrivateKey", certificate: Certificate) -> None:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        if key.public_key().public_numbers() != certificate.rsa_numbers:
            raise SigningError("the certificate belongs to another key: give the certificate that was issued for this one")
        self.certificate = certificate
        self._sign, self._padding, self._hash = key.sign, padding.PKCS1v15(), hashes.SHA1()  # noqa: S303

    def __repr__(self) -> str:
        return f"RsaSigner(key_name={self.certificate.key_name!r})"

    def sign(self, data: bytes) -> Signature:
        return Signature(self._sign(data, self._padding, self._hash), self.certificate)

    @classmethod
    def from_pem(cls, key: bytes, certificate: bytes, password: bytes | None = None) -> "RsaSigner":
        """A signer from a private key and a certificate in PEM (or a certificate in DER)."""
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            loaded = load_pem_private_key(key, password)
        except TypeError:
            raise SigningError(
                "the key is encrypted: give its password" if password is None else "the key is not encrypted: "
                "leave the password out"
            ) from None
        except ValueError:
            raise SigningError("the key cannot be read: PEM of an RSA key is expected, and the right password") from None
        return cls(_rsa(loaded), Certificate.load(certificate))

    @classmethod
    def from_pkcs12(cls, content: bytes, password: bytes | None = None) -> "RsaSigner":
        """A signer from a PKCS#12 file (.p12, .pfx) that holds key and certificate."""
        from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

        try:
            key, certificate, _ = pkcs12.load_key_and_certificates(content, password)
        except ValueError:
            raise SigningError("the PKCS#12 file cannot be read: check the file and its password") from None
        if certificate is None:
            raise SigningError("the PKCS#12 file holds no certificate")
        return cls(_rsa(key), Certificate(certificate.public_bytes(Encoding.DER)))


def _rsa(key: object) -> "RSAPrivateKey":
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    if not isinstance(key, RSAPrivateKey):
        raise SigningError("the key is not an RSA key")
    return key
