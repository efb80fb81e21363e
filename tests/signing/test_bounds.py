"""Limits of verification: chains, reasons, texts of certificates and keys cost and show no more than is stated, whatever
a message or a certificate holds.
"""

import re
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from itertools import count, pairwise
from time import process_time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from customs.fields.record import MASK
from customs.signing import (
    Certificate,
    CertificateError,
    RsaPublicKey,
    SigningError,
    chain_to,
    check_signing,
    load_public_key,
    sign,
    verify,
)
from customs.signing.changes import changes_of_form
from customs.signing.keys.ukey_answer import Pin, Secrets, UkeyAnswer
from customs.signing.pem import blocks, certificates
from customs.signing.trust import LONGEST_CHAIN, MOST_VERIFICATIONS
from customs.signing.verification import LONGEST_REASON
from customs.testing import issue_test_key
from customs.testing.parcels import DECLARANT
from support.unsigned_messages import unsigned

SINCE = datetime(2026, 1, 1)
NOON = datetime(2026, 11, 11, 12)
OID = x509.ObjectIdentifier
DS = "http://www.w3.org/2000/09/xmldsig#"

#: Any purpose, client authentication, protection of mail, documents; servers, code, time stamps, one of nobody.
FOR_SIGNING = ["2.5.29.37.0", "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36"]
FOR_OTHERS = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.3", "1.3.6.1.5.5.7.3.8", "1.2.3.4"]

Extensions = tuple[tuple[x509.ExtensionType, bool], ...]


@cache
def key_of(number: int) -> rsa.RSAPrivateKey:
    """The key with a number, the same one whenever it is asked for."""
    return rsa.generate_private_key(65537, 2048)


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def authority(path_length: int | None = None) -> Extensions:
    return ((x509.BasicConstraints(ca=True, path_length=path_length), True),)


