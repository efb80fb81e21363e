"""Signing: which bytes, which keys, and that no key is ever shown."""

import logging
import subprocess
import traceback
import weakref
from base64 import b64decode, b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
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
from customs.documents import MESSAGES
from customs.signing import (
    Algorithm,
    Certificate,
    CertificateError,
    RsaSigner,
    Signer,
    SigningError,
    Sm2Signer,
    load_signer,
    sign,
    verify,
)
from customs.signing.algorithm import sm3, sm3_of_cryptography
from customs.signing.libcrypto import LibcryptoError, Sm2Key
from customs.testing import issue_test_key, sample_parcels
from customs.testing.keys import KeyPair
from customs.testing.parcels import DECLARANT
from customs.wire.canonical import XML_DECLARATION
from support import MORNING, ROOT, SINGLES_DAY, absent, openssl_of_the_machine, run
from support.memory import holders_of, reachable
from support.other_forms import with_default_namespace
from support.unsigned_messages import unsigned

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
    run = customs.Run(signer=signer, on=SINGLES_DAY, clock=customs.fixed_clock(MORNING), guids=customs.seeded_guids(1))
    stream = run.prepare_many(sample_parcels(101, seed=3, mode="1210"))
    messages = [message for batch in stream for message in batch.messages]
    assert [len(message.keys) for message in messages] == [100] * 4 + [1] * 4
    for message in messages:
        path = tmp_path / message.file_name
        path.write_bytes(message.content)
        command = [
            xmlsec1,
            "--verify",
            "--enabled-key-data",
            "x509",
            "--enabled-reference-uris",
            "empty",
            "--verification-time",
            "2026-11-11 08:00:00",
            "--trusted-pem",
            str(tmp_path / "cert.pem"),
            str(path),
        ]
        found = subprocess.run(command, capture_output=True, check=False)
        assert found.returncode == 0, found.stderr.decode()


def test_python_xmlsec_accepts_the_signature_with_the_certificate_inside(signed: bytes, python_xmlsec: Any) -> None:
    node = etree.fromstring(signed).find(f"{DS}Signature")
    assert node is not None
    inside = node.findtext(f".//{DS}X509Certificate")
    assert inside is not None
    context = python_xmlsec.SignatureContext()
    context.key = python_xmlsec.Key.from_memory(b64decode(inside), python_xmlsec.constants.KeyDataFormatCertDer, None)
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


def test_a_key_from_pkcs12_signs_as_the_one_from_pem(
    keys: KeyPair, signed: bytes, walk: Walk, parcel: customs.Declaration
) -> None:
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


@pytest.mark.parametrize(
    "rubbish", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", b"\x30\x00"]
)
def test_rubbish_is_no_certificate(keys: KeyPair, rubbish: bytes) -> None:
    with pytest.raises(CertificateError):
        RsaSigner.from_pem(keys.key, rubbish)


def test_rubbish_is_no_key_and_no_pkcs12(keys: KeyPair) -> None:
    with pytest.raises(SigningError, match="cannot be read"):
        RsaSigner.from_pem(b"rubbish", keys.certificate)
    with pytest.raises(SigningError, match="cannot be read"):
        RsaSigner.from_pkcs12(b"rubbish", b"secret")


@pytest.mark.parametrize("indent", ["", "\n  "], ids=["compact", "indented"])
def test_a_message_that_others_signed_is_not_signed_again(signer: RsaSigner, indent: str) -> None:
    signed = with_default_namespace(unsigned("CEB311", 1), signer, indent)
    other = signed.replace(b"<Signature xmlns=", b"<x:Signature xmlns:x=").replace(b"</Signature>", b"</x:Signature>")
    for message in (signed, other):
        with pytest.raises(SigningError, match="the message is already signed"):
            sign(message, signer)


def test_the_word_signature_in_a_value_is_no_signature(signer: RsaSigner) -> None:
    message = unsigned("CEB311", 1).replace(b"<ceb:note>", b"<ceb:note>&lt;Signature&gt; Signature ", 1)
    assert b"Signature" in message
    assert verify(sign(message, signer)).valid


def test_only_canonical_unsigned_messages_are_signed(signed: bytes, signer: RsaSigner) -> None:
    with pytest.raises(SigningError, match="already signed"):
        sign(signed, signer)
    with pytest.raises(SigningError, match="written by customs"):
        sign(b"<x></x>", signer)


