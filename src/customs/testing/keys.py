"""Keys for tests (测试密钥): an RSA key and a self-signed certificate that says it is one. Customs accepts none of them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from customs.signing import RsaSigner
from customs.signing.certificate import CREDIT_CODE


@dataclass(frozen=True, slots=True, repr=False)
class KeyPair:
    """A private key and its certificate, both in PEM."""

    key: bytes
    certificate: bytes

    def signer(self) -> RsaSigner:
        return RsaSigner.from_pem(self.key, self.certificate)


def issue_test_key(organisation: str, credit_code: str, *, since: datetime, days: int = 365, bits: int = 2048) -> KeyPair:
    """A new RSA key and a self-signed certificate for an enterprise, valid from ``since`` for some days."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    name = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(x509.NameOID.ORGANIZATIONAL_UNIT_NAME, "TEST ONLY"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, f"TEST {credit_code}"),
        ]
    )
    printable = bytes([0x13, len(credit_code)]) + credit_code.encode("ascii")
    start = since.astimezone(UTC) if since.tzinfo else since.replace(tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number() >> 96)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(CREDIT_CODE), printable), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return KeyPair(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        certificate.public_bytes(Encoding.PEM),
    )
