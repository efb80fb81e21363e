"""Verifying a message's signature (验签): which certificate signed, over what, and if it does not hold, why not.

A boundary of security. Exactly one signature is admitted, enveloped, a child of the root, over the whole document, of
one form: SignedInfo, SignatureValue, KeyInfo, each element with the attributes and children of the standard and no
others, with the prefix ``ds``, another or none. Where the caller gives the key, KeyInfo may be absent, as gateways leave
it out, or hold a KeyName alone or that bare key. KeyName is the certificate's serial number; ``0001`` stands in all
official samples, with a certificate of another number, and in messages that device certificates signed: it is admitted,
and noted. Comments, processing instructions, document types and entities are
refused. What was signed is returned, so that nobody need read anything else.

Whether the certificate is to be trusted is judged where the caller says by what: the certificate expected, or roots.
"""

import binascii
from base64 import b64decode
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from lxml import etree

from customs.signing.algorithm import STANDARD, Algorithm
from customs.signing.certificate import Certificate
from customs.signing.changes import changes_of_form, changes_of_signature, is_sought
from customs.signing.enveloped import check_canonical, signed_info, without
from customs.signing.errors import MOST_SHOWN, SHOWN, CertificateError, cut
from customs.signing.public_key import PublicKey, RsaPublicKey
from customs.signing.trust import chain_to, check_signing
from customs.signing.xmldsig import C14N, DS, ENVELOPED
from customs.wire.parsing import BLANK, ReadError, parse, shown_name
from customs.wire.reader import envelope_advice

#: What each element of a signature holds: other elements, in this order and once each, or text. Of several forms the
#: first is the standard's; the others carry no certificate, so that the verifier has to know the key: transport
#: signatures and those of gateways.
_CHILDREN: dict[str, tuple[tuple[str, ...], ...]] = {
    "Signature": (("SignedInfo", "SignatureValue", "KeyInfo"), ("SignedInfo", "SignatureValue")),
    "SignedInfo": (("CanonicalizationMethod", "SignatureMethod", "Reference"),),
    "Reference": (("Transforms", "DigestMethod", "DigestValue"),),
    "Transforms": (("Transform",),),
    "KeyInfo": (("KeyName", "X509Data"), ("KeyName",), ("KeyValue",), ()),
    "X509Data": (("X509Certificate",),),
    "KeyValue": (("RSAKeyValue",),),
    "RSAKeyValue": (("Modulus", "Exponent"),),
}
_TEXT = frozenset({"DigestValue", "SignatureValue", "KeyName", "X509Certificate", "Modulus", "Exponent"})
_ATTRIBUTES = {
    "CanonicalizationMethod": ["Algorithm"], "SignatureMethod": ["Algorithm"], "Transform": ["Algorithm"],
    "DigestMethod": ["Algorithm"], "Reference": ["URI"],
}  # fmt: skip
#: Characters of a value in a signature, blanks among them; the longest, a certificate, has some 2,000.
LONGEST_VALUE = 20_000

#: Characters of a reason at most, whatever the message; of a foreign text in it far fewer are shown.
LONGEST_REASON = 500

#: Takes out what XML holds for white space, and nothing else: U+3000 and its like make a value another one.
_NO_BLANK = str.maketrans(dict.fromkeys(BLANK))

#: The KeyName of the official samples, and of device certificates, in place of the serial number.
PLACEHOLDER = "0001"

