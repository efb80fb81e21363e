"""Keys in files (文件密钥): RSA and SM2, in PEM, PKCS#8 or PKCS#12.

>>> from customs.testing import issue_test_key
>>> from datetime import datetime
>>> made = issue_test_key("示例公司", "910000000000000053", since=datetime(2026, 1, 1))
>>> load_signer(made.key, made.certificate).algorithm.name
'RSA_SHA1'
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from customs.signing.algorithm import Algorithm
from customs.signing.certificate import Certificate
from customs.signing.errors import SigningError
from customs.signing.pem import PRIVATE_KEY, blocks, is_encrypted_der, is_pem, labels
from customs.signing.public_key import PublicKey, Sm2PublicKey, raw_signature_of_sm2
from customs.signing.signer import OpenKey, Signature, algorithm_for

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from customs.signing.libcrypto import Sm2Key

K = TypeVar("K")

_ANOTHER_KEY = "the certificate belongs to another key: give the certificate that was issued for this one"
_CLOSED = "the signer is closed: open the key anew 密钥已关闭，请重新打开"
_ENCRYPTED = "the key is encrypted: give its password 私钥已加密，请提供口令"
_WRONG_PASSWORD = "the key is encrypted and cannot be opened: give the right password 私钥已加密，口令不正确"  # noqa: S105
_DAMAGED = (
    "the key cannot be read: PEM or DER is expected, and the key is damaged or neither RSA nor SM2 "
    "私钥无法读取：应为 PEM 或 DER，私钥已损坏，或不是 RSA、SM2 密钥"
)


class _KeyInMemory(OpenKey, Generic[K]):
    """A key in memory until ``close``; also a context manager.

    The key is given up when the signatures that are being made are done, and the library that holds it overwrites it
    then. The file's content and password, and what Python made of them while the key was opened, are held by nobody
    here, and are not overwritten.
    """

    _key: K | None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the key up; the signer cannot be used any more."""
        self._key = None


class RsaSigner(_KeyInMemory["RSAPrivateKey"]):
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
        self._key = key
        self._padding, self._hash = padding.PKCS1v15(), hashes.SHA1()  # noqa: S303

    def __repr__(self) -> str:
        return f"RsaSigner(key_name={self.certificate.key_name!r})"

    def sign(self, data: bytes) -> Signature:
        key = self._key
        if key is None:
            raise SigningError(_CLOSED)
        return Signature(key.sign(data, self._padding, self._hash), self.certificate)

    @classmethod
    def from_pem(cls, key: bytes, certificate: bytes, password: bytes | None = None) -> "RsaSigner":
        """Open a private key with its certificate, each in PEM or DER; both may stand in one file of PEM."""
        from customs.signing.public_key import RsaPublicKey

        certificates = Certificate.load_all(certificate)
        opened = _opened(key, lambda content: _rsa_key(content, password), password)
        keys = [(each, each.public_key().public_numbers()) for each in opened]
        return cls(*_pair([(each, RsaPublicKey(numbers.n, numbers.e)) for each, numbers in keys], certificates))

    @classmethod
    def from_pkcs12(cls, content: bytes, password: bytes | None = None) -> "RsaSigner":
        """Open a PKCS#12 file (.p12, .pfx) that holds an RSA key and its certificate."""
        signer = load_signer(content, password=password)
        if not isinstance(signer, RsaSigner):
            raise SigningError("the key in the PKCS#12 file is an SM2 key, not an RSA key: open it with load_signer")
        return signer


def _rsa_key(content: bytes, password: bytes | None) -> "RSAPrivateKey":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

    load = load_pem_private_key if is_pem(content) else load_der_private_key
    try:
        found = load(content, password)
    except TypeError:
        if password is not None:
            raise SigningError("the key is not encrypted: leave the password out") from None
        raise SigningError(_ENCRYPTED) from None
    except UnsupportedAlgorithm:
        raise SigningError("the key is not an RSA key") from None
    if not isinstance(found, RSAPrivateKey):
        raise SigningError("the key is not an RSA key")
    return found


