"""Certificates (证书) as the e-port issues them: who, serial number, validity, key, RSA and SM2.

The key name (KeyName) in a signature is the serial number in lower-case hexadecimal, padded to whole bytes. The unified
social credit code of the holder is in the private extension 1.2.156.10260.4.1.4, the organisation code in the e-port's
own 1.3.6.1.4.1.5315.100.5.11, each as one DER string. Operators' certificates name a person and hold a citizen number:
the number is never read, and the name is shown masked.

>>> from customs.testing import issue_test_key
>>> from datetime import datetime
>>> made = issue_test_key("示例公司", "910000000000000053", since=datetime(2026, 1, 1))
>>> certificate = Certificate.load(made.certificate)
>>> certificate.organisation, certificate.credit_code, certificate.key_algorithm
('示例公司', '910000000000000053', 'RSA-2048')
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, wraps
from typing import TYPE_CHECKING, TypeVar

from customs.fields.record import MASK
from customs.signing import pem
from customs.signing.errors import CertificateError
from customs.signing.public_key import PublicKey, RsaPublicKey, Sm2PublicKey

if TYPE_CHECKING:
    from cryptography.x509 import Certificate as X509Certificate
    from cryptography.x509 import Extensions, Name

F = TypeVar("F")

_UNREADABLE = "the certificate cannot be read 证书无法读取"

#: Extension that holds the unified social credit code of the enterprise (统一社会信用代码).
CREDIT_CODE = "1.2.156.10260.4.1.4"
#: Extension of the e-port that holds the organisation code (组织机构代码).
ORGANISATION_CODE = "1.3.6.1.4.1.5315.100.5.11"

#: Tags of the version and of the extensions in the signed part, and the beginning of an AuthorityKeyIdentifier that is not critical: its
#: identifier 2.5.29.35, and the tag of its value.
_VERSION = 0xA0
_EXTENSIONS = 0xA3
_AUTHORITY_KEY = bytes.fromhex("0603551d2304")

#: How issuers sign certificates, by object identifier.
SIGNATURE_ALGORITHMS = {
    "1.2.156.10197.1.501": "SM2 with SM3",
    "1.2.840.113549.1.1.5": "RSA with SHA-1",
    "1.2.840.113549.1.1.11": "RSA with SHA-256",
    "1.2.840.113549.1.1.12": "RSA with SHA-384",
    "1.2.840.113549.1.1.13": "RSA with SHA-512",
}


def _fact(read: Callable[["Certificate"], F]) -> cached_property[F]:
    """Read a fact once; any failure of the parser on a damaged certificate becomes a ``CertificateError``."""

    @wraps(read)
    def guarded(certificate: "Certificate") -> F:
        try:
            return read(certificate)
        except CertificateError:
            raise
        except Exception:
            raise CertificateError(
                f"the certificate cannot be read: its {read.__name__.replace('_', ' ')} is damaged 证书已损坏，无法读取"
            ) from None

    return cached_property(guarded)


@dataclass(frozen=True)
class Certificate:
    """An X.509 certificate, held as DER. Facts are read on first use and raise ``CertificateError`` if they are
    damaged.

    Certificates are equal if their DER is, and are pickled as their DER.
    """

    der: bytes

    @classmethod
    def load(cls, content: bytes) -> "Certificate":
        """Read a certificate from PEM or DER, the first of several. Raises ``CertificateError``."""
        return cls.load_all(content)[0]

    @classmethod
    def load_all(cls, content: bytes) -> "tuple[Certificate, ...]":
        """Read all certificates in PEM, whatever stands beside them, or the one in DER. Raises ``CertificateError``."""
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import Encoding

        found = pem.certificates(content) if pem.is_pem(content) else (content,)
        if not found:
            raise CertificateError(
                f"the file holds no certificate that can be read, but {pem.labels(content)} 文件中没有可读取的证书"
            )
        try:
            return tuple(cls(x509.load_der_x509_certificate(each).public_bytes(Encoding.DER)) for each in found)
        except Exception:
            raise CertificateError(
                "the certificate cannot be read: PEM or DER of an X.509 certificate is expected "
                "证书无法读取：应为 X.509 证书的 PEM 或 DER"
            ) from None

    def __reduce__(self) -> "tuple[type[Certificate], tuple[bytes]]":
        return Certificate, (self.der,)

    def __repr__(self) -> str:
        return f"Certificate(key_name={self.key_name!r})"

    @_fact
    def x509(self) -> "X509Certificate":
        """The certificate as ``cryptography`` has it."""
        from cryptography import x509

        return x509.load_der_x509_certificate(self.der)

    @_fact
    def key_name(self) -> str:
        """The serial number as KeyName shows it, such as ``0178b6b7``."""
        digits = f"{self.x509.serial_number:x}"
        return digits.zfill(len(digits) + len(digits) % 2)

    @_fact
    def public_key(self) -> PublicKey | None:
        """The public key, None if it is neither RSA nor SM2."""
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric import rsa

        try:
            if sm2 := Sm2PublicKey.of_info(_public_key_info(self.x509.tbs_certificate_bytes)):
                return sm2
            key = self.x509.public_key()
            if not isinstance(key, rsa.RSAPublicKey):
                return None
            numbers = key.public_numbers()
            return RsaPublicKey(numbers.n, numbers.e)
        except UnsupportedAlgorithm:
            return None
        except ValueError as error:
            raise CertificateError(f"the certificate's key cannot be used: {error} 证书中的公钥不可用") from None

    @_fact
    def key_algorithm(self) -> str:
        """The kind of key, such as ``RSA-2048`` or ``SM2``; for other kinds the object identifier."""
        if key := self.public_key:
            return f"RSA-{key.bits}" if isinstance(key, RsaPublicKey) else "SM2"
        return self.x509.public_key_algorithm_oid.dotted_string

    @_fact
    def signature_algorithm(self) -> str:
        """The issuer's signature algorithm, such as ``SM2 with SM3``; for an unusual one the object identifier."""
        found = self.x509.signature_algorithm_oid.dotted_string
        return SIGNATURE_ALGORITHMS.get(found, found)

    @_fact
    def issuer_signature(self) -> bytes:
        """The issuer's signature. ``CertificateError`` if another algorithm stands beside it than in the signed part, or if
        it is not of whole bytes (RFC 5280, section 4.1.1.2): anyone can change both.
        """
        _, _, inside, _ = _element(memoryview(self.der))
        signed, algorithm, bits = _elements(inside)
        parts = (each for each in _elements(_element(signed)[2]) if each[0] != _VERSION)
        _, stated = next(parts), next(parts)
        value = _element(bits)[2]
        if stated != algorithm or value[0]:
            raise CertificateError("the certificate's signature is damaged 证书的签名部分已损坏")
        return bytes(value[1:])

    @_fact
    def organisation(self) -> str | None:
        """The enterprise named in the subject (O), None if it names none."""
        from cryptography.x509 import NameOID

        found = self.subject_name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        return _printable(str(found[0].value)) if found else None

    @_fact
    def subject_name(self) -> "Name":
        """The whole subject, for comparison only: it may name a person."""
        return self.x509.subject

    @_fact
    def issuer_name(self) -> "Name":
        """The issuer, to be compared with subjects."""
        return self.x509.issuer

    @_fact
    def subject(self) -> str:
        """The subject: country and organisation in full, everything else masked, since it may name a person."""
        from cryptography.x509 import NameOID

        shown = {NameOID.COUNTRY_NAME, NameOID.ORGANIZATION_NAME}
        parts = (
            (each.rfc4514_attribute_name, str(each.value) if each.oid in shown else MASK) for each in self.subject_name
        )
        return _printable(", ".join(f"{name}={value}" for name, value in parts))

    @_fact
    def issuer(self) -> str:
        """The issuer in full, since it is an authority; for a self-signed certificate, the masked subject."""
        if self.issuer_name == self.subject_name:
            return self.subject
        return _printable(", ".join(f"{each.rfc4514_attribute_name}={each.value!s}" for each in self.issuer_name))

    @_fact
    def extensions(self) -> "Extensions":
        """The extensions as ``cryptography`` has them, without the key identifier of the authority, unless it is critical.

        Operators' cards name their authority there by a serial number of zero or below, over which ``cryptography`` warns
        and will fail; nothing here reads it.
        """
        from cryptography import x509

        return x509.load_der_x509_certificate(_without_authority_key(self.der)).extensions

    @_fact
    def credit_code(self) -> str | None:
        """统一社会信用代码 of the holder's enterprise, None if the certificate does not state it."""
        return _string(self.extensions, CREDIT_CODE)

    @_fact
    def organisation_code(self) -> str | None:
        """组织机构代码 of the holder's enterprise, None if the certificate does not state it."""
        return _string(self.extensions, ORGANISATION_CODE)

    @_fact
    def valid_from(self) -> datetime:
        """First moment of validity, in UTC."""
        return self.x509.not_valid_before_utc

    @_fact
    def valid_to(self) -> datetime:
        """Last moment of validity, in UTC."""
        return self.x509.not_valid_after_utc


