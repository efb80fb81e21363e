"""Signatures that others made with cards and keys of the trade, and one that the standard prints, hold by our raw
check.

The vectors are a yardstick: they lie with the gathered facts, outside the project.
"""

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from customs.signing import PublicKey, RsaPublicKey, Sm2PublicKey
from customs.signing.libcrypto import LibcryptoError, Sm2Key
from support import Openssl, absent, der_of, flipped, openssl_of_the_machine, some

#: The order of the SM2 curve (GB/T 32918.5): r and s lie below it.
ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123

#: SubjectPublicKeyInfo up to the point: id-ecPublicKey 1.2.840.10045.2.1 on the curve 1.2.156.10197.1.301,
#: uncompressed.
SM2_KEY_HEAD = bytes.fromhex("3059 3013 0607 2a8648ce3d0201 0608 2a811ccf5501822d 0342 00 04")


@dataclass(frozen=True)
class Vector:
    """Bytes that somebody signed, the signature, and the public key."""

    name: str
    key: PublicKey
    signed: bytes
    signature: bytes


def vector(entry: dict[str, Any]) -> Vector:
    given = entry["public_key"]
    key: PublicKey = (
        RsaPublicKey(int(given["rsa_n"], 16), given["rsa_e"])
        if "rsa_n" in given
        else Sm2PublicKey(bytes.fromhex(given["sm2_x"] + given["sm2_y"]))
    )
    return Vector(entry["id"], key, entry["signed_utf8"].encode(), b64decode(entry["signature_b64"], validate=True))


@pytest.fixture(scope="session")
def of_the_trade(facts: Path) -> list[Vector]:
    """All vectors."""
    return [vector(entry) for entry in json.loads((facts / "signing" / "vectors.json").read_text(encoding="utf-8"))]


@pytest.fixture(scope="session")
def libcrypto() -> None:
    """OpenSSL 3, by which SM2 is computed."""
    try:
        Sm2Key.generate()
    except LibcryptoError as error:
        absent(str(error))


@pytest.fixture(scope="session")
def rsa(of_the_trade: list[Vector]) -> list[Vector]:
    """The signatures of RSA keys; among them that of the official samples of 2018."""
    found = [each for each in of_the_trade if each.key.kind == "RSA"]
    assert "official-2018-sample-signedinfo" in {each.name for each in found}
    return found


@pytest.fixture(scope="session")
def sm2(of_the_trade: list[Vector], libcrypto: None) -> list[Vector]:
    """The signatures of SM2 keys; among them one of announcement 179 that customs accepted."""
    found = [each for each in of_the_trade if each.key.kind == "SM2"]
    assert "pay179-accepted" in {each.name for each in found}
    return found


@pytest.fixture(params=["rsa", "sm2"])
def vectors(request: pytest.FixtureRequest) -> list[Vector]:
    """The signatures of either kind of key."""
    found: list[Vector] = request.getfixturevalue(request.param)
    return found


def padded(raw: bytes) -> bytes:
    """DER of 72 bytes as crypto machines write it: a zero before r and before s, whether needed or not."""
    return b"\x30\x46\x02\x21\x00" + raw[:32] + b"\x02\x21\x00" + raw[32:]


def forms(raw: bytes) -> dict[str, bytes]:
    """An SM2 signature in the three forms in use."""
    return {"raw": raw, "DER": der_of(raw), "padded DER": padded(raw)}


def test_the_signatures_of_the_trade_hold(vectors: list[Vector]) -> None:
    assert [each.name for each in vectors if not each.key.verifies(each.signature, each.signed)] == []


def test_an_sm2_signature_holds_in_each_form_in_use(sm2: list[Vector]) -> None:
    for each in sm2:
        assert {name: each.key.verifies(form, each.signed) for name, form in forms(each.signature).items()} == {
            "raw": True,
            "DER": True,
            "padded DER": True,
        }, each.name
    assert any(der_of(each.signature) != padded(each.signature) for each in sm2), "the forms differ"


@pytest.mark.parametrize("place", [0, 100, 350, -1])
def test_one_flipped_bit_in_the_data_breaks_the_signature(vectors: list[Vector], place: int) -> None:
    assert [each.name for each in vectors if each.key.verifies(each.signature, flipped(each.signed, place))] == []


@pytest.mark.parametrize("place", [0, 1, 31, 32, 33, -1])
def test_one_flipped_bit_in_the_signature_breaks_it(vectors: list[Vector], place: int) -> None:
    for each in some(vectors):
        broken = flipped(each.signature, place)
        for name, form in some((forms(broken) if each.key.kind == "SM2" else {"RSA": broken}).items()):
            assert not each.key.verifies(form, each.signed), (each.name, name)


def test_the_signature_of_one_key_is_not_that_of_another(vectors: list[Vector]) -> None:
    keys = {each.key for each in vectors}
    assert len(keys) > 1
    for each in vectors:
        assert {key for key in keys if key.verifies(each.signature, each.signed)} == {each.key}, each.name


