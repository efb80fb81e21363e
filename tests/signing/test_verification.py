"""Verification as a boundary: attacks on signed messages, each refused with its reason, and what may be trusted."""

import json
import random
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from lxml import etree

import customs
from customs.documents import Message, Transfer
from customs.signing import (
    Algorithm,
    Certificate,
    CertificateError,
    RsaPublicKey,
    Signer,
    SigningError,
    Sm2PublicKey,
    Sm2Signer,
    chain_to,
    sign,
    sign_envelope,
    verify,
)
from customs.testing import issue_test_key, issue_test_root, sample_parcels
from customs.testing.keys import KeyPair
from customs.testing.parcels import DECLARANT
from support import MORNING, SINGLES_DAY

NEW_YEAR = datetime(2026, 1, 1)
NOON = datetime(2026, 11, 11, 12)
DS = "http://www.w3.org/2000/09/xmldsig#"

Kind = Literal["RSA", "SM2"]
Attack = Callable[[bytes], bytes]


PAIRS: dict[str, KeyPair] = {}
SIGNED: dict[str, bytes] = {}


def list_message(signer: Signer, *, seed: int = 7) -> bytes:
    """The declaration list of the same parcel every time, signed with any key."""
    parcel = next(sample_parcels(1, seed=seed, mode="1210"))
    made = customs.prepare(
        parcel, signer=None, on=SINGLES_DAY, clock=customs.fixed_clock(MORNING), guids=customs.seeded_guids(1)
    )
    assert made.documents
    transfer = Transfer(transmitter_code="C", transmitter_name="N", dxp_id="D")
    return sign(
        customs.write(Message("4CDE1CFD-EDED-46B1-946C-B8022E42FC94", (made.documents.declaration_list,), transfer)),
        signer,
    )


@pytest.fixture(params=["RSA", "SM2"])
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


@pytest.fixture
def pair(kind: Kind) -> KeyPair:
    if kind not in PAIRS:
        PAIRS[kind] = issue_test_key(*DECLARANT, since=NEW_YEAR, kind=kind)
    return PAIRS[kind]


@pytest.fixture
def signed(kind: Kind, pair: KeyPair) -> bytes:
    """A declaration list, signed with a key of each kind."""
    if kind not in SIGNED:
        SIGNED[kind] = list_message(pair.signer())
    return SIGNED[kind]


def swap(element: str, value: str | bytes) -> Attack:
    """Replace the text of an element of the signature."""
    text = value if isinstance(value, bytes) else value.encode()
    return lambda message: re.sub(
        rb"(<ds:%s>)[^<]*" % element.encode(), lambda found: found[1] + text, message, count=1
    )


def method(element: str, uri: str) -> Attack:
    """Replace the algorithm that an element of the signature names."""
    return lambda message: re.sub(
        rb'(<ds:%s Algorithm=")[^"]*' % element.encode(), lambda found: found[1] + uri.encode(), message
    )


def put(before: bytes, text: bytes) -> Attack:
    """Put something before the first place where a text stands."""
    return lambda message: message.replace(before, text + before, 1)


def replace(old: bytes, new: bytes) -> Attack:
    return lambda message: message.replace(old, new, 1)


def signature_of(message: bytes) -> bytes:
    return message[message.index(b"<ds:Signature ") : message.index(b"</ds:Signature>") + len(b"</ds:Signature>")]


def root_of(message: bytes) -> bytes:
    return message[message.index(b"<ceb:") :]


def wrapped(message: bytes, *, lift_signature: bool) -> bytes:
    """The signed message inside another one, of which everything is the attacker's."""
    inner, signature = root_of(message), signature_of(message)
    if lift_signature:
        inner = inner.replace(signature, b"")
    opening = b'<ceb:CEB621Message xmlns:ceb="http://www.chinaport.gov.cn/ceb" guid="evil" version="1.0">'
    return b"".join([opening, inner, signature if lift_signature else b"", b"</ceb:CEB621Message>"])


def enveloping(message: bytes) -> bytes:
    """The signature as the root, and the message as an object inside it."""
    signature = signature_of(message)
    inner = root_of(message).replace(signature, b"")
    return signature.replace(b"</ds:Signature>", b'<ds:Object Id="x">' + inner + b"</ds:Object></ds:Signature>")


def foreign(kind: Kind = "RSA") -> KeyPair:
    name = f"foreign {kind}"
    if name not in PAIRS:
        PAIRS[name] = issue_test_key("别家公司", "91000000000000008C", since=NEW_YEAR, kind=kind)
    return PAIRS[name]


def foreign_certificate(message: bytes) -> bytes:
    return swap("X509Certificate", b64encode(Certificate.load(foreign().certificate).der))(message)


