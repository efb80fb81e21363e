"""Trust in a certificate (证书链验证): whether it leads to an authority that the caller trusts, on the day in question.

Authorities are given, never assumed: the e-port's own (中国电子业务证书管理中心) come from its operator, and no root is
shipped. A chain holds where each certificate was signed by the next, RSA or SM2, each is valid at the time, the
authorities may issue certificates, and the first may sign. Revocation is not judged: no list of the e-port is public.
The search takes each certificate once, where it first leads up, and is bounded: names alone decide which authorities are
tried, and anyone may give many certificates one name. Source: RFC 5280, section 6.1, without policies and name
constraints, which are refused where they are critical.

>>> from customs.testing import issue_test_key, issue_test_root
>>> root = issue_test_root("测试根", since=datetime(2026, 1, 1))
>>> made = issue_test_key("示例公司", "910000000000000053", since=datetime(2026, 1, 1), issuer=root)
>>> signing, trusted = Certificate.load(made.certificate), Certificate.load(root.certificate)
>>> chain_to([trusted], signing, at=datetime(2026, 11, 11)) == (signing, trusted)
True
>>> chain_to([trusted], signing, at=datetime(2027, 11, 11))
Traceback (most recent call last):
customs.signing.errors.CertificateError: certificate ... is not valid on 2027-11-11: it was until 2027-01-01 证书已过期
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from customs.fields.moments import CHINA_TIME
from customs.signing.certificate import Certificate
from customs.signing.errors import CertificateError, cut, listed
from customs.signing.public_key import Digest, RsaPublicKey, Sm2PublicKey

if TYPE_CHECKING:
    from cryptography.x509 import ExtendedKeyUsage, ExtensionType, Name

E = TypeVar("E", bound="ExtensionType")

#: Certificates in a chain at most, root included.
LONGEST_CHAIN = 6

#: Signatures of certificates that are verified for one chain at most. Six authorities of one name below each other need 15.
MOST_VERIFICATIONS = 100

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


#: Characters of an issuer's name that an error shows.
_LONGEST_ISSUER = 160

#: Purposes of an extended key usage with which a certificate may sign messages, where the extension is critical: any,
#: client authentication, which cards of the e-port state, protection of mail, and the signing of documents (RFC 5280,
#: section 4.2.1.12, RFC 9336, Microsoft).
_PURPOSES = frozenset(
    {"2.5.29.37.0", "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.311.10.3.12"}
)


def chain_to(
    roots: Sequence[Certificate], certificate: Certificate, *, at: datetime, intermediates: Sequence[Certificate] = ()
) -> tuple[Certificate, ...]:
    """The shortest chain from a signing certificate to one of the roots, both included; a root may be that certificate
    itself.

    ``at`` is the time of the judgement, without a zone that of China. Raises ``CertificateError`` that says which link
    fails, or that more than 100 signatures would have to be verified.
    """
    moment = _in_zone(at)
    check_signing(certificate, moment)
    search = _Search(_by_name([*roots, *intermediates]), moment, {certificate})
    trusted = frozenset(roots)
    chains: list[tuple[Certificate, ...]] = [(certificate,)]
    for _ in range(LONGEST_CHAIN):
        if found := next((each for each in chains if each[-1] in trusted), None):
            return found
        chains = [(*chain, issuer) for chain in chains for issuer in search.issuers_of(chain)]
    unknown = (
        f"certificate {cut(certificate.key_name)} was issued by {cut(certificate.issuer, _LONGEST_ISSUER)}, "
        f"which is not among the {len(roots)} roots given "
        "证书的颁发者不在所给根证书之中"
    )
    raise search.failure or CertificateError(unknown)


def check_signing(certificate: Certificate, at: datetime) -> None:
    """Refuse a certificate that may not sign messages at a time. Raises ``CertificateError``."""
    from cryptography.x509 import KeyUsage

    _check_valid(certificate, _in_zone(at))
    usage = _extension(certificate, KeyUsage)
    if usage and not (usage.digital_signature or usage.content_commitment):
        raise CertificateError(
            f"certificate {cut(certificate.key_name)} is not for signatures: its key usage says otherwise 证书的密钥用途不含签名"
        )


def _in_zone(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=CHINA_TIME)


def _by_name(authorities: Sequence[Certificate]) -> "Mapping[Name, list[Certificate]]":
    found: defaultdict[Name, list[Certificate]] = defaultdict(list)
    for each in authorities:
        found[each.subject_name].append(each)
    return found


@dataclass(slots=True)
class _Search:
    """A search among authorities, upwards and level by level. The first way to an authority is the shortest, and so the
    one that path lengths least forbid: each authority is reached once, and each pair of certificates verified once.
    """

    authorities: "Mapping[Name, list[Certificate]]"
    moment: datetime
    done: set[Certificate]
    """The certificates that were reached, or that are no authorities."""
    failure: CertificateError | None = None
    """The first reason against a likely issuer."""
    verifications: int = 0

    def issuers_of(self, chain: tuple[Certificate, ...]) -> Iterator[Certificate]:
        """Yield the authorities that issued the last certificate of a chain and were not reached before."""
        for issuer in self.authorities.get(chain[-1].issuer_name, ()):
            if issuer in self.done:
                continue
            if error := _unfit(issuer, self.moment, below=len(chain) - 1) or self._unsigned(chain[-1], issuer):
                self.failure = self.failure or error
                continue
            self.done.add(issuer)
            yield issuer

    def _unsigned(self, certificate: Certificate, issuer: Certificate) -> CertificateError | None:
        """Return the error of a certificate that another one did not issue."""
        if self.verifications >= MOST_VERIFICATIONS:
            raise CertificateError(
                f"more than {MOST_VERIFICATIONS} signatures of certificates would have to be verified for one chain: give fewer "
                f"authorities of one name 同名的颁发者证书过多，验证证书链所需验签超过 {MOST_VERIFICATIONS} 次，请减少"
            )
        self.verifications += 1
        try:
            if _signed_by(certificate, issuer):
                return None
        except CertificateError as error:
            return error
        return CertificateError(
            f"certificate {cut(certificate.key_name)} was not signed with the key of {cut(issuer.issuer, _LONGEST_ISSUER)} "
            "证书并非由该颁发者签发"
        )


def _unfit(issuer: Certificate, moment: datetime, below: int) -> CertificateError | None:
    """Return why a certificate may not issue another; ``below`` counts the authorities between it and the first."""
    from cryptography.x509 import BasicConstraints, KeyUsage

    try:
        _check_valid(issuer, moment)
        constraints, usage = _extension(issuer, BasicConstraints), _extension(issuer, KeyUsage)
    except CertificateError as error:
        return error
    if not (constraints and constraints.ca) or (usage and not usage.key_cert_sign):
        return CertificateError(
            f"certificate {cut(issuer.key_name)} is not an authority and may not issue certificates 该证书不是 CA 证书，不得签发证书"
        )
    if constraints.path_length is not None and below > constraints.path_length:
        return CertificateError(
            f"authority {cut(issuer.key_name)} may not have so many authorities below it: its path length is {constraints.path_length} "
            "该 CA 之下的级数超过其路径长度限制"
        )
    return None


def _signed_by(certificate: Certificate, issuer: Certificate) -> bool:
    method, key = certificate.signature_algorithm, issuer.public_key
    signature, signed = certificate.issuer_signature, certificate.x509.tbs_certificate_bytes
    if isinstance(key, Sm2PublicKey):
        return method == "SM2 with SM3" and key.verifies(signature, signed)
    return (
        isinstance(key, RsaPublicKey)
        and method in _RSA_DIGESTS
        and key.verifies(signature, signed, _RSA_DIGESTS[method])
    )


def _check_valid(certificate: Certificate, moment: datetime) -> None:
    """Refuse a certificate outside its validity, or with a critical extension that is not understood or excludes it."""
    from cryptography.x509 import ExtendedKeyUsage

    day = f"certificate {cut(certificate.key_name)} is not valid on {moment:%Y-%m-%d}: it"
    if moment < certificate.valid_from:
        raise CertificateError(f"{day} will be from {certificate.valid_from:%Y-%m-%d} 证书尚未生效")
    if moment > certificate.valid_to:
        raise CertificateError(f"{day} was until {certificate.valid_to:%Y-%m-%d} 证书已过期")
    for each in certificate.extensions:
        if each.critical and each.oid.dotted_string not in _UNDERSTOOD:
            raise CertificateError(
                f"certificate {cut(certificate.key_name)} has a critical extension that is not understood: "
                f"{cut(each.oid.dotted_string)} 证书含无法识别的关键扩展"
            )
        if each.critical and isinstance(each.value, ExtendedKeyUsage):
            _check_purposes(certificate, each.value)


def _check_purposes(certificate: Certificate, purposes: "ExtendedKeyUsage") -> None:
    """Refuse a certificate that is for other purposes alone, as its critical extended key usage says."""
    stated = [each.dotted_string for each in purposes]
    if _PURPOSES.isdisjoint(stated):
        raise CertificateError(
            f"certificate {cut(certificate.key_name)} is for other purposes than signatures: its extended key usage, which is "
            f"critical, is {listed(stated)} 证书的扩展密钥用途（关键扩展）不含签名"
        )


def _extension(certificate: Certificate, kind: "type[E]") -> "E | None":
    return next((each.value for each in certificate.extensions if isinstance(each.value, kind)), None)
