"""Test keys (测试密钥): RSA and SM2 keys with certificates marked as tests. Customs rejects them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from customs.signing import RsaSigner, Sm2Signer, load_signer
from customs.signing.certificate import CREDIT_CODE

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import rsa

    from customs.signing.libcrypto import Sm2Key

#: RSA-2048, RSA-1024 as older cards hold it, or SM2, which needs OpenSSL 3 on the machine.
KeyKind = Literal["RSA", "RSA-1024", "SM2"]

_PRINTABLE_STRING = 0x13

#: Curve and signature algorithm as DER, in a P-256 certificate that ``cryptography`` makes and in an SM2 certificate.
#: They have the same lengths.
_P256, _SM2 = bytes.fromhex("06082a8648ce3d030107"), bytes.fromhex("06082a811ccf5501822d")
_ECDSA_SHA256, _SM2_SM3 = bytes.fromhex("06082a8648ce3d040302"), bytes.fromhex("06082a811ccf55018375")


@dataclass(frozen=True, slots=True, repr=False)
class KeyPair:
    """A private key and its certificate, both in PEM."""

    key: bytes
    certificate: bytes

    def signer(self) -> RsaSigner | Sm2Signer:
        """Open the pair."""
        return load_signer(self.key, self.certificate)


def issue_test_key(
    organisation: str,
    credit_code: str,
    *,
    since: datetime,
    days: int = 365,
    kind: KeyKind = "RSA",
    issuer: KeyPair | None = None,
) -> KeyPair:
    """Return a new key with a certificate for an enterprise, valid from ``since`` for ``days`` days.

    The certificate is self-signed, or signed by an ``issuer`` of the same kind from ``issue_test_root``.
    """
    from cryptography import x509

    text = credit_code.encode("ascii")
    code = x509.UnrecognizedExtension(x509.ObjectIdentifier(CREDIT_CODE), bytes([_PRINTABLE_STRING, len(text)]) + text)
    extensions = (code, False), (x509.BasicConstraints(ca=False, path_length=None), True)
    return _issued(organisation, f"TEST {credit_code}", extensions, _validity(since, days), _key(kind), issuer)


def issue_test_root(
    name: str, *, since: datetime, days: int = 3650, kind: KeyKind = "RSA", issuer: KeyPair | None = None
) -> KeyPair:
    """Return the key and certificate of a test authority; with an ``issuer``, of an authority below it."""
    from cryptography import x509

    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    extensions = (x509.BasicConstraints(ca=True, path_length=None), True), (usage, True)
    return _issued(name, f"TEST {name}", extensions, _validity(since, days), _key(kind), issuer)


def _validity(since: datetime, days: int) -> tuple[datetime, datetime]:
    start = since.astimezone(UTC) if since.tzinfo else since.replace(tzinfo=UTC)
    return start, start + timedelta(days=days)


def _key(kind: KeyKind) -> "rsa.RSAPrivateKey | Sm2Key":
    from cryptography.hazmat.primitives.asymmetric import rsa

    from customs.signing.libcrypto import Sm2Key

    if kind == "SM2":
        return Sm2Key.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=1024 if kind == "RSA-1024" else 2048)


def _issued(
    organisation: str,
    common_name: str,
    extensions: "tuple[tuple[x509.ExtensionType, bool], ...]",
    validity: tuple[datetime, datetime],
    key: "rsa.RSAPrivateKey | Sm2Key",
    issuer: KeyPair | None,
) -> KeyPair:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

    from customs.signing.libcrypto import Sm2Key

    name = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(x509.NameOID.ORGANIZATIONAL_UNIT_NAME, "TEST ONLY"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(x509.load_pem_x509_certificate(issuer.certificate).subject if issuer else name)
        .serial_number(x509.random_serial_number() >> 96)
        .not_valid_before(validity[0])
        .not_valid_after(validity[1])
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    if isinstance(key, Sm2Key):
        template = builder.public_key(ec.generate_private_key(ec.SECP256R1()).public_key())
        signing = Sm2Key.load(issuer.key) if issuer else key
        return KeyPair(key.private_pem(), _sm2_certificate(template, key, signing))
    own = load_pem_private_key(issuer.key, None) if issuer else key
    certificate = builder.public_key(key.public_key()).sign(own, hashes.SHA256())  # type: ignore[arg-type]
    return KeyPair(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), certificate.public_bytes(Encoding.PEM)
    )


def _sm2_certificate(template: "x509.CertificateBuilder", key: "Sm2Key", signing: "Sm2Key") -> bytes:
    """An SM2 certificate, which ``cryptography`` cannot make: one of P-256 with curve, point and algorithm replaced,
    all of the same lengths, and signed anew.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding

    made = template.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    public = made.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey), "the template's key"
    numbers = public.public_numbers()
    content = made.tbs_certificate_bytes
    for old, new in (
        (_P256, _SM2),
        (_ECDSA_SHA256, _SM2_SM3),
        (numbers.x.to_bytes(32) + numbers.y.to_bytes(32), key.point),
    ):
        assert content.count(old) == 1, "so that nothing else is replaced"
        content = content.replace(old, new)
    value = signing.sign(content)
    algorithm = _der(0x30, _SM2_SM3)
    whole = _der(0x30, content + algorithm + _der(0x03, b"\0" + value))
    return x509.load_der_x509_certificate(whole).public_bytes(Encoding.PEM)


def _der(tag: int, content: bytes) -> bytes:
    """One element of DER."""
    size = len(content)
    length = bytes([size]) if size < 0x80 else bytes([0x82]) + size.to_bytes(2)
    return bytes([tag]) + length + content