def _printable(text: str) -> str:
    """A foreign text that cannot forge lines where it is shown."""
    return "".join(each if each.isprintable() else "?" for each in text)


def _string(extensions: "Extensions", identifier: str) -> str | None:
    """A private extension: one DER string of fewer than 128 bytes, UTF8String or PrintableString."""
    from cryptography.x509 import UnrecognizedExtension

    for extension in extensions:
        if extension.oid.dotted_string == identifier and isinstance(extension.value, UnrecognizedExtension):
            text = extension.value.value
            if len(text) > 2 and text[0] in (0x0C, 0x13) and text[1] == len(text) - 2:
                return _printable(text[2:].decode("utf-8", "replace"))
    return None


def _public_key_info(tbs: bytes) -> bytes:
    """The SubjectPublicKeyInfo in the signed part of a certificate, found by its place (RFC 5280, section 4.1)."""
    _, _, inside, _ = _element(memoryview(tbs))
    tag, _, _, rest = _element(inside)
    # version, which may be left out, serial number, signature algorithm, issuer, validity, subject
    for _ in range(5 if tag == _VERSION else 4):
        _, _, _, rest = _element(rest)
    return bytes(_element(rest)[1])


def _without_authority_key(certificate: bytes) -> bytes:
    """The certificate without AuthorityKeyIdentifier; its signature no longer fits, and its facts are the same."""
    _, _, inside, _ = _element(memoryview(certificate))
    _, _, parts, rest = _element(inside)
    *before, last = _elements(parts)
    if last[0] != _EXTENSIONS:
        return certificate
    _, _, sequence, _ = _element(_element(last)[2])
    kept = [each for each in _elements(sequence) if _element(each)[2][: len(_AUTHORITY_KEY)] != _AUTHORITY_KEY]
    extensions = _der(_EXTENSIONS, _der(0x30, b"".join(kept)))
    return _der(0x30, _der(0x30, b"".join([*before, extensions])) + bytes(rest))


def _elements(der: memoryview) -> Iterator[memoryview]:
    """The elements that follow each other, each as a whole; none is copied, however many there are."""
    while der:
        _, whole, _, der = _element(der)
        yield whole


def _der(tag: int, content: bytes) -> bytes:
    """One element of DER."""
    size = len(content)
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag]) + (bytes([size]) if size < 0x80 else bytes([0x80 + len(octets)]) + octets) + content


def _element(der: memoryview) -> tuple[int, memoryview, memoryview, memoryview]:
    """The first element of DER: its tag, all of it, its content, and what follows."""
    if len(der) < 2:
        raise CertificateError(_UNREADABLE)
    length, start = der[1], 2
    if length > 0x80:
        start += length - 0x80
        length = int.from_bytes(der[2:start])
    end = start + length
    if end > len(der):
        raise CertificateError(_UNREADABLE)
    return der[0], der[:end], der[start:end], der[end:]