# SM2 keys


@pytest.fixture(scope="module")
def sm2() -> KeyPair:
    """An SM2 key of the declarant."""
    try:
        return issue_test_key(*DECLARANT, since=datetime(2026, 1, 1), kind="SM2")
    except LibcryptoError as error:
        absent(str(error))
        raise


def test_a_message_is_signed_with_sm2_and_the_names_of_the_standard(
    walk: Walk, parcel: customs.Declaration, sm2: KeyPair
) -> None:
    message = walk(parcel, signer=sm2.signer()).messages[3].content
    assert b'SignatureMethod Algorithm="http://www.chinaport.gov.cn/2022/04/xmldsig#sm2-sm3"' in message
    assert b'DigestMethod Algorithm="http://www.chinaport.gov.cn/2022/04/xmldsig#sm3"' in message
    value = etree.fromstring(message).findtext(f".//{DS}SignatureValue")
    digest = etree.fromstring(message).findtext(f".//{DS}DigestValue")
    assert value
    assert digest
    assert (len(value), len(b64decode(value)), len(digest)) == (88, 64, 44)
    assert verify(message, signed_by=Certificate.load(sm2.certificate)).trusted


def test_sm3_is_the_same_by_either_library() -> None:
    for size in (0, 1, 55, 56, 64, 2047, 2048, 5000):
        assert sm3(b"x" * size) == sm3_of_cryptography(b"x" * size)
    # the example of the standard, GB/T 32905
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_an_sm2_key_is_read_from_pem_and_der_encrypted_or_not(sm2: KeyPair) -> None:
    key, certificate = Sm2Key.load(sm2.key), Certificate.load(sm2.certificate)
    plain, closed = key.private_pem(), key.private_pem(b"secret")
    assert b"ENCRYPTED" in closed
    for content, password in ((plain, None), (der_of(plain), None), (closed, b"secret"), (der_of(closed), b"secret")):
        signer = Sm2Signer.from_pem(content, certificate.der, password)
        assert certificate.public_key
        assert certificate.public_key.verifies(signer.sign(b"data").value, b"data")
    for content in (closed, der_of(closed)):
        with pytest.raises(SigningError, match="give its password"):
            Sm2Signer.from_pem(content, sm2.certificate)
        with pytest.raises(SigningError, match="give the right password"):
            Sm2Signer.from_pem(content, sm2.certificate, b"wrong")


def der_of(pem: bytes) -> bytes:
    return b64decode(b"".join(pem.splitlines()[1:-1]))


def test_keys_that_openssl_made_are_read(tmp_path: Path) -> None:
    """PKCS#8 encrypted with SM4 as other tools of the trade do, and the traditional form."""
    openssl = openssl_of_the_machine()
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "cert.pem")
    sm4, old = str(tmp_path / "sm4.pem"), str(tmp_path / "old.pem")
    for command in (
        ["genpkey", "-algorithm", "SM2", "-out", key],
        [
            "req",
            "-new",
            "-x509",
            "-sm3",
            "-key",
            key,
            "-subj",
            "/O=TEST",
            "-out",
            certificate,
            "-sigopt",
            "distid:1234567812345678",
        ],
        ["pkcs8", "-topk8", "-in", key, "-v2", "sm4-cbc", "-passout", "pass:secret", "-out", sm4],
        ["ec", "-in", key, "-out", old],
    ):
        done = run(openssl, *command)
        assert done.returncode == 0, done.stderr
    for path, password in ((key, None), (sm4, b"secret"), (old, None)):
        signer = load_signer(Path(path).read_bytes(), Path(certificate).read_bytes(), password)
        assert signer.algorithm is Algorithm.SM2_SM3
        assert signer.certificate.signature_algorithm == "SM2 with SM3"
        assert verify(sign((ROOT / "tests" / "golden" / "1210-CEB311.xml").read_bytes(), signer)).valid


