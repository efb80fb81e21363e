"""Certificates travel between processes as their DER bytes; open keys stay where they were opened."""

import copy
import pickle
from collections.abc import Callable
from datetime import datetime

import pytest

from customs.signing import Certificate, RsaSigner, Signature, Signer, Sm2Signer
from customs.signing.keys.pkcs11 import Pkcs11Signer
from customs.signing.keys.pool import SignerPool
from customs.signing.keys.remote import RemoteSigner
from customs.signing.keys.ukey import UkeySigner
from customs.testing import issue_test_key
from customs.testing.keys import KeyPair

FACTS = ("x509", "key_name", "public_key", "organisation", "credit_code", "extensions", "valid_from", "issuer")


def test_a_certificate_that_was_read_is_pickled_as_its_der(keys: KeyPair) -> None:
    certificate = Certificate.load(keys.certificate)
    read = [getattr(certificate, fact) for fact in FACTS]
    pickled = pickle.dumps(certificate)
    copied = pickle.loads(pickled)  # noqa: S301
    assert (copied, hash(copied), vars(copied)) == (certificate, hash(certificate), {"der": certificate.der})
    assert certificate.der in pickled
    assert len(pickled) < len(certificate.der) + 100, "the DER and nothing else"
    assert [getattr(copied, fact) for fact in FACTS[1:5]] == read[1:5]


def test_a_certificate_that_was_read_equals_its_deep_copy(keys: KeyPair) -> None:
    certificate = Certificate.load(keys.certificate)
    assert certificate.x509.serial_number
    assert copy.deepcopy(certificate) == certificate


def test_a_signature_is_pickled_with_the_certificate_that_verifies_it(keys: KeyPair) -> None:
    signature = keys.signer().sign(b"data")
    copied: Signature = pickle.loads(pickle.dumps(signature))  # noqa: S301
    assert copied == signature
    assert copied.certificate.public_key is not None
    assert copied.certificate.public_key.verifies(copied.value, b"data")


def sm2_signer() -> Signer:
    return issue_test_key("示例公司", "910000000000000053", since=datetime(2026, 1, 1), kind="SM2").signer()


@pytest.mark.parametrize("give_away", [pickle.dumps, copy.copy, copy.deepcopy])
def test_an_open_key_is_neither_pickled_nor_copied(keys: KeyPair, give_away: Callable[[object], object]) -> None:
    signers: tuple[Signer, ...] = keys.signer(), sm2_signer(), SignerPool([keys.signer()])
    for signer in signers:
        with pytest.raises(TypeError, match=rf"^{type(signer).__name__} cannot be .* Let each worker open its own"):
            give_away(signer)


@pytest.mark.parametrize("kind", [RsaSigner, Sm2Signer, SignerPool, Pkcs11Signer, UkeySigner, RemoteSigner])
def test_no_kind_of_signer_shows_its_key_to_pickle(kind: type) -> None:
    signer: object = object.__new__(kind)  # without a device, so that all kinds can be asked
    with pytest.raises(TypeError, match=f"^{kind.__name__} cannot be copied or pickled: its key stays in the process"):
        pickle.dumps(signer)
