"""Trust in a certificate (证书链验证): whether it leads to an authority that the caller trusts, on the day in question.

Authorities are given, never assumed: the e-port's own (中国电子业务证书管理中心) come from its operator, and no root is
shipped. A chain holds where each certificate was signed by the next, RSA or SM2, each is valid at the time, the
authorities may issue certificates, and the first may sign. Revocation is not judged: no list of the e-port is public.
Source: RFC 5280, section 6.1, without policies and name constraints, which are refused where they are critical.

>>> from customs.testing import issue_test_key, issue_test_root
>>> root = issue_test_root("测试根", since=datetime(2026, 1, 1))
>>> made = issue_test_key("示例公司", "910000000000000053", since=datetime(2026, 1, 1), issuer=root)
>>> signing, trusted = Certificate.load(made.certificate), Certificate.load(root.certificate)
>>> chain_to([trusted], signing, at=datetime(2026, 11, 11)) == (signing, trusted)
True
>>> chain_to([trusted], signing, at=datetime(2027, 11, 11))
Traceback (most recent call last):
customs.signing.errors.CertificateError: certificate ... is not valid on 2027-11-11: it was until 2027-01-01
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from customs.fields.moments import CHINA_TIME
from customs.signing.certificate import Certificate
from customs.signing.errors import CertificateError
from customs.signing.public_key import Digest, RsaPublicKey, Sm2PublicKey

if TYPE_CHECKING:
    from cryptography.x509 import ExtensionType

E = TypeVar("E", bound="ExtensionType")

#: Certificates in a chain at most, root included.
LONGEST_CHAIN = 6

#: The digest of each way in which an authority signs with RSA. MD5 is not among them; SHA-1 is, as operators' cards
#: have it.
_RSA_DIGESTS: dict[str, Digest] = {
    "RSA with SHA-1": "sha1",
    "RSA with SHA-256": "sha256",
    "RSA with SHA-384": "sha384",
    "RSA with SHA-512": "sha512",
}

#: Extensions that are judged here, or that say nothing against a signature even where they are critical: key usage,
#: basic constraints, alternative names, policies without constraints, extended key usage.
_UNDERSTOOD = frozenset({"2.5.29.15", "2.5.29.19", "2.5.29.17", "2.5.29.32", "2.5.29.37"})


def chain_to(
    roots: Sequence[Certificate], certificate: Certificate, *, at: datetime, intermediates: Sequence[Certificate] = ()
) -> tuple[Certificate, ...]:
    """The chain from a signing certificate to one of the roots, both included; a root may be that certificate itself.

    ``at`` is the time of the judgement, without a zone that of China. Raises ``CertificateError`` that says which link
    fails.
    """
    moment = _in_zone(at)
    check_signing(certificate, moment)
    failures: list[CertificateError] = []
    chain = _extended((certificate,), frozenset(roots), [*roots, *intermediates], moment, failures)
    if chain:
        return chain
    unknown = f"certificate {certificate.key_name} was issued by {certificate.issuer}, which is not among the {len(roots)} roots given"
    raise failures[0] if failures else CertificateError(unknown)


def check_signing(certificate: Certificate, at: datetime) -> None:
    """Refuse a certificate that may not sign messages at a time. Raises ``CertificateError``."""
    from cryptography.x509 import KeyUsage

    _check_valid(certificate, _in_zone(at))
    usage = _extension(certificate, KeyUsage)
    if usage and not (usage.digital_signature or usage.content_commitment):
        raise CertificateError(
            f"certificate {certificate.key_name} is not for signatures: its key usage says otherwise"
        )


def _in_zone(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=CHINA_TIME)


def _extended(
    chain: tuple[Certificate, ...],
    roots: frozenset[Certificate],
    issuers: list[Certificate],
    moment: datetime,
    failures: list[CertificateError],
) -> tuple[Certificate, ...] | None:
    """Return the chain up to a root, or None; ``failures`` receives the reasons against likely issuers."""
    last = chain[-1]
    if last in roots:
        return chain
    for issuer in issuers if len(chain) < LONGEST_CHAIN else ():
        if issuer.subject_name != last.issuer_name or issuer in chain:
            continue
        try:
            _check_issued(last, issuer, moment, below=len(chain) - 1)
        except CertificateError as error:
            failures.append(error)
            continue
        if found := _extended((*chain, issuer), roots, issuers, moment, failures):
            return found
    return None


def _check_issued(certificate: Certificate, issuer: Certificate, moment: datetime, below: int) -> None:
    """Refuse an issuer that may not issue, or did not; ``below`` counts the authorities between it and the first."""
    from cryptography.x509 import BasicConstraints, KeyUsage

    _check_valid(issuer, moment)
    constraints, usage = _extension(issuer, BasicConstraints), _extension(issuer, KeyUsage)
    if not (constraints and constraints.ca) or (usage and not usage.key_cert_sign):
        raise CertificateError(
            f"certificate {issuer.key_name} is not an authority: it may not issue certificate {certificate.key_name}"
        )
    if constraints.path_length is not None and below > constraints.path_length:
        raise CertificateError(
            f"authority {issuer.key_name} may not have so many authorities below it: its path length is {constraints.path_length}"
        )
    if not _signed_by(certificate, issuer):
        raise CertificateError(f"certificate {certificate.key_name} was not signed with the key of {issuer.issuer}")


def _signed_by(certificate: Certificate, issuer: Certificate) -> bool:
    method, key = certificate.signature_algorithm, issuer.public_key
    signature, signed = certificate.x509.signature, certificate.x509.tbs_certificate_bytes
    if isinstance(key, Sm2PublicKey):
        return method == "SM2 with SM3" and key.verifies(signature, signed)
    return (
        isinstance(key, RsaPublicKey)
        and method in _RSA_DIGESTS
        and key.verifies(signature, signed, _RSA_DIGESTS[method])
    )


def _check_valid(certificate: Certificate, moment: datetime) -> None:
    """Refuse a certificate outside its validity, or with a critical extension that is not understood."""
    day = f"certificate {certificate.key_name} is not valid on {moment:%Y-%m-%d}: it"
    if moment < certificate.valid_from:
        raise CertificateError(f"{day} will be from {certificate.valid_from:%Y-%m-%d}")
    if moment > certificate.valid_to:
        raise CertificateError(f"{day} was until {certificate.valid_to:%Y-%m-%d}")
    for each in certificate.extensions:
        if each.critical and each.oid.dotted_string not in _UNDERSTOOD:
            raise CertificateError(
                f"certificate {certificate.key_name} has a critical extension that is not understood: {each.oid.dotted_string}"
            )


def _extension(certificate: Certificate, kind: "type[E]") -> "E | None":
    return next((each.value for each in certificate.extensions if isinstance(each.value, kind)), None)