def test_the_signature_over_one_message_is_not_that_over_another(vectors: list[Vector]) -> None:
    for one, other in zip(vectors, [*vectors[1:], vectors[0]], strict=True):
        assert one.key.verifies(other.signature, one.signed) is (one.key == other.key and one.signed == other.signed)


def rsa_of_wrong_length_or_size(each: Vector) -> Iterator[bytes]:
    size = len(each.signature)
    yield from (
        b"",
        b"\x00",
        each.signature[:-1],
        each.signature[1:],
        each.signature + b"\x00",
        b"\x00" + each.signature,
    )
    assert isinstance(each.key, RsaPublicKey)
    modulus = each.key.modulus
    yield from (number.to_bytes(size) for number in (0, 1, modulus - 1, modulus, modulus + 1, (1 << 8 * size) - 1))
    yield (int.from_bytes(each.signature) + modulus).to_bytes(size + 1)


def test_an_rsa_signature_of_wrong_length_or_size_is_refused(rsa: list[Vector]) -> None:
    for each in some(rsa):
        assert not any(each.key.verifies(wrong, each.signed) for wrong in rsa_of_wrong_length_or_size(each)), each.name


def sm2_of_wrong_length(raw: bytes) -> Iterator[bytes]:
    """Too short, too long, and DER that is neither strict nor the padded form of 72 bytes."""
    yield from (b"", b"\x00", raw[:32], raw[:-1], raw[1:], raw + b"\x00", b"\x00" + raw, raw + raw, b"\x04" + raw)
    for der in (der_of(raw), padded(raw)):
        yield from (der[:-1], der[1:], der + b"\x00", der[:2], der[: len(der) // 2], b"\x31" + der[1:])
        yield bytes([0x30, 0x81]) + der[1:]
        yield bytes([0x30, der[1] + 1]) + der[2:]
        yield bytes([0x30, 0x80]) + der[2:] + b"\x00\x00"
    yield b"\x30\x47\x02\x22\x00\x00" + raw[:32] + b"\x02\x21\x00" + raw[32:]
    yield padded(raw)[:4] + b"\x01" + padded(raw)[5:]


def test_an_sm2_signature_of_wrong_length_is_refused(sm2: list[Vector]) -> None:
    for each in some(sm2):
        for number, wrong in enumerate(some(sm2_of_wrong_length(each.signature))):
            assert not each.key.verifies(wrong, each.signed), (each.name, number)


def test_sm2_numbers_outside_the_order_of_the_curve_are_refused(sm2: list[Vector]) -> None:
    for each in some(sm2):
        r, s = int.from_bytes(each.signature[:32]), int.from_bytes(each.signature[32:])
        outside = (0, ORDER, ORDER + 1, (1 << 256) - 1)
        pairs = [
            *((wrong, s) for wrong in outside),
            *((r, wrong) for wrong in outside),
            (0, 0),
            (ORDER, ORDER),
            (s, r),
            (r, ORDER - s),
        ]
        for pair in pairs:
            for name, form in forms(b"".join(number.to_bytes(32) for number in pair)).items():
                assert not each.key.verifies(form, each.signed), (each.name, pair, name)
        for r_, s_ in ((r + ORDER, s), (r, s + ORDER), (-r, s), (r, -s), (r - (1 << 256), s)):
            assert not each.key.verifies(der_of_numbers(r_, s_), each.signed), each.name


def der_of_numbers(*numbers: int) -> bytes:
    """A sequence of integers as DER, negative ones and those of more than 32 bytes too."""
    encoded = [number.to_bytes((number.bit_length() + 8) // 8, signed=True) for number in numbers]
    content = b"".join(bytes([2, len(each)]) + each for each in encoded)
    return bytes([0x30, len(content)]) + content


def test_the_numbers_are_encoded_as_der(sm2: list[Vector]) -> None:
    r, s = int.from_bytes(sm2[0].signature[:32]), int.from_bytes(sm2[0].signature[32:])
    assert der_of_numbers(r, s) == encode_dss_signature(r, s) == der_of(sm2[0].signature)


@settings(deadline=None, derandomize=True, database=None)
@given(
    st.binary(max_size=300)
    | st.binary(min_size=64, max_size=64)
    | st.binary(max_size=70).map(lambda each: b"\x30\x46\x02\x21" + each)
)
def test_rubbish_is_refused_without_an_exception(of_the_trade: list[Vector], libcrypto: None, rubbish: bytes) -> None:
    for key in some({each.key for each in of_the_trade}):
        assert not key.verifies(rubbish, b"data")


def test_openssl_agrees_on_the_sm2_signatures_of_the_trade(sm2: list[Vector], tmp_path: Path) -> None:
    command = openssl_of_the_machine()
    for each in some(sm2):
        assert isinstance(each.key, Sm2PublicKey)
        (tmp_path / "key.der").write_bytes(SM2_KEY_HEAD + each.key.point)
        openssl = Openssl(command, tmp_path / "key.der", tmp_path)
        assert openssl.accepts(der_of(each.signature), each.signed), each.name
        assert not openssl.accepts(der_of(each.signature), flipped(each.signed, 100)), each.name
        assert not openssl.accepts(der_of(flipped(each.signature, 5)), each.signed), each.name
