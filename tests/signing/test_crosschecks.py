"""Independent verifiers of the trade: xmlsec1, Apache Santuario and OpenSSL judge the messages that we sign.

Every message that an enterprise sends, of one document and of as many as the schema admits, with RSA and with SM2. Each
verifier must refuse a changed copy too.
"""

import shutil
from base64 import b64decode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha1, sha256
from pathlib import Path

import pytest
from lxml import etree

from customs.documents import DOCUMENTS_IN_A_MESSAGE, MESSAGES
from customs.signing import Algorithm, Certificate, Signer, Sm2Signer, sign, sign_envelope, verify
from customs.testing import issue_test_key
from customs.testing.keys import KeyPair, issue_test_root
from customs.testing.parcels import DECLARANT
from customs.wire import AddInfo, wrap
from customs.wire.canonical import XML_DECLARATION
from support import MORNING, ROOT, Openssl, absent, der_of, flipped, openssl_of_the_machine, run
from support.engines import Xmlsec1
from support.other_forms import with_default_namespace
from support.unsigned_messages import unsigned

CEB = "http://www.chinaport.gov.cn/ceb"
DS = "http://www.w3.org/2000/09/xmldsig#"

IMPORT = {"CEB311", "CEB411", "CEB511", "CEB513", "CEB621", "CEB623", "CEB625", "CEB711"}
EXPORT = {
    "CEB213", "CEB215", "CEB303", "CEB403", "CEB505", "CEB507", "CEB509", "CEB603", "CEB605", "CEB607", "CEB701",
}  # fmt: skip

#: Messages and how many documents they carry: one, and as many as the schema admits.
SHAPES = [
    (name, count)
    for name in sorted(IMPORT | EXPORT)
    for count in sorted({1, min(MESSAGES[name].most or DOCUMENTS_IN_A_MESSAGE, DOCUMENTS_IN_A_MESSAGE)})
]
each_message = pytest.mark.parametrize(("name", "count"), SHAPES)


JARS = [Path("/usr/share/java") / name for name in ("xmlsec.jar", "slf4j-api.jar", "slf4j-nop.jar")]
SINCE = datetime(2026, 1, 1)

Verdicts = Callable[[Sequence[Path]], list[str]]


@pytest.fixture(scope="session")
def openssl() -> str:
    return openssl_of_the_machine()


