"""Signatures as other systems leave them: without a certificate, rewritten on the way, in an envelope, by old cards."""

import re
import warnings
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from lxml import etree

import customs
from customs.documents import MESSAGES, Message, Transfer
from customs.rules.signer import SIGNING_PARTIES
from customs.signing import (
    Certificate,
    RsaPublicKey,
    SigningError,
    chain_to,
    load_public_key,
    sign,
    verify,
)
from customs.signing.changes import LARGEST, MOST_TAGS, is_sought
from customs.signing.declarant import check_signing_party
from customs.testing import issue_test_key, issue_test_root
from customs.testing.keys import KeyKind, KeyPair
from customs.testing.parcels import DECLARANT
from customs.wire.envelope import message_in, wrap_for_server
from support import MORNING, ROOT, openssl_of_the_machine, run

NEW_YEAR = datetime(2026, 1, 1)
NOON = datetime(2026, 11, 11, 12)
GOLDEN = ROOT / "tests" / "golden"
UNSIGNED = (GOLDEN / "1210-CEB621.xml").read_bytes()
DS = "http://www.w3.org/2000/09/xmldsig#"
XSI = b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

Attack = Callable[[bytes], bytes]
PAIRS: dict[str, KeyPair] = {}


def pair_of(kind: KeyKind, name: str = "own") -> KeyPair:
    if (kind + name) not in PAIRS:
        PAIRS[kind + name] = issue_test_key(*DECLARANT, since=NEW_YEAR, kind=kind)
    return PAIRS[kind + name]


@pytest.fixture(params=["RSA", "SM2"])
def pair(request: pytest.FixtureRequest) -> KeyPair:
    return pair_of(request.param)


@pytest.fixture
def signed(pair: KeyPair) -> bytes:
    return sign(UNSIGNED, pair.signer())


# the name of the key


def test_all_official_samples_name_the_key_0001_which_is_not_the_number_of_their_certificate(official: Path) -> None:
    named = []
    for path in sorted(official.glob("samples-*/*.xml")):
        if b"KeyName" in (content := path.read_bytes()):
            root = etree.fromstring(content)
            name, certificate = (root.findtext(f".//{{{DS}}}{each}") or "" for each in ("KeyName", "X509Certificate"))
            named.append((name, Certificate(b64decode(certificate)).key_name))
    assert set(named) == {("0001", "9927")}
    assert len(named) == 36


# without a certificate in the message


@pytest.mark.parametrize("left", ["", "<ds:KeyInfo/>", "<ds:KeyInfo><ds:KeyName>any</ds:KeyName></ds:KeyInfo>"])
def test_a_signature_without_certificate_is_verified_with_what_the_caller_gives(
    signed: bytes, pair: KeyPair, left: str
) -> None:
    bare, own = re.sub(rb"<ds:KeyInfo>.*</ds:KeyInfo>", left.encode(), signed), Certificate.load(pair.certificate)
    found = verify(bare)
    assert (found.digest_holds, found.signature_holds) == (None, None)
    assert found.reasons[0].startswith("the signature carries no certificate: give the signer's, or the public key")
    assert verify(bare, signed_by=own.public_key).trusted
    assert verify(bare, signed_by=own, any_key_name=True, at=NOON).trusted
    stranger = Certificate.load(pair_of("SM2" if "SM2" in own.key_algorithm else "RSA", "stranger").certificate)
    found = verify(bare, signed_by=stranger.public_key)
    assert (found.valid, found.digest_holds, found.signature_holds) == (False, True, False)


def test_a_bare_key_has_to_be_the_one_expected() -> None:
    pair = pair_of("RSA")
    message, own = sign(UNSIGNED, pair.signer()), Certificate.load(pair.certificate)
    key = own.public_key
    assert isinstance(key, RsaPublicKey)

    def showing(modulus: int) -> bytes:
        numbers = [b64encode(each).decode() for each in (modulus.to_bytes(256), b"\x01\x00\x01")]
        shown = "<ds:RSAKeyValue><ds:Modulus>{}</ds:Modulus><ds:Exponent>{}</ds:Exponent></ds:RSAKeyValue>".format(
            *numbers
        )
        bare = f"<ds:KeyInfo><ds:KeyValue>{shown}</ds:KeyValue></ds:KeyInfo>"
        return re.sub(rb"<ds:KeyInfo>.*</ds:KeyInfo>", bare.encode(), message)

    other = ("the message shows another key than the one expected 报文所附公钥与指定的公钥不同",)
    assert verify(showing(key.modulus), signed_by=key).trusted
    assert verify(showing(key.modulus), signed_by=own).trusted
    assert verify(showing(key.modulus + 2), signed_by=key).reasons == other
    assert verify(showing(key.modulus + 2), signed_by=own).reasons == other
    assert "carries no certificate" in verify(showing(key.modulus)).reasons[0]


