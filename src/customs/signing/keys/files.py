"""Keys in files (文件密钥): RSA and SM2, in PEM, PKCS#8 or PKCS#12.

>>> from customs.testing import issue_test_key
>>> from datetime import datetime
>>> made = issue_test_key("示例公司", "910000000000000053", since=datetime(2026, 1, 1))
>>> load_signer(made.key, made.certificate).algorithm.name
'RSA_SHA1'
"""

from typing import TYPE_CHECKING

from customs.signing.algorithm import Algorithm
from customs.signing.certificate import Certificate
from customs.signing.errors import SigningError
from customs.signing.public_key import Sm2PublicKey, raw_signature_of_sm2
from customs.signing.signer import OpenKey, Signature, algorithm_for

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from customs.signing.libcrypto import Sm2Key

_ANOTHER_KEY = "the certificate belongs to another key: give the certificate that was issued for this one"


class RsaSigner(OpenKey):
    """An RSA key in memory with its certificate. It signs with RSA-SHA1 (PKCS#1 v1.5).

    Use ``from_pem`` or ``from_pkcs12``. Both raise ``SigningError`` if the key cannot be used and ``CertificateError``
    if the certificate cannot be read.
    """

    algorithm = Algorithm.RSA_SHA1

    def __init__(self, key: "RSAPrivateKey", certificate: Certificate) -> None:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        from customs.signing.public_key import RsaPublicKey

        numbers = key.public_key().public_numbers()
        if certificate.public_key != RsaPublicKey(numbers.n, numbers.e):
            raise SigningError(_ANOTHER_KEY)
        self.certificate = certificate
        self._sign, self._padding, self._hash = key.sign, padding.PKCS1v15(), hashes.SHA1()  # noqa: S303

    def __repr__(self) -> str:
        return f"RsaSigner(key_name={self.certificate.key_name!r})"

    def sign(self, data: bytes) -> Signature:
        return Signature(self._sign(data, self._padding, self._hash), self.certificate)

    @classmethod
    def from_pem(cls, key: bytes, certificate: bytes, password: bytes | None = None) -> "RsaSigner":
        """Open a private key with its certificate, each in PEM or DER."""
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

        load = load_pem_private_key if b"-----BEGIN" in key else load_der_private_key
        try:
            loaded = load(key, password)
        except TypeError:
            raise SigningError(
                "the key is encrypted: give its password"
                if password is None
                else "the key is not encrypted: leave the password out"
            ) from None
        except UnsupportedAlgorithm:
            raise SigningError("the key is not an RSA key") from None
        except ValueError:
            raise SigningError(
                "the key cannot be read: PEM of an RSA key is expected, and the right password"
            ) from None
        return cls(_rsa(loaded), Certificate.load(certificate))

    @classmethod
    def from_pkcs12(cls, content: bytes, password: bytes | None = None) -> "RsaSigner":
        """Open a PKCS#12 file (.p12, .pfx) that holds a key and its certificate."""
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

        try:
            key, certificate, _ = pkcs12.load_key_and_certificates(content, password)
        except UnsupportedAlgorithm:
            raise SigningError(
                "the key in the PKCS#12 file is not an RSA key: take an SM2 key out into PEM first (openssl pkcs12)"
            ) from None
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


class Sm2Signer(OpenKey):
    """An SM2 key in memory with its certificate. It signs with SM3withSM2 and the default user id.

    ``algorithm`` is the standard's, or ``Algorithm.SM2_FIELD`` for a gateway that wants it. Needs OpenSSL 3 on the
    machine; without it, ``SigningError`` says what to install.
    """

    def __init__(self, key: "Sm2Key", certificate: Certificate, algorithm: Algorithm = Algorithm.SM2_SM3) -> None:
        if certificate.public_key != Sm2PublicKey(key.point):
            raise SigningError(_ANOTHER_KEY)
        self.algorithm = algorithm_for(certificate, algorithm)
        self.certificate = certificate
        self._key = key

    def __repr__(self) -> str:
        return f"Sm2Signer(key_name={self.certificate.key_name!r})"

    def sign(self, data: bytes) -> Signature:
        value = raw_signature_of_sm2(self._key.sign(data))
        assert value is not None, "OpenSSL writes DER"
        return Signature(value, self.certificate)

    @classmethod
    def from_pem(
        cls, key: bytes, certificate: bytes, password: bytes | None = None, *, algorithm: Algorithm = Algorithm.SM2_SM3
    ) -> "Sm2Signer":
        """Open a private key, PKCS#8 (encrypted or not) or traditional, with its certificate, each in PEM or DER."""
        from customs.signing.libcrypto import LibcryptoError, Sm2Key

        try:
            loaded = Sm2Key.load(key, password)
        except LibcryptoError as error:
            expected = ": PEM or DER of an SM2 key is expected, and its password if it is encrypted"
            raise SigningError(f"{error}{expected if str(error).startswith('the key') else ''}") from None
        return cls(loaded, Certificate.load(certificate), algorithm)


def load_signer(key: bytes, certificate: bytes | None = None, password: bytes | None = None) -> RsaSigner | Sm2Signer:
    """Open a key file: RSA or SM2, as its certificate says; without a certificate, a PKCS#12 file with an RSA key.

    Raises ``SigningError`` and ``CertificateError``.
    """
    if certificate is None:
        return RsaSigner.from_pkcs12(key, password)
    is_sm2 = isinstance(Certificate.load(certificate).public_key, Sm2PublicKey)
    return (Sm2Signer if is_sm2 else RsaSigner).from_pem(key, certificate, password)