def test_the_certificate_says_which_kind_of_key_it_is(keys: KeyPair, sm2: KeyPair) -> None:
    assert isinstance(load_signer(keys.key, keys.certificate), RsaSigner)
    assert isinstance(load_signer(sm2.key, sm2.certificate), Sm2Signer)
    with pytest.raises(SigningError, match="the key is not an SM2 key"):
        load_signer(keys.key, sm2.certificate)
    with pytest.raises(SigningError, match="not an RSA key"):
        load_signer(sm2.key, keys.certificate)
    with pytest.raises(SigningError, match="RSA_SHA1 needs an RSA key, the certificate's is SM2"):
        Sm2Signer.from_pem(sm2.key, sm2.certificate, algorithm=Algorithm.RSA_SHA1)
    other = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1), kind="SM2")
    with pytest.raises(SigningError, match="another key"):
        load_signer(sm2.key, other.certificate)


def der_block(label: str, content: bytes) -> bytes:
    return b"-----BEGIN %s-----\n%s\n-----END %s-----\n" % (label.encode(), b64encode(content), label.encode())


#: The parameters that OpenSSL puts before an SM2 key: the object identifier of its curve.
PARAMETERS = der_block("EC PARAMETERS", bytes.fromhex("06082a811ccf5501822d"))

SHAPES: dict[str, Callable[[bytes, bytes], bytes]] = {
    "parameters before the key": lambda key, certificate: PARAMETERS + key,
    "parameters before it as OpenSSL 3 names them": lambda key, certificate: (
        PARAMETERS.replace(b"EC P", b"SM2 P") + key
    ),
    "the certificate before the key": lambda key, certificate: certificate + key,
    "the certificate after the key": lambda key, certificate: key + certificate,
    "a key of another kind before it": lambda key, certificate: der_block("PRIVATE KEY", b"0\x03\x02\x01\x00") + key,
    "on one line": lambda key, certificate: key.replace(b"\n", b""),
    "on one line, blanks in place of line breaks": lambda key, certificate: key.replace(b"\n", b" "),
    "line breaks written out": lambda key, certificate: key.replace(b"\n", b"\\n"),
    "indented": lambda key, certificate: b"".join(b"    " + each for each in key.splitlines(keepends=True)),
    "lines of Windows": lambda key, certificate: key.replace(b"\n", b"\r\n"),
    "a byte order mark": lambda key, certificate: b"\xef\xbb\xbf" + key,
    "UTF-16 of a Windows shell": lambda key, certificate: key.decode().encode("utf-16"),
    "attributes of a bag": lambda key, certificate: (
        b"Bag Attributes\n    localKeyID: 01 \nKey Attributes: <None>\n" + key
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("closed", [False, True], ids=["plain", "encrypted"])
@pytest.mark.long
def test_a_key_is_found_in_pem_of_any_shape(shape: str, closed: bool, keys: KeyPair, sm2: KeyPair) -> None:
    for pair, content in ((keys, encrypted(keys)), (sm2, Sm2Key.load(sm2.key).private_pem(b"secret"))):
        given = SHAPES[shape](content if closed else pair.key, pair.certificate)
        signer = load_signer(given, pair.certificate, b"secret" if closed else None)
        assert signer.certificate == Certificate.load(pair.certificate)
        assert load_signer(pair.key, SHAPES[shape](pair.certificate, pair.key)).certificate == signer.certificate


def test_one_pem_file_holds_key_and_certificates(keys: KeyPair, sm2: KeyPair) -> None:
    for pair, kind in ((keys, RsaSigner), (sm2, Sm2Signer)):
        other = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1), kind="RSA" if pair is keys else "SM2")
        signer = load_signer(other.certificate + pair.key + pair.certificate)
        assert isinstance(signer, kind)
        assert signer.certificate == Certificate.load(pair.certificate)


@pytest.mark.parametrize(
    ("key", "password", "says"),
    [
        ("plain, damaged", None, "the key is damaged or neither RSA nor SM2"),
        ("encrypted", None, "the key is encrypted: give its password"),
        ("encrypted", b"wrong", "give the right password"),
        ("none", None, "the file holds no private key that can be read, but EC PARAMETERS, CERTIFICATE"),
    ],
)
def test_only_an_encrypted_key_asks_for_a_password(
    key: str, password: bytes | None, says: str, keys: KeyPair, sm2: KeyPair
) -> None:
    for pair, closed in ((keys, encrypted(keys)), (sm2, Sm2Key.load(sm2.key).private_pem(b"secret"))):
        damaged = pair.key.replace(b"-----\nM", b"-----\nN", 1)
        given = {"plain, damaged": damaged, "encrypted": closed, "none": PARAMETERS + pair.certificate}[key]
        with pytest.raises(SigningError, match=says) as refused:
            load_signer(given, pair.certificate, password)
        assert ("password" in str(refused.value)) is (key == "encrypted")