def test_public_keys_are_read_from_pem_and_der(pair: KeyPair, tmp_path: Path) -> None:
    private, public = tmp_path / "key.pem", tmp_path / "public.pem"
    private.write_bytes(pair.key)
    made = run(openssl_of_the_machine(), "pkey", "-in", str(private), "-pubout", "-out", str(public))
    assert made.returncode == 0, made.stderr
    pem, own = public.read_bytes(), Certificate.load(pair.certificate).public_key
    assert load_public_key(pem) == own
    assert load_public_key(pair.certificate + pem.replace(b"\n", b"\r\n")) == own
    assert load_public_key(b64decode(b"".join(pem.splitlines()[1:-1]))) == own
    with pytest.raises(SigningError, match="holds no public key that can be read, but CERTIFICATE"):
        load_public_key(pair.certificate)
    with pytest.raises(SigningError, match="the public key cannot be read"):
        load_public_key(b"none")


# changes of form


def indented(message: bytes) -> bytes:
    root = etree.fromstring(message)
    etree.indent(root)
    return etree.tostring(root)


def moved_to_a_child(message: bytes) -> bytes:
    return message.replace(XSI, b"", 1).replace(b"<ceb:BaseTransfer", b"<ceb:BaseTransfer" + XSI, 1)


BESIDE = "white space beside the signature removed", "去掉签名节点前后的空白"
BETWEEN = "white space between elements removed", "去掉元素之间的空白"
AROUND = "white space between elements and around values removed", "去掉元素之间及值前后的空白"
DECLARED = (
    "xmlns:ceb and xmlns:xsi declared on the root, and nothing else there",
    "根元素只声明 xmlns:ceb、xmlns:xsi",
)