@pytest.fixture(scope="session")
def santuario(tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    """Apache Santuario: what it says of messages in files, all in one process of Java."""
    java, javac = shutil.which("java"), shutil.which("javac")
    if not java or not javac or not all(jar.exists() for jar in JARS):
        absent("Apache Santuario is not installed: Debian's libxml-security-java and a JDK")
    assert java
    assert javac
    classes = tmp_path_factory.mktemp("santuario")
    jars = ":".join(map(str, JARS))
    compiled = run(javac, "-cp", jars, "-d", str(classes), str(ROOT / "tests" / "signing" / "Santuario.java"))
    assert compiled.returncode == 0, compiled.stderr

    def verdicts(paths: Sequence[Path]) -> list[str]:
        found = run(java, "-cp", f"{jars}:{classes}", "Santuario", *map(str, paths))
        assert found.returncode == 0, found.stderr
        return found.stdout.splitlines()

    return verdicts


@pytest.fixture(scope="session")
def sm2_root(openssl: str) -> KeyPair:
    """A certificate authority with an SM2 key."""
    return issue_test_root("测试根", since=SINCE, kind="SM2")


@pytest.fixture(scope="session")
def sm2_keys(sm2_root: KeyPair) -> KeyPair:
    """An SM2 key of the sample parcels' declarant, its certificate from the authority."""
    return issue_test_key(*DECLARANT, since=SINCE, kind="SM2", issuer=sm2_root)


@pytest.fixture(scope="session")
def sm2_signer(sm2_keys: KeyPair) -> Signer:
    return sm2_keys.signer()


@pytest.fixture(scope="session")
def sm2_public_key(openssl: str, sm2_keys: KeyPair, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public key that OpenSSL finds in the certificate."""
    folder = tmp_path_factory.mktemp("sm2")
    (folder / "cert.pem").write_bytes(sm2_keys.certificate)
    found = run(openssl, "x509", "-in", str(folder / "cert.pem"), "-noout", "-pubkey")
    assert found.returncode == 0, found.stderr
    (folder / "key.pem").write_text(found.stdout)
    return folder / "key.pem"


@pytest.fixture
def xmlsec(xmlsec1: str, keys: KeyPair, tmp_path: Path) -> Xmlsec1:
    return Xmlsec1.of_root(xmlsec1, keys.certificate, tmp_path)


@pytest.fixture
def sm2(openssl: str, sm2_public_key: Path, tmp_path: Path) -> Openssl:
    return Openssl(openssl, sm2_public_key, tmp_path)


def a_second_off(message: bytes) -> bytes:
    """The message with one byte changed, the last digit of a document's time."""
    place = message.index(b"</ceb:appTime>") - 1
    digit = b"1" if message[place : place + 1] != b"1" else b"2"
    return message[:place] + digit + message[place + 1 :]


def signed_info(message: bytes) -> bytes:
    """SignedInfo in its place, canonical: cut out of the canonical message, every namespace in scope on its start
    tag.
    """
    (node,) = etree.fromstring(message).iter(f"{{{DS}}}SignedInfo")
    name = f"{node.prefix}:SignedInfo" if node.prefix else "SignedInfo"
    in_scope = sorted((prefix or "", uri) for prefix, uri in node.nsmap.items())
    scope = "".join(f' xmlns{prefix and ":"}{prefix}="{uri}"' for prefix, uri in in_scope)
    _, start, rest = etree.tostring(node.getroottree(), method="c14n").partition(f"<{name}>".encode())
    content, end, _ = rest.partition(f"</{name}>".encode())
    assert start, "nothing is declared on SignedInfo itself"
    return f"<{name}{scope}>".encode() + content + end


def without_signature(message: bytes) -> bytes:
    """The canonical message without its signature, which is the last child."""
    root = etree.fromstring(message)
    assert root[-1].tag == f"{{{DS}}}Signature"
    assert root[-1].tail is None
    root.remove(root[-1])
    return etree.tostring(root, method="c14n")


def value_of(message: bytes, name: str) -> bytes:
    """What an element of the signature holds in base64."""
    (node,) = etree.fromstring(message).iter(f"{{{DS}}}{name}")
    return b64decode(node.text or "", validate=True)


def test_these_are_the_messages_that_enterprises_send() -> None:
    sent = {name: kind.flow for name, kind in MESSAGES.items() if not kind.from_customs}
    assert sent == dict.fromkeys(IMPORT, "import") | dict.fromkeys(EXPORT, "export")
    assert {name for name, count in SHAPES if count == 100} == (IMPORT | EXPORT) - {"CEB711"}


@each_message
@pytest.mark.parametrize("kind", ["RSA", "SM2"])
@pytest.mark.long
def test_the_signature_is_the_last_child_and_all_else_stays_as_it_was(
    kind: str, name: str, count: int, request: pytest.FixtureRequest
) -> None:
    message = sign(unsigned(name, count), request.getfixturevalue("signer" if kind == "RSA" else "sm2_signer"))
    children = [etree.QName(each).localname for each in etree.fromstring(message)]
    documents = [each for each in children if each not in ("BaseTransfer", "Signature")]
    assert children == [*documents, "BaseTransfer", "Signature"]
    assert len(documents) == count
    assert without_signature(message) == unsigned(name, count)[len(XML_DECLARATION) :]


@each_message
@pytest.mark.long
def test_xmlsec1_accepts_each_message_and_refuses_it_a_second_off(
    name: str, count: int, xmlsec: Xmlsec1, signer: Signer
) -> None:
    message = sign(unsigned(name, count), signer)
    assert not xmlsec.says(message)
    assert "data and digest do not match" in xmlsec.says(a_second_off(message))


def test_xmlsec1_refuses_a_message_that_another_key_signed(xmlsec: Xmlsec1) -> None:
    stranger = issue_test_key(*DECLARANT, since=SINCE).signer()
    assert "certificate verification failed" in xmlsec.says(sign(unsigned("CEB621", 1), stranger))


@pytest.mark.long
def test_santuario_accepts_every_message_by_our_certificate_and_refuses_it_a_second_off(
    santuario: Verdicts, signer: Signer, tmp_path: Path
) -> None:
    messages = {f"{name} of {count}": sign(unsigned(name, count), signer) for name, count in SHAPES}
    messages["default namespace"] = with_default_namespace(unsigned("CEB621", 1), signer)
    messages |= {f"{what}, a second off": a_second_off(message) for what, message in messages.items()}
    paths = [tmp_path / f"{number}.xml" for number in range(len(messages))]
    for path, message in zip(paths, messages.values(), strict=True):
        path.write_bytes(message)
    ours = sha256(signer.certificate.der).hexdigest()
    assert dict(zip(messages, santuario(paths), strict=True)) == {
        what: f"{'refused' if what.endswith('a second off') else 'accepted'} {ours}" for what in messages
    }


@each_message
@pytest.mark.long
def test_openssl_accepts_the_sm2_signature_of_each_message_and_no_bit_less(
    name: str, count: int, sm2: Openssl, sm2_signer: Signer
) -> None:
    message = sign(unsigned(name, count), sm2_signer)
    signature, signed = der_of(value_of(message, "SignatureValue")), signed_info(message)
    assert Algorithm.SM2_SM3.signature_method.encode() in signed
    assert sm2.accepts(signature, signed)
    assert not sm2.accepts(signature, flipped(signed, len(signed) // 2))
    assert value_of(message, "DigestValue") == sm2.sm3(without_signature(message))
    assert value_of(message, "DigestValue") != sm2.sm3(without_signature(a_second_off(message)))


def test_openssl_accepts_the_signature_that_names_the_methods_of_the_field(sm2: Openssl, sm2_keys: KeyPair) -> None:
    field = Sm2Signer.from_pem(sm2_keys.key, sm2_keys.certificate, algorithm=Algorithm.SM2_FIELD)
    message = sign(unsigned("CEB621", 1), field)
    assert f'SignatureMethod Algorithm="{DS}sm2-sm3"'.encode() in signed_info(message)
    assert sm2.accepts(der_of(value_of(message, "SignatureValue")), signed_info(message))
    assert value_of(message, "DigestValue") == sha1(without_signature(message), usedforsecurity=False).digest()


def test_openssl_finds_each_link_of_an_sm2_chain(openssl: str, sm2_root: KeyPair, tmp_path: Path) -> None:
    middle = issue_test_root("测试中间", since=SINCE, kind="SM2", issuer=sm2_root)
    pairs = {
        "root": sm2_root,
        "leaf": issue_test_key(*DECLARANT, since=SINCE, kind="SM2", issuer=sm2_root),
        "middle": middle,
        "below": issue_test_key(*DECLARANT, since=SINCE, kind="SM2", issuer=middle),
        "namesake": issue_test_root("测试根", since=SINCE, kind="SM2"),
    }
    for name, pair in pairs.items():
        (tmp_path / f"{name}.pem").write_bytes(pair.certificate)

    def verdict(certificate: str, issuer: str) -> str:
        """OpenSSL gives the user id to the certificate in question only, so that each link is judged by itself."""
        at = int(MORNING.replace(tzinfo=UTC).timestamp())
        found = run(
            openssl,
            "verify",
            "-vfyopt",
            "distid:1234567812345678",
            "-attime",
            str(at),
            "-partial_chain",
            "-CAfile",
            str(tmp_path / f"{issuer}.pem"),
            str(tmp_path / f"{certificate}.pem"),
        )
        return "OK" if found.returncode == 0 and found.stdout.endswith(": OK\n") else found.stderr

    assert verdict("leaf", "root") == verdict("middle", "root") == verdict("below", "middle") == "OK"
    assert "certificate signature failure" in verdict("leaf", "namesake")
    assert "unable to get local issuer certificate" in verdict("below", "root")


@pytest.mark.long
def test_the_default_namespace_form_with_rsa_holds_for_xmlsec1_and_for_us(xmlsec: Xmlsec1, signer: Signer) -> None:
    for name in ("CEB621", "CEB603"):
        message = with_default_namespace(unsigned(name, 100), signer)
        assert not xmlsec.says(message)
        assert "data and digest do not match" in xmlsec.says(a_second_off(message))
        assert verify(message, signed_by=signer.certificate).valid
        assert not verify(a_second_off(message)).valid


@pytest.mark.long
def test_the_default_namespace_form_with_sm2_holds_for_openssl_and_for_us(sm2: Openssl, sm2_keys: KeyPair) -> None:
    for name in ("CEB621", "CEB603"):
        message = with_default_namespace(unsigned(name, 100), sm2_keys.signer())
        signature, signed = der_of(value_of(message, "SignatureValue")), signed_info(message)
        assert signed.startswith(f'<SignedInfo xmlns="{DS}" xmlns:ceb="{CEB}" xmlns:xsi='.encode())
        assert sm2.accepts(signature, signed)
        assert not sm2.accepts(signature, flipped(signed, 100))
        assert value_of(message, "DigestValue") == sm2.sm3(without_signature(message))
        assert verify(message, signed_by=Certificate.load(sm2_keys.certificate)).valid
        assert not verify(a_second_off(message)).valid


def envelope_of(message: bytes) -> bytes:
    route = {
        "copy_id": "DXPENT0000000001202611110800000001",
        "sender": "DXPENT0000000001",
        "receivers": ["DXPEDCCEB0000002"],
    }
    return wrap(message, **route, created=MORNING, added=AddInfo(file_name="a.xml"))  # type: ignore[arg-type]


@pytest.mark.parametrize("with_certificate", [False, True])
def test_xmlsec1_accepts_the_transport_signature_by_the_name_of_its_key(
    xmlsec1: str, keys: KeyPair, signer: Signer, tmp_path: Path, with_certificate: bool
) -> None:
    (tmp_path / "cert.pem").write_bytes(keys.certificate)
    sent = sign_envelope(envelope_of(sign(unsigned("CEB621", 1), signer)), signer, with_certificate=with_certificate)
    # the receivers' element is signed too: who else may get the message cannot be changed
    for content, accepted in ((sent, True), (sent.replace(b"DXPEDCCEB0000002", b"DXPEDCCEB0000003"), False)):
        (tmp_path / "envelope.xml").write_bytes(content)
        found = run(
            xmlsec1,
            "--verify",
            "--enabled-key-data",
            "key-name",
            "--enabled-reference-uris",
            "empty",
            f"--pubkey-cert-pem:{signer.certificate.key_name}",
            str(tmp_path / "cert.pem"),
            str(tmp_path / "envelope.xml"),
        )
        assert (found.returncode == 0) is accepted, found.stderr
        assert verify(content, signed_by=signer.certificate).valid is accepted


def test_openssl_accepts_the_transport_signature_of_an_sm2_key(sm2: Openssl, sm2_signer: Signer) -> None:
    sent = sign_envelope(envelope_of(unsigned("CEB311", 1)), sm2_signer)
    signature, signed = der_of(value_of(sent, "SignatureValue")), signed_info(sent)
    assert signed.startswith(
        b'<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:dxp="http://www.chinaport.gov.cn/dxp">'
    )
    assert sm2.accepts(signature, signed)
    assert not sm2.accepts(signature, flipped(signed, 300))
    assert value_of(sent, "DigestValue") == sm2.sm3(without_signature(sent))
