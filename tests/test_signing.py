"""Signatures: what independent verifiers say of ours, and what ours say of tampered messages."""

import subprocess
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import xmlsec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509 import load_pem_x509_certificate
from lxml import etree

import customs
from customs.signing import Certificate, CertificateError, RsaSigner, SigningError, sign, verify
from customs.testing import issue_test_key, sample_parcels
from customs.testing.keys import KeyPair
from customs.testing.parcels import DECLARANT
from customs.wire.canonical import XML_DECLARATION
from support import MORNING, SINGLES_DAY

Walk = Callable[..., customs.Prepared]
DS = "{http://www.w3.org/2000/09/xmldsig#}"


@pytest.fixture
def signed(walk: Walk, parcel: customs.Declaration) -> bytes:
    """The declaration list of a parcel, signed."""
    return walk(parcel).messages[3].content


def test_xmlsec1_accepts_every_message_of_a_stream(
    xmlsec1: str, signer: RsaSigner, keys: KeyPair, tmp_path: Path
) -> None:
    (tmp_path / "cert.pem").write_bytes(keys.certificate)
    stream = customs.prepare_many(
        sample_parcels(101, seed=3, mode="1210"),
        signer=signer,
        on=SINGLES_DAY,
        clock=customs.fixed_clock(MORNING),
        guids=customs.seeded_guids(1),
    )
    messages = [message for batch in stream for message in batch.messages]
    assert [len(message.keys) for message in messages] == [100] * 4 + [1] * 4
    for message in messages:
        path = tmp_path / message.file_name
        path.write_bytes(message.content)
        command = [
            xmlsec1, "--verify", "--enabled-key-data", "x509", "--enabled-reference-uris", "empty",
            "--trusted-pem", str(tmp_path / "cert.pem"), str(path),
        ]  # fmt: skip
        found = subprocess.run(command, capture_output=True, check=False)
        assert found.returncode == 0, found.stderr.decode()


def test_python_xmlsec_accepts_the_signature_with_the_certificate_inside(signed: bytes) -> None:
    node = etree.fromstring(signed).find(f"{DS}Signature")
    assert node is not None
    inside = node.findtext(f".//{DS}X509Certificate")
    assert inside is not None
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(b64decode(inside), xmlsec.constants.KeyDataFormatCertDer, None)
    context.verify(node)


def test_the_signed_message_still_is_canonical(signed: bytes) -> None:
    assert etree.tostring(etree.fromstring(signed), method="c14n") == signed[len(XML_DECLARATION) :]


def test_our_own_verification_says_who_signed(signed: bytes, signer: RsaSigner) -> None:
    found = verify(signed)
    assert found.valid
    assert found.certificate == signer.certificate
    assert found.key_name == signer.certificate.key_name
    assert found.certificate is not None
    assert (found.certificate.organisation, found.certificate.credit_code) == DECLARANT


def test_the_key_name_is_the_serial_number_padded_to_whole_bytes(keys: KeyPair) -> None:
    serial = load_pem_x509_certificate(keys.certificate).serial_number
    name = Certificate.load(keys.certificate).key_name
    assert int(name, 16) == serial
    assert len(name) % 2 == 0
    assert name == name.lower()


def foreign_certificate() -> bytes:
    pair = issue_test_key("别家公司", "91000000000000008C", since=datetime(2026, 1, 1))
    return b64encode(Certificate.load(pair.certificate).der)


def swap(message: bytes, element: bytes, value: bytes) -> bytes:
    start = message.index(b"<ds:" + element + b">") + len(element) + 5
    return message[:start] + value + message[message.index(b"</ds:" + element + b">") :]


def signature_of(message: bytes) -> bytes:
    return message[message.index(b"<ds:Signature ") : message.index(b"</ds:Signature>") + len(b"</ds:Signature>")]


TAMPERED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "an amount": (lambda m: m.replace(b"<ceb:packNo>1<", b"<ceb:packNo>2<", 1), "digest does not match"),
    "a blank before the signature": (lambda m: m.replace(b"<ds:Signature ", b" <ds:Signature ", 1), "digest does not match"),
    "a blank after the signature": (lambda m: m.replace(b"</ds:Signature>", b"</ds:Signature> "), "digest does not match"),
    "the digest": (lambda m: swap(m, b"DigestValue", b64encode(bytes(20))), "signature does not match"),
    "the signature": (lambda m: swap(m, b"SignatureValue", b64encode(bytes(256))), "signature does not match"),
    "the certificate": (lambda m: swap(m, b"X509Certificate", foreign_certificate()), "not the certificate's serial number"),
    "the key name": (lambda m: swap(m, b"KeyName", b"0001"), "not the certificate's serial number"),
    "garbage for a certificate": (lambda m: swap(m, b"X509Certificate", b64encode(b"none")), "certificate cannot be read"),
    "no base64": (lambda m: swap(m, b"SignatureValue", b"%%%"), "not base64"),
    "another algorithm": (lambda m: m.replace(b"#rsa-sha1", b"#hmac-sha1"), "is not known"),
    "another canonicalization": (lambda m: m.replace(b"REC-xml-c14n-20010315", b"REC-xml-c14n-2001031"), "canonicalization method"),
    "another transform": (lambda m: m.replace(b"#enveloped-signature", b"#base64"), "enveloped-signature"),
    "a reference to a part": (lambda m: m.replace(b'URI=""', b'URI="#x"'), "whole document"),
    "two signatures": (lambda m: m.replace(b"</ds:Signature>", b"</ds:Signature>" + signature_of(m)), "2 signatures"),
    "a signature deeper inside": (lambda m: m.replace(signature_of(m), b"<x>" + signature_of(m) + b"</x>"), "not a child of the root"),
    "a second transform": (lambda m: m.replace(b"</ds:Transforms>", b'<ds:Transform Algorithm="x"/></ds:Transforms>'), "one transform"),
    "an entity": (lambda m: m.replace(b"<ceb:CEB621Message", b'<!DOCTYPE x [<!ENTITY e "1">]><ceb:CEB621Message', 1), "DTD"),
    "truncation": (lambda m: m[:-30], "not well-formed"),
    "no signature": (lambda m: m[: m.index(b"<ds:Signature ")] + b"</ceb:CEB621Message>", "not signed"),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_a_tampered_message_is_refused_with_the_reason(signed: bytes, what: str) -> None:
    tamper, reason = TAMPERED[what]
    tampered = tamper(signed)
    assert tampered != signed
    found = verify(tampered)
    assert not found.valid
    assert reason in "; ".join(found.reasons)


