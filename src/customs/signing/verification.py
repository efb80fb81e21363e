"""Verifying a message's signature (验签): which certificate signed, over what, and if it does not hold, why not.

A boundary of security. Exactly one signature is admitted, enveloped, a child of the root, over the whole document, of
one form: SignedInfo, SignatureValue, KeyInfo, each element with the attributes and children of the standard and no
others, with the prefix ``ds``, another or none. Comments, processing instructions, document types and entities are
refused. What was signed is returned, so that nobody need read anything else.

Whether the certificate is to be trusted is judged where the caller says by what: the certificate expected, or roots.
"""

import binascii
from base64 import b64decode
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from customs.signing.algorithm import STANDARD, Algorithm
from customs.signing.certificate import Certificate
from customs.signing.enveloped import signed_info, without
from customs.signing.errors import CertificateError
from customs.signing.public_key import PublicKey
from customs.signing.trust import chain_to, check_signing
from customs.signing.xmldsig import C14N, DS, ENVELOPED
from customs.wire.parsing import BLANK, ReadError, parse, shown_name

#: What each element of a signature holds: other elements, in this order and once each, or text.
_CHILDREN: dict[str, tuple[str, ...]] = {
    "Signature": ("SignedInfo", "SignatureValue", "KeyInfo"),
    "SignedInfo": ("CanonicalizationMethod", "SignatureMethod", "Reference"),
    "CanonicalizationMethod": (),
    "SignatureMethod": (),
    "Reference": ("Transforms", "DigestMethod", "DigestValue"),
    "Transforms": ("Transform",),
    "Transform": (),
    "DigestMethod": (),
    "KeyInfo": ("KeyName", "X509Data"),
    "X509Data": ("X509Certificate",),
}
_TEXT = frozenset({"DigestValue", "SignatureValue", "KeyName", "X509Certificate"})
#: The certificate may be left out where the verifier knows the key: transport signatures do so.
_MAY_BE_ABSENT = frozenset({"X509Data"})
_ATTRIBUTES = {
    "CanonicalizationMethod": ["Algorithm"], "SignatureMethod": ["Algorithm"], "Transform": ["Algorithm"],
    "DigestMethod": ["Algorithm"], "Reference": ["URI"],
}  # fmt: skip
#: Characters of a foreign text that a reason shows.
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of a verification. ``valid`` is True if digest and signature match and ``reasons`` is empty.

    ``signed`` are the bytes that the signature covers, the canonical message without its signature, and only of a valid
    one: read these. ``trusted`` says that the certificate is the one expected or leads to a root, ``chain`` how.
    """

    digest_holds: bool = False
    signature_holds: bool = False
    algorithm: Algorithm | None = None
    key_name: str | None = None
    certificate: Certificate | None = None
    reasons: tuple[str, ...] = ()
    chain: tuple[Certificate, ...] = ()
    trusted: bool = False
    signed: bytes | None = field(default=None, repr=False)

    @property
    def valid(self) -> bool:
        return self.digest_holds and self.signature_holds and not self.reasons


class _RefusedError(Exception):
    """The signature is not of the one form that is admitted."""


def verify(
    message: bytes,
    *,
    signed_by: Certificate | PublicKey | None = None,
    roots: Sequence[Certificate] = (),
    intermediates: Sequence[Certificate] = (),
    at: datetime | None = None,
    algorithms: Collection[Algorithm] = STANDARD,
    any_key_name: bool = False,
) -> Verification:
    """Verify the signature of a message, or of an envelope, with the certificate inside it.

    ``signed_by`` is the certificate or public key expected: the message must be signed with it, and need not carry a
    certificate. ``roots`` are the authorities trusted, and ``intermediates`` those below them, which messages do not
    carry; they need ``at``, the time of the judgement (without a zone that of China). ``at`` alone judges validity and
    key usage. ``algorithms`` are those admitted: by default the two of the standard, not the one of the field.
    ``any_key_name`` admits a KeyName that is not the certificate's serial number, as some device certificates have it.

    Never raises for bad input: whatever is wrong is a reason in the answer. ``ValueError`` for roots without a time,
    ``SigningError`` where SM2 needs OpenSSL and there is none.

    >>> verify(b"<order/>").reasons
    ('the message is not signed',)
    """
    if roots and at is None:
        raise ValueError("roots need at, the time for which certificates are judged")
    certificate, public_key = (signed_by, None) if isinstance(signed_by, Certificate) else (None, signed_by)
    try:
        found = _found(parse(message, keep_comments=True), algorithms)
        key = _key(found, certificate, public_key)
        holder = certificate or found.certificate
        key_name = holder.key_name if holder else found.key_name
        reasons = _mismatches(found, key, holder, any_key_name)
    except (ReadError, _RefusedError, CertificateError) as error:
        return Verification(reasons=(str(error),))
    if reasons:
        return Verification(algorithm=found.algorithm, key_name=key_name, certificate=holder, reasons=reasons)
    digest_holds = found.algorithm.digest(found.content) == found.digest
    signature_holds = key.verifies(found.value, found.signed_info)
    if not digest_holds:
        reasons += ("the digest does not match: the message was changed after it was signed",)
    if not signature_holds:
        reasons += ("the signature does not match: it was made with another key or over other bytes",)
    chain, distrust = _chain(holder, roots, intermediates, at)
    reasons += distrust
    return Verification(
        digest_holds,
        signature_holds,
        found.algorithm,
        key_name,
        holder,
        reasons,
        chain,
        trusted=not reasons and bool(signed_by or chain),
        signed=None if reasons else found.content,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """The one signature of a message, taken apart; ``content`` and ``signed_info`` are what digest and signature
    cover.
    """

    algorithm: Algorithm
    key_name: str
    certificate: Certificate | None
    value: bytes
    digest: bytes
    signed_info: bytes
    content: bytes


def _found(root: etree._Element, algorithms: Collection[Algorithm]) -> _Found:
    signature = _only_signature(root)
    inside, around = next(root.iter(etree.Comment), None), [*root.itersiblings(preceding=True), *root.itersiblings()]
    if inside is not None or around:
        raise _RefusedError("a comment in a signed message is refused: it is not signed and could part a value")
    texts = _texts(signature)
    try:
        return _Found(
            _algorithm(signature, algorithms),
            texts["KeyName"],
            Certificate(_base64(texts, "X509Certificate")) if texts.get("X509Certificate") else None,
            _base64(texts, "SignatureValue"),
            _base64(texts, "DigestValue"),
            signed_info(root, signature),
            without(root, signature),
        )
    except etree.LxmlError:
        raise _RefusedError("the message cannot be canonicalised") from None


def _only_signature(root: etree._Element) -> etree._Element:
    found = list(root.iter(f"{{{DS}}}Signature"))
    if not found:
        raise _RefusedError("the message is not signed")
    if len(found) > 1:
        raise _RefusedError(f"the message holds {len(found)} signatures, one is admitted")
    if found[0].getparent() is not root:
        raise _RefusedError("the signature is not a child of the root")
    return found[0]


def _texts(signature: etree._Element) -> dict[str, str]:
    """The texts in a signature, white space aside, by element, once every element is of the form that is admitted."""
    texts: dict[str, str] = {}
    for element in signature.iter():
        name = etree.QName(element).localname
        _check_form(element, name)
        if name in _TEXT:
            texts[name] = "".join((element.text or "").split())
    return texts


def _check_form(element: etree._Element, name: str) -> None:
    """Refuse an element of a signature with other children, attributes or text than its own."""
    expected = _CHILDREN.get(name, ())
    children = tuple(each.tag for each in element)
    least = tuple(f"{{{DS}}}{each}" for each in expected if each not in _MAY_BE_ABSENT)
    if children not in (least, tuple(f"{{{DS}}}{each}" for each in expected)):
        found = ", ".join(map(shown_name, element)) or "nothing"
        raise _RefusedError(
            f"{name} must hold {', '.join(expected) or 'no elements'}, each once and in this order, not {found}"
        )
    attributes = _ATTRIBUTES.get(name, [])
    if element.keys() != attributes:
        raise _RefusedError(
            f"{name} must have {f'the attribute {attributes[0]} alone' if attributes else 'no attributes'}"
        )
    text = "".join([(element.text or "") if name not in _TEXT else "", *(each.tail or "" for each in element)])
    if text.strip(BLANK):
        raise _RefusedError(f"{name} holds text between its elements")


def _algorithm(signature: etree._Element, algorithms: Collection[Algorithm]) -> Algorithm:
    named = {etree.QName(each).localname: each.get("Algorithm") or each.get("URI") or "" for each in signature.iter()}
    if named["CanonicalizationMethod"] != C14N:
        raise _RefusedError(f"the canonicalization method must be {C14N}")
    if named["Transform"] != ENVELOPED or named["Reference"]:
        raise _RefusedError(
            "the reference must be to the whole document (URI empty) with the enveloped-signature transform"
        )
    method, digest = named["SignatureMethod"], named["DigestMethod"]
    for each in Algorithm:
        if (method, digest) == (each.signature_method, each.digest_method):
            if each in algorithms:
                return each
            raise _RefusedError(f"{each.name} ({method} with {digest}) is not among the algorithms admitted here")
    raise _RefusedError(f"signature method {method[:_SHOWN]!r} with digest {digest[:_SHOWN]!r} is not known")


def _base64(texts: dict[str, str], name: str) -> bytes:
    try:
        return b64decode(texts[name], validate=True)
    except (binascii.Error, ValueError):
        raise _RefusedError(f"{name} is not base64") from None


def _key(found: _Found, certificate: Certificate | None, public_key: PublicKey | None) -> PublicKey:
    """The key that has to have signed: of the certificate expected, the one given, or that of the certificate inside."""
    if certificate and found.certificate and certificate != found.certificate:
        raise _RefusedError("the message carries another certificate than the one expected")
    holder = certificate or found.certificate
    if public_key:
        if holder and holder.public_key != public_key:
            raise _RefusedError("the message carries the certificate of another key than the one expected")
        return public_key
    if holder is None:
        raise _RefusedError("the signature carries no certificate: give the signer's")
    if holder.public_key is None:
        raise _RefusedError(f"the certificate's key is neither RSA nor SM2 but {holder.key_algorithm}")
    return holder.public_key


def _mismatches(found: _Found, key: PublicKey, holder: Certificate | None, any_key_name: bool) -> tuple[str, ...]:
    """Return the contradictions in a signature that show before anything is computed."""
    algorithm, reasons = found.algorithm, []
    if key.kind != algorithm.key_kind:
        reasons.append(
            f"SignedInfo declares {algorithm.name}, but the key is {key.kind}: that is not how it was signed"
        )
    if len(found.digest) != algorithm.digest_size:
        reasons.append(
            f"SignedInfo declares {algorithm.name}, whose digest has {algorithm.digest_size} bytes, not {len(found.digest)}"
        )
    if holder and not any_key_name and found.key_name.lower() != holder.key_name:
        reasons.append(f"KeyName {found.key_name[:_SHOWN]!r} is not the certificate's serial number {holder.key_name}")
    return tuple(reasons)


def _chain(
    holder: Certificate | None, roots: Sequence[Certificate], intermediates: Sequence[Certificate], at: datetime | None
) -> tuple[tuple[Certificate, ...], tuple[str, ...]]:
    """The chain to a root, and what speaks against the certificate at that time."""
    if at is None:
        return (), ()
    if holder is None:
        return (), ("the signature carries no certificate that could be judged: give the signer's",)
    try:
        if roots:
            return chain_to(roots, holder, at=at, intermediates=intermediates), ()
        check_signing(holder, at)
    except CertificateError as error:
        return (), (str(error),)
    return (), ()