FORMS: dict[str, tuple[Attack, tuple[str, str]]] = {
    "indented": (indented, BETWEEN),
    "blanks before the signature": (lambda m: m.replace(b"<ds:Signature ", b"    <ds:Signature "), BESIDE),
    "a line break after the signature": (lambda m: m.replace(b"</ds:Signature>", b"</ds:Signature>\n"), BESIDE),
    "values on lines of their own": (lambda m: re.sub(rb">([^<>]+)</ceb:", rb">\n  \1\n</ceb:", m), AROUND),
    "SignedInfo indented": (lambda m: m.replace(b"<ds:Reference", b"\n  <ds:Reference"), BETWEEN),
    "a namespace taken from the root": (lambda m: m.replace(XSI, b"", 1), DECLARED),
    "the namespace of signatures on the root": (lambda m: m.replace(XSI, f' xmlns:ds="{DS}"'.encode() + XSI, 1), DECLARED),
    "a namespace of no use on the root": (lambda m: m.replace(XSI, b' xmlns:x="urn:x"' + XSI, 1), DECLARED),
    "a namespace of no use on a child": (
        lambda m: m.replace(b"<ceb:BaseTransfer", b'<ceb:BaseTransfer xmlns:x="urn:x"', 1),
        DECLARED,
    ),
    "another prefix": (lambda m: m.replace(b"ceb:", b"ns2:").replace(b":ceb=", b":ns2="), DECLARED),
    "the default namespace in place of the prefix": (
        lambda m: m.replace(b"ceb:", b"").replace(b":ceb=", b"="),
        DECLARED,
    ),
    "a declaration moved to a child": (moved_to_a_child, DECLARED),
    "a declaration moved to a child, and indents": (
        lambda m: indented(moved_to_a_child(m)),
        (f"{BETWEEN[0]} and {DECLARED[0]}", f"{BETWEEN[1]}，并{DECLARED[1]}"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", FORMS)
@pytest.mark.long
def test_a_message_changed_in_its_form_alone_is_refused_and_says_which_change(signed: bytes, what: str) -> None:
    change, (en, zh) = FORMS[what]
    changed = change(signed)
    assert changed != signed
    found = verify(changed)
    assert (found.valid, found.only_form, found.signed, found.trusted) == (False, True, None, False)
    assert found.reasons[-1] == (
        f"it would match with {en}: only the form of the message was changed after it was signed; send the bytes as signed "
        f"{zh}后签名相符：报文签名后仅格式被改动，请原样发送签名时的内容"
    )


def test_line_endings_that_were_turned_are_named(pair: KeyPair) -> None:
    lines = UNSIGNED.replace(b"></ceb:BaseTransfer>", b">\n</ceb:BaseTransfer>")
    windows = lines.replace(b">\n<", b">&#xD;\n<")
    for made, sent, name in ((lines, b">&#xD;\n<", "LF in place of CRLF"), (windows, b">\n<", "CRLF in place of LF")):
        message = sign(made, pair.signer())
        found = verify(re.sub(rb">(&#xD;)?\n<", sent, message))
        assert verify(message).valid
        assert (found.only_form, name in found.reasons[-1]) == (True, True)


def test_a_change_of_values_is_no_change_of_form(signed: bytes) -> None:
    changed = signed.replace(b"<ceb:packNo>1<", b"<ceb:packNo>2<")
    found = verify(changed)
    assert (found.only_form, found.digest_holds, found.signature_holds) == (False, False, True)
    assert found.reasons == (
        "the digest does not match: the message was changed after it was signed 摘要不符：报文签名后被改动",
    )
    assert not verify(indented(changed)).only_form


def test_a_long_message_is_refused_without_a_search(pair: KeyPair) -> None:
    """A search costs some forty verifications."""
    documents = customs.read(UNSIGNED).documents
    transfer = Transfer(transmitter_code="C", transmitter_name="N", dxp_id="D")
    long = Message("4CDE1CFD-EDED-46B1-946C-B8022E42FC94", documents * 100, transfer)
    changed = sign(customs.write(long), pair.signer()).replace(b"><", b">%s<" % (b" " * 200))
    assert len(changed) > LARGEST
    many = changed.replace(b" " * 200, b"").replace(b"<ceb:BaseTransfer>", b"<a/>" * MOST_TAGS + b"<ceb:BaseTransfer>")
    for each in (changed, many):
        found = verify(each)
        assert (found.valid, found.only_form) == (False, False)
    assert not is_sought(many)


# envelopes


def test_an_envelope_says_that_it_is_one_and_is_unwrapped_on_request(signed: bytes) -> None:
    envelope = customs.wrap(
        signed,
        copy_id="DXPENT0000000001202611110800000001",
        sender="DXPENT0000000001",
        receivers=["DXPEDCCEB0000002"],
        created=MORNING,
    )
    number = "EPORT001202611110800000000000001"
    between = wrap_for_server(envelope, message_id=number, sent=MORNING, end_node="EPORT002", start_node="EPORT001")
    for content, name in ((envelope, "DxpMsg"), (between, "DxpMsgSv")):
        (reason,) = verify(content).reasons
        assert f"({name}), not a message: unwrap it with customs." in reason
        assert "请先拆封" in reason
        assert message_in(content) == signed
        with pytest.raises(customs.ReadError, match=r"not a message: unwrap it with customs\."):
            customs.read(content)
        with pytest.raises(customs.ReadError, match=r"not a message: unwrap it with customs\."):
            customs.read_answers(content)
        assert customs.read(content, unwrap=True) == customs.read(signed)
    assert message_in(signed) == signed
    with pytest.raises(customs.ReadError, match="not base64"):
        message_in(envelope.replace(b"<dxp:Data>", b"<dxp:Data>*"))


def test_a_receipt_in_an_envelope_is_read_on_request() -> None:
    receipt = """<CEB312Message xmlns="http://www.chinaport.gov.cn/ceb" guid="4CDE1CFD-EDED-46B1-946C-B8022E42FC94" version="1.0">
<OrderReturn><guid>6B7F4D1E-5D0C-4A7B-9C3E-2F1A0B8C7D6E</guid><ebpCode>91000000000000001N</ebpCode>
<ebcCode>91000000000000002R</ebcCode><orderNo>EX12100001</orderNo><returnStatus>2</returnStatus>
<returnTime>20261111080000123</returnTime><returnInfo>新增申报成功</returnInfo></OrderReturn></CEB312Message>""".encode()
    envelope = customs.wrap(
        receipt, copy_id="1", sender="DXPEDCCEB0000002", receivers=["DXPENT0000000001"], created=MORNING
    )
    assert customs.read_answers(envelope, unwrap=True) == customs.read_answers(receipt)


# cards of old


def element(tag: int, content: bytes) -> bytes:
    size = len(content)
    return bytes([tag, size] if size < 0x80 else [tag, 0x81, size]) + content


def with_authority_number(pair: KeyPair, number: int, *, alone: bool = False) -> KeyPair:
    """The pair with a certificate that names its authority by a serial number, as cards of the e-port do."""
    key, template = load_pem_private_key(pair.key, None), x509.load_pem_x509_certificate(pair.certificate)
    issuer = element(0xA1, element(0xA4, template.subject.public_bytes()))
    value = element(0x30, issuer + element(0x82, number.to_bytes(1, signed=True)))
    authority = x509.UnrecognizedExtension(x509.AuthorityKeyIdentifier.oid, value)
    builder = (
        x509.CertificateBuilder()
        .subject_name(template.subject)
        .issuer_name(template.subject)
        .public_key(template.public_key())
        .serial_number(0x0178B6B7)
        .not_valid_before(NEW_YEAR)
        .not_valid_after(datetime(2027, 1, 1))
    )
    for each in [] if alone else template.extensions:
        builder = builder.add_extension(each.value, each.critical)
    made = builder.add_extension(authority, critical=False).sign(key, hashes.SHA256())  # type: ignore[arg-type]
    return KeyPair(pair.key, made.public_bytes(Encoding.PEM))


@pytest.mark.parametrize("number", [0, -1])
def test_a_card_whose_authority_has_no_positive_number_is_read_without_a_warning(number: int) -> None:
    card = with_authority_number(pair_of("RSA-1024"), number)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        certificate = Certificate.load(card.certificate)
        assert (certificate.organisation, certificate.credit_code) == DECLARANT
        assert (certificate.key_name, certificate.key_algorithm) == ("0178b6b7", "RSA-1024")
        assert certificate.organisation_code is None
        assert verify(sign(UNSIGNED, card.signer()), roots=[certificate], at=NOON).trusted
        assert chain_to([certificate], certificate, at=NOON) == (certificate,)


def test_a_certificate_with_nothing_but_its_authoritys_number_has_no_extensions() -> None:
    certificate = Certificate.load(with_authority_number(pair_of("RSA"), 0, alone=True).certificate)
    assert (len(certificate.extensions), certificate.credit_code) == (0, None)


def test_extensions_are_those_of_the_certificate_in_any_other_case() -> None:
    root = issue_test_root("测试根证书", since=NEW_YEAR)
    for each in (root, pair_of("SM2"), pair_of("RSA")):
        certificate = Certificate.load(each.certificate)
        assert list(certificate.extensions) == list(certificate.x509.extensions)


# who signs


def test_the_card_in_the_official_samples_is_read_without_a_warning(official: Path) -> None:
    root = etree.parse(official / "samples-2018-113" / "CEB621.xml").getroot()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        certificate = Certificate(b64decode(root.findtext(f".//{{{DS}}}X509Certificate") or ""))
        assert (certificate.key_algorithm, certificate.organisation, certificate.credit_code) == (
            "RSA-1024",
            None,
            None,
        )
        assert certificate.extensions


def test_every_message_of_an_enterprise_says_who_signs_it() -> None:
    own = {name for name, kind in MESSAGES.items() if not kind.from_customs}
    heads = {name: MESSAGES[name].model_fields.get("head") for name in own}
    naming = {
        name
        for name, head in heads.items()
        if "declarant_code" in (head.annotation if head else MESSAGES[name]).model_fields  # type: ignore[union-attr]
    }
    assert own == naming | set(SIGNING_PARTIES)
    assert naming & set(SIGNING_PARTIES) == set()


OWN = {"CEB311": "91000000000000002R", "CEB411": "91000000000000003W", "CEB511": "910000000000000040"}


@pytest.mark.parametrize("name", sorted(OWN))
def test_an_order_a_payment_and_a_waybill_are_signed_by_their_own_enterprise(name: str) -> None:
    message = customs.read((GOLDEN / f"1210-{name}.xml").read_bytes())
    own = Certificate.load(issue_test_key("甲", OWN[name], since=NEW_YEAR).certificate)
    assert check_signing_party(message, own) == []
    (found, *_) = check_signing_party(message, Certificate.load(pair_of("RSA").certificate))
    assert (found.code, found.severity) == ("signer-not-party", "warning")


def test_a_party_given_by_its_registration_is_compared_by_a_table_or_by_its_name() -> None:
    message = customs.read((GOLDEN / "1210-CEB511.xml").read_bytes().replace(b">910000000000000040<", b">4601000000<"))
    carrier, other = (
        Certificate.load(issue_test_key(name, "910000000000000040", since=NEW_YEAR).certificate)
        for name in ("示例速运有限公司", "示例速运集团")
    )
    assert check_signing_party(message, carrier) == []
    (found,) = check_signing_party(message, other)
    assert (found.code, found.severity, found.path) == ("signer-not-compared", "note", "documents[0].carrier_code")
    assert "物流企业" in found.zh
    assert check_signing_party(message, other, {"4601000000": "910000000000000040"}) == []
    (found,) = check_signing_party(message, other, {"4601000000": "91000000000000008C"})
    assert found.code == "signer-not-party"
