"""Ciphers of gateways: judged by openssl and xmlsec1, and none of them shows a key."""

import re
import traceback
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from cryptography.x509 import load_pem_x509_certificate
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from customs.areas.gateway import encodings
from customs.areas.gateway.ciphers import CIPHERS, CipherError, Key, cipher
from customs.signing.libcrypto import LibcryptoError
from customs.signing.xmldsig import C14N, DS, ENVELOPED
from customs.testing import issue_test_key
from customs.testing.keys import KeyPair
from customs.testing.parcels import DECLARANT
from customs.wire.canonical import XML_DECLARATION
from support import absent, flipped, openssl_of_the_machine, run, some

AES_KEY = b"fictitious key 1"

#: As the platform of Guangzhou wants it: the namespace of signatures on the root, comments inside.
ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<GzeportTransfer xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
  <Head>
    <MessageID>KJ881111_TESTENT_2024050112000000001</MessageID>
    <Receivers><Receiver>KJPUBLICPT</Receiver></Receivers>
    <Note a='1'>示例 &amp; &#13;</Note><Empty/>
  </Head>
  <Data>PG1vLz4=</Data>
  <!-- the signature follows -->
</GzeportTransfer>
""".encode()

XML_CIPHERS = ["xmldsig"]


class Pair:
    """An RSA key in the forms in which settings have it, and in files for the commands."""

    def __init__(self, private: rsa.RSAPrivateKey, folder: Path) -> None:
        self.private = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self.bits, self.folder = private.key_size, folder
        self.private_file, self.public_file = folder / "private.pem", folder / "public.pem"
        self.private_file.write_bytes(self.private)
        self.public_file.write_bytes(self.public)

    def file(self, content: bytes = b"", name: str = "content") -> str:
        (self.folder / name).write_bytes(content)
        return str(self.folder / name)


def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(rsa_key(1024), tmp_path_factory.mktemp("pair"))


@pytest.fixture(scope="session")
def attacker(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(rsa_key(1024), tmp_path_factory.mktemp("attacker"))


@pytest.fixture(scope="session")
def openssl() -> str:
    return openssl_of_the_machine()


@pytest.fixture(scope="session", params=[512, 1024, 2048])
def issued(request: pytest.FixtureRequest, openssl: str, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """A key that openssl made: of 512 bits, as gateways issued at first, and longer ones."""
    folder = tmp_path_factory.mktemp(f"rsa{request.param}")
    done(openssl, "genrsa", "-out", str(folder / "key.pem"), str(request.param))
    key = load_pem_private_key((folder / "key.pem").read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert key.key_size == request.param
    return Pair(key, folder)


def done(*command: str) -> None:
    found = run(*command)
    assert found.returncode == 0, found.stderr


def undone(name: str, content: bytes, key: Key | None = None) -> bytes:
    undo = cipher(name).undo
    assert undo
    return undo(content, key)


def holds(name: str, content: bytes, digest: bytes, key: Key | None = None) -> bool:
    check = cipher(name).check
    assert check
    return check(content, digest, key)


# The table


def test_every_scheme_stands_under_its_own_name_and_says_what_it_is() -> None:
    assert list(CIPHERS) == [
        "plain",
        "md5",
        "md5_upper",
        "base64",
        "gzip",
        "url",
        "aes_ecb",
        "rsa_sha1",
        "rsa_blocks",
        "xmldsig",
    ]
    for name, each in CIPHERS.items():
        assert each.name == name
        assert each.zh
        assert each.en
        assert (each.undo is None) == (each.check is not None), "a cipher is undone or checked"


def test_what_protects_little_is_marked() -> None:
    assert {name for name, each in CIPHERS.items() if not each.legacy} == {
        "plain",
        "base64",
        "gzip",
        "url",
    }


def test_a_cipher_that_nobody_knows_is_refused_with_the_names_of_all() -> None:
    with pytest.raises(LookupError, match=r"md5, md5_upper, .*xmldsig"):
        cipher("rot13")


# Digests


def test_ningbo_and_chongqing_get_the_digests_of_their_published_samples() -> None:
    assert (
        cipher("md5").make(b"demo" + b"demo-password" + b"2024-05-01 12:00:00", None)
        == b"5c10d1b4fb9a38899cdda612be0a0f3a"
    )
    assert (
        cipher("md5").make(b"00000000-0000-4000-8000-000000000001" + b"demo", None)
        == b"ca36e3d37d445282f5ebe1db563c7280"
    )


def test_shanghai_gets_its_digest_in_upper_case() -> None:
    assert cipher("md5_upper").make("示例".encode(), None) == cipher("md5").make("示例".encode(), None).upper()
    assert cipher("md5_upper").make(b"", None) == b"D41D8CD98F00B204E9800998ECF8427E"


@given(st.binary(), st.integers(0))
def test_a_digest_holds_for_its_content_and_for_no_other(content: bytes, place: int) -> None:
    for name in ("md5", "md5_upper"):
        digest = cipher(name).make(content, None)
        assert holds(name, content, digest)
        assert not holds(name, content + b"x", digest)
        assert not holds(name, content, flipped(digest, place))
        assert not holds(name, content, b"")


# Text and size


@given(st.binary())
def test_whatever_is_wrapped_comes_out_as_it_was(content: bytes) -> None:
    for name in ("base64", "gzip", "url"):
        assert undone(name, cipher(name).make(content, None)) == content


@given(st.binary())
def test_a_form_takes_the_text_as_it_is(content: bytes) -> None:
    made = cipher("url").make(content, None)
    assert not set(made) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-._+%")


def test_the_same_content_is_compressed_to_the_same_bytes_at_any_time() -> None:
    made = cipher("gzip").make(ENVELOPE, None)
    assert made[4:8] == bytes(4), "the time in the head"
    assert made == cipher("gzip").make(ENVELOPE, None)


def test_base64_of_older_java_clients_comes_in_lines() -> None:
    assert undone("base64", b"PG1v\r\nLz4=\r\n") == b"<mo/>"


@pytest.mark.long
def test_content_that_unpacks_to_more_than_a_message_may_have_is_refused() -> None:
    bomb = cipher("gzip").make(bytes(encodings.LARGEST_UNPACKED + 1), None)
    assert len(bomb) < 100_000
    with pytest.raises(CipherError, match="more than 67108864 bytes"):
        undone("gzip", bomb)


def test_the_limit_of_unpacked_content_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encodings, "LARGEST_UNPACKED", 1000)
    assert undone("gzip", cipher("gzip").make(bytes(1000), None)) == bytes(1000)
    with pytest.raises(CipherError, match="more than 1000 bytes"):
        undone("gzip", cipher("gzip").make(bytes(1001), None))


@pytest.mark.parametrize(
    ("name", "damaged"),
    [
        ("base64", b"PG1vLz4"),
        ("base64", b"PG1v*z4="),
        ("base64", "示例".encode()),
        ("gzip", b""),
        ("gzip", b"<mo/>"),
        ("gzip", cipher("gzip").make(b"<mo/>", None)[:-1]),
        ("gzip", cipher("gzip").make(b"<mo/>", None) + b"x"),
        ("gzip", flipped(cipher("gzip").make(b"<mo/>", None), -5)),
        ("url", b"100%"),
        ("url", b"%zz"),
        ("url", b"a b"),
        ("url", "示".encode()),
    ],
)
def test_damaged_wrapping_is_refused(name: str, damaged: bytes) -> None:
    with pytest.raises(CipherError):
        undone(name, damaged)


# AES


@pytest.mark.parametrize("content", [b"", b"<mo/>", b"x" * 16, "示例".encode() * 1000])
def test_openssl_and_the_library_decrypt_what_the_other_encrypted(openssl: str, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "plain").write_bytes(content)
    command = [openssl, "enc", "-aes-128-ecb", "-K", AES_KEY.hex()]
    done(*command, "-in", str(tmp_path / "plain"), "-out", str(tmp_path / "closed"))
    closed = (tmp_path / "closed").read_bytes()
    assert cipher("aes_ecb").make(content, AES_KEY) == closed
    assert undone("aes_ecb", closed, AES_KEY) == content
    done(*command, "-d", "-in", str(tmp_path / "closed"), "-out", str(tmp_path / "opened"))
    assert (tmp_path / "opened").read_bytes() == content


@given(st.binary(), st.binary(min_size=16, max_size=16))
def test_an_aes_key_means_the_same_as_bytes_base64_and_hexadecimal(content: bytes, key: bytes) -> None:
    made = cipher("aes_ecb").make(content, key)
    for form in (b64encode(key).decode(), key.hex(), key.hex().upper()):
        assert cipher("aes_ecb").make(content, form) == made
        assert undone("aes_ecb", made, form) == content


def test_an_aes_key_of_sixteen_characters_is_taken_as_they_stand() -> None:
    assert cipher("aes_ecb").make(b"<mo/>", AES_KEY.decode()) == cipher("aes_ecb").make(b"<mo/>", AES_KEY)


@pytest.mark.parametrize(
    "key",
    [
        None,
        "",
        b"",
        b"short",
        bytes(15),
        bytes(17),
        bytes(24),
        bytes(32),
        "fifteen letters",
        "十六个汉字不能作为这把密钥的字符",
        "!" * 24,
        "A" * 24,
        "z" * 32,
        "00 " * 10 + "00",
        "密" * 24,
    ],
)
def test_what_is_no_aes_key_is_refused(key: Key | None) -> None:
    with pytest.raises(CipherError, match="16 bytes"):
        cipher("aes_ecb").make(b"<mo/>", key)
    with pytest.raises(CipherError, match="16 bytes"):
        undone("aes_ecb", bytes(16), key)


@pytest.mark.parametrize("damaged", [b"", b"x", cipher("aes_ecb").make(ENVELOPE, AES_KEY)[:-1]])
def test_aes_content_of_a_wrong_length_is_refused(damaged: bytes) -> None:
    with pytest.raises(CipherError, match="whole blocks of 16 bytes"):
        undone("aes_ecb", damaged, AES_KEY)


def test_a_wrong_aes_key_shows_in_the_padding() -> None:
    with pytest.raises(CipherError, match="another key"):
        undone("aes_ecb", cipher("aes_ecb").make(b"<mo/>", AES_KEY), b"fictitious key 2")


# RSA


@pytest.mark.parametrize("content", [b"", "<mo>示例</mo>".encode() * 100])
@pytest.mark.long
def test_openssl_and_the_library_accept_the_signatures_of_each_other(
    openssl: str, issued: Pair, content: bytes
) -> None:
    path, signature = issued.file(content), issued.file(name="signature")
    done(openssl, "dgst", "-sha1", "-sign", str(issued.private_file), "-out", signature, path)
    theirs = Path(signature).read_bytes()
    assert cipher("rsa_sha1").make(content, issued.private) == theirs
    assert holds("rsa_sha1", content, theirs, issued.public)
    done(openssl, "dgst", "-sha1", "-verify", str(issued.public_file), "-signature", signature, path)
    issued.file(content + b"x")
    assert (
        run(openssl, "dgst", "-sha1", "-verify", str(issued.public_file), "-signature", signature, path).returncode != 0
    )
    assert not holds("rsa_sha1", content + b"x", theirs, issued.public)


def private_forms(pem: bytes) -> Iterator[Key]:
    key = load_pem_private_key(pem, None)
    for form in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL):
        written = key.private_bytes(Encoding.PEM, form, NoEncryption())
        der = key.private_bytes(Encoding.DER, form, NoEncryption())
        text = b64encode(der).decode()
        yield from (
            written,
            written.decode(),
            der,
            text,
            text.encode(),
            "\n".join(text[at : at + 64] for at in range(0, len(text), 64)),
        )


def public_forms(pem: bytes) -> Iterator[Key]:
    key = load_pem_public_key(pem)
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    yield from (pem, pem.decode(), der, b64encode(der), b64encode(der).decode())


def test_a_private_key_signs_the_same_in_every_form_in_which_platforms_issue_it(pair: Pair) -> None:
    assert len({cipher("rsa_sha1").make(b"<mo/>", form) for form in private_forms(pair.private)}) == 1


def test_a_signature_is_checked_with_a_public_key_in_every_form_or_a_certificate(pair: Pair, keys: KeyPair) -> None:
    signature = cipher("rsa_sha1").make(b"<mo/>", pair.private)
    for form in public_forms(pair.public):
        assert holds("rsa_sha1", b"<mo/>", signature, form)
    signature = cipher("rsa_sha1").make(b"<mo/>", keys.key)
    der = load_pem_x509_certificate(keys.certificate).public_bytes(Encoding.DER)
    for form in (keys.certificate, keys.certificate.decode(), der, b64encode(der).decode()):
        assert holds("rsa_sha1", b"<mo/>", signature, form)
        assert not holds("rsa_sha1", b"<mo></mo>", signature, form)


def test_a_signature_of_another_key_does_not_hold(pair: Pair, attacker: Pair) -> None:
    signature = cipher("rsa_sha1").make(b"<mo/>", attacker.private)
    assert not holds("rsa_sha1", b"<mo/>", signature, pair.public)
    for damaged in (b"", b"x", signature[:-1], signature + b"x"):
        assert not holds("rsa_sha1", b"<mo/>", damaged, attacker.public)


@pytest.mark.parametrize("size", [0, 1, 52, 53, 54, 117, 118, 1000])
@pytest.mark.long
def test_openssl_decrypts_the_blocks_and_the_library_those_of_openssl(openssl: str, issued: Pair, size: int) -> None:
    content, block = bytes(range(256)) * 4, issued.bits // 8
    content = content[:size]
    made = cipher("rsa_blocks").make(content, issued.public)
    assert len(made) == -(-size // (block - 11)) * block
    opened = b""
    for at in range(0, len(made), block):
        closed, plain = issued.file(made[at : at + block]), issued.file(name="plain")
        done(openssl, "pkeyutl", "-decrypt", "-inkey", str(issued.private_file), "-in", closed, "-out", plain)
        opened += Path(plain).read_bytes()
    assert opened == content
    plain, closed = issued.file(content[:50]), issued.file(name="closed")
    done(openssl, "pkeyutl", "-encrypt", "-pubin", "-inkey", str(issued.public_file), "-in", plain, "-out", closed)
    assert undone("rsa_blocks", Path(closed).read_bytes(), issued.private) == content[:50]


@settings(max_examples=30, deadline=None)
@given(content=st.binary(max_size=1000))
def test_what_was_encrypted_in_blocks_comes_out_as_it_was(pair: Pair, content: bytes) -> None:
    assert undone("rsa_blocks", cipher("rsa_blocks").make(content, pair.public), pair.private) == content


def test_the_same_content_is_never_encrypted_to_the_same_blocks(pair: Pair) -> None:
    assert cipher("rsa_blocks").make(b"<mo/>", pair.public) != cipher("rsa_blocks").make(b"<mo/>", pair.public)


def test_blocks_for_another_key_do_not_give_their_content(pair: Pair, attacker: Pair) -> None:
    made = cipher("rsa_blocks").make(b"<mo/>", pair.public)
    for content, key in ((made, attacker.private), (flipped(made, 50), pair.private)):
        try:
            found = undone("rsa_blocks", content, key)
        except CipherError:
            found = b""
        assert found != b"<mo/>", "an error or garbage"


def test_blocks_that_are_not_whole_or_too_large_a_number_are_refused(pair: Pair) -> None:
    made = cipher("rsa_blocks").make(b"<mo/>", pair.public)
    with pytest.raises(CipherError, match="whole blocks of 128 bytes, not 127"):
        undone("rsa_blocks", made[:-1], pair.private)
    with pytest.raises(CipherError, match="cannot be decrypted"):
        undone("rsa_blocks", b"\xff" * 128, pair.private)


def wrong_keys(pair: Pair) -> dict[str, Key | None]:
    """What is neither a private nor a public RSA key that can be used."""
    other = ec.generate_private_key(ec.SECP256R1())
    pem = load_pem_private_key(pair.private, None)
    form = Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    return {
        "none": None,
        "empty": "",
        "rubbish": "zq9-rubbish-zq9",
        "characters": "密钥密钥",
        "base64 of rubbish": b64encode(b"zq9-rubbish-zq9").decode(),
        "rubbish DER": b"\x30\x03zq9",
        "rubbish PEM": b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "rubbish certificate": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "cut": pair.private[:-100],
        "elliptic": other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "elliptic public": other.public_key().public_bytes(*form),
        "encrypted": pem.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"zq9")),
        "encrypted DER": pem.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"zq9")),
    }


def test_what_is_no_rsa_key_is_refused_wherever_one_is_needed(pair: Pair) -> None:
    signature, signed = cipher("rsa_sha1").make(b"<mo/>", pair.private), cipher("xmldsig").make(b"<mo/>", pair.private)
    blocks = cipher("rsa_blocks").make(b"<mo/>", pair.public)
    with pytest.raises(CipherError, match="private key"):
        cipher("rsa_sha1").make(b"<mo/>", pair.public)
    for key in wrong_keys(pair).values():
        with pytest.raises(CipherError, match="private key"):
            cipher("rsa_sha1").make(b"<mo/>", key)
        with pytest.raises(CipherError, match="private key"):
            undone("rsa_blocks", blocks, key)
        with pytest.raises(CipherError, match="private key"):
            cipher("xmldsig").make(b"<mo/>", key)
        for public in (key, pair.private):
            with pytest.raises(CipherError, match="public key or a certificate"):
                holds("rsa_sha1", b"<mo/>", signature, public)
            with pytest.raises(CipherError, match="public key or a certificate"):
                cipher("rsa_blocks").make(b"<mo/>", public)
            with pytest.raises(CipherError, match="public key or a certificate"):
                undone("xmldsig", signed, public)


def test_an_encrypted_private_key_is_named_as_such(pair: Pair) -> None:
    for name in ("encrypted", "encrypted DER"):
        with pytest.raises(CipherError, match="is encrypted: give it decrypted"):
            cipher("rsa_sha1").make(b"<mo/>", wrong_keys(pair)[name])


def test_a_certificate_of_a_key_that_is_not_rsa_is_refused() -> None:
    try:
        key = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1), kind="SM2")
    except LibcryptoError as error:
        absent(str(error))
        raise
    with pytest.raises(CipherError, match="RSA public key or a certificate of one"):
        holds("rsa_sha1", b"<mo/>", b"", key.certificate)


# XML signatures


def accepts(xmlsec1: str, pair: Pair, document: bytes) -> bool:
    """Whether xmlsec1 accepts the signature with the key given, and with it alone: KeyValue is not looked at."""
    found = run(
        xmlsec1,
        "--verify",
        "--enabled-key-data",
        "key-name",
        "--enabled-reference-uris",
        "empty",
        "--pubkey-pem",
        str(pair.public_file),
        pair.file(document, "document.xml"),
    )
    return found.returncode == 0


def canonical(document: bytes) -> bytes:
    return etree.tostring(etree.fromstring(document), method="c14n", with_comments=False)


def after_declaration(document: bytes) -> bytes:
    return document.removeprefix(XML_DECLARATION)


DOCUMENTS = {
    "the envelope of guangzhou": ENVELOPE,
    "an empty root": b"<mo/>",
    "a default namespace": b'<mo xmlns="urn:x" xmlns:unused="urn:u"><a xmlns=""/> text</mo>',
    "a prefix of its own": b'<x:mo xmlns:x="urn:x" x:b="2" a="1"/>',
    "ds for something else": b'<mo xmlns:ds="urn:other"><ds:a/></mo>',
    "the namespace of signatures as default": b'<mo xmlns="http://www.w3.org/2000/09/xmldsig#"/>',
    "attributes of xml": b'<mo xml:lang="zh" xml:space="preserve"> </mo>',
    "cdata": b"<mo><![CDATA[<CEB311Message/>]]></mo>",
    "gbk": '<?xml version="1.0" encoding="GBK"?><mo>示例</mo>'.encode("gbk"),
    "utf-16": '<?xml version="1.0" encoding="UTF-16"?><mo>示例</mo>'.encode("utf-16"),
}


@pytest.mark.parametrize("name", XML_CIPHERS)
@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_xmlsec1_accepts_the_signature_of_any_document(xmlsec1: str, pair: Pair, name: str, document: bytes) -> None:
    made = cipher(name).make(document, pair.private)
    assert accepts(xmlsec1, pair, made)
    root = etree.fromstring(made)
    assert root[-1].tag == f"{{{DS}}}Signature"
    assert not root[-1].tail
    assert made.startswith(XML_DECLARATION) == (b"<?xml" in document.replace(b"\0", b""))
    assert after_declaration(undone(name, made, pair.public)) == canonical(document)


def test_xmlsec1_accepts_the_key_of_512_bits_that_the_gateway_issued(xmlsec1: str, issued: Pair) -> None:
    for name in XML_CIPHERS:
        made = cipher(name).make(ENVELOPE, issued.private)
        assert accepts(xmlsec1, issued, made)
        # also with the key that the document shows
        assert run(xmlsec1, "--verify", issued.file(made, "document.xml")).returncode == 0


TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\ufffe\uffff", exclude_categories=("Cs", "Cc"))
    | st.sampled_from("\t\r\n")
)


@settings(max_examples=50, deadline=None)
@given(text=TEXT, attribute=TEXT.filter(lambda text: len(text.encode()) < 500))
def test_what_was_signed_comes_out_canonical_and_is_signed_the_same_again(
    pair: Pair, text: str, attribute: str
) -> None:
    root = etree.Element("mo", a=attribute)
    etree.SubElement(root, "body").text = text
    document = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    made = cipher("xmldsig").make(document, pair.private)
    content = undone("xmldsig", made, pair.public)
    assert content == XML_DECLARATION + canonical(document)
    assert cipher("xmldsig").make(content, pair.private) == made


@pytest.mark.parametrize("name", XML_CIPHERS)
def test_one_changed_digit_is_noticed_by_xmlsec1_and_by_us(xmlsec1: str, pair: Pair, name: str) -> None:
    made = cipher(name).make(ENVELOPE, pair.private)
    changed = made.replace(b"2024050112000000001", b"2024050112000000002")
    assert changed != made
    assert not accepts(xmlsec1, pair, changed)
    with pytest.raises(CipherError, match="digest does not match"):
        undone(name, changed, pair.public)


@settings(max_examples=300, deadline=None)
@given(place=st.integers(0), bit=st.integers(0, 7))
def test_a_document_damaged_anywhere_is_refused_or_gives_what_was_signed(pair: Pair, place: int, bit: int) -> None:
    made = cipher("xmldsig").make(ENVELOPE, pair.private)
    place %= len(made)
    damaged = made[:place] + bytes([made[place] ^ 1 << bit]) + made[place + 1 :]
    try:
        content = undone("xmldsig", damaged, pair.public)
    except CipherError:
        return
    assert after_declaration(content) == canonical(ENVELOPE)


def test_a_signature_that_shows_no_key_is_accepted_with_the_key_expected(pair: Pair, attacker: Pair) -> None:
    """As the test gateway of Guangzhou writes it."""
    made = re.sub(rb"<ds:KeyInfo>.*</ds:KeyInfo>", b"", cipher("xmldsig").make(ENVELOPE, pair.private))
    assert after_declaration(undone("xmldsig", made, pair.public)) == canonical(ENVELOPE)
    with pytest.raises(CipherError, match="signature does not match"):
        undone("xmldsig", made, attacker.public)


@pytest.mark.parametrize("before", ["<body>示例</body>", "before", ""])
def test_a_signature_that_xmlsec1_made_is_accepted_wherever_it_stands_in_the_root(
    xmlsec1: str, pair: Pair, before: str
) -> None:
    template = f"""<mo xmlns:d="{DS}">{before}<d:Signature>
      <d:SignedInfo><d:CanonicalizationMethod Algorithm="{C14N}"/><d:SignatureMethod Algorithm="{DS}rsa-sha1"/>
        <d:Reference URI=""><d:Transforms><d:Transform Algorithm="{ENVELOPED}"/></d:Transforms>
          <d:DigestMethod Algorithm="{DS}sha1"/><d:DigestValue/></d:Reference></d:SignedInfo>
      <d:SignatureValue/><d:KeyInfo><d:KeyValue/></d:KeyInfo></d:Signature> after</mo>"""
    made = str(pair.folder / "made.xml")
    done(
        xmlsec1,
        "--sign",
        "--privkey-pem",
        str(pair.private_file),
        "--output",
        made,
        pair.file(template.encode(), "template.xml"),
    )
    expected = f'<mo xmlns:d="{DS}">{before} after</mo>'.encode()
    assert after_declaration(undone("xmldsig", Path(made).read_bytes(), pair.public)) == expected


def test_a_signature_is_not_taken_on_the_word_of_the_document(pair: Pair, attacker: Pair) -> None:
    forged = cipher("xmldsig").make(ENVELOPE, attacker.private)
    with pytest.raises(CipherError, match="is needed"):
        undone("xmldsig", forged, None)
    with pytest.raises(CipherError, match="another key than the one expected"):
        undone("xmldsig", forged, pair.public)


def attacks(made: bytes, forged: bytes) -> Iterator[tuple[str, bytes, str]]:
    """Documents made from a rightly signed one and from one of the attacker, and why each is refused."""
    start, end = made.index(b"<ds:Signature>"), made.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    signature, body = made[start:end], after_declaration(made)
    theirs = forged[forged.index(b"<ds:Signature>") : forged.index(b"</ds:Signature>") + len(b"</ds:Signature>")]
    evil, close = f'<GzeportTransfer xmlns:ds="{DS}"><Data>ZXZpbA==</Data>'.encode(), b"</GzeportTransfer>"

    def key_info(text: bytes) -> bytes:
        return text[text.index(b"<ds:KeyInfo>") : text.index(b"</ds:KeyInfo>")]

    yield "no signature", made[:start] + made[end:], "0 signatures"
    yield "a second signature", made[:end] + theirs + made[end:], "2 signatures"
    yield "the same signature twice", made[:end] + signature + made[end:], "2 signatures"
    yield "the signed document in another root", evil + body + close, "not a child of the root"
    yield (
        "the signature in another element",
        made[:start] + b"<x>" + signature + b"</x>" + made[end:],
        "not a child of the root",
    )
    yield "the signature over another root", evil + signature + close, "digest does not match"
    yield (
        "the document inside its signature",
        evil
        + signature.replace(
            b"</ds:Signature>",
            b"<ds:Object>" + after_declaration(made[:start] + made[end:]) + b"</ds:Object></ds:Signature>",
        )
        + close,
        "not of the form",
    )
    yield (
        "the attacker's key shown",
        made.replace(key_info(signature), key_info(theirs)),
        "another key than the one expected",
    )
    yield (
        "the attacker's signature under the right key",
        forged.replace(key_info(theirs), key_info(signature)),
        "signature does not match",
    )
    yield "no key in KeyInfo", made.replace(key_info(signature), b"<ds:KeyInfo>"), "not of the form"
    yield (
        "the attacker's signature that shows no key",
        forged.replace(key_info(theirs) + b"</ds:KeyInfo>", b""),
        "signature does not match",
    )
    yield (
        "a key name beside",
        made.replace(b"<ds:KeyInfo>", b"<ds:KeyInfo><ds:KeyName>x</ds:KeyName>"),
        "not of the form",
    )
    yield "a reference by id", made.replace(b'URI=""', b'URI="#x"'), "not of the form"
    yield "another transform", made.replace(b"#enveloped-signature", b"#base64"), "not of the form"
    yield "a shared secret", made.replace(b"#rsa-sha", b"#hmac-sha"), "not of the form"
    yield "text in between", made.replace(b"<ds:SignedInfo>", b"<ds:SignedInfo>x"), "not of the form"
    yield "an attribute more", made.replace(b"<ds:SignedInfo>", b'<ds:SignedInfo Id="x">'), "not of the form"
    yield (
        "a digest that is not base64",
        made.replace(b"<ds:SignatureValue>", b"<ds:SignatureValue>*"),
        "SignatureValue is not base64",
    )
    yield (
        "a blank of Chinese text in the signature",
        made.replace(b"</ds:SignatureValue>", "\u3000</ds:SignatureValue>".encode()),
        "SignatureValue is not base64",
    )
    yield (
        "a blank of Chinese text between elements",
        made.replace(b"<ds:SignatureValue>", "\u3000<ds:SignatureValue>".encode()),
        "not of the form",
    )
    yield (
        "a relative namespace beside the key",
        made.replace(b"<ds:KeyInfo>", b'<ds:KeyInfo xmlns:x="evil">'),
        "cannot be canonicalised",
    )
    yield (
        "an empty signature",
        made[: made.index(b"<ds:SignatureValue>") + 19] + made[made.index(b"</ds:SignatureValue>") :],
        ("signature does not match"),
    )


@pytest.mark.parametrize("name", XML_CIPHERS)
def test_a_signature_wrapped_around_something_else_is_refused(pair: Pair, attacker: Pair, name: str) -> None:
    made, forged = (cipher(name).make(ENVELOPE, each.private) for each in (pair, attacker))
    for attack, document, why in some(attacks(made, forged)):
        assert document not in (made, forged), attack
        with pytest.raises(CipherError, match=why):
            undone(name, document, pair.public)


@pytest.mark.parametrize(
    ("sha1", "sha256"),
    [
        (f"{DS}rsa-sha1", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
        (f"{DS}sha1", "http://www.w3.org/2001/04/xmlenc#sha256"),
    ],
)
def test_a_signature_that_names_another_hash_is_refused(pair: Pair, sha1: str, sha256: str) -> None:
    made = cipher("xmldsig").make(ENVELOPE, pair.private)
    named = made.replace(f'"{sha1}"'.encode(), f'"{sha256}"'.encode())
    assert named != made
    with pytest.raises(CipherError, match="not of the form"):
        undone("xmldsig", named, pair.public)


def test_a_comment_parts_no_value_that_was_signed(pair: Pair) -> None:
    made = cipher("xmldsig").make(b"<mo>admin.example</mo>", pair.private)
    assert undone("xmldsig", made.replace(b"admin.", b"admin<!-- x -->."), pair.public) == b"<mo>admin.example</mo>"


def test_a_signed_document_is_not_signed_again(pair: Pair) -> None:
    made = cipher("xmldsig").make(ENVELOPE, pair.private)
    with pytest.raises(CipherError, match="holds a signature already"):
        cipher("xmldsig").make(made, pair.private)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"rubbish",
        b"<mo>",
        b'<!DOCTYPE mo [<!ENTITY e "x">]><mo>&e;</mo>',
        b'<?xml-stylesheet href="x"?><mo/>',
        b'<mo xmlns="relative"/>',
        "<mo>示例</mo>".encode("gbk"),
        b"<a>" * 100 + b"</a>" * 100,
    ],
)
def test_what_is_not_xml_or_is_hostile_is_neither_signed_nor_verified(pair: Pair, document: bytes) -> None:
    with pytest.raises(CipherError):
        cipher("xmldsig").make(document, pair.private)
    with pytest.raises(CipherError):
        undone("xmldsig", document, pair.public)


# Secrets


def shown(error: BaseException) -> str:
    """All that a log could hold of an error, and of those behind it."""
    found, text = error, [repr(error), *traceback.format_exception(error)]
    while found.__context__ is not None:
        found = found.__context__
        text += [repr(found), str(found)]
    return "\n".join(text)


@pytest.mark.parametrize("name", CIPHERS)
def test_no_error_shows_a_key_or_content(pair: Pair, name: str) -> None:
    each, content, raised = cipher(name), b"zq9-content <zq9>", 0
    for key in (*wrong_keys(pair).values(), "zq9-" * 6, b"zq9-" * 5, "zq9密钥" * 4, "zq9\ud800"):
        for act in (each.make, each.undo, lambda content, key: each.check and each.check(content, content, key)):
            if act is None:
                continue
            try:
                act(content, key)
            except CipherError as error:
                raised += 1
                text = shown(error)
                assert "zq9" not in text
                assert not isinstance(key, str) or not key or key not in text
                if isinstance(key, bytes) and b"PRIVATE" in key:
                    assert key.splitlines()[1].decode() not in text
    assert raised or not each.needs_key


def test_a_cipher_shows_no_key_since_it_holds_none() -> None:
    assert "zq9" not in repr(CIPHERS)
    assert {field for each in CIPHERS.values() for field in each.__slots__} == {
        "name",
        "zh",
        "en",
        "make",
        "undo",
        "check",
        "legacy",
    }