def issued(
    name: str,
    issuer: str,
    key: rsa.RSAPrivateKey,
    by: rsa.RSAPrivateKey,
    *extensions: tuple[x509.ExtensionType, bool],
    number: int = 0,
) -> Certificate:
    """A certificate, valid all year."""
    builder = x509.CertificateBuilder(
        named(issuer),
        named(name),
        key.public_key(),
        number or x509.random_serial_number(),
        SINCE,
        SINCE + timedelta(365),
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return Certificate(builder.sign(by, hashes.SHA256()).public_bytes(Encoding.DER))


@pytest.fixture
def verifications(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the signatures that were verified."""
    found: list[int] = []
    verifies = RsaPublicKey.verifies

    def counted(key: RsaPublicKey, signature: bytes, data: bytes, *digest: str) -> bool:
        found.append(len(signature))
        return verifies(key, signature, data, *digest)  # type: ignore[arg-type]

    monkeypatch.setattr(RsaPublicKey, "verifies", counted)
    return found


@cache
def root() -> Certificate:
    return issued("root", "root", key_of(0), key_of(0), *authority())


@pytest.mark.parametrize("count", [8, 30])
def test_authorities_of_one_name_that_issued_each_other_are_verified_once_each(
    count: int, verifications: list[int]
) -> None:
    many = [issued("same", "same", key_of(1), key_of(1), *authority()) for _ in range(count)]
    leaf = issued("leaf", "same", key_of(2), key_of(1))
    with pytest.raises(CertificateError, match="not among the 1 roots given"):
        chain_to([root()], leaf, at=NOON, intermediates=many)
    assert len(verifications) == count


def test_a_search_that_would_verify_too_much_is_given_up_with_the_reason(verifications: list[int]) -> None:
    forged = [issued("same", "same", key_of(1), key_of(2), *authority()) for _ in range(MOST_VERIFICATIONS + 1)]
    leaf = issued("leaf", "same", key_of(2), key_of(0))
    with pytest.raises(CertificateError, match=r"^more than 100 signatures .* 同名的颁发者证书过多"):
        chain_to([root()], leaf, at=NOON, intermediates=forged)
    assert len(verifications) == MOST_VERIFICATIONS
    # one more that fits neither name nor purpose costs nothing
    assert chain_to([root()], issued("leaf", "root", key_of(2), key_of(0)), at=NOON, intermediates=forged)[1] == root()


def test_a_good_chain_is_found_among_authorities_of_one_name(verifications: list[int]) -> None:
    own = issued("same", "root", key_of(1), key_of(0), *authority())
    others = [issued("same", "root", key_of(2), key_of(0), *authority()) for _ in range(8)]
    leaf = issued("leaf", "same", key_of(2), key_of(1))
    assert chain_to([root()], leaf, at=NOON, intermediates=[*others, own]) == (leaf, own, root())
    assert len(verifications) == 10


@pytest.mark.parametrize(("length", "holds"), [(LONGEST_CHAIN, True), (LONGEST_CHAIN + 1, False)])
def test_a_chain_has_six_certificates_at_most(length: int, holds: bool) -> None:
    names = ["root", *(f"authority {number}" for number in range(length - 2))]
    between = [issued(name, above, key_of(0), key_of(0), *authority()) for above, name in pairwise(names)]
    leaf = issued("leaf", names[-1], key_of(2), key_of(0))
    if holds:
        assert chain_to([root()], leaf, at=NOON, intermediates=between) == (leaf, *reversed(between), root())
        return
    with pytest.raises(CertificateError, match="which is not among the 1 roots given"):
        chain_to([root()], leaf, at=NOON, intermediates=between)


def test_a_detour_does_not_hide_the_way_that_a_path_length_allows() -> None:
    short = issued("middle", "root", key_of(1), key_of(0), *authority(0))
    detour = issued("middle", "middle", key_of(1), key_of(1), *authority())
    leaf = issued("leaf", "middle", key_of(2), key_of(1))
    for between in ([short, detour], [detour, short]):
        assert chain_to([root()], leaf, at=NOON, intermediates=between) == (leaf, short, root())


@pytest.mark.parametrize("purpose", FOR_OTHERS)
def test_a_certificate_for_another_purpose_is_not_trusted_for_signing(purpose: str) -> None:
    stated = x509.ExtendedKeyUsage([OID(purpose)])
    other = rf"for other purposes than signatures: .*critical, is {re.escape(purpose)} 证书的扩展密钥用途（关键扩展）不含签名$"
    with pytest.raises(CertificateError, match=other):
        check_signing(issued("leaf", "root", key_of(2), key_of(0), (stated, True)), NOON)
    check_signing(issued("leaf", "root", key_of(2), key_of(0), (stated, False)), NOON)
    issuer = issued("middle", "root", key_of(1), key_of(0), *authority(), (stated, True))
    with pytest.raises(CertificateError, match=other):
        chain_to([root()], issued("leaf", "middle", key_of(2), key_of(1)), at=NOON, intermediates=[issuer])


@pytest.mark.parametrize("purpose", FOR_SIGNING)
def test_a_certificate_that_names_a_purpose_of_signing_among_others_is_trusted(purpose: str) -> None:
    stated = x509.ExtendedKeyUsage([OID(FOR_OTHERS[0]), OID(purpose)])
    leaf = issued("leaf", "root", key_of(2), key_of(0), (stated, True))
    assert chain_to([root()], leaf, at=NOON) == (leaf, root())


def changed(certificate: Certificate, place: int) -> Certificate:
    """The certificate with a byte changed: by one, or from the end of the name of SHA-256 to that of SHA-384."""
    der = bytearray(certificate.der)
    der[place] ^= 0x0B ^ 0x0C if der[place] == 0x0B else 1
    return Certificate(bytes(der))


@pytest.mark.parametrize(
    ("what", "place", "told"),
    [
        ("bits of the signature that are not used", -257, "the certificate's signature is damaged"),
        ("SHA-384 beside a signature with SHA-256", -264, "the certificate's signature is damaged"),
        ("the signature", -1, "was not signed with the key"),
        ("a byte of the signed part", 15, "was not signed with the key"),
    ],
)
def test_a_certificate_that_anybody_changed_is_not_issued_by_the_authority(what: str, place: int, told: str) -> None:
    every = (issued("leaf", "root", key_of(2), key_of(0)) for _ in range(1000))
    leaf = next(each for each in every if each.der[-1] % 2 == 0)  # its last bit may then be one that is not used
    assert chain_to([root()], leaf, at=NOON) == (leaf, root())
    assert leaf.der[-260:-256] == bytes.fromhex("82010100"), "the head of the signature, which has 2,048 bits"
    with pytest.raises(CertificateError, match=told):
        chain_to([root()], changed(leaf, place), at=NOON)


# Numbers of keys


ODD_NUMBER = 2**2047 + 1


SENSELESS: dict[str, tuple[int, int, str]] = {
    "a negative exponent": (ODD_NUMBER, -1, "exponent of an RSA key must be odd, at least 3"),
    "an exponent of 0": (ODD_NUMBER, 0, "exponent"),
    "an exponent of 1, which signs anything": (ODD_NUMBER, 1, "exponent"),
    "an even exponent": (ODD_NUMBER, 65536, "exponent"),
    "an exponent above the modulus": (ODD_NUMBER, ODD_NUMBER + 2, "exponent"),
    "a negative modulus": (-ODD_NUMBER, 65537, "modulus of an RSA key must be odd and positive"),
    "an even modulus": (ODD_NUMBER + 1, 65537, "modulus"),
    "no modulus": (0, 65537, "an RSA key of 0 bits is refused: at least 1024"),
    "a modulus that costs too much": (2**16_384 + 1, 65537, "an RSA key of 16385 bits is refused: at most 16384"),
}


@pytest.mark.parametrize("what", SENSELESS)
def test_senseless_numbers_make_no_rsa_key(what: str) -> None:
    modulus, exponent, told = SENSELESS[what]
    with pytest.raises(ValueError, match=told):
        RsaPublicKey(modulus, exponent)


def test_a_signature_of_any_bytes_is_judged_without_an_error() -> None:
    for exponent in (3, 65537, ODD_NUMBER - 2):
        key = RsaPublicKey(ODD_NUMBER, exponent)
        for signature in (b"", b"\0" * 256, b"\xff" * 256, b"\xff" * 1000):
            assert not key.verifies(signature, b"data")


def der_number(value: int) -> bytes:
    return element(2, value.to_bytes(value.bit_length() // 8 + 1, signed=True))


def element(tag: int, content: bytes) -> bytes:
    size = len(content).to_bytes(4)
    return bytes([tag, 0x84]) + size + content


def test_a_public_key_file_with_senseless_numbers_is_refused() -> None:
    with pytest.raises(SigningError, match="the public key cannot be read"):
        load_public_key(element(0x30, der_number(ODD_NUMBER) + der_number(1)))


# Reasons do not grow


@cache
def signed() -> tuple[bytes, Certificate]:
    """A signed message, and the certificate of its signer."""
    pair = issue_test_key(*DECLARANT, since=SINCE)
    return sign(unsigned("CEB311", 1), pair.signer()), Certificate.load(pair.certificate)


def showing(certificate: Certificate) -> bytes:
    """The message with another certificate."""
    found = re.sub(rb"(<ds:X509Certificate>)[^<]*", lambda each: each[1] + b64encode(certificate.der), signed()[0])
    return re.sub(rb"(<ds:KeyName>)[^<]*", lambda each: each[1] + certificate.key_name.encode(), found)


def put(text: bytes, before: bytes) -> bytes:
    return signed()[0].replace(before, text + before, 1)


def of_many_parts(count: int) -> str:
    return ".".join(["1", "2", *["4294967295"] * count])


#: Messages that grow, by the number that says how much.
GROWING: dict[str, Callable[[int], bytes]] = {
    "elements in KeyInfo": lambda n: put(b"<ds:KeyName></ds:KeyName>" * n, b"<ds:KeyName>"),
    "foreign elements in SignedInfo": lambda n: put(b"<abcdefgh/>" * n, b"<ds:Reference"),
    "a key name": lambda n: signed()[0].replace(b"<ds:KeyName>", b"<ds:KeyName>" + b"7" * 100 * n),
    "a digest": lambda n: signed()[0].replace(b"<ds:DigestValue>", b"<ds:DigestValue>" + b"QUJD" * n),
    "text beside elements": lambda n: put(b"text" * n, b"<ds:Reference"),
    "an algorithm": lambda n: signed()[0].replace(b"#rsa-sha1", b"#" + b"x" * min(900, 10 * n)),
    "signatures": lambda n: put(b"<ds:Signature/>" * n, b"<ds:Signature "),
    "an envelope": lambda n: b'<DxpMsg xmlns="http://www.chinaport.gov.cn/dxp">' + b"<x/>" * n + b"</DxpMsg>",
    "a root without a meaning": lambda n: b"<" + b"a" * min(n, 900) + b"/>",
    "the name of the issuer": lambda n: showing(long_named(n)),
    "the serial number": lambda n: showing(issued("leaf", "root", key_of(2), key_of(0), number=1 << min(150, 8 * n))),
    "an extension that is not understood": lambda n: showing(
        issued("leaf", "root", key_of(2), key_of(0), (x509.UnrecognizedExtension(OID(of_many_parts(min(n, 9))), b""), True))
    ),
    "other purposes": lambda n: showing(
        issued("leaf", "root", key_of(2), key_of(0), (x509.ExtendedKeyUsage([OID(f"1.2.3.{each}") for each in range(n)]), True))
    ),
}  # fmt: skip


def long_named(count: int) -> Certificate:
    """A certificate whose issuer has a name of many parts."""
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATIONAL_UNIT_NAME, "名" * 20)] * count)
    builder = x509.CertificateBuilder(issuer, named("leaf"), key_of(2).public_key(), 7, SINCE, SINCE + timedelta(365))
    return Certificate(builder.sign(key_of(0), hashes.SHA256()).public_bytes(Encoding.DER))


@pytest.mark.parametrize("what", GROWING)
def test_no_reason_grows_with_the_message(what: str) -> None:
    for size in (1, 100, 3000):
        content = GROWING[what](size)
        for found in (
            verify(content),
            verify(content, roots=[root()], at=NOON),
            verify(content, signed_by=signed()[1]),
        ):
            assert found.reasons, f"{size}: nothing is wrong"
            assert max(map(len, found.reasons)) <= LONGEST_REASON
            assert max(map(len, found.notes), default=0) <= LONGEST_REASON
            assert all(max(each) >= "\u4e00" for each in found.reasons if "not well-formed" not in each)


def test_a_reason_names_five_foreign_elements_and_the_number_of_the_others() -> None:
    found = verify(put(b"<one/>" * 7, b"<ds:Reference"))
    assert found.reasons == (
        "SignedInfo must hold CanonicalizationMethod, SignatureMethod, Reference, each once and in this order, not "
        "CanonicalizationMethod, SignatureMethod, one, one, one and 5 more 签名中 SignedInfo 的内容不符合规定形式",
    )


@pytest.mark.parametrize("length", [3, 79, 80, 20_000])
def test_a_change_of_form_shows_the_beginning_of_a_long_prefix(length: int) -> None:
    prefix = "p" * length
    message = f'<{prefix}:a xmlns:{prefix}="urn:x"><Signature xmlns="{DS}"><SignedInfo/></Signature></{prefix}:a>'
    trials = count()
    (change,) = changes_of_form(etree.fromstring(message), (), lambda content: next(trials) > 5)
    shown = prefix if length <= 80 else prefix[:79] + "…"
    assert change.en == f"xmlns:{shown} and xmlns:xsi declared on the root, and nothing else there"
    assert change.zh == f"根元素只声明 xmlns:{shown}、xmlns:xsi"


# Time


def seconds(work: Callable[[], object]) -> float:
    """Processor time, the least of three runs."""
    found = []
    for _ in range(3):
        start = process_time()
        work()
        found.append(process_time() - start)
    return min(found)


#: Work over a foreign text of so many bytes.
LINEAR: dict[str, Callable[[int], object]] = {
    "beginnings of PEM": lambda size: blocks(b"-----BEGIN CERTIFICATE-----\n" * (size // 28)),
    "ends of PEM": lambda size: certificates(b"-----END CERTIFICATE-----\n" * (size // 26)),
    "dashes": lambda size: blocks(b"-" * size),
    "a beginning of blanks": lambda size: blocks(b"-----BEGIN X-----" + b" " * size + b"-----END X-----"),
    "digits that a U-key's control says": lambda size: said("1" * size),
    "letters that a U-key's control says": lambda size: said("a" * size),
    "short numbers that a U-key's control says": lambda size: said("12345 a" * (size // 7)),
    "what a U-key's control repeats of long data": lambda size: said("数据 " * (size // 7), "据数 " * (size // 7)),
    "extensions of a certificate": lambda size: with_extensions(size // 20),
}


def said(text: str, data: str = "data") -> str:
    return UkeyAnswer(False, (), text).said(Secrets(Pin("12345678"), data, ("示例公司",)))


def with_extensions(count: int) -> object:
    """Read a certificate of many extensions, all alike."""
    one = element(0x30, bytes.fromhex("0603551d11") + b"\x04\x02\x30\x00")
    tbs = [bytes.fromhex("a003020102"), b"\x02\x01\x07", *[element(0x30, b"")] * 5]
    certificate = element(0x30, element(0x30, b"".join(tbs) + element(0xA3, element(0x30, one * count))) + b"")
    try:
        return Certificate(certificate).extensions
    except CertificateError:
        return None


def test_the_start_of_a_number_that_is_cut_off_is_not_shown() -> None:
    for before in range(1990, 2001):
        assert said("9" * before + " 4567890123") in (f". It says: {MASK} {MASK}", f". It says: {MASK}")
    assert said("重试 5 次 123456 " * 300) == f". It says: {f'重试 5 次 {MASK} ' * 300}"[:132].rstrip()


@pytest.mark.parametrize("what", LINEAR)
@pytest.mark.long
def test_foreign_texts_cost_at_most_ten_milliseconds_a_kilobyte(what: str) -> None:
    work = LINEAR[what]
    short = seconds(lambda: work(20_000))
    assert short < 0.01 * 20
    long = seconds(lambda: work(200_000))
    assert long < 0.01 * 200
    assert long < 40 * max(short, 0.0005)