_NO_CERTIFICATE = (
    "the signature carries no certificate: give the signer's, or the public key (signed_by=, customs verify --cert or --public-key) "
    "签名未附证书，请提供签名方的证书或公钥"
)


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of a verification. ``valid`` is True if digest and signature match and ``reasons`` is empty.

    ``digest_holds`` and ``signature_holds`` are None where nothing was computed. ``only_form`` says that the message was
    changed in white space or namespace declarations alone: it is refused, and a reason names the change. A reason has
    at most 500 characters, however large the message. ``notes`` are peculiarities that speak against nothing.
    ``signed`` are the bytes that the signature covers, the canonical message without its signature, and only of a valid
    one: read these. ``trusted`` says that the certificate is the one expected or leads to a root, ``chain`` how.
    """

    digest_holds: bool | None = None
    signature_holds: bool | None = None
    algorithm: Algorithm | None = None
    key_name: str | None = None
    certificate: Certificate | None = None
    reasons: tuple[str, ...] = ()
    chain: tuple[Certificate, ...] = ()
    trusted: bool = False
    signed: bytes | None = field(default=None, repr=False)
    only_form: bool = False
    notes: tuple[str, ...] = ()

    @property
    def valid(self) -> bool:
        return bool(self.digest_holds and self.signature_holds) and not self.reasons


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
    certificate or any KeyInfo. ``roots`` are the authorities trusted, and ``intermediates`` those below them, which
    messages do not carry; they need ``at``, the time of the judgement (without a zone that of China). ``at`` alone judges
    validity and key usage. ``algorithms`` are those admitted: by default the two of the standard, not the one of the field.
    ``any_key_name`` admits any KeyName that is not the certificate's serial number; ``0001``, which stands in official
    samples and with device certificates, is admitted without it.

    Never raises for bad input: whatever is wrong is a reason in the answer. ``ValueError`` for roots without a time,
    ``SigningError`` where SM2 needs OpenSSL and there is none.

    >>> verify(b"<order/>").reasons
    ('the message is not signed 报文未签名',)
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
        return Verification(reasons=(cut(str(error), LONGEST_REASON),))
    if reasons:
        return Verification(algorithm=found.algorithm, key_name=key_name, certificate=holder, reasons=reasons)
    digest_holds, signature_holds = found.fits(key, found.content, found.signed_info)
    only_form = () if digest_holds and signature_holds else _changes_of_form(message, found, key)
    chain, distrust = _chain(holder, roots, intermediates, at)
    reasons = tuple(
        cut(each, LONGEST_REASON) for each in (*_differences(digest_holds, signature_holds), *only_form, *distrust)
    )
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
        only_form=bool(only_form),
        notes=_notes(found, holder),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """The one signature of a message, taken apart; ``content`` and ``signed_info`` are what digest and signature
    cover. ``signature`` was taken out of its ``root``.
    """

    root: etree._Element
    signature: etree._Element
    algorithm: Algorithm
    key_name: str | None
    certificate: Certificate | None
    bare_key: tuple[int, int] | None
    value: bytes
    digest: bytes
    signed_info: bytes
    content: bytes

    def fits(self, key: PublicKey, content: bytes, information: bytes) -> tuple[bool, bool]:
        """Return True for the digest if it is that of the content, and for the value if the key made it."""
        return self.digests(content), key.verifies(self.value, information)

    def digests(self, content: bytes) -> bool:
        """Return True if the digest is that of a content."""
        return self.algorithm.digest(content) == self.digest


def _found(root: etree._Element, algorithms: Collection[Algorithm]) -> _Found:
    signature = _only_signature(root)
    inside, around = next(root.iter(etree.Comment), None), [*root.itersiblings(preceding=True), *root.itersiblings()]
    if inside is not None or around:
        raise _RefusedError(
            "a comment in a signed message is refused: it is not signed and could part a value "
            "已签名的报文不得含注释：注释未经签名，可能割裂字段值"
        )
    texts = _texts(signature)
    try:
        check_canonical(signature)
        return _Found(
            root,
            signature,
            _algorithm(signature, algorithms),
            texts.get("KeyName"),
            Certificate(_base64(texts, "X509Certificate")) if texts.get("X509Certificate") else None,
            _bare_key(texts),
            _base64(texts, "SignatureValue"),
            _base64(texts, "DigestValue"),
            signed_info(root, signature),
            without(root, signature),
        )
    except etree.LxmlError:
        raise _RefusedError(
            "the message cannot be canonicalised: are its namespaces absolute URIs? 报文无法规范化：命名空间应为绝对 URI"
        ) from None


def _only_signature(root: etree._Element) -> etree._Element:
    found = list(root.iter(f"{{{DS}}}Signature"))
    if not found:
        raise _RefusedError(envelope_advice(root) or "the message is not signed 报文未签名")
    if len(found) > 1:
        raise _RefusedError(
            f"the message holds {len(found)} signatures, one is admitted 报文含 {len(found)} 个签名，只允许一个"
        )
    if found[0].getparent() is not root:
        raise _RefusedError("the signature is not a child of the root 签名节点不是根元素的子元素")
    return found[0]


def _texts(signature: etree._Element) -> dict[str, str]:
    """The texts in a signature, white space aside, by element, once every element is of the form that is admitted."""
    texts: dict[str, str] = {}
    for element in signature.iter():
        name = etree.QName(element).localname
        _check_form(element, name)
        if name in _TEXT:
            text = element.text or ""
            if len(text) > LONGEST_VALUE:
                raise _RefusedError(
                    f"{name} has {len(text)} characters, more than {LONGEST_VALUE} 签名中 {name} 过长：{len(text)} 个字符"
                )
            texts[name] = text.translate(_NO_BLANK)
    return texts


def _check_form(element: etree._Element, name: str) -> None:
    """Refuse an element of a signature with other children, attributes or text than its own."""
    forms = _CHILDREN.get(name, ((),))
    children = tuple(each.tag for each in element[: MOST_SHOWN + 1])
    if children not in [tuple(f"{{{DS}}}{each}" for each in form) for form in forms]:
        expected = forms[0]
        more = len(element) - MOST_SHOWN
        found = ", ".join(map(shown_name, element[:MOST_SHOWN])) or "nothing"
        found += f" and {more} more" if more > 0 else ""
        raise _RefusedError(
            f"{name} must hold {', '.join(expected) or 'no elements'}, each once and in this order, not {found} "
            f"签名中 {name} 的内容不符合规定形式"
        )
    attributes = _ATTRIBUTES.get(name, [])
    if element.keys() != attributes:
        raise _RefusedError(
            f"{name} must have {f'the attribute {attributes[0]} alone' if attributes else 'no attributes'} "
            f"签名中 {name} 的属性不符合规定形式"
        )
    text = "".join([(element.text or "") if name not in _TEXT else "", *(each.tail or "" for each in element)])
    if text.strip(BLANK):
        raise _RefusedError(f"{name} holds text between its elements 签名中 {name} 的元素之间含有文本")


def _algorithm(signature: etree._Element, algorithms: Collection[Algorithm]) -> Algorithm:
    named = {etree.QName(each).localname: each.get("Algorithm") or each.get("URI") or "" for each in signature.iter()}
    if named["CanonicalizationMethod"] != C14N:
        raise _RefusedError(f"the canonicalization method must be {C14N} 规范化算法不符合规定")
    if named["Transform"] != ENVELOPED or named["Reference"]:
        raise _RefusedError(
            "the reference must be to the whole document (URI empty) with the enveloped-signature transform "
            "签名引用须为整个报文（URI 为空），且只用 enveloped-signature 变换"
        )
    method, digest = named["SignatureMethod"], named["DigestMethod"]
    for each in Algorithm:
        if (method, digest) == (each.signature_method, each.digest_method):
            if each in algorithms:
                return each
            raise _RefusedError(
                f"{each.name} ({method} with {digest}) is not among the algorithms admitted here 未允许使用该签名算法"
            )
    raise _RefusedError(
        f"signature method {method[:SHOWN]!r} with digest {digest[:SHOWN]!r} is not known 签名算法或摘要算法无法识别"
    )


def _base64(texts: dict[str, str], name: str) -> bytes:
    try:
        return b64decode(texts[name], validate=True)
    except (binascii.Error, ValueError):
        raise _RefusedError(f"{name} is not base64 签名中 {name} 不是 Base64") from None


def _bare_key(texts: dict[str, str]) -> tuple[int, int] | None:
    """Return modulus and exponent of the bare key that a signature shows instead of a certificate."""
    if "Modulus" not in texts:
        return None
    return int.from_bytes(_base64(texts, "Modulus")), int.from_bytes(_base64(texts, "Exponent"))


def _key(found: _Found, certificate: Certificate | None, public_key: PublicKey | None) -> PublicKey:
    """The key that has to have signed: of the certificate expected, the one given, or that of the certificate inside."""
    if certificate and found.certificate and certificate != found.certificate:
        raise _RefusedError(
            "the message carries another certificate than the one expected 报文所附证书与指定的证书不同"
        )
    holder = certificate or found.certificate
    if public_key:
        if holder and holder.public_key != public_key:
            raise _RefusedError(
                "the message carries the certificate of another key than the one expected 报文所附证书的公钥与指定的公钥不同"
            )
        _check_bare_key(found, public_key)
        return public_key
    if holder is None:
        raise _RefusedError(_NO_CERTIFICATE)
    if holder.public_key is None:
        raise _RefusedError(
            f"the certificate's key is neither RSA nor SM2 but {cut(holder.key_algorithm)} 证书公钥既非 RSA 也非 SM2"
        )
    _check_bare_key(found, holder.public_key)
    return holder.public_key


def _check_bare_key(found: _Found, key: PublicKey) -> None:
    if found.bare_key and not (isinstance(key, RsaPublicKey) and found.bare_key == (key.modulus, key.exponent)):
        raise _RefusedError("the message shows another key than the one expected 报文所附公钥与指定的公钥不同")


def _mismatches(found: _Found, key: PublicKey, holder: Certificate | None, any_key_name: bool) -> tuple[str, ...]:
    """Return the contradictions in a signature that show before anything is computed."""
    algorithm, reasons = found.algorithm, []
    if key.kind != algorithm.key_kind:
        reasons.append(
            f"SignedInfo declares {algorithm.name}, but the key is {key.kind}: that is not how it was signed "
            f"声明的签名算法 {algorithm.name} 与密钥类型 {key.kind} 不符"
        )
    if len(found.digest) != algorithm.digest_size:
        reasons.append(
            f"SignedInfo declares {algorithm.name}, whose digest has {algorithm.digest_size} bytes, not {len(found.digest)} "
            f"摘要应为 {algorithm.digest_size} 字节"
        )
    if (
        holder
        and found.key_name is not None
        and not any_key_name
        and found.key_name.lower() not in (holder.key_name, PLACEHOLDER)
    ):
        number = cut(holder.key_name)
        reasons.append(
            f"KeyName {found.key_name[:SHOWN]!r} is not the certificate's serial number {number} "
            f"KeyName 与证书编号 {number} 不符"
        )
    return tuple(reasons)


def _notes(found: _Found, holder: Certificate | None) -> tuple[str, ...]:
    if not holder or found.key_name is None or found.key_name.lower() == holder.key_name:
        return ()
    shown = "".join(each if each.isprintable() else "?" for each in found.key_name[:SHOWN])
    number = cut(holder.key_name)
    return (
        f"KeyName {shown!r} is not the certificate's serial number {number}, as with device certificates; it is not signed "
        f"and proves nothing KeyName 不是证书编号 {number}，常见于设备证书；该值未经签名，不作依据",
    )


def _changes_of_form(message: bytes, found: _Found, key: PublicKey) -> tuple[str, ...]:
    """Return the reason that a message was changed in its form alone, if undoing that makes its signature hold."""
    if not is_sought(message):
        return ()

    try:
        of_signature = changes_of_signature(found.root, found.signature, partial(key.verifies, found.value))
        changes = () if of_signature is None else changes_of_form(parse(message), of_signature, found.digests)
    except etree.LxmlError:
        return ()
    if not changes:
        return ()
    en, zh = " and ".join(each.en for each in changes), "，并".join(each.zh for each in changes)
    return (
        f"it would match with {en}: only the form of the message was changed after it was signed; send the bytes as signed "
        f"{zh}后签名相符：报文签名后仅格式被改动，请原样发送签名时的内容",
    )


def _differences(digest_holds: bool, signature_holds: bool) -> Iterator[str]:
    if not digest_holds:
        yield "the digest does not match: the message was changed after it was signed 摘要不符：报文签名后被改动"
    if not signature_holds:
        yield (
            "the signature does not match: it was made with another key or over other bytes "
            "签名不符：由其他密钥签名，或签名内容不同"
        )


def _chain(
    holder: Certificate | None, roots: Sequence[Certificate], intermediates: Sequence[Certificate], at: datetime | None
) -> tuple[tuple[Certificate, ...], tuple[str, ...]]:
    """The chain to a root, and what speaks against the certificate at that time."""
    if at is None:
        return (), ()
    if holder is None:
        return (), (f"there is no certificate to judge: {_NO_CERTIFICATE}",)
    try:
        if roots:
            return chain_to(roots, holder, at=at, intermediates=intermediates), ()
        check_signing(holder, at)
    except CertificateError as error:
        return (), (str(error),)
    return (), ()
