"""Speed of signing and verifying a ready message, in one run: `make bench`.

Whole signing (digest, SignedInfo, the key's own work, the finished message) is compared with the bare signature of
the same key, and with python-xmlsec, signxml and Apache Santuario, all with a key that is loaded, from the same bytes;
verifying likewise; and two threads with one. RSA-2048 is the key of device certificates, RSA-1024 that of operators'
cards: the smaller the key, the more the work beside it tells.
"""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import xmlsec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

import customs
from benchmarks import usual_way
from benchmarks.measure import Work, in_turns, ratio, save
from benchmarks.santuario import santuario
from customs.documents import Message, Transfer
from customs.signing import Signer, sign, verify
from customs.signing.libcrypto import Sm2Key
from customs.signing.xmldsig import DS
from customs.testing import issue_test_key, sample_parcels
from customs.testing.keys import KeyPair
from customs.testing.parcels import DECLARANT

ROUNDS = 15
SINCE = datetime(2026, 1, 1)
COUNT = 150

RSA, CARD, SM2 = "bare RSA-2048/SHA-1 signature", "bare RSA-1024/SHA-1 signature", "bare SM2/SM3 signature"
SIGN, VERIFY = "  sign a message, RSA", "  verify a message, RSA"
SIGN_CARD, SIGN_SM2 = "  sign a message, RSA-1024", "  sign a message, SM2"

#: Other libraries on the same message, as their rows end.
OTHERS = "python-xmlsec", "signxml", "Apache Santuario"


def main() -> None:
    rsa, sm2 = issue_test_key(*DECLARANT, since=SINCE), issue_test_key(*DECLARANT, since=SINCE, kind="SM2")
    card = issue_test_key(*DECLARANT, since=SINCE, kind="RSA-1024")
    message = ready_message()
    signed = sign(message, rsa.signer())
    with santuario(message, signed, rsa, COUNT) as java:
        by_santuario = {f"  {name} by Apache Santuario": work for name, work in java.items()}
        works = {
            RSA: repeat(rsa.signer(), lambda signer: signer.sign(DATA)),
            SIGN: repeat(rsa.signer(), lambda signer: sign(message, signer)),
            "  sign by python-xmlsec": by_xmlsec(rsa, message),
            "  sign by signxml": by_signxml(rsa, message),
            "  sign a message, RSA, two threads": two_threads(rsa.signer(), message),
            VERIFY: verifying(signed),
            "  verify by python-xmlsec": verifying_by_xmlsec(rsa, signed),
            "  verify by signxml": verifying_by_signxml(rsa, signed),
            **by_santuario,
            CARD: repeat(card.signer(), lambda signer: signer.sign(DATA)),
            SIGN_CARD: repeat(card.signer(), lambda signer: sign(message, signer)),
            "  RSA-1024 by python-xmlsec": by_xmlsec(card, message),
            "  RSA-1024 by signxml": by_signxml(card, message),
            SM2: bare_sm2(sm2),
            SIGN_SM2: repeat(sm2.signer(), lambda signer: sign(message, signer)),
            "  sign a message, SM2, two threads": two_threads(sm2.signer(), message),
            "  verify a message, SM2": verifying(sign(message, sm2.signer())),
        }
        spent = in_turns(works, ROUNDS, time.perf_counter)
    print(f"\n{f'signing a message of {len(message):,} bytes':44}{'per second':>12}{'microseconds':>15}")
    for name, figures in spent.items():
        print(f"{name:44}{1 / min(figures):12,.0f}{1e6 * min(figures):15.1f}")
    found = ratios(spent)
    print()
    for name, figure in found.items():
        print(f"{name:64}{figure:8.2f}")
    save(
        "signing",
        ("cryptography", "lxml", "xmlsec", "signxml"),
        message_bytes=len(message),
        per_second={name.strip(): round(1 / min(figures)) for name, figures in spent.items()},
        ratios={name: round(figure, 3) for name, figure in found.items()},
    )


