"""Verifying a message's signature: which certificate signed, whether digest and signature hold, and why not.

Exactly one signature is admitted, enveloped, a child of the root, over the whole document, with the methods of the
standard. Whether the certificate is to be trusted is not judged here: compare ``key_name`` or ``certificate`` with those
you know.
"""

import binascii
from base64 import b64decode
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

from customs.signing.certificate import Certificate, CertificateError
from customs.signing.signer import Algorithm
from customs.signing.xmldsig import C14N, DS, ENVELOPED
from customs.wire.reader import ReadError, parse

_SIGNED_INFO_SHAPE = [
    "SignedInfo", "CanonicalizationMethod", "SignatureMethod", "Reference", "Transforms", "Transform", "DigestMethod",
    "DigestValue",
]


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found. ``valid`` only if digest and signature hold; ``reasons`` say why not."""

    digest_holds: bool
    signature_holds: bool
    algorithm: Algorithm | None
    key_name: str | None
    certificate: Certificate | None
    reasons: tuple[str, ...]

    @property
    def valid(self) -> bool:
        return self.digest_holds and self.signature_holds and not self.reasons


class _RefusedError(Exception):
    """The signature is not of the one shape that is admitted."""


def verify(message: bytes, *, certificate: Certificate | None = None) -> Verification:
    """Verify the signature of a message with the certificate inside it, or with the one given (which must be its own).

    Never raises for bad input: whatever is wrong is a reason in the answer.

    >>> verify(b"<order/>").reasons
    ('the message is not signed',)
    """
    try:
        root = parse(message)
        signature = _only_signature(root)
        algorithm = _algorithm(signature)
        inside = _certificate(signature)
        value = _base64(signature, "SignatureValue")
        digest = _base64(signature, "DigestValue")
    except (ReadError, _RefusedError, CertificateError) as error:
        return Verification(False, False, None, None, None, (str(error),))
    reasons = []
    used = certificate or inside
    if certificate and certificate.der != inside.der:
        reasons.append("the message carries another certificate than the one expected")
    key_name = _text(signature, "KeyName") or None
    if key_name and key_name.strip().lower() != inside.key_name:
        reasons.append(f"KeyName {key_name.strip()[:40]!r} is not the certificate's serial number {inside.key_name}")
    signed_bytes = _signed_bytes(signature)
    digest_holds = algorithm.digest(_without(root, signature)) == digest
    signature_holds, problem = _rsa_holds(used, value, signed_bytes)
    if not digest_holds:
        reasons.append("the digest does not match: the message was changed after it was signed")
    if not signature_holds:
        reasons.append(problem)
    return Verification(digest_holds, signature_holds, algorithm, inside.key_name, used, tuple(reasons))


def _only_signature(root: etree._Element) -> etree._Element:
    found = list(root.iter(f"{{{DS}}}Signature"))
    if not found:
        raise _RefusedError("the message is not signed")
    if len(found) > 1:
        raise _RefusedError(f"the message holds {len(found)} signatures, one is admitted")
    if found[0].getparent() is not root:
        raise _RefusedError("the signature is not a child of the root")
    signed_info = found[0].find(f"{{{DS}}}SignedInfo")
    shape = [] if signed_info is None else [str(each.tag) for each in signed_info.iter()]
    if shape != [f"{{{DS}}}{each}" for each in _SIGNED_INFO_SHAPE]:
        raise _RefusedError("SignedInfo is not of the form of the standard: one reference, one transform, one digest")
    children = [etree.QName(each).localname for each in found[0]]
    if children != ["SignedInfo", "SignatureValue", "KeyInfo"]:
        raise _RefusedError("the signature must hold SignedInfo, SignatureValue and KeyInfo, in this order")
    return found[0]


def _algorithm(signature: etree._Element) -> Algorithm:
    named = {
        etree.QName(each).localname: each.get("Algorithm") for each in signature.iter() if each.get("Algorithm")
    }
    reference = next(signature.iter(f"{{{DS}}}Reference"))
    if named.get("CanonicalizationMethod") != C14N:
        raise _RefusedError(f"the canonicalization method must be {C14N}")
    if named.get("Transform") != ENVELOPED or reference.get("URI") != "":
        raise _RefusedError("the reference must be to the whole document (URI empty) with the enveloped-signature transform")
    for each in Algorithm:
        if (named.get("SignatureMethod"), named.get("DigestMethod")) == (each.signature_method, each.digest_method):
            return each
    raise _RefusedError(f"signature method {named.get('SignatureMethod')} with digest {named.get('DigestMethod')} is not known")


def _certificate(signature: etree._Element) -> Certificate:
    if len(list(signature.iter(f"{{{DS}}}X509Certificate"))) != 1:
        raise _RefusedError("the signature must carry exactly one certificate")
    certificate = Certificate(_base64(signature, "X509Certificate"))
    certificate.x509  # noqa: B018  raises CertificateError for what is none
    return certificate


def _text(signature: etree._Element, name: str) -> str:
    found = next(signature.iter(f"{{{DS}}}{name}"), None)
    return (found.text or "") if found is not None else ""


def _base64(signature: etree._Element, name: str) -> bytes:
    try:
        return b64decode("".join(_text(signature, name).split()), validate=True)
    except (binascii.Error, ValueError):
        raise _RefusedError(f"{name} is not base64") from None


def _signed_bytes(signature: etree._Element) -> bytes:
    """SignedInfo in its place, canonical. Parsed anew first: lxml writes ``xmlns=""`` on the children of a sub-tree that
    inherits a default namespace.
    """
    signed_info = signature.find(f"{{{DS}}}SignedInfo")
    assert signed_info is not None, "its shape was checked"
    return etree.tostring(etree.fromstring(etree.tostring(signed_info, with_tail=False)), method="c14n")


def _without(root: etree._Element, signature: etree._Element) -> bytes:
    """The document without its signature, canonical; text after the signature stays."""
    position = root.index(signature)
    copy = deepcopy(root)
    inside = copy[position]
    tail = inside.tail or ""
    if position:
        copy[position - 1].tail = (copy[position - 1].tail or "") + tail
    else:
        copy.text = (copy.text or "") + tail
    inside.tail = None
    copy.remove(inside)
    return etree.tostring(copy, method="c14n")


def _rsa_holds(certificate: Certificate, value: bytes, signed: bytes) -> tuple[bool, str]:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    numbers = certificate.rsa_numbers
    if numbers is None:
        return False, "the certificate's key is not an RSA key, although the signature method says so"
    try:
        numbers.public_key().verify(value, signed, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303
    except InvalidSignature:
        return False, "the signature does not match: it was made with another key or over other bytes"
    return True, ""