def test_comments_change_nothing_that_is_signed(signed: bytes) -> None:
    commented = signed.replace(b"<ceb:packNo>1<", b"<ceb:packNo><!-- c -->1<")
    assert verify(commented).valid
    assert customs.read(commented).documents == customs.read(signed).documents


def test_a_message_of_another_certificate_is_not_the_one_expected(signed: bytes) -> None:
    other = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1))
    found = verify(signed, certificate=Certificate.load(other.certificate))
    assert not found.valid
    assert "another certificate" in found.reasons[0]


def test_the_default_namespace_form_of_the_signature_is_verified_too(walk: Walk, parcel: customs.Declaration, keys: KeyPair) -> None:
    message = walk(parcel, signer=None).messages[0].content
    digest = b64encode(keys.signer().algorithm.digest(message[len(XML_DECLARATION) :])).decode()
    inner = (
        '<CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"></CanonicalizationMethod>'
        '<SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1"></SignatureMethod><Reference URI="">'
        '<Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></Transform></Transforms>'
        '<DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"></DigestMethod>'
        f"<DigestValue>{digest}</DigestValue></Reference></SignedInfo>"
    )
    scope = (
        ' xmlns="http://www.w3.org/2000/09/xmldsig#" xmlns:ceb="http://www.chinaport.gov.cn/ceb"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    )
    made = keys.signer().sign(f"<SignedInfo{scope}>{inner}".encode())
    signature = (
        f'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>{inner}'
        f"<SignatureValue>{b64encode(made.value).decode()}</SignatureValue><KeyInfo><KeyName>{made.certificate.key_name}"
        f"</KeyName><X509Data><X509Certificate>{b64encode(made.certificate.der).decode()}</X509Certificate></X509Data>"
        "</KeyInfo></Signature>"
    )
    end = message.rindex(b"</")
    found = verify(message[:end] + signature.encode() + message[end:])
    assert found.valid, found.reasons


def test_a_key_from_pkcs12_signs_as_the_one_from_pem(keys: KeyPair, signed: bytes, walk: Walk, parcel: customs.Declaration) -> None:
    key = load_pem_private_key(keys.key, None)
    certificate = load_pem_x509_certificate(keys.certificate)
    bundle = pkcs12.serialize_key_and_certificates(b"test", key, certificate, None, BestAvailableEncryption(b"secret"))  # type: ignore[arg-type]
    assert walk(parcel, signer=RsaSigner.from_pkcs12(bundle, b"secret")).messages[3].content == signed


def encrypted(keys: KeyPair) -> bytes:
    key = load_pem_private_key(keys.key, None)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))


def test_an_encrypted_key_needs_its_password(keys: KeyPair) -> None:
    assert RsaSigner.from_pem(encrypted(keys), keys.certificate, b"secret").certificate
    with pytest.raises(SigningError, match="give its password"):
        RsaSigner.from_pem(encrypted(keys), keys.certificate)
    with pytest.raises(SigningError, match="right password"):
        RsaSigner.from_pem(encrypted(keys), keys.certificate, b"wrong")
    with pytest.raises(SigningError, match="leave the password out"):
        RsaSigner.from_pem(keys.key, keys.certificate, b"secret")


def test_a_certificate_of_another_key_is_refused(keys: KeyPair) -> None:
    other = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1))
    with pytest.raises(SigningError, match="another key"):
        RsaSigner.from_pem(keys.key, other.certificate)


@pytest.mark.parametrize("rubbish", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", b"\x30\x00"])
def test_rubbish_is_no_certificate(keys: KeyPair, rubbish: bytes) -> None:
    with pytest.raises(CertificateError):
        RsaSigner.from_pem(keys.key, rubbish)


def test_rubbish_is_no_key_and_no_pkcs12(keys: KeyPair) -> None:
    with pytest.raises(SigningError, match="cannot be read"):
        RsaSigner.from_pem(b"rubbish", keys.certificate)
    with pytest.raises(SigningError, match="cannot be read"):
        RsaSigner.from_pkcs12(b"rubbish", b"secret")


def test_only_canonical_unsigned_messages_are_signed(signed: bytes, signer: RsaSigner) -> None:
    with pytest.raises(SigningError, match="already signed"):
        sign(signed, signer)
    with pytest.raises(SigningError, match="written by customs"):
        sign(b"<x></x>", signer)


def test_no_key_is_shown(keys: KeyPair) -> None:
    shown = f"{keys!r} {keys.signer()!r} {keys.signer().certificate!r}"
    assert "PRIVATE" not in shown
    assert DECLARANT[0] not in shown