def ratios(spent: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """What the figures say, as ratios of rates that do not depend on the machine."""
    others = {
        f"{what} a message, times as fast as {other}": ratio(spent[f"  {work} by {other}"], spent[own])
        for what, work, own in (("signing", "sign", SIGN), ("verifying", "verify", VERIFY))
        for other in OTHERS
        if f"  {work} by {other}" in spent
    }
    return {
        "signing a message with RSA, to the rate of bare signatures": ratio(spent[RSA], spent[SIGN]),
        "signing a message with SM2, to the rate of bare signatures": ratio(spent[SM2], spent[SIGN_SM2]),
        **others,
        "signing with RSA-1024, times as fast as python-xmlsec": ratio(
            spent["  RSA-1024 by python-xmlsec"], spent[SIGN_CARD]
        ),
        "signing with RSA-1024, times as fast as signxml": ratio(spent["  RSA-1024 by signxml"], spent[SIGN_CARD]),
    }


def ready_message() -> bytes:
    """An unsigned order of some 3 KB."""
    parcels = sample_parcels(50, seed=7, mode="1210")
    clock = customs.fixed_clock(datetime(2026, 11, 11, 8))
    transfer = Transfer(transmitter_code="C", transmitter_name="N", dxp_id="D")
    made = (
        customs.prepare(each, signer=None, on=date(2026, 11, 11), clock=clock, guids=customs.random_guids)
        for each in parcels
    )
    orders = [each.documents.order for each in made if each.documents]
    messages = (customs.write(Message(customs.random_guids(), (each,), transfer)) for each in orders)
    return min(messages, key=lambda message: abs(len(message) - 3000))


#: As long as SignedInfo in its place.
DATA = b"x" * 711


def repeat(signer: Signer, step: object) -> Work:
    assert callable(step)

    def run() -> int:
        for _ in range(COUNT):
            step(signer)
        return COUNT

    return run


def bare_sm2(pair: KeyPair) -> Work:
    key = Sm2Key.load(pair.key)

    def run() -> int:
        for _ in range(COUNT):
            key.sign(DATA)
        return COUNT

    return run


def two_threads(signer: Signer, message: bytes) -> Work:
    def many(_: int) -> None:
        for _ in range(COUNT):
            sign(message, signer)

    def run() -> int:
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(many, range(2)))
        return 2 * COUNT

    return run


def verifying(message: bytes) -> Work:
    def run() -> int:
        for _ in range(COUNT):
            assert verify(message).valid
        return COUNT

    return run


def by_xmlsec(pair: KeyPair, message: bytes) -> Work:
    key = usual_way.opened(pair)

    def run() -> int:
        for _ in range(COUNT):
            root = etree.fromstring(message)
            usual_way.sign(root, key)
            etree.tostring(root)
        return COUNT

    return run


def verifying_by_xmlsec(pair: KeyPair, message: bytes) -> Work:
    key = usual_way.opened(pair)

    def run() -> int:
        for _ in range(COUNT):
            node = etree.fromstring(message).find(f"{{{DS}}}Signature")
            assert node is not None
            context = xmlsec.SignatureContext()
            context.key = key
            context.verify(node)
        return COUNT

    return run


def verifying_by_signxml(pair: KeyPair, message: bytes) -> Work:
    certificate = load_pem_x509_certificate(pair.certificate)
    with_sha1 = SignatureConfiguration(
        signature_methods=frozenset({SignatureMethod.RSA_SHA1}), digest_algorithms=frozenset({DigestAlgorithm.SHA1})
    )

    def run() -> int:
        for _ in range(COUNT):
            XMLVerifier().verify(message, x509_cert=certificate, expect_config=with_sha1)
        return COUNT

    return run


class _WithSha1(XMLSigner):
    """signxml refuses SHA-1 unless told otherwise."""

    def check_deprecated_methods(self) -> None:
        pass


def by_signxml(pair: KeyPair, message: bytes) -> Work:
    key, certificate = load_pem_private_key(pair.key, None), load_pem_x509_certificate(pair.certificate)
    assert isinstance(key, RSAPrivateKey)
    signer = _WithSha1(
        signature_algorithm="rsa-sha1",
        digest_algorithm="sha1",
        c14n_algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    )

    def run() -> int:
        for _ in range(COUNT):
            etree.tostring(signer.sign(etree.fromstring(message), key=key, cert=[certificate]))
        return COUNT

    return run


if __name__ == "__main__":
    main()