@pytest.mark.parametrize("ciphers", ["AES", "SM4", "RC2"])
def test_an_sm2_key_is_read_from_pkcs12(tmp_path: Path, sm2: KeyPair, ciphers: str) -> None:
    """Or, where its ciphers are of old, the error names a command that takes it out."""
    openssl, bundle = openssl_of_the_machine(), tmp_path / "bundle.p12"
    for name, content in (("key.pem", sm2.key), ("cert.pem", sm2.certificate)):
        (tmp_path / name).write_bytes(content)
    options = {"AES": [], "SM4": ["-keypbe", "SM4-CBC", "-certpbe", "SM4-CBC", "-macalg", "SM3"], "RC2": ["-legacy"]}
    files = ["-inkey", str(tmp_path / "key.pem"), "-in", str(tmp_path / "cert.pem"), "-out", str(bundle)]
    made = run(openssl, "pkcs12", "-export", *options[ciphers], *files, "-passout", "pass:secret")
    assert made.returncode == 0, made.stderr
    own = Certificate.load(sm2.certificate)
    if ciphers != "RC2":
        assert load_signer(bundle.read_bytes(), password=b"secret").certificate == own
        with pytest.raises(SigningError, match="give the right password"):
            load_signer(bundle.read_bytes(), password=b"wrong")
        with pytest.raises(SigningError, match="give its password"):
            load_signer(bundle.read_bytes())
        with pytest.raises(SigningError, match="is an SM2 key, not an RSA key"):
            RsaSigner.from_pkcs12(bundle.read_bytes(), b"secret")
        return
    with pytest.raises(SigningError, match=r"openssl pkcs12 -legacy -in FILE -nodes -out key\.pem") as refused:
        load_signer(bundle.read_bytes(), password=b"secret")
    command = str(refused.value).partition("with openssl ")[2].partition(",")[0]
    taken = tmp_path / "key.pem"
    words = [{"FILE": str(bundle), "key.pem": str(taken)}.get(word, word) for word in command.split()]
    assert run(openssl, *words, "-passin", "pass:secret").returncode == 0
    assert load_signer(taken.read_bytes(), taken.read_bytes()).certificate == own
    assert load_signer(taken.read_bytes()).certificate == own


def test_threads_share_a_signer(keys: KeyPair, sm2: KeyPair) -> None:
    for pair in (keys, sm2):
        signer, pieces = pair.signer(), [b"piece %d" % number for number in range(200)]
        with ThreadPoolExecutor(8) as threads:
            made = list(threads.map(signer.sign, pieces))
        key = signer.certificate.public_key
        assert key
        assert all(key.verifies(each.value, piece) for each, piece in zip(made, pieces, strict=True))


# what is never shown


