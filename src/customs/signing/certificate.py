"""Certificates (证书) as the e-port issues them: serial number, holder, validity.

The key name (KeyName) in a signature is the serial number in lower-case hexadecimal, padded to whole bytes. The unified
social credit code of the holder stands in the private extension 1.2.156.10260.4.1.4 as one DER string. Operators'
certificates name a person: the subject is shown masked.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
    from cryptography.x509 import Certificate as X509Certificate

#: Extension that holds the unified social credit code of the enterprise.
CREDIT_CODE = "1.2.156.10260.4.1.4"


class CertificateError(ValueError):
    """A certificate cannot be read."""


@dataclass(frozen=True)
class Certificate:
    """An X.509 certificate by its DER bytes; everything else is read when asked for."""

    der: bytes

    @classmethod
    def load(cls, content: bytes) -> "Certificate":
        """From PEM or DER. Raises ``CertificateError``."""
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import Encoding

        read = x509.load_pem_x509_certificate if b"-----BEGIN" in content else x509.load_der_x509_certificate
        try:
            return cls(read(content).public_bytes(Encoding.DER))
        except ValueError:
            raise CertificateError("the certificate cannot be read: PEM or DER of one X.509 certificate is expected") from None

    def __repr__(self) -> str:
        return f"Certificate(key_name={self.key_name!r})"

    @cached_property
    def x509(self) -> "X509Certificate":
        from cryptography import x509

        try:
            return x509.load_der_x509_certificate(self.der)
        except ValueError:
            raise CertificateError("the certificate cannot be read") from None

    @cached_property
    def key_name(self) -> str:
        """The serial number as KeyName shows it, such as ``0178b6b7``."""
        digits = f"{self.x509.serial_number:x}"
        return digits.zfill(len(digits) + len(digits) % 2)

    @cached_property
    def rsa_numbers(self) -> "RSAPublicNumbers | None":
        """The public RSA key, None if the key is of another kind."""
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

        try:
            key = self.x509.public_key()
        except (UnsupportedAlgorithm, ValueError):
            return None
        return key.public_numbers() if isinstance(key, RSAPublicKey) else None

    @cached_property
    def organisation(self) -> str | None:
        """The enterprise named in the subject (O), None if it names none."""
        from cryptography.x509 import NameOID

        found = self.x509.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        return str(found[0].value) if found else None

    @cached_property
    def credit_code(self) -> str | None:
        """统一社会信用代码 of the holder's enterprise, None if the certificate does not state it."""
        from cryptography import x509

        for extension in self.x509.extensions:
            if extension.oid.dotted_string == CREDIT_CODE and isinstance(extension.value, x509.UnrecognizedExtension):
                text = extension.value.value
                # one DER string: tag, length below 128, characters
                if len(text) > 2 and text[1] == len(text) - 2:
                    return text[2:].decode("ascii", "replace")
        return None

    @property
    def valid_from(self) -> datetime:
        """First moment of validity, in UTC."""
        return self.x509.not_valid_before_utc

    @property
    def valid_to(self) -> datetime:
        """Last moment of validity, in UTC."""
        return self.x509.not_valid_after_utc