def foreign_certificate_and_name(message: bytes) -> bytes:
    same_kind: Kind = "RSA" if b"#rsa-sha1" in message else "SM2"
    certificate = Certificate.load(foreign(same_kind).certificate)
    return swap("KeyName", certificate.key_name)(swap("X509Certificate", b64encode(certificate.der))(message))


def declare(message: bytes, algorithm: Algorithm) -> bytes:
    return method("SignatureMethod", algorithm.signature_method)(
        method("DigestMethod", algorithm.digest_method)(message)
    )


def other_kind_declared(message: bytes) -> bytes:
    return declare(message, Algorithm.SM2_SM3 if b"#rsa-sha1" in message else Algorithm.RSA_SHA1)


def refer_to_id(message: bytes, element: bytes) -> bytes:
    """The first of some elements given an id, and the reference made to that id."""
    return message.replace(element, element + b' Id="x"', 1).replace(b'URI=""', b'URI="#x"')


def digest_of_the_change(message: bytes) -> bytes:
    """The content changed and the digest made to fit, as whoever has no key can do."""
    changed = message.replace(b"<ceb:packNo>1<", b"<ceb:packNo>2<", 1)
    unsigned = changed.replace(signature_of(changed), b"")
    algorithm = Algorithm.RSA_SHA1 if b"#rsa-sha1" in message else Algorithm.SM2_SM3
    return swap("DigestValue", b64encode(algorithm.digest(root_of(unsigned))))(changed)


def signature_of_another_message(message: bytes) -> bytes:
    other: Kind = "RSA" if b"#rsa-sha1" in message else "SM2"
    return message.replace(signature_of(message), signature_of(list_message(PAIRS[other].signer(), seed=8)))


def with_key_of(pair: KeyPair) -> Attack:
    """The message signed anew with a key of the attacker's, whose certificate names whom it likes."""
    return lambda message: sign(message.replace(signature_of(message), b""), pair.signer())