@pytest.mark.long
def test_no_key_password_or_holder_is_shown_whatever_fails(
    keys: KeyPair, sm2: KeyPair, walk: Walk, parcel: customs.Declaration, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown = []
    wrong = "".join(["Wrong", "Password", "9"]).encode()
    closed = {"RSA": encrypted(keys), "SM2": Sm2Key.load(sm2.key).private_pem(b"secret")}
    for pair, content in ((keys, closed["RSA"]), (sm2, closed["SM2"])):
        message = walk(parcel, signer=pair.signer()).messages[3].content
        other = issue_test_key(
            "别家公司", "91000000000000008C", since=datetime(2026, 1, 1), kind="SM2" if pair is sm2 else "RSA"
        )
        failures: list[Callable[[], object]] = [
            lambda content=content, pair=pair: load_signer(content, pair.certificate, wrong),  # type: ignore[misc]
            lambda content=content, pair=pair: load_signer(content, pair.certificate),  # type: ignore[misc]
            lambda content=content, pair=pair: load_signer(content[:-50], pair.certificate, b"secret"),  # type: ignore[misc]
            lambda content=content, other=other: load_signer(content, other.certificate, b"secret"),  # type: ignore[misc]
            lambda content=content: load_signer(content, None, wrong),  # type: ignore[misc]
            lambda pair=pair: load_signer(pair.certificate, pair.key),  # type: ignore[misc]
            lambda message=message, pair=pair: sign(message, pair.signer()),  # type: ignore[misc]
        ]
        for fail in failures:
            with pytest.raises((SigningError, CertificateError)) as caught:
                fail()
            shown.append("".join(traceback.format_exception(caught.value)))
        found = verify(message.replace(b"<ceb:packNo>1<", b"<ceb:packNo>2<"), at=datetime(2030, 1, 1))
        assert found.reasons
        shown += [
            repr(found),
            repr(pair),
            repr(pair.signer()),
            repr(found.certificate),
            repr(pair.signer().sign(b"data")),
        ]
    text = "\n".join([*shown, caplog.text])
    assert parcel.order.buyer_name
    secrets = ["-----BEGIN", wrong.decode(), DECLARANT[0], parcel.order.buyer_name]
    secrets += [
        line.decode() for pem in (*closed.values(), keys.key, sm2.key) for line in pem.splitlines() if len(line) > 40
    ]
    assert [secret for secret in secrets if secret in text] == []


# the place of the signature


EXTENSION = b"<ceb:ExtendMessage><ceb:name>x</ceb:name><ceb:version>1.0</ceb:version><ceb:Message><x></x></ceb:Message></ceb:ExtendMessage>"


@pytest.mark.parametrize("kind", ["RSA", "SM2"])
def test_a_signer_holds_no_text_of_its_key_and_gives_the_key_up_when_it_is_closed(
    kind: str, keys: KeyPair, sm2: KeyPair
) -> None:
    pair = keys if kind == "RSA" else sm2
    lines = pair.key.decode().splitlines()
    der = b64decode("".join(lines[1:-1]))
    secret = (der[-40:] if kind == "RSA" else der[der.index(b"\x04\x20") :][:34]).decode("latin-1")
    with load_signer(pair.key, pair.certificate) as signer:
        assert signer.sign(b"data")
        held = [type(each).__name__ for each in reachable(signer)]
        for text in (lines[1], secret):
            assert holders_of(text, signer) == []
        assert {"RSAPrivateKey", "Sm2Key"} & set(held)
    assert not {"RSAPrivateKey", "Sm2Key"} & {type(each).__name__ for each in reachable(signer)}
    with pytest.raises(SigningError, match=r"^the signer is closed: open the key anew 密钥已关闭，请重新打开$"):
        signer.sign(b"data")


def test_an_sm2_key_is_freed_with_the_last_signature_that_is_being_made(sm2: KeyPair) -> None:
    key = Sm2Key.load(sm2.key)
    signer = Sm2Signer(key, Certificate.load(sm2.certificate))
    freed: list[bool] = []
    weakref.finalize(key, freed.append, True)
    signer.close()
    assert not freed, "still in use here"
    del key
    assert freed == [True]


@pytest.mark.parametrize("name", sorted(name for name, kind in MESSAGES.items() if not kind.from_customs))
@pytest.mark.long
def test_the_signature_stands_before_the_extension_on_the_export_side_and_after_it_on_the_import_side(
    name: str, signer: RsaSigner
) -> None:
    root = f"</ceb:{name}Message>".encode()
    head, _, _ = unsigned(name, 1).rpartition(root)
    children = [etree.QName(each).localname for each in etree.fromstring(sign(head + EXTENSION + root, signer))]
    expected = ["ExtendMessage", "Signature"] if MESSAGES[name].flow == "import" else ["Signature", "ExtendMessage"]
    assert children[-2:] == expected


@pytest.mark.parametrize(("name", "last"), [("CEB621", "Signature"), ("CEB603", "ExtendMessage")])
def test_the_signature_stands_after_the_extension_on_the_import_side_and_before_it_on_the_export_side(
    official: Path, signer: Signer, name: str, last: str
) -> None:
    message = unsigned(name, 1)
    end = message.rindex(b"</")
    signed = sign(message[:end] + EXTENSION + message[end:], signer)
    root = etree.fromstring(signed)
    assert etree.QName(root[-1]).localname == last
    assert verify(signed).valid
    assert etree.tostring(root, method="c14n") == signed[len(XML_DECLARATION) :]
    (schema,) = (official / "xsd-2022-05").glob(f"*{'进口' if name == 'CEB621' else '出口'}业务节点*.xsd")
    etree.XMLSchema(etree.parse(schema)).assertValid(root)
    etree.XMLSchema(etree.parse(ROOT / "schemas" / f"{name}.xsd")).assertValid(root)