class Sm2Signer(_KeyInMemory["Sm2Key"]):
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
        key = self._key
        if key is None:
            raise SigningError(_CLOSED)
        value = raw_signature_of_sm2(key.sign(data))
        assert value is not None, "OpenSSL writes DER"
        return Signature(value, self.certificate)

    @classmethod
    def from_pem(
        cls, key: bytes, certificate: bytes, password: bytes | None = None, *, algorithm: Algorithm = Algorithm.SM2_SM3
    ) -> "Sm2Signer":
        """Open a private key, PKCS#8 (encrypted or not) or traditional, with its certificate, each in PEM or DER; both
        may stand in one file of PEM.
        """
        from customs.signing.libcrypto import Sm2Key

        certificates = Certificate.load_all(certificate)
        opened = _opened(key, lambda content: Sm2Key.load(content, password), password)
        loaded, own = _pair([(each, Sm2PublicKey(each.point)) for each in opened], certificates)
        return cls(loaded, own, algorithm)


def load_signer(key: bytes, certificate: bytes | None = None, password: bytes | None = None) -> RsaSigner | Sm2Signer:
    """Open a key file: RSA or SM2, as its certificate says. Without a certificate, the file holds it too: PKCS#12, or PEM
    with both.

    Raises ``SigningError`` and ``CertificateError``.
    """
    if certificate is None and not is_pem(key):
        return _from_pkcs12(key, password)
    certificate = key if certificate is None else certificate
    is_sm2 = isinstance(Certificate.load(certificate).public_key, Sm2PublicKey)
    return (Sm2Signer if is_sm2 else RsaSigner).from_pem(key, certificate, password)


def _from_pkcs12(content: bytes, password: bytes | None) -> RsaSigner | Sm2Signer:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(content, password)
    except UnsupportedAlgorithm:
        return _sm2_from_pkcs12(content, password)
    except ValueError:
        return _unusual_pkcs12(content, password)
    if not isinstance(key, RSAPrivateKey):
        raise SigningError(f"the PKCS#12 file holds {'a key that is neither RSA nor SM2' if key else 'no private key'}")
    if certificate is None:
        raise SigningError("the PKCS#12 file holds no certificate")
    return RsaSigner(key, Certificate(certificate.public_bytes(Encoding.DER)))


def _unusual_pkcs12(content: bytes, password: bytes | None) -> Sm2Signer:
    """Open a file that ``cryptography`` cannot read, such as one encrypted with SM4, or say why not."""
    from customs.signing.libcrypto import AbsentError

    try:
        return _sm2_from_pkcs12(content, password)
    except AbsentError:
        raise SigningError("the PKCS#12 file cannot be read: check the file and its password") from None


def _sm2_from_pkcs12(content: bytes, password: bytes | None) -> Sm2Signer:
    from customs.signing.libcrypto import Sm2Key

    key, certificate = Sm2Key.from_pkcs12(content, password)
    return Sm2Signer(key, Certificate.load(certificate))


def _opened(content: bytes, load: Callable[[bytes], K], password: bytes | None) -> list[K]:
    """Return the private keys in a file that can be opened, in its order. Raises ``SigningError`` if there is none."""
    found, failures = [], []
    for each, is_encrypted in _private_keys(content):
        try:
            found.append(load(each))
        except (SigningError, ValueError) as error:
            failures.append(_failure(error, is_encrypted, password))
    if not found:
        raise failures[0]
    return found


def _private_keys(content: bytes) -> list[tuple[bytes, bool]]:
    """Return each private key in a file by itself, and True if it is encrypted."""
    if not is_pem(content):
        return [(content, is_encrypted_der(content))]
    found = blocks(content, PRIVATE_KEY)
    if not found:
        raise SigningError(
            f"the file holds no private key that can be read, but {labels(content)} 文件中没有可读取的私钥"
        )
    return [(each.pem, each.is_encrypted) for each in found]


def _failure(error: Exception, is_encrypted: bool, password: bytes | None) -> SigningError:
    """Return the error of a key that cannot be opened; it speaks of a password only where the key is encrypted."""
    if is_encrypted and password is None:
        return SigningError(_ENCRYPTED)
    if isinstance(error, SigningError) and not isinstance(error, ValueError):
        return error
    return SigningError(_WRONG_PASSWORD if is_encrypted else _DAMAGED)


def _pair(keys: list[tuple[K, PublicKey]], certificates: tuple[Certificate, ...]) -> tuple[K, Certificate]:
    """Return the key and the certificate that belong together, the first of each if none do."""
    for key, public in keys:
        for certificate in certificates:
            if certificate.public_key == public:
                return key, certificate
    return keys[0][0], certificates[0]
