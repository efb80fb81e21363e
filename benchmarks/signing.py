"""Speed of signing a ready message, in one run: `make bench`.

Whole signing (digest, SignedInfo, the key's own work, the finished message) is compared with the bare signature of
the same key, with python-xmlsec and with signxml, all with a key that is loaded, from the same bytes; and two threads
with one. RSA-2048 is the key of device certificates, RSA-1024 that of operators' cards: the smaller the key, the more
the work beside it tells.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import xmlsec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate
from lxml import etree
from signxml.signer import XMLSigner

import customs
from benchmarks.measure import Work, best_rates, save
from customs.documents import Message, Transfer
from customs.signing import Signer, sign, verify
from customs.signing.libcrypto import Sm2Key
from customs.testing import issue_test_key, sample_parcels
from customs.testing.keys import KeyPair
from customs.testing.parcels import DECLARANT

ROUNDS = 15
SINCE = datetime(2026, 1, 1)
COUNT = 400

RSA, SM2 = "bare RSA-2048/SHA-1 signature", "bare SM2/SM3 signature"


def main() -> None:
    rsa, sm2 = issue_test_key(*DECLARANT, since=SINCE), issue_test_key(*DECLARANT, since=SINCE, kind="SM2")
    card = issue_test_key(*DECLARANT, since=SINCE, kind="RSA-1024")
    message = ready_message()
    works = {
        RSA: repeat(rsa.signer(), lambda signer: signer.sign(DATA)),
        "  sign a message, RSA": repeat(rsa.signer(), lambda signer: sign(message, signer)),
        "  the same by python-xmlsec": by_xmlsec(rsa, message),
        "  the same by signxml": by_signxml(rsa, message),
        "  sign a message, RSA, two threads": two_threads(rsa.signer(), message),
        "bare RSA-1024/SHA-1 signature": repeat(card.signer(), lambda signer: signer.sign(DATA)),
        "  sign a message, RSA-1024": repeat(card.signer(), lambda signer: sign(message, signer)),
        "  RSA-1024 by python-xmlsec": by_xmlsec(card, message),
        "  RSA-1024 by signxml": by_signxml(card, message),
        SM2: bare_sm2(sm2),
        "  sign a message, SM2": repeat(sm2.signer(), lambda signer: sign(message, signer)),
        "  sign a message, SM2, two threads": two_threads(sm2.signer(), message),
        "  verify a message, RSA": verifying(sign(message, rsa.signer())),
        "  verify a message, SM2": verifying(sign(message, sm2.signer())),
    }
    rates = best_rates(works, ROUNDS)
    print(f"\n{f'signing a message of {len(message):,} bytes':44}{'per second':>12}{'microseconds':>15}")
    for name, figure in rates.items():
        print(f"{name:44}{figure:12,.0f}{1e6 / figure:15.1f}")
    found = ratios(rates)
    print()
    for name, ratio in found.items():
        print(f"{name:44}{ratio:12.2f}")
    save(
        "signing",
        ("cryptography", "lxml", "xmlsec", "signxml"),
        message_bytes=len(message),
        per_second={name.strip(): round(figure) for name, figure in rates.items()},
        ratios={name: round(ratio, 3) for name, ratio in found.items()},
    )


def ratios(rates: dict[str, float]) -> dict[str, float]:
    """What the figures say, as ratios of rates that do not depend on the machine."""
    rsa, sm2 = rates["  sign a message, RSA"], rates["  sign a message, SM2"]
    return {
        "RSA, to the bare signature": rsa / rates[RSA],
        "SM2, to the bare signature": sm2 / rates[SM2],
        "RSA, to python-xmlsec": rsa / rates["  the same by python-xmlsec"],
        "RSA, to signxml": rsa / rates["  the same by signxml"],
        "bare RSA signature, to python-xmlsec": rates[RSA] / rates["  the same by python-xmlsec"],
        "bare RSA signature, to signxml": rates[RSA] / rates["  the same by signxml"],
        "RSA-1024, to python-xmlsec": rates["  sign a message, RSA-1024"] / rates["  RSA-1024 by python-xmlsec"],
        "RSA-1024, to signxml": rates["  sign a message, RSA-1024"] / rates["  RSA-1024 by signxml"],
        "RSA, two threads to one": rates["  sign a message, RSA, two threads"] / rsa,
        "SM2, two threads to one": rates["  sign a message, SM2, two threads"] / sm2,
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
    key = xmlsec.Key.from_memory(pair.key, xmlsec.constants.KeyDataFormatPem)
    key.load_cert_from_memory(pair.certificate, xmlsec.constants.KeyDataFormatPem)

    def run() -> int:
        for _ in range(COUNT):
            root = etree.fromstring(message)
            node = xmlsec.template.create(
                root, xmlsec.constants.TransformInclC14N, xmlsec.constants.TransformRsaSha1, ns="ds"
            )
            root.append(node)
            reference = xmlsec.template.add_reference(node, xmlsec.constants.TransformSha1, uri="")
            xmlsec.template.add_transform(reference, xmlsec.constants.TransformEnveloped)
            xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(node))
            context = xmlsec.SignatureContext()
            context.key = key
            context.sign(node)
            etree.tostring(root)
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