def p256_certificate() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "示例公司")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NEW_YEAR)
        .not_valid_after(datetime(2027, 1, 1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(Encoding.DER)


PACK = b"<ceb:packNo>1<"
XPATH = b'<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>not(self::x)</ds:XPath></ds:Transform>'
XSLT = b'<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"></ds:Transform>'
ENVELOPED = b'<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>'
C14N_TRANSFORM = b'<ds:Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"></ds:Transform>'
KEY_VALUE = b"<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>"
CERTIFICATE = re.compile(rb"<ds:X509Certificate>.*</ds:X509Certificate>")
CHANGED = "the digest does not match"

ATTACKS: dict[str, tuple[Attack, str]] = {
    # what was signed is changed
    "an amount": (replace(PACK, b"<ceb:packNo>2<"), CHANGED),
    "a blank before the signature": (put(b"<ds:Signature ", b" "), CHANGED),
    "a blank after the signature": (replace(b"</ds:Signature>", b"</ds:Signature> "), CHANGED),
    "a document added": (
        lambda m: m.replace(b"<ceb:BaseTransfer>", m[m.index(b"<ceb:Inventory>") : m.index(b"<ceb:BaseTransfer>")] + b"<ceb:BaseTransfer>"),
        CHANGED,
    ),
    "an element left out": (lambda m: re.sub(rb"<ceb:packNo>.*?</ceb:packNo>", b"", m), CHANGED),
    "an element in another place": (
        lambda m: re.sub(rb"(<ceb:packNo>.*?</ceb:packNo>)(<ceb:\w+>[^<]*</ceb:\w+>)", rb"\2\1", m),
        CHANGED,
    ),
    "the guid of the message": (lambda m: re.sub(rb' guid="........', b' guid="00000000', m, count=1), CHANGED),
    "a new attribute": (replace(b' guid="', b' evil="1" guid="'), CHANGED),
    "line breaks between elements": (lambda m: m.replace(b"><ceb:", b">\n<ceb:"), CHANGED),
    "a carriage return in a value": (put(b"</ceb:packNo>", b"&#13;"), CHANGED),
    "an element of another namespace": (replace(b"<ceb:packNo>", b'<ceb:packNo xmlns:ceb="urn:evil">'), CHANGED),
    "the digest made to fit": (digest_of_the_change, "the signature does not match"),
    # comments, instructions, entities
    "a comment in a value": (replace(PACK, b"<ceb:packNo>1<!-- 0 --><"), "a comment"),
    "a comment between elements": (put(b"<ceb:packNo>", b"<!-- c -->"), "a comment"),
    "a comment before the message": (lambda m: b"<!-- c -->" + root_of(m), "a comment"),
    "a comment after the message": (lambda m: m + b"<!-- c -->", "a comment"),
    "a comment in the signature": (put(b"<ds:DigestMethod", b"<!-- c -->"), "a comment"),
    "a processing instruction in a value": (replace(PACK, b"<ceb:packNo>1<?x y?><"), "processing instructions"),
    "a processing instruction before the message": (lambda m: b"<?x y?>" + root_of(m), "processing instructions"),
    "an entity": (lambda m: b'<!DOCTYPE x [<!ENTITY e "1">]>' + root_of(m).replace(PACK, b"<ceb:packNo>&e;<"), "DTD"),
    "an external entity": (lambda m: b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + root_of(m), "DTD"),
    "an external document type": (lambda m: b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">' + root_of(m), "DTD"),
    "an entity without a type": (replace(PACK, b"<ceb:packNo>&e;<"), "an entity is not defined"),
    # wrapping
    "two signatures": (lambda m: m.replace(b"</ds:Signature>", b"</ds:Signature>" + signature_of(m)), "2 signatures"),
    "a second signature in a document": (
        lambda m: m.replace(b"<ceb:packNo>", signature_of(m) + b"<ceb:packNo>", 1),
        "2 signatures",
    ),
    "a signature in a signature": (lambda m: m.replace(b"</ds:KeyInfo>", b"</ds:KeyInfo>" + signature_of(m)), "2 signatures"),
    "the signature deeper inside": (
        lambda m: m.replace(signature_of(m), b"<x>" + signature_of(m) + b"</x>"),
        "not a child of the root",
    ),
    "the signature in a document": (
        lambda m: m.replace(signature_of(m), b"").replace(b"<ceb:packNo>", signature_of(m) + b"<ceb:packNo>", 1),
        "not a child of the root",
    ),
    "the message inside another": (lambda m: wrapped(m, lift_signature=False), "not a child of the root"),
    "the message inside another, its signature lifted": (lambda m: wrapped(m, lift_signature=True), CHANGED),
    "the message inside another, referred to by id": (
        lambda m: refer_to_id(wrapped(m, lift_signature=True), b"<ceb:CEB621Message"),
        "whole document",
    ),
    "two elements of one id": (
        lambda m: refer_to_id(refer_to_id(m, b"<ceb:packNo"), b"<ceb:BaseTransfer"),
        "whole document",
    ),
    "the message in the signature": (enveloping, "not a child of the root"),
    "an object in the signature": (put(b"</ds:Signature>", b"<ds:Object>x</ds:Object>"), "Signature must hold"),
    "the message in KeyInfo": (lambda m: m.replace(b"</ds:KeyInfo>", b"<x/></ds:KeyInfo>"), "KeyInfo must hold"),
    "a second root": (lambda m: m + root_of(m), "something follows"),
    "a reference to another file": (replace(b'URI=""', b'URI="other.xml"'), "whole document"),
    "a reference by pointer": (replace(b'URI=""', b'URI="#xpointer(/)"'), "whole document"),
    "a reference to nothing": (replace(b' URI=""', b""), "the attribute URI alone"),
    "two references": (lambda m: re.sub(rb"(<ds:Reference .*</ds:Reference>)", rb"\1\1", m), "SignedInfo must hold"),
    "no reference": (lambda m: re.sub(rb"<ds:Reference .*</ds:Reference>", b"", m), "SignedInfo must hold"),
    # transforms
    "a transform added": (put(b"</ds:Transforms>", C14N_TRANSFORM), "Transforms must hold"),
    "the transform twice": (put(b"</ds:Transforms>", ENVELOPED), "Transforms must hold"),
    "an XPath filter": (put(b"</ds:Transforms>", XPATH), "Transforms must hold"),
    "an XPath filter alone": (replace(ENVELOPED, XPATH), "Transform must hold no elements"),
    "a stylesheet": (replace(ENVELOPED, XSLT), "enveloped-signature transform"),
    "no transform": (replace(ENVELOPED, b""), "Transforms must hold"),
    "base64 as the transform": (method("Transform", DS + "base64"), "enveloped-signature transform"),
    "exclusive canonicalization": (
        method("CanonicalizationMethod", "http://www.w3.org/2001/10/xml-exc-c14n#"),
        "canonicalization method",
    ),
    "canonicalization with comments": (
        method("CanonicalizationMethod", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"),
        "canonicalization method",
    ),
    "parameters of the canonicalization": (
        put(b"</ds:CanonicalizationMethod>", b"<x/>"),
        "CanonicalizationMethod must hold no elements",
    ),
    # algorithms
    "HMAC with the certificate as the secret": (method("SignatureMethod", DS + "hmac-sha1"), "is not known"),
    "a shortened HMAC": (
        put(b"</ds:SignatureMethod>", b"<ds:HMACOutputLength>0</ds:HMACOutputLength>"),
        "SignatureMethod must hold no elements",
    ),
    "RSA with SHA-256": (method("SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"), "is not known"),
    "RSA with MD5": (method("SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#rsa-md5"), "is not known"),
    "an MD5 digest": (method("DigestMethod", "http://www.w3.org/2001/04/xmldsig-more#md5"), "is not known"),
    "the algorithms of the other kind of key": (other_kind_declared, "that is not how it was signed"),
    "the algorithms of the field": (
        lambda m: declare(m, Algorithm.SM2_FIELD),
        "not among the algorithms admitted",
    ),
    "an algorithm that forges lines in a log": (method("SignatureMethod", "x&#10;valid: yes" + "y" * 200), r"'x\nvalid"),
    # digest, signature
    "a digest of zeros": (lambda m: swap("DigestValue", b64encode(bytes(20 if b"#rsa-sha1" in m else 32)))(m), CHANGED),
    "a shortened digest": (swap("DigestValue", b64encode(bytes(10))), "whose digest has"),
    "no digest": (swap("DigestValue", ""), "whose digest has"),
    "two digests": (lambda m: re.sub(rb"(<ds:DigestValue>.*</ds:DigestValue>)", rb"\1\1", m), "Reference must hold"),
    "a signature of zeros": (swap("SignatureValue", b64encode(bytes(64))), "the signature does not match"),
    "no signature value": (swap("SignatureValue", ""), "the signature does not match"),
    "a signature value that is no base64": (swap("SignatureValue", "%%%"), "SignatureValue is not base64"),
    "the signature of another message": (signature_of_another_message, CHANGED),
    "an element in the signature value": (put(b"</ds:SignatureValue>", b"<x/>"), "SignatureValue must hold no elements"),
    "two SignedInfos": (lambda m: re.sub(rb"(<ds:SignedInfo>.*</ds:SignedInfo>)", rb"\1\1", m), "Signature must hold"),
    "SignedInfo after the value": (
        lambda m: re.sub(rb"(<ds:SignedInfo>.*</ds:SignedInfo>)(<ds:SignatureValue>.*</ds:SignatureValue>)", rb"\2\1", m),
        "Signature must hold",
    ),
    "text in SignedInfo": (put(b"<ds:Reference", b"text"), "text between its elements"),
    "an attribute of the signature": (
        replace(b"<ds:SignatureValue>", b'<ds:SignatureValue Id="x">'),
        "SignatureValue must have no attributes",
    ),
    # certificate and key
    "another certificate": (foreign_certificate, "not the certificate's serial number"),
    "another certificate and its number": (foreign_certificate_and_name, "the signature does not match"),
    "two certificates": (lambda m: CERTIFICATE.sub(lambda found: found[0] * 2, m), "X509Data must hold"),
    "no certificate": (lambda m: re.sub(rb"<ds:X509Data>.*</ds:X509Data>", b"", m), "carries no certificate"),
    "an empty certificate": (swap("X509Certificate", ""), "carries no certificate"),
    "no KeyInfo": (lambda m: re.sub(rb"<ds:KeyInfo>.*</ds:KeyInfo>", b"", m), "carries no certificate"),
    "an empty KeyInfo": (lambda m: re.sub(rb"<ds:KeyInfo>.*</ds:KeyInfo>", b"<ds:KeyInfo/>", m), "carries no certificate"),
    "a bare key in place of the certificate": (
        lambda m: re.sub(rb"<ds:KeyInfo>.*</ds:KeyInfo>", b"<ds:KeyInfo>" + KEY_VALUE + b"</ds:KeyInfo>", m),
        "carries no certificate",
    ),
    "a key beside the certificate": (put(b"<ds:X509Data>", KEY_VALUE), "KeyInfo must hold"),
    "garbage for a certificate": (swap("X509Certificate", b64encode(b"none")), "the certificate cannot be read"),
    "the certificate of a curve that customs does not know": (
        swap("X509Certificate", b64encode(p256_certificate())),
        "neither RSA nor SM2",
    ),
    "another key name": (swap("KeyName", "0002"), "not the certificate's serial number"),
    "an empty key name": (swap("KeyName", ""), "not the certificate's serial number"),
    # namespaces
    "a namespace taken from the root": (replace(b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"', b""), CHANGED),
    "a namespace added to the root": (replace(b" xmlns:xsi=", b' xmlns:evil="urn:evil" xmlns:xsi='), CHANGED),
    "a namespace added to the signature": (
        replace(b"<ds:Signature ", b'<ds:Signature xmlns:evil="urn:evil" '),
        "the signature does not match",
    ),
    "a prefix bound anew in the signature": (
        replace(b"<ds:Signature ", b'<ds:Signature xmlns:ceb="urn:evil" '),
        "the signature does not match",
    ),
    "the signature in another namespace": (
        replace(b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"', b'<ds:Signature xmlns:ds="urn:evil"'),
        "not signed",
    ),
    "an element of the signature in another namespace": (
        replace(b"<ds:DigestMethod", b'<ds:DigestMethod xmlns:ds="urn:evil"'),
        "Reference must hold",
    ),
    "a namespace that is relative": (replace(b"<ceb:packNo>", b'<ceb:packNo xmlns:x="evil">'), "canonicalised"),
    "an attribute that canonicalization hands down": (replace(b' guid="', b' xml:lang="zh" guid="'), CHANGED),
    "a relative namespace on KeyInfo": (replace(b"<ds:KeyInfo>", b'<ds:KeyInfo xmlns:x="evil">'), "canonicalised"),
    "a relative namespace on the certificate": (
        replace(b"<ds:X509Certificate>", b'<ds:X509Certificate xmlns:x="../evil">'),
        "canonicalised",
    ),
    # the whole
    "truncation": (lambda m: m[:-30], "not well-formed"),
    "no signature": (lambda m: m.replace(signature_of(m), b""), "not signed"),
    "nothing": (lambda m: b"", "not well-formed"),
}  # fmt: skip


@pytest.mark.parametrize("what", ATTACKS)
def test_an_attack_is_refused_with_its_reason(signed: bytes, what: str) -> None:
    attack, reason = ATTACKS[what]
    attacked = attack(signed)
    assert attacked != signed
    found = verify(attacked)
    assert not found.valid
    assert found.signed is None
    assert not found.trusted
    assert reason in "; ".join(found.reasons)
    assert all(each.isprintable() and len(each) < 400 for each in found.reasons)


@pytest.mark.parametrize("blank", ["\u3000", "\xa0", "\x85", "\u2028", "\u200b"], ids=ascii)
@pytest.mark.parametrize("element", ["DigestValue", "SignatureValue", "X509Certificate", "KeyName"])
def test_only_the_blanks_of_xml_may_stand_in_a_value(signed: bytes, element: str, blank: str) -> None:
    end = f"</ds:{element}>".encode()
    # the text of the digest is itself signed
    assert verify(put(end, b" \t\n&#13;")(signed)).valid is (element != "DigestValue")
    assert (
        verify(put(end, blank.encode())(signed))
        .reasons[0]
        .startswith("KeyName '" if element == "KeyName" else f"{element} is not base64")
    )


def test_what_is_returned_is_what_was_signed(signed: bytes) -> None:
    found = verify(signed)
    assert found.valid
    assert found.reasons == ()
    assert found.signed == root_of(signed).replace(signature_of(signed), b"")
    assert customs.read(found.signed).documents == customs.read(signed).documents


def test_a_value_in_other_words_is_the_same_value(signed: bytes) -> None:
    same = signed.replace(PACK, b"<ceb:packNo><![CDATA[1]]><", 1)
    assert verify(same).signed == verify(signed).signed
    assert verify(signed.replace(PACK, b"<ceb:packNo>&#49;<", 1)).signed == verify(signed).signed


def test_the_certificate_inside_proves_nothing_by_itself(signed: bytes, kind: Kind, pair: KeyPair) -> None:
    forged = with_key_of(issue_test_key(*DECLARANT, since=NEW_YEAR, kind=kind))(signed)
    own = Certificate.load(pair.certificate)
    assert verify(forged).valid
    assert not verify(forged).trusted
    assert "another certificate" in verify(forged, signed_by=own).reasons[0]
    assert "certificate of another key" in verify(forged, signed_by=own.public_key).reasons[0]
    assert "is not an authority" in verify(forged, roots=[own], at=NOON).reasons[0]
    for found in (
        verify(signed, signed_by=own),
        verify(signed, signed_by=own.public_key),
        verify(signed, roots=[own], at=NOON),
    ):
        assert found.valid
        assert found.trusted


@pytest.mark.long
def test_random_damage_never_passes_for_what_was_signed(signed: bytes) -> None:
    truth = verify(signed).signed
    given = random.Random(20261111)  # noqa: S311
    passed = 0
    for _ in range(1500):
        damaged = bytearray(signed)
        for _ in range(given.choice((1, 1, 2, 5))):
            place = given.randrange(len(damaged))
            damaged[place : place + given.choice((0, 1, 1, 3))] = given.randbytes(given.choice((0, 1, 1, 2)))
        found = verify(bytes(damaged), at=NOON)
        passed += found.valid
        assert not found.valid or found.signed == truth
    assert passed < 150, "base64 and white space outside what is signed may change, little else"


@pytest.mark.long
def test_a_damaged_certificate_is_a_reason_and_never_an_exception(signed: bytes, pair: KeyPair) -> None:
    der = Certificate.load(pair.certificate).der
    given = random.Random(20261112)  # noqa: S311
    for _ in range(800):
        damaged = bytearray(der)
        for _ in range(given.choice((1, 2, 6))):
            damaged[given.randrange(len(damaged))] = given.randrange(256)
        found = verify(swap("X509Certificate", b64encode(bytes(damaged)))(signed), at=NOON, any_key_name=True)
        assert found.valid == (bytes(damaged) == der) or found.signed == verify(signed).signed


# certificates


def chain_of(kind: Kind) -> tuple[KeyPair, KeyPair, KeyPair]:
    """A root, an authority below it, and the key of an enterprise."""
    root = issue_test_root("测试根证书", since=NEW_YEAR, kind=kind)
    middle = issue_test_root("测试二级证书", since=NEW_YEAR, kind=kind, issuer=root)
    return root, middle, issue_test_key(*DECLARANT, since=NEW_YEAR, kind=kind, issuer=middle)


def loaded(*pairs: KeyPair) -> list[Certificate]:
    return [Certificate.load(each.certificate) for each in pairs]


def test_a_chain_leads_from_the_signer_to_the_root(kind: Kind) -> None:
    root, middle, leaf = chain_of(kind)
    message = list_message(leaf.signer())
    trusted, between, own = loaded(root, middle, leaf)
    found = verify(message, roots=[trusted], intermediates=[between], at=NOON)
    assert found.trusted
    assert found.chain == (own, between, trusted)
    assert verify(message, roots=[between], at=NOON).chain == (own, between)
    assert "not among the 1 roots given" in verify(message, roots=[trusted], at=NOON).reasons[0]


def test_a_root_of_the_same_name_with_another_key_is_not_the_root(kind: Kind) -> None:
    _, middle, leaf = chain_of(kind)
    (impostor,) = loaded(issue_test_root("测试二级证书", since=NEW_YEAR, kind=kind))
    assert impostor.subject_name == Certificate.load(middle.certificate).subject_name
    found = verify(list_message(leaf.signer()), roots=[impostor], at=NOON)
    assert "was not signed with the key of" in found.reasons[0]


def test_an_enterprise_cannot_issue_certificates(kind: Kind) -> None:
    root, middle, leaf = chain_of(kind)
    below = issue_test_key("别家公司", "91000000000000008C", since=NEW_YEAR, kind=kind, issuer=leaf)
    found = verify(list_message(below.signer()), roots=loaded(root), intermediates=loaded(middle, leaf), at=NOON)
    assert "is not an authority" in found.reasons[0]


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (datetime(2025, 12, 31), "it will be from 2026-01-01"),
        (datetime(2027, 1, 3), "it was until 2027-01-01"),
        (datetime(2026, 1, 1, 7, 59), "it will be from 2026-01-01"),
        (datetime(2025, 12, 31, 23, tzinfo=UTC), "it will be from 2026-01-01"),
    ],
)
def test_a_certificate_signs_only_while_it_is_valid(signed: bytes, pair: KeyPair, at: datetime, reason: str) -> None:
    assert reason in verify(signed, at=at).reasons[0]
    assert reason in verify(signed, roots=loaded(pair), at=at).reasons[0]
    assert verify(signed, at=datetime(2026, 1, 1, 8)).valid


def test_an_expired_authority_carries_nobody(kind: Kind) -> None:
    root = issue_test_root("测试根证书", since=NEW_YEAR, days=30, kind=kind)
    leaf = issue_test_key(*DECLARANT, since=NEW_YEAR, kind=kind, issuer=root)
    with pytest.raises(CertificateError, match="it was until 2026-01-31"):
        chain_to(loaded(root), *loaded(leaf), at=NOON)


def custom(
    extension: x509.ExtensionType, *, critical: bool, ca: bool = False, issuer: KeyPair | None = None
) -> KeyPair:
    """An RSA certificate with one extension of choice."""
    base = issue_test_key(*DECLARANT, since=NEW_YEAR)
    template, key = x509.load_pem_x509_certificate(base.certificate), load_pem_private_key(base.key, None)
    above = x509.load_pem_x509_certificate(issuer.certificate) if issuer else template
    signing = load_pem_private_key(issuer.key, None) if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(template.subject)
        .issuer_name(above.subject)
        .public_key(template.public_key())
        .serial_number(template.serial_number)
        .not_valid_before(NEW_YEAR)
        .not_valid_after(datetime(2027, 1, 1))
        .add_extension(extension, critical=critical)
    )
    if not isinstance(extension, x509.BasicConstraints):
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    made = builder.sign(signing, hashes.SHA256())  # type: ignore[arg-type]
    return KeyPair(base.key, made.public_bytes(Encoding.PEM))


def usage(**wanted: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: wanted.get(name, False) for name in names})


def test_a_certificate_for_encryption_does_not_sign() -> None:
    enciphering = custom(usage(key_encipherment=True), critical=True)
    assert "is not for signatures" in verify(list_message(enciphering.signer()), at=NOON).reasons[0]
    signing = custom(usage(content_commitment=True), critical=True)
    assert verify(list_message(signing.signer()), at=NOON).valid


def test_an_authority_without_the_right_to_issue_is_none() -> None:
    authority = custom(usage(digital_signature=True), critical=True, ca=True)
    leaf = issue_test_key(*DECLARANT, since=NEW_YEAR, issuer=authority)
    with pytest.raises(CertificateError, match="is not an authority"):
        chain_to(loaded(authority), *loaded(leaf), at=NOON)


def test_a_path_length_is_kept() -> None:
    root = custom(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    middle = issue_test_root("测试二级证书", since=NEW_YEAR, issuer=root)
    leaf = issue_test_key(*DECLARANT, since=NEW_YEAR, issuer=middle)
    direct = issue_test_key(*DECLARANT, since=NEW_YEAR, issuer=root)
    with pytest.raises(CertificateError, match="its path length is 0"):
        chain_to(loaded(root), *loaded(leaf), at=NOON, intermediates=loaded(middle))
    assert len(chain_to(loaded(root), *loaded(direct), at=NOON)) == 2


@pytest.mark.parametrize("critical", [True, False])
def test_only_a_critical_extension_that_is_not_understood_is_refused(critical: bool) -> None:
    strange = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
    found = verify(list_message(custom(strange, critical=critical).signer()), at=NOON)
    assert found.valid is not critical
    assert not critical or "1.3.6.1.4.1.99999.1" in found.reasons[0]


@pytest.mark.long
def test_certificates_that_issue_each_other_end_nowhere() -> None:
    one, two = (issue_test_root(name, since=NEW_YEAR) for name in ("甲", "乙"))
    crossed = [
        *loaded(issue_test_root("甲", since=NEW_YEAR, issuer=two), issue_test_root("乙", since=NEW_YEAR, issuer=one)),
        *loaded(one, two),
    ]
    leaf = issue_test_key(*DECLARANT, since=NEW_YEAR, issuer=one)
    with pytest.raises(CertificateError):
        chain_to(loaded(issue_test_root("丙", since=NEW_YEAR)), *loaded(leaf), at=NOON, intermediates=crossed)


def test_roots_need_a_time(signed: bytes, pair: KeyPair) -> None:
    with pytest.raises(ValueError, match="roots need at"):
        verify(signed, roots=loaded(pair))


def test_an_rsa_key_of_512_bits_is_refused() -> None:
    with pytest.raises(ValueError, match="512 bits is refused"):
        RsaPublicKey((1 << 512) - 1, 65537)


# forms


def test_the_key_name_of_device_certificates_is_admitted_and_noted(signed: bytes) -> None:
    found = verify(swap("KeyName", "0001")(signed))
    assert found.valid
    assert found.notes[0].startswith(f"KeyName '0001' is not the certificate's serial number {found.key_name}")
    assert found.key_name == verify(signed).key_name, "what is not signed is not returned"
    assert verify(signed).notes == ()


def test_any_other_key_name_is_admitted_when_asked(signed: bytes) -> None:
    renamed = swap("KeyName", "device\u200e7")(signed)
    found = verify(renamed)
    assert (found.valid, found.digest_holds, found.signature_holds) == (False, None, None)
    assert "is not the certificate's serial number" in found.reasons[0]
    found = verify(renamed, any_key_name=True)
    assert found.valid
    assert found.notes[0].startswith("KeyName 'device?7' is not the certificate's serial number")


def test_an_upper_case_key_name_is_the_same_number(signed: bytes) -> None:
    assert verify(swap("KeyName", str(verify(signed).key_name).upper())(signed)).valid


def test_line_breaks_in_base64_are_free(signed: bytes) -> None:
    value = re.search(rb"<ds:SignatureValue>([^<]*)", signed)
    assert value
    folded = b"\r\n" + b"\n".join(value[1][at : at + 64] for at in range(0, len(value[1]), 64)) + b"\r\n"
    assert verify(swap("SignatureValue", folded)(signed)).valid


def test_the_algorithm_of_the_field_is_verified_when_admitted() -> None:
    pair = issue_test_key(*DECLARANT, since=NEW_YEAR, kind="SM2")
    message = list_message(Sm2Signer.from_pem(pair.key, pair.certificate, algorithm=Algorithm.SM2_FIELD))
    assert b"http://www.w3.org/2000/09/xmldsig#sm2-sm3" in message
    assert "not among the algorithms admitted" in verify(message).reasons[0]
    assert verify(message, algorithms=[Algorithm.SM2_FIELD]).valid


def test_an_sm2_signature_is_read_raw_and_as_der() -> None:
    pair = issue_test_key(*DECLARANT, since=NEW_YEAR, kind="SM2")
    message = list_message(pair.signer())
    value = re.search(rb"<ds:SignatureValue>([^<]*)", message)
    assert value
    raw = b64decode(value[1])
    assert len(raw) == 64
    padded = b"\x30\x46\x02\x21\x00" + raw[:32] + b"\x02\x21\x00" + raw[32:]
    numbers = [each.lstrip(b"\0") for each in (raw[:32], raw[32:])]
    numbers = [b"\0" + each if each[0] & 0x80 else each for each in numbers]
    strict = b"".join(b"\x02" + bytes([len(each)]) + each for each in numbers)
    for form in (padded, b"\x30" + bytes([len(strict)]) + strict):
        assert verify(swap("SignatureValue", b64encode(form))(message)).valid
    for broken in (padded + b"\0", padded[:-1], b"\x30" + padded[1:5] + padded[5:40][::-1] + padded[40:]):
        assert not verify(swap("SignatureValue", b64encode(broken))(message)).valid


@pytest.mark.parametrize("form", ["indented", "default namespace", "another prefix"])
def test_messages_that_another_signer_made_verify(keys: KeyPair, form: str, python_xmlsec: Any) -> None:
    xmlsec, root = python_xmlsec, etree.fromstring(list_message(keys.signer()))
    root.remove(root[-1])
    root.set("{http://www.w3.org/XML/1998/namespace}lang", "zh")
    if form == "indented":
        etree.indent(root)
    prefix = {"default namespace": None, "another prefix": "dsig"}.get(form, "ds")
    node = xmlsec.template.create(
        root, xmlsec.constants.TransformInclC14N, xmlsec.constants.TransformRsaSha1, ns=prefix
    )
    root.append(node)
    reference = xmlsec.template.add_reference(node, xmlsec.constants.TransformSha1, uri="")
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformEnveloped)
    info = xmlsec.template.ensure_key_info(node)
    xmlsec.template.add_key_name(info).text = Certificate.load(keys.certificate).key_name
    xmlsec.template.add_x509_data(info)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(keys.key, xmlsec.constants.KeyDataFormatPem)
    context.key.load_cert_from_memory(keys.certificate, xmlsec.constants.KeyDataFormatPem)
    context.sign(node)
    found = verify(etree.tostring(root), signed_by=Certificate.load(keys.certificate))
    assert found.valid, found.reasons


def test_an_envelope_is_signed_with_the_key_named_and_no_certificate(kind: Kind, pair: KeyPair, signed: bytes) -> None:
    envelope = customs.wrap(
        signed,
        copy_id="DXPENT0000000001202611110800000001",
        sender="DXPENT0000000001",
        receivers=["DXPEDCCEB0000002"],
        created=MORNING,
    )
    sent = sign_envelope(envelope, pair.signer())
    own = Certificate.load(pair.certificate)
    assert b"X509" not in sent
    assert customs.unwrap(sent).payload == signed
    assert customs.unwrap(sent).has_signature
    assert verify(sent, signed_by=own).trusted
    assert verify(sent, signed_by=own.public_key).trusted
    assert "carries no certificate" in verify(sent).reasons[0]
    assert verify(sign_envelope(envelope, pair.signer(), with_certificate=True)).valid
    assert CHANGED in verify(sent.replace(b"DXPEDCCEB0000002", b"DXPEDCCEB0000003"), signed_by=own).reasons[0]
    with pytest.raises(SigningError, match="once"):
        sign_envelope(sent, pair.signer())


# real signatures


def vectors(facts: Path, *, matching: bool) -> list[dict[str, str]]:
    entries = json.loads((facts / "signing" / "vectors.json").read_text(encoding="utf-8"))
    return [each for each in entries if each.get("declared_algorithms_match") is matching]


def key_of(vector: dict[str, str]) -> Sm2PublicKey:
    public: dict[str, str] = vector["public_key"]  # type: ignore[assignment]
    return Sm2PublicKey(bytes.fromhex(public["sm2_x"] + public["sm2_y"]))


def test_a_real_sm2_document_verifies_with_the_key_of_its_signer(facts: Path) -> None:
    (vector,) = vectors(facts, matching=True)
    document = vector["document_utf8"].encode()
    found = verify(document, signed_by=key_of(vector))
    assert found.valid, found.reasons
    assert (found.algorithm, found.key_name) == (Algorithm.SM2_SM3, vector["key_name"])
    assert found.certificate is None
    flipped = bytearray(document)
    flipped[document.index(b"xmldsig#enveloped")] ^= 1
    assert not verify(bytes(flipped), signed_by=key_of(vector)).valid


def test_real_documents_that_declare_another_algorithm_than_theirs_are_refused(facts: Path) -> None:
    found = [verify(each["document_utf8"].encode(), signed_by=key_of(each)) for each in vectors(facts, matching=False)]
    assert len(found) == 6
    for each in found:
        assert not each.valid
        assert each.reasons == (
            "SignedInfo declares RSA_SHA1, but the key is SM2: that is not how it was signed "
            "声明的签名算法 RSA_SHA1 与密钥类型 SM2 不符",
            "SignedInfo declares RSA_SHA1, whose digest has 20 bytes, not 32 摘要应为 20 字节",
        )
